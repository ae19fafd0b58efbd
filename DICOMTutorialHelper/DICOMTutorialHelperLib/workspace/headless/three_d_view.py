"""Slicer's 3D view off screen: its own displayable managers draw slices and volume renderings into a window nobody sees."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from functools import cache

import numpy as np
import slicer
import vtk

from DICOMTutorialHelperLib.scene.png import png_of_image
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene

MANAGERS = (
    "vtkMRMLVolumeRenderingDisplayableManager",
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
)
WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
WINDOW_CLASSES = ("vtkOSOpenGLRenderWindow", "vtkEGLRenderWindow", "")
PROBE = "import vtk; w = vtk.vtkRenderWindow(); w.SetOffScreenRendering(1); w.Render(); raise SystemExit(not w.SupportsOpenGL())"
START_DIRECTION = (0.25, 1.0, 0.25)  # from the front, a little from the left and from above


@cache
def window_class() -> str:
    """The class of VTK window that draws on this machine, "" for VTK's own choice; "none" where nothing draws.

    VTK ends the process where a graphics library is missing, so another process tries; the one asked for in the environment
    is tried first.
    """
    if sys.platform in ("win32", "darwin"):
        return ""
    asked_for = os.environ.get(WINDOW_VARIABLE)
    for name in (asked_for,) if asked_for else WINDOW_CLASSES:
        environment = {**os.environ, WINDOW_VARIABLE: name}
        if not name:
            del environment[WINDOW_VARIABLE]
            if "DISPLAY" not in environment:
                continue
        if subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, check=False).returncode == 0:
            return name
    return "none"


class ThreeDView:
    """One 3D view of a scene. The camera may be moved on any machine; drawing needs a graphics library."""

    def __init__(self, headless_scene: HeadlessScene) -> None:
        self._headless_scene = headless_scene
        self._renderer = vtk.vtkRenderer()
        self._window = None
        self._place_camera((-200, 200, -200, 200, -200, 200))

    def center(self) -> None:
        """Look at the middle of what is shown, from the front, so that all of it fits."""
        self._place_camera(self._shown_bounds_ras())

    def rotate(self, degrees: float) -> None:
        """Turn around what is looked at, about the body's long axis."""
        camera = self._renderer.GetActiveCamera()
        camera.SetViewUp(0, 0, 1)
        camera.Azimuth(degrees)

    def camera_ras(self) -> tuple[float, float, float]:
        """Where the camera stands, counted from the point it looks at."""
        camera = self._renderer.GetActiveCamera()
        return tuple(np.subtract(camera.GetPosition(), camera.GetFocalPoint()))

    def png(self, width: int, height: int) -> bytes:
        """What the view shows; empty on a machine that cannot draw."""
        if window_class() == "none":
            return b""
        window = self._window or self._open_window()
        window.SetSize(width, height)
        self._renderer.ResetCameraClippingRange()
        window.Render()
        grab = vtk.vtkWindowToImageFilter()
        grab.SetInput(window)
        grab.ReadFrontBufferOff()
        grab.Update()
        return png_of_image(grab.GetOutput())

    def _open_window(self):
        if window_class():
            os.environ[WINDOW_VARIABLE] = window_class()
        scene, application_logic = self._headless_scene.scene, self._headless_scene.application_logic
        factory = slicer.vtkMRMLThreeDViewDisplayableManagerFactory.GetInstance()
        factory.SetMRMLApplicationLogic(application_logic)
        for name in MANAGERS:
            if not factory.IsDisplayableManagerRegistered(name):
                factory.RegisterDisplayableManager(name)
        position = self._renderer.GetActiveCamera().GetPosition(), self._renderer.GetActiveCamera().GetFocalPoint()
        self._window = vtk.vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.AddRenderer(self._renderer)
        self._interactor = vtk.vtkRenderWindowInteractor()
        self._interactor.SetRenderWindow(self._window)
        self._view_logic = slicer.vtkMRMLViewLogic()
        self._view_logic.SetMRMLApplicationLogic(application_logic)
        self._view_logic.SetMRMLScene(scene)
        view_node = self._view_logic.AddViewNode("1")
        self._managers = slicer.vtkMRMLDisplayableManagerGroup()
        self._managers.SetRenderer(self._renderer)
        self._managers.Initialize(factory, self._renderer)
        self._managers.SetMRMLDisplayableNode(view_node)
        # The camera manager brings a camera of its own: put it where the view's stood.
        camera = self._renderer.GetActiveCamera()
        camera.SetPosition(position[0])
        camera.SetFocalPoint(position[1])
        camera.SetViewUp(0, 0, 1)
        return self._window

    def _place_camera(self, bounds) -> None:
        middle = np.array([bounds[0] + bounds[1], bounds[2] + bounds[3], bounds[4] + bounds[5]]) / 2
        radius = math.dist((bounds[0], bounds[2], bounds[4]), (bounds[1], bounds[3], bounds[5])) / 2 or 100.0
        camera = self._renderer.GetActiveCamera()
        distance = 0.85 * radius / math.sin(math.radians(camera.GetViewAngle() / 2))
        direction = np.array(START_DIRECTION) / np.linalg.norm(START_DIRECTION)
        camera.SetFocalPoint(*middle)
        camera.SetPosition(*(middle + distance * direction))
        camera.SetViewUp(0, 0, 1)

    def _shown_bounds_ras(self) -> tuple[float, ...]:
        """The box around all volumes that a slice view or a rendering shows; a metre's quarter where nothing is shown."""
        scene = self._headless_scene.scene
        ids = {node.GetBackgroundVolumeID() for node in _nodes(scene, "vtkMRMLSliceCompositeNode")}
        ids |= {node.GetVolumeNodeID() for node in _nodes(scene, "vtkMRMLVolumeRenderingDisplayNode") if node.GetVisibility()}
        volumes = [volume for volume in (scene.GetNodeByID(node_id) for node_id in ids if node_id) if volume is not None]
        boxes = []
        for volume in volumes:
            box = [0.0] * 6
            volume.GetRASBounds(box)
            boxes.append(box)
        if not boxes:
            return (-125, 125, -125, 125, -125, 125)
        table = np.array(boxes)
        return tuple(table[:, place].min() if place % 2 == 0 else table[:, place].max() for place in range(6))


def _nodes(scene: slicer.vtkMRMLScene, class_name: str) -> list:
    found = scene.GetNodesByClass(class_name)
    try:
        return [found.GetItemAsObject(place) for place in range(found.GetNumberOfItems())]
    finally:
        # GetNodesByClass hands over a reference that is ours to give back.
        found.UnRegister(None)
