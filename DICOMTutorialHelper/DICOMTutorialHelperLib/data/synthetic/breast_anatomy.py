"""The practice breasts: a prone chest wall with two breasts, a carcinoma in the right one, and what each tissue does in MR.

LPS mm, origin between the breasts at nipple height; the right breast has negative x. Nothing comes from a patient.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import (
    SampleGrid,
    Shape,
    Texture,
    coverage,
    ellipse_distance,
    ellipsoid,
    paint,
    smooth_line,
    smooth_union,
    tube,
    vessel_tree,
)

SIDES = (-1, 1)
LESION_CENTRE_LPS = (-96.0, -120.0, 10.0)
LESION_RADIUS_MM = 10.5

# Signal of a tissue without contrast in T2, STIR and the fat-suppressed T1 of BLISS, and how much of each uptake it takes part
# in: slow as glandular tissue, fast with wash-out as a carcinoma, with the blood.
CHANNELS = ("t2", "stir", "bliss", "slow", "fast", "blood")
TISSUES = {
    "air": (0, 0, 0, 0, 0, 0),
    "skin": (420, 380, 270, 60, 0, 40),
    "fat": (930, 55, 105, 5, 0, 4),
    "septum": (560, 230, 190, 20, 0, 5),
    "gland": (470, 420, 290, 150, 0, 10),
    "muscle": (190, 210, 230, 35, 0, 25),
    "lesion": (560, 690, 280, 0, 560, 0),
    "lesion core": (760, 800, 250, 60, 170, 0),
    "cyst": (1450, 1250, 95, 0, 0, 0),
    "lung": (28, 24, 14, 5, 0, 8),
    "blood": (75, 120, 230, 0, 0, 520),
    "heart muscle": (230, 290, 260, 40, 0, 240),
    "liver": (240, 180, 330, 60, 0, 150),
    "marrow": (640, 110, 150, 20, 0, 20),
    "bone": (60, 35, 40, 5, 0, 5),
    "disc": (480, 330, 180, 10, 0, 0),
    "cord": (420, 330, 230, 5, 0, 5),
    "fluid": (1350, 1150, 70, 0, 0, 0),
    "node": (560, 640, 260, 90, 60, 40),
}


def uptake(minutes: float) -> dict[str, float]:
    """How far each kind of uptake has come so many minutes after the contrast agent arrives, 1 its height; 0 before."""
    t = max(minutes, 0.0)
    return {
        "slow": 1 - np.exp(-t / 6.5),
        "fast": (1 - np.exp(-t / 0.45)) * (0.60 + 0.40 * np.exp(-max(t - 1.0, 0) / 3.0)),
        "blood": (1 - np.exp(-t / 0.18)) * (0.45 + 0.55 * np.exp(-t / 3.5)),
    }


def body_distance(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Signed distance in mm to the skin, breasts included."""
    u = np.abs(x) / np.float32(168) * (1 + np.float32(0.00025) * z)
    v = np.abs(y - 32) / np.float32(98)
    chest = ((np.square(u) * np.sqrt(u) + np.square(v) * np.sqrt(v)) ** np.float32(0.4) - 1) * 98
    breasts = np.minimum(*(_breast(x, y, z, side) for side in SIDES))
    return smooth_union(chest, breasts, 24)


def _breast(x, y, z, side: int) -> np.ndarray:
    # Fuller below than above, the right one a little larger, as most are.
    larger = np.float32(1.03 if side < 0 else 0.98)
    lower = np.where(z < -4, np.float32(64), np.float32(74)) * larger
    u, w = (x - side * 84) / (64 * larger), (z + 4) / lower
    v = (y + 62) / (96 * larger)
    mound = (np.sqrt(np.square(u) + np.square(v) + np.square(w)) - 1) * 66
    nipple = np.sqrt(np.square(x - side * 86) + np.square(z + 6) + np.square((y + 62 + 95 * larger) * np.float32(0.8))) - 5.5
    return np.minimum(mound, nipple)


