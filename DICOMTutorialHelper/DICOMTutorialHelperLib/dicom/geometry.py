"""Where slices lie, and the grid that holds them: from image positions alone, never from thickness or spacing elements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.tolerances import GRID_RESIDUAL_MM, SAME_POSITION_MM, TILT_DEGREES

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Grid:
    """A regular grid, and what brings its points to where the slices truly lie. LPS mm; matrices act on columns (i, j, k, 1).

    ``ijk_to_lps`` (4, 4) is regular and right-handed. ``tilt_lps`` (4, 4), where there is a constant gantry tilt, is the shear
    that moves grid points to the slices: world = tilt_lps @ ijk_to_lps @ ijk. ``displacements_lps`` (k, 2, 2, 3), where the
    spacing is irregular, are the displacements of every slice's four corners, indexed [k, last row?, last column?]: in
    between they are bilinear, so every voxel lies where its header puts it.
    """

    dimensions: tuple[int, int, int]
    ijk_to_lps: np.ndarray
    tilt_lps: Optional[np.ndarray] = None
    tilt_degrees: float = 0.0
    displacements_lps: Optional[np.ndarray] = None

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distances between neighbouring grid points along i, j and k."""
        i, j, k = np.linalg.norm(self.ijk_to_lps[:3, :3], axis=0)
        return float(i), float(j), float(k)

    @property
    def ijk_to_ras(self) -> np.ndarray:
        """``ijk_to_lps`` for MRML, (4, 4): from 0-based (i, j, k, 1) to RAS mm."""
        return LPS_TO_RAS @ self.ijk_to_lps

    @property
    def tilt_ras(self) -> Optional[np.ndarray]:
        """``tilt_lps`` for MRML, (4, 4): from RAS mm to RAS mm; None without a tilt."""
        return None if self.tilt_lps is None else LPS_TO_RAS @ self.tilt_lps @ LPS_TO_RAS

    @property
    def displacements_ras(self) -> Optional[np.ndarray]:
        """``displacements_lps`` for MRML, (k, 2, 2, 3) in RAS mm; None where the spacing is regular."""
        return None if self.displacements_lps is None else self.displacements_lps * LPS_TO_RAS.diagonal()[:3]


def slice_normal_lps(frame: Frame) -> np.ndarray:
    """Unit vector (3,) across the slice, right-handed with its row and column directions."""
    # Written out: numpy.cross takes twenty times as long for one pair, and there may be many thousands.
    (a, b, c), (d, e, f) = frame.placed.row_lps.tolist(), frame.placed.column_lps.tolist()
    x, y, z = b * f - c * e, c * d - a * f, a * e - b * d
    return np.array([x, y, z]) / math.sqrt(x * x + y * y + z * z)


def slice_corners_lps(frame: Frame) -> np.ndarray:
    """Centres of a frame's four corner pixels, (2, 2, 3) in LPS mm, indexed [last row?, last column?] (PS3.3 C.7.6.2.1.1)."""
    along_row = frame.placed.row_lps * frame.placed.pixel_spacing[1] * (frame.columns - 1)
    along_column = frame.placed.column_lps * frame.placed.pixel_spacing[0] * (frame.rows - 1)
    first = frame.placed.position_lps
    return np.array([[first, first + along_row], [first + along_column, first + along_column + along_row]])


def corners_lps(frames: Sequence[Frame]) -> np.ndarray:
    """``slice_corners_lps`` of many frames of one matrix, (n, 2, 2, 3)."""
    planes = [frame.placed for frame in frames]
    first = np.array([plane.position_lps for plane in planes])
    spacing = np.array([plane.pixel_spacing for plane in planes])
    along_row = np.array([plane.row_lps for plane in planes]) * spacing[:, 1:] * (frames[0].columns - 1)
    along_column = np.array([plane.column_lps for plane in planes]) * spacing[:, :1] * (frames[0].rows - 1)
    second = first + along_column
    return np.stack([first, first + along_row, second, second + along_row], axis=1).reshape(-1, 2, 2, 3)


