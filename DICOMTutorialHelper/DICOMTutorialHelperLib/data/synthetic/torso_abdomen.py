"""What the practice torso holds below the diaphragm: liver, spleen, stomach, kidneys, pancreas, bowel, vessels."""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.hounsfield import (
    ARTERY,
    BILE,
    FAT,
    FLUID,
    GAS,
    GUT_WALL,
    KIDNEY_CORTEX,
    KIDNEY_MEDULLA,
    LIVER,
    MUSCLE,
    PANCREAS,
    SOFT,
    SPLEEN,
    VEIN,
)
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    SampleGrid,
    Shape,
    Texture,
    blend,
    ellipsoid,
    paint,
    smooth_line,
    smooth_maximum,
    smooth_union,
    tube,
    vessel_tree,
    within,
)
from DICOMTutorialHelperLib.data.synthetic.torso_body import diaphragm_z
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import SIDES, cage_distance

# The colon's middle line from the right iliac fossa around to the left one.
_COLON = [
    (-84, -6, -240), (-96, 14, -195), (-98, 22, -148), (-90, -30, -134), (-45, -66, -146), (5, -74, -158), (52, -64, -142),
    (86, -30, -116), (102, 24, -104), (103, 32, -150), (97, 18, -198), (84, -8, -244),
]  # fmt: skip


class Abdomen:
    """What lies below the diaphragm; vessel branches, bowel loops and their contents are new for each generator."""

    def __init__(self, generator: np.random.Generator):
        self.stool = Texture(generator, 11, waves=6)
        self.liver_veins = _liver_vessels(generator)
        self.loops = _bowel_loops(generator)
        stops = np.vstack([line[::5] for line, _ in self.loops]) + np.array((0, 12, 0))
        self.mesentery = vessel_tree((0, -18, -125), stops, 0.9, generator)

    def paint(self, values: np.ndarray, grid: SampleGrid, cage: np.ndarray, grain: np.ndarray) -> None:
        """Fill the inside of the cage with soft tissue, and below the diaphragm with fat and organs."""
        blend(values, cage + 6, grid.softness, SOFT)
        dome = grid.z - diaphragm_z(grid.x, grid.y)
        blend(values, np.maximum(cage + 8, (dome + 4) * 0.7), grid.softness, FAT + 10 * grain)
        _paint_muscles(values, grid)
        self._paint_liver(values, grid)
        paint(values, grid, within(ellipsoid((96, 34, -42), (27, 44, 48), turn_z=25), _cavity), SPLEEN)
        _paint_stomach(values, grid)
        _paint_kidneys(values, grid)
        pancreas = smooth_line([(-32, -14, -92), (-8, -24, -86), (22, -18, -74), (58, 6, -58)], 5)
        paint(values, grid, tube(pancreas, np.interp(np.arange(len(pancreas)), [0, len(pancreas)], [13, 8])), PANCREAS)
        self._paint_bowel(values, grid)
        _paint_great_vessels(values, grid)

    def _paint_liver(self, values: np.ndarray, grid: SampleGrid) -> None:
        paint(values, grid, Shape(_liver, ((-140, 84), (-110, 100), (-145, 30))), LIVER)
        paint(values, grid, [within(vein, lambda x, y, z: _liver(x, y, z) + 3) for vein in self.liver_veins], VEIN)
        paint(values, grid, ellipsoid((-52, -62, -112), (15, 22, 27), turn_z=20), MUSCLE)
        paint(values, grid, ellipsoid((-52, -62, -112), (13, 20, 25), turn_z=20), BILE)

    def _paint_bowel(self, values: np.ndarray, grid: SampleGrid) -> None:
        """The colon like a frame, stool below and gas above in it; loops of small bowel within, hung on their vessels."""
        line = smooth_line(_COLON, 9)
        sacs = np.sin(np.arange(len(line)) * 2.1)
        paint(values, grid, tube(line, 18.5 + 3.0 * sacs), GUT_WALL)
        lumen = tube(line, 16 + 3.0 * sacs)
        paint(values, grid, lumen, lambda x, y, z: 25 + 55 * self.stool(x, y, z))

        def above_stool(x, y, z):
            # Gas gathers in front, at a level of its own in the part that lies across and in those that run down.
            down = (np.abs(x) > 70) & (z < -152)
            return y - np.where(down, np.where(x < 0, np.float32(6), np.float32(16)), np.float32(-64))

        gas = [
            Shape(lambda x, y, z, inside=piece: np.maximum(inside.distance(x, y, z) + 0.8, above_stool(x, y, z)), piece.bounds)
            for piece in lumen
        ]
        paint(values, grid, gas, GAS)
        paint(values, grid, self.mesentery, VEIN)
        for loops, wall in self.loops:
            paint(values, grid, tube(loops, wall), GUT_WALL)
            paint(values, grid, tube(loops, wall - 2.4), lambda x, y, z: 22 + 12 * self.stool(x, y, z))


