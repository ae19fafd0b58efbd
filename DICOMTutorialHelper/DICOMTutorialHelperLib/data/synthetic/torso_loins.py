"""The muscles at the back of the practice torso's belly: psoas and iliacus, which join on the way to the thigh, and quadratus.

Psoas begins beside the twelfth thoracic vertebra, is thickest in front of the fifth lumbar one and ends, with iliacus from the
hollow of the hip bone, at the lesser trochanter. Both together measure 5.9 ± 1.7 cm² for each m² of height squared at the third
vertebra in men, 18 cm² in a man of 1.75 m (Lawlor et al., J Frailty Sarcopenia Falls 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import Noise, sampled, without
from DICOMTutorialHelperLib.data.synthetic.hounsfield import FAT, MUSCLE
from DICOMTutorialHelperLib.data.synthetic.shapes import Layer, Shape, ellipse_distance, smooth_maximum, smooth_union
from DICOMTutorialHelperLib.data.synthetic.torso_pelvis import wing_crest, wing_side
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, inset, level, spine_y

# Psoas by level, of the left side: middle x and y, half width and half depth.
_Z = [-390, -368, -348, -325, -300, -275, -250, -225, -190, -155, -120, -92, -70]
_X = [129, 121, 110, 97, 84, 69, 57, 47, 39.5, 35.5, 31.5, 28, 24]
_Y = [12, -8, -32, -46, -42, -22, 4, 21, 29, 29, 33, 38, 41]
_HALF_WIDTH = [5, 10, 14, 17, 17, 17, 17, 18, 17.5, 15, 11, 7.5, 3]
_HALF_DEPTH = [5, 9, 12, 13, 15, 18, 21, 24, 24, 21, 16, 12, 6]


class Loins:
    """``muscles`` are the surfaces of psoas with iliacus and of quadratus, right and left, clear of bones."""

    def __init__(self, streaks: Noise, cage: Shape, bones: list[Shape]) -> None:
        self.streaks, self.cage = streaks, cage
        self.muscles: list[Shape] = []
        for side in SIDES:
            for make, bounds in (
                (self._iliopsoas, ((16, 156), (-74, 62), (-394, -64))),
                (self._quadratus, ((34, 96), (30, 78), (-218, -72))),
            ):
                low, high = sorted(side * bound for bound in bounds[0])
                whole = Shape(partial(_on_side, make, side), ((low, high), *bounds[1:]))
                self.muscles.append(sampled(without(whole, bones, 0.5), 4.0, normalise=True))

    def layers(self) -> list[Layer]:
        """The muscles, each in a thin sheet of fat."""

        def marbled(x, y, z):
            streak = np.clip(1.0 - np.abs(self.streaks(0.8 * x, 0.8 * y, 0.12 * z)) * 16, 0, 1)
            return MUSCLE - np.float32(55) * streak

        return [Layer([inset(muscle, -1.2) for muscle in self.muscles], FAT + 10), Layer(self.muscles, marbled)]

    def _iliopsoas(self, out, x, y, z) -> np.ndarray:
        """``out`` is the distance from the middle plane."""
        bundles = 1.8 * self.streaks(x, y, 0.25 * z)
        u, v = out - level(z, _Z, _X), y - level(z, _Z, _Y)
        psoas = ellipse_distance(u, v, level(z, _Z, _HALF_WIDTH), level(z, _Z, _HALF_DEPTH)) + bundles
        psoas = np.maximum(psoas, np.abs(z + 229) - 163)
        # Iliacus lines the hollow of the hip bone above the brim of the small pelvis.
        brim = z + 268 + 0.5 * (45 - y)
        beneath = wing_crest(y) - z
        fan = np.clip(brim / 16, 0, 1) * np.clip(beneath / 42, 0, 1)
        fan = fan * np.clip((y + 66) / 26, 0, 1) * np.clip((56 - y) / 30, 0, 1)
        within = (wing_side(y, z) - out) * np.float32(0.82)
        iliacus = np.maximum(within - 4 - 17 * np.sqrt(fan) + bundles, np.maximum(-1 - within, -brim))
        iliacus = np.maximum(iliacus, np.maximum(3 - beneath, -60 - y))
        return smooth_union(psoas, iliacus.astype(np.float32), 5)

    def _quadratus(self, out, x, y, z) -> np.ndarray:
        """A flat muscle on the back wall, from the last rib to the crest of the hip bone, wider below."""
        sheet = np.abs(self.cage.distance(x, y, z) + np.float32(5.5)) - 5.2
        inner = level(z, [-220, -150, -70], [52, 43, 37]) + 0.25 * np.maximum(spine_y(z) + 30 - y, 0)
        edge = np.maximum(inner - out, out - level(z, [-220, -150, -70], [90, 76, 58]))
        flat = smooth_maximum(sheet, edge.astype(np.float32), 6)
        return np.maximum(np.maximum(flat, np.abs(z + 145) - 70), 34 - y) + 0.8 * self.streaks(x, y, 0.3 * z)


def _on_side(make: Callable[..., np.ndarray], side: int, x, y, z) -> np.ndarray:
    return make(side * x, x, y, z)
