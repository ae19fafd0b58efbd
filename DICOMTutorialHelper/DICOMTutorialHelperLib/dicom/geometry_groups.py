"""Frames that could lie in one volume: of one frame of reference, orientation, matrix, pixel size and kind of pixel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from DICOMTutorialHelperLib.dicom.attributes import value_text
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.geometry import slice_normal_lps
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.nearby import near_leads
from DICOMTutorialHelperLib.dicom.tolerances import SAME_ORIENTATION, SAME_SPACING_CORNER_MM

PLANES = ("sagittal", "coronal", "axial")


class GeometryGroup(NamedTuple):
    """Frames of one geometry and pixel kind; the labels that tell the group from the others, and the findings that say so."""

    frames: list[Frame]
    labels: tuple[str, ...]
    findings: list[Finding]


def plane_name(frame: Frame) -> str:
    """axial, coronal or sagittal: the anatomical plane nearest to the frame's own. Raises ValueError for one without a plane."""
    return PLANES[int(np.argmax(np.abs(slice_normal_lps(frame))))]


def geometry_groups(frames: Sequence[Frame]) -> list[GeometryGroup]:
    """The groups in the order in which their first frames come."""
    orientations = _orientation_numbers(frames)
    references = _references(frames)
    groups: dict[tuple, list[Frame]] = {}
    for frame, orientation in zip(frames, orientations):
        key = (references[frame], orientation, (frame.columns, frame.rows), pixel_kind(frame))
        groups.setdefault(key, []).append(frame)
    final: list[list[Frame]] = []
    details: list[tuple] = []
    for key, members in groups.items():
        for same_size in _by_pixel_size(members):
            for number, one_series in _by_series(same_size).items():
                final.append(one_series)
                details.append((*key, tuple(round(size, 4) for size in same_size[0].placed.pixel_spacing), number))
    return [GeometryGroup(*described) for described in zip(final, *_labels_and_findings(final, details))]


def _by_series(frames: list[Frame]) -> dict[str, list[Frame]]:
    """Frames of one geometry by series: two under one SeriesInstanceUID differ in number, or in description and time or protocol.

    What differs in every file tells nothing.
    """
    for keywords in (("SeriesNumber",), ("SeriesDescription", "SeriesTime"), ("SeriesDescription", "ProtocolName")):
        columns = [[value_text(frame.get(keyword, "")) for frame in frames] for keyword in keywords]
        if any(len(set(column)) == 1 for column in columns):
            continue
        groups: dict[tuple[str, ...], list[Frame]] = {}
        for frame, key in zip(frames, zip(*columns)):
            groups.setdefault(key, []).append(frame)
        if not 2 < len(groups) == len(frames):
            return _by_first_value(groups)
    return {"": frames}


def _by_first_value(groups: dict[tuple[str, ...], list[Frame]]) -> dict[str, list[Frame]]:
    merged: dict[str, list[Frame]] = {}
    for key, members in groups.items():
        merged.setdefault(key[0], []).extend(members)
    return merged


def pixel_kind(frame: Frame) -> str:
    """What numbers in the pixels stand for: PS3.3 C.7.6.3.1.2; ways to write red, green and blue are one."""
    interpretation = str(frame.get("PhotometricInterpretation", ""))
    if interpretation == "PALETTE COLOR":
        return interpretation
    if frame.get("SamplesPerPixel", 1) != 1:
        return "RGB"
    return "MONOCHROME1" if interpretation == "MONOCHROME1" else "MONOCHROME2"


def _orientation_numbers(frames: Sequence[Frame]) -> list[int]:
    if not frames:
        return []
    planes = [frame.placed for frame in frames]
    directions = np.hstack([[plane.row_lps for plane in planes], [plane.column_lps for plane in planes]])
    return near_leads(directions, SAME_ORIENTATION, np.inf)


