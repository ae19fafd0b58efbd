"""Checks of what the views show, and of what the learner did in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.registry import (
    CheckResult,
    LayoutName,
    ModuleName,
    PresetName,
    SeriesName,
    StepContext,
    check,
)
from DICOMTutorialHelperLib.workspace.interface import TimeCurve

SLICE_MOVED_MM = 5.0  # scrolling by less may be a slip of the wheel
CAMERA_TURNED_DEGREES = 5.0
APART_MM = 10.0  # curves of one place plotted twice are one
FRAMES_SEEN = 3  # of a sequence, before "you have seen it change" is true


@check("module-open")
def module_open(step_context: StepContext, module: ModuleName) -> CheckResult:
    """A module's panel is shown."""
    if step_context.workspace.active_module() == module:
        return CheckResult(True, "module-open.done", {"module": module})
    return CheckResult(False, "module-open.other", {"module": module})


@check("shown")
def shown(step_context: StepContext, series: SeriesName) -> CheckResult:
    """At least one slice view shows the series."""
    nodes = _nodes(step_context, series)
    if not nodes:
        return CheckResult(False, "loaded.none", {"missing": [series]})
    if any(view.volume_node_id in nodes for view in step_context.workspace.slice_views()):
        return CheckResult(True, "shown.done", {"series": series})
    return CheckResult(False, "shown.none", {"series": series})


@check("layout-chosen")
def layout_chosen(step_context: StepContext, all_of: list[LayoutName]) -> CheckResult:
    """Each of the layouts was seen once, in any order, since the step began."""
    return _all_seen(step_context, "layouts", [step_context.workspace.layout()], all_of)


def _all_seen(step_context: StepContext, what: str, now: Sequence[str], all_of: Sequence[str]) -> CheckResult:
    """Whether each of the layouts or presets (``what``) was seen since the step began, in any order; ``now`` are seen now."""
    seen = step_context.notes.setdefault(what, [])
    seen.extend(one for one in dict.fromkeys(now) if one in all_of and one not in seen)
    reason, kind = ("layout-chosen", "layout") if what == "layouts" else ("preset-applied", "preset")
    missing = [f"{kind}.{name}" for name in all_of if name not in seen]
    if missing:
        return CheckResult(False, f"{reason}.missing", {what: missing})
    return CheckResult(True, f"{reason}.done", {what: [f"{kind}.{name}" for name in all_of]})


@check("slice-moved")
def slice_moved(step_context: StepContext) -> CheckResult:
    """A slice view was scrolled, and one was zoomed, since the step began."""
    views = step_context.workspace.slice_views()
    start = step_context.notes.setdefault("views", {view.name: [view.offset_mm, view.field_of_view_mm] for view in views})
    for view in views:
        if view.name not in start:
            start[view.name] = [view.offset_mm, view.field_of_view_mm]
            continue
        offset, field_of_view = start[view.name]
        if abs(view.offset_mm - offset) >= SLICE_MOVED_MM:
            step_context.notes["scrolled"] = True
        if field_of_view > 0 and abs(view.field_of_view_mm / field_of_view - 1) > 0.05:
            step_context.notes["zoomed"] = True
    if not step_context.notes.get("scrolled"):
        return CheckResult(False, "slice-moved.scroll")
    if not step_context.notes.get("zoomed"):
        return CheckResult(False, "slice-moved.zoom")
    return CheckResult(True, "slice-moved.done")


@check("preset-applied")
def preset_applied(step_context: StepContext, series: SeriesName, all_of: list[PresetName]) -> CheckResult:
    """The volume was seen with each of the window/level presets since the step began."""
    nodes = _nodes(step_context, series)
    if not nodes:
        return CheckResult(False, "loaded.none", {"missing": [series]})
    return _all_seen(step_context, "presets", [step_context.workspace.window_level(node).preset for node in nodes], all_of)


@check("slices-linked")
def slices_linked(step_context: StepContext) -> CheckResult:
    """The slice views are linked."""
    views = step_context.workspace.slice_views()
    if views and all(view.linked for view in views):
        return CheckResult(True, "slices-linked.done")
    return CheckResult(False, "slices-linked.not")


