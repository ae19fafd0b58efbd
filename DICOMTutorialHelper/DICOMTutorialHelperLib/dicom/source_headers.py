"""Headers of instances by their SOP Instance UID, from files: what derived images are to say of where they came from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Optional

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.dicom.files import PathLike, find_dicom_files
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.progress import Progress


class SourceHeaders:
    """Files by SOP Instance UID; a header is read, without its pixels, when it is asked for."""

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}
        self._headers: dict[str, Optional[Dataset]] = {}

    @classmethod
    def below(cls, paths: Iterable[PathLike], progress: Optional[Progress] = None) -> SourceHeaders:
        """Of all DICOM files of folders and files; what is none is passed over."""
        found = cls()
        files, _ = find_dicom_files(list(paths))
        for number, path in enumerate(files, 1):
            header = _read(path, ["SOPInstanceUID"])
            if header is not None and header.get("SOPInstanceUID"):
                found._paths.setdefault(str(header.SOPInstanceUID), path)
            if progress and (number % 100 == 0 or number == len(files)):
                progress(number, len(files))
        return found

    def get(self, sop_instance_uid: str) -> Optional[Dataset]:
        """The header of an instance; None for one that is not there, or that cannot be read."""
        if sop_instance_uid not in self._headers:
            path = self._paths.get(sop_instance_uid)
            self._headers[sop_instance_uid] = None if path is None else _read(path)
        return self._headers[sop_instance_uid]


def header_of_file(path: PathLike) -> Optional[Dataset]:
    """All of a file but its pixels; None where it cannot be read."""
    return _read(Path(path))


def _read(path: Path, keywords: Optional[list[str]] = None) -> Optional[Dataset]:
    try:
        return dcmread(path, stop_before_pixels=True, specific_tags=keywords)
    except (InvalidDicomError, *VALUE_ERRORS):
        return None
