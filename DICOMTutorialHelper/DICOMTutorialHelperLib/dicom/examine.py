"""Examination: from paths to patients' series, each with what can be loaded from it, what is best, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Optional, Union

import numpy as np

from DICOMTutorialHelperLib.collecting import collecting_paused
from DICOMTutorialHelperLib.dicom.attributes import instance_order, value_text
from DICOMTutorialHelperLib.dicom.candidate import (
    SEQUENCE,
    VOLUME,
    Candidate,
    Examination,
    SequenceIndex,
    SeriesExamination,
    Stack,
)
from DICOMTutorialHelperLib.dicom.confidence import ALTERNATIVE, below, is_secondary_capture, rate
from DICOMTutorialHelperLib.dicom.duplicates import unique_instances
from DICOMTutorialHelperLib.dicom.files import find_dicom_files
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.dicom.headers import read_headers
from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane
from DICOMTutorialHelperLib.dicom.series_checks import CROSS_SECTIONS, check_series
from DICOMTutorialHelperLib.dicom.series_identity import SeriesFiles, gather_series
from DICOMTutorialHelperLib.dicom.splitting import SplitResult, split_series
from DICOMTutorialHelperLib.progress import Progress

# A sequence's frames are offered one by one, too, as long as a table of them can still be read.
MOST_SINGLE_FRAMES = 20


def examine_paths(
    paths: Iterable[Union[str, Path]], progress: Optional[Progress] = None, fill_missing: bool = True
) -> Examination:
    """Examine all files of the paths and below; files that are no image are listed with the reason, nothing raises."""
    files, skipped = find_dicom_files(paths)
    examination = examine_files(files, progress, fill_missing)
    return Examination(examination.series, skipped + examination.skipped)


def examine_files(
    files: Iterable[Union[str, Path]], progress: Optional[Progress] = None, fill_missing: bool = True
) -> Examination:
    """Examine exactly these files; series come in the order of patient, study and series number."""
    with collecting_paused():
        instances, skipped = read_headers([file if isinstance(file, Path) else Path(file) for file in files], progress)
        series = [_examine_series(files, fill_missing) for files in gather_series(instances)]
    _share_confidence(series)
    return Examination(sorted(series, key=_series_order), skipped)


def _series_order(series: SeriesExamination) -> tuple:
    number = series.get("SeriesNumber")
    return (
        str(series.get("PatientID", "")),
        str(series.get("StudyDate", "")),
        str(series.get("StudyInstanceUID", "")),
        number if isinstance(number, int) else 0,
        series.series_instance_uid,
    )


def _examine_series(files: SeriesFiles, fill_missing: bool) -> SeriesExamination:
    unique = unique_instances(files.instances)
    ordered = sorted(unique.instances, key=lambda instance: instance_order(instance.frames[0]))
    series = SeriesExamination(ordered, [], unique.skipped)
    series.candidates = _candidates(series, fill_missing)
    for candidate in series.candidates:
        candidate.findings += [*files.findings, *unique.findings]
    return series


def _share_confidence(series: Sequence[SeriesExamination]) -> None:
    """One highest confidence for all that is selected of a SeriesInstanceUID: Slicer would load only what is above the rest."""
    by_uid: dict[str, list[Candidate]] = {}
    for one in series:
        if one.series_instance_uid:
            by_uid.setdefault(one.series_instance_uid, []).extend(one.selected)
    for candidates in by_uid.values():
        best = max((candidate.confidence for candidate in candidates), default=0.0)
        for candidate in candidates:
            candidate.confidence = best


def _candidates(series: SeriesExamination, fill_missing: bool) -> list[Candidate]:
    frames = [frame for instance in series.instances for frame in instance.frames]
    placed = [frame for frame in frames if frame.plane is not None]
    unplaced = [frame for frame in frames if frame.plane is None]
    parts = split_series(placed, fill_missing) if placed else []
    if unplaced:
        lost = _split_unplaced(unplaced, excluded=bool(placed))
        if placed:
            names = sorted({frame.instance.path.name for frame in unplaced})
            evidence = {"reason": "some", "count": len(unplaced), "files": names}
            for part in parts:
                part.findings.append(Finding("missing-geometry", WARNING, evidence))
        parts += lost
    name = series_name(series)
    candidates = [_candidate(part, name) for part in parts]
    rate(candidates, [part.excluded for part in parts])
    for candidate in list(candidates):
        candidates += _single_frames(candidate)
    return candidates


def series_name(series: SeriesExamination) -> str:
    """As Slicer names a series: its number and its description."""
    description = value_text(series.get("SeriesDescription", "")) or "Unnamed Series"
    number = series.get("SeriesNumber")
    return description if number is None else f"{number}: {description}"


def _candidate(part: SplitResult, name: str) -> Candidate:
    stacks = [Stack(group, fit_grid(filled)) for group, filled in zip(part.groups, _without_holes(part.groups))]
    label = ", ".join(part.labels)
    findings = [*part.findings, *check_series(stacks, part.index is not None)]
    kind = VOLUME if part.index is None else SEQUENCE
    return Candidate(kind, f"{name} ({label})" if label else name, stacks, part.index, label, findings)


def _without_holes(groups: list[list[Optional[Frame]]]) -> list[list[Optional[Frame]]]:
    """The stacks of a sequence, each with another's frame of the same place where its own is missing: they share one geometry."""
    whole = [next((frame for frame in line if frame is not None), None) for line in zip(*groups)]
    return [[frame or other for frame, other in zip(group, whole)] for group in groups]


