"""Every header value passes one door: right kind, number and range, or refused by name; pixels are what the file has."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from synthetic_series import CT, MR, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.dicom import deflated
from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.header_keywords import KEYWORDS
from DICOMTutorialHelperLib.dicom.headers import read_header
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.dicom.value_rules import checked_value, rule_for
from DICOMTutorialHelperLib.languages import LANGUAGES


def damaged(path: Path, keyword: str, vr: str, content: bytes) -> Path:
    """The file with an element of any VR and content, as no writer would let one make it (explicit little endian)."""
    whole = path.read_bytes()
    tag = pydicom.datadict.tag_for_keyword(keyword)
    own = struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), len(content)) + content
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    if keyword in dataset:
        old = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + dataset.get_item(tag).VR.encode()
        at = whole.index(old)
        length = struct.unpack("<H", whole[at + 6 : at + 8])[0]
        path.write_bytes(whole[:at] + own + whole[at + 8 + length :])
    else:
        later = next(element for element in pydicom.dcmread(path) if element.tag > tag)
        at = whole.index(struct.pack("<HH", later.tag.group, later.tag.elem) + later.VR.encode())
        path.write_bytes(whole[:at] + own + whole[at:])
    return path


@pytest.fixture
def one_file(tmp_path) -> Path:
    (path,) = write_series(tmp_path, axial_positions(1), RescaleSlope=1, RescaleIntercept=-1024, SliceThickness=2)
    return path


def voxels_of(path: Path) -> np.ndarray:
    instance = read_header(path)
    assert isinstance(instance, Instance), instance
    return read_voxels(Stack(list(instance.frames), None))


def findings_of(path: Path) -> dict[str, dict]:
    """Evidence of the findings of the only candidate of a file, by code and keyword."""
    (series,) = examine_paths([path]).series
    found = {}
    for finding in series.selected[0].findings:
        for language in LANGUAGES:
            sentence = finding_message(finding, language)
            assert "?" not in sentence and "None" not in sentence, sentence
        found[finding.code, finding.evidence.get("keyword", "")] = {**finding.evidence, "severity": finding.severity}
    return found


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("Rows", 512, 512),
        ("Rows", 0, None),
        ("Rows", 65536, None),
        ("Rows", 12.5, None),
        ("Rows", (4, 5), None),
        ("Rows", "64", 64),
        ("BitsAllocated", 12, None),
        ("SamplesPerPixel", 2, None),
        ("ImagePositionPatient", (0.0, 1.0, 1e154), None),
        ("ImagePositionPatient", (0.0, 1.0), None),
        ("ImagePositionPatient", (0.0, float("nan"), 0.0), None),
        ("PixelSpacing", (0.0, 0.0), None),
        ("PixelSpacing", "0,5", None),
        ("ImageOrientationPatient", (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), None),
        ("ImageOrientationPatient", (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)),
        ("SliceThickness", (1.0, 2.0), None),
        ("SliceThickness", float("inf"), None),
        ("EchoTime", (5.0, 5.0), 5.0),
        ("PatientID", 17.0, "17"),
        ("SeriesDescription", ("a", "b"), "a\\b"),
        ("SeriesDescription", "T1\x1b[31m\0x", "T1 [31m x"),
        ("ImageType", ("ORIGINAL", "PRIMARY"), ("ORIGINAL", "PRIMARY")),
    ],
)
def test_a_value_is_of_its_kind_number_and_range_or_refused(keyword, value, expected):
    plain, refused = checked_value(keyword, value)
    assert plain == expected
    assert type(plain) is type(expected)
    assert (refused is not None) == (expected is None)


def test_every_element_that_is_read_has_a_rule():
    for keyword in KEYWORDS:
        rule = rule_for(keyword)
        assert 1 <= rule.least <= rule.most


@pytest.mark.parametrize(
    ("slope", "expected", "assumed"),
    [("0", 1, "1"), ("1\\2", 1, "1"), ("1e+300", 1, "1"), ("abc", 1, "1"), ("2\\2", 2, None), ("nan", 1, "1"), ("1,5", 1, "1")],
)
def test_a_slope_that_cannot_be_is_named_and_the_picture_is_there(one_file, slope, expected, assumed):
    stored = pydicom.dcmread(one_file).pixel_array.astype(int)
    damaged(one_file, "RescaleSlope", "DS", slope.encode() + b" " * (len(slope) % 2))
    assert np.array_equal(voxels_of(one_file)[0], stored * expected - 1024)
    found = findings_of(one_file).get(("damaged-value", "RescaleSlope"))
    assert (found and found["assumed"]) == assumed
    if found:
        assert found["severity"] == "warning"
        assert found["value"] == slope


def test_a_slope_written_as_text_counts(one_file):
    stored = pydicom.dcmread(one_file).pixel_array.astype(int)
    damaged(one_file, "RescaleSlope", "LO", b"2 ")
    assert np.array_equal(voxels_of(one_file)[0], stored * 2 - 1024)


@pytest.mark.parametrize("vr", ["OB", "OW", "UN"])
def test_an_element_that_a_file_calls_bytes_says_what_it_said(one_file, vr):
    before = read_header(one_file)
    dataset = pydicom.dcmread(one_file, stop_before_pixels=True)
    keywords = [element.keyword for element in dataset if element.keyword in KEYWORDS and element.VR != "SQ"]
    assert {"RescaleIntercept", "ImagePositionPatient", "Rows", "SeriesInstanceUID", "Modality"} <= set(keywords)
    whole = one_file.read_bytes()
    for keyword in keywords:
        tag = pydicom.datadict.tag_for_keyword(keyword)
        head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
        at = whole.index(head + dataset.get_item(tag).VR.encode())
        length = whole[at + 6 : at + 8]
        whole = whole[: at + 4] + vr.encode() + b"\0\0" + length + b"\0\0" + whole[at + 8 :]
    one_file.write_bytes(whole)
    after = read_header(one_file)
    assert after.values == before.values and not after.refused
    assert [frame.values for frame in after.frames] == [frame.values for frame in before.frames]


@pytest.mark.parametrize("vr", ["LO", "DS", "IS", "CS", "US", "UL", "FD", "FL", "UI", "AT", "OB", "UN", "UT", "PN", "DA", "ZZ"])
def test_an_element_of_any_vr_says_the_same_or_is_named(one_file, tmp_path, vr):
    before = read_header(one_file)
    whole, other = one_file.read_bytes(), tmp_path / "other.dcm"
    tried = 0
    for element in pydicom.dcmread(one_file, stop_before_pixels=True):
        if element.keyword not in before.values or element.VR in (vr, "SQ"):
            continue
        head = struct.pack("<HH", element.tag.group, element.tag.elem)
        at = whole.index(head + element.VR.encode())
        (length,) = struct.unpack("<H", whole[at + 6 : at + 8])
        size = struct.pack("<HI", 0, length) if vr in ("OB", "UN", "UT") else struct.pack("<H", length)
        other.write_bytes(whole[: at + 4] + vr.encode() + size + whole[at + 8 :])
        after = read_header(other)
        tried += 1
        if isinstance(after, Instance) and element.keyword not in {refused.keyword for refused in after.refused}:
            assert after.values[element.keyword] == before.values[element.keyword], element.keyword
    assert tried > 15


@pytest.mark.parametrize("keyword", ["RescaleSlope", "RescaleIntercept", "PixelSpacing", "SliceThickness"])
def test_a_sequence_in_place_of_a_number_is_named(one_file, keyword):
    damaged(one_file, keyword, "SQ", b"")
    whole = one_file.read_bytes()
    tag = pydicom.datadict.tag_for_keyword(keyword)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + b"SQ"
    content = b"\xfe\xff\x00\xe0" + struct.pack("<I", 12) + struct.pack("<HH2sH", 0x10, 0x20, b"LO", 4) + b"12  "
    one_file.write_bytes(whole.replace(head + b"\0\0", head + b"\0\0" + struct.pack("<I", len(content)) + content))
    assert ("damaged-value", keyword) in findings_of(one_file)


def test_an_intercept_without_a_slope_is_not_applied_and_said(one_file):
    dataset = pydicom.dcmread(one_file)
    del dataset.RescaleSlope
    dataset.save_as(one_file)
    assert np.array_equal(voxels_of(one_file)[0], dataset.pixel_array)
    assert findings_of(one_file)["damaged-value", "RescaleIntercept"]["reason"] == "alone"


@pytest.mark.parametrize(
    ("keyword", "assumed"), [("PixelRepresentation", "0"), ("BitsStored", "16"), ("HighBit", "11"), ("BitsAllocated", "16")]
)
def test_what_is_taken_for_a_missing_description_of_pixels_is_said(one_file, keyword, assumed):
    dataset = pydicom.dcmread(one_file)
    delattr(dataset, keyword)
    dataset.save_as(one_file)
    evidence = findings_of(one_file)["assumed-value", keyword]
    assert (evidence["assumed"], evidence["severity"]) == (assumed, "warning")


@pytest.mark.parametrize(("keyword", "value"), [("Rows", 0), ("Columns", 0), ("SamplesPerPixel", 4)])
def test_a_file_whose_pixels_could_be_anything_is_refused_by_name(one_file, keyword, value):
    damaged(one_file, keyword, "US", struct.pack("<H", value))
    if keyword == "SamplesPerPixel":
        assert findings_of(one_file)["damaged-value", keyword]["assumed"] == "1"  # MONOCHROME2 tells
        return
    (file,) = examine_paths([one_file]).skipped
    assert file.finding.evidence["keyword"] == keyword
    assert all(keyword in finding_message(file.finding, language) for language in LANGUAGES)


def test_a_high_bit_beyond_the_pixel_leaves_no_overlay_bits_in_it(one_file):
    clean = pydicom.dcmread(one_file).pixel_array
    dataset = pydicom.dcmread(one_file)
    dataset.PixelData = (clean | 0xF000).astype("<u2").tobytes()
    dataset.HighBit = 16
    dataset.save_as(one_file)
    assert np.array_equal(voxels_of(one_file)[0], clean.astype(int) - 1024)
    assert findings_of(one_file)["damaged-value", "HighBit"]["assumed"] == "11"


def test_pixels_that_stand_in_a_file_twice_are_named(one_file):
    first = pydicom.dcmread(one_file).pixel_array
    content = one_file.read_bytes()
    start = content.rindex(b"\xe0\x7f\x10\x00OW")
    one_file.write_bytes(content + content[start : start + 12] + b"\x05" * (len(content) - start - 12))
    assert np.array_equal(voxels_of(one_file)[0], first.astype(int) - 1024)
    (series,) = examine_paths([one_file]).series
    (finding,) = [finding for finding in series.selected[0].findings if finding.evidence.get("keyword") == "PixelData"]
    assert (finding.severity, finding.evidence["reason"]) == ("warning", "repeated")
    assert all("PixelData" in finding_message(finding, language) for language in LANGUAGES)


def test_the_next_element_is_never_read_as_pixels(tmp_path):
    dataset = slice_dataset(0, sop_class=MR, rows=8, columns=8, ImagePositionPatient=[0, 0, 0])
    dataset.PixelData = np.full(32, 7, "<u2").tobytes()
    dataset.add_new(0xFFFCFFFC, "OB", b"\x11" * 200)
    path = write(dataset, tmp_path / "short.dcm")
    assert np.array_equal(voxels_of(path)[0].ravel(), [7] * 32 + [0] * 32)
    assert findings_of(path)["truncated-pixel-data", ""]["percent"] == 50.0


def test_more_pixels_than_rows_and_columns_take_is_an_error(one_file):
    dataset = pydicom.dcmread(one_file)
    dataset.Columns = 2
    dataset.save_as(one_file)
    assert findings_of(one_file)["surplus-pixel-data", ""]["severity"] == "error"


@pytest.mark.parametrize("stored", [[-2000, 0, 5], [-(1 << 31), (1 << 31) - 1, 3], [0, 1, 2]])
def test_values_of_32_bits_stay_exact_with_an_intercept(tmp_path, stored):
    pixels = np.resize(np.array(stored, "<i4"), (5, 4))
    bits = {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31, "PixelRepresentation": 1}
    write_series(tmp_path, axial_positions(1), RescaleSlope=1, RescaleIntercept=-1024, PixelData=pixels.tobytes(), **bits)
    assert np.array_equal(voxels_of(tmp_path / "0000.dcm")[0].astype(np.int64), pixels.astype(np.int64) - 1024)


@pytest.mark.parametrize("vr", ["OB", "OW"])
@pytest.mark.parametrize(("rows", "columns"), [(5, 4), (3, 3)])
def test_bytes_in_big_endian_words_stay_in_their_columns(tmp_path, vr, rows, columns):
    """As they were before they were put into words (pydicom 3 reads them so, pydicom 2.3 does not)."""
    values = np.arange(1, 2 * rows * columns + 1, dtype=np.uint8)
    values = np.append(values, np.zeros(len(values) % 2, np.uint8))
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "NumberOfFrames": 2}
    dataset = slice_dataset(0, rows=rows, columns=columns, sop_class=MR, ImagePositionPatient=[0, 0, 0], **bits)
    dataset.PixelData = (values.reshape(-1, 2)[:, ::-1] if vr == "OW" else values).tobytes()
    dataset["PixelData"].VR = vr
    path = write(dataset, tmp_path / "words.dcm", ExplicitVRBigEndian)
    assert np.array_equal(voxels_of(path), values[: 2 * rows * columns].reshape(2, rows, columns))


@pytest.mark.parametrize("intercept", [-1024, 0.5])
def test_colours_are_never_rescaled(tmp_path, intercept):
    colours = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    bits = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, 3), np.uint8)
    write_series(
        tmp_path, axial_positions(1), RescaleSlope=1, RescaleIntercept=intercept, PixelData=pixels.tobytes(), **colours, **bits
    )
    path = tmp_path / "0000.dcm"
    voxels = voxels_of(path)
    assert voxels.dtype == np.uint8
    assert np.array_equal(voxels[0], pixels)
    assert findings_of(path)["damaged-value", "RescaleIntercept"]["reason"] == "colour"


def test_a_palette_slice_among_grey_ones_is_never_loaded_as_grey(tmp_path):
    palette = {"PhotometricInterpretation": "PALETTE COLOR"}
    paths = write_series(tmp_path, axial_positions(3), headers=[{}, palette, {}])
    frames = [frame for path in paths for frame in read_header(path).frames]
    with pytest.raises(DecodingError, match="color and gray"):
        read_voxels(Stack(frames, None))


def test_padding_means_the_same_whatever_was_read_before(tmp_path):
    """Bytes 30 F8 are 63536 in unsigned pixels and -2000 in signed ones; US in signed data, too."""
    fills = {}
    for order in ((0, 1), (1, 0)):
        for signed in order:
            dataset = slice_dataset(
                0, ImagePositionPatient=[0, 0, 0], BitsStored=16, HighBit=15, PixelRepresentation=signed,
                SeriesInstanceUID=f"1.2.{signed}", SOPInstanceUID=f"1.2.3.{signed}",
            )  # fmt: skip
            dataset.add_new("PixelPaddingValue", "US", 63536)
            write(dataset, tmp_path / f"{order[0]}" / f"{order.index(signed)}.dcm", ImplicitVRLittleEndian)
        for series in examine_paths([tmp_path / f"{order[0]}"]).series:
            instance = series.instances[0]
            fills.setdefault(instance.get("PixelRepresentation"), set()).add(instance.get("PixelPaddingValue"))
    assert fills == {0: {63536}, 1: {-2000}}


@pytest.mark.parametrize("stated", [b"1.5 ", b"", b"2\\3 ", b"0 "])
def test_frames_that_the_groups_place_are_all_there_whatever_their_number_says(shared_data, tmp_path, stated):
    path = tmp_path / "enhanced.dcm"
    path.write_bytes((shared_data / "cases" / "damaged" / "frames-dropped" / "000.dcm").read_bytes())
    damaged(path, "NumberOfFrames", "IS", stated)
    assert len(read_header(path).frames) == 32
    evidence = [entry for entry in read_header(path).refused if entry.keyword == "NumberOfFrames"]
    assert evidence[0].assumed == "32"


@pytest.mark.parametrize("stated", [1000, 300_000, 2_147_483_647])
def test_frames_that_the_file_cannot_hold_are_not_made_up(one_file, stated):
    damaged(one_file, "NumberOfFrames", "IS", f"{stated}".encode() + b" " * (len(f"{stated}") % 2))
    read = read_header(one_file)
    assert isinstance(read, Instance)
    assert len(read.frames) == 1
    assert findings_of(one_file)["truncated-pixel-data", ""]["percent"] > 99


def test_a_matrix_without_pixels_is_refused(one_file):
    damaged(one_file, "Rows", "US", struct.pack("<H", 20000))
    damaged(one_file, "Columns", "US", struct.pack("<H", 20000))
    (file,) = examine_paths([one_file]).skipped
    assert (file.finding.code, file.finding.evidence["reason"]) == ("truncated-pixel-data", "no-pixels")


@pytest.mark.parametrize("change", ["longer", "shorter", "later", "gone"])
def test_a_file_that_changed_since_it_was_examined_is_not_read(one_file, change):
    instance = read_header(one_file)
    content = one_file.read_bytes()
    if change == "gone":
        one_file.unlink()
    else:
        one_file.write_bytes({"longer": content + b"\0\0", "shorter": content[:-2], "later": content}[change])
        os.utime(one_file, ns=(1, instance.modified_ns + (1 if change == "later" else 0)))
    with pytest.raises(DecodingError, match=one_file.name):
        read_voxels(Stack(list(instance.frames), None))


def test_elements_after_the_pixels_count(one_file):
    """As bytes: pydicom would put them in order."""
    whole = one_file.read_bytes()
    at = whole.index(struct.pack("<HH", 0x28, 0x1052) + b"DS")
    length = 8 + struct.unpack("<H", whole[at + 6 : at + 8])[0]
    one_file.write_bytes(whole[:at] + whole[at + length :] + whole[at : at + length])
    assert read_header(one_file).get("RescaleIntercept") == -1024


def test_big_endian_files_without_a_preamble_are_read(tmp_path):
    dataset = slice_dataset(0, ImagePositionPatient=[0, 0, 0])
    values = np.frombuffer(dataset.PixelData, "<u2")
    dataset.PixelData = values.astype(">u2").tobytes()
    dataset["PixelData"].VR = "OW"
    whole = write(dataset, tmp_path / "whole.dcm", ExplicitVRBigEndian).read_bytes()
    bare = tmp_path / "bare"
    bare.write_bytes(whole[whole.index(b"\x00\x08\x00\x16UI") :])
    assert np.array_equal(voxels_of(bare).ravel(), values)


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\x1f\x8b\x08\0"])
def test_an_archive_gets_advice(tmp_path, beginning):
    (tmp_path / "study.zip").write_bytes(beginning + bytes(200))
    (file,) = examine_paths([tmp_path]).skipped
    assert file.finding.evidence["reason"] == "archive"


@pytest.mark.parametrize("sop_class", ["1.2.840.10008.5.1.4.1.1.66", "1.2.840.10008.5.1.4.1.1.4.2"])
def test_objects_without_an_image_are_no_damaged_images(tmp_path, sop_class):
    """Raw data and spectroscopy may say Rows and Columns."""
    path = write(slice_dataset(0, sop_class=sop_class, PixelData=None), tmp_path / "raw.dcm", ExplicitVRLittleEndian)
    (file,) = examine_paths([path]).skipped
    assert (file.finding.code, file.finding.severity) == ("not-an-image", "info")


def test_a_slice_without_pixel_spacing_stays_where_it_lies(tmp_path):
    write_series(tmp_path, axial_positions(4), PixelSpacing=None)
    (series,) = examine_paths([tmp_path]).series
    (candidate,) = series.selected
    assert [finding.code for finding in candidate.findings] == ["unknown-pixel-size"]
    assert candidate.stacks[0].grid.spacing_mm == (1.0, 1.0, 2.5)
    assert [frame.plane.position_lps[2] for frame in candidate.stacks[0].frames] == [30.0, 32.5, 35.0, 37.5]


def test_the_spacing_at_the_detector_is_called_so(tmp_path):
    write_series(tmp_path, axial_positions(4), PixelSpacing=None, ImagerPixelSpacing=[0.5, 0.5])
    (series,) = examine_paths([tmp_path]).series
    assert [finding.code for finding in series.selected[0].findings] == ["detector-pixel-spacing"]


def test_deflated_data_is_unpacked_no_further_than_it_can_be_held(tmp_path, monkeypatch):
    path = write(slice_dataset(0, ImagePositionPatient=[0, 0, 0]), tmp_path / "deflated.dcm", DeflatedExplicitVRLittleEndian)
    assert isinstance(read_header(path), Instance)
    monkeypatch.setattr(deflated, "MOST_INFLATED_BYTES", 100)
    assert read_header(path).finding.evidence["reason"] == "too-large"


def test_an_empty_element_of_no_known_kind_costs_nothing(one_file):
    whole, tag = one_file.read_bytes(), struct.pack("<HH", 0x10, 0x40)
    at = whole.index(struct.pack("<HH", 0x18, 0x50) + b"DS")
    one_file.write_bytes(whole[:at] + tag + b"C\xda" + bytes(2) + whole[at:])
    assert ("damaged-value", "PatientSex") in findings_of(one_file)
    assert voxels_of(one_file).shape == (1, 5, 4)


def nested(depth: int) -> Dataset:
    item = Dataset()
    item.CodeValue = "deep"
    for _ in range(depth):
        outer = Dataset()
        outer.PlanePositionSequence = [item]
        item = outer
    return item


@pytest.mark.parametrize("depth", [3, 200])
@pytest.mark.parametrize("undefined", [True, False])
def test_nesting_ends_nothing(tmp_path, depth, undefined):
    dataset = slice_dataset(0, sop_class=CT, ImagePositionPatient=[0, 0, 0])
    dataset.SharedFunctionalGroupsSequence = [nested(depth)]
    dataset["SharedFunctionalGroupsSequence"].is_undefined_length = undefined
    assert isinstance(read_header(write(dataset, tmp_path / "nested.dcm")), Instance)
