"""Exports compared with what was loaded."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.workspace.interface import LoadedItem

slicer = pytest.importorskip("slicer")


def test_an_export_that_moved_is_noticed(started, tmp_path):
    from DICOMTutorialHelperLib.dicom.examine import examine_paths
    from DICOMTutorialHelperLib.scene.loader import load_candidate
    from DICOMTutorialHelperLib.selftest.exports import _difference

    make_practice_set("torso-ct", tmp_path)
    (series,) = examine_paths([tmp_path]).series
    loaded = load_candidate(series.selected[0], started.scene)
    item = LoadedItem(loaded.volume.GetID(), "CT", dimensions=loaded.volume.GetImageData().GetDimensions())
    assert _difference(item, tmp_path) == ""
    voxels = slicer.util.arrayFromVolume(loaded.volume)
    voxels += 7
    assert _difference(item, tmp_path) == "values differ by up to 7"
    voxels -= 7
    voxels[:] = voxels[:, :, ::-1].copy()
    assert _difference(item, tmp_path).startswith("values differ")
    voxels[:] = voxels[:, :, ::-1].copy()
    origin = loaded.volume.GetOrigin()
    loaded.volume.SetOrigin(origin[0], origin[1], origin[2] + 1.5)
    assert _difference(item, tmp_path) == "voxels moved by 1.500 mm"
    slicer.util.updateVolumeFromArray(loaded.volume, voxels[1:].copy())
    assert _difference(item, tmp_path) == "what was read back is not one volume or sequence of as many voxels"
