"""Points and lines that a learner placed: names and world positions, in the order of the lists; half-placed ones are none."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


import numpy as np
import vtk
from synthetic_volumes import fill, made_volume

from DICOMTutorialHelperLib.scene.marked_points import mark, marked_lines_ras, marked_points_ras, value_at_ras
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


@pytest.fixture
def scene():
    return HeadlessScene().scene


def test_what_is_marked_is_found_again(scene):
    mark(scene, "lesion", [(1.0, 2.0, 3.0)], shown=False)
    mark(scene, "width", [(0.0, 0.0, 0.0), (30.0, 40.0, 0.0)], shown=False)
    mark(scene, "gland", [(-4.0, 5.0, 6.5)], shown=False)
    assert marked_points_ras(scene) == [("lesion", (1.0, 2.0, 3.0)), ("gland", (-4.0, 5.0, 6.5))]
    assert marked_lines_ras(scene) == [("width", (0.0, 0.0, 0.0), (30.0, 40.0, 0.0))]


def test_a_line_of_one_end_is_none(scene):
    mark(scene, "whole", [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)], shown=False)
    scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "half").AddControlPoint(vtk.vtkVector3d(1, 2, 3), "a")
    scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "empty")
    assert [name for name, *_ in marked_lines_ras(scene)] == ["whole"]


def test_points_below_a_transform_are_where_they_are_seen(scene):
    mark(scene, "moved", [(1.0, 2.0, 3.0)], shown=False)
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shift")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(2, 3, 10.0)
    transform.SetMatrixTransformToParent(matrix)
    scene.GetFirstNodeByName("moved").SetAndObserveTransformNodeID(transform.GetID())
    assert marked_points_ras(scene) == [("moved", (1.0, 2.0, 13.0))]


def test_an_empty_scene_has_nothing_marked(scene):
    assert marked_points_ras(scene) == [] and marked_lines_ras(scene) == []


IJK_TO_RAS = np.array([[-2.0, 0, 0, 30], [0, -3, 0, 40], [0, 0, 5, -50], [0, 0, 0, 1]])


@pytest.fixture
def volume(scene):
    """Voxel (k, j, i) of 4 x 5 x 6 holds 100 k + 10 j + i."""
    k, j, i = np.meshgrid(np.arange(4), np.arange(5), np.arange(6), indexing="ij")
    return made_volume(scene, 100 * k + 10 * j + i, IJK_TO_RAS)


@pytest.mark.parametrize("ijk", [(0, 0, 0), (5, 4, 3), (2, 3, 1), (4.4, 0.4, 2.6)])
def test_the_value_at_a_point_is_that_of_the_nearest_voxel(volume, ijk):
    ras = (IJK_TO_RAS @ (*ijk, 1))[:3]
    i, j, k = (round(part) for part in ijk)
    assert value_at_ras(volume, ras) == 100 * k + 10 * j + i


@pytest.mark.parametrize("ijk", [(-0.6, 0, 0), (5.6, 0, 0), (0, 4.6, 0), (0, 0, 3.6), (0, -0.6, 0)])
def test_there_is_no_value_outside(volume, ijk):
    with pytest.raises(ValueError, match="outside"):
        value_at_ras(volume, (IJK_TO_RAS @ (*ijk, 1))[:3])


def test_marks_are_points_of_one_place_and_lines_of_two(scene):
    mark(scene, "lesion", [(1, 2, 3)], shown=False)
    mark(scene, "length", [(0, 0, 0), (3, 4, 0)], shown=False)
    assert marked_points_ras(scene) == [("lesion", (1, 2, 3))]
    assert marked_lines_ras(scene) == [("length", (0, 0, 0), (3, 4, 0))]
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "half")
    line.AddControlPoint(1, 1, 1)
    assert len(marked_lines_ras(scene)) == 1


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((0, 0, 0), 0),
        ((-3.4, -2.4, 1.4), 23),
        ((0.4, 0, 0), 0),
        ((0.6, 0, 0), None),
        ((-3.6, 0, 0), None),
        ((0, -2.6, 0), None),
        ((0, 0, 1.6), None),
        ((0, 0, -0.6), None),
    ],
)
def test_a_value_is_that_of_the_nearest_voxel_of_the_volume(scene, place, value):
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "x")
    fill(node, np.arange(24).reshape(2, 3, 4))
    if value is None:
        with pytest.raises(ValueError, match="outside"):
            value_at_ras(node, place)
    else:
        assert value_at_ras(node, place) == value
