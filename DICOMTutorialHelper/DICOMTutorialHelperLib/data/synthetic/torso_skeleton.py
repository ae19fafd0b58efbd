"""The bones of the practice torso, and the cage they make: shapes in LPS mm with the origin in the middle, at the diaphragm."""

from __future__ import annotations

from functools import cache

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.hounsfield import BONE_SHELL, CARTILAGE, CORD, DISC, MARROW, SPONGY_BONE
from DICOMTutorialHelperLib.data.synthetic.shapes import Shape, ellipse_distance, ellipsoid, paint, smooth_line, tube

SIDES = (-1, 1)

# The surface that the ribs run on, level by level: half width, half depth, y of the middle.
CAGE_Z = [-240, -180, -140, -100, -50, 0, 50, 100, 140, 170, 195, 212]
CAGE_HALF_WIDTH = [118, 120, 122, 128, 135, 138, 135, 124, 106, 82, 54, 30]
CAGE_HALF_DEPTH = [74, 76, 80, 86, 92, 94, 92, 84, 71, 57, 40, 22]
CAGE_MIDDLE_Y = [-14, -10, -5, -3, -2, -2, -2, 0, 5, 12, 20, 26]

# The line of the vertebral bodies: y by level.
SPINE_Z = [-240, -215, -150, -80, 0, 60, 120, 200, 230]
SPINE_Y = [46, 38, 37, 47, 58, 61, 58, 44, 38]

# Twelve thoracic vertebrae from the head down, then lumbar ones: z of the middle, height with disc.
THORACIC = [(196 - 23.6 * n, 23.6) for n in range(12)]
LUMBAR = [(-92 - 33 * n, 33.0) for n in range(5)]


def level(z: np.ndarray, table_z: list, table: list) -> np.ndarray:
    """A table of values by level (rising), read on a smooth line through its entries, in float32."""
    fine = _smooth_table(tuple(table_z), tuple(table))
    return np.interp(z, fine[:, 0], fine[:, 1]).astype(np.float32)


@cache
def _smooth_table(table_z: tuple, table: tuple) -> np.ndarray:
    return smooth_line(np.column_stack([table_z, table]), 8)


