"""A series report decides as the series does and says nothing of anybody; the stand-in made from it is read the same way."""

from __future__ import annotations

import copy
import json
import re

import numpy as np
import pydicom
import pytest
from made_mosaics import siemens_dataset
from planted_markers import planted_run
from pydicom import dcmread
from synthetic_series import MR, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.explore.series_report import examined, series_report
from DICOMTutorialHelperLib.explore.series_stand_in import LARGEST, StandInError, make_stand_in

# Values that are no numbers are told by name in the report and not made again: the text itself may be a name.
CASES = ("cases", "cases/damaged", "edge_cases")
PYDICOM_2 = pydicom.__version__.startswith("2.")
NO_IMAGE = {"abort-12GB", "huge-matrix", "overlap-zip"}


def stand_in_of(report, folder, small=False):
    """What the stand-in is read as, once the report has been through JSON."""
    make_stand_in(json.loads(json.dumps(report)), folder, small)
    return plain(examined(examine_paths(folder)))


def plain(series):
    """Without what a report cannot hold: files that were no images, and values refused that were not numbers."""
    kept = json.loads(json.dumps(series))
    for one in kept:
        del one["skipped"]
        for candidate in one["candidates"]:
            candidate["findings"] = [finding for finding in candidate["findings"] if finding != "info damaged-value"]
    return kept


@pytest.fixture
def slices(tmp_path):
    """Eight slices of 128 x 96, one of them lost, of a person with a name."""
    folder = tmp_path / "slices"
    for number in (0, 1, 2, 4, 5, 6, 7):
        dataset = slice_dataset(
            number, rows=128, columns=96, PatientName="Doe^Jane", PatientID="JD-778812", SeriesDescription="T1 axial for Doe",
            StudyDate="20110305", PatientBirthDate="19610102", PixelSpacing=[0.8, 0.7],
            ImagePositionPatient=[0, 0, 2.5 * number], ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        )  # fmt: skip
        write(dataset, folder / f"Doe_{number}.dcm")
    return folder


@pytest.fixture
def report(slices):
    return series_report(slices)


def folders_of(shared_data):
    for group in CASES:
        for folder in sorted((shared_data / group).rglob("*")):
            if folder.is_dir() and any(path.is_file() for path in folder.iterdir()):
                yield folder


def test_every_known_case_and_its_stand_in_are_read_the_same_way(shared_data, tmp_path):
    tried, different = 0, []
    for number, folder in enumerate(folders_of(shared_data)):
        report = series_report(folder)
        if not report["instances"]:
            assert folder.name in NO_IMAGE
            continue
        tried += 1
        if PYDICOM_2 and "damaged" in folder.parts:
            continue  # it cannot write some of the damage
        if stand_in_of(report, tmp_path / str(number)) != plain(report["examined"]):
            different.append(str(folder))
    assert tried > 50
    assert different == []


@pytest.mark.parametrize("serial_number", ["0000", "00000", "0001", "1000", "1411"])
def test_a_serial_number_takes_nothing_else_out_of_the_report(serial_number, tmp_path):
    """Of zeros, as made series have it, or of digits that follow each other in the slices' orientation or in the class's UID."""
    write_series(tmp_path / "series", axial_positions(4), DeviceSerialNumber=serial_number)
    report = series_report(tmp_path / "series")
    assert report["withheld"] == 0
    assert stand_in_of(report, tmp_path / "made") == plain(report["examined"])


def test_a_mosaic_s_stand_in_has_the_same_slices(tmp_path):
    dataset, positions, _ = siemens_dataset(0, 9)
    write(dataset, tmp_path / "mosaic" / "1.dcm")
    report = series_report(tmp_path / "mosaic")
    assert stand_in_of(report, tmp_path / "made") == plain(report["examined"])
    frames = examine_paths(tmp_path / "made").series[0].selected[0].stacks[0].frames
    np.testing.assert_allclose(
        sorted(tuple(frame.placed.position_lps) for frame in frames), sorted(map(tuple, positions)), atol=1e-4
    )


def test_a_lost_slice_is_lost_in_the_stand_in_too(report, tmp_path):
    read = stand_in_of(report, tmp_path / "made", small=True)
    assert read[0]["candidates"][0]["findings"] == report["examined"][0]["candidates"][0]["findings"]
    assert any("missing" in finding for finding in read[0]["candidates"][0]["findings"])


def test_small_stand_ins_keep_place_and_spacing(report, slices, tmp_path):
    make_stand_in(report, tmp_path / "made", small=True)
    for source, made in zip(sorted(slices.iterdir()), sorted((tmp_path / "made").iterdir())):
        original, small = dcmread(source), dcmread(made)
        assert small.ImagePositionPatient == original.ImagePositionPatient
        assert small.PixelSpacing == original.PixelSpacing
        assert (small.Rows, small.Columns) == (64, 48)
        assert small.pixel_array.shape == (64, 48)


def test_a_file_cut_short_is_cut_by_as_much(tmp_path):
    path = write(slice_dataset(0, rows=64, columns=64), tmp_path / "cut" / "1.dcm")
    path.write_bytes(path.read_bytes()[:-2000])
    report = series_report(tmp_path / "cut")
    assert stand_in_of(report, tmp_path / "made") == plain(report["examined"])
    assert "truncated" in str(report["examined"])


