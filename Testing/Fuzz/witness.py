"""The independent slow reader: where each image lies and what it holds, by plain pydicom and the formulas of PS3.3.

Native, RLE and compressed pixels as pydicom decodes them, grey and RGB, single frames and frames of functional groups. It is
silent (None) about everything that could be read in two ways.
"""

from __future__ import annotations

import functools
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import numpy as np
import pydicom
from pydicom.datadict import dictionary_VR

MOST_PIXELS = 4_000_000
NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2")
# Where a value may stand beside the data set itself, by the sequence that holds it (PS3.3 C.7.6.16).
GROUPS = {
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
    "PixelSpacing": "PixelMeasuresSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
}


@dataclass
class Witness:
    """Centres of three pixels in LPS mm, by (row, column), none where nothing places the frame; and the modality values
    (rows, columns[, 3]), None where they could be read in two ways."""

    corners: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)
    values: Optional[np.ndarray] = None


def witness_of(path: Path, number: int = 0) -> Optional[Witness]:
    """What a file says of one of its frames."""
    state = os.stat(path)
    read = _read(str(path), state.st_size, state.st_mtime_ns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return None if read is None else _witness(*read, number)
        except Exception:  # pydicom's word for a damaged file: the witness has seen nothing
            return None


@functools.lru_cache(maxsize=2)
def _read(path: str, _size: int, _changed: int) -> Optional[tuple[pydicom.Dataset, Optional[np.ndarray]]]:
    """The data set, and its stored values as (frames, rows, columns[, 3])."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = pydicom.dcmread(path)
            return dataset, _stored(dataset)
        except BaseException as error:  # decoders written in Rust panic with what is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit)) or type(error).__name__ == "TooSlow":
                raise
            return None


def _stored(dataset: pydicom.Dataset) -> Optional[np.ndarray]:
    frames = int(dataset.get("NumberOfFrames", 1))
    samples = int(dataset.SamplesPerPixel)
    if not 0 < int(dataset.Rows) * int(dataset.Columns) * frames * samples <= MOST_PIXELS:
        return None
    colours = dataset.PhotometricInterpretation
    if colours not in ("MONOCHROME1", "MONOCHROME2") if samples == 1 else (samples, colours) != (3, "RGB"):
        return None
    if int(dataset.HighBit) != int(dataset.BitsStored) - 1:
        return None
    shape = (frames, int(dataset.Rows), int(dataset.Columns), *((3,) if samples == 3 else ()))
    return dataset.pixel_array.reshape(shape)


def _witness(dataset: pydicom.Dataset, stored: Optional[np.ndarray], number: int) -> Optional[Witness]:
    if "MOSAIC" in dataset.get("ImageType", []):
        return None
    grouped = "PerFrameFunctionalGroupsSequence" in dataset
    if not grouped and int(dataset.get("NumberOfFrames", 1)) > 1:
        return Witness({}, _values(dataset, stored, number))
    if grouped and len(dataset.PerFrameFunctionalGroupsSequence) != int(dataset.NumberOfFrames):
        return None
    position = _numbers(dataset, "ImagePositionPatient", number)
    plane = _numbers(dataset, "ImageOrientationPatient", number)
    spacing = _numbers(dataset, "PixelSpacing", number)
    row, column = np.array(plane).reshape(2, 3)
    if abs(np.linalg.norm(row) - 1) > 1e-3 or abs(np.linalg.norm(column) - 1) > 1e-3 or abs(row @ column) > 1e-3:
        return None
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    between_rows, between_columns = spacing
    corners = {
        (r, c): np.array(position) + row * between_columns * c + column * between_rows * r
        for r, c in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)}
    }
    return Witness(corners, _values(dataset, stored, number))


def _holders(dataset: pydicom.Dataset, keyword: str, number: int) -> list[pydicom.Dataset]:
    """Where a keyword may stand for a frame, the frame's own first; of an enhanced object, the top level does not count."""
    if "PerFrameFunctionalGroupsSequence" not in dataset:
        return [dataset]
    found = []
    for groups in (
        dataset.PerFrameFunctionalGroupsSequence[number : number + 1], dataset.get("SharedFunctionalGroupsSequence") or []
    ):  # fmt: skip
        for item in groups:
            found += [inner for inner in item.get(GROUPS[keyword]) or [] if keyword in inner]
    return found


def _numbers(dataset: pydicom.Dataset, keyword: str, number: int) -> list[float]:
    (holder,) = _holders(dataset, keyword, number)  # in two places: it could be read in two ways
    if _is_called_otherwise(holder, keyword):
        raise ValueError(keyword)
    return [float(value) for value in holder[keyword].value]


def _is_called_otherwise(holder: pydicom.Dataset, keyword: str) -> bool:
    """Whether the file gives an element another VR than the dictionary: by which of them it is meant, nobody knows."""
    return keyword in holder and dictionary_VR(keyword) != holder[keyword].VR


def _values(dataset: pydicom.Dataset, stored: Optional[np.ndarray], number: int) -> Optional[np.ndarray]:
    if stored is None or "ModalityLUTSequence" in dataset:
        return None
    values = stored[number].astype(float)
    if values.ndim == 3:
        return values
    rescale = []
    for keyword, neutral in (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0)):
        holders = _holders(dataset, keyword, number) or [pydicom.Dataset()]
        if len(holders) > 1 or _is_called_otherwise(holders[0], keyword):
            return None
        rescale.append(float(holders[0].get(keyword, neutral) or neutral))
    return values * rescale[0] + rescale[1]
