"""Frames of a SEG as a segmentation's masks."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from made_frames import CORONAL
from pydicom.dataset import Dataset
from pydicom.uid import SegmentationStorage

from DICOMTutorialHelperLib.scene import loaded_segmentations


class Segmentation(Dataset):
    """A SEG object of 2 x 3 pixels whose frames are given as numbers."""

    def __init__(self, positions, frames, numbers=None, kind="BINARY", most=None, orientations=None, between=None):
        super().__init__()
        self.SOPClassUID, self.Rows, self.Columns, self.SegmentationType = SegmentationStorage, 2, 3, kind
        if most is not None:
            self.MaximumFractionalValue = most
        measures = Dataset()
        measures.PixelSpacing, measures.SliceThickness = [2.0, 1.5], 5.0
        if between is not None:
            measures.SpacingBetweenSlices = between
        shared, groups = Dataset(), []
        shared.PixelMeasuresSequence = [measures]
        for place, position in enumerate(positions):
            group, plane, turn, identity = Dataset(), Dataset(), Dataset(), Dataset()
            plane.ImagePositionPatient = list(position)
            turn.ImageOrientationPatient = list((orientations or [(1, 0, 0, 0, 1, 0)] * len(positions))[place])
            identity.ReferencedSegmentNumber = (numbers or [1] * len(positions))[place]
            group.PlanePositionSequence, group.PlaneOrientationSequence = [plane], [turn]
            group.SegmentIdentificationSequence = [identity]
            groups.append(group)
        self.SharedFunctionalGroupsSequence, self.PerFrameFunctionalGroupsSequence = [shared], groups
        self.__dict__["frames"] = np.asarray(frames)

    @property
    def pixel_array(self):
        return self.__dict__["frames"]


def frame_with(*places, value=1):
    made = np.zeros((2, 3), np.uint8)
    for place in places:
        made[place] = value
    return made


def test_frames_lie_by_their_heights_and_holes_are_empty():
    ds = Segmentation([(1, 2, 30), (1, 2, 10), (1, 2, 15)], [frame_with((0, 0)), frame_with((1, 2)), frame_with((0, 1))])
    mask, matrix = loaded_segmentations._labelmap(ds, 1)
    assert [tuple(place) for place in np.argwhere(mask)] == [(0, 1, 2), (1, 0, 1), (4, 0, 0)]
    assert mask.shape == (5, 2, 3)
    assert matrix.tolist() == [[-1.5, 0, 0, -1], [0, -2, 0, -2], [0, 0, 5, 10], [0, 0, 0, 1]]


@pytest.mark.parametrize(("between", "step"), [(None, 5), (4.0, 4)])
def test_a_lone_frame_is_as_thick_as_slices_lie_apart(between, step):
    mask, matrix = loaded_segmentations._labelmap(Segmentation([(0, 0, 0)], [frame_with((1, 1))], between=between), 1)
    assert mask.tolist() == [[[0, 0, 0], [0, 1, 0]]] and matrix[2, 2] == step


def test_each_segment_has_its_own_frames_and_two_at_one_place_are_joined():
    frames = [frame_with((0, 0)), frame_with((0, 1)), frame_with((0, 2))]
    ds = Segmentation([(0, 0, 0)] * 3, frames, numbers=[1, 2, 1])
    assert loaded_segmentations._labelmap(ds, 1)[0].tolist() == [[[1, 0, 1], [0, 0, 0]]]
    assert loaded_segmentations._labelmap(ds, 2)[0].tolist() == [[[0, 1, 0], [0, 0, 0]]]
    mask, matrix = loaded_segmentations._labelmap(ds, 3)
    assert (mask.tolist(), matrix.tolist()) == ([[[0, 0, 0], [0, 0, 0]]], np.eye(4).tolist())


@pytest.mark.parametrize(
    ("kind", "most", "value", "counts"),
    [
        ("BINARY", None, 1, True),
        ("BINARY", None, 0, False),
        ("FRACTIONAL", 255, 128, True),
        ("FRACTIONAL", 255, 127, False),
        ("FRACTIONAL", 100, 50, True),
        ("FRACTIONAL", 100, 49, False),
        ("FRACTIONAL", None, 1, True),
    ],
)
def test_what_is_at_least_half_in_counts(kind, most, value, counts):
    ds = Segmentation([(0, 0, 0)], [frame_with((0, 0), value=value)], kind=kind, most=most)
    assert bool(loaded_segmentations._labelmap(ds, 1)[0][0, 0, 0]) == counts


@pytest.mark.parametrize(
    ("positions", "orientations", "fits"),
    [
        ([(0, 0, 0), (0, 0, 10), (0, 0, 20.9)], None, True),
        ([(0, 0, 0), (0, 0, 10), (0, 0, 21.1)], None, False),
        ([(0, 0, 0), (0.9, 0, 10)], None, True),
        ([(0, 0, 0), (1.1, 0, 10)], None, False),
        ([(0, 0, 0), (0, 0, 10)], [(1, 0, 0, 0, 1, 0), CORONAL], False),
    ],
)
def test_frames_lie_on_one_grid_to_a_tenth_of_a_step(positions, orientations, fits):
    ds = Segmentation(positions, [frame_with((0, 0))] * len(positions), orientations=orientations)
    if fits:
        assert loaded_segmentations._labelmap(ds, 1)[0].shape[0] == len(positions)
    else:
        with pytest.raises(ValueError, match="grid" if orientations is None else "orientations"):
            loaded_segmentations._labelmap(ds, 1)
