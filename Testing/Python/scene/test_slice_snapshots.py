"""Pictures show bodies as Slicer's slice views do: upright, the patient's left on the right-hand side."""

from __future__ import annotations

import numpy as np
import pytest
import vtk
import vtk.util.numpy_support

from DICOMTutorialHelperLib.scene.arrays import allocate_image, vtk_matrix
from DICOMTutorialHelperLib.scene.display import GREY, INVERTED_GREY
from DICOMTutorialHelperLib.scene.slice_snapshots import MARGIN_PIXELS, PANEL_PIXELS, TITLE_PIXELS, three_slices_png

SIZE = 40


@pytest.fixture
def body(scene):
    """A dark cube of the world with a bright mark on the middle of one side: 'L', 'R', 'A', 'P', 'S' or 'I'."""

    def make(side: str, axes=((1, 0, 0), (0, 1, 0), (0, 0, 1)), name="Body"):
        axis, sign = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}[side]
        ijk_to_ras = np.eye(4)
        ijk_to_ras[:3, :3] = np.array(axes, float).T
        ijk_to_ras[:3, 3] = -ijk_to_ras[:3, :3] @ np.full(3, (SIZE - 1) / 2)
        image, voxels = allocate_image((SIZE, SIZE, SIZE), np.int16)
        k, j, i = np.indices(voxels.shape)
        ras = np.stack([i, j, k, np.ones_like(i)], axis=-1) @ ijk_to_ras.T
        towards = ras[..., axis] * sign
        aside = np.linalg.norm(np.delete(ras[..., :3], axis, axis=-1), axis=-1)
        voxels[:] = np.where((towards > 12) & (aside < 6), 1000, 0)
        node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
        node.SetIJKToRASMatrix(vtk_matrix(ijk_to_ras))
        node.SetAndObserveImageData(image)
        node.CreateDefaultDisplayNodes()
        node.GetDisplayNode().SetAutoWindowLevel(False)
        node.GetDisplayNode().SetWindowLevelMinMax(0, 1000)
        return node

    return make


def _picture(node, path):
    three_slices_png(node, path)
    return _read(path)


def _read(path):
    reader = vtk.vtkPNGReader()
    reader.SetFileName(str(path))
    reader.Update()
    width, height, _ = reader.GetOutput().GetDimensions()
    pixels = vtk.util.numpy_support.vtk_to_numpy(reader.GetOutput().GetPointData().GetScalars())
    return pixels.reshape(height, width, 3)[::-1]


def _panels(picture, count=3):
    """Slices alone, without title and letters, of a cube."""
    step = PANEL_PIXELS + 2 * MARGIN_PIXELS
    top = TITLE_PIXELS + MARGIN_PIXELS
    lefts = [MARGIN_PIXELS + number * step for number in range(count)]
    return [picture[top : top + PANEL_PIXELS, left : left + PANEL_PIXELS].astype(float) for left in lefts]


def _mark(panel):
    """Where the bright pixels are: "left", "right", "top", "bottom", "" for none."""
    rows, columns = np.nonzero(panel.mean(axis=2) > 128)
    if len(rows) == 0:
        return ""
    down, right = (np.array([rows.mean(), columns.mean()]) - PANEL_PIXELS / 2) / PANEL_PIXELS
    if abs(down) < 0.1 and abs(right) < 0.1:
        return "middle"
    if abs(down) > abs(right):
        return "bottom" if down > 0 else "top"
    return "right" if right > 0 else "left"


OBLIQUE = ((0.0, 0.6, 0.8), (1.0, 0.0, 0.0), (0.0, 0.8, -0.6))


@pytest.mark.parametrize(
    "axes", [((1, 0, 0), (0, 1, 0), (0, 0, 1)), ((-1, 0, 0), (0, -1, 0), (0, 0, 1)), ((0, -1, 0), (0, 0, -1), (1, 0, 0))]
)
@pytest.mark.parametrize(
    ("side", "axial", "coronal", "sagittal"),
    [
        ("L", "right", "right", ""),
        ("R", "left", "left", ""),
        ("A", "top", "", "left"),
        ("P", "bottom", "", "right"),
        ("S", "", "top", "top"),
        ("I", "", "bottom", "bottom"),
    ],
)
def test_sides_of_the_body_are_where_slicer_shows_them(body, tmp_path, axes, side, axial, coronal, sagittal):
    panels = _panels(_picture(body(side, axes), tmp_path / "picture.png"))
    assert [_mark(panel) for panel in panels] == [axial, coronal, sagittal]


