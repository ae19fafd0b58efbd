"""A page to hand in that leaves out what the learner's own images say of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from DICOMTutorialHelperLib.explore.datasets import UnreadableFile, read_dataset, text_of
from DICOMTutorialHelperLib.explore.headers import header_rows
from DICOMTutorialHelperLib.explore.privacy_findings import grade_of
from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep
from DICOMTutorialHelperLib.tutorial.tables import DataTable
from DICOMTutorialHelperLib.workspace.interface import Workspace

LEFT_OUT = "•••"
MOST_FILES = 200
SHORTEST = 3  # letters; shorter values are only left out where they are a whole cell


def personal_values(files: Iterable[Path], language: str) -> set[str]:
    """What the headers of these files say of a person, as the tables write it; technical elements aside."""
    found: set[str] = set()
    for path in files:
        try:
            rows = header_rows(path, language)
        except UnreadableFile:
            continue
        found |= {row.value.strip() for row in rows if row.personal and grade_of(row.personal) != "technical"}
    return found - {""}


def personal_values_in_database(workspace: Workspace, language: str) -> set[str]:
    """The same of all series in a workspace's database that may be about a person: not practice data, not de-identified.

    Of series with more than MOST_FILES files, of so many from first to last.
    """
    files: list[Path] = []
    for patient in workspace.patients():
        for series in patient.series:
            members = workspace.files_of_series(series.series_instance_uid)
            if members and _is_about_a_person(members[0]):
                step = max(1, len(members) // MOST_FILES)
                files += [*members[::step], members[-1]]
    return personal_values(files, language)


def _is_about_a_person(path: Path) -> bool:
    try:
        header = read_dataset(path, ["QualityControlSubject", "PatientIdentityRemoved"], pixels=False)
    except UnreadableFile:
        return True
    return "YES" not in (text_of(header, "QualityControlSubject"), text_of(header, "PatientIdentityRemoved"))


def without_personal_values(captured: Mapping[str, CapturedStep], values: set[str], language: str) -> dict[str, CapturedStep]:
    """The same steps, personal values in their tables replaced by a sign, and the tables saying so."""
    ordered = sorted((value for value in values if len(value) >= SHORTEST), key=len, reverse=True)
    return {
        step_id: replace(step, data_table=_masked(step.data_table, values, ordered, language)) if step.data_table else step
        for step_id, step in captured.items()
    }


def _masked(table: DataTable, values: set[str], ordered: list[str], language: str) -> DataTable:
    rows = tuple(replace(row, cells=tuple(_mask(cell, values, ordered) for cell in row.cells)) for row in table.rows)
    if rows == table.rows:
        return table
    left_out = message("report.personal-left-out", language, sign=LEFT_OUT)
    return replace(table, rows=rows, note=" ".join(part for part in (table.note, left_out) if part))


def _mask(cell: str, values: set[str], ordered: list[str]) -> str:
    if cell.strip() in values:
        return LEFT_OUT
    for value in ordered:
        cell = cell.replace(value, LEFT_OUT)
    return cell