def fit_grid(slices: Sequence[Optional[Frame]]) -> Grid:
    """The grid of placed frames in the order of k; None stands for a missing slice, which lies on the line through the rest.

    Regular slices give a plain grid, a constant tilt adds ``tilt_lps``, anything else ``displacements_lps``. The rule is that of
    PS3.3 C.7.6.2.1.1 (Image Position and Image Orientation) alone; SliceThickness and SpacingBetweenSlices have no say.
    """
    present = [k for k, frame in enumerate(slices) if frame is not None]
    frames = [frame for frame in slices if frame is not None]
    first = frames[0]
    normal = slice_normal_lps(first)
    start, step = _line(np.array(present, float), np.array([frame.placed.position_lps for frame in frames]))
    if step is None:
        step = normal * _lone_slice_thickness(first)
        start = start - present[0] * step
    sheared = _matrix(first, start, step)
    dimensions = (first.columns, first.rows, len(slices))
    if len(frames) == 1:
        return Grid(dimensions, sheared)
    truth = corners_lps(frames)
    if _worst_mm(truth, corners_on_grid(sheared, dimensions, present)) > GRID_RESIDUAL_MM:
        return _irregular_grid(first, start, step, dimensions, present, truth)
    if abs(step @ normal) < SAME_POSITION_MM:
        # Beside each other in one plane: no shear of a regular grid does that.
        return _irregular_grid(first, start, step, dimensions, present, truth)
    tilt = float(np.degrees(np.arccos(np.clip(step @ normal / np.linalg.norm(step), -1, 1))))
    if tilt < TILT_DEGREES:
        return Grid(dimensions, sheared)
    upright = _matrix(first, start, normal * (step @ normal))
    return Grid(dimensions, upright, sheared @ np.linalg.inv(upright), tilt)


def is_regular(slices: Sequence[Optional[Frame]]) -> bool:
    """Whether a plain or evenly tilted grid puts every slice where it lies."""
    return len(slices) == 1 or fit_grid(slices).displacements_lps is None


def corners_on_grid(matrix: np.ndarray, dimensions: tuple[int, int, int], layers: Sequence[int]) -> np.ndarray:
    """Where a matrix (4, 4) puts the corners of slices, (layers, 2, 2, 3), indexed as ``slice_corners_lps``."""
    last_column, last_row = dimensions[0] - 1, dimensions[1] - 1
    ijk = np.ones((len(layers), 2, 2, 4))
    ijk[:, :, 0, 0], ijk[:, :, 1, 0] = 0, last_column
    ijk[:, 0, :, 1], ijk[:, 1, :, 1] = 0, last_row
    ijk[..., 2] = np.reshape(layers, (-1, 1, 1))
    return (ijk @ matrix.T)[..., :3]


def _line(k: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, Optional[np.ndarray]]:
    """Start and step of slices along k: through the first and the last, or the best fit where that leaves less."""
    if len(k) == 1:
        return positions[0], None
    step = (positions[-1] - positions[0]) / (k[-1] - k[0])
    start = positions[0] - k[0] * step
    if _worst_mm(positions, start + k[:, None] * step) < GRID_RESIDUAL_MM / 100:
        return start, step
    (step, start), *_ = np.linalg.lstsq(np.stack([k, np.ones_like(k)], axis=1), positions, rcond=None)
    return start, step


def _lone_slice_thickness(frame: Frame) -> float:
    for keyword in ("SpacingBetweenSlices", "SliceThickness"):
        value = abs(frame.get(keyword, 0.0))
        if value >= SAME_POSITION_MM:
            return float(value)
    return 1.0


def _matrix(frame: Frame, start: np.ndarray, step: np.ndarray) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 0] = frame.placed.row_lps * frame.placed.pixel_spacing[1]
    matrix[:3, 1] = frame.placed.column_lps * frame.placed.pixel_spacing[0]
    matrix[:3, 2] = step
    matrix[:3, 3] = start
    return matrix


def _irregular_grid(
    first: Frame,
    start: np.ndarray,
    step: np.ndarray,
    dimensions: tuple[int, int, int],
    present: list[int],
    truth: np.ndarray,
) -> Grid:
    normal = slice_normal_lps(first)
    along = step @ normal
    regular = _matrix(first, start, normal * (along if abs(along) >= SAME_POSITION_MM else _lone_slice_thickness(first)))
    moved = truth - corners_on_grid(regular, dimensions, present)
    layers = np.arange(dimensions[2])
    displacements = np.empty((len(layers), 2, 2, 3))
    for row in (0, 1):
        for column in (0, 1):
            for axis in range(3):
                displacements[:, row, column, axis] = np.interp(layers, present, moved[:, row, column, axis])
    return Grid(dimensions, regular, displacements_lps=displacements)


def _worst_mm(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.linalg.norm(a - b, axis=-1).max())
