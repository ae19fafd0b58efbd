"""Checks and actions of measuring: a value at a point, a distance, a saved scene."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Optional

from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, SeriesName, StepContext, action, check
from DICOMTutorialHelperLib.workspace.interface import LoadedItem, WorkspaceError

SHORTEST_MM = 5.0  # a line shorter than that is a slip of the mouse
SEARCH_MM, SEARCH_STEP_MM = 200, 20  # where a place with fitting values is looked for, around the middle of the views
RAY_STEP_MM = 2
BODY_HU = -400.0  # between the air around a body and its skin
SCENE_FOLDER = "scene"


@check("point-on")
def point_on(
    step_context: StepContext, series: SeriesName, at_least: Optional[float] = None, at_most: Optional[float] = None
) -> CheckResult:
    """A point was placed in the volume where its value lies between two bounds (either may be left out)."""
    items = items_of(step_context, series)
    if not items:
        return CheckResult(False, "loaded.none", {"missing": [series]})
    values = []
    for point in step_context.workspace.marked_points():
        try:
            values.append(step_context.workspace.value_at(items[0].node_id, point.position_ras))
        except WorkspaceError:  # outside: a point in another volume, perhaps
            continue
    fitting = [value for value in values if _fits(value, at_least, at_most)]
    if fitting:
        return CheckResult(True, "point-on.done", {"value": round(fitting[-1])})
    if values:
        return CheckResult(False, "point-on.other", {"value": round(values[-1])})
    return CheckResult(False, "point-on.none", {"series": series})


@action("place-point")
def place_point(
    step_context: StepContext,
    series: SeriesName,
    name: str,
    at_least: Optional[float] = None,
    at_most: Optional[float] = None,
) -> None:
    """Place a point where the value lies between two bounds, and so do those around it, and cut all views through it.

    Raises WorkspaceError where there is no such place.
    """
    item = _item(step_context, series)
    for place in _search(step_context):
        around = [place, *((place[0] + x, place[1] + y, place[2]) for x in (-8, 8) for y in (-8, 8))]
        values = [_value(step_context, item, one) for one in around]
        if all(value is not None and _fits(value, at_least, at_most) for value in values):
            step_context.workspace.mark_point(_local_name(step_context, name), place, item.node_id)
            step_context.workspace.jump_slices(place)
            return
    raise WorkspaceError("place-point.nowhere", series=series)


@check("distance-measured")
def distance_measured(step_context: StepContext) -> CheckResult:
    """A line was drawn; how long it is, is said."""
    lengths = [line.length_mm for line in step_context.workspace.marked_lines()]
    if lengths and max(lengths) >= SHORTEST_MM:
        return CheckResult(True, "distance-measured.done", {"length": round(lengths[-1], 1)})
    return CheckResult(False, "distance-measured.none")


@action("measure-width")
def measure_width(step_context: StepContext, series: SeriesName, name: str) -> None:
    """Draw a line across the body from right to left, at the middle of the views: from skin to skin of a CT.

    Raises WorkspaceError where the body is not found.
    """
    item = _item(step_context, series)
    center = _center(step_context)
    row = range(-SEARCH_MM - 50, SEARCH_MM + 51, RAY_STEP_MM)
    inside = []
    for right in row:
        value = _value(step_context, item, (right, center[1], center[2]))
        if value is not None and value > BODY_HU:
            inside.append(right)
    if len(inside) < 2:
        raise WorkspaceError("place-point.nowhere", series=series)
    start, end = (inside[0], center[1], center[2]), (inside[-1], center[1], center[2])
    step_context.workspace.mark_line(_local_name(step_context, name), start, end, item.node_id)


@check("scene-saved")
def scene_saved(step_context: StepContext) -> CheckResult:
    """The scene was saved to a file since the step began."""
    path = step_context.workspace.saved_scene()
    written = [str(path), path.stat().st_mtime] if path is not None else []
    if "scene" not in step_context.notes:
        step_context.notes["scene"] = written
    if path is not None and written != step_context.notes["scene"]:
        return CheckResult(True, "scene-saved.done", {"file": path.name})
    return CheckResult(False, "scene-saved.not")


@action("save-scene")
def save_scene(step_context: StepContext) -> None:
    """Save the scene in a folder of its own beside the learner's data."""
    step_context.workspace.save_scene(results_folder(step_context, SCENE_FOLDER))


def _local_name(step_context: StepContext, name: str) -> str:
    """A mark's name in the reader's language, where the texts have one: "lung" is "poumon"."""
    return messages("tutorial", step_context.workspace.language()).get(f"name.mark.{name}", name)


def _fits(value: float, at_least: Optional[float], at_most: Optional[float]) -> bool:
    return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)


def _value(step_context: StepContext, item: LoadedItem, place: tuple[float, float, float]) -> Optional[float]:
    try:
        return step_context.workspace.value_at(item.node_id, place)
    except WorkspaceError:
        return None


def _center(step_context: StepContext) -> tuple[float, float, float]:
    """Where the axial and the coronal view cut the body; 0 for a view that is not there."""
    offsets = {view.orientation.lower(): view.offset_mm for view in step_context.workspace.slice_views()}
    return 0.0, offsets.get("coronal", 0.0), offsets.get("axial", 0.0)


def _search(step_context: StepContext) -> Iterator[tuple[float, float, float]]:
    """Places around the middle of the views, the slice that is shown first and the nearest first."""
    right, anterior, superior = _center(step_context)
    steps = range(-SEARCH_MM, SEARCH_MM + 1, SEARCH_STEP_MM)
    shifts = sorted(itertools.product(steps, steps, steps), key=lambda shift: (abs(shift[2]), abs(shift[0]) + abs(shift[1])))
    for x, y, z in shifts:
        yield right + x, anterior + y, superior + z


def _item(step_context: StepContext, role: str) -> LoadedItem:
    items = items_of(step_context, role)
    if not items:
        raise WorkspaceError("loaded.none", missing=[role])
    return items[0]
