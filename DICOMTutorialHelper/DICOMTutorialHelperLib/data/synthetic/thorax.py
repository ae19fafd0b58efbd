"""The parts of the practice torso's chest, made once for the CT and again used behind the breasts of the MRI."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.torso_body import Wall
from DICOMTutorialHelperLib.data.synthetic.torso_heart import Heart
from DICOMTutorialHelperLib.data.synthetic.torso_lungs import Lungs
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import Skeleton


class Thorax:
    """Skeleton, wall, heart and lungs that belong together, of their own for each seed."""

    def __init__(self, seed: int) -> None:
        generator = np.random.default_rng([seed, 7])
        self.skeleton = Skeleton()
        self.wall = Wall(generator)
        self.heart = Heart(self.skeleton.spine)
        self.lungs = Lungs(generator, self.wall.cage, self.skeleton.bones, self.heart)


@lru_cache(maxsize=1)
def thorax(seed: int) -> Thorax:
    """The thorax of a seed, kept for the next picture that shows it."""
    return Thorax(seed)
