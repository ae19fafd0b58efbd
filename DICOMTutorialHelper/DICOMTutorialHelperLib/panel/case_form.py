"""The form in which a learner reports what is wrong with a case, asks for hints, or has the solution shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import qt

from DICOMTutorialHelperLib.messages import translate
from DICOMTutorialHelperLib.panel.widgets import button, choice_box, text_label
from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.case_content import CaseContent


class CaseForm:
    """``report(what, count, where)``, ``hint()`` and ``solution()`` are slots that let no error through."""

    def __init__(self, report: Callable[..., None], hint: Callable[..., None], solution: Callable[..., None]) -> None:
        self._report = report
        self._content: Optional[CaseContent] = None
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        self._heading = text_label(name="CaseHeading")
        self._what = choice_box("CaseWhat")
        self._count_label, self._where_label = text_label(name="CaseCountLabel"), text_label(name="CaseWhereLabel")
        self._count, self._where = qt.QLineEdit(), qt.QLineEdit()
        self._count.objectName, self._where.objectName = "CaseCount", "CaseWhere"
        self._reports = text_label(name="CaseReports")
        self._hints = text_label(name="CaseHints")
        self._solution = text_label(name="CaseSolution")
        self._report_button = button("", "", self._give, "CaseReportButton")
        self._hint_button = button("", "", hint, "CaseHintButton")
        self._solution_button = button("", "", solution, "CaseSolutionButton")
        self._fields = (self._what, self._count_label, self._count, self._where_label, self._where)
        for widget in (
            self._heading, *self._fields, self._report_button, self._reports, self._hint_button, self._hints,
            self._solution_button, self._solution,
        ):  # fmt: skip
            layout.addWidget(widget)
        self._what.currentIndexChanged.connect(self._ask_of_it)
        self.widget.hide()

    def show(self, content: Optional[CaseContent], language: str, fresh: bool) -> None:
        """Show a case, or nothing; what is being typed stays unless the case is a ``fresh`` one."""
        self._content = content
        self.widget.visible = content is not None
        if content is None:
            return
        self._heading.text = f"<b>{html_text(content.heading)}</b>"
        place = self._what.currentIndex
        self._what.clear()
        self._what.addItem(translate("cases", "what", language))
        self._what.addItems([words for _, words in content.whats])
        self._what.accessibleName = self._what.toolTip = translate("cases", "what", language)
        if fresh:
            last = content.last
            self._count.text, self._where.text = (last.count, last.where) if last is not None else ("", "")
            known = [what for what, _ in content.whats]
            place = 1 + known.index(last.what) if last is not None and last.what in known else 0
        self._what.currentIndex = max(place, 0)
        self._report_button.text, self._hint_button.text = content.report_button, content.hint_button
        self._solution_button.text = content.solution_button
        _fill(self._reports, "<br>".join(html_text(line) for line in content.reports))
        _fill(self._hints, "<br>".join(html_text(line) for line in content.hints))
        _fill(self._solution, html_text(content.solution))
        self._hint_button.visible = content.hints_left > 0
        for widget in (self._what, self._report_button, self._solution_button):
            widget.visible = not content.closed
        self._ask_of_it()

    def _ask_of_it(self, *_: object) -> None:
        """Ask how many and where of what was chosen, in its own words."""
        content, what = self._content, self._chosen()
        count, where = (content.count_labels[what], content.where_labels[what]) if content is not None and what else ("", "")
        asked = content is not None and not content.closed
        for label, line, words in ((self._count_label, self._count, count), (self._where_label, self._where, where)):
            label.text = html_text(words)
            line.accessibleName = line.toolTip = words
            label.visible = line.visible = bool(words) and asked
        self._report_button.enabled = bool(what)

    def _chosen(self) -> str:
        place = self._what.currentIndex - 1
        return self._content.whats[place][0] if self._content is not None and 0 <= place < len(self._content.whats) else ""

    def _give(self, *_: object) -> None:
        what = self._chosen()
        if what and self._content is not None:
            where = str(self._where.text) if self._content.where_labels[what] else ""
            self._report(what, str(self._count.text), where)


def _fill(label: qt.QLabel, text: str) -> None:
    label.text = text
    label.visible = bool(text)
