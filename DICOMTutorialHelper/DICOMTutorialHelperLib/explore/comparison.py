"""Two headers side by side, and all slices of a series at once: what is constant, what varies, in what range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Optional, Union

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS, PathLike, read_dataset, without_warnings
from DICOMTutorialHelperLib.explore.headers import HeaderRow, fold_accents, header_rows

NUMBER_VRS = ("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV")


@dataclass(frozen=True)
class Difference:
    """One element of two instances. ``first`` and ``second`` are None where an instance lacks the element."""

    row: HeaderRow
    first: Optional[str]
    second: Optional[str]

    @property
    def equal(self) -> bool:
        """Whether both instances have the element with the same value."""
        return self.first == self.second


def compare(
    first: Union[PathLike, Dataset], second: Union[PathLike, Dataset], language: Optional[str] = None
) -> list[Difference]:
    """Every element of either instance, matched by its place (sequence items by number), in the order of the groups.

    Pixel data is compared too, and shown by its length. Raises UnreadableFile.
    """
    datasets = [source if isinstance(source, Dataset) else read_dataset(source) for source in (first, second)]
    left, right = ({row.path: row for row in header_rows(dataset, language)} for dataset in datasets)
    order = list(left)
    last = {row.group: index for index, row in enumerate(left.values())}
    merged = [(index, 0, path) for index, path in enumerate(order)]
    merged += [
        (last.get(row.group, len(order)), 1 + index, path) for index, (path, row) in enumerate(right.items()) if path not in left
    ]
    differences = []
    for _, _, path in sorted(merged):
        rows = [side.get(path) for side in (left, right)]
        values = [None if row is None else row.value for row in rows]
        if None not in rows and values[0] == values[1] and not _same_bytes(datasets, path):
            values = [f"{values[0]} (1)", f"{values[1]} (2)"]
        differences.append(Difference(rows[0] or rows[1], values[0], values[1]))  # type: ignore[arg-type]
    return differences


def _same_bytes(datasets: list[Dataset], path: str) -> bool:
    """Whether binary values of one length are equal too; True for every other kind of element at the top level."""
    if "[" in path:
        return True
    tag = int(path.replace(",", ""), 16)
    try:
        with without_warnings():
            values = [dataset[tag].value if tag in dataset else None for dataset in datasets]
    except VALUE_ERRORS:
        return True
    return not all(isinstance(value, bytes) for value in values) or values[0] == values[1]


@dataclass
class SeriesElement:
    """One element over many instances.

    ``values`` maps each readable value to the number of instances that have it, in the order of appearance. ``range`` holds, for
    numbers, the smallest and largest value of each component; for dates, times and text it is None.
    """

    row: HeaderRow
    present: int
    total: int
    values: Mapping[str, int]
    range: Optional[list[tuple[float, float]]] = None

    @property
    def constant(self) -> bool:
        """Whether every instance has the element, with one and the same value."""
        return self.present == self.total and len(self.values) == 1


def compare_series(sources: Iterable[Union[PathLike, Dataset]], language: Optional[str] = None) -> list[SeriesElement]:
    """The top-level elements of many instances in the order of the groups, pixel data and group lengths left out.

    Raises UnreadableFile.
    """
    found: dict[str, SeriesElement] = {}
    total = 0
    for source in sources:
        dataset = source if isinstance(source, Dataset) else read_dataset(source, pixels=False)
        total += 1
        for row in header_rows(dataset, language):
            if row.depth or row.group == "pixels" or row.tag.endswith(",0000"):
                continue
            element = found.setdefault(row.path, SeriesElement(row, 0, 0, {}))
            element.present += 1
            element.values[row.value] = element.values.get(row.value, 0) + 1  # type: ignore[index]
            if row.vr in NUMBER_VRS and row.readable and row.value:
                element.range = _widened(element, numbers(dataset, row))
    for element in found.values():
        element.total = total
    return list(found.values())


def numbers(dataset: Dataset, row: HeaderRow) -> Optional[list[float]]:
    """The numbers of a top-level element, None where one of them is not a number."""
    try:
        with without_warnings():
            value = dataset[int(row.tag.replace(",", ""), 16)].value
        return [float(item) for item in (value if row.multiplicity > 1 else [value])]
    except VALUE_ERRORS:
        return None


def _widened(element: SeriesElement, values: Optional[list[float]]) -> Optional[list[tuple[float, float]]]:
    if values is None:
        return None
    if element.range is None:
        return [(value, value) for value in values] if element.present == 1 else None
    if len(values) != len(element.range):
        return None
    return [(min(low, value), max(high, value)) for (low, high), value in zip(element.range, values)]


def matching(elements: Iterable[SeriesElement], text: str) -> list[SeriesElement]:
    """The elements whose tag, keyword or name holds ``text``, whatever the case and accents."""
    wanted = fold_accents(text)
    return [one for one in elements if wanted in fold_accents(f"{one.row.tag} {one.row.keyword} {one.row.name}")]
