"""The practice breast MRI: three series as published, a lesion that takes up contrast and washes out, fat bright and dark."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.synthetic.breast_mri import axial_series, sagittal_series

LESION_LPS = (-96.0, -120.0, 10.0)  # the right breast: x below zero


def series_below(folder, start):
    (found,) = [path for path in folder.iterdir() if path.name.startswith(start)]
    return [pydicom.dcmread(path) for path in sorted(found.iterdir())]


@pytest.fixture(scope="module")
def t2(breast_study):
    return series_below(breast_study, "301.000000-T2WTSE")


@pytest.fixture(scope="module")
def stir(breast_study):
    return series_below(breast_study, "401.000000-STIR")


@pytest.fixture(scope="module")
def bliss(breast_study):
    return series_below(breast_study, "801.000000-AX BLISSAUTO")


@pytest.fixture(scope="module")
def sagittal(practice_folder):
    (study,) = (practice_folder / "breast-mri-sagittal").iterdir()
    return series_below(study, "701.000000-SAG BLISSAUTO")


def axial_value(series, place):
    """Mean stored value in 3 x 3 pixels around a point in LPS mm, in the nearest slice."""
    ds = min(series, key=lambda one: abs(float(one.ImagePositionPatient[2]) - place[2]))
    column = round((place[0] - float(ds.ImagePositionPatient[0])) / float(ds.PixelSpacing[1]))
    row = round((place[1] - float(ds.ImagePositionPatient[1])) / float(ds.PixelSpacing[0]))
    return float(ds.pixel_array[row - 1 : row + 2, column - 1 : column + 2].mean())


def frames_of(bliss):
    by_time = {}
    for ds in bliss:
        by_time.setdefault(int(ds.TemporalPositionIdentifier), []).append(ds)
    return [by_time[number] for number in sorted(by_time)]


def test_series_and_descriptions_are_the_published_ones(breast_study, t2, stir, bliss):
    assert breast_study.name == "11-11-2008-MRI BREAST BILATERAL WITH T WITHOUT CONTRAST-28651"
    assert [series[0].SeriesDescription for series in (t2, stir, bliss)] == ["T2W_TSE SENSE", "STIR SENSE", "AX BLISS_AUTO SENSE"]
    assert [series[0].SeriesNumber for series in (t2, stir, bliss)] == [301, 401, 801]
    assert len({ds.StudyInstanceUID for ds in [*t2, *stir, *bliss]}) == 1


def test_the_full_bliss_is_as_large_as_the_published_one_and_small_images_are_not_blocky():
    assert [(one.frames, one.stacks[0][2]) for one in axial_series("full") if one.kind == "bliss"] == [(10, 84)]
    assert min(one.matrix for one in [*axial_series("small"), *sagittal_series("small")]) >= 192


def test_vessels_take_up_contrast_and_most_lies_on_the_right_where_the_lesion_is(bliss):
    before, after = (
        np.stack([ds.pixel_array.astype(float) for ds in frame]) for frame in (frames_of(bliss)[0], frames_of(bliss)[2])
    )
    columns = np.arange(before.shape[2]) * float(bliss[0].PixelSpacing[1]) + float(bliss[0].ImagePositionPatient[0])
    rows = np.arange(before.shape[1]) * float(bliss[0].PixelSpacing[0]) + float(bliss[0].ImagePositionPatient[1])
    risen = (after - before > 180) & (rows < -60)[None, :, None]
    right, left = risen[:, :, columns < 0].sum(), risen[:, :, columns > 0].sum()
    assert right > left > 20


def test_the_breasts_are_not_mirror_images(t2):
    middle = min(t2, key=lambda one: abs(float(one.ImagePositionPatient[2]))).pixel_array.astype(float)
    breasts = middle[: middle.shape[0] // 3]
    inside = (breasts > 150) & (breasts[:, ::-1] > 150)
    assert np.corrcoef(breasts[inside], breasts[:, ::-1][inside])[0, 1] < 0.6


def test_the_beating_heart_throws_ghosts_beside_itself_and_none_into_the_breasts(bliss):
    frame = frames_of(bliss)[2]
    ds = min(frame, key=lambda one: abs(float(one.ImagePositionPatient[2])))
    image = ds.pixel_array.astype(float)
    spacing = float(ds.PixelSpacing[0])
    top, left = float(ds.ImagePositionPatient[1]), float(ds.ImagePositionPatient[0])

    def mean(x, y, half=12):
        rows = slice(int((y - half - top) / spacing), int((y + half - top) / spacing))
        columns = slice(int((x - half - left) / spacing), int((x + half - left) / spacing))
        return image[rows, columns].mean()

    assert mean(-64, 0) > mean(0, -150) + 8  # lung beside the heart, and air between the breasts


def test_bliss_has_ten_frames_of_one_geometry(bliss):
    frames = frames_of(bliss)
    assert len(frames) == 10
    places = [[tuple(map(float, ds.ImagePositionPatient)) for ds in frame] for frame in frames]
    assert all(sorted(place) == sorted(places[0]) for place in places)
    assert list(bliss[0].ImageType) == ["ORIGINAL", "PRIMARY", "M_FFE", "M", "FFE"]


@pytest.mark.parametrize("keyword", ["TriggerTime", "AcquisitionTime", "ContentTime"])
def test_each_of_three_times_tells_the_frames_apart_and_grows(bliss, keyword):
    times = [{float(ds[keyword].value) for ds in frame} for frame in frames_of(bliss)]
    assert all(len(values) == 1 for values in times)
    ordered = [values.pop() for values in times]
    assert ordered == sorted(set(ordered))


def test_the_lesion_rises_fast_and_washes_out_while_the_gland_rises_slowly(bliss):
    frames = frames_of(bliss)
    rim = (LESION_LPS[0] - 7, LESION_LPS[1], LESION_LPS[2])
    lesion = np.array([axial_value(frame, rim) for frame in frames])
    gland = np.array([axial_value(frame, (86, -120, -4)) for frame in frames])
    peak = int(np.argmax(lesion))
    assert 1 <= peak <= 3
    assert lesion[peak] > 1.8 * lesion[0]
    assert lesion[-1] < 0.85 * lesion[peak]
    assert gland[-1] > gland[2] > gland[0]
    assert gland[-1] < 1.8 * gland[0]


def test_the_lesion_is_in_the_right_breast_only(bliss):
    frames = frames_of(bliss)
    risen = {
        side: axial_value(frames[2], (side * 96, -120, 10)) - axial_value(frames[0], (side * 96, -120, 10)) for side in (-1, 1)
    }
    assert risen[-1] > 3 * abs(risen[1])


def test_fat_is_bright_in_t2_and_dark_in_stir(t2, stir):
    fat = (150, 20, 0)
    gland = (86, -120, -4)
    assert axial_value(t2, fat) > 1.3 * axial_value(t2, gland)
    assert axial_value(stir, fat) < 0.4 * axial_value(stir, gland)


def test_headers_are_like_those_of_philips(bliss):
    ds = bliss[-1]
    assert ds.Manufacturer.startswith("Philips")
    assert "DICOMTutorialHelper" in ds.Manufacturer
    assert ds[0x2005, 0x0010].value == "Philips MR Imaging DD 001"
    assert ds[0x2005, 0x100E].VR == "FL"
    assert ds.RescaleSlope == 1
    assert ds.NumberOfTemporalPositions == 10


def test_the_sagittal_form_holds_two_stacks_with_a_gap(sagittal):
    assert {tuple(map(float, ds.ImageOrientationPatient)) for ds in sagittal} == {(0, 1, 0, 0, 0, -1)}
    places = np.array(sorted({float(ds.ImagePositionPatient[0]) for ds in sagittal}))
    gaps = np.diff(places)
    assert (places < 0).sum() == (places > 0).sum() == 12
    assert gaps.max() > 5 * np.median(gaps)
    assert {ds.ImageLaterality for ds in sagittal if ds.ImagePositionPatient[0] < 0} == {"R"}


def test_sagittal_images_stand_upright_with_the_front_on_the_left(sagittal):
    # The breast reaches far to the front: there is signal on the left of the middle rows, none in the corners there.
    ds = min(sagittal, key=lambda one: abs(float(one.ImagePositionPatient[0]) - 84))
    image = ds.pixel_array
    middle, top = image[80:112, 16:60], image[:16, 16:60]
    assert middle.mean() > 3 * top.mean()
