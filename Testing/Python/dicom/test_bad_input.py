"""Bad input ends in a clear finding, and the rest still loads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.serialization import examination_to_dict


@pytest.fixture
def good_series(tmp_path):
    """A folder with a sound series of five slices."""
    folder = tmp_path / "data"
    write_series(folder, axial_positions(5))
    return folder


def skipped(folder) -> dict[str, str]:
    """Name of every skipped file, with its finding's code, after checking that the good series is still whole."""
    examination = examine_paths([folder])
    (series,) = examination.series
    assert len(series.selected[0].stacks[0].frames) == 5
    for file in examination.skipped:
        assert file.path.name in finding_message(file.finding)
    return {file.path.name: file.finding.code for file in examination.skipped}


def test_an_empty_folder_gives_nothing_and_complains_of_nothing(tmp_path):
    examination = examine_paths([tmp_path])
    assert (examination.series, examination.skipped) == ([], [])


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 200, b"\x08\x00" + b"nonsense" * 40, b"\0" * 128 + b"DICM"])
def test_a_file_that_is_no_image_is_named_and_left_out(good_series, content):
    (good_series / "notes.txt").write_bytes(content)
    assert skipped(good_series).keys() == {"notes.txt"}


def test_what_file_managers_leave_behind_is_not_even_mentioned(good_series):
    (good_series / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (good_series / "__MACOSX").mkdir()
    (good_series / "__MACOSX" / "._0000.dcm").write_bytes(b"junk")
    assert skipped(good_series) == {}


@pytest.mark.parametrize("length", [132, 140, 200, 300, 500])
def test_a_file_cut_off_in_its_header_is_named(good_series, length):
    whole = (good_series / "0000.dcm").read_bytes()
    (good_series / "cut.dcm").write_bytes(whole[:length])
    assert skipped(good_series)["cut.dcm"] in {"unreadable-file", "truncated-pixel-data"}


changed_bytes = st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1), st.integers(0, 255)), max_size=30)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=80, deadline=None)
@given(changes=changed_bytes)
def test_no_damage_to_a_header_raises(tmp_path_factory, changes):
    """Bytes behind the preamble changed at random, and what is read then put into words; no file is lost on the way."""
    folder = tmp_path_factory.mktemp("damaged")
    identifiers = [{"SOPInstanceUID": f"1.2.3.4.{n}"} for n in range(3)]
    header = {"RescaleSlope": 1, "RescaleIntercept": -1024, "EchoTime": 5, "AcquisitionTime": "101112"}
    for n, path in enumerate(write_series(folder, axial_positions(3), headers=identifiers, **header)):
        content = bytearray(path.read_bytes())
        for file, place, byte in changes:
            if file == n:
                content[128 + int(place * (len(content) - 129))] = byte
        path.write_bytes(content)
    report = examination_to_dict(examine_paths([folder]), "fr")
    mentioned = {Path(file["file"]).name for file in report["skipped"]}
    for patient in report["patients"]:
        for study in patient["studies"]:
            for series in study["series"]:
                mentioned |= {Path(file).name for candidate in series["candidates"] for file in candidate["files"]}
    assert len(mentioned) == 3


def test_a_path_that_is_not_there_is_a_finding(tmp_path):
    (file,) = examine_paths([tmp_path / "nowhere"]).skipped
    assert (file.finding.code, file.finding.evidence["reason"]) == ("unreadable-file", "not-there")


def test_a_folder_that_may_not_be_read_is_a_finding(good_series, monkeypatch):
    (good_series / "locked").mkdir()
    scandir = os.scandir

    def safe_slot(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", safe_slot)
    assert skipped(good_series) == {"locked": "unreadable-file"}


def test_sizes_that_differ_become_volumes_of_their_own(good_series):
    write_series(good_series, axial_positions(3), first=20, rows=10, columns=8)
    (series,) = examine_paths([good_series]).series
    assert sorted(candidate.stacks[0].grid.dimensions for candidate in series.selected) == [(4, 5, 5), (8, 10, 3)]


@pytest.mark.parametrize(
    ("header", "also"),
    [
        ({"ImageOrientationPatient": [0.0] * 6}, ["damaged-value"]),
        ({"ImageOrientationPatient": [1.0, 0, 0, 1.0, 0, 0]}, ["damaged-value"]),
        ({"ImagePositionPatient": None}, []),
    ],
)
def test_geometry_that_cannot_be_is_missing_geometry(tmp_path, header, also):
    write_series(tmp_path, axial_positions(4), **header) if "ImagePositionPatient" not in header else write_series(
        tmp_path, axial_positions(4), headers=[header] * 4
    )
    (series,) = examine_paths([tmp_path]).series
    (candidate,) = series.candidates
    assert [finding.code for finding in candidate.findings] == ["missing-geometry", *also]
    assert candidate.confidence < 0.5


def test_a_matrix_of_no_pixels_is_unreadable(good_series):
    write_series(good_series, axial_positions(1), first=9, Rows=0)
    assert skipped(good_series) == {"0009.dcm": "unreadable-file"}


def test_a_value_that_is_not_of_its_kind_does_not_keep_the_series_from_loading(good_series):
    path = good_series / "0001.dcm"
    path.write_bytes(path.read_bytes().replace(b"20200102", b"no  date"))
    assert skipped(good_series) == {}


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR"])
def test_every_finding_is_a_sentence_in_every_language(good_series, language):
    (good_series / "notes.txt").write_text("hello")
    (file,) = examine_paths([good_series]).skipped
    assert finding_message(file.finding, language).endswith(".")
    assert "notes.txt" in finding_message(file.finding, language)
