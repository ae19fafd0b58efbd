"""Where the slices of a volume to be written lie, as planes that DICOM can say (PS3.3 C.7.6.2), and which source is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError, SourceImage, VolumeToWrite

# A plane that DICOM cannot say (PS3.3 C.7.6.2.1.1: a rectangle) is off by more than this somewhere; half of what is promised.
FLAT_MM = 0.005


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane of one slice: the centre of its first voxel (LPS mm), unit vectors along a row and a column, and the spacing of
    rows and of columns in mm (PixelSpacing, PS3.3 10.7.1.3)."""

    position: np.ndarray
    row: np.ndarray
    column: np.ndarray
    spacing: tuple[float, float]


def source_of(volume: VolumeToWrite, k: int) -> Optional[SourceImage]:
    """The source whose header a slice goes by: its own, the only one, or the one that lies nearest."""
    sources = list(volume.sources)
    if len(sources) == 1:
        return sources[0]
    placed = [source for source in sources if _position(source) is not None]
    if placed:
        corner = volume.corners_lps[k]
        return min(placed, key=lambda source: _distance(source, corner))
    return sources[k] if len(sources) == len(volume.voxels) else (sources[0] if sources else None)


def _position(source: SourceImage) -> Optional[np.ndarray]:
    return None if source.header is None else _vector(source.header, "ImagePositionPatient", 3)


def _vector(header: Dataset, keyword: str, length: int) -> Optional[np.ndarray]:
    try:
        values = np.array(header.get(keyword) or (), float)
    except VALUE_ERRORS:
        return None
    return values if values.shape == (length,) and np.isfinite(values).all() else None


def _distance(source: SourceImage, corners: np.ndarray) -> float:
    """How far the plane of a source lies from a slice, at its corner and across."""
    position, orientation = _position(source), _vector(source.header, "ImageOrientationPatient", 6)  # type: ignore[arg-type]
    if orientation is None:
        return float(np.linalg.norm(corners[0, 0] - position))
    normal = np.cross(orientation[:3], orientation[3:])
    return float(np.abs((corners.reshape(4, 3) - position) @ normal).max())


def holes_of(volume: VolumeToWrite, used: Sequence[Optional[SourceImage]]) -> set[int]:
    """Slices that no source lies at, while most have theirs, and that hold one value: filled in for a missing image."""
    if not used or any(source is None or source.header is None for source in used) or len(volume.sources) < 2:
        return set()
    near = [_distance(source, volume.corners_lps[k]) < 0.01 for k, source in enumerate(used)]  # type: ignore[arg-type]
    if sum(near) * 2 < len(near):
        return set()
    return {k for k, there in enumerate(near) if not there and volume.voxels[k].min() == volume.voxels[k].max()}


def planes_of(volume: VolumeToWrite, name: str) -> list[Plane]:
    """The plane of every slice. Raises ExportError for colours, too large slices, and those that are no rectangle."""
    if volume.voxels.ndim != 3:
        raise ExportError("colour", name=name)
    slices, rows, columns = volume.voxels.shape
    if max(rows, columns) > 65535:
        raise ExportError("too-large", name=name, rows=rows, columns=columns)
    planes = []
    for k in range(slices):
        corners = volume.corners_lps[k]
        along_row, along_column = corners[0, 1] - corners[0, 0], corners[1, 0] - corners[0, 0]
        width, height = float(np.linalg.norm(along_row)), float(np.linalg.norm(along_column))
        if not np.isfinite(corners).all() or not (width > 0 and height > 0):
            raise ExportError("no-plane", name=name, slice=k + 1)
        row = along_row / width
        skew = float(row @ along_column)
        column = along_column - skew * row
        column /= np.linalg.norm(column)
        bent = max(
            float(np.linalg.norm(corners[1, 1] - corners[0, 0] - along_row - along_column)),
            float(np.linalg.norm(volume.middle_lps[k] - corners.reshape(4, 3).mean(axis=0))),
        )
        if bent > FLAT_MM:
            raise ExportError("bent", name=name, slice=k + 1)
        if abs(skew) > FLAT_MM:
            raise ExportError("sheared", name=name, slice=k + 1)
        planes.append(Plane(corners[0, 0], row, column, (height / max(rows - 1, 1), width / max(columns - 1, 1))))
    return planes
