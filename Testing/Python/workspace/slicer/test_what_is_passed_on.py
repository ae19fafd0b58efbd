"""The workspace inside Slicer passes each question to the part that knows, and tells what changed: each call with its parts."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from dicom_database import Signal

from DICOMTutorialHelperLib.progress import Cancelled
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
    "mark_point": (("P", (1, 2, 3)), None, [("volumes.mark", "P", [(1, 2, 3)]), VIEWS]),
    "marked_lines": ((), "volumes.marked_lines", [("volumes.marked_lines",)]),
    "mark_line": (("L", (1,), (2,)), None, [("volumes.mark", "L", [(1,), (2,)]), VIEWS]),
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


class TestObserver:
    @pytest.fixture
    def observer(self, host):
        from DICOMTutorialHelperLib.workspace.slicer.application_observer import ApplicationObserver

        made = ApplicationObserver()
        yield made
        made.stop()

    def test_the_first_is_told_first_and_nobody_is_observed_for_it(self, observer):
        told = []
        observer.subscribe_first(lambda kind: told.append(("first", kind)))
        assert observer.observing == 0
        stop = observer.subscribe(lambda kind: told.append(("other", kind)))
        observer.notify("x")
        assert told == [("first", "x"), ("other", "x")] and observer.observing > 0
        stop(), stop()
        assert observer.observing == 0

    def test_while_one_still_listens_it_observes(self, observer):
        first, second = observer.subscribe(lambda kind: None), observer.subscribe(lambda kind: 0)
        observing = observer.observing
        first()
        assert observer.observing == observing
        second()
        assert observer.observing == 0

    def test_what_happens_is_collected_once_and_passed_on_in_order(self, observer):
        told = []
        observer.subscribe(told.append)
        assert not observer._timer.active and observer._timer.interval == 250
        for kind in ("a", "b", "a"):
            observer._collect(kind)
        assert observer._timer.active and told == []
        observer._pass_on()
        assert told == ["a", "b"] and not observer._timer.active
        observer._pass_on()
        assert told == ["a", "b"]
        observer._collect("c")
        observer.stop()
        observer._pass_on()
        assert told == ["a", "b"]

    def test_saving_the_scene_the_database_and_marked_points_are_told(self, observer, host):
        told = []
        observer.subscribe(told.append)
        host.scene.InvokeEvent(host.scene.EndSaveEvent)
        observer._pass_on()
        for signal in (host.database.databaseChanged, host.database.opened, host.database.closed):
            signal()
            observer._pass_on()
        assert told == [w.SCENE_CHANGED, *[w.DATABASE_CHANGED] * 3]
        points = host.scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode")
        observer._pass_on()
        told.clear()
        points.InvokeEvent(points.PointPositionDefinedEvent)
        observer._pass_on()
        assert told == [w.VIEWS_CHANGED]
        host.scene.RemoveNode(points)

    def test_check_boxes_of_plugins_are_followed_once_they_are_there(self, observer, host, monkeypatch):
        told, box = [], SimpleNamespace(toggled=Signal())
        monkeypatch.delattr(host.modules, "DICOMWidget", raising=False)
        observer.subscribe(told.append)
        before = observer.observing
        widget = SimpleNamespace(pluginSelector=SimpleNamespace(checkBoxByPlugin={"P": box}))
        monkeypatch.setattr(host.modules, "DICOMWidget", widget, raising=False)
        for _ in range(2):
            observer._on_module_selected()
            assert observer.observing == before + 1
        box.toggled()
        observer._pass_on()
        assert told == [w.MODULE_CHANGED, w.PLUGINS_CHANGED]

    def test_where_they_are_there_before_they_are_followed_from_the_start(self, observer, host, monkeypatch):
        box = SimpleNamespace(toggled=Signal())
        widget = SimpleNamespace(pluginSelector=SimpleNamespace(checkBoxByPlugin={"P": box}))
        monkeypatch.setattr(host.modules, "DICOMWidget", widget, raising=False)
        stop = observer.subscribe(lambda kind: None)
        assert len(box.toggled.slots) == 1
        stop()
        assert not box.toggled.slots and not observer._check_boxes

    def test_a_signal_that_is_gone_ends_nothing(self, observer):
        class Gone:
            def connect(self, slot):
                pass

            def disconnect(self, slot):
                raise ValueError

        stop = observer.subscribe(lambda kind: None)
        observer._connect(Gone(), lambda: None)
        stop()
        assert observer.observing == 0


class TestSettings:
    @pytest.fixture
    def settings(self, application, monkeypatch):
        import application as stand_in

        started = stand_in.start(monkeypatch)
        from DICOMTutorialHelperLib.workspace.slicer import settings

        settings.started = started
        return settings

    def test_what_was_never_set_has_its_default(self, settings, monkeypatch):
        assert settings.prefer_plugins() is True and settings.fill_missing() is True and settings.practice_size() == "small"
        assert settings.chosen_language() == "" and settings.dock_place() == "" and settings.tutorial_folder() is None
        assert settings.own_tutorials() is None and settings.tutorial_languages() == ()
        assert settings.data_folder() == Path.home() / "SlicerData" and settings.kept_steps_folder() is None
        assert settings.application_language() == "en" and settings.language() == "en"
        assert settings.SettingsStore().load("x") == ""

    def test_what_was_set_is_kept_and_forgotten(self, settings, tmp_path):
        for key, value in (
            (settings.PREFER_PLUGINS, False), (settings.FILL_MISSING, "0"), (settings.PRACTICE_SIZE, "full"),
            (settings.LANGUAGE, "fr"),
            (settings.DOCK_PLACE, "left"), (settings.TUTORIAL, str(tmp_path)), (settings.OWN_TUTORIALS, str(tmp_path)),
            (settings.DATA_FOLDER, "/data"), (settings.KEPT_STEPS, "/kept"),
        ):  # fmt: skip
            settings.write(key, value)
        assert settings.prefer_plugins() is False and settings.fill_missing() is False and settings.practice_size() == "full"
        assert settings.chosen_language() == "fr" == settings.language() and settings.dock_place() == "left"
        assert settings.tutorial_folder() == tmp_path == settings.own_tutorials()
        assert settings.data_folder() == Path("/data") and settings.kept_steps_folder() == Path("/kept")
        settings.write(settings.LANGUAGE, None)
        assert settings.chosen_language() == "" and settings.LANGUAGE not in settings.started.settings
        settings.SettingsStore().save("x", "text")
        assert settings.SettingsStore().load("x") == "text" and settings.SettingsStore().load("y") == ""

    def test_a_language_of_one_s_own_tutorial_is_spoken(self, settings, tmp_path):
        (tmp_path / "de.json").write_text("{}", encoding="utf-8")
        settings.write(settings.LANGUAGE, "de")
        assert settings.language() == "en"
        settings.write(settings.TUTORIAL, str(tmp_path))
        assert settings.language() == "de" and settings.tutorial_languages() == ("de",)

    def test_slicer_s_own_language_and_place_count(self, settings):
        settings.started.app.applicationLocaleName = "fr_FR"
        settings.started.app.slicerUserSettingsFilePath = "/home/rita/Slicer.ini"
        assert settings.application_language() == "fr_FR" and settings.language() == "fr"
        assert settings.kept_steps_folder() == Path("/home/rita/DICOMTutorialHelper")

    @pytest.mark.parametrize(
        ("installed", "format", "prefers"),
        [(True, "multivolume", True), (True, "sequence", False), (True, None, False), (False, "multivolume", False)],
    )
    def test_multi_volumes_are_preferred_where_they_were_chosen_and_can_be_read(self, settings, installed, format, prefers):
        settings.started.modules.dicomPlugins = {"MultiVolumeImporterPlugin": object} if installed else {}
        if format:
            settings.write(settings.MULTI_VOLUME_FORMAT, format)
        assert settings.prefers_multi_volumes() is prefers


class TestBackground:
    def test_work_is_done_in_another_thread_and_told_in_this_one(self, host):
        from DICOMTutorialHelperLib.workspace.slicer.background import in_thread

        told, here = [], threading.current_thread()
        ready = threading.Event()

        def work(progress):
            assert threading.current_thread() is not here
            progress(1, 2)
            assert ready.wait(20)
            return "result"

        def progress(done, total):
            assert threading.current_thread() is here
            told.append((done, total))
            if (done, total) == (1, 2):
                ready.set()

        assert in_thread(work, progress) == "result"
        assert (1, 2) in told and set(told) <= {(0, 0), (1, 2)}

    def test_errors_come_over_and_a_stop_ends_the_work(self, host):
        from DICOMTutorialHelperLib.workspace.slicer.background import in_thread

        def fail(progress):
            raise ValueError("of the work")

        with pytest.raises(ValueError, match="of the work"):
            in_thread(fail, lambda done, total: None)

        def stop(done, total):
            raise Cancelled

        stopped = []

        def work(progress):
            for step in range(100_000):
                try:
                    progress(step, 100_000)
                except Cancelled:
                    stopped.append(step)
                    raise
                threading.Event().wait(0.001)

        with pytest.raises(Cancelled):
            in_thread(work, stop)
        assert stopped
        with pytest.raises(Cancelled):
            in_thread(lambda progress: threading.Event().wait(0.1), stop)


class TestBrowser:
    def shown(self, monkeypatch, browser, **more):
        monkeypatch.setattr(slicer, "modules", SimpleNamespace(DICOMInstance=SimpleNamespace(browserWidget=browser), **more))
        from DICOMTutorialHelperLib.workspace.slicer import dicom_browser

        return dicom_browser

    @pytest.mark.parametrize(("visible", "opened"), [(False, ["opened", "events"]), (True, [])])
    def test_it_is_opened_where_it_is_not_open(self, host, monkeypatch, visible, opened):
        asked, browser = [], SimpleNamespace(visible=visible)
        monkeypatch.setattr(slicer.app, "processEvents", lambda: asked.append("events"))
        shown = self.shown(monkeypatch, browser, DICOMWidget=SimpleNamespace(onOpenBrowserWidget=lambda: asked.append("opened")))
        assert shown.open_browser() is browser and asked == opened
        assert self.shown(monkeypatch, browser).open_browser() is None

    def test_a_closed_one_is_not_closed_again(self, host, monkeypatch):
        closed = []
        for visible in (False, True):
            browser = SimpleNamespace(visible=visible, close=lambda visible=visible: closed.append(visible))
            self.shown(monkeypatch, browser).close_browser_over_views()
        assert closed == [True]

    def test_without_tables_or_a_patient_nothing_is_chosen(self, host, monkeypatch):
        browser = SimpleNamespace(dicomBrowser=SimpleNamespace(dicomTableManager=lambda: None))
        assert self.shown(monkeypatch, browser).selected_series() == []
        tabs = SimpleNamespace(count=0, currentWidget=lambda: None)
        asked = []
        visual = SimpleNamespace(patientsTabWidget=lambda: tabs, onShowPatients=lambda: asked.append("shown"))
        browser = SimpleNamespace(useVisualDICOMBrowser=True, dicomVisualBrowser=visual)
        assert self.shown(monkeypatch, browser).selected_series() == []
        self.shown(monkeypatch, browser).refresh_browser()
        assert asked == ["shown"]
        browser.useVisualDICOMBrowser = False
        self.shown(monkeypatch, browser).refresh_browser()
        assert asked == ["shown"], "it was never filled, and fills itself when it is shown"

    def test_the_newest_is_refreshed_by_the_module_where_it_is_shown(self, host, monkeypatch):
        asked = []
        browser = SimpleNamespace(useVisualDICOMBrowser=False, dicomVisualBrowser=SimpleNamespace(patientView=lambda: None))
        widget = SimpleNamespace(refreshVisualBrowserIfNeeded=lambda: asked.append("refreshed"))
        self.shown(monkeypatch, browser, DICOMWidget=widget).refresh_browser()
        assert asked == []
        browser.useVisualDICOMBrowser = True
        self.shown(monkeypatch, browser, DICOMWidget=widget).refresh_browser()
        self.shown(monkeypatch, browser, DICOMWidget=SimpleNamespace()).refresh_browser()
        assert asked == ["refreshed"]


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
