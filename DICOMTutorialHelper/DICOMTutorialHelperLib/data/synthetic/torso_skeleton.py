"""The bones of the practice torso but the pelvis, and the cage they make, in LPS mm: the origin in the middle, at the diaphragm.

Bodies of thoracic vertebrae are 17 to 20 mm high (Egwu et al., J Anat Soc India 2019), lumbar ones more; the curves are a
lying adult's: kyphosis in the chest, lordosis in the loin.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Optional

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.fields import NEAR_MM, join, sampled_halves
from DICOMTutorialHelperLib.data.synthetic.hounsfield import CARTILAGE, CORD, CORTICAL_BONE, DISC, LIGAMENT, SPONGY_BONE
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    Layer,
    SampleGrid,
    Shape,
    ellipse_distance,
    ellipsoid,
    smooth_line,
    smooth_maximum,
    tube,
)

SIDES = (-1, 1)

# The surface that the ribs run on and, below them, the inner side of the abdominal wall: half width, half depth, middle y.
CAGE_Z = [-385, -340, -300, -260, -230, -180, -140, -100, -50, 0, 50, 100, 140, 170, 195, 212, 224]
CAGE_HALF_WIDTH = [62, 84, 104, 117, 121, 121, 122, 128, 135, 139, 137, 128, 113, 93, 66, 40, 14]
CAGE_HALF_DEPTH = [56, 68, 76, 80, 80, 79, 81, 87, 93, 96, 94, 87, 75, 61, 45, 27, 10]
CAGE_MIDDLE_Y = [8, 3, -2, -9, -12, -11, -6, -3, -2, -2, -2, 0, 5, 12, 20, 26, 30]
CAGE_POWER = np.float32(2.35)

# The line of the vertebral bodies: y by level.
SPINE_Z = [-262, -240, -215, -185, -150, -115, -80, -40, 0, 50, 100, 150, 196, 230]
SPINE_Y = [52, 39, 30, 25, 24, 27, 33, 40, 45, 48, 47, 42, 33, 24]

# Twelve thoracic vertebrae from the head down, then lumbar ones: z of the middle, height with disc.
THORACIC = [(196 - 23.6 * n, 23.6) for n in range(12)]
LUMBAR = [(-92 - 33 * n, 33.0) for n in range(5)]
CERVICAL = [(217.5, 18.0)]


def level(z: np.ndarray, table_z: list, table: list) -> np.ndarray:
    """A table of values by level (rising), read on a smooth line through its entries, in float32."""
    fine = _smooth_table(tuple(table_z), tuple(table))
    return np.interp(z, fine[:, 0], fine[:, 1]).astype(np.float32)


@cache
def _smooth_table(table_z: tuple, table: tuple) -> np.ndarray:
    return smooth_line(np.column_stack([table_z, table]), 8)


def cage_distance(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Signed distance in mm to the surface of the rib cage, and of the abdomen's inner wall below it."""
    a, b = level(z, CAGE_Z, CAGE_HALF_WIDTH), level(z, CAGE_Z, CAGE_HALF_DEPTH)
    u, v = np.abs(x / a), np.abs((y - level(z, CAGE_Z, CAGE_MIDDLE_Y)) / b)
    power = CAGE_POWER
    up, vp = np.maximum(u, 1e-4) ** (power - 1), np.maximum(v, 1e-4) ** (power - 1)
    total = np.maximum(up * u + vp * v, np.float32(1e-6))
    radius = total ** (1 / power)
    slope = np.sqrt(np.square(up / a) + np.square(vp / b)) * total ** (1 / power - 1)
    return (radius - 1) / slope


def cage_point(angle: Any, z: Any) -> tuple[np.ndarray, np.ndarray]:
    """(distance from the middle plane, y) on the cage's surface at an angle in radians: 0 behind, pi in front."""
    a, b = np.interp(z, CAGE_Z, CAGE_HALF_WIDTH), np.interp(z, CAGE_Z, CAGE_HALF_DEPTH)
    sine, cosine = np.sin(angle), np.cos(angle)
    reach = (np.abs(sine) ** CAGE_POWER + np.abs(cosine) ** CAGE_POWER) ** (-1 / CAGE_POWER)
    return a * sine * reach, np.interp(z, CAGE_Z, CAGE_MIDDLE_Y) + b * cosine * reach


