"""Where the guide's dock lies, beside the views or below the module panel, and what it remembers."""

from __future__ import annotations

import pytest
import qt

from DICOMTutorialHelperLib.panel.dock import DATA_PROBE, OBJECT_NAME, PANEL_DOCK, GuideDock


def make_dock(guide, window, place="", saved=None, shown=None):
    return GuideDock(
        window,
        guide.page.widget,
        "fr",
        lambda: place,
        (saved if saved is not None else []).append,
        (shown if shown is not None else []).append,
    )


def test_the_dock_remembers_its_side(application, guide):
    window, saved = qt.QMainWindow(), []
    window.show()
    dock = make_dock(guide, window, "left", saved)
    dock.show()
    assert window.dockWidgetArea(dock.dock) == qt.Qt.LeftDockWidgetArea
    dock.hide()
    assert saved == ["left"]
    dock.close()


def test_a_narrow_window_has_the_dock_below_the_module_panel(application, guide):
    window = qt.QMainWindow()
    window.size = qt.QSize(1366, 768)
    dock = make_dock(guide, window)
    assert window.dockWidgetArea(dock.dock) == qt.Qt.LeftDockWidgetArea
    dock.close()


def test_a_wide_window_has_the_dock_beside_the_views(application, guide):
    window = qt.QMainWindow()
    window.size = qt.QSize(1920, 1000)
    dock = make_dock(guide, window)
    assert window.dockWidgetArea(dock.dock) == qt.Qt.RightDockWidgetArea
    dock.close()


@pytest.fixture
def low_window(application):
    """A window as Slicer's at 1366 x 768: the module panel on the left, the data probe in it."""
    window = qt.QMainWindow()
    panel = qt.QDockWidget(window)
    panel.objectName = PANEL_DOCK
    inside = qt.QWidget()
    panel.setWidget(inside)
    probe = qt.QWidget(inside)
    probe.objectName = DATA_PROBE
    probe.collapsed = False
    window.addDockWidget(qt.Qt.LeftDockWidgetArea, panel)
    window.setCentralWidget(qt.QWidget())
    window.resize(1366, 728)
    window.show()
    application.processEvents()
    window.panel, window.probe = panel, probe
    yield window
    window.close()


def settle(application, dock):
    """Until the dock has noted its height, however long a busy machine takes."""
    application.processEvents()
    while dock._fitted_height is None:
        application.processEvents()


def test_below_the_module_panel_the_step_decides_who_gets_the_room(application, guide, low_window):
    dock = make_dock(guide, low_window, "left")
    dock.show()
    settle(application, dock)
    alone = dock.dock.height
    dock.fit(True)
    settle(application, dock)
    assert low_window.panel.height > dock.dock.height
    assert dock.dock.height < alone
    dock.close()


def test_a_height_that_the_learner_chose_stays(application, guide, low_window):
    dock = make_dock(guide, low_window, "left")
    dock.show()
    settle(application, dock)
    low_window.resizeDocks([low_window.panel, dock.dock], [420, 300], qt.Qt.Vertical)
    application.processEvents()
    chosen = dock.dock.height
    dock.fit(True)
    application.processEvents()
    assert dock.dock.height == chosen
    dock.close()


def test_the_data_probe_is_folded_in_a_low_window_while_the_dock_is_below_the_panel(application, guide, low_window):
    dock = make_dock(guide, low_window, "left")
    assert not low_window.probe.collapsed
    dock.show()
    assert low_window.probe.collapsed
    dock.hide()
    assert not low_window.probe.collapsed
    dock.close()


def test_a_step_that_speaks_of_the_data_probe_has_it_open(application, guide, low_window):
    dock = make_dock(guide, low_window, "left")
    dock.show()
    dock.fit(True, speaks_of_probe=True)
    assert not low_window.probe.collapsed
    dock.fit(True)
    assert low_window.probe.collapsed
    dock.close()


def test_the_data_probe_is_left_alone_beside_the_views(application, guide, low_window):
    dock = make_dock(guide, low_window, "right")
    dock.show()
    assert not low_window.probe.collapsed
    dock.close()


def test_the_dock_floats_where_it_floated(application, guide):
    window = qt.QMainWindow()
    window.show()
    dock = make_dock(guide, window, "floating 30 40 360 500")
    assert dock.dock.floating
    assert dock.dock.geometry.width() == 360
    dock.close()


def test_a_damaged_place_is_no_disaster(application, guide):
    window = qt.QMainWindow()
    dock = make_dock(guide, window, "floating left 3")
    assert not dock.dock.floating
    dock.close()


def test_hiding_and_showing_the_dock_is_told(application, guide):
    window, shown = qt.QMainWindow(), []
    window.show()
    dock = make_dock(guide, window, shown=shown)
    dock.show()
    dock.hide()
    assert shown == [True, False]
    dock.close()
    application.processEvents()
    assert not [one for one in window.findChildren(qt.QDockWidget) if one.objectName == OBJECT_NAME]
