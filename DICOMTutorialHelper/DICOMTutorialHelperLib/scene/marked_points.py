"""Points and lines a learner placed: where they are in the world, the values below them, and the images they were placed on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import slicer
import vtk

from DICOMTutorialHelperLib.scene.arrays import array_from_image
from DICOMTutorialHelperLib.scene.transforms import to_world

MARKUPS, POINTS, LINES = "vtkMRMLMarkupsNode", "vtkMRMLMarkupsFiducialNode", "vtkMRMLMarkupsLineNode"
Point = tuple[float, float, float]
# What follow_images has hidden of a node: the IDs of control points, or WHOLE; kept with the scene, so that it comes back.
SET_ASIDE = "DICOMTutorialHelper.SetAside"
WHOLE = "whole"


def marked_points_ras(scene: slicer.vtkMRMLScene, shown_only: bool = False) -> list[tuple[str, Point]]:
    """(label, position) of every placed control point, RAS in the world, in the order of the lists."""
    return [point for markups in _nodes(scene, POINTS) for point in _placed(markups, shown_only)]


def marked_lines_ras(scene: slicer.vtkMRMLScene, shown_only: bool = False) -> list[tuple[str, Point, Point]]:
    """(name, start, end) of every line both of whose ends are placed, RAS in the world."""
    lines = []
    for markups in _nodes(scene, LINES):
        ends = [position for _, position in _placed(markups)]
        if len(ends) == 2 and not (shown_only and WHOLE in _set_aside(markups)):
            lines.append((markups.GetName(), ends[0], ends[1]))
    return lines


def mark(
    scene: slicer.vtkMRMLScene, name: str, positions_ras: Sequence[Sequence[float]], shown: bool, image_id: str = ""
) -> None:
    """Place a point (of one position) or a line (of two) of its own under a name; ``shown`` gives it a display, which needs the
    application's Markups module. With the ID of the image it is placed on it knows that image, as one placed with the mouse in
    a slice view does, and stands in the image's study."""
    node_class = POINTS if len(positions_ras) == 1 else LINES
    markups = scene.AddNewNodeByClass(node_class, name)
    if shown:
        markups.CreateDefaultDisplayNodes()
    for number, position in enumerate(positions_ras):
        markups.AddControlPoint(vtk.vtkVector3d(*(float(part) for part in position)), name)
        markups.SetNthControlPointAssociatedNodeID(number, image_id)
    _add_to_study(scene, markups, image_id)


def follow_images(scene: slicer.vtkMRMLScene, shown_image_ids: Collection[str]) -> list[str]:
    """Hide the points and lines of studies none of whose images is shown, and show again those that were hidden so.

    Everything in a study is in one place; another patient's line across it says nothing. Left alone is what was placed on no
    known image (in a 3D view, say), what a learner hid, and what a learner showed again meanwhile; and where no image is shown
    nothing changes. Answers the names of what is hidden so.
    """
    shown = {study for study in (_study_of(scene, image_id) for image_id in shown_image_ids) if study}
    hidden = []
    for markups in _nodes(scene, MARKUPS):
        aside = _set_aside(markups)
        before = set(aside)
        for part, name, study, visible, set_visible in _parts(scene, markups):
            if study in shown and part in aside:
                set_visible(True)
                aside.remove(part)
            elif shown and study and study not in shown and part not in aside and visible:
                set_visible(False)
                aside.add(part)
            if part in aside:
                hidden.append(name)
        if aside != before:
            markups.SetAttribute(SET_ASIDE, " ".join(sorted(aside)) or None)
    return hidden


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


def _placed(markups: slicer.vtkMRMLMarkupsNode, shown_only: bool = False) -> list[tuple[str, Point]]:
    aside = _set_aside(markups) if shown_only else set()
    points = []
    for number in _defined(markups):
        if markups.GetNthControlPointID(number) not in aside:
            position = np.empty(3)
            markups.GetNthControlPointPositionWorld(number, position)
            points.append((markups.GetNthControlPointLabel(number), tuple(position.tolist())))
    return points


def _defined(markups: slicer.vtkMRMLMarkupsNode) -> list[int]:
    """The control points that are placed, by their numbers."""
    defined = slicer.vtkMRMLMarkupsNode.PositionDefined
    count = markups.GetNumberOfControlPoints()
    return [number for number in range(count) if markups.GetNthControlPointPositionStatus(number) == defined]


def _set_aside(markups: slicer.vtkMRMLMarkupsNode) -> set[str]:
    return set((markups.GetAttribute(SET_ASIDE) or "").split())


def _parts(
    scene: slicer.vtkMRMLScene, markups: slicer.vtkMRMLMarkupsNode
) -> Iterator[tuple[str, str, str, bool, Callable[[bool], None]]]:
    """What can be hidden of a node, with its name and study, whether it is visible, and how to change that.

    A list may hold points of several images, for Slicer places all points in the list that is active; a line is of one.
    """
    studies = {number: _study_of(scene, markups.GetNthControlPointAssociatedNodeID(number)) for number in _defined(markups)}
    if markups.IsA(POINTS):
        for number, study in studies.items():
            yield (
                markups.GetNthControlPointID(number),
                markups.GetNthControlPointLabel(number),
                study,
                bool(markups.GetNthControlPointVisibility(number)),
                lambda visible, number=number: markups.SetNthControlPointVisibility(number, visible),
            )
        return
    display = markups.GetDisplayNode()
    yield (
        WHOLE,
        markups.GetName(),
        next((study for study in studies.values() if study), ""),
        display is None or bool(display.GetVisibility()),
        lambda visible: display.SetVisibility(visible) if display is not None else None,
    )


def _study_item(scene: slicer.vtkMRMLScene, image_id: str) -> int:
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    image = scene.GetNodeByID(image_id) if image_id else None
    item = hierarchy.GetItemByDataNode(image) if image is not None else 0
    level = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMLevelStudy()
    return hierarchy.GetItemAncestorAtLevel(item, level) if item else 0


def _study_of(scene: slicer.vtkMRMLScene, image_id: str) -> str:
    """What tells the study of an image from others; an image of no study is one of its own, one that is gone has none."""
    study = _study_item(scene, image_id)
    if study:
        return str(study)
    return image_id if image_id and scene.GetNodeByID(image_id) is not None else ""


def _add_to_study(scene: slicer.vtkMRMLScene, markups: slicer.vtkMRMLMarkupsNode, image_id: str) -> None:
    study = _study_item(scene, image_id)
    if study:
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
        item = hierarchy.GetItemByDataNode(markups) or hierarchy.CreateItem(study, markups)
        hierarchy.SetItemParent(item, study)
