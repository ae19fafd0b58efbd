"""Cohorts: the metadata of many series as one table, a row a series, filtered by an expression."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, TextIO, Union

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence

from DICOMTutorialHelperLib.dicom.value_rules import rule_for
from DICOMTutorialHelperLib.explore.data_model import DataModel, Progress, data_model
from DICOMTutorialHelperLib.explore.datasets import PathLike, UnreadableFile, items_below, items_of, read_dataset, value_of
from DICOMTutorialHelperLib.explore.expressions import Expression, Value, checked_keyword, parse
from DICOMTutorialHelperLib.plain_text import csv_cell

# Columns that no single header has: what counting the files of a series gives.
COUNTED = ("Instances", "Frames", "Folder")
DEFAULT_COLUMNS = (
    "PatientID", "StudyDate", "Modality", "SeriesNumber", "SeriesDescription", "SliceThickness", "Rows", "Columns", "Instances"
)  # fmt: skip
FUNCTIONAL_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
# What a cell of a spreadsheet holds.
LONGEST_CELL = 32_767
_ALWAYS = ("SpecificCharacterSet", *FUNCTIONAL_GROUPS)


@dataclass
class Cohort:
    """The table: one list of values a row in the order of ``columns`` (None where absent), and how many series were looked at."""

    columns: tuple[str, ...]
    rows: list[list[Optional[Value]]] = field(default_factory=list)
    series: int = 0
    unreadable: list[UnreadableFile] = field(default_factory=list)

    def write_csv(self, file: TextIO) -> None:
        """Write UTF-8 CSV with a header line; several values are joined with a backslash, as DICOM does."""
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([csv_cell(cell_text(value)) for value in row] for row in self.rows)


def cohort(
    source: Union[DataModel, PathLike, Iterable[PathLike]],
    where: Union[Expression, str, None] = None,
    columns: Sequence[str] = DEFAULT_COLUMNS,
    progress: Optional[Progress] = None,
) -> Cohort:
    """The table of the series below ``source``, read from the first instance of each.

    Elements that enhanced objects keep in their functional groups (SliceThickness, say) are found there.
    Raises ExpressionError for a filter or column that cannot be understood, before anything is read.
    """
    names = tuple(checked_keyword(column, COUNTED) for column in columns)
    expression = parse(where, COUNTED) if isinstance(where, str) else where
    model = source if isinstance(source, DataModel) else data_model(source, progress)
    table = Cohort(names, unreadable=list(model.unreadable))
    needed = [*names, *(expression.keywords if expression else ())]
    keywords = list(dict.fromkeys([keyword for keyword in needed if keyword not in COUNTED] + list(_ALWAYS)))
    for series in model.series:
        first = series.instances[0]
        try:
            dataset = read_dataset(first.path, keywords=keywords, pixels=False)
        except UnreadableFile as problem:
            table.unreadable.append(problem)
            continue
        table.series += 1
        counted: dict[str, Any] = {
            "Instances": float(len(series.instances)),
            "Frames": float(series.frames),
            "Folder": str(first.path.parent),
        }
        lookup = _lookup(dataset, counted)
        if expression is None or expression.matches(lookup):
            table.rows.append([lookup(name) for name in names])
    return table


def _lookup(dataset: Dataset, counted: dict[str, Value]) -> Callable[[str], Optional[Value]]:
    return lambda keyword: counted[keyword] if keyword in counted else element_value(dataset, keyword)


def element_value(dataset: Dataset, keyword: str) -> Optional[Value]:
    """The value of a keyword at the top level, else in the functional groups that frames share, else in the first frame's."""
    value = _plain(dataset, keyword)
    if value is not None:
        return value
    for groups in FUNCTIONAL_GROUPS:
        for item in items_of(dataset, groups)[:1]:
            for macro in items_below(item):
                value = _plain(macro, keyword)
                if value is not None:
                    return value
    return None


def _plain(dataset: Dataset, keyword: str) -> Optional[Value]:
    value = value_of(dataset, keyword)
    if value is None or isinstance(value, DicomSequence):
        return float(len(value)) if value else None  # of a sequence, how many items it has
    if isinstance(value, (MultiValue, list, tuple)):
        # More values than the dictionary allows are what a damaged length swallowed.
        return [_one(item) for item in value] or None if len(value) <= rule_for(keyword).most else None
    return _one(value)


def _one(value: Any) -> Union[str, float]:
    if isinstance(value, (bool, Dataset, bytes)):
        return str(value)
    try:
        # DS and IS come as numbers from pydicom; a number typed into a text element stays text.
        return str(value) if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        return str(value)


def cell_text(value: Optional[Value]) -> str:
    """A value as text, LONGEST_CELL characters of it: whole numbers without a decimal point, several joined with a backslash."""
    if value is None:
        return ""
    items = value if isinstance(value, list) else [value]
    text = "\\".join(f"{item:.10g}" if isinstance(item, float) else str(item) for item in items)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
