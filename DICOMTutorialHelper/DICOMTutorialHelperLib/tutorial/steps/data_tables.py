"""Exhibits: tables of the learner's own data that a step shows beside its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.tutorial.messages import name_of, sentence
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import Situation, exhibit
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.workspace.interface import PatientInfo, StudyInfo, WorkspaceError


@dataclass(frozen=True)
class ExhibitRow:
    """One row. ``depth`` indents it (a series below its study); ``marked`` lifts it out (personal data, the row to choose)."""

    cells: tuple[str, ...]
    depth: int = 0
    marked: bool = False


@dataclass(frozen=True)
class Exhibit:
    """A table in the reader's language. ``mark`` says what a marked row means, "" where none is."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[ExhibitRow, ...]
    mark: str = ""
    note: str = ""
    values: dict[str, tuple[float, ...]] = field(default_factory=dict)


@exhibit("data-model")
def data_model(situation: Situation) -> Exhibit:
    """Patients, studies and series of the database, or of the data folder while nothing is imported."""
    say = _speaker(situation)
    patients = situation.workspace.patients() or _patients_in_folders(situation)
    if not patients:
        raise WorkspaceError("data-at-hand.none")
    rows = []
    for patient in patients:
        rows.append(ExhibitRow((say("exhibit.patient"), patient.name or say("exhibit.no-name"), patient.patient_id, "")))
        for study in patient.studies:
            rows.append(ExhibitRow((say("exhibit.study"), study.description, _short(study.study_instance_uid), ""), 1))
            rows += [
                ExhibitRow(
                    (say("exhibit.series"), series.description, _short(series.series_instance_uid), str(series.instance_count)), 2
                )
                for series in study.series
            ]
    columns = tuple(say(f"exhibit.column.{name}") for name in ("level", "description", "identifier", "instances"))
    return Exhibit(say("exhibit.data-model"), columns, tuple(rows))


@exhibit("header")
def header(situation: Situation, series: list[str], keywords: list[str]) -> Exhibit:
    """Chosen elements of a real instance, in the order of the tutorial's groups."""
    from DICOMTutorialHelperLib.explore.headers import header_rows

    say = _speaker(situation)
    path = _instance(situation, series)
    rows = tuple(
        ExhibitRow((f"({row.tag})", row.name, row.value))
        for row in header_rows(path, situation.workspace.language())
        if row.depth == 0 and row.keyword in keywords
    )
    columns = tuple(say(f"exhibit.column.{name}") for name in ("tag", "attribute", "value"))
    return Exhibit(say("exhibit.header"), columns, rows, note=say("exhibit.file", file=path.name))


@exhibit("privacy")
def privacy(situation: Situation, series: list[str]) -> Exhibit:
    """The header of a real instance with what identifies a person marked; what its own record declares as replaced is not."""
    from DICOMTutorialHelperLib.explore.headers import header_rows
    from DICOMTutorialHelperLib.explore.privacy import grade_of, privacy_report

    say = _speaker(situation)
    path = _instance(situation, series)
    report = privacy_report(path)
    personal = {item.path for item in report.found if grade_of(item.category) != "technical"}
    rows = tuple(
        ExhibitRow((f"({row.tag})", row.name, row.value), marked=row.path in personal)
        for row in header_rows(path, situation.workspace.language())
        if row.group in ("study", "patient", "image") and row.depth == 0 and row.value and row.vr not in ("UI", "SQ")
    )
    columns = tuple(say(f"exhibit.column.{name}") for name in ("tag", "attribute", "value"))
    note = say("exhibit.privacy-declared") if report.declared else say("exhibit.file", file=path.name)
    return Exhibit(say("exhibit.privacy"), columns, rows, mark=say("exhibit.privacy-mark"), note=note)


