"""One hostile value in a header, through every widget of the panel: shown as text, never as a picture, a link or a command."""

from __future__ import annotations

import csv
import re

import pytest
import qt
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.panel.data_tab import DataTab
from DICOMTutorialHelperLib.panel.explore_tab import ExploreTab
from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow

HOSTILE = "=cmd\x1b]0;owned\x07<img src=x onerror=alert(1)><a href='javascript:x'>l</a>[bold]\u202e[/]&lt;b&gt;"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(tmp_path):
    folder = tmp_path / "CON <img src=x>"
    keywords = ("SeriesDescription", "StudyDescription", "ProtocolName", "PatientName", "PatientID", "StationName")
    write_series(
        folder, axial_positions(3), SeriesDate="20200101", SpecificCharacterSet="ISO_IR 192", **dict.fromkeys(keywords, HOSTILE)
    )
    return folder


@pytest.fixture
def tab(workspace, jobs, shown, hostile):
    made = ExploreTab(workspace, "en", jobs)
    workspace.create_database()
    workspace.import_folder(hostile)
    with shown(made):
        yield made


def texts_of(widget):
    """(widget's name, text, whether Qt may take it for markup) of all that a widget and those in it show."""
    found = []
    for one in [widget, *widget.findChildren(qt.QWidget)]:
        name = one.objectName if isinstance(one.objectName, str) else one.objectName()
        found.append((name, str(one.toolTip), True))
        for attribute in ("text", "title", "placeholderText", "html"):
            value = getattr(one, attribute, None)
            if isinstance(value, str):
                found.append((name, value, True))
        if isinstance(one, qt.QTreeWidget):
            items = [one.topLevelItem(place) for place in range(one.topLevelItemCount)]
            while items:
                item = items.pop()
                found += [(name, item.text(column), False) for column in range(4)]
                found += [(name, item.toolTip(column), True) for column in range(4)]
                items += [item.child(place) for place in range(item.childCount())]
    return found


def check(widget):
    shown = texts_of(widget)
    for name, text, is_markup in shown:
        assert not OBEYED.search(text), (name, text)
        if is_markup and "<" in text:
            assert not re.search(r"<img src=.?x|<a [^>]*javascript:", text), (name, text)
    return shown


def test_the_tree_the_header_and_the_reports_show_it_as_text(application, tab, workspace, find_in):
    (uid,) = workspace.files
    assert tab._tree.choose_series(uid)
    series = find_in(tab.widget, "ExploreTree").topLevelItem(0).child(0).child(0)
    series.setExpanded(True)
    application.processEvents()
    shown = check(tab.widget)
    assert any("=cmd" in text for _, text, _ in shown)
    table = find_in(tab.widget, "HeaderTable")
    for group in range(table.topLevelItemCount):
        for row in range(table.topLevelItem(group).childCount()):
            table.setCurrentItem(table.topLevelItem(group).child(row))
            check(tab.widget)
    for button in tab.widget.findChildren(qt.QPushButton):
        name = button.objectName if isinstance(button.objectName, str) else button.objectName()
        if name.startswith("Explore") and "Report" in name:
            button.click()
            application.processEvents()
            check(tab.widget)


def test_the_data_tab_shows_it_as_text(application, workspace, jobs, shown, hostile):
    made = DataTab(workspace, "en", jobs, lambda: hostile.parent, lambda path: None, lambda: "small")
    with shown(made):
        application.processEvents()
        assert check(made.widget)


def test_the_step_page_shows_it_as_text(application, guide, workspace, hostile):
    workspace.create_database()
    workspace.import_folder(hostile)
    row = DataTableRow((HOSTILE, HOSTILE), marked=True, explanation=HOSTILE)
    for step in guide.session.tutorial.steps:
        guide.jump(step.id)
        guide.page.show_table(DataTable(HOSTILE, ("a", "b"), (row,), mark=HOSTILE, note=HOSTILE))
        application.processEvents()
        shown = check(guide.page.widget)
        assert any("=cmd" in text for _, text, _ in shown), step.id


def test_the_exported_header_is_no_formula(tab, workspace, tmp_path, find_in):
    (uid,) = workspace.files
    tab._tree.choose_series(uid)
    tab._header.export(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any("cmd" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith("=") or OBEYED.search(cell)]
