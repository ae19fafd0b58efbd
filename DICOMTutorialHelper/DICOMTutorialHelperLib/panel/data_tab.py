"""The tab with the data sets: what there is of each, and one button that does the next thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import qt

from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, data_sets
from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.data.published.recognition import RecognisedSet, recognise_folder
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel import practice, removal
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.server_box import ServerBox
from DICOMTutorialHelperLib.panel.widgets import button, text_label
from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.workspace.interface import Workspace

NOT_HERE, PARTLY, HERE, IN_DATABASE, LOADED = "not-here", "partly", "here", "in-database", "loaded"
STATE_SIGNS = {NOT_HERE: "○", PARTLY: "◐", HERE: "●", IN_DATABASE: "✔", LOADED: "★"}
NEXT = {NOT_HERE: "make", PARTLY: "make", HERE: "import", IN_DATABASE: "load", LOADED: "show"}


@dataclass(frozen=True)
class SetState:
    """``found`` is what lies in the data folder, the whole set where there is one."""

    state: str
    found: Optional[RecognisedSet] = None


def set_state(name: str, found: list[RecognisedSet], workspace: Workspace) -> SetState:
    """How far a data set has come, from what the data folder holds and what the application has."""
    mine = [one for one in found if one.name == name]
    if not mine:
        return SetState(NOT_HERE)
    whole = next((one for one in mine if one.whole), None)
    if whole is None:
        return SetState(PARTLY, mine[0])
    uids = set(practice.series_of(whole))
    if uids.issubset({item.series_instance_uid for item in workspace.loaded()}):
        return SetState(LOADED, whole)
    listed = {series.series_instance_uid for patient in workspace.patients() for series in patient.series}
    return SetState(IN_DATABASE if uids.issubset(listed) else HERE, whole)


class DataTab:
    """``home`` and ``set_home`` know where data sets lie; ``size`` is that of practice images; ``exchanges`` are told
    what goes to servers and comes from them."""

    def __init__(
        self,
        workspace: Workspace,
        language: str,
        jobs: Jobs,
        home: Callable[[], Path],
        set_home: Callable[[Path], None],
        size: Callable[[], str],
        exchanges: Optional[Exchanges] = None,
    ) -> None:
        self._workspace, self._language, self._jobs = workspace, language, jobs
        self._home, self._set_home, self._size = home, set_home, size
        self._found: list[RecognisedSet] = []
        self._follow: Callable[[], None] = lambda: None
        self.widget = qt.QScrollArea()
        self.widget.widgetResizable = True
        self.widget.frameShape = qt.QFrame.NoFrame
        self.widget.horizontalScrollBarPolicy = qt.Qt.ScrollBarAlwaysOff
        self.widget.verticalScrollBarPolicy = qt.Qt.ScrollBarAlwaysOn  # see StepPage
        inner = qt.QWidget()
        layout = qt.QVBoxLayout(inner)
        self._folder = text_label(name="DataFolder")
        self._choose = button("", "", jobs.safe_slot(self._ask_home), "DataFolderButton")
        self._refresh = button("", "", jobs.safe_slot(self.refresh_state), "DataRefreshButton")
        row = qt.QHBoxLayout()
        row.addWidget(self._choose, 1)
        row.addWidget(self._refresh)
        layout.addWidget(self._folder)
        layout.addLayout(row)
        self._boxes = {name: _SetBox(one, self) for name, one in data_sets().items()}
        for box in self._boxes.values():
            layout.addWidget(box.widget)
        self._server = ServerBox(workspace, jobs, home, lambda: self._language, exchanges)
        layout.addWidget(self._server.widget)
        layout.addStretch(1)
        self.widget.setWidget(inner)
        jobs.watch(self._on_job)
        self.set_language(language)

    # --- life ------------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Look into the data folder, and follow the database and the scene while the tab is looked at."""
        self.exit()
        self._follow = self._workspace.subscribe(lambda _kind: self.refresh())
        self.refresh_state()

    def exit(self) -> None:
        self._follow()
        self._follow = lambda: None

    def set_language(self, language: str) -> None:
        self._language = language
        for widget, key in ((self._choose, "data.choose"), (self._refresh, "data.refresh")):
            widget.text = message(key, language)
            widget.toolTip = message(f"{key}.tip", language)
        self._server.set_language(language)
        self.refresh()

    @property
    def language(self) -> str:
        return self._language

    def refresh_state(self) -> None:
        """Read what the data folder holds; in the background, for it may hold thousands of files."""
        home = self._home()

        def work(progress: Progress) -> list[RecognisedSet]:
            return (
                self._jobs.in_thread(lambda report_progress: recognise_folder(home, report_progress), progress)
                if home.is_dir()
                else []
            )

        self._jobs.run(message("job.read", self._language), work, self._take)

    def _take(self, found: list[RecognisedSet]) -> None:
        self._found = found
        self.refresh()

    def refresh(self) -> None:
        """Show the state of every data set."""
        self._folder.text = html_text(message("data.folder", self._language, folder=str(self._home())))
        for name, box in self._boxes.items():
            box.show(set_state(name, self._found, self._workspace))
        self._server.refresh()

    def _on_job(self, title: str, _done: int, _total: int) -> None:
        for box in self._boxes.values():
            box.set_busy(bool(title))
        for widget in (self._choose, self._refresh):
            widget.enabled = not title

    def _ask_home(self) -> None:
        folder = qt.QFileDialog.getExistingDirectory(self.widget, message("data.choose", self._language), str(self._home()))
        if folder:
            self._set_home(Path(folder))
            self.refresh_state()

    # --- the next thing --------------------------------------------------------------------------------------------------

    def do_next(self, name: str) -> None:
        """Make, import, load or show a data set, whichever is next."""
        state = set_state(name, self._found, self._workspace)
        step, found = NEXT[state.state], state.found
        if step == "make" or found is None:
            self._run("make", lambda progress: practice.make_set(name, self._home(), self._size(), self._jobs, progress))
        elif step == "import":
            self._run("import", lambda progress: practice.import_set(found, self._workspace, progress))
        elif step == "load":
            uids = practice.series_of(found)
            self._run(
                "load", lambda progress: practice.show_items(practice.load_set(uids, self._workspace, progress), self._workspace)
            )
        else:
            uids = practice.series_of(found)
            items = tuple(item for item in self._workspace.loaded() if item.series_instance_uid in uids)
            practice.show_items(items, self._workspace)

    def get_published(self, name: str) -> None:
        """Download the published images; asked first, for it goes to the internet."""
        from DICOMTutorialHelperLib.data.published.fetch import from_web

        wanted = data_sets()[name]
        question = message("data.get.ask", self._language, address="\n".join(wanted.addresses), licence=wanted.licence)
        answer = qt.QMessageBox.question(self.widget, message("data.get", self._language), question)
        if answer == qt.QMessageBox.Yes:
            home = self._home()
            self._run(
                "get",
                lambda progress: self._jobs.in_thread(lambda report_progress: from_web(name, home, report_progress), progress),
            )

    def take_from_disk(self, name: str, source: Path) -> None:
        """Take the published images from a ZIP file or a folder on disk."""
        from DICOMTutorialHelperLib.data.published.fetch import from_disk

        home = self._home()
        self._run(
            "get",
            lambda progress: self._jobs.in_thread(
                lambda report_progress: from_disk(name, source, home, report_progress), progress
            ),
        )

    def ask_zip(self, name: str) -> None:
        path = qt.QFileDialog.getOpenFileName(self.widget, message("data.zip", self._language), "", "ZIP (*.zip)")
        if path:
            self.take_from_disk(name, Path(path))

    def ask_folder(self, name: str) -> None:
        folder = qt.QFileDialog.getExistingDirectory(self.widget, message("data.from-folder", self._language))
        if folder:
            self.take_from_disk(name, Path(folder))

    def ask_removal(self, name: str) -> None:
        """Take away what there is of a data set: in the scene, in the database, on the disk, each as the learner says."""
        state = set_state(name, self._found, self._workspace)
        if state.found is None:
            return
        planned, home = removal.removal_of(state.found, self._workspace), self._home()
        chosen = removal.ask_removal(self.widget, data_sets()[name].title(self._language), planned, home, self._language)
        if chosen:
            self._run("remove", lambda _progress: removal.remove(planned, chosen, self._workspace, home))

    def _run(self, job: str, work: Callable[[Progress], object]) -> None:
        if self._jobs.run(message(f"job.{job}", self._language), work):
            self.refresh_state()

    def slot(self, function: Callable[[str], None], name: str) -> Callable[..., None]:
        return self._jobs.safe_slot(lambda: function(name))


