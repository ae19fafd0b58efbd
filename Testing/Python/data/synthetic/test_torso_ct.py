"""The practice torso CT: laid out as published, valid, deterministic, and anatomy where it belongs."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

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
        ("right lung", (-80, 0, 90), -900, -700),
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