def cage_distance(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Signed distance in mm to the surface of the rib cage, and of the abdomen's inner wall below it."""
    depth = level(z, CAGE_Z, CAGE_HALF_DEPTH)
    return ellipse_distance(x, y - level(z, CAGE_Z, CAGE_MIDDLE_Y), level(z, CAGE_Z, CAGE_HALF_WIDTH), depth)


def spine_y(z: np.ndarray) -> np.ndarray:
    return level(z, SPINE_Z, SPINE_Y)


def paint_skeleton(values: np.ndarray, grid) -> None:
    """Lay ribs, sternum, shoulder girdle, spine and pelvis over Hounsfield units."""
    for outer, inner, filling in _bones():
        paint(values, grid, outer, BONE_SHELL if filling != CARTILAGE else CARTILAGE)
        paint(values, grid, inner, filling)
    for z, height in THORACIC + LUMBAR:
        _paint_vertebra(values, grid, z, height)


def _bones() -> list[tuple[list[Shape], list[Shape], float]]:
    """(outer shapes, inner shapes, what fills the inner ones) of every bone but the spine."""
    bones = []
    for side in SIDES:
        for number in range(1, 13):
            bone, cartilage = _rib(number, side)
            if cartilage is not None:
                bones.append((tube(cartilage, 4.2, 1.5), [], CARTILAGE))
            bones.append((tube(bone, 4.4, 1.7), tube(bone, 2.3, 2.0), MARROW))
        clavicle = smooth_line([(side * 16, -56, 158), (side * 50, -62, 168), (side * 95, -38, 180), (side * 138, -8, 190)])
        bones.append((tube(clavicle, 6.5), tube(clavicle, 3.5), MARROW))
        shoulder_blade = Shape(
            lambda x, y, z, side=side: _shoulder_blade(x, y, z, side),
            ((60, 160) if side > 0 else (-160, -60), (5, 110), (80, 190)),
        )
        bones.append(([shoulder_blade], [], BONE_SHELL))
        spine = smooth_line([(side * 78, 94, 158), (side * 105, 84, 168), (side * 135, 55, 184), (side * 148, 30, 194)])
        bones.append((tube(spine, 5.5), tube(spine, 2.5), MARROW))
        head = (side * 158, 6, 196)
        bones.append(([ellipsoid(head, (23, 23, 23))], [ellipsoid(head, (20.5, 20.5, 20.5))], SPONGY_BONE))
        crest = smooth_line([(side * 42, 66, -232), (side * 70, 58, -212), (side * 104, 22, -204), (side * 122, -18, -222)], 6)
        wing = Shape(
            lambda x, y, z, side=side: _pelvic_wing(x, y, z, side),
            ((30, 140) if side > 0 else (-140, -30), (-60, 90), (-260, -205)),
        )
        bones.append(([*tube(crest, 7), wing], tube(crest, 4.5), SPONGY_BONE))
    bones.append(([Shape(lambda x, y, z: _sternum(x, y, z, 0), _STERNUM_BOUNDS)], [], BONE_SHELL))
    bones.append(([], [Shape(lambda x, y, z: _sternum(x, y, z, 2.0), _STERNUM_BOUNDS)], MARROW))
    return bones


_STERNUM_Z = [5, 18, 28, 60, 110, 118, 124, 150, 162]
_STERNUM_HALF_WIDTH = [3, 6, 15, 19, 15, 13, 20, 28, 20]
_STERNUM_BOUNDS = ((-32, 32), (-115, -30), (2, 164))


def _sternum(x, y, z, inwards: float) -> np.ndarray:
    middle = level(z, CAGE_Z, CAGE_MIDDLE_Y) - level(z, CAGE_Z, CAGE_HALF_DEPTH) - np.float32(1)
    sides = np.abs(x) - level(z, _STERNUM_Z, _STERNUM_HALF_WIDTH)
    return np.maximum(np.maximum(sides, np.abs(y - middle) - 5.5), np.abs(z - 83) - 79) + np.float32(inwards)


def _shoulder_blade(x, y, z, side: int) -> np.ndarray:
    """A thin triangle that lies on the cage with muscle between: its inner border low and near the spine."""
    shell = np.abs(cage_distance(x, y, z) - 17) - 2.4
    out, up = side * x, z
    triangle = np.maximum(72 - out - 0.12 * (up - 130), (out - 72) * 0.62 - (up - 86) * 0.78)
    return np.maximum(shell, np.maximum(triangle, up - 182))


def _pelvic_wing(x, y, z, side: int) -> np.ndarray:
    """The upper part of the ilium: a curved plate below its crest."""
    plate = np.abs(side * x - (104 - 0.010 * np.square(y - 12)) - 0.25 * (z + 215)) - 4.5
    crest_z = -206 - 0.011 * np.square(y - 20)
    return np.maximum(plate, np.maximum(z - crest_z, np.abs(y - 10) - 58))


def _rib(number: int, side: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The lines of a rib's bone and of its cartilage (None for the floating ones)."""
    z0 = THORACIC[number - 1][0]
    drop = [22, 46, 62, 74, 84, 92, 98, 100, 96, 88, 66, 40][number - 1]
    end = [142, 146, 149, 150, 148, 145, 140, 132, 122, 112, 84, 54][number - 1]
    angles = np.deg2rad(np.linspace(30, end, 3 + int((end - 30) / 6)))
    z = z0 + 2 - drop * (np.maximum(np.rad2deg(angles) - 30, 0) / 150) ** 1.15
    surface = np.stack(
        [
            side * np.interp(z, CAGE_Z, CAGE_HALF_WIDTH) * np.sin(angles),
            np.interp(z, CAGE_Z, CAGE_MIDDLE_Y) + np.interp(z, CAGE_Z, CAGE_HALF_DEPTH) * np.cos(angles),
            z,
        ],
        axis=1,
    )
    back = float(np.interp(z0, SPINE_Z, SPINE_Y))
    neck = [(side * 19, back + 6, z0 + 9), (side * 36, back + 19, z0 + 5)]
    bone = np.vstack([neck, surface[1:] if number > 1 else surface[2:]])
    if number > 10:
        return bone, None
    tip = bone[-1]
    joint_z = [152, 124, 104, 87, 70, 54, 42, 22, 4, -14][number - 1]
    if number <= 7:
        joint = (side * 17, np.interp(joint_z, CAGE_Z, CAGE_MIDDLE_Y) - np.interp(joint_z, CAGE_Z, CAGE_HALF_DEPTH) - 1, joint_z)
    else:
        angle = np.deg2rad([156, 148, 138][number - 8])
        width, depth = np.interp(joint_z, CAGE_Z, CAGE_HALF_WIDTH), np.interp(joint_z, CAGE_Z, CAGE_HALF_DEPTH)
        joint = (side * width * np.sin(angle), np.interp(joint_z, CAGE_Z, CAGE_MIDDLE_Y) + depth * np.cos(angle), joint_z)
    half = (tip + joint) / 2
    radial = np.array([half[0], half[1], 0]) / np.hypot(half[0], half[1])
    return bone, smooth_line([tip, half + 5 * radial, joint], 5)


def _paint_vertebra(values: np.ndarray, grid, z0: float, height: float) -> None:
    lumbar = height > 30
    half_width, half_depth = (24.0, 17.0) if lumbar else (np.interp(z0, [-70, 196], row) for row in ([20, 14], [15, 9.5]))
    disc = 9.0 if lumbar else 4.5
    body = (height - disc) / 2
    y0 = float(np.interp(z0, SPINE_Z, SPINE_Y))
    back = y0 + half_depth + 8
    arch, canal = (15.5, 10.0) if lumbar else (13.0, 8.5)

    def cylinder(shrink: float, low: float, high: float, waist: float = 0.0) -> Shape:
        def distance(x, y, z):
            narrow = shrink + waist * (1 - np.square((z - z0) / body))
            side = ellipse_distance(x, y - spine_y(z), np.float32(half_width) - narrow, np.float32(half_depth) - narrow)
            return np.maximum(side, np.maximum(low - z, z - high))

        return Shape(distance, ((-26, 26), (y0 - 24, y0 + 24), (low - 1, high + 1)))

    paint(values, grid, cylinder(1.5, z0 - height / 2, z0 + height / 2), DISC)
    paint(values, grid, cylinder(0.0, z0 - body, z0 + body, 2.0), BONE_SHELL)
    paint(values, grid, cylinder(1.6, z0 - body + 1.5, z0 + body - 1.5, 2.0), SPONGY_BONE)

    def arch_distance(x, y, z):
        ring = np.sqrt(np.square(x) + np.square(y - back)) - arch
        return np.maximum(ring, np.abs(z - (z0 + 1)) - height * 0.33)

    spinous_drop = 5 if lumbar else 20
    spinous = [(0, back + arch - 3, z0 + 1), (0, back + (38 if lumbar else 28), z0 - spinous_drop)]
    paint(values, grid, tube(spinous, [4.0, 5.0], 2.0 if lumbar else 1.3), BONE_SHELL)
    paint(values, grid, tube(spinous, [1.8, 2.6], 2.0 if lumbar else 1.3), SPONGY_BONE)
    for side in SIDES:
        out = 44 if lumbar else np.interp(z0, [-70, 196], [27, 36])
        process = [(side * 9, back - 2, z0 + 3), (side * out, back + (3 if lumbar else 9), z0 + 5)]
        paint(values, grid, tube(process, [5.5, 4.0]), BONE_SHELL)
        paint(values, grid, tube(process, [3.2, 2.0]), SPONGY_BONE)
        facet = [(side * 13, back + 6, z0 - height * 0.5), (side * 13, back + 5, z0 + height * 0.5)]
        paint(values, grid, tube(facet, 4.2 if lumbar else 3.2), 480.0)
    bounds = ((-16, 16), (back - 16, back + 16), (z0 - height, z0 + height))
    paint(values, grid, Shape(arch_distance, bounds), 540.0)
    canal_shape = Shape(
        lambda x, y, z: np.maximum(np.sqrt(np.square(x) + np.square(y - back)) - canal, np.abs(z - z0) - height / 2 - 1), bounds
    )
    paint(values, grid, canal_shape, CORD)
