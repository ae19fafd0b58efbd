"""Expected answers: what a learner's own data say to a question whose answer is typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Optional

from DICOMTutorialHelperLib.tutorial.messages import name_of
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.data_tables import instance_of, privacy
from DICOMTutorialHelperLib.tutorial.steps.registry import Condition, Expected, Keyword, SeriesName, StepContext, answer
from DICOMTutorialHelperLib.tutorial.steps.series_files import files_of_role, files_of_series
from DICOMTutorialHelperLib.workspace.interface import SeriesInfo, WorkspaceError

NUMBER = re.compile(r"[-+\u2212]?\d+(?:[.,]\d+)?")
SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f](?=\d)")
GROUPS = re.compile(r"(?<=\d)[.,](?=\d{3}\b)")


def number_typed(text: str, whole: bool) -> Optional[float]:
    """The number in what a learner typed (``131 072 bytes``, ``-135,5 HU``); None for none or several.

    Where whole numbers are expected, commas and points part groups of three digits.
    """
    text = SPACES.sub("", text)
    if whole:
        text = GROUPS.sub("", text)
    found = NUMBER.findall(text)
    return float(found[0].replace(",", ".").replace("\u2212", "-")) if len(found) == 1 else None


def a_number(value: float, within: float = 0.0) -> Expected:
    """A number, right to ``within``."""
    whole = float(value).is_integer()

    def accepts(text: str) -> bool:
        typed = number_typed(text, whole)
        return typed is not None and abs(typed - value) <= within + 1e-9

    return Expected(str(int(value)) if whole else f"{round(value, 2):.6g}", accepts)


@answer("instances-of")
def instances_of(step_context: StepContext, series: SeriesName) -> Expected:
    """How many instances a series has."""
    return a_number(len(files_of_role(step_context, series)))


@answer("slices-per-volume")
def slices_per_volume(step_context: StepContext, series: SeriesName) -> Expected:
    """How many slices each volume of a sequence has: the number of different slice positions."""
    return a_number(len(_positions(files_of_role(step_context, series))))


@answer("volumes-of")
def volumes_of(step_context: StepContext, series: SeriesName) -> Expected:
    """How many volumes a sequence has."""
    files = files_of_role(step_context, series)
    return a_number(len(files) // max(len(_positions(files)), 1))


@answer("bytes-of-pixels")
def bytes_of_pixels(step_context: StepContext, series: list[SeriesName], per_value: int = 0) -> Expected:
    """How many bytes the pixels of the instance in the step's table take; with ``per_value``, as if a value took so many."""
    header = _header(step_context, series)
    values = int(header.Rows) * int(header.Columns) * int(header.get("SamplesPerPixel", 1) or 1)
    return a_number(values * (per_value or int(header.BitsAllocated) // 8))


@answer("header-number")
def header_number(step_context: StepContext, series: list[SeriesName], keyword: Keyword) -> Expected:
    """The first value of an element of the instance in the step's table, right to a hundredth of it.

    Raises WorkspaceError where it is no number.
    """
    value = _header(step_context, series).get(keyword)
    first = value[0] if isinstance(value, Sequence) and not isinstance(value, str) else value
    try:
        number = float(first)
    except (TypeError, ValueError) as error:
        raise WorkspaceError("answer.no-value", keyword=keyword) from error
    return a_number(number, abs(number) / 100)


@answer("personal-rows")
def personal_rows(step_context: StepContext, series: list[SeriesName]) -> Expected:
    """How many rows the table of what may point to a person marks."""
    return a_number(sum(row.marked for row in privacy(step_context, series).rows))


@answer("one")
def one(step_context: StepContext) -> Expected:
    """The number 1: of a trap."""
    return a_number(1)


@answer("order-of-series")
def order_of_series(step_context: StepContext, series: list[SeriesName]) -> Expected:
    """The names of series in the order in which the scanner made them, whatever parts them.

    Raises WorkspaceError where one is not in the database.
    """
    found: list[tuple[SeriesInfo, str]] = []
    for role in series:
        if not step_context.series(role):
            raise WorkspaceError("in-database.none", missing=[role])
        found.append((step_context.series(role)[0], role))
    ordered = [role for _, role in sorted(found, key=lambda pair: (_number(pair[0].number), pair[0].series_instance_uid))]
    return _in_order(step_context, ordered)


@answer("these-in-order")
def these_in_order(step_context: StepContext, series: list[SeriesName]) -> Expected:
    """The names of series in the order given: of a trap."""
    return _in_order(step_context, series)


def _in_order(step_context: StepContext, ordered: list[str]) -> Expected:
    names = [name_of(role, step_context.workspace.language()) for role in ordered]

    def accepts(text: str) -> bool:
        typed = text.casefold()
        places = [typed.find(name.casefold()) for name in names]
        return -1 not in places and places == sorted(places) and all(typed.count(name.casefold()) == 1 for name in names)

    return Expected(" ".join(names), accepts)


@answer("lowest-shown")
def lowest_shown(step_context: StepContext, series: SeriesName) -> Expected:
    """The value at which black begins, with the window and level the volume has now: level - window / 2."""
    return a_number(_window_edge(step_context, series, -0.5), 1.0)


@answer("window-width")
def window_width(step_context: StepContext, series: SeriesName) -> Expected:
    """The window of the volume, as it is now: of a trap."""
    return a_number(_window_edge(step_context, series, None), 1.0)


@answer("level")
def level(step_context: StepContext, series: SeriesName) -> Expected:
    """The level of the volume, as it is now: of a trap."""
    return a_number(_window_edge(step_context, series, 0.0), 1.0)


@answer("peak-of-curve")
def peak_of_curve(step_context: StepContext, series: SeriesName) -> Expected:
    """The number of the time point at which the strongest of the last two curves is highest.

    Raises WorkspaceError where there is no curve.
    """
    nodes = {item.node_id for item in items_of(step_context, series)}
    curves = [curve for curve in step_context.workspace.time_curves() if curve.node_id in nodes][-2:]
    if not curves:
        raise WorkspaceError("curve-plotted.not", series=series)
    strongest = max(curves, key=lambda curve: max(curve.values) / (abs(curve.values[0]) or 1.0))
    return a_number(strongest.values.index(max(strongest.values)) + 1)


@answer("last-of-curve")
def last_of_curve(step_context: StepContext, series: SeriesName) -> Expected:
    """The number of the last time point: of a trap. Raises WorkspaceError where the series is not loaded."""
    counts = [item.frames for item in items_of(step_context, series)]
    if not counts:
        raise WorkspaceError("loaded.none", missing=[series])
    return a_number(max(counts))


@answer("condition")
def condition(step_context: StepContext, like: Condition) -> Expected:
    """A condition on the header that chooses the same of the learner's series as ``like`` does, and chooses some."""
    from DICOMTutorialHelperLib.explore.cohort import cohort
    from DICOMTutorialHelperLib.explore.expressions import ExpressionError

    files = [group[0] for group in files_of_series(step_context)]
    column = ("SeriesInstanceUID",)
    wanted = {row[0] for row in cohort(files, like, column).rows}

    def accepts(text: str) -> bool:
        try:
            return bool(wanted) and {row[0] for row in cohort(files, text, column).rows} == wanted
        except ExpressionError:
            return False

    return Expected(like, accepts)


def _window_edge(step_context: StepContext, series: str, share: Optional[float]) -> float:
    items = items_of(step_context, series)
    if not items:
        raise WorkspaceError("loaded.none", missing=[series])
    shown = step_context.workspace.window_level(items[0].node_id)
    return round(shown.window if share is None else shown.level + share * shown.window, 1)


def _header(step_context: StepContext, series: list[str]):
    import pydicom

    return pydicom.dcmread(instance_of(step_context, series), stop_before_pixels=True)


def _positions(files: Sequence) -> set[tuple[float, ...]]:
    """The different places at which slices lie, to a hundredth of a millimetre."""
    import pydicom

    found = set()
    for path in files:
        position = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["ImagePositionPatient"]).get(
            "ImagePositionPatient"
        )
        if position is not None:
            found.add(tuple(round(float(value), 2) for value in position))
    if not found:
        raise WorkspaceError("answer.no-value", keyword="ImagePositionPatient")
    return found


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