def _references(frames: Sequence[Frame]) -> dict[Frame, str]:
    """FrameOfReferenceUID by frame: coordinates of two have nothing to do with each other (PS3.3 C.7.4.1.1.1).

    A UID for every file is none: some tools that de-identify make them so.
    """
    references = {frame: str(frame.get("FrameOfReferenceUID", "")) for frame in frames}
    named = {reference for reference in references.values() if reference}
    files = {id(frame.instance) for frame in frames}
    if len(named) < 2 or (len(named) == len(files) and len(files) > 2):
        return dict.fromkeys(frames, "")
    return references


def _by_pixel_size(frames: list[Frame]) -> list[list[Frame]]:
    """Frames of one matrix by pixel spacing: the same where the far corner moves by less than the tolerance."""
    far_corners = np.array([frame.placed.pixel_spacing for frame in frames]) * (frames[0].rows, frames[0].columns)
    groups: dict[int, list[Frame]] = {}
    for frame, lead in zip(frames, near_leads(far_corners, SAME_SPACING_CORNER_MM, np.inf)):
        groups.setdefault(lead, []).append(frame)
    return list(groups.values())


def _labels_and_findings(groups: list[list[Frame]], details: list[tuple]) -> tuple[list, list]:
    """Labels and findings, a pair of lists as long as the groups: each thing that differs is said by its own finding."""
    labels: list[tuple[str, ...]] = [() for _ in groups]
    findings: list[Finding] = []
    references, orientations, matrices, kinds, spacings, numbers = (list(dict.fromkeys(column)) for column in zip(*details))
    if len(references) > 1:
        findings.append(Finding("identity-mixed", WARNING, {"reason": "frame-of-reference", "count": len(references)}))
        _add(labels, [f"frame of reference {references.index(detail[0]) + 1}" for detail in details])
    if len(orientations) > 1:
        names = _orientation_names(groups, details)
        findings.append(Finding("split-by-orientation", INFO, {"count": len(orientations), "planes": list(names.values())}))
        _add(labels, [names[detail[1]] for detail in details])
    if len(matrices) > 1:
        sizes = [f"{columns} x {rows}" for columns, rows in matrices]
        findings.append(Finding("split-by-size", INFO, {"count": len(sizes), "sizes": sizes}))
        _add(labels, [f"{detail[2][0]} x {detail[2][1]}" for detail in details])
    if len(kinds) > 1:
        findings.append(Finding("split-by-photometric-interpretation", INFO, {"count": len(kinds), "kinds": kinds}))
        _add(labels, [detail[3] for detail in details])
    told_apart = Counter(detail[:4] for detail in details)
    if max(told_apart.values()) > 1 and len({detail[:5] for detail in details}) > len(told_apart):
        pixel_sizes = [f"{column:g} x {row:g} mm" for row, column in spacings]
        findings.append(Finding("split-by-size", INFO, {"reason": "pixels", "count": len(spacings), "sizes": pixel_sizes}))
        by_spacing = dict(zip(spacings, pixel_sizes))
        _add(labels, [by_spacing[detail[4]] for detail in details])
    if any(detail[5] for detail in details):
        findings.append(Finding("identity-mixed", WARNING, {"reason": "series", "count": len(numbers)}))
        _add(labels, [f"series {detail[5]}" if detail[5].isdigit() else detail[5] for detail in details])
    return labels, [list(findings) for _ in groups]


def _add(labels: list[tuple[str, ...]], names: list[str]) -> None:
    for number, name in enumerate(names):
        labels[number] += (name,) if name else ()


def _orientation_names(groups: list[list[Frame]], details: list[tuple]) -> dict[int, str]:
    """Name of every orientation: its plane, numbered where several lie nearest to one plane."""
    planes: dict[int, str] = {}
    for group, detail in zip(groups, details):
        planes.setdefault(detail[1], plane_name(group[0]))
    counts = Counter(planes.values())
    return {key: plane if counts[plane] == 1 else f"{plane} {n + 1}" for n, (key, plane) in enumerate(planes.items())}
