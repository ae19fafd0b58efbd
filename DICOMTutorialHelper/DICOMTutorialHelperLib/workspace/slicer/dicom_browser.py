"""Slicer's DICOM browser in all its forms: tables or the visual browser (5.8 on), over the views or in a side panel (5.12 on).

Read in the sources of 5.0.3, 5.8.1, 5.10.0, 5.12.3 and main, run in 5.10.0: what a version lacks is asked for by name here and
nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import slicer

if TYPE_CHECKING:
    import qt

TABLES, VISUAL = "tables", "visual"
_USES_VISUAL = ("useVisualDICOMBrowser", "useExpertimentalVisualDICOMBrowser")  # the second, as Slicer spells it, up to 5.10


def browser_widget() -> Optional[qt.QWidget]:
    """SlicerDICOMBrowser; None before the DICOM module was first shown."""
    return getattr(getattr(slicer.modules, "DICOMInstance", None), "browserWidget", None)


def browser_mode() -> str:
    """TABLES or VISUAL: what the browser shows, or would show."""
    browser = browser_widget()
    return VISUAL if any(getattr(browser, name, False) for name in _USES_VISUAL) else TABLES


def in_side_panel() -> bool:
    """Whether the browser lies in a dock beside the views instead of over them."""
    return bool(getattr(getattr(slicer.modules, "DICOMInstance", None), "isDockMode", False))


def open_browser() -> Optional[qt.QWidget]:
    """Show the browser where the user has it; None where there is none (the DICOM module was never shown)."""
    widget = getattr(slicer.modules, "DICOMWidget", None)
    browser = browser_widget()
    if widget is None or browser is None:
        return None
    if not browser.visible:
        widget.onOpenBrowserWidget()
        slicer.app.processEvents()
    return browser


def close_browser_over_views() -> None:
    """Give the views their place back; a browser in a side panel hides none."""
    browser = browser_widget()
    if browser is not None and browser.visible and not in_side_panel():
        browser.close()


def selected_series() -> list[str]:
    """The series instance UIDs selected in the browser, in the form that is shown."""
    browser = browser_widget()
    if browser is None:
        return []
    if browser_mode() == VISUAL:
        return _selected_thumbnails(_visual_browser())
    tables = browser.dicomBrowser.dicomTableManager()
    return [] if tables is None else [str(uid) for uid in tables.seriesTable().currentSelection]


def refresh_browser() -> None:
    """Let the visual browser show what the database holds now; the tables follow by themselves."""
    visual = _visual_browser()
    if visual is None:
        return
    if hasattr(visual, "patientView"):  # 5.12 on; the DICOM module knows whether it is needed
        widget = getattr(slicer.modules, "DICOMWidget", None)
        if browser_mode() == VISUAL and widget is not None and hasattr(widget, "refreshVisualBrowserIfNeeded"):
            widget.refreshVisualBrowserIfNeeded()
    elif browser_mode() == VISUAL or visual.patientsTabWidget().count:  # 5.8 and 5.10: it fills itself once only
        visual.onShowPatients()


def _visual_browser() -> Optional[qt.QWidget]:
    return getattr(browser_widget(), "dicomVisualBrowser", None)


def _selected_thumbnails(visual: qt.QWidget) -> list[str]:
    if hasattr(visual, "patientView"):
        return [str(uid) for uid in visual.patientView().selectedSeriesInstanceUIDs()]
    patient = visual.patientsTabWidget().currentWidget()
    studies = patient.studyItemWidgetsList() if patient is not None else []
    tables = [study.seriesListTableWidget() for study in studies]
    chosen = [table.cellWidget(item.row(), item.column()) for table in tables for item in table.selectedItems()]
    return [str(thumbnail.seriesInstanceUID) for thumbnail in chosen if thumbnail is not None]
