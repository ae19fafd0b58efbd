"""The files of the series that a tutorial speaks of, in the database or, before they are imported, in the learner's folders."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import StepContext
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


def files_of_role(step_context: StepContext, role: str) -> tuple[Path, ...]:
    """The files of the largest series that answers to a name. Raises WorkspaceError where none is at hand."""
    for found in step_context.series(role):
        files = step_context.workspace.files_of_series(found.series_instance_uid)
        if files:
            return tuple(files)
    for folder in step_context.folders.values():
        listed = {series.info.series_instance_uid: series for series in series_in_folder(folder)}
        fitting = series_of_role(step_context.tutorial.series[role], (series.info for series in listed.values()))
        if fitting:
            return listed[fitting[0].series_instance_uid].files
    raise WorkspaceError("data-at-hand.none")


def files_of_series(step_context: StepContext) -> list[tuple[Path, ...]]:
    """The files of every series at hand, one group a series. Raises WorkspaceError for none."""
    workspace = step_context.workspace
    listed = [series for patient in workspace.patients() for series in patient.series]
    groups = [tuple(workspace.files_of_series(series.series_instance_uid)) for series in listed]
    if not any(groups):
        groups = [series.files for folder in step_context.folders.values() for series in series_in_folder(folder)]
    groups = [group for group in groups if group]
    if not groups:
        raise WorkspaceError("data-at-hand.none")
    return groups
