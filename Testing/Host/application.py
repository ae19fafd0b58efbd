"""What the application adds to the slicer package (app, mrmlScene, modules, settings), on slicer-core, while a test runs.

``start`` gives what the DICOM plugins and the panel need; ``start_with_views`` a whole application without a window: DICOM
database, layouts and slice views with Slicer's own logics, a 3D camera, volume rendering, the module selector, QSettings.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import slicer
import vtk
from dicom_database import DicomDatabase, Signal

from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene

MODULES = ("Data", "DICOM", "Markups", "Sequences", "VolumeRendering", "Volumes", "Welcome")


def start(monkeypatch, settings=None) -> SimpleNamespace:
    """Give the slicer package what the application adds to it; undone with ``monkeypatch``. Returns scene, settings and modules.

    ``settings`` is the dict that stands for Slicer's QSettings; values are kept as they are.
    """
    headless = HeadlessScene()
    stored = {} if settings is None else settings

    def settings_value(key, default, converter=None, settings=None):
        value = stored.get(key, default)
        return converter(value) if converter and key in stored else value

    modules = SimpleNamespace()
    kept = SimpleNamespace(setValue=stored.__setitem__, remove=lambda key: stored.pop(key, None))
    dialog = SimpleNamespace(findChild=lambda *_: None)  # of settings, without a page of ours
    app = SimpleNamespace(
        applicationLogic=lambda: headless.application_logic, userSettings=lambda: kept, settingsDialog=lambda: dialog
    )
    database = _DatabaseOfFiles()
    monkeypatch.setattr(slicer, "mrmlScene", headless.scene, raising=False)
    monkeypatch.setattr(slicer, "modules", modules, raising=False)
    monkeypatch.setattr(slicer, "app", app, raising=False)
    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)
    monkeypatch.setattr(slicer.util, "settingsValue", settings_value)
    monkeypatch.setattr(slicer.util, "toBool", lambda value: str(value).lower() in ("true", "1"))
    return SimpleNamespace(scene=headless.scene, headless=headless, settings=stored, modules=modules, app=app, database=database)


class _DatabaseOfFiles(DicomDatabase):
    """Knows every file that it is asked for, as if it had been imported."""

    def fileValue(self, file, tag):
        if str(file) not in self._headers and Path(file).is_file():
            self.insert([file])
        return super().fileValue(file, tag)


def start_with_views(monkeypatch, qt) -> SimpleNamespace:
    """A whole application, with Qt's platform "offscreen"; its database is closed, its scene empty, its layout four-up."""
    started = start(monkeypatch)
    started.database = DicomDatabase()
    monkeypatch.setattr(slicer, "dicomDatabase", started.database)
    views = Views(started.headless, qt)
    main_window = MainWindow()
    resources = _trame_resources()
    started.headless.volumes_logic.SetModuleShareDirectory(resources)
    volumes = slicer.vtkSlicerVolumesLogic()
    rendering = slicer.vtkSlicerVolumeRenderingLogic()
    for name, logic in (("Volumes", volumes), ("VolumeRendering", rendering)):
        logic.SetModuleShareDirectory(resources)
        logic.SetMRMLApplicationLogic(started.headless.application_logic)
        logic.SetMRMLScene(started.scene)
        started.headless.application_logic.SetModuleLogic(name, logic)
    started.modules.volumes = SimpleNamespace(logic=lambda: volumes)
    started.modules.volumerendering = SimpleNamespace(logic=lambda: rendering)
    started.modules.cameras = SimpleNamespace(logic=lambda: views.cameras)
    started.modules.sequences = SimpleNamespace()
    started.modules.dicomPlugins = {}
    started.app.layoutManager = lambda: views
    started.app.processEvents = qt.QApplication.processEvents
    started.app.majorVersion, started.app.minorVersion, started.app.applicationVersion = 5, 10, "5.10.0"
    started.app.applicationName = "Slicer"
    for name, function in (
        ("mainWindow", lambda: main_window),
        ("selectedModule", lambda: main_window.module),
        ("selectModule", main_window.select),
        ("getModule", main_window.find),
        ("forceRenderAllViews", lambda: None),
        ("saveScene", lambda path, _properties: _save(started.scene, Path(path))),
    ):
        monkeypatch.setattr(slicer.util, name, function)
    started.views, started.main_window = views, main_window
    return started


