"""A header as pydicom reads it: any file that it can, and the witness of what ``scanned_header`` reads faster."""

from __future__ import annotations

from typing import Any, BinaryIO, NamedTuple, Optional

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from DICOMTutorialHelperLib.dicom.group_elements import DatasetElements
from DICOMTutorialHelperLib.dicom.header_keywords import TAGS
from DICOMTutorialHelperLib.dicom.header_scanner import LONGEST_ELEMENT
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.pixel_element import BIG_ENDIAN, PixelElement, find_pixel_element
from DICOMTutorialHelperLib.dicom.plain_values import value_in
from DICOMTutorialHelperLib.dicom.private_elements import private_values
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, checked_value, plain_text

# Longer values are read where they are asked for: a damaged length may claim gigabytes, and private ones hold whole data sets.
DEFER_SIZE = LONGEST_ELEMENT


class KnownValue(NamedTuple):
    """Keyword and plain value (None: nothing to rely on) of some bytes, and what was refused of them."""

    keyword: str
    value: Any
    refused: Optional[RefusedValue] = None


# What may follow everything else of a file (PS3.10 7.2).
TRAILING_PADDING = 0xFFFC

KnownDatasetValues = dict[Any, KnownValue]  # (tag, VR, bytes, byte order, character set) -> what they say


