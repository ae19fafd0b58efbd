"""Data tables: tables of the learner's own data that a step shows beside its text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Optional

from DICOMTutorialHelperLib.messages import number_text
from DICOMTutorialHelperLib.tutorial.messages import message, name_of
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import FolderSeries, series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import Keyword, SeriesName, StepContext, data_table
from DICOMTutorialHelperLib.tutorial.steps.series_files import files_of_role
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable, DataTableRow
from DICOMTutorialHelperLib.workspace.interface import PatientInfo, SeriesInfo, StudyInfo, TimeCurve, WorkspaceError

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.explore.headers import HeaderRow

ARRIVED = 0.1  # of its height: a curve has begun to rise


@data_table("data-model")
def data_model(step_context: StepContext) -> DataTable:
    """Patients, studies and series of the database, or of the data folder while nothing is imported.

    Raises WorkspaceError where there is nothing at hand.
    """
    message = _messages_in(step_context)
    patients = step_context.workspace.patients() or _patients_in_folders(step_context)
    if not patients:
        raise WorkspaceError("data-at-hand.none")
    rows = []
    for patient in patients:
        rows.append(DataTableRow((message("table.patient"), patient.name or message("table.no-name"), "", patient.patient_id)))
        for study in patient.studies:
            rows.append(DataTableRow((message("table.study"), study.description, "", short_uid(study.study_instance_uid)), 1))
            rows += [
                DataTableRow(
                    (
                        message("table.series"),
                        series.description,
                        number_text(series.instance_count, step_context.workspace.language()),
                        short_uid(series.series_instance_uid),
                    ),
                    2,
                )
                for series in study.series
            ]
    columns = tuple(message(f"table.column.{name}") for name in ("level", "description", "instances", "identifier"))
    return DataTable(message("table.data-model"), columns, tuple(rows))


@data_table("header")
def header(step_context: StepContext, series: list[SeriesName], keywords: list[Keyword]) -> DataTable:
    """Chosen elements of a real instance, in the order of their tags."""
    from DICOMTutorialHelperLib.explore.headers import header_rows

    message = _messages_in(step_context)
    path = instance_of(step_context, series)
    rows = tuple(
        DataTableRow((f"({row.tag})", row.name, row.value), explanation=row.explanation)
        for row in sorted(header_rows(path, step_context.workspace.language()), key=by_tag)
        if row.depth == 0 and row.keyword in keywords
    )
    columns = tuple(message(f"table.column.{name}") for name in ("tag", "attribute", "value"))
    return DataTable(message("table.header"), columns, rows, note=message("table.file", file=path.name))


@data_table("privacy")
def privacy(step_context: StepContext, series: list[SeriesName]) -> DataTable:
    """The header of a real instance with what identifies a person marked, unique identifiers, which lead back to the archive,
    too; what its own record declares as replaced is not marked."""
    from DICOMTutorialHelperLib.explore.headers import header_rows
    from DICOMTutorialHelperLib.explore.privacy import privacy_report

    message = _messages_in(step_context)
    path = instance_of(step_context, series)
    report = privacy_report(path)
    personal = {item.path for item in report.found}
    rows = tuple(
        DataTableRow((f"({row.tag})", row.name, row.value), marked=row.path in personal, explanation=row.explanation)
        for row in sorted(header_rows(path, step_context.workspace.language()), key=by_tag)
        if row.group in ("study", "patient", "image") and row.depth == 0 and row.value and row.vr != "SQ"
    )
    columns = tuple(message(f"table.column.{name}") for name in ("tag", "attribute", "value"))
    note = message("table.privacy-declared") if report.declared else message("table.file", file=path.name)
    return DataTable(message("table.privacy"), columns, rows, mark=message("table.privacy-mark"), note=note)


@data_table("offers")
def offers(step_context: StepContext, series: list[SeriesName]) -> DataTable:
    """What every enabled plugin makes of the series, and which row would be loaded.

    Raises WorkspaceError where none is in the database.
    """
    message = _messages_in(step_context)
    rows = []
    for role in series:
        for found in step_context.series(role)[:1]:
            rows.append(DataTableRow((name_of(role, step_context.workspace.language()), found.description, "", "")))
            rows += [
                DataTableRow(
                    (
                        offer.plugin,
                        offer.name,
                        _frames(offer.frames),
                        number_text(offer.confidence, step_context.workspace.language(), 2),
                    ),
                    1,
                    offer.selected,
                )
                for offer in step_context.workspace.offers(found.series_instance_uid)
            ]
    if not rows:
        raise WorkspaceError("in-database.none", missing=series)
    columns = tuple(message(f"table.column.{name}") for name in ("plugin", "offer", "frames", "confidence"))
    return DataTable(message("table.offers"), columns, tuple(rows), mark=message("table.offers-mark"))


@data_table("loaded")
def loaded(step_context: StepContext) -> DataTable:
    """What is in the scene: size, frames, and the series it came from. Raises WorkspaceError where nothing is."""
    message = _messages_in(step_context)
    rows = tuple(
        DataTableRow((item.name, item.modality, " × ".join(str(size) for size in item.dimensions), _frames(item.frames)))
        for item in step_context.workspace.loaded()
    )
    if not rows:
        raise WorkspaceError("table.nothing-loaded")
    columns = tuple(message(f"table.column.{name}") for name in ("name", "modality", "size", "frames"))
    return DataTable(message("table.loaded"), columns, rows)


@data_table("curve")
def curve(step_context: StepContext, series: SeriesName) -> DataTable:
    """The last two time-intensity curves: signal and percent enhancement over the first frame, time point by time point.

    The row before the strongest curve begins to rise is marked: the contrast agent arrives after it.

    Raises WorkspaceError where there is none.
    """
    message, language = _messages_in(step_context), step_context.workspace.language()
    nodes = {item.node_id for item in items_of(step_context, series)}
    curves = [curve for curve in step_context.workspace.time_curves() if curve.node_id in nodes][-2:]
    if not curves:
        raise WorkspaceError("curve-plotted.not", series=series)
    percents = [_enhancement(curve) for curve in curves]
    names = [_place_name(curve, number, language) for number, curve in enumerate(curves, start=1)]
    arrival = _arrival(max(percents, key=max))
    times = curves[0].times
    rows = tuple(
        DataTableRow(
            (
                number_text(frame + 1, language),
                number_text(times[frame], language),
                *(
                    cell
                    for curve, percent in zip(curves, percents)
                    for cell in (
                        number_text(curve.values[frame], language, 0),
                        number_text(percent[frame], language, 0),
                    )
                ),
            ),
            marked=frame == arrival,
        )
        for frame in range(len(times))
    )
    columns = (
        message("table.column.frame"),
        _with_unit(message("table.column.time"), curves[0].unit),
        *(
            column
            for number in range(1, len(curves) + 1)
            for column in (
                message("table.column.signal", number=number),
                _with_unit(message("table.column.enhancement", number=number), "%"),
            )
        ),
    )
    chart = Chart(
        times=times,
        lines=tuple(zip(names, percents)),
        time_axis=columns[1],
        value_axis=message("curve.enhancement"),
        mark=(times[arrival], message("curve.arrival")) if arrival is not None else None,
    )
    note = message("table.curve-places", places=" · ".join(names))
    return DataTable(message("table.curve"), columns, rows, mark=message("table.curve-mark"), note=note, chart=chart)


def _enhancement(curve: TimeCurve) -> tuple[float, ...]:
    """Percent by which the signal lies above the first frame's; the signal itself where that is 0."""
    base = curve.values[0]
    return tuple((value - base) / base * 100 if base else value for value in curve.values)