def _single_frames(sequence: Candidate) -> list[Candidate]:
    """The frames of a sequence as volumes of their own: alternatives, not selected."""
    index = sequence.index
    if index is None or sequence.kind != SEQUENCE or len(sequence.stacks) > MOST_SINGLE_FRAMES:
        return []
    singles = []
    for value, stack in zip(index.values, sequence.stacks):
        shown = int(value) if isinstance(value, float) and value.is_integer() else value
        label = f"{index.name} {shown}{' ' if index.unit else ''}{index.unit}"
        part = f"{sequence.part}, {label}" if sequence.part else label
        name = f"{sequence.name} [{label}]"
        confidence = below(sequence.confidence, ALTERNATIVE)
        singles.append(Candidate(VOLUME, name, [stack], None, part, list(check_series([stack], False)), confidence))
    return singles


def _split_unplaced(frames: list[Frame], excluded: bool) -> list[SplitResult]:
    """Frames without a position in the patient: projection images one by one, slices in the order of their numbers.

    Slices are stacked by SliceLocation, or evenly by thickness, and said to be guessed: distances across them prove nothing.
    """
    parts = []
    modality = frames[0].get("Modality", "")
    sizes: dict[tuple, list[Frame]] = {}
    for frame in frames:
        sizes.setdefault((frame.rows, frame.columns, frame.get("SamplesPerPixel")), []).append(frame)
    for size in sizes.values():
        if modality in CROSS_SECTIONS:
            finding = Finding("missing-geometry", ERROR, {"reason": "slices", "count": len(size)})
            labels = () if len(sizes) == 1 else (f"{size[0].columns} x {size[0].rows}",)
            parts.append(SplitResult([list(_stacked_by_guess(size))], None, labels, [finding], excluded))
            continue
        reason = "projection" if modality else "projection-of-no-modality"
        finding = Finding("missing-geometry", INFO, {"reason": reason, "count": len(size), "modality": modality})
        instances = list(dict.fromkeys(frame.instance for frame in size))
        if len(size) == len(instances) > 1 and is_secondary_capture(str(size[0].get("SOPClassUID", ""))):
            parts.append(_captures(size, [finding], excluded))
            continue
        for instance in instances:
            own = [_placed_at_origin(frame, 0.0) for frame in instance.frames]
            labels = (str(instance.get("InstanceNumber", instance.path.name)),) if len(instances) > 1 else ()
            parts.append(SplitResult([[frame] for frame in own], _cine_index(own), labels, [finding], excluded))
    return parts


def _captures(frames: list[Frame], findings: list[Finding], excluded: bool) -> SplitResult:
    """Secondary captures of one size (pages of a report, screens of a workstation) as one sequence to leaf through."""
    ordered = sorted(frames, key=instance_order)
    index = SequenceIndex("InstanceNumber", "", [float(n + 1) for n in range(len(ordered))])
    return SplitResult([[_placed_at_origin(frame, 0.0)] for frame in ordered], index, (), findings, excluded)


def _cine_index(frames: list[Frame]) -> Optional[SequenceIndex]:
    """The index of a cine loop (ultrasound, angiography): time where the header has it, else the frame's number."""
    if len(frames) < 2:
        return None
    vector = frames[0].get("FrameTimeVector")
    if isinstance(vector, tuple) and len(vector) == len(frames):
        return SequenceIndex("FrameTime", "ms", [round(float(time), 6) for time in np.cumsum(vector)])
    step = frames[0].get("FrameTime")
    if isinstance(step, (int, float)) and step > 0:
        return SequenceIndex("FrameTime", "ms", [round(step * n, 6) for n in range(len(frames))])
    return SequenceIndex("FrameNumber", "", [float(n + 1) for n in range(len(frames))])


def _stacked_by_guess(frames: list[Frame]) -> list[Frame]:
    locations = [frame.get("SliceLocation") for frame in frames]
    known = all(isinstance(location, (int, float)) for location in locations)
    if known and len(set(locations)) == len(frames):
        pairs = sorted(zip(locations, range(len(frames))))
        return [_placed_at_origin(frames[n], float(location)) for location, n in pairs]
    thickness = frames[0].get("SpacingBetweenSlices") or frames[0].get("SliceThickness") or 1.0
    ordered = sorted(frames, key=instance_order)
    return [_placed_at_origin(frame, abs(float(thickness)) * n) for n, frame in enumerate(ordered)]


def _placed_at_origin(frame: Frame, height: float) -> Frame:
    return replace(
        frame,
        plane=ImagePlane(
            position_lps=np.array([0.0, 0.0, height]),
            row_lps=np.array([1.0, 0.0, 0.0]),
            column_lps=np.array([0.0, 1.0, 0.0]),
            pixel_spacing=frame.pixel_spacing or (1.0, 1.0),
        ),
    )
