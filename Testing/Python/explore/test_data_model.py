"""Patients, studies, series, instances of a folder."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom.header_scanner import Scanner, UnusualHeader
from DICOMTutorialHelperLib.explore import datasets
from DICOMTutorialHelperLib.explore.data_model import data_model


def make(folder, patient, study, series, number, **header):
    dataset = slice_dataset(number, PatientID=patient, StudyInstanceUID=study, SeriesInstanceUID=series, **header)
    return write(dataset, folder / f"{patient}-{study}-{series}-{number}.dcm")


def test_levels_are_nested_and_sorted(tmp_path):
    make(tmp_path, "B", "1.2", "1.2.9", 0, PatientName="Zoe", StudyDate="20200102", SeriesNumber=9)
    make(tmp_path, "B", "1.2", "1.2.2", 0, PatientName="Zoe", StudyDate="20200102", SeriesNumber=2)
    make(tmp_path, "B", "1.1", "1.1.1", 0, PatientName="Zoe", StudyDate="20190102")
    for number in (11, 2):
        make(tmp_path, "A", "1.3", "1.3.1", number, PatientName="Anna")
    model = data_model(tmp_path)
    assert [patient.name for patient in model.patients] == ["Anna", "Zoe"]
    zoe = model.patients[1]
    assert [study.date for study in zoe.studies] == ["20190102", "20200102"]
    assert [series.number for series in zoe.studies[1].series] == [2, 9]
    assert [instance.number for instance in model.patients[0].studies[0].series[0].instances] == [3, 12]
    assert len(model.instances) == 5


def test_one_id_is_one_patient_and_no_id_goes_by_name(tmp_path):
    make(tmp_path, "A", "1.1", "1.1.1", 0, PatientName="Doe^Jane")
    make(tmp_path, "A", "1.2", "1.2.1", 0, PatientName="Doe^J")
    for number, name in enumerate(("X", "Y")):
        make(tmp_path / name, "", f"1.{number + 5}", "1.5", 0, PatientName=name)
    assert len(data_model(tmp_path).patients) == 3


def test_a_series_uid_of_two_patients_is_noticed(tmp_path):
    make(tmp_path, "A", "1.1", "1.1.1", 0)
    make(tmp_path, "B", "1.2", "1.1.1", 0)
    assert data_model(tmp_path).shared_series == {"1.1.1": 2}


def test_frames_and_copies_are_counted(tmp_path):
    dataset = slice_dataset(0, NumberOfFrames=7)
    write(dataset, tmp_path / "a.dcm")
    write(dataset, tmp_path / "copy.dcm")
    series = data_model(tmp_path).series[0]
    assert (len(series.instances), series.frames, series.duplicates) == (2, 14, 1)


def test_unreadable_files_are_told_and_do_not_stop_the_rest(tmp_path):
    make(tmp_path, "A", "1.1", "1.1.1", 0)
    (tmp_path / "junk.dcm").write_bytes(b"no dicom at all" * 30)
    (tmp_path / "empty.dcm").write_bytes(b"")
    model = data_model(tmp_path)
    assert len(model.instances) == 1
    assert {problem.path.name: problem.reason for problem in model.unreadable} == {
        "junk.dcm": "not-dicom",
        "empty.dcm": "empty-file",
    }


def test_progress_ends_with_all_files(ct_slices):
    calls = []
    data_model(ct_slices, lambda done, total: calls.append((done, total)))
    assert calls[-1] == (4, 4)


def test_the_real_torso_is_one_series(shared_data):
    model = data_model(shared_data / "torso_ct")
    first = pydicom.dcmread(model.instances[0].path, stop_before_pixels=True)
    assert [len(model.patients), len(model.studies), len(model.series), len(model.instances)] == [1, 1, 1, 275]
    assert model.series[0].uid == first.SeriesInstanceUID
    assert [instance.number for instance in model.instances] == list(range(1, 276))


def test_every_header_is_read_once(tmp_path, monkeypatch):
    """Reading a folder of thousands takes as long as looking through each header once does."""
    dataset = slice_dataset(0)
    for number in range(100):
        dataset.SOPInstanceUID, dataset.InstanceNumber = f"1.2.3.{number}", number
        write(dataset, tmp_path / f"{number}.dcm")
    read = []

    def counted(*arguments):
        read.append(arguments)
        return scan(*arguments)

    scan = Scanner.scan
    monkeypatch.setattr(Scanner, "scan", counted)
    monkeypatch.setattr(datasets, "dcmread", lambda *_, **__: pytest.fail("read by pydicom"))
    assert len(data_model(tmp_path).instances) == 100
    assert len(read) == 100


def test_files_that_hold_a_surprise_are_in_the_tree_as_others_are(tmp_path):
    """What the scanner leaves to pydicom says the same: here the name is in another character set, after escape sequences."""
    dataset = slice_dataset(0)
    write(dataset, tmp_path / "plain.dcm")
    dataset.SOPInstanceUID = "1.2.3"
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    write(dataset, tmp_path / "extended.dcm")
    model = data_model(tmp_path)
    assert len(model.patients) == 1
    assert sorted(instance.number for instance in model.instances) == [model.instances[0].number] * 2
    assert {instance.sop_class_uid for instance in model.instances} == {dataset.SOPClassUID}


def surprised(*_):
    raise UnusualHeader("by a test")


def test_the_tree_is_the_same_scanned_as_by_pydicom(shared_data, monkeypatch):
    folders = [shared_data / "torso_ct", shared_data / "edge_cases", Path(pydicom.__file__).parent / "data"]
    scanned = data_model(folders)
    monkeypatch.setattr(Scanner, "scan", surprised)
    read = data_model(folders)
    assert (read.patients, read.shared_series) == (scanned.patients, scanned.shared_series)
    assert list(map(str, read.unreadable)) == list(map(str, scanned.unreadable))


def test_a_lost_file_is_named(tmp_path):
    lost = tmp_path / "lost.dcm"
    assert [problem.reason for problem in data_model([lost]).unreadable] == ["not-found"]
