"""The practice torso's stomach and bowel: walls, what they hold, and the gas that gathers in front of it.

Lumen widths follow the rule of three, six and nine centimetres as the most of small bowel, colon and cecum; the gas lies in a
lumen by construction, since it is cut out of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from DICOMTutorialHelperLib.data.synthetic.fields import NEAR_MM, Noise, keep_clear, sampled, sampled_union, without
from DICOMTutorialHelperLib.data.synthetic.hounsfield import FLUID, GAS, GUT_WALL, VEIN
from DICOMTutorialHelperLib.data.synthetic.shapes import Grove, Layer, SampleGrid, Shape, ellipsoid, smooth_line, tube
from DICOMTutorialHelperLib.data.synthetic.torso_skeleton import inset
from DICOMTutorialHelperLib.data.synthetic.trees import grow_tree, spread_out

# (x, y, z, radius) along the middle of each part.
_STOMACH = [
    (60, 20, -8, 37), (64, 8, -28, 38), (65, -14, -48, 36), (60, -38, -76, 30), (44, -56, -98, 23), (18, -62, -106, 18),
    (-6, -56, -100, 14), (-22, -44, -94, 9),
]  # fmt: skip
_DUODENUM = [
    (-22, -44, -94, 9), (-40, -28, -96, 12), (-52, -14, -108, 12), (-54, -10, -134, 12), (-38, -10, -152, 12),
    (-6, -14, -156, 11),
    (22, -14, -148, 11), (32, -28, -132, 11),
]  # fmt: skip
_COLON = [
    (-64, -40, -262, 22), (-72, -28, -238, 29), (-82, -8, -206, 27), (-90, 16, -176, 25), (-94, 26, -150, 24), (-88, 2, -136, 22),
    (-72, -40, -142, 21), (-44, -66, -154, 21), (-6, -74, -168, 21), (34, -72, -164, 20), (66, -60, -142, 20),
    (86, -34, -112, 19),
    (98, 0, -92, 18), (102, 26, -96, 17), (104, 38, -124, 16), (102, 36, -166, 15), (92, 16, -208, 15), (80, -10, -236, 15),
    (66, -34, -258, 15), (36, -40, -272, 16), (8, -18, -262, 16), (-18, 8, -268, 16), (-20, 30, -288, 16), (-4, 50, -306, 17),
    (0, 56, -330, 19), (0, 52, -356, 17), (0, 46, -372, 14),
]  # fmt: skip
LOOP_RADIUS = 11.0


def _path(points: ArrayLike, steps: int) -> np.ndarray:
    return smooth_line(points, steps)


def stomach_shape(room: Shape) -> Shape:
    """The stomach's outer surface within the ``room`` that the organs share."""
    line = _path(_STOMACH, 3)
    whole = sampled_union(tube(line[:, :3], line[:, 3]), 3.5, 8.0)
    return sampled(Shape(lambda x, y, z: np.maximum(whole.distance(x, y, z), room.distance(x, y, z) + 1), whole.bounds), 3.5)


