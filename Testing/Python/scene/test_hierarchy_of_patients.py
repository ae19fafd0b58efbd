"""Patients and studies in the subject hierarchy."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from made_frames import made_frame

from DICOMTutorialHelperLib.dicom.candidate import Candidate, SeriesExamination, Stack
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.scene.subject_hierarchy import add_to_subject_hierarchy, remove_node


def put(scene, **values):
    """A volume of a series of these header values, in the hierarchy; its node, and the items from its own up to the patient's."""
    values = {"PatientID": "P1", "StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.3", "SOPInstanceUID": "9", **values}
    frame = made_frame(**values)
    candidate = Candidate("volume", "a", [Stack([frame, frame], fit_grid([frame])), Stack([frame], fit_grid([frame]))])
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "a")
    item = add_to_subject_hierarchy(scene, node, SeriesExamination([frame.instance], [candidate]), candidate)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    study = hierarchy.GetItemParent(item)
    return node, item, study, hierarchy.GetItemParent(study)


@pytest.fixture
def hierarchy(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


@pytest.mark.parametrize(
    ("values", "patient", "study"),
    [
        ({}, "No name (P1)", "No study description"),
        ({"PatientName": "A^B", "StudyDescription": "Chest"}, "A^B (P1)", "Chest"),
        ({"StudyDate": "20200102"}, "No name (P1)", "No study description (20200102)"),
        ({"PatientID": ""}, "No name (Patient-1.2)", "No study description"),
    ],
)
def test_items_are_called_by_what_headers_say(scene, hierarchy, values, patient, study):
    _, _, study_item, patient_item = put(scene, **values)
    assert (hierarchy.GetItemName(patient_item), hierarchy.GetItemName(study_item)) == (patient, study)


def test_an_item_names_each_instance_once_and_joins_several_values(scene, hierarchy):
    _, item, _, _ = put(scene, SeriesDescription=("a", "b"), SeriesNumber=3)
    assert hierarchy.GetItemUID(item, "DICOMInstanceUID") == "9"
    assert hierarchy.GetItemAttribute(item, "DICOM.SeriesDescription") == "a\\b"
    assert hierarchy.GetItemAttribute(item, "DICOM.SeriesNumber") == "3"


def test_whom_the_hierarchy_knows_is_not_described_anew(scene, hierarchy):
    _, _, study, patient = put(scene, PatientName="A", StudyDescription="first")
    _, _, other, same = put(scene, PatientName="B", StudyInstanceUID="1.9", SeriesInstanceUID="1.9.1", StudyDescription="second")
    put(scene, PatientName="C", SeriesInstanceUID="1.2.4", StudyDescription="third")
    assert (same, other == study) == (patient, False)
    assert [hierarchy.GetItemName(one) for one in (patient, study, other)] == ["A (P1)", "first", "second"]


def test_what_is_removed_takes_the_study_and_the_patient_that_are_empty_then(scene, hierarchy):
    first, _, study, patient = put(scene)
    second, _, other, _ = put(scene, StudyInstanceUID="1.9", SeriesInstanceUID="1.9.1")
    remove_node(scene, first)
    assert [hierarchy.GetItemLevel(one) for one in (study, patient, other)] == ["", "Patient", "Study"]
    remove_node(scene, second)
    assert [hierarchy.GetItemLevel(one) for one in (patient, other)] == ["", ""]
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0


def test_a_folder_that_somebody_made_stays(scene, hierarchy):
    node = put(scene)[0]
    folder = hierarchy.CreateFolderItem(hierarchy.GetSceneItemID(), "mine")
    hierarchy.SetItemParent(hierarchy.GetItemByDataNode(node), folder)
    remove_node(scene, node)
    assert hierarchy.GetItemName(folder) == "mine"


def test_a_node_goes_where_there_is_no_hierarchy_too():
    scene = slicer.vtkMRMLScene()
    remove_node(scene, scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode"))
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0
