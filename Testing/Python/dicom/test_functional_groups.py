"""What functional groups say of a frame, from data sets that pydicom made and never wrote."""

from __future__ import annotations

import pytest
from made_elements import made_item
from made_frames import made_instance
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.functional_groups import FrameGroups
from DICOMTutorialHelperLib.dicom.group_elements import DatasetElements


def read_groups(count=1, **values):
    """(frames, refused, groups) of a data set with these sequences, and an instance with these values."""
    refused = []
    dataset = made_item(**{key: value for key, value in values.items() if key.endswith(("Sequence", "Regions"))})
    groups = FrameGroups(DatasetElements(dataset), refused)
    instance = made_instance(**{key: value for key, value in values.items() if not key.endswith(("Sequence", "Regions"))})
    frames = list(groups.frames_of(instance, count))
    return frames, [(one.keyword, one.reason) for one in refused], groups


# Macro, its element, the classic keyword that it stands for, a value: PS3.3 C.7.6.16.2 and C.8.13.5.
GROUPS = [
    ("PixelMeasuresSequence", "SliceThickness", "SliceThickness", 2.5),
    ("PixelMeasuresSequence", "SpacingBetweenSlices", "SpacingBetweenSlices", 3.0),
    ("PixelValueTransformationSequence", "RescaleSlope", "RescaleSlope", 2.0),
    ("PixelValueTransformationSequence", "RescaleIntercept", "RescaleIntercept", -5.0),
    ("PixelValueTransformationSequence", "RescaleType", "RescaleType", "HU"),
    ("FrameVOILUTSequence", "WindowCenter", "WindowCenter", 40.0),
    ("FrameVOILUTSequence", "WindowWidth", "WindowWidth", 400.0),
    ("FrameVOILUTSequence", "WindowCenterWidthExplanation", "WindowCenterWidthExplanation", "BRAIN"),
    ("FrameContentSequence", "StackID", "StackID", "1"),
    ("FrameContentSequence", "InStackPositionNumber", "InStackPositionNumber", 4),
    ("FrameContentSequence", "TemporalPositionIndex", "TemporalPositionIdentifier", 3),
    ("FrameContentSequence", "FrameAcquisitionDateTime", "AcquisitionDateTime", "20200102030405"),
    ("FrameContentSequence", "FrameReferenceDateTime", "FrameReferenceDateTime", "20200102030405"),
    ("FrameContentSequence", "FrameAcquisitionNumber", "AcquisitionNumber", 7),
    ("TemporalPositionSequence", "TemporalPositionTimeOffset", "TemporalPositionTimeOffset", 1.5),
    ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime", "TriggerTime", 40.0),
    ("MREchoSequence", "EffectiveEchoTime", "EchoTime", 4.6),
    ("MRTimingAndRelatedParametersSequence", "FlipAngle", "FlipAngle", 15.0),
    ("MRModifierSequence", "InversionTimes", "InversionTime", 900.0),
    ("MRDiffusionSequence", "DiffusionBValue", "DiffusionBValue", 800.0),
    ("MRDiffusionSequence", "DiffusionDirectionality", "DiffusionDirectionality", "DIRECTIONAL"),
    ("MRArterialSpinLabelingSequence", "ASLContext", "ASLContext", "LABEL"),
    ("MRVelocityEncodingSequence", "VelocityEncodingDirection", "VelocityEncodingDirection", (0.0, 0.0, 1.0)),
    ("MRImageFrameTypeSequence", "FrameType", "ImageType", ("ORIGINAL", "PRIMARY")),
    ("MRImageFrameTypeSequence", "ComplexImageComponent", "ComplexImageComponent", "PHASE"),
    ("CTImageFrameTypeSequence", "FrameType", "ImageType", ("ORIGINAL", "PRIMARY")),
    ("CTXRayDetailsSequence", "KVP", "KVP", 120.0),
    ("CTReconstructionSequence", "ConvolutionKernel", "ConvolutionKernel", "B30f"),
]


@pytest.mark.parametrize("place", ["SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"])
@pytest.mark.parametrize(("macro", "keyword", "classic", "value"), GROUPS)
def test_a_group_says_what_a_classic_element_would(place, macro, keyword, classic, value):
    group = made_item(**{macro: [made_item(**{keyword: list(value) if isinstance(value, tuple) else value})]})
    (frame,), refused, _ = read_groups(**{place: [group]})
    assert frame.get(classic) == value
    assert refused == []


def test_what_a_frames_group_says_goes_over_the_shared_one_and_that_over_the_instance():
    shared = made_item(MREchoSequence=[made_item(EffectiveEchoTime=5.0)], CTXRayDetailsSequence=[made_item(KVP="80")])
    own = made_item(MREchoSequence=[made_item(EffectiveEchoTime=9.0)])
    frames, _, groups = read_groups(
        2, EchoTime=1.0, KVP=120.0, SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[own]
    )
    assert [(frame.get("EchoTime"), frame.get("KVP"), frame.number) for frame in frames] == [(9.0, 80.0, 0), (5.0, 80.0, 1)]
    assert (groups.count, groups.has_modality_lut) == (1, False)
    assert read_groups(ModalityLUTSequence=[made_item(RescaleType="HU")])[2].has_modality_lut