@exhibit("offers")
def offers(situation: Situation, series: list[str]) -> Exhibit:
    """What every enabled plugin makes of the series, and which row would be loaded."""
    say = _speaker(situation)
    rows = []
    for role in series:
        for found in situation.series(role)[:1]:
            rows.append(ExhibitRow((name_of(role, situation.workspace.language()), found.description, "", "")))
            rows += [
                ExhibitRow((offer.plugin, offer.name, _frames(offer.frames), f"{offer.confidence:.2f}"), 1, offer.selected)
                for offer in situation.workspace.offers(found.series_instance_uid)
            ]
    if not rows:
        raise WorkspaceError("in-database.none", missing=series)
    columns = tuple(say(f"exhibit.column.{name}") for name in ("plugin", "offer", "frames", "confidence"))
    return Exhibit(say("exhibit.offers"), columns, tuple(rows), mark=say("exhibit.offers-mark"))


@exhibit("loaded")
def loaded(situation: Situation) -> Exhibit:
    """What is in the scene: size, frames, and the series it came from."""
    say = _speaker(situation)
    rows = tuple(
        ExhibitRow((item.name, item.modality, " × ".join(str(size) for size in item.dimensions), _frames(item.frames)))
        for item in situation.workspace.loaded()
    )
    if not rows:
        raise WorkspaceError("exhibit.nothing-loaded")
    columns = tuple(say(f"exhibit.column.{name}") for name in ("name", "modality", "size", "frames"))
    return Exhibit(say("exhibit.loaded"), columns, rows)


@exhibit("curve")
def curve(situation: Situation, series: str) -> Exhibit:
    """The values of the time-intensity curve plotted last."""
    say = _speaker(situation)
    nodes = {item.node_id for item in items_of(situation, series)}
    curves = [curve for curve in situation.workspace.time_curves() if curve.node_id in nodes]
    if not curves:
        raise WorkspaceError("curve-plotted.not", series=series)
    last = curves[-1]
    rows = tuple(
        ExhibitRow((str(frame + 1), f"{moment:g}", f"{value:.0f}"))
        for frame, (moment, value) in enumerate(zip(last.times, last.values))
    )
    columns = (
        say("exhibit.column.frame"),
        _with_unit(say("exhibit.column.time"), last.unit),
        _with_unit(say("exhibit.column.intensity"), last.value_unit),
    )
    return Exhibit(say("exhibit.curve"), columns, rows, values={"times": last.times, "values": last.values})


def _speaker(situation: Situation):
    language = situation.workspace.language()
    return lambda key, **fields: sentence(key, language, **fields)


def _with_unit(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit else title


def _frames(count: int) -> str:
    return str(count) if count else "?"


def _short(uid: str) -> str:
    """The end of a UID, where UIDs differ."""
    return uid if len(uid) <= 24 else f"…{uid[-22:]}"


def _instance(situation: Situation, roles: list[str]) -> Path:
    """The middle file of the first of the series that is at hand: the slice most likely to show something."""
    for role in roles:
        for found in situation.series(role):
            files = situation.workspace.files_of_series(found.series_instance_uid)
            if files:
                return files[len(files) // 2]
    for role in roles:
        for folder in situation.folders.values():
            files = _files_in_folder(situation, folder, role)
            if files:
                return files[len(files) // 2]
    raise WorkspaceError("data-at-hand.none")


def _files_in_folder(situation: Situation, folder: Path, role: str) -> Optional[tuple[Path, ...]]:
    listed = {series.info.series_instance_uid: series for series in series_in_folder(folder)}
    fitting = series_of_role(situation.tutorial.series[role], (series.info for series in listed.values()))
    return listed[fitting[0].series_instance_uid].files if fitting else None


def _patients_in_folders(situation: Situation) -> tuple[PatientInfo, ...]:
    """A data model of the data folders; the patient's name is not asked for here, the study holds them together."""
    studies: dict[str, list] = {}
    for folder in situation.folders.values():
        for series in series_in_folder(folder):
            studies.setdefault(series.info.study_instance_uid, []).append(series.info)
    return tuple(
        PatientInfo(key=uid, studies=(StudyInfo(uid, series=tuple(series)),)) for uid, series in studies.items()
    )
