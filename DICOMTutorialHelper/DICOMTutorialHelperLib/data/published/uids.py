"""UIDs that become part of an address or a path."""

from __future__ import annotations

from DICOMTutorialHelperLib.data.errors import DataError


def check_uid(uid: str) -> None:
    """Raise DataError for what is no UID (PS3.5 9.1)."""
    if not uid or len(uid) > 64 or not uid.isascii() or not all(part.isdigit() for part in uid.split(".")):
        raise DataError("bad-uid", uid=uid)
