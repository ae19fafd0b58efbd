"""The scene without the application: what every scene has, is there at once and after closing, once."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


def count(scene, name: str) -> int:
    return scene.GetNumberOfNodesByClass(name)


@pytest.fixture
def headless():
    return HeadlessScene()


def test_colours_and_one_subject_hierarchy_are_there_at_once_and_after_closing(headless):
    scene = headless.scene
    for _ in range(2):
        assert scene.GetNodeByID("vtkMRMLColorTableNodeGrey") is not None
        assert count(scene, "vtkMRMLSubjectHierarchyNode") == 1
        scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "made")
        headless.close()
        assert count(scene, "vtkMRMLScalarVolumeNode") == 0


def test_sequences_follow_their_browsers(headless):
    scene = headless.scene
    sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode", "frames")
    for n in range(3):
        text = slicer.vtkMRMLTextNode()
        text.SetText(f"frame {n}")
        sequence.SetDataNodeAtValue(text, str(n))
    browser = scene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode", "browser")
    browser.SetAndObserveMasterSequenceNodeID(sequence.GetID())
    headless.sequences_logic.UpdateProxyNodesFromSequences(browser)
    browser.SetSelectedItemNumber(2)
    headless.sequences_logic.UpdateProxyNodesFromSequences(browser)
    assert browser.GetProxyNode(sequence).GetText() == "frame 2"


@pytest.mark.parametrize("name", ["Colors", "Volumes", "Sequences", "SubjectHierarchy"])
def test_logics_know_the_scene_and_are_found_by_their_modules(headless, name):
    logic = headless.application_logic.GetModuleLogic(name)
    assert logic is not None
    assert logic.GetMRMLScene() is headless.scene
    assert logic.GetMRMLApplicationLogic() is headless.application_logic