class Bowel:
    """``small``, ``colon`` and ``stomach`` are outer surfaces; ``taken`` are the organs that were there first."""

    def __init__(
        self, generator: np.random.Generator, room: Shape, stomach: Shape, taken: Sequence[Shape], below: Sequence[Shape]
    ) -> None:
        self.coarse, self.fine, self.folds = Noise(generator, 16), Noise(generator, 6), Noise(generator, 8)
        self.stomach = stomach
        line = _path(_COLON, 7)
        steps = np.arange(len(line))
        # Haustra: a sac every three centimetres or so, blunter towards the left.
        depth = np.interp(steps, [0, 60, 110, 150, len(line)], [2.6, 3.0, 1.6, 0.8, 0.2])
        line[:, 3] += depth * np.sin(np.cumsum(0.85 + 0.25 * generator.random(len(line))))
        line[:, :3] += generator.normal(size=(len(line), 3)) * 0.6
        colon = sampled_union(tube(line[:, :3], line[:, 3]), 3.0, 3.0, margin=NEAR_MM)
        self.colon = sampled(self._clear(colon, room, [*taken, *below]), 3.0)
        duodenum = _path(_DUODENUM, 4)
        self.duodenum = sampled(
            self._clear(sampled_union(tube(duodenum[:, :3], duodenum[:, 3]), 3.0, 4.0), room, [*taken, self.colon]), 3.0
        )
        self.centres = self._packed(generator, room, [*taken, *below, self.colon, self.duodenum])
        loops = _path(self.centres, 3)
        self.loops = loops + generator.normal(size=loops.shape) * 0.8
        width = LOOP_RADIUS + 1.3 * np.sin(np.cumsum(0.5 + generator.random(len(loops))))
        whole = sampled_union(tube(self.loops, width), 3.0, margin=NEAR_MM)
        self.small = sampled(self._clear(whole, room, [*taken, *below, self.colon, self.duodenum]), 3.0)
        self.lumen = inset(self.small, 2.7)
        self.mesentery = grow_tree((0, -18, -128), self.centres[::3] * (0.86, 1, 1) + (0, 12, 0), 0.8, generator)

    @staticmethod
    def _clear(shape: Shape, room: Shape, others: Sequence[Shape]) -> Shape:
        inner = Shape(lambda x, y, z: np.maximum(shape.distance(x, y, z), room.distance(x, y, z)), shape.bounds)
        return without(inner, others, 1.5)

    @staticmethod
    def _packed(generator: np.random.Generator, room: Shape, others: Sequence[Shape]) -> np.ndarray:
        """Middles of the loops (n, 3): as many as there is room for, in the order of one winding way through them all."""
        bounds = ((-98, 98), (-96, 40), (-312, -108))
        steps = [np.arange(low, high, 6, dtype=np.float32) for low, high in bounds]
        x, y, z = steps[0][None, None], steps[1][None, :, None], steps[2][:, None, None]
        free = room.distance(x, y, z)
        grid = SampleGrid(x, y, z, 0.0)
        for other in others:
            keep_clear(free, grid, other, 0.0)
        # The root of the mesentery stays free in the middle and behind.
        root = np.sqrt(np.square(x / 34) + np.square((y - 4) / 26) + np.square((z + 170) / 80)) * 26 - 26
        free = np.maximum(free, -root)
        places = np.argwhere(free < -LOOP_RADIUS + 3.5)
        points = np.stack([steps[0][places[:, 2]], steps[1][places[:, 1]], steps[2][places[:, 0]]], axis=1).astype(float)
        points += generator.uniform(-3, 3, points.shape)
        left = spread_out(generator.permutation(points), 2 * LOOP_RADIUS + 0.5)
        # From the upper left on to the nearest each time, then crossings undone.
        way = [int(np.argmin(-left[:, 0] - left[:, 2]))]
        rest = set(range(len(left))) - set(way)
        while rest:
            options = np.array(sorted(rest))
            way.append(int(options[np.argmin(np.linalg.norm(left[options] - left[way[-1]], axis=1))]))
            rest.discard(way[-1])
        return left[_shortened(left, way)]

    def layers(self) -> list[Layer]:
        """Walls, contents and gas, the later over the earlier."""

        def chyme(x, y, z):
            return 24 + 9 * self.coarse(x, y, z)

        def wall(x, y, z):
            return GUT_WALL + 8 * self.fine(x, y, z)

        def meal(x, y, z):
            return FLUID + 14 * np.clip(self.coarse(x, y, z), -1, 1.5)

        lumen = inset(self.stomach, 4.0)
        rugae = Shape(lambda x, y, z: lumen.distance(x, y, z) + 1.6 * np.maximum(self.folds(x, y, z), -0.6), lumen.bounds)
        colon_lumen = inset(self.colon, 2.4)
        layers = [
            Layer(Grove(self.mesentery.tubes(most=4.5)), VEIN),
            Layer(self.small, wall),
            Layer(self.lumen, chyme),
            Layer(self._loop_gas(), GAS),
            Layer(self.duodenum, wall),
            Layer(inset(self.duodenum, 2.6), chyme),
            Layer(self.colon, GUT_WALL - 12),
            Layer(colon_lumen, self._stool),
            Layer(self._colon_gas(colon_lumen), GAS),
            Layer(self.stomach, wall),
            Layer(rugae, meal),
            Layer(Shape(lambda x, y, z: np.maximum(rugae.distance(x, y, z), y + 50 + 0.3 * np.sin(x / 9)), lumen.bounds), GAS),
        ]
        return layers

    def _stool(self, x, y, z) -> np.ndarray:
        """Mottled with little bubbles, most on the right and in the rectum."""
        mottle = self.fine(x, y, z) + 0.7 * self.coarse(x, y, z)
        return 38 + 14 * mottle - 900 * np.clip(mottle - 1.3, 0, 0.55)

    def _colon_gas(self, lumen: Shape) -> list[Shape]:
        """Pockets of gas in front of the stool, a level of its own in each part of the colon."""
        pockets = [
            (-66, (-2, -80, -160), (84, 44, 42)), (-32, (-74, -34, -240), (36, 42, 36)),
            (-12, (88, -26, -106), (30, 40, 30)), (30, (102, 26, -172), (22, 24, 44)), (-40, (42, -42, -266), (52, 32, 26)),
            (46, (-2, 40, -318), (26, 32, 36)),
        ]  # fmt: skip
        return [self._pocket(lumen, level, ellipsoid(middle, radii)) for level, middle, radii in pockets]

    def _pocket(self, lumen: Shape, level: float, region: Shape) -> Shape:
        def distance(x, y, z):
            surface = np.maximum(
                y - np.float32(level) + 0.8 * self.coarse(x, y, z), region.distance(x, y, z) + 4 * self.coarse(x, y, z)
            )
            return np.maximum(lumen.distance(x, y, z) + 0.6, surface)

        bounds = tuple((max(a[0], b[0]), min(a[1], b[1])) for a, b in zip(lumen.bounds, region.bounds))
        return Shape(distance, bounds)

    def _loop_gas(self) -> Shape:
        """Bubbles at the top of a few loops in front."""

        def distance(x, y, z):
            few = 0.55 - self.coarse(x * 0.5, y * 0.2, z * 0.5)
            return np.maximum(self.lumen.distance(x, y, z) + 2.6, np.maximum(few * 9, y + 46))

        return Shape(distance, self.small.bounds)


def _shortened(points: np.ndarray, way: list[int]) -> list[int]:
    """The way with crossings undone (two-opt, a few rounds)."""
    order = list(way)
    for _ in range(6):
        changed = False
        for i in range(1, len(order) - 2):
            here, after = points[order[i - 1]], points[order[i]]
            rest = points[order[i:]]
            gain = (
                np.linalg.norm(here - after)
                + np.linalg.norm(rest[:-1] - rest[1:], axis=1)
                - np.linalg.norm(here - rest[:-1], axis=1)
                - np.linalg.norm(after - rest[1:], axis=1)
            )
            best = int(np.argmax(gain[1:])) + 1
            if gain[best] > 1e-6:
                order[i : i + best + 1] = order[i : i + best + 1][::-1]
                changed = True
        if not changed:
            break
    return order
