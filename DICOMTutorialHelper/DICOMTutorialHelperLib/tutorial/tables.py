"""A table of the learner's own data, as plain data: heads, rows and a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class DataTableRow:
    """One row. ``depth`` indents it (a series below its study); ``marked`` lifts it out (personal data, the row to choose);
    ``explanation`` says in the reader's language what its second cell means."""

    cells: tuple[str, ...]
    depth: int = 0
    marked: bool = False
    explanation: str = ""


@dataclass(frozen=True)
class Chart:
    """Lines over time to be drawn with a table: ``lines`` are (name, values); ``mark`` is a moment and what happened then."""

    times: tuple[float, ...]
    lines: tuple[tuple[str, tuple[float, ...]], ...]
    time_axis: str
    value_axis: str
    mark: Optional[tuple[float, str]] = None


@dataclass(frozen=True)
class DataTable:
    """A table in the reader's language. ``mark`` says what a marked row means, "" where none is."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[DataTableRow, ...]
    mark: str = ""
    note: str = ""
    chart: Optional[Chart] = None
