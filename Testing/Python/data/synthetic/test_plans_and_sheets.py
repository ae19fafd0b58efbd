"""What cases plan, what writing a slice adds to it, and how a sheet shows it: without drawing a body."""

from __future__ import annotations

import copy
import random
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.synthetic import cases, preview, torso_ct
from DICOMTutorialHelperLib.data.synthetic.cases import CaseTruth
from DICOMTutorialHelperLib.data.synthetic.instances import InstanceWriter, SetKey
from DICOMTutorialHelperLib.data.synthetic.torso_ct import planned_slices

TOP, STEP, SLICES = 150.0, 6.0, 48


class Dice:
    """Chance that gives what it is told to, and remembers what it was asked for."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def _next(self, *asked):
        self.asked.append(asked)
        return self.answers.pop(0)

    def randint(self, low, high):
        return self._next(low, high)

    def choice(self, among):
        return self._next(*among)


def planned(maker, *answers, plan=None):
    dice = Dice(*answers)
    made, truth = maker(planned_slices("small") if plan is None else plan, dice)
    return made, truth, dice.asked


def heights(plan):
    return [float(one.position_lps[2]) for one in plan]


def z(k):
    return TOP - STEP * k


def test_slices_are_missing_from_the_middle():
    plan, truth, asked = planned(cases._missing, 3, 12)
    assert asked == [(2, 5), (10, SLICES - 16)]
    assert heights(plan) == [z(k) for k in range(SLICES) if k not in (12, 13, 14)]
    assert truth == CaseTruth("missing", 3, (z(15), z(11)))


def test_slices_are_there_twice():
    plan, truth, asked = planned(cases._twice, 2, 20)
    assert asked == [(2, 4), (10, SLICES - 16)]
    assert heights(plan[SLICES:]) == [z(20), z(21)]
    assert ([one.repeat for one in plan[SLICES:]], len(plan)) == ([1, 1], SLICES + 2)
    assert truth == CaseTruth("twice", 2, (z(22), z(19)))


@pytest.mark.parametrize("sign", [-1, 1])
def test_slices_are_tilted_about_their_middle(sign):
    wide = [replace(one, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for one in planned_slices("small")]
    plan, truth, asked = planned(cases._tilt, sign, 15, plan=wide)
    assert asked == [(-1, 1), (9, 20)]
    angle = np.radians(15 * sign)
    for tilted, sound in zip(plan, wide):
        assert tilted.column_lps == pytest.approx((0, np.cos(angle), np.sin(angle)))
        assert tilted.position_lps + 150 * tilted.column_lps == pytest.approx(sound.position_lps + 150 * sound.column_lps)
        assert tilted.header == {"GantryDetectorTilt": str(15 * sign)}
    assert truth == CaseTruth("tilt", 15, None, count_within=1)


@pytest.mark.parametrize("place", [0, 24, 48])
def test_overview_images_stand_in_front_of_the_middle(place):
    wide = [replace(one, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for one in planned_slices("small")]
    plan, truth, asked = planned(cases._overview, 2, place, plan=wide)
    assert asked == [(1, 3), (0, 24, 48)]
    scouts = plan[place : place + 2]
    middle = (z(0) + z(SLICES - 1)) / 2
    assert [one.position_lps.tolist() for one in scouts] == [[wide[0].position_lps[0], y, middle + 150] for y in (-40, 0)]
    assert all(one.projection and one.column_lps.tolist() == [0, 0, -1] for one in scouts)
    assert not any(one.projection for one in plan[:place] + plan[place + 2 :])
    assert truth == CaseTruth("overview", 2, (place + 1, place + 2))
    assert scouts[0].header == {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}


def test_a_name_is_burned_into_some_slices():
    plan, truth, asked = planned(cases._text, 4, 9, "ROSE PETIT")
    assert asked == [(3, 8), (6, SLICES - 14), cases._NAMES]
    assert [k for k, one in enumerate(plan) if one.burned_in == "ROSE PETIT"] == [9, 10, 11, 12]
    assert heights(plan) == [z(k) for k in range(SLICES)]
    assert truth == CaseTruth("text", 4, (z(12) - 3, z(9) + 3), count_within=1)


def test_the_lowest_slices_have_half_the_matrix():
    wide = [replace(one, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for one in planned_slices("small")]
    plan, truth, asked = planned(cases._sizes, 9, plan=wide)
    assert asked == [(8, 18)]
    assert [one.matrix for one in plan] == [(100, 60)] * 39 + [(50, 30)] * 9
    assert plan[-1].pixel_spacing == (6.0, 8.0)
    assert plan[-1].position_lps - wide[-1].position_lps == pytest.approx((2.0, 1.5, 0))
    assert truth == CaseTruth("sizes", 9, (z(47) - 6, z(39) + 6))


def test_a_right_answer_to_where_is_the_middle():
    assert CaseTruth("missing", 2, (3.0, 8.12)).middle == 5.6
    assert CaseTruth("missing", 2, (3.0, 8.0)).middle == 5.5
    assert CaseTruth("tilt", 9, None).middle is None


@pytest.mark.parametrize(("seed", "expected"), [(999_999, 999_999), (1_000_000, None)])
def test_numbers_of_sets_have_six_digits(seed, expected):
    """The seventh is none of ours: the largest is 999999."""
    assert cases.MOST_SEED == 999_999
    assert cases.seed_of(f"CASE-{seed}") == expected


def test_names_by_chance_have_five_digits_and_numbers_run_on():
    plan = cases._without_traces(planned_slices("small")[::-1], "A", 1)
    assert [one.number for one in plan] == list(range(1, SLICES + 1))
    assert len({one.name for one in plan}) == SLICES
    assert all(0x10000 <= int(one.name[:5], 16) <= 0xFFFFF and one.name.endswith(".dcm") for one in plan)
    assert [one.name for one in plan] == [one.name for one in cases._without_traces(plan, "A", 1)]
    assert [one.name for one in plan] != [one.name for one in cases._without_traces(plan, "B", 1)]


# --- what a slice is written with


class Torso:
    """A body of one density everywhere, or of the height as it is."""

    def __init__(self, value=None):
        self.value, self.grids = value, []

    def hounsfield(self, grid):
        self.grids.append(grid)
        return np.broadcast_to(grid.z if self.value is None else np.float32(self.value), grid.shape).astype(np.float32)


@pytest.fixture
def without_noise(monkeypatch):
    monkeypatch.setattr(torso_ct, "_grain", lambda generator, matrix: np.zeros(matrix, np.float32))


def slice_at(k, **more):
    return replace(planned_slices("small")[k], matrix=(40, 30), pixel_spacing=(2.0, 3.0), **more)


def written(planned, tmp_path, value=40.0, seed=3):
    ds, path = torso_ct._series_header(SetKey("torso-ct", "small", seed), 6.0), tmp_path / "a.dcm"
    before = copy.deepcopy(ds)
    (stored,) = torso_ct._stored_values(np.full((1, *planned.matrix), value, np.float32), [planned], seed)
    torso_ct._write_slice(ds, InstanceWriter(), planned, stored, SetKey("torso-ct", "small", seed), path)
    for keyword in planned.header:
        assert ds.get(keyword) == before.get(keyword)
    return path


def test_a_slice_says_where_it_lies_and_what_its_plan_says(tmp_path):
    planned = slice_at(7, header={"KVP": "80", "ImageLaterality": "L"}, row_lps=np.array([0.6, 0.8, 0.0]))
    ds = pydicom.dcmread(written(planned, tmp_path))
    assert [float(value) for value in ds.ImagePositionPatient] == pytest.approx(planned.position_lps)
    assert [float(value) for value in ds.ImageOrientationPatient] == [0.6, 0.8, 0, 0, 1, 0]
    assert (float(ds.SliceLocation), ds.InstanceNumber, ds.KVP, ds.ImageLaterality) == (z(7), 8, 80, "L")
    assert ([float(value) for value in ds.PixelSpacing], ds.Rows, ds.Columns) == ([2, 3], 40, 30)


def test_noise_is_smooth_of_11_hu_and_its_own_for_each_place_and_scan(tmp_path):
    """Each pixel is the sum of four neighbours of noise, of half the height: its spread is 11 HU, and half of it is shared."""
    values = pydicom.dcmread(written(replace(slice_at(7), matrix=(300, 300)), tmp_path)).pixel_array.astype(float) - 1024
    assert (values.mean(), values.std()) == (pytest.approx(40, abs=0.3), pytest.approx(11, abs=0.3))
    assert np.corrcoef(values[:, 1:].ravel(), values[:, :-1].ravel())[0, 1] == pytest.approx(0.5, abs=0.03)
    assert np.corrcoef(values[1:].ravel(), values[:-1].ravel())[0, 1] == pytest.approx(0.5, abs=0.03)
    assert abs(np.corrcoef(values[2:].ravel(), values[:-2].ravel())[0, 1]) < 0.03
    pixels = [
        pydicom.dcmread(written(one, tmp_path, seed=seed)).PixelData
        for one, seed in ((slice_at(7), 3), (slice_at(7), 3), (slice_at(8), 3), (slice_at(7, repeat=1), 3), (slice_at(7), 4))
    ]
    assert pixels[0] == pixels[1]
    assert len(set(pixels)) == 4


@pytest.mark.parametrize(("value", "stored"), [(-3000.0, 0), (9000.0, 4095)])
def test_stored_values_have_twelve_bits_from_minus_1024_on(tmp_path, value, stored):
    assert (pydicom.dcmread(written(slice_at(7), tmp_path, value)).pixel_array == stored).all()


def test_text_is_burned_in_at_3000(tmp_path):
    marked = pydicom.dcmread(written(slice_at(7, burned_in="I"), tmp_path)).pixel_array
    assert (marked == 3000).sum() == 11  # the dots of an I


@pytest.mark.parametrize(("share", "lost"), [(1.0, 0), (0.6, 960), (0.999, 2)])
def test_a_cut_file_keeps_a_share_of_its_pixels(tmp_path, share, lost):
    """40 x 30 pixels of 2 bytes are 2400."""
    whole = len(written(slice_at(7), tmp_path).read_bytes())
    assert whole - len(written(slice_at(7, kept_share=share), tmp_path).read_bytes()) == lost


def test_slices_of_one_format_are_drawn_on_one_grid():
    plan = [slice_at(0), slice_at(1), slice_at(2, projection=True), slice_at(3), slice_at(4)]
    plan.append(replace(slice_at(5), matrix=(20, 30)))
    assert [[one.number for one in stack] for stack in torso_ct._stacks(plan)] == [[1, 2], [3], [4, 5], [6]]


@pytest.mark.parametrize(
    ("step", "spacing", "softness"),
    [(6.0, (2.0, 3.0), 4.8), (8.0, (2.0, 3.0), 6.0), (20.0, (2.0, 3.0), 6.6), (0.0, (3.0, 2.0), 4.8)],
)
def test_edges_are_as_soft_as_pixels_or_slices_are_large(without_noise, step, spacing, softness):
    """1.6 pixels, or 0.75 of a slice up to 2.2 pixels."""
    first = replace(slice_at(0), pixel_spacing=spacing)
    stack = [first, replace(first, position_lps=first.position_lps - (0, 0, step))] if step else [first]
    torso = Torso()
    drawn = list(torso_ct._scanned(torso, stack, SetKey("torso-ct", "small", 0)))
    assert [run for run, _ in drawn] == [0]
    assert torso.grids[0].softness == pytest.approx(softness)
    assert drawn[0][1].shape == (len(stack), 40, 30)
    assert drawn[0][1][:, 0, 0].tolist() == [1024 + 150, 1024 + 150 - step][: len(stack)]


def test_a_scout_is_the_mean_of_24_depths_from_front_to_back(without_noise):
    planned = replace(slice_at(0, projection=True), column_lps=np.array([0.0, 0.0, -1.0]))

    class Depth(Torso):
        def hounsfield(self, grid):
            self.grids.append(grid)
            return np.broadcast_to(grid.y**2 / 4, grid.shape).astype(np.float32)

    torso = Depth()
    ((first, (picture,)),) = torso_ct._scanned(torso, [planned], SetKey("torso-ct", "small", 0))
    depths = np.concatenate([grid.y.ravel() for grid in torso.grids])
    assert (first, len(depths), depths.min(), depths.max()) == (0, 24, -115, 115)
    assert (picture == 1024 + round(np.mean(np.linspace(-115, 115, 24) ** 2) / 4)).all()


# --- a sheet


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


def test_the_same_number_gives_the_same_cases():
    assert cases.case_truth("B", 5) == cases.case_truth("B", 5)
    assert random.Random("cases 5").random() == random.Random("cases 5").random()
    with pytest.raises(KeyError):
        cases.case_truth("G", 5)
