"""What tells the stacks of a sequence apart, where several frames share every position: settings, times, both, or repeats."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from DICOMTutorialHelperLib.dicom.attributes import (
    ACQUISITION,
    ACQUISITION_TIME,
    CLOCKS,
    DIFFUSION,
    DIFFUSION_ROUGHLY,
    DIFFUSIONS,
    INSTANCE_NUMBER,
    ORDERS,
    PHILIPS_PHASE,
    SETTINGS,
    TEMPORAL_POSITION,
    TIMES,
    TRIGGER_TIME,
    Attribute,
    FrameValues,
    Value,
    index_values,
    instance_order,
)
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.phases import ordinals_by_number, ordinals_of
from DICOMTutorialHelperLib.dicom.slice_positions import SlicePosition

Key = tuple[Any, ...]

# A sequence may lack so much of its images that this part is there, however the holes lie.
MOSTLY_THERE = 0.75

# Volumes of acquisitions that hold less than this of all positions are volumes of their own, not a sequence with holes.
NEARLY_WHOLE = 0.9


@dataclass
class StackIndex:
    """How stacks are told apart: ``values`` name them in order, ``stacks`` hold each one's frames by number of the position."""

    attributes: tuple[Attribute, ...]
    values: list[Any]
    stacks: list[dict[int, Frame]]
    keys: list[Key]  # every attribute's value for each stack; equal ones are repeats

    @property
    def name(self) -> str:
        """The keywords of the attributes with " x " between them: the name of a SequenceIndex."""
        return " x ".join(attribute.name for attribute in self.attributes)

    @property
    def unit(self) -> str:
        """The unit of a single attribute, "" without one and for several."""
        return self.attributes[0].unit if len(self.attributes) == 1 else ""

    def label(self, number: int) -> str:
        """A stack as a person is told of it: "EchoTime 4.6 ms"."""
        return f"{self.name} {_shown(self.values[number])} {self.unit}".strip()


@dataclass
class _Volumes:
    """Frames by what tells them apart, and by position."""

    places: list[SlicePosition]
    by_key: dict[Key, dict[int, list[Frame]]]

    @property
    def is_unique(self) -> bool:
        return all(len(frames) == 1 for at in self.by_key.values() for frames in at.values())

    @property
    def is_complete(self) -> bool:
        """Whether every position has as many frames of a key as any other."""
        whole = len(self.places)
        return all(len(at) == whole and len(set(map(len, at.values()))) == 1 for at in self.by_key.values())

    @property
    def covered(self) -> list[int]:
        """Of every stack, at how many positions it has a frame."""
        found = []
        for at in self.by_key.values():
            counts = sorted((len(frames) for frames in at.values()), reverse=True)
            found += [sum(count > n for count in counts) for n in range(counts[0])]
        return found

    def are_mostly_whole(self, least: float = 0.5) -> bool:
        """Half of the stacks whole, or few images missing in all; and each stack with at least this part of the positions."""
        covered, whole = self.covered, len(self.places)
        half_are_whole = sum(count == whole for count in covered) * 2 >= len(covered)
        few_missing = sum(covered) >= MOSTLY_THERE * whole * len(covered)
        return (half_are_whole or few_missing) and min(covered) >= least * whole


def index_of_whole_stacks(places: list[SlicePosition], values: FrameValues) -> Optional[StackIndex]:
    """What gives stacks that lack nothing: settings alone or with repeats, times alone, both; None where nothing does."""
    settings = _settings(places, values)
    by_settings = _volumes(places, [values.of(attribute) for attribute in settings])
    if settings and (by_settings.is_unique or settings[0] in DIFFUSIONS):
        return _index(settings, by_settings, values) if by_settings.is_complete else None
    for time in TIMES:
        found = _volumes(places, [values.of(time), *(values.of(attribute) for attribute in settings)])
        if _is_time(time, places, values) and found.is_unique and found.is_complete:
            return _index([time, *settings], found, values)
    index = _by_two_times(places, values, settings) or (None if settings else _by_repeats(places, values))
    return index or _by_order(places, values, settings, ORDERS[:-1])


