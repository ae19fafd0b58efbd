"""Views, volumes, plugins, database and curves inside Slicer, each on a scene of a few nodes made by hand."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from dicom_database import DicomDatabase
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.workspace import interface as w


@pytest.fixture
def scene(host):
    """The stand-in's scene in four-up; what a test adds is removed."""
    for layout in ("ThreeByThreeSlice", "SideBySide", "FourUpPlot", "Compare", "FourUp"):  # so that their views are there
        host.views.layout_node.SetViewArrangement(getattr(slicer.vtkMRMLLayoutNode, f"SlicerLayout{layout}View"))
    before = {host.scene.GetNthNode(place) for place in range(host.scene.GetNumberOfNodes())}
    yield host.scene
    for node in [host.scene.GetNthNode(place) for place in range(host.scene.GetNumberOfNodes())]:
        if node not in before and node.GetScene() is host.scene:
            host.scene.RemoveNode(node)
    host.views.layout_node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)


def volume(scene, name="V", directions=None, shape=(4, 5, 6)):
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    slicer.util.updateVolumeFromArray(node, np.arange(np.prod(shape), dtype=np.int16).reshape(shape))
    if directions is not None:
        node.SetIJKToRASDirections(directions)
    return node


class TestViews:
    @pytest.fixture
    def views(self, scene):
        from DICOMTutorialHelperLib.workspace.slicer.views import SlicerViews

        return SlicerViews()

    def test_layouts_are_those_of_slicer_s_menu(self, views, host):
        """By number, as vtkMRMLLayoutNode.h has them."""
        node = host.views.layout_node
        numbers = {
            w.FOUR_UP: 3, w.CONVENTIONAL: 2, w.CONVENTIONAL_WIDESCREEN: 16, w.ONE_UP_3D: 4, w.ONE_UP_RED_SLICE: 6,
            w.SIDE_BY_SIDE: 29, w.THREE_BY_THREE: 33, w.FOUR_UP_PLOT: 37,
        }  # fmt: skip
        for name, number in numbers.items():
            views.set_layout(name)
            assert (node.GetViewArrangement(), views.layout()) == (number, name)
        node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutDefaultView)
        assert views.layout() == w.CONVENTIONAL
        node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutCompareView)
        assert views.layout() == w.OTHER_LAYOUT
        with pytest.raises(w.WorkspaceError) as told:
            views.set_layout("nine-up")
        assert (told.value.reason, told.value.fields) == ("no-such-layout", {"layout": "nine-up"})

    def test_the_browser_over_the_views_is_left_and_nothing_else(self, views, host, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer import views as module

        node, closed = host.views.layout_node, []
        monkeypatch.setattr(module, "close_browser_over_views", lambda: closed.append(1))
        monkeypatch.setattr(module, "browser_widget", lambda: None)
        views.set_layout(w.SIDE_BY_SIDE)
        views.leave_browser()
        assert views.layout() == w.SIDE_BY_SIDE
        browser = slicer.vtkMRMLLayoutNode.SlicerLayoutDicomBrowserView
        node.SetViewArrangement(browser)
        views.leave_browser()
        assert views.layout() == w.FOUR_UP and closed == []
        monkeypatch.setattr(module, "browser_widget", lambda: "a browser")
        node.SetViewArrangement(browser)
        views.leave_browser()
        assert closed == [1] and node.GetViewArrangement() == browser, "whoever closes it puts the layout back"

    def test_slices_are_told_in_order_with_what_they_show(self, views, scene):
        shown = volume(scene)
        assert [one.name for one in views.slice_views()] == ["Red", "Yellow", "Green"]
        views.show_volume(shown.GetID(), "Green")
        assert [one.volume_node_id for one in views.slice_views()] == ["", "", shown.GetID()]
        views.show_volume(shown.GetID(), "")
        assert [(one.volume_node_id, one.orientation) for one in views.slice_views()] == [
            (shown.GetID(), "Axial"), (shown.GetID(), "Sagittal"), (shown.GetID(), "Coronal"),
        ]  # fmt: skip
        for call in (lambda: views.show_volume(shown.GetID(), "Blue"), lambda: views.show_volume("none", "Red")):
            with pytest.raises(w.WorkspaceError, match="no-such"):
                call()
        with pytest.raises(w.WorkspaceError, match="no-such-node"):
            views.show_volume(scene.GetFirstNodeByClass("vtkMRMLSliceNode").GetID(), "Red")

    def test_offsets_zoom_and_links(self, views, scene):
        views.show_volume(volume(scene).GetID(), "")
        views.set_offset("Red", 2.25)
        red = views.slice_views()[0]
        assert red.offset_mm == 2.25 and not red.linked and not red.visible_in_3d
        views.zoom("Red", 2)
        assert views.slice_views()[0].field_of_view_mm == pytest.approx(red.field_of_view_mm / 2)
        from DICOMTutorialHelperLib.workspace.slicer.views import slice_node

        x, y, z = slice_node("Red").GetFieldOfView()
        views.zoom("Red", 0.5)
        assert slice_node("Red").GetFieldOfView() == pytest.approx((2 * x, 2 * y, z))
        views.set_linked(True), views.set_visible_in_3d(True)
        assert all(one.linked and one.visible_in_3d for one in views.slice_views())
        views.set_linked(False), views.set_visible_in_3d(False)
        assert not any(one.linked or one.visible_in_3d for one in views.slice_views())
        views.jump((1.0, 2.0, 3.0))
        for name in ("Red", "Yellow", "Green"):
            across = [slice_node(name).GetSliceToRAS().GetElement(row, 2) for row in range(3)]
            there = [slice_node(name).GetSliceToRAS().GetElement(row, 3) for row in range(3)]
            assert np.dot(across, there) == pytest.approx(np.dot(across, (1, 2, 3))), "each cuts through the point"

    @pytest.mark.parametrize(
        ("count", "layout"), [(1, w.SIDE_BY_SIDE), (2, w.SIDE_BY_SIDE), (3, w.FOUR_UP), (4, w.THREE_BY_THREE)]
    )
    def test_volumes_are_compared_in_the_plane_they_were_taken_in(self, views, scene, count, layout):
        sagittal = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
        volumes = [volume(scene, f"V{number}", sagittal if number else None) for number in range(count)]
        views.set_linked(True)
        views.compare([one.GetID() for one in volumes])
        shown = views.slice_views()
        assert views.layout() == layout and not any(one.linked for one in shown)
        assert [one.volume_node_id for one in shown][:count] == [one.GetID() for one in volumes]
        planes = {one.name: one.orientation for one in shown}
        assert [planes[one.name] for one in shown][:count] == (["Axial"] + ["Sagittal"] * count)[:count]

    @pytest.mark.parametrize(
        ("across", "plane"), [((1, 0, 0), "Sagittal"), ((0, -1, 0), "Coronal"), ((0, 0, -1), "Axial"), ((0.6, 0, -0.8), "Axial")]
    )
    def test_the_plane_a_volume_was_taken_in(self, scene, across, plane):
        from DICOMTutorialHelperLib.workspace.slicer.views import acquisition_plane

        others = np.linalg.svd(np.array([across]))[2][1:]
        assert acquisition_plane(volume(scene, directions=np.array([*others, across]).T.tolist())) == plane

    def test_the_camera_turns_about_the_axis_from_foot_to_head(self, views, host):
        host.views.camera.SetFocalPoint(10, 20, 30)
        host.views.camera.SetPosition(110, 20, 35)
        host.views.camera.SetViewUp(0.6, 0, 0.8)
        views.rotate_3d(90)
        assert views.camera_ras() == pytest.approx((0, 100, 5))
        assert host.views.camera.GetViewUp() == pytest.approx((0, 0.6, 0.8))
        views.rotate_3d(-30)
        assert views.camera_ras() == pytest.approx((50, 100 * math.cos(math.radians(30)), 5))
        assert host.views.camera.GetViewUp() == pytest.approx((0.3, 0.6 * math.cos(math.radians(30)), 0.8))
        assert host.views.camera.GetFocalPoint() == (10, 20, 30)

    def test_centering_looks_at_everything_from_where_it_was(self, views, host, monkeypatch):
        asked = []
        monkeypatch.setattr(host.views, "resetFocalPoint", lambda: asked.append("focus"))
        monkeypatch.setattr(host.views, "resetCamera", lambda *given: asked.append(given))
        views.center_3d()
        assert asked == ["focus", (False, True, True)]

    def test_without_a_3d_view_there_is_no_camera(self, views, host, monkeypatch):
        monkeypatch.setattr(host.views, "threeDViewCount", 0)
        views.center_3d()
        with pytest.raises(w.WorkspaceError) as told:
            views.rotate_3d(10)
        assert told.value.fields == {"view": w.THREE_D}
        assert views.snapshot(w.THREE_D, 10, 10) is None
        monkeypatch.setattr(host.app, "layoutManager", lambda: None)
        views.center_3d()
        assert all(views.snapshot(view, 10, 10) is None for view in (w.THREE_D, w.WHOLE_LAYOUT, "Red", w.PLOT))

    def test_pictures_are_of_the_view_asked_for_and_no_larger(self, views, host, monkeypatch):
        import qt

        labels = {name: qt.QLabel(name) for name in ("all", "3d", "plot", "Red")}
        for label in labels.values():
            label.resize(200, 100)
            label.show()
        manager = SimpleNamespace(
            viewport=lambda: labels["all"], threeDViewCount=1, plotViewCount=1,
            threeDWidget=lambda place: SimpleNamespace(threeDView=lambda: labels["3d"]),
            plotWidget=lambda place: SimpleNamespace(plotView=lambda: labels["plot"]),
            sliceWidget=lambda name: SimpleNamespace(sliceView=lambda: labels[name]) if name in labels else None,
        )  # fmt: skip
        monkeypatch.setattr(host.app, "layoutManager", lambda: manager)
        from DICOMTutorialHelperLib.workspace.slicer.views import _widget

        assert [_widget(view) for view in (w.WHOLE_LAYOUT, w.THREE_D, w.PLOT, "Red", "Green")] == [*labels.values(), None]
        picture = qt.QImage.fromData(views.snapshot("Red", 50, 50))
        assert (picture.width(), picture.height()) == (50, 25)
        labels["Red"].hide()
        assert views.snapshot("Red", 50, 50) is None and views.snapshot("Green", 50, 50) is None
        manager.plotViewCount = 0
        assert _widget(w.PLOT) is None


class TestVolumes:
    @pytest.fixture
    def volumes(self, scene):
        from DICOMTutorialHelperLib.workspace.slicer.volumes import SlicerVolumes

        return SlicerVolumes()

    def sequence(self, scene, frames=3):
        sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode", "S")
        sequence.SetIndexName("time")
        one = volume(scene, "frame")
        for number in range(frames):
            sequence.SetDataNodeAtValue(one, str(number * 10))
        scene.RemoveNode(one)
        browser = scene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode")
        browser.SetAndObserveMasterSequenceNodeID(sequence.GetID())
        proxy = browser.GetProxyNode(sequence)
        return sequence, browser, proxy

    def test_items_say_what_they_are(self, volumes, scene):
        node, hidden = volume(scene, "V"), volume(scene, "hidden")
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
        alone = volume(scene, "alone")
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
        node = volume(scene, "V")
        transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", name)
        node.SetAndObserveTransformNodeID(transform.GetID())
        volumes.unload(node.GetID())
        assert node.GetScene() is None and (transform.GetScene() is None) == goes

    def test_windows_are_set_and_presets_applied(self, volumes, scene):
        node = volume(scene)
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
        node = volume(scene)
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
        other = volume(scene)
        with pytest.raises(w.WorkspaceError, match="no-such-preset"):
            volumes.show_volume_rendering(other.GetID(), "none")
        assert volumes.volume_rendering(other.GetID()) is None, "a preset that is none shows nothing"

    def test_points_lines_and_values(self, volumes, scene):
        node = volume(scene)
        volumes.mark("P", [(1, 2, 3)])
        volumes.mark("L", [(0, 0, 0), (3, 4, 0)])
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


def loadable(name="L", confidence=0.5, files=("a",), selected=True, **more):
    return SimpleNamespace(name=name, confidence=confidence, files=list(files), selected=selected, warning="", tooltip="", **more)


class TestLoading:
    @pytest.fixture
    def loading(self, host, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer.loading import SlicerLoading

        monkeypatch.setattr(host.modules, "dicomPlugins", {"A": None, "B": None})
        return SlicerLoading()

    def test_plugins_are_disabled_in_the_settings_where_there_is_no_check_box(self, loading):
        import qt

        from DICOMTutorialHelperLib.workspace.slicer.loading import _disabled_plugins

        assert loading.plugins() == (w.PluginInfo("A", True), w.PluginInfo("B", True)) and _disabled_plugins() == set()
        loading.set_enabled("B", False), loading.set_enabled("A", False)
        assert loading.plugins() == (w.PluginInfo("A", False), w.PluginInfo("B", False))
        settings = qt.QSettings()
        assert settings.value("DICOM/disabledPlugins/1/A") == settings.value("DICOM/disabledPlugins/2/B") == "disabled"
        loading.set_enabled("A", True)
        assert loading.plugins() == (w.PluginInfo("A", True), w.PluginInfo("B", False))
        settings = qt.QSettings()
        assert int(settings.value("DICOM/disabledPlugins/size")) == 1 and not settings.contains("DICOM/disabledPlugins/2/B")
        loading.set_enabled("B", True)
        assert _disabled_plugins() == set()
        with pytest.raises(w.WorkspaceError) as told:
            loading.set_enabled("C", True)
        assert told.value.fields == {"plugin": "C"}

    def test_the_check_box_of_the_module_is_what_counts(self, loading, host, monkeypatch):
        box = SimpleNamespace(checked=True)
        widget = SimpleNamespace(pluginSelector=SimpleNamespace(checkBoxByPlugin={"A": box}))
        monkeypatch.setattr(host.modules, "DICOMWidget", widget, raising=False)
        loading.set_enabled("A", False)
        assert box.checked is False and all(one.enabled for one in loading.plugins()), "the box writes the settings"
        loading.set_enabled("B", False)
        assert loading.plugins()[1].enabled is False
        loading.set_enabled("B", True)

    def test_offers_come_with_the_surest_first(self, loading, monkeypatch):
        stacks = [SimpleNamespace(stacks=[1, 2]), SimpleNamespace(stacks=[1, 2, 3])]
        offered = {
            "DICOMScalarVolumePlugin": [loadable("s", 0.5, ("a", "b"), False), loadable("t", 0.9)],
            "A": [loadable("a", 0.5, candidates=stacks), loadable("b", 0.1)],
        }
        monkeypatch.setattr(loading, "_examine", lambda files, progress: offered)
        rows = loading.offers("1.2", [Path("a")])
        assert [(row.name, row.plugin, row.frames, row.files, row.selected, row.confidence) for row in rows] == [
            ("t", "DICOMScalarVolumePlugin", 1, 1, True, 0.9), ("a", "A", 3, 1, True, 0.5),
            ("s", "DICOMScalarVolumePlugin", 1, 2, False, 0.5), ("b", "A", 0, 1, True, 0.1),
        ]  # fmt: skip
        assert {row.series_instance_uid for row in rows} == {"1.2"}

    def test_of_one_plugin_its_best_is_loaded(self, loading, monkeypatch):
        offered = {"A": [loadable("a", 0.5, selected=False), loadable("b", 0.9, selected=False)], "B": [loadable("c", 1.0)]}
        loaded = []
        monkeypatch.setattr(loading, "_examine", lambda files, progress, only=None: loaded.append(only) or offered)
        monkeypatch.setattr(loading, "_load", lambda chosen, messages, progress: loaded.append(chosen) or ["node"])
        assert loading.load([Path("a")], "A", None) == ["A"]
        assert loaded == [{"A"}, {"A": [offered["A"][1]], "B": []}]

    def test_nothing_offered_and_nothing_loaded_are_told_apart(self, loading, monkeypatch, caplog):
        monkeypatch.setattr(loading, "_examine", lambda files, progress, only=None: {"A": [loadable("a", selected=False)]})
        with pytest.raises(w.WorkspaceError, match=r"load[.]no-offer"):
            loading.load([Path("a")], "", None)
        with pytest.raises(w.WorkspaceError, match=r"load[.]no-offer"):
            loading.load([Path("a")], "B", None)
        monkeypatch.setattr(loading, "_examine", lambda files, progress, only=None: {"A": [loadable("a"), loadable("b")]})
        monkeypatch.setattr(loading, "_load", lambda chosen, messages, progress: messages.extend(["secret", "x"]))
        with pytest.raises(w.WorkspaceError) as told:
            loading.load([Path("a")], "", None)
        assert (told.value.reason, told.value.detail, told.value.fields) == ("load.failed", "secret; x", {"name": "a, b"})
        assert "loading gave 2 messages" in caplog.text and "secret" not in caplog.text

    def test_of_all_plugins_the_surest_is_selected(self, loading, host, monkeypatch):
        """As the DICOM browser selects: of a series the highest confidence, of one plugin each set of files once."""

        def plugin(*offered):
            return type("Plugin", (), {"examineForImport": lambda self, files: list(offered)})

        monkeypatch.setattr(
            host.modules,
            "dicomPlugins",
            {
                "A": plugin(loadable("low", 0.5), loadable("none", 0.9, ())),
                "B": plugin(
                    loadable("high", 0.8, ("a", "b"), False), loadable("same", 0.8, ("b", "a"), False), loadable("c", 0.1)
                ),
            },
        )
        offered = loading._examine([Path("a"), Path("b")], None)
        assert {name: [(one.name, one.selected) for one in rows] for name, rows in offered.items()} == {
            "A": [("low", False)], "B": [("high", True), ("same", False), ("c", False)],
        }  # fmt: skip

    def test_without_files_or_plugins_nobody_is_asked(self, loading, monkeypatch):
        assert loading._examine([], None) == {} and loading._examine([Path("a")], None, {"C"}) == {}


class TestDatabase:
    @pytest.fixture
    def database(self, host, monkeypatch, tmp_path):
        from DICOMTutorialHelperLib.workspace.slicer.database import SlicerDatabase

        monkeypatch.setattr(slicer, "dicomDatabase", DicomDatabase())
        (tmp_path / "database").mkdir()
        return SlicerDatabase()

    def test_without_a_database_there_is_nothing(self, database, tmp_path):
        assert (database.folder(), database.patients(), database.files_of_series("1")) == (None, (), ())
        database.remove_series("1")
        for call in (lambda: database.import_folder(tmp_path, None),):
            with pytest.raises(w.WorkspaceError, match="no-database"):
                call()

    def test_folders_are_indexed_a_few_at_a_time_and_counted(self, database, tmp_path):
        assert database.create(tmp_path / "database") == tmp_path / "database" == database.folder()
        write_series(tmp_path / "in" / "a", axial_positions(20), SeriesNumber=10, StudyDate="20200102", SeriesDate="20200103")
        write_series(tmp_path / "in" / "b", axial_positions(6), SeriesInstanceUID="1.2.3.5", SeriesNumber=9)
        (tmp_path / "in" / "note.txt").write_text("x", encoding="utf-8")
        told = []
        summary = database.import_folder(tmp_path / "in", lambda done, total: told.append((done, total)))
        assert told == [(0, 27), (25, 27), (27, 27)]
        assert summary == w.ImportSummary(26, 1, 1, 1, 2, 26, ("1.2.3.4", "1.2.3.5"))
        (patient,) = database.patients()
        (study,) = patient.studies
        assert (patient.patient_id, patient.name, study.date) == ("P1", "Doe^Jane", "2020-01-02")
        assert [(one.number, one.instance_count, one.modality, one.date) for one in study.series] == [
            ("9", 6, "CT", ""), ("10", 20, "CT", "2020-01-03"),
        ]  # fmt: skip
        again = database.import_folder(tmp_path / "in" / "b", None)
        assert (again.files, again.new_patients, again.new_studies, again.new_series, again.new_instances) == (6, 0, 0, 0, 0)
        numbers = [slicer.dicomDatabase.fileValue(path, "0020,0013") for path in database.files_of_series("1.2.3.4")]
        assert numbers == [str(number) for number in range(1, 21)]
        assert database.patients() is database.patients(), "what is listed is kept"
        database.remove_series("1.2.3.4")
        assert [one.series_instance_uid for one in database.patients()[0].series] == ["1.2.3.5"]
        assert database.files_of_series("1.2.3.4") == ()

    def test_folders_that_hold_nothing_are_told_apart(self, database, tmp_path):
        database.create(tmp_path / "database")
        with pytest.raises(w.WorkspaceError, match=r"import[.]no-folder"):
            database.import_folder(tmp_path / "nowhere", None)
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "note.txt").write_text("x", encoding="utf-8")
        with pytest.raises(w.WorkspaceError) as told:
            database.import_folder(tmp_path / "in", None)
        assert (told.value.reason, told.value.fields) == ("import.no-dicom", {"folder": str(tmp_path / "in")})
        with pytest.raises(w.WorkspaceError, match="database-failed"):
            database.create(tmp_path / "in" / "note.txt" / "x")

    def test_files_of_one_number_come_by_name(self, database, tmp_path):
        database.create(tmp_path / "database")
        paths = write_series(tmp_path / "in", axial_positions(3), headers=[{"InstanceNumber": number} for number in (2, 1, 1)])
        database.import_folder(tmp_path / "in", None)
        assert list(database.files_of_series("1.2.3.4")) == [*sorted(paths[1:]), paths[0]]

    def test_the_first_database_lies_beside_what_is_there(self, host, tmp_path, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer import database as module

        monkeypatch.setattr(module.qt.QStandardPaths, "writableLocation", lambda _which: str(tmp_path))
        first = tmp_path / "SlicerDICOMDatabase"
        assert module._default_folder() == first
        first.mkdir()
        assert module._default_folder() == first, "an empty folder will do"
        (first / "other").write_text("x", encoding="utf-8")
        assert module._default_folder() == tmp_path / "SlicerDICOMDatabase-2"
        (tmp_path / "SlicerDICOMDatabase-2").mkdir()
        (tmp_path / "SlicerDICOMDatabase-2" / "other").write_text("x", encoding="utf-8")
        assert module._default_folder() == tmp_path / "SlicerDICOMDatabase-3"
        (first / "ctkDICOM.sql").write_text("x", encoding="utf-8")
        assert module._default_folder() == first

    def test_numbers_and_texts_of_any_kind(self):
        from DICOMTutorialHelperLib.workspace.slicer.database import _number, _text

        assert [_number(text) for text in ("5", " 7 ", "", "x", None)] == [5, 7, 0, 0, 0]
        assert [_text(value) for value in (None, "", 5)] == ["", "", "5"]


def test_times_of_a_curve_are_those_of_the_candidate_with_as_many_frames(host, monkeypatch):
    from DICOMTutorialHelperLib.workspace.slicer import curves as module

    candidates = [
        SimpleNamespace(index=None, stacks=[1, 2]), SimpleNamespace(index=1, stacks=[1]), SimpleNamespace(index=1, stacks=[1, 2]),
    ]  # fmt: skip
    asked = []
    examinations = SimpleNamespace(
        of=lambda files, fill: asked.append((files, fill)) or SimpleNamespace(series=[SimpleNamespace(candidates=candidates)])
    )
    monkeypatch.setattr(module, "frame_seconds", lambda candidate: candidates.index(candidate))
    made = module.SlicerCurves(lambda uid: [Path("a")] if uid else [], lambda: True, lambda: examinations)
    item = w.LoadedItem("n", "N", series_instance_uid="1")
    assert (made._seconds(item, 2), made._seconds(item, 1), made._seconds(item, 3)) == (2, 1, None)
    assert asked[0] == (["a"], True)
    assert made._seconds(w.LoadedItem("n", "N"), 2) is None and len(asked) == 3
    with pytest.raises(w.WorkspaceError) as told:
        made.plot(item, (0, 0, 0), 4.0, "en")
    assert (told.value.reason, told.value.fields) == ("not-a-sequence", {"name": "N"})
    assert made.curves() == ()
