"""The practice torso in Hounsfield units: a supine man after contrast, from the root of the neck to the hips.

Everything is drawn from smooth shapes in LPS mm (see ``shapes`` and ``fields``), the later over the earlier; nothing comes from a
patient. Organs keep clear of each other by construction: bones and muscles first, then each organ in the room that is left.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import Noise
from DICOMTutorialHelperLib.data.synthetic.hounsfield import AIR
from DICOMTutorialHelperLib.data.synthetic.shapes import Layer, SampleGrid, paint
from DICOMTutorialHelperLib.data.synthetic.thorax import thorax
from DICOMTutorialHelperLib.data.synthetic.torso_abdomen import Abdomen, cavity
from DICOMTutorialHelperLib.data.synthetic.torso_body import table_layers
from DICOMTutorialHelperLib.data.synthetic.torso_bowel import Bowel, stomach_shape
from DICOMTutorialHelperLib.data.synthetic.torso_loins import Loins
from DICOMTutorialHelperLib.data.synthetic.torso_pelvis import Pelvis


class Torso:
    """A torso of its own for each seed (branches, loops, contents, grain); ``hounsfield`` draws it on a grid."""

    def __init__(self, seed: int):
        generator = np.random.default_rng([seed, 1])
        trabeculae = Noise(generator, 4)
        chest = thorax(seed)
        skeleton, wall, heart, lungs = chest.skeleton, chest.wall, chest.heart, chest.lungs
        pelvis = Pelvis(wall.body)
        bones = [*skeleton.bones, *pelvis.bones]
        loins = Loins(wall.streaks, wall.cage, bones)
        room = cavity(wall.cage, bones, [*loins.muscles, *pelvis.muscles], heart.sac)
        stomach = stomach_shape(room)
        abdomen = Abdomen(generator, room, stomach)
        bowel = Bowel(generator, room, stomach, abdomen.solid, [pelvis.bladder()])
        self.layers: list[Layer] = [
            *table_layers(),
            *wall.layers(),
            *pelvis.muscle_layers(wall.streaks),
            *loins.layers(),
            *lungs.layers(),
            *heart.layers(),
            *abdomen.layers(),
            *pelvis.organ_layers(),
            *bowel.layers(),
            *skeleton.layers(trabeculae),
            *pelvis.bone_layers(trabeculae),
        ]

    def hounsfield(self, grid: SampleGrid) -> np.ndarray:
        """Hounsfield units without noise, float32 of the grid's shape."""
        values = np.full(grid.shape, AIR, np.float32)
        for layer in self.layers:
            paint(values, grid, layer.shapes, layer.value)
        return values


@lru_cache(maxsize=1)
def torso_of(seed: int) -> Torso:
    """The torso of a seed, kept for the next picture that shows it."""
    return Torso(seed)
