"""Actions that show what is loaded."""

from __future__ import annotations

from DICOMTutorialHelperLib.tutorial.messages import name_of
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.registry import (
    LayoutName,
    ModuleName,
    PresetName,
    RenderingPresetName,
    SeriesName,
    SliceViewName,
    StepContext,
    action,
)
from DICOMTutorialHelperLib.workspace.interface import LoadedItem, WorkspaceError

SCROLL_MM = 20.0
ZOOM_FACTOR = 1.5
TURN_DEGREES = 35.0


@action("open-module")
def open_module(step_context: StepContext, module: ModuleName) -> None:
    """Show a module's panel."""
    step_context.workspace.set_active_module(module)


@action("show")
def show(step_context: StepContext, series: SeriesName) -> None:
    """Show the series in all slice views."""
    step_context.workspace.show_volume(_item(step_context, series).node_id)


@action("set-layout")
def set_layout(step_context: StepContext, layout: LayoutName) -> None:
    """Choose a layout."""
    step_context.workspace.set_layout(layout)


@action("choose-layouts")
def choose_layouts(step_context: StepContext, layouts: list[LayoutName]) -> None:
    """Show one layout after the other; the last one stays."""
    for layout in layouts:
        step_context.workspace.set_layout(layout)


@action("move-slices")
def move_slices(step_context: StepContext, view: SliceViewName) -> None:
    """Scroll a slice view and zoom in."""
    for shown_view in step_context.workspace.slice_views():
        if shown_view.name == view:
            step_context.workspace.set_slice_offset(view, shown_view.offset_mm + SCROLL_MM)
            step_context.workspace.zoom_slice(view, ZOOM_FACTOR)


@action("apply-presets")
def apply_presets(step_context: StepContext, series: SeriesName, presets: list[PresetName]) -> None:
    """Show the volume with one window/level preset after the other; the last one stays."""
    node_id = _item(step_context, series).node_id
    for preset in presets:
        step_context.workspace.apply_window_level_preset(node_id, preset)


@action("link-slices")
def link_slices(step_context: StepContext) -> None:
    """Link the slice views, so that they move together."""
    step_context.workspace.set_slices_linked(True)


@action("show-slices-in-3d")
def show_slices_in_3d(step_context: StepContext) -> None:
    """Show the slices in the 3D view, in its middle."""
    step_context.workspace.set_slices_visible_in_3d(True)
    step_context.workspace.center_3d_view()


@action("turn-3d")
def turn_3d(step_context: StepContext) -> None:
    """Turn the 3D view about the body's long axis."""
    step_context.workspace.rotate_3d_view(TURN_DEGREES)


@action("render")
def render(step_context: StepContext, series: SeriesName, preset: RenderingPresetName) -> None:
    """Show the volume in 3D by volume rendering with a preset, without the slices."""
    step_context.workspace.set_slices_visible_in_3d(False)
    step_context.workspace.show_volume_rendering(_item(step_context, series).node_id, preset)
    step_context.workspace.center_3d_view()


@action("hide-rendering")
def hide_rendering(step_context: StepContext, series: SeriesName) -> None:
    """Make room in the 3D view; nothing to do where the volume is not loaded any more."""
    for item in items_of(step_context, series):
        step_context.workspace.hide_volume_rendering(item.node_id)


@action("compare")
def compare(step_context: StepContext, series: list[SeriesName], at_most_enhancing_of: SeriesName = "") -> None:
    """Show the series side by side; where one of them is a contrast sequence, at the place that it lights up."""
    step_context.workspace.compare([_item(step_context, role).node_id for role in series])
    if at_most_enhancing_of:
        item = _item(step_context, at_most_enhancing_of)
        step_context.workspace.jump_slices(step_context.workspace.peak_enhancement_point_ras(item.node_id))


@action("play")
def play(step_context: StepContext, series: SeriesName) -> None:
    """Show the sequence frame by frame, and stop where the place that enhances most is brightest."""
    item, workspace = _item(step_context, series), step_context.workspace
    workspace.stop_sequence(item.node_id)
    place = workspace.peak_enhancement_point_ras(item.node_id)
    values = []
    for frame in range(workspace.playback(item.node_id).frames):
        workspace.seek_sequence(item.node_id, frame)
        values.append(workspace.value_at(item.node_id, place))
    workspace.seek_sequence(item.node_id, values.index(max(values)))


@action("plot-curve")
def plot_curve(step_context: StepContext, series: SeriesName, places: int = 1) -> None:
    """Plot the curves at the points the learner placed last in this step; where there are fewer than asked for, at the place
    where the values rise most, then where they rise slowly and steadily, marked with points."""
    item, workspace = _item(step_context, series), step_context.workspace
    workspace.stop_sequence(item.node_id)
    before = int(step_context.notes.get("points", 0))
    placed = [point.position_ras for point in workspace.marked_points()[before:]]
    finders = (workspace.peak_enhancement_point_ras, workspace.steady_enhancement_point_ras)
    for find in finders[len(placed) : places]:
        placed.append(find(item.node_id))
        workspace.mark_point(name_of(f"point.{len(placed)}", workspace.language()), placed[-1], item.node_id)
    for center in placed[-places:]:
        workspace.plot_time_curve(item.node_id, center)
    workspace.jump_slices(placed[-places:][0])


def _item(step_context: StepContext, role: str) -> LoadedItem:
    items = items_of(step_context, role)
    if not items:
        raise WorkspaceError("loaded.none", missing=[role])
    return items[0]
