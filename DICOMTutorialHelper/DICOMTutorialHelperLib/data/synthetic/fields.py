"""Shapes and noise kept as samples on coarse lattices, read between them: costly anatomy computed once, drawn cheaply.

A signed distance changes evenly, so samples a few millimetres apart carry a smooth organ to a tenth of a millimetre
(the error is h² / 8R for spacing h and radius of curvature R).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import Bounds, SampleGrid, Shape, smooth_union

FAR_MM = 14.0
NEAR_MM = 8.0  # further than what keeps clear of bones and bowel, or grows together with them, reaches


def lattice(bounds: Bounds, spacing: float) -> SampleGrid:
    """Samples ``spacing`` mm apart over bounds."""
    x, y, z = (np.arange(low, high + spacing, spacing, dtype=np.float32) for low, high in bounds)
    return SampleGrid(x[None, None, :], y[None, :, None], z[:, None, None], spacing)


def sampled(shape: Shape, spacing: float = 4.0, normalise: bool = False) -> Shape:
    """The shape from samples within its bounds. ``normalise`` turns a mere level function into a distance near its surface."""
    grid = lattice(shape.bounds, spacing)
    values = np.broadcast_to(shape.distance(grid.x, grid.y, grid.z), grid.shape).astype(np.float32)
    if normalise:
        slope = np.sqrt(sum(np.square(part) for part in np.gradient(values, spacing)))
        values = values / np.clip(slope, 0.35, 4.0)
    return _from_samples(values, grid, spacing)


def sampled_even(shape: Shape, spacing: float = 4.0, normalise: bool = False) -> Shape:
    """``sampled`` of a shape that is the same on both sides: only the left half (x from 0) is asked for."""
    # From a sample before the middle, so that a slope can be told there.
    half = Shape(shape.distance, ((-spacing, shape.bounds[0][1]), *shape.bounds[1:]))
    return _doubled(sampled(half, spacing, normalise))


def sampled_union(
    shapes: Iterable[Shape], spacing: float = 2.5, reach: float = 0.0, bounds: Optional[Bounds] = None, margin: float = FAR_MM
) -> Shape:
    """Many small shapes as one, grown together over ``reach`` mm where they meet; FAR_MM away from them all.

    Each is asked ``margin`` mm around itself, which is what many small ones cost.
    """
    shapes = list(shapes)
    if bounds is None:
        bounds = _around(shapes)
    grid = lattice(bounds, spacing)
    values = np.full(grid.shape, FAR_MM, np.float32)
    for shape, box in grid.boxes(shapes, margin):
        _join(values, grid, shape, box, reach)
    return _from_samples(values, grid, spacing)


def sampled_halves(shapes: Iterable[Shape], spacing: float = 2.5, reach: float = 0.0) -> Shape:
    """``sampled_union`` of the left halves (x from 0) of shapes, and the same mirrored on the right: half the work."""
    shapes = list(shapes)
    (_, high), *others = _around(shapes)
    return _doubled(sampled_union(shapes, spacing, reach, ((0.0, high), *others), NEAR_MM))


def _around(shapes: Sequence[Shape]) -> Bounds:
    boxes = np.array([shape.bounds for shape in shapes])
    return tuple(zip(boxes[:, :, 0].min(axis=0) - FAR_MM, boxes[:, :, 1].max(axis=0) + FAR_MM))


def _doubled(half: Shape) -> Shape:
    """A left half and its mirror image."""
    out = half.bounds[0][1]
    return Shape(lambda x, y, z: half.distance(np.abs(x), y, z), ((-out, out), *half.bounds[1:]))


def _from_samples(values: np.ndarray, grid: SampleGrid, spacing: float) -> Shape:
    """Cut down to what lies near the surface or inside."""
    near = values < 3 * spacing
    box = []
    for dimension in range(3):
        hits = np.flatnonzero(near.any(axis=tuple(other for other in range(3) if other != dimension)))
        if not hits.size:
            return Shape(
                lambda x, y, z: np.full(np.broadcast_shapes(x.shape, y.shape, z.shape), FAR_MM, np.float32), ((0, 0),) * 3
            )
        box.append(slice(max(int(hits[0]) - 1, 0), int(hits[-1]) + 2))
    values, grid = np.ascontiguousarray(values[tuple(box)]), grid.part(tuple(box))
    origin = np.array([grid.z.flat[0], grid.y.flat[0], grid.x.flat[0]], np.float32)

    def distance(x, y, z):
        return interpolate(values, [(axis - start) / np.float32(spacing) for axis, start in zip((z, y, x), origin)])

    bounds = tuple((float(axis.min()), float(axis.max())) for axis in (grid.x, grid.y, grid.z))
    return Shape(distance, bounds)


def without(shape: Shape, others: Sequence[Shape], gap: float = 0.0) -> Shape:
    """The shape less others, and ``gap`` mm away from them."""

    def distance(x, y, z):
        grid = SampleGrid(x, y, z, 0.0)
        result = np.array(np.broadcast_to(shape.distance(x, y, z), grid.shape))
        for other in others:
            keep_clear(result, grid, other, gap)
        return result

    return Shape(distance, shape.bounds)


def keep_clear(values: np.ndarray, grid: SampleGrid, other: Shape, gap: float) -> None:
    """Cut another shape and ``gap`` mm around it out of signed distances on a grid, in place; FAR_MM away all are as deep."""
    box = _reach(other, grid)
    if box is None:
        np.maximum(values, np.float32(gap - FAR_MM), out=values)
        return
    away = _bounded(other, grid.part(box))
    near = np.maximum(values[box], np.subtract(np.float32(gap), away, out=away), out=away)
    np.maximum(values, np.float32(gap - FAR_MM), out=values)
    values[box] = near


def join(values: np.ndarray, grid: SampleGrid, other: Shape, reach: float = 0.0, margin: float = FAR_MM) -> None:
    """Grow another shape together with signed distances on a grid over ``reach`` mm, in place, ``margin`` mm around it."""
    box = _reach(other, grid, margin)
    if box is not None:
        _join(values, grid, other, box, reach)


def _join(values: np.ndarray, grid: SampleGrid, other: Shape, box: tuple[slice, ...], reach: float) -> None:
    part, near = grid.part(box), values[box]
    away = other.distance(part.x, part.y, part.z)
    if reach:
        near[...] = smooth_union(near, away, reach)
    else:
        np.minimum(near, away, out=near)


def bounded(shape: Shape, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The shape's distance, FAR_MM at most; outside its bounds, where it is not to be asked, at least the distance to them."""
    grid = SampleGrid(x, y, z, 0.0)
    result = np.full(grid.shape, FAR_MM, np.float32)
    box = _reach(shape, grid)
    if box is not None:
        result[box] = _bounded(shape, grid.part(box))
    return result


