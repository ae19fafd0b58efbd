"""Checks of what the views show, and of what the learner did in them."""

from __future__ import annotations

import math

from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.registry import Outcome, Situation, check

SLICE_MOVED_MM = 5.0  # scrolling by less may be a slip of the wheel
CAMERA_TURNED_DEGREES = 5.0
FRAMES_SEEN = 3  # of a sequence, before "you have seen it change" is true


@check("module-open")
def module_open(situation: Situation, module: str) -> Outcome:
    if situation.workspace.active_module() == module:
        return Outcome(True, "module-open.done", {"module": module})
    return Outcome(False, "module-open.other", {"module": module})


@check("shown")
def shown(situation: Situation, series: str) -> Outcome:
    """At least one slice view shows the series."""
    nodes = _nodes(situation, series)
    if not nodes:
        return Outcome(False, "loaded.none", {"missing": [series]})
    if any(view.volume_node_id in nodes for view in situation.workspace.slice_views()):
        return Outcome(True, "shown.done", {"series": series})
    return Outcome(False, "shown.none", {"series": series})


@check("layout-chosen")
def layout_chosen(situation: Situation, all_of: list[str]) -> Outcome:
    """Each of the layouts was seen once, in any order, since the step began."""
    seen = situation.notes.setdefault("layouts", [])
    layout = situation.workspace.layout()
    if layout in all_of and layout not in seen:
        seen.append(layout)
    missing = [f"layout.{name}" for name in all_of if name not in seen]
    if missing:
        return Outcome(False, "layout-chosen.missing", {"layouts": missing})
    return Outcome(True, "layout-chosen.done", {"layouts": [f"layout.{name}" for name in all_of]})


@check("slice-moved")
def slice_moved(situation: Situation) -> Outcome:
    """A slice view was scrolled, and one was zoomed, since the step began."""
    views = situation.workspace.slice_views()
    start = situation.notes.setdefault("views", {view.name: [view.offset_mm, view.field_of_view_mm] for view in views})
    for view in views:
        if view.name not in start:
            start[view.name] = [view.offset_mm, view.field_of_view_mm]
            continue
        offset, field_of_view = start[view.name]
        if abs(view.offset_mm - offset) >= SLICE_MOVED_MM:
            situation.notes["scrolled"] = True
        if field_of_view > 0 and abs(view.field_of_view_mm / field_of_view - 1) > 0.05:
            situation.notes["zoomed"] = True
    if not situation.notes.get("scrolled"):
        return Outcome(False, "slice-moved.scroll")
    if not situation.notes.get("zoomed"):
        return Outcome(False, "slice-moved.zoom")
    return Outcome(True, "slice-moved.done")


@check("preset-applied")
def preset_applied(situation: Situation, series: str, all_of: list[str]) -> Outcome:
    """The volume was seen with each of the window/level presets since the step began."""
    seen = situation.notes.setdefault("presets", [])
    nodes = _nodes(situation, series)
    if not nodes:
        return Outcome(False, "loaded.none", {"missing": [series]})
    for node in nodes:
        preset = situation.workspace.window_level(node).preset
        if preset in all_of and preset not in seen:
            seen.append(preset)
    missing = [f"preset.{name}" for name in all_of if name not in seen]
    if missing:
        return Outcome(False, "preset-applied.missing", {"presets": missing})
    return Outcome(True, "preset-applied.done", {"presets": [f"preset.{name}" for name in all_of]})


@check("slices-linked")
def slices_linked(situation: Situation) -> Outcome:
    views = situation.workspace.slice_views()
    if views and all(view.linked for view in views):
        return Outcome(True, "slices-linked.done")
    return Outcome(False, "slices-linked.not")


@check("slices-in-3d")
def slices_in_3d(situation: Situation) -> Outcome:
    if any(view.visible_in_3d for view in situation.workspace.slice_views()):
        return Outcome(True, "slices-in-3d.done")
    return Outcome(False, "slices-in-3d.not")


@check("turned-3d")
def turned_3d(situation: Situation) -> Outcome:
    """The 3D view's camera was turned since the step began."""
    now = situation.workspace.camera_3d_ras()
    start = situation.notes.setdefault("camera", list(now))
    if _angle_degrees(start, now) >= CAMERA_TURNED_DEGREES:
        return Outcome(True, "turned-3d.done")
    return Outcome(False, "turned-3d.not")


@check("rendered")
def rendered(situation: Situation, series: str) -> Outcome:
    """The volume is shown in 3D by volume rendering."""
    nodes = _nodes(situation, series)
    if not nodes:
        return Outcome(False, "loaded.none", {"missing": [series]})
    renderings = [situation.workspace.volume_rendering(node) for node in nodes]
    for rendering in renderings:
        if rendering is not None and rendering.visible:
            if rendering.preset:
                return Outcome(True, "rendered.done", {"preset": rendering.preset})
            return Outcome(True, "rendered.plain")
    return Outcome(False, "rendered.not", {"series": series})


@check("side-by-side")
def side_by_side(situation: Situation, series: list[str]) -> Outcome:
    """Each of the series has a slice view of its own."""
    shown_nodes = {view.volume_node_id for view in situation.workspace.slice_views()}
    missing = [role for role in series if not shown_nodes.intersection(_nodes(situation, role))]
    if missing:
        return Outcome(False, "side-by-side.missing", {"missing": missing})
    return Outcome(True, "side-by-side.done", {"series": series})


@check("played")
def played(situation: Situation, series: str) -> Outcome:
    """Several frames of the sequence were seen since the step began."""
    seen = situation.notes.setdefault("frames", [])
    sequences = [item for item in items_of(situation, series) if item.frames > 1]
    if not sequences:
        return Outcome(False, "loaded.none", {"missing": [series]})
    for item in sequences:
        playback = situation.workspace.playback(item.node_id)
        if playback.frame not in seen:
            seen.append(playback.frame)
    wanted = min(FRAMES_SEEN, sequences[0].frames)
    if len(seen) < wanted:
        return Outcome(False, "played.not", {"series": series, "frames": sequences[0].frames})
    return Outcome(True, "played.done", {"series": series, "frames": sequences[0].frames})


@check("curve-plotted")
def curve_plotted(situation: Situation, series: str) -> Outcome:
    """A time-intensity curve of the sequence exists."""
    nodes = _nodes(situation, series)
    for curve in situation.workspace.time_curves():
        if curve.node_id in nodes:
            return Outcome(True, "curve-plotted.done", {"count": len(curve.values)})
    return Outcome(False, "curve-plotted.not", {"series": series})


def _nodes(situation: Situation, role: str) -> set[str]:
    return {item.node_id for item in items_of(situation, role)}


def _angle_degrees(first, second) -> float:
    """Between two directions from the origin; 0 where one of them has no length."""
    lengths = math.hypot(*first) * math.hypot(*second)
    if lengths == 0:
        return 0.0
    cosine = sum(a * b for a, b in zip(first, second)) / lengths
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
