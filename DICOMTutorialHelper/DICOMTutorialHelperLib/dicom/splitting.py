"""How the frames of one series are read: as which volumes and sequences, set aside or not, and why.

Splits combine criteria, and one is made only where it yields better volumes: frames of one orientation, matrix and spacing
stay together while their positions allow; only where frames share positions, or positions make no grid, does examination look
for what tells them apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import SPLITS, Attribute, index_values
from DICOMTutorialHelperLib.dicom.candidate import SequenceIndex
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.geometry import is_regular, slice_normal_lps
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.slice_positions import (
    SlicePosition,
    distances_along_normal,
    separate_stacks,
    side_by_side,
    side_names,
    slice_positions,
    usual_gap,
    with_holes,
)
from DICOMTutorialHelperLib.dicom.stack_index import (
    StackIndex,
    grouped,
    index_by_order,
    index_of_equal_stacks,
    index_of_unequal_stacks,
)
from DICOMTutorialHelperLib.dicom.tolerances import SAME_ORIENTATION, SAME_POSITION_MM, SAME_SPACING_CORNER_MM

LOCALIZER_WORDS = {"LOCALIZER", "SCOUT", "TOPOGRAM", "SCANOGRAM", "SURVEY"}
PLANES = ("sagittal", "coronal", "axial")
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
    def sound(self) -> bool:
        return not any(finding.code in FLAWS for finding in self.findings)

    @property
    def frame_count(self) -> int:
        return sum(frame is not None for group in self.groups for frame in group)


def split_series(frames: Sequence[Frame], fill_missing: bool = True) -> list[SplitResult]:
    """The parts that a series is best read as; those set aside last. Every frame must be placed (have a position)."""
    kept, localizers = _without_localizers(frames)
    parts = _split_groups(kept, fill_missing)
    if localizers:
        named = _file_names(localizers)
        finding = Finding("localizer-set-aside", INFO, {"count": len(localizers), "files": named})
        for part in parts:
            part.findings.append(finding)
        for part in _split_groups(localizers, fill_missing):
            part.labels = ("localizer", *part.labels)
            part.excluded = True
            parts.append(part)
    return parts


def _without_localizers(frames: Sequence[Frame]) -> tuple[list[Frame], list[Frame]]:
    """Frames but localizers, and localizers: by their ImageType, or one to three frames across a stack of ten or more."""
    localizers = [frame for frame in frames if LOCALIZER_WORDS & {str(part).upper() for part in _image_type(frame)}]
    if len(localizers) == len(frames):
        return list(frames), []
    if not localizers:
        groups = sorted(_geometry_groups(frames), key=len)
        main = groups[-1]
        for group in groups[:-1]:
            across = abs(slice_normal_lps(group[0]) @ slice_normal_lps(main[0])) < 0.5
            if len(group) <= 3 and len(main) >= 10 and across:
                localizers += group
    kept = set(map(id, localizers))
    return [frame for frame in frames if id(frame) not in kept], localizers


def _image_type(frame: Frame) -> tuple:
    value = frame.get("ImageType", ())
    return value if isinstance(value, tuple) else (value,)


def _geometry_groups(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Frames gathered by orientation, matrix, spacing and colour, in the order they come."""
    groups: list[list[Frame]] = []
    for frame in frames:
        for group in groups:
            if _same_geometry(group[0], frame):
                group.append(frame)
                break
        else:
            groups.append([frame])
    return groups


def _same_orientation(one: Frame, other: Frame) -> bool:
    return bool(
        np.abs(one.plane.row_lps - other.plane.row_lps).max() < SAME_ORIENTATION
        and np.abs(one.plane.column_lps - other.plane.column_lps).max() < SAME_ORIENTATION
    )


def _same_size(one: Frame, other: Frame) -> bool:
    if (one.rows, one.columns) != (other.rows, other.columns):
        return False
    by_row, by_column = (abs(a - b) for a, b in zip(one.plane.pixel_spacing, other.plane.pixel_spacing))
    return by_row * one.rows < SAME_SPACING_CORNER_MM and by_column * one.columns < SAME_SPACING_CORNER_MM


