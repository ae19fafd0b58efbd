"""Exhibits over all of a learner's series: how FAIR they are, what kinds of objects they hold, and the cohort among them."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.languages import texts
from DICOMTutorialHelperLib.tutorial.messages import sentence
from DICOMTutorialHelperLib.tutorial.steps.data_tables import Exhibit, ExhibitRow
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import Situation, exhibit
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

COHORT_COLUMNS = ("Modality", "SeriesDescription", "SliceThickness", "SeriesInstanceUID")


@exhibit("fair")
def fair(situation: Situation) -> Exhibit:
    """Under each of the four words, what the learner's series have and what they lack; what is missing is marked."""
    from DICOMTutorialHelperLib.explore.fair import PRESENT, PRINCIPLES, fair_report

    language = situation.workspace.language()
    words = texts("fair", language)
    report = fair_report(_first_files(situation))
    rows = []
    for principle in PRINCIPLES:
        rows.append(ExhibitRow((words[principle], "", "")))
        rows += [
            ExhibitRow(
                (words[item.key], words[f"status.{item.status}"], words[f"{item.key}.evidence"].format(**item.evidence)),
                depth=1,
                marked=item.status != PRESENT,
            )
            for item in report.items
            if item.principle == principle
        ]
    columns = tuple(sentence(f"exhibit.column.{name}", language) for name in ("what", "there", "evidence"))
    title, mark = sentence("exhibit.fair", language), sentence("exhibit.fair-mark", language)
    return Exhibit(title, columns, tuple(rows), mark=mark)


@exhibit("kinds")
def kinds(situation: Situation) -> Exhibit:
    """What kinds of objects the learner's series are."""
    from DICOMTutorialHelperLib.explore.data_model import data_model
    from DICOMTutorialHelperLib.explore.object_types import class_name, count_kinds

    language = situation.workspace.language()
    words = texts("kinds", language)
    rows = tuple(
        ExhibitRow((words[f"kind.{count.kind}"], class_name(count.sop_class_uid), str(len(count.series))))
        for count in count_kinds(data_model(_first_files(situation)))
    )
    columns = tuple(sentence(f"exhibit.column.{name}", language) for name in ("kind", "sop-class", "series"))
    return Exhibit(sentence("exhibit.kinds", language), columns, rows)


@exhibit("cohort")
def cohort(situation: Situation, where: str) -> Exhibit:
    """One row a series; those that a condition on the header chooses are marked."""
    from DICOMTutorialHelperLib.explore.cohort import cell_text
    from DICOMTutorialHelperLib.explore.cohort import cohort as read_cohort

    language = situation.workspace.language()
    files = _first_files(situation)
    chosen = {row[-1] for row in read_cohort(files, where, COHORT_COLUMNS).rows}
    rows = tuple(
        ExhibitRow(tuple(cell_text(value) for value in row[:-1]), marked=row[-1] in chosen)
        for row in read_cohort(files, None, COHORT_COLUMNS).rows
    )
    mark = sentence("exhibit.cohort-mark", language, where=where)
    return Exhibit(sentence("exhibit.cohort", language), COHORT_COLUMNS[:-1], rows, mark=mark)


def _first_files(situation: Situation) -> list[Path]:
    """One file of every series at hand: in the database, or else in the learner's folders. Raises WorkspaceError for none."""
    workspace = situation.workspace
    listed = [series for patient in workspace.patients() for series in patient.series]
    groups = [workspace.files_of_series(series.series_instance_uid) for series in listed]
    if not groups:
        groups = [series.files for folder in situation.folders.values() for series in series_in_folder(folder)]
    files = [group[0] for group in groups if group]
    if not files:
        raise WorkspaceError("data-at-hand.none")
    return files
