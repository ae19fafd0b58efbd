"""What scanned elements say by keyword, what of them is remembered, and what headers written alike share."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from made_elements import explicit, file_of, implicit

from DICOMTutorialHelperLib.dicom import scanned_elements, scanned_header
from DICOMTutorialHelperLib.dicom.header_runs import CommonRuns, Layout, Run
from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader, in_file_order
from DICOMTutorialHelperLib.dicom.scanned_elements import LONGEST_REMEMBERED, ScannedElements, ScannedValues
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"


def scanned(elements, is_implicit=False, known=None):
    known = known or ScannedValues(is_implicit, b"")
    written = implicit if is_implicit else explicit
    singles = {in_file_order(tag): written(tag, vr, value) for tag, vr, value in elements}
    return ScannedElements(singles, known, CommonRuns().layout(list(singles))), known


@pytest.mark.parametrize("is_implicit", [False, True])
def test_scanned_elements_say_their_values_by_keyword(is_implicit):
    elements, _ = scanned(((0x00100020, "LO", b"P1"), (0x00280010, "US", b"\5\0"), (0x00081140, "SQ", b"")), is_implicit)
    refused: list[RefusedValue] = []
    assert elements.header_values(refused) == {"PatientID": "P1", "Rows": 5}
    assert refused == []
    assert "Rows" in elements and "Columns" not in elements
    assert elements.value("Rows") == (5, None) and elements.value("Columns") == (None, None)


@pytest.mark.parametrize(("length", "remembered"), [(LONGEST_REMEMBERED, True), (LONGEST_REMEMBERED + 2, False)])
def test_long_elements_are_not_remembered(length, remembered):
    tag = 0x00204000  # Image Comments, which may be long
    elements, known = scanned(((tag, "LT", b"x" * (length - 8)), (0x00280010, "US", b"\5\0")))
    assert elements.header_values([])["Rows"] == 5
    assert [len(element) for element in known.header_values] == ([length, 10] if remembered else [10])


def test_what_is_refused_is_told_of_every_header_that_says_it():
    known = ScannedValues(False, b"")
    for _ in range(2):
        refused: list[RefusedValue] = []
        elements, _ = scanned(((0x00280010, "US", b"\5\0"), (0x00280030, "DS", b"nonsense")), known=known)
        assert elements.header_values(refused) == {"Rows": 5}
        assert [one.keyword for one in refused] == ["PixelSpacing"]


LAYOUTS: dict[tuple, Layout] = {}


def in_parts(known, number: bytes, extra=MappingProxyType({})):
    """The elements of a header of which a run is known, with one between and behind: patient, number, rows and columns."""
    patient = {in_file_order(0x00100020): explicit(0x00100020, "LO", b"P1")}
    private = {in_file_order(0x00190010): explicit(0x00190010, "LO", b"SIEMENS ")}
    rows = {in_file_order(0x00280010): explicit(0x00280010, "US", b"\5\0")}
    spacing = {in_file_order(0x00280030): explicit(0x00280030, "DS", b"nonsense")}
    between = {in_file_order(0x00200013): explicit(0x00200013, "IS", number)}
    runs = Run(b"patient", {**patient, **private}), Run(b"rows", {**rows, **spacing})
    layout = LAYOUTS.setdefault((known, *extra), CommonRuns().layout([runs[0], *between, runs[1], *extra]))
    return ScannedElements({**between, **extra}, known, layout)


def test_runs_say_the_same_in_every_header_and_what_stands_between_its_own():
    known = ScannedValues(False, b"")
    for number in (b"1 ", b"2 ", b"3 "):
        refused: list[RefusedValue] = []
        elements = in_parts(known, number)
        values = elements.header_values(refused)
        assert values == {"PatientID": "P1", "InstanceNumber": int(number), "Rows": 5}
        assert [one.keyword for one in refused] == ["PixelSpacing"]
        assert list(elements._private_elements()) == [in_file_order(0x00190010)]
        assert "PatientID" in elements and "InstanceNumber" in elements and "Columns" not in elements
        assert elements.value("Rows") == (5, None) and elements.value("InstanceNumber") == (int(number), None)
        values["PatientID"] = "another"  # of this header alone
    assert list(known.shared_values.values()) == [{"PatientID": "P1", "Rows": 5}]


def test_layouts_are_forgotten_before_there_are_too_many(monkeypatch):
    monkeypatch.setattr(scanned_elements, "MOST_LAYOUTS", 1)
    known = ScannedValues(False, b"")
    columns = {in_file_order(0x00280011): explicit(0x00280011, "US", b"\7\0")}
    expected = {"PatientID": "P1", "InstanceNumber": 1, "Rows": 5}
    for _ in range(2):
        assert in_parts(known, b"1 ").header_values([]) == expected
        assert in_parts(known, b"1 ", columns).header_values([]) == {**expected, "Columns": 7}
        assert len(known.shared_values) == 1


def test_private_elements_of_runs_and_single_ones_are_asked_for_together(monkeypatch):
    asked = []
    monkeypatch.setattr(scanned_elements, "private_values", lambda dataset, maker: asked.append(sorted(dataset.keys())) or {})
    own = {in_file_order(0x00191010): explicit(0x00191010, "LO", b"1 ")}
    in_parts(ScannedValues(False, b""), b"1 ", own).private_values("SIEMENS")
    assert asked == [[0x00080000, 0x00190010, 0x00191010]]


@pytest.mark.parametrize(("length", "remembered"), [(LONGEST_REMEMBERED, True), (LONGEST_REMEMBERED + 2, False)])
def test_long_groups_are_read_each_time(length, remembered):
    tag = 0x00289110  # Pixel Measures Sequence
    elements, _ = scanned(((tag, "SQ", b"\0" * (length - 12)),))
    asked = []

    def read(macro, mine):
        asked.append(macro)
        return len(asked)

    known = {tag: "PixelMeasuresSequence"}
    assert [list(elements.macros(known, read)) for _ in range(2)] == [[1], [1] if remembered else [2]]
    assert list(elements.macros({}, read)) == ([1] if remembered else [])
    assert asked == ["PixelMeasuresSequence"] * (1 if remembered else 2)


@pytest.mark.parametrize(("length", "times"), [(LONGEST_REMEMBERED, 1), (LONGEST_REMEMBERED + 2, 2)])
def test_private_elements_are_asked_for_once_a_maker_unless_they_are_long(monkeypatch, length, times):
    asked = []
    monkeypatch.setattr(
        scanned_elements, "private_values", lambda ds, maker: asked.append((0x00280010 in ds, maker)) or {"a": maker}
    )
    elements, _ = scanned(((0x00290010, "LO", b"ME"), (0x00291010, "OB", b"\0" * (length - 22)), (0x00280010, "US", b"\5\0")))
    assert [elements.private_values("A"), elements.private_values("A"), elements.private_values("B")] == [
        {"a": "A"},
        {"a": "A"},
        {"a": "B"},
    ]
    assert asked == [(False, "A")] * times + [(False, "B")]
    assert scanned(((0x00280010, "US", b"\5\0"),))[0].private_values("A") == {}
    assert len(asked) == times + 1


def test_a_data_set_of_elements_is_in_the_character_set_of_the_reading_or_in_its_own():
    cyrillic, utf8 = (explicit(0x00080005, "CS", name) for name in (b"ISO_IR 144", b"ISO_IR 192"))
    known = ScannedValues(False, cyrillic)
    name = explicit(0x00100010, "PN", b"\xbc ")
    assert str(known.dataset_of({in_file_order(0x00100010): name}).PatientName) == "\N{CYRILLIC CAPITAL LETTER EM}"
    own = {scanned_elements.CHARACTER_SET: utf8, in_file_order(0x00100010): explicit(0x00100010, "PN", b"\xc3\xa9")}
    assert str(known.dataset_of(own).PatientName) == "é"


def header_of(path: Path, known=None):
    file = path.open("rb")
    return scanned_header.ScannedHeader(file, path.stat().st_size, known or scanned_header.KnownScannedValues())


PLAIN = explicit(0x00100020, "LO", b"P1") + explicit(0x00280010, "US", b"\5\0")


def test_headers_written_alike_share_what_they_say(tmp_path):
    known = scanned_header.KnownScannedValues()
    latin = explicit(0x00080005, "CS", b"ISO_IR 100")
    for name, syntax, content in (
        ("a", EXPLICIT, PLAIN),
        ("b", EXPLICIT, PLAIN),
        ("c", EXPLICIT, latin + PLAIN),
        ("d", IMPLICIT, implicit(0x00080060, "CS", b"MR") + implicit(0x00100020, "LO", b"P1")),
    ):
        header = header_of(file_of(tmp_path / name, syntax, content), known)
        assert (header.values["PatientID"], header.transfer_syntax, header.refused) == ("P1", syntax, [])
        assert "PatientID" in header and "PatientName" not in header
    assert sorted(known.values) == [(False, b""), (False, latin), (True, b"")]


def test_pixels_are_the_last_there_is(tmp_path):
    assert header_of(file_of(tmp_path / "none", EXPLICIT, PLAIN)).find_pixels() is None
    pixels = explicit(0x7FE00010, "OW", b"\1\2\3\4")
    whole = file_of(tmp_path / "whole", EXPLICIT, PLAIN + pixels)
    found = header_of(whole).find_pixels()
    assert (found.offset, found.length) == (whole.stat().st_size - 4, 4)
    with pytest.raises(UnusualHeader, match="after its pixels"):
        header_of(file_of(tmp_path / "more", EXPLICIT, PLAIN + pixels + explicit(0xFFFAFFFA, "SQ", b""))).find_pixels()
    with pytest.raises(UnusualHeader, match="its bits"):
        header_of(whole).overlay_bits()
