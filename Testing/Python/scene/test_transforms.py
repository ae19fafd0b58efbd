"""Tilted and uneven slices lie, in the world, where their headers put them."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
import vtk
from made_frames import made_frame, made_stack

from DICOMTutorialHelperLib.dicom.geometry import Grid, fit_grid
from DICOMTutorialHelperLib.scene.loader import load_candidate
from DICOMTutorialHelperLib.scene.transforms import add_acquisition_transform, displacement_transform, to_world


def _files(series):
    return [instance.path for instance in series.instances]


@pytest.fixture
def tilted(examined, tilted_positions):
    return examined(positions=tilted_positions)


@pytest.fixture
def uneven(examined, uneven_positions):
    return examined(positions=uneven_positions)


def _load(series, scene):
    (candidate,) = series.selected
    return load_candidate(candidate, scene)


def test_a_tilt_is_a_linear_transform_named_after_its_angle(tilted, scene):
    loaded = _load(tilted, scene)
    assert loaded.transform.IsA("vtkMRMLLinearTransformNode")
    # The table moves 1.1 mm along the back for every 2.5 mm along the body.
    assert f"{np.degrees(np.arctan2(1.1, 2.5)):.1f} degrees" in loaded.transform.GetName()
    assert loaded.transform.GetName().startswith(loaded.volume.GetName())
    assert loaded.volume.GetParentTransformNode() is loaded.transform


def test_the_grid_of_a_tilted_volume_is_regular(tilted, scene):
    matrix = vtk.vtkMatrix4x4()
    _load(tilted, scene).volume.GetIJKToRASDirectionMatrix(matrix)
    axes = np.array([[matrix.GetElement(row, column) for column in range(3)] for row in range(3)])
    assert np.allclose(axes.T @ axes, np.eye(3), atol=1e-9)


def test_every_voxel_of_a_tilted_volume_lies_right(tilted, scene, assert_true):
    assert_true(_load(tilted, scene).volume, _files(tilted))


def test_every_voxel_of_an_uneven_volume_lies_right(uneven, scene, assert_true):
    loaded = _load(uneven, scene)
    assert loaded.transform.IsA("vtkMRMLGridTransformNode")
    assert_true(loaded.volume, _files(uneven))


def test_uneven_and_tilted_slices_lie_right(examined, scene, assert_true, uneven_positions):
    series = examined(positions=[(x, y + 0.4 * (z - 30), z) for x, y, z in uneven_positions])
    assert_true(_load(series, scene).volume, _files(series))


def test_uneven_oblique_slices_lie_right(examined, scene, assert_true):
    orientation = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)
    normal = np.array([-0.6, 0.8, 0.0])
    series = examined(
        orientation=orientation, positions=[np.array([5, 6, 7]) + z * normal for z in (0.0, 2.5, 5.6, 7.0, 11.3, 13.0)]
    )
    assert_true(_load(series, scene).volume, _files(series))


@pytest.mark.parametrize("kind", ["tilted", "uneven"])
def test_saving_keeps_every_voxel_in_its_place(kind, request, scene, assert_true, reopened):
    series = request.getfixturevalue(kind)
    name = _load(series, scene).volume.GetName()
    after = reopened(scene).GetFirstNode(name, "vtkMRMLScalarVolumeNode")
    assert after.GetParentTransformNode() is not None
    assert_true(after, _files(series))


def test_views_find_voxels_of_an_uneven_volume_back(uneven, scene):
    node = _load(uneven, scene).volume
    back = vtk.vtkGeneralTransform()
    node.GetParentTransformNode().GetTransformFromWorld(back)
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    for ijk in ((0, 0, 0), (1, 2, 3), (3, 4, 5), (2, 1, 4)):
        local = matrix.MultiplyPoint((*ijk, 1))[:3]
        assert np.allclose(back.TransformPoint(to_world(node).TransformPoint(local)), local, atol=0.02)


def test_displacements_hold_beyond_the_border():
    grid = Grid((3, 4, 2), np.diag([-1.0, -1.0, 2.0, 1.0]) @ np.eye(4), displacements_lps=np.full((2, 2, 2, 3), 1.0))
    moved = displacement_transform(grid).TransformPoint((-50.0, 70.0, 90.0))
    assert np.allclose(moved, (-51.0, 69.0, 91.0))


def test_displacements_are_bilinear_between_the_corners_of_a_slice():
    dimensions, ijk_to_lps = (4, 5, 3), np.array([[0.7, 0, 0, -3], [0, 0.8, 0, 4], [0, 0, 2.5, 5], [0, 0, 0, 1.0]])
    corners = np.random.default_rng(7).normal(size=(3, 2, 2, 3))
    transform = displacement_transform(Grid(dimensions, ijk_to_lps, displacements_lps=corners))
    for k, j, i in np.ndindex(3, 5, 4):
        right, down = i / 3, j / 4
        above = corners[k, 0, 0] * (1 - right) + corners[k, 0, 1] * right
        below = corners[k, 1, 0] * (1 - right) + corners[k, 1, 1] * right
        lps = (ijk_to_lps @ [i, j, k, 1])[:3]
        truth = (lps + above * (1 - down) + below * down) * [-1, -1, 1]
        assert np.allclose(transform.TransformPoint(lps * [-1, -1, 1]), truth, rtol=0, atol=1e-4)


@pytest.mark.parametrize("dimensions", [(3, 4, 1), (1, 4, 3), (3, 1, 1)])
def test_displacements_of_a_single_layer_hold_everywhere(dimensions):
    displacements = np.zeros((dimensions[2], 2, 2, 3))
    displacements[..., 2] = 5.0
    transform = displacement_transform(Grid(dimensions, np.eye(4), displacements_lps=displacements))
    for k in range(dimensions[2]):
        assert np.allclose(transform.TransformPoint((0.0, 0.0, float(k))), (0.0, 0.0, k + 5.0))


def test_a_regular_volume_has_no_transform(examined, scene):
    loaded = _load(examined(), scene)
    assert loaded.transform is None
    assert isinstance(loaded.volume, slicer.vtkMRMLScalarVolumeNode)
    assert loaded.volume.GetParentTransformNode() is None


def test_a_tilt_becomes_a_matrix_and_uneven_slices_a_grid_of_displacements(scene):
    frames = [made_frame((0, 2.0 * k, 2.0 * k)) for k in range(3)]
    tilt = add_acquisition_transform(scene, fit_grid(frames), "T1")
    assert tilt.GetName() == "T1 gantry tilt 45.0 degrees"
    assert tilt.IsA("vtkMRMLLinearTransformNode")
    assert add_acquisition_transform(scene, made_stack().grid, "T1") is None
    frames = [made_frame((0, 0, z), spacing=(0.5, 0.25)) for z in (0.0, 2.0, 5.0)]
    grid = fit_grid(frames)
    uneven = add_acquisition_transform(scene, grid, "T1")
    assert uneven.GetName() == "T1 slice positions"
    transform = displacement_transform(grid)
    for k, z in enumerate((0.0, 2.0, 5.0)):
        for i, j in ((0, 0), (3, 2), (1, 1)):
            point = (grid.ijk_to_ras @ (i, j, k, 1))[:3]
            assert transform.TransformPoint(point.tolist()) == pytest.approx((-0.25 * i, -0.5 * j, z))


def test_an_axis_of_one_voxel_has_a_spacing_all_the_same():
    displaced = np.zeros((2, 2, 2, 3))
    displaced[1, ..., 2] = 4
    transform = displacement_transform(Grid((1, 1, 2), np.eye(4), displacements_lps=displaced))
    assert transform.GetDisplacementGrid().GetSpacing() == (1.0, 1.0, 1.0)
    assert transform.TransformPoint((0, 0, 1)) == pytest.approx((0, 0, 5))
