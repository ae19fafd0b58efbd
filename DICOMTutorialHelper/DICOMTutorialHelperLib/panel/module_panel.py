"""The module's panel: its tabs, and what they share: the workspace, the guide with its dock, and the jobs.

Only the first tab is made at once; the others when they are first looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Protocol, runtime_checkable

import qt
import slicer

from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.pages.messages import message
from DICOMTutorialHelperLib.panel.dock import DATA_PROBE, GuideDock
from DICOMTutorialHelperLib.panel.guide import Guide
from DICOMTutorialHelperLib.panel.job_bar import JobBar
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.panel.places import SlicerPlaces
from DICOMTutorialHelperLib.panel.tutorial_chooser import TutorialChooser
from DICOMTutorialHelperLib.panel.tutorial_tab import TutorialTab
from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of
from DICOMTutorialHelperLib.tutorial.content import FIRST_TUTORIAL, ContentError, Tutorial, read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.report.kept_steps import KeptSteps, folder_of
from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER
from DICOMTutorialHelperLib.workspace.interface import LANGUAGE_CHANGED
from DICOMTutorialHelperLib.workspace.slicer import settings
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

if TYPE_CHECKING:  # imported where a tab is first looked at
    from DICOMTutorialHelperLib.panel.data_tab import DataTab
    from DICOMTutorialHelperLib.panel.explore_tab import ExploreTab
    from DICOMTutorialHelperLib.panel.settings_form import SettingsForm

NARROWEST_PIXELS = 310  # the names of the tabs side by side
TABS = ("tutorial", "explore", "data", "settings")


class Tab(Protocol):
    """What every tab of the panel is."""

    widget: qt.QWidget

    def set_language(self, language: str) -> None: ...


@runtime_checkable
class FollowingTab(Protocol):
    """A tab that follows what happens while it is looked at."""

    def enter(self) -> None: ...

    def exit(self) -> None: ...


class ModulePanel:
    """Fills ``layout`` (the module panel's). ``close`` takes away all that it made, the dock included."""

    def __init__(self, layout: qt.QVBoxLayout) -> None:
        self.workspace = SlicerWorkspace()
        self._language = self.workspace.language()
        self.jobs = Jobs(slicer.app.processEvents, self._show_error, self.workspace.language)
        self.exchanges = Exchanges(run=self.jobs.in_thread)
        tutorial = self._chosen_tutorial()
        self.guide = Guide(
            tutorial,
            self.workspace,
            settings.SettingsStore(),
            self.jobs,
            SlicerPlaces(tutorial.places),
            lambda address: qt.QDesktopServices.openUrl(qt.QUrl(address)),
            settings.practice_size,
            lambda folder: settings.write(settings.DATA_FOLDER, str(folder)),
            _kept_steps,
            self.exchanges,
        )
        self.guide.session.progress.folders.setdefault(DATA_FOLDER, str(settings.data_folder()))
        self._dock: Optional[GuideDock] = None
        self._fitted_step = ""
        self._made: dict[str, Tab] = {}
        self._shown = True
        self.tabs = qt.QTabWidget()
        self.tabs.objectName = "DICOMTutorialHelperTabs"
        self.tabs.documentMode = True
        self.tabs.minimumWidth = NARROWEST_PIXELS
        self._pages: dict[str, qt.QWidget] = {}
        for name in TABS:
            page = qt.QWidget()
            page.objectName = f"DICOMTutorialHelperPage-{name}"
            qt.QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
            self._pages[name] = page
            self.tabs.addTab(page, "")
        self._bar = JobBar(self.jobs, self._language)
        layout.addWidget(self.tabs)
        layout.addWidget(self._bar.widget)
        self.tabs.currentChanged.connect(self.jobs.safe_slot_with_arguments(self._make_tab))
        self._name_tabs()
        self._make_tab(0)

    # --- life ------------------------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """The module is shown; what was set on Slicer's own settings page meanwhile counts here too."""
        if self.workspace.language() != self._language:
            self._on_language()
        self._shown = True
        self._enter_tab(TABS[self.tabs.currentIndex])

    def exit(self) -> None:
        """Another module is shown; the guide goes on in its dock if the learner has it open."""
        self._shown = False
        self._exit_tabs()

    def _enter_tab(self, name: str) -> None:
        """Let the tab that is looked at follow what happens, and no other."""
        self._exit_tabs()
        tab = self._made.get(name)
        if self._shown and isinstance(tab, FollowingTab):
            tab.enter()

    def _exit_tabs(self) -> None:
        for tab in self._made.values():
            if isinstance(tab, FollowingTab):
                tab.exit()

    def close(self) -> None:
        """Leave nothing behind: no dock, no frame, no observer."""
        self.exit()
        self.guide.close()
        if self._dock is not None:
            self._dock.close()
            self._dock = None
        self.workspace.close()

    # --- the guide -------------------------------------------------------------------------------------------------------

    def open_guide(self) -> None:
        """Show the dock with the step; without a main window there is nowhere to put one."""
        main_window = slicer.util.mainWindow()
        if main_window is None:
            return
        if self._dock is None:
            self._dock = GuideDock(
                main_window,
                self.guide.page.widget,
                self._language,
                settings.dock_place,
                lambda place: settings.write(settings.DOCK_PLACE, place),
                self._on_dock,
            )
            self.guide.watch(self._fit_dock)
        self._dock.show()

    @property
    def dock(self) -> Optional[GuideDock]:
        return self._dock

    def _fit_dock(self) -> None:
        """Once a step: give the module panel the room that the step needs it to have."""
        step = self.guide.session.current
        if self._dock is not None and step.id != self._fitted_step:
            self._fitted_step = step.id
            places = [self.guide.session.tutorial.places[place] for place in step.places]
            ways = [(way.get("in", place["in"]), way.get("name", "")) for place in places for way in place["find"]]
            probe = any(name == DATA_PROBE for _, name in ways)
            panel = bool(step.module) or probe or any(container.startswith("module:") for container, _ in ways)
            self._dock.fit(panel, probe)

    def _on_dock(self, shown: bool) -> None:
        if shown:
            self.guide.start()
        else:
            self.guide.stop()

    def quick_start(self) -> None:
        """A torso CT on the screen with one click: made where there is none yet, imported, loaded, shown."""
        from DICOMTutorialHelperLib.panel.practice import show_practice_set

        self.jobs.run(
            message("job.quick", self._language),
            lambda progress: show_practice_set(
                "torso-ct", self.workspace, self.data_folder(), settings.practice_size(), self.jobs, progress
            ),
            lambda _items: self.guide.session.refresh(),
        )

    def data_folder(self) -> Path:
        return Path(self.guide.session.progress.folders.get(DATA_FOLDER) or settings.data_folder())

    def set_data_folder(self, folder: Path) -> None:
        settings.write(settings.DATA_FOLDER, str(folder))
        self.guide.session.set_folder(DATA_FOLDER, folder)

    # --- tabs ------------------------------------------------------------------------------------------------------------

    def _make_tab(self, place: int) -> None:
        name = TABS[place]
        if name not in self._made:
            makers: dict[str, Callable[[], Tab]] = {
                "tutorial": self._make_tutorial,
                "explore": self._make_explore,
                "data": self._make_data,
                "settings": self._make_settings,
            }
            self._made[name] = makers[name]()
            self._pages[name].layout().addWidget(self._made[name].widget)
        self._enter_tab(name)

    def _make_tutorial(self) -> TutorialTab:
        chooser = TutorialChooser(
            lambda: self.guide.session.tutorial.folder,
            settings.own_tutorials,
            self.choose_tutorial,
            lambda folder: settings.write(settings.OWN_TUTORIALS, str(folder)),
            self._language,
            self.jobs,
        )
        return TutorialTab(self.guide, self._language, self.open_guide, self.quick_start, self.jobs, chooser)

    def _chosen_tutorial(self) -> Tutorial:
        """The one chosen last; the first one where that is gone or broken."""
        folder = settings.tutorial_folder()
        if folder is not None and not any(not problem.advice for problem in problems_of(folder)):
            return read_tutorial(folder)
        settings.write(settings.TUTORIAL, None)
        return read_tutorial(tutorials_folder() / FIRST_TUTORIAL)

    def choose_tutorial(self, folder: Path) -> None:
        """Go on with another tutorial. Raises ContentError, with the first thing to mend, for one that cannot be used."""
        for problem in problems_of(folder):
            if not problem.advice:
                raise ContentError(problem)
        first = folder.resolve() == (tutorials_folder() / FIRST_TUTORIAL).resolve()
        settings.write(settings.TUTORIAL, None if first else str(folder))
        tutorial = read_tutorial(folder)
        self.guide.set_tutorial(tutorial, SlicerPlaces(tutorial.places))
        self.guide.session.progress.folders.setdefault(DATA_FOLDER, str(settings.data_folder()))
        self._on_language()

    def _make_explore(self) -> ExploreTab:
        from DICOMTutorialHelperLib.panel.explore_tab import ExploreTab
        from DICOMTutorialHelperLib.workspace.slicer.dicom_browser import selected_series
        from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations

        return ExploreTab(
            self.workspace,
            self._language,
            self.jobs,
            selected_series,
            settings.fill_missing,
            lambda: slicer.mrmlScene,
            shared_examinations,
        )

    def _make_data(self) -> DataTab:
        from DICOMTutorialHelperLib.panel.data_tab import DataTab

        return DataTab(
            self.workspace,
            self._language,
            self.jobs,
            self.data_folder,
            self.set_data_folder,
            settings.practice_size,
            self.exchanges,
        )

    def _make_settings(self) -> SettingsForm:
        from DICOMTutorialHelperLib.panel.settings_form import SettingsForm

        return SettingsForm(self._language, self._on_language)

    # --- language and errors ---------------------------------------------------------------------------------------------

    def _name_tabs(self) -> None:
        for place, name in enumerate(TABS):
            self.tabs.setTabText(place, message(f"tab.{name}", self._language))
            self.tabs.setTabToolTip(place, message(f"tab.{name}.tip", self._language))

    def _on_language(self) -> None:
        """Another language was chosen: everything speaks it at once."""
        self._language = self.workspace.language()
        self._name_tabs()
        self._bar.set_language(self._language)
        self.guide.set_language(self._language)
        if self._dock is not None:
            self._dock.set_language(self._language)
        for tab in self._made.values():
            tab.set_language(self._language)
        self.workspace.notify(LANGUAGE_CHANGED)

    def _show_error(self, sentence: str) -> None:
        self._bar.show_message(sentence)
        self.guide.show_error(sentence)


def _kept_steps(tutorial_id: str) -> KeptSteps:
    folder = settings.kept_steps_folder()
    return KeptSteps(None if folder is None else folder_of(folder, tutorial_id))
