"""The contact sheet of practice images: which slice lies in which tile, how grey, and which way up."""

from __future__ import annotations

import builtins

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from synthetic_series import CORONAL, CT, MR, slice_dataset, write, write_series

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.data.synthetic import preview
from DICOMTutorialHelperLib.data.synthetic.preview import preview_sheet

TILE, LARGE = 200, 400


def hu_of_slice(k: int) -> int:
    """48 slices from -400 HU, each 16 HU above the one below."""
    return -400 + 16 * k


def grey(hu: float, centre: float, width: float) -> int:
    """PS3.3 C.11.2.1.3.2, LINEAR_EXACT, on 0 to 255."""
    return int(np.clip((hu - centre) / width + 0.5, 0, 1) * 255)


def tile(sheet: np.ndarray, number: int) -> np.ndarray:
    """The number-th small tile of a sheet, in reading order."""
    row, column = divmod(number, 8)
    return sheet[row * TILE : (row + 1) * TILE, column * TILE : (column + 1) * TILE]


@pytest.fixture
def ct_files(tmp_path):
    """Uniform axial slices, 20 rows of 2 mm by 40 columns of 0.5 mm, 5 mm apart, stored from the head down; one bright voxel
    column at the patient's right front."""
    paths = []
    for k in range(48):
        stored = np.full((20, 40), (hu_of_slice(k) + 1024) // 2)
        stored[:5, :10] = (2000 + 1024) // 2
        header = {
            "Rows": 20, "Columns": 40, "PixelSpacing": [2.0, 0.5], "RescaleSlope": 2, "RescaleIntercept": -1024,
            "ImagePositionPatient": [-10.0, -20.0, 30.0 + 5 * k], "PixelData": stored.astype("<u2").tobytes(),
        }  # fmt: skip
        paths.append(write(slice_dataset(47 - k, CT, **header), tmp_path / f"{47 - k:02d}.dcm"))
    return sorted(paths)


@pytest.fixture
def ct_sheet(ct_files):
    return preview_sheet(ct_files)


def test_a_ct_has_three_windows_of_24_slices_and_a_strip_of_projections(ct_sheet):
    assert ct_sheet.shape == (3 * 3 * TILE + LARGE, 8 * TILE)
    assert ct_sheet.dtype == np.uint8


@pytest.mark.parametrize(("first", "window"), [(0, (40, 400)), (24, (-500, 1500)), (48, (400, 1800))])
def test_tiles_go_from_the_lowest_slice_to_the_highest_in_the_window_of_each_block(ct_sheet, first, window):
    for number, k in enumerate(np.linspace(0, 47, 24).round().astype(int)):
        assert abs(int(tile(ct_sheet, first + number)[150, 100]) - grey(hu_of_slice(k), *window)) <= 1, number


def test_proportions_are_the_patients_and_the_image_lies_in_the_middle(ct_sheet):
    """40 mm high and 20 mm wide: as high as the tile and half as wide."""
    shown = tile(ct_sheet, 23) > 0
    rows, columns = np.nonzero(shown)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 199, 50, 149)
    assert shown[:, 50:150].all()


def test_the_first_row_is_on_top_and_the_first_column_on_the_left(ct_sheet):
    """5 of 20 rows and 10 of 40 columns: a quarter of each way."""
    rows, columns = np.nonzero(tile(ct_sheet, 12) == 255)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 49, 50, 74)


def test_coronal_and_sagittal_projections_stand_upright(ct_sheet):
    """From 235 mm of slices; to the coronal one's left, the axis of columns, and the sagittal one's, that of rows, 2000 HU."""
    strip = ct_sheet[-LARGE:]
    coronal, sagittal, axial = (strip[:, n * LARGE : (n + 1) * LARGE] for n in range(3))
    for picture, millimetres, bright_to in ((coronal, 20, 5), (sagittal, 40, 10)):
        scale = 48 * 5 / LARGE  # mm a pixel
        left = (LARGE - millimetres / scale) / 2
        columns = np.nonzero(picture.any(axis=0))[0]
        assert columns.min() == pytest.approx(left, abs=1)
        assert columns.max() == pytest.approx(LARGE - 1 - left, abs=1)
        dark = picture[:, int(left + (bright_to + 2) / scale)].astype(int)
        assert dark[5] == pytest.approx(grey(hu_of_slice(47), 350, 1000), abs=1)  # the head's end on top
        assert dark[-40] == pytest.approx(grey(hu_of_slice(4), 350, 1000), abs=1)
        assert (picture[:, int(left + bright_to / 2 / scale)] == 255).all()
    assert axial[300, 200] == pytest.approx(grey(hu_of_slice(47), 350, 1000), abs=1)
    assert axial[50, 120] == 255


