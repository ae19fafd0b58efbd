"""Slicer's red, yellow and green slice views without a window: the same slice logics, so the same pictures."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence

import numpy as np
import slicer
import vtk

from DICOMTutorialHelperLib.scene.arrays import array_from_image, numpy_matrix
from DICOMTutorialHelperLib.scene.loaded_segmentations import labelmaps_of, segmentations_in
from DICOMTutorialHelperLib.scene.marked_points import marked_lines_ras, marked_points_ras
from DICOMTutorialHelperLib.scene.png import png_of_image
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene

# The standard three, and those of the layout "Three by three slice"; that layout's own turn axial when they come into being.
ORIENTATIONS = {
    "Red": "Axial",
    "Yellow": "Sagittal",
    "Green": "Coronal",
    **{f"Slice{number}": "Axial" for number in range(4, 10)},
}
VIEW_SIZE = (480, 400)
POINT_REACH_MM = 3.0
RING_PIXELS = 7.0
POINT_COLOR = (255, 90, 90, 255)


class SliceViews:
    """The slice views of a scene, addressed by name."""

    def __init__(self, headless_scene: HeadlessScene) -> None:
        self._headless_scene = headless_scene
        self._scene = headless_scene.scene
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self._scene, True)
        application_logic = headless_scene.application_logic
        if application_logic.GetSliceLogics() is None:
            application_logic.SetSliceLogics(vtk.vtkCollection())
        self._logics: dict[str, slicer.vtkMRMLSliceLogic] = {}
        for name, orientation in ORIENTATIONS.items():
            logic = slicer.vtkMRMLSliceLogic()
            logic.SetMRMLApplicationLogic(application_logic)
            logic.SetMRMLScene(self._scene)
            application_logic.GetSliceLogics().AddItem(logic)
            logic.AddSliceNode(name).SetOrientation(orientation)
            logic.ResizeSliceNode(*VIEW_SIZE)
            self._logics[name] = logic
        # A slice logic that outlives the scene's colour logic is called back by dying nodes, and VTK ends the process.
        weakref.finalize(self, _detach, tuple(self._logics.values()))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._logics)

    def node(self, name: str) -> slicer.vtkMRMLSliceNode:
        """Raises KeyError for an unknown view."""
        return self._logics[name].GetSliceNode()

    def background_id(self, name: str) -> str:
        """The ID of the volume that a view shows, "" for none."""
        return self._logics[name].GetSliceCompositeNode().GetBackgroundVolumeID() or ""

    def show(self, volume: slicer.vtkMRMLVolumeNode, name: str) -> None:
        """Show a volume in the view's standard orientation, turned to the volume's axes where they are oblique, and fit it."""
        self._show(volume, name, ORIENTATIONS[name])

    def show_in_own_plane(self, volume: slicer.vtkMRMLVolumeNode, name: str) -> None:
        """Show a volume in the plane in which its slices were taken."""
        self._show(volume, name, acquisition_orientation(volume))

    def _show(self, volume: slicer.vtkMRMLVolumeNode, name: str, orientation: str) -> None:
        logic = self._logics[name]
        logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
        logic.GetSliceNode().SetOrientation(orientation)
        logic.GetSliceNode().RotateToVolumePlane(volume)
        logic.FitSliceToAll()
        logic.SnapSliceOffsetToIJK()

    def offset_mm(self, name: str) -> float:
        return self._logics[name].GetSliceOffset()

    def set_offset_mm(self, name: str, offset_mm: float) -> None:
        """Move a view along its normal, and those linked to it that look along the same."""
        moved = self._logics[name].GetSliceNode()
        self._logics[name].SetSliceOffset(offset_mm)
        if not self.linked(name):
            return
        for other, logic in self._logics.items():
            if other != name and self.linked(other) and logic.GetSliceNode().GetOrientation() == moved.GetOrientation():
                logic.SetSliceOffset(offset_mm)

    def jump(self, position_ras: Sequence[float], names: Iterable[str]) -> None:
        """Move views so that they cut through a point."""
        for name in names:
            self.node(name).JumpSliceByOffsetting(*position_ras)

    def zoom(self, name: str, factor: float) -> None:
        """Show less (factor above 1) or more of the slice, about its middle."""
        node = self._logics[name].GetSliceNode()
        width, height, depth = node.GetFieldOfView()
        node.SetFieldOfView(width / factor, height / factor, depth)

    def linked(self, name: str) -> bool:
        return bool(self._logics[name].GetSliceCompositeNode().GetLinkedControl())

    def set_linked(self, linked: bool) -> None:
        for logic in self._logics.values():
            logic.GetSliceCompositeNode().SetLinkedControl(linked)

    def set_visible_in_3d(self, visible: bool, names: Iterable[str]) -> None:
        for name in names:
            self.node(name).SetSliceVisible(visible)

    def png(self, name: str, width: int, height: int) -> bytes:
        """What the view shows, as Slicer would draw it: a picture of that size. Grey where there is no volume."""
        logic = self._logics[name]
        node = logic.GetSliceNode()
        before = node.GetDimensions()[:2]
        logic.ResizeSliceNode(width, height)
        try:
            connection = logic.GetImageDataConnection()
            if connection is None:
                return b""
            producer = connection.GetProducer()
            producer.Update()
            picture = vtk.vtkImageData()
            picture.DeepCopy(producer.GetOutputDataObject(connection.GetIndex()))
            pixels = array_from_image(picture)[0]
            if pixels.shape[-1] == 4:  # what lies beside the volume is black, as in Slicer's views
                pixels[pixels[..., 3] == 0] = (0, 0, 0, 255)
            self._draw_segments(pixels, node)
            self._draw_markups(pixels, node)
            return png_of_image(picture)
        finally:
            logic.ResizeSliceNode(*before)

    def _draw_segments(self, pixels: np.ndarray, node: slicer.vtkMRMLSliceNode) -> None:
        """Segments in their colors where the slice cuts them, half transparent, as Slicer fills them."""
        rows, columns = np.indices(pixels.shape[:2])
        places = np.stack([columns, rows, np.zeros_like(rows), np.ones_like(rows)]).reshape(4, -1)
        ras = numpy_matrix(node.GetXYToRAS()) @ places
        for segmentation in segmentations_in(self._scene):
            for mask, image_to_ras, color in labelmaps_of(segmentation):
                i, j, k = np.rint((np.linalg.inv(image_to_ras) @ ras)[:3]).astype(int)
                inside = (k >= 0) & (k < mask.shape[0]) & (j >= 0) & (j < mask.shape[1]) & (i >= 0) & (i < mask.shape[2])
                marked = np.zeros(len(i), bool)
                marked[inside] = mask[k[inside], j[inside], i[inside]]
                shown = marked.reshape(pixels.shape[:2])
                pixels[shown, :3] = ((pixels[shown, :3] + np.array(color) * 255) / 2).astype(pixels.dtype)

    def _draw_markups(self, pixels: np.ndarray, node: slicer.vtkMRMLSliceNode) -> None:
        """Rings around the marked points in the slice, and the lines in it, as Slicer shows those within a few millimetres."""
        rows, columns = np.ogrid[: pixels.shape[0], : pixels.shape[1]]
        ras_to_view = vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(node.GetXYToRAS(), ras_to_view)
        to_slice = vtk.vtkMatrix4x4()
        vtk.vtkMatrix4x4.Invert(node.GetSliceToRAS(), to_slice)
        for _, position in marked_points_ras(self._scene, shown_only=True):
            if abs(to_slice.MultiplyPoint((*position, 1.0))[2]) > POINT_REACH_MM:
                continue
            column, row = ras_to_view.MultiplyPoint((*position, 1.0))[:2]
            distance = np.hypot(rows - row, columns - column)
            pixels[np.abs(distance - RING_PIXELS) < 1.0] = POINT_COLOR[: pixels.shape[-1]]
        for _, start, end in marked_lines_ras(self._scene, shown_only=True):
            if max(abs(to_slice.MultiplyPoint((*one, 1.0))[2]) for one in (start, end)) > POINT_REACH_MM:
                continue
            first, last = (np.array(ras_to_view.MultiplyPoint((*one, 1.0))[:2]) for one in (start, end))
            along = np.rint(first + np.linspace(0, 1, 2 * max(pixels.shape[:2]))[:, None] * (last - first)).astype(int)
            inside = ((along >= 0) & (along < (pixels.shape[1], pixels.shape[0]))).all(axis=1)
            pixels[along[inside, 1], along[inside, 0]] = POINT_COLOR[: pixels.shape[-1]]


def _detach(logics) -> None:
    for logic in logics:
        logic.SetMRMLScene(None)


def acquisition_orientation(volume: slicer.vtkMRMLVolumeNode) -> str:
    """The standard orientation nearest to the plane of a volume's slices."""
    normal_ras = [0.0, 0.0, 0.0]
    volume.GetKToRASDirection(normal_ras)
    largest = max(range(3), key=lambda axis: abs(normal_ras[axis]))
    return ("Sagittal", "Coronal", "Axial")[largest]
