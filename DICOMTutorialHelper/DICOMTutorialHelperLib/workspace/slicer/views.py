"""Slicer's layout, slice views and 3D view, as the workspace speaks of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Optional

import ctk
import qt
import slicer
import vtk

from DICOMTutorialHelperLib.workspace.interface import (
    CONVENTIONAL,
    CONVENTIONAL_WIDESCREEN,
    FOUR_UP,
    FOUR_UP_PLOT,
    GREEN,
    ONE_UP_3D,
    ONE_UP_RED_SLICE,
    OTHER_LAYOUT,
    PLOT,
    RED,
    SIDE_BY_SIDE,
    THREE_BY_THREE,
    THREE_D,
    WHOLE_LAYOUT,
    YELLOW,
    SliceView,
    WorkspaceError,
)
from DICOMTutorialHelperLib.workspace.slicer.dicom_browser import browser_widget, close_browser_over_views

LAYOUT_NUMBERS = {
    FOUR_UP: slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView,
    CONVENTIONAL: slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalView,
    CONVENTIONAL_WIDESCREEN: slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalWidescreenView,
    ONE_UP_3D: slicer.vtkMRMLLayoutNode.SlicerLayoutOneUp3DView,
    ONE_UP_RED_SLICE: slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView,
    SIDE_BY_SIDE: slicer.vtkMRMLLayoutNode.SlicerLayoutSideBySideView,
    THREE_BY_THREE: slicer.vtkMRMLLayoutNode.SlicerLayoutThreeByThreeSliceView,
    FOUR_UP_PLOT: slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpPlotView,
}
_STANDARD = (RED, YELLOW, GREEN)
ORIENTATIONS = ("Sagittal", "Coronal", "Axial")  # the plane across R, A and S


class SlicerViews:
    """What lies in the middle of Slicer's window. Without a layout manager (no main window) there are no views."""

    # --- layouts ---------------------------------------------------------------------------------------------------------

    def layout(self) -> str:
        number = _layout_node().GetViewArrangement()
        if number == slicer.vtkMRMLLayoutNode.SlicerLayoutDefaultView:
            return CONVENTIONAL
        return next((name for name, value in LAYOUT_NUMBERS.items() if value == number), OTHER_LAYOUT)

    def set_layout(self, layout: str) -> None:
        if layout not in LAYOUT_NUMBERS:
            raise WorkspaceError("no-such-layout", layout=layout)
        _layout_node().SetViewArrangement(LAYOUT_NUMBERS[layout])

    def leave_browser(self) -> None:
        """The DICOM browser lies where the views are: close it, as loading by hand does."""
        if _layout_node().GetViewArrangement() != slicer.vtkMRMLLayoutNode.SlicerLayoutDicomBrowserView:
            return
        if browser_widget() is not None:
            close_browser_over_views()
            slicer.app.processEvents()  # views of a layout come into being with the next events
        else:
            self.set_layout(FOUR_UP)

    # --- slice views -----------------------------------------------------------------------------------------------------

    def slice_views(self) -> tuple[SliceView, ...]:
        return tuple(_slice_view(node) for node in _shown_slice_nodes())

    def show_volume(self, node_id: str, view: str) -> None:
        self.leave_browser()
        volume = volume_node(node_id)
        for node in [slice_node(view)] if view else _shown_slice_nodes():
            _show_in(node, volume, node.GetDefaultOrientation() or "Axial")

    def compare(self, node_ids: Sequence[str]) -> None:
        """Two volumes side by side, three in four-up, more in three by three; each in the plane it was taken in."""
        volumes = [volume_node(node_id) for node_id in node_ids]
        self.set_layout(SIDE_BY_SIDE if len(volumes) <= 2 else FOUR_UP if len(volumes) == 3 else THREE_BY_THREE)
        slicer.app.processEvents()  # views of a layout come into being with the next events
        self.set_linked(False)
        for node, volume in zip(_shown_slice_nodes(), volumes):
            _show_in(node, volume, acquisition_plane(volume))

    def set_linked(self, linked: bool) -> None:
        composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
        for composite in composites:
            composite.SetLinkedControl(linked)

    def set_offset(self, view: str, offset_mm: float) -> None:
        logic = slice_logic(slice_node(view))
        logic.StartSliceOffsetInteraction()  # tells linked views
        logic.SetSliceOffset(offset_mm)
        logic.EndSliceOffsetInteraction()

    def jump(self, position_ras: Sequence[float]) -> None:
        """Move all slices so that they cut through a point."""
        for node in _shown_slice_nodes():
            node.JumpSliceByOffsetting(*position_ras)

    def zoom(self, view: str, factor: float) -> None:
        node = slice_node(view)
        x, y, z = node.GetFieldOfView()
        node.SetFieldOfView(x / factor, y / factor, z)
        node.UpdateMatrices()

    def set_visible_in_3d(self, visible: bool) -> None:
        for node in _shown_slice_nodes():
            node.SetSliceVisible(visible)

    # --- the 3D view -----------------------------------------------------------------------------------------------------

    def center_3d(self) -> None:
        widget = _three_d_widget()
        if widget is not None:
            widget.threeDView().resetFocalPoint()
            widget.threeDView().resetCamera(False, True, True)  # as far as it takes, from where it was

    def rotate_3d(self, degrees: float) -> None:
        camera = _camera()
        focus, position = camera.GetFocalPoint(), camera.GetPosition()
        x, y = position[0] - focus[0], position[1] - focus[1]
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        camera.SetPosition(focus[0] + x * cosine - y * sine, focus[1] + x * sine + y * cosine, position[2])
        up = camera.GetViewUp()
        camera.SetViewUp(up[0] * cosine - up[1] * sine, up[0] * sine + up[1] * cosine, up[2])

    def camera_ras(self) -> tuple[float, float, float]:
        camera = _camera()
        return tuple(a - b for a, b in zip(camera.GetPosition(), camera.GetFocalPoint()))

    # --- pictures --------------------------------------------------------------------------------------------------------

    def snapshot(self, view: str, width: int, height: int) -> Optional[bytes]:
        """A PNG of a view as it lies on the screen, no larger than asked for; None where it is not shown."""
        widget = _widget(view)
        if widget is None or not widget.visible:
            return None
        slicer.util.forceRenderAllViews()
        image = ctk.ctkWidgetsUtils.grabWidget(widget)
        if image.isNull():
            return None
        return png_bytes(image.scaled(width, height, qt.Qt.KeepAspectRatio, qt.Qt.SmoothTransformation))


