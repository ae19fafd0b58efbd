"""A table of the learner's own data, as a step's data_table gives it: rows in levels, some lifted out."""

from __future__ import annotations

import qt

from DICOMTutorialHelperLib.panel.widgets import text_label
from DICOMTutorialHelperLib.plain_text import harmless, html_text, never_rich
from DICOMTutorialHelperLib.tutorial.tables import DataTable

MARK = "▶ "  # before the first cell of a marked row: bold letters alone would not be read aloud
MOST_ROWS_SHOWN = 12
EXPLAINED = 1  # the column whose meaning a row explains


class DataTableView:
    """``widget`` takes no room without a data table."""

    def __init__(self) -> None:
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self._title = text_label(name="DataTableTitle")
        self._table = qt.QTreeWidget()
        self._table.objectName = "DataTableView"
        self._table.rootIsDecorated = False
        self._table.alternatingRowColors = True
        self._table.selectionMode = qt.QAbstractItemView.ExtendedSelection
        self._note = text_label(name="DataTableNote")
        for widget in (self._title, self._table, self._note):
            layout.addWidget(widget)
        self.widget.hide()

    def clear(self) -> None:
        self._table.clear()
        self.widget.hide()

    def show(self, data_table: DataTable) -> None:
        """Show an ``DataTable``; None takes the table away."""
        self.clear()
        if data_table is None:
            return
        self._title.text = f"<b>{html_text(data_table.title)}</b>"
        self._table.accessibleName = data_table.title
        self._table.columnCount = len(data_table.columns)
        self._table.setHeaderLabels(list(data_table.columns))
        bold = qt.QFont(self._table.font)
        bold.setBold(True)
        parents: list[qt.QTreeWidgetItem] = []
        for row in data_table.rows:
            first, *others = map(harmless, row.cells)
            item = qt.QTreeWidgetItem([(MARK if row.marked else "") + first, *others])
            for column, cell in enumerate(row.cells):
                explained = row.explanation if column == EXPLAINED else ""
                item.setToolTip(column, never_rich(f"{cell}: {explained}" if explained else cell))
                if row.marked:
                    item.setFont(column, bold)
            del parents[row.depth :]
            if parents:
                parents[-1].addChild(item)
            else:
                self._table.addTopLevelItem(item)
            parents.append(item)
        self._table.expandAll()
        for column in range(len(data_table.columns)):
            self._table.resizeColumnToContents(column)
        row_height = qt.QFontMetrics(self._table.font).height() + 6
        height = row_height * (min(len(data_table.rows), MOST_ROWS_SHOWN) + 2)
        self._table.minimumHeight = height
        self._table.maximumHeight = height
        mark = f"{MARK}{data_table.mark}" if data_table.mark and any(row.marked for row in data_table.rows) else ""
        self._note.text = "<br>".join(html_text(text) for text in (mark, data_table.note) if text)
        self._note.visible = bool(self._note.text)
        self.widget.show()
