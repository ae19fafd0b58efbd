"""A page to hand in that leaves out what the learner's own images say of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
from DICOMTutorialHelperLib.explore.headers import header_rows
from DICOMTutorialHelperLib.explore.privacy import grade_of
from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep
from DICOMTutorialHelperLib.tutorial.steps.data_tables import DataTable

LEFT_OUT = "•••"
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
