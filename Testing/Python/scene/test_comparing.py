"""A series is held beside what is loaded: whoever wrote it, in whatever order, and to the last voxel."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.scene.comparing import NOT_ALIKE, difference_from_files
from DICOMTutorialHelperLib.scene.loader import load_candidate


@pytest.fixture
def loaded(examined, scene, tmp_path):
    """A volume of six slices, and a folder with copies of its files that a test may change."""
    series = examined(positions=[(-10.0, -20.0, 30.0 + 2.5 * k) for k in range(6)])
    volume = load_candidate(series.selected[0], scene, series).main_node
    folder = tmp_path / "copies"
    folder.mkdir()
    for instance in series.instances:
        shutil.copy(instance.path, folder)
    return volume, folder


def change(path: Path, **elements) -> None:
    image = pydicom.dcmread(path)
    for keyword, value in elements.items():
        setattr(image, keyword, value)
    image.save_as(path)


def difference(loaded) -> tuple[float, float]:
    volume, folder = loaded
    return difference_from_files([volume], sorted(folder.iterdir()))


def test_the_files_it_was_loaded_from_say_the_same(loaded):
    corners, values = difference(loaded)
    assert corners < 1e-6 and values == 0


def test_rows_columns_and_slices_may_be_turned_round(loaded):
    for number, path in enumerate(sorted(loaded[1].iterdir())):
        image = pydicom.dcmread(path)
        row_spacing, column_spacing = map(float, image.PixelSpacing)
        row, column = np.array(image.ImageOrientationPatient[:3]), np.array(image.ImageOrientationPatient[3:])
        corner = np.array(image.ImagePositionPatient, float)
        corner += row * column_spacing * (image.Columns - 1) + column * row_spacing * (image.Rows - 1)
        turned = np.ascontiguousarray(image.pixel_array[::-1, ::-1])
        change(
            path,
            ImagePositionPatient=[f"{value:.6f}" for value in corner],
            ImageOrientationPatient=[*-row, *-column],
            PixelData=turned.tobytes(),
            InstanceNumber=100 - number,
        )
    corners, values = difference(loaded)
    assert corners < 1e-3 and values == 0


def test_a_value_that_differs_in_one_voxel_is_found(loaded):
    path = sorted(loaded[1].iterdir())[3]
    pixels = pydicom.dcmread(path).pixel_array.copy()
    pixels[1, 2] += 7
    change(path, PixelData=pixels.tobytes())
    assert difference(loaded)[1] == 7


def test_a_shift_is_told_in_millimetres(loaded):
    for path in loaded[1].iterdir():
        x, y, z = pydicom.dcmread(path).ImagePositionPatient
        change(path, ImagePositionPatient=[x + 0.3, y - 0.4, z])
    corners, values = difference(loaded)
    assert corners == pytest.approx(0.5) and values == 0


def test_a_slice_that_is_missing_is_no_hole_unless_the_volume_has_one_there(loaded):
    files = sorted(loaded[1].iterdir())
    files[2].unlink()
    assert difference(loaded) == NOT_ALIKE
    files[-1].unlink()
    assert difference(loaded) == NOT_ALIKE


def test_what_is_no_image_is_not_alike(loaded, tmp_path):
    (tmp_path / "x.dcm").write_bytes(b"nothing")
    assert difference_from_files([loaded[0]], [tmp_path / "x.dcm"]) == NOT_ALIKE
    assert difference_from_files([loaded[0]], []) == NOT_ALIKE