def spine_y(z: np.ndarray) -> np.ndarray:
    """Where the middle of the vertebral bodies lies at heights z: y, both in LPS mm."""
    return level(z, SPINE_Z, SPINE_Y)


class Skeleton:
    """Spine, ribs, sternum and shoulder girdle; ``bone`` is their outer surface, ``spine`` that of the vertebrae alone."""

    def __init__(self) -> None:
        vertebrae = [_vertebra(z, height) for z, height in CERVICAL + THORACIC + LUMBAR]
        self.spine = sampled_halves(vertebrae, 2.5)
        ribs, cartilages = [], []
        for number in range(1, 13):
            bone, cartilage = _rib(number)
            ribs += tube(bone, _rib_radii(len(bone)), 1.7)
            if cartilage is not None:
                cartilages += tube(cartilage, 4.4, 1.5)
        self.ribs = sampled_halves(ribs, 2.5, 1.5)
        self.cartilage = sampled_halves(cartilages, 2.5)
        self.sternum = sampled_halves([Shape(_sternum, _STERNUM_BOUNDS)], 2.5)
        self.girdle = sampled_halves(_girdle(), 3.0)
        self.bones = [self.spine, self.ribs, self.cartilage, self.sternum, self.girdle]
        self.canal = [_canal(z, height) for z, height in CERVICAL + THORACIC + LUMBAR]
        self.ligaments = [_ligaments(z, height) for z, height in THORACIC + LUMBAR]
        self.discs = [_disc(z - height / 2, height > 30, 0.5 * (9.0 if height > 30 else 5.0)) for z, height in THORACIC + LUMBAR]

    def layers(self, trabeculae) -> list[Layer]:
        """Discs and cord, then shells and what fills them; ``trabeculae`` is a Noise."""

        def spongy(x, y, z):
            return SPONGY_BONE + 28 * trabeculae(x, y, z)

        layers = [Layer(self.ligaments, LIGAMENT), Layer(self.discs, DISC), Layer(self.cartilage, CARTILAGE)]
        for bone, shell, filling in (
            (self.spine, 1.1, spongy), (self.ribs, 1.4, SPONGY_BONE + 40), (self.sternum, 1.3, spongy), (self.girdle, 2.0, spongy)
        ):  # fmt: skip
            layers += [Layer(bone, CORTICAL_BONE), Layer(inset(bone, shell), filling)]
        return [*layers, Layer(self.canal, CORD - 10), Layer([inset(canal, 3.2) for canal in self.canal], CORD + 12)]


def inset(shape: Shape, depth: float) -> Shape:
    """The shape, its surface ``depth`` mm further in."""
    return Shape(lambda x, y, z: shape.distance(x, y, z) + np.float32(depth), shape.bounds)


def _rib_radii(count: int) -> np.ndarray:
    return np.interp(np.arange(count), [0, 2, count - 3, count], [3.6, 3.8, 3.9, 4.6])


def _body_size(z0: float, lumbar: bool) -> tuple[float, float]:
    """Half width and half depth of a vertebral body."""
    if lumbar:
        return 24.5, 17.0
    return float(np.interp(z0, [-70, 196], [20.5, 14])), float(np.interp(z0, [-70, 100, 196], [15.5, 13.5, 9]))


def _local(z0: float):
    """The vertebra's own axes: y and z from its middle, turned with the slope of the spine."""
    y0 = float(np.interp(z0, SPINE_Z, SPINE_Y))
    slope = float((spine_y(np.float32(z0 + 6)) - spine_y(np.float32(z0 - 6))) / 12)
    length = np.float32(np.hypot(1, slope))

    def turn(y, z):
        return (y - y0 - slope * (z - z0)) / length, (z - z0 + slope * (y - y0)) / length

    return turn, y0


