"""The limits of every value that geometry and pixels rest on: the last one that is allowed, and the first one that is not."""

from __future__ import annotations

import math

import pytest

from DICOMTutorialHelperLib.dicom.value_rules import MANY, checked_value, plain_text, rule_for

LIMITS = {  # keyword: lowest and highest allowed, and just outside; None where there is no such
    "Rows": ((0, 1), (65535, 65536)),
    "Columns": ((0, 1), (65535, 65536)),
    "SamplesPerPixel": ((0, 1), (3, 4)),
    "PlanarConfiguration": ((-1, 0), (1, 2)),
    "BitsAllocated": ((0, 1), (64, 65)),
    "BitsStored": ((0, 1), (64, 65)),
    "HighBit": ((-1, 0), (63, 64)),
    "PixelRepresentation": ((-1, 0), (1, 2)),
    "PixelPaddingValue": ((-(2**31) - 1, -(2**31)), (2**32 - 1, 2**32)),
    "NumberOfFrames": ((0, 1), (2**31 - 1, 2**31)),
    "RescaleSlope": ((-1.01e25, -1e25), (1e25, 1.01e25)),
    "RescaleIntercept": ((-1.01e25, -1e25), (1e25, 1.01e25)),
    "SpacingBetweenSlices": ((-10000.5, -10000.0), (10000.0, 10000.5)),
    "SliceThickness": ((-0.5, 0.0), (10000.0, 10000.5)),
    "SliceLocation": ((-1000000.5, -1e6), (1e6, 1000000.5)),
    "GantryDetectorTilt": ((-90.5, -90.0), (90.0, 90.5)),
    "PhysicalDeltaX": ((-1000.5, -1000.0), (1000.0, 1000.5)),
    "PhysicalDeltaY": ((-1000.5, -1000.0), (1000.0, 1000.5)),
    "DiffusionBValue": ((-0.5, 0.0), (1e30, 1.1e30)),
    "EchoTime": ((-1.1e30, -1e30), (1e30, 1.1e30)),  # any other number
}


@pytest.mark.parametrize("keyword", LIMITS)
def test_numbers_are_allowed_up_to_their_limits(keyword):
    (below, lowest), (highest, above) = LIMITS[keyword]
    assert [rule_for(keyword).apply(value) for value in (below, lowest, highest, above)] == [None, lowest, highest, None]


VECTORS = {
    "ImagePositionPatient": (3, -1e6, 1e6, 1000000.5),
    "PixelSpacing": (2, 1e-4, 1e4, 10000.5),
    "ImagerPixelSpacing": (2, 1e-4, 1e4, 10000.5),
    "NominalScannedPixelSpacing": (2, 1e-4, 1e4, 10000.5),
    "DiffusionGradientOrientation": (3, -2.0, 2.0, 2.01),
    "PixelAspectRatio": (2, 1, 2**31, 2**31 + 1),
}


@pytest.mark.parametrize("keyword", VECTORS)
def test_vectors_have_as_many_numbers_as_they_must(keyword):
    count, low, high, above = VECTORS[keyword]
    rule = rule_for(keyword)
    assert rule.apply((low,) * (count - 1) + (high,)) == (low,) * (count - 1) + (high,)
    assert [rule.apply((high,) * wrong) for wrong in (count - 1, count + 1)] == [None, None]
    assert rule.apply((high,) * (count - 1) + (above,)) is None
    assert rule.apply((low - 1 if low >= 1 else low * 0.9 if low > 0 else low * 1.01,) + (high,) * (count - 1)) is None


@pytest.mark.parametrize("bits", range(66))
def test_pixels_have_1_8_16_32_or_64_bits(bits):
    assert rule_for("BitsAllocated").apply(bits) == (bits if bits in (1, 8, 16, 32, 64) else None)