def _cage(x, y, z) -> np.ndarray:
    narrow = 1 - np.float32(0.0010) * np.maximum(z, 0)
    return ellipse_distance(x, y - 34, 130 * narrow, 80 * narrow)


class Breasts:
    """A pair of breasts of its own for each seed (lobes, vessels, lesion outline); ``signals`` draws them on a grid."""

    def __init__(self, seed: int):
        generator = np.random.default_rng([seed, 3])
        self.lobes = Texture(generator, 30, waves=7)
        self.strands = Texture(generator, 13, waves=9)
        self.sheets = Texture(generator, 36, waves=6)
        self.grain = Texture(generator, 7, waves=6)
        self.outline = Texture(generator, 11, waves=7)
        self.spicules = _spicules(generator)
        self.vessels = [shape for side in SIDES for shape in _breast_vessels(generator, side)]
        self.liver_veins = vessel_tree(
            (-40, 30, -110), generator.uniform((-110, -10, -115), (-20, 80, -50), (60, 3)), 1.3, generator
        )

    def signals(self, grid: SampleGrid, channels: Sequence[str]) -> np.ndarray:
        """The asked-for CHANNELS (n, slices, rows, columns), float32, without noise or coil shading."""
        picked = [CHANNELS.index(channel) for channel in channels]
        tissues = {name: np.array([row[index] for index in picked], np.float32) for name, row in TISSUES.items()}
        x, y, z = grid.x, grid.y, grid.z
        values = np.zeros((len(picked), *grid.shape), np.float32)
        body = np.broadcast_to(body_distance(x, y, z), grid.shape)
        cage = np.broadcast_to(_cage(x, y, z), grid.shape)

        def blend(distance, tissue):
            cover = coverage(distance, grid.softness)
            values[...] += cover * (tissues[tissue][:, None, None, None] - values)

        blend(body, "skin")
        blend(body + 2.0, "fat")
        sheets = self.sheets(x, y, z)
        septa = np.maximum(np.abs(sheets) * 14 - 0.6, np.maximum(body + 3, -cage + 20))
        blend(septa, "septum")
        self._paint_glands(blend, x, y, z, body, cage)
        pectoral = np.maximum(np.abs(cage - 9) - 7.5, np.maximum(y + 4, 16 - np.abs(x)))
        blend(np.maximum(pectoral, np.abs(x) - 122), "muscle")
        blend(np.maximum(np.abs(cage - 10) - 8, np.maximum(20 - y, body + 9)), "muscle")
        _paint_chest(blend, x, y, z, cage)
        for name, shapes in _chest_shapes():
            paint(values, grid, shapes, tissues[name])
        paint(values, grid, self.liver_veins, tissues["blood"])
        paint(values, grid, self.vessels, tissues["blood"])
        self._paint_lesion(values, grid, tissues)
        return values

    def _paint_glands(self, blend, x, y, z, body, cage) -> None:
        """Fibroglandular tissue: a ragged cone from the chest wall to the nipple, its lobes parted by fat."""
        for side in SIDES:
            towards = np.clip((-y - 70) / 85, 0, 1)
            width = 46 - 30 * np.square(towards)
            around = np.sqrt(np.square(x - side * (84 + 4 * (1 - towards))) + np.square((z + 4) * 0.95)) - width
            ragged = around * 0.8 + 17 * self.lobes(x, y, z) + 11 * self.strands(x, y, z) + 11
            limits = np.maximum(np.maximum(body + 5, 19 - cage), -150 - y)
            blend(np.maximum(ragged, limits), "gland")
            ducts = [
                tube([(side * 86, -152, -6), (side * 86 + 20 * np.cos(a), -112, -6 + 20 * np.sin(a))], [1.2, 2.0])
                for a in range(6)
            ]
            for shape in (shape for duct in ducts for shape in duct):
                blend(np.maximum(shape.distance(x, y, z), limits - 4), "gland")

    def _paint_lesion(self, values, grid, tissues) -> None:
        """A round to lobulated mass with spicules, its rim taking up most; a simple cyst in the other breast."""
        centre = LESION_CENTRE_LPS

        def mass(x, y, z):
            away = np.sqrt(np.square(x - centre[0]) + np.square(y - centre[1]) + np.square((z - centre[2]) * 0.95))
            return away - LESION_RADIUS_MM - 1.8 * self.outline(x, y, z)

        reach = LESION_RADIUS_MM + 8
        bounds = tuple((middle - reach, middle + reach) for middle in centre)
        paint(values, grid, self.spicules, tissues["lesion"])
        paint(values, grid, Shape(mass, bounds), tissues["lesion"])
        paint(values, grid, Shape(lambda x, y, z: mass(x, y, z) + 6.2, bounds), tissues["lesion core"])
        paint(values, grid, ellipsoid((72, -114, -18), (7, 6, 7)), tissues["cyst"])

    def lesion_mask(self, grid: SampleGrid) -> np.ndarray:
        """Where the mass (spicules left out) covers more than half of a sample: bool of the grid's shape."""
        values = np.zeros((len(CHANNELS), *grid.shape), np.float32)
        marks = {name: np.full(len(CHANNELS), float(name.startswith("lesion")), np.float32) for name in TISSUES}
        spicules, self.spicules = self.spicules, []
        try:
            self._paint_lesion(values, grid, marks)
        finally:
            self.spicules = spicules
        return values[0] > 0.5