def _reach(shape: Shape, grid: SampleGrid, margin: float = FAR_MM) -> Optional[tuple[slice, ...]]:
    """Where on a grid a shape may be less than ``margin`` mm away."""
    return grid.box(tuple((low - margin, high + margin) for low, high in shape.bounds))


def _bounded(shape: Shape, grid: SampleGrid) -> np.ndarray:
    x, y, z = grid.x, grid.y, grid.z
    result = np.array(np.broadcast_to(shape.distance(x, y, z), grid.shape), np.float32)
    for axis, (low, high) in zip((x, y, z), shape.bounds):
        out = np.maximum(np.float32(low) - axis, axis - np.float32(high))
        out = np.where(out > 0, np.minimum(out + np.float32(1), np.float32(FAR_MM)), np.float32(-np.inf))
        np.maximum(result, out, out=result)
    return result


def interpolate(values: np.ndarray, places: Sequence[np.ndarray], wrap: bool = False) -> np.ndarray:
    """Samples read linearly at (slow, middle, fast) index coordinates that broadcast; beyond the edge the edge, or around."""
    parts = [_cell(place, length, wrap) for place, length in zip(places, values.shape)]
    own = [[d for d in range(3) if place.shape[d] > 1] for place in places]
    if all(len(dims) <= 1 for dims in own) and len({d for dims in own for d in dims}) == sum(map(len, own)):
        result = values
        # The axis that grows least goes first, so that most of the work is done on small arrays.
        for axis in sorted(range(3), key=lambda axis: places[axis].size / values.shape[axis]):
            low, high, flat = (part.reshape(-1) for part in parts[axis])
            share = flat.reshape([-1 if other == axis else 1 for other in range(3)])
            first = result.take(low, axis)
            second = result.take(high, axis)
            second -= first
            second *= share
            second += first
            result = second
        free = [d for d in range(3) if d not in [dims[0] for dims in own if dims]]
        order = [dims[0] if dims else free.pop() for dims in own]
        return result.transpose(np.argsort(order))
    # Slow and middle axis vary together (a tilted stack), the fast one along the last dimension.
    shape = np.broadcast_shapes(places[0].shape, places[1].shape)
    rows = [np.broadcast_to(part, shape)[..., 0] for axis in (0, 1) for part in parts[axis]]
    z0, z1, fz, y0, y1, fy = rows
    fz, fy = fz[..., None], fy[..., None]
    plane = (values[z0, y0] * (1 - fy) + values[z0, y1] * fy) * (1 - fz) + (values[z1, y0] * (1 - fy) + values[z1, y1] * fy) * fz
    low, high, last = (part.reshape(-1) for part in parts[2])
    first = plane.take(low, 2)
    return first + last * (plane.take(high, 2) - first)


def _cell(place: np.ndarray, length: int, wrap: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Index below, index above and the share of the one above."""
    if not wrap:
        place = np.clip(place, 0, length - 1.001)
    below = np.floor(place)
    share = (place - below).astype(np.float32)
    below = below.astype(np.intp)
    return below % length, (below + 1) % length, share


class Noise:
    """A random field without a pattern, about -2 to 2 with a standard deviation near 1, ``grain`` mm from hill to hill."""

    def __init__(self, generator: np.random.Generator, grain: float, size: int = 40):
        values: np.ndarray = generator.standard_normal((size, size, size), dtype=np.float32)
        for axis in range(3):
            values = values + (np.roll(values, 1, axis) + np.roll(values, -1, axis)) / 2
        self.values = values / values.std()
        self.scale = np.float32(2.2 / grain)

    def __call__(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return interpolate(self.values, [axis * self.scale for axis in (z, y, x)], wrap=True)
