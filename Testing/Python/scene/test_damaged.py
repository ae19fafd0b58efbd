"""Damaged files are loaded as far as they say something, or refused by name; one series never costs another its scene."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from synthetic_series import axial_positions, write_series

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.scene.arrays import array_from_image
from DICOMTutorialHelperLib.scene.load_error import LoadError, SaveError
from DICOMTutorialHelperLib.scene.loader import load_candidate
from DICOMTutorialHelperLib.scene.scene_files import save_scene

LIBRARY = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper"
# In a process with bounded memory: what these files did took all there was.
HEAVY = ("nested-1500", "nested-260", "huge-frames", "huge-matrix", "abort-12GB")


def only_volume(folder: Path, scene) -> np.ndarray:
    """Voxels of the only selected candidate of a folder."""
    (series,) = examine_paths([folder]).series
    (candidate,) = series.selected
    return array_from_image(load_candidate(candidate, scene).volume.GetImageData())


@pytest.fixture
def damaged(shared_data) -> Path:
    return shared_data / "cases" / "damaged"


@pytest.mark.parametrize("name", HEAVY)
@pytest.mark.parametrize("command", ["examine", "load"])
def test_no_file_takes_more_than_its_share_of_memory(damaged, tmp_path, name, command):
    arguments = [sys.executable, "-m", "DICOMTutorialHelperLib", command, str(damaged / name), "--json"]
    arguments += ["--out", str(tmp_path / "out")] if command == "load" else []
    limited = ["sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh", *arguments]
    done = subprocess.run(limited, cwd=LIBRARY, capture_output=True, text=True, timeout=300)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)
    report = json.loads(done.stdout)
    assert "MemoryError" not in done.stdout
    if name in ("huge-matrix", "abort-12GB"):
        assert not report.get("loaded") and not report.get("patients")


@pytest.mark.parametrize("name", sorted({"slope-zero", "bits-32-with-intercept", "slope-twice-in-one-file"}))
def test_values_are_those_of_the_stored_ones(shared_data, scene, name):
    """Truth: pydicom's stored values of each file, slope 1, intercept -1024."""
    import pydicom

    folder = shared_data / "cases" / name
    stored = [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]
    stored.sort(key=lambda dataset: float(dataset.ImagePositionPatient[2]))
    intercept = float(stored[0].RescaleIntercept)
    truth = np.stack([dataset.pixel_array.astype(np.int64) for dataset in stored]) + intercept
    assert np.array_equal(only_volume(folder, scene).astype(np.float64), truth)


def test_bytes_of_big_endian_words_are_in_their_place(damaged, scene):
    import pydicom

    truth = pydicom.dcmread(damaged / "big-endian-rgb" / "000.dcm").pixel_array
    assert np.array_equal(only_volume(damaged / "big-endian-rgb", scene)[0], truth)


def test_colours_stay_colours(damaged, scene):
    import pydicom

    truth = pydicom.dcmread(damaged / "rgb-rescaled" / "000.dcm").pixel_array
    voxels = only_volume(damaged / "rgb-rescaled", scene)
    assert voxels.dtype == np.uint8
    assert np.array_equal(voxels[0], truth)


def test_a_hole_holds_the_padding_of_its_own_series(damaged, scene):
    fills = {}
    for series in examine_paths([damaged / "padding-cached"]).series:
        stack = series.selected[0].stacks[0]
        voxels = array_from_image(load_candidate(series.selected[0], scene).volume.GetImageData())
        hole = next(k for k, frame in enumerate(stack.slices) if frame is None)
        fills[series.instances[0].get("PixelRepresentation")] = set(np.unique(voxels[hole]))
    assert fills == {0: {63536}, 1: {-2000}}


def test_pixels_that_are_not_there_are_padding(damaged, scene):
    voxels = only_volume(damaged / "short-pixels-then-more", scene)
    assert not voxels[0, 4:].any()
    assert 4369 not in voxels


def test_all_frames_of_a_sequence_load_where_one_lacks_a_slice(damaged, scene):
    (series,) = examine_paths([damaged / "sequence-one-file-lost"]).series
    for candidate in series.selected:
        loaded = load_candidate(candidate, scene)
        assert loaded.volume.GetImageData() is not None


def test_every_damaged_series_loads_or_says_why(damaged, scene):
    for folder in sorted(damaged.iterdir()):
        if folder.name in HEAVY:
            continue
        for series in examine_paths([folder]).series:
            for candidate in series.selected:
                try:
                    load_candidate(candidate, scene)
                except LoadError as error:
                    assert str(error)


def test_one_node_that_cannot_be_saved_leaves_the_others_their_scene(tmp_path, scene):
    for number in (1, 2):
        series_uid = {"SeriesInstanceUID": f"1.2.{number}", "SeriesDescription": f"series {number}"}
        write_series(tmp_path / "data" / str(number), axial_positions(3), **series_uid)
    for series in examine_paths([tmp_path / "data"]).series:
        load_candidate(series.selected[0], scene)
    out = tmp_path / "out"
    (out / "5_series_1.nrrd").mkdir(parents=True)  # in the way of the file
    with pytest.raises(SaveError, match="series_1") as problem:
        save_scene(scene, out)
    assert {path.name for path in problem.value.written} >= {"scene.mrml", "5_series_2.nrrd"}
    assert "5_series_1.nrrd" not in (out / "scene.mrml").read_text(encoding="utf-8")
