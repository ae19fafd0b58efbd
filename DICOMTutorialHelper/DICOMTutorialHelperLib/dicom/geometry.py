"""Where slices lie, and the grid that holds them: from image positions alone, never from thickness or spacing elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np


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
        return tuple(float(length) for length in np.linalg.norm(self.ijk_to_lps[:3, :3], axis=0))

    @property
    def ijk_to_ras(self) -> np.ndarray:
        return LPS_TO_RAS @ self.ijk_to_lps

    @property
    def tilt_ras(self) -> Optional[np.ndarray]:
        return None if self.tilt_lps is None else LPS_TO_RAS @ self.tilt_lps @ LPS_TO_RAS

    @property
    def displacements_ras(self) -> Optional[np.ndarray]:
        return None if self.displacements_lps is None else self.displacements_lps * LPS_TO_RAS.diagonal()[:3]


LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
