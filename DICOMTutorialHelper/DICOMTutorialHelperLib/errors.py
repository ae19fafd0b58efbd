"""What this project says to people when it cannot do what they asked: a reason as data, a sentence in their language at the end.

A finding is what examination says of data; an error is what a person asked for and cannot have. Programming errors are neither.
"""

from __future__ import annotations

from typing import Any, ClassVar

from DICOMTutorialHelperLib.messages import translate


class HelperError(Exception):
    """``domain`` names the texts, ``prefix + reason`` the key in them, ``fields`` complete the sentence.

    ``detail`` is the technical cause: for a log, and for sentences that have a place for it.
    """

    domain: ClassVar[str] = ""
    prefix: ClassVar[str] = "error."

    def __init__(self, reason: str, detail: object = "", **fields: Any) -> None:
        super().__init__(" ".join(part for part in (reason, str(fields or ""), str(detail)) if part))
        self.reason = reason
        self.detail = str(detail)
        self.fields = fields

    def message(self, language: str = "en") -> str:
        """What happened and what to do, in the reader's language. Raises KeyError for a reason that has no text."""
        return translate(self.domain, self.prefix + self.reason, language, detail=self.detail, **self.fields)