def test_a_ct_is_rendered_from_in_front_bone_before_flesh(tmp_path):
    """Bone in front on the right and behind on the left: both are seen, soft tissue hides nothing and shows nothing."""
    volume = np.full((24, 30, 30), 40)
    volume[6:18, 2:5, 3:12] = 1000
    volume[6:18, 20:23, 18:27] = 1000
    volume[6:18, 10:18, 18:27] = 100
    headers = [{"PixelData": (slice_ + 1024).astype("<u2").tobytes()} for slice_ in volume]
    files = write_series(
        tmp_path, [(0.0, 0.0, 2.0 * k) for k in range(24)], headers=headers, sop_class=CT,
        rows=30, columns=30, PixelSpacing=[2.0, 2.0], RescaleSlope=1, RescaleIntercept=-1024,
    )  # fmt: skip
    rendered = preview_sheet(files)[-LARGE:, 3 * LARGE :].astype(float)
    scale = LARGE / 60  # 30 columns of 2 mm are the longest side
    top = (LARGE - 48 * scale) / 2

    def at(k: float, column: float) -> float:
        return rendered[int(top + (24 - k) * 2 * scale), int(column * 2 * scale)]

    assert at(12, 7.5) > 100 and at(12, 22.5) > 100
    assert at(12, 15) == at(12, 28.9) == at(21, 7.5) == at(2, 22.5) == 0


def test_what_is_nearer_hides_what_is_behind_it(tmp_path):
    """A thick plate in front of a brighter-edged one: the picture is that of the front plate alone."""

    def rendered(folder, behind):
        volume = np.full((24, 30, 30), 40)
        volume[4:20, 4:8, 4:26] = 1000
        if behind:
            volume[4:20, 20:24, 10:20] = 1000
        headers = [{"PixelData": (slice_ + 1024).astype("<u2").tobytes()} for slice_ in volume]
        files = write_series(
            folder, [(0.0, 0.0, 2.0 * k) for k in range(24)], headers=headers, sop_class=CT,
            rows=30, columns=30, PixelSpacing=[2.0, 2.0], RescaleSlope=1, RescaleIntercept=-1024,
        )  # fmt: skip
        return preview_sheet(files)[-LARGE:, 3 * LARGE :]

    assert (rendered(tmp_path / "one", False) == rendered(tmp_path / "two", True)).all()


def test_of_a_dynamic_series_the_third_time_is_shown_in_a_window_of_its_own(tmp_path):
    files = []
    for time in range(4):
        for k in range(24):
            stored = np.full((5, 4), 100 * (time + 1))
            number = 24 * time + k
            header = {
                "ImagePositionPatient": [0.0, 0.0, 2.0 * k], "TemporalPositionIdentifier": time + 1, "RescaleSlope": 1,
                "RescaleIntercept": 0, "PixelSpacing": [1.0, 1.0], "PixelData": stored.astype("<u2").tobytes(),
            }  # fmt: skip
            if k == 0 and time == 2:
                stored[:] = 150
                header["PixelData"] = stored.astype("<u2").tobytes()
            files.append(write(slice_dataset(number, MR, **header), tmp_path / f"{number}.dcm"))
    sheet = preview_sheet(files)
    assert sheet.shape == (3 * TILE + LARGE, 8 * TILE)
    # The brightest half percent, 300 of the third time, is white.
    assert tile(sheet, 0)[100, 100] == 127
    assert tile(sheet, 23)[100, 100] == 255
    assert tile(sheet, 0)[100, 15] == 0, "four columns beside five rows leave a tenth on each side"


def test_coronal_slices_are_sorted_along_their_own_normal(tmp_path):
    headers = [{"PixelData": np.full((5, 4), 10 * (k + 1)).astype("<u2").tobytes()} for k in range(24)]
    files = write_series(
        tmp_path, [(0.0, 3.0 * k, 0.0) for k in range(24)], CORONAL, headers, sop_class=MR, RescaleSlope=1, RescaleIntercept=0
    )
    greys = [int(tile(preview_sheet(files), n)[100, 100]) for n in (0, 23)]
    assert greys[0] < greys[1]  # the normal of (1 0 0) and (0 0 -1) points to the back


def test_files_without_slices_leave_a_black_sheet(tmp_path):
    file = write(slice_dataset(0, PixelData=None), tmp_path / "header.dcm")
    assert preview_sheet([file]).shape == (TILE, 8 * TILE)
    assert not preview_sheet([file]).any()


def test_the_command_writes_the_sheet_as_png(tmp_path, capsys):
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    from PIL import Image

    assert main(["practice", str(tmp_path / "out"), "--set", "torso-ct", "--preview", str(tmp_path / "sheet.png")]) == 0
    written = np.asarray(Image.open(tmp_path / "sheet.png").convert("L"))
    assert (written == preview_sheet(sorted((tmp_path / "out").rglob("*.dcm")))).all()
    assert main(["practice", str(tmp_path / "out"), "--set", "torso-ct", "--preview", str(tmp_path / "no" / "sheet.png")]) == 1
    assert str(tmp_path / "no") in capsys.readouterr().err.replace("\n", "")


