"""The guide: one session of the tutorial, the page that shows it, and the pointer; it lives as long as its dock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Optional, Protocol

import qt

from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.messages import error_message, log_error, message
from DICOMTutorialHelperLib.pages.step import step_content
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.step_page import NOTE_SIGN, StepPage
from DICOMTutorialHelperLib.panel.widget_highlighter import WidgetHighlighter
from DICOMTutorialHelperLib.panel.widgets import is_dark
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.staging import staged_file
from DICOMTutorialHelperLib.tutorial.content import Call, Step, Tutorial
from DICOMTutorialHelperLib.tutorial.interface_words import words_on_screen
from DICOMTutorialHelperLib.tutorial.markup import TERM_ADDRESS, is_web_address
from DICOMTutorialHelperLib.tutorial.progress import DONE, ProgressStore
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, capture_step
from DICOMTutorialHelperLib.tutorial.report.kept_steps import KeptSteps
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER
from DICOMTutorialHelperLib.workspace.interface import Workspace, WorkspaceError

FILES_ONLY = (
    "make-practice-data",
    "make-cases",
)  # actions that ask neither the application nor Qt
GROWING_TABLES = ("data-model",)  # filled by an import, image by image


class Place(Protocol):
    """A widget in view, and the key of what is to be said of it ("" for the place's own words)."""

    @property
    def widget(self) -> qt.QWidget: ...
    @property
    def words(self) -> str: ...


class Places(Protocol):
    """Finds what "show me" points at: what is in view now, or None where this version has no such thing."""

    def bring_into_view(self, place: str) -> Optional[Place]: ...


class Guide:
    """Connects the session with its page. ``open_link`` opens an address outside; ``watch`` is told after every change."""

    def __init__(
        self,
        tutorial: Tutorial,
        workspace: Workspace,
        store: ProgressStore,
        jobs: Jobs,
        places: Places,
        open_link: Callable[[str], None],
        practice_size: Callable[[], str] = lambda: "full",
        on_folder: Callable[[Path], None] = lambda _folder: None,
        kept_steps: Callable[[str], KeptSteps] = lambda _tutorial_id: KeptSteps(),
        exchanges: Optional[Exchanges] = None,
    ) -> None:
        self._workspace = workspace
        self._jobs = jobs
        self._places = places
        self._open_link = open_link
        self._on_folder = on_folder
        self._watchers: list[Callable[[], None]] = []
        self._shown_step = ""
        self._next_place = 0
        self._kept_steps = kept_steps
        self._exchanges = exchanges or Exchanges()
        self._captured = kept_steps(tutorial.id)
        self._lost: set[str] = set()  # captured steps that were lost since; done anew, they are captured anew
        self._capturing = False
        self.pointer = WidgetHighlighter()
        self._store = store
        self._practice_size = practice_size
        self.session = self._session_of(tutorial)
        self._language = workspace.language()
        self.words = words_on_screen(tutorial, workspace, self._language)
        self.page = StepPage(_PageSlots(self, jobs), self._language)
        self._jobs.watch(self.page.show_job)

    # --- life ------------------------------------------------------------------------------------------------------------

    def set_tutorial(self, tutorial: Tutorial, places: Places) -> None:
        """Another tutorial from now on; where the learner stood in the one before is kept."""
        following = self.session.following
        self.stop()
        self._places = places
        folders = dict(self.session.progress.folders)
        self.session = self._session_of(tutorial)
        for name, folder in folders.items():
            self.session.progress.folders.setdefault(name, folder)
        self._captured = self._kept_steps(tutorial.id)
        self._lost.clear()
        self._shown_step = ""
        self.page.show_message("")
        self.set_language(self._workspace.language())
        if following:
            self.start()

    def _session_of(self, tutorial: Tutorial) -> TutorialSession:
        return TutorialSession(
            tutorial,
            self._workspace,
            self._store,
            listener=self._on_change,
            practice_size=self._practice_size(),
            exchanges=self._exchanges,
        )

    def start(self) -> None:
        """Follow what the learner does, from now on."""
        self.session.start()

    def stop(self) -> None:
        """Follow nothing any more; where the learner stands is kept."""
        self.pointer.hide()
        self.session.stop()

    def close(self) -> None:
        """Stop for good: nothing of the guide stays behind."""
        self.stop()
        self._jobs.unwatch(self.page.show_job)
        self._watchers.clear()

    def watch(self, watcher: Callable[[], None]) -> None:
        self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        if watcher in self._watchers:
            self._watchers.remove(watcher)

    def set_language(self, language: str) -> None:
        """Speak another language from now on."""
        self._language = language
        self.words = words_on_screen(self.session.tutorial, self._workspace, language)
        self.page.set_language(language)
        self.pointer.hide()
        self._on_change()

    @property
    def captured(self) -> dict[str, CapturedStep]:
        """What the report will show of steps, by their names."""
        return dict(self._captured.steps)

    def show_error(self, sentence: str) -> None:
        self.page.show_message(sentence)

    def _on_change(self) -> None:
        step = self.session.current
        if step.id != self._shown_step:
            self._keep_grown_table(self._shown_step)
            self._shown_step = step.id
            self._next_place = 0
            self.pointer.hide()
        self._capture_when_done()
        content = step_content(self.session, self.words, is_dark(self.page.widget))
        if content.done:
            self.pointer.hide()
        self.page.show(content)
        for watcher in list(self._watchers):
            watcher()

    def _capture_when_done(self) -> None:
        """Keep what the learner sees at the moment a step is done, for the report; a step done anew is taken anew.

        A step that is lost, as everything loaded is when Slicer starts anew, keeps its pictures until then.
        """
        progress = self.session.progress
        not_done = {step_id for step_id in self._captured.steps if progress.of(step_id).state != DONE}
        lost = {step_id for step_id in not_done if progress.of(step_id).invalidated is not None}
        self._captured.forget(not_done - lost)
        self._lost = (self._lost | lost) & self._captured.steps.keys()
        step_id = self.session.current.id
        wanted = step_id not in self._captured.steps or step_id in self._lost
        if progress.of(step_id).state == DONE and wanted and not self._capturing:
            self._capturing = True  # a snapshot may bring further changes about
            try:
                self._captured.keep(step_id, capture_step(self.session))
                self._lost.discard(step_id)
            finally:
                self._capturing = False

    def _keep_grown_table(self, step_id: str) -> None:
        """A step counts as done with the first images of an import; when it is left, its table is kept as it is by then."""
        step = next((one for one in self.session.tutorial.steps if one.id == step_id), None)
        captured = self._captured.steps.get(step_id)
        if step is None or captured is None or step.data_table is None or step.data_table.name not in GROWING_TABLES:
            return
        if self.session.progress.of(step_id).state == DONE:
            with contextlib.suppress(WorkspaceError):  # nothing is listed any more: what was kept stays
                self._captured.keep(step_id, replace(captured, data_table=self.session.data_table(step)))

    # --- what a learner asks for -----------------------------------------------------------------------------------------

    def jump(self, step_id: str) -> None:
        self.session.jump(step_id)

    def do_it(self) -> None:
        """Do the step; first the steps before it that were lost, as everything loaded is when Slicer starts anew."""
        self.page.show_message("")
        self.pointer.hide()
        if self.session.sends and not self._may_send():
            return

        def work(progress: Progress) -> None:
            self.session.note_helped()
            self._do_on_files(progress)
            self.session.redo_invalidated(progress)
            self.session.do_it(progress)

        self._jobs.run(message("job.step", self._language), work)

    def _may_send(self) -> bool:
        """Ask before anything leaves this computer; where no server is named there is nothing to ask, and the step says so."""
        server = self._exchanges.server()
        if server is None:
            return True
        title = message("step.do-it", self._language)
        question = message("step.ask-send", self._language, server=server.address.host)
        return qt.QMessageBox.question(self.page.widget, title, question) == qt.QMessageBox.Yes

    def _do_on_files(self, progress: Progress) -> None:
        """Do in a thread what touches files alone; the session then finds it done."""
        step = self.session.current
        for call in step.actions:
            if call.name in FILES_ONLY:
                self._jobs.in_thread(partial(self._act, step, call), progress)

    def _act(self, step: Step, call: Call, progress: Progress) -> None:
        _, actions, _ = registered()
        actions[call.name](self.session.step_context(step, progress), **call.arguments)

    def show_me(self) -> None:
        """Point at the next of the step's places; a place that this version does not have is told in words."""
        step = self.session.current
        self.page.show_message("")
        for offset in range(len(step.places)):
            place = (self._next_place + offset) % len(step.places)
            found = self._places.bring_into_view(step.places[place])
            if found is not None:
                self.session.note_shown()
                self._next_place = place + 1
                number = f"{place + 1}/{len(step.places)} · " if len(step.places) > 1 else ""
                self.pointer.point_at(found.widget, f"{number}{self._callout(step.places[place], found.words)}")
                return
        self.page.show_message(message("show-me.not-here", self._language))

    def _callout(self, place: str, words: str) -> str:
        """What the callout says: how to get to the place, the name the tutorial has for it, else what kind of place it is."""
        tutorial = self.session.tutorial
        if words:
            return message(f"place.{words}", self._language)
        name = tutorial.interface.get(place, "")
        local = self.words.interface.get(place, "")
        if not name:
            described = messages("panel", self._language).get(f"place.{place}")
            return (
                message("show-me.named", self._language, name=described) if described else message("show-me.here", self._language)
            )
        named = name if not local or local == name else f"{name} ({local})"
        return message("show-me.named", self._language, name=named)

    def answer_text(self, text: str) -> None:
        """Take a typed answer; where the data cannot tell what is right, say why."""
        self.page.show_message("")
        try:
            self.session.answer_text(text)
        except WorkspaceError as error:
            log_error(error)
            self.page.show_message(error_message(error, self._language))

    def show_table(self) -> None:
        """Show the learner's own data for the step."""
        self.page.show_message("")
        try:
            table = self.session.data_table()
            if table is not None:
                self.page.show_table(table)
        except WorkspaceError as error:
            log_error(error)
            self.page.show_message(error_message(error, self._language))

    def choose_folder(self) -> None:
        """Let the learner say where images lie."""
        folder = qt.QFileDialog.getExistingDirectory(self.page.widget, message("step.folder", self._language))
        if folder:
            self._on_folder(Path(folder))
            self.session.set_folder(DATA_FOLDER, Path(folder))

    def export_report(self) -> None:
        """Write the report that a learner keeps, or hands in: steps, answers, and what they saw."""
        from DICOMTutorialHelperLib.tutorial.report.page import Report

        self._keep_grown_table(self.session.current.id)
        title = message("step.export-report", self._language)
        asked = message("report.ask-name", self._language)
        name = qt.QInputDialog.getText(self.page.widget, title, asked, qt.QLineEdit.Normal, self.session.progress.learner)
        self.session.set_learner(str(name or ""))
        path = qt.QFileDialog.getSaveFileName(self.page.widget, title, "dicom-tutorial.html", "HTML (*.html)")
        if path:
            page = Report(self.session, self._captured_for_others(), self._language).html()
            with staged_file(Path(path), overwrite=True) as staged:  # the file dialog has asked
                staged.write_text(page, encoding="utf-8", errors="replace")

    def _captured_for_others(self) -> Mapping[str, CapturedStep]:
        """What was captured, without what one's own images say of a person, unless that is asked for."""
        from DICOMTutorialHelperLib.tutorial.report.personal import personal_values_in_database, without_personal_values

        values = personal_values_in_database(self.session.workspace, self._language)
        if not values:
            return self._captured.steps
        title, question = message("step.export-report", self._language), message("report.keep-personal", self._language)
        if qt.QMessageBox.question(self.page.widget, title, question) == qt.QMessageBox.Yes:
            return self._captured.steps
        return without_personal_values(self._captured.steps, values, self._language)

    def open_link(self, address: str) -> None:
        """Open an address outside; what leads to a term of the glossary says what it means."""
        if address.startswith(TERM_ADDRESS):
            term = self.words.glossary.get(address[len(TERM_ADDRESS) :])
            self.page.show_message(f"{term.word} – {term.meaning}" if term else "", NOTE_SIGN)
        if is_web_address(address):
            self._open_link(address)


class _PageSlots:
    """The page's buttons, as slots that let no error through."""

    def __init__(self, guide: Guide, jobs: Jobs) -> None:
        self.go_next = jobs.safe_slot(lambda: guide.session.next())
        self.go_back = jobs.safe_slot(lambda: guide.session.back())
        self.do_it = jobs.safe_slot(guide.do_it)
        self.show_me = jobs.safe_slot(guide.show_me)
        self.acknowledge = jobs.safe_slot(lambda: guide.session.acknowledge())
        self.answer = jobs.safe_slot_with_arguments(lambda choice: guide.session.answer(choice))
        self.answer_text = jobs.safe_slot_with_arguments(guide.answer_text)
        self.report_case = jobs.safe_slot_with_arguments(lambda what, count, where: guide.session.report_case(what, count, where))
        self.take_hint = jobs.safe_slot(lambda: guide.session.take_hint())
        self.show_solution = jobs.safe_slot(lambda: guide.session.show_solution())
        self.show_table = jobs.safe_slot(guide.show_table)
        self.cancel = jobs.safe_slot(jobs.cancel)
        self.choose_folder = jobs.safe_slot(guide.choose_folder)
        self.export_report = jobs.safe_slot(guide.export_report)
        self.open_link = jobs.safe_slot_with_arguments(guide.open_link)
