"""``fair`` and ``cohort`` as a new user runs them."""

from __future__ import annotations

import csv
import json

import pytest
from synthetic_series import MR, slice_dataset, write

from DICOMTutorialHelperLib.__main__ import main


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def folder(tmp_path):
    write(slice_dataset(0, SliceThickness="5"), tmp_path / "data" / "ct.dcm")
    write(slice_dataset(0, MR, SliceThickness="1", SeriesInstanceUID="1.9"), tmp_path / "data" / "mr.dcm")
    return tmp_path / "data"


def test_the_report_stands_under_the_four_words(folder, capsys):
    assert main(["fair", str(folder), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    places = [out.index(f"\n{word} ·") for word in ("Findable", "Accessible", "Interoperable", "Reusable")]
    assert places == sorted(places)
    assert max(len(line) for line in out.splitlines()) <= 100
    main(["fair", str(folder), "--lang", "fr"])
    assert "Identifiants uniques" in capsys.readouterr().out


def test_the_report_as_json(folder, capsys):
    main(["fair", str(folder), "--json"])
    items = {item["key"]: item["status"] for item in json.loads(capsys.readouterr().out)["items"]}
    assert items["identifiers"] == "present"


def test_a_cohort_is_filtered_and_shown(folder, capsys):
    assert (
        main(["cohort", str(folder), "--where", 'Modality == "MR"', "--columns", "Modality,SliceThickness", "--lang", "en"]) == 0
    )
    lines = capsys.readouterr().out.split("\n")
    assert lines[1].split() == ["MR", "1"]
    assert "1 of 2 series" in lines


def test_a_cohort_is_written_as_csv(folder, tmp_path, capsys):
    target = tmp_path / "table.csv"
    assert (
        main(["cohort", str(folder), "--where", "SliceThickness > 3", "--columns", "Modality", "Rows", "--out", str(target)]) == 0
    )
    capsys.readouterr()
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["Modality", "Rows"], ["CT", "5"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--where", "SliceTickness < 3"], "Vouliez-vous dire SliceThickness"),
        (["--where", "Rows <"], "il manque une valeur"),
        (["--columns", "Modalty"], "Vouliez-vous dire Modality"),
    ],
)
def test_a_mistake_is_explained_and_is_wrong_usage(folder, capsys, arguments, said):
    assert main(["cohort", str(folder), "--lang", "fr", *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_nothing_fulfilling_the_condition_is_no_failure(folder, capsys):
    assert main(["cohort", str(folder), "--where", "Rows > 9999", "--lang", "en"]) == 0
    assert "No series fulfills" in capsys.readouterr().out
