"""Small series by plan, written with pydicom."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
from synthetic_series import CT, MR, slice_dataset, write

PET = "1.2.840.10008.5.1.4.1.1.128"
MODALITIES = {CT: "CT", MR: "MR", PET: "PT"}
ROWS, COLUMNS = 5, 4
ROW_SPACING, COLUMN_SPACING = 0.8, 0.7


@dataclass
class SeriesPlan:
    """A series to write: one slice a position; ``header`` changes all slices, ``headers`` single ones."""

    positions: list = field(default_factory=lambda: [(-10.0, -20.0, 30.0 + 2.5 * k) for k in range(6)])
    orientation: tuple = (1, 0, 0, 0, 1, 0)
    sop_class: str = CT
    header: dict[str, Any] = field(default_factory=dict)
    headers: Optional[list[dict[str, Any]]] = None
    samples: int = 1


def write_slice(plan: SeriesPlan, number: int, path: Path) -> None:
    rng = np.random.default_rng(number)
    header = {
        "PatientSex": "F", "PatientBirthDate": "19700203", "StudyDescription": "Chest", "StudyID": "S7", "StudyTime": "101112",
        "SeriesDescription": "Test/series", "Manufacturer": "Maker", "ManufacturerModelName": "Model T",
        "Modality": MODALITIES[plan.sop_class],
        "PixelSpacing": [ROW_SPACING, COLUMN_SPACING], "BitsStored": 16, "HighBit": 15,
        "ImagePositionPatient": [float(value) for value in plan.positions[number]],
        "ImageOrientationPatient": [float(value) for value in plan.orientation],
    }  # fmt: skip
    if plan.samples == 3:
        pixels = rng.integers(0, 255, (ROWS, COLUMNS, 3)).astype(np.uint8)
        header.update(SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0)
        header.update(BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=pixels.tobytes())
    else:
        header.update(RescaleSlope=1, RescaleIntercept=-1024)
        header["PixelData"] = rng.integers(0, 2000, (ROWS, COLUMNS)).astype("<u2").tobytes()
    header.update(plan.header)
    header.update(plan.headers[number] if plan.headers else {})
    write(slice_dataset(number, plan.sop_class, ROWS, COLUMNS, **header), path)


def write_series_to(folder: Path, **plan: Any) -> Path:
    """Write a SeriesPlan into a new folder; returns it."""
    folder.mkdir()
    planned = SeriesPlan(**plan)
    for number in range(len(planned.positions)):
        write_slice(planned, number, folder / f"{number:03d}.dcm")
    return folder