class _SetBox:
    """One data set: title, description, state, the next thing, and other ways to get it."""

    def __init__(self, one: CatalogEntry, tab: DataTab) -> None:
        self._set, self._tab = one, tab
        self._state = SetState(NOT_HERE)
        self.widget = qt.QGroupBox()
        layout = qt.QVBoxLayout(self.widget)
        self._description = text_label()
        self._state_label = text_label(name=f"DataState-{one.name}")
        self._next = button("", "", tab.slot(tab.do_next, one.name), f"DataNext-{one.name}")
        self._more = qt.QToolButton()
        self._more.objectName = f"DataMore-{one.name}"
        self._more.popupMode = qt.QToolButton.InstantPopup
        self._actions = {}
        if one.archive_url:
            ways = (("data.get", tab.get_published), ("data.zip", tab.ask_zip), ("data.from-folder", tab.ask_folder))
            for key, function in ways:
                action = qt.QAction(self.widget)
                action.triggered.connect(tab.slot(function, one.name))
                self._more.addAction(action)
                self._actions[key] = action
        self._remove = qt.QAction(self.widget)
        self._remove.objectName = f"DataRemove-{one.name}"
        self._remove.triggered.connect(tab.slot(tab.ask_removal, one.name))
        self._more.addAction(self._remove)
        row = qt.QHBoxLayout()
        row.addWidget(self._next, 1)
        row.addWidget(self._more)
        for widget in (self._description, self._state_label):
            layout.addWidget(widget)
        layout.addLayout(row)

    def set_busy(self, busy: bool) -> None:
        self._next.enabled = not busy
        self._more.enabled = not busy

    def show(self, state: SetState) -> None:
        self._state = state
        language = self._tab.language
        words = messages("datasets", language)
        self.widget.title = self._set.title(language)
        self._description.text = self._set.description(language)
        said = message(f"data.state.{state.state}", language)
        parts = [f"{STATE_SIGNS[state.state]} <b>{said}</b>"]
        if state.found is not None:
            parts.append(words[f"origin.{state.found.origin}"])
            parts.append(message("data.size", language, size=removal.megabytes(removal.size_of(state.found.files))))
            parts += _missing(state.found, words)
        self._state_label.text = " · ".join(parts)
        key = f"data.next.{NEXT[state.state]}"
        self._next.text = message(key, language)
        self._next.toolTip = message(f"{key}.tip", language)
        self._more.text = message("data.more", language)
        self._more.toolTip = message("data.more.tip", language)
        for key, action in self._actions.items():
            action.text = message(key, language)
        self._remove.text = message("data.remove", language)
        self._remove.enabled = state.found is not None


def _missing(found: RecognisedSet, words: dict[str, str]) -> list[str]:
    parts = []
    if found.missing_roles:
        missing = ", ".join(words[f"role.{role}"] for role in found.missing_roles)
        parts.append(words["state.missing-series"].format(series=missing))
    for series in found.series:
        if series.missing:
            parts.append(words["state.missing-files"].format(role=words[f"role.{series.role}"], count=series.missing))
    return parts
