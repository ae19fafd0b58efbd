"""Writing a cleaned dataset as a DICOM file: fresh preamble and file meta, the transfer syntax and the pixels as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RawDataStorage,
    UID_dictionary,
)

from DICOMTutorialHelperLib.explore.datasets import without_warnings

PREAMBLE = b"\0" * 128
PYDICOM_3 = int(pydicom.__version__.split(".")[0]) >= 3


def _registered(uid: object) -> str:
    """A UID of the standard; that of unknown content for any other value, which in a damaged file may be anything."""
    text = str(uid)
    return text if text in UID_dictionary else RawDataStorage


def encoding_of(original: Dataset) -> tuple[bool, bool]:
    """(implicit VR, little endian) of a dataset that was read, by whatever name this pydicom keeps it under."""
    known = getattr(original, "original_encoding", None)
    implicit, little = known if known else (original.is_implicit_VR, original.is_little_endian)
    return bool(implicit), bool(little)


def write_clean(cleaned: Dataset, original: Dataset, target: Path, spare_uid: str) -> None:
    """Write ``cleaned`` in the encoding of ``original``; ``spare_uid`` names an object that has no SOP Instance UID.

    Raises OSError, and what pydicom raises (``parse_errors``) on values that cannot be written.

    The preamble may hold a TIFF header or anything else, and the file meta names of applications and of senders: both are made
    anew (PS3.15 E.1.1). Only the kind of object, its new identifier and the transfer syntax go in.
    """
    implicit, little = encoding_of(original)
    old = getattr(original, "file_meta", None) or FileMetaDataset()
    syntax: Any = old.get("TransferSyntaxUID")
    if not syntax:
        syntax = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian if little else ExplicitVRBigEndian
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(cleaned.get("SOPClassUID") or _registered(old.get("MediaStorageSOPClassUID", "")))
    meta.MediaStorageSOPInstanceUID = UID(cleaned.get("SOPInstanceUID") or spare_uid)
    meta.TransferSyntaxUID = syntax
    meta.ImplementationVersionName = "DTUTORIALHELPER"
    write_file(cleaned, meta, target, implicit, little)


def write_file(dataset: Dataset, meta: FileMetaDataset, target: Path, implicit: bool, little: bool) -> None:
    """Write a dataset with its file meta and an empty preamble. Raises OSError, and what pydicom raises on impossible values."""
    file = FileDataset(str(target), dataset, preamble=PREAMBLE, file_meta=meta, is_implicit_VR=implicit, is_little_endian=little)
    with without_warnings():
        if PYDICOM_3:
            file.save_as(str(target), enforce_file_format=True)
        else:
            file.is_implicit_VR, file.is_little_endian = implicit, little
            file.save_as(str(target), write_like_original=False)
