"""Slices along a line: which frames share a place, which places are missing, where one stack ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import STACK, instance_order
from DICOMTutorialHelperLib.dicom.geometry import is_regular, slice_normal_lps
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.nearby import near_leads
from DICOMTutorialHelperLib.dicom.tolerances import SAME_POSITION_MM, STACK_GAP_IN_SPACINGS

SlicePosition = list[Frame]  # all frames of one position, by instance number
SIDES = (("left", "right"), ("posterior", "anterior"), ("superior", "inferior"))  # towards +, - of LPS


def slice_positions(frames: Sequence[Frame]) -> list[SlicePosition]:
    """Placed frames of one orientation gathered by position, in the order of the slice normal."""
    if len(frames) == 1:
        return [list(frames)]
    positions = np.array([frame.placed.position_lps for frame in frames])
    along = (positions @ slice_normal_lps(frames[0])).tolist()
    order = sorted(range(len(frames)), key=lambda n: (along[n], instance_order(frames[n])))
    places: dict[int, SlicePosition] = {}
    for n, lead in zip(order, near_leads(positions[order], SAME_POSITION_MM)):
        places.setdefault(lead, []).append(frames[n])
    for place in places.values():
        place.sort(key=instance_order)
    return list(places.values())


def distances_along_normal(places: Sequence[SlicePosition]) -> np.ndarray:
    """Position of every place along the slice normal, mm (n,)."""
    normal = slice_normal_lps(places[0][0])
    return np.array([place[0].placed.position_lps @ normal for place in places])


def usual_gap(gaps: np.ndarray) -> float:
    """The most frequent of distances between neighbours, mm (n,) with n > 0; the smaller one of two that are as frequent."""
    ordered = np.sort(gaps)
    first = np.searchsorted(ordered, ordered - SAME_POSITION_MM, "left")
    counts = np.searchsorted(ordered, ordered + SAME_POSITION_MM, "right") - first
    gap = ordered[int(np.argmax(counts))]
    return float(np.mean(gaps[np.abs(gaps - gap) <= SAME_POSITION_MM]))


def with_holes(places: Sequence[SlicePosition]) -> Optional[list[Optional[SlicePosition]]]:
    """The places on a regular grid, None where a slice is missing; None altogether where the gaps are not missing slices.

    Gaps are missing slices where they are whole multiples of the usual distance and the exception: a scan that changes its
    spacing on the way has many larger gaps, or several in a row.
    """
    if len(places) < 3:
        return None
    distances = distances_along_normal(places)
    gaps = np.diff(distances)
    spacing = usual_gap(gaps)
    if spacing <= SAME_POSITION_MM:
        return None
    multiples = np.rint(gaps / spacing).astype(int)
    larger = multiples > 1
    if (multiples < 1).any() or not larger.any():
        return None
    if larger.sum() * 2 > len(gaps) or _longest_run(multiples) >= 4 or (multiples - 1).sum() > len(places):
        return None
    layers: list[Optional[SlicePosition]] = [places[0]]
    for place, multiple in zip(places[1:], multiples):
        layers += [None] * (int(multiple) - 1) + [place]
    return layers if is_regular([place[0] if place else None for place in layers]) else None


def side_by_side(places: Sequence[SlicePosition]) -> Optional[list[list[SlicePosition]]]:
    """Stacks that share positions along the normal but lie beside each other in plane; None where there is one."""
    distances = distances_along_normal(places)
    if len(places) < 2 or (np.diff(distances) > SAME_POSITION_MM).all():
        return None
    normal = slice_normal_lps(places[0][0])
    in_plane = np.array([place[0].placed.position_lps for place in places]) - distances[:, None] * normal
    by_lead: dict[int, list[SlicePosition]] = {}
    for place, lead in zip(places, near_leads(in_plane, SAME_POSITION_MM)):
        by_lead.setdefault(lead, []).append(place)
    stacks = list(by_lead.values())
    return stacks if all(is_regular([place[0] for place in stack]) for stack in stacks) else None


def separate_stacks(places: Sequence[SlicePosition]) -> Optional[list[list[SlicePosition]]]:
    """The stacks that lie one behind the other along the normal, with a gap that is no missing slice; None where there is one.

    Told by their StackID, or by their gap: between equal sagittal stacks (both breasts, both knees), one that is no multiple
    of the spacing, or one wider than all the slices there are.
    """
    if len(places) < 4:
        return None
    distances = distances_along_normal(places)
    gaps = np.diff(distances)
    spacing = usual_gap(gaps)
    cuts = [n + 1 for n in np.flatnonzero(gaps > STACK_GAP_IN_SPACINGS * spacing - SAME_POSITION_MM)]
    if not cuts or len(cuts) > 3:
        return None
    runs = [list(places[a:b]) for a, b in zip([0, *cuts], [*cuts, len(places)])]
    if min(len(run) for run in runs) < 2 or not all(is_regular([place[0] for place in run]) for run in runs):
        return None
    spacings = [float(np.diff(distances_along_normal(run)).mean()) for run in runs]
    if max(spacings) - min(spacings) > SAME_POSITION_MM:
        return None
    wide = gaps[[cut - 1 for cut in cuts]] / spacing
    identifiers = [{STACK.value(place[0]) for place in run} for run in runs]
    named_apart = all(len(names) == 1 for names in identifiers) and len(set.union(*identifiers)) == len(runs)
    sagittal_pair = len(runs) == 2 and len(runs[0]) == len(runs[1]) and abs(slice_normal_lps(places[0][0])[0]) > 0.7
    no_multiple = (np.abs(wide - np.rint(wide)) * spacing > SAME_POSITION_MM).any()
    too_wide = (wide - 1).sum() > len(places)
    return runs if named_apart or sagittal_pair or no_multiple or too_wide else None


def side_names(runs: Sequence[Sequence[SlicePosition]]) -> list[str]:
    """What to call stacks that lie behind or beside each other: by side where there are two, else "1", "2", ..."""
    if len(runs) != 2:
        return [str(number) for number in range(1, len(runs) + 1)]
    centres = [np.mean([place[0].placed.position_lps for place in run], axis=0) for run in runs]
    axis = int(np.argmax(np.abs(centres[1] - centres[0])))
    towards_plus, towards_minus = SIDES[axis]
    first_is_plus = centres[0][axis] > centres[1][axis]
    return [towards_plus, towards_minus] if first_is_plus else [towards_minus, towards_plus]


def _longest_run(multiples: np.ndarray) -> int:
    """How many equal larger gaps follow each other at the most."""
    longest = run = 0
    for n, multiple in enumerate(multiples):
        run = (run + 1 if n and multiple == multiples[n - 1] else 1) if multiple > 1 else 0
        longest = max(longest, run)
    return longest
