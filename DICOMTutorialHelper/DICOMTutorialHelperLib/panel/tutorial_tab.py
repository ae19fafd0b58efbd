"""The tab with all parts and steps of the tutorial, each with its state, and the button that starts or goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import qt

from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.guide import Guide
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.step_page import DONE_SIGN, INVALIDATED_SIGN, OPEN_SIGN, TO_DO_SIGN
from DICOMTutorialHelperLib.panel.tutorial_chooser import TutorialChooser
from DICOMTutorialHelperLib.panel.widgets import button, heading, text_label
from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.content import Tutorial
from DICOMTutorialHelperLib.tutorial.markup import inline_html
from DICOMTutorialHelperLib.tutorial.progress import DONE, SKIPPED, TO_DO

SIGNS = {DONE: DONE_SIGN, TO_DO: TO_DO_SIGN, SKIPPED: "–"}
HERE_SIGN = "➤"


class TutorialTab:
    """``open_guide()`` shows the dock; ``quick_start()`` does all it takes to see the torso CT; ``chooser`` says which tutorials
    there are."""

    def __init__(
        self,
        guide: Guide,
        language: str,
        open_guide: Callable[[], None],
        quick_start: Callable[[], None],
        jobs: Jobs,
        chooser: Optional[TutorialChooser] = None,
    ) -> None:
        self._guide = guide
        self._language = language
        self._chooser = chooser
        self._open_guide = open_guide
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        self._title = heading(name="TutorialTitle")
        self._subtitle = text_label(name="TutorialSubtitle")
        self._start = button("", "", jobs.safe_slot(open_guide), "TutorialStartButton")
        self._quick = button("", "", jobs.safe_slot(quick_start), "TutorialQuickStartButton")
        self._restart = button("", "", jobs.safe_slot(self._ask_restart), "TutorialRestartButton")
        self._report = button("", "", jobs.safe_slot(guide.export_report), "TutorialReportButton")
        self._progress = qt.QProgressBar()
        self._progress.objectName = "TutorialProgress"
        self._steps = qt.QTreeWidget()
        self._steps.objectName = "TutorialSteps"
        self._steps.headerHidden = True
        self._steps.columnCount = 1
        self._steps.wordWrap = True
        self._steps.minimumHeight = 320  # inside Slicer's scrolled panel it would else be a few lines
        self._steps.itemActivated.connect(jobs.safe_slot_with_arguments(self._go))
        self._credits = text_label(name="TutorialCredits")
        self._credits.openExternalLinks = True
        self._credits.hide()
        self._credits_button = qt.QToolButton()
        self._credits_button.objectName = "TutorialCreditsButton"
        self._credits_button.checkable = True
        self._credits_button.autoRaise = True
        self._credits_button.toolButtonStyle = qt.Qt.ToolButtonTextBesideIcon
        self._credits_button.toggled.connect(lambda on: setattr(self._credits, "visible", bool(on)))
        buttons = qt.QHBoxLayout()
        buttons.addWidget(self._start, 1)
        buttons.addWidget(self._restart)
        if chooser is not None:
            layout.addWidget(chooser.widget)
        for widget in (self._title, self._subtitle):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self._quick)
        layout.addWidget(self._progress)
        layout.addWidget(self._steps, 1)
        layout.addWidget(self._report)
        layout.addWidget(self._credits_button)
        layout.addWidget(self._credits)
        self._items: dict[str, qt.QTreeWidgetItem] = {}
        self._filled: Optional[Tutorial] = None
        self._busy_watcher = self._show_busy
        jobs.watch(self._busy_watcher)
        guide.watch(self.refresh)
        self.set_language(language)

    def set_language(self, language: str) -> None:
        self._language = language
        if self._chooser is not None:
            self._chooser.set_language(language)
        words = self._guide.words
        self._title.text = html_text(words.title)
        self._subtitle.text = html_text(words.subtitle)
        for widget, key in (
            (self._restart, "tutorial.restart"),
            (self._quick, "tutorial.quick"),
            (self._report, "step.export-report"),
        ):
            widget.text = message(key, language)
            widget.toolTip = message(f"{key}.tip", language)
        self._credits.text = "<br>".join(inline_html(credit) for credit in words.credits)
        self._credits_button.text = message("tutorial.credits", language)
        self._credits_button.toolTip = message("tutorial.credits", language)
        self._steps.accessibleName = message("tutorial.steps", language)
        self._steps.toolTip = message("tutorial.steps.tip", language)
        self._fill()
        self.refresh()

    def refresh(self) -> None:
        """Show the state of every step."""
        session = self._guide.session
        if session.tutorial is not self._filled:  # another one was chosen
            self.set_language(self._language)
            return
        started = session.done_count > 0 or session.current is not session.tutorial.steps[0]
        key = "tutorial.resume" if started else "tutorial.start"
        self._start.text = message(key, self._language)
        self._start.toolTip = message(f"{key}.tip", self._language)
        self._restart.visible = started
        self._report.visible = started
        count = len(session.tutorial.counted)
        self._progress.maximum = count
        self._progress.value = session.done_count
        self._progress.format = message("tutorial.progress", self._language, done=session.done_count, count=count)
        for step in session.tutorial.steps:
            progress = session.progress.of(step.id)
            here = step.id == session.progress.current
            invalidated = progress.invalidated is not None
            sign = INVALIDATED_SIGN if invalidated else SIGNS[progress.state]
            state = message("state.invalidated" if invalidated else f"state.{progress.state}", self._language)
            item = self._items[step.id]
            title = self._guide.words.steps[step.id].title
            if session.question_open(step):
                state = f"{state}, {message('state.question-open', self._language)}"
            mark = f"  {OPEN_SIGN}" if session.question_open(step) else ""
            item.setText(0, f"{HERE_SIGN if here else sign}  {title}{mark}")
            item.setToolTip(0, f"{title} ({message('state.here', self._language) + ', ' if here else ''}{state})")
            font = qt.QFont(self._steps.font)
            font.setBold(here)
            item.setFont(0, font)

    def _fill(self) -> None:
        self._filled = self._guide.session.tutorial
        self._steps.clear()
        self._items = {}
        for part in self._guide.session.tutorial.parts:
            parent = qt.QTreeWidgetItem([self._guide.words.parts.get(part.id, part.id)])
            parent.setFlags(qt.Qt.ItemIsEnabled)
            font = qt.QFont(self._steps.font)
            font.setBold(True)
            parent.setFont(0, font)
            self._steps.addTopLevelItem(parent)
            for step in part.steps:
                item = qt.QTreeWidgetItem([""])
                item.setData(0, qt.Qt.UserRole, step.id)
                parent.addChild(item)
                self._items[step.id] = item
        self._steps.expandAll()

    def _go(self, item: qt.QTreeWidgetItem, _column: int = 0) -> None:
        step_id = item.data(0, qt.Qt.UserRole)
        if step_id:
            self._guide.jump(step_id)
            self._open_guide()

    def _ask_restart(self) -> None:
        answer = qt.QMessageBox.question(
            self.widget, message("tutorial.restart", self._language), message("tutorial.restart.ask", self._language)
        )
        if answer == qt.QMessageBox.Yes:
            self._guide.session.restart()

    def _show_busy(self, title: str, _done: int, _total: int) -> None:
        self._quick.enabled = not title