def _cavity(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Signed distance in mm to the space that the organs share."""
    return np.maximum(cage_distance(x, y, z) + 9, (z - diaphragm_z(x, y) + 5) * 0.7)


def _liver(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    right = ellipsoid((-72, 2, -48), (72, 92, 92)).distance(x, y, z)
    left = ellipsoid((2, -48, -26), (78, 46, 40), turn_y=12).distance(x, y, z)
    lobes = np.maximum(smooth_union(right, left, 14), _cavity(x, y, z) - 1)
    # The visceral surface: hollowed from below and behind, where kidney and stomach lie.
    return smooth_maximum(lobes, -ellipsoid((-10, 40, -120), (62, 70, 70)).distance(x, y, z), 8)


def _paint_muscles(values: np.ndarray, grid: SampleGrid) -> None:
    """The psoas beside the spine, and the diaphragm's crura in front of it."""
    for side in SIDES:
        psoas = smooth_line([(side * 24, 40, -78), (side * 36, 38, -130), (side * 46, 34, -185), (side * 60, 14, -245)], 4)
        paint(values, grid, tube(psoas, np.interp(psoas[:, 2], [-245, -190, -80], [19, 20, 8])), MUSCLE)
        paint(values, grid, tube([(side * 13, 30, -10), (side * 11, 24, -90)], [4, 5]), MUSCLE)


def _bowel_loops(generator: np.random.Generator) -> list[tuple[np.ndarray, float]]:
    """(line, radius) of two long winding pieces of small bowel, the jejunum up on the left, the ileum down on the right."""
    pieces = []
    for middle, reach, radius in (((26, -22, -150), (52, 30, 36), 11.5), ((-14, -26, -200), (60, 30, 34), 10.0)):
        way = np.linspace(0, 1, 110)
        phases = generator.uniform(0, 2 * np.pi, 3)
        weave = np.stack([np.sin(38 * way + phases[0]), np.sin(26 * way + phases[1]), np.sin(9 * way + phases[2])], axis=1)
        pieces.append((np.array(middle) + weave * reach + generator.normal(size=weave.shape) * 1.5, radius))
    return pieces


def _liver_vessels(generator: np.random.Generator) -> list[Shape]:
    points = generator.uniform((-130, -80, -115), (50, 70, 10), size=(700, 3))
    portal = vessel_tree((-34, -14, -72), points[:70], 1.25, generator)
    hepatic = vessel_tree((-28, 8, -6), points[70:120], 1.35, generator)
    return portal + hepatic


def _paint_stomach(values: np.ndarray, grid: SampleGrid) -> None:
    def stomach(x, y, z):
        body = ellipsoid((62, -34, -48), (38, 42, 50), turn_y=-20).distance(x, y, z)
        outlet = ellipsoid((20, -58, -88), (44, 20, 20), turn_y=20).distance(x, y, z)
        return np.maximum(smooth_union(body, outlet, 16), _cavity(x, y, z))

    bounds = ((-32, 112), (-92, 24), (-112, 12))
    paint(values, grid, Shape(stomach, bounds), GUT_WALL)
    paint(values, grid, Shape(lambda x, y, z: stomach(x, y, z) + 4, bounds), FLUID)
    paint(values, grid, Shape(lambda x, y, z: np.maximum(stomach(x, y, z) + 4, y + 52), bounds), GAS)


def _paint_kidneys(values: np.ndarray, grid: SampleGrid) -> None:
    for side, z in ((-1, -122), (1, -108)):
        centre = np.array((side * 62, 46, z))

        def at(*offset, centre=centre):
            return centre + np.array(offset)

        turn = {"turn_z": side * 35, "turn_y": side * 12}
        paint(values, grid, ellipsoid(centre, (24, 29, 54), **turn), KIDNEY_CORTEX)
        for up in (-34, -17, 0, 17, 34):
            for front in (-1, 1):
                pyramid = at(side * 4 - side * 0.2 * abs(up), front * 10, up)
                paint(values, grid, ellipsoid(pyramid, (8, 8, 7)), KIDNEY_MEDULLA)
        sinus = at(-side * 12, -9, 0)
        paint(values, grid, ellipsoid(sinus, (17, 11, 26), turn_z=side * 35), FAT + 10)
        pelvis = [at(-side * 4, -2, 8), at(-side * 16, -10, -4), at(-side * 24, -8, -34), (side * 36, 26, -240)]
        paint(values, grid, tube(smooth_line(pelvis, 4), [6] * 4 + [4] * 4 + [2.2] * 5), FLUID)
        paint(values, grid, tube([(side * 10, 18, z + 8), at(-side * 10, -9, 6)], [3.4, 2.6]), ARTERY)
        paint(values, grid, tube([(-18 + side * 6, 4, z + 2), at(-side * 10, -11, -2)], [5.5, 4]), VEIN + 15)
        paint(values, grid, tube([at(-side * 18, -6, 62), at(side * 4, -2, 56)], [3, 3], 2.0), 70.0)  # adrenal


def _paint_great_vessels(values: np.ndarray, grid: SampleGrid) -> None:
    fork = (4, 10, -206)
    lines = [
        ([(13, 34, -20), (9, 27, -40), (6, 18, -90), (5, 9, -140), fork], [12, 11, 10, 9.5, 9], ARTERY),
        ([fork, (20, 12, -228), (34, 16, -250)], [6.5, 6, 6], ARTERY),
        ([fork, (-14, 12, -228), (-30, 16, -250)], [6.5, 6, 6], ARTERY),
        (
            [(-16, 16, -218), (-20, 10, -140), (-23, 8, -80), (-27, 6, -30), (-27, -8, 10), (-26, -18, 32)],
            [11, 11, 12, 12, 13, 13],
            VEIN,
        ),
        ([(-16, 16, -218), (-32, 22, -250)], [8, 8], VEIN),
        ([(-16, 16, -218), (18, 22, -250)], [8, 8], VEIN),
        ([(6, 18, -72), (6, 2, -74), (-12, -8, -66), (-34, -12, -66)], [4, 3.6, 3, 2.5], ARTERY),
        ([(6, 2, -74), (40, 10, -62), (78, 24, -48)], [3.2, 3, 2.6], ARTERY),
        ([(6, 16, -86), (6, -6, -96), (4, -20, -130), (0, -26, -190)], [4, 4, 3.6, 2.5], ARTERY),
        ([(-8, -28, -180), (-8, -22, -120), (-12, -16, -92), (-34, -14, -72)], [5, 5.5, 6.5, 7], VEIN + 15),
        ([(-12, -16, -92), (30, -8, -70), (76, 26, -52)], [6, 4.5, 4], VEIN + 15),
    ]
    for line, radii, value in lines:
        points = smooth_line(np.column_stack([np.array(line, float), radii]), 4)
        paint(values, grid, tube(points[:, :3], points[:, 3]), value)
