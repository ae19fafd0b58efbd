"""What tells the stacks of a sequence apart, where several frames share every position."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, Optional

from DICOMTutorialHelperLib.dicom.attributes import (
    ACQUISITION,
    CLOCKS,
    IMAGE_TYPE,
    INDICES,
    ORDERS,
    SETTINGS,
    Attribute,
    index_values,
    instance_order,
)
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.slice_positions import SlicePosition


class StackIndex(NamedTuple):
    """The attribute, its value for every stack, and the frames of every stack."""

    attribute: Attribute
    values: list[Any]
    stacks: list[list[Frame]]


def grouped(attribute: Attribute, frames: Sequence[Frame]) -> dict[Hashable, list[Frame]]:
    """Frames by their value of an attribute, numbers in order, words as they come; empty where one lacks it, or all agree."""
    groups: dict[Hashable, list[Frame]] = {}
    for frame in sorted(frames, key=instance_order):
        value = attribute.value(frame)
        if value is None:
            return {}
        groups.setdefault(value, []).append(frame)
    if len(groups) < 2:
        return {}
    if all(isinstance(value, (int, float)) for value in groups):
        return dict(sorted(groups.items()))
    return groups


def _partition(groups: dict[Hashable, list[Frame]]) -> set[frozenset[int]]:
    return {frozenset(map(id, group)) for group in groups.values()}


def index_of_equal_stacks(frames: Sequence[Frame], slice_positions: list[SlicePosition]) -> Optional[StackIndex]:
    """The first attribute whose every value has exactly one frame at every slice_position."""
    number = {id(frame): n for n, slice_position in enumerate(slice_positions) for frame in slice_position}
    for attribute in INDICES:
        groups = grouped(attribute, frames)
        if not groups or len(groups) * len(slice_positions) != len(frames):
            continue
        if any(len({number[id(frame)] for frame in group}) != len(slice_positions) for group in groups.values()):
            continue
        if attribute in CLOCKS:
            for setting in SETTINGS:
                other = grouped(setting, frames)
                if other and _partition(other) == _partition(groups):
                    attribute, groups = setting, other
                    break
        stacks = list(groups.values())
        return StackIndex(attribute, index_values(attribute, stacks), stacks)
    return None


def index_of_unequal_stacks(frames: Sequence[Frame], slice_positions: list[SlicePosition]) -> Optional[StackIndex]:
    """As for equal stacks, where some lack slices: an exam that was stopped, files that were lost.

    At least half of the stacks must be whole and each at least half: else they are volumes of their own.
    """
    number = {id(frame): n for n, slice_position in enumerate(slice_positions) for frame in slice_position}
    for attribute in INDICES:
        if attribute in (ACQUISITION, IMAGE_TYPE):
            continue
        groups = grouped(attribute, frames)
        covered = [{number[id(frame)] for frame in group} for group in groups.values()]
        if not groups or any(len(there) != len(group) for there, group in zip(covered, groups.values())):
            continue
        whole = sum(len(there) == len(slice_positions) for there in covered)
        if whole * 2 >= len(groups) and min(map(len, covered)) * 2 >= len(slice_positions):
            stacks = list(groups.values())
            return StackIndex(attribute, index_values(attribute, stacks), stacks)
    return None


def index_by_order(slice_positions: list[SlicePosition]) -> Optional[StackIndex]:
    """Equal numbers of frames at every position, told apart there by time or number only: the n-th ones make a stack."""
    count = len(slice_positions[0])
    if count < 2 or any(len(slice_position) != count for slice_position in slice_positions):
        return None
    for attribute in ORDERS:
        keys = [[attribute.value(frame) for frame in slice_position] for slice_position in slice_positions]
        if any(None in line or len(set(line)) < count for line in keys):
            continue
        ordered = [sorted(slice_position, key=attribute.value) for slice_position in slice_positions]
        stacks = [[slice_position[n] for slice_position in ordered] for n in range(count)]
        if attribute.code != "split-by-time":
            return StackIndex(attribute, list(range(1, count + 1)), stacks)
        earliest = [min(attribute.value(frame) for frame in stack) for stack in stacks]
        if len(set(earliest)) < count:
            continue
        start = earliest[0] if attribute in CLOCKS else 0
        return StackIndex(attribute, [round(value - start, 6) for value in earliest], stacks)
    return None
