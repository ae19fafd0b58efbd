"""The workspace inside Slicer, on the stand-in application: the same promises as the others, and what Slicer alone has."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

import DICOMLib

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.selftest.contract_checks import BLISS, STIR, T2, load, series_called
from DICOMTutorialHelperLib.selftest.workspace_contract import CHECKS
from DICOMTutorialHelperLib.workspace import interface as w


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_it_holds(check, workspace, practice):
    workspace.close_scene()
    check(workspace, practice)


# --- what Slicer alone has ------------------------------------------------------------------------------------------------


@pytest.fixture
def empty(workspace):
    """The workspace with nothing loaded, before and after."""
    workspace.close_scene()
    yield workspace
    workspace.close_scene()


def test_each_file_is_asked_for_once_when_it_was_imported(empty, host, practice):
    host.database.asked.clear()
    summary = empty.import_folder(practice)
    assert len(host.database.asked) == summary.files + summary.skipped


def test_of_what_a_plugin_offers_only_its_best_is_loaded(empty, host, monkeypatch):
    loaded = []

    class Plugin(DICOMLib.DICOMPlugin):
        def examineForImport(self, fileLists):
            made = []
            for confidence in (0.3, 0.8, 0.5):
                loadable = DICOMLib.DICOMLoadable()
                loadable.files, loadable.name, loadable.confidence = list(fileLists[0]), f"at {confidence}", confidence
                loadable.selected = True
                made.append(loadable)
            return made

        def load(self, loadable):
            loaded.append(loadable.name)
            return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", loadable.name) is not None

    monkeypatch.setitem(host.modules.dicomPlugins, "Plugin", Plugin)
    uid = series_called(empty, T2).series_instance_uid
    (item,) = empty.load_series(uid, "Plugin")
    assert loaded == ["at 0.8"]
    assert (item.name, item.plugin) == ("at 0.8", "Plugin")


def test_a_plugin_that_fails_is_a_sentence_with_the_name_of_what_it_was_to_load(empty, host, monkeypatch):
    class Plugin(DICOMLib.DICOMPlugin):
        def examineForImport(self, fileLists):
            loadable = DICOMLib.DICOMLoadable()
            loadable.files, loadable.name = list(fileLists[0]), "Never"
            return [loadable]

        def load(self, loadable):
            raise OSError("the disk is gone")

    monkeypatch.setitem(host.modules.dicomPlugins, "FailingPlugin", Plugin)
    with pytest.raises(w.WorkspaceError) as raised:
        empty.load_series(series_called(empty, T2).series_instance_uid, "FailingPlugin")
    assert raised.value.reason == "load.failed"
    assert "Never" in raised.value.message("en")


def test_loading_that_is_cancelled_leaves_the_scene_as_it_was(empty, host):
    def stop(_done, _total):
        raise Cancelled

    before = host.scene.GetNumberOfNodes()
    with pytest.raises(Cancelled):
        empty.load_series(series_called(empty, BLISS).series_instance_uid, progress=stop)
    assert empty.loaded() == ()
    assert host.scene.GetNumberOfNodes() == before


@pytest.mark.parametrize("fault", ["tilted-gantry", "uneven-spacing"])
def test_a_volume_takes_its_transform_along_when_it_is_unloaded(empty, host, tmp_path, fault):
    make_practice_set("torso-ct", tmp_path, fault=fault)
    (uid,) = set(empty.import_folder(tmp_path).series_instance_uids)
    before = host.scene.GetNumberOfNodesByClass("vtkMRMLTransformNode")  # slice views have some
    try:
        for item in empty.load_series(uid):
            assert host.scene.GetNodeByID(item.node_id).GetParentTransformNode() is not None
            empty.unload(item.node_id)
    finally:
        empty.remove_series(uid)
    assert host.scene.GetNumberOfNodesByClass("vtkMRMLTransformNode") == before


def test_a_transform_that_others_share_stays(empty, host):
    first, second = load(empty, T2), load(empty, STIR)
    transform = host.scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "registration")
    for item in (first, second):
        host.scene.GetNodeByID(item.node_id).SetAndObserveTransformNodeID(transform.GetID())
    empty.unload(first.node_id)
    assert host.scene.GetNodeByID(second.node_id).GetParentTransformNode() is transform


def test_a_sequence_plays_as_fast_as_it_was_loaded_to_play(empty, host):
    item = load(empty, BLISS)
    (browser,) = slicer.util.getNodesByClass("vtkMRMLSequenceBrowserNode")
    browser.SetPlaybackRateFps(3.5)
    empty.play_sequence(item.node_id)
    assert (browser.GetPlaybackRateFps(), bool(browser.GetPlaybackLooped())) == (3.5, True)
    empty.play_sequence(item.node_id, 12.0)
    assert browser.GetPlaybackRateFps() == 12.0
    empty.stop_sequence(item.node_id)


def test_the_curve_is_in_the_chart_that_is_shown(empty, host):
    item = load(empty, BLISS)
    curve = empty.plot_time_curve(item.node_id, empty.peak_enhancement_point_ras(item.node_id))
    assert host.headless.application_logic.GetSelectionNode().GetActivePlotChartID() == curve.plot_node_id
    chart = host.scene.GetNodeByID(curve.plot_node_id)
    assert (chart.GetXAxisTitle(), chart.GetYAxisTitle()) == ("Time (s)", "Enhancement (%)")
    table = chart.GetNthPlotSeriesNode(0).GetTableNode().GetTable()
    assert [table.GetValue(row, 0).ToDouble() for row in range(10)] == list(curve.times)
    percent = [(value / curve.values[0] - 1) * 100 for value in curve.values]
    assert [table.GetValue(row, 1).ToDouble() for row in range(10)] == pytest.approx(percent)
    beside = empty.plot_time_curve(item.node_id, empty.steady_enhancement_point_ras(item.node_id))
    chart = host.scene.GetNodeByID(beside.plot_node_id)
    assert [chart.GetNthPlotSeriesNode(place).GetColor()[2] > 0.5 for place in range(2)] == [False, True]


def test_all_observers_are_taken_away_again(empty, host):
    """VTK itself is asked, not the class that counts."""
    chart = host.scene.AddNewNodeByClass("vtkMRMLPlotChartNode")
    assert not chart.HasObserver("ModifiedEvent")
    stop = empty.subscribe(lambda _kind: None)
    try:
        later = host.scene.AddNewNodeByClass("vtkMRMLPlotChartNode")
        assert chart.HasObserver("ModifiedEvent") and later.HasObserver("ModifiedEvent")
    finally:
        stop()
    assert not chart.HasObserver("ModifiedEvent") and not later.HasObserver("ModifiedEvent")


def test_a_listener_is_told_of_what_happens_in_slicer_itself(application, empty, host):
    told = []
    stop = empty.subscribe(told.append)
    try:
        host.views.layout_node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
        host.main_window.select("Volumes")
        host.database.databaseChanged()
        host.scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
        empty._changes._pass_on()  # as the timer does
    finally:
        stop()
        empty.set_layout(w.FOUR_UP)
    assert set(told) == {w.VIEWS_CHANGED, w.MODULE_CHANGED, w.DATABASE_CHANGED, w.SCENE_CHANGED}


def test_a_custom_application_without_a_database_can_be_followed(host, monkeypatch):
    from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

    monkeypatch.setattr(slicer, "dicomDatabase", None)
    other = SlicerWorkspace()
    stop = other.subscribe(lambda _kind: None)
    assert other.observing > 0
    assert other.database_folder() is None and other.patients() == ()
    stop()


def test_everything_is_put_back_after_a_self_test(empty, host, tmp_path):
    from DICOMTutorialHelperLib.selftest.restored_application import application_state, restored_application

    empty.set_layout(w.CONVENTIONAL)
    empty.set_active_module("Volumes")
    empty.set_plugin_enabled("DICOMTutorialSequencePlugin", False)
    before, series = application_state(), empty.patients()
    database = host.database.databaseDirectory
    with pytest.raises(ZeroDivisionError), restored_application() as folder:
        assert empty.patients() == ()
        empty.set_layout(w.ONE_UP_3D)
        empty.set_active_module("Data")
        empty.set_plugin_enabled("DICOMTutorialSequencePlugin", True)
        _ = 1 / 0
    try:
        assert application_state() == before
        assert host.database.databaseDirectory == database
        assert not folder.exists()
    finally:
        empty.set_plugin_enabled("DICOMTutorialSequencePlugin", True)
        empty.set_layout(w.FOUR_UP)
    assert empty.patients() == series


def test_the_tutorial_is_done_from_the_python_console(empty, practice, tmp_path):
    from DICOMTutorialHelperLib.panel.console_run import run_tutorial

    done = run_tutorial(empty, practice, ["import-ct", "load-ct", "window-level"], tmp_path / "report.html", "fr")
    assert done == {"import-ct": True, "load-ct": True, "window-level": True}
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in page and "5.10.0" in page
