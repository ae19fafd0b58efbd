"""Images in memory as PNG files in memory."""

from __future__ import annotations

import vtk
from vtk.util.numpy_support import vtk_to_numpy


def png_of_image(image: vtk.vtkImageData) -> bytes:
    """The PNG of a 2D image of unsigned bytes with 1, 3 or 4 components; transparency is laid on black."""
    if image.GetNumberOfScalarComponents() == 4:
        opaque = vtk.vtkImageExtractComponents()
        opaque.SetInputData(image)
        opaque.SetComponents(0, 1, 2)
        opaque.Update()
        image = opaque.GetOutput()
    writer = vtk.vtkPNGWriter()
    writer.SetInputData(image)
    writer.WriteToMemoryOn()
    writer.Write()
    return vtk_to_numpy(writer.GetResult()).tobytes()
