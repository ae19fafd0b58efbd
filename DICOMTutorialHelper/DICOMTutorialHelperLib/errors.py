"""What this project says to people when it cannot do what they asked: a reason as data, a sentence in their language at the end.

A finding is what examination says of data; an error is what a person asked for and cannot have. Programming errors are neither.
"""

from __future__ import annotations

from typing import ClassVar, Optional

from DICOMTutorialHelperLib.messages import translate


class HelperError(Exception):
    """``domain`` names the texts, ``prefix + reason`` the key in them, ``fields`` complete the sentence.

    ``detail`` is the technical cause: for a log, and for sentences that have a place for it.
    """

    domain: ClassVar[str] = ""
    prefix: ClassVar[str] = "error."

    def __init__(self, reason: str, detail: object = "", **fields: object) -> None:
        super().__init__(" ".join(part for part in (reason, str(fields or ""), str(detail)) if part))
        self.reason = reason
        self.detail = str(detail)
        self.fields = fields

    def message(self, language: str = "en") -> str:
        """What happened and what to do, in the reader's language. Raises KeyError for a reason that has no text."""
        return translate(self.domain, self.prefix + self.reason, language, detail=self.detail, **self.fields)


def system_reason(error: OSError) -> str:
    """What the system says ("No space left on device"), also where pydicom wrapped it in a text of its own, with a traceback."""
    cause: Optional[BaseException] = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
