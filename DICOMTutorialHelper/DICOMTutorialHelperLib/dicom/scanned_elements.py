"""What the bytes of scanned elements say: ``Elements`` without pydicom, which is asked only of bytes not seen before.

The values of most elements are the same in all files of a series, so each different element is converted once a reading, and
what its bytes do not plainly say is converted by pydicom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, starmap
from typing import Any, Callable, Optional

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.functional_groups import (
    DIRECTION,
    DIRECTIONS,
    MACRO_TAGS,
    MACROS,
    REGION_KEYWORDS,
)
from DICOMTutorialHelperLib.dicom.group_elements import DatasetElements, Elements, MacroValues
from DICOMTutorialHelperLib.dicom.header_keywords import TAGS
from DICOMTutorialHelperLib.dicom.header_runs import MOST_LAYOUTS, Layout, private_ones
from DICOMTutorialHelperLib.dicom.header_scanner import (
    CHARACTER_SET,
    UnusualHeader,
    WantedElements,
    dataset_of,
    in_file_order,
    items_of,
)
from DICOMTutorialHelperLib.dicom.plain_bytes import CONVERTERS
from DICOMTutorialHelperLib.dicom.private_elements import WANTED_NUMBERS, private_sequence, private_values
from DICOMTutorialHelperLib.dicom.pydicom_header import value_of_element
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, rule_for

# Longer elements (a mosaic's header, say) differ in every file: to remember them would only take memory.
LONGEST_REMEMBERED = 1024

NO_RUNS = Layout((), {}, {})

WANTED = WantedElements(TAGS, WANTED_NUMBERS)
WANTED_OF_GROUPS = WantedElements(MACRO_TAGS, WANTED_NUMBERS)
_OF_ITEMS = (*(keyword for macro in MACROS.values() for keyword in macro), DIRECTIONS, DIRECTION, *REGION_KEYWORDS)
WANTED_OF_ITEMS = WantedElements(tag for tag in map(tag_for_keyword, _OF_ITEMS) if tag is not None)
GROUPS = {"SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"}
# Of the header's own sequences only the first item of one is looked into.
SEQUENCES = {*GROUPS, "SequenceOfUltrasoundRegions", "ModalityLUTSequence"}
SEQUENCE_TAGS = {in_file_order(tag_for_keyword(keyword) or 0) for keyword in (*SEQUENCES, *MACROS, DIRECTIONS)}


class KnownElement:
    """An element of the dictionary, and what its bytes say where the file gives it no other VR."""

    def __init__(self, keyword: str) -> None:
        vr = dictionary_VR(keyword)
        self.keyword = keyword
        self._vr = vr.encode("ascii")
        self._convert = CONVERTERS.get(vr)
        self._rule = rule_for(keyword, vr)

    def plain_value(self, element: bytes, is_implicit: bool) -> Any:
        """The value as its rule allows it, None where pydicom must look. What can be converted here has a head of 8 bytes."""
        if self._convert is None or not (is_implicit or element[4:6] == self._vr):
            return None
        value = self._convert(element[8:])
        # Of texts that are plain a rule has nothing to change.
        return value if value is None or isinstance(value, str) else self._rule.apply(value)


@lru_cache(maxsize=1024)
def _known_element(keyword: str) -> KnownElement:
    return KnownElement(keyword)


BY_TAG = {in_file_order(tag): KnownElement(keyword_for_tag(tag)) for tag in TAGS}


class ScannedValues:
    """What the elements of one reading say that are written alike: with or without VR, in one character set."""

    def __init__(self, is_implicit: bool, characters: bytes) -> None:
        self.is_implicit = is_implicit
        self._characters = characters
        # By whole elements of headers: nothing, or keyword and value; and what was refused of them.
        self.header_values: dict[bytes, tuple[tuple[str, Any], ...]] = {}
        self.refused: dict[bytes, RefusedValue] = {}
        self.shared_values: dict[Layout, dict[str, Any]] = {}
        self.item_values: dict[bytes, tuple[Any, Optional[RefusedValue]]] = {}
        self.macros: dict[bytes, MacroValues] = {}
        self.private: dict[tuple[str, bytes], dict[str, Any]] = {}

    def dataset_of(self, elements: Mapping[int, bytes]) -> Dataset:
        """A data set of these elements alone, as pydicom reads it."""
        characters = () if CHARACTER_SET in elements else (self._characters,)
        return dataset_of((*characters, *elements.values()), self.is_implicit)


class ScannedElements:
    """``Elements`` of a scanned header, or of an item in it. Raises UnusualHeader where pydicom must read all of the header."""

    def __init__(
        self,
        singles: Mapping[int, bytes],
        known: ScannedValues,
        layout: Layout = NO_RUNS,
    ) -> None:
        """``singles`` are the elements that stand in no run of the ``layout``: all of an item."""
        self._singles = singles
        self._known = known
        self._layout = layout

    def __contains__(self, keyword: str) -> bool:
        return self._element(keyword) is not None

    def _element(self, keyword: str) -> Optional[bytes]:
        tag = _tag(keyword)
        return self._singles.get(tag) or self._layout.shared.get(tag)

    def header_values(self, refused: list[RefusedValue]) -> dict[str, Any]:
        """Every wanted element of a header that says something, by keyword; ``refused`` takes what was not allowed."""
        shared = self._known.shared_values.get(self._layout)
        if shared is None:
            if len(self._known.shared_values) >= MOST_LAYOUTS:
                self._known.shared_values.clear()
            shared = self._said(self._layout.shared)
            self._known.shared_values[self._layout] = shared
        values = shared.copy()
        values.update(self._said(self._singles))
        if self._known.refused:
            written = self._layout.elements(self._singles).values()
            refused += [self._known.refused[element] for element in written if element in self._known.refused]
        return values

    def _said(self, elements: Mapping[int, bytes]) -> dict[str, Any]:
        return dict(chain.from_iterable(starmap(self._said_by, elements.items())))

    def _said_by(self, tag: int, element: bytes) -> tuple[tuple[str, Any], ...]:
        """What an element says, by keyword; nothing where it is wanted for something else."""
        said = self._known.header_values.get(element)
        if said is None:
            wanted = BY_TAG.get(tag)
            value = None if wanted is None else wanted.plain_value(element, self._known.is_implicit)
            said = self._looked_up(tag, element) if wanted is None or value is None else ((wanted.keyword, value),)
            if len(element) <= LONGEST_REMEMBERED:
                self._known.header_values[element] = said
        return said

    def _looked_up(self, tag: int, element: bytes) -> tuple[tuple[str, Any], ...]:
        """The same of one that needs pydicom's look."""
        if tag not in BY_TAG or BY_TAG[tag].keyword in SEQUENCES:
            return ()
        found = value_of_element(self._wanted_dataset, tag_for_keyword(BY_TAG[tag].keyword))
        if found.refused is not None:
            self._known.refused[element] = found.refused
        return () if found.value is None else ((found.keyword, found.value),)

    def value(self, keyword: str) -> tuple[Any, Optional[RefusedValue]]:
        """As ``Elements.value``."""
        element = self._element(keyword)
        if element is None:
            return None, None
        found = self._known.item_values.get(element)
        if found is None:
            found = _known_element(keyword).plain_value(element, self._known.is_implicit), None
            if found[0] is None:
                found = DatasetElements(self._wanted_dataset).value(keyword)
            self._known.item_values[element] = found
        return found

    def items(self, keyword: str) -> Sequence[Elements]:
        """As ``Elements.items``; never None. Raises UnusualHeader."""
        element = self._element(keyword)
        if element is None:
            return ()
        items = items_of(element, self._known.is_implicit, WANTED_OF_GROUPS if keyword in GROUPS else WANTED_OF_ITEMS)
        return [ScannedElements(item, self._known) for item in items]

    def macros(self, known: Mapping[int, str], read: Callable[[str, Elements], MacroValues]) -> Iterator[MacroValues]:
        """As ``Elements.macros``, of an item: what a header says in macros of its own is no functional group."""
        remembered = self._known.macros
        for tag, element in self._singles.items():
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
        """As ``Elements.private_values``."""
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
        """As ``Elements.private_items``."""
        return private_sequence(self._known.dataset_of(self._private_elements()), creator, group, element)

    def _private_elements(self) -> dict[int, bytes]:
        return {**self._layout.private, **private_ones(self._singles)}

    @cached_property
    def _wanted_dataset(self) -> Dataset:
        """The wanted elements as pydicom reads them, but for sequences: to read those takes it longest."""
        elements = {**self._layout.shared, **self._singles}
        return self._known.dataset_of({tag: element for tag, element in elements.items() if tag not in SEQUENCE_TAGS})

    @property
    def dataset(self) -> Dataset:
        """Not to be had here: raises UnusualHeader, so that pydicom reads the header."""
        raise UnusualHeader("what is asked of it")


@lru_cache(maxsize=1024)
def _tag(keyword: str) -> int:
    return in_file_order(tag_for_keyword(keyword) or 0)
