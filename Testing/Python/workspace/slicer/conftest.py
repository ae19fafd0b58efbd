"""The workspace inside Slicer, on the stand-in application."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from dicom_database import Signal


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    folder = tmp_path_factory.mktemp("practice")
    for name in ("torso-ct", "breast-mri"):
        make_practice_set(name, folder)
    return folder


@pytest.fixture(scope="module")
def workspace(host, practice, tmp_path_factory):
    """SlicerWorkspace with the practice data in its database."""
    from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

    made = SlicerWorkspace()
    made.create_database(tmp_path_factory.mktemp("database"))
    made.import_folder(practice)
    yield made
    made.close()


@pytest.fixture
def scene(host):
    """The stand-in's scene in four-up; what a test adds is removed."""
    import slicer

    for layout in ("ThreeByThreeSlice", "SideBySide", "FourUpPlot", "Compare", "FourUp"):  # so that their views are there
        host.views.layout_node.SetViewArrangement(getattr(slicer.vtkMRMLLayoutNode, f"SlicerLayout{layout}View"))
    before = {host.scene.GetNthNode(place) for place in range(host.scene.GetNumberOfNodes())}
    yield host.scene
    for node in [host.scene.GetNthNode(place) for place in range(host.scene.GetNumberOfNodes())]:
        if node not in before and node.GetScene() is host.scene:
            host.scene.RemoveNode(node)
    host.views.layout_node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)


@pytest.fixture
def started(application, monkeypatch):
    import application as stand_in
    import slicer

    made = stand_in.start(monkeypatch)
    made.database = SimpleNamespace(databaseChanged=Signal(), opened=Signal(), closed=Signal())
    monkeypatch.setattr(slicer, "dicomDatabase", made.database, raising=False)
    monkeypatch.setattr(slicer.util, "mainWindow", lambda: None, raising=False)
    return made
