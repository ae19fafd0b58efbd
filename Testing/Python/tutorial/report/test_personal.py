"""A page that is handed in says nothing of a person: what is looked for in which series, and what is put in its place."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from fake_workspace import FakeWorkspace
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.tutorial.report import personal
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep
from DICOMTutorialHelperLib.tutorial.report.personal import (
    LEFT_OUT,
    personal_values,
    personal_values_in_database,
    without_personal_values,
)
from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow


@pytest.fixture
def written(tmp_path):
    """Write a CT slice with these elements; answers its path."""

    def written(name, **elements):
        return write(slice_dataset(0, **elements), tmp_path / name)

    return written


def test_values_of_a_person_are_those_of_the_tables(written, tmp_path):
    path = written(
        "a.dcm", PatientName="Souza^Ana", PatientID=" 4711 ", InstitutionName="Clinic", Manufacturer="Maker", StudyID=""
    )
    (tmp_path / "note.txt").write_text("x", encoding="utf-8")
    values = personal_values([tmp_path / "note.txt", path, tmp_path / "nowhere.dcm"], "en")
    assert {"Souza^Ana", "4711", "Clinic"} <= values
    assert "" not in values and "Maker" not in values and not any(value != value.strip() for value in values)
    assert not any(value.startswith(("1.2.", "2.25.")) for value in values), "UIDs are technical"


def test_series_about_nobody_are_not_looked_at(written, tmp_path, monkeypatch):
    files = {
        "person": [written("p.dcm", PatientName="Souza^Ana")],
        "practice": [written("q.dcm", PatientName="Practice^Q", QualityControlSubject="YES")],
        "removed": [written("r.dcm", PatientName="Removed^R", PatientIdentityRemoved="YES")],
        "kept": [written("k.dcm", PatientName="Kept^K", PatientIdentityRemoved="NO")],
        "empty": [],
        "damaged": [tmp_path / "nowhere.dcm"],
    }
    series = [SimpleNamespace(series_instance_uid=name) for name in files]
    workspace = SimpleNamespace(patients=lambda: [SimpleNamespace(series=series)], files_of_series=files.get)
    values = personal_values_in_database(workspace, "en")
    assert {"Souza^Ana", "Kept^K"} <= values and not {"Practice^Q", "Removed^R"} & values
    asked = []
    monkeypatch.setattr(personal, "personal_values", lambda paths, language: asked.append(list(paths)) or {language})
    assert personal_values_in_database(workspace, "fr") == {"fr"}
    assert {path.name for path in asked[0]} == {"p.dcm", "k.dcm", "nowhere.dcm"}, "what cannot be read may be about somebody"


@pytest.mark.parametrize(
    ("count", "looked_at"),
    [
        (1, [0, 0]),
        (4, [0, 1, 2, 3, 3]),
        (7, [0, 1, 2, 3, 4, 5, 6, 6]),
        (8, [0, 2, 4, 6, 7]),
        (9, [0, 2, 4, 6, 8, 8]),
        (12, [0, 3, 6, 9, 11]),
    ],
)
def test_of_large_series_some_files_from_first_to_last(monkeypatch, count, looked_at):
    assert personal.MOST_FILES == 200
    monkeypatch.setattr(personal, "MOST_FILES", 4)
    monkeypatch.setattr(personal, "_is_about_a_person", lambda path: path == 0)
    asked = []
    monkeypatch.setattr(personal, "personal_values", lambda paths, language: asked.extend(paths) or set())
    workspace = SimpleNamespace(
        patients=lambda: [SimpleNamespace(series=[SimpleNamespace(series_instance_uid="x")])],
        files_of_series=lambda uid: list(range(count)),
    )
    personal_values_in_database(workspace, "en")
    assert asked == looked_at


def test_an_empty_database_says_nothing():
    assert personal_values_in_database(FakeWorkspace(), "en") == set()


def captured(*cells, note=""):
    table = DataTable("T", ("h",) * len(cells), (DataTableRow(cells, 1, True),), "mark", note) if cells else None
    return CapturedStep(data_table=table)


def test_whole_cells_and_parts_are_left_out():
    values = {"Ana", "Ana Souza", "M", "12"}
    steps = {
        "a": captured("Ana Souza", " M ", "for Ana and Ana Souza", "12", "12 M 123", "Anatomy", note="Note."),
        "b": captured("Maker"), "c": captured(),
    }  # fmt: skip
    found = without_personal_values(steps, values, "en")
    table = found["a"].data_table
    assert table.rows[0].cells == (LEFT_OUT, LEFT_OUT, "for ••• and •••", LEFT_OUT, "12 M 123", "•••tomy")
    assert table.rows[0].marked and table.title == "T" and table.note.startswith("Note. ") and LEFT_OUT in table.note[6:]
    assert found["b"] == steps["b"] and found["c"] == steps["c"]
    plain = without_personal_values({"a": captured("Ana")}, values, "en")["a"].data_table
    assert plain.note and not plain.note.startswith(" ") and plain.note == table.note[6:]
