"""``examine`` and ``load``, run as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from synthetic_series import MR, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.__main__ import main

MODULE_FOLDER = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper"


@pytest.fixture
def mixed_folder(tmp_path):
    """A sound CT with a hole, a dynamic MR, a DICOMDIR-like text file, and a truncated slice."""
    folder = tmp_path / "data"
    positions = axial_positions(8)
    del positions[5]
    write_series(folder / "ct", positions, RescaleSlope=1, RescaleIntercept=-1024)
    for n in range(3):
        write_series(
            folder / "mr", axial_positions(4), first=4 * n, sop_class=MR, TriggerTime=50 * n,
            SeriesInstanceUID="1.2.3.5", SeriesNumber=6, SeriesDescription="Dynamic",
        )  # fmt: skip
    (folder / "README.txt").write_text("hello")
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    return folder


def run(capsys, *arguments) -> tuple[int, str]:
    status = main([str(argument) for argument in arguments])
    return status, capsys.readouterr().out


def test_examine_tells_patients_studies_series_and_candidates_as_json(mixed_folder, capsys):
    status, out = run(capsys, "examine", mixed_folder, "--json")
    data = json.loads(out)
    assert status == 0
    (patient,) = data["patients"]
    (study,) = patient["studies"]
    ct, mr = study["series"]
    assert (patient["patient_id"], ct["modality"], mr["description"]) == ("P1", "CT", "Dynamic")
    (volume,) = ct["candidates"]
    assert (volume["kind"], volume["selected"], volume["confidence"], volume["frames"]) == ("volume", True, 0.6, 1)
    assert (volume["dimensions"], volume["spacing_mm"]) == ([4, 5, 8], [0.7, 0.8, 2.5])
    assert len(volume["files"]) == 7
    (finding,) = volume["findings"]
    assert (finding["code"], finding["severity"], finding["evidence"]["slices"]) == ("missing-slices", "warning", [6])
    sequence = mr["candidates"][0]
    assert sequence["index"] == {"name": "TriggerTime", "unit": "ms", "values": [0, 50, 100]}
    assert [(Path(file["file"]).name, file["code"]) for file in data["skipped"]] == [("README.txt", "not-an-image")]


def test_each_part_of_a_series_says_which_it_is(tmp_path, capsys):
    write_series(tmp_path / "a", axial_positions(4))
    sagittal = [(10.0 * number, 0.0, 0.0) for number in range(4)]
    write_series(tmp_path / "a", sagittal, first=4, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    parts = [candidate["part"] for candidate in candidates_of(run(capsys, "examine", tmp_path, "--json")[1])]
    assert sorted(parts) == ["axial", "sagittal"]
    lines = [line for line in run(capsys, "examine", tmp_path, "--lang", "en")[1].splitlines() if "✓" in line]
    assert [part for line in lines for part in ("axial", "sagittal") if f"volume · {part} " in line] == parts
    assert "volume · sagittale " in run(capsys, "examine", tmp_path, "--lang", "fr")[1]


def candidates_of(printed: str) -> list[dict]:
    return [
        candidate
        for patient in json.loads(printed)["patients"]
        for study in patient["studies"]
        for series in study["series"]
        for candidate in series["candidates"]
    ]


def test_examine_speaks_the_language_asked_for(mixed_folder, capsys):
    _, out = run(capsys, "examine", mixed_folder, "--lang", "fr")
    assert "Il manque une coupe sur 8" in out
    assert "séquence" in out


def test_the_report_of_a_folder_ends_with_what_to_do_next(mixed_folder, tmp_path, capsys):
    write_series(tmp_path / "sound", axial_positions(4))
    last_lines = {}
    for folder in ("sound", "data", "data/README.txt"):
        last_lines[folder] = run(capsys, "examine", tmp_path / folder, "--lang", "en")[1].strip().splitlines()[-1]
    assert last_lines["sound"].startswith("Next: load what is marked ✓")
    assert last_lines["data"].startswith("Next: read the lines marked ! or x (1)")
    assert last_lines["data/README.txt"].startswith("Next: check that this is the right folder")


def test_one_file_of_no_modality_is_told_in_whole_words(tmp_path, capsys):
    write(slice_dataset(0, "1.2.840.10008.5.1.4.1.1.7", Modality=None, ImageOrientationPatient=None), tmp_path / "one.dcm")
    status, out = run(capsys, "examine", tmp_path)
    assert status == 0
    assert "Series 5: Test (1 file)" in out
    assert "i A projection or photograph: it has no position in the patient." in out


def test_an_empty_folder_is_said_to_be_empty(tmp_path, capsys):
    status, out = run(capsys, "examine", tmp_path, "--lang", "en")
    assert (status, out.strip()) == (1, "No DICOM image found.")


@pytest.mark.parametrize("command", [["examine"], ["load", "--out", "out"]])
def test_a_path_that_is_not_there_is_wrong_usage(command, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if command[0] == "load":
        pytest.importorskip("slicer")
    assert main([*command, "nowhere"]) == 2
    assert not (tmp_path / "out").exists()


def test_load_writes_a_scene_with_pictures(mixed_folder, tmp_path, capsys):
    slicer = pytest.importorskip("slicer")
    out = tmp_path / "out"
    status, printed = run(capsys, "load", mixed_folder, "--out", out, "--json")
    report = json.loads(printed)
    assert status == 0
    assert [(entry["name"], entry["kind"], entry["frames"]) for entry in report["loaded"]] == [
        ("5: Test", "volume", 1),
        ("6: Dynamic", "sequence", 3),
    ]
    assert all(Path(entry["picture"]).read_bytes().startswith(b"\x89PNG") for entry in report["loaded"])
    scene = slicer.vtkMRMLScene()
    scene.RegisterNodeClass(slicer.vtkMRMLSequenceNode())
    scene.SetURL(report["scene"])
    scene.SetRootDirectory(str(out))
    scene.Import()
    assert scene.GetFirstNodeByName("5: Test").GetImageData().GetDimensions() == (4, 5, 8)


@pytest.mark.parametrize(("options", "encoding"), [([], b"raw"), (["--compress"], b"gzip")])
def test_volumes_are_compressed_where_that_is_asked_for(options, encoding, mixed_folder, tmp_path, capsys):
    """The encoding stands in the NRRD header; with either the voxels are those of the files."""
    slicer = pytest.importorskip("slicer")
    out = tmp_path / "out"
    assert run(capsys, "load", mixed_folder, "--out", out, "--json", *options)[0] == 0
    files = [path for path in out.iterdir() if path.suffix == ".nrrd"]
    assert len(files) == 3
    assert all(b"encoding: " + encoding in path.read_bytes() for path in files)
    storage, volume = slicer.vtkMRMLVolumeArchetypeStorageNode(), slicer.vtkMRMLScalarVolumeNode()
    storage.SetFileName(str(out / "5_Test.nrrd"))
    assert storage.ReadData(volume)
    lowest = pydicom.dcmread(mixed_folder / "ct" / "0000.dcm")
    assert np.array_equal(
        slicer.util.arrayFromVolume(volume)[0], lowest.pixel_array.astype(int) + int(lowest.get("RescaleIntercept", 0))
    )


def test_what_fails_is_named_and_the_rest_is_loaded(mixed_folder, tmp_path, capsys):
    pytest.importorskip("slicer")
    cut = mixed_folder / "ct" / "0002.dcm"
    cut.write_bytes(cut.read_bytes()[:200])
    status, printed = run(capsys, "load", mixed_folder, "--out", tmp_path / "out", "--json")
    report = json.loads(printed)
    assert status == 1
    assert len(report["loaded"]) == 2
    assert "0002.dcm" in {Path(file["file"]).name for file in report["skipped"]}


def test_one_series_can_be_picked(mixed_folder, tmp_path, capsys):
    pytest.importorskip("slicer")
    status, printed = run(capsys, "load", mixed_folder, "--out", tmp_path / "out", "--series", "1.2.3.5", "--json")
    assert (status, [entry["name"] for entry in json.loads(printed)["loaded"]]) == (0, ["6: Dynamic"])
    assert main(["load", str(mixed_folder), "--out", str(tmp_path / "other"), "--series", "9.9"]) == 2


def test_the_module_runs_as_a_program_without_a_traceback(tmp_path):
    """With an encoding that has no accents, as on an old Windows console."""
    environment = {**os.environ, "PYTHONPATH": str(MODULE_FOLDER), "PYTHONIOENCODING": "ascii:replace", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "DICOMTutorialHelperLib", "examine", str(tmp_path), "--lang", "fr"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
