"""What people are told of candidates that cannot be loaded, and of scenes that cannot be saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.errors import HelperError, system_reason
from DICOMTutorialHelperLib.messages import translate


class LoadError(HelperError):
    """The candidate ``name`` cannot be loaded; nothing of it is left in the scene. ``reason`` is a key of the texts ``loading``,
    under ``load.``, but for causes that have their own sentence."""

    domain = "loading"
    prefix = "load."

    def __init__(
        self, name: str, reason: str, detail: object = "", cause: Optional[HelperError] = None, **fields: object
    ) -> None:
        super().__init__(reason, detail, **fields)
        self.name = name
        self.cause = cause

    @classmethod
    def of(cls, name: str, error: Exception) -> LoadError:
        """The error of a candidate that ``error`` kept from being loaded."""
        if isinstance(error, LoadError):
            return cls(name, error.reason, error.detail, **error.fields)
        if isinstance(error, HelperError):
            return cls(name, error.reason, error.detail, error, **error.fields)
        if isinstance(error, MemoryError):
            return cls(name, "no-memory")
        return cls(name, "unreadable", system_reason(error) if isinstance(error, OSError) else str(error))

    def because(self, language: str = "en") -> str:
        """The reason alone, a sentence in the reader's language."""
        return self.cause.message(language) if self.cause else super().message(language)

    def message(self, language: str = "en") -> str:
        """The candidate's name and the reason."""
        return f"{self.name}: {self.because(language)}"

    def __str__(self) -> str:
        return self.message()


class SaveError(HelperError):
    """Some of a scene could not be written: ``failed`` are (file, what the system or VTK says). ``written`` hold the rest, the
    scene first."""

    domain = "loading"
    prefix = "save."

    def __init__(self, failed: Sequence[tuple[str, str]], written: Sequence[Path] = ()) -> None:
        super().__init__("failed")
        self.failed = list(failed)
        self.written = list(written)

    def message(self, language: str = "en") -> str:
        """A sentence a file."""
        return " ".join(_file_sentence(file, detail, language) for file, detail in self.failed)

    def __str__(self) -> str:
        return self.message()


def _file_sentence(file: str, detail: str, language: str) -> str:
    return translate("loading", "save.file" if detail else "save.no-reason", language, file=file, detail=detail)
