"""What the bytes of scanned elements say: ``Elements`` without pydicom, which is asked only of bytes not seen before.

The values of most elements are the same in all files of a series, so each different element is converted once a reading, and
what its bytes do not plainly say is converted by pydicom.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Callable, Optional

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from DICOMTutorialHelperLib.dicom.functional_groups import (
    DIRECTION,
    DIRECTIONS,
    MACRO_TAGS,
    MACROS,
    REGION_KEYWORDS,
)
from DICOMTutorialHelperLib.dicom.group_elements import DatasetElements, Elements, MacroValues
from DICOMTutorialHelperLib.dicom.header_keywords import TAGS
from DICOMTutorialHelperLib.dicom.header_scanner import (
    CHARACTER_SET,
    UnusualHeader,
    WantedElements,
    element_reader,
    in_file_order,
    items_of,
)
from DICOMTutorialHelperLib.dicom.plain_bytes import plain_value_of_bytes
from DICOMTutorialHelperLib.dicom.private_elements import WANTED_NUMBERS, private_sequence, private_values
from DICOMTutorialHelperLib.dicom.pydicom_header import KnownValue, value_of_element
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, checked_value

# Longer elements (a mosaic's header, say) differ in every file: to remember them would only take memory.
LONGEST_REMEMBERED = 1024

WANTED = WantedElements(TAGS, WANTED_NUMBERS)
WANTED_OF_GROUPS = WantedElements(MACRO_TAGS, WANTED_NUMBERS)
_OF_ITEMS = (*(keyword for macro in MACROS.values() for keyword in macro), DIRECTIONS, DIRECTION, *REGION_KEYWORDS)
WANTED_OF_ITEMS = WantedElements(tag for tag in map(tag_for_keyword, _OF_ITEMS) if tag is not None)
GROUPS = {"SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"}
# Of the header's own sequences only the first item of one is looked into.
SEQUENCES = {*GROUPS, "SequenceOfUltrasoundRegions", "ModalityLUTSequence"}
BY_TAG = {in_file_order(tag): (keyword_for_tag(tag), dictionary_VR(tag)) for tag in TAGS}


class ScannedValues:
    """What the elements of one reading say that are written alike: with or without VR, in one character set."""

    def __init__(self, is_implicit: bool, characters: bytes) -> None:
        self.is_implicit = is_implicit
        self.read_element = element_reader(is_implicit)
        self._characters = characters
        # A first element that shows how the others are written, whatever comes after it.
        self._beginning = b"\x08\0\0\0\x04\0\0\0\0\0\0\0" if is_implicit else b"\x08\0\0\0UL\x04\0\0\0\0\0"
        self.values: dict[bytes, KnownValue] = {}
        self.item_values: dict[bytes, tuple[Any, Optional[RefusedValue]]] = {}
        self.macros: dict[bytes, MacroValues] = {}
        self.private: dict[tuple[str, bytes], dict[str, Any]] = {}

    def dataset_of(self, elements: Mapping[int, bytes]) -> Dataset:
        """A data set of these elements alone, as pydicom reads it."""
        characters = b"" if CHARACTER_SET in elements else self._characters
        written = b"".join((self._beginning, characters, *elements.values()))
        return read_dataset(io.BytesIO(written), self.is_implicit, True)

    def plain_value(self, element: bytes, vr: str) -> Any:
        """The value of an element, None where pydicom must look at it."""
        _, its_vr, start, end = self.read_element(element, 0)
        return plain_value_of_bytes(element[start:end], vr) if not its_vr or its_vr.decode("ascii") == vr else None


class ScannedElements:
    """``Elements`` of a scanned header, or of an item in it. Raises UnusualHeader where pydicom must read all of the header."""

    def __init__(self, elements: dict[int, bytes], known: ScannedValues) -> None:
        self._elements = elements
        self._known = known

    def __contains__(self, keyword: str) -> bool:
        return _tag(keyword) in self._elements

    def header_values(self, refused: list[RefusedValue]) -> dict[str, Any]:
        """Every wanted element of a header that says something, by keyword; ``refused`` takes what was not allowed."""
        values: dict[str, Any] = {}
        known = self._known.values
        for tag, element in self._elements.items():
            found = known.get(element)
            if found is None:
                if tag not in BY_TAG:
                    continue
                found = self._header_value(tag, element)
            if found.value is not None:
                values[found.keyword] = found.value
            if found.refused is not None:
                refused.append(found.refused)
        return values

    def _header_value(self, tag: int, element: bytes) -> KnownValue:
        keyword, vr = BY_TAG[tag]
        if keyword in SEQUENCES:
            return KnownValue(keyword, None)
        value = self._known.plain_value(element, vr)
        if value is not None:
            found = KnownValue(keyword, *checked_value(keyword, value, vr=vr))
        else:
            found = value_of_element(self._known.dataset_of(self._elements), tag_for_keyword(keyword))
        if len(element) <= LONGEST_REMEMBERED:
            self._known.values[element] = found
        return found

    def value(self, keyword: str) -> tuple[Any, Optional[RefusedValue]]:
        element = self._elements.get(_tag(keyword))
        if element is None:
            return None, None
        found = self._known.item_values.get(element)
        if found is None:
            value = self._known.plain_value(element, dictionary_VR(keyword))
            if value is not None:
                found = checked_value(keyword, value)
            else:
                found = DatasetElements(self._known.dataset_of(self._elements)).value(keyword)
            self._known.item_values[element] = found
        return found

    def items(self, keyword: str) -> Sequence[Elements]:
        element = self._elements.get(_tag(keyword))
        if element is None:
            return ()
        items = items_of(element, self._known.is_implicit, WANTED_OF_GROUPS if keyword in GROUPS else WANTED_OF_ITEMS)
        return [ScannedElements(item, self._known) for item in items]

    def macros(self, known: Mapping[int, str], read: Callable[[str, Elements], MacroValues]) -> Iterator[MacroValues]:
        remembered = self._known.macros
        for tag, element in self._elements.items():
            found = remembered.get(element)
            if found is None:
                macro = known.get(in_file_order(tag))
                if macro is None:
                    continue
                found = read(macro, self)
                if len(element) <= LONGEST_REMEMBERED:
                    remembered[element] = found
            yield found

    def private_values(self, manufacturer: str) -> Mapping[str, Any]:
        elements = self._private_elements()
        if not elements:
            return {}
        key = manufacturer, b"".join(elements.values())
        found = self._known.private.get(key)
        if found is None:
            found = private_values(self._known.dataset_of(elements), manufacturer)
            if len(key[1]) <= LONGEST_REMEMBERED:
                self._known.private[key] = found
        return found

    def private_items(self, creator: str, group: int, element: int) -> list[Dataset]:
        return private_sequence(self._known.dataset_of(self._private_elements()), creator, group, element)

    def _private_elements(self) -> dict[int, bytes]:
        return {tag: element for tag, element in self._elements.items() if tag & 1}  # of an odd group

    @property
    def dataset(self) -> Dataset:
        raise UnusualHeader("what is asked of it")


@lru_cache(maxsize=1024)
def _tag(keyword: str) -> int:
    return in_file_order(tag_for_keyword(keyword) or 0)
