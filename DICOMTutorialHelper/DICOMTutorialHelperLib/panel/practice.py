"""From nothing to an image on the screen: make a practice set where it is missing, import it, load it, show it."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.data.published.recognition import PUBLISHED, RecognisedSet, recognise_folder
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.workspace.interface import FOUR_UP, LoadedItem, Workspace, WorkspaceError


def show_practice_set(
    name: str, workspace: Workspace, home: Path, size: str, jobs: Jobs, progress: Progress
) -> tuple[LoadedItem, ...]:
    """What is loaded of the data set afterwards, and on the screen. What is there already is not made or loaded again.

    Inside a job. Raises WorkspaceError, OSError, Cancelled.
    """
    found = jobs.in_thread(lambda report_progress: find_set(name, home, report_progress), progress)
    if found is None:
        make_set(name, home, size, jobs, progress)
        found = jobs.in_thread(lambda report_progress: find_set(name, home, report_progress), progress)
    return _import_load_show(found, workspace, progress)


def show_published_set(
    name: str, workspace: Workspace, home: Path, source: Optional[Path], jobs: Jobs, progress: Progress
) -> tuple[LoadedItem, ...]:
    """The same with the published images, from ``source`` (a ZIP file or a folder) or from the web. Raises DataError too."""
    from DICOMTutorialHelperLib.data.published.fetch import from_disk, from_web

    found = jobs.in_thread(lambda report_progress: find_set(name, home, report_progress, PUBLISHED), progress)
    if found is None:
        home.mkdir(parents=True, exist_ok=True)
        jobs.in_thread(
            lambda report_progress: (
                from_disk(name, Path(source), home, report_progress) if source else from_web(name, home, report_progress)
            ),
            progress,
        )
        found = jobs.in_thread(lambda report_progress: find_set(name, home, report_progress), progress)
    return _import_load_show(found, workspace, progress)


def _import_load_show(found: Optional[RecognisedSet], workspace: Workspace, progress: Progress) -> tuple[LoadedItem, ...]:
    if found is None:
        raise WorkspaceError("data-at-hand.none")
    import_set(found, workspace, progress)
    loaded = load_set(series_of(found), workspace, progress)
    show_items(loaded, workspace)
    return loaded


def find_set(name: str, home: Path, report_progress: Progress, origin: str = "") -> Optional[RecognisedSet]:
    """A whole data set of that name (and origin) below a folder, None for none. Touches files alone."""
    found = recognise_folder(home, report_progress) if home.is_dir() else []
    return next((one for one in found if one.name == name and one.whole and origin in ("", one.origin)), None)


def make_set(name: str, home: Path, size: str, jobs: Jobs, progress: Progress) -> None:
    home.mkdir(parents=True, exist_ok=True)
    jobs.in_thread(lambda report_progress: make_practice_set(name, home, size=size, progress=report_progress), progress)


def series_of(found: RecognisedSet) -> list[str]:
    """The series of a data set that are images to load."""
    return [series.facts.series_instance_uid for series in found.needed]


def import_set(found: RecognisedSet, workspace: Workspace, progress: Progress) -> None:
    """Import the folders of a data set's files, unless all of its series are in the database."""
    listed = {series.series_instance_uid for patient in workspace.patients() for series in patient.series}
    if listed.issuperset(series_of(found)):
        return
    if workspace.database_folder() is None:
        workspace.create_database()
    for folder in sorted({path.parent for path in found.files}):
        workspace.import_folder(folder, progress)


def load_set(uids: list[str], workspace: Workspace, progress: Progress) -> tuple[LoadedItem, ...]:
    """Load those of the series that are not loaded yet."""
    present = {item.series_instance_uid for item in workspace.loaded()}
    for uid in uids:
        if uid not in present:
            workspace.load_series(uid, progress=progress)
    return tuple(item for item in workspace.loaded() if item.series_instance_uid in uids)


def show_items(items: tuple[LoadedItem, ...], workspace: Workspace) -> None:
    """One volume in four views, several side by side."""
    if len(items) == 1:
        workspace.set_layout(FOUR_UP)
        workspace.show_volume(items[0].node_id)
    elif items:
        workspace.compare([item.node_id for item in items])
