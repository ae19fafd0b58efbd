"""How the frames of one series are read: as which volumes and sequences, set aside or not, and why.

Splits combine criteria, and one is made only where it yields better volumes: frames of one orientation, matrix and spacing
stay together while their positions allow; only where frames share positions, or positions make no grid, does examination look
for what tells them apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import (
    ACQUISITION,
    IMAGE_TYPE,
    KINDS,
    SPLITS,
    VELOCITY,
    Attribute,
    FrameValues,
    index_values,
    instance_order,
    value_text,
)
from DICOMTutorialHelperLib.dicom.candidate import SequenceIndex
from DICOMTutorialHelperLib.dicom.findings import INFO, Finding
from DICOMTutorialHelperLib.dicom.geometry import is_regular, slice_normal_lps
from DICOMTutorialHelperLib.dicom.geometry_groups import GeometryGroup, geometry_groups
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.slice_positions import (
    SlicePosition,
    distances_along_normal,
    separate_stacks,
    side_by_side,
    side_names,
    slice_positions,
    with_holes,
)
from DICOMTutorialHelperLib.dicom.split_findings import (
    duplicate_positions,
    file_names,
    index_findings,
    missing_images,
    missing_slices,
    uneven_spacing,
)
from DICOMTutorialHelperLib.dicom.stack_index import (
    StackIndex,
    index_by_order,
    index_of_torn_stacks,
    index_of_whole_stacks,
)
from DICOMTutorialHelperLib.dicom.tolerances import SAME_POSITION_MM

LOCALIZER_WORDS = {"LOCALIZER", "SCOUT", "TOPOGRAM", "SCANOGRAM", "SURVEY"}
FLAWS = {"duplicate-positions", "uneven-spacing", "missing-slices"}


@dataclass
class SplitResult:
    """A volume (one group) or a sequence (a group a value of ``index``); groups hold frames in slice order, None for holes."""

    groups: list[list[Optional[Frame]]]
    index: Optional[SequenceIndex] = None
    labels: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    excluded: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether every position has one frame and the positions are evenly spaced, without a hole."""
        return not any(finding.code in FLAWS for finding in self.findings)


def split_series(frames: Sequence[Frame], fill_missing: bool = True) -> list[SplitResult]:
    """The parts that a series is best read as; those set aside last. Every frame must be placed (have a position)."""
    groups = geometry_groups(frames)
    localizers = _localizers(frames, groups)
    if localizers:
        aside = set(map(id, localizers))
        groups = geometry_groups([frame for frame in frames if id(frame) not in aside])
    parts = _split_groups(groups, fill_missing)
    if localizers:
        finding = Finding("localizer-set-aside", INFO, {"count": len(localizers), "files": file_names(localizers)})
        for part in parts:
            part.findings.append(finding)
        for part in _split_groups(geometry_groups(localizers), fill_missing):
            part.labels = ("localizer", *part.labels)
            part.excluded = True
            parts.append(part)
    return [part for part in parts if not part.excluded] + [part for part in parts if part.excluded]


def _localizers(frames: Sequence[Frame], groups: Sequence[GeometryGroup]) -> list[Frame]:
    """The localizers among frames: by their ImageType, or one to three frames across a stack of ten or more."""
    localizers = [frame for frame in frames if LOCALIZER_WORDS & {str(part).upper() for part in _image_type(frame)}]
    if localizers:
        return [] if len(localizers) == len(frames) else localizers
    main = max((group.frames for group in groups), key=len)
    if len(main) < 10:
        return []
    normal = slice_normal_lps(main[0])
    small = [group.frames for group in groups if len(group.frames) <= 3]
    return [frame for group in small if abs(slice_normal_lps(group[0]) @ normal) < 0.5 for frame in group]


def _image_type(frame: Frame) -> tuple:
    value = frame.get("ImageType", ())
    return value if isinstance(value, tuple) else (value,)


