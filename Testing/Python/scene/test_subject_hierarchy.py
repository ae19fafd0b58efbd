"""Patient - study - series, with the names and attributes that Slicer's DICOM plugins give them."""

from __future__ import annotations

import pytest
import slicer

from DICOMTutorialHelperLib.scene.loader import load_candidate


@pytest.fixture
def hierarchy(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


@pytest.fixture
def branch(scene, hierarchy):
    """Loads a series; gives its item, its study's and its patient's."""

    def load(series):
        loaded = load_candidate(series.selected[0], scene, series)
        item = hierarchy.GetItemByDataNode(loaded.volume)
        study = hierarchy.GetItemParent(item)
        return item, study, hierarchy.GetItemParent(study)

    return load


def _attributes(hierarchy, item):
    return {name: hierarchy.GetItemAttribute(item, name) for name in hierarchy.GetItemAttributeNames(item)}


def test_a_series_lies_under_its_study_and_patient(examined, branch, hierarchy):
    _item, study, patient = branch(examined())
    assert hierarchy.GetItemName(study) == "Chest (20200102)"
    assert hierarchy.GetItemName(patient) == "Doe^Jane (P1)"
    assert hierarchy.GetItemLevel(study) == "Study"
    assert hierarchy.GetItemLevel(patient) == "Patient"
    assert hierarchy.GetItemParent(patient) == hierarchy.GetSceneItemID()


def test_items_have_the_uids_and_attributes_that_slicer_sets(examined, branch, hierarchy):
    series = examined()
    item, study, patient = branch(series)
    assert [hierarchy.GetItemUID(entry, "DICOM") for entry in (item, study, patient)] == ["1.2.3.4", "1.2.3", "P1"]
    uids = sorted(instance.sop_instance_uid for instance in series.instances)
    assert sorted(hierarchy.GetItemUID(item, "DICOMInstanceUID").split()) == uids
    expected = {
        "DICOM.Modality": "CT",
        "DICOM.SeriesNumber": "5",
        "DICOM.FrameOfReferenceUID": "1.2.3.9",
        "DICOM.SeriesDescription": "Test/series",
        "DICOM.SeriesDate": "",
        "DICOM.SeriesTime": "",
        "DICOM.ContentDate": "",
        "DICOM.ContentTime": "",
        "DICOM.Manufacturer": "Maker",
        "DICOM.Model": "Model T",
        "DICOM.ReferencedInstanceUIDs": "",
    }
    assert expected.items() <= _attributes(hierarchy, item).items()
    expected = {
        "DICOM.PatientName": "Doe^Jane",
        "DICOM.PatientID": "P1",
        "DICOM.PatientSex": "F",
        "DICOM.PatientBirthDate": "19700203",
        "DICOM.PatientComments": "",
    }
    assert expected.items() <= _attributes(hierarchy, patient).items()
    expected = {
        "DICOM.StudyDescription": "Chest",
        "DICOM.StudyInstanceUID": "1.2.3",
        "DICOM.StudyID": "S7",
        "DICOM.StudyDate": "20200102",
        "DICOM.StudyTime": "101112",
    }
    assert expected.items() <= _attributes(hierarchy, study).items()


def test_a_second_series_joins_the_study_it_belongs_to(examined, branch, hierarchy):
    series = examined()
    _, *first = branch(series)
    _, *second = branch(series)
    assert first == second


def test_an_empty_patient_gets_a_name_and_an_id_from_the_study(examined, branch, hierarchy):
    series = examined(header={"PatientName": "", "PatientID": "", "StudyDescription": "", "StudyDate": ""})
    _item, study, patient = branch(series)
    assert hierarchy.GetItemName(patient) == "No name (Patient-1.2.3)"
    assert hierarchy.GetItemName(study) == "No study description"
    assert hierarchy.GetItemUID(patient, "DICOM") == "Patient-1.2.3"


def test_names_keep_their_accents(examined, branch, hierarchy):
    series = examined(header={"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Müller^José"})
    _item, _study, patient = branch(series)
    assert hierarchy.GetItemName(patient).startswith("Müller^José")


def test_a_sequence_is_its_proxy_volume_there(examined, scene, hierarchy):
    positions = [(0.0, 0.0, 3.0 * k) for k in range(4)]
    series = examined(
        positions=positions * 2,
        headers=[{"TriggerTime": 100.0 * (n // 4)} for n in range(8)],
        sop_class="1.2.840.10008.5.1.4.1.1.4",
    )
    loaded = load_candidate(series.selected[0], scene, series)
    assert loaded.sequence is not None
    item = hierarchy.GetItemByDataNode(loaded.volume)
    assert hierarchy.GetItemLevel(hierarchy.GetItemParent(item)) == "Study"
    assert len(hierarchy.GetItemUID(item, "DICOMInstanceUID").split()) == 8
