"""Smooth implicit shapes painted on image grids: what the practice anatomy is drawn with.

World coordinates are LPS millimetres (x to the patient's left, y to the back, z to the head). A shape tells the signed
distance of a point to its surface, negative inside, good near the surface; painting turns it into the share of a voxel that the
shape covers, so edges are as soft as a scanner's and look the same at every resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Optional, Union

import numpy as np
from numpy.typing import ArrayLike

Bounds = tuple[tuple[float, float], ...]  # of x, y and z
UNSEEN = 0.17  # of the width over which edges pass: radii below are lost in a grid
EVERYWHERE: Bounds = ((-1e6, 1e6), (-1e6, 1e6), (-1e6, 1e6))


@dataclass(frozen=True)
class SampleGrid:
    """Where samples lie: three float32 arrays of LPS mm that broadcast to ``shape`` (slices, rows, columns).

    Axial, sagittal, tilted and unevenly spaced stacks are all such grids. ``softness`` is the width in mm over which an edge
    passes from outside to inside: about one sample.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    softness: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns) of the samples."""
        slices, rows, columns = np.broadcast_shapes(self.x.shape, self.y.shape, self.z.shape)
        return slices, rows, columns

    def part(self, box: tuple[slice, ...]) -> SampleGrid:
        """The grid inside a box of slices, rows and columns."""
        return SampleGrid(_cut(self.x, box), _cut(self.y, box), _cut(self.z, box), self.softness)

    def blocks(self, samples: int = 2_000_000) -> Iterator[tuple[slice, SampleGrid]]:
        """The grid in runs of slices of about so many samples, which bounds the memory that drawing takes."""
        slices, rows, columns = self.shape
        step = max(1, samples // (rows * columns))
        for first in range(0, slices, step):
            run = slice(first, min(first + step, slices))
            yield run, self.part((run, slice(None), slice(None)))

    def box(self, bounds: Bounds) -> Optional[tuple[slice, ...]]:
        """The smallest box of slices, rows and columns that holds all samples within bounds; None when there are none."""
        # Most shapes are nowhere near most blocks, and to tell so from six numbers costs next to nothing.
        for (low, high), (least, most) in zip(bounds, self._reach):
            if low > most + 1 or high < least - 1:
                return None
        first, last = [0, 0, 0], list(self.shape)
        for axis, line, (low, high) in zip((self.x, self.y, self.z), self._lines, bounds):
            if line is not None:
                dimension, values, descending = line
                # In the type of the samples: that is how they are compared below.
                start, end = values.searchsorted(np.float32(low), "left"), values.searchsorted(np.float32(high), "right")
                if descending:
                    start, end = len(values) - end, len(values) - start
                first[dimension] = max(first[dimension], int(start))
                last[dimension] = min(last[dimension], int(end))
                continue
            inside = (axis >= low) & (axis <= high)
            own = [dimension for dimension in range(3) if axis.shape[dimension] > 1]
            for dimension in own or (0,):
                others = tuple(other for other in own if other != dimension)
                hits = np.flatnonzero(inside.any(axis=others) if others else inside)
                if not hits.size:
                    return None
                if own:
                    first[dimension] = max(first[dimension], int(hits[0]))
                    last[dimension] = min(last[dimension], int(hits[-1]) + 1)
        if any(start >= end for start, end in zip(first, last)):
            return None
        return tuple(slice(start, end) for start, end in zip(first, last))

    def boxes(self, shapes: Sequence[Shape], margin: float) -> Iterator[tuple[Shape, tuple[slice, ...]]]:
        """(shape, its ``box`` and ``margin`` mm around it) of those that come near: along the axes all are found at once."""
        bounds = shapes.bounds if isinstance(shapes, Grove) else np.array([shape.bounds for shape in shapes], float)
        boxes = bounds.reshape(-1, 3, 2) + np.array((-margin, margin))
        lines = [line for line in self._lines if line is not None]
        if len(lines) < 3:
            for shape, one in zip(shapes, boxes.tolist()):
                box = self.box(one)
                if box is not None:
                    yield shape, box
            return
        first, last = np.zeros((len(boxes), 3), int), np.tile(self.shape, (len(boxes), 1))
        for line, limits in zip(lines, boxes.astype(np.float32).transpose(1, 2, 0)):
            dimension, values, descending = line
            start, end = values.searchsorted(limits[0], "left"), values.searchsorted(limits[1], "right")
            if descending:
                start, end = len(values) - end, len(values) - start
            first[:, dimension] = np.maximum(first[:, dimension], start)
            last[:, dimension] = np.minimum(last[:, dimension], end)
        for index in np.flatnonzero((first < last).all(axis=1)).tolist():
            yield shapes[index], tuple(map(slice, first[index].tolist(), last[index].tolist()))

    def crooked(self, part: SampleGrid) -> tuple[Optional[np.ndarray], ...]:
        """Of a part's x, y and z those of which a box holds what bounds do not: in tilted stacks, and where slices turn back."""
        axes = (part.x, part.y, part.z)
        return tuple(axis if line is None and axis.size > 1 else None for axis, line in zip(axes, self._lines))

    @cached_property
    def _reach(self) -> tuple[tuple[float, float], ...]:
        """The smallest and the largest x, y and z."""
        return tuple((float(axis.min()), float(axis.max())) for axis in (self.x, self.y, self.z))

    @cached_property
    def _lines(self) -> tuple[Optional[tuple[int, np.ndarray, bool]], ...]:
        """Of x, y and z that change along one dimension alone: which, values from the smallest, whether they shrink along it."""
        return tuple(_line(axis) for axis in (self.x, self.y, self.z))