def index_of_torn_stacks(places: list[SlicePosition], values: FrameValues) -> Optional[StackIndex]:
    """As for whole stacks, where some lack slices: an exam that was stopped, files that were lost."""
    settings = _settings(places, values)
    by_settings = _volumes(places, [values.of(attribute) for attribute in settings])
    if settings and (by_settings.is_unique or settings[0] in DIFFUSIONS) and by_settings.are_mostly_whole():
        return _index(settings, _with_ordinals(by_settings), values)
    for time in TIMES:
        least = NEARLY_WHOLE if time is ACQUISITION else 0.5
        found = _volumes(places, [values.of(time), *(values.of(attribute) for attribute in settings)])
        if _is_time(time, places, values) and found.is_unique and found.are_mostly_whole(least):
            return _index([time, *settings], found, values)
    return None


def index_by_order(places: list[SlicePosition], values: FrameValues) -> Optional[StackIndex]:
    """Told apart at every position by time or number only: the n-th ones make a stack.

    Torn stacks count where they are mostly whole, or where the frames to be set aside otherwise were most of all.
    """
    settings = _settings(places, values)
    index = _by_order(places, values, settings, ORDERS)
    at_any_cost = sum(map(len, places)) > 2 * len(places)
    for however_torn, order in itertools.product((False, True) if at_any_cost else (False,), ORDERS):
        index = index or _by_aligned_order(places, values, settings, order, however_torn)
    return index


def _is_time(time: Attribute, places: list[SlicePosition], values: FrameValues) -> bool:
    known = values.of(time)
    return not any(known[frame] is None for place in places for frame in place)


def _volumes(places: list[SlicePosition], columns: Sequence[dict[Frame, Value]]) -> _Volumes:
    by_key: dict[Key, dict[int, list[Frame]]] = {}
    for number, place in enumerate(places):
        for frame in place:
            key = tuple(column[frame] for column in columns)
            by_key.setdefault(key, {}).setdefault(number, []).append(frame)
    return _Volumes(places, by_key)


def _settings(places: list[SlicePosition], values: FrameValues) -> list[Attribute]:
    """The settings in which frames of one position differ, each beyond those before it, and alike at all positions."""
    chosen: list[Attribute] = []
    before = 1
    for attribute in (*SETTINGS[:1], DIFFUSION_ROUGHLY, *SETTINGS[1:]):
        if attribute is DIFFUSION_ROUGHLY and (DIFFUSION in chosen or not values.vary(DIFFUSION)):
            continue
        if not values.vary(attribute):
            continue
        columns = [values.of(one) for one in (*chosen, attribute)]
        if not _differ_within(places, columns, before):
            continue
        found = _volumes(places, columns)
        if len(places) > 1 and sum(map(len, places)) <= 0.5 * len(found.covered) * len(places):
            continue  # other values at every position: no setting of whole stacks
        chosen.append(attribute)
        before = max(_kinds_at(place, columns) for place in places)
    return chosen


def _kinds_at(place: SlicePosition, columns) -> int:
    return len({tuple(column[frame] for column in columns) for frame in place})


def _differ_within(places, columns, before: int) -> bool:
    return any(_kinds_at(place, columns) > max(1, _kinds_at(place, columns[:-1])) for place in places if len(place) > 1)


def _by_two_times(places: list[SlicePosition], values: FrameValues, settings: list[Attribute]) -> Optional[StackIndex]:
    """Two that count, none alone: the heart's phase and the dynamic, say."""
    counters = [time for time in TIMES if time not in CLOCKS and _is_time(time, places, values)]
    own = [values.of(attribute) for attribute in settings]
    varying = [time for time in counters if len({values.of(time)[frame] for place in places for frame in place}) > 1]
    for number, one in enumerate(varying):
        for other in varying[number + 1 :]:
            found = _volumes(places, [values.of(one), values.of(other), *own])
            if found.is_unique and found.is_complete:
                return _index([one, other, *settings], found, values)
    return None


def _by_repeats(places: list[SlicePosition], values: FrameValues) -> Optional[StackIndex]:
    """Each time with several images: label and control of spin labelling, or directions of flow, without a word on which."""
    for time in (TEMPORAL_POSITION, TRIGGER_TIME, PHILIPS_PHASE):
        found = _volumes(places, [values.of(time)])
        if _is_time(time, places, values) and len(found.by_key) > 1 and found.is_complete and not found.is_unique:
            return _index([time], found, values)
    return None


