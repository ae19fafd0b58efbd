"""What a report keeps of a step at the moment it is done: pictures of the views with what they show, and the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.tables import DataTable
from DICOMTutorialHelperLib.workspace.interface import SEQUENCE, THREE_D, WHOLE_LAYOUT, Workspace, WorkspaceError

PICTURE_WIDTH, PICTURE_HEIGHT = 480, 400


@dataclass(frozen=True)
class Picture:
    """A PNG of a view (``Red``, ``3D``, ...).

    ``shows`` is what is in it, as data for a caption: ``volume`` (its name), ``orientation``, ``offset_mm``, ``window`` and
    ``level``, ``time_point`` and ``time_points`` (from 1), ``preset`` (of a rendering), as far as each is known.
    """

    view: str
    png: bytes
    shows: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CapturedStep:
    """What was kept of a step: its pictures, and its table, None where it has none."""

    pictures: tuple[Picture, ...] = ()
    data_table: Optional[DataTable] = None


def capture_step(session: TutorialSession) -> CapturedStep:
    """Pictures and table of the current step, as far as they can be had now."""
    pictures = []
    for preset in session.current.picture_presets or ("",):
        for view in session.current.pictures:
            picture = _picture(session, view, preset)
            if picture is not None:
                pictures.append(picture)
    try:
        data_table = session.data_table()
    except WorkspaceError:
        data_table = None
    return CapturedStep(tuple(pictures), data_table)


def _picture(session: TutorialSession, view: str, preset: str) -> Optional[Picture]:
    """A picture of a view, its volume shown with a preset where one is named; the window and level of before are put back."""
    workspace = session.workspace
    node_id = next((shown.volume_node_id for shown in workspace.slice_views() if shown.name == view), "") if preset else ""
    before = None
    try:
        if node_id:
            before = workspace.window_level(node_id)
            workspace.apply_window_level_preset(node_id, preset)
        png = workspace.snapshot(view, PICTURE_WIDTH, PICTURE_HEIGHT)
        return Picture(view, png, _shown_in(session, view)) if png else None
    except WorkspaceError:
        return None
    finally:
        if before is not None and before.preset:
            workspace.apply_window_level_preset(node_id, before.preset)
        elif before is not None:
            workspace.set_window_level(node_id, before.window, before.level)


def _shown_in(session: TutorialSession, view: str) -> dict[str, Any]:
    workspace = session.workspace
    if view == THREE_D:
        return _shown_in_3d(workspace)
    if view == WHOLE_LAYOUT:
        return {}
    slice_view = next((one for one in workspace.slice_views() if one.name == view), None)
    item = next((one for one in workspace.loaded() if slice_view and one.node_id == slice_view.volume_node_id), None)
    if slice_view is None or item is None:
        return {}
    shows: dict[str, Any] = {
        "volume": item.name,
        "orientation": slice_view.orientation.lower(),
        "offset_mm": round(slice_view.offset_mm, 1),
    }
    try:
        display = workspace.window_level(item.node_id)
        shows.update(window=round(display.window), level=round(display.level))
        if item.kind == SEQUENCE:
            playback = workspace.playback(item.node_id)
            shows.update(time_point=playback.frame + 1, time_points=playback.frames)
    except WorkspaceError:
        return shows
    return shows


def _shown_in_3d(workspace: Workspace) -> dict[str, Any]:
    """The volume that is rendered, or the volumes whose slices are shown in space."""
    loaded = workspace.loaded()
    for item in loaded:
        rendering = workspace.volume_rendering(item.node_id)
        if rendering is not None and rendering.visible:
            return {"volume": item.name, "preset": rendering.preset}
    in_space = {slice_view.volume_node_id for slice_view in workspace.slice_views() if slice_view.visible_in_3d}
    names = [item.name for item in loaded if item.node_id in in_space]
    return {"volume": ", ".join(names)} if names else {}
