"""The practice torso in Hounsfield units: a supine adult after contrast, lung apices to iliac crests.

Everything is drawn from smooth shapes in LPS mm (see ``shapes``); nothing comes from a patient. Values are those that window
presets and volume rendering presets expect: air -1000, lung about -850, fat about -100, muscle 55, liver 110, blood with
contrast 150 to 290, bone 130 to 700.
"""

from __future__ import annotations

import numpy as np

from DICOMTutorialHelperLib.data.shapes import (
    SampleGrid,
    Shape,
    Texture,
    coverage,
    ellipse_distance,
    ellipsoid,
    paint,
    smooth_line,
    tube,
    vessel_tree,
)
from DICOMTutorialHelperLib.data.torso_skeleton import SIDES, cage_distance, level, paint_skeleton

AIR, LUNG, FAT, MUSCLE, SKIN, SOFT = -1000.0, -855.0, -102.0, 58.0, 25.0, 42.0
ARTERY, VEIN, PULMONARY, MYOCARDIUM = 285.0, 155.0, 245.0, 125.0
LIVER, SPLEEN, CORTEX, MEDULLA, PANCREAS, BILE, WATER = 112.0, 128.0, 205.0, 150.0, 95.0, 8.0, 18.0

_BODY_Z = [-245, -200, -150, -100, -50, 0, 50, 100, 140, 165, 185, 205, 215]
_BODY_HALF_WIDTH = [168, 162, 152, 151, 157, 162, 167, 175, 184, 190, 189, 182, 175]
_BODY_HALF_DEPTH = [112, 108, 106, 108, 113, 117, 117, 113, 104, 96, 84, 72, 66]
_BODY_MIDDLE_Y = [0, -2, -3, 0, 0, 0, 2, 6, 12, 16, 22, 26, 28]

_MEDIASTINUM_Y = [-110, -92, -72, -45, -15, 20, 45, 64, 90]
_MEDIASTINUM_HALF_WIDTH = [3, 4, 14, 24, 29, 28, 29, 25, 17]


