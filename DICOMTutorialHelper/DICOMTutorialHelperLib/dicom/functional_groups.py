"""The frames of an instance, with geometry and values of each, from functional groups if there are any (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional

import numpy as np
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane, Instance
from DICOMTutorialHelperLib.dicom.plain_values import plain_value

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
    "MRImageFrameTypeSequence": {"FrameType": "ImageType", "ComplexImageComponent": "ComplexImageComponent"},
    "CTImageFrameTypeSequence": {"FrameType": "ImageType"},
    "CTXRayDetailsSequence": {"KVP": "KVP"},
    "CTReconstructionSequence": {"ConvolutionKernel": "ConvolutionKernel"},
}


def frames_of(instance: Instance, dataset: Dataset) -> Iterator[Frame]:
    """Every frame of an instance. Raises ValueError for values that are no geometry (a matrix without pixels, say)."""
    rows, columns = int(instance.get("Rows")), int(instance.get("Columns"))
    if rows < 1 or columns < 1:
        raise ValueError(f"a matrix of {columns} x {rows} pixels")
    count = max(1, int(instance.get("NumberOfFrames", 1)))
    shared = _group_values(_first_item(dataset, "SharedFunctionalGroupsSequence"))
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    for number in range(count):
        values = dict(shared)
        if number < len(per_frame):
            values.update(_group_values(per_frame[number]))
        frame = Frame(instance, number, rows, columns, values)
        _place(frame, dataset)
        yield frame


def _first_item(dataset: Dataset, keyword: str) -> Optional[Dataset]:
    items = dataset.get(keyword)
    return items[0] if items else None


def _group_values(group: Optional[Dataset]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if group is None:
        return values
    for element in group:
        wanted = MACROS.get(element.keyword)
        if not wanted or not element.value:
            continue
        item = element.value[0]
        for keyword, name in wanted.items():
            value = plain_value(item.get(keyword), dictionary_VR(keyword))
            if value is not None:
                values[name] = value
        if element.keyword == "MRDiffusionSequence" and item.get("DiffusionGradientDirectionSequence"):
            gradient = item.DiffusionGradientDirectionSequence[0].get("DiffusionGradientOrientation")
            direction = plain_value(gradient, "FD")
            if direction is not None:
                values["DiffusionGradientOrientation"] = direction
    return values


def _place(frame: Frame, dataset: Dataset) -> None:
    """Give the frame its geometry: all of position and orientation, or neither."""
    position = _numbers(frame.get("ImagePositionPatient"), 3)
    orientation = _numbers(frame.get("ImageOrientationPatient"), 6)
    frame.pixel_spacing = _pixel_spacing(frame, dataset)
    if position is None or orientation is None or frame.pixel_spacing is None:
        return
    row, column = orientation[:3], orientation[3:]
    # Directions of length one and at right angles (PS3.3 C.7.6.2.1.1), within what rounding does; zeros are no orientation.
    if abs(np.linalg.norm(row) - 1) > 0.05 or abs(np.linalg.norm(column) - 1) > 0.05 or abs(row @ column) > 0.05:
        return
    frame.plane = ImagePlane(position, row, column, frame.pixel_spacing)


def _pixel_spacing(frame: Frame, dataset: Dataset) -> Optional[tuple[float, float]]:
    """Distance between rows, then between columns, in mm; what stands for PixelSpacing in projection and ultrasound images."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        spacing = _numbers(frame.get(keyword), 2)
        if spacing is not None and (spacing > 0).all():
            return float(spacing[0]), float(spacing[1])
    region = _first_item(dataset, "SequenceOfUltrasoundRegions")
    if region is not None and region.get("PhysicalUnitsXDirection") == 3 and region.get("PhysicalUnitsYDirection") == 3:
        return abs(float(region.PhysicalDeltaY)) * 10, abs(float(region.PhysicalDeltaX)) * 10  # given in cm (C.8.5.5.1.1)
    return None


def _numbers(value: Any, count: int) -> Optional[np.ndarray]:
    if not isinstance(value, tuple) or len(value) != count:
        return None
    numbers = np.array(value, float)
    return numbers if np.isfinite(numbers).all() else None
