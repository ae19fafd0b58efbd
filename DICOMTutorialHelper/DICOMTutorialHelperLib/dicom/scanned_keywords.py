"""A few elements of many files, for who needs no more of them: scanned, and each different element converted once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Callable, Optional, Union

from pydicom import dcmread
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.header_scanner import (
    CHARACTER_SET,
    ScannedHeader,
    Scanner,
    UnusualHeader,
    WantedElements,
    dataset_of,
    in_file_order,
)
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS

PathLike = Union[str, Path]


def scan_keywords(path: PathLike, keywords: Iterable[str]) -> Dataset:
    """A data set of these elements of a file alone, where it has them. Raises UnusualHeader where pydicom must read the file.

    Raises OSError, too.
    """
    scanned = _scan(path, Scanner(WantedElements(_tags(keywords))))
    return dataset_of(scanned.elements.values(), scanned.is_implicit)


def readable_value(dataset: Dataset, keyword: str) -> Any:
    """A value as pydicom has it; None where it is absent or cannot be read."""
    try:
        return dataset.get(keyword)
    except VALUE_ERRORS:
        return None


class KeywordReader:
    """Values by keyword of one file after another.

    ``convert`` makes a value of a data set and a keyword; it is asked once for all elements that are the same to the byte, in
    the same character set. ``plain`` may know what bytes say without a data set, given them and the VR; None where it does not.
    ``read_dataset`` reads the files that hold a surprise.
    """

    def __init__(
        self,
        keywords: Iterable[str],
        convert: Callable[[Dataset, str], Any] = readable_value,
        plain: Optional[Callable[[bytes, str], Any]] = None,
        read_dataset: Optional[Callable[[Path], Dataset]] = None,
    ) -> None:
        self._keywords = list(keywords)
        tags = _tags(self._keywords)
        self._scanner = Scanner(WantedElements(tags))
        self._known_tags = {in_file_order(tag): (keyword_for_tag(tag), dictionary_VR(tag)) for tag in tags}
        self._convert = convert
        self._plain = plain
        self._read_dataset = read_dataset or self._read_by_pydicom
        self._known: dict[tuple[bool, bytes], dict[bytes, tuple[str, Any]]] = {}

    def read(self, path: Path) -> dict[str, Any]:
        """The values of the elements that the file has. Raises what ``read_dataset`` and ``convert`` raise."""
        try:
            scanned = _scan(path, self._scanner)
        except (UnusualHeader, OSError):  # what it is that cannot be read, others say better
            dataset = self._read_dataset(path)
            return {keyword: self._convert(dataset, keyword) for keyword in self._keywords if keyword in dataset}
        known = self._known.setdefault((scanned.is_implicit, scanned.get(CHARACTER_SET) or b""), {})
        for tag, element in scanned.elements.items():
            if element not in known and tag in self._known_tags:
                known[element] = self._value(tag, element, scanned)
        return dict([known[element] for element in scanned.elements.values() if element in known])

    def _value(self, tag: int, element: bytes, scanned: ScannedHeader) -> tuple[str, Any]:
        keyword, vr = self._known_tags[tag]
        value = None
        # Values in plain writing have a head of 8 bytes.
        if self._plain is not None and (scanned.is_implicit or element[4:6] == vr.encode("ascii")):
            value = self._plain(element[8:], vr)
        if value is None:
            characters = [scanned.elements[CHARACTER_SET]] if CHARACTER_SET in scanned.elements else []
            value = self._convert(dataset_of([*characters, element], scanned.is_implicit), keyword)
        return keyword, value

    def _read_by_pydicom(self, path: Path) -> Dataset:
        return dcmread(str(path), stop_before_pixels=True, specific_tags=self._keywords)


def _scan(path: PathLike, scanner: Scanner) -> ScannedHeader:
    with open(path, "rb", buffering=0) as file:
        return scanner.scan(file, os.fstat(file.fileno()).st_size)


def _tags(keywords: Iterable[str]) -> list[int]:
    return [tag for tag in map(tag_for_keyword, keywords) if tag is not None]
