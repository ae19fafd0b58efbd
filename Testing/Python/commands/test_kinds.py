"""``kinds`` as a new user runs it."""

from __future__ import annotations

import json

import pytest
from synthetic_series import XRAY, slice_dataset, write

from DICOMTutorialHelperLib.__main__ import main


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def folder(tmp_path):
    write(slice_dataset(0), tmp_path / "ct.dcm")
    write(slice_dataset(0, XRAY, SeriesInstanceUID="1.9"), tmp_path / "xray.dcm")
    return tmp_path


def test_kinds_are_named_with_what_opens_them(folder, capsys):
    assert main(["kinds", str(folder), "--lang", "fr"]) == 0
    out = capsys.readouterr().out
    for text in ("Coupe d’un volume", "Image seule", "Slicer lui-même (DICOMScalarVolumePlugin)\u00a0: un volume"):
        assert text in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_json_names_the_openers_of_one_slicer_version(folder, capsys):
    assert main(["kinds", str(folder), "--json", "--slicer", "5.8"]) == 0
    kinds = {row["kind"]: row for row in json.loads(capsys.readouterr().out)}
    assert kinds["single-image"]["reader_plugins"][0]["module"] == "DICOMScalarVolumePlugin"


def test_a_version_that_is_none_is_wrong_usage(folder, capsys):
    with pytest.raises(SystemExit) as ending:
        main(["kinds", str(folder), "--slicer", "newest"])
    assert ending.value.code == 2


def test_segments_and_measurements_are_shown(tmp_path, capsys):
    pytest.importorskip("highdicom")
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    make_practice_set("examples", tmp_path)
    assert main(["kinds", str(tmp_path), "--lang", "en", "--tree"]) == 0
    out = capsys.readouterr().out
    for text in ("Segmentation (SEG)", "Lesion", "SCT", "Structured report (SR)", "TID 1500", "mm3"):
        assert text in out