def _spicules(generator: np.random.Generator) -> list[Shape]:
    directions = generator.normal(size=(16, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    centre = np.array(LESION_CENTRE_LPS)
    lengths = generator.uniform(1.4, 1.9, 16)
    return [
        shape
        for direction, length in zip(directions, lengths)
        for shape in tube([centre, centre + direction * LESION_RADIUS_MM * length], [2.6, 0.5])
    ]


def _breast_vessels(generator: np.random.Generator, side: int) -> list[Shape]:
    """Branches of the internal and lateral thoracic arteries; one feeds the lesion."""
    inner = generator.uniform((30, -140, -50), (95, -60, 50), (11, 3)) * (side, 1, 1)
    outer = generator.uniform((85, -135, -50), (125, -60, 55), (11, 3)) * (side, 1, 1)
    if side < 0:
        inner = np.vstack([inner, np.add(LESION_CENTRE_LPS, (6, 0, 0))])
        outer = np.vstack([outer, np.add(LESION_CENTRE_LPS, (-5, 3, 4))])
    trees = vessel_tree((side * 24, -46, 20), inner, 0.55, generator) + vessel_tree((side * 132, -30, 30), outer, 0.55, generator)
    skin = [
        Shape(lambda x, y, z, s=shape: np.maximum(s.distance(x, y, z), body_distance(x, y, z) + 3), shape.bounds)
        for shape in trees
    ]
    return skin + tube([(side * 24, -49, -130), (side * 24, -47, 130)], 1.7)


def _paint_chest(blend, x, y, z, cage) -> None:
    """Ribs with muscle between them, lungs, the muscles of the back."""
    blend(cage - 1.5, "muscle")
    around = np.arctan2(np.abs(x), -(y - 34)).astype(np.float32)
    band = np.abs(((z + 34 * (around - 1.6) + 240) % np.float32(25)) - np.float32(12.5)) - 5.5
    rib = np.maximum(np.abs(cage + 3) - 3.4, band)
    blend(np.maximum(rib, 0.30 - around), "bone")
    blend(np.maximum(rib + 1.4, 0.30 - around), "marrow")
    dome = -38 - 55 * (np.square((x + 65) / 72) + np.square((y - 34) / 75))
    dome = np.maximum(dome, -52 - 55 * (np.square((x - 68) / 70) + np.square((y - 34) / 75)))
    middle = np.interp(y, [-46, -30, 0, 40, 75, 100], [4, 14, 26, 28, 26, 16]).astype(np.float32)
    blend(np.maximum(cage + 8, (z - dome + 2) * 0.7), "liver")
    blend(np.maximum(np.maximum(cage + 8, (z - dome + 2) * 0.7), 12 - x), "fat")
    blend(np.maximum(np.maximum(cage + 7.5, (dome - z) * 0.7), middle - np.abs(x)), "lung")
    blend(np.maximum(np.maximum(cage + 8, (dome + 2 - z) * 0.7), np.abs(x) - middle + 1), "fat")
    blend(np.maximum(ellipse_distance(np.abs(x) - 30, y - 106, 25, 15), -200 - z), "muscle")


def _chest_shapes() -> list[tuple[str, list[Shape]]]:
    turn = {"turn_z": -38, "turn_y": 18}
    spine = [
        ("bone", [_cylinder((0, 78), (19, 14), -130, 130)]),
        ("marrow", [_cylinder((0, 78), (17.6, 12.6), z, z + 19) for z in range(-138, 130, 23)]),
        ("disc", [_cylinder((0, 78), (17.6, 12.6), z + 19.6, z + 22.4) for z in range(-138, 130, 23)]),
        ("bone", [_cylinder((0, 101), (13, 12), -130, 130)]),
        ("fluid", [_cylinder((0, 100), (9, 8), -130, 130)]),
        ("cord", [_cylinder((0, 100), (5.4, 4.2), -130, 130)]),
        ("marrow", [shape for z in range(-130, 130, 23) for shape in tube([(0, 112, z), (0, 122, z - 18)], 3)]),
    ]
    heart = [
        ("fat", [ellipsoid((18, 0, -6), (58, 42, 52), **turn)]),
        ("heart muscle", [ellipsoid((28, -2, -12), (42, 31, 36), **turn)]),
        ("heart muscle", [ellipsoid((4, -22, -12), (38, 19, 34), **turn)]),
        ("blood", [ellipsoid((4, -23, -11), (34, 15, 30), **turn), ellipsoid((29, -2, -11), (31, 19, 25), **turn)]),
        ("blood", [ellipsoid((-22, 6, 0), (19, 24, 28)), ellipsoid((4, 34, 14), (30, 16, 20))]),
    ]
    vessels = [
        (
            "blood",
            tube(
                smooth_line(
                    [(2, 6, 18), (-10, -2, 45), (-10, 2, 80), (0, 20, 100), (16, 60, 90), (21, 66, 50), (18, 62, -130)], 5
                ),
                12,
            ),
        ),
        ("blood", tube([(-24, 12, 10), (-25, 16, 130)], 9)),
        ("blood", tube(smooth_line([(10, -6, 20), (16, 4, 46), (34, 34, 60), (52, 44, 50)], 4), 11)),
        ("blood", tube(smooth_line([(14, 10, 56), (-8, 26, 54), (-50, 42, 46)], 4), 9)),
        ("air", tube([(0, 50, 75), (0, 44, 130)], 9)),
    ]
    sternum = [("bone", [_cylinder((0, -44), (15, 6), -60, 130)]), ("marrow", [_cylinder((0, -44), (13.4, 4.6), -60, 130)])]
    nodes = [
        (name, [ellipsoid((side * (132 + 3 * k), -34 + 5 * k, 52 + 14 * k), radii) for side in SIDES for k in range(2)])
        for name, radii in (("node", (5, 6.5, 8)), ("fat", (2, 3, 4)))
    ]
    return heart + vessels + spine + sternum + nodes


def _cylinder(centre: tuple[float, float], radii: tuple[float, float], low: float, high: float) -> Shape:
    """An upright elliptic cylinder."""

    def distance(x, y, z):
        side = ellipse_distance(x - centre[0], y - centre[1], np.float32(radii[0]), np.float32(radii[1]))
        return np.maximum(side, np.maximum(low - z, z - high))

    bounds = ((centre[0] - radii[0], centre[0] + radii[0]), (centre[1] - radii[1], centre[1] + radii[1]), (low, high))
    return Shape(distance, bounds)
