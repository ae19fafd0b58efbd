"""Tells when something in Slicer changes, in the words of the workspace: observers that are all taken away again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import qt
import slicer
import vtk

from DICOMTutorialHelperLib.logs import log_failure
from DICOMTutorialHelperLib.workspace.interface import (
    DATABASE_CHANGED,
    MODULE_CHANGED,
    PLUGINS_CHANGED,
    SCENE_CHANGED,
    SCENE_CLOSED,
    VIEWS_CHANGED,
)

# Scrolling and turning send events by the hundred; a guide that looks four times a second is quick enough.
COLLECT_MILLISECONDS = 250
DATA_CLASSES = ("vtkMRMLVolumeNode", "vtkMRMLSequenceNode", "vtkMRMLSegmentationNode")
VIEW_CLASSES = (
    "vtkMRMLLayoutNode",
    "vtkMRMLSliceNode",
    "vtkMRMLSliceCompositeNode",
    "vtkMRMLCameraNode",
    "vtkMRMLVolumeDisplayNode",
    "vtkMRMLVolumeRenderingDisplayNode",
    "vtkMRMLSequenceBrowserNode",
    "vtkMRMLMarkupsNode",
    "vtkMRMLPlotSeriesNode",
    "vtkMRMLPlotChartNode",
)


class ApplicationObserver:
    """Observes while somebody listens. What happens in Slicer is collected for a moment; ``notify`` passes on at once."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[str], None]] = []
        self._first: Callable[[str], None] = lambda _kind: None
        self._observed: dict[tuple[vtk.vtkObject, int], int] = {}
        self._connected: list[tuple[Any, Any]] = []
        self._check_boxes: list[qt.QCheckBox] = []
        self._waiting: list[str] = []
        self._timer = qt.QTimer()
        self._timer.interval = COLLECT_MILLISECONDS
        self._timer.timeout.connect(self._pass_on)

    @property
    def observing(self) -> int:
        """How many observers and connections there are now."""
        return len(self._observed) + len(self._connected)

    def subscribe_first(self, listener: Callable[[str], None]) -> None:
        """``listener`` is told before all others; it alone makes nobody observe."""
        self._first = listener

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        if not self._listeners:
            self._start()
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)
                if not self._listeners:
                    self.stop()

        return stop

    def notify(self, kind: str) -> None:
        """Tell all listeners now; what they do wrong is logged, and the rest is told all the same."""
        for listener in [self._first, *self._listeners]:
            try:
                listener(kind)
            except Exception as error:
                log_failure(f"DICOM Tutorial Helper: a listener failed on a change of {kind}", error)

    def stop(self) -> None:
        """Observe nothing any more."""
        self._timer.stop()
        self._waiting.clear()
        for (observed, _), tag in self._observed.items():
            observed.RemoveObserver(tag)
        self._observed.clear()
        for signal, slot in self._connected:
            _disconnect(signal, slot)
        self._connected.clear()
        self._check_boxes.clear()

    # --- observing -------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        scene = slicer.mrmlScene
        self._observe(scene, scene.NodeAddedEvent, self._on_node_added)
        self._observe(scene, scene.NodeRemovedEvent, self._on_node_removed)
        self._observe(scene, scene.EndCloseEvent, self._on_scene_closed)
        self._observe(scene, scene.EndSaveEvent, lambda *_: self._collect(SCENE_CHANGED))
        for place in range(scene.GetNumberOfNodes()):
            self._observe_node(scene.GetNthNode(place))
        database = getattr(slicer, "dicomDatabase", None)
        if database is not None:  # a custom application may have none
            for signal in (database.databaseChanged, database.opened, database.closed):
                self._connect(signal, lambda *_: self._collect(DATABASE_CHANGED))
        main_window = slicer.util.mainWindow()
        if main_window is not None:
            self._connect(main_window.moduleSelector().moduleSelected, self._on_module_selected)
        self._connect_plugins()

    def _observe(self, observed: vtk.vtkObject, event: int, callback: Callable) -> None:
        if (observed, event) not in self._observed:
            self._observed[observed, event] = observed.AddObserver(event, callback)

    def _observe_node(self, node: slicer.vtkMRMLNode) -> None:
        if any(node.IsA(name) for name in VIEW_CLASSES):
            self._observe(node, vtk.vtkCommand.ModifiedEvent, self._on_view_changed)
            if node.IsA("vtkMRMLMarkupsNode"):
                self._observe(node, node.PointPositionDefinedEvent, self._on_view_changed)

    def _connect(self, signal: Any, slot: Callable) -> None:
        signal.connect(slot)
        self._connected.append((signal, slot))

    def _connect_plugins(self) -> None:
        """The plugins' check boxes, which are there once the DICOM module was first shown."""
        widget = getattr(slicer.modules, "DICOMWidget", None)
        selector = getattr(widget, "pluginSelector", None)
        if selector is None or self._check_boxes:
            return
        for box in selector.checkBoxByPlugin.values():
            self._check_boxes.append(box)
            self._connect(box.toggled, lambda *_: self._collect(PLUGINS_CHANGED))

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_added(self, _caller: vtk.vtkObject, _event: str, node: slicer.vtkMRMLNode) -> None:
        self._observe_node(node)
        if any(node.IsA(name) for name in DATA_CLASSES):
            self._collect(SCENE_CHANGED)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, _caller: vtk.vtkObject, _event: str, node: slicer.vtkMRMLNode) -> None:
        for key in [key for key in self._observed if key[0] is node]:
            node.RemoveObserver(self._observed.pop(key))
        if any(node.IsA(name) for name in DATA_CLASSES):
            self._collect(SCENE_CHANGED)

    def _on_scene_closed(self, *_: object) -> None:
        self._collect(SCENE_CLOSED)

    def _on_view_changed(self, *_: object) -> None:
        self._collect(VIEWS_CHANGED)

    def _on_module_selected(self, *_: object) -> None:
        self._connect_plugins()
        self._collect(MODULE_CHANGED)

    def _collect(self, kind: str) -> None:
        if kind not in self._waiting:
            self._waiting.append(kind)
        if not self._timer.active:
            self._timer.start()

    def _pass_on(self) -> None:
        self._timer.stop()
        waiting, self._waiting = self._waiting, []
        for kind in waiting:
            self.notify(kind)


def _disconnect(signal: Any, slot: Callable) -> None:
    """Connections end with their sender, so one that is gone is as good as taken away."""
    try:
        signal.disconnect(slot)
    except (ValueError, RuntimeError):
        logging.debug("DICOM Tutorial Helper: a signal was gone before its connection")