def test_without_slicer_core_a_sheet_is_refused_before_anything_is_made(tmp_path, capsys, monkeypatch):
    imported = builtins.__import__

    def without(name, *arguments, **named):
        if name.endswith("scene.png"):
            raise ImportError(name)
        return imported(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["practice", str(tmp_path / "out"), "--preview", str(tmp_path / "sheet.png")]) == 1
    assert "pip install slicer-core" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def image(k, value, rows=4, columns=5, spacing=(2.0, 3.0), **values):
    ds = Dataset()
    ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, k]
    ds.Rows, ds.Columns, ds.PixelSpacing = rows, columns, list(spacing)
    ds.RescaleSlope, ds.RescaleIntercept, ds.Modality = 2, -10, "CT"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.PixelData = np.full((rows, columns), value, "<u2").tobytes()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    for keyword, more in values.items():
        setattr(ds, keyword, more)
    return ds


def test_a_volume_is_rescaled_and_in_the_order_of_its_places():
    slices = [image(10, 30), image(0, 10), image(4, 20), image(99, 5, rows=9)]
    volume, spacing = preview._volume(slices)
    assert volume.shape == (3, 4, 5)
    assert volume[:, 0, 0].tolist() == [10, 30, 50]
    assert spacing == (5.0, 2.0, 3.0)  # the median of 4 and 6
    assert preview._volume(slices[:1])[1] == (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("spacing", "rows", "columns"),
    [
        ((1.0, 1.0), (0, 20), (5, 15)),
        ((0.5, 1.0), (0, 20), (0, 20)),
        ((0.25, 1.0), (5, 15), (0, 20)),
        ((1.0, 0.5), (0, 20), (7, 12)),
    ],
)
def test_a_tile_keeps_proportions_and_stands_in_the_middle(spacing, rows, columns):
    """Twice as many rows as columns, in a square of 20 pixels."""
    tile = preview._tile(np.full((8, 4), 100.0), spacing, (50.0, 50.0), 20)
    seen = np.argwhere(tile)
    assert (seen[:, 0].min(), seen[:, 0].max() + 1) == rows
    assert (seen[:, 1].min(), seen[:, 1].max() + 1) == pytest.approx(columns, abs=1 if spacing[1] == 0.5 else 0)
    assert set(tile.ravel().tolist()) <= {0, 255}


@pytest.mark.parametrize(("value", "grey"), [(-60, 0), (0, 0), (25, 63), (50, 127), (100, 255), (150, 255)])
def test_a_window_goes_from_black_to_white_around_its_middle(value, grey):
    assert (preview._tile(np.full((4, 4), float(value)), (1.0, 1.0), (50.0, 100.0), 8) == grey).all()


def test_a_tile_shows_each_pixel_in_its_place():
    tile = preview._tile(np.array([[0.0, 10], [20, 30]]), (1.0, 1.0), (15.0, 30.0), 4)
    assert tile.tolist() == [[0, 0, 85, 85], [0, 0, 85, 85], [170, 170, 255, 255], [170, 170, 255, 255]]
    assert preview._tile(np.zeros((2, 2)), (1.0, 1.0), (0.0, 1.0)).shape == (200, 200)


def test_light_falls_on_what_is_dense_and_is_used_up():
    """Rows of one column: half dense (60 HU above 170 of 120), then solid; flat ground lies in full light."""
    volume = np.zeros((4, 6, 4), np.float32)
    volume[:, 2:] = 230
    light = preview._rendered(volume, (1.0, 1.0, 1.0), 1)
    assert light.shape == (4, 4)
    # at row 2 the gradient is along depth alone: shade 1; behind it the ground is flat: shade a quarter
    steps = [(0.5, 1.0), (0.5, 0.25), (0.5, 0.25), (0.5, 0.25)]
    expected, left = 0.0, 1.0
    for cover, shade in steps:
        expected += left * cover * shade * 255
        left *= 1 - cover
    assert light[1, 1] == pytest.approx(expected, rel=0.3)
    solid = volume.copy()
    solid[:, 2:] = 5000
    assert preview._rendered(solid, (1.0, 1.0, 1.0), 1)[1, 1] == pytest.approx(255, rel=0.01)
    assert preview._rendered(np.full((2, 2, 2), 170.0, np.float32), (1.0, 1.0, 1.0), 1).tolist() == [[0, 0], [0, 0]]
    turned = np.zeros((4, 6, 4), np.float32)
    turned[3, 2:] = 5000
    assert preview._rendered(turned, (1.0, 1.0, 1.0), 1)[0].min() > 100  # the head's end on top
    assert preview._rendered(solid, (1.0, 1.0, 1.0), 2).shape == (4, 2)
