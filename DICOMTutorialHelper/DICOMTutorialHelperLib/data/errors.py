"""Why data could not be got, made or read: a reason as data; the sentence is made from it in the reader's language."""

from __future__ import annotations

from typing import Any


class DataError(Exception):
    """``reason`` is the key ``error.<reason>`` of the texts ``datasets``; ``fields`` complete the sentence."""

    def __init__(self, reason: str, **fields: Any) -> None:
        super().__init__(f"{reason}: {fields}" if fields else reason)
        self.reason = reason
        self.fields = fields

    def sentence(self, language: str = "en") -> str:
        from DICOMTutorialHelperLib.languages import texts

        return texts("datasets", language)[f"error.{self.reason}"].format(**self.fields)
