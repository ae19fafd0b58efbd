"""Voxels as images of a volume, and pictures of them, from a few values."""

from __future__ import annotations

import io

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

import vtk
from made_frames import made_frame

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.scene.arrays import allocate_image, numpy_matrix
from DICOMTutorialHelperLib.scene.png import png_of_array, png_of_image
from DICOMTutorialHelperLib.scene.volumes import fill_volume, instances_in_slice_order, volume_class


def image_of(components, shape=(1, 2, 3)):
    image, voxels = allocate_image((*shape, components) if components > 1 else shape, np.uint8)
    voxels[:] = np.arange(voxels.size).reshape(voxels.shape)
    return image


def picture(png: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize(
    ("components", "colour", "kind"),
    [(1, False, None), (3, True, "VoxelVectorTypeColorRGB"), (4, True, "VoxelVectorTypeColorRGBA")],
)
def test_colours_are_vectors_of_red_green_and_blue_and_perhaps_opacity(scene, components, colour, kind):
    image = image_of(components)
    name = volume_class(image)
    assert name == ("vtkMRMLVectorVolumeNode" if colour else "vtkMRMLScalarVolumeNode")
    node = scene.AddNewNodeByClass(name)
    frames = [made_frame()]
    fill_volume(node, Stack(frames, Grid((3, 2, 1), np.eye(4))), image)
    if kind:
        assert node.GetVoxelVectorType() == getattr(node, kind)
    assert node.GetImageData().GetNumberOfScalarComponents() == components


def test_two_components_are_a_vector_too():
    assert volume_class(image_of(2)) == "vtkMRMLVectorVolumeNode"


def test_a_volume_lies_on_its_grid_or_where_it_is_told_and_names_its_instances(scene):
    first = made_frame((0, 0, 0), name="a.dcm", SOPInstanceUID="1.1", InstanceNumber=7)
    second = made_frame((0, 0, 2), name="b.dcm", SOPInstanceUID="1.2")
    stack = Stack([first, None, second, first], Grid((3, 2, 4), np.diag([2.0, 3, 4, 1])))
    assert [one.path.name for one in instances_in_slice_order(stack)] == ["a.dcm", "b.dcm"]
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    matrix = vtk.vtkMatrix4x4()
    for told, expected in ((None, np.diag([-2.0, -3, 4, 1])), (np.diag([5.0, 6, 7, 1]), np.diag([5.0, 6, 7, 1]))):
        fill_volume(node, stack, image_of(1), told)
        node.GetIJKToRASMatrix(matrix)
        assert np.array_equal(numpy_matrix(matrix), expected)
    assert node.GetAttribute("DICOM.instanceUIDs") == "1.1 1.2"
    assert node.GetAttribute("DICOM.instanceNumbers") == "7 ?"


@pytest.mark.parametrize("components", [1, 3, 4])
def test_a_png_has_grey_or_red_green_and_blue(components):
    """VTK's rows count from the bottom; pixel n of this image holds components x n and the following numbers."""
    rows = np.arange(6 * components).reshape(2, 3, components)[::-1, :, :3]
    assert picture(png_of_image(image_of(components))).tolist() == (rows[..., 0] if components == 1 else rows).tolist()


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_a_picture_of_numpy_has_its_first_row_on_top(shape):
    values = (np.arange(np.prod(shape)).reshape(shape) * 7).astype(np.uint8)
    assert picture(png_of_array(values)).tolist() == values.tolist()
