"""The practice torso from outside: its skin, the wall of fat and muscles, the diaphragm within, the couch below."""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import Noise, sampled, sampled_even
from DICOMTutorialHelperLib.data.synthetic.hounsfield import ARTERY, FAT, MUSCLE, SKIN, VEIN
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    Layer,
    Shape,
    ellipse_distance,
    ellipsoid,
    smooth_line,
    smooth_maximum,
    tube,
)
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, cage_distance, inset, level

ALL = ((-202.0, 202.0), (-146.0, 124.0), (-392.0, 236.0))
BACK_Y = 113.0  # the couch flattens the back

_BODY_Z = [-390, -345, -300, -250, -200, -150, -100, -50, 0, 50, 100, 140, 165, 185, 205, 240]
_BODY_HALF_WIDTH = [178, 182, 182, 176, 166, 159, 157, 160, 164, 169, 177, 186, 193, 195, 190, 184]
_BODY_HALF_DEPTH = [98, 104, 110, 111, 109, 107, 108, 113, 118, 119, 114, 105, 97, 86, 74, 60]
_BODY_MIDDLE_Y = [16, 12, 6, 2, -2, -3, 0, 1, 1, 2, 6, 12, 16, 22, 28, 32]


def _body(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """An ellipse with fuller corners, some relief in front, flat behind: a level function, to be normalised."""
    v = y - level(z, _BODY_Z, _BODY_MIDDLE_Y)
    depth = level(z, _BODY_Z, _BODY_HALF_DEPTH)
    u = np.abs(x / level(z, _BODY_Z, _BODY_HALF_WIDTH))
    v = np.abs(v / depth)
    radius = (np.square(u) * np.sqrt(u) + np.square(v) * np.sqrt(v)) ** np.float32(0.4)
    skin = (radius - 1) * depth - np.where(y < 0, _relief(x, z), np.float32(0))
    furrow = 3.5 * np.exp(-np.square(x / 14)) * np.clip((y - 60) / 30, 0, 1)
    return smooth_maximum(skin + furrow, y - (BACK_Y - np.float32(0.0007) * np.square(x)) + furrow, 14).astype(np.float32)


def _relief(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """How far in mm the front stands out: the pectoral muscles with the nipples; the midline and the navel sunk in."""

    def bump(out, up, width, height):
        return np.exp(-np.square((np.abs(x) - out) / width)) * np.exp(-np.square((z - up) / height))

    relief = 9 * bump(72, 88, 42, 38) + 3.5 * bump(104, 70, 5, 5) - 4 * bump(0, 70, 14, 90) - 9 * bump(0, -172, 9, 7)
    return (relief + 5 * bump(40, -200, 60, 50)).astype(np.float32)


def diaphragm_z(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Height of the diaphragm over each point: two domes, the right one higher, deep sulci behind and at the sides."""
    depth = np.where(y > -6, np.float32(76), np.float32(124))
    right = np.square((x + 66) / 70) + np.square((y + 6) / depth)
    left = np.square((x - 68) / 68) + np.square((y + 6) / depth)
    domes = np.maximum(24 - 42 * right - 14 * np.square(right), 13 - 42 * left - 14 * np.square(left))
    # In front it begins at the sternum, behind at the loins.
    behind = y > -30
    middle = 3 - np.where(behind, np.float32(0.010), np.float32(0.004)) * np.square(x + 4)
    middle = middle - np.where(behind, np.float32(0.00884), np.float32(0.00221)) * np.square(y + 30)
    return np.maximum(domes, middle).astype(np.float32)


class Wall:
    """Skin, fat and muscles of the trunk: ``body`` is the skin's surface, ``cage`` the wall's inner one."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.fat_noise, self.streaks, self.build = Noise(generator, 24), Noise(generator, 15), Noise(generator, 70)
        self.body = sampled_even(Shape(_body, ALL), 4.0, normalise=True)
        self.cage = sampled_even(Shape(cage_distance, ((-152, 152), (-112, 112), (-392, 236))), 4.0)

    def layers(self) -> list[Layer]:
        """From the skin inwards; what lies inside the cage is fat, to be filled."""
        body, cage = self.body, self.cage
        back = sampled_even(Shape(self._erector, ((-78, 78), (35, 112), (-300, 222))), 4.0)
        trunk = sampled(Shape(self._trunk, ALL), 5.0)
        shoulders = sampled_even(Shape(self._shoulders, (ALL[0], ALL[1], (84, 236))), 4.0)

        def fat(x, y, z):
            return FAT + 7 * self.fat_noise(x, y, z)

        def marbled(x, y, z):
            streak = np.clip(1.0 - np.abs(self.streaks(x, y, 0.3 * z)) * 12, 0, 1)
            return MUSCLE - np.float32(95) * streak

        layers = [
            Layer(body, SKIN),
            Layer(inset(body, 2.0), fat),
            Layer(trunk, MUSCLE),
            Layer(shoulders, MUSCLE),
            *[Layer(plane, FAT + 20) for plane in self._planes()],
            Layer(back, marbled),
            Layer(sampled_even(Shape(self._axilla, ((-165, 165), (-70, 50), (96, 200))), 4.0), FAT),
            *self._axillary_vessels(),
            Layer(Shape(lambda x, y, z: cage.distance(x, y, z) + 1.5, cage.bounds), FAT + 4),
        ]
        return layers

    def _trunk(self, x, y, z) -> np.ndarray:
        """The muscles around the cage: three flat ones at the side, the straight ones in front, pectoral and latissimus above."""
        cage = cage_distance(x, y, z)
        around = np.arctan2(np.abs(x), -(y - 5)).astype(np.float32)  # 0 in front, pi behind
        high = level(z, [-390, 0, 70, 110, 160, 240], [0, 0, 0.35, 0.8, 1, 1])
        low = level(z, [-390, -90, -40, 20, 240], [1, 1, 0.6, 0, 0])
        front = low * np.clip((96 - np.abs(x)) / 26, 0, 1) * np.clip((1.35 - around) / 0.4, 0, 1)
        straight = 6.5 * np.exp(-(((np.abs(x) - 36) / 32) ** 4)) + 1.5
        thick = 4.5 + 12 * low * np.exp(-np.square((around - 1.45) / 0.65)) * (1 - front) + front * straight
        thick = thick + 9 * (1 - low) * (1 - high) * np.exp(-np.square((around - 1.95) / 0.5))
        thick = (
            thick + 16 * high * np.exp(-np.square((around - 0.75) / 0.42)) + 40 * high * np.exp(-np.square((around - 1.7) / 0.55))
        )
        thick = thick + 9 * np.exp(-np.square((around - 2.5) / 0.4))
        # Nobody is the same on both sides.
        thick = thick * (1 + np.float32(0.10) * self.build(x, y, z))
        muscle = np.maximum(cage - thick, self.body.distance(x, y, z) + 6)
        return muscle.astype(np.float32)

    def _shoulders(self, x, y, z) -> np.ndarray:
        """Deltoid, trapezius and the neck's muscles."""
        shape = np.broadcast_shapes(x.shape, y.shape, z.shape)
        parts = [Shape(lambda x, y, z: np.maximum(np.hypot(x * 0.85, y - 34) - 62, 176 - z))]
        for side in SIDES:
            parts.append(ellipsoid((side * 148, 22, 182), (40, 33, 66), turn_z=side * 25))
            parts += tube([(side * 14, 74, 120), (side * 60, 80, 178), (side * 124, 44, 206)], [10, 17, 16])
        muscles = np.minimum.reduce([np.broadcast_to(part.distance(x, y, z), shape) for part in parts])
        return np.maximum(muscles, self.body.distance(x, y, z) + 5).astype(np.float32)

    def _planes(self) -> list[Shape]:
        """Thin planes of fat between the layers of muscle, sheets that lie a fixed way outside the cage."""
        cage, body = self.cage.distance, self.body.distance

        def sheet(depth, thickness, low, high, inner, outer):
            def distance(x, y, z):
                shell = np.abs(cage(x, y, z) - np.float32(depth) - 1.5 * np.sin(z / 17 + y / 23)) - np.float32(thickness)
                ends = np.maximum(inner - np.abs(x), np.maximum(low - z, z - high))
                return np.maximum(np.maximum(shell, ends), body(x, y, z) + 9)

            return Shape(distance, ((-outer, outer), (-122, 62), (low, high)))

        return [
            sheet(7, 0.5, -215, -60, 74, 150), sheet(12, 0.5, -215, -60, 74, 150),
            sheet(12.5, 0.9, 60, 214, 46, 150), sheet(25, 0.9, 84, 200, 60, 150),
        ]  # fmt: skip

    def _erector(self, x, y, z) -> np.ndarray:
        """The long muscles of the back, beside the spinous processes."""
        middle = level(z, [-300, -240, -150, -60, 60, 160, 222], [96, 88, 78, 86, 92, 84, 70])
        half = level(z, [-300, -230, -100, 60, 222], [12, 22, 29, 25, 20])
        deep = level(z, [-300, -230, -100, 60, 222], [8, 15, 22, 15, 14])
        column = ellipse_distance(np.abs(x) - half - 3, y - middle, half, deep)
        return np.maximum(column, self.body.distance(x, y, z) + 8).astype(np.float32)

    def _axilla(self, x, y, z) -> np.ndarray:
        """The armpit's fat, between the pectoral muscles in front and the shoulder blade behind."""
        pit = ellipsoid((128, -8, 150), (13, 27, 44), turn_z=20).distance(np.abs(x), y, z)
        return np.maximum(pit, 13 - cage_distance(x, y, z)).astype(np.float32)

    @staticmethod
    def _axillary_vessels() -> list[Layer]:
        layers = []
        for side in SIDES:
            artery = smooth_line([(side * 78, -10, 202), (side * 116, -6, 186), (side * 140, -8, 172)], 4)
            layers += [
                Layer(tube(artery, 4), ARTERY),
                Layer(tube(artery + np.array([0, -9, -3]), 5), VEIN),
                Layer([ellipsoid((side * 126, -2, 140), (5, 3.5, 7)), ellipsoid((side * 124, -16, 152), (4, 3, 6))], 55.0),
            ]
        return layers


def table_layers() -> list[Layer]:
    """A curved carbon-fibre couch with a foam core, and a thin mattress."""
    middle = BACK_Y + 2

    def sheet(low: float, high: float) -> Shape:
        def distance(x, y, z):
            top = middle - 0.0007 * np.square(x)
            return np.maximum(np.maximum(top + low - y, y - top - high), np.abs(x) - 208)

        return Shape(distance, ((-210, 210), (80, 190), (-1e6, 1e6)))

    return [Layer(sheet(-2, 4), -870.0), Layer(sheet(4, 34), 40.0), Layer(sheet(6.4, 31.6), -890.0)]
