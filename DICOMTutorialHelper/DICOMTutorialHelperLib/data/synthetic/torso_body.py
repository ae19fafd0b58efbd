"""The practice torso from outside: its skin, the wall of fat and muscles, the diaphragm within, the couch below."""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.hounsfield import FAT, MUSCLE, SKIN
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    SampleGrid,
    Shape,
    blend,
    ellipse_distance,
    ellipsoid,
    paint,
    tube,
    within,
)
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, cage_distance, level

_BODY_Z = [-245, -200, -150, -100, -50, 0, 50, 100, 140, 165, 185, 205, 215]
_BODY_HALF_WIDTH = [168, 162, 152, 151, 157, 162, 167, 175, 184, 190, 189, 182, 175]
_BODY_HALF_DEPTH = [112, 108, 106, 108, 113, 117, 117, 113, 104, 96, 84, 72, 66]
_BODY_MIDDLE_Y = [0, -2, -3, 0, 0, 0, 2, 6, 12, 16, 22, 26, 28]


def body_distance(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Signed distance in mm to the skin: an ellipse with fuller corners (exponent 2.5), and some relief in front."""
    v = y - level(z, _BODY_Z, _BODY_MIDDLE_Y)
    depth = level(z, _BODY_Z, _BODY_HALF_DEPTH)
    u = np.abs(x / level(z, _BODY_Z, _BODY_HALF_WIDTH))
    v = np.abs(v / depth)
    radius = (np.square(u) * np.sqrt(u) + np.square(v) * np.sqrt(v)) ** np.float32(0.4)
    return (radius - 1) * depth - np.where(y < 0, _relief(x, z), np.float32(0))


def _relief(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """How far in mm the front stands out: the pectoral muscles with the nipples; the midline and the navel sunk in."""

    def bump(out, up, width, height):
        return np.exp(-np.square((np.abs(x) - out) / width)) * np.exp(-np.square((z - up) / height))

    relief = 8 * bump(72, 92, 42, 40) + 3.5 * bump(104, 72, 5, 5) - 3 * bump(0, 60, 16, 110) - 9 * bump(0, -172, 9, 7)
    return relief.astype(np.float32)


def diaphragm_z(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Height of the diaphragm over each point: two domes, the right one higher, steep towards the ribs and the spine."""
    right = np.square((x + 68) / 70) + np.square((y + 12) / 88)
    left = np.square((x - 70) / 68) + np.square((y + 8) / 88)
    return np.maximum(22 - 62 * right, 10 - 62 * left).astype(np.float32)


def paint_wall(values: np.ndarray, grid: SampleGrid, body: np.ndarray, cage: np.ndarray, grain: np.ndarray) -> None:
    """Skin, fat and muscles; inside the cage soft tissue, to be filled."""
    x, y, z = grid.x, grid.y, grid.z
    blend(values, body, grid.softness, SKIN)
    blend(values, body + 2.2, grid.softness, FAT + 8 * grain)
    # Muscle thickness outside the cage: pectoral in front of the upper chest, wide at the shoulder, long beside the spine.
    around = np.arctan2(np.abs(x), -(y - 5)).astype(np.float32)  # 0 in front, pi behind
    high = level(z, [-240, 20, 90, 150, 215], [0, 0, 0.5, 1, 1])
    thick = 9 + 13 * high * np.exp(-np.square((around - 0.75) / 0.45)) + 40 * high * np.exp(-np.square((around - 1.65) / 0.6))
    thick = thick + 8 * np.exp(-np.square((around - 2.6) / 0.4))
    # A fat plane keeps them off the skin, and thin ones part them.
    muscle = np.maximum(cage - thick, body + 7)
    blend(values, muscle, grid.softness, MUSCLE + 6 * grain)
    back = Shape(
        lambda x, y, z: np.maximum(
            ellipse_distance(np.abs(x) - 31, y - (level(z, [-240, -100, 60, 200], [78, 82, 92, 78])), 27, 19),
            body_distance(x, y, z) + 6,
        ),
        ((-62, 62), (45, 125), (-260, 215)),
    )
    paint(values, grid, back, MUSCLE - 4)
    for side in SIDES:
        deltoid = ellipsoid((side * 152, 8, 190), (37, 40, 62))
        trapezius = tube([(side * 14, 74, 120), (side * 60, 78, 172), (side * 120, 40, 196)], [14, 17, 14])
        for shape in [deltoid, *trapezius]:
            paint(values, grid, within(shape, lambda x, y, z: body_distance(x, y, z) + 6), MUSCLE - 2)
    gap = Shape(
        lambda x, y, z: np.maximum(np.abs(cage_distance(x, y, z) - 12.5) - 0.8, 60 - np.abs(x)),
        ((-200, 200), (-120, 60), (60, 215)),
    )
    paint(values, grid, gap, -60.0)


def paint_table(values: np.ndarray, grid: SampleGrid) -> None:
    """A curved carbon-fibre couch with a foam core, and a thin mattress."""
    middle = 117.0

    def sheet(low: float, high: float):
        def distance(x, y, z):
            top = middle - 0.0007 * np.square(x)
            return np.maximum(np.maximum(top + low - y, y - top - high), np.abs(x) - 208)

        return Shape(distance, ((-210, 210), (90, 190), (-1e6, 1e6)))

    paint(values, grid, sheet(-2, 4), -870.0)
    paint(values, grid, sheet(4, 34), 40.0)
    paint(values, grid, sheet(6.4, 31.6), -890.0)
