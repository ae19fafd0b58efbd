"""What the practice torso's chest holds: lungs, heart, great vessels, airways, esophagus."""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.hounsfield import ARTERY, FAT, LUNG, MYOCARDIUM, PULMONARY, SOFT
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    SampleGrid,
    Shape,
    blend,
    ellipsoid,
    paint,
    smooth_line,
    tube,
    vessel_tree,
)
from DICOMTutorialHelperLib.data.synthetic.torso_body import diaphragm_z
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, cage_distance, level

_MEDIASTINUM_Y = [-110, -92, -72, -45, -15, 20, 45, 64, 90]
_MEDIASTINUM_HALF_WIDTH = [3, 4, 14, 24, 29, 28, 29, 25, 17]


def mediastinum_half_width(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """How far in mm the space between the lungs reaches to either side: wavy, and not the same on both."""
    side = np.sign(x)
    waves = 3.0 * np.sin(z / 19 + y / 27 + side) + 2.2 * np.sin(y / 12 - z / 31 + 2 * side)
    return (level(y, _MEDIASTINUM_Y, _MEDIASTINUM_HALF_WIDTH) + waves).astype(np.float32)


def lung_distance(x, y, z, cage: np.ndarray) -> np.ndarray:
    """Signed distance in mm to both lungs: inside the cage, above the diaphragm, beside the mediastinum."""
    medial = mediastinum_half_width(x, y, z) - np.abs(x)
    below = (diaphragm_z(x, y) - z) * np.float32(0.7)
    return np.maximum(np.maximum(cage + 7, medial), below)


class Chest:
    """Lungs with their vessels, and what lies between them; the vessels branch anew for each generator."""

    def __init__(self, generator: np.random.Generator):
        self.lung_vessels = [shape for side in SIDES for shape in _lung_vessels(generator, side)]

    def paint(self, values: np.ndarray, grid: SampleGrid, cage: np.ndarray, grain: np.ndarray) -> None:
        """Lay the chest's contents over Hounsfield units; ``cage`` is the distance to the cage on the whole grid."""
        distance = lung_distance(grid.x, grid.y, grid.z, cage)
        blend(values, distance, grid.softness, LUNG + 14 * grain + 0.12 * grid.y)
        paint(values, grid, self.lung_vessels, SOFT)
        _paint_mediastinum(values, grid)


def _paint_mediastinum(values: np.ndarray, grid: SampleGrid) -> None:
    """Fat between the lungs, heart, great vessels, airways, esophagus, thyroid."""

    def between_lungs(x, y, z):
        sides = np.abs(x) - mediastinum_half_width(x, y, z) + 1
        return np.maximum(np.maximum(sides, cage_distance(x, y, z) + 9), (diaphragm_z(x, y) + 4 - z) * 0.7)

    filling = Shape(between_lungs, ((-40, 40), (-100, 52), (-70, 200)))
    paint(values, grid, filling, FAT + 15)
    _paint_heart(values, grid)
    for line, radius, value in _great_vessels():
        paint(values, grid, tube(smooth_line(line, 5), radius), value)
    airway = smooth_line([(0, 10, 216), (0, 18, 170), (-2, 26, 118)], 4)
    branches = [smooth_line([(-2, 26, 118), (side * 18, 24, 104), (side * 40, 22, 88), (side * 52, 26, 70)], 3) for side in SIDES]
    paint(values, grid, [*tube(airway, 10.5), *tube(branches[0], 8.2), *tube(branches[1], 7.6)], 35.0)
    paint(values, grid, [*tube(airway, 8.8), *tube(branches[0], 6.6), *tube(branches[1], 6.0)], -985.0)
    esophagus = smooth_line([(3, 30, 216), (5, 38, 160), (6, 40, 100), (9, 34, 30), (16, 14, -8), (34, -2, -24)], 5)
    paint(values, grid, tube(esophagus, 7.5, 0.7), 48.0)
    paint(values, grid, tube(esophagus[:8], 2.2), -700.0)
    for side in SIDES:
        paint(values, grid, ellipsoid((side * 17, 4, 206), (10, 11, 22)), 150.0)


def _paint_heart(values: np.ndarray, grid: SampleGrid) -> None:
    """Four chambers filled with contrast in their muscle, in fat and the pericardium; the apex to the left, front and foot."""
    turn = {"turn_z": -38, "turn_y": 18}
    paint(values, grid, ellipsoid((16, -32, 40), (64, 49, 56), **turn), 30.0)
    paint(values, grid, ellipsoid((16, -32, 40), (62, 47, 54), **turn), -85.0)
    paint(values, grid, ellipsoid((30, -34, 32), (45, 33, 38), **turn), MYOCARDIUM)  # left ventricle
    paint(values, grid, ellipsoid((2, -58, 32), (40, 21, 36), **turn), MYOCARDIUM)  # right ventricle
    paint(values, grid, ellipsoid((2, -59, 33), (36, 17, 32), **turn), 195.0)
    paint(values, grid, ellipsoid((31, -34, 33), (34, 21, 26), **turn), 270.0)
    for muscle in ((38, -46, 26), (48, -34, 32)):
        paint(values, grid, ellipsoid(muscle, (8, 4, 9), **turn), MYOCARDIUM)
    paint(values, grid, ellipsoid((-27, -28, 42), (22, 26, 32)), 185.0)  # right atrium
    paint(values, grid, ellipsoid((4, 6, 60), (35, 18, 22)), 265.0)  # left atrium


def _great_vessels() -> list[tuple[list, float, float]]:
    """(line, radius, Hounsfield units) of the vessels in and above the heart."""
    vessels = [
        ([(-26, -24, 56), (-27, -20, 90), (-27, -18, 140), (-24, -24, 156)], 9.5, 205.0),
        ([(-24, -24, 156), (-40, -20, 178), (-60, -8, 205)], 7.0, 190.0),
        ([(-24, -24, 154), (5, -34, 156), (38, -24, 176), (58, -8, 205)], 6.5, 190.0),
        ([(10, -40, 62), (16, -34, 88), (20, -16, 102), (40, 4, 100), (52, 14, 88)], 12.0, PULMONARY),
        ([(18, -22, 100), (0, -10, 96), (-26, -2, 92), (-50, 12, 84)], 10.5, PULMONARY),
        (
            [(4, -22, 60), (-10, -34, 84), (-14, -30, 108), (-6, -16, 128), (8, 4, 136), (20, 28, 128), (23, 40, 106)],
            14.5,
            ARTERY,
        ),
        ([(-8, -18, 134), (-16, -8, 160), (-20, 2, 185), (-24, 0, 216)], 6.0, ARTERY),
        ([(4, -4, 142), (14, 2, 175), (22, 2, 216)], 4.2, ARTERY),
        ([(14, 12, 140), (26, 16, 175), (48, 8, 200), (90, -4, 200)], 5.0, ARTERY),
        ([(-20, 2, 184), (-48, 4, 200), (-92, -4, 200)], 5.0, ARTERY),
        ([(23, 40, 106), (22, 44, 60), (17, 38, 10), (9, 27, -40)], 12.0, ARTERY),
    ]
    for side in SIDES:
        for z_in, z_out in ((74, 86), (62, 48)):
            vessels.append(
                ([(4 + side * 24, 8, 60 + (z_in - 60) / 2), (side * 48, 16, z_in), (side * 62, 20, z_out)], 6.0, 255.0)
            )
    return vessels


def _lung_vessels(generator: np.random.Generator, side: int) -> list[Shape]:
    points = generator.uniform((28, -95, -60), (135, 95, 205), size=(6000, 3)) * (side, 1, 1)
    x, y, z = points.T.astype(np.float32)
    inside = lung_distance(x, y, z, cage_distance(x, y, z)) < -6
    targets = points[inside][:620]
    return vessel_tree((side * 48, 12, 86), targets, 0.68, generator)
