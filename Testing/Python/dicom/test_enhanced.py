"""Multi-frame objects: geometry and values from functional groups, frame by frame."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from synthetic_series import ENHANCED_MR, slice_dataset, write

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

ROWS, COLUMNS, SLICES, TIMES = 5, 4, 3, 2


def sequence_of(**elements) -> list[Dataset]:
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return [item]


@pytest.fixture
def frames():
    return np.random.default_rng(0).integers(0, 2000, (SLICES * TIMES, ROWS, COLUMNS)).astype("<u2")


@pytest.fixture
def enhanced(tmp_path, frames):
    """One enhanced MR object: slices of every time one after another, slope of its own for every frame."""
    dataset = slice_dataset(0, ENHANCED_MR, PixelSpacing=None, ImageOrientationPatient=None)
    dataset.NumberOfFrames = SLICES * TIMES
    shared = Dataset()
    shared.PixelMeasuresSequence = sequence_of(PixelSpacing=[0.8, 0.7], SliceThickness=9)
    shared.PlaneOrientationSequence = sequence_of(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    dataset.SharedFunctionalGroupsSequence = [shared]
    groups = []
    for time in range(TIMES):
        for k in range(SLICES):
            group = Dataset()
            group.PlanePositionSequence = sequence_of(ImagePositionPatient=[1.0, 2.0, 3.0 * k])
            group.FrameContentSequence = sequence_of(TemporalPositionIndex=time + 1)
            group.PixelValueTransformationSequence = sequence_of(RescaleSlope=1 + time, RescaleIntercept=k)
            groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = groups
    dataset.PixelData = frames.tobytes()
    return write(dataset, tmp_path / "enhanced.dcm")


def test_temporal_positions_of_one_object_are_a_sequence(enhanced):
    (series,) = examine_paths([enhanced]).series
    best = series.candidates[0]
    assert (best.kind, best.index.name, best.index.values) == ("sequence", "TemporalPositionIdentifier", [1, 2])
    assert best.stacks[0].grid.spacing_mm == pytest.approx((0.7, 0.8, 3.0))
    assert best.files == [enhanced]


def test_every_frame_has_its_own_slope_and_intercept(enhanced, frames):
    (series,) = examine_paths([enhanced]).series
    for time, stack in enumerate(series.candidates[0].stacks):
        expected = [frames[time * SLICES + k].astype(int) * (1 + time) + k for k in range(SLICES)]
        assert np.array_equal(read_voxels(stack), expected)


def test_a_film_without_positions_is_a_sequence_of_single_images(tmp_path, frames):
    dataset = slice_dataset(0, Modality="US", NumberOfFrames=6, FrameTime=40, ImageOrientationPatient=None)
    dataset.PixelData = frames.tobytes()
    write(dataset, tmp_path / "cine.dcm")
    (series,) = examine_paths([tmp_path]).series
    best = series.candidates[0]
    assert (best.kind, best.index.name, best.index.values) == ("sequence", "FrameTime", [0, 40, 80, 120, 160, 200])
    assert np.array_equal(read_voxels(best.stacks[4])[0], frames[4])
    assert best.confidence < 0.7, "Slicer's image sequence reader is made for cine loops"
