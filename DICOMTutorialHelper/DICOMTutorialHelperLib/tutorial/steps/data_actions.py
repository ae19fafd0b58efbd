"""Actions that get data, import it and load it for the learner."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import Situation, action
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

DATA_FOLDER = "SlicerData"  # the tutorial's own name for the folder that takes the data sets


@action("make-practice-data")
def make_practice_data(situation: Situation, sets: list[str], series: list[str]) -> None:
    """Make practice data sets in the learner's SlicerData folder, unless the series are there already."""
    from DICOMTutorialHelperLib.progress import no_progress
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    home = situation.folders.get(DATA_FOLDER) or Path.home() / DATA_FOLDER
    listed = [found.info for found in series_in_folder(home)]
    if not all(series_of_role(situation.tutorial.series[role], listed) for role in series):
        try:
            home.mkdir(parents=True, exist_ok=True)
            for name in sets:
                make_practice_set(name, home, size=situation.practice_size, progress=situation.progress or no_progress)
        except OSError as error:
            raise WorkspaceError("make-practice-data.failed", detail=str(error), folder=str(home)) from error
    situation.folders[DATA_FOLDER] = home


@action("create-database")
def create_database(situation: Situation) -> None:
    if situation.workspace.database_folder() is None:
        situation.workspace.create_database()


@action("import-data")
def import_data(situation: Situation, series: list[str]) -> None:
    """Import the folders in which the series lie, the ones already in the database left alone."""
    missing = [role for role in series if not situation.series(role)]
    if not missing:
        return
    create_database(situation)
    folders = [folder for role in missing for folder in _folders_with(situation, role)]
    if not folders:
        raise WorkspaceError("import-data.no-folder", missing=missing)
    for folder in dict.fromkeys(folders):
        situation.workspace.import_folder(folder, situation.progress)


def series_at_hand(situation: Situation, role: str) -> bool:
    """Whether a series is in the database or in a folder the learner named."""
    return bool(situation.series(role) or _folders_with(situation, role))


def _folders_with(situation: Situation, role: str) -> list[Path]:
    """The folders of a series' files, so that nothing else comes along; empty where no known folder holds it."""
    for folder in situation.folders.values():
        listed = {series.info.series_instance_uid: series for series in series_in_folder(folder)}
        fitting = series_of_role(situation.tutorial.series[role], (series.info for series in listed.values()))
        if fitting:
            return sorted({path.parent for path in listed[fitting[0].series_instance_uid].files})
    return []


@action("enable-plugins")
def enable_plugins(situation: Situation, names: list[str]) -> None:
    """Enable those of the plugins that this application has."""
    for plugin in situation.workspace.plugins():
        if plugin.name in names and not plugin.enabled:
            situation.workspace.set_plugin_enabled(plugin.name, True)


@action("load")
def load(situation: Situation, series: list[str]) -> None:
    """Load those of the series that are not loaded yet, each by the offer that is selected for it."""
    for role in series:
        if not items_of(situation, role):
            _load_one(situation, role)


@action("load-sequence")
def load_sequence(situation: Situation, series: str) -> None:
    """Load a series as a sequence; what was loaded of it as a single volume gives way."""
    items = items_of(situation, series)
    if any(item.frames > 1 for item in items):
        return
    for item in items:
        situation.workspace.unload(item.node_id)
    _load_one(situation, series)


def _load_one(situation: Situation, role: str) -> None:
    found = situation.series(role)
    if not found:
        raise WorkspaceError("in-database.none", missing=[role])
    situation.workspace.load_series(found[0].series_instance_uid, progress=situation.progress)
