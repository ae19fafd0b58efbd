"""A contact sheet of practice images: 24 slices of each series, projections and, for CT, a rendering of bones and vessels.

For whoever draws the anatomy: what is wrong is seen at once. Windows are those that readers use for the organ.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

RENDERED_FROM_HU = 170.0
TILE = 200
COLUMNS = 8
# (centre, width) in stored units after rescale: CT soft tissue, lung and bone.
CT_WINDOWS = ((40.0, 400.0), (-500.0, 1500.0), (400.0, 1800.0))


def preview_sheet(files: Sequence[Path]) -> np.ndarray:
    """The sheet of all series among the files: (rows, columns) of grey bytes, first row on top.

    Files without slices in space are left out; without any others it is black.
    """
    series: dict[str, list[Dataset]] = {}
    for file in files:
        ds = dcmread(str(file))
        if "ImagePositionPatient" in ds and "PixelData" in ds:
            series.setdefault(str(ds.SeriesInstanceUID), []).append(ds)
    rows = [row for slices in series.values() for row in _series_rows(slices)]
    if not rows:
        rows = [np.zeros((TILE, TILE * COLUMNS), np.uint8)]
    return np.vstack(rows)


def _series_rows(slices: list[Dataset]) -> list[np.ndarray]:
    """Strips of tiles, all as wide as the sheet."""
    frames: dict[int, list[Dataset]] = {}
    for ds in slices:
        frames.setdefault(int(ds.get("TemporalPositionIdentifier", 1)), []).append(ds)
    # Of a dynamic series the third time: the contrast agent is there.
    chosen = frames[sorted(frames)[min(2, len(frames) - 1)]]
    volume, spacing = _volume(chosen)
    ct = chosen[0].Modality == "CT"
    high = float(np.quantile(volume, 0.995))
    windows = CT_WINDOWS if ct else ((high / 2, high),)
    picked = np.linspace(0, len(volume) - 1, 24).round().astype(int)
    rows = []
    for window in windows:
        tiles = [_tile(volume[index], spacing[1:], window) for index in picked]
        rows += [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, 24, COLUMNS)]
    last, large = [], 2 * TILE
    for axis in (1, 2, 0):
        image = volume.max(axis=axis) if axis == 0 else volume.max(axis=axis)[::-1]
        down, across = (spacing[other] for other in range(3) if other != axis)
        last.append(_tile(image, (down, across), (350.0, 1000.0) if ct else (high / 2, high * 1.1), large))
    if ct:
        step = max(1, volume.shape[2] // 256)
        last.append(_tile(_rendered(volume, spacing, step), (spacing[0], spacing[2] * step), (127.5, 255.0), large))
    last += [np.zeros((large, large), np.uint8)] * (COLUMNS // 2 - len(last))
    return [*rows, np.hstack(last)]


def _volume(slices: list[Dataset]) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Rescaled values (slices, rows, columns), by position along the slices, and spacing in mm in that order."""
    row, column = np.array(slices[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(row, column)
    same = [ds for ds in slices if (ds.Rows, ds.Columns) == (slices[0].Rows, slices[0].Columns)]
    ordered = sorted(same, key=lambda ds: float(np.array(ds.ImagePositionPatient, float) @ normal))
    places = np.array([np.array(ds.ImagePositionPatient, float) @ normal for ds in ordered])
    slope, intercept = float(ordered[0].RescaleSlope), float(ordered[0].RescaleIntercept)
    volume = np.stack([ds.pixel_array.astype(np.float32) * slope + intercept for ds in ordered])
    gap = float(np.median(np.diff(places))) if len(places) > 1 else 1.0
    between_rows, between_columns = map(float, ordered[0].PixelSpacing)
    return volume, (gap, between_rows, between_columns)


def _tile(image: np.ndarray, spacing: tuple[float, float], window: tuple[float, float], size: int = TILE) -> np.ndarray:
    """The image windowed to a square of ``size`` pixels, its proportions kept."""
    height, width = image.shape[0] * spacing[0], image.shape[1] * spacing[1]
    scale = max(height, width) / size
    rows = ((np.arange(size) + 0.5) * scale - (scale * size - height) / 2) / spacing[0]
    columns = ((np.arange(size) + 0.5) * scale - (scale * size - width) / 2) / spacing[1]
    inside = ((rows >= 0) & (rows < image.shape[0]))[:, None] & ((columns >= 0) & (columns < image.shape[1]))
    take = image[np.clip(rows, 0, image.shape[0] - 1).astype(int)][:, np.clip(columns, 0, image.shape[1] - 1).astype(int)]
    grey = np.clip((take - window[0]) / window[1] + 0.5, 0, 1) * 255
    return np.where(inside, grey, 0).astype(np.uint8)


def _rendered(volume: np.ndarray, spacing: tuple[float, float, float], step: int) -> np.ndarray:
    """Bones and vessels full of contrast, of every ``step``-th row and column, seen and lit from in front."""
    part = volume[::-1, ::step, ::step]
    light = np.zeros((part.shape[0], part.shape[2]), np.float32)
    left = np.ones_like(light)
    up, back, side = np.gradient(part, spacing[0], spacing[1] * step, spacing[2] * step)
    steep = np.sqrt(np.square(up) + np.square(back) + np.square(side)) + 1e-3
    shade = np.clip(0.25 + 0.75 * np.abs(back) / steep, 0, 1)
    for depth in range(part.shape[1]):
        cover = np.clip((part[:, depth] - RENDERED_FROM_HU) / 120, 0, 1)
        light += left * cover * shade[:, depth] * 255
        left *= 1 - cover
    return light
