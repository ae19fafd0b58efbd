"""Points and lines a learner placed: the control points of the point lists and lines in a scene, and the values below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import slicer
import vtk

from DICOMTutorialHelperLib.scene.arrays import array_from_image
from DICOMTutorialHelperLib.scene.transforms import to_world

POINTS, LINES = "vtkMRMLMarkupsFiducialNode", "vtkMRMLMarkupsLineNode"
Point = tuple[float, float, float]


def marked_points_ras(scene: slicer.vtkMRMLScene) -> list[tuple[str, Point]]:
    """(label, position) of every placed control point, RAS in the world, in the order of the lists."""
    return [point for markups in _nodes(scene, POINTS) for point in _placed(markups)]


def marked_lines_ras(scene: slicer.vtkMRMLScene) -> list[tuple[str, Point, Point]]:
    """(name, start, end) of every line both of whose ends are placed, RAS in the world."""
    lines = []
    for markups in _nodes(scene, LINES):
        ends = [position for _, position in _placed(markups)]
        if len(ends) == 2:
            lines.append((markups.GetName(), ends[0], ends[1]))
    return lines


def mark(scene: slicer.vtkMRMLScene, name: str, positions_ras: Sequence[Sequence[float]], shown: bool) -> None:
    """Place a point (of one position) or a line (of two) of its own under a name; ``shown`` gives it a display, which needs the
    application's Markups module."""
    node_class = POINTS if len(positions_ras) == 1 else LINES
    markups = scene.AddNewNodeByClass(node_class, name)
    if shown:
        markups.CreateDefaultDisplayNodes()
    for position in positions_ras:
        markups.AddControlPoint(vtk.vtkVector3d(*(float(part) for part in position)), name)


def value_at_ras(volume: slicer.vtkMRMLScalarVolumeNode, position_ras: Sequence[float]) -> float:
    """The value of the voxel at a point of the world, the first component where there are several.

    Raises ValueError for a point outside the volume.
    """
    matrix = vtk.vtkMatrix4x4()
    volume.GetRASToIJKMatrix(matrix)
    local = to_world(volume).GetInverse().TransformPoint(tuple(position_ras))
    i, j, k = (int(np.rint(part)) for part in matrix.MultiplyPoint((*local, 1.0))[:3])
    voxels = array_from_image(volume.GetImageData())
    if not all(0 <= place < size for place, size in zip((k, j, i), voxels.shape)):
        raise ValueError("the point lies outside the volume")
    return float(np.ravel(voxels[k, j, i])[0])


def _nodes(scene: slicer.vtkMRMLScene, node_class: str) -> Iterator[slicer.vtkMRMLMarkupsNode]:
    for place in range(scene.GetNumberOfNodesByClass(node_class)):
        yield scene.GetNthNodeByClass(place, node_class)


def _placed(markups: slicer.vtkMRMLMarkupsNode) -> list[tuple[str, Point]]:
    points = []
    for number in range(markups.GetNumberOfControlPoints()):
        if markups.GetNthControlPointPositionStatus(number) == slicer.vtkMRMLMarkupsNode.PositionDefined:
            position = np.empty(3)
            markups.GetNthControlPointPositionWorld(number, position)
            points.append((markups.GetNthControlPointLabel(number), tuple(position.tolist())))
    return points
