"""Slicer's DICOM browser in the forms it has had: tables, the visual browser of 5.8, and that of 5.12 with its side panel."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer")


class Browser:
    """SlicerDICOMBrowser as far as it is asked."""

    def __init__(self, **attributes):
        self.visible = True
        self.closed = 0
        tables = SimpleNamespace(seriesTable=lambda: SimpleNamespace(currentSelection=("1.1", "1.2")))
        self.dicomBrowser = SimpleNamespace(dicomTableManager=lambda: tables)
        vars(self).update(attributes)

    def close(self):
        self.closed += 1


def thumbnails_5_10(refreshed):
    """Two studies, one chosen thumbnail in the second; cells without a thumbnail are chosen along with it."""
    thumbnails = {(0, 0): SimpleNamespace(seriesInstanceUID="2.1"), (0, 1): None}

    def table(*chosen):
        items = [SimpleNamespace(row=lambda row=row: row, column=lambda column=column: column) for row, column in chosen]
        return SimpleNamespace(selectedItems=lambda: items, cellWidget=lambda row, column: thumbnails[row, column])

    studies = [SimpleNamespace(seriesListTableWidget=lambda one=one: one) for one in (table(), table((0, 0), (0, 1)))]
    patient = SimpleNamespace(studyItemWidgetsList=lambda: studies)
    tabs = SimpleNamespace(count=1, currentWidget=lambda: patient)
    return SimpleNamespace(patientsTabWidget=lambda: tabs, onShowPatients=lambda: refreshed.append("patients"))


def thumbnails_5_12():
    view = SimpleNamespace(selectedSeriesInstanceUIDs=lambda: ("3.1",))
    return SimpleNamespace(patientView=lambda: view)


@pytest.fixture
def shown(monkeypatch):
    """Puts a browser into Slicer."""

    def put(browser, dock=None):
        instance = SimpleNamespace(browserWidget=browser, **({} if dock is None else {"isDockMode": dock}))
        monkeypatch.setattr(slicer, "modules", SimpleNamespace(DICOMInstance=instance), raising=False)
        from DICOMTutorialHelperLib.workspace.slicer import dicom_browser

        return dicom_browser

    return put


def test_before_the_module_was_shown_there_is_no_browser(shown):
    browser = shown(None)
    assert browser.browser_widget() is None and browser.open_browser() is None
    assert browser.selected_series() == [] and browser.browser_mode() == browser.TABLES
    browser.close_browser_over_views()
    browser.refresh_browser()


def test_a_version_with_tables_alone_says_what_is_chosen_in_them(shown):
    assert shown(Browser()).selected_series() == ["1.1", "1.2"]


def test_what_is_chosen_is_read_from_the_form_that_is_shown(shown):
    visual = thumbnails_5_10([])
    off = shown(Browser(dicomVisualBrowser=visual, useExpertimentalVisualDICOMBrowser=False))
    assert (off.browser_mode(), off.selected_series()) == (off.TABLES, ["1.1", "1.2"])
    on = shown(Browser(dicomVisualBrowser=visual, useExpertimentalVisualDICOMBrowser=True))
    assert (on.browser_mode(), on.selected_series()) == (on.VISUAL, ["2.1"])
    newest = shown(Browser(dicomVisualBrowser=thumbnails_5_12(), useVisualDICOMBrowser=True))
    assert (newest.browser_mode(), newest.selected_series()) == (newest.VISUAL, ["3.1"])


def test_a_side_panel_stays_open_beside_the_views(shown):
    over_views, beside = Browser(), Browser()
    shown(over_views, dock=False).close_browser_over_views()
    shown(beside, dock=True).close_browser_over_views()
    assert (over_views.closed, beside.closed) == (1, 0)


def test_thumbnails_follow_what_is_imported(shown):
    refreshed = []
    shown(Browser(dicomVisualBrowser=thumbnails_5_10(refreshed))).refresh_browser()
    assert refreshed == ["patients"]
    browser = shown(Browser(dicomVisualBrowser=thumbnails_5_12(), useVisualDICOMBrowser=True))
    slicer.modules.DICOMWidget = SimpleNamespace(refreshVisualBrowserIfNeeded=lambda: refreshed.append("if needed"))
    browser.refresh_browser()
    assert refreshed == ["patients", "if needed"]


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
