"""Points that lie within a tolerance of each other, found without comparing each with each."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Optional

import numpy as np


def near_leads(points: np.ndarray, tolerance: float, norm: float = 2) -> list[int]:
    """For each point (n, d), the number of the first earlier point that leads a group and lies within the tolerance of it.

    A point with no such lead becomes one, and is given its own number. ``norm`` is numpy's: 2 for the distance, ``np.inf`` for
    the largest difference of a component. Points are sorted into cells along two fixed slanted lines, so that only the cells
    beside a point's own are looked at.
    """
    written, size = points.tobytes(), points.itemsize * points.shape[1]
    if written == written[:size] * len(points):
        return [0] * len(points)
    slant = _slant(points.shape[1])
    cells = np.floor(points @ slant.T / (tolerance * np.abs(slant).sum(axis=1)))
    leads_of_cell: dict[tuple[float, float], list[int]] = {}
    known: dict[bytes, int] = {}
    found: list[int] = []
    for number, (one, other) in enumerate(cells.tolist()):
        same = known.setdefault(written[number * size : (number + 1) * size], number)
        if same != number:
            found.append(found[same])
            continue
        near: list[int] = []
        for step, side in NEIGHBOURS:
            near += leads_of_cell.get((one + step, other + side), ())
        lead = _first_within(points, sorted(near), points[number], tolerance, norm) if near else None
        found.append(number if lead is None else lead)
        if lead is None:
            leads_of_cell.setdefault((one, other), []).append(number)
    return found


@lru_cache(maxsize=8)
def _slant(dimensions: int) -> np.ndarray:
    """Fixed: the same points, the same cells. (numpy's own random numbers take some milliseconds to import.)"""
    numbers = random.Random(0)
    return np.array([[numbers.uniform(0.5, 1.0) for _ in range(dimensions)] for _ in range(2)])


NEIGHBOURS = tuple(itertools.product((-1, 0, 1), repeat=2))


def _first_within(
    points: np.ndarray, candidates: Sequence[int], point: np.ndarray, tolerance: float, norm: float
) -> Optional[int]:
    inside = np.linalg.norm(points[candidates] - point, norm, axis=1) <= tolerance
    return candidates[int(inside.argmax())] if inside.any() else None
