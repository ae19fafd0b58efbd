"""Series that somebody may have written of what is loaded: where they are looked for, and which say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import StepContext
from DICOMTutorialHelperLib.workspace.interface import LoadedItem

LARGEST_SHIFT_MM = 0.01  # what loading promises
EXPORT_FOLDER = "exported"


@dataclass(frozen=True)
class ExportedSeries:
    """A series that somebody may have written of what is loaded."""

    study_instance_uid: str
    series_instance_uid: str
    files: tuple[Path, ...]

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self.files[0].parent


def difference_of(step_context: StepContext, item: LoadedItem, found: ExportedSeries) -> tuple[float, float]:
    """(corners in mm, values) by which what was found differs at most; read once a series, for checks look at every change."""
    kept = step_context.notes.setdefault("compared", {})
    key = "|".join((item.node_id, item.series_instance_uid, found.series_instance_uid, str(len(found.files))))
    if key not in kept:
        difference = step_context.workspace.compare_with_dicom(item.node_id, found.files)
        kept[key] = [min(difference.corners_mm, 1e9), min(difference.values, 1e9)]  # JSON knows no infinity
    return kept[key][0], kept[key][1]


def exported_candidates(step_context: StepContext, item: LoadedItem) -> Iterator[ExportedSeries]:
    """Series of the same study as a loaded one's that may have been written of it: in the export folder, the database, or below
    the folders that the learner named."""
    workspace = step_context.workspace
    listed = [(study, series) for patient in workspace.patients() for study in patient.studies for series in study.series]
    study_uid = next(
        (study.study_instance_uid for study, series in listed if series.series_instance_uid == item.series_instance_uid), ""
    )
    most = item.dimensions[2] * item.frames
    seen = {item.series_instance_uid}
    for found in (*_written(step_context), *_in_database(step_context), *_in_folders(step_context)):
        likely = found.study_instance_uid == study_uid and len(found.files) <= most
        if likely and found.series_instance_uid not in seen:
            seen.add(found.series_instance_uid)
            yield found


def _written(step_context: StepContext) -> list[ExportedSeries]:
    return _series_below(export_folder(step_context))


def _in_database(step_context: StepContext) -> Iterator[ExportedSeries]:
    workspace = step_context.workspace
    for patient in workspace.patients():
        for study in patient.studies:
            for series in study.series:
                files = tuple(workspace.files_of_series(series.series_instance_uid))
                if files:
                    yield ExportedSeries(study.study_instance_uid, series.series_instance_uid, files)


def _in_folders(step_context: StepContext) -> Iterator[ExportedSeries]:
    for folder in step_context.folders.values():
        yield from _series_below(folder)


def _series_below(folder: Path) -> list[ExportedSeries]:
    return [
        ExportedSeries(one.info.study_instance_uid, one.info.series_instance_uid, one.files) for one in series_in_folder(folder)
    ]


def export_folder(step_context: StepContext) -> Path:
    """Where the action writes what it exports."""
    return results_folder(step_context, EXPORT_FOLDER)


def lies_below(folder: Path, parent: Path) -> bool:
    """Whether a folder is another one, or lies in it."""
    return parent == folder or parent in folder.parents


def exported_series(step_context: StepContext, series: Iterable[str]) -> list[ExportedSeries]:
    """What was exported: what says the same as a loaded volume; where nothing does, as after a new start of the application, what
    lies in the export folder."""
    found: dict[str, ExportedSeries] = {}
    for item in (item for role in series for item in items_of(step_context, role)):
        for one in exported_candidates(step_context, item):
            corners, values = difference_of(step_context, item, one)
            if corners <= LARGEST_SHIFT_MM and values == 0:
                found.setdefault(one.series_instance_uid, one)
    return list(found.values()) or _written(step_context)