def test_oblique_volumes_are_cut_in_the_world(body, tmp_path):
    picture = _picture(body("A", OBLIQUE), tmp_path / "picture.png")
    rows, _columns = np.nonzero(
        picture[TITLE_PIXELS + MARGIN_PIXELS : -MARGIN_PIXELS, : PANEL_PIXELS + MARGIN_PIXELS].min(axis=2) > 128
    )
    assert rows.mean() < PANEL_PIXELS * 0.4


def test_transforms_move_the_slices(body, scene, tmp_path):
    node = body("L")
    turn = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    # Half a turn about the body axis: left becomes right.
    turn.SetMatrixTransformToParent(vtk_matrix(np.diag([-1.0, -1.0, 1.0, 1.0])))
    node.SetAndObserveTransformNodeID(turn.GetID())
    assert _mark(_panels(_picture(node, tmp_path / "picture.png"))[0]) == "left"


def test_window_level_and_colours_are_those_of_the_display(body, tmp_path):
    node = body("L")
    node.GetDisplayNode().SetWindowLevelMinMax(0, 4000)
    quarter = _panels(_picture(node, tmp_path / "window.png"))[0].max()
    assert quarter == pytest.approx(64, abs=2)
    node.GetDisplayNode().SetWindowLevelMinMax(0, 1000)
    node.GetDisplayNode().SetAndObserveColorNodeID(INVERTED_GREY)
    inverted = _panels(_picture(node, tmp_path / "inverted.png"))[0]
    node.GetDisplayNode().SetAndObserveColorNodeID(GREY)
    grey = _panels(_picture(node, tmp_path / "grey.png"))[0]
    assert np.abs(inverted + grey - 255).max() <= 3


def test_pixels_are_square_whatever_the_voxels(scene, tmp_path):
    image, voxels = allocate_image((5, 40, 20), np.uint8)
    voxels[:] = 200
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Thick")
    node.SetAndObserveImageData(image)
    node.SetSpacing(2, 1, 4)
    node.CreateDefaultDisplayNodes()
    picture = _picture(node, tmp_path / "picture.png")
    # 40 x 40 mm seen from above, 40 x 20 mm from before and aside.
    step = PANEL_PIXELS + 2 * MARGIN_PIXELS
    assert picture.shape[1] == 3 * step
    assert picture.shape[0] == step + TITLE_PIXELS


def test_a_single_slice_is_shown_in_its_own_plane(scene, tmp_path):
    image, voxels = allocate_image((1, 30, 30), np.uint8)
    # The last column lies at the patient's back in this sagittal slice, the first row at the head.
    voxels[0] = 0
    voxels[0, 10:20, 25:] = 255
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Lone")
    node.SetAndObserveImageData(image)
    node.SetIJKToRASMatrix(vtk_matrix(np.array([[0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1.0]])))
    node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetWindowLevelMinMax(0, 255)
    picture = _picture(node, tmp_path / "picture.png")
    assert picture.shape[1] == PANEL_PIXELS + 2 * MARGIN_PIXELS
    assert _mark(_panels(picture, 1)[0]) == "right"


def test_colours_stay_colours(scene, tmp_path):
    image, voxels = allocate_image((4, 20, 20, 3), np.uint8)
    voxels[:] = (200, 30, 10)
    node = scene.AddNewNodeByClass("vtkMRMLVectorVolumeNode", "Colour")
    node.SetAndObserveImageData(image)
    node.CreateDefaultDisplayNodes()
    node.GetDisplayNode().SetAutoWindowLevel(False)
    node.GetDisplayNode().SetWindowLevelMinMax(0, 255)
    middle = _panels(_picture(node, tmp_path / "picture.png"))[0][PANEL_PIXELS // 2, PANEL_PIXELS // 2]
    assert tuple(middle) == (200, 30, 10)


def test_a_folder_that_is_not_there_is_an_os_error(body, tmp_path):
    with pytest.raises(OSError):
        three_slices_png(body("L"), tmp_path / "missing" / "picture.png")


def test_any_name_can_be_written(body, tmp_path):
    for name in ("", "Ünïcode 腹部", "x" * 300):
        assert _picture(body("L", name=name), tmp_path / "picture.png").shape[1] == 3 * (PANEL_PIXELS + 2 * MARGIN_PIXELS)


def test_letters_stand_beside_a_slice_only_where_directions_are_known(body, tmp_path):
    def frame(path, **named):
        three_slices_png(body("L"), path, **named)
        return _read(path)[TITLE_PIXELS : TITLE_PIXELS + MARGIN_PIXELS]

    assert np.ptp(frame(tmp_path / "with.png")) > 100
    assert np.ptp(frame(tmp_path / "without.png", directions_known=False)) == 0
