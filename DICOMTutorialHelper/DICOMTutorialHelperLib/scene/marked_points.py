"""Points a learner placed: the control points of the point lists in a scene."""

from __future__ import annotations

import slicer


def marked_points_ras(scene: slicer.vtkMRMLScene) -> list[tuple[str, tuple[float, float, float]]]:
    """(label, position) of every placed control point, RAS in the world, in the order of the lists."""
    points = []
    for place in range(scene.GetNumberOfNodesByClass("vtkMRMLMarkupsFiducialNode")):
        markups = scene.GetNthNodeByClass(place, "vtkMRMLMarkupsFiducialNode")
        for number in range(markups.GetNumberOfControlPoints()):
            if markups.GetNthControlPointPositionStatus(number) == slicer.vtkMRMLMarkupsNode.PositionDefined:
                position = [0.0, 0.0, 0.0]
                markups.GetNthControlPointPositionWorld(number, position)
                points.append((markups.GetNthControlPointLabel(number), tuple(position)))
    return points