def test_the_report_names_nobody_and_no_file(report):
    text = json.dumps(report)
    for personal in ("Doe", "Jane", "778812", "20110305", "19610102", ".dcm"):
        assert personal not in text, personal
    assert "T1 axial" in text


def test_no_planted_marker_is_in_a_report(tmp_path):
    markers = planted_run(tmp_path / "planted")
    text = json.dumps(series_report(tmp_path / "planted"), ensure_ascii=False)
    text = re.sub(r"2\.25\.\d+|ANON-[0-9A-F]{32}|X[0-9A-F]{15}|\d+\.\d+", "", text).lower()
    assert len(markers) > 1000
    assert {marker: where for marker, where in markers.items() if marker.lower() in text} == {}


def test_numbers_stay_as_they_were_written_and_other_texts_keep_their_form_alone(tmp_path):
    dataset = slice_dataset(0)
    dataset.add_new("RescaleSlope", "DS", "")
    path = write(dataset, tmp_path / "in" / "1.dcm")
    data = path.read_bytes().replace(b"\x28\x00\x53\x10DS\x00\x00", b"\x28\x00\x53\x10DS\x08\x00Smith 12")
    path.write_bytes(data)
    elements = series_report(tmp_path / "in")["instances"][0]["elements"]
    assert elements["00281053"] == ["DS", "xxxxx 99"]


def test_a_report_of_one_s_own_series_has_its_series_description_cleaned(report):
    assert report["shared"]["0008103E"] == ["LO", "T1 axial"]


@pytest.mark.parametrize(
    "damage", ["no dict", "no instances", "no elements", "empty", "unknown tag", "unknown VR", "text for numbers"]
)
def test_what_is_no_report_is_refused_with_a_sentence(report, tmp_path, damage):
    broken = copy.deepcopy(report)
    if damage == "no dict":
        broken = [1]
    elif damage == "no instances":
        del broken["instances"]
    elif damage == "no elements":
        broken["instances"] = [{"pixels": {}}]
    elif damage == "empty":
        broken["instances"] = []
    elif damage == "unknown tag":
        broken["instances"][0]["elements"]["zz"] = ["LO", "x"]
    elif damage == "unknown VR":
        broken["instances"][0]["elements"]["00180088"] = ["ZZ", [1]]
    else:
        broken["instances"][0]["elements"]["00280106"] = ["US", [1e300]]
    with pytest.raises(StandInError) as refused:
        make_stand_in(broken, tmp_path / "made")
    assert refused.value.message("fr").endswith(".")
    assert not (tmp_path / "made").exists()


def test_a_report_that_asks_for_the_whole_disk_is_refused(report, tmp_path):
    greedy = copy.deepcopy(report)
    for tag in ("00280010", "00280011"):
        greedy["shared"][tag] = ["US", [65535]]
    for entry in greedy["instances"]:
        entry["pixels"]["bytes"] = LARGEST
    with pytest.raises(StandInError, match="too-large"):
        make_stand_in(greedy, tmp_path / "made", small=False)


def test_what_another_version_wrote_is_named(report, tmp_path):
    with pytest.raises(StandInError, match="other-version"):
        make_stand_in({**report, "version": 99}, tmp_path / "made")


def test_a_folder_that_holds_something_is_left_alone(report, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        make_stand_in(report, tmp_path / "made")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["mine.txt"]


def test_a_dynamic_series_keeps_its_order_and_times(tmp_path):
    for n in range(3):
        write_series(
            tmp_path / "mr", axial_positions(4), first=4 * n, sop_class=MR, TriggerTime=50 * n,
            SeriesInstanceUID="1.2.3.5", SeriesNumber=6, SeriesDescription="Dynamic",
        )  # fmt: skip
    report = series_report(tmp_path / "mr")
    sequence = report["examined"][0]["candidates"][0]
    assert (sequence["kind"], sequence["unit"], sequence["index"]) == ("sequence", "ms", [0, 50, 100])
    assert stand_in_of(report, tmp_path / "made") == plain(report["examined"])


def test_the_commands_write_a_report_and_make_a_stand_in_of_it(slices, tmp_path, capsys):
    report, made = tmp_path / "series.json", tmp_path / "made"
    assert main(["examine", str(slices), "--report", str(report), "--lang", "fr"]) == 0
    assert main(["practice", str(made), "--from-report", str(report), "--json"]) == 0
    out = capsys.readouterr().out
    assert "7 fichiers" in out
    assert len(list(made.iterdir())) == 7
    before = report.read_bytes()
    assert main(["examine", str(slices), "--report", str(report)]) == 1
    assert report.read_bytes() == before
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["nothing there", "a folder", "not JSON"])
def test_a_report_that_cannot_be_read_is_told_in_a_sentence(tmp_path, capsys, given):
    path = tmp_path / "series.json"
    if given == "a folder":
        path.mkdir()
    elif given == "not JSON":
        path.write_bytes(b"\xff\xfe[[[")
    assert main(["practice", str(tmp_path / "made"), "--from-report", str(path)]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert shown.strip()


def test_a_folder_without_images_gives_no_report(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    assert main(["examine", str(tmp_path / "in"), "--report", str(tmp_path / "series.json")]) == 1
    assert not (tmp_path / "series.json").exists()
