"""Where the frames of a multi-frame object without functional groups lie: it gives one position, and tells the rest otherwise.

Cone-beam exports (CT or Secondary Capture with NumberOfFrames) count on SpacingBetweenSlices or GridFrameOffsetVector; nuclear
medicine keeps the first slice's place in DetectorInformationSequence (PS3.3 C.8.4.11 and C.8.4.15).
"""

from __future__ import annotations

from collections.abc import Iterator, MutableSequence, Sequence
from typing import Any, Optional

import numpy as np
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.findings import WARNING, Finding
from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value

# Frames that follow each other in time are a cine loop of one place.
TIME_KEYWORDS = ("FrameTime", "FrameTimeVector")
TIME_POINTERS = {0x00181063, 0x00181065}

# Where slices are read from thickness alone: elsewhere a stack of frames is as likely a cine loop.
CROSS_SECTIONS = {"CT", "MR", "PT", "NM"}

RECONSTRUCTED = {"RECON TOMO", "RECON GATED TOMO"}


def place_classic_frames(frames: Sequence[Frame], dataset: Dataset) -> None:
    """Give every frame of one object a plane of its own, where the header says how they follow each other, or may mean it."""
    first = frames[0]
    plane, slices = first.plane, list(range(len(frames)))
    if _image_kind(first) in RECONSTRUCTED:
        plane = plane or _detector_plane(first, dataset)
        slices = _vector(dataset, "SliceVector", len(frames), slices, minimum=1)
        _note_time_slots(frames, dataset)
    elif _runs_in_time(first, dataset):
        return
    if plane is None:
        return
    offsets, placed_by = _offsets(first, dataset, slices)
    if offsets is None:
        return
    normal = np.cross(plane.row_lps, plane.column_lps)
    normal /= np.linalg.norm(normal)
    for frame, offset in zip(frames, offsets):
        position = plane.position_lps + offset * normal
        frame.plane = ImagePlane(position, plane.row_lps, plane.column_lps, plane.pixel_spacing)
        frame.placed_by = placed_by


def guessed_position_findings(frames: Sequence[Frame]) -> Iterator[Finding]:
    """That the slices of a multi-frame file lie where its spacing, or the thickness, would put them: the file does not say so."""
    first = frames[0]
    if first.placed_by in ("SpacingBetweenSlices", "SliceThickness"):
        spacing = abs(float(first.get(first.placed_by)))
        evidence = {
            "reason": "one-position",
            "count": len(first.instance.frames),
            "spacing_mm": spacing,
            "keyword": first.placed_by,
        }
        yield Finding("missing-geometry", WARNING, evidence)


def _offsets(first: Frame, dataset: Dataset, slices: Sequence[int]) -> tuple[Optional[list[float]], str]:
    """mm along the normal of every frame after the first slice, and the keyword where that is a guess."""
    vector = _value(dataset, "GridFrameOffsetVector", "DS")
    if isinstance(vector, tuple) and len(vector) == len(slices) and all(isinstance(offset, float) for offset in vector):
        return [offset - vector[0] for offset in vector], ""
    reconstructed = _image_kind(first) in RECONSTRUCTED
    spacing = first.get("SpacingBetweenSlices")
    if isinstance(spacing, (int, float)) and spacing:
        # Signed for nuclear medicine, where a negative one counts against the normal (PS3.3 C.8.4.15).
        step = float(spacing) if reconstructed else abs(float(spacing))
        return [step * number for number in slices], "" if reconstructed else "SpacingBetweenSlices"
    thickness = first.get("SliceThickness")
    if isinstance(thickness, (int, float)) and thickness and first.get("Modality") in CROSS_SECTIONS:
        return [abs(float(thickness)) * number for number in slices], "SliceThickness"
    return None, ""


def _runs_in_time(first: Frame, dataset: Dataset) -> bool:
    if any(first.get(keyword) is not None for keyword in TIME_KEYWORDS):
        return True
    try:
        pointers = dataset.get("FrameIncrementPointer")
    except PARSE_ERRORS:
        return False
    return bool(TIME_POINTERS & set(pointers if isinstance(pointers, MutableSequence) else [pointers]))


def _image_kind(frame: Frame) -> str:
    """The third value of ImageType, which says what a nuclear medicine image is (PS3.3 C.8.4.9.1.1)."""
    image_type = frame.get("ImageType")
    return str(image_type[2]) if isinstance(image_type, tuple) and len(image_type) > 2 and frame.get("Modality") == "NM" else ""


def _detector_plane(frame: Frame, dataset: Dataset) -> Optional[ImagePlane]:
    try:
        item = (dataset.get("DetectorInformationSequence") or [None])[0]
        position = None if item is None else plain_value(item.get("ImagePositionPatient"), "DS")
        orientation = None if item is None else plain_value(item.get("ImageOrientationPatient"), "DS")
    except PARSE_ERRORS:
        return None
    if not isinstance(position, tuple) or not isinstance(orientation, tuple) or frame.pixel_spacing is None:
        return None
    row, column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    if len(position) != 3 or len(orientation) != 6 or abs(np.linalg.norm(np.cross(row, column)) - 1) > 0.1:
        return None
    return ImagePlane(np.array(position, float), row, column, frame.pixel_spacing)


def _note_time_slots(frames: Sequence[Frame], dataset: Dataset) -> None:
    slots = _vector(dataset, "TimeSlotVector", len(frames), [], minimum=1)
    for frame, slot in zip(frames, slots):
        frame.values["TemporalPositionIdentifier"] = slot + 1


def _vector(dataset: Dataset, keyword: str, count: int, otherwise: list[int], minimum: int) -> list[int]:
    """An index vector (PS3.3 C.8.4.8), counted from 0; ``otherwise`` where it is absent or does not fit."""
    vector = _value(dataset, keyword, "US")
    if not isinstance(vector, tuple) or len(vector) != count or min(vector) < minimum:
        return otherwise
    return [int(number) - minimum for number in vector]


def _value(dataset: Dataset, keyword: str, vr: str) -> Any:
    try:
        return plain_value(dataset.get(keyword), vr)
    except PARSE_ERRORS:
        return None
