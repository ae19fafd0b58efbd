"""What Slicer's own signals tell the guide, and what stays connected."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from dicom_database import Signal

from DICOMTutorialHelperLib.workspace import interface as w
from DICOMTutorialHelperLib.workspace.interface import DATABASE_CHANGED, SCENE_CHANGED, SCENE_CLOSED, VIEWS_CHANGED


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
