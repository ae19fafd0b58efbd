"""The small readers of one thing each: values from bytes, words for findings, headers by name, a few elements of many files."""

from __future__ import annotations

import struct
from decimal import Decimal
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom import finding_messages
from DICOMTutorialHelperLib.dicom.files import begins_like_dicom, find_dicom_files
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import INFO, Finding
from DICOMTutorialHelperLib.dicom.plain_bytes import CONVERTERS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value
from DICOMTutorialHelperLib.dicom.scanned_keywords import KeywordReader, scan_keywords
from DICOMTutorialHelperLib.dicom.source_headers import SourceHeaders, header_of_file

# --- values from bytes


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
    ],
)
def test_values_are_plain(value, vr, plain):
    found = plain_value(value, vr)
    assert found == plain and type(found) is type(plain)


# --- words


@pytest.fixture
def words(monkeypatch):
    """Texts of a language in which a comma parts decimals."""
    texts = {
        "derived-image": "plain {value}",
        "derived-image.why": "reason {value}",
        "derived-image.why.one": "one reason {value}",
        "derived-image.one": "one {value}",
        "decimal-mark": ",",
        "word.axial": "quer",
        "word.a b": "A-B",
        "item.hole": "<{slice}>",
    }
    monkeypatch.setattr(finding_messages, "messages", lambda domain, language: texts)
    return lambda value, **more: finding_message(Finding("derived-image", INFO, {"value": value, **more}))


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "plain 1"),
        ({"reason": "why"}, "reason 1"),
        ({"reason": "else"}, "plain 1"),
        ({"count": 1}, "one 1"),
        ({"count": 2}, "plain 1"),
        ({"count": 1, "reason": "why"}, "one reason 1"),
    ],
)
def test_a_sentence_is_that_of_the_reason_and_of_one(words, more, text):
    assert words(1, **more) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1.25, "1,25"),
        (0.1, "0,1"),
        (0.005, "0,01"),
        (0.0049, "0,0049"),
        (0.00001234, "1,2e-05"),
        (0.0, "0"),
        (-0.5, "-0,5"),
        (100.0, "100"),
        (10.5, "10,5"),
        (7, "7"),
        ("axial", "quer"),
        ("axial 2", "quer 2"),
        ("a b", "A-B"),
        ("a b 3", "A-B 3"),
        ("other 2", "other 2"),
        ("other", "other"),
        ([1, 2.5], "1, 2,5"),
        ([1, 2, 3, 4], "1, 2, 3, 4"),
        ([1, 2, 3, 4, 5], "1, 2, 3, 4, …"),
        ([], ""),
        ({"text": "hole", "slice": 2.5}, "<2,5>"),
        (("axial",), "quer"),
    ],
)
def test_values_are_written_as_the_language_has_them(words, value, text):
    assert words(value) == f"plain {text}"


def test_a_sentence_with_a_gap_is_none(words):
    with pytest.raises(KeyError):
        finding_message(Finding("derived-image", INFO, {}))


# --- files


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (bytes(128) + b"DICM", True),
        (bytes(128) + b"DICX", False),
        (b"\2\0", True),
        (b"\x08\0", True),
        (b"\0\2", True),
        (b"\0\x08", True),
        (b"\1\0", False),
        (b"", False),
        (bytes(127) + b"DICM", False),
        (bytes(128) + b"DICMmore", True),
    ],
)
def test_a_file_begins_like_dicom(tmp_path, content, begins):
    (tmp_path / "a").write_bytes(content)
    assert begins_like_dicom(tmp_path / "a") == begins


def test_the_same_file_twice_is_one_and_folders_of_downloads_are_passed_over(tmp_path):
    (tmp_path / ".dicom-tutorial-downloads").mkdir()
    for name in ("a", "desktop.ini", ".dicom-tutorial-downloads/b"):
        (tmp_path / name).write_bytes(b"x")
    assert find_dicom_files([tmp_path / "a", tmp_path, str(tmp_path / "a")])[0] == [tmp_path / "a"]
    assert find_dicom_files(tmp_path / "a")[0] == [tmp_path / "a"]


# --- headers by name


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two images and a text."""
    for uid in ("1.1", "1.2"):
        write(slice_dataset(0, SOPInstanceUID=uid, PatientName="A^é", SpecificCharacterSet="ISO_IR 100"), tmp_path / f"{uid}.dcm")
    (tmp_path / "text").write_text("no DICOM")
    return tmp_path


def test_headers_are_found_by_their_uid_without_pixels(folder):
    told = []
    found = SourceHeaders.below([folder], lambda *done: told.append(done))
    one = found.get("1.1")
    assert (one.SOPInstanceUID, one.Rows, "PixelData" in one) == ("1.1", 5, False)
    assert found.get("1.1") is one and found.get("9") is None
    assert told == [(3, 3)]
    (folder / "1.2.dcm").unlink()
    assert found.get("1.2") is None
    assert header_of_file(folder / "1.1.dcm").Rows == 5 and header_of_file(folder / "text") is None


def test_progress_of_headers_is_told_every_hundred_files(tmp_path):
    for number in range(201):
        (tmp_path / f"{number}").write_bytes(b"x")
    told = []
    SourceHeaders.below([tmp_path], lambda *done: told.append(done))
    assert told == [(100, 201), (200, 201), (201, 201)]


def test_a_few_elements_of_a_file_are_read_alone(folder):
    alone = scan_keywords(folder / "1.1.dcm", ["Rows", "PatientName", "EchoTime", "NoKeyword"])
    assert (alone.Rows, str(alone.PatientName), "EchoTime" in alone, "Columns" in alone) == (5, "A^é", False, False)


def test_what_is_the_same_in_many_files_is_converted_once(folder):
    converted, plain = [], []

    def convert(dataset, keyword):
        converted.append(keyword)
        return dataset.get(keyword)

    def from_bytes(content, vr):
        plain.append((vr, content))
        return "plain" if vr == "LO" else None

    reader = KeywordReader(["PatientName", "PatientID", "SOPInstanceUID", "EchoTime"], convert, from_bytes)
    first, second = (reader.read(folder / f"{uid}.dcm") for uid in ("1.1", "1.2"))
    assert (str(first["PatientName"]), first["PatientID"], first["SOPInstanceUID"]) == ("A^é", "plain", "1.1")
    assert second == {**first, "SOPInstanceUID": "1.2"} and "EchoTime" not in first
    assert sorted(converted) == ["PatientName", "SOPInstanceUID", "SOPInstanceUID"]
    assert ("LO", b"P1") in plain


def test_files_that_hold_a_surprise_are_read_by_pydicom_or_who_is_told_to(tmp_path):
    path = write(slice_dataset(0, PatientID="B", SpecificCharacterSet=["ISO 2022 IR 6", "ISO 2022 IR 87"]), tmp_path / "a.dcm")
    assert KeywordReader(["PatientID", "EchoTime"]).read(path) == {"PatientID": "B"}
    asked = []
    reader = KeywordReader(["PatientID"], read_dataset=lambda path: asked.append(path.name) or slice_dataset(0, PatientID="C"))
    assert (reader.read(path), asked) == ({"PatientID": "C"}, ["a.dcm"])
