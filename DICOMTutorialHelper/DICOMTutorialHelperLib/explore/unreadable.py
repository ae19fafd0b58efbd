"""Files that cannot be read."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.errors import HelperError


class UnreadableFile(HelperError):
    """A file that cannot be read as DICOM; ``reason`` is a key of the texts ``headers`` and ``detail`` the technical cause."""

    domain = "headers"

    def __init__(self, path: Path, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail, path=path)
        self.path = path