def _by_order(places, values: FrameValues, settings: list[Attribute], orders) -> Optional[StackIndex]:
    by_settings = _volumes(places, [values.of(attribute) for attribute in settings])
    if not by_settings.is_complete:
        return None
    if settings and len({len(at[0]) for at in by_settings.by_key.values()}) > 1:
        return _index(settings, by_settings, values)
    for order in orders:
        if order in settings or not _is_time(order, places, values):
            continue
        ranks = _ranks(by_settings, values.of(order))
        if ranks is None:
            continue
        index = _ranked(places, values, settings, order, ranks)
        if index:
            return index
    return None


def _ranks(by_settings: _Volumes, known: dict[Frame, Value]) -> Optional[dict[Frame, int]]:
    """Each frame's rank among those of its position and settings; None where some are equal."""
    ranks: dict[Frame, int] = {}
    for at in by_settings.by_key.values():
        for frames in at.values():
            if len({known[frame] for frame in frames}) < len(frames):
                return None
            for rank, frame in enumerate(sorted(frames, key=known.__getitem__)):
                ranks[frame] = rank
    return ranks


def _by_aligned_order(
    places, values: FrameValues, settings: list[Attribute], order: Attribute, however_torn: bool
) -> Optional[StackIndex]:
    """As by order, where positions lack frames: which ones is told by numbers that run on, or by the rhythm of the times."""
    if order in settings or not _is_time(order, places, values):
        return None
    known = values.of(order)
    by_settings = _volumes(places, [values.of(attribute) for attribute in settings])
    if _ranks(by_settings, known) is None:
        return None
    ranks: dict[Frame, int] = {}
    for at in by_settings.by_key.values():
        lines = [sorted(frames, key=known.__getitem__) for frames in at.values()]
        times = None if order is INSTANCE_NUMBER else [[known[frame] for frame in line] for line in lines]
        ordinals = ordinals_of(lines, times, max(map(len, lines)), by_number=not settings)
        for line, own in zip(lines, ordinals):
            ranks.update(zip(line, own))
    found = _volumes(places, [ranks, *(values.of(attribute) for attribute in settings)])
    if not found.is_unique or not (however_torn or found.are_mostly_whole()):
        return None
    return _ranked(places, values, settings, order, ranks)


def _with_ordinals(volumes: _Volumes) -> _Volumes:
    """Repeats of one setting with holes, each with its number in place of the rank where the instance numbers tell it."""
    whole = max(sum(len(at.get(n, ())) for at in volumes.by_key.values()) for n in range(len(volumes.places)))
    ordinals = ordinals_by_number(volumes.places, whole)
    if volumes.is_unique or ordinals is None:
        return volumes
    by_key: dict[Key, dict[int, list[Frame]]] = {}
    for key, at in volumes.by_key.items():
        for number, frames in at.items():
            for frame in frames:
                by_key.setdefault((*key, ordinals[frame]), {})[number] = [frame]
    return _Volumes(volumes.places, by_key)


def _ranked(places, values: FrameValues, settings, order: Attribute, ranks: dict[Frame, int]) -> Optional[StackIndex]:
    """An index of the n-th frames; each one's value is the earliest among them."""
    count = max(ranks.values()) + 1
    if order is INSTANCE_NUMBER:
        worth: list[Value] = list(range(1, count + 1))
    else:
        known = values.of(order)
        worth = [min((known[frame] for frame, rank in ranks.items() if rank == n), default=None) for n in range(count)]
        if None in worth or len(set(worth)) < count:
            return None
    column = {frame: worth[rank] for frame, rank in ranks.items()}
    found = _volumes(places, [column, *(values.of(attribute) for attribute in settings)])
    return _index([order, *settings], found, values)


