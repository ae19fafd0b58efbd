"""Parts of the workspace inside Slicer that need no window: observers, choosing among offers, comparing exports."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from dicom_database import Signal

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.workspace.interface import DATABASE_CHANGED, SCENE_CHANGED, SCENE_CLOSED, VIEWS_CHANGED, LoadedItem

slicer = pytest.importorskip("slicer")


@pytest.fixture
def started(application, monkeypatch):
    import application as stand_in

    made = stand_in.start(monkeypatch)
    made.database = SimpleNamespace(databaseChanged=Signal(), opened=Signal(), closed=Signal())
    monkeypatch.setattr(slicer, "dicomDatabase", made.database, raising=False)
    monkeypatch.setattr(slicer.util, "mainWindow", lambda: None, raising=False)
    return made


@pytest.fixture
def changes(started):
    from DICOMTutorialHelperLib.workspace.slicer.application_observer import ApplicationObserver

    made = ApplicationObserver()
    yield made
    made.stop()


def wait_for(application, changes):
    """Until what was collected has been passed on, however long a busy machine takes."""
    while changes._timer.active:
        application.processEvents()


def test_nothing_is_observed_until_somebody_listens_and_after_nobody_does(changes):
    assert changes.observing == 0
    stop = changes.subscribe(lambda _kind: None)
    assert changes.observing > 0
    stop()
    assert changes.observing == 0


def test_no_signal_stays_connected(changes, started):
    stop = changes.subscribe(lambda _kind: None)
    assert started.database.databaseChanged.slots
    stop()
    assert not started.database.databaseChanged.slots


def test_a_hundred_changes_are_told_once(application, changes, started):
    told = []
    node = started.scene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    changes.subscribe(told.append)
    for number in range(100):
        node.SetForegroundOpacity(number / 100)
    assert told == []
    wait_for(application, changes)
    assert told == [VIEWS_CHANGED]


def test_volumes_that_come_and_go_are_told(application, changes, started):
    told = []
    changes.subscribe(told.append)
    volume = started.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    wait_for(application, changes)
    started.scene.RemoveNode(volume)
    wait_for(application, changes)
    assert told == [SCENE_CHANGED, SCENE_CHANGED]


def test_nodes_added_later_are_observed_and_let_go_when_removed(application, changes, started):
    told = []
    changes.subscribe(told.append)
    before = changes.observing
    node = started.scene.AddNewNodeByClass("vtkMRMLSliceCompositeNode")
    assert changes.observing == before + 1
    wait_for(application, changes)
    node.SetForegroundOpacity(0.3)
    wait_for(application, changes)
    assert told == [VIEWS_CHANGED]
    started.scene.RemoveNode(node)
    assert changes.observing == before


def test_closing_the_scene_and_the_database_are_told(application, changes, started):
    told = []
    changes.subscribe(told.append)
    started.database.databaseChanged()
    started.scene.Clear(0)
    wait_for(application, changes)
    assert DATABASE_CHANGED in told and SCENE_CLOSED in told


def test_one_listener_that_fails_does_not_silence_the_others(changes, caplog):
    told = []
    changes.subscribe(lambda _kind: 1 / 0)
    changes.subscribe(told.append)
    changes.notify(SCENE_CHANGED)
    assert told == [SCENE_CHANGED]
    assert "ZeroDivisionError" in caplog.text


def test_of_one_plugins_rows_for_the_same_files_the_first_stays_selected(started):
    from DICOMTutorialHelperLib.workspace.slicer.loading import _select_each_file_set_once

    rows = [SimpleNamespace(files=files, selected=True) for files in (["a", "b"], ["b", "a"], ["c"])]
    _select_each_file_set_once(rows)
    assert [row.selected for row in rows] == [True, False, True]


def test_an_export_that_moved_is_noticed(started, tmp_path):
    from DICOMTutorialHelperLib.dicom.examine import examine_paths
    from DICOMTutorialHelperLib.scene.loader import load_candidate
    from DICOMTutorialHelperLib.selftest.exports import _difference

    make_practice_set("torso-ct", tmp_path)
    (series,) = examine_paths([tmp_path]).series
    loaded = load_candidate(series.selected[0], started.scene)
    item = LoadedItem(loaded.volume.GetID(), "CT", dimensions=loaded.volume.GetImageData().GetDimensions())
    assert _difference(item, tmp_path) == ""
    voxels = slicer.util.arrayFromVolume(loaded.volume)
    voxels += 7
    assert _difference(item, tmp_path) == "values differ by up to 7"
    voxels -= 7
    voxels[:] = voxels[:, :, ::-1].copy()
    assert _difference(item, tmp_path).startswith("values differ")
    voxels[:] = voxels[:, :, ::-1].copy()
    origin = loaded.volume.GetOrigin()
    loaded.volume.SetOrigin(origin[0], origin[1], origin[2] + 1.5)
    assert _difference(item, tmp_path) == "voxels moved by 1.500 mm"
    slicer.util.updateVolumeFromArray(loaded.volume, voxels[1:].copy())
    assert _difference(item, tmp_path) == "what was read back is not one volume or sequence of as many voxels"


@pytest.mark.parametrize(("confidence", "asked_others"), [(1.1, False), (0.6, True), (0.4, True)])
def test_other_plugins_are_not_asked_where_none_could_outdo_the_sequence(started, confidence, asked_others):
    from DICOMTutorialHelperLib.workspace.slicer.loading import OWN_PLUGINS, SlicerLoading

    asked = []

    class Loading(SlicerLoading):
        def _examine(self, files, progress, only=None):
            asked.append(only)
            return {"DICOMTutorialSequencePlugin": [SimpleNamespace(selected=True, confidence=confidence)]}

    Loading()._examine_for_loading(["a.dcm"], None)
    assert asked == ([OWN_PLUGINS, None] if asked_others else [OWN_PLUGINS])


def test_a_multi_volume_is_no_sequence_though_it_has_frames(started):
    """A sequence needs a sequence node: without one there is nothing to play and no curve to draw."""
    from DICOMTutorialHelperLib.workspace.interface import VOLUME
    from DICOMTutorialHelperLib.workspace.slicer.volumes import SlicerVolumes

    class MultiVolumeNode(slicer.vtkMRMLScalarVolumeNode):
        def GetNumberOfFrames(self):
            return 4

    node = MultiVolumeNode()
    started.scene.AddNode(node)
    (item,) = SlicerVolumes().loaded()
    assert (item.node_id, item.kind, item.frames, item.sequence_node_id) == (node.GetID(), VOLUME, 1, "")
