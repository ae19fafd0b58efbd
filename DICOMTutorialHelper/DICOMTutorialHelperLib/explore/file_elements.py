"""The elements of one file after another as the bytes they are: of a run's files most are the same, and need be judged once."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Optional

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.dicom.files import MAGIC, PREAMBLE_LENGTH
from DICOMTutorialHelperLib.dicom.header_scanner import (
    Scanner,
    UnusualHeader,
    WantedElements,
    dataset_of,
    element_reader,
    in_file_order,
)
from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS, raw_of
from DICOMTutorialHelperLib.explore.profile import BINARY_VRS, expected_vrs

CHARACTER_SET = 0x00080005
BESIDE = frozenset({BaseTag(0x00080104)})  # Code Meaning, of which others beside it decide
LONGEST_KNOWN = 1 << 16
LONGEST = 1 << 20  # bytes of an element; what claims to hold more is read with more care


@dataclass(frozen=True)
class FileElements:
    """What stands before the pixels: ``meta`` and ``elements`` map tags, rising, to whole elements, head and value."""

    preamble: bytes
    meta: dict[int, bytes]
    elements: dict[int, bytes]
    is_implicit: bool
    transfer_syntax: str
    end: int = 0  # where the pixel data element begins, the file's end where it has none
    pixel_head: bytes = b""

    @cached_property
    def characters(self) -> bytes:
        """The element that names the character set, b"" where there is none."""
        return self.elements.get(CHARACTER_SET, b"")

    @cached_property
    def creators(self) -> tuple[bytes, ...]:
        """The elements that say whose private elements these are."""
        return tuple(element for tag, element in self.elements.items() if tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF)

    def dataset(self, elements: Iterable[bytes]) -> Dataset:
        """Elements as pydicom has them in this file's data set: in its character set, with the creators of private ones."""
        return dataset_of(dict.fromkeys((self.characters, *self.creators, *elements)), self.is_implicit)

    @property
    def whole(self) -> Dataset:
        """All of the file's data set before the pixels."""
        return self.dataset(self.elements.values())


class _Every:
    """Holds whatever is asked for."""

    def __contains__(self, tag: object) -> bool:
        return True


class _EveryElement(WantedElements):
    def __init__(self) -> None:
        self.tags = _Every()  # type: ignore[assignment]

    def has_private(self, tag: int) -> bool:
        return True


class ElementReader:
    """Reads one file after another."""

    def __init__(self) -> None:
        self._scanner = Scanner(_EveryElement())

    def read(self, path: Path) -> FileElements:
        """Raises UnusualHeader where pydicom must read the file, and OSError."""
        with open(path, "rb", buffering=0) as file:
            scanned = self._scanner.scan(file, os.fstat(file.fileno()).st_size)
        elements = {in_file_order(tag): element for tag, element in scanned.elements.items()}
        if not elements or max(map(len, elements.values())) > LONGEST:
            raise UnusualHeader("it is empty, or holds much")
        return FileElements(
            scanned.beginning[:PREAMBLE_LENGTH],
            meta_elements(scanned.beginning),
            dict(sorted(elements.items())),
            scanned.is_implicit,
            scanned.transfer_syntax,
            scanned.end,
            scanned.pixel_head,
        )


def stands_alone(dataset: Dataset, tag: BaseTag) -> bool:
    """Whether nothing counts for an element but its bytes, the character set, and the creators of private elements."""
    if tag.is_private:
        return True
    raw = raw_of(dataset, tag)
    if raw is not None:
        return element_key(raw) is not None
    try:
        element = dataset.get_item(tag)
    except VALUE_ERRORS:
        return False
    # A sequence of undefined length, which pydicom has read already.
    return tag not in BESIDE and isinstance(element, DataElement) and element.VR == "SQ"


def element_key(raw: RawDataElement) -> Optional[tuple]:
    """What tells an element apart from all others; None where what it means rests on what stands beside it."""
    if not isinstance(raw.value, bytes) or raw.tag in BESIDE or len(raw.value) > LONGEST_KNOWN:
        return None
    vr = raw.VR or "/".join(sorted(expected_vrs(int(raw.tag)) or {"UN"}))
    if vr != "SQ" and any(one in vr for one in (*BINARY_VRS, "US or SS", "/")):
        return None
    return raw.VR, raw.value, raw.is_implicit_VR, raw.is_little_endian


def meta_elements(beginning: bytes) -> dict[int, bytes]:
    """The elements of a file's meta information, by tag, given what stands before its data set. Raises UnusualHeader."""
    read_element, at = element_reader(is_implicit=False), PREAMBLE_LENGTH + len(MAGIC)
    elements: dict[int, bytes] = {}
    while at < len(beginning):
        try:
            tag, _, _, end = read_element(beginning, at)
        except struct.error as error:
            raise UnusualHeader("its meta information") from error
        if in_file_order(tag) in elements or end > len(beginning):
            raise UnusualHeader("its meta information")
        elements[in_file_order(tag)] = beginning[at:end]
        at = end
    return dict(sorted(elements.items()))
