"""Volumes and sequences inside Slicer, on a scene of a few nodes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from synthetic_volumes import added_volume

from DICOMTutorialHelperLib.workspace import interface as w


class TestVolumes:
    @pytest.fixture
    def volumes(self, scene):
        from DICOMTutorialHelperLib.workspace.slicer.volumes import SlicerVolumes

        return SlicerVolumes()

    def sequence(self, scene, frames=3):
        sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode", "S")
        sequence.SetIndexName("time")
        one = added_volume(scene, "frame")
        for number in range(frames):
            sequence.SetDataNodeAtValue(one, str(number * 10))
        scene.RemoveNode(one)
        browser = scene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode")
        browser.SetAndObserveMasterSequenceNodeID(sequence.GetID())
        proxy = browser.GetProxyNode(sequence)
        return sequence, browser, proxy

    def test_items_say_what_they_are(self, volumes, scene):
        node, hidden = added_volume(scene, "V"), added_volume(scene, "hidden")
        hidden.SetHideFromEditors(True)
        empty = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
        item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
        hierarchy.SetItemUID(item, "DICOM", "1.2.3")
        hierarchy.SetItemUID(item, "DICOMInstanceUID", "1.1 1.2")
        hierarchy.SetItemAttribute(item, "DICOM.Modality", "CT")
        volumes.note_plugin(node.GetID(), "P")
        first, second = volumes.loaded()
        assert first == w.LoadedItem(node.GetID(), "V", w.VOLUME, "1.2.3", ("1.1", "1.2"), "CT", 1, (6, 5, 4), "", "P")
        assert (second.node_id, second.dimensions, second.series_instance_uid, second.instance_uids, second.plugin) == (
            empty.GetID(), (0, 0, 0), "", (), "",
        )  # fmt: skip

    def test_a_sequence_is_played_sought_and_taken_out_whole(self, volumes, scene):
        sequence, browser, proxy = self.sequence(scene)
        (item,) = volumes.loaded()
        assert (item.kind, item.frames, item.sequence_node_id) == (w.SEQUENCE, 3, sequence.GetID())
        volumes.seek_sequence(proxy.GetID(), 2)
        assert volumes.playback(proxy.GetID()) == w.Playback(2, 3, False, "time", ("0", "10", "20"))
        for frame in (-1, 3):
            with pytest.raises(w.WorkspaceError) as told:
                volumes.seek_sequence(proxy.GetID(), frame)
            assert told.value.fields == {"name": "S", "frame": frame, "frames": 3}
        volumes.seek_sequence(proxy.GetID(), 0)
        volumes.play_sequence(proxy.GetID(), 7.0)
        assert volumes.playback(proxy.GetID()).playing and browser.GetPlaybackLooped() and browser.GetPlaybackRateFps() == 7.0
        volumes.stop_sequence(proxy.GetID())
        assert not volumes.playback(proxy.GetID()).playing
        alone = added_volume(scene, "alone")
        with pytest.raises(w.WorkspaceError) as told:
            volumes.playback(alone.GetID())
        assert (told.value.reason, told.value.fields) == ("not-a-sequence", {"name": "alone"})
        volumes.unload(proxy.GetID())
        assert [one.GetScene() for one in (sequence, browser, proxy)] == [None] * 3 and alone.GetScene() is scene

    @pytest.mark.parametrize(
        ("name", "goes"),
        [
            ("V gantry tilt", True),
            ("V slice positions", True),
            ("V acquisition transform_1", True),
            ("V", False),
            ("X gantry tilt", False),
        ],
    )
    def test_its_own_transform_goes_with_a_volume(self, volumes, scene, name, goes):
        node = added_volume(scene, "V")
        transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", name)
        node.SetAndObserveTransformNodeID(transform.GetID())
        volumes.unload(node.GetID())
        assert node.GetScene() is None and (transform.GetScene() is None) == goes

    def test_windows_are_set_and_presets_applied(self, volumes, scene):
        node = added_volume(scene)
        volumes.set_window_level(node.GetID(), 100, 40)
        assert volumes.window_level(node.GetID()) == w.WindowLevel(100, 40, "")
        assert not node.GetDisplayNode().GetAutoWindowLevel()
        preset = volumes.window_level_presets()[0]
        volumes.apply_window_level_preset(node.GetID(), preset)
        assert volumes.window_level(node.GetID()).preset == preset
        with pytest.raises(w.WorkspaceError) as told:
            volumes.apply_window_level_preset(node.GetID(), "none")
        assert told.value.fields == {"preset": "none"}

    def test_rendering_is_shown_hidden_and_named(self, volumes, scene):
        node = added_volume(scene)
        assert volumes.volume_rendering(node.GetID()) is None
        volumes.hide_volume_rendering(node.GetID())
        assert volumes.volume_rendering(node.GetID()) is None, "hiding makes none"
        presets = volumes.volume_rendering_presets()
        assert len(presets) == len(set(presets)) > 20 and "CT-Bone" in presets
        volumes.show_volume_rendering(node.GetID(), "CT-Bone")
        assert volumes.volume_rendering(node.GetID()) == w.VolumeRendering(True, "CT-Bone")
        volumes.hide_volume_rendering(node.GetID())
        assert volumes.volume_rendering(node.GetID()) == w.VolumeRendering(False, "CT-Bone")
        volumes.show_volume_rendering(node.GetID(), "")
        assert volumes.volume_rendering(node.GetID()) == w.VolumeRendering(True, "CT-Bone")
        other = added_volume(scene)
        with pytest.raises(w.WorkspaceError, match="no-such-preset"):
            volumes.show_volume_rendering(other.GetID(), "none")
        assert volumes.volume_rendering(other.GetID()) is None, "a preset that is none shows nothing"

    def test_points_lines_and_values(self, volumes, scene):
        node = added_volume(scene)
        volumes.mark("P", [(1, 2, 3)], node.GetID())
        volumes.mark("L", [(0, 0, 0), (3, 4, 0)], "")
        assert volumes.marked_points() == (w.MarkedPoint("P", (1.0, 2.0, 3.0)),)
        (line,) = volumes.marked_lines()
        assert line == w.MarkedLine("L", (0.0, 0.0, 0.0), (3.0, 4.0, 0.0))
        assert volumes.value_at(node.GetID(), (2, 1, 1)) == 1 * 30 + 1 * 6 + 2
        with pytest.raises(w.WorkspaceError) as told:
            volumes.value_at(node.GetID(), (99, 0, 0))
        assert (told.value.reason, told.value.fields) == ("point-outside", {"name": "V"})

    def test_the_toolbar_follows_where_there_is_one(self, scene, host, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer.volumes import _put_in_toolbar

        chosen = []
        bar = SimpleNamespace(setActiveBrowserNode=chosen.append, visible=False)
        _put_in_toolbar("a")
        monkeypatch.setattr(host.modules, "sequences", SimpleNamespace(toolBar=lambda: None))
        _put_in_toolbar("b")
        monkeypatch.setattr(host.modules, "sequences", SimpleNamespace(toolBar=lambda: bar))
        monkeypatch.setattr(slicer.util, "mainWindow", lambda: None)
        _put_in_toolbar("c")
        assert chosen == [] and not bar.visible
        monkeypatch.setattr(slicer.util, "mainWindow", lambda: host.main_window)
        _put_in_toolbar("d")
        assert chosen == ["d"] and bar.visible is True


slicer = pytest.importorskip("slicer")


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
