"""The workspace inside Slicer passes each question to the part that knows, and tells what changed: each call with its parts."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from DICOMTutorialHelperLib.workspace import interface as w


class Part:
    """Answers every call with its name, and keeps what was asked; ``answers`` holds other answers."""

    def __init__(self, name: str, asked: list, **answers):
        self._name, self._asked, self.answers = name, asked, answers
        self.observing = 1

    def __getattr__(self, method: str):
        def call(*values):
            self._asked.append((f"{self._name}.{method}", *values))
            answer = self.answers.get(method, f"{self._name}.{method}")
            return answer() if callable(answer) else answer

        return call


ITEM = w.LoadedItem("node", "Item")


@pytest.fixture
def parts(host, monkeypatch):
    """A workspace of parts that only keep what they are asked."""
    from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

    made = SlicerWorkspace()
    made.asked = []
    for name in ("changes", "database", "loading", "volumes", "views", "curves"):
        setattr(made, f"_{name}", Part(name, made.asked))
    made._volumes.answers["loaded"] = (ITEM,)
    made._database.answers["files_of_series"] = (Path("a.dcm"),)
    monkeypatch.setattr(slicer.util, "saveScene", lambda path, properties: Path(path).write_bytes(b"x"), raising=False)
    return made


def changed(kind: str) -> tuple[str, str]:
    return ("changes.notify", kind)


VIEWS, SCENE, DATABASE = changed(w.VIEWS_CHANGED), changed(w.SCENE_CHANGED), changed(w.DATABASE_CHANGED)


LEFT = ("views.leave_browser",)


FOLDER = Path("folder")


# Call, what it answers, and which parts were asked what.
CALLS = {
    "layout": ((), "views.layout", [("views.layout",)]),
    "set_layout": (("x",), None, [("views.set_layout", "x"), VIEWS]),
    "slice_views": ((), "views.slice_views", [("views.slice_views",)]),
    "show_volume": (("n", "Red"), None, [("views.show_volume", "n", "Red"), VIEWS]),
    "compare": ((["n"],), None, [LEFT, ("views.compare", ["n"]), VIEWS]),
    "set_slices_linked": ((True,), None, [("views.set_linked", True), VIEWS]),
    "set_slice_offset": (("Red", 5), None, [("views.set_offset", "Red", 5), VIEWS]),
    "jump_slices": (((1, 2, 3),), None, [("views.jump", (1, 2, 3)), VIEWS]),
    "zoom_slice": (("Red", 2), None, [("views.zoom", "Red", 2), VIEWS]),
    "set_slices_visible_in_3d": ((True,), None, [LEFT, ("views.set_visible_in_3d", True), VIEWS]),
    "center_3d_view": ((), None, [("views.center_3d",), VIEWS]),
    "rotate_3d_view": ((30,), None, [("views.rotate_3d", 30), VIEWS]),
    "camera_3d_ras": ((), "views.camera_ras", [("views.camera_ras",)]),
    "window_level": (("n",), "volumes.window_level", [("volumes.window_level", "n")]),
    "window_level_presets": ((), "volumes.window_level_presets", [("volumes.window_level_presets",)]),
    "apply_window_level_preset": (("n", "p"), None, [("volumes.apply_window_level_preset", "n", "p"), VIEWS]),
    "set_window_level": (("n", 1, 2), None, [("volumes.set_window_level", "n", 1, 2), VIEWS]),
    "volume_rendering": (("n",), "volumes.volume_rendering", [("volumes.volume_rendering", "n")]),
    "volume_rendering_presets": ((), "volumes.volume_rendering_presets", [("volumes.volume_rendering_presets",)]),
    "show_volume_rendering": (("n", "p"), None, [LEFT, ("volumes.show_volume_rendering", "n", "p"), VIEWS]),
    "hide_volume_rendering": (("n",), None, [("volumes.hide_volume_rendering", "n"), VIEWS]),
    "snapshot": (("Red",), "views.snapshot", [("views.snapshot", "Red", 640, 480)]),
    "playback": (("n",), "volumes.playback", [("volumes.playback", "n")]),
    "play_sequence": (("n", 5), None, [("volumes.play_sequence", "n", 5), VIEWS]),
    "stop_sequence": (("n",), None, [("volumes.stop_sequence", "n"), VIEWS]),
    "seek_sequence": (("n", 2), None, [("volumes.seek_sequence", "n", 2), VIEWS]),
    "marked_points": ((), "volumes.marked_points", [("volumes.marked_points",)]),
    "mark_point": (("P", (1, 2, 3), "n"), None, [("volumes.mark", "P", [(1, 2, 3)], "n"), VIEWS]),
    "marked_lines": ((), "volumes.marked_lines", [("volumes.marked_lines",)]),
    "mark_line": (("L", (1,), (2,), "n"), None, [("volumes.mark", "L", [(1,), (2,)], "n"), VIEWS]),
    "value_at": (("n", (1, 2, 3)), "volumes.value_at", [("volumes.value_at", "n", (1, 2, 3))]),
    "plugins": ((), "loading.plugins", [("loading.plugins",)]),
    "set_plugin_enabled": (("p", False), None, [("loading.set_enabled", "p", False), changed(w.PLUGINS_CHANGED)]),
    "offers": (("1.2",), "loading.offers", [("database.files_of_series", "1.2"), ("loading.offers", "1.2", (Path("a.dcm"),))]),
    "loaded": ((), (ITEM,), [("volumes.loaded",)]),
    "unload": (("n",), None, [("volumes.unload", "n"), SCENE]),
    "database_folder": ((), "database.folder", [("database.folder",)]),
    "create_database": ((FOLDER,), "database.create", [("database.create", FOLDER), DATABASE]),
    "import_folder": ((FOLDER,), "database.import_folder", [("database.import_folder", FOLDER, None), DATABASE]),
    "patients": ((), "database.patients", [("database.patients",)]),
    "files_of_series": (("1.2",), (Path("a.dcm"),), [("database.files_of_series", "1.2")]),
    "remove_series": (("1.2",), None, [("database.remove_series", "1.2"), DATABASE]),
    "notify": (("x",), None, [("changes.notify", "x")]),
    "subscribe": (("x",), "changes.subscribe", [("changes.subscribe", "x")]),
    "close": ((), None, [("changes.stop",)]),
    "time_curves": ((), "curves.curves", [("curves.curves",)]),
    "peak_enhancement_point_ras": (
        ("node",), "curves.peak_enhancement_point_ras", [("volumes.loaded",), ("curves.peak_enhancement_point_ras", ITEM)],
    ),
    "steady_enhancement_point_ras": (
        ("node",), "curves.steady_enhancement_point_ras", [("volumes.loaded",), ("curves.steady_enhancement_point_ras", ITEM)],
    ),
    "plot_time_curve": (
        ("node", (1, 2, 3)), "curves.plot", [LEFT, ("volumes.loaded",), ("curves.plot", ITEM, (1, 2, 3), 4.0, "en"), VIEWS],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_each_call_asks_its_part_and_tells_what_changed(parts, name):
    values, answer, asked = CALLS[name]
    assert getattr(parts, name)(*values) == answer
    assert parts.asked == asked


def test_marks_follow_what_the_slice_views_show(parts):
    parts._views.answers["slice_views"] = (w.SliceView("Red", "a"), w.SliceView("Green", "b"), w.SliceView("Yellow"))
    parts._volumes.answers["marks_follow_images"] = ("lung",)
    assert parts.marks_follow_images() == ("lung",)
    assert parts.asked == [("views.slice_views",), ("volumes.marks_follow_images", {"a", "b", ""})]


def test_where_nobody_listens_the_database_is_asked_anew(parts):
    parts._changes.observing = 0
    parts.patients(), parts.files_of_series("1.2")
    assert parts.asked == [
        ("database.forget",), ("database.patients",), ("database.forget",), ("database.files_of_series", "1.2"),
    ]  # fmt: skip
    assert parts.observing == 0
    parts.asked.clear()
    parts._forget(w.DATABASE_CHANGED), parts._forget(w.SCENE_CHANGED)
    assert parts.asked == [("database.forget",)]


def test_a_failed_import_is_told_all_the_same(parts):
    def fail():
        raise w.WorkspaceError("import.no-dicom", folder="x")

    parts._database.answers["import_folder"] = fail
    with pytest.raises(w.WorkspaceError):
        parts.import_folder(FOLDER)
    assert parts.asked[-1] == DATABASE


class TestLoading:
    @pytest.mark.parametrize(("by", "noted"), [(["P"], True), (["P", "Q"], False)])
    def test_what_is_new_was_loaded_by_the_one_plugin_that_did_it(self, parts, by, noted):
        new = w.LoadedItem("new", "New")
        states = [(ITEM,), (ITEM, new), (ITEM, new)]
        parts._volumes.answers["loaded"] = lambda: states.pop(0)
        parts._loading.answers["load"] = by
        assert parts.load_series("1.2", "P") == (new,)
        kinds = [one for one in parts.asked if one[0] not in ("volumes.loaded", "database.files_of_series")]
        note = [("volumes.note_plugin", "new", "P")] if noted else []
        assert kinds == [("loading.load", (Path("a.dcm"),), "P", None), LEFT, SCENE, *note]

    def test_a_failure_is_told_and_leaves_the_browser_open(self, parts):
        def fail():
            raise w.WorkspaceError("load.no-offer")

        parts._loading.answers["load"] = fail
        with pytest.raises(w.WorkspaceError):
            parts.load_series("1.2")
        assert parts.asked[-1] == SCENE and LEFT not in parts.asked

    def test_a_series_or_a_node_that_is_not_there_is_named(self, parts):
        parts._database.answers["files_of_series"] = ()
        for call in (lambda: parts.offers("1.2"), lambda: parts.load_series("1.2")):
            with pytest.raises(w.WorkspaceError, match="no-such-series"):
                call()
        with pytest.raises(w.WorkspaceError, match="no-such-node"):
            parts.peak_enhancement_point_ras("other")


class TestScene:
    def test_it_is_saved_as_one_file(self, parts, tmp_path, monkeypatch):
        assert parts.save_scene(tmp_path / "a" / "b") == tmp_path / "a" / "b" / "scene.mrb"
        assert parts.asked == [SCENE]
        (tmp_path / "file").write_text("x", encoding="utf-8")
        monkeypatch.setattr(slicer.util, "saveScene", lambda path, properties: True)
        for folder in (tmp_path / "file", tmp_path / "nothing was written"):
            with pytest.raises(w.WorkspaceError, match="save-failed"):
                parts.save_scene(folder)
        monkeypatch.setattr(slicer.util, "saveScene", lambda path, properties: False)
        with pytest.raises(w.WorkspaceError, match="save-failed"):
            parts.save_scene(tmp_path / "a" / "b")
        assert parts.asked == [SCENE]

    def test_it_is_saved_where_its_address_is_a_file(self, parts, host, tmp_path):
        host.scene.SetURL("")
        assert parts.saved_scene() is None
        (tmp_path / "scene.mrb").write_bytes(b"x")
        host.scene.SetURL(str(tmp_path / "scene.mrb"))
        try:
            assert parts.saved_scene() == tmp_path / "scene.mrb"
            (tmp_path / "scene.mrb").unlink()
            assert parts.saved_scene() is None
        finally:
            host.scene.SetURL("")

    def test_closing_it_is_told(self, parts, host):
        node = host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
        parts.close_scene()
        assert node.GetScene() is None and parts.asked == [changed(w.SCENE_CLOSED)]


class TestApplication:
    def test_it_says_what_it_is(self, parts, monkeypatch):
        import numpy
        import pydicom

        told = parts.application()
        assert (told.name, told.version, told.slicer_version) == ("3D Slicer", "5.10.0", "5.10.0")
        assert (told.versions["pydicom"], told.versions["numpy"]) == (pydicom.__version__, numpy.__version__)
        monkeypatch.delattr(slicer.app, "applicationVersion")
        assert parts.application().version == "5.10"

    def test_old_ones_speak_english(self, parts, monkeypatch):
        monkeypatch.delattr(slicer.app, "applicationLocaleName", raising=False)
        assert parts.translated("context", "text") == "text"
        monkeypatch.setattr(slicer.app, "applicationLocaleName", "fr_FR", raising=False)
        monkeypatch.setattr(slicer.app, "translate", lambda context, text: f"{context}: {text}", raising=False)
        assert parts.translated("context", "text") == "context: text"

    def test_without_a_window_there_is_no_module(self, parts, monkeypatch):
        monkeypatch.setattr(slicer.util, "mainWindow", lambda: None)
        assert parts.active_module() == ""
        with pytest.raises(w.WorkspaceError, match="no-such-module"):
            parts.set_active_module("Data")
        assert parts.asked == []

    def test_a_module_is_chosen_by_its_name(self, parts):
        parts.set_active_module("Volumes")
        assert parts.active_module() == "Volumes" and parts.asked == [changed(w.MODULE_CHANGED)]
        with pytest.raises(w.WorkspaceError, match="no-such-module"):
            parts.set_active_module("Nothing")


def test_segmentations_are_told_with_their_segments_and_middle(parts, monkeypatch):
    from DICOMTutorialHelperLib.scene.load_error import LoadError
    from DICOMTutorialHelperLib.workspace.slicer import workspace as module

    node = SimpleNamespace(GetID=lambda: "n", GetName=lambda: "N")
    monkeypatch.setattr(module, "volume_node", lambda node_id: f"volume {node_id}")
    monkeypatch.setattr(module, "load_segmentation", lambda file, scene, volume: parts.asked.append((file, volume)) or node)
    monkeypatch.setattr(module, "segmentations_in", lambda scene: [node])
    monkeypatch.setattr(module, "segment_names", lambda one: ("a", "b"))
    monkeypatch.setattr(module, "center_ras", lambda one: (1.0, 2.0, 3.0))
    told = w.LoadedSegmentation("n", "N", ("a", "b"), (1.0, 2.0, 3.0))
    assert parts.load_segmentation(Path("f"), "v") == told and parts.segmentations() == (told,)
    assert parts.asked == [(Path("f"), "volume v"), SCENE]

    def fail(*_values):
        raise LoadError("N", "frame-sizes")

    monkeypatch.setattr(module, "load_segmentation", fail)
    with pytest.raises(w.WorkspaceError, match=r"load\.failed"):
        parts.load_segmentation(Path("f"), "v")
