"""Which instance a file holds, and what it says, read once until the file changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


def uid_of(path: Path) -> str:
    """The SOP Instance UID of a file, "" for one that cannot be read."""
    return _read_uid(path, _stamp(path))


def digest_of(path: Path) -> str:
    """The digest of all that a file says, pixels included; that of a file that cannot be read is equal to no other."""
    return _read_digest(path, _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=10_000)
def _read_uid(path: Path, _stamp: tuple[int, int]) -> str:
    """ "" for a file that cannot be read; read again after it changed."""
    from pydicom.errors import InvalidDicomError

    from DICOMTutorialHelperLib.dicom.digests import sop_instance_uid
    from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS

    try:
        return sop_instance_uid(path)
    except (InvalidDicomError, *VALUE_ERRORS):
        return ""


@lru_cache(maxsize=10_000)
def _read_digest(path: Path, stamp: tuple[int, int]) -> str:
    from pydicom.errors import InvalidDicomError

    from DICOMTutorialHelperLib.dicom.digests import content_digest
    from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS

    try:
        return content_digest(path)
    except (InvalidDicomError, *VALUE_ERRORS):
        return f"{path}{stamp}"  # equal to nothing else
