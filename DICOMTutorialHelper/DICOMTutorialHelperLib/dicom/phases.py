"""Which of a series' images an incomplete place lacks: told by the pattern of the instance numbers, or by times."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from math import comb
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import instance_order
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.slice_positions import SlicePosition

# Ways of leaving out images that are all tried; more are not looked through.
MOST_WAYS = 20_000


def ordinals_by_number(places: Sequence[SlicePosition], count: int) -> Optional[dict[Frame, int]]:
    """Each frame's number (0 to count - 1) among the images of its place, from instance numbers that run without a gap.

    They run place by place, or volume by volume; None where they do neither. Frames of one multi-frame file are numbered by
    its own frames.
    """
    numbers = _running_numbers(places)
    if numbers is None:
        return None
    lowest = min(numbers.values())
    for start in range(lowest, lowest - count, -1):
        for stride, period in ((count, "place"), (len(places), "volume")):
            found = _on_lattice(places, numbers, start, stride, period == "place", count)
            if found:
                return found
    return None


def ordinals_by_time(times: Sequence[Sequence[float]], count: int) -> list[list[int]]:
    """For every place the numbers (0 to count - 1) of its images, from their times in order.

    Places that lack images are laid over the mean of those that lack none: times may be longer or shorter as a whole, as heart
    beats are, but keep their rhythm.
    """
    whole = [line for line in times if len(line) == count]
    if not whole:
        return [list(range(len(line))) for line in times]
    rhythm = np.mean(whole, axis=0)
    return [list(range(count)) if len(line) == count else _laid_over(np.asarray(line, float), rhythm) for line in times]


def _running_numbers(places: Sequence[SlicePosition]) -> Optional[dict[Frame, int]]:
    frames = [frame for place in places for frame in place]
    single = len({id(frame.instance) for frame in frames}) == 1
    numbers = {frame: frame.number if single else instance_order(frame)[0] for frame in frames}
    if not single and any(frame.number for frame in frames):
        return None
    return numbers if len(set(numbers.values())) == len(frames) else None


def _on_lattice(places, numbers, start: int, stride: int, by_place: bool, count: int) -> Optional[dict[Frame, int]]:
    found: dict[Frame, int] = {}
    taken: set[Hashable] = set()
    for place in places:
        blocks = set()
        for frame in place:
            block, rest = divmod(numbers[frame] - start, stride)
            blocks.add(block if by_place else rest)
            found[frame] = rest if by_place else block
        if len(blocks) != 1 or blocks & taken:
            return None
        taken |= blocks
    return found if max(found.values()) < count and min(found.values()) >= 0 else None


def _laid_over(line: np.ndarray, rhythm: np.ndarray) -> list[int]:
    count, present = len(rhythm), len(line)
    if comb(count, present) > MOST_WAYS:
        return _nearest(line, rhythm)
    step = float(np.median(np.abs(np.diff(rhythm)))) or 1.0
    best, chosen = np.inf, list(range(present))
    for ways in itertools.combinations(range(count), present):
        expected = rhythm[list(ways)]
        square = float(expected @ expected)
        scale = float(line @ expected) / square if square else 1.0
        if scale <= 0:
            continue
        # A heart beats somewhat faster or slower, not twice as fast.
        cost = float(np.abs(line - scale * expected).mean()) / step + abs(float(np.log(scale)))
        if cost < best - 1e-9:
            best, chosen = cost, list(ways)
    return chosen


def _nearest(line: np.ndarray, rhythm: np.ndarray) -> list[int]:
    """One after the other, each the nearest that leaves enough for the rest."""
    chosen: list[int] = []
    for n, time in enumerate(line):
        first = chosen[-1] + 1 if chosen else 0
        last = len(rhythm) - (len(line) - n)
        chosen.append(first + int(np.abs(rhythm[first : last + 1] - time).argmin()))
    return chosen