def png_bytes(image: qt.QImage) -> bytes:
    """A QImage as a PNG file's content."""
    content = qt.QByteArray()
    buffer = qt.QBuffer(content)
    buffer.open(qt.QIODevice.WriteOnly)
    image.save(buffer, "PNG")
    buffer.close()
    return bytes(buffer.data().data())


def volume_node(node_id: str) -> slicer.vtkMRMLVolumeNode:
    """A volume of the scene. Raises WorkspaceError where it is not there any more."""
    node = slicer.mrmlScene.GetNodeByID(node_id)
    if node is None or not node.IsA("vtkMRMLVolumeNode"):
        raise WorkspaceError("no-such-node")
    return node


def slice_node(view: str) -> slicer.vtkMRMLSliceNode:
    """The slice node of a view by its layout name. Raises WorkspaceError."""
    for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
        if node.GetLayoutName() == view:
            return node
    raise WorkspaceError("no-such-view", view=view)


def slice_logic(node: slicer.vtkMRMLSliceNode) -> slicer.vtkMRMLSliceLogic:
    return slicer.app.applicationLogic().GetSliceLogic(node)


def acquisition_plane(volume: slicer.vtkMRMLVolumeNode) -> str:
    """The orientation whose slices lie nearest to those the volume was taken in."""
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASDirectionMatrix(matrix)
    across = [abs(matrix.GetElement(row, 2)) for row in range(3)]
    return ORIENTATIONS[across.index(max(across))]


def _layout_node() -> slicer.vtkMRMLLayoutNode:
    return slicer.app.applicationLogic().GetMRMLScene().GetFirstNodeByClass("vtkMRMLLayoutNode")


def _shown_slice_nodes() -> list[slicer.vtkMRMLSliceNode]:
    """The slice nodes of the layout shown now: the standard ones first, then as they came into being."""
    nodes = [node for node in slicer.util.getNodesByClass("vtkMRMLSliceNode") if node.IsMappedInLayout()]
    return sorted(nodes, key=lambda node: _STANDARD.index(node.GetLayoutName()) if node.GetLayoutName() in _STANDARD else 3)


def _slice_view(node: slicer.vtkMRMLSliceNode) -> SliceView:
    composite = slice_logic(node).GetSliceCompositeNode()
    return SliceView(
        name=node.GetLayoutName(),
        volume_node_id=composite.GetBackgroundVolumeID() or "",
        orientation=node.GetOrientation() or "",
        offset_mm=slice_logic(node).GetSliceOffset(),
        field_of_view_mm=node.GetFieldOfView()[0],
        linked=bool(composite.GetLinkedControl()),
        visible_in_3d=bool(node.GetSliceVisible()),
    )


def _show_in(node: slicer.vtkMRMLSliceNode, volume: slicer.vtkMRMLVolumeNode, orientation: str) -> None:
    logic = slice_logic(node)
    logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
    node.SetOrientation(orientation)
    node.RotateToVolumePlane(volume)
    logic.FitSliceToAll()  # 5.0.3 wants width and height to fit the background alone
    logic.SnapSliceOffsetToIJK()
    node.UpdateMatrices()


def _three_d_widget() -> Optional[slicer.qMRMLThreeDWidget]:
    manager = slicer.app.layoutManager()
    return manager.threeDWidget(0) if manager is not None and manager.threeDViewCount > 0 else None


def _camera() -> vtk.vtkCamera:
    widget = _three_d_widget()
    if widget is None:
        raise WorkspaceError("no-such-view", view=THREE_D)
    node = slicer.modules.cameras.logic().GetViewActiveCameraNode(widget.mrmlViewNode())
    return node.GetCamera() if hasattr(node, "GetCamera") else node


def _widget(view: str) -> Optional[qt.QWidget]:
    manager = slicer.app.layoutManager()
    if manager is None:
        return None
    if view == WHOLE_LAYOUT:
        return manager.viewport()
    if view == THREE_D:
        widget = _three_d_widget()
        return None if widget is None else widget.threeDView()
    if view == PLOT:
        return manager.plotWidget(0).plotView() if manager.plotViewCount > 0 else None
    widget = manager.sliceWidget(view)
    return None if widget is None else widget.sliceView()