def _split_groups(groups: Sequence[GeometryGroup], fill_missing: bool) -> list[SplitResult]:
    parts = []
    for group in groups:
        for part in _split_group(group.frames, FrameValues(group.frames), fill_missing):
            part.labels = group.labels + part.labels
            part.findings = group.findings + part.findings
            parts.append(part)
    return parts


def _split_group(frames: Sequence[Frame], values: FrameValues, fill_missing: bool, depth: int = 3) -> list[SplitResult]:
    places = slice_positions(frames)
    if len(places) == len(frames):
        return _split_unique(places, values, fill_missing)
    whole = index_of_whole_stacks(places, values)
    if depth and not (whole and whole.attributes in ((IMAGE_TYPE,), (VELOCITY,))):
        parts = _first_split(KINDS, frames, places, values, fill_missing, depth)
        if parts:
            return parts
    index = whole or index_of_torn_stacks(places, values)
    if index:
        return _sequences(index, places, values, fill_missing)
    if depth:
        parts = _first_split(SPLITS, frames, places, values, fill_missing, depth)
        if parts:
            return parts
    index = index_by_order(places, values)
    if index:
        return _sequences(index, places, values, fill_missing)
    return _without_duplicates(places, values, fill_missing)


def _first_split(attributes, frames, places, values: FrameValues, fill_missing: bool, depth: int) -> list[SplitResult]:
    for attribute in attributes:
        parts = _split_by(attribute, frames, places, values, fill_missing, depth)
        if parts:
            return parts
    return []


def _split_unique(places: list[SlicePosition], values: FrameValues, fill_missing: bool) -> list[SplitResult]:
    """Frames that all have a position of their own: one stack where they make a grid, else what explains why they do not."""
    runs = side_by_side(places) or separate_stacks(places)
    if runs:
        names = side_names(runs)
        gaps = [_gap_mm(a, b) for a, b in zip(runs, runs[1:])]
        finding = Finding("split-by-stack", INFO, {"count": len(runs), "gap_mm": max(gaps), "parts": names})
        return [SplitResult([[place[0] for place in run]], labels=(name,), findings=[finding]) for run, name in zip(runs, names)]
    frames = [place[0] for place in places]
    if is_regular(frames):
        return [SplitResult([list(frames)])]
    layers = with_holes(places)
    if layers:
        finding = missing_slices(layers, fill_missing)
        return [SplitResult([[place[0] if place else None for place in layers if place or fill_missing]], findings=[finding])]
    for attribute in (*KINDS, *SPLITS):
        groups = grouped(attribute, frames, values)
        if groups and len(groups) <= 8 and all(len(group) >= 3 for group in groups.values()):
            ordered = [sorted(group, key=frames.index) for group in groups.values()]
            if _interleaved(ordered) and all(map(is_regular, ordered)):
                parts = [SplitResult([list(group)]) for group in ordered]
                return [_named(attribute, groups, n, part, len(places), values) for n, part in enumerate(parts)]
    return [SplitResult([list(frames)], findings=[uneven_spacing(places)])]


def grouped(attribute: Attribute, frames: Sequence[Frame], values: FrameValues) -> dict[Hashable, list[Frame]]:
    """Frames by their value of an attribute, numbers in order, words as they come; empty where one lacks it, or all agree."""
    groups: dict[Hashable, list[Frame]] = {}
    if not values.vary(attribute):
        return groups
    known = values.of(attribute)
    for frame in sorted(frames, key=instance_order):
        groups.setdefault(known[frame], []).append(frame)
    if len(groups) < 2 or (None in groups and attribute is not VELOCITY):
        return {}
    if all(isinstance(value, (int, float)) for value in groups):
        return dict(sorted(groups.items()))
    return groups