def _index(attributes: Sequence[Attribute], volumes: _Volumes, values: FrameValues) -> StackIndex:
    """The index of these volumes in the order of the measurement, with a label for each."""
    width = len(attributes)
    stacks: list[tuple[Key, dict[int, Frame]]] = []
    for key, at in volumes.by_key.items():
        in_order = {number: sorted(frames, key=instance_order) for number, frames in at.items()}
        for repeat in range(max(map(len, at.values()))):
            line = {number: frames[repeat] for number, frames in in_order.items() if len(frames) > repeat}
            stacks.append((key[:width], line))
    numbers_only = width == 1 and all(isinstance(key[0], (int, float)) for key, _ in stacks)
    if numbers_only and len({key for key, _ in stacks}) == len(stacks):
        stacks.sort(key=lambda stack: stack[0])
    elif _is_plain_weighting(attributes, stacks):
        stacks.sort(key=lambda stack: stack[0][0][0])
    else:
        order = _order_of_measurement(attributes, stacks, volumes.places, values)
        stacks = [stacks[n] for n in order]
    columns = [index_values(attribute, [key[n] for key, _ in stacks]) for n, attribute in enumerate(attributes)]
    labels = _labels(attributes, columns)
    return StackIndex(tuple(attributes), labels, [line for _, line in stacks], [key for key, _ in stacks])


def _is_plain_weighting(attributes: Sequence[Attribute], stacks) -> bool:
    """Diffusion with different b-values and no directions: a number each, in rising order."""
    if len(attributes) > 1 or attributes[0] not in DIFFUSIONS:
        return False
    weightings = [key[0] for key, _ in stacks]
    return None not in weightings and len(set(weightings)) == len(stacks) and not any(direction for _, direction in weightings)


def _order_of_measurement(attributes, stacks, places: list[SlicePosition], values: FrameValues) -> list[int]:
    """Numbers of the stacks by the mean of their frames' ranks at each position.

    There frames are in order of their acquisition times where these tell all apart, else of their time, setting and number.
    """
    ordered_times = [n for n, attribute in enumerate(attributes) if attribute in TIMES or attribute in ORDERS]
    first_seen: dict[tuple[int, Value], int] = {}
    keys: dict[Frame, tuple] = {}
    by_number = sorted(range(len(stacks)), key=lambda n: min(instance_order(frame) for frame in stacks[n][1].values()))
    for n in by_number:
        for column, value in enumerate(stacks[n][0]):
            first_seen.setdefault((column, value), len(first_seen))
    numeric = [
        column
        for column in range(len(attributes))
        if all(isinstance(key[column], (int, float)) for key, _ in stacks) and (len(attributes) > 1 or column in ordered_times)
    ]
    alone = len(attributes) == 1 and attributes[0] not in TIMES and attributes[0] not in ORDERS
    for key, line in stacks:
        parts = [value if column in numeric else first_seen[(column, value)] for column, value in enumerate(key) if not alone]
        for frame in line.values():
            keys[frame] = (*parts, instance_order(frame))
    clock = values.of(ACQUISITION_TIME)
    timed = _is_time(ACQUISITION_TIME, places, values) and all(
        len({clock[frame] for frame in place}) == len(place) for place in places
    )
    ranks: dict[Frame, int] = {}
    for place in places:
        for rank, frame in enumerate(sorted(place, key=lambda frame: (clock[frame] if timed else 0, keys[frame]))):
            ranks[frame] = rank
    means = [sum(ranks[frame] for frame in line.values()) / len(line) for _, line in stacks]
    return sorted(range(len(stacks)), key=lambda n: (means[n], n))


def _labels(attributes: Sequence[Attribute], columns: list[list[Any]]) -> list[Any]:
    """A value a stack: the number or text itself, or one text of several with their units; equal ones are counted."""
    if len(columns) == 1:
        plain = columns[0]
        if len(set(map(_shown, plain))) == len(plain) and len({isinstance(value, str) for value in plain}) == 1:
            return plain
        labels = [_shown(value) for value in plain]
    else:
        labels = [
            ", ".join(_with_unit(value, attribute.unit) for attribute, value in zip(attributes, line)) for line in zip(*columns)
        ]
    seen: Counter = Counter()
    counted = []
    for label in labels:
        seen[label] += 1
        counted.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return counted


def _with_unit(value: object, unit: str) -> str:
    return _shown(value) if value == "-" else f"{_shown(value)} {unit}".strip()


def _shown(value: object) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"
