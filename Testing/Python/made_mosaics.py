"""Siemens mosaics and UIH grids made the other way round: slices with known places first, then the image that holds them all."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from synthetic_series import MR, slice_dataset, write

PIXEL_SPACING = (3.0, 2.5)  # between rows, between columns
SLICE_SPACING = 4.0
IMAGE_TYPE = ("ORIGINAL", "PRIMARY", "M")

AXIAL = ((1, 0, 0), (0, 1, 0))
SAGITTAL = ((0, 1, 0), (0, 0, -1))
OBLIQUE = ((0.96, 0.28, 0.0), (-0.168, 0.576, 0.8))


class MadeVolume(NamedTuple):
    """The slices of one made mosaic: where each one's first pixel lies (LPS mm, (n, 3)), and its pixels (n, rows, columns)."""

    path: Path
    positions: np.ndarray
    pixels: np.ndarray


def csa_header(tags: dict[str, Sequence[Any]], kind: int = 2) -> bytes:
    """A CSA header as syngo MR writes it, of the older kind (1) or with "SV10" (2): six items a tag, the first with values."""
    out = bytearray(b"SV10\4\3\2\1" if kind == 2 else b"") + struct.pack("<II", len(tags), 77)
    for name, values in tags.items():
        out += struct.pack("<64si4siii", name.encode(), len(values), b"FD\0\0", 4, 6, 77)
        for value in [str(value).encode() + b"\0" for value in values] + [b""] * (6 - len(values)):
            size = len(value)
            out += struct.pack("<4i", *((size if kind == 2 else size + 6), size, 77, size)) + value + b"\0" * (-size % 4)
    return bytes(out)


def slices_of(number: int, count: int, plane, reverse: bool, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions (n, 3), pixels (n, rows, columns) and the direction (3,) in which the slices follow each other."""
    normal = np.cross(*np.array(plane, float)) * (-1 if reverse else 1)
    first = np.array([-37.5, 12.25, 101.0])
    positions = first + np.arange(count)[:, None] * SLICE_SPACING * normal
    pixels = np.random.default_rng(number).integers(1, 4000, (count, *size)).astype("<u2")
    return positions, pixels, normal


def siemens_dataset(
    number: int, count: int, plane=AXIAL, reverse: bool = False, size: tuple[int, int] = (8, 6), header: str = "csa", **more: Any
) -> tuple[Dataset, np.ndarray, np.ndarray]:
    """A mosaic with its slices' positions and pixels.

    ``header`` names where the number of slices stands: "csa" (and the normal with it), "element" (0019,xx0A alone), or "" for
    nowhere.
    """
    positions, pixels, normal = slices_of(number, count, plane, reverse, size)
    side = math.ceil(math.sqrt(count))
    image = np.zeros((side * size[0], side * size[1]), "<u2")
    for n, one in enumerate(pixels):
        row, column = n // side * size[0], n % side * size[1]
        image[row : row + size[0], column : column + size[1]] = one
    row_lps, column_lps = np.array(plane, float)
    # The position is that of a slice as large as the mosaic, around the first slice's middle.
    across = row_lps * PIXEL_SPACING[1] * (side - 1) * size[1] / 2 + column_lps * PIXEL_SPACING[0] * (side - 1) * size[0] / 2
    dataset = _dataset(
        number, image, plane, **{"Manufacturer": "SIEMENS", "ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"], **more}
    )
    dataset.ImagePositionPatient = [float(value) for value in np.round(positions[0] - across, 6)]
    dataset.AcquisitionMatrix = [size[0], 0, 0, size[1]]
    if header == "csa":
        tags = {"EchoLinePosition": [32], "NumberOfImagesInMosaic": [count]}
        tags["SliceNormalVector"] = [f"{value:.8f}" for value in normal]
        dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x10, "OB", csa_header(tags))
    elif header == "element":
        dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0A, "US", count)
    return dataset, positions, pixels


def uih_dataset(number: int, count: int, plane=AXIAL, reverse: bool = False, size=(8, 6), **more: Any):
    """A UIH grid: as many columns as a square would have, no more rows than needed, and an item a slice with its position."""
    positions, pixels, _ = slices_of(number, count, plane, reverse, size)
    columns = math.ceil(math.sqrt(count))
    image = np.zeros((math.ceil(count / columns) * size[0], columns * size[1]), "<u2")
    for n, one in enumerate(pixels):
        row, column = n // columns * size[0], n % columns * size[1]
        image[row : row + size[0], column : column + size[1]] = one
    dataset = _dataset(
        number, image, plane, **{"Manufacturer": "UIH", "ImageType": ["ORIGINAL", "PRIMARY", "M", "VFRAME"], **more}
    )
    block = dataset.private_block(0x0065, "Image Private Header", create=True)
    block.add_new(0x50, "DS", str(count))
    items = []
    for n, position in enumerate(positions):
        item = Dataset()
        item.ImagePositionPatient = [float(value) for value in np.round(position, 6)]
        item.AcquisitionDateTime = f"20200102{10 + number:02d}00{7 * n % count % 60:02d}.5"
        items.append(item)
    block.add_new(0x51, "SQ", items)
    return dataset, positions, pixels


def _dataset(number: int, image: np.ndarray, plane, **more: Any) -> Dataset:
    header = {
        "PixelSpacing": list(PIXEL_SPACING), "SpacingBetweenSlices": SLICE_SPACING, "SliceThickness": 3.2, "BitsStored": 16,
        "HighBit": 15, "ImageOrientationPatient": [float(value) for value in np.ravel(plane)], "EchoTime": 30.0,
        "RepetitionTime": 2000.0, "AcquisitionNumber": number + 1, "PatientPosition": "HFS", "StudyTime": "100000",
        "ScanningSequence": "EP", "PixelData": image.tobytes(),
    }  # fmt: skip
    return slice_dataset(number, MR, rows=image.shape[0], columns=image.shape[1], **{**header, **more})


def write_mosaics(
    folder: Path, files: int, count: int, make=siemens_dataset, transfer_syntax: Optional[str] = None, **options: Any
) -> list[MadeVolume]:
    """A series of mosaics, one a file and 2 s after the other."""
    made = []
    for number in range(files):
        dataset, positions, pixels = make(number, count, AcquisitionTime=f"1000{2 * number:02d}.0", **options)
        path = write(dataset, folder / f"{number:03d}.dcm", transfer_syntax or ExplicitVRLittleEndian)
        made.append(MadeVolume(path, positions, pixels))
    return made
