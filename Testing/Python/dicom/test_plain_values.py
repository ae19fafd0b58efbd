"""Values from bytes that leave no doubt, and values as plain ones."""

from __future__ import annotations

import struct
from decimal import Decimal

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from DICOMTutorialHelperLib.dicom.plain_bytes import CONVERTERS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value


@pytest.mark.parametrize(
    ("vr", "content", "value"),
    [
        ("DS", b"1.5", 1.5),
        ("DS", b"1\\2 ", (1.0, 2.0)),
        ("DS", b" -.5e3\0", -500.0),
        ("DS", b"", None),
        ("DS", b"1\\", None),
        ("DS", b"1" * 16, float("1" * 16)),
        ("DS", b"1" * 33, None),
        ("DS", b"." + b"1" * 17, None),
        ("DS", b"1e1234", None),
        ("DS", b"nan", None),
        ("IS", b"12", 12),
        ("IS", b"+1\\-2", (1, -2)),
        ("IS", b"1.0", None),
        ("IS", b"1" * 9, int("1" * 9)),
        ("IS", b"1" * 10, None),
        ("UI", b"1.2\0", "1.2"),
        ("UI", b"1.2 ", None),
        ("UI", b"1\\2", None),
        ("UI", b"", None),
        ("CS", b"A B ", "A B"),
        ("LO", b" A", "A"),
        ("LO", b"A\\B", None),
        ("PN", b"A=B", None),
        ("LO", b"\xe9", None),
        ("LO", b"  ", None),
        ("LO", b"", None),
        ("TM", b"1011\0", "1011"),
        ("DA", b"20200102", "20200102"),
        ("DT", b"2020", "2020"),
        ("SH", b"~", "~"),
        ("LO", b"A\n", None),
        ("US", struct.pack("<H", 65535), 65535),
        ("SS", struct.pack("<h", -2), -2),
        ("UL", struct.pack("<I", 1 << 31), 1 << 31),
        ("SL", struct.pack("<i", -3), -3),
        ("FL", struct.pack("<f", 0.5), 0.5),
        ("FD", struct.pack("<2d", 1, 2), (1.0, 2.0)),
        ("US", b"", None),
        ("US", b"1", None),
        ("FD", b"1234567", None),
        ("US", struct.pack("<3H", 1, 2, 3), (1, 2, 3)),
    ],
)
def test_bytes_that_leave_no_doubt_are_values_and_all_others_none(vr, content, value):
    found = CONVERTERS[vr](content)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "vr", "plain"),
    [
        (None, "DS", None),
        ("", "LO", None),
        (" a\0 ", "LO", "a"),
        (5, "US", 5),
        (True, "US", 1),
        (1.5, "FD", 1.5),
        (Decimal("1.5"), "DS", 1.5),
        ([], "LO", None),
        (["a"], "LO", "a"),
        (["a", None, "b"], "LO", ("a", "b")),
        (MultiValue(str, ["a", "b"]), "LO", ("a", "b")),
        (Dataset(), "SQ", None),
        (pydicom.Sequence([]), "SQ", None),
        ([None], "LO", None),
        (b"12\\13 ", "IS", (12, 13)),
        (b"", "IS", None),
        (b"7\0", "IS", 7),
        (struct.pack("<2f", 1, 2), "FL", (1.0, 2.0)),
        (struct.pack("<d", 3), "FD", 3.0),
        (b"", "FD", None),
        (b"ab", "OB", None),
        (b"ab", "US or OW", None),
        (b"33.5 ", "DS", 33.5),
        (b" 1 \\-2.5e1", "DS", (1.0, -25.0)),
        (b"   ", "DS", None),
        (b"MR\0", "CS", "MR"),
        (b"A\\B ", "CS", ("A", "B")),
        (struct.pack("<H", 512), "US", 512),
        (struct.pack("<2h", -1, 2), "SS", (-1, 2)),
        (struct.pack("<q", -(1 << 40)), "SV", -(1 << 40)),
        (struct.pack("<H", 7), "US or SS", 7),
        (pydicom.Sequence([Dataset()]), "SQ", None),
        (pydicom.Sequence([]), "DS", None),
    ],
)
def test_values_are_plain(value, vr, plain):
    found = plain_value(value, vr)
    assert found == plain and type(found) is type(plain)


@pytest.mark.parametrize(("vr", "letter"), [("US", "H"), ("SL", "i"), ("FL", "f"), ("FD", "d")])
def test_bytes_of_a_big_endian_file_are_read_in_its_order(vr, letter):
    assert plain_value(struct.pack(f">2{letter}", 3, 70), vr, little_endian=False) == (3, 70)


@pytest.mark.parametrize(
    ("value", "vr"),
    [
        (pydicom.Sequence([Dataset()]), "DS"),
        (pydicom.Sequence([Dataset()]), "LO"),
        (b"\xff", "DS"),
        (b"\xe9t\xe9", "LO"),
        (b"1_0", "DS"),
        (b"1_0", "IS"),
        (b"1.0", "IS"),
        (b"abc", "US"),
        (b"\0", "FD"),
    ],
)
def test_what_cannot_be_a_value_of_its_kind_raises(value, vr):
    with pytest.raises((ValueError, struct.error)):
        plain_value(value, vr)
