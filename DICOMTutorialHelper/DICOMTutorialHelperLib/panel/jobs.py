"""Long work without a frozen window: one job at a time, with progress, a way to cancel, and errors told as sentences.

Work that touches MRML or Qt runs on the main thread and lets the window live at every call of its progress function. Work on
files alone runs in a thread, for which the main thread waits in short turns: it lets go of Python's lock and handles events.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Optional, TypeVar

from DICOMTutorialHelperLib.pages.messages import error_message, log_error
from DICOMTutorialHelperLib.progress import Cancelled, Progress
from DICOMTutorialHelperLib.workspace.slicer.background import in_thread

Result = TypeVar("Result")

EVENTS_EVERY_SECONDS = 0.05  # twenty times a second a window feels alive


class Jobs:
    """Runs one job at a time.

    ``handle_events`` lets the application handle what is waiting; ``show_state(title, done, total)`` is told how far the job is
    (title "" when nothing runs any more); ``show_error(sentence)`` is told what went wrong.
    """

    def __init__(
        self,
        handle_events: Callable[[], None],
        show_error: Callable[[str], None],
        language: Callable[[], str],
    ) -> None:
        self._handle_events = handle_events
        self._show_error = show_error
        self._language = language
        self._watchers: list[Callable[[str, int, int], None]] = []
        self._title = ""
        self._cancelled = False
        self._handled = 0.0

    def watch(self, watcher: Callable[[str, int, int], None]) -> None:
        """``watcher(title, done, total)`` is called as a job goes on, and with the title "" when it has ended."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[str, int, int], None]) -> None:
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    @property
    def busy(self) -> bool:
        return bool(self._title)

    def cancel(self) -> None:
        """Stop the running job at its next sign of progress."""
        self._cancelled = True

    def run(self, title: str, work: Callable[[Progress], Result], on_done: Optional[Callable[[Result], object]] = None) -> bool:
        """Do work on the main thread; False where it failed, was cancelled, or another job is running."""
        if self.busy:
            return False
        try:
            self._begin(title)
            result = work(self._notify_progress)
        except Exception as error:  # the boundary to the learner: whatever it is, it becomes a sentence
            self._end()
            self._report(error)
            return False
        self._end()
        if on_done is not None:
            on_done(result)
        return True

    def result(self, title: str, work: Callable[[Progress], Result]) -> Result:
        """Do work as ``run`` does, for a script: returns its result, raises its error."""
        try:
            self._begin(title)
            return work(self._notify_progress)
        finally:
            self._end()

    def in_thread(self, work: Callable[[Progress], Result], progress: Progress) -> Result:
        """Run ``work`` in a thread, inside a job: its progress is passed on here, and a cancel reaches it there."""
        return in_thread(work, progress)

    def safe_slot(self, function: Callable[..., object]) -> Callable[..., None]:
        """A slot that never lets an error through: the learner reads a sentence, the log has the rest.

        Arguments that signals carry are dropped.
        """

        def slot(*_arguments: object) -> None:
            try:
                function()
            except Exception as error:
                self._report(error)

        return slot

    def safe_slot_with_arguments(self, function: Callable[..., object]) -> Callable[..., None]:
        """The same for a slot that takes what its signal carries."""

        def slot(*arguments: object) -> None:
            try:
                function(*arguments)
            except Exception as error:
                self._report(error)

        return slot

    def _report(self, error: BaseException) -> None:
        log_error(error)
        self._show_error(error_message(error, self._language()))

    def _begin(self, title: str) -> None:
        self._title, self._cancelled, self._handled = title, False, 0.0
        self._notify_progress(0, 0)

    def _end(self) -> None:
        self._title = ""
        for watcher in list(self._watchers):
            watcher("", 0, 0)

    def _notify_progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._handled < EVENTS_EVERY_SECONDS and done < total:
            return
        self._handled = now
        for watcher in list(self._watchers):
            watcher(self._title, done, total)
        self._handle_events()
        if self._cancelled:
            raise Cancelled
