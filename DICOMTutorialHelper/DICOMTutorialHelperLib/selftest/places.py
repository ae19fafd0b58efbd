"""Every place that "show me" knows, pointed at in the running Slicer: with the browser's tables, and with its visual browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.panel.places import SlicerPlaces
from DICOMTutorialHelperLib.panel.widget_highlighter import WidgetHighlighter
from DICOMTutorialHelperLib.selftest.pictures import take_picture
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.places import PlaceDescription
from DICOMTutorialHelperLib.workspace.slicer import dicom_browser

# There only while Slicer has no database, so not in sight here.
WITHOUT_DATABASE = "create-database"
THUMBNAILS_SECONDS = 2.0


def place_problems(screenshots: Optional[Path], report_line: Callable[[str], None]) -> list[str]:
    """What "show me" cannot find; nothing of the browser's form and its settings is left changed."""
    places = read_tutorial(tutorials_folder() / "dicom_and_slicer").places
    slicer.util.selectModule("DICOM")
    slicer.app.processEvents()
    switch = visual_switch()
    before = dicom_browser.browser_mode()
    problems = []
    for mode in (dicom_browser.TABLES, dicom_browser.VISUAL) if switch is not None else (dicom_browser.TABLES,):
        if switch is not None:
            switch(mode == dicom_browser.VISUAL)
        problems += _found_in(mode, places, screenshots, report_line)
        problems += _selection_problems(mode)
    if switch is None:
        report_line("show me: this Slicer has no visual browser")
    else:
        switch(before == dicom_browser.VISUAL)
    return problems


def visual_switch() -> Optional[Callable[[bool], None]]:
    """Switches the visual browser on and off as a learner does; None where this version has none."""
    widget = slicer.modules.DICOMWidget
    control = getattr(widget, "toggleVisualBrowserAction", None) or getattr(widget.ui, "showVisualBrowserButton", None)
    if control is None:
        return None

    def switch(on: bool) -> None:
        if dicom_browser.browser_mode() != (dicom_browser.VISUAL if on else dicom_browser.TABLES):
            control.checked = not on  # a click that changes nothing is none
            control.checked = on
        until = time.monotonic() + THUMBNAILS_SECONDS
        while on and time.monotonic() < until:
            slicer.app.processEvents()

    return switch


def _found_in(
    mode: str, places: Mapping[str, PlaceDescription], screenshots: Optional[Path], report_line: Callable[[str], None]
) -> list[str]:
    finder, pointer, problems, directions = SlicerPlaces(places), WidgetHighlighter(), [], []
    for name in places:
        found = finder.bring_into_view(name)
        if found is None:
            problems.append(f"show me ({mode}): nothing found for {name}")
            continue
        if found.words:
            directions.append(name)
        if name == "advanced" and hasattr(found.widget, "checkable") and not found.words:
            found.widget.checked = True  # shows the places that come after it
        pointer.point_at(found.widget, found.words or name)
        slicer.app.processEvents()
        take_picture(screenshots, f"place-{mode}-{name}")
    pointer.hide()
    said = f"; a sentence about the way for {', '.join(directions)}" if directions else ""
    report_line(f"show me ({mode}): {len(places) - len(problems)} of {len(places)} places found{said}")
    return [problem for problem in problems if not problem.endswith(WITHOUT_DATABASE)]


def _selection_problems(mode: str) -> list[str]:
    """What is chosen in the browser is what "why?" is asked about."""
    slicer.util.selectModule("DICOM")
    browser = dicom_browser.open_browser()
    assert browser is not None, "there is no DICOM browser"
    slicer.app.processEvents()
    listed = {
        str(series)
        for patient in slicer.dicomDatabase.patients()
        for study in slicer.dicomDatabase.studiesForPatient(patient)
        for series in slicer.dicomDatabase.seriesForStudy(study)
    }
    if mode == dicom_browser.TABLES:
        browser.dicomBrowser.dicomTableManager().patientsTable().tableView().selectAll()
    elif hasattr(browser.dicomVisualBrowser, "patientView"):
        browser.dicomVisualBrowser.patientView().selectSeriesInstanceUIDs(sorted(listed)[:1])
    else:
        for study in browser.dicomVisualBrowser.patientsTabWidget().currentWidget().studyItemWidgetsList():
            study.seriesListTableWidget().selectAll()
    slicer.app.processEvents()
    chosen = set(dicom_browser.selected_series())
    if mode == dicom_browser.VISUAL and not chosen:
        return [f"browser ({mode}): no series is chosen"]
    return [f"browser ({mode}): {chosen - listed} are chosen and not in the database"] if chosen - listed else []
