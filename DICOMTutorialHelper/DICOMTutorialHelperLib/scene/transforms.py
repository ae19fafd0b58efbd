"""What brings the points of a regular grid to where slices truly lie: a tilt, or displacements slice by slice."""

from __future__ import annotations

from typing import Optional

import numpy as np
import slicer
from vtkmodules.vtkCommonTransforms import vtkGeneralTransform

from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.scene.arrays import allocate_image, vtk_matrix


def add_acquisition_transform(scene: slicer.vtkMRMLScene, grid: Grid, name: str) -> Optional[slicer.vtkMRMLTransformNode]:
    """A transform node for a grid whose slices do not lie on it, named after the volume ``name``; None for a regular one.

    Parent transforms of a volume map its points to the world, so both kinds are set as transforms to parent.
    """
    if grid.displacements_lps is not None:
        node = scene.AddNewNodeByClass("vtkMRMLGridTransformNode", f"{name} slice positions")
        node.SetAndObserveTransformToParent(displacement_transform(grid))
        return node
    if grid.tilt_lps is not None:
        node = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", f"{name} gantry tilt {grid.tilt_degrees:.1f} degrees")
        node.SetMatrixTransformToParent(vtk_matrix(grid.tilt_ras))
        return node
    return None


def displacement_transform(grid: Grid) -> slicer.vtkOrientedGridTransform:
    """Displacements in RAS as a transform with one layer of 2 x 2 nodes a slice.

    The nodes lie on the centres of the corner voxels, so that linear interpolation between them is exact for every voxel;
    outside, the nearest displacement holds. An axis of one voxel has both its nodes there and any spacing will do.
    """
    slices = grid.dimensions[2]
    image, displacements = allocate_image((slices, 2, 2, 3), np.float64)
    displacements[:] = grid.displacements_ras
    ijk_to_ras = grid.ijk_to_ras
    steps = np.array(grid.spacing_mm)
    image.SetOrigin(*ijk_to_ras[:3, 3])
    image.SetSpacing(*(steps * [max(grid.dimensions[0] - 1, 1), max(grid.dimensions[1] - 1, 1), 1]))
    direction = np.eye(4)
    direction[:3, :3] = ijk_to_ras[:3, :3] / steps
    transform = slicer.vtkOrientedGridTransform()
    transform.SetGridDirectionMatrix(vtk_matrix(direction))
    transform.SetDisplacementGridData(image)
    transform.SetInterpolationModeToLinear()
    return transform


def to_world(node: slicer.vtkMRMLTransformableNode) -> vtkGeneralTransform:
    """What maps points of a node to the world, through all its parent transforms."""
    transform = vtkGeneralTransform()
    parent = node.GetParentTransformNode()
    if parent is not None:
        parent.GetTransformToWorld(transform)
    return transform