@check("slices-in-3d")
def slices_in_3d(step_context: StepContext) -> CheckResult:
    """A slice is shown in the 3D view."""
    if any(view.visible_in_3d for view in step_context.workspace.slice_views()):
        return CheckResult(True, "slices-in-3d.done")
    return CheckResult(False, "slices-in-3d.not")


@check("turned-3d")
def turned_3d(step_context: StepContext) -> CheckResult:
    """The 3D view's camera was turned since the step began."""
    now = step_context.workspace.camera_3d_ras()
    start = step_context.notes.setdefault("camera", list(now))
    if _angle_degrees(start, now) >= CAMERA_TURNED_DEGREES:
        return CheckResult(True, "turned-3d.done")
    return CheckResult(False, "turned-3d.not")


@check("rendered")
def rendered(step_context: StepContext, series: SeriesName) -> CheckResult:
    """The volume is shown in 3D by volume rendering."""
    nodes = _nodes(step_context, series)
    if not nodes:
        return CheckResult(False, "loaded.none", {"missing": [series]})
    renderings = [step_context.workspace.volume_rendering(node) for node in nodes]
    for rendering in renderings:
        if rendering is not None and rendering.visible:
            if rendering.preset:
                return CheckResult(True, "rendered.done", {"preset": rendering.preset})
            return CheckResult(True, "rendered.plain")
    return CheckResult(False, "rendered.not", {"series": series})


@check("side-by-side")
def side_by_side(step_context: StepContext, series: list[SeriesName]) -> CheckResult:
    """Each of the series has a slice view of its own."""
    shown_nodes = {view.volume_node_id for view in step_context.workspace.slice_views()}
    missing = [role for role in series if not shown_nodes.intersection(_nodes(step_context, role))]
    if missing:
        return CheckResult(False, "side-by-side.missing", {"missing": missing})
    return CheckResult(True, "side-by-side.done", {"series": series})


@check("played")
def played(step_context: StepContext, series: SeriesName) -> CheckResult:
    """Several frames of the sequence were seen since the step began."""
    seen = step_context.notes.setdefault("frames", [])
    sequences = [item for item in items_of(step_context, series) if item.frames > 1]
    if not sequences:
        return CheckResult(False, "loaded.none", {"missing": [series]})
    for item in sequences:
        playback = step_context.workspace.playback(item.node_id)
        if playback.frame not in seen:
            seen.append(playback.frame)
    wanted = min(FRAMES_SEEN, sequences[0].frames)
    if len(seen) < wanted:
        return CheckResult(False, "played.not", {"series": series, "frames": sequences[0].frames})
    return CheckResult(True, "played.done", {"series": series, "frames": sequences[0].frames})


@check("curve-plotted")
def curve_plotted(step_context: StepContext, series: SeriesName, places: int = 1) -> CheckResult:
    """Time-intensity curves of the sequence exist, of so many places at least a centimetre apart.

    Points that were placed before the step began are not the learner's choice for the curves: their number is noted.
    """
    step_context.notes.setdefault("points", len(step_context.workspace.marked_points()))
    nodes = _nodes(step_context, series)
    apart: list[TimeCurve] = []
    for curve in step_context.workspace.time_curves():
        near = [math.dist(curve.center_ras, other.center_ras) < APART_MM for other in apart]
        if curve.node_id in nodes and not any(near):
            apart.append(curve)
    if len(apart) >= places:
        return CheckResult(True, "curve-plotted.done", {"count": len(apart[0].values), "curves": len(apart)})
    if apart:
        return CheckResult(False, "curve-plotted.one-more", {"curves": len(apart), "places": places})
    return CheckResult(False, "curve-plotted.not", {"series": series})


def _nodes(step_context: StepContext, role: str) -> set[str]:
    return {item.node_id for item in items_of(step_context, role)}


def _angle_degrees(first, second) -> float:
    """Between two directions from the origin; 0 where one of them has no length."""
    lengths = math.hypot(*first) * math.hypot(*second)
    if lengths == 0:
        return 0.0
    cosine = sum(a * b for a, b in zip(first, second)) / lengths
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
