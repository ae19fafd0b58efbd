"""Private elements are found by their creator, wherever an object keeps them."""

from __future__ import annotations

import struct

import numpy as np
import pydicom
import pytest
from made_elements import made_item, made_private
from made_mosaics import csa_header
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from synthetic_series import MR, slice_dataset, write

from DICOMTutorialHelperLib.dicom.diffusion import b_value, gradient_direction_lps
from DICOMTutorialHelperLib.dicom.headers import read_header
from DICOMTutorialHelperLib.dicom.private_elements import private_sequence, private_values

OBLIQUE = (0.8, 0.6, 0.0, -0.36, 0.48, -0.8)


def private(dataset, group, creator, elements, block=0x10):
    dataset.add_new((group, block), "LO", creator)
    for element, (vr, value) in elements.items():
        dataset.add_new((group, block << 8 | element), vr, value)


@pytest.fixture(params=[ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=["explicit", "implicit"])
def frame_of(tmp_path, request):
    """Writes a data set and reads its first frame back."""

    def read(dataset):
        return read_header(write(dataset, tmp_path / "one.dcm", request.param)).frames[0]

    return read


def mr_slice(**header):
    header = {"ImagePositionPatient": [0.0, 0.0, 0.0], "ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], **header}
    return slice_dataset(0, MR, **header)


@pytest.mark.parametrize("block", [0x10, 0x11, 0x42, 0xFF])
def test_a_private_element_is_found_in_whatever_block_its_creator_reserved(frame_of, block):
    dataset = mr_slice()
    private(dataset, 0x0019, "SIEMENS MR HEADER", {0x0C: ("IS", "700"), 0x0E: ("FD", [0.0, 0.6, 0.8])}, block)
    frame = frame_of(dataset)
    assert b_value(frame) == 700
    assert gradient_direction_lps(frame) == (0, 0.6, 0.8)


def test_the_same_number_of_another_maker_is_not_taken_for_it(frame_of):
    dataset = mr_slice()
    private(dataset, 0x0019, "SOMEBODY ELSE", {0x0C: ("IS", "700"), 0x0E: ("FD", [0.0, 0.6, 0.8])})
    private(dataset, 0x0043, "ACME", {0x39: ("IS", [900, 8, 0, 0])})
    frame = frame_of(dataset)
    assert (b_value(frame), gradient_direction_lps(frame)) == (None, None)


def test_two_makers_in_one_group_are_told_apart_by_their_blocks(frame_of):
    dataset = mr_slice()
    private(dataset, 0x0019, "SOMEBODY ELSE", {0x0C: ("IS", "1")}, 0x10)
    private(dataset, 0x0019, "SIEMENS MR HEADER ", {0x0C: ("IS", "750")}, 0x11)
    assert b_value(frame_of(dataset)) == 750


@pytest.mark.parametrize("creator", ["Philips Imaging DD 001", "PHILIPS IMAGING DD 001"])
def test_philips_writes_its_creator_in_two_ways(frame_of, creator):
    dataset = mr_slice()
    private(dataset, 0x2001, creator, {0x03: ("FL", 800.0), 0x08: ("IS", "3")})
    frame = frame_of(dataset)
    assert (b_value(frame), frame.get("PhilipsPhaseNumber")) == (800, 3)


def test_philips_directions_are_the_patients(frame_of):
    dataset = mr_slice(ImageOrientationPatient=list(OBLIQUE))
    private(dataset, 0x2001, "Philips Imaging DD 001", {0x03: ("FL", 800.0)})
    directions = {0xB0: ("FL", 2.0), 0xB1: ("FL", 1.0), 0xB2: ("FL", -2.0)}
    private(dataset, 0x2005, "Philips MR Imaging DD 001", directions)
    assert gradient_direction_lps(frame_of(dataset)) == pytest.approx((2 / 3, 1 / 3, -2 / 3), abs=1e-6)


@pytest.mark.parametrize(
    ("orientation", "encoding", "expected"),
    [
        ((1, 0, 0, 0, 1, 0), "COL", (-0.48, -0.6, 0.64)),
        ((1, 0, 0, 0, 1, 0), "ROW", (-0.6, 0.48, 0.64)),
        ((0, 1, 0, 0, 0, -1), "COL", (0.64, 0.48, -0.6)),
        ((1, 0, 0, 0, 0, -1), "COL", (-0.48, 0.64, -0.6)),
    ],
    ids=["axial", "axial, rows encoded", "sagittal", "coronal"],
)
def test_ge_directions_are_turned_from_the_images_axes_to_the_patients(frame_of, orientation, encoding, expected):
    """As dcm2niix 1.0.20260724 writes them for the same headers, worked back from its .bvec and affine."""
    dataset = mr_slice(
        ImageOrientationPatient=[float(value) for value in orientation], InPlanePhaseEncodingDirection=encoding, Manufacturer="GE"
    )
    private(dataset, 0x0043, "GEMS_PARM_01", {0x39: ("IS", [1000001000, 8, 0, 0])})
    private(dataset, 0x0019, "GEMS_ACQU_01", {0xBB: ("DS", "0.48"), 0xBC: ("DS", "0.6"), 0xBD: ("DS", "0.64")})
    frame = frame_of(dataset)
    assert b_value(frame) == 1000
    assert gradient_direction_lps(frame) == pytest.approx(expected, abs=1e-6)


def test_a_ge_direction_shortened_instead_of_the_b_value_gives_the_b_value_applied(frame_of):
    dataset = mr_slice(InPlanePhaseEncodingDirection="COL")
    private(dataset, 0x0043, "GEMS_PARM_01", {0x39: ("IS", [2000, 8, 0, 0])})
    half = str(round(0.5**0.5, 6))
    private(dataset, 0x0019, "GEMS_ACQU_01", {0xBB: ("DS", half), 0xBC: ("DS", "0"), 0xBD: ("DS", "0")})
    frame = frame_of(dataset)
    assert (b_value(frame), gradient_direction_lps(frame)) == (1000, (-1, 0, 0))


def test_canon_directions_are_read_from_its_comments(frame_of):
    dataset = mr_slice(DiffusionBValue=1500.0, ImageComments="b=1500(0.445,0.000,0.895)", InPlanePhaseEncodingDirection="COL")
    assert gradient_direction_lps(frame_of(dataset)) == pytest.approx((0, -0.4452, 0.8954), abs=1e-3)


@pytest.mark.parametrize("kind", [1, 2])
def test_what_stands_in_a_csa_header_alone_is_read_from_there(frame_of, kind):
    dataset = mr_slice()
    tags = {"EchoLinePosition": [32], "B_value": [1000], "DiffusionGradientDirection": [0.6, 0.0, -0.8]}
    header = csa_header({**tags, "SliceNormalVector": [0.0, 0.0, 1.0]}, kind)
    private(dataset, 0x0029, "SIEMENS CSA HEADER", {0x10: ("OB", header)}, 0x12)
    frame = frame_of(dataset)
    assert (b_value(frame), gradient_direction_lps(frame)) == (1000, (0.6, 0, -0.8))
    assert frame.get("SiemensSliceNormalVector") == (0, 0, 1)


@pytest.mark.parametrize("length", [0, 3, 9, 40, 101, 150, 260, 400])
def test_a_csa_header_that_ends_too_early_costs_nothing_but_itself(frame_of, length):
    dataset = mr_slice()
    header = csa_header({"A": [1, 2], "B_value": [1000], "SliceNormalVector": [0, 0, 1]})[:length]
    private(dataset, 0x0029, "SIEMENS CSA HEADER", {0x10: ("OB", header)})
    assert frame_of(dataset).get("InstanceNumber") == 1


def test_a_b_matrix_alone_gives_the_direction_too(frame_of):
    dataset = mr_slice()
    direction = np.array([0.36, 0.48, 0.8])
    matrix = 1000 * np.outer(direction, direction)
    elements = {0x0C: ("IS", "1000"), 0x27: ("FD", [float(matrix[i, j]) for i in range(3) for j in range(i, 3)])}
    private(dataset, 0x0019, "SIEMENS MR HEADER", elements)
    assert abs(np.dot(gradient_direction_lps(frame_of(dataset)), direction)) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("value", [b"", b"\1", b"abc\\def", b"\xff" * 7])
def test_damaged_private_elements_are_as_good_as_none(tmp_path, value):
    dataset = mr_slice()
    private(dataset, 0x0019, "SIEMENS MR HEADER", {0x0C: ("UN", value), 0x0E: ("UN", value)})
    frame = read_header(write(dataset, tmp_path / "one.dcm")).frames[0]
    assert (b_value(frame), gradient_direction_lps(frame)) == (None, None)


def test_philips_enhanced_objects_keep_theirs_in_a_private_sequence_of_every_frame(frame_of):
    dataset = mr_slice(NumberOfFrames=2, PixelData=bytes(5 * 4 * 2 * 2))
    items = []
    for b in (0.0, 600.0):
        inner = Dataset()
        private(inner, 0x2001, "Philips Imaging DD 001", {0x03: ("FL", b)})
        group = Dataset()
        private(group, 0x2005, "Philips MR Imaging DD 005", {0x0F: ("SQ", Sequence([inner]))}, 0x14)
        items.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(items)
    frames = frame_of(dataset).instance.frames
    assert [b_value(frame) for frame in frames] == [0, 600]


def test_a_value_is_read_in_the_byte_order_of_its_file(tmp_path):
    dataset = mr_slice()
    dataset.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x0019, 0x100E), "UN", struct.pack(">3d", 0.0, 0.0, 1.0))
    dataset.PixelData = bytes(40)
    frame = read_header(write(dataset, tmp_path / "one.dcm", pydicom.uid.ExplicitVRBigEndian)).frames[0]
    assert gradient_direction_lps(frame) == (0, 0, 1)


