"""``practice``, ``get`` and ``recognise`` as a user meets them."""

from __future__ import annotations

import json
import zipfile

import pydicom
import pytest

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.commands import datasets
from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set


@pytest.fixture
def run(capsys, monkeypatch):
    """``run(arguments...)`` gives (status, output, complaints); the terminal is wide enough for whole sentences."""
    monkeypatch.setenv("COLUMNS", "250")

    def call(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            status = leaving.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_the_names_offered_are_those_there_are(tmp_path):
    with pytest.raises(ValueError, match=f"there are {', '.join(datasets.SET_NAMES)}$"):
        make_practice_set("", tmp_path)
    assert tuple(datasets.FAULT_NAMES) == tuple(FAULTS)


def test_practice_makes_all_sets(tmp_path, run):
    status, output, _ = run("practice", tmp_path, "--set", "all", "--size", "small", "--json")
    told = json.loads(output)
    assert status == 0
    assert tuple(told["sets"]) == datasets.SET_NAMES
    assert len(told["sets"]["torso-ct"]) == 48
    for files in told["sets"].values():
        assert pydicom.dcmread(files[0]).SOPInstanceUID


def test_practice_twice_is_the_same_as_once(tmp_path, run):
    assert run("practice", tmp_path, "--set", "torso-ct")[0] == 0
    assert run("practice", tmp_path, "--set", "torso-ct")[0] == 0
    assert len(list(tmp_path.rglob("*.dcm"))) == 48


def test_practice_speaks_french(tmp_path, run):
    status, output, _ = run("practice", tmp_path, "--set", "torso-ct", "--lang", "fr")
    assert status == 0
    assert "48 fichiers" in output


def test_a_fault_chooses_its_set_and_a_folder_of_its_own(tmp_path, run):
    status, output, _ = run("practice", tmp_path, "--fault", "uneven-spacing", "--json")
    told = json.loads(output)
    assert status == 0
    assert list(told["sets"]) == ["torso-ct"]
    assert told["folder"] == str(tmp_path / "faulty-uneven-spacing")


def test_a_fault_of_another_set_is_wrong_usage(tmp_path, run):
    status, _, complaints = run("practice", tmp_path, "--set", "torso-ct", "--fault", "private-only-tags")
    assert status == 2
    assert "breast-mri" in complaints
    assert run("practice", tmp_path, "--fault", "gremlins")[0] == 2


def test_practice_into_a_file_is_told_without_a_traceback(tmp_path, run):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    status, _, complaints = run("practice", tmp_path / "file", "--set", "torso-ct")
    assert status == 1
    assert "Traceback" not in complaints and "file" in complaints


def test_recognise_tells_what_is_there_and_what_is_missing(tmp_path, run):
    run("practice", tmp_path, "--set", "torso-ct")
    next(tmp_path.rglob("IM-0001-0007.dcm")).unlink()
    status, output, _ = run("recognise", tmp_path, "--json")
    (found,) = json.loads(output)["sets"]
    assert status == 0
    assert (found["set"], found["origin"], found["whole"], found["series"][0]["missing"]) == ("torso-ct", "practice", False, 1)
    status, output, _ = run("recognise", tmp_path, "--lang", "fr")
    assert "il manque 1 fichier" in output


def test_recognise_nothing_and_nowhere(tmp_path, run):
    assert run("recognise", tmp_path, "--json") == (1, json.dumps({"path": str(tmp_path), "sets": []}, indent=1) + "\n", "")
    status, _, complaints = run("recognise", tmp_path / "none")
    assert status == 1 and "none" in complaints


def test_get_takes_the_archive_from_disk_and_says_how_to_cite(tmp_path, run):
    run("practice", tmp_path / "made", "--set", "breast-mri")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for file in (tmp_path / "made").rglob("*.dcm"):
            archive.write(file, file.relative_to(tmp_path / "made").as_posix())
    status, output, _ = run("get", "breast-mri", "--from", tmp_path / "a.zip", "--to", tmp_path / "SlicerData")
    assert status == 0
    assert "Bloch" in output and "CC BY 3.0" in output
    status, _, complaints = run("get", "torso-ct", "--from", tmp_path / "a.zip", "--to", tmp_path / "other")
    assert status == 1 and "torso-ct" in complaints


@pytest.mark.parametrize("source", ["tcia", "idc"])
def test_single_series_need_their_names(tmp_path, run, source):
    status, _, complaints = run("get", "torso-ct", "--to", tmp_path, "--source", source)
    assert status == 2 and "--series" in complaints


def test_a_bad_archive_is_told(tmp_path, run):
    (tmp_path / "a.zip").write_bytes(b"<html>")
    status, _, complaints = run("get", "torso-ct", "--from", tmp_path / "a.zip", "--to", tmp_path / "to", "--lang", "fr")
    assert status == 1 and "page web" in complaints
    assert not (tmp_path / "to").exists()
