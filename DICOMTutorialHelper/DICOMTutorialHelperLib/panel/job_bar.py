"""The line at the bottom of the panel: how far long work is, a way to cancel it, and what went wrong."""

from __future__ import annotations

import qt

from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.widgets import button, text_label
from DICOMTutorialHelperLib.plain_text import html_text


class JobBar:
    """``widget`` takes no room while nothing runs and nothing has to be said."""

    def __init__(self, jobs: Jobs, language: str) -> None:
        self.widget = qt.QWidget()
        layout = qt.QVBoxLayout(self.widget)
        layout.setContentsMargins(6, 2, 6, 2)
        self._message = text_label(name="PanelMessage")
        self._work = qt.QWidget()
        row = qt.QHBoxLayout(self._work)
        row.setContentsMargins(0, 0, 0, 0)
        self._title = text_label(name="PanelJobTitle")
        self._progress = qt.QProgressBar()
        self._progress.objectName = "PanelJobProgress"
        self._cancel = button("", "", jobs.safe_slot(jobs.cancel), "PanelCancelButton")
        row.addWidget(self._progress, 1)
        row.addWidget(self._cancel)
        for widget in (self._message, self._title, self._work):
            layout.addWidget(widget)
            widget.hide()
        jobs.watch(self._show_job)
        self.set_language(language)

    def set_language(self, language: str) -> None:
        self._cancel.text = message("job.cancel", language)
        self._cancel.toolTip = message("job.cancel.tip", language)

    def show_message(self, sentence: str) -> None:
        """What went wrong and what to do; it stays until the next job begins."""
        self._message.text = f"⚠ {html_text(sentence)}" if sentence else ""
        self._message.visible = bool(sentence)

    def _show_job(self, title: str, done: int, total: int) -> None:
        if title and not self._work.visible:
            self.show_message("")
        self._work.visible = bool(title)
        self._title.visible = bool(title)
        self._title.text = html_text(title)
        self._progress.maximum = total
        self._progress.value = min(done, total)
        self._progress.textVisible = total > 0
