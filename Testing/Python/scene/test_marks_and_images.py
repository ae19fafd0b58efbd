"""Points and lines are shown with the images of their study and hidden without any; what a learner does comes first."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

import numpy as np
import vtk
from synthetic_volumes import made_volume

from DICOMTutorialHelperLib.scene.marked_points import follow_images, mark, marked_lines_ras, marked_points_ras
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene

NAMES = slicer.vtkMRMLSubjectHierarchyConstants


@pytest.fixture
def scene():
    return HeadlessScene().scene


@pytest.fixture
def hierarchy(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


@pytest.fixture
def image_of(scene, hierarchy):
    """A function that adds an image to a study, named by its UID; "" makes one of no study."""

    def add(study_uid: str) -> str:
        node = made_volume(scene, np.zeros((2, 2, 2)), np.eye(4))
        item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
        if study_uid:
            known = hierarchy.GetItemByUID(NAMES.GetDICOMUIDName(), study_uid)
            if not known:
                known = hierarchy.CreateStudyItem(hierarchy.GetSceneItemID(), study_uid)
                hierarchy.SetItemUID(known, NAMES.GetDICOMUIDName(), study_uid)
            hierarchy.SetItemParent(item, known)
        return node.GetID()

    return add


@pytest.fixture
def ct(image_of):
    return image_of("1.2.3")


@pytest.fixture
def mri(image_of):
    return image_of("1.2.4")


def shown(scene) -> list[str]:
    points, lines = marked_points_ras(scene, shown_only=True), marked_lines_ras(scene, shown_only=True)
    return [name for name, *_ in (*points, *lines)]


def measure(scene, image_id: str) -> None:
    mark(scene, "lung", [(1, 2, 3)], shown=False, image_id=image_id)
    mark(scene, "width", [(0, 0, 0), (9, 0, 0)], shown=False, image_id=image_id)


def test_marks_of_another_study_are_hidden_and_come_back_with_their_image(scene, ct, mri):
    measure(scene, ct)
    assert follow_images(scene, {ct}) == [] and shown(scene) == ["lung", "width"]
    assert follow_images(scene, {mri}) == ["lung", "width"] and shown(scene) == []
    assert len(marked_points_ras(scene)) == len(marked_lines_ras(scene)) == 1, "they are still there"
    assert follow_images(scene, {ct, mri}) == [] and shown(scene) == ["lung", "width"]


def test_another_image_of_the_study_shows_them_too(scene, mri, image_of):
    mark(scene, "lesion", [(1, 2, 3)], shown=False, image_id=mri)
    assert follow_images(scene, {image_of("1.2.4")}) == [] and shown(scene) == ["lesion"]


def test_an_image_of_no_study_is_one_by_itself(scene, image_of):
    first, second = image_of(""), image_of("")
    measure(scene, first)
    assert follow_images(scene, {second}) == ["lung", "width"]
    assert follow_images(scene, {first}) == []


def test_points_of_two_images_in_one_list_part(scene, ct, mri):
    """Slicer places every point in the list that is active, whatever the view shows."""
    points = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "F")
    for number, image_id in enumerate((ct, mri, ct)):
        points.AddControlPoint(vtk.vtkVector3d(number, 0, 0), f"F-{number}")
        points.SetNthControlPointAssociatedNodeID(number, image_id)
    assert follow_images(scene, {mri}) == ["F-0", "F-2"] and shown(scene) == ["F-1"]
    assert [points.GetNthControlPointVisibility(number) for number in range(3)] == [False, True, False]
    assert follow_images(scene, {ct}) == ["F-1"] and shown(scene) == ["F-0", "F-2"]


@pytest.mark.parametrize("shown_images", [[], [""], ["vtkMRMLScalarVolumeNode999"]])
def test_where_no_image_is_shown_nothing_changes(scene, ct, shown_images):
    measure(scene, ct)
    assert follow_images(scene, shown_images) == [] and shown(scene) == ["lung", "width"]


def test_marks_of_no_known_image_are_left_alone(scene, ct, mri):
    mark(scene, "from a 3D view", [(1, 2, 3)], shown=False)
    mark(scene, "of an image that is gone", [(1, 2, 3)], shown=False, image_id=ct)
    scene.RemoveNode(scene.GetNodeByID(ct))
    assert follow_images(scene, {mri}) == [] and len(shown(scene)) == 2


def test_what_a_learner_hid_stays_hidden(scene, ct, mri):
    measure(scene, ct)
    point = scene.GetFirstNodeByName("lung")
    point.SetNthControlPointVisibility(0, False)
    assert follow_images(scene, {mri}) == ["width"]
    follow_images(scene, {ct})
    assert not point.GetNthControlPointVisibility(0)


def test_what_a_learner_shows_again_stays_shown(scene, ct, mri):
    measure(scene, ct)
    follow_images(scene, {mri})
    point = scene.GetFirstNodeByName("lung")
    point.SetNthControlPointVisibility(0, True)
    follow_images(scene, {mri})
    assert point.GetNthControlPointVisibility(0)
    follow_images(scene, {ct}), follow_images(scene, {mri})
    assert not point.GetNthControlPointVisibility(0), "gone again once its image was there and went"


def test_a_line_is_hidden_by_its_display(scene, ct, mri):
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "width")
    display = scene.AddNewNodeByClass("vtkMRMLMarkupsDisplayNode")
    line.SetAndObserveDisplayNodeID(display.GetID())
    for number in range(2):
        line.AddControlPoint(vtk.vtkVector3d(number, 0, 0), "")
        line.SetNthControlPointAssociatedNodeID(number, ct)
    follow_images(scene, {mri})
    assert not display.GetVisibility() and line.GetNthControlPointVisibility(0)
    follow_images(scene, {ct})
    assert display.GetVisibility()
    display.SetVisibility(False)
    assert follow_images(scene, {mri}) == [], "a learner's doing"


def test_a_mark_of_the_guide_stands_in_the_study_of_its_image(scene, hierarchy, ct):
    measure(scene, ct)
    study = hierarchy.GetItemByUID(NAMES.GetDICOMUIDName(), "1.2.3")
    for name in ("lung", "width"):
        assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(scene.GetFirstNodeByName(name))) == study
    mark(scene, "of no image", [(0, 0, 0)], shown=False)
    assert not hierarchy.GetItemByDataNode(scene.GetFirstNodeByName("of no image"))
