"""The workspace inside Slicer: one face for the database, the plugins, the scene and the views of the application."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loaded_segmentations import center_ras, load_segmentation, segment_names, segmentations_in
from DICOMTutorialHelperLib.workspace.interface import (
    DATABASE_CHANGED,
    MODULE_CHANGED,
    PLUGINS_CHANGED,
    SCENE_CHANGED,
    SCENE_CLOSED,
    VIEWS_CHANGED,
    ApplicationInfo,
    DicomDifference,
    ImportSummary,
    LoadedItem,
    LoadedSegmentation,
    MarkedLine,
    MarkedPoint,
    PatientInfo,
    Playback,
    PluginInfo,
    PluginOffer,
    SliceView,
    TimeCurve,
    VolumeRendering,
    WindowLevel,
    WorkspaceError,
)
from DICOMTutorialHelperLib.workspace.slicer import settings
from DICOMTutorialHelperLib.workspace.slicer.application_observer import ApplicationObserver
from DICOMTutorialHelperLib.workspace.slicer.curves import SlicerCurves
from DICOMTutorialHelperLib.workspace.slicer.database import SlicerDatabase
from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations
from DICOMTutorialHelperLib.workspace.slicer.loading import SlicerLoading
from DICOMTutorialHelperLib.workspace.slicer.sharing import difference_of_item, write_item
from DICOMTutorialHelperLib.workspace.slicer.views import SlicerViews, volume_node
from DICOMTutorialHelperLib.workspace.slicer.volumes import SlicerVolumes


class SlicerWorkspace:
    """Implements ``workspace.interface.Workspace`` on the running application. Main thread only."""

    def __init__(self) -> None:
        self._changes = ApplicationObserver()
        self._database = SlicerDatabase()
        self._loading = SlicerLoading()
        self._volumes = SlicerVolumes()
        self._views = SlicerViews()
        self._curves = SlicerCurves(self._database.files_of_series, settings.fill_missing, shared_examinations)
        self._changes.subscribe_first(self._forget)

    def close(self) -> None:
        """Observe nothing any more, whoever still listens."""
        self._changes.stop()

    @property
    def observing(self) -> int:
        """How many observers and connections there are now: none when nobody listens."""
        return self._changes.observing

    def _forget(self, kind: str) -> None:
        if kind == DATABASE_CHANGED:
            self._database.forget()

    # --- the application -------------------------------------------------------------------------------------------------

    def application(self) -> ApplicationInfo:
        import numpy
        import pydicom
        import vtk

        version = f"{slicer.app.majorVersion}.{slicer.app.minorVersion}"
        versions = {
            "Python": sys.version.split()[0],
            "pydicom": pydicom.__version__,
            "numpy": numpy.__version__,
            "VTK": vtk.vtkVersion().GetVTKVersion(),
        }
        version = str(getattr(slicer.app, "applicationVersion", version))
        return ApplicationInfo("3D Slicer", version, versions, slicer_version=version)

    def language(self) -> str:
        return settings.language()

    def translated(self, context: str, text: str) -> str:
        if not hasattr(slicer.app, "applicationLocaleName"):  # up to 5.2 Slicer speaks English
            return text
        return str(slicer.app.translate(context, text))

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        return self._changes.subscribe(listener)

    def notify(self, kind: str) -> None:
        """Pass on a change that Slicer does not know of: another language chosen in the panel."""
        self._changes.notify(kind)

    def active_module(self) -> str:
        return str(slicer.util.selectedModule()) if slicer.util.mainWindow() is not None else ""

    def set_active_module(self, name: str) -> None:
        if slicer.util.mainWindow() is None:
            raise WorkspaceError("no-such-module", module=name)
        try:
            slicer.util.getModule(name)
        except RuntimeError as error:
            raise WorkspaceError("no-such-module", detail=str(error), module=name) from error
        slicer.util.selectModule(name)
        self._changes.notify(MODULE_CHANGED)

    # --- the DICOM database ----------------------------------------------------------------------------------------------

    def database_folder(self) -> Optional[Path]:
        return self._database.folder()

    def create_database(self, folder: Optional[Path] = None) -> Path:
        made = self._database.create(folder)
        self._changes.notify(DATABASE_CHANGED)
        return made

    def import_folder(self, folder: Path, progress: Optional[Progress] = None) -> ImportSummary:
        try:
            return self._database.import_folder(folder, progress)
        finally:
            self._changes.notify(DATABASE_CHANGED)

    def patients(self) -> tuple[PatientInfo, ...]:
        if not self._changes.observing:
            self._database.forget()  # nobody would have told
        return self._database.patients()

    def files_of_series(self, series_instance_uid: str) -> tuple[Path, ...]:
        if not self._changes.observing:
            self._database.forget()
        return self._database.files_of_series(series_instance_uid)

    def remove_series(self, series_instance_uid: str) -> None:
        self._database.remove_series(series_instance_uid)
        self._changes.notify(DATABASE_CHANGED)

    # --- plugins and loading ---------------------------------------------------------------------------------------------

    def plugins(self) -> tuple[PluginInfo, ...]:
        return self._loading.plugins()

    def set_plugin_enabled(self, name: str, enabled: bool) -> None:
        self._loading.set_enabled(name, enabled)
        self._changes.notify(PLUGINS_CHANGED)

    def offers(self, series_instance_uid: str) -> tuple[PluginOffer, ...]:
        return self._loading.offers(series_instance_uid, self._files(series_instance_uid))

    def load_series(
        self, series_instance_uid: str, plugin: str = "", progress: Optional[Progress] = None
    ) -> tuple[LoadedItem, ...]:
        files = self._files(series_instance_uid)
        before = {item.node_id for item in self.loaded()}
        try:
            loaded_by = self._loading.load(files, plugin, progress)
            self._views.leave_browser()
        finally:
            self._changes.notify(SCENE_CHANGED)
        new = [item.node_id for item in self.loaded() if item.node_id not in before]
        if len(loaded_by) == 1:
            for node_id in new:
                self._volumes.note_plugin(node_id, loaded_by[0])
        return tuple(item for item in self.loaded() if item.node_id in new)

    def loaded(self) -> tuple[LoadedItem, ...]:
        return self._volumes.loaded()

    def unload(self, node_id: str) -> None:
        self._volumes.unload(node_id)
        self._changes.notify(SCENE_CHANGED)

    def load_segmentation(self, file: Path, node_id: str) -> LoadedSegmentation:
        try:
            node = load_segmentation(file, slicer.mrmlScene, volume_node(node_id))
        except LoadError as error:
            raise WorkspaceError("load.failed", detail=str(error), name=error.name) from error
        self._changes.notify(SCENE_CHANGED)
        return _segmentation(node)

    def segmentations(self) -> tuple[LoadedSegmentation, ...]:
        return tuple(_segmentation(node) for node in segmentations_in(slicer.mrmlScene))

    def close_scene(self) -> None:
        slicer.mrmlScene.Clear(0)
        self._changes.notify(SCENE_CLOSED)

    def _files(self, series_instance_uid: str) -> tuple[Path, ...]:
        files = self.files_of_series(series_instance_uid)
        if not files:
            raise WorkspaceError("no-such-series")
        return files

    # --- views -----------------------------------------------------------------------------------------------------------

    def layout(self) -> str:
        return self._views.layout()

    def set_layout(self, layout: str) -> None:
        self._views.set_layout(layout)
        slicer.app.processEvents()  # the views of a layout come into being with the next events
        self._changes.notify(VIEWS_CHANGED)

    def slice_views(self) -> tuple[SliceView, ...]:
        return self._views.slice_views()

    def show_volume(self, node_id: str, view: str = "") -> None:
        self._views.show_volume(node_id, view)
        self._changes.notify(VIEWS_CHANGED)

    def compare(self, node_ids: Sequence[str]) -> None:
        self._views.leave_browser()
        self._views.compare(node_ids)
        self._changes.notify(VIEWS_CHANGED)

    def set_slices_linked(self, linked: bool) -> None:
        self._views.set_linked(linked)
        self._changes.notify(VIEWS_CHANGED)

    def set_slice_offset(self, view: str, offset_mm: float) -> None:
        self._views.set_offset(view, offset_mm)
        self._changes.notify(VIEWS_CHANGED)

    def jump_slices(self, position_ras: Sequence[float]) -> None:
        self._views.jump(position_ras)
        self._changes.notify(VIEWS_CHANGED)

    def zoom_slice(self, view: str, factor: float) -> None:
        self._views.zoom(view, factor)
        self._changes.notify(VIEWS_CHANGED)

    def set_slices_visible_in_3d(self, visible: bool) -> None:
        self._views.leave_browser()
        self._views.set_visible_in_3d(visible)
        self._changes.notify(VIEWS_CHANGED)

    def center_3d_view(self) -> None:
        self._views.center_3d()
        self._changes.notify(VIEWS_CHANGED)

    def rotate_3d_view(self, degrees: float) -> None:
        self._views.rotate_3d(degrees)
        self._changes.notify(VIEWS_CHANGED)

    def camera_3d_ras(self) -> tuple[float, float, float]:
        return self._views.camera_ras()

    def window_level(self, node_id: str) -> WindowLevel:
        return self._volumes.window_level(node_id)

    def window_level_presets(self) -> tuple[str, ...]:
        return self._volumes.window_level_presets()

    def apply_window_level_preset(self, node_id: str, preset: str) -> None:
        self._volumes.apply_window_level_preset(node_id, preset)
        self._changes.notify(VIEWS_CHANGED)

    def set_window_level(self, node_id: str, window: float, level: float) -> None:
        self._volumes.set_window_level(node_id, window, level)
        self._changes.notify(VIEWS_CHANGED)

    def volume_rendering(self, node_id: str) -> Optional[VolumeRendering]:
        return self._volumes.volume_rendering(node_id)

    def volume_rendering_presets(self) -> tuple[str, ...]:
        return self._volumes.volume_rendering_presets()

    def show_volume_rendering(self, node_id: str, preset: str = "") -> None:
        self._views.leave_browser()
        self._volumes.show_volume_rendering(node_id, preset)
        self._changes.notify(VIEWS_CHANGED)

    def hide_volume_rendering(self, node_id: str) -> None:
        self._volumes.hide_volume_rendering(node_id)
        self._changes.notify(VIEWS_CHANGED)

    def snapshot(self, view: str, width: int = 640, height: int = 480) -> Optional[bytes]:
        return self._views.snapshot(view, width, height)

    # --- sequences -------------------------------------------------------------------------------------------------------

    def playback(self, node_id: str) -> Playback:
        return self._volumes.playback(node_id)

    def play_sequence(self, node_id: str, frames_per_second: Optional[float] = None) -> None:
        self._volumes.play_sequence(node_id, frames_per_second)
        self._changes.notify(VIEWS_CHANGED)

    def stop_sequence(self, node_id: str) -> None:
        self._volumes.stop_sequence(node_id)
        self._changes.notify(VIEWS_CHANGED)

    def seek_sequence(self, node_id: str, frame: int) -> None:
        self._volumes.seek_sequence(node_id, frame)
        self._changes.notify(VIEWS_CHANGED)

    def marked_points(self) -> tuple[MarkedPoint, ...]:
        return self._volumes.marked_points()

    def mark_point(self, name: str, position_ras: Sequence[float], node_id: str = "") -> None:
        self._volumes.mark(name, [position_ras], node_id)
        self._changes.notify(VIEWS_CHANGED)

    def marked_lines(self) -> tuple[MarkedLine, ...]:
        return self._volumes.marked_lines()

    def mark_line(self, name: str, start_ras: Sequence[float], end_ras: Sequence[float], node_id: str = "") -> None:
        self._volumes.mark(name, [start_ras, end_ras], node_id)
        self._changes.notify(VIEWS_CHANGED)

    def marks_follow_images(self) -> tuple[str, ...]:
        return self._volumes.marks_follow_images({view.volume_node_id for view in self._views.slice_views()})

    def value_at(self, node_id: str, position_ras: Sequence[float]) -> float:
        return self._volumes.value_at(node_id, position_ras)

    def saved_scene(self) -> Optional[Path]:
        path = Path(slicer.mrmlScene.GetURL() or ".")
        return path if path.is_file() else None

    def save_scene(self, folder: Path) -> Path:
        path = Path(folder) / "scene.mrb"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError("save-failed", detail=str(error), folder=str(folder)) from error
        if not slicer.util.saveScene(str(path), {}) or not path.is_file():
            raise WorkspaceError("save-failed", folder=str(folder))
        self._changes.notify(SCENE_CHANGED)
        return path

    def write_dicom(self, node_id: str, folder: Path, progress: Optional[Progress] = None) -> tuple[Path, ...]:
        item = self._item(node_id)
        return write_item(item, self.files_of_series(item.series_instance_uid), Path(folder), self.language(), progress)

    def compare_with_dicom(self, node_id: str, files: Sequence[Path]) -> DicomDifference:
        return difference_of_item(self._item(node_id), files)

    def peak_enhancement_point_ras(self, node_id: str) -> tuple[float, float, float]:
        return self._curves.peak_enhancement_point_ras(self._item(node_id))

    def steady_enhancement_point_ras(self, node_id: str) -> tuple[float, float, float]:
        return self._curves.steady_enhancement_point_ras(self._item(node_id))

    def plot_time_curve(self, node_id: str, center_ras: Sequence[float], radius_mm: float = 4.0) -> TimeCurve:
        self._views.leave_browser()
        curve = self._curves.plot(self._item(node_id), center_ras, radius_mm, self.language())
        self._changes.notify(VIEWS_CHANGED)
        return curve

    def time_curves(self) -> tuple[TimeCurve, ...]:
        return self._curves.curves()

    def _item(self, node_id: str) -> LoadedItem:
        for item in self.loaded():
            if item.node_id == node_id:
                return item
        raise WorkspaceError("no-such-node")


def _segmentation(node: slicer.vtkMRMLSegmentationNode) -> LoadedSegmentation:
    return LoadedSegmentation(node.GetID(), node.GetName(), segment_names(node), center_ras(node))
