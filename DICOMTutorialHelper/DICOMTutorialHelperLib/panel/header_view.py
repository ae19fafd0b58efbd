"""The header of an instance: in groups, explained, searchable, personal data marked on demand."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

import qt

from DICOMTutorialHelperLib.explore.comparison import Difference
from DICOMTutorialHelperLib.explore.headers import GROUPS, HeaderRow, search
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.widgets import text_label
from DICOMTutorialHelperLib.plain_text import csv_cell, harmless, html_text, never_rich
from DICOMTutorialHelperLib.staging import staged_file

PERSONAL_SIGN = "● "
DIFFERS_SIGN = "≠ "


class HeaderView:
    """``show`` takes rows of one header, ``compare`` the differences of two."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._rows: Sequence[HeaderRow] = ()
        self._differences: Optional[Sequence[Difference]] = None
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self._title = text_label(name="HeaderTitle")
        self._search = qt.QLineEdit()
        self._search.objectName = "HeaderSearch"
        self._search.clearButtonEnabled = True
        self._personal = qt.QCheckBox()
        self._personal.objectName = "HeaderPersonal"
        self._table = qt.QTreeWidget()
        self._table.objectName = "HeaderTable"
        self._table.alternatingRowColors = True
        self._table.uniformRowHeights = True
        self._table.minimumHeight = 220  # inside Slicer's scrolled panel it would else be a few lines
        self._explanation = text_label(name="HeaderExplanation")
        for widget in (self._title, self._search, self._personal, self._table, self._explanation):
            layout.addWidget(widget, 1 if widget is self._table else 0)
        self._search.textChanged.connect(lambda *_: self._fill())
        self._personal.toggled.connect(lambda *_: self._fill())
        self._table.currentItemChanged.connect(lambda *_: self._explain())
        self.set_language(language)

    def set_language(self, language: str) -> None:
        self._language = language
        self._search.placeholderText = message("header.search", language)
        self._search.toolTip = message("header.search.tip", language)
        self._search.accessibleName = message("header.search.tip", language)
        self._personal.text = message("header.personal", language)
        self._personal.toolTip = message("header.personal.tip", language)
        self._table.accessibleName = message("header.table", language)
        self._fill()

    @property
    def rows(self) -> Sequence[HeaderRow]:
        """What is shown now, search aside."""
        return self._rows

    def show(self, title: str, rows: Sequence[HeaderRow]) -> None:
        self._title.text = html_text(title)
        self._rows, self._differences = rows, None
        self._fill()

    def compare(self, title: str, differences: Sequence[Difference]) -> None:
        """Two headers side by side; only what differs, and how much is equal in a line."""
        self._title.text = html_text(title)
        self._differences = [one for one in differences if not one.equal]
        self._rows = [one.row for one in self._differences]
        self._fill()

    def clear(self) -> None:
        self.show("", ())

    def _fill(self) -> None:
        words = messages("headers", self._language)
        columns = [words["column.name"], words["column.value"], words["column.tag"]]
        if self._differences is not None:
            columns.insert(2, words["column.other"])
        self._table.clear()
        self._table.columnCount = len(columns)
        self._table.setHeaderLabels(columns)
        found = search(self._rows, self._search.text) if self._search.text.strip() else self._rows
        wanted = {row.path for row in found}
        others = {one.row.path: one for one in self._differences or ()}
        bold = qt.QFont(self._table.font)
        bold.setBold(True)
        groups: dict[str, qt.QTreeWidgetItem] = {}
        for row in self._rows:
            if row.path not in wanted:
                continue
            if row.group not in groups:
                groups[row.group] = self._group(row.group, words, bold)
            groups[row.group].addChild(self._item(row, others.get(row.path), bold))
        for group in GROUPS:
            if group in groups:
                self._table.addTopLevelItem(groups[group])
                groups[group].setFirstColumnSpanned(True)
        self._table.expandAll()
        for column, width in enumerate((190, 160, 160, 90) if others else (190, 190, 90)):
            self._table.setColumnWidth(column, width)
        self._explain()

    def _group(self, group: str, words: dict[str, str], bold: qt.QFont) -> qt.QTreeWidgetItem:
        item = qt.QTreeWidgetItem([words[f"group.{group}"]])
        item.setToolTip(0, words[f"group.{group}.about"])
        item.setData(0, qt.Qt.UserRole, words[f"group.{group}.about"])
        item.setFont(0, bold)
        return item

    def _item(self, row: HeaderRow, difference: Optional[Difference], bold: qt.QFont) -> qt.QTreeWidgetItem:
        words = messages("headers", self._language)
        marked = bool(self._personal.checked and row.personal)
        name = "    " * row.depth + (PERSONAL_SIGN if marked else "") + row.name
        cells = [name, row.value, row.tag]
        if difference is not None:
            absent = words["compare.absent"]
            first, second = (absent if value is None else value for value in (difference.first, difference.second))
            cells = [f"{DIFFERS_SIGN}{name}", first, second, row.tag]
        item = qt.QTreeWidgetItem([harmless(cell) for cell in cells])
        for column, cell in enumerate(cells):
            item.setToolTip(column, never_rich(cell.strip()))
            if marked:
                item.setFont(column, bold)
        item.setData(0, qt.Qt.UserRole, self._explanation_of(row))
        return item

    def _explanation_of(self, row: HeaderRow) -> str:
        parts = [f"({row.tag})" if row.tag else "", row.keyword, row.vr]
        line = " · ".join(part for part in parts if part)
        text = f"<b>{html_text(line)}</b> {html_text(row.explanation)}"
        if row.personal and self._personal.checked:
            category = messages("privacy", self._language)[f"category.{row.personal}"]
            text += f"<br>{PERSONAL_SIGN}{html_text(message('header.personal.may', self._language, what=category))}"
        return text

    def _explain(self) -> None:
        item = self._table.currentItem()
        text = item.data(0, qt.Qt.UserRole) if item is not None else ""
        self._explanation.text = str(text or message("header.choose", self._language) if self._rows else "")

    def export(self, path: Path) -> None:
        """Write all rows as a table (CSV in UTF-8, read by every spreadsheet); the file dialog has asked. Raises OSError."""
        words = messages("headers", self._language)
        with staged_file(path, overwrite=True) as staged, staged.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([words[f"column.{name}"] for name in ("tag", "name", "vr", "value")])
            for row in self._rows:
                writer.writerow([csv_cell(cell) for cell in (row.tag, "  " * row.depth + row.name, row.vr, row.value)])
