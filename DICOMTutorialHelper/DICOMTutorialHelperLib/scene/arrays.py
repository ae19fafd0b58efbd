"""numpy views of what VTK owns, and matrices both ways."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import get_vtk_array_type, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4


def allocate_image(shape: tuple[int, ...], dtype: np.dtype) -> tuple[vtkImageData, np.ndarray]:
    """An image for voxels of shape (k, j, i) or (k, j, i, components), and the array, of that shape, that writes into it.

    The values are not set. Spacing and origin stay at one and zero, as MRML volumes want it. Raises TypeError for element types
    that VTK has no scalars for.
    """
    slices, rows, columns = shape[:3]
    image = vtkImageData()
    image.SetDimensions(columns, rows, slices)
    image.AllocateScalars(get_vtk_array_type(np.dtype(dtype)), shape[3] if len(shape) > 3 else 1)
    return image, array_from_image(image).reshape(shape)


def array_from_image(image: vtkImageData) -> np.ndarray:
    """The voxels of an image, in place: (k, j, i), or (k, j, i, components) where there are several components."""
    columns, rows, slices = image.GetDimensions()
    components = image.GetNumberOfScalarComponents()
    values = vtk_to_numpy(image.GetPointData().GetScalars())
    return values.reshape((slices, rows, columns) + ((components,) if components > 1 else ()))


def vtk_matrix(matrix: np.ndarray) -> vtkMatrix4x4:
    """A (4, 4) array as VTK has it."""
    made = vtkMatrix4x4()
    made.DeepCopy(np.asarray(matrix, float).ravel().tolist())
    return made


def numpy_matrix(matrix: vtkMatrix4x4) -> np.ndarray:
    """A VTK matrix as a (4, 4) array."""
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])
