"""Actions that get data, import it and load it for the learner."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import PluginName, PracticeSetName, SeriesName, StepContext, action
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

DATA_FOLDER = "SlicerData"  # the tutorial's own name for the folder that takes the data sets


def results_folder(step_context: StepContext, name: str) -> Path:
    """Where what a step writes goes: never among the learner's images, where it would be taken for one of them."""
    if step_context.results_folder is not None:
        return step_context.results_folder / f"{DATA_FOLDER}-{name}"
    home = step_context.folders.get(DATA_FOLDER) or next(iter(step_context.folders.values()), Path.home() / DATA_FOLDER)
    return home.parent / f"{home.name}-{name}"


@action("make-practice-data")
def make_practice_data(step_context: StepContext, sets: list[PracticeSetName], series: list[SeriesName]) -> None:
    """Make practice data sets in the learner's SlicerData folder, unless the series are there already.

    Raises WorkspaceError where they cannot be written.
    """
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
    from DICOMTutorialHelperLib.progress import no_progress

    home = step_context.folders.get(DATA_FOLDER) or Path.home() / DATA_FOLDER
    listed = [found.info for found in series_in_folder(home)]
    if not all(series_of_role(step_context.tutorial.series[role], listed) for role in series):
        try:
            home.mkdir(parents=True, exist_ok=True)
            for name in sets:
                make_practice_set(name, home, size=step_context.practice_size, progress=step_context.progress or no_progress)
        except OSError as error:
            raise WorkspaceError("make-practice-data.failed", detail=str(error), folder=str(home)) from error
    step_context.folders[DATA_FOLDER] = home


@action("create-database")
def create_database(step_context: StepContext) -> None:
    """Make the application's DICOM database; one that is open stays."""
    if step_context.workspace.database_folder() is None:
        step_context.workspace.create_database()


@action("import-data")
def import_data(step_context: StepContext, series: list[SeriesName]) -> None:
    """Import the folders in which the series lie, the ones already in the database left alone.

    Raises WorkspaceError where no folder holds them, and what ``import_folder`` raises.
    """
    missing = [role for role in series if not step_context.series(role)]
    if not missing:
        return
    create_database(step_context)
    folders = [folder for role in missing for folder in _folders_with(step_context, role)]
    if not folders:
        raise WorkspaceError("import-data.no-folder", missing=missing)
    for folder in dict.fromkeys(folders):
        step_context.workspace.import_folder(folder, step_context.progress)


def series_at_hand(step_context: StepContext, role: str) -> bool:
    """Whether a series is in the database or in a folder the learner named."""
    return bool(step_context.series(role) or _folders_with(step_context, role))


def _folders_with(step_context: StepContext, role: str) -> list[Path]:
    """The folders of a series' files, so that nothing else comes along; empty where no known folder holds it."""
    for folder in step_context.folders.values():
        listed = {series.info.series_instance_uid: series for series in series_in_folder(folder)}
        fitting = series_of_role(step_context.tutorial.series[role], (series.info for series in listed.values()))
        if fitting:
            return sorted({path.parent for path in listed[fitting[0].series_instance_uid].files})
    return []


@action("enable-plugins")
def enable_plugins(step_context: StepContext, names: list[PluginName]) -> None:
    """Enable those of the plugins that this application has."""
    for plugin in step_context.workspace.plugins():
        if plugin.name in names and not plugin.enabled:
            step_context.workspace.set_plugin_enabled(plugin.name, True)


@action("load")
def load(step_context: StepContext, series: list[SeriesName]) -> None:
    """Load those of the series that are not loaded yet, each by the offer that is selected for it."""
    for role in series:
        if not items_of(step_context, role):
            _load_one(step_context, role)


@action("load-sequence")
def load_sequence(step_context: StepContext, series: SeriesName) -> None:
    """Load a series as a sequence; what was loaded of it as a single volume gives way."""
    items = items_of(step_context, series)
    if any(item.frames > 1 for item in items):
        return
    for item in items:
        step_context.workspace.unload(item.node_id)
    _load_one(step_context, series)


def _load_one(step_context: StepContext, role: str) -> None:
    found = step_context.series(role)
    if not found:
        raise WorkspaceError("in-database.none", missing=[role])
    step_context.workspace.load_series(found[0].series_instance_uid, progress=step_context.progress)
