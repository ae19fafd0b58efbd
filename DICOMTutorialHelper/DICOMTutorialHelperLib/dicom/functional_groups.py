"""The frames of an instance, with geometry and values of each, from functional groups if there are any (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Optional

import numpy as np
import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane, Instance
from DICOMTutorialHelperLib.dicom.mosaic import tiles_of
from DICOMTutorialHelperLib.dicom.multi_frame_positions import place_classic_frames
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value
from DICOMTutorialHelperLib.dicom.private_elements import private_values
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, checked_value

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
MACRO_TAGS = {tag_for_keyword(macro): macro for macro in MACROS}


class FrameGroups:
    """Functional groups of a data set, and whether it has a Modality LUT; damaged sequences count as absent, and are noted."""

    def __init__(self, dataset: Dataset, refused: list[RefusedValue], manufacturer: str = "") -> None:
        self._dataset = dataset
        self._refused = refused
        self._manufacturer = manufacturer
        shared = self._items(dataset, "SharedFunctionalGroupsSequence")
        self._shared = self._group_values(shared[0]) if shared else {}
        self._per_frame = self._items(dataset, "PerFrameFunctionalGroupsSequence")
        self._ultrasound_spacing = self._spacing_of_region(dataset)
        self.count = len(self._per_frame)
        self.has_modality_lut = bool(self._items(dataset, "ModalityLUTSequence"))

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
            place_classic_frames(frames, self._dataset)
        yield from (tiles_of(frames[0], self._dataset) if count == 1 else []) or frames

    def _items(self, dataset: Dataset, keyword: str) -> Sequence[Dataset]:
        """Items of a sequence; none where it is absent, is no sequence or cannot be read."""
        try:
            items = dataset.get(keyword)
        except VALUE_ERRORS:
            items = b""
        if items is None or isinstance(items, pydicom.Sequence):
            return items or ()
        self._refused.append(RefusedValue(keyword, "", reason="unreadable"))
        return ()

    def _group_values(self, group: Dataset) -> dict[str, Any]:
        values = private_values(group, self._manufacturer)
        for tag in list(group.keys()):
            macro = MACRO_TAGS.get(tag)
            if macro is None:
                continue
            items = self._items(group, macro)
            if not items:
                continue
            item = items[0]
            for keyword, name in MACROS[macro].items():
                self._take(item, keyword, name, values)
            if macro == "MRDiffusionSequence":
                directions = self._items(item, "DiffusionGradientDirectionSequence")
                if directions:
                    self._take(directions[0], "DiffusionGradientOrientation", "DiffusionGradientOrientation", values)
        return values

    def _take(self, item: Dataset, keyword: str, name: str, values: dict[str, Any]) -> None:
        value, refused = value_of(item, keyword)
        if value is not None:
            values[name] = value
        if refused is not None:
            self._refused.append(refused)

    def _pixel_spacing(self, frame: Frame) -> Optional[tuple[float, float]]:
        """Distance between rows, then between columns, in mm; what stands for PixelSpacing in other images, too."""
        for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
            spacing = frame.get(keyword)
            if spacing is not None:
                return float(spacing[0]), float(spacing[1])
        return self._ultrasound_spacing

    def _spacing_of_region(self, dataset: Dataset) -> Optional[tuple[float, float]]:
        regions = self._items(dataset, "SequenceOfUltrasoundRegions")
        if not regions:
            return None
        region: dict[str, Any] = {}
        for keyword in ("PhysicalUnitsXDirection", "PhysicalUnitsYDirection", "PhysicalDeltaX", "PhysicalDeltaY"):
            self._take(regions[0], keyword, keyword, region)
        if region.get("PhysicalUnitsXDirection") != 3 or region.get("PhysicalUnitsYDirection") != 3:
            return None
        if "PhysicalDeltaX" not in region or "PhysicalDeltaY" not in region:
            return None
        return abs(region["PhysicalDeltaY"]) * 10, abs(region["PhysicalDeltaX"]) * 10  # given in cm (C.8.5.5.1.1)


def value_of(item: Dataset, keyword: str) -> tuple[Any, Optional[RefusedValue]]:
    """The checked value of an element of an item; None where it is absent, empty or refused."""
    try:
        value = plain_value(item.get(keyword), dictionary_VR(keyword))
    except VALUE_ERRORS:
        return checked_value(keyword, None)
    return (None, None) if value is None else checked_value(keyword, value)


def _plane(frame: Frame) -> Optional[ImagePlane]:
    """Where a frame lies: position and orientation, or nothing. A pixel of unknown size is taken as 1 mm (said by a finding)."""
    position, orientation = frame.get("ImagePositionPatient"), frame.get("ImageOrientationPatient")
    if position is None or orientation is None:
        return None
    directions = np.array(orientation, float)
    return ImagePlane(np.array(position, float), directions[:3], directions[3:], frame.pixel_spacing or (1.0, 1.0))
