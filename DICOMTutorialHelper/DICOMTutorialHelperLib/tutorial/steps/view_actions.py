"""Actions that show what is loaded."""

from __future__ import annotations

from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.registry import Situation, action
from DICOMTutorialHelperLib.workspace.interface import LoadedItem, WorkspaceError

SCROLL_MM = 20.0
ZOOM_FACTOR = 1.5
TURN_DEGREES = 35.0


@action("open-module")
def open_module(situation: Situation, module: str) -> None:
    situation.workspace.set_active_module(module)


@action("show")
def show(situation: Situation, series: str) -> None:
    situation.workspace.show_volume(_item(situation, series).node_id)


@action("set-layout")
def set_layout(situation: Situation, layout: str) -> None:
    situation.workspace.set_layout(layout)


@action("choose-layouts")
def choose_layouts(situation: Situation, layouts: list[str]) -> None:
    """Show one layout after the other; the last one stays."""
    for layout in layouts:
        situation.workspace.set_layout(layout)


@action("move-slices")
def move_slices(situation: Situation, view: str) -> None:
    """Scroll a slice view and zoom in."""
    for shown_view in situation.workspace.slice_views():
        if shown_view.name == view:
            situation.workspace.set_slice_offset(view, shown_view.offset_mm + SCROLL_MM)
            situation.workspace.zoom_slice(view, ZOOM_FACTOR)


@action("apply-presets")
def apply_presets(situation: Situation, series: str, presets: list[str]) -> None:
    """Show the volume with one window/level preset after the other; the last one stays."""
    node_id = _item(situation, series).node_id
    for preset in presets:
        situation.workspace.apply_window_level_preset(node_id, preset)


@action("link-slices")
def link_slices(situation: Situation) -> None:
    situation.workspace.set_slices_linked(True)


@action("show-slices-in-3d")
def show_slices_in_3d(situation: Situation) -> None:
    situation.workspace.set_slices_visible_in_3d(True)
    situation.workspace.center_3d_view()


@action("turn-3d")
def turn_3d(situation: Situation) -> None:
    situation.workspace.rotate_3d_view(TURN_DEGREES)


@action("render")
def render(situation: Situation, series: str, preset: str) -> None:
    situation.workspace.set_slices_visible_in_3d(False)
    situation.workspace.show_volume_rendering(_item(situation, series).node_id, preset)
    situation.workspace.center_3d_view()


@action("hide-rendering")
def hide_rendering(situation: Situation, series: str) -> None:
    """Make room in the 3D view; nothing to do where the volume is not loaded any more."""
    for item in items_of(situation, series):
        situation.workspace.hide_volume_rendering(item.node_id)


@action("compare")
def compare(situation: Situation, series: list[str], at_most_enhancing_of: str = "") -> None:
    """Show the series side by side; where one of them is a contrast sequence, at the place that it lights up."""
    situation.workspace.compare([_item(situation, role).node_id for role in series])
    if at_most_enhancing_of:
        item = _item(situation, at_most_enhancing_of)
        situation.workspace.jump_slices(situation.workspace.most_enhancing_point_ras(item.node_id))


@action("play")
def play(situation: Situation, series: str) -> None:
    """Show the sequence frame by frame, from the first to the last."""
    item = _item(situation, series)
    for frame in range(situation.workspace.playback(item.node_id).frames):
        situation.workspace.seek_sequence(item.node_id, frame)
    situation.workspace.play_sequence(item.node_id)


@action("plot-curve")
def plot_curve(situation: Situation, series: str) -> None:
    """Plot the curve at the point the learner marked last; without one, where the values rise most."""
    item = _item(situation, series)
    situation.workspace.stop_sequence(item.node_id)
    points = situation.workspace.marked_points()
    center = points[-1].position_ras if points else situation.workspace.most_enhancing_point_ras(item.node_id)
    situation.workspace.plot_time_curve(item.node_id, center)


def _item(situation: Situation, role: str) -> LoadedItem:
    items = items_of(situation, role)
    if not items:
        raise WorkspaceError("loaded.none", missing=[role])
    return items[0]
