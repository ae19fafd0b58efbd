"""Small MRML volumes with known voxels, and the pixels of a PNG."""

from __future__ import annotations

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk


def made_volume(scene, voxels, ijk_to_ras=None, class_name="vtkMRMLScalarVolumeNode"):
    """A volume from (k, j, i) values; by default i runs to the left, j to the back, k up (RAS -1, -1, 1)."""
    volume = scene.AddNewNodeByClass(class_name, "made")
    fill(volume, voxels, ijk_to_ras)
    volume.CreateDefaultDisplayNodes()
    volume.GetDisplayNode().SetAutoWindowLevel(False)
    volume.GetDisplayNode().SetWindowLevel(100, 50)
    return volume


def fill(volume, voxels, ijk_to_ras=None) -> None:
    image = vtk.vtkImageData()
    image.SetDimensions(*voxels.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(voxels.astype(np.int16).ravel(), deep=True))
    volume.SetAndObserveImageData(image)
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(np.asarray(np.diag([-1, -1, 1, 1]) if ijk_to_ras is None else ijk_to_ras, float).ravel().tolist())
    volume.SetIJKToRASMatrix(matrix)


def pixels(png: bytes) -> np.ndarray:
    """(row, column, component) values of a PNG, the first row on top."""
    import io

    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


STANDARD_VIEWS = ("Red", "Yellow", "Green")


def show_in_all(views, volume) -> None:
    """Put a volume into the three standard slice views."""
    for name in STANDARD_VIEWS:
        views.show(volume, name)


def added_volume(scene, name="V", directions=None, shape=(4, 5, 6)):
    """A volume whose voxels count up from 0, as Slicer adds one: without display nodes."""
    import slicer

    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    slicer.util.updateVolumeFromArray(node, np.arange(np.prod(shape), dtype=np.int16).reshape(shape))
    if directions is not None:
        node.SetIJKToRASDirections(directions)
    return node