def _line(axis: np.ndarray) -> Optional[tuple[int, np.ndarray, bool]]:
    own = [dimension for dimension in range(3) if axis.shape[dimension] > 1]
    if len(own) != 1:
        return None
    values = axis.reshape(-1)
    steps = np.diff(values)
    if (steps > 0).all():
        return own[0], values, False
    return (own[0], values[::-1], True) if (steps < 0).all() else None


def _cut(axis: np.ndarray, box: tuple[slice, ...]) -> np.ndarray:
    return axis[tuple(part if length > 1 else slice(None) for part, length in zip(box, axis.shape))]


def image_grid(
    positions_lps: np.ndarray,
    row_lps: Union[Sequence[float], np.ndarray],
    column_lps: Union[Sequence[float], np.ndarray],
    pixel_spacing: tuple[float, float],
    matrix: tuple[int, int],
    softness: Optional[float] = None,
) -> SampleGrid:
    """The grid of a stack of images, as its DICOM headers give it (PS3.3 C.7.6.2.1.1).

    ``positions_lps`` (n, 3) are the centres of the first pixels, ``row_lps`` the direction along a row, ``pixel_spacing``
    (between rows, between columns) in mm, ``matrix`` (rows, columns).
    """
    positions = np.asarray(positions_lps, float)
    rows = np.arange(matrix[0]) * pixel_spacing[0]
    columns = np.arange(matrix[1]) * pixel_spacing[1]
    axes = []
    for dimension in range(3):
        along = [positions[:, dimension], rows * column_lps[dimension], columns * row_lps[dimension]]
        axis = np.zeros((1, 1, 1))
        for place, values in enumerate(along):
            if np.ptp(values) > 1e-9 or place == 0:
                values = values[:1] if np.ptp(values) <= 1e-9 else values
                axis = axis + values.reshape([-1 if other == place else 1 for other in range(3)])
        axes.append(axis.astype(np.float32))
    return SampleGrid(axes[0], axes[1], axes[2], softness or float(max(pixel_spacing)))


@dataclass(frozen=True)
class Shape:
    """A signed distance (mm, negative inside) of float32 x, y, z that broadcast, and bounds outside which it is not asked.

    ``radius`` is that of a thin thing in mm: where samples are far larger, it is not seen.
    """

    distance: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    bounds: Bounds = EVERYWHERE
    radius: float = np.inf


Value = Union[float, np.ndarray, Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]]


@dataclass(frozen=True)
class Layer:
    """Shapes and what fills them: a picture is a list of layers, the later over the earlier."""

    shapes: Union[Shape, Sequence[Shape]]
    value: Value


class Grove(Sequence):
    """Very many small shapes (the branches of a tree), their bounds (n, 3, 2) at hand for every block that is drawn.

    ``limit`` is a shape that none of them is to leave.
    """

    def __init__(self, shapes: Sequence[Shape], limit: Optional[Shape] = None):
        self.shapes, self.limit = list(shapes), limit
        self.bounds = np.array([shape.bounds for shape in self.shapes], float)

    def __len__(self) -> int:
        return len(self.shapes)

    def __getitem__(self, index):
        return self.shapes[index]


