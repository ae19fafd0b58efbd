"""Small files of this room: what each gives on a few bytes or numbers, worked out by hand on both sides of every edge."""

from __future__ import annotations

import hashlib
import struct
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_frames import made_frame, made_instance
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom import decoding, private_elements, scanned_elements, scanned_header
from DICOMTutorialHelperLib.dicom.candidate import Candidate, Examination, SequenceIndex, SeriesExamination, Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, apply_modality_lut
from DICOMTutorialHelperLib.dicom.digests import content_digest, sop_instance_uid
from DICOMTutorialHelperLib.dicom.files import SkippedFile
from DICOMTutorialHelperLib.dicom.findings import INFO, Finding
from DICOMTutorialHelperLib.dicom.geometry import Grid, _line
from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader, in_file_order
from DICOMTutorialHelperLib.dicom.scanned_elements import LONGEST_REMEMBERED, ScannedElements, ScannedValues
from DICOMTutorialHelperLib.dicom.serialization import examination_to_dict
from DICOMTutorialHelperLib.dicom.stored_values import _with
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"


def explicit(tag: int, vr: str, value: bytes) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return head + (struct.pack("<HI", 0, len(value)) if vr in {"OB", "OW", "SQ"} else struct.pack("<H", len(value))) + value


def implicit(tag: int, _vr: str, value: bytes) -> bytes:
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value


