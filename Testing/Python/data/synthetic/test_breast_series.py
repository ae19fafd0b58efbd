"""The parts that the practice breast MRI is made of, each against values worked out by hand: no image is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.synthetic import breast_acquisition
from DICOMTutorialHelperLib.data.synthetic.breast_acquisition import (
    NOISE,
    NOISE_STARTS,
    _Scanner,
    bliss_signal,
    coil_shading,
    heart_window,
    stored_frames,
)
from DICOMTutorialHelperLib.data.synthetic.breast_mri import (
    axial_series,
    clock,
    sagittal_series,
    series_header,
    set_frame,
    set_position,
)
from DICOMTutorialHelperLib.data.synthetic.instances import SetKey
from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        # matrix, slices, frames; mm: pixel 360 / matrix, slices 152 / count; the middle of the stack is the origin
        ("full", [("t2", 301, 384, 153, 1), ("stir", 401, 320, 95, 1), ("bliss", 801, 320, 84, 10)]),
        ("small", [("t2", 301, 192, 32, 1), ("stir", 401, 192, 24, 1), ("bliss", 801, 192, 19, 10)]),
    ],
)
def test_axial_stacks_cover_the_breasts_around_the_origin(size, expected):
    made = axial_series(size)
    assert [(one.kind, one.number, one.matrix, one.stacks[0][2], one.frames) for one in made] == expected
    for one, (_, _, matrix, slices, frames) in zip(made, expected):
        assert one.files == frames * slices
        assert (one.spacing, one.slice_distance) == (pytest.approx(360 / matrix), pytest.approx(152 / slices))
        places = one.positions(0)
        assert places.shape == (slices, 3)
        assert places[0] == pytest.approx((-180 + 180 / matrix, -202 + 180 / matrix, -76 + 76 / slices))
        assert places[-1] == pytest.approx((-180 + 180 / matrix, -202 + 180 / matrix, 76 - 76 / slices))
        assert one.orientation == ((1, 0, 0), (0, 1, 0))


@pytest.mark.parametrize(("size", "matrix", "slices"), [("full", 256, 40), ("small", 192, 12)])
def test_sagittal_stacks_lie_one_in_each_breast(size, matrix, slices):
    (one,) = sagittal_series(size)
    assert (one.kind, one.number, one.matrix, one.frames, one.files) == ("bliss", 701, matrix, 10, 10 * 2 * slices)
    assert one.spacing == pytest.approx(230 / matrix)
    assert one.slice_distance == pytest.approx(104 / slices)
    half = 115 / matrix
    for stack, (low, high) in enumerate(((-136, -32), (32, 136))):
        places = one.positions(stack)
        assert places[0] == pytest.approx((low + 52 / slices, -190 + half, 115 - half))
        assert places[-1] == pytest.approx((high - 52 / slices, -190 + half, 115 - half))
    assert one.orientation == ((0, 1, 0), (0, 0, -1))


def test_edges_are_as_soft_as_a_pixel_or_six_tenths_of_a_slice():
    """Pixels of 0.94 and 1.875 mm, slices of 0.99, 4.75 and 8.67 mm."""
    assert axial_series("full")[0].grid(0).softness == pytest.approx(0.9375)
    assert axial_series("small")[0].grid(0).softness == pytest.approx(0.6 * 4.75)
    grid = sagittal_series("small")[0].grid(1)
    assert grid.softness == pytest.approx(0.6 * 104 / 12)
    assert grid.shape == (12, 192, 192)
    assert (float(grid.x.min()), float(grid.x.max())) == pytest.approx((32 + 52 / 12, 136 - 52 / 12))


@pytest.mark.parametrize(
    ("hour", "minute", "seconds", "written"),
    [(10, 20, 0, "102000.00"), (10, 20, 62.0, "102102.00"), (9, 59, 60.5, "100000.50"), (0, 0, 3599.25, "005959.25")],
)
def test_a_clock_carries_seconds_into_minutes_and_hours(hour, minute, seconds, written):
    assert clock(hour, minute, seconds) == written


@pytest.mark.parametrize(("frame", "minutes"), [(0, (31 - 70) / 60), (1, (93 - 70) / 60), (9, (589 - 70) / 60)])
def test_an_image_is_the_signal_before_and_what_each_uptake_adds_in_the_middle_of_its_time(monkeypatch, frame, minutes):
    """62 s a frame, contrast after 70 s."""
    asked = []
    monkeypatch.setattr(
        breast_acquisition, "uptake", lambda value: asked.append(value) or {"slow": 0.25, "fast": 0.5, "blood": 2.0, "bliss": 9.0}
    )
    channels = np.array([[[100.0]], [[8.0]], [[40.0]], [[3.0]]], np.float32)
    assert bliss_signal(channels, frame).tolist() == [[100 + 2 + 20 + 6]]
    assert asked == [pytest.approx(minutes)]


@pytest.mark.parametrize(
    ("orientation", "position", "location", "laterality"),
    [
        ((1, 0, 0, 0, 1, 0), (5.0, -20.25, 30.5), "30.5", "B"),
        ((0, 1, 0, 0, 0, -1), (40.0, 5.0, 7.0), "-40", "L"),
        ((0, 1, 0, 0, 0, -1), (0.5, 5.0, 7.0), "-0.5", "L"),
        ((0, 1, 0, 0, 0, -1), (-40.0, 5.0, 7.0), "40", "R"),
        ((0, 1, 0, 0, 0, -1), (0.0, 5.0, 7.0), "0", "R"),
    ],
)
def test_a_slice_says_where_it_lies_and_of_which_breast_it_is(orientation, position, location, laterality):
    """The normal of sagittal images is row x column = (-1, 0, 0)."""
    ds = Dataset()
    ds.ImageOrientationPatient = list(orientation)
    set_position(ds, np.array(position))
    assert [float(value) for value in ds.ImagePositionPatient] == list(position)
    assert (str(ds.SliceLocation), ds.ImageLaterality) == (location, laterality)


def test_a_frame_says_its_number_and_its_time():
    ds = Dataset()
    set_frame(ds, axial_series("small")[2], 3, 4, 77)
    assert (ds.InstanceNumber, ds.TemporalPositionIdentifier, ds.AcquisitionNumber) == (77, 4, 8)
    assert (float(ds.TriggerTime), ds.AcquisitionTime, ds.ContentTime) == (186_000, "102306.00", "102306.00")
    assert (int(ds[0x2001, 0x100A].value), ds[0x2005, 0x10A0].value) == (5, 186.0)


def test_an_image_of_a_series_without_frames_has_no_time_of_its_own():
    ds = Dataset()
    set_frame(ds, axial_series("small")[0], 0, 4, 5)
    assert (ds.InstanceNumber, int(ds[0x2001, 0x100A].value)) == (5, 5)
    assert "TriggerTime" not in ds and "TemporalPositionIdentifier" not in ds and (0x2005, 0x0010) not in ds


@pytest.mark.parametrize(("size", "distance", "pixel"), [("full", 152 / 84, 1.125), ("small", 8, 1.875)])
def test_the_header_of_a_series_has_its_distances_and_counts(size, distance, pixel):
    one = axial_series(size)[2]
    ds = series_header(one, SetKey("breast-mri", size, 0))
    assert (float(ds.SliceThickness), float(ds.SpacingBetweenSlices)) == (pytest.approx(distance, abs=1e-4),) * 2
    assert [float(value) for value in ds.PixelSpacing] == [pixel, pixel]
    assert list(ds.AcquisitionMatrix) == [0, one.matrix, one.matrix, 0]
    assert (ds.Rows, ds.Columns, ds.NumberOfTemporalPositions, float(ds.TemporalResolution)) == (one.matrix, one.matrix, 10, 62e3)
    imaging = [ds[0x2001, 0x1000 | number].value for number in (0x18, 0x60, 0x81)]
    assert [int(value) for value in imaging] == [one.stacks[0][2], 1, 10]


def points(*places):
    x, y, z = np.array(places, np.float32).T
    return SampleGrid(x[None, None, :], y[None, None, :], z[None, None, :], 1.0)


def test_the_coil_hears_best_at_its_middle_and_a_third_as_much_more_a_reach_away():
    """0.7 and 0.45 more at (y, z) = (-110, 0) mm; 120 mm behind it and 190 mm above it a factor of 1 / e less each."""
    heard = coil_shading(points((0, -110, 0), (50, 10, 0), (0, -110, 190), (0, 10, -190), (0, -230, 0)))[0, 0]
    expected = [0.7 + 0.45 * np.exp(-power) for power in (0, 1, 1, 2, 1)]
    assert heard == pytest.approx(expected, abs=1e-5)
    assert heard.dtype == np.float32


def test_the_heart_beats_within_54_by_46_mm_around_its_middle():
    beating = heart_window(points((8, 6, 0), (62, 6, 0), (8, 52, 0), (-46, 6, 0), (8, -40, 0), (62, 52, 0), (90, 6, 0)))
    assert beating.shape == (1, 7)
    assert beating[0] == pytest.approx([1, *[np.exp(-1)] * 4, np.exp(-2), 0], abs=1e-5)


def acquired(image, beating, seeds, kind):
    return _Scanner(image.shape).acquired(image, beating, seeds, NOISE[kind])


@pytest.mark.parametrize(("kind", "sigma"), [("t2", 16), ("stir", 17), ("bliss", 9)])
def test_noise_is_that_of_a_magnitude_image(kind, sigma):
    """Without a signal it has a Rayleigh distribution: its mean square is twice the variance of a part."""
    seen = acquired(np.zeros((200, 200), np.float32), None, [3, 4, 5], kind).astype(float)
    assert np.mean(seen**2) == pytest.approx(2 * sigma**2, rel=0.02)
    bright = acquired(np.full((200, 200), 900, np.float32), None, [3, 4, 5], kind).astype(float)
    assert (bright.mean(), bright.std()) == (pytest.approx(900, abs=0.5), pytest.approx(sigma, rel=0.02))


def test_an_image_has_the_noise_of_its_own_numbers():
    empty = np.zeros((60, 50), np.float32)
    first, again, other = (acquired(empty, None, seeds, "t2").copy() for seeds in ([0, 3, 4], [0, 3, 4], [0, 3, 5]))
    assert np.array_equal(first, again)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.1


def test_stored_values_have_twelve_bits():
    seen = stored_frames(np.full((1, 1, 1, 1), 9000, np.float32), points((0, 0, 0)), "t2", 1, False, [[[0]]])
    assert seen.dtype == np.dtype("<u2")
    assert (seen == 4095).all()


def test_a_beating_column_is_smeared_and_throws_ghosts_a_sixth_and_a_third_of_the_image_away():
    """A column of 2000 among 1000: half stays, a quarter goes to each side; ghosts have 2 to 7 hundredths of the heart, then
    half of that; all are seen in the mean of 4000 rows."""
    image = np.full((4000, 48), 1000, np.float32)
    beating = np.zeros_like(image)
    image[:, 24], beating[:, 24] = 2000, 1
    seen = acquired(image, beating, [7], "bliss").astype(float).mean(axis=0) - 1000
    generator = np.random.default_rng([7])
    generator.integers(0, NOISE_STARTS, 2)
    strength = generator.uniform(0.02, 0.07)
    expected = np.zeros(48)
    expected[24] = 1000 - 2000 / 2
    expected[[23, 25]] = 2000 / 4
    expected[[16, 32]] = strength * 2000
    expected[[8, 40]] = strength * 1000
    assert 0.02 < strength < 0.07
    assert seen == pytest.approx(expected, abs=1.5)
