"""Volumes against DICOM: corners, values, and every way of being unlike."""

from __future__ import annotations

from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from made_frames import made_frame
from synthetic_volumes import made_volume

from DICOMTutorialHelperLib.dicom.candidate import Candidate, Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.scene import comparing
from DICOMTutorialHelperLib.scene.comparing import NOT_ALIKE, difference_from_files


def frames_at(*heights, x=0.0):
    """Slices of 4 x 3 whose first pixel lies at LPS (x, 0, height); None for a missing one."""
    return [None if height is None else made_frame((x, 0.0, height), name=f"{height}.dcm") for height in heights]


@pytest.fixture
def compared(scene, monkeypatch):
    """Compares a loaded volume, at LPS (i, j, k), with stacks of frames that hold these voxels."""

    def compare(loaded, *stacks, volumes=1, candidates=1):
        made = [Stack(frames, Grid((4, 3, len(frames)), np.eye(4))) for frames, _ in stacks]
        stored = {id(stack): values for stack, (_, values) in zip(made, stacks)}

        def read(stack):
            found = stored[id(stack)]
            if isinstance(found, Exception):
                raise found
            return found

        series = SimpleNamespace(selected=[Candidate("volume", "a", made)] * candidates)
        monkeypatch.setattr(comparing, "examine_files", lambda files: SimpleNamespace(series=[series]))
        monkeypatch.setattr(comparing, "read_voxels", read)
        return difference_from_files([made_volume(scene, loaded) for _ in range(volumes)], [])

    return compare


RAMP = np.arange(24).reshape(2, 3, 4)


def changed(place, value):
    made = RAMP.astype(float)
    made[place] = value
    return made


def test_differences_are_the_largest_of_corners_and_values(compared):
    assert compared(RAMP, (frames_at(0.0, 1.0), RAMP)) == (0, 0)
    assert compared(RAMP, (frames_at(0.0, 1.0), changed((1, 2, 3), 20.5))) == (0, 2.5)
    assert compared(RAMP, (frames_at(0.0, 1.25), RAMP)) == (0.25, 0)
    assert compared(RAMP, (frames_at(0.0, 1.0, x=0.5), changed((0, 0, 0), 9))) == (0.5, 9)


def test_of_a_sequence_the_worst_volume_counts(compared):
    near, far = (frames_at(0.0, 1.0), changed((0, 0, 0), 3)), (frames_at(0.0, 1.5), RAMP)
    assert compared(RAMP, near, far, volumes=2) == (0.5, 3)
    assert compared(RAMP, far, near, volumes=2) == (0.5, 3)


def test_slices_in_the_other_order_are_the_same_with_their_voxels_turned(compared):
    assert compared(RAMP, (frames_at(1.0, 0.0), RAMP[::-1])) == (0, 0)
    assert compared(RAMP, (frames_at(1.0, 0.0), RAMP)) == (0, 12)


def test_a_missing_slice_was_filled_with_one_value(compared):
    flat = RAMP.repeat(2, axis=0)[:3].copy()
    flat[1] = 7
    stored = flat.copy()
    stored[1] = -1
    assert compared(flat, (frames_at(0.0, None, 2.0), stored)) == (0, 0)
    flat[1, 0, 0] = 8
    assert compared(flat, (frames_at(0.0, None, 2.0), stored)) == NOT_ALIKE


@pytest.mark.parametrize(
    ("values", "more"),
    [
        (RAMP, {"candidates": 2}),
        (RAMP, {"candidates": 0}),
        (RAMP, {"volumes": 2}),
        (RAMP[..., None].repeat(3, axis=-1), {}),
        (DecodingError("a.dcm", "undecodable"), {}),
    ],
)
def test_what_is_not_one_readable_volume_of_the_same_size_is_not_alike(compared, values, more):
    assert compared(RAMP, (frames_at(0.0, 1.0), values), **more) == NOT_ALIKE == (inf, inf)


def test_a_volume_of_more_slices_is_not_alike(compared):
    assert compared(RAMP, (frames_at(0.0, 1.0, 2.0), np.zeros((3, 3, 4)))) == NOT_ALIKE
