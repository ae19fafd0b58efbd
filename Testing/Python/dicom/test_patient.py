"""One answer to "who is this?" in every part that shows patients."""

from __future__ import annotations

import pytest
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.patient import patient_key
from DICOMTutorialHelperLib.dicom.serialization import examination_to_dict
from DICOMTutorialHelperLib.explore.data_model import data_model
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder

WHO = [
    {"PatientID": "1", "IssuerOfPatientID": "North", "PatientName": "A^B"},
    {"PatientID": "1", "IssuerOfPatientID": "North", "PatientName": "A B"},  # the same person, spelled otherwise
    {"PatientID": "1", "IssuerOfPatientID": "South", "PatientName": "A^B"},
    {"PatientID": "", "PatientName": "Lee^Kim", "PatientBirthDate": "19500117"},
    {"PatientID": "", "PatientName": "LEE^KIM", "PatientBirthDate": "19500117"},
    {"PatientID": "", "PatientName": "Lee^Kim", "PatientBirthDate": "19800101"},
    {"PatientID": "", "PatientName": "", "StudyInstanceUID": "1.2.88"},
    {"PatientID": "", "PatientName": "", "StudyInstanceUID": "1.2.99"},
]
PATIENTS = [{0, 1}, {2}, {3, 4}, {5}, {6}, {7}]


@pytest.fixture
def folder(tmp_path):
    """A series of two slices for each of the eight entries, which are six patients."""
    for number, who in enumerate(WHO):
        identity = {"StudyInstanceUID": f"1.2.3.{number}", **who, "SeriesInstanceUID": f"1.2.4.{number}", "SeriesNumber": number}
        write_series(tmp_path / str(number), axial_positions(2), **identity)
    return tmp_path


def numbers(uids) -> set[int]:
    return {int(uid.rsplit(".", 1)[1]) for uid in uids}


def test_every_part_sees_the_same_patients(folder):
    examined = examination_to_dict(examine_paths([folder]))["patients"]
    by_examination = [
        numbers(series["series_instance_uid"] for study in patient["studies"] for series in study["series"])
        for patient in examined
    ]
    by_tree = [
        numbers(series.uid for study in patient.studies for series in study.series) for patient in data_model(folder).patients
    ]
    by_tutorial: dict[tuple, set[int]] = {}
    for series in series_in_folder(folder):
        by_tutorial.setdefault(series.patient, set()).update(numbers([series.info.series_instance_uid]))
    for found in (by_examination, by_tree, list(by_tutorial.values())):
        assert sorted(found, key=min) == PATIENTS


def test_padding_and_numbers_in_the_place_of_text_change_nobody():
    assert patient_key({"PatientID": "7 "}.get) == patient_key({"PatientID": 7}.get) == patient_key({"PatientID": "7\0"}.get)