def file_of(path: Path, syntax: str, elements: bytes, maker: bytes = b"1.2") -> Path:
    maker += b"\0" * (len(maker) % 2)
    syntax_uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = explicit(0x00020010, "UI", syntax_uid) + explicit(0x00020012, "UI", maker)
    path.write_bytes(b"\0" * 128 + b"DICM" + explicit(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + elements)
    return path


# --- digests

ELEMENTS = (
    (0x00080018, "UI", b"1.2.3\0"), (0x00100020, "LO", b"P1"), (0x00280100, "US", b"\x10\0"), (0x7FE00010, "OW", b"\1\2\3\4"),
)  # fmt: skip


@pytest.mark.parametrize(("syntax", "written"), [(EXPLICIT, explicit), (IMPLICIT, implicit)])
def test_a_digest_is_that_of_all_elements_written_with_their_vr(tmp_path, syntax, written):
    path = file_of(tmp_path / "a.dcm", syntax, b"".join(written(*one) for one in ELEMENTS))
    assert content_digest(path) == hashlib.sha256(b"".join(explicit(*one) for one in ELEMENTS)).hexdigest()
    other_maker = file_of(tmp_path / "b.dcm", syntax, b"".join(written(*one) for one in ELEMENTS), b"1.2.99")
    assert content_digest(other_maker) == content_digest(path)


@pytest.mark.parametrize("place", range(len(ELEMENTS)))
def test_a_digest_is_another_where_any_element_is(tmp_path, place):
    tag, vr, value = ELEMENTS[place]
    changed = [*ELEMENTS[:place], (tag, vr, b"7" + value[1:]), *ELEMENTS[place + 1 :]]
    first, second = (
        file_of(tmp_path / f"{n}.dcm", EXPLICIT, b"".join(explicit(*one) for one in e)) for n, e in enumerate((ELEMENTS, changed))
    )
    assert content_digest(first) != content_digest(second)


@pytest.mark.parametrize(("elements", "uid"), [(ELEMENTS, "1.2.3"), (ELEMENTS[1:], ""), (((0x00080018, "UI", b""),), "")])
def test_an_instance_is_known_by_its_uid_or_by_nothing(tmp_path, elements, uid):
    assert sop_instance_uid(file_of(tmp_path / "a.dcm", EXPLICIT, b"".join(explicit(*one) for one in elements))) == uid


def test_an_instance_is_known_though_its_pixels_have_no_end(tmp_path):
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + b"\1\2\3"
    path = file_of(tmp_path / "a.dcm", EXPLICIT, explicit(*ELEMENTS[0]) + pixels)
    assert sop_instance_uid(path) == "1.2.3"


# --- stored values


@pytest.mark.parametrize(
    ("values", "slope", "intercept", "kind", "expected"),
    [
        ([0.0, 32767.5], 0.5, 0.0, np.uint16, [0, 65535]),
        ([0.0, 32768.0], 0.5, 0.0, np.uint16, None),
        ([-0.5, 1.0], 0.5, 0.0, np.uint16, None),
        ([-16384.0, 16383.5], 0.5, 0.0, np.int16, [-32768, 32767]),
        ([-16384.5, 0.0], 0.5, 0.0, np.int16, None),
        ([0.0, 16384.0], 0.5, 0.0, np.int16, None),
        ([0.0, 1e300], 0.5, 0.0, np.uint16, None),
        ([-1e300, 0.0], 0.5, 0.0, np.uint16, None),
        ([10.0, 12.0], -2.0, 12.0, np.uint16, [1, 0]),
        ([0.25, 1.0], 0.5, 0.0, np.uint16, None),
        ([0.0], 0.0, 0.0, np.uint16, None),
        ([0.0], np.inf, 0.0, np.uint16, None),
        ([0.0], 1.0, np.nan, np.uint16, None),
    ],
)
def test_values_are_stored_by_a_slope_where_each_comes_back(values, slope, intercept, kind, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what does not fit is not even cut off
        found = _with(np.array(values), slope, intercept, kind)
    if expected is None:
        assert found is None
    else:
        assert (found.values.tolist(), found.values.dtype) == (expected, kind)
        assert (found.slope, found.intercept) == (slope, intercept)


# --- where slices lie


@pytest.mark.parametrize(("off", "start_z"), [(8.97e-5, 0.0), (9.03e-5, 3.01e-5)])
def test_slices_lie_on_the_line_of_their_ends_or_the_one_that_fits_best(off, start_z):
    """A middle slice that is off by less than 0.09 micrometres is on it; the best fit moves by a third of what it is off."""
    start, step = _line(np.array([0.0, 1, 2]), np.array([[5.0, 6, 0], [5, 6, 1 + off], [5, 6, 2]]))
    assert np.allclose(start, [5, 6, start_z], rtol=0, atol=1e-9) and np.allclose(step, [0, 0, 1], rtol=0, atol=1e-9)


def test_a_line_through_slices_begins_where_k_is_zero():
    start, step = _line(np.array([2.0, 4]), np.array([[0.0, 0, 10], [0, 0, 16]]))
    assert (start.tolist(), step.tolist()) == ([0, 0, 4], [0, 0, 3])
    start, step = _line(np.array([3.0]), np.array([[1.0, 2, 3]]))
    assert (start.tolist(), step) == ([1, 2, 3], None)


# --- private elements


def test_what_a_csa_header_says_is_a_number_or_several_and_an_own_element_goes_before_it(monkeypatch):
    numbers = {"B_value": (800.0,), "MosaicRefAcqTimes": (0.0, 52.5), "NumberOfImagesInMosaic": (36.0,)}
    monkeypatch.setattr(private_elements, "read_csa_numbers", lambda header, tags: numbers)
    dataset = Dataset()
    dataset.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
    dataset.add_new((0x0029, 0x1010), "OB", b"SV10")
    dataset.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x0019, 0x100C), "IS", "1000")
    found = private_elements.private_values(dataset)
    assert "SiemensCSAImageHeader" not in found
    assert found["SiemensBValue"] == 1000
    assert found["SiemensSliceTimes"] == (0.0, 52.5)
    assert found["SiemensNumberOfImagesInMosaic"] == 36.0


# --- modality values


@pytest.fixture
def looked_up(tmp_path, monkeypatch):
    """An instance whose file holds a Modality LUT of 10, 20 and 30 for the stored values 1, 2 and 3; reading it warns."""
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [3, 1, 16])
    item.add_new("ModalityLUTType", "LO", "US")
    item.add_new("LUTData", "US", [10, 20, 30])
    made = Dataset()
    made.add_new("ModalityLUTSequence", "SQ", [item])

    def read(path, **_):
        warnings.warn("a value of the header", stacklevel=1)
        return made

    monkeypatch.setattr(decoding, "pydicom", SimpleNamespace(dcmread=read))
    return made_instance("lut.dcm"), made


