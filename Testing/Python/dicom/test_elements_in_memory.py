"""What elements say, public, private and of functional groups, from data sets that pydicom made and never wrote."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from made_frames import AXIAL, CORONAL, made_frame, made_frames_of_one, made_instance
from made_mosaics import csa_header
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from DICOMTutorialHelperLib.dicom.csa_header import read_csa_numbers
from DICOMTutorialHelperLib.dicom.functional_groups import FrameGroups
from DICOMTutorialHelperLib.dicom.group_elements import DatasetElements
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance
from DICOMTutorialHelperLib.dicom.mosaic import mosaic_findings, tiles_of
from DICOMTutorialHelperLib.dicom.multi_frame_positions import guessed_position_findings, place_classic_frames
from DICOMTutorialHelperLib.dicom.private_elements import private_sequence, private_values


def item(**values) -> Dataset:
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, Sequence(value) if keyword.endswith(("Sequence", "Regions")) else value)
    return made


# --- private elements

PHILIPS, PHILIPS_MR, PHILIPS_5 = "Philips Imaging DD 001", "Philips MR Imaging DD 001", "Philips MR Imaging DD 005"
SIEMENS, GE_PARM, GE_ACQU, UIH = "SIEMENS MR HEADER", "GEMS_PARM_01", "GEMS_ACQU_01", "Image Private Header"
# As the makers' conformance statements have them: creator, group, number, VR, a value, and the name by which it is told here.
TABLE = [
    (PHILIPS, 0x2001, 0x08, "IS", 3, "PhilipsPhaseNumber"),
    (PHILIPS, 0x2001, 0x03, "FL", 1000.0, "PhilipsBValue"),
    (PHILIPS, 0x2001, 0x04, "CS", "I", "PhilipsDiffusionDirection"),
    (PHILIPS, 0x2001, 0x1A, "FL", (0.0, 0.0, 150.0), "PhilipsPCVelocity"),
    (PHILIPS_MR, 0x2005, 0xA0, "FL", 12.5, "PhilipsDynamicScanBeginTime"),
    (PHILIPS_MR, 0x2005, 0xB0, "FL", 0.5, "PhilipsDiffusionDirectionRL"),
    (PHILIPS_MR, 0x2005, 0xB1, "FL", 0.25, "PhilipsDiffusionDirectionAP"),
    (PHILIPS_MR, 0x2005, 0xB2, "FL", 0.75, "PhilipsDiffusionDirectionFH"),
    (PHILIPS_5, 0x2005, 0x29, "CS", "LABEL", "PhilipsLabelType"),
    (SIEMENS, 0x0051, 0x14, "SH", "v150in", "SiemensFlowEncoding"),
    (SIEMENS, 0x0019, 0x0A, "US", 36, "SiemensNumberOfImagesInMosaic"),
    (SIEMENS, 0x0019, 0x0C, "IS", 1000, "SiemensBValue"),
    (SIEMENS, 0x0019, 0x0D, "CS", "DIRECTIONAL", "SiemensDiffusionDirectionality"),
    (SIEMENS, 0x0019, 0x0E, "FD", (0.0, 0.6, 0.8), "SiemensDiffusionGradientDirection"),
    (SIEMENS, 0x0019, 0x27, "FD", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), "SiemensBMatrix"),
    (SIEMENS, 0x0019, 0x29, "FD", (0.0, 500.0), "SiemensSliceTimes"),
    (GE_PARM, 0x0043, 0x39, "IS", (800, 8, 0, 0), "GEBValue"),
    (GE_PARM, 0x0043, 0x2F, "SS", 1, "GEImageKind"),
    (GE_PARM, 0x0043, 0x30, "SS", -2, "GEVasCollapseFlag"),
    (GE_ACQU, 0x0019, 0xBB, "DS", 0.5, "GEDiffusionDirectionX"),
    (GE_ACQU, 0x0019, 0xBC, "DS", 0.25, "GEDiffusionDirectionY"),
    (GE_ACQU, 0x0019, 0xBD, "DS", 0.75, "GEDiffusionDirectionZ"),
    (UIH, 0x0065, 0x09, "FD", 1000.0, "UIHBValue"),
    (UIH, 0x0065, 0x37, "FD", (0.0, 0.6, 0.8), "UIHDiffusionGradientDirection"),
    (UIH, 0x0065, 0x50, "DS", 36.0, "UIHNumberOfImagesInGrid"),
]


def private(creator, group, number, vr, value, block=0x10):
    made = Dataset()
    made.add_new((group, block), "LO", creator)
    made.add_new((group, block << 8 | number), vr, list(value) if isinstance(value, tuple) else value)
    return made


@pytest.mark.parametrize(("creator", "group", "number", "vr", "value", "name"), TABLE, ids=[row[-1] for row in TABLE])
def test_a_private_element_is_known_by_creator_group_and_number(creator, group, number, vr, value, name):
    assert private_values(private(creator, group, number, vr, value, 0x10)) == {name: value}
    assert private_values(private(creator.upper(), group, number, vr, value, 0x20)) == {name: value}
    assert private_values(private(creator, group, number ^ 0x40, vr, value)) == {}
    assert private_values(private("ACME", group, number, vr, value)) == {}


BINARY = {"FL": "f", "FD": "d", "US": "H", "SS": "h"}


@pytest.mark.parametrize(("creator", "group", "number", "vr", "value", "name"), TABLE, ids=[row[-1] for row in TABLE])
def test_bytes_without_a_vr_are_read_as_their_maker_writes_them(creator, group, number, vr, value, name):
    items = value if isinstance(value, tuple) else (value,)
    if vr in BINARY:
        written = struct.pack(f"<{len(items)}{BINARY[vr]}", *items)
    else:
        written = "\\".join(str(one) for one in items).encode() + b" "
    made = Dataset()
    made.add_new((group, 0x10), "LO", creator)
    tag = Tag(group, 0x1000 | number)
    made[tag] = RawDataElement(tag, "UN", len(written), written, 0, False, True)
    assert private_values(made) == {name: value}


def test_text_numbers_are_numbers_and_what_is_none_is_left_out():
    assert private_values(private(SIEMENS, 0x0019, 0x0C, "LO", "1000")) == {"SiemensBValue": 1000.0}
    for vr, value in (("LO", "many"), ("FD", float("nan")), ("LO", ""), ("LO", None)):
        assert private_values(private(SIEMENS, 0x0019, 0x0C, vr, value)) == {}
    assert private_values(private(PHILIPS, 0x2001, 0x1A, "FL", (0.0, float("inf"), 1.0))) == {}


@pytest.mark.parametrize("block", [0x0F, 0x10, 0xFF, 0x100])
def test_creators_stand_from_10_to_ff(block):
    """PS3.5 7.8.1."""
    made = Dataset()
    made.add_new((0x0019, block), "LO", SIEMENS)
    made.add_new((0x0019, (block & 0xFF) << 8 | 0x0C), "IS", 5)
    assert (private_values(made) == {"SiemensBValue": 5}) == (0x10 <= block <= 0xFF)


@pytest.mark.parametrize(
    ("manufacturer", "group", "number", "vr", "value", "expected"),
    [
        ("Philips Medical Systems", 0x2001, 0x03, "FL", 5.0, {"PhilipsBValue": 5.0}),
        (" SIEMENS ", 0x0019, 0x0C, "IS", 5, {"SiemensBValue": 5}),
        ("GE MEDICAL SYSTEMS", 0x0043, 0x39, "IS", 5, {"GEBValue": 5}),
        ("GE", 0x0043, 0x39, "IS", 5, {"GEBValue": 5}),
        ("GEMS", 0x0043, 0x39, "IS", 5, {"GEBValue": 5}),
        ("GE_X", 0x0043, 0x39, "IS", 5, {"GEBValue": 5}),
        ("GENERAL", 0x0043, 0x39, "IS", 5, {}),
        ("UIH", 0x0065, 0x09, "FD", 5.0, {"UIHBValue": 5.0}),
        ("SIEMENS", 0x0043, 0x39, "IS", 5, {}),
        ("", 0x0019, 0x0C, "IS", 5, {}),
    ],
)
def test_the_manufacturer_stands_in_for_a_creator_that_was_taken_out(manufacturer, group, number, vr, value, expected):
    made = Dataset()
    made.add_new((group, 0x1000 | number), vr, value)
    assert private_values(made, manufacturer) == expected
    elsewhere = Dataset()
    elsewhere.add_new((group, 0x1100 | number), vr, value)
    assert private_values(elsewhere, manufacturer) == {}
    made.add_new((group, 0x10), "LO", "ACME")
    assert private_values(made, manufacturer) == {}


def philips_item(value, outer=None):
    """(2005,xx0F): a sequence whose item completes the object that it lies in."""
    made = private(PHILIPS_5, 0x2005, 0x0F, "SQ", Sequence([private(PHILIPS, 0x2001, 0x03, "FL", value)]))
    if outer is not None:
        made.update(private(PHILIPS, 0x2001, 0x03, "FL", outer))
    return made


def test_philips_items_complete_their_object_but_do_not_go_over_it():
    assert private_values(philips_item(5.0)) == {"PhilipsBValue": 5.0}
    assert private_values(philips_item(5.0, outer=7.0)) == {"PhilipsBValue": 7.0}
    empty = private(PHILIPS_5, 0x2005, 0x0F, "SQ", Sequence([]))
    assert private_values(empty) == {}


def test_items_of_a_private_sequence_are_found_in_their_block():
    made = private(UIH, 0x0065, 0x51, "SQ", Sequence([item(InstanceNumber=1), item(InstanceNumber=2)]), block=0x33)
    assert [one.InstanceNumber for one in private_sequence(made, UIH, 0x0065, 0x51)] == [1, 2]
    assert private_sequence(made, UIH, 0x0065, 0x52) == []
    assert private_sequence(made, "ACME", 0x0065, 0x51) == []
    assert private_sequence(Dataset(), UIH, 0x0065, 0x51) == []


CSA = {"NumberOfImagesInMosaic": [36], "SliceNormalVector": ["0.0", "0.6", "0.8"], "B_value": [1000], "Other": [7], "Empty": []}


@pytest.mark.parametrize("kind", [1, 2])
def test_numbers_of_a_csa_header_are_told_by_name(kind):
    whole = csa_header(CSA, kind)
    names = {"NumberOfImagesInMosaic", "SliceNormalVector", "B_value", "Empty"}
    expected = {"NumberOfImagesInMosaic": (36.0,), "SliceNormalVector": (0.0, 0.6, 0.8), "B_value": (1000.0,)}
    assert read_csa_numbers(whole, names) == expected
    assert read_csa_numbers(whole, {"Other"}) == {"Other": (7.0,)}
    assert read_csa_numbers(csa_header({"B_value": ["x"]}, kind), names) == {}
    first = csa_header({"NumberOfImagesInMosaic": [36]}, kind)
    for kept in range(len(whole)):
        read = read_csa_numbers(whole[:kept], names)
        assert read.items() <= expected.items()
        assert ("NumberOfImagesInMosaic" in read) == (kept >= len(first)), kept


@pytest.mark.parametrize(("count", "read"), [(0, False), (1, True), (1024, True), (1025, False)])
def test_a_csa_header_has_up_to_1024_tags(count, read):
    whole = bytearray(csa_header({"B_value": [5]}, 2))
    whole[8:12] = struct.pack("<I", count)
    assert (read_csa_numbers(bytes(whole), {"B_value"}) == {"B_value": (5.0,)}) == read


def test_csa_values_stand_behind_the_elements_own():
    made = private("SIEMENS CSA HEADER", 0x0029, 0x10, "OB", csa_header(CSA))
    values = private_values(made)
    assert values["SiemensNumberOfImagesInMosaic"] == 36.0
    assert values["SiemensSliceNormalVector"] == (0.0, 0.6, 0.8)
    made.update(private(SIEMENS, 0x0019, 0x0C, "IS", 5))
    assert private_values(made)["SiemensBValue"] == 5


# --- functional groups


def read_groups(count=1, **values):
    """(frames, refused, groups) of a data set with these sequences, and an instance with these values."""
    refused = []
    dataset = item(**{key: value for key, value in values.items() if key.endswith(("Sequence", "Regions"))})
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
    group = item(**{macro: [item(**{keyword: list(value) if isinstance(value, tuple) else value})]})
    (frame,), refused, _ = read_groups(**{place: [group]})
    assert frame.get(classic) == value
    assert refused == []


def test_what_a_frames_group_says_goes_over_the_shared_one_and_that_over_the_instance():
    shared = item(MREchoSequence=[item(EffectiveEchoTime=5.0)], CTXRayDetailsSequence=[item(KVP="80")])
    own = item(MREchoSequence=[item(EffectiveEchoTime=9.0)])
    frames, _, groups = read_groups(
        2, EchoTime=1.0, KVP=120.0, SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[own]
    )
    assert [(frame.get("EchoTime"), frame.get("KVP"), frame.number) for frame in frames] == [(9.0, 80.0, 0), (5.0, 80.0, 1)]
    assert (groups.count, groups.has_modality_lut) == (1, False)
    assert read_groups(ModalityLUTSequence=[item(RescaleType="HU")])[2].has_modality_lut


def test_a_direction_lies_a_sequence_deeper():
    direction = item(DiffusionGradientOrientation=[0.0, 0.6, 0.8])
    macro = item(DiffusionBValue=800.0, DiffusionGradientDirectionSequence=[direction])
    (frame,), _, _ = read_groups(SharedFunctionalGroupsSequence=[item(MRDiffusionSequence=[macro])])
    assert frame.get("DiffusionGradientOrientation") == (0.0, 0.6, 0.8)
    nowhere = item(MREchoSequence=[item(DiffusionGradientDirectionSequence=[direction])])
    (frame,), _, _ = read_groups(SharedFunctionalGroupsSequence=[nowhere])
    assert frame.get("DiffusionGradientOrientation") is None


def test_a_frame_lies_where_its_groups_put_it():
    shared = item(
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 0, -1])],
        PixelMeasuresSequence=[item(PixelSpacing=[0.5, 0.25])],
    )
    own = [item(PlanePositionSequence=[item(ImagePositionPatient=[1, 2, z])]) for z in (3, 4)]
    frames, _, _ = read_groups(3, SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=own)
    first, second = frames[0].plane, frames[1].plane
    assert (first.position_lps.tolist(), second.position_lps.tolist()) == ([1, 2, 3], [1, 2, 4])
    assert (first.row_lps.tolist(), first.column_lps.tolist(), first.pixel_spacing) == ([1, 0, 0], [0, 0, -1], (0.5, 0.25))
    assert first.row_lps is second.row_lps
    assert frames[2].plane is None


def refused_of(**values):
    return read_groups(**values)[1]


def test_what_is_no_sequence_counts_as_absent_and_is_noted():
    broken = item(MREchoSequence=[item(EffectiveEchoTime=5.0)])
    broken.add_new("MREchoSequence", "LO", "x")
    assert refused_of(SharedFunctionalGroupsSequence=[broken]) == [("MREchoSequence", "unreadable")]
    deep = item(DiffusionBValue=800.0)
    deep.add_new("DiffusionGradientDirectionSequence", "LO", "x")
    assert refused_of(SharedFunctionalGroupsSequence=[item(MRDiffusionSequence=[deep])]) == [
        ("DiffusionGradientDirectionSequence", "unreadable")
    ]
    assert refused_of(SharedFunctionalGroupsSequence=[item(CTXRayDetailsSequence=[item(KVP="1e40")])]) == [("KVP", "")]
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
    region = item(**{key: value for key, value in {**usual, **changed}.items() if value is not None})
    (frame,), _, _ = read_groups(SequenceOfUltrasoundRegions=[region])
    assert frame.pixel_spacing == (pytest.approx(spacing) if spacing else None)


# --- multi-frame objects without groups


def classic(count=3, dataset=None, **values):
    frames = made_frames_of_one(count, **values)
    plane = made_frame((1, 2, 3), CORONAL).plane
    for frame in frames:
        frame.plane, frame.pixel_spacing = plane, (1.0, 1.0)
    place_classic_frames(frames, dataset or Dataset())
    return [None if frame.plane is None else float(frame.plane.position_lps[1]) for frame in frames], frames[0].placed_by


NM = {"Modality": "NM", "ImageType": ("ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION")}


@pytest.mark.parametrize(
    ("values", "elements", "expected"),
    [
        ({"SpacingBetweenSlices": -4.0}, {}, ([2, 6, 10], "SpacingBetweenSlices")),
        ({"SpacingBetweenSlices": 0.0, "SliceThickness": 3.0, "Modality": "CT"}, {}, ([2, 5, 8], "SliceThickness")),
        ({"SliceThickness": 3.0, "Modality": "XA"}, {}, ([2, 2, 2], "")),
        ({"SliceThickness": 0.0, "Modality": "CT"}, {}, ([2, 2, 2], "")),
        ({}, {}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0, "FrameTime": 30.0}, {}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0, "FrameTimeVector": (0.0, 1.0, 2.0)}, {}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0}, {"FrameIncrementPointer": 0x00181063}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0}, {"FrameIncrementPointer": [0x00180050, 0x00181065]}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0}, {"FrameIncrementPointer": 0x3004000C}, ([2, 6, 10], "SpacingBetweenSlices")),
        ({"SpacingBetweenSlices": 4.0}, {"GridFrameOffsetVector": [5, 6, 9]}, ([2, 3, 6], "")),
        ({"SpacingBetweenSlices": 4.0}, {"GridFrameOffsetVector": [5, 6]}, ([2, 6, 10], "SpacingBetweenSlices")),
        ({**NM, "SpacingBetweenSlices": -4.0}, {}, ([2, -2, -6], "")),
        ({**NM, "SpacingBetweenSlices": 4.0}, {"SliceVector": [3, 2, 1]}, ([10, 6, 2], "")),
        ({**NM, "SpacingBetweenSlices": 4.0}, {"SliceVector": [0, 1, 2]}, ([2, 6, 10], "")),
        ({**NM, "SpacingBetweenSlices": 4.0}, {"SliceVector": [3, 2]}, ([2, 6, 10], "")),
        ({**NM, "SpacingBetweenSlices": 4.0, "FrameTime": 30.0}, {}, ([2, 6, 10], "")),
        ({**NM, "SliceThickness": 3.0}, {}, ([2, 5, 8], "SliceThickness")),
    ],
)
def test_frames_follow_each_other_along_the_normal(values, elements, expected):
    """The normal is +y: row +x, column -z."""
    assert classic(dataset=item(**elements), **values) == expected


@pytest.mark.parametrize(
    ("kind", "detector", "places"),
    [
        ("RECON TOMO", {}, [8, 12]),
        ("RECON GATED TOMO", {}, [8, 12]),
        ("TOMO", {}, [None, None]),
        ("RECON TOMO", {"ImagePositionPatient": [7, 8]}, [None, None]),
        ("RECON TOMO", {"ImagePositionPatient": None}, [None, None]),
        ("RECON TOMO", {"ImageOrientationPatient": [1, 0, 0, 0, 0.5, 0]}, [None, None]),
        ("RECON TOMO", {"ImageOrientationPatient": [1, 0, 0, 0, 0, -0.91]}, [8, 12]),
        ("RECON TOMO", {"ImageOrientationPatient": [1, 0, 0, 0, 0, -0.89]}, [None, None]),
    ],
)
def test_reconstructions_of_nuclear_medicine_lie_where_their_detector_says(kind, detector, places):
    usual = {"ImagePositionPatient": [7, 8, 9], "ImageOrientationPatient": list(CORONAL)}
    information = item(**{key: value for key, value in {**usual, **detector}.items() if value is not None})
    frames = made_frames_of_one(2, Modality="NM", ImageType=("ORIGINAL", "PRIMARY", kind), SpacingBetweenSlices=4.0)
    for frame in frames:
        frame.pixel_spacing = (1.0, 1.0)
    place_classic_frames(frames, item(DetectorInformationSequence=[information], TimeSlotVector=[1, 2]))
    assert [None if frame.plane is None else float(frame.plane.position_lps[1]) for frame in frames] == places
    slots = [frame.get("TemporalPositionIdentifier") for frame in frames]
    assert slots == ([None, None] if kind == "TOMO" else [1, 2])


def test_a_guess_is_told_with_its_spacing():
    (frame, *_) = made_frames_of_one(3, SpacingBetweenSlices=-4.0, SliceThickness=2.0)
    assert list(guessed_position_findings([frame])) == []
    for keyword, spacing in (("SpacingBetweenSlices", 4.0), ("SliceThickness", 2.0)):
        frame.placed_by = keyword
        (finding,) = guessed_position_findings([frame])
        assert finding.evidence == {"reason": "one-position", "count": 3, "spacing_mm": spacing, "keyword": keyword}


# --- mosaics


def mosaic(count=7, rows=30, columns=24, orientation=AXIAL, position=(1.0, 2.0, 3.0), **values):
    usual = {
        "Rows": rows,
        "Columns": columns,
        "SiemensNumberOfImagesInMosaic": count,
        "SpacingBetweenSlices": 4.0,
        "SiemensSliceNormalVector": (0.0, 0.0, 1.0),
    }
    made = {key: value for key, value in {**usual, **values}.items() if value is not None}
    return made_frame(position, orientation, (2.0, 3.0), **made)


def tiles(frame, dataset=None):
    return tiles_of(frame, DatasetElements(dataset or Dataset()))


def test_tiles_lie_row_by_row_and_in_the_patient_one_behind_the_other():
    """7 slices in 3 x 3 tiles of 10 x 8 pixels; the mosaic is as large a slice about the same middle: 8 x 3 and 10 x 2 mm off."""
    made = tiles(mosaic())
    assert [tile.window for tile in made] == [(0, 0), (0, 8), (0, 16), (10, 0), (10, 8), (10, 16), (20, 0)]
    assert {(tile.rows, tile.columns, tile.placed_by) for tile in made} == {(10, 8, "")}
    assert [tile.number for tile in made] == list(range(7))
    assert made[0].plane.position_lps.tolist() == [1 + 3 * 8, 2 + 2 * 10, 3]
    assert made[6].plane.position_lps.tolist() == [25, 22, 3 + 6 * 4]
    assert made[0].plane.pixel_spacing == (2.0, 3.0)


@pytest.mark.parametrize(
    ("values", "step", "placed_by"),
    [
        ({"SiemensSliceNormalVector": (0.0, 0.0, -1.0)}, -4, ""),
        ({"SiemensSliceNormalVector": None}, 4, "mosaic-normal"),
        ({"SiemensSliceNormalVector": (0.0, 0.87, 0.49)}, 4, "mosaic-normal"),
        ({"SiemensSliceNormalVector": (0.0, 0.85, 0.51)}, 4, ""),
        ({"SpacingBetweenSlices": None, "SliceThickness": 5.0}, 5, "mosaic-thickness"),
        ({"SpacingBetweenSlices": -4.0}, 4, ""),
        ({"SpacingBetweenSlices": 0.0, "SliceThickness": 5.0}, 5, "mosaic-thickness"),
        (
            {"SpacingBetweenSlices": None, "SliceThickness": 5.0, "SiemensSliceNormalVector": None},
            5,
            "mosaic-normal, mosaic-thickness",
        ),
        ({"SpacingBetweenSlices": None}, None, ""),
    ],
)
def test_tiles_follow_the_normal_and_the_spacing_or_what_stands_in_for_them(values, step, placed_by):
    made = tiles(mosaic(**values))
    assert len(made) == 7
    if step is None:
        assert made[0].plane is None
    else:
        assert made[1].plane.position_lps[2] - made[0].plane.position_lps[2] == step
        assert made[0].placed_by == placed_by
    assert tiles(mosaic(position=None))[0].plane is None


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"SiemensNumberOfImagesInMosaic": 2, "Columns": 24, "Rows": 30}, 2),
        ({"SiemensNumberOfImagesInMosaic": 1}, 0),
        ({"SiemensNumberOfImagesInMosaic": None}, 0),
        ({"SiemensNumberOfImagesInMosaic": 2.5}, 0),
        ({"SiemensNumberOfImagesInMosaic": "7"}, 0),
        ({"SiemensNumberOfImagesInMosaic": 4096, "Rows": 64, "Columns": 64}, 4096),
        ({"SiemensNumberOfImagesInMosaic": 4097, "Rows": 65, "Columns": 65}, 0),
        ({"Rows": 31}, 0),
        ({"Columns": 25}, 0),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4.1"}, 0),
        ({"AcquisitionMatrix": (10, 0, 0, 8)}, 7),
        ({"AcquisitionMatrix": (30, 0, 0, 24)}, 0),
        ({"AcquisitionMatrix": (29, 0, 0, 24)}, 7),
        ({"SiemensNumberOfImagesInMosaic": None, "SiemensSliceTimes": (0.0,) * 7, "ImageType": ("A", "MOSAIC")}, 7),
        ({"SiemensNumberOfImagesInMosaic": None, "SiemensSliceTimes": (0.0,) * 7, "ImageType": ("A", "VFRAME")}, 7),
        ({"SiemensNumberOfImagesInMosaic": None, "SiemensSliceTimes": (0.0,) * 7, "ImageType": ("A", "B")}, 0),
    ],
)
def test_an_image_is_a_mosaic_where_it_says_so_and_divides(values, count):
    assert len(tiles(mosaic(**values))) == count


def grid_of(positions):
    items = [item(ImagePositionPatient=list(position), AcquisitionTime=f"10000{n}") for n, position in enumerate(positions)]
    return private(UIH, 0x0065, 0x51, "SQ", Sequence(items))


def test_tiles_of_a_grid_lie_where_their_items_say():
    """5 slices in 2 rows of 3."""
    values = {"SiemensNumberOfImagesInMosaic": None, "UIHNumberOfImagesInGrid": 5.0, "ImageOrientationPatient": CORONAL}
    positions = [(0.0, 3.0 * n, 0.0) for n in range(5)]
    made = tiles(mosaic(**values), grid_of(positions))
    assert [tile.window for tile in made] == [(0, 0), (0, 8), (0, 16), (15, 0), (15, 8)]
    assert [tuple(tile.plane.position_lps) for tile in made] == positions
    assert [tile.get("ImagePositionPatient") for tile in made] == positions
    assert (made[4].plane.column_lps.tolist(), made[4].get("AcquisitionTime")) == ([0, 0, -1], "100000")
    few = tiles(mosaic(**values), grid_of(positions[:4]))
    assert few[1].plane.position_lps.tolist() == [1, 2, 3 + 4]  # the position of the first slice itself
    assert few[0].placed_by == ""
    flat = tiles(mosaic(**{**values, "ImageOrientationPatient": None}), grid_of(positions))
    assert flat[0].plane is None


def test_what_a_mosaic_says_of_itself():
    frame = mosaic(SliceThickness=5.0)
    made = tiles(frame)
    frame.instance.frames[:] = made
    (finding,) = mosaic_findings(made)
    assert finding.evidence == {"count": 7, "columns": 8, "rows": 10, "files": 1}
    for placed_by, reason in (
        ("mosaic-normal", "normal"),
        ("mosaic-thickness", "thickness"),
        ("mosaic-normal, mosaic-thickness", "both"),
    ):
        made[0].placed_by = placed_by
        assert list(mosaic_findings(made))[1].evidence == {"reason": reason, "thickness_mm": 5.0}
    flat = mosaic(None, ImageType=("A", "MOSAIC"))
    (finding,) = mosaic_findings([flat])
    assert (finding.severity, finding.evidence) == ("error", {"count": 1, "size": "24 x 30"})
    odd = mosaic(7, rows=31, ImageType=("A", "MOSAIC"))
    (finding,) = mosaic_findings([odd])
    assert finding.evidence == {"count": 1, "size": "24 x 31", "reason": "size", "slices": 7}
    assert list(mosaic_findings([mosaic(None, ImageType=("A", "MOSAIC"), AcquisitionMatrix=(30, 0, 0, 24))])) == []
    assert list(mosaic_findings([mosaic(None)])) == []


def test_a_mosaic_is_one_stored_image():
    made = mosaic().instance
    assert made.stored_frames == 1
    made.frames[:] = tiles(mosaic())
    assert made.stored_frames == 1
    assert Instance(made.path, {}, "").stored_frames == 0
    assert made_frames_of_one(3)[0].instance.stored_frames == 3


def test_an_instance_and_a_frame_say_what_their_headers_say():
    instance = made_instance(SOPInstanceUID="1.2", SeriesInstanceUID="1.3", KVP=80)
    frame = Frame(instance, 0, 3, 4, {"KVP": 120})
    assert (instance.sop_instance_uid, instance.series_instance_uid, instance.get("X", 5)) == ("1.2", "1.3", 5)
    assert (frame.get("KVP"), frame.get("Rows"), frame.get("X", 6)) == (120, 3, 6)
    assert (made_instance().sop_instance_uid, made_instance().series_instance_uid) == ("", "")
    with pytest.raises(ValueError, match=r"1\.dcm, frame 0"):
        _ = frame.placed
    assert made_frame().placed.position_lps.tolist() == [0, 0, 0]
    assert np.array_equal(made_frame().placed.row_lps, (1, 0, 0))
