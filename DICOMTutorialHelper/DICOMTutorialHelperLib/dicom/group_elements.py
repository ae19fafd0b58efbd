"""What is asked of a data set, or of an item of a sequence, that pydicom has read; ``scanned_elements`` answers it from bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, NamedTuple, Optional, Protocol

import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import value_in
from DICOMTutorialHelperLib.dicom.private_elements import private_sequence, private_values
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, checked_value


class MacroValues(NamedTuple):
    """What a functional group macro says, and what was refused of it. Shared by frames: not to be changed."""

    values: dict[str, Any]
    refused: list[RefusedValue]


class Elements(Protocol):
    """The elements of a data set or an item."""

    def value(self, keyword: str) -> tuple[Any, Optional[RefusedValue]]:
        """The checked value of an element; None where it is absent, empty or refused."""

    def items(self, keyword: str) -> Optional[Sequence[Elements]]:
        """Items of a sequence; empty where it is absent, None where it is no sequence or cannot be read."""

    def macros(self, known: Mapping[int, str], read: Callable[[str, Elements], MacroValues]) -> Iterator[MacroValues]:
        """What ``read`` makes of those of the ``known`` macros (tag -> keyword) that are there, in the order of the elements."""

    def private_values(self, manufacturer: str) -> Mapping[str, Any]:
        """As ``private_elements.private_values``."""

    def private_items(self, creator: str, group: int, element: int) -> list[Dataset]:
        """As ``private_elements.private_sequence``."""

    @property
    def dataset(self) -> Dataset:
        """All of it as pydicom has it, for what is asked seldom."""


class DatasetElements:
    """``Elements`` of what pydicom has read."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def value(self, keyword: str) -> tuple[Any, Optional[RefusedValue]]:
        """As ``Elements.value``."""
        try:
            value = value_in(self.dataset, tag_for_keyword(keyword) or 0, dictionary_VR(keyword))
        except VALUE_ERRORS:
            return checked_value(keyword, None)
        return (None, None) if value is None else checked_value(keyword, value)

    def items(self, keyword: str) -> Optional[Sequence[Elements]]:
        """As ``Elements.items``."""
        try:
            items = self.dataset.get(keyword)
        except VALUE_ERRORS:
            return None
        if items is None or isinstance(items, pydicom.Sequence):
            return [DatasetElements(item) for item in items or ()]
        return None

    def macros(self, known: Mapping[int, str], read: Callable[[str, Elements], MacroValues]) -> Iterator[MacroValues]:
        """As ``Elements.macros``."""
        for tag in list(self.dataset.keys()):
            if tag in known:
                yield read(known[tag], self)

    def private_values(self, manufacturer: str) -> Mapping[str, Any]:
        """As ``Elements.private_values``."""
        return private_values(self.dataset, manufacturer)

    def private_items(self, creator: str, group: int, element: int) -> list[Dataset]:
        """As ``Elements.private_items``."""
        return private_sequence(self.dataset, creator, group, element)
