"""The practice torso CT: laid out as published, valid, deterministic, and anatomy where it belongs."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.synthetic import torso_ct
from DICOMTutorialHelperLib.data.synthetic.instances import InstanceWriter, SetKey
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.data.synthetic.shapes import image_grid
from DICOMTutorialHelperLib.data.synthetic.torso_anatomy import torso_of
from DICOMTutorialHelperLib.data.synthetic.torso_ct import planned_slices

OWN_ROOT = "2.25.116267861723273722103373167261383692358."


@pytest.fixture(scope="module")
def slices(torso_files):
    return [pydicom.dcmread(path) for path in torso_files]


@pytest.fixture(scope="module")
def hounsfield_at(slices):
    """The median value around a point in LPS mm, from the written files alone: a vessel in the lung does not count."""
    ordered = sorted(slices, key=lambda ds: float(ds.ImagePositionPatient[2]))
    heights = np.array([float(ds.ImagePositionPatient[2]) for ds in ordered])

    def value(x, y, z):
        ds = ordered[int(np.argmin(np.abs(heights - z)))]
        column = round((x - float(ds.ImagePositionPatient[0])) / float(ds.PixelSpacing[1]))
        row = round((y - float(ds.ImagePositionPatient[1])) / float(ds.PixelSpacing[0]))
        stored = ds.pixel_array[row - 2 : row + 3, column - 2 : column + 3]
        return float(np.median(stored)) * float(ds.RescaleSlope) + float(ds.RescaleIntercept)

    return value


def test_files_are_named_as_published(torso_files):
    assert [path.name for path in torso_files[:2]] == ["IM-0001-0001.dcm", "IM-0001-0002.dcm"]
    assert torso_files[0].parent.as_posix().endswith("SlicerDICOMTutorialData/dataset1_TorsoCT")


def test_the_full_series_has_the_published_size():
    plan = planned_slices("full")
    assert len(plan) == 291
    assert {planned.matrix for planned in plan} == {(512, 512)}


def test_file_numbers_run_against_the_direction_slicer_sorts_in(slices):
    heights = [float(ds.ImagePositionPatient[2]) for ds in slices]
    assert heights == sorted(heights, reverse=True)


def test_slices_are_evenly_spaced_and_axial(slices):
    gaps = np.diff([float(ds.ImagePositionPatient[2]) for ds in slices])
    assert np.allclose(gaps, gaps[0], atol=1e-6)
    assert {tuple(map(float, ds.ImageOrientationPatient)) for ds in slices} == {(1, 0, 0, 0, 1, 0)}


def test_every_file_is_marked_as_made(slices):
    for ds in slices:
        assert "PRACTICE" in ds.PatientID
        assert "DICOMTutorialHelper" in ds.ImageComments
        assert ds.QualityControlSubject == "YES"
        for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"):
            assert ds[keyword].value.startswith(OWN_ROOT) and ds[keyword].value.is_valid


def test_instances_are_distinct_and_of_one_series(slices):
    assert len({ds.SOPInstanceUID for ds in slices}) == len(slices)
    assert len({ds.SeriesInstanceUID for ds in slices}) == 1


def test_the_same_seed_makes_the_same_bytes_and_another_seed_another_torso(tmp_path, torso_files):
    again = make_practice_set("torso-ct", tmp_path / "again")
    other = make_practice_set("torso-ct", tmp_path / "other", seed=1)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in torso_files]
    assert pydicom.dcmread(other[5]).SOPInstanceUID != pydicom.dcmread(again[5]).SOPInstanceUID
    assert other[20].read_bytes() != again[20].read_bytes()


@pytest.mark.parametrize(
    ("part", "place", "lowest", "highest"),
    [
        ("air beside the body", (-190, -150, 0), -1020, -980),
        ("right lung", (-90, -30, 90), -900, -700),
        ("left lung", (90, -35, 110), -900, -700),
        ("windpipe", (0, 12, 150), -1020, -700),
        ("descending aorta on the left", (24, 34, 40), 250, 310),
        ("left ventricle on the left", (31, -34, 33), 230, 300),
        ("liver on the right", (-85, 0, -50), 95, 130),
        ("spleen on the left", (104, 34, -50), 110, 145),
        ("stomach's fluid on the left", (62, -30, -48), 0, 40),
        ("stomach's gas in front", (44, -72, -90), -1000, -800),
        ("vertebra", (0, 48, 60), 120, 700),
        ("fat under the skin", (-150, 0, -100), -130, -60),
    ],
)
def test_anatomy_lies_where_it_belongs(hounsfield_at, part, place, lowest, highest):
    assert lowest <= hounsfield_at(*place) <= highest, part


def test_bone_is_dense_and_noise_is_that_of_a_scanner(slices):
    middle = slices[len(slices) // 2]
    values = middle.pixel_array.astype(float) - 1024
    assert values.max() > 400
    air = values[2:12, 2:12]
    assert 5 < air.std() < 20


@pytest.mark.parametrize(
    ("column", "levels"),
    [
        ((0, 1, 0), range(-60, 60, 12)),
        ((0, 0.9781, -0.2079), range(-60, 60, 12)),  # a tilted gantry
        ((0, 1, 0), [60, 36, 12, -12, -36, -60, 24, -24]),  # slices taken again at the end
    ],
)
def test_drawing_in_blocks_gives_the_same_as_drawing_at_once(column, levels):
    torso = torso_of(3)
    positions = [(-180, -180, z) for z in levels]
    grid = image_grid(positions, (1, 0, 0), column, (9, 9), (40, 40))
    whole = torso.hounsfield(grid)
    parts = np.concatenate([torso.hounsfield(block) for _, block in grid.blocks(samples=3 * 40 * 40)])
    assert np.allclose(whole, parts, atol=0.01)


TOP, STEP = 150.0, 6.0


def z(k):
    return TOP - STEP * k


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


def heights(plan):
    return [float(planned.position_lps[2]) for planned in plan]


@pytest.mark.parametrize(
    ("size", "slices", "matrix", "distance", "top"), [("full", 291, 512, 2, 214), ("small", 48, 128, 6, 150)]
)
def test_slices_go_down_from_the_top_around_the_middle_of_the_body(size, slices, matrix, distance, top):
    plan = planned_slices(size)
    assert heights(plan) == [top - distance * k for k in range(slices)]
    assert [planned.number for planned in plan] == list(range(1, slices + 1))
    for planned in (plan[0], plan[-1]):
        assert planned.pixel_spacing == (400 / matrix, 400 / matrix)
        assert planned.matrix == (matrix, matrix)
        assert planned.position_lps[:2] == pytest.approx((-200 + 200 / matrix, -205 + 200 / matrix))
        assert (planned.row_lps.tolist(), planned.column_lps.tolist()) == ([1, 0, 0], [0, 1, 0])
    assert plan[8].file_name == "IM-0001-0009.dcm"
    assert replace(plan[8], name="x.dcm").file_name == "x.dcm"


@pytest.mark.parametrize(
    ("change", "together"),
    [
        ({}, True),
        ({"position_lps": np.array([9.0, 9.0, 9.0])}, True),
        ({"projection": True}, False),
        ({"matrix": (128, 64)}, False),
        ({"pixel_spacing": (3.125, 3.0)}, False),
        ({"column_lps": np.array([0.0, 0.8, 0.6])}, False),
    ],
)
def test_slices_are_drawn_together_where_they_are_of_one_format(change, together):
    one = planned_slices("small")[0]
    other = replace(one, **change)
    assert one.drawn_like(other) == other.drawn_like(one) == together
