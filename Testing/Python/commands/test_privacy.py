"""``privacy`` and ``deidentify`` as a new user runs them."""

from __future__ import annotations

import json

import pydicom
import pytest
from personal_data import personal_slice
from synthetic_series import write

from DICOMTutorialHelperLib.__main__ import main


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def originals(tmp_path):
    write(personal_slice(), tmp_path / "originals" / "a.dcm")
    return tmp_path / "originals"


def test_what_was_found_is_told_without_the_values(originals, capsys):
    assert main(["privacy", str(originals), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Do not share these files")
    assert "Patient's Name" in out
    assert "Dupont" not in out, "values are shown only when asked for"
    main(["privacy", str(originals), "--values", "--lang", "fr"])
    out = capsys.readouterr().out
    assert "Ne partagez pas" in out and "Dupont-Müller" in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_check_tells_scripts(originals, tmp_path, capsys):
    assert main(["privacy", str(originals), "--check"]) == 1
    assert main(["deidentify", str(originals), str(tmp_path / "out")]) == 0
    assert main(["privacy", str(tmp_path / "out"), "--check"]) == 0
    capsys.readouterr()


def test_json_gives_each_file_its_grade(originals, capsys):
    main(["privacy", str(originals), "--json"])
    report = json.loads(capsys.readouterr().out)[0]
    assert report["grade"] == "direct"
    assert {item["category"] for item in report["items"]} >= {"patient", "date", "uid"}


def test_copies_are_announced_with_what_was_not_done(originals, tmp_path, capsys):
    assert main(["deidentify", str(originals), str(tmp_path / "out"), "--dates", "shift", "--lang", "fr"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "1 copie désidentifiée" in out
    assert "Ce que ceci ne fait pas" in out
    assert pydicom.dcmread(next((tmp_path / "out").rglob("*.dcm"))).LongitudinalTemporalInformationModified == "MODIFIED"


def test_a_key_file_makes_runs_agree(originals, tmp_path, capsys):
    (tmp_path / "key.txt").write_text("our secret\n", encoding="utf-8")
    uids = set()
    for name in ("one", "two"):
        assert main(["deidentify", str(originals), str(tmp_path / name), "--key-file", str(tmp_path / "key.txt")]) == 0
        uids.add(pydicom.dcmread(next((tmp_path / name).rglob("*.dcm"))).SOPInstanceUID)
    assert len(uids) == 1
    capsys.readouterr()


def test_an_empty_or_missing_key_file_is_refused(originals, tmp_path, capsys):
    (tmp_path / "key.txt").write_text("\n", encoding="utf-8")
    for name in ("key.txt", "gone.txt"):
        assert (
            main(["deidentify", str(originals), str(tmp_path / "out"), "--key-file", str(tmp_path / name), "--lang", "en"]) == 1
        )
        assert "key" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_originals_folder_is_refused(originals, capsys):
    assert main(["deidentify", str(originals), str(originals / "out"), "--lang", "en"]) == 1
    assert "inside the folder of the originals" in " ".join(capsys.readouterr().err.split())