class MainWindow:
    """The main window as far as modules are chosen in it."""

    def __init__(self):
        self.module = "Welcome"
        self.moduleSelected = Signal()

    def moduleSelector(self):
        return self

    def find(self, name):
        if name not in MODULES:
            raise RuntimeError(f"Could not find module with name '{name}'")
        return name

    def select(self, name):
        self.module = self.find(name)
        self.moduleSelected()


class Views:
    """The layout manager: Slicer's own layout and slice logics; what Qt widgets do beside them is done here.

    As qMRMLSliceWidget and qMRMLLayoutManager do, every slice node gets a logic, and the nodes of the layout are marked as
    mapped. The 3D view has a camera node and no renderer.
    """

    def __init__(self, headless, qt):
        self._scene, self._application_logic, self._qt = headless.scene, headless.application_logic, qt
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self._scene, True)
        self._application_logic.SetSliceLogics(vtk.vtkCollection())
        self._logics = {}
        self._layout_logic = slicer.vtkMRMLLayoutLogic()
        self._layout_logic.SetMRMLScene(self._scene)
        self.layout_node = self._layout_logic.GetLayoutNode()
        self.layout_node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._map())
        self.layout_node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView)
        self._map()
        self.cameras = slicer.vtkSlicerCamerasModuleLogic()
        self.cameras.SetMRMLApplicationLogic(self._application_logic)
        self.cameras.SetMRMLScene(self._scene)
        camera = self._scene.AddNewNodeByClass("vtkMRMLCameraNode")
        camera.SetLayoutName(self.mrmlViewNode().GetLayoutName())
        camera.SetSingletonTag("1")
        self.camera = camera.GetCamera()
        self.widgets = {}

    def close(self):
        """A slice logic that outlives the scene's colour logic is called back by dying nodes, and VTK ends the process."""
        for logic in (*self._logics.values(), self._layout_logic):
            logic.SetMRMLScene(None)

    def _map(self):
        shown = self._layout_logic.GetViewNodes()
        mapped = {shown.GetItemAsObject(place) for place in range(shown.GetNumberOfItems())}
        for node in slicer.util.getNodesByClass("vtkMRMLSliceNode", self._scene):
            node.SetMappedInLayout(node in mapped)
            if node.GetLayoutName() not in self._logics:
                logic = slicer.vtkMRMLSliceLogic()
                logic.SetMRMLApplicationLogic(self._application_logic)
                logic.SetMRMLScene(self._scene)
                logic.SetSliceNode(node)
                logic.ResizeSliceNode(480, 400)
                self._application_logic.GetSliceLogics().AddItem(logic)
                self._logics[node.GetLayoutName()] = logic

    # --- what is asked of a layout manager

    threeDViewCount = 1
    plotViewCount = 0

    def threeDWidget(self, _place):
        return self

    def threeDView(self):
        return self

    def mrmlViewNode(self):
        return self._scene.GetFirstNodeByClass("vtkMRMLViewNode")

    def resetFocalPoint(self):
        self.camera.SetFocalPoint(0, 0, 0)

    def resetCamera(self, *_arguments):
        self.camera.SetPosition(120, 400, 80)
        self.camera.SetViewUp(0, 0, 1)

    def viewport(self):
        return None

    def sliceWidget(self, name):
        node = self._logics[name].GetSliceNode() if name in self._logics else None
        if node is None or not node.IsMappedInLayout():
            return None
        label = self.widgets.setdefault(name, self._qt.QLabel(name))
        label.show()
        return SimpleNamespace(sliceView=lambda: label)


def _save(scene, path: Path) -> bool:
    """As the application's: the file is there afterwards, and the scene remembers it."""
    path.write_bytes(b"a bundle")
    scene.SetURL(str(path))
    return True


def _trame_resources() -> str:
    """Where Slicer's presets lie, which slicer-core lacks and trame-slicer brings; "" without it."""
    found = importlib.util.find_spec("trame_slicer")
    return "" if found is None else str(Path(found.submodule_search_locations[0]) / "resources")
