"""The module's panel on the stand-in application: tabs that follow only while they are looked at, and nothing left behind."""

from __future__ import annotations

import pytest
import qt

from DICOMTutorialHelperLib.messages import messages


@pytest.fixture
def holder(application):
    made = qt.QWidget()
    qt.QVBoxLayout(made)
    yield made
    made.deleteLater()


@pytest.fixture
def panel(host, holder):
    from DICOMTutorialHelperLib.panel.module_panel import ModulePanel

    made = ModulePanel(holder.layout())
    yield made
    made.close()


@pytest.fixture
def choose(panel, application):
    from DICOMTutorialHelperLib.panel.module_panel import TABS

    def choose_tab(name):
        panel.tabs.currentIndex = TABS.index(name)
        application.processEvents()

    return choose_tab


def listening(panel):
    return len(panel.workspace._changes._listeners)


def test_only_the_tab_that_is_looked_at_follows(panel, choose):
    assert listening(panel) == 0, "the tutorial's tab follows through its guide alone"
    choose("explore")
    assert listening(panel) == 1
    choose("data")
    assert listening(panel) == 1
    choose("tutorial")
    assert listening(panel) == 0 and panel.workspace.observing == 0


def test_nothing_is_followed_while_another_module_is_shown(panel, choose):
    choose("explore")
    panel.exit()
    assert listening(panel) == 0
    choose("data")
    assert listening(panel) == 0, "a tab chosen out of sight"
    panel.enter()
    assert listening(panel) == 1


def test_nothing_is_left_behind(panel, choose):
    for name in ("explore", "data", "settings"):
        choose(name)
    panel.close()
    assert panel.workspace.observing == 0


def test_another_language_is_spoken_at_once(panel, choose, host, find_in):
    choose("data")
    host.settings["DICOMTutorialHelper/language"] = "fr"
    try:
        panel.enter()
        assert panel.tabs.tabText(2) == messages("panel", "fr")["tab.data"]
        assert find_in(panel.tabs, "DataRefreshButton").text == messages("panel", "fr")["data.refresh"]
    finally:
        del host.settings["DICOMTutorialHelper/language"]


def test_an_error_is_a_sentence_under_the_tabs_and_in_the_guide(panel, find_in):
    def fail(_progress):
        raise PermissionError(13, "no", "/root/secret")

    assert not panel.jobs.run("Working", fail)
    assert "/root/secret" in find_in(panel.guide.page.widget, "StepMessage").text


def test_show_me_turns_to_the_tab_that_a_place_is_in(panel, find_in, monkeypatch):
    from DICOMTutorialHelperLib.panel import places
    from DICOMTutorialHelperLib.panel.module_panel import TABS

    monkeypatch.setattr(
        places.slicer.util,
        "findChildren",
        lambda container, name: [one for one in container.findChildren(qt.QObject) if one.objectName == name],
        raising=False,
    )
    assert panel.tabs.currentIndex == 0
    places._open_what_hides(panel.tabs, "DICOMTutorialHelperPage-data")
    assert panel.tabs.currentIndex == TABS.index("data") and find_in(panel.tabs, "ServerAddress")
    places._open_what_hides(panel.tabs, "DICOMTutorialHelperPage-explore")
    assert panel.tabs.currentIndex == TABS.index("explore") and find_in(panel.tabs, "ExploreReportsButton")