class PydicomHeader:
    """What examination asks of a header.

    ``values`` are the wanted elements that say something, by keyword (private ones by name), as plain values, and ``refused``
    what was not allowed of them. ``media_class`` is the class that the file meta information names, "" where it names none.
    """

    def __init__(self, dataset: Dataset, file: BinaryIO, file_size: int, known: KnownDatasetValues) -> None:
        """``dataset`` is what ``read_dataset`` gives, which leaves ``file`` at the pixels."""
        self._file = file
        self._file_size = file_size
        self._known = known
        self._take(dataset)
        self.transfer_syntax = _transfer_syntax(self._dataset)
        self.media_class = _meta_text(self._dataset, "MediaStorageSOPClassUID")

    def _take(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self.values, self.refused = _plain_values(dataset, self._known)

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._dataset

    @property
    def elements(self) -> DatasetElements:
        """All elements of the header, for what else is asked of them."""
        return DatasetElements(self._dataset)

    def find_pixels(self) -> Optional[PixelElement]:
        """The pixel data element. What a disordered file has of its data set after the pixels is read, too (PS3.5 7.1)."""
        pixels = find_pixel_element(self._file, self.transfer_syntax, self._file_size)
        group = None if pixels is None else group_behind(self._file, pixels, self._file_size, self.transfer_syntax)
        if pixels is None or group is None:
            return pixels
        self._file.seek(0)
        try:
            dataset = pydicom.dcmread(self._file, defer_size=DEFER_SIZE, force=True)
            last = dataset.get_item(pixels.keyword)
        except (*VALUE_ERRORS, MemoryError):
            return pixels  # what came before them stands
        if 0x0008 <= group < 0x7FE0:
            self._take(dataset)
        if pixels.offset is not None and getattr(last, "value_tell", pixels.offset) != pixels.offset:
            self.refused.append(RefusedValue(pixels.keyword, "", reason="repeated"))  # other readers may take the last of them
        return pixels

    def overlay_bits(self) -> set[int]:
        """The bits of the pixels' words in which overlays lie: (60xx,0102) beside (60xx,0100) above 1."""
        found = set()
        for group in range(0x6000, 0x6020, 2):
            try:
                allocated, position = self._dataset[group, 0x0100].value, self._dataset[group, 0x0102].value
            except VALUE_ERRORS:
                continue
            if isinstance(allocated, int) and isinstance(position, int) and allocated > 1:
                found.add(position)
        return found


def group_behind(file: BinaryIO, pixels: PixelElement, file_size: int, transfer_syntax: str) -> Optional[int]:
    """The group of an element behind the pixels, which should be last but for padding; None where there is none."""
    if pixels.end is None or pixels.end + 8 > file_size:
        return None
    file.seek(pixels.end)
    group = int.from_bytes(file.read(2), "big" if transfer_syntax == BIG_ENDIAN else "little")
    return None if group == TRAILING_PADDING else group


def read_dataset(file: BinaryIO) -> Optional[Dataset]:
    """The header; None where the file is not DICOM. Leaves the file at the pixel data element.

    Raises OSError, and what pydicom raises for damaged files (``parse_errors``).

    All of it: private elements may lie in any block, and to skip an element costs pydicom no less than to keep its bytes.

    Files without preamble, as old archives hold them, are read when they begin like a data set.
    """
    try:
        return pydicom.dcmread(file, stop_before_pixels=True, defer_size=DEFER_SIZE)
    except InvalidDicomError:
        file.seek(0)
        beginning = file.read(2)
        file.seek(0)
        if beginning not in (b"\x02\x00", b"\x08\x00", b"\x00\x08"):
            return None
        dataset = pydicom.dcmread(file, stop_before_pixels=True, defer_size=DEFER_SIZE, force=True)
        return dataset if "SOPClassUID" in dataset or "Rows" in dataset else None


def _transfer_syntax(dataset: Dataset) -> str:
    """What the file says, or how pydicom found the data set to be written where it does not say."""
    stated = _meta_text(dataset, "TransferSyntaxUID")
    if stated:
        return stated
    encoding = getattr(dataset, "original_encoding", None) or (dataset.is_implicit_VR, dataset.is_little_endian)
    implicit, little_endian = encoding
    if not little_endian:
        return BIG_ENDIAN
    return ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian


def _meta_text(dataset: Dataset, keyword: str) -> str:
    """An element of the file meta information; "" where it is absent or cannot be read."""
    try:
        return plain_text(dataset.file_meta.get(keyword) or "")
    except VALUE_ERRORS:
        return ""


def _plain_values(dataset: Dataset, known: KnownDatasetValues) -> tuple[dict[str, Any], list[RefusedValue]]:
    values: dict[str, Any] = {}
    refused: list[RefusedValue] = []
    characters = _character_set(dataset)
    for tag in list(dataset.keys()):
        if tag in TAGS:
            found = _remembered_value(dataset, tag, characters, known)
            if found.value is not None:
                values[found.keyword] = found.value
            if found.refused is not None:
                refused.append(found.refused)
    values.update(private_values(dataset, str(values.get("Manufacturer", ""))))
    return values, refused


def _character_set(dataset: Dataset) -> str:
    try:
        return str(dataset.get("SpecificCharacterSet", ""))
    except VALUE_ERRORS:
        return ""


def _remembered_value(dataset: Dataset, tag: Any, characters: str, known: KnownDatasetValues) -> KnownValue:
    try:
        raw = dataset.get_item(tag)
    except (*VALUE_ERRORS, MemoryError):  # pydicom converts empty ones, and reads long ones only now
        keyword = pydicom.datadict.keyword_for_tag(tag)
        return KnownValue(keyword, None, RefusedValue(keyword, "", reason="unreadable"))
    if not isinstance(raw.value, bytes):
        return _value(dataset, tag, raw)
    key = (tag, raw.VR, raw.value, getattr(raw, "is_little_endian", True), characters)
    found = known.get(key)
    if found is None:
        found = known[key] = _value(dataset, tag, raw)
    return found


def value_of_element(dataset: Dataset, tag: object) -> KnownValue:
    """What an element of a data set says, once it has passed the rule of its keyword."""
    return _remembered_value(dataset, tag, "", {})


def _value(dataset: Dataset, tag: Any, raw: Any) -> KnownValue:
    keyword = pydicom.datadict.keyword_for_tag(tag)
    vr = dictionary_VR(tag)
    try:
        value = value_in(dataset, tag, vr)
    except VALUE_ERRORS:
        shown = plain_text(raw.value) if isinstance(raw.value, bytes) else ""
        return KnownValue(keyword, *checked_value(keyword, None, shown))
    return KnownValue(keyword, *checked_value(keyword, value, vr=vr)) if value is not None else KnownValue(keyword, None)
