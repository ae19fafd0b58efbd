"""A stack as a volume node: voxels, place, and what Slicer's own DICOM plugin notes on volumes."""

from __future__ import annotations

from typing import Optional

import numpy as np
import slicer
from vtkmodules.vtkCommonDataModel import vtkImageData

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.arrays import allocate_image, vtk_matrix
from DICOMTutorialHelperLib.scene.quantities import set_quantity_and_units

SCALAR_VOLUME = "vtkMRMLScalarVolumeNode"
VECTOR_VOLUME = "vtkMRMLVectorVolumeNode"


def read_image(stack: Stack, reader: Optional[FrameReader] = None, progress: Optional[Progress] = None) -> vtkImageData:
    """The voxels of a stack, read from its files straight into the image's own memory. Raises what ``read_voxels`` raises."""
    images = []

    def allocate(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        images.clear()  # of another type, and no use any more: two at a time would be twice the memory
        image, voxels = allocate_image(shape, dtype)
        images.append(image)
        return voxels

    read_voxels(stack, allocate=allocate, progress=progress, reader=reader)
    return images[0]


def volume_class(image: vtkImageData) -> str:
    """The class of the node that holds an image: colour needs a vector volume."""
    return VECTOR_VOLUME if image.GetNumberOfScalarComponents() > 1 else SCALAR_VOLUME


def fill_volume(
    node: slicer.vtkMRMLScalarVolumeNode, stack: Stack, image: vtkImageData, ijk_to_ras: Optional[np.ndarray] = None
) -> None:
    """Give a volume node an image of a stack, where it lies (on the stack's grid unless told), and what it measures."""
    node.SetIJKToRASMatrix(vtk_matrix(stack.grid.ijk_to_ras if ijk_to_ras is None else ijk_to_ras))
    node.SetAndObserveImageData(image)
    if image.GetNumberOfScalarComponents() > 1:
        node.SetVoxelVectorType(
            node.VoxelVectorTypeColorRGBA if image.GetNumberOfScalarComponents() == 4 else node.VoxelVectorTypeColorRGB
        )
    set_quantity_and_units(node, stack.frames[0])
    instances = instances_in_slice_order(stack)
    node.SetAttribute("DICOM.instanceUIDs", " ".join(instance.sop_instance_uid for instance in instances))
    node.SetAttribute("DICOM.instanceNumbers", " ".join(str(instance.get("InstanceNumber", "?")) for instance in instances))


def instances_in_slice_order(stack: Stack) -> list[Instance]:
    """The instances of a stack as its slices name them, each once: holes give none, a multi-frame instance is one."""
    return list({id(frame.instance): frame.instance for frame in stack.frames}.values())