def _vertebra(z0: float, height: float) -> Shape:
    """The left half of a vertebra: body, pedicle, lamina, processes."""
    lumbar = height > 30
    half_width, half_depth = _body_size(z0, lumbar)
    tall = height - (9.0 if lumbar else 5.0)
    turn, y0 = _local(z0)
    b, h = half_depth, height
    out = 40 if lumbar else float(np.interp(z0, [-70, 196], [24, 36]))
    length, drop = (17, 5) if lumbar else (15, float(np.interp(z0, [-70, 0, 100, 196], [7, 22, 24, 9])))
    parts = [
        *tube([(half_width * 0.62, b - 4, 3), (13.5, b + 10, 2)], [4.6, 4.2] if lumbar else [3.4, 3.6], 1.5),
        *tube([(13.5, b + 11, 1), (2, b + 22, -h * 0.1)], [3.6, 3.4] if lumbar else [3.6, 3.0], 3.2 if lumbar else 2.6),
        *tube([(13, b + 10, 4), (out, b + (12 if lumbar else 17), 6)], [4.2, 2.9] if lumbar else [4.4, 4.2], 1.2),
        *tube([(14.5, b + 13, -h * 0.58), (14.5, b + 10, h * 0.5)], [4.2, 4.0] if lumbar else [3.4, 3.2]),
        *tube([(0, b + 21, -h * 0.12), (0, b + 24 + length, -h * 0.12 - drop)], [2.8, 3.6], 3.0 if lumbar else 1.5),
    ]

    def distance(x, y, z):
        y, z = turn(y, z)
        narrow = 2.0 * (1 - np.square(np.clip(2 * z / tall, -1, 1)))
        hollow = 0.09 * np.maximum(half_width - x, 0) * np.clip(y / b, 0, 1)
        body = ellipse_distance(x, y + hollow, half_width - narrow, half_depth - narrow)
        result = smooth_maximum(body, np.abs(z) - np.float32(tall / 2), 3.0)
        grid = SampleGrid(x, y, z, 0.0)
        for part in parts:
            join(result, grid, part, margin=NEAR_MM * 3.2)  # which are up to so many times flatter than they measure
        canal = ellipse_distance(x, y - (b + 9.5), np.float32(10.5), np.float32(8.5))
        return np.maximum(result, -canal)

    reach = 54 + b
    return Shape(distance, ((0, out + 8), (y0 - b - 4, y0 + reach), (z0 - h * 0.8 - drop - 4, z0 + h * 0.8 + 4)))


def _canal(z0: float, height: float) -> Shape:
    turn, y0 = _local(z0)
    _, b = _body_size(z0, height > 30)

    def distance(x, y, z):
        y, z = turn(y, z)
        return np.maximum(ellipse_distance(x, y - (b + 9.5), np.float32(10), np.float32(8)), np.abs(z) - height / 2 - 0.5)

    return Shape(distance, ((-12, 12), (y0 + b - 8, y0 + b + 28), (z0 - height / 2 - 6, z0 + height / 2 + 6)))


def _ligaments(z0: float, height: float) -> Shape:
    """The yellow ligaments that close the canal behind, and those between the spinous processes."""
    turn, y0 = _local(z0)
    _, b = _body_size(z0, height > 30)

    def distance(x, y, z):
        y, z = turn(y, z)
        roof = np.maximum(ellipse_distance(x, y - (b + 9.5), np.float32(13.5), np.float32(12)), b + 10 - y)
        between = np.maximum(np.abs(x) - 2, np.maximum(b + 18 - y, y - b - 38))
        return np.maximum(np.minimum(roof, between), np.abs(z) - height / 2 - 0.5)

    return Shape(distance, ((-15, 15), (y0 + b - 2, y0 + b + 48), (z0 - height / 2 - 8, z0 + height / 2 + 8)))


def _disc(z0: float, lumbar: bool, half: float) -> Shape:
    turn, y0 = _local(z0)
    a, b = _body_size(z0, lumbar)

    def distance(x, y, z):
        y, z = turn(y, z)
        return np.maximum(ellipse_distance(x, y, np.float32(a - 0.5), np.float32(b - 0.5)), np.abs(z) - half - 0.6)

    return Shape(distance, ((-a, a), (y0 - b - 3, y0 + b + 3), (z0 - half - 5, z0 + half + 5)))