@pytest.mark.parametrize(("manufacturer", "expected"), [("GE MEDICAL SYSTEMS", 1000), ("General Imaging", None), (None, None)])
def test_where_creators_were_taken_out_the_manufacturer_stands_in_for_them(frame_of, manufacturer, expected):
    dataset = mr_slice(Manufacturer=manufacturer)
    dataset.add_new((0x0043, 0x1039), "IS", [1000, 8, 0, 0])
    assert b_value(frame_of(dataset)) == expected


@pytest.mark.parametrize("weighting", [0.0, 0.001, 0.004])
def test_a_direction_without_a_weighting_is_none(frame_of, weighting):
    """As Philips writes b 0 and its repeats."""
    dataset = mr_slice(DiffusionBValue=weighting, DiffusionGradientOrientation=[0.57735, 0.57735, 0.57735])
    assert gradient_direction_lps(frame_of(dataset)) == (0, 0, 0)


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


@pytest.mark.parametrize(("creator", "group", "number", "vr", "value", "name"), TABLE, ids=[row[-1] for row in TABLE])
def test_a_private_element_is_known_by_creator_group_and_number(creator, group, number, vr, value, name):
    assert private_values(made_private(creator, group, number, vr, value, 0x10)) == {name: value}
    assert private_values(made_private(creator.upper(), group, number, vr, value, 0x20)) == {name: value}
    assert private_values(made_private(creator, group, number ^ 0x40, vr, value)) == {}
    assert private_values(made_private("ACME", group, number, vr, value)) == {}


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
    assert private_values(made_private(SIEMENS, 0x0019, 0x0C, "LO", "1000")) == {"SiemensBValue": 1000.0}
    for vr, value in (("LO", "many"), ("FD", float("nan")), ("LO", ""), ("LO", None)):
        assert private_values(made_private(SIEMENS, 0x0019, 0x0C, vr, value)) == {}
    assert private_values(made_private(PHILIPS, 0x2001, 0x1A, "FL", (0.0, float("inf"), 1.0))) == {}


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
    """(2005,xx0F): a sequence whose made_item completes the object that it lies in."""
    made = made_private(PHILIPS_5, 0x2005, 0x0F, "SQ", Sequence([made_private(PHILIPS, 0x2001, 0x03, "FL", value)]))
    if outer is not None:
        made.update(made_private(PHILIPS, 0x2001, 0x03, "FL", outer))
    return made


def test_philips_items_complete_their_object_but_do_not_go_over_it():
    assert private_values(philips_item(5.0)) == {"PhilipsBValue": 5.0}
    assert private_values(philips_item(5.0, outer=7.0)) == {"PhilipsBValue": 7.0}
    empty = made_private(PHILIPS_5, 0x2005, 0x0F, "SQ", Sequence([]))
    assert private_values(empty) == {}


def test_items_of_a_private_sequence_are_found_in_their_block():
    made = made_private(UIH, 0x0065, 0x51, "SQ", Sequence([made_item(InstanceNumber=1), made_item(InstanceNumber=2)]), block=0x33)
    assert [one.InstanceNumber for one in private_sequence(made, UIH, 0x0065, 0x51)] == [1, 2]
    assert private_sequence(made, UIH, 0x0065, 0x52) == []
    assert private_sequence(made, "ACME", 0x0065, 0x51) == []
    assert private_sequence(Dataset(), UIH, 0x0065, 0x51) == []
