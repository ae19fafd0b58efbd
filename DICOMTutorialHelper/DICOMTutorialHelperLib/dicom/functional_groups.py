"""The frames of an instance, with geometry and values of each, from functional groups if there are any (PS3.3 C.7.6.16)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Optional

import numpy as np
from pydicom.datadict import tag_for_keyword

from DICOMTutorialHelperLib.dicom.group_elements import Elements, MacroValues
from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane, Instance
from DICOMTutorialHelperLib.dicom.mosaic import tiles_of
from DICOMTutorialHelperLib.dicom.multi_frame_positions import place_classic_frames
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue

# Functional group macro -> its elements that decisions need, each with the classic keyword it stands for.
MACROS = {
    "PlanePositionSequence": {"ImagePositionPatient": "ImagePositionPatient"},
    "PlaneOrientationSequence": {"ImageOrientationPatient": "ImageOrientationPatient"},
    "PixelMeasuresSequence": {
        "PixelSpacing": "PixelSpacing",
        "SliceThickness": "SliceThickness",
        "SpacingBetweenSlices": "SpacingBetweenSlices",
    },
    "PixelValueTransformationSequence": {
        "RescaleSlope": "RescaleSlope",
        "RescaleIntercept": "RescaleIntercept",
        "RescaleType": "RescaleType",
    },
    "FrameVOILUTSequence": {
        "WindowCenter": "WindowCenter",
        "WindowWidth": "WindowWidth",
        "WindowCenterWidthExplanation": "WindowCenterWidthExplanation",
    },
    "FrameContentSequence": {
        "StackID": "StackID",
        "InStackPositionNumber": "InStackPositionNumber",
        "TemporalPositionIndex": "TemporalPositionIdentifier",
        "FrameAcquisitionDateTime": "AcquisitionDateTime",
        "FrameReferenceDateTime": "FrameReferenceDateTime",
        "FrameAcquisitionNumber": "AcquisitionNumber",
        "DimensionIndexValues": "DimensionIndexValues",
    },
    "TemporalPositionSequence": {"TemporalPositionTimeOffset": "TemporalPositionTimeOffset"},
    "CardiacSynchronizationSequence": {"NominalCardiacTriggerDelayTime": "TriggerTime"},
    "MREchoSequence": {"EffectiveEchoTime": "EchoTime"},
    "MRTimingAndRelatedParametersSequence": {"FlipAngle": "FlipAngle"},
    "MRModifierSequence": {"InversionTimes": "InversionTime"},
    "MRDiffusionSequence": {"DiffusionBValue": "DiffusionBValue", "DiffusionDirectionality": "DiffusionDirectionality"},
    "MRArterialSpinLabelingSequence": {"ASLContext": "ASLContext"},
    "MRVelocityEncodingSequence": {"VelocityEncodingDirection": "VelocityEncodingDirection"},
    "MRImageFrameTypeSequence": {"FrameType": "ImageType", "ComplexImageComponent": "ComplexImageComponent"},
    "CTImageFrameTypeSequence": {"FrameType": "ImageType"},
    "CTXRayDetailsSequence": {"KVP": "KVP"},
    "CTReconstructionSequence": {"ConvolutionKernel": "ConvolutionKernel"},
}
MACRO_TAGS = {tag: macro for macro in MACROS if (tag := tag_for_keyword(macro)) is not None}
# The gradient's direction lies one sequence deeper (PS3.3 C.8.13.5.9).
DIRECTIONS, DIRECTION = "DiffusionGradientDirectionSequence", "DiffusionGradientOrientation"
REGION_KEYWORDS = ("PhysicalUnitsXDirection", "PhysicalUnitsYDirection", "PhysicalDeltaX", "PhysicalDeltaY")

# Bytes as the key of directions: 0.0 and -0.0 are equal, and not the same.
_SIX = struct.Struct("6d").pack


class FrameGroups:
    """Functional groups of a data set, and whether it has a Modality LUT; damaged sequences count as absent, and are noted."""

    def __init__(self, elements: Elements, refused: list[RefusedValue], manufacturer: str = "") -> None:
        self._elements = elements
        self._refused = refused
        self._manufacturer = manufacturer
        shared = self._items("SharedFunctionalGroupsSequence")
        self._shared = self._group_values(shared[0]) if shared else {}
        self._per_frame = self._items("PerFrameFunctionalGroupsSequence")
        self._ultrasound_spacing = self._spacing_of_region()
        self.count = len(self._per_frame)
        self.has_modality_lut = bool(self._items("ModalityLUTSequence"))

    def frames_of(self, instance: Instance, count: int) -> Iterator[Frame]:
        """The frames of an instance, each with the values and the geometry of its groups."""
        rows, columns = instance.values["Rows"], instance.values["Columns"]
        frames = []
        for number in range(count):
            values = dict(self._shared)
            if number < len(self._per_frame):
                values.update(self._group_values(self._per_frame[number]))
            frame = Frame(instance, number, rows, columns, values)
            frame.pixel_spacing = self._pixel_spacing(frame)
            frame.plane = _plane(frame)
            frames.append(frame)
        if count > 1 and not self._per_frame:
            place_classic_frames(frames, self._elements.dataset)
        yield from (tiles_of(frames[0], self._elements) if count == 1 else []) or frames

    def _items(self, keyword: str) -> Sequence[Elements]:
        """Items of a sequence of the data set; none where it is absent, is no sequence or cannot be read."""
        items = self._elements.items(keyword)
        if items is None:
            self._refused.append(RefusedValue(keyword, "", reason="unreadable"))
        return items or ()

    def _group_values(self, group: Elements) -> dict[str, Any]:
        values = dict(group.private_values(self._manufacturer))
        for macro in group.macros(MACRO_TAGS, _macro_values):
            values.update(macro.values)
            self._refused += macro.refused
        return values

    def _pixel_spacing(self, frame: Frame) -> Optional[tuple[float, float]]:
        """Distance between rows, then between columns, in mm; what stands for PixelSpacing in other images, too."""
        for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
            spacing = frame.get(keyword)
            if spacing is not None:
                return float(spacing[0]), float(spacing[1])
        return self._ultrasound_spacing

    def _spacing_of_region(self) -> Optional[tuple[float, float]]:
        regions = self._items("SequenceOfUltrasoundRegions")
        if not regions:
            return None
        region: dict[str, Any] = {}
        for keyword in REGION_KEYWORDS:
            _take(regions[0], keyword, keyword, region, self._refused)
        if region.get("PhysicalUnitsXDirection") != 3 or region.get("PhysicalUnitsYDirection") != 3:
            return None
        if "PhysicalDeltaX" not in region or "PhysicalDeltaY" not in region:
            return None
        return abs(region["PhysicalDeltaY"]) * 10, abs(region["PhysicalDeltaX"]) * 10  # given in cm (C.8.5.5.1.15)


def _macro_values(macro: str, group: Elements) -> MacroValues:
    """What the macro of a functional group says."""
    read = MacroValues({}, [])
    items = group.items(macro)
    if items is None:
        read.refused.append(RefusedValue(macro, "", reason="unreadable"))
    if not items:
        return read
    for keyword, name in MACROS[macro].items():
        _take(items[0], keyword, name, read.values, read.refused)
    if macro == "MRDiffusionSequence":
        directions = items[0].items(DIRECTIONS)
        if directions is None:
            read.refused.append(RefusedValue(DIRECTIONS, "", reason="unreadable"))
        if directions:
            _take(directions[0], DIRECTION, DIRECTION, read.values, read.refused)
    return read


def _take(item: Elements, keyword: str, name: str, values: dict[str, Any], refused: list[RefusedValue]) -> None:
    value, refusal = item.value(keyword)
    if value is not None:
        values[name] = value
    if refusal is not None:
        refused.append(refusal)


def _plane(frame: Frame) -> Optional[ImagePlane]:
    """Where a frame lies: position and orientation, or nothing. A pixel of unknown size is taken as 1 mm (said by a finding)."""
    position, orientation = frame.get("ImagePositionPatient"), frame.get("ImageOrientationPatient")
    if position is None or orientation is None:
        return None
    return ImagePlane(np.array(position, float), *_directions(_SIX(*orientation)), frame.pixel_spacing or (1.0, 1.0))


@lru_cache(maxsize=64)
def _directions(six: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Row and column direction: the same for all frames that share them, and not to be changed."""
    directions = np.frombuffer(six)
    return directions[:3], directions[3:]