def paint(values: np.ndarray, grid: SampleGrid, shapes: Union[Shape, Sequence[Shape]], value: Value) -> None:
    """Blend shapes over ``values`` (the grid's shape, or channels first) in place.

    ``value`` is a number, one number a channel, or a function of x, y, z.
    """
    near = grid.boxes([shapes] if isinstance(shapes, Shape) else shapes, grid.softness)
    for shape, box in _joined(grid, list(near), shapes.limit) if isinstance(shapes, Grove) else near:
        part = grid.part(box)
        cover = coverage(shape.distance(part.x, part.y, part.z), grid.softness)
        for axis, (low, high) in zip(grid.crooked(part), shape.bounds):
            if axis is not None:
                cover = cover * ((axis >= low - grid.softness) & (axis <= high + grid.softness))
        if values.ndim == 4:
            for channel, level in zip(values, np.asarray(value, np.float32)):
                _blend(channel[box], cover, level)
        else:
            _blend(values[box], cover, value(part.x, part.y, part.z) if callable(value) else np.float32(value))


def _joined(
    grid: SampleGrid, near: list[tuple[Shape, tuple[slice, ...]]], limit: Optional[Shape]
) -> list[tuple[Shape, tuple[slice, ...]]]:
    """The shapes in their boxes as one in a box about them all: blending hundreds one by one took longer than measuring them."""
    near = [(shape, box) for shape, box in near if shape.radius > UNSEEN * grid.softness]
    if not near:
        return []
    starts = np.array([[side.start for side in box] for _, box in near])
    ends = np.array([[side.stop for side in box] for _, box in near])
    first = starts.min(axis=0)
    distances = np.full(ends.max(axis=0) - first, np.float32(grid.softness))
    for (shape, box), start, end in zip(near, (starts - first).tolist(), (ends - first).tolist()):
        part = grid.part(box)
        away = shape.distance(part.x, part.y, part.z)
        for axis, (low, high) in zip(grid.crooked(part), shape.bounds):
            if axis is not None:
                outside = (axis < low - grid.softness) | (axis > high + grid.softness)
                away = np.where(outside, np.float32(grid.softness), away)
        inner = distances[tuple(map(slice, start, end))]
        np.minimum(inner, away, out=inner)
    whole = tuple(map(slice, first.tolist(), ends.max(axis=0).tolist()))
    if limit is not None:
        part = grid.part(whole)
        np.maximum(distances, limit.distance(part.x, part.y, part.z), out=distances)
    return [(Shape(lambda x, y, z: distances), whole)]


def _blend(target: np.ndarray, cover: np.ndarray, level: Union[np.float32, np.ndarray]) -> None:
    more = level - target
    more *= cover
    target += more


def coverage(distance: np.ndarray, softness: float) -> np.ndarray:
    """The share of a sample inside a shape, 0 to 1, from its signed distance in mm."""
    cover = distance * np.float32(-1.0 / softness)
    cover += np.float32(0.5)
    return np.clip(cover, 0, 1, out=cover)


def smooth_union(a: np.ndarray, b: np.ndarray, reach: float) -> np.ndarray:
    """The distance to two shapes grown together over ``reach`` mm."""
    return np.minimum(a, b) - _bridge(a, b, reach)


def smooth_maximum(a: np.ndarray, b: np.ndarray, reach: float) -> np.ndarray:
    """The distance to what two shapes share, its edge rounded over ``reach`` mm."""
    return np.maximum(a, b) + _bridge(a, b, reach)


def _bridge(a: np.ndarray, b: np.ndarray, reach: float) -> np.ndarray:
    """What two distances less than ``reach`` mm apart lose where they grow together."""
    near = a - b
    np.abs(near, out=near)
    np.subtract(reach, near, out=near)
    np.maximum(near, 0, out=near)
    np.square(near, out=near)
    near *= np.float32(0.25 / reach)
    return near


def within(shape: Shape, limit: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]) -> Shape:
    """The part of a shape where ``limit``, a signed distance, is negative."""
    return Shape(lambda x, y, z: np.maximum(shape.distance(x, y, z), limit(x, y, z)), shape.bounds, shape.radius)


def ellipse_distance(u: np.ndarray, v: np.ndarray, a: Any, b: Any) -> np.ndarray:
    """Signed distance to the ellipse with half axes a and b in the u-v plane."""
    return _scaled_distance(np.square(u / a) + np.square(v / b), np.square(u / (a * a)) + np.square(v / (b * b)))


