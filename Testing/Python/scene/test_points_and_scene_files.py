"""Points that were placed, and what a scene's files hold."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

import vtk
from synthetic_volumes import made_volume

from DICOMTutorialHelperLib.scene.load_error import SaveError
from DICOMTutorialHelperLib.scene.marked_points import marked_lines_ras, marked_points_ras
from DICOMTutorialHelperLib.scene.scene_files import OpenError, open_scene, save_scene


def test_points_that_are_not_placed_are_none(scene):
    points = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "points")
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "line")
    for number in range(2):
        points.AddControlPoint(vtk.vtkVector3d(number, 2, 3), f"p{number}")
        line.AddControlPoint(vtk.vtkVector3d(number, 2, 3), f"l{number}")
    assert marked_lines_ras(scene) == [("line", (0.0, 2.0, 3.0), (1.0, 2.0, 3.0))]
    points.SetNthControlPointPositionMissing(0)
    line.SetNthControlPointPositionMissing(1)
    assert marked_points_ras(scene) == [("p1", (1.0, 2.0, 3.0))]
    assert marked_lines_ras(scene) == []


def voxels():
    return np.arange(24).reshape(2, 3, 4)


def named(scene, name):
    volume = made_volume(scene, voxels())
    volume.SetName(name)
    return volume


def test_names_of_files_are_told_apart_without_their_case(scene, tmp_path):
    for name in ("lung", "Lung", "LUNG", "other"):
        named(scene, name)
    files = save_scene(scene, tmp_path / "new" / "folder")
    assert [path.name for path in files] == ["scene.mrml", "lung.nrrd", "Lung_1.nrrd", "LUNG_2.nrrd", "other.nrrd"]
    assert all(path.parent == tmp_path / "new" / "folder" and path.is_file() for path in files)


@pytest.mark.parametrize(("compress", "encoding"), [(True, b"encoding: gzip"), (False, b"encoding: raw")])
def test_volumes_are_compressed_where_it_is_wanted(scene, tmp_path, compress, encoding):
    named(scene, "lung")
    save_scene(scene, tmp_path, compress)
    assert encoding in (tmp_path / "lung.nrrd").read_bytes()[:1000]


def test_what_is_hidden_or_not_to_be_saved_is_not(scene, tmp_path):
    named(scene, "hidden").SetHideFromEditors(True)
    named(scene, "unsaved").SetSaveWithScene(False)
    named(scene, "saved")
    assert [path.name for path in save_scene(scene, tmp_path)] == ["scene.mrml", "saved.nrrd"]


def test_a_node_that_cannot_be_written_is_left_out_of_the_scene(scene, tmp_path):
    lost, kept = named(scene, "lost"), named(scene, "kept")
    (tmp_path / "lost.nrrd").mkdir()
    with pytest.raises(SaveError) as caught:
        save_scene(scene, tmp_path)
    assert [name for name, _ in caught.value.failed] == ["lost.nrrd"]
    assert [path.name for path in caught.value.written] == ["scene.mrml", "kept.nrrd"]
    told = (tmp_path / "scene.mrml").read_text(encoding="utf-8")
    assert "kept.nrrd" in told and 'name="kept"' in told
    assert "lost.nrrd" not in told and 'name="lost"' not in told
    assert (lost.GetSaveWithScene(), lost.GetStorageNode().GetSaveWithScene(), kept.GetSaveWithScene()) == (0, 0, 1)


def test_a_scene_is_opened_whole_or_it_is_told(scene, tmp_path):
    named(scene, "lung")
    save_scene(scene, tmp_path)
    again = slicer.vtkMRMLScene()
    open_scene(again, tmp_path / "scene.mrml")
    assert again.GetFirstNodeByName("lung").GetImageData().GetDimensions() == (4, 3, 2)
    with pytest.raises(OpenError):
        open_scene(slicer.vtkMRMLScene(), tmp_path / "none.mrml")
    (tmp_path / "lung.nrrd").unlink()
    with pytest.raises(OpenError):
        open_scene(slicer.vtkMRMLScene(), tmp_path / "scene.mrml")
