"""Images in memory as PNG files in memory: of VTK and of numpy."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkImagingCore import vtkImageExtractComponents
from vtkmodules.vtkIOImage import vtkPNGWriter

from DICOMTutorialHelperLib.scene.arrays import allocate_image


def png_of_image(image: vtkImageData) -> bytes:
    """The PNG of a 2D image of unsigned bytes with 1, 3 or 4 components; transparency is laid on black."""
    if image.GetNumberOfScalarComponents() == 4:
        opaque = vtkImageExtractComponents()
        opaque.SetInputData(image)
        opaque.SetComponents(0, 1, 2)
        opaque.Update()
        image = opaque.GetOutput()
    writer = vtkPNGWriter()
    writer.SetInputData(image)
    writer.SetCompressionLevel(1)  # hardly larger than with the usual 5, in a third of the time
    writer.WriteToMemoryOn()
    writer.Write()
    return vtk_to_numpy(writer.GetResult()).tobytes()


def png_of_array(picture: np.ndarray) -> bytes:
    """The PNG of unsigned bytes of shape (rows, columns), grey, or (rows, columns, 3), colour; the first row is on top."""
    image, pixels = allocate_image((1, *picture.shape), np.uint8)
    pixels[0] = picture[::-1]
    return png_of_image(image)
