"""The viewing half of the headless Workspace: layout, slice views, 3D view, window/level, rendering, sequences, curves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.scene.loader import LoadedCandidate
from DICOMTutorialHelperLib.scene.marked_points import follow_images, mark, marked_lines_ras, marked_points_ras, value_at_ras
from DICOMTutorialHelperLib.scene.scene_files import SaveError, save_scene
from DICOMTutorialHelperLib.scene.sequences import index_texts, update_proxies
from DICOMTutorialHelperLib.scene.time_intensity import (
    frame_seconds,
    measured_curve,
    peak_enhancement_point_ras,
    steady_enhancement_point_ras,
)
from DICOMTutorialHelperLib.workspace.headless.slice_views import SliceViews
from DICOMTutorialHelperLib.workspace.headless.slicer_core import HeadlessSlicer
from DICOMTutorialHelperLib.workspace.headless.three_d_view import ThreeDView
from DICOMTutorialHelperLib.workspace.headless.volume_rendering import VolumeRenderings
from DICOMTutorialHelperLib.workspace.headless.window_level_presets import PRESETS, apply_preset, preset_in_use
from DICOMTutorialHelperLib.workspace.interface import (
    FOUR_UP,
    FOUR_UP_PLOT,
    GREEN,
    LAYOUTS,
    ONE_UP_3D,
    ONE_UP_RED_SLICE,
    RED,
    SCENE_CHANGED,
    SIDE_BY_SIDE,
    THREE_BY_THREE,
    THREE_D,
    VIEWS_CHANGED,
    YELLOW,
    MarkedLine,
    MarkedPoint,
    Playback,
    SliceView,
    TimeCurve,
    VolumeRendering,
    WindowLevel,
    WorkspaceError,
)

STANDARD_VIEWS = (RED, YELLOW, GREEN)
# The slice views of layouts that do not have the standard three.
SLICE_VIEWS = {
    ONE_UP_3D: (),
    ONE_UP_RED_SLICE: (RED,),
    SIDE_BY_SIDE: (RED, YELLOW),
    THREE_BY_THREE: (*STANDARD_VIEWS, *(f"Slice{number}" for number in range(4, 10))),
}


class HeadlessViews(ABC):
    """Views of one headless scene. The workspace that builds on it offers ``_notify``, ``_of_node`` and ``_language``."""

    _language: str

    def __init__(self, workspace: HeadlessSlicer) -> None:
        self._scene = workspace.scene
        self._slices = SliceViews(workspace.headless_scene)
        self._three_d = ThreeDView(workspace.headless_scene)
        self._renderings = VolumeRenderings(workspace.headless_scene)
        self._layout = FOUR_UP
        self._curves: list[TimeCurve] = []
        self._saved: Optional[Path] = None

    @abstractmethod
    def _notify(self, kind: str) -> None:
        """Let listeners know what changed."""

    @abstractmethod
    def _of_node(self, node_id: str) -> LoadedCandidate:
        """What is loaded as a node. Raises WorkspaceError for a node that is not there."""

    def _forget_views(self) -> None:
        """After the scene was closed: links and slices in 3D are off, curves gone; the layout stays."""
        self._curves.clear()
        self._saved = None
        self._slices.set_linked(False)
        self._slices.set_visible_in_3d(False, self._slices.names)

    # --- layout and slices -----------------------------------------------------------------------------------------------

    def layout(self) -> str:
        return self._layout

    def set_layout(self, layout: str) -> None:
        if layout not in LAYOUTS:
            raise WorkspaceError("no-such-layout", layout=layout)
        self._layout = layout
        self._notify(VIEWS_CHANGED)

    def slice_views(self) -> tuple[SliceView, ...]:
        return tuple(self._slice_view(name) for name in self._shown_views())

    def _shown_views(self) -> tuple[str, ...]:
        return SLICE_VIEWS.get(self._layout, STANDARD_VIEWS)

    def _existing(self, view: str) -> str:
        """The name of a slice view. Raises WorkspaceError for one that is not there."""
        if view not in self._slices.names:
            raise WorkspaceError("no-such-view", view=view)
        return view

    def _slice_view(self, name: str) -> SliceView:
        node = self._slices.node(name)
        return SliceView(
            name=name,
            volume_node_id=self._slices.background_id(name),
            orientation=node.GetOrientation(),
            offset_mm=self._slices.offset_mm(name),
            field_of_view_mm=node.GetFieldOfView()[0],
            linked=self._slices.linked(name),
            visible_in_3d=bool(node.GetSliceVisible()),
        )

    def show_volume(self, node_id: str, view: str = "") -> None:
        volume = self._of_node(node_id).volume
        for name in (self._existing(view),) if view else self._shown_views():
            self._slices.show(volume, name)
        self._notify(VIEWS_CHANGED)

    def _show_loaded(self, node_id: str) -> None:
        """As the application does with what was just loaded: behind every slice view, on the screen or not."""
        for name in self._slices.names:
            self._slices.show(self._of_node(node_id).volume, name)
        self._notify(VIEWS_CHANGED)

    def compare(self, node_ids: Sequence[str]) -> None:
        volumes = [self._of_node(node_id).volume for node_id in node_ids]
        self._layout = SIDE_BY_SIDE if len(volumes) <= 2 else FOUR_UP if len(volumes) == 3 else THREE_BY_THREE
        self._slices.set_linked(False)
        for name, volume in zip(self._shown_views(), volumes):
            self._slices.show_in_own_plane(volume, name)
        self._notify(VIEWS_CHANGED)

    def set_slices_linked(self, linked: bool) -> None:
        self._slices.set_linked(linked)
        self._notify(VIEWS_CHANGED)

    def set_slice_offset(self, view: str, offset_mm: float) -> None:
        self._slices.set_offset_mm(self._existing(view), offset_mm)
        self._notify(VIEWS_CHANGED)

    def jump_slices(self, position_ras: Sequence[float]) -> None:
        self._slices.jump(position_ras, self._shown_views())
        self._notify(VIEWS_CHANGED)

    def zoom_slice(self, view: str, factor: float) -> None:
        self._slices.zoom(self._existing(view), factor)
        self._notify(VIEWS_CHANGED)

    # --- the 3D view -----------------------------------------------------------------------------------------------------

    def set_slices_visible_in_3d(self, visible: bool) -> None:
        self._slices.set_visible_in_3d(visible, self._shown_views())
        self._notify(VIEWS_CHANGED)

    def center_3d_view(self) -> None:
        self._three_d.center()
        self._notify(VIEWS_CHANGED)

    def rotate_3d_view(self, degrees: float) -> None:
        self._three_d.rotate(degrees)
        self._notify(VIEWS_CHANGED)

    def camera_3d_ras(self) -> tuple[float, float, float]:
        return self._three_d.camera_ras()

    def volume_rendering(self, node_id: str) -> Optional[VolumeRendering]:
        volume = self._of_node(node_id).volume
        visible = self._renderings.visible(volume)
        return None if visible is None else VolumeRendering(visible, self._renderings.preset_in_use(volume))

    def volume_rendering_presets(self) -> tuple[str, ...]:
        return self._renderings.presets()

    def show_volume_rendering(self, node_id: str, preset: str = "") -> None:
        """Without any presets installed the volume is rendered in the colours of its slices."""
        volume = self._of_node(node_id).volume
        try:
            self._renderings.show(volume, preset if self._renderings.presets() else "")
        except KeyError as error:
            raise WorkspaceError("no-such-preset", preset=preset) from error
        self._notify(VIEWS_CHANGED)

    def hide_volume_rendering(self, node_id: str) -> None:
        self._renderings.hide(self._of_node(node_id).volume)
        self._notify(VIEWS_CHANGED)

    # --- window and level ------------------------------------------------------------------------------------------------

    def window_level(self, node_id: str) -> WindowLevel:
        volume = self._of_node(node_id).volume
        display = volume.GetScalarVolumeDisplayNode()
        return WindowLevel(display.GetWindow(), display.GetLevel(), preset_in_use(volume))

    def window_level_presets(self) -> tuple[str, ...]:
        return tuple(PRESETS)

    def apply_window_level_preset(self, node_id: str, preset: str) -> None:
        if preset not in PRESETS:
            raise WorkspaceError("no-such-preset", preset=preset)
        apply_preset(self._of_node(node_id).volume, preset)
        self._notify(VIEWS_CHANGED)

    def set_window_level(self, node_id: str, window: float, level: float) -> None:
        display = self._of_node(node_id).volume.GetScalarVolumeDisplayNode()
        display.SetAutoWindowLevel(False)
        display.SetWindowLevel(window, level)
        self._notify(VIEWS_CHANGED)

    def snapshot(self, view: str, width: int = 640, height: int = 480) -> Optional[bytes]:
        if view in self._shown_views():
            return self._slices.png(view, width, height) or None
        return self._three_d.png(width, height) or None if view == THREE_D else None

    # --- sequences -------------------------------------------------------------------------------------------------------

    def _sequence(self, node_id: str) -> LoadedCandidate:
        loaded = self._of_node(node_id)
        if loaded.sequence is None:
            raise WorkspaceError("not-a-sequence", name=loaded.volume.GetName())
        return loaded

    def _browser(self, node_id: str) -> slicer.vtkMRMLSequenceBrowserNode:
        return self._sequence(node_id).browser

    def playback(self, node_id: str) -> Playback:
        candidate, browser = self._sequence(node_id).candidate, self._browser(node_id)
        return Playback(
            frame=browser.GetSelectedItemNumber(),
            frames=len(candidate.stacks),
            playing=bool(browser.GetPlaybackActive()),
            index_name=candidate.index.name if candidate.index is not None else "",
            values=tuple(index_texts(candidate.index)) if candidate.index is not None else (),
        )

    def play_sequence(self, node_id: str, frames_per_second: Optional[float] = None) -> None:
        for frame in range(self.playback(node_id).frames):
            self.seek_sequence(node_id, frame)

    def stop_sequence(self, node_id: str) -> None:
        self._browser(node_id).SetPlaybackActive(False)
        self._notify(VIEWS_CHANGED)

    def seek_sequence(self, node_id: str, frame: int) -> None:
        loaded = self._sequence(node_id)
        frames = len(loaded.candidate.stacks)
        if not 0 <= frame < frames:
            raise WorkspaceError("no-such-frame", name=loaded.volume.GetName(), frame=frame, frames=frames)
        browser = self._browser(node_id)
        browser.SetSelectedItemNumber(frame)
        update_proxies(browser)
        self._notify(VIEWS_CHANGED)

    def marked_points(self) -> tuple[MarkedPoint, ...]:
        return tuple(MarkedPoint(name, position) for name, position in marked_points_ras(self._scene))

    def mark_point(self, name: str, position_ras: Sequence[float], node_id: str = "") -> None:
        mark(self._scene, name, [position_ras], shown=False, image_id=node_id)
        self._notify(VIEWS_CHANGED)

    def marked_lines(self) -> tuple[MarkedLine, ...]:
        return tuple(MarkedLine(*line) for line in marked_lines_ras(self._scene))

    def mark_line(self, name: str, start_ras: Sequence[float], end_ras: Sequence[float], node_id: str = "") -> None:
        mark(self._scene, name, [start_ras, end_ras], shown=False, image_id=node_id)
        self._notify(VIEWS_CHANGED)

    def marks_follow_images(self) -> tuple[str, ...]:
        return tuple(follow_images(self._scene, {view.volume_node_id for view in self.slice_views()}))

    def value_at(self, node_id: str, position_ras: Sequence[float]) -> float:
        volume = self._of_node(node_id).volume
        try:
            return value_at_ras(volume, position_ras)
        except ValueError as error:
            raise WorkspaceError("point-outside", detail=str(error), name=volume.GetName()) from error

    def saved_scene(self) -> Optional[Path]:
        return self._saved if self._saved is not None and self._saved.is_file() else None

    def save_scene(self, folder: Path) -> Path:
        try:
            self._saved = save_scene(self._scene, folder)[0]
        except (SaveError, OSError) as error:
            raise WorkspaceError("save-failed", detail=str(error), folder=str(folder)) from error
        self._notify(SCENE_CHANGED)
        return self._saved

    def peak_enhancement_point_ras(self, node_id: str) -> tuple[float, float, float]:
        return peak_enhancement_point_ras(self._sequence(node_id).sequence)

    def steady_enhancement_point_ras(self, node_id: str) -> tuple[float, float, float]:
        return steady_enhancement_point_ras(self._sequence(node_id).sequence)

    def plot_time_curve(self, node_id: str, center_ras: Sequence[float], radius_mm: float = 4.0) -> TimeCurve:
        loaded = self._sequence(node_id)
        name = loaded.volume.GetName()
        try:
            measured = measured_curve(
                self._scene,
                name,
                loaded.sequence,
                frame_seconds(loaded.candidate),
                center_ras,
                radius_mm,
                self._language,
                next((curve.plot_node_id for curve in reversed(self.time_curves()) if curve.node_id == node_id), ""),
            )
        except ValueError as error:
            raise WorkspaceError("point-outside", detail=str(error), name=name) from error
        center = (float(center_ras[0]), float(center_ras[1]), float(center_ras[2]))
        curve = TimeCurve(
            node_id, center, radius_mm, measured.times, measured.values, measured.unit, plot_node_id=measured.chart.GetID()
        )
        self._layout = FOUR_UP_PLOT
        self._curves.append(curve)
        self._notify(VIEWS_CHANGED)
        return curve

    def time_curves(self) -> tuple[TimeCurve, ...]:
        self._curves = [curve for curve in self._curves if self._scene.GetNodeByID(curve.plot_node_id) is not None]
        return tuple(self._curves)
