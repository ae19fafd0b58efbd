"""``export``, run as a user runs it on the scene that ``load`` made."""

from __future__ import annotations

import json

import numpy as np
import pydicom
import pytest
from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.__main__ import main

pytest.importorskip("slicer", reason="slicer-core is not installed")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A CT and a dynamic MR, and the scene that ``load`` makes of them."""
    folder = tmp_path_factory.mktemp("data")
    write_series(folder / "dicom" / "ct", axial_positions(8), RescaleSlope=1, RescaleIntercept=-1024)
    for n in range(3):
        write_series(
            folder / "dicom" / "mr", axial_positions(4), first=4 * n, sop_class=MR, TriggerTime=50 * n,
            SeriesInstanceUID="1.2.3.5", SeriesNumber=6, SeriesDescription="Dynamic",
        )  # fmt: skip
    assert main(["load", str(folder / "dicom"), "--out", str(folder / "scene")]) == 0
    return folder


def run(capsys, *arguments) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_scene_that_load_made_goes_back_to_dicom(data, tmp_path, capsys):
    status, out, err = run(capsys, "export", data / "scene", "--out", tmp_path / "new", "--sources", data / "dicom", "--json")
    assert status == 0 and not err
    written = {entry["name"]: entry["files"] for entry in json.loads(out)["written"]}
    assert sorted(written.values()) == [8, 12]
    originals = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, (data / "dicom").rglob("*.dcm"))}
    images = [pydicom.dcmread(path) for path in (tmp_path / "new").rglob("*.dcm")]
    for image in images:
        source = originals.pop(str(image.SourceImageSequence[0].ReferencedSOPInstanceUID))
        assert np.allclose(image.ImagePositionPatient, source.ImagePositionPatient, rtol=0, atol=0.001)
        values = [
            one.pixel_array * float(one.get("RescaleSlope", 1)) + float(one.get("RescaleIntercept", 0)) for one in (image, source)
        ]
        assert np.array_equal(*values)
        assert image.get("TriggerTime") == source.get("TriggerTime")
    assert not originals


def test_without_sources_it_says_so_and_one_node_may_be_chosen(data, tmp_path, capsys):
    status, out, err = run(capsys, "export", data / "scene", "--out", tmp_path / "new", "--node", "6: Dynamic", "--lang", "fr")
    assert status == 0 and "--sources" in err and "6: Dynamic" in out
    assert len(list((tmp_path / "new").rglob("*.dcm"))) == 12


def test_what_is_there_is_left_alone_unless_told_otherwise(data, tmp_path, capsys):
    arguments = ("export", data / "scene", "--out", tmp_path / "new")
    assert run(capsys, *arguments)[0] == 0
    before = {path: path.read_bytes() for path in (tmp_path / "new").rglob("*.dcm")}
    status, _, err = run(capsys, *arguments)
    assert status == 1 and "--overwrite" in err
    assert {path: path.read_bytes() for path in (tmp_path / "new").rglob("*.dcm")} == before
    assert run(capsys, *arguments, "--overwrite")[0] == 0
    assert {path: path.read_bytes() for path in (tmp_path / "new").rglob("*.dcm")} == before


def test_a_name_that_is_not_there_is_told_with_those_that_are(data, tmp_path, capsys):
    status, _, err = run(capsys, "export", data / "scene", "--out", tmp_path / "new", "--node", "Other")
    assert status == 2 and "6: Dynamic" in err and not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [None, "not a scene", "<MRML"])
def test_what_is_no_scene_is_told(tmp_path, capsys, content):
    path = tmp_path / "scene.mrml"
    if content is not None:
        path.write_text(content)
    status, _, err = run(capsys, "export", path, "--out", tmp_path / "new")
    assert status in (1, 2) and str(path) in err.replace("\n", "") and not (tmp_path / "new").exists()


def test_a_cancelled_export_leaves_nothing(data, tmp_path, capsys, monkeypatch):
    from DICOMTutorialHelperLib.scene import exporting

    written = []

    def stop(image, path):
        if len(written) > 5:
            raise KeyboardInterrupt
        path.write_bytes(b"x")
        written.append(path)

    monkeypatch.setattr(exporting, "write_image", stop)
    status, _, _ = run(capsys, "export", data / "scene", "--out", tmp_path / "new")
    assert status == 130 and written and not list(tmp_path.iterdir())