def test_stored_values_are_looked_up_and_nothing_of_the_header_is_printed(looked_up):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        values = apply_modality_lut(np.array([[0, 1, 2], [3, 4, 9]], np.uint16), looked_up[0])
    assert values.tolist() == [[10, 10, 20], [30, 30, 30]]
    assert heard == []


def test_a_table_that_is_damaged_is_told(looked_up):
    del looked_up[1].ModalityLUTSequence[0].LUTData
    with pytest.raises(DecodingError) as caught:
        apply_modality_lut(np.zeros((1, 1), np.uint16), looked_up[0])
    assert (caught.value.fields["file"], caught.value.reason) == ("lut.dcm", "undecodable")


# --- scanned elements


def scanned(elements, is_implicit=False, known=None):
    known = known or ScannedValues(is_implicit, b"")
    written = implicit if is_implicit else explicit
    return ScannedElements({in_file_order(tag): written(tag, vr, value) for tag, vr, value in elements}, known), known


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


# --- scanned headers


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


# --- an examination as plain data


def series_of(uid: str, patient: str, study: str, candidates=(), **values):
    values = {"SeriesInstanceUID": uid, "PatientID": patient, "StudyInstanceUID": study, **values}
    return SeriesExamination([made_instance(f"{uid}.dcm", **values)], list(candidates))


def test_an_examination_is_told_by_patient_and_study(tmp_path):
    frame = made_frame(name="a.dcm")
    grid = Grid((4, 3, 1), np.diag([-0.5, -0.5, 2.00000049, 1.0]))
    index = SequenceIndex("TriggerTime", "ms", [0.0, 100.0])
    stacks = [Stack([frame], grid), Stack([frame], grid)]
    moving = Candidate(
        "sequence", "moving", stacks, index, findings=[Finding("single-slice", INFO)], confidence=0.5, selected=True
    )
    still = Candidate("volume", "still", stacks[:1])
    first = series_of("1.1", "P1", "1", [moving, still], PatientName="A", StudyDate="20200102", StudyDescription="Chest",
                      SeriesNumber=3, SeriesDescription="Heart", Modality="MR")  # fmt: skip
    first.skipped.append(SkippedFile(Path("second"), Finding("single-slice", INFO)))
    skipped = [SkippedFile(Path("first"), Finding("single-slice", INFO))]
    others = [series_of("1.2", "P1", "1"), series_of("2.1", "P2", "1"), series_of("1.3", "P1", "2")]
    told = examination_to_dict(Examination([first, *others], skipped))
    tree = [
        [one["patient_id"], [[s["study_instance_uid"], len(s["series"])] for s in one["studies"]]] for one in told["patients"]
    ]
    assert tree == [["P1", [["1", 2], ["2", 1]]], ["P2", [["1", 1]]]]
    assert told["patients"][0]["patient_name"] == "A" and told["patients"][1]["patient_name"] == ""
    study = told["patients"][0]["studies"][0]
    assert (study["date"], study["description"]) == ("20200102", "Chest")
    series = study["series"][0]
    assert (series["series_instance_uid"], series["number"], series["description"]) == ("1.1", 3, "Heart")
    assert (series["modality"], series["instances"]) == ("MR", 1)
    sequence, volume = series["candidates"]
    assert (sequence["name"], sequence["kind"], sequence["selected"], sequence["confidence"]) == ("moving", "sequence", True, 0.5)
    assert (sequence["frames"], volume["frames"]) == (2, 1)
    assert sequence["index"] == {"name": "TriggerTime", "unit": "ms", "values": [0.0, 100.0]} and volume["index"] is None
    assert (sequence["dimensions"], sequence["spacing_mm"], sequence["files"]) == ([4, 3, 1], [0.5, 0.5, 2.0], ["a.dcm"])
    assert [one["code"] for one in sequence["findings"]] == ["single-slice"]
    assert [(one["file"], one["severity"], one["evidence"]) for one in told["skipped"]] == [
        ("first", INFO, {}),
        ("second", INFO, {}),
    ]
    empty = study["series"][1]
    assert (empty["number"], empty["description"], empty["modality"], empty["candidates"]) == (None, "", "", [])
