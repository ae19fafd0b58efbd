"""The practice breasts: a prone chest wall with two breasts, a carcinoma in the right one, and what each tissue does in MR.

LPS mm, origin between the breasts at nipple height; the right breast has negative x. Nothing comes from a patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.breast_chest import Chest
from DICOMTutorialHelperLib.data.synthetic.breast_vessels import vessel_shapes
from DICOMTutorialHelperLib.data.synthetic.fields import NEAR_MM, Noise, sampled, sampled_union
from DICOMTutorialHelperLib.data.synthetic.shapes import (
    Grove,
    SampleGrid,
    Shape,
    ellipsoid,
    paint,
    segments,
    smooth_maximum,
    smooth_union,
    tube,
    within,
)
from DICOMTutorialHelperLib.data.synthetic.trees import Tree, grow_tree, points_inside

SIDES = (-1, 1)
LESION_CENTRE_LPS = (-96.0, -120.0, 10.0)
LESION_RADIUS_MM = 10.5
# Where vessels enter the mass.
_FEEDING = [np.add(LESION_CENTRE_LPS, offset) for offset in ((7, 2, 2), (3, -2, -7), (-6, 3, 4), (-4, -4, 6))]

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
    "node": (520, 600, 260, 130, 90, 40),
    "cartilage": (260, 240, 150, 5, 0, 5),
    "stomach": (620, 520, 150, 5, 0, 0),
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


# (size, height of the middle, slant) of each: the right one larger and lower, as no two are alike.
_FORMS = {-1: (1.04, -6.0, 0.04), 1: (0.97, -1.0, -0.03)}


def _breast(x, y, z, side: int) -> np.ndarray:
    larger, middle, lean = _FORMS[side]
    # Fuller below than above.
    lower = np.where(z < middle, np.float32(64), np.float32(76)) * np.float32(larger)
    u, w = (x - side * 84 - lean * (y + 62)) / np.float32(64 * larger), (z - middle) / lower
    v = (y + 62) / np.float32(96 * larger)
    mound = (np.sqrt(np.square(u) + np.square(v) + np.square(w)) - 1) * 66
    nipple_x, nipple_y, nipple_z = nipple(side)
    tip = np.sqrt(np.square(x - nipple_x) + np.square(z - nipple_z) + np.square((y - nipple_y) * np.float32(0.8))) - 5.5
    return smooth_union(mound, tip, 3)


def surface_point(out: float, angle: float, up: float, side: int) -> np.ndarray:
    """A point of a breast in LPS mm by its own axes, as ``breast_vessels`` has them."""
    larger, middle, lean = _FORMS[side]
    turn, rise = np.deg2rad((angle, up))
    y = -62 - 96 * larger * out * np.sin(rise)
    high = (76 if np.sin(turn) > 0 else 64) * larger
    x = side * 84 + lean * (y + 62) + side * 64 * larger * out * np.cos(turn) * np.cos(rise)
    return np.array((x, y, middle + high * out * np.sin(turn) * np.cos(rise)))


def nipple(side: int) -> tuple[float, float, float]:
    """The middle of a nipple."""
    return (-88.0, -161.0, -8.0) if side < 0 else (87.0, -154.0, -3.0)


class Breasts:
    """A pair of breasts of its own for each seed (lobes, vessels, lesion outline); ``signals`` draws them on a grid."""

    def __init__(self, seed: int):
        generator = np.random.default_rng([seed, 3])
        self.chest = Chest(seed)
        self.ragged, self.sheets, self.thickness = Noise(generator, 8), Noise(generator, 30), Noise(generator, 40)
        self.outline = Noise(generator, 7)
        self.spicules = _spicules(generator)
        self.body = sampled(Shape(body_distance, ((-176, 176), (-176, 136), (-140, 140))), 3.5)
        self.ducts, self.glands, self.vessels = [], [], []
        for side, lobules in ((-1, 190), (1, 150)):
            room = Shape(partial(self._gland_room, side=side), _side_bounds(side))
            ducts = self._duct_tree(generator, room, side, lobules)
            self.ducts.append(ducts)
            self.glands.append(self._gland(generator, ducts, side))
            self.vessels += vessel_shapes(generator, side, partial(surface_point, side=side), _FEEDING if side < 0 else ())
        self.layers = self._layers()

    def _gland_room(self, x, y, z, side: int) -> np.ndarray:
        """Where the gland may lie: a cone from the nipple, wider behind, most of it above and outside, fat before and behind."""
        nipple_x, nipple_y, nipple_z = nipple(side)
        depth = np.clip((y - nipple_y) / 84, 0, 1.2)
        out, up = side * (x - nipple_x) - 6 * depth, z - nipple_z - 7 * depth
        wide = 7 + 43 * depth - 5 * np.square(depth)
        wide = wide * (1 + 0.16 * (out > 0) * (up > 0) - 0.14 * (out < 0) * (up < 0))
        cone = np.hypot(out, up * np.float32(0.94)) - wide
        return np.maximum(np.maximum(cone, self.body.distance(x, y, z) + 7), 20 - self.chest.cage(x, y, z)).astype(np.float32)

    @staticmethod
    def _duct_tree(generator: np.random.Generator, room: Shape, side: int, lobules: int) -> Tree:
        """A dozen ducts that part at the nipple, each branching into a lobe of its own."""
        nipple_x, nipple_y, nipple_z = nipple(side)
        root = (nipple_x, nipple_y + 5, nipple_z)
        angles = np.arange(12) * np.pi / 6 + generator.uniform(-0.2, 0.2, 12)
        reach = generator.uniform(8, 17, 12)
        first = np.stack(
            [nipple_x + reach * np.cos(angles), nipple_y + generator.uniform(28, 36, 12), nipple_z + reach * np.sin(angles)],
            axis=1,
        )
        middle = np.array([(nipple_x - side, nipple_y + 34, nipple_z - 1), (nipple_x + side * 4, nipple_y + 45, nipple_z + 3)])
        tree = grow_tree(root, np.vstack([middle, first]), 0.6, generator, 0.05)
        return grow_tree(root, points_inside(room, lobules, 2.0, generator, 8.0), 0.6, generator, 0.1, tree)

    def _gland(self, generator: np.random.Generator, ducts: Tree, side: int) -> Shape:
        """Lobules about the ducts, thicker with depth, grown together where they touch; fat lies in the clefts."""
        front = nipple(side)[1]
        depth = np.clip((ducts.nodes[:, 1] - front) / 60, 0, 1)
        radii = (1.4 + 4.9 * np.sqrt(depth)) * generator.uniform(0.65, 1.12, len(depth))
        radii[:5] = np.maximum(radii[:5], 5.0)
        parents = np.array(ducts.parents)[1:]
        starts = np.minimum(radii[parents], radii[1:] + 1)
        parts = segments(ducts.nodes[parents], ducts.nodes[1:], starts, radii[1:])
        whole = sampled_union(parts, 3.0, 3.0, margin=NEAR_MM)

        def distance(x, y, z):
            edge = whole.distance(x, y, z) + 1.5 * self.ragged(x, y, z)
            return np.maximum(edge, np.maximum(self.body.distance(x, y, z) + 4.5, 15 - self.chest.cage(x, y, z)))

        return sampled(Shape(distance, whole.bounds), 2.5)

    def signals(self, grid: SampleGrid, channels: Sequence[str]) -> np.ndarray:
        """The asked-for CHANNELS (n, slices, rows, columns), float32, without noise or coil shading."""
        picked = [CHANNELS.index(channel) for channel in channels]
        tissues = {name: np.array([row[index] for index in picked], np.float32) for name, row in TISSUES.items()}
        values = np.zeros((len(picked), *grid.shape), np.float32)
        for shapes, tissue in self.layers:
            paint(values, grid, shapes, tissues[tissue])
        self._paint_lesion(values, grid, tissues)
        return values

    def _layers(self) -> list[tuple]:
        """(shapes, tissue) from the skin inwards."""
        body, cage = self.body, self.chest.cage
        everywhere = body.bounds

        def septa(x, y, z):
            # Cooper's ligaments: sheets from the gland to the skin.
            leaf = np.abs(self.sheets(x, y, z)) * 11 - 0.55
            return np.maximum(leaf, np.maximum(body.distance(x, y, z) + 2.5, 17 - cage(x, y, z)))

        def fat_lobules(gland, x, y, z):
            # Longer than wide: they lie between lobes that converge on the nipple.
            streaks = self.ragged(2.1 * x, 0.75 * y, 2.1 * z)
            return np.maximum((0.95 - streaks) * 2.2, gland.distance(x, y, z) + 1)

        areola = [ellipsoid(np.add(nipple(side), (0, 5, 0)), (13, 5, 13)) for side in SIDES]
        return [
            (body, "skin"),
            (Shape(lambda x, y, z: body.distance(x, y, z) + 1.9, everywhere), "fat"),
            ([within(one, body.distance) for one in areola], "skin"),
            (Shape(septa, ((-176, 176), (-176, 30), (-140, 140))), "septum"),
            (self.glands, "gland"),
            ([Shape(partial(fat_lobules, gland), gland.bounds) for gland in self.glands], "fat"),
            (sampled(Shape(self._chest_muscles, ((-176, 176), (-90, 136), (-140, 140))), 4.0), "muscle"),
            *self.chest.layers(),
            *self._nodes(),
            (Grove(self.vessels), "blood"),
        ]

    def _chest_muscles(self, x, y, z) -> np.ndarray:
        """Pectoral muscles from the breastbone to the armpit, serratus and latissimus at the side, the back's behind."""
        cage = self.chest.cage(x, y, z)
        thick = 1 + np.float32(0.12) * self.thickness(x, y, z)
        wide = np.clip(1 - ((np.abs(x) - 68) / 62) ** 4, -1, 1) * np.clip((z + 86) / 46, -0.3, 1)
        pectoral = np.maximum(np.abs(cage - 8.5) - 7.0 * wide * thick, y - 18)
        minor = np.maximum(np.abs(cage - 4) - 3.5, np.maximum(np.abs(np.abs(x) - 92) - 26 - 0.1 * z, np.maximum(12 - z, y)))
        around = np.arctan2(np.abs(x), -(y - 34)).astype(np.float32)
        side = np.abs(cage - 5) - (2.2 + 6.0 * np.exp(-np.square((around - 2.1) / 0.55))) * thick
        side = np.maximum(side, 1.15 - around)
        back = smooth_maximum(np.hypot((np.abs(x) - 31) / 1.6, y - 112) - 14, self.body.distance(x, y, z) + 6, 4)
        muscle = np.minimum(np.minimum(pectoral, minor), np.minimum(side, back))
        return np.maximum(muscle, self.body.distance(x, y, z) + 5).astype(np.float32)

    @staticmethod
    def _nodes() -> list[tuple]:
        """Lymph nodes in the armpits, bean-shaped with a fatty hilum; a small one within the left breast."""
        places = [
            ((-134, -34, 46), (6, 8, 9)), ((-141, -18, 58), (5, 6, 8)), ((-130, -22, 66), (5, 7, 6)), ((-144, 2, 40), (4, 5, 6)),
            ((132, -36, 50), (5, 7, 8)), ((140, -16, 62), (6, 7, 9)), ((128, -20, 70), (4, 5, 6)), ((116, -82, 34), (3, 3.5, 4)),
        ]  # fmt: skip
        layers: list[tuple] = []
        for (x, y, z), radii in places:
            inwards = 1 if x < 0 else -1
            layers.append((ellipsoid((x, y, z), radii, turn_z=20 * inwards), "node"))
            layers.append((ellipsoid((x + inwards * radii[0] * 0.45, y, z), tuple(0.5 * r for r in radii)), "fat"))
        return layers

    def _paint_lesion(self, values, grid, tissues) -> None:
        """A round to lobulated mass with spicules, its rim taking up most; a simple cyst in the other breast."""
        mass = self._mass()
        paint(values, grid, self.spicules, tissues["lesion"])
        paint(values, grid, mass, tissues["lesion"])
        paint(values, grid, Shape(lambda x, y, z: mass.distance(x, y, z) + 6.2, mass.bounds), tissues["lesion core"])
        paint(values, grid, ellipsoid((72, -114, -18), (7, 6, 7)), tissues["cyst"])

    def _mass(self) -> Shape:
        centre = LESION_CENTRE_LPS

        def distance(x, y, z):
            away = np.sqrt(np.square(x - centre[0]) + np.square(y - centre[1]) + np.square((z - centre[2]) * 0.95))
            return away - LESION_RADIUS_MM - 1.2 * self.outline(x, y, z)

        reach = LESION_RADIUS_MM + 8
        return Shape(distance, tuple((middle - reach, middle + reach) for middle in centre))

    def lesion_mask(self, grid: SampleGrid) -> np.ndarray:
        """Where the mass (spicules left out) covers more than half of a sample: bool of the grid's shape."""
        values = np.zeros(grid.shape, np.float32)
        paint(values, grid, self._mass(), 1.0)
        return values > 0.5


@lru_cache(maxsize=1)
def breasts_of(seed: int) -> Breasts:
    """The breasts of a seed, kept for the next series that shows them."""
    return Breasts(seed)


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


def _side_bounds(side: int) -> tuple:
    return ((12, 150) if side > 0 else (-150, -12), (-168, -20), (-76, 84))
