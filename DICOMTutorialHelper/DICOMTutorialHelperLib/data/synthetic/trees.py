"""Branching trees of vessels and airways: every target is reached, and radii follow Murray's law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import numpy as np
from numpy.typing import ArrayLike

from DICOMTutorialHelperLib.data.synthetic.fields import lattice
from DICOMTutorialHelperLib.data.synthetic.shapes import Shape, segments

MURRAY = 2.7  # between the 3 of laminar flow and what casts of arteries show


class Tree:
    """Nodes (n, 3) in mm, each one's parent (-1 for the root) and the radius of the branch that leads to it."""

    def __init__(self, nodes: np.ndarray, parents: Sequence[int], tip_radius: float) -> None:
        self.nodes = np.asarray(nodes, float)
        self.parents = list(parents)
        self.tip_radius = tip_radius
        tips = np.zeros(len(self.nodes))
        for node in range(len(self.nodes) - 1, 0, -1):
            tips[node] = max(tips[node], 1)
            tips[self.parents[node]] += tips[node]
        self.radii = tip_radius * np.maximum(tips, 1) ** (1 / MURRAY)

    def tubes(self, grow: float = 0.0, most: float = np.inf, least: float = 0.0) -> list[Shape]:
        """A tube a branch, ``grow`` mm thicker; radii no more than ``most``, branches below ``least`` left out."""
        nodes = np.flatnonzero(self.radii[1:] >= least) + 1
        parents, radii = np.array(self.parents)[nodes], self.radii[nodes]
        starts = np.minimum(np.where(parents > 0, self.radii[parents], radii), np.minimum(1.25 * radii, most)) + grow
        return segments(self.nodes[parents], self.nodes[nodes], starts, np.minimum(radii, most) + grow)

    def beside(self, direction: Sequence[float], gap: float) -> Tree:
        """The same tree moved aside by each branch's own radius and a gap, as an artery runs beside its bronchus."""
        aside = np.asarray(direction, float) / np.linalg.norm(direction)
        return Tree(self.nodes + aside * (1.7 * np.minimum(self.radii, 5) + gap)[:, None], self.parents, self.tip_radius)


def grow_tree(
    root: ArrayLike,
    targets: np.ndarray,
    tip_radius: float,
    generator: np.random.Generator,
    wiggle: float = 0.12,
    stem: Optional[Tree] = None,
) -> Tree:
    """A tree from a root, or from the branches of a stem, that reaches every target (n, 3).

    Each target joins where a branch is near and the way back to the root is short; branches leave forwards.
    """
    nodes = [np.asarray(root, float)] if stem is None else list(stem.nodes)
    parents = [-1] if stem is None else list(stem.parents)
    nodes_array = np.zeros((len(nodes) + 2 * len(targets), 3))
    nodes_array[: len(nodes)] = nodes
    path = np.zeros(len(nodes_array))
    for node in range(1, len(nodes)):
        path[node] = path[parents[node]] + np.linalg.norm(nodes[node] - nodes[parents[node]])
    count = len(nodes)
    for target in targets[np.argsort(np.linalg.norm(targets - nodes_array[0], axis=1), kind="stable")]:
        reach = np.sqrt(np.square(nodes_array[:count] - target).sum(axis=1))
        joint = int(np.argmin(reach + 0.45 * path[:count]))
        middle = (nodes_array[joint] + target) / 2 + generator.normal(size=3) * reach[joint] * wiggle
        if parents[joint] >= 0:
            # Bend on from where the parent branch was heading.
            heading = nodes_array[joint] - nodes_array[parents[joint]]
            middle += heading / (np.linalg.norm(heading) + 1e-6) * reach[joint] * 0.12
        for point in (middle, target):
            parents.append(joint)
            path[count] = path[joint] + np.linalg.norm(point - nodes_array[joint])
            nodes_array[count] = point
            joint = count
            count += 1
    return Tree(nodes_array, parents, tip_radius)


def points_inside(shape: Shape, count: int, depth: float, generator: np.random.Generator, apart: float = 0.0) -> np.ndarray:
    """Up to ``count`` random points (n, 3) at least ``depth`` mm within a shape and ``apart`` from each other."""
    low, high = np.array(shape.bounds).T
    points = generator.uniform(low, high, (count * 14, 3))
    inside = _at(shape, points) < -depth
    return spread_out(points[inside], apart, count)


def spread_out(points: np.ndarray, apart: float, count: Optional[int] = None) -> np.ndarray:
    """Of points (n, 3) in their order those that lie more than ``apart`` from all chosen before, at most ``count``."""
    if not apart:
        return points[:count]
    left = np.asarray(points).T
    chosen: list[np.ndarray] = []
    while left.shape[1] and len(chosen) != count:
        point = left[:, :1]
        chosen.append(point[:, 0])
        steps = left - point
        left = left[:, steps[0] * steps[0] + steps[1] * steps[1] + steps[2] * steps[2] > apart * apart]
    return np.array(chosen).reshape(-1, 3)


def _at(shape: Shape, points: np.ndarray) -> np.ndarray:
    """The shape's distance at single points, by the nearest sample of its own lattice spacing of 3 mm."""
    grid = lattice(shape.bounds, 3.0)
    values = np.broadcast_to(shape.distance(grid.x, grid.y, grid.z), grid.shape)
    low = np.array([axis.min() for axis in (grid.x, grid.y, grid.z)])
    index = np.rint((points - low) / 3.0).astype(int)
    index = np.clip(index, 0, np.array(grid.shape)[::-1] - 1)
    return values[index[:, 2], index[:, 1], index[:, 0]]
