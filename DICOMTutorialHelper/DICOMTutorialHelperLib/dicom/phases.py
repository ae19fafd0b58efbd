"""Which of a series' images an incomplete place lacks: told by the pattern of the instance numbers, or by times."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Sequence
from math import comb
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import instance_order
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.slice_positions import SlicePosition

# Ways of leaving out images that are all tried; more are not looked through.
MOST_WAYS = 20_000

# How much worse than the best, in steps of the rhythm, times may fit what the numbers say.
ALLOWED_MISFIT = 0.2


def ordinals_by_number(places: Sequence[SlicePosition], count: int) -> Optional[dict[Frame, int]]:
    """Each frame's number (0 to count - 1) among the images of its place, from instance numbers that run without a gap.

    They run place by place, or volume by volume; None where they do neither. Frames of one multi-frame file are numbered by
    its own frames.
    """
    numbers = _running_numbers(places)
    if numbers is None:
        return None
    lowest = min(numbers.values())
    # They begin with 1, or with 0: lower numbers were lost only where there is room for them.
    for start in range(lowest, max(lowest - count, min(lowest, 1) - 1), -1):
        for stride, period in ((count, "place"), (len(places), "volume")):
            found = _on_lattice(places, numbers, start, stride, period == "place", count)
            if found:
                return found
    return None


def ordinals_of(
    lines: Sequence[SlicePosition], times: Optional[Sequence[Sequence[float]]], count: int, by_number: bool
) -> list[list[int]]:
    """For every place the numbers (0 to count - 1) of its images, which are in order, from their times, if there are any.

    Places that lack images are laid over the mean of those that lack none: times may be longer or shorter as a whole, as heart
    beats are, but keep their rhythm. Instance numbers decide where the times allow what they say.
    """
    numbered = ordinals_by_number(lines, count) if by_number else None
    whole = [line for line in times or () if len(line) == count]
    rhythm = np.mean(whole, axis=0) if whole else None
    found = []
    for n, line in enumerate(lines):
        said = None if numbered is None else [numbered[frame] for frame in line]
        if said is not None and any(later <= earlier for earlier, later in zip(said, said[1:])):
            said = None
        if len(line) == count:
            found.append(list(range(count)))
        elif times is None or rhythm is None:
            found.append(said or list(range(len(line))))
        else:
            found.append(_laid_over(np.asarray(times[n], float), rhythm, said))
    return found


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
    return found if max(found.values()) < count else None


def _laid_over(line: np.ndarray, rhythm: np.ndarray, said: Optional[list[int]]) -> list[int]:
    count, present = len(rhythm), len(line)
    if comb(count, present) > MOST_WAYS:
        return said or _nearest(line, rhythm)
    best = min(itertools.combinations(range(count), present), key=lambda way: round(_misfit(line, rhythm, way), 9))
    if said and _misfit(line, rhythm, said) <= _misfit(line, rhythm, best) + ALLOWED_MISFIT:
        return said
    return list(best)


def _misfit(line: np.ndarray, rhythm: np.ndarray, way: Sequence[int]) -> float:
    """How far times lie from those of a rhythm, in steps of it, at the best scale; and how far that scale is from none."""
    expected = rhythm[list(way)]
    square = float(expected @ expected)
    scale = float(line @ expected) / square if square else 1.0
    if scale <= 0:
        return float("inf")
    step = float(np.median(np.abs(np.diff(rhythm)))) or 1.0
    # A heart beats somewhat faster or slower, not twice as fast.
    return float(np.abs(line - scale * expected).mean()) / step + abs(math.log(scale))


def _nearest(line: np.ndarray, rhythm: np.ndarray) -> list[int]:
    """One after the other, each the nearest that leaves enough for the rest."""
    chosen: list[int] = []
    for n, time in enumerate(line):
        first = chosen[-1] + 1 if chosen else 0
        last = len(rhythm) - (len(line) - n)
        chosen.append(first + int(np.abs(rhythm[first : last + 1] - time).argmin()))
    return chosen
