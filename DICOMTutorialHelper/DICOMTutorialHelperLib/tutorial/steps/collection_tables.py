"""Data tables over all of a learner's series: how FAIR they are, what kinds of objects they hold, and the cohort among them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from DICOMTutorialHelperLib.messages import messages, number_text
from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import Condition, StepContext, data_table
from DICOMTutorialHelperLib.tutorial.steps.series_files import files_of_series
from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.explore.reports import ContentItem

REPORT, SEGMENTATION = "SR", "SEG"
MOST_DEPTH_SHOWN = 4
COHORT_COLUMNS = ("Modality", "SeriesDescription", "RepetitionTime", "SliceThickness", "SeriesInstanceUID")


@data_table("fair")
def fair(step_context: StepContext) -> DataTable:
    """Under each of the four words, what the learner's series have and what they lack; what is missing is marked."""
    from DICOMTutorialHelperLib.explore.fair import PRESENT, PRINCIPLES, evidence_text, fair_report

    language = step_context.workspace.language()
    words = messages("fair", language)
    report = fair_report([path for group in files_of_series(step_context) for path in group])
    rows = []
    for principle in PRINCIPLES:
        rows.append(DataTableRow((words[principle], "", "")))
        rows += [
            DataTableRow(
                (words[item.key], words[f"status.{item.status}"], evidence_text(item, words)),
                depth=1,
                marked=item.status != PRESENT,
            )
            for item in report.items
            if item.principle == principle
        ]
    columns = tuple(message(f"table.column.{name}", language) for name in ("what", "there", "evidence"))
    title, mark = message("table.fair", language), message("table.fair-mark", language)
    return DataTable(title, columns, tuple(rows), mark=mark)


@data_table("kinds")
def kinds(step_context: StepContext) -> DataTable:
    """What kinds of objects the learner's series are."""
    from DICOMTutorialHelperLib.explore.data_model import data_model
    from DICOMTutorialHelperLib.explore.object_types import count_object_types, sop_class_name

    language = step_context.workspace.language()
    words = messages("kinds", language)
    rows = tuple(
        DataTableRow((words[f"kind.{count.kind}"], sop_class_name(count.sop_class_uid), number_text(len(count.series), language)))
        for count in count_object_types(
            data_model([*_first_files(step_context), *_in_folders(step_context, (REPORT, SEGMENTATION))])
        )
    )
    columns = tuple(message(f"table.column.{name}", language) for name in ("kind", "sop-class", "series"))
    return DataTable(message("table.kinds", language), columns, rows)


@data_table("cohort")
def cohort(step_context: StepContext, where: Condition) -> DataTable:
    """One row a series; those that a condition on the header chooses are marked: the learner's own one, where one was typed.

    Raises WorkspaceError where no series is at hand, or the typed condition cannot be understood.
    """
    from DICOMTutorialHelperLib.explore.cohort import cell_text
    from DICOMTutorialHelperLib.explore.cohort import cohort as read_cohort
    from DICOMTutorialHelperLib.explore.expressions import ExpressionError

    language = step_context.workspace.language()
    files = _first_files(step_context)
    if step_context.typed:
        try:
            read_cohort([], step_context.typed, COHORT_COLUMNS)
            where = step_context.typed
        except ExpressionError as error:
            raise WorkspaceError("cohort.no-condition", detail=error.message(language)) from error
    chosen = {row[-1] for row in read_cohort(files, where, COHORT_COLUMNS).rows}
    rows = tuple(
        DataTableRow(tuple(_in_language(cell_text(value), value, language) for value in row[:-1]), marked=row[-1] in chosen)
        for row in read_cohort(files, None, COHORT_COLUMNS).rows
    )
    mark = message("table.cohort-mark", language, where=where)
    return DataTable(
        message("table.cohort", language), COHORT_COLUMNS[:-1], rows, mark=mark, note=_at_the_archive(where, language)
    )


def _at_the_archive(where: str, language: str) -> str:
    """What the Imaging Data Commons answers to the same question: by its index where that is installed, else the figure that was
    kept, with its date; "" for a question that neither answers."""
    from DICOMTutorialHelperLib.data.published.catalog import answer_of_idc
    from DICOMTutorialHelperLib.explore.expressions import ExpressionError
    from DICOMTutorialHelperLib.explore.idc_index import IdcIndex, IndexMissing

    try:
        answer = IdcIndex().ask(where, most_rows=0)
    except ExpressionError:
        return ""
    except IndexMissing:
        kept = answer_of_idc(where)
        return message("table.cohort-kept", language, **kept) if kept else ""
    figures = {"series": answer.series, "patients": answer.patients, "collections": len(answer.collections)}
    gigabytes = round(answer.megabytes / 1000)
    return message("table.cohort-idc", language, **figures, total=answer.total, gigabytes=gigabytes, version=answer.version)


@data_table("report")
def report(step_context: StepContext) -> DataTable:
    """What the structured report of the learner's images says, statement by statement (PS3.3 C.17.3).

    Raises WorkspaceError where there is none.
    """
    from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
    from DICOMTutorialHelperLib.explore.reports import read_report

    language = step_context.workspace.language()
    for path in _reports(step_context):
        try:
            content = read_report(path).content
        except (UnreadableFile, ValueError):
            continue
        rows = tuple(
            DataTableRow((item.name.meaning if item.name else "", _statement(item, language)), min(depth, MOST_DEPTH_SHOWN))
            for depth, item in content.walk()
            if item.name or item.text
        )
        columns = tuple(message(f"table.column.{name}", language) for name in ("attribute", "value"))
        return DataTable(message("table.report", language), columns, rows, note=message("table.file", language, file=path.name))
    raise WorkspaceError("table.no-report")


def _statement(item: ContentItem, language: str) -> str:
    if item.number is None:
        return item.text
    return f"{number_text(item.number, language)}\u00a0{item.code.meaning if item.code else ''}".strip()


def _reports(step_context: StepContext) -> list[Path]:
    """Structured reports at hand, those of the database first."""
    workspace = step_context.workspace
    listed = [series for patient in workspace.patients() for series in patient.series if series.modality == REPORT]
    groups = [workspace.files_of_series(series.series_instance_uid) for series in listed]
    return [*(group[0] for group in groups if group), *_in_folders(step_context, (REPORT,))]


def _in_folders(step_context: StepContext, modalities: tuple[str, ...]) -> list[Path]:
    """Reports, and the like, that lie beside the learner's images and belong to their studies, but are not in the database:
    whoever imports a series imports its images only."""
    patients = step_context.workspace.patients()
    imported = {series.series_instance_uid for patient in patients for series in patient.series}
    studies = {study.study_instance_uid for patient in patients for study in patient.studies}
    return [
        series.files[0]
        for folder in step_context.folders.values()
        for series in series_in_folder(folder)
        if series.info.modality in modalities
        and series.info.series_instance_uid not in imported
        and (series.info.study_instance_uid in studies or not studies)
    ]


def _first_files(step_context: StepContext) -> list[Path]:
    """One file of every series at hand. Raises WorkspaceError for none."""
    return [group[0] for group in files_of_series(step_context)]


def _in_language(text: str, value: object, language: str) -> str:
    """A number as the language writes it, whatever else as it stands."""
    return number_text(value, language) if isinstance(value, float) else text