def _arrival(percent: tuple[float, ...]) -> Optional[int]:
    """The last time point before a curve has risen by a tenth of its height; None for a curve that does not rise."""
    risen = [frame for frame, value in enumerate(percent) if max(percent) > 0 and value >= ARRIVED * max(percent)]
    return risen[0] - 1 if risen and risen[0] else None


def _place_name(curve: TimeCurve, number: int, language: str) -> str:
    """``1: R 41, A 63, S 4 mm``: where a curve was measured, in RAS."""
    place = ", ".join(f"{letter}\u00a0{number_text(part, language, 0)}" for letter, part in zip("RAS", curve.center_ras))
    return message("curve.place", language, number=number, place=place)


def _messages_in(step_context: StepContext):
    language = step_context.workspace.language()
    return lambda key, **fields: message(key, language, **fields)


def _with_unit(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit else title


def _frames(count: int) -> str:
    return str(count) if count else "?"


def by_tag(row: HeaderRow) -> str:
    """What sorts rows of a header as a file has them."""
    return row.tag


def short_uid(uid: str) -> str:
    """The end of a UID, where UIDs differ."""
    return uid if len(uid) <= 24 else f"…{uid[-22:]}"


def instance_of(step_context: StepContext, roles: list[str]) -> Path:
    """The middle file of the first of the series that is at hand: the slice most likely to show something.

    Raises WorkspaceError where none is.
    """
    for role in roles:
        try:
            files = files_of_role(step_context, role)
        except WorkspaceError:
            continue
        return files[len(files) // 2]
    raise WorkspaceError("data-at-hand.none")


def _patients_in_folders(step_context: StepContext) -> tuple[PatientInfo, ...]:
    """A data model of the data folders."""
    patients: dict[tuple[str, ...], list[FolderSeries]] = {}
    for folder in step_context.folders.values():
        for series in series_in_folder(folder):
            patients.setdefault(series.patient, []).append(series)
    return tuple(_patient(key, series) for key, series in patients.items())


def _patient(key: tuple[str, ...], listed: list[FolderSeries]) -> PatientInfo:
    studies: dict[str, list[SeriesInfo]] = {}
    for series in listed:
        studies.setdefault(series.info.study_instance_uid, []).append(series.info)
    found = tuple(StudyInfo(uid, series=tuple(series)) for uid, series in studies.items())
    return PatientInfo("|".join(key), listed[0].patient_id, listed[0].patient_name, found)
