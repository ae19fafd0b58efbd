"""``cohort idc`` and ``get --from TABLE``, run as a user runs them."""

from __future__ import annotations

import csv
import json
from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.commands.idc import locate_in_index
from DICOMTutorialHelperLib.data.published import fetch
from DICOMTutorialHelperLib.explore.idc_index import IdcIndex, IndexMissing

BREAST = 'PatientID == "BreastDx-01-0005" and StudyDate == "2008-11-11"'


@pytest.fixture(autouse=True)
def index():
    try:
        return IdcIndex()
    except IndexMissing as error:
        pytest.skip(f"{error.fields['package']} is not installed")


def run(capsys, *arguments) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_question_is_answered_with_counts_licences_and_how_to_cite(capsys):
    status, out, _ = run(
        capsys, "cohort", "idc", "--where", BREAST, "--columns", "Modality,SeriesNumber,Instances", "--lang", "fr"
    )
    assert status == 0 and "breast_diagnosis (4)" in out and "CC BY 3.0 (4)" in out and "840" in out and "À citer" in out


def test_the_table_is_written_and_names_what_to_get(capsys, tmp_path, monkeypatch):
    table = tmp_path / "cohort.csv"
    status, out, _ = run(capsys, "cohort", "idc", "--where", BREAST + ' and Modality == "MR"', "--out", table)
    assert status == 0 and "get --from" in out
    with table.open(encoding="utf-8-sig") as file:
        assert sorted(row["instanceCount"] for row in csv.DictReader(file)) == ["84", "84", "840"]
    status, _, err = run(capsys, "cohort", "idc", "--out", table)
    assert status == 1 and "--overwrite" in err

    asked = []

    def from_idc(uids, target, progress, locate):
        asked.append([(one.instances, one.bytes) for one in locate(uids)])
        return fetch.FetchResult((), ())

    monkeypatch.setattr(fetch, "from_idc", from_idc)
    status, out, err = run(capsys, "get", "--from", table, "--to", tmp_path / "data")
    assert status == 1 and "1008" in out and "565.1 MB" in out and "--yes" in err and not asked
    status, _, _ = run(capsys, "get", "--from", table, "--to", tmp_path / "data", "--yes")
    assert status == 0 and sorted(asked[0]) == [(84, 47_093_066), (84, 47_093_066), (840, 470_957_906)]


@pytest.mark.parametrize(("size", "within"), [(47_090_000, 5000), (47_093_066, 0), (10_000, 5000)])
def test_a_size_that_the_index_rounded_may_differ_by_as_much(monkeypatch, size, within):
    index = SimpleNamespace(places=lambda uids: dict.fromkeys(uids, ("folder", "idc-open-data", 3, size)))
    monkeypatch.setattr("DICOMTutorialHelperLib.explore.idc_index.IdcIndex", lambda: index)
    (one,) = locate_in_index(["1.2.3"])
    assert (one.bytes, one.within) == (size, within)


def test_a_condition_that_cannot_be_understood_is_explained(capsys):
    status, _, err = run(capsys, "cohort", "idc", "--where", "SliceThickness < 3")
    assert status == 2 and "SliceThickness" in err and "series_size_MB" in err


def test_as_json(capsys):
    status, out, _ = run(capsys, "cohort", "idc", "--where", BREAST, "--json")
    data = json.loads(out)
    assert status == 0 and data["series"] == 4 and len(data["rows"]) == 4 and data["licences"][0]["value"] == "CC BY 3.0"


def test_what_is_no_table_is_told(capsys, tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n")
    status, _, err = run(capsys, "get", "--from", tmp_path / "x.csv", "--to", tmp_path / "data")
    assert status == 2 and "SeriesInstanceUID" in err