def body_distance(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Signed distance in mm to the skin: an ellipse with fuller corners (exponent 2.5)."""
    v = y - level(z, _BODY_Z, _BODY_MIDDLE_Y)
    depth = level(z, _BODY_Z, _BODY_HALF_DEPTH)
    u = np.abs(x / level(z, _BODY_Z, _BODY_HALF_WIDTH))
    v = np.abs(v / depth)
    radius = (np.square(u) * np.sqrt(u) + np.square(v) * np.sqrt(v)) ** np.float32(0.4)
    return (radius - 1) * depth


def diaphragm_z(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Height of the diaphragm over each point: two domes, the right one higher, steep towards the ribs and the spine."""
    right = np.square((x + 68) / 70) + np.square((y + 12) / 88)
    left = np.square((x - 70) / 68) + np.square((y + 8) / 88)
    return np.maximum(22 - 62 * right, 10 - 62 * left).astype(np.float32)


def lung_distance(x, y, z, cage: np.ndarray) -> np.ndarray:
    """Signed distance in mm to both lungs: inside the cage, above the diaphragm, beside the mediastinum."""
    medial = np.interp(y, _MEDIASTINUM_Y, _MEDIASTINUM_HALF_WIDTH).astype(np.float32) - np.abs(x)
    below = (diaphragm_z(x, y) - z) * np.float32(0.7)
    return np.maximum(np.maximum(cage + 7, medial), below)


class Torso:
    """A torso of its own for each seed (vessel branches, bowel contents, grain); ``hounsfield`` draws it on a grid."""

    def __init__(self, seed: int):
        generator = np.random.default_rng([seed, 1])
        self.grain = Texture(generator, 26, waves=5)
        self.stool = Texture(generator, 11, waves=6)
        self.lung_vessels = [shape for side in SIDES for shape in _lung_vessels(generator, side)]
        self.liver_veins = _liver_vessels(generator)

    def hounsfield(self, grid: SampleGrid) -> np.ndarray:
        """Hounsfield units without noise, float32 of the grid's shape."""
        x, y, z = grid.x, grid.y, grid.z
        values = np.full(grid.shape, AIR, np.float32)
        _paint_table(values, grid)
        body = np.broadcast_to(body_distance(x, y, z), grid.shape)
        cage = np.broadcast_to(cage_distance(x, y, z), grid.shape)
        self._paint_wall(values, grid, body, cage)
        self._paint_belly(values, grid, cage)
        _lay(values, lung_distance(x, y, z, cage), grid.softness, LUNG + 14 * self.grain(x, y, z) + 0.12 * y)
        paint(values, grid, self.lung_vessels, SOFT)
        self._paint_mediastinum(values, grid)
        paint_skeleton(values, grid)
        return values

    def _paint_wall(self, values, grid, body, cage) -> None:
        """Skin, fat and muscles; inside the cage soft tissue, to be filled."""
        x, y, z = grid.x, grid.y, grid.z
        _lay(values, body, grid.softness, SKIN)
        _lay(values, body + 2.2, grid.softness, FAT + 8 * self.grain(x, y, z))
        # Muscle thickness outside the cage: pectoral in front of the upper chest, wide at the shoulder, long beside the spine.
        around = np.arctan2(np.abs(x), -(y - 5)).astype(np.float32)  # 0 in front, pi behind
        high = level(z, [-240, 20, 90, 150, 215], [0, 0, 0.5, 1, 1])
        thick = 9 + 13 * high * np.exp(-np.square((around - 0.75) / 0.45)) + 40 * high * np.exp(-np.square((around - 1.65) / 0.6))
        thick = thick + 8 * np.exp(-np.square((around - 2.6) / 0.4))
        # A fat plane keeps them off the skin, and thin ones part them.
        muscle = np.maximum(cage - thick, body + 7)
        _lay(values, muscle, grid.softness, MUSCLE + 6 * self.grain(x, y, z))
        back = Shape(
            lambda x, y, z: np.maximum(
                ellipse_distance(np.abs(x) - 31, y - (level(z, [-240, -100, 60, 200], [78, 82, 92, 78])), 27, 19),
                body_distance(x, y, z) + 6,
            ),
            ((-62, 62), (45, 125), (-260, 215)),
        )
        paint(values, grid, back, MUSCLE - 4)
        gap = Shape(
            lambda x, y, z: np.maximum(np.abs(cage_distance(x, y, z) - 12.5) - 0.8, 60 - np.abs(x)),
            ((-200, 200), (-120, 60), (60, 215)),
        )
        paint(values, grid, gap, -60.0)

    def _paint_belly(self, values, grid, cage) -> None:
        """The inside of the cage: soft tissue above, fat with organs below the diaphragm."""
        x, y, z = grid.x, grid.y, grid.z
        _lay(values, cage + 6, grid.softness, SOFT)
        dome = z - diaphragm_z(x, y)
        cavity = np.maximum(cage + 8, (dome + 4) * 0.7)
        _lay(values, cavity, grid.softness, FAT + 10 * self.grain(x, y, z))

        def in_cavity(x, y, z, inset=2.0):
            return np.maximum(cage_distance(x, y, z) + 7 + inset, (z - diaphragm_z(x, y) + 3 + inset) * 0.7)

        for side in SIDES:  # psoas, and the diaphragm's crura
            psoas = smooth_line([(side * 24, 40, -78), (side * 36, 38, -130), (side * 46, 34, -185), (side * 60, 14, -245)], 4)
            paint(values, grid, tube(psoas, np.interp(psoas[:, 2], [-245, -190, -80], [19, 20, 8])), MUSCLE)
            paint(values, grid, tube([(side * 13, 30, -10), (side * 11, 24, -90)], [4, 5]), MUSCLE)
        self._paint_liver(values, grid, in_cavity)
        spleen = ellipsoid((96, 34, -42), (27, 44, 48), turn_z=25)
        paint(values, grid, _both(spleen, in_cavity), SPLEEN)
        _paint_stomach(values, grid, in_cavity)
        _paint_kidneys(values, grid)
        pancreas = smooth_line([(-32, -14, -92), (-8, -24, -86), (22, -18, -74), (58, 6, -58)], 5)
        paint(values, grid, tube(pancreas, np.interp(np.arange(len(pancreas)), [0, len(pancreas)], [13, 8])), PANCREAS)
        self._paint_bowel(values, grid)
        _paint_great_vessels_below(values, grid)

    def _paint_liver(self, values, grid, in_cavity) -> None:
        def liver(x, y, z):
            right = ellipsoid((-72, 2, -48), (72, 92, 92)).distance(x, y, z)
            left = ellipsoid((2, -48, -26), (78, 46, 40), turn_y=12).distance(x, y, z)
            lobes = _smooth_union(right, left, 14)
            # The visceral surface: hollowed from below and behind, where kidney and stomach lie.
            hollow = -ellipsoid((-10, 40, -120), (62, 70, 70)).distance(x, y, z)
            return _smooth_maximum(np.maximum(lobes, in_cavity(x, y, z, 1.0)), hollow, 8)

        shape = Shape(liver, ((-140, 84), (-110, 100), (-145, 30)))
        paint(values, grid, shape, lambda x, y, z: LIVER + 4 * self.grain(x, y, z))
        veins = [
            Shape(lambda x, y, z, vein=vein: np.maximum(vein.distance(x, y, z), liver(x, y, z) + 3), vein.bounds)
            for vein in self.liver_veins
        ]
        paint(values, grid, veins, VEIN)
        paint(values, grid, ellipsoid((-52, -62, -112), (15, 22, 27), turn_z=20), MUSCLE)
        paint(values, grid, ellipsoid((-52, -62, -112), (13, 20, 25), turn_z=20), BILE)

    def _paint_bowel(self, values, grid) -> None:
        colon = [
            (-96, 8, -236),
            (-104, 22, -190),
            (-98, 20, -145),
            (-88, -36, -134),
            (-40, -66, -146),
            (10, -72, -158),
            (52, -62, -142),
        ]
        colon += [(88, -30, -118), (104, 22, -108), (104, 30, -150), (100, 22, -195), (92, 10, -240)]
        line = smooth_line(colon, 9)
        sacs = np.sin(np.arange(len(line)) * 2.1)
        paint(values, grid, tube(line, 19 + 3.0 * sacs), 55.0)
        for segment, radius in zip(zip(line[:-1], line[1:]), 16.5 + 3.0 * sacs):
            top = (segment[0][1] + segment[1][1]) / 2
            paint(values, grid, tube(segment, radius), lambda x, y, z: 25 + 55 * self.stool(x, y, z))
            gas = [
                Shape(
                    lambda x, y, z, lumen=lumen, top=top: np.maximum(lumen.distance(x, y, z) + 0.5, y - (top - 4)), lumen.bounds
                )
                for lumen in tube(segment, radius)
            ]
            paint(values, grid, gas, -920.0)
        loops = np.linspace(0, 1, 90)
        sweep = np.stack(
            [
                58 * np.sin(loops * 31) * (0.75 + 0.25 * np.cos(loops * 11)),
                -34 + 26 * np.cos(loops * 23),
                -168 - 66 * loops + 9 * np.sin(loops * 47),
            ],
            axis=1,
        )
        paint(values, grid, tube(sweep, 10.5), 75.0)
        paint(values, grid, tube(sweep, 8.0), 22.0)

    def _paint_mediastinum(self, values, grid) -> None:
        """Fat between the lungs, heart, great vessels, airways, oesophagus, thyroid."""
        filling = Shape(
            lambda x, y, z: np.maximum(
                np.maximum(
                    np.abs(x) - np.interp(y, _MEDIASTINUM_Y, _MEDIASTINUM_HALF_WIDTH).astype(np.float32) + 1,
                    cage_distance(x, y, z) + 9,
                ),
                (diaphragm_z(x, y) + 4 - z) * 0.7,
            ),
            ((-40, 40), (-100, 52), (-70, 200)),
        )
        paint(values, grid, filling, FAT + 15)
        _paint_heart(values, grid)
        for line, radius, value in _great_vessels():
            paint(values, grid, tube(smooth_line(line, 5), radius), value)
        airway = smooth_line([(0, 10, 216), (0, 18, 170), (-2, 26, 118)], 4)
        branches = [
            smooth_line([(-2, 26, 118), (side * 18, 24, 104), (side * 40, 22, 88), (side * 52, 26, 70)], 3) for side in SIDES
        ]
        paint(values, grid, [*tube(airway, 10.5), *tube(branches[0], 8.2), *tube(branches[1], 7.6)], 35.0)
        paint(values, grid, [*tube(airway, 8.8), *tube(branches[0], 6.6), *tube(branches[1], 6.0)], -985.0)
        gullet = smooth_line([(3, 30, 216), (5, 38, 160), (6, 40, 100), (9, 34, 30), (16, 14, -8), (34, -2, -24)], 5)
        paint(values, grid, tube(gullet, 7.5, 0.7), 48.0)
        paint(values, grid, tube(gullet[:8], 2.2), -700.0)
        for side in SIDES:
            paint(values, grid, ellipsoid((side * 17, 4, 206), (10, 11, 22)), 150.0)


def _lay(values: np.ndarray, distance: np.ndarray, softness: float, value) -> None:
    values += coverage(distance, softness) * (value - values)


def _smooth_union(a: np.ndarray, b: np.ndarray, reach: float) -> np.ndarray:
    blend = np.maximum(reach - np.abs(a - b), 0)
    return np.minimum(a, b) - np.square(blend) * np.float32(0.25 / reach)


def _smooth_maximum(a: np.ndarray, b: np.ndarray, reach: float) -> np.ndarray:
    return -_smooth_union(-a, -b, reach)


def _both(shape: Shape, limit) -> Shape:
    return Shape(lambda x, y, z: np.maximum(shape.distance(x, y, z), limit(x, y, z)), shape.bounds)


def _paint_table(values: np.ndarray, grid: SampleGrid) -> None:
    """A curved carbon-fibre couch with a foam core, and a thin mattress."""
    middle = 128.0

    def sheet(low: float, high: float):
        def distance(x, y, z):
            top = middle - 0.00055 * np.square(x)
            return np.maximum(np.maximum(top + low - y, y - top - high), np.abs(x) - 208)

        return Shape(distance, ((-210, 210), (90, 190), (-1e6, 1e6)))

    paint(values, grid, sheet(-6, 1), -880.0)
    paint(values, grid, sheet(1, 30), -80.0)
    paint(values, grid, sheet(3, 28), -900.0)


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
    points = generator.uniform((28, -95, -60), (135, 95, 205), size=(2600, 3)) * (side, 1, 1)
    x, y, z = points.T.astype(np.float32)
    inside = lung_distance(x, y, z, cage_distance(x, y, z)) < -6
    targets = points[inside][:300]
    return vessel_tree((side * 48, 12, 86), targets, 0.62, generator)


def _liver_vessels(generator: np.random.Generator) -> list[Shape]:
    points = generator.uniform((-130, -80, -115), (50, 70, 10), size=(700, 3))
    portal = vessel_tree((-34, -14, -72), points[:70], 1.25, generator)
    hepatic = vessel_tree((-28, 8, -6), points[70:120], 1.35, generator)
    return portal + hepatic


def _paint_stomach(values: np.ndarray, grid: SampleGrid, in_cavity) -> None:
    def stomach(x, y, z):
        body = ellipsoid((62, -34, -48), (38, 42, 50), turn_y=-20).distance(x, y, z)
        outlet = ellipsoid((20, -58, -88), (44, 20, 20), turn_y=20).distance(x, y, z)
        return np.maximum(_smooth_union(body, outlet, 16), in_cavity(x, y, z, 2.0))

    bounds = ((-32, 112), (-92, 24), (-112, 12))
    paint(values, grid, Shape(stomach, bounds), 75.0)
    paint(values, grid, Shape(lambda x, y, z: stomach(x, y, z) + 4, bounds), WATER)
    paint(values, grid, Shape(lambda x, y, z: np.maximum(stomach(x, y, z) + 4, y + 52), bounds), -960.0)


def _paint_kidneys(values: np.ndarray, grid: SampleGrid) -> None:
    for side, z in ((-1, -122), (1, -108)):
        centre = np.array((side * 62, 46, z))

        def at(*offset, centre=centre):
            return centre + np.array(offset)

        turn = {"turn_z": side * 35, "turn_y": side * 12}
        paint(values, grid, ellipsoid(centre, (24, 29, 54), **turn), CORTEX)
        for up in (-34, -17, 0, 17, 34):
            for front in (-1, 1):
                pyramid = at(side * 4 - side * 0.2 * abs(up), front * 10, up)
                paint(values, grid, ellipsoid(pyramid, (8, 8, 7)), MEDULLA)
        sinus = at(-side * 12, -9, 0)
        paint(values, grid, ellipsoid(sinus, (17, 11, 26), turn_z=side * 35), FAT + 10)
        pelvis = [at(-side * 4, -2, 8), at(-side * 16, -10, -4), at(-side * 24, -8, -34), (side * 36, 26, -240)]
        paint(values, grid, tube(smooth_line(pelvis, 4), [6] * 4 + [4] * 4 + [2.2] * 5), WATER)
        paint(values, grid, tube([(side * 10, 18, z + 8), at(-side * 10, -9, 6)], [3.4, 2.6]), ARTERY)
        paint(values, grid, tube([(-18 + side * 6, 4, z + 2), at(-side * 10, -11, -2)], [5.5, 4]), VEIN + 15)
        paint(values, grid, tube([at(-side * 18, -6, 62), at(side * 4, -2, 56)], [3, 3], 2.0), 70.0)  # adrenal


def _paint_great_vessels_below(values: np.ndarray, grid: SampleGrid) -> None:
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