_STERNUM_Z = [2, 16, 28, 60, 110, 118, 124, 150, 162]
_STERNUM_HALF_WIDTH = [4, 6, 17, 20, 16, 14, 22, 31, 22]
_STERNUM_BOUNDS = ((-38, 38), (-118, -28), (-4, 170))


def _sternum(x, y, z) -> np.ndarray:
    middle = level(z, CAGE_Z, CAGE_MIDDLE_Y) - level(z, CAGE_Z, CAGE_HALF_DEPTH) - np.float32(2)
    half = level(z, _STERNUM_Z, _STERNUM_HALF_WIDTH)
    # Bowed a little to the front in the middle, as thick as a finger, its edges round.
    flat = smooth_maximum(np.abs(x) - half, np.abs(y - middle + 2 - 0.004 * np.square(x)) - 5.6, 7)
    angle = np.maximum(np.abs(z - 121) - 1.0, -flat - 3)  # the joint of manubrium and body
    return np.maximum(np.maximum(flat, np.abs(z - 82) - 81), 1.5 - np.minimum(np.abs(angle) + 1.5, 4))


def _girdle() -> list[Shape]:
    """The left clavicle, shoulder blade and head of the humerus."""
    clavicle = [(22, -52, 166), (50, -60, 172), (95, -38, 184), (136, -6, 196)]
    spine = smooth_line([(80, 92, 156), (105, 86, 168), (135, 58, 188), (146, 26, 202)])
    return [
        *tube(smooth_line(clavicle), 5.8),
        Shape(_shoulder_blade, ((60, 168), (-5, 110), (78, 196))),
        *tube(spine, 5.5),
        *tube([(120, 36, 178), (134, 20, 186)], [9, 13]),
        ellipsoid((160, 4, 194), (23, 23, 23)),
        *tube([(162, 4, 198), (176, -6, 250)], [19, 12]),
    ]


def _shoulder_blade(x, y, z) -> np.ndarray:
    """A thin triangle that lies on the cage with muscle between: its inner border low and near the spine."""
    shell = np.abs(cage_distance(x, y, z) - 17) - 2.2 - 0.03 * np.maximum(x - 100, 0)
    triangle = np.maximum(72 - x - 0.12 * (z - 130), (x - 72) * 0.62 - (z - 86) * 0.78)
    return np.maximum(shell, np.maximum(triangle, z - 182))


def _rib(number: int) -> tuple[np.ndarray, Optional[np.ndarray]]:
    """The lines of a left rib's bone and of its cartilage (None for the floating ones)."""
    z0 = THORACIC[number - 1][0]
    drop = [22, 46, 62, 74, 84, 92, 98, 100, 96, 94, 100, 120][number - 1]
    end = [142, 146, 149, 150, 148, 145, 140, 132, 122, 112, 84, 54][number - 1]
    angles = np.deg2rad(np.linspace(34, end, 3 + int((end - 34) / 6)))
    # It leaves the spine falling, and so is cut across, not along, by an axial slice.
    z = z0 + 7 - (drop + 5) * (np.maximum(np.rad2deg(angles) - 14, 0) / 166) ** 0.92
    out, y = cage_point(angles, z)
    surface = np.stack([out, y, z], axis=1)
    back = float(np.interp(z0, SPINE_Z, SPINE_Y))
    neck = np.array([(17, back + 8, z0 + 9), (34, back + 23, z0 + 7)])
    bone = np.vstack([neck, surface[1:] if number > 1 else surface[2:]])
    bone = np.vstack([smooth_line(bone[:4], 3), bone[4:]])
    if number > 10:
        return bone, None
    tip = bone[-1]
    joint_z = float([152, 124, 104, 87, 70, 54, 42, 22, 4, -14][number - 1])
    if number <= 7:
        joint = (17.0, float(cage_point(np.pi, joint_z)[1]) - 1, joint_z)
    else:
        out, y = cage_point(np.deg2rad([156, 148, 138][number - 8]), joint_z)
        joint = (float(out), float(y), joint_z)
    half = (tip + joint) / 2
    radial = np.array([half[0], half[1], 0]) / np.hypot(half[0], half[1])
    return bone, smooth_line([tip, half + 5 * radial, joint], 5)