def test_two_samples_are_none():
    assert [rule_for("SamplesPerPixel").apply(samples) for samples in (1, 2, 3)] == [1, None, 3]


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("RescaleSlope", 1e-30, 1e-30), ("RescaleSlope", -1e-30, -1e-30), ("RescaleSlope", 0.9e-30, None),
        ("RescaleSlope", 0.0, None),
        ("PhysicalDeltaX", 1e-5, 1e-5), ("PhysicalDeltaX", -1e-5, -1e-5), ("PhysicalDeltaX", 0.9e-5, None),
        ("PhysicalDeltaY", 1e-5, 1e-5), ("PhysicalDeltaY", -1e-5, -1e-5), ("PhysicalDeltaY", 0.9e-5, None),
        ("Rows", 3.0, 3), ("Rows", 3.5, None), ("Rows", "12", 12), ("Rows", " 12", None), ("Rows", "1e1", 10),
        ("Rows", "x", None),
        ("RescaleSlope", "-.5", -0.5), ("RescaleSlope", "5.", 5.0), ("RescaleSlope", "1e", None), ("RescaleSlope", ".", None),
        ("RescaleSlope", math.nan, None), ("RescaleSlope", math.inf, None), ("RescaleSlope", "nan", None),
        ("EchoTime", 10**400, None),
        ("Rows", (5, 5), 5), ("Rows", (5, 6), None), ("EchoTime", (1.0, 1.0, 1.0), 1.0),
        ("PatientName", "A\x00\x1fB\n", "A B"), ("PatientName", ("A", "B"), "A\\B"), ("ImageType", ("A", " B "), ("A", "B")),
        ("ImageType", "A", "A"), ("PatientID", 5.0, "5"),
    ],
)  # fmt: skip
def test_a_value_is_what_its_rule_makes_of_it(keyword, value, expected):
    assert rule_for(keyword).apply(value) == expected


@pytest.mark.parametrize(
    ("value", "allowed"),
    [
        ((1, 0, 0, 0, 1, 0), True), ((1, 0, 0, 0, 1.049, 0), True), ((1, 0, 0, 0, 1.06, 0), False),
        ((0.951, 0, 0, 0, 1, 0), True), ((0.949, 0, 0, 0, 1, 0), False), ((1, 0, 0, 0, 0.949, 0), False),
        ((1, 0, 0, 0.049, 0.998, 0), True), ((1, 0, 0, 0.051, 0.998, 0), False), ((1, 0, 0, -0.051, 0.998, 0), False),
        ((0.8, 0.63, 0.3, 0, 1, 0), False), ((0.6, 0, 0.8, 0, -1, 0), True), ((1.0, 0.3, 0.2, 0, 0, 1), False),
        ((1, 0, 0, 0, 1), False), ((0, 0, 0, 0, 1, 0), False),
    ],
)  # fmt: skip
def test_directions_have_length_one_and_right_angles_within_a_twentieth(value, allowed):
    assert (rule_for("ImageOrientationPatient").apply(value) is not None) == allowed


@pytest.mark.parametrize(
    ("keyword", "vr", "number", "whole", "least", "most"),
    [
        ("EchoTime", "", True, False, 1, 1), ("InstanceNumber", "", True, True, 1, 1), ("ImageType", "", False, False, 2, MANY),
        ("PixelPaddingValue", "", True, True, 1, 1), ("WindowCenter", "", True, False, 1, MANY),
        ("SmallestImagePixelValue", "", True, True, 1, 1), ("AcquisitionMatrix", "", True, True, 4, 4),
        ("UIHBValue", "FD", True, False, 1, MANY), ("GEBValue", "IS", True, True, 1, MANY),
        ("AnyName", "LO", False, False, 1, MANY),
    ],
)  # fmt: skip
def test_elements_without_a_rule_of_their_own_follow_the_dictionary(keyword, vr, number, whole, least, most):
    rule = rule_for(keyword, vr)
    assert (rule.number, rule.whole, rule.least, rule.most) == (number, whole, least, most)


@pytest.mark.parametrize(
    ("keyword", "value", "shown", "expected"),
    [
        ("Rows", 5, "", (5, None)),
        ("Rows", 0, "", (None, ("Rows", "0", "", ""))),
        ("Rows", 0, "zero", (None, ("Rows", "zero", "", ""))),
        ("Rows", None, "", (None, ("Rows", "", "", "unreadable"))),
        ("Rows", None, "abc", (None, ("Rows", "abc", "", ""))),
        ("RescaleSlope", 0.0, "", (1.0, ("RescaleSlope", "0", "1", ""))),
        ("RescaleIntercept", math.nan, "", (0.0, ("RescaleIntercept", "nan", "0", ""))),
        ("RescaleIntercept", None, "", (0.0, ("RescaleIntercept", "", "0", "unreadable"))),
    ],
)
def test_a_refused_value_is_told_with_what_is_taken_instead(keyword, value, shown, expected):
    assert checked_value(keyword, value, shown) == expected


@pytest.mark.parametrize(
    ("value", "longest", "shown"),
    [
        (b"abc\0 ", 32, "abc"), ((1.5, 2.0), 32, "1.5\\2"), ("a\nb", 32, "a·b"), ("x" * 32, 32, "x" * 32),
        ("x" * 33, 32, "x" * 32 + "…"), ("abcd", 3, "abc…"), (7, 32, "7"), ("  a ", 32, "a"),
    ],
)  # fmt: skip
def test_a_value_is_shown_short_and_plain(value, longest, shown):
    assert plain_text(value, longest) == shown