def _same_geometry(one: Frame, other: Frame) -> bool:
    same_samples = one.get("SamplesPerPixel", 1) == other.get("SamplesPerPixel", 1)
    return same_samples and _same_size(one, other) and _same_orientation(one, other)


def _split_groups(frames: Sequence[Frame], fill_missing: bool) -> list[SplitResult]:
    groups = _geometry_groups(frames)
    orientations: list[Frame] = []
    for group in groups:
        if not any(_same_orientation(group[0], other) for other in orientations):
            orientations.append(group[0])
    planes = [plane_name(group[0]) for group in groups]
    parts = []
    for number, group in enumerate(groups):
        labels: tuple[str, ...] = ()
        findings = []
        if len(orientations) > 1:
            labels += (planes[number] if planes.count(planes[number]) == 1 else f"{planes[number]} {number + 1}",)
            findings.append(Finding("split-by-orientation", INFO, {"count": len(orientations), "planes": planes}))
        if len(groups) > len(orientations):
            labels += (f"{group[0].columns} x {group[0].rows}",)
            sizes = [f"{other[0].columns} x {other[0].rows}" for other in groups]
            findings.append(Finding("split-by-size", INFO, {"count": len(groups), "sizes": sizes}))
        for part in _split_group(group, fill_missing):
            part.labels = labels + part.labels
            part.findings = findings + part.findings
            parts.append(part)
    return parts


def plane_name(frame: Frame) -> str:
    """axial, coronal or sagittal: the plane nearest to the frame's own."""
    return PLANES[int(np.argmax(np.abs(slice_normal_lps(frame))))]


def _split_group(frames: Sequence[Frame], fill_missing: bool, depth: int = 2) -> list[SplitResult]:
    places = slice_positions(frames)
    if len(places) == len(frames):
        return _split_unique(places, fill_missing)
    index = index_of_equal_stacks(frames, places) or index_of_unequal_stacks(frames, places)
    if index:
        return _sequence_result(index, places, fill_missing)
    if depth:
        for attribute in SPLITS:
            parts = _split_by(attribute, frames, places, fill_missing, depth)
            if parts:
                return parts
    index = index_by_order(places)
    if index:
        return _sequence_result(index, places, fill_missing)
    return _without_duplicates(places, fill_missing)


def _split_unique(places: list[SlicePosition], fill_missing: bool) -> list[SplitResult]:
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
        finding = _missing_slices(layers, fill_missing)
        return [SplitResult([[place and place[0] for place in layers if place or fill_missing]], findings=[finding])]
    for attribute in SPLITS:
        groups = grouped(attribute, frames)
        if groups and len(groups) <= 8 and all(len(group) >= 3 and is_regular(group) for group in groups.values()):
            ordered = [sorted(group, key=frames.index) for group in groups.values()]
            if _interleaved(ordered):
                return [_split_part(attribute, groups, n, SplitResult([group])) for n, group in enumerate(ordered)]
    return [SplitResult([list(frames)], findings=[_uneven_spacing(places)])]


def _sequence_result(found: StackIndex, places: list[SlicePosition], fill_missing: bool) -> list[SplitResult]:
    """A sequence for each stack that the places make: two where the breasts lie in stacks of their own."""
    attribute = found.attribute
    evidence = {"attribute": attribute.name, "count": len(found.stacks), "slices": len(places), "values": found.values}
    reason = Finding(attribute.code, INFO, evidence)
    at_place = {id(frame): number for number, place in enumerate(places) for frame in place}
    parts = []
    for stack in _split_unique([place[:1] for place in places], fill_missing):
        layers = [None if frame is None else at_place[id(frame)] for frame in stack.groups[0]]
        values, lines, lost, short = [], [], 0, []
        for number, (value, frames) in enumerate(zip(found.values, found.stacks)):
            by_place = {at_place[id(frame)]: frame for frame in frames}
            line = [None if layer is None else by_place.get(layer) for layer in layers]
            missing = sum(frame is None and layer is not None for frame, layer in zip(line, layers))
            lost += missing
            if missing:
                short.append(number + 1)
            if any(frame is not None for frame in line):
                values.append(value)
                lines.append(line)
        findings = [*stack.findings, reason]
        if lost:
            findings.append(Finding("missing-slices", WARNING, {"reason": "frames", "count": lost, "frames": short}))
        parts.append(SplitResult(lines, SequenceIndex(attribute.name, attribute.unit, values), stack.labels, findings))
    return parts


