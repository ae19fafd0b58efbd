"""The segments of a segmentation object, as PS3.3 C.8.20.4 describes them.

Read with pydicom alone: Slicer brings highdicom only from 5.12, and the description of segments is a flat sequence that
needs no more than this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional, Union

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore.codes import Code, codes_of, first_code
from DICOMTutorialHelperLib.explore.datasets import PathLike, items_of, read_dataset, text_of, value_of


@dataclass(frozen=True)
class Segment:
    """One segment. ``rgb`` are the recommended colour's red, green and blue, 0 to 255, None where the object has none."""

    number: int
    label: str
    category: Optional[Code]
    type: Optional[Code]
    type_modifiers: list[Code] = field(default_factory=list)
    regions: list[Code] = field(default_factory=list)
    region_modifiers: list[Code] = field(default_factory=list)
    algorithm_type: str = ""
    algorithm_name: str = ""
    rgb: Optional[tuple[int, int, int]] = None
    description: str = ""
    tracking_uid: str = ""
    frames: int = 0


@dataclass(frozen=True)
class Segmentation:
    """A segmentation object: its segments and the series they were made from."""

    segments: list[Segment]
    segmentation_type: str
    referenced_series: list[str]


def read_segmentation(source: Union[PathLike, Dataset]) -> Segmentation:
    """The segments of a SEG object. Raises UnreadableFile, and ValueError where the object has no segments."""
    dataset = source if isinstance(source, Dataset) else read_dataset(source, pixels=False)
    if not items_of(dataset, "SegmentSequence"):
        raise ValueError("the object has no SegmentSequence (0062,0002)")
    frames = _frames_of_segments(dataset)
    segments = [_segment(item, frames) for item in items_of(dataset, "SegmentSequence")]
    series = [text_of(item, "SeriesInstanceUID") for item in items_of(dataset, "ReferencedSeriesSequence")]
    return Segmentation(segments, text_of(dataset, "SegmentationType"), series)


def _segment(item: Dataset, frames: dict[int, int]) -> Segment:
    number = _number(item, "SegmentNumber")
    kind = (items_of(item, "SegmentedPropertyTypeCodeSequence") or [Dataset()])[0]
    regions = items_of(item, "AnatomicRegionSequence")
    return Segment(
        number=number,
        label=text_of(item, "SegmentLabel"),
        category=first_code(item, "SegmentedPropertyCategoryCodeSequence"),
        type=first_code(item, "SegmentedPropertyTypeCodeSequence"),
        type_modifiers=codes_of(kind, "SegmentedPropertyTypeModifierCodeSequence"),
        regions=codes_of(item, "AnatomicRegionSequence"),
        region_modifiers=[code for region in regions for code in codes_of(region, "AnatomicRegionModifierSequence")],
        algorithm_type=text_of(item, "SegmentAlgorithmType"),
        algorithm_name=text_of(item, "SegmentAlgorithmName"),
        rgb=_rgb(value_of(item, "RecommendedDisplayCIELabValue")),
        description=text_of(item, "SegmentDescription"),
        tracking_uid=text_of(item, "TrackingUID"),
        frames=frames.get(number, 0),
    )


def _frames_of_segments(dataset: Dataset) -> dict[int, int]:
    """What is shared holds for every frame that says nothing of its own (PS3.3 C.7.6.16)."""
    counts: dict[int, int] = {}
    shared = [number for groups in items_of(dataset, "SharedFunctionalGroupsSequence") for number in _segments_of(groups)]
    for groups in items_of(dataset, "PerFrameFunctionalGroupsSequence"):
        for number in _segments_of(groups) or shared:
            counts[number] = counts.get(number, 0) + 1
    return counts


def _segments_of(groups: Dataset) -> list[int]:
    return [_number(item, "ReferencedSegmentNumber") for item in items_of(groups, "SegmentIdentificationSequence")]


def _number(dataset: Dataset, keyword: str) -> int:
    text = text_of(dataset, keyword)
    return int(text) if text.isascii() and text.isdigit() else 0


def _rgb(encoded: Any) -> Optional[tuple[int, int, int]]:
    """sRGB of a CIELab value in DICOM's 16-bit encoding (PS3.3 C.10.7.1.1), D50 adapted to sRGB's D65 (Bradford)."""
    try:
        values = [float(value) for value in encoded]
    except (TypeError, ValueError):
        return None
    if len(values) != 3:
        return None
    lightness = values[0] * 100 / 65535
    a, b = (value * 255 / 65535 - 128 for value in values[1:])
    fy = (lightness + 16) / 116
    xyz = [white * _inverse(f) for white, f in zip((0.9642, 1.0, 0.8249), (fy + a / 500, fy, fy - b / 200))]
    matrix = ((3.1338561, -1.6168667, -0.4906146), (-0.9787684, 1.9161415, 0.0334540), (0.0719453, -0.2289914, 1.4052427))
    linear = [sum(weight * value for weight, value in zip(row, xyz)) for row in matrix]
    return tuple(_gamma(value) for value in linear)  # type: ignore[return-value]


def _inverse(f: float) -> float:
    return f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29)


def _gamma(value: float) -> int:
    value = min(max(value, 0.0), 1.0)
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(encoded * 255)