def ellipsoid(centre: ArrayLike, radii: ArrayLike, turn_z: float = 0.0, turn_y: float = 0.0) -> Shape:
    """An ellipsoid, its axes turned by degrees about z (x towards y), after about y (z towards x)."""
    middle = np.asarray(centre, np.float32)
    half_axes = np.asarray(radii, np.float32)
    angle_z, angle_y = np.deg2rad([turn_z, turn_y])
    about_z = np.array([[np.cos(angle_z), np.sin(angle_z), 0], [-np.sin(angle_z), np.cos(angle_z), 0], [0, 0, 1]])
    about_y = np.array([[np.cos(angle_y), 0, -np.sin(angle_y)], [0, 1, 0], [np.sin(angle_y), 0, np.cos(angle_y)]])
    into = (about_y @ about_z).astype(np.float32)
    turned = bool(turn_z or turn_y)

    def distance(x, y, z):
        p = (x - middle[0], y - middle[1], z - middle[2])
        if turned:
            p = tuple(into[i, 0] * p[0] + into[i, 1] * p[1] + into[i, 2] * p[2] for i in range(3))
        first = sum(np.square(p[i] / half_axes[i]) for i in range(3))
        second = sum(np.square(p[i] / half_axes[i] ** 2) for i in range(3))
        return _scaled_distance(first, second)

    reach = np.sqrt((np.square(into.T) * np.square(half_axes)).sum(axis=1)) + 1
    bounds = tuple((float(c - r), float(c + r)) for c, r in zip(middle, reach))
    return Shape(distance, bounds)


def _scaled_distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    # The level of the quadratic form over the length of its gradient: right at the surface, and finite at the centre.
    level = np.sqrt(first)
    steep = np.maximum(second, np.float32(1e-8))
    np.sqrt(steep, out=steep)
    distance = level - 1
    distance *= level
    distance /= steep
    return distance


def tube(points: ArrayLike, radii: ArrayLike, flatten: float = 1.0) -> list[Shape]:
    """A round tube along a line of points, one shape a segment; radii in mm at the points, changing evenly between.

    ``flatten`` over 1 makes it so many times higher (along z) than it is thick.
    """
    line = np.asarray(points, float)
    widths = np.broadcast_to(np.asarray(radii, float), len(line))
    return segments(line[:-1], line[1:], widths[:-1], widths[1:], flatten)


def segments(
    starts: np.ndarray, ends: np.ndarray, start_radii: np.ndarray, end_radii: np.ndarray, flatten: float = 1.0
) -> list[Shape]:
    """Round pieces of tubes from ``starts`` (n, 3) to ``ends``, with radii (n) at either; made together, which is quick."""
    scale = np.array([1, 1, 1 / flatten])
    along = (ends - starts) * scale
    length2 = np.square(along).sum(axis=1)
    length2[length2 == 0] = 1e-6
    reach = np.maximum(start_radii, end_radii)[:, None] / scale
    bounds = np.stack([np.minimum(starts, ends) - reach, np.maximum(starts, ends) + reach], axis=2).tolist()
    numbers = np.column_stack([starts * scale, along, 1 / length2, start_radii, end_radii - start_radii]).astype(np.float32)
    lower = np.float32(scale[2])
    middle = ((start_radii + end_radii) / 2).tolist()
    return [
        Shape(_segment_distance(row, lower), tuple(map(tuple, box)), radius) for row, box, radius in zip(numbers, bounds, middle)
    ]


def _segment_distance(numbers: np.ndarray, lower: np.float32) -> Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """The distance of a piece: where it begins, the way along it, 1 over its square, the radius and what it grows by."""
    x0, y0, z0, *run, shorter, radius, change = numbers

    def distance(x, y, z):
        # In place: half of the time went into new memory.
        steps = x - x0, y - y0, z * lower - z0
        place = steps[0] * run[0] + steps[1] * run[1] + steps[2] * run[2]
        place *= shorter
        np.maximum(place, 0, out=place)
        np.minimum(place, 1, out=place)
        away = None
        for step, part in zip(steps, run):
            side = place * part
            np.subtract(step, side, out=side)
            np.square(side, out=side)
            away = side if away is None else np.add(away, side, out=away)
        np.sqrt(away, out=away)
        place *= change
        place += radius
        return np.subtract(away, place, out=away)

    return distance


def smooth_line(points: ArrayLike, steps: int = 4) -> np.ndarray:
    """A Catmull-Rom line through points (n, m): ``steps`` pieces between each two. Further columns (radii) go along."""
    line = np.asarray(points, float)
    padded = np.vstack([2 * line[0] - line[1], line, 2 * line[-1] - line[-2]])
    t = np.arange(steps)[:, None] / steps
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        pieces.append(b + t * (c - a) / 2 + t**2 * (2 * a - 5 * b + 4 * c - d) / 2 + t**3 * (3 * b - 3 * c + d - a) / 2)
    return np.vstack([*pieces, line[-1:]])