def _split_by(attribute: Attribute, frames, places, fill_missing: bool, depth: int) -> list[SplitResult]:
    """Parts by the values of an attribute, where each is a sound one of its own; empty where that explains nothing."""
    groups = grouped(attribute, frames)
    if not 2 <= len(groups) <= 12:
        return []
    parts = []
    for number, group in enumerate(groups.values()):
        if len(group) < min(3, len(places)):
            return []
        read = _split_group(group, fill_missing, depth - 1)
        if not all(part.sound for part in read):
            return []
        parts += [_split_part(attribute, groups, number, part) for part in read]
    return parts


def _split_part(attribute: Attribute, groups: dict[Hashable, list[Frame]], number: int, part: SplitResult) -> SplitResult:
    names = [str(value) for value in index_values(attribute, list(groups.values()))]
    evidence = {"attribute": attribute.name, "count": len(groups), "parts": names}
    part.labels = (names[number], *part.labels)
    part.findings = [Finding(attribute.code, INFO, evidence), *part.findings]
    return part


def _without_duplicates(places: list[SlicePosition], fill_missing: bool) -> list[SplitResult]:
    dropped = [frame for place in places for frame in place[1:]]
    distances = distances_along_normal(places)
    evidence = {
        "count": len(dropped),
        "positions_mm": [round(float(d), 2) for d, place in zip(distances, places) if len(place) > 1],
        "files": _file_names(dropped),
    }
    parts = _split_unique([place[:1] for place in places], fill_missing)
    for part in parts:
        part.findings.append(Finding("duplicate-positions", WARNING, evidence))
    return parts


def _interleaved(groups: list[list[Frame]]) -> bool:
    """Whether the stacks lie among each other: stacks that follow each other are better kept whole."""
    spans = []
    for group in groups:
        distances = distances_along_normal([[frame] for frame in group])
        spans.append((distances.min(), distances.max()))
    spans.sort()
    return any(following[0] < before[1] - SAME_POSITION_MM for before, following in zip(spans, spans[1:]))


def _gap_mm(one: list[SlicePosition], other: list[SlicePosition]) -> float:
    return round(float(np.linalg.norm(other[0][0].plane.position_lps - one[-1][0].plane.position_lps)), 3)


def _missing_slices(layers: list[Optional[SlicePosition]], filled: bool) -> Finding:
    holes = [k for k, place in enumerate(layers) if place is None]
    neighbours = []
    for k in holes:
        if layers[k - 1] is not None:
            after = next(place for place in layers[k:] if place)
            neighbours.append([layers[k - 1][0].instance.path.name, after[0].instance.path.name])
    evidence = {
        "reason": "" if filled else "not-filled",
        "count": len(holes),
        "of": len(layers),
        "slices": [k + 1 for k in holes],
        "between": neighbours,
    }
    return Finding("missing-slices", WARNING, evidence)


def _uneven_spacing(places: list[SlicePosition]) -> Finding:
    gaps = np.diff(distances_along_normal(places))
    usual = usual_gap(gaps)
    odd = [int(n) + 1 for n in np.flatnonzero(np.abs(gaps - usual) > SAME_POSITION_MM)]
    evidence = {
        "smallest_mm": round(float(gaps.min()), 3),
        "largest_mm": round(float(gaps.max()), 3),
        "usual_mm": round(usual, 3),
        "count": len(odd),
        "after_slices": odd,
    }
    jitter = not odd or float(np.abs(gaps - usual).max()) < 0.1 * usual
    return Finding("uneven-spacing", INFO if jitter else WARNING, evidence)


def _file_names(frames: Sequence[Frame]) -> list[str]:
    return sorted({frame.instance.path.name for frame in frames})
