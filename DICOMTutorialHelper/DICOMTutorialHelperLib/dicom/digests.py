"""What a DICOM file says, as a number: equal for two files that say the same, however each was written."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydicom import dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset


def content_digest(path: Path) -> str:
    """SHA-256 over all elements of a file, pixels included, but for the file meta information (PS3.10 7.1), which says by whom
    the file was written. Raises what pydicom raises for a damaged file (``parse_errors.VALUE_ERRORS``, InvalidDicomError)."""
    dataset = dcmread(path)
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def sop_instance_uid(path: Path) -> str:
    """The file's SOP Instance UID, "" for none. Raises as ``content_digest`` does."""
    return str(dcmread(path, specific_tags=["SOPInstanceUID"], stop_before_pixels=True).get("SOPInstanceUID") or "")
