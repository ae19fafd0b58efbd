"""The independent slow reader: where each image lies and what it holds, by plain pydicom and the formula of PS3.3 C.7.6.2.1.1.

It speaks of native, single-frame, plain images alone, and is silent (None) about everything that could be read in two ways.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np
import pydicom

NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
MOST_PIXELS = 4_000_000


@dataclass
class Witness:
    """Centres of three pixels in LPS mm, by (row, column), and the modality values (rows, columns)."""

    corners: dict[tuple[int, int], np.ndarray]
    values: Optional[np.ndarray]


def witness_of(path: Path) -> Optional[Witness]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(path)
            return _witness(dataset)
        except Exception:  # pydicom's word for a damaged file: the witness has seen nothing
            return None


def _witness(dataset: pydicom.Dataset) -> Optional[Witness]:
    if (
        dataset.file_meta.TransferSyntaxUID not in NATIVE
        or "NumberOfFrames" in dataset
        or "MOSAIC" in dataset.get("ImageType", [])
    ):
        return None
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    if not 0 < rows * columns <= MOST_PIXELS or int(dataset.SamplesPerPixel) != 1:
        return None
    position = np.array([float(value) for value in dataset.ImagePositionPatient])
    row, column = np.array([float(value) for value in dataset.ImageOrientationPatient]).reshape(2, 3)
    between_rows, between_columns = (float(value) for value in dataset.PixelSpacing)
    if abs(np.linalg.norm(row) - 1) > 1e-3 or abs(np.linalg.norm(column) - 1) > 1e-3 or abs(row @ column) > 1e-3:
        return None
    corners = {
        (r, c): position + row * between_columns * c + column * between_rows * r
        for r, c in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)}
    }
    return Witness(corners, _values(dataset))


def _values(dataset: pydicom.Dataset) -> Optional[np.ndarray]:
    if "ModalityLUTSequence" in dataset or dataset.PhotometricInterpretation not in ("MONOCHROME1", "MONOCHROME2"):
        return None
    slope, intercept = float(dataset.get("RescaleSlope", 1) or 1), float(dataset.get("RescaleIntercept", 0) or 0)
    return dataset.pixel_array.astype(float) * slope + intercept
