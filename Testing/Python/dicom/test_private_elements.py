"""Private elements are found by their creator, wherever an object keeps them."""

from __future__ import annotations

import struct

import numpy as np
import pydicom
import pytest
from made_mosaics import csa_header
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from synthetic_series import MR, slice_dataset, write

from DICOMTutorialHelperLib.dicom.diffusion import b_value, gradient_direction_lps
from DICOMTutorialHelperLib.dicom.headers import read_header

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
