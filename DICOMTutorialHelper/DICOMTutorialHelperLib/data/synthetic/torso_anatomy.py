"""The practice torso in Hounsfield units: a supine adult after contrast, lung apices to iliac crests.

Everything is drawn from smooth shapes in LPS mm (see ``shapes``), the later over the earlier; nothing comes from a patient.
"""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.hounsfield import AIR
from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid, Texture
from DICOMTutorialHelperLib.data.synthetic.torso_abdomen import Abdomen
from DICOMTutorialHelperLib.data.synthetic.torso_body import body_distance, paint_table, paint_wall
from DICOMTutorialHelperLib.data.synthetic.torso_chest import Chest
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import cage_distance, paint_skeleton


class Torso:
    """A torso of its own for each seed (vessel branches, bowel, grain); ``hounsfield`` draws it on a grid."""

    def __init__(self, seed: int):
        generator = np.random.default_rng([seed, 1])
        self.grain = Texture(generator, 26, waves=5)
        self.chest = Chest(generator)
        self.abdomen = Abdomen(generator)

    def hounsfield(self, grid: SampleGrid) -> np.ndarray:
        """Hounsfield units without noise, float32 of the grid's shape."""
        x, y, z = grid.x, grid.y, grid.z
        values = np.full(grid.shape, AIR, np.float32)
        body = np.broadcast_to(body_distance(x, y, z), grid.shape)
        cage = np.broadcast_to(cage_distance(x, y, z), grid.shape)
        grain = self.grain(x, y, z)
        paint_table(values, grid)
        paint_wall(values, grid, body, cage, grain)
        self.abdomen.paint(values, grid, cage, grain)
        self.chest.paint(values, grid, cage, grain)
        paint_skeleton(values, grid)
        return values