def _sequences(found: StackIndex, places: list[SlicePosition], values: FrameValues, fill_missing: bool) -> list[SplitResult]:
    """A sequence for each stack that the places make: two where the breasts lie in stacks of their own."""
    at_place = {id(frame): number for number, place in enumerate(places) for frame in place}
    parts = []
    for stack in _split_unique([place[:1] for place in places], values, fill_missing):
        layers = [None if frame is None else at_place[id(frame)] for frame in stack.groups[0]]
        lines = [[None if layer is None else by_place.get(layer) for layer in layers] for by_place in found.stacks]
        kept = [n for n, line in enumerate(lines) if any(frame is not None for frame in line)]
        index = SequenceIndex(found.name, found.unit, [found.values[n] for n in kept])
        findings = [*stack.findings, *index_findings(found, kept, sum(layer is not None for layer in layers))]
        lost = missing_images(found, lines, layers)
        parts.append(SplitResult([lines[n] for n in kept], index, stack.labels, findings + ([lost] if lost else [])))
    return parts


def _split_by(attribute: Attribute, frames, places, values: FrameValues, fill_missing: bool, depth: int) -> list[SplitResult]:
    """Parts by the values of an attribute, where each is a sound one of its own; empty where that explains nothing."""
    groups = grouped(attribute, frames, values)
    if not 2 <= len(groups) <= 12 or not _differ_at_places(attribute, places, values):
        return []
    parts: list[list[SplitResult]] = []
    for group in groups.values():
        if len(group) < min(3, len(places)):
            return []
        read = _split_group(group, values, fill_missing, depth - 1)
        if not all(part.is_sound or part.index for part in read):
            return []
        parts.append(read)
    return [_named(attribute, groups, number, part, len(places), values) for number, read in enumerate(parts) for part in read]


def _differ_at_places(attribute: Attribute, places: list[SlicePosition], values: FrameValues) -> bool:
    known = values.of(attribute)
    return any(len({known[frame] for frame in place}) > 1 for place in places)


def _named(attribute: Attribute, groups, number: int, part: SplitResult, slices: int, values: FrameValues) -> SplitResult:
    """A part with the value that makes it one as its label, and the finding that says so."""
    names = [value_text(value) for value in index_values(attribute, list(groups))]
    evidence: dict[str, Any] = {"attribute": attribute.name, "count": len(groups), "slices": slices, "values": names}
    if attribute is ACQUISITION:
        evidence["reason"] = "" if _mostly_share_places(groups) else "parts"
    part.labels = (names[number], *part.labels)
    part.findings = [Finding(attribute.code, INFO, evidence), *part.findings]
    return part


def _mostly_share_places(groups: dict[Hashable, list[Frame]]) -> bool:
    """Whether stacks were taken of one region, rather than of regions that follow each other."""
    spans = sorted(_span(group) for group in groups.values())
    shared = [min(one[1], other[1]) - other[0] for one, other in zip(spans, spans[1:])]
    shortest = min(high - low for low, high in spans)
    return all(length > 0.5 * shortest for length in shared)


def _without_duplicates(places: list[SlicePosition], values: FrameValues, fill_missing: bool) -> list[SplitResult]:
    """The first frame of every position, and the others, which differ from it, beside them: set aside, not lost."""
    finding = duplicate_positions(places)
    parts = _split_unique([place[:1] for place in places], values, fill_missing)
    for part in parts:
        part.findings.append(finding)
    others = [frame for place in places for frame in place[1:]]
    for part in _split_group(others, values, fill_missing, depth=0):
        part.labels = ("repeated slices", *part.labels)
        part.findings.append(finding)
        part.excluded = True
        parts.append(part)
    return parts


def _span(frames: list[Frame]) -> tuple[float, float]:
    distances = distances_along_normal([[frame] for frame in frames])
    return float(distances.min()), float(distances.max())


def _interleaved(groups: list[list[Frame]]) -> bool:
    """Whether the stacks lie among each other: stacks that follow each other are better kept whole."""
    spans = sorted(map(_span, groups))
    return any(following[0] < before[1] - SAME_POSITION_MM for before, following in zip(spans, spans[1:]))


def _gap_mm(one: list[SlicePosition], other: list[SlicePosition]) -> float:
    return round(float(np.linalg.norm(other[0][0].placed.position_lps - one[-1][0].placed.position_lps)), 3)