def test_a_direction_lies_a_sequence_deeper():
    direction = made_item(DiffusionGradientOrientation=[0.0, 0.6, 0.8])
    macro = made_item(DiffusionBValue=800.0, DiffusionGradientDirectionSequence=[direction])
    (frame,), _, _ = read_groups(SharedFunctionalGroupsSequence=[made_item(MRDiffusionSequence=[macro])])
    assert frame.get("DiffusionGradientOrientation") == (0.0, 0.6, 0.8)
    nowhere = made_item(MREchoSequence=[made_item(DiffusionGradientDirectionSequence=[direction])])
    (frame,), _, _ = read_groups(SharedFunctionalGroupsSequence=[nowhere])
    assert frame.get("DiffusionGradientOrientation") is None


def test_a_frame_lies_where_its_groups_put_it():
    shared = made_item(
        PlaneOrientationSequence=[made_item(ImageOrientationPatient=[1, 0, 0, 0, 0, -1])],
        PixelMeasuresSequence=[made_item(PixelSpacing=[0.5, 0.25])],
    )
    own = [made_item(PlanePositionSequence=[made_item(ImagePositionPatient=[1, 2, z])]) for z in (3, 4)]
    frames, _, _ = read_groups(3, SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=own)
    first, second = frames[0].plane, frames[1].plane
    assert (first.position_lps.tolist(), second.position_lps.tolist()) == ([1, 2, 3], [1, 2, 4])
    assert (first.row_lps.tolist(), first.column_lps.tolist(), first.pixel_spacing) == ([1, 0, 0], [0, 0, -1], (0.5, 0.25))
    assert first.row_lps is second.row_lps
    assert frames[2].plane is None


def refused_of(**values):
    return read_groups(**values)[1]


def test_what_is_no_sequence_counts_as_absent_and_is_noted():
    broken = made_item(MREchoSequence=[made_item(EffectiveEchoTime=5.0)])
    broken.add_new("MREchoSequence", "LO", "x")
    assert refused_of(SharedFunctionalGroupsSequence=[broken]) == [("MREchoSequence", "unreadable")]
    deep = made_item(DiffusionBValue=800.0)
    deep.add_new("DiffusionGradientDirectionSequence", "LO", "x")
    assert refused_of(SharedFunctionalGroupsSequence=[made_item(MRDiffusionSequence=[deep])]) == [
        ("DiffusionGradientDirectionSequence", "unreadable")
    ]
    assert refused_of(SharedFunctionalGroupsSequence=[made_item(CTXRayDetailsSequence=[made_item(KVP="1e40")])]) == [("KVP", "")]
    dataset, refused = Dataset(), []
    dataset.add_new("PerFrameFunctionalGroupsSequence", "LO", "x")
    assert FrameGroups(DatasetElements(dataset), refused).count == 0
    assert [one.keyword for one in refused] == ["PerFrameFunctionalGroupsSequence"]


@pytest.mark.parametrize(
    ("values", "spacing"),
    [
        ({"PixelSpacing": (1.0, 2.0), "ImagerPixelSpacing": (3.0, 4.0)}, (1.0, 2.0)),
        ({"ImagerPixelSpacing": (3.0, 4.0), "NominalScannedPixelSpacing": (5.0, 6.0)}, (3.0, 4.0)),
        ({"NominalScannedPixelSpacing": (5.0, 6.0)}, (5.0, 6.0)),
        ({}, None),
    ],
)
def test_pixels_are_as_large_as_the_first_element_says(values, spacing):
    (frame,), _, _ = read_groups(**values)
    assert frame.pixel_spacing == spacing


@pytest.mark.parametrize(
    ("changed", "spacing"),
    [
        ({}, (0.5, 0.2)),
        ({"PhysicalDeltaX": -0.02}, (0.5, 0.2)),
        ({"PhysicalUnitsXDirection": 4}, None),
        ({"PhysicalUnitsYDirection": 4}, None),
        ({"PhysicalDeltaX": None}, None),
        ({"PhysicalDeltaY": None}, None),
        ({"PhysicalUnitsYDirection": None}, None),
    ],
)
def test_regions_of_ultrasound_are_in_centimetres_along_both_axes(changed, spacing):
    usual = {"PhysicalUnitsXDirection": 3, "PhysicalUnitsYDirection": 3, "PhysicalDeltaX": 0.02, "PhysicalDeltaY": 0.05}
    region = made_item(**{key: value for key, value in {**usual, **changed}.items() if value is not None})
    (frame,), _, _ = read_groups(SequenceOfUltrasoundRegions=[region])
    assert frame.pixel_spacing == (pytest.approx(spacing) if spacing else None)
