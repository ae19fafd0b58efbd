"""Small series written with pydicom for tests, and what their headers say about where every corner lies, from pydicom alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
XRAY = "1.2.840.10008.5.1.4.1.1.1"
MODALITIES = {CT: "CT", MR: "MR", ENHANCED_MR: "MR", XRAY: "CR"}

AXIAL = (1, 0, 0, 0, 1, 0)
SAGITTAL = (0, 1, 0, 0, 0, -1)
CORONAL = (1, 0, 0, 0, 0, -1)


def axial_positions(count: int, spacing: float = 2.5) -> list[tuple[float, float, float]]:
    return [(-10.0, -20.0, 30.0 + spacing * k) for k in range(count)]


def slice_dataset(number: int, sop_class: str = CT, rows: int = 5, columns: int = 4, **header: Any) -> Dataset:
    """One slice with random pixels of its own; ``header`` sets elements by keyword, None takes one away."""
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, generate_uid()
    dataset.PatientName, dataset.PatientID = "Doe^Jane", "P1"
    dataset.StudyInstanceUID, dataset.StudyDate = "1.2.3", "20200102"
    dataset.SeriesInstanceUID, dataset.SeriesNumber, dataset.SeriesDescription = "1.2.3.4", 5, "Test"
    dataset.Modality = MODALITIES.get(sop_class, "OT")
    dataset.FrameOfReferenceUID = "1.2.3.9"
    dataset.InstanceNumber = number + 1
    dataset.Rows, dataset.Columns = rows, columns
    dataset.PixelSpacing = [0.8, 0.7]
    dataset.ImageOrientationPatient = list(AXIAL)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = np.random.default_rng(number).integers(0, 2000, (rows, columns)).astype("<u2").tobytes()
    for keyword, value in header.items():
        if value is None:
            if keyword in dataset:
                delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset


def write(dataset: Dataset, path: Path, transfer_syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write a dataset as a DICOM file, with pydicom 2 as with 3."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = transfer_syntax
    implicit, little = transfer_syntax == "1.2.840.10008.1.2", transfer_syntax != "1.2.840.10008.1.2.2"
    file = FileDataset(str(path), dataset, file_meta=meta, preamble=b"\0" * 128, is_implicit_VR=implicit, is_little_endian=little)
    path.parent.mkdir(parents=True, exist_ok=True)
    if int(pydicom.__version__.split(".")[0]) >= 3:
        file.save_as(path, enforce_file_format=True)
    else:
        file.save_as(path, write_like_original=False)
    return path


def write_series(
    folder: Path,
    positions: Sequence[Sequence[float]],
    orientation: Sequence[float] = AXIAL,
    headers: Optional[Sequence[dict[str, Any]]] = None,
    first: int = 0,
    **header: Any,
) -> list[Path]:
    """A slice a position; ``header`` is for all of them, ``headers`` for one each. Instance numbers count from ``first`` + 1."""
    paths = []
    for n, position in enumerate(positions):
        own = {
            "ImagePositionPatient": [float(value) for value in position],
            "ImageOrientationPatient": [float(value) for value in orientation],
            **header,
            **(headers[n] if headers else {}),
        }
        paths.append(write(slice_dataset(first + n, **own), folder / f"{first + n:04d}.dcm"))
    return paths


def corners_lps_by_header(path: Path) -> np.ndarray:
    """Corner pixel centres (2, 2, 3) of a single-frame file, [last row?, last column?], by the formula of PS3.3 C.7.6.2.1.1."""
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    position = np.array(dataset.ImagePositionPatient, float)
    row, column = np.array(dataset.ImageOrientationPatient, float).reshape(2, 3)
    between_rows, between_columns = (float(value) for value in dataset.PixelSpacing)
    corners = np.empty((2, 2, 3))
    for last_row in (0, 1):
        for last_column in (0, 1):
            corners[last_row, last_column] = (
                position
                + row * between_columns * last_column * (int(dataset.Columns) - 1)
                + column * between_rows * last_row * (int(dataset.Rows) - 1)
            )
    return corners


def values_by_pydicom(path: Path) -> np.ndarray:
    """Modality values of a single-frame file, by pydicom's pixels and the header's slope and intercept."""
    dataset = pydicom.dcmread(path)
    return dataset.pixel_array * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
