"""A made series from a series report, to reproduce a bug with: the same headers where they decide, made pixels."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataelem import DataElement, DataElement_from_raw, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RawDataStorage

from DICOMTutorialHelperLib.dicom.private_elements import CSA_TAGS, PRIVATE_ELEMENTS
from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms
from DICOMTutorialHelperLib.explore.series_report import FORMAT, VERSION
from DICOMTutorialHelperLib.explore.writing import PYDICOM_3, write_file
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.staging import staged_folder

_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
_BY_NAME = {element.name: element for element in PRIVATE_ELEMENTS}
_CSA_NAMES = {name: tag for tag, name in CSA_TAGS.items()}
_CSA_CREATOR, _CSA_GROUP, _CSA_ELEMENT = "SIEMENS CSA HEADER", 0x0029, 0x10
CHARACTER_SET, UTF_8 = Tag(0x0008, 0x0005), "ISO_IR 192"
SMALL = 64  # pixels along the longer side of a small stand-in's images
LARGEST = 8 << 30
MOST_FRAMES = 1 << 20
ROWS, COLUMNS, FRAMES, SAMPLES = "00280010", "00280011", "00280008", "00280002"
BITS_ALLOCATED, BITS_STORED, IMAGE_TYPE = "00280100", "00280101", "00080008"
NOTE = "Stand-in made from a series report: made pixels, nobody's body"  # 64 characters at most


class StandInError(HelperError):
    """No stand-in can be made; ``reason`` is a key of the texts ``headers``, under ``stand-in.``."""

    domain = "headers"
    prefix = "stand-in."


def make_stand_in(report: object, folder: Path, small: bool = True, progress: Progress | None = None) -> list[Path]:
    """Write the stand-in of a ``series_report`` into ``folder`` (new or empty): one file an instance, 00001.dcm and on.

    ``small`` crops images of one size to some 64 pixels, which moves none of the others: positions and spacing stay.
    Compressed images become uncompressed ones, files that were cut short are cut by as much. Raises StandInError for what is no
    report or asks for too much, FileExistsError for a folder that holds something, and any other OSError of the disk.
    """
    entries = _checked(report)
    factor = _crop(entries) if small else 1
    total = sum(_pixel_bytes(entry, factor) for entry in entries)
    if total > LARGEST:
        raise StandInError("too-large", size=total >> 20, most=LARGEST >> 20)
    written = []
    with staged_folder(folder) as staging:
        for number, entry in enumerate(entries, start=1):
            name = f"{number:05}.dcm"
            try:
                _write(entry, staging / name, number, factor)
            except (ValueError, TypeError, KeyError, struct.error, AttributeError, OverflowError) as error:
                raise StandInError("not-a-report", type(error).__name__) from error
            written.append(folder / name)
            if progress:
                progress(number, len(entries))
    return written


def _checked(report: object) -> list[dict[str, Any]]:
    """The entries with the shared elements put back in."""
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        raise StandInError("not-a-report")
    if report.get("version") != VERSION:
        raise StandInError("other-version", version=report.get("version"), known=VERSION)
    shared, entries = report.get("shared"), report.get("instances")
    if not isinstance(shared, dict) or not isinstance(entries, list):
        raise StandInError("not-a-report")
    whole = []
    for entry in entries:
        if not isinstance(entry, dict) or not all(isinstance(entry.get(part), dict) for part in ("elements", "pixels")):
            raise StandInError("not-a-report")
        whole.append({**entry, "elements": {**shared, **entry["elements"]}})
    if not whole:
        raise StandInError("empty")
    return whole


def _number(elements: dict[str, Any], tag: str, default: int) -> int:
    """A number of the elements as it stands there; ``default`` where there is none, or what is there is no number."""
    try:
        value = elements[tag][1]
        return int(value[0] if isinstance(value, list) else value)
    except (KeyError, IndexError, TypeError, ValueError):
        return default


def _crop(entries: list[dict[str, Any]]) -> int:
    """By what to divide rows and columns: 1 where sizes differ, tiles lie in an image, or files are cut short."""
    sizes = {(_number(entry["elements"], ROWS, 0), _number(entry["elements"], COLUMNS, 0)) for entry in entries}
    for entry in entries:
        names = entry["elements"].get("private") or {}
        kinds = str((entry["elements"].get(IMAGE_TYPE) or ["", ""])[1])
        tiled = any("Mosaic" in name or "Grid" in name for name in names) or "MOSAIC" in kinds or "VFRAME" in kinds
        if tiled or _missing(entry):
            return 1
    rows, columns = sizes.pop()
    return 1 if sizes else max(1, min(max(rows, columns) // SMALL, rows, columns))


def _missing(entry: dict[str, Any]) -> int:
    """How many bytes of its pixels the file lacks."""
    pixels = entry["pixels"]
    length, present = pixels.get("bytes"), pixels.get("present")
    return max(length - present, 0) if isinstance(length, int) and isinstance(present, int) else 0


def _shape(entry: dict[str, Any], factor: int) -> tuple[int, int, int, int]:
    """Frames, rows, columns and samples of the made image."""
    elements = entry["elements"]
    frames = min(max(_number(elements, FRAMES, 1), 1), MOST_FRAMES)
    rows, columns = (max(_number(elements, tag, 1) // factor, 1) for tag in (ROWS, COLUMNS))
    return frames, rows, columns, max(_number(elements, SAMPLES, 1), 1)


def _pixel_bytes(entry: dict[str, Any], factor: int) -> int:
    """As many as the file has or claims, which need not be what its header asks for; of compressed ones, what they unfold to."""
    length = entry["pixels"].get("bytes")
    if factor == 1 and isinstance(length, int):
        return max(length, 0)
    count = 1
    for length in _shape(entry, factor):
        count *= length
    return (count * max(_number(entry["elements"], BITS_ALLOCATED, 16), 1) + 7) // 8


def _write(entry: dict[str, Any], target: Path, number: int, factor: int) -> None:
    implicit = entry.get("transfer_syntax_uid") == ImplicitVRLittleEndian
    dataset = _dataset(entry["elements"])
    _shrink(dataset, factor)
    dataset.add(_raw(CHARACTER_SET, "CS", UTF_8))
    dataset.add(_raw(Tag(0x0012, 0x0062), "CS", "YES"))
    dataset.add(_raw(Tag(0x0012, 0x0063), "LO", NOTE))
    pixels = entry["pixels"]
    if pixels.get("keyword"):
        vr = "OB" if not implicit and pixels.get("vr") == "OB" else "OW"
        vr = {"FloatPixelData": "OF", "DoubleFloatPixelData": "OD"}.get(pixels["keyword"], vr)
        data = _pixels(entry, number, factor)
        data = data.ljust(_pixel_bytes(entry, factor), b"\0")[: _pixel_bytes(entry, factor)]
        dataset.add(DataElement(pixels["keyword"], vr, data + b"\0" * (len(data) % 2)))
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(_text(entry["elements"], "00080016") or RawDataStorage)
    meta.MediaStorageSOPInstanceUID = UID(_text(entry["elements"], "00080018") or Pseudonyms("stand-in").uid(str(number)))
    meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    write_file(dataset, meta, target, implicit, little=True)
    missing = _missing(entry)
    if missing:
        os.truncate(target, target.stat().st_size - min(missing, _pixel_bytes(entry, factor)))


def _text(elements: dict[str, Any], tag: str) -> str:
    value = (elements.get(tag) or ["", ""])[1]
    return value if isinstance(value, str) else ""


def _shrink(dataset: Dataset, factor: int) -> None:
    for tag in (Tag(0x0028, 0x0010), Tag(0x0028, 0x0011)):
        if factor > 1 and tag in dataset:
            length = struct.unpack("<H", dataset.get_item(tag).value)[0]
            dataset.add(_raw(tag, "US", [max(length // factor, 1)]))


def _pixels(entry: dict[str, Any], number: int, factor: int) -> bytes:
    """A ramp across each image, another one in each file and frame: slices can be told apart, and left from right."""
    frames, rows, columns, samples = _shape(entry, factor)
    allocated = _number(entry["elements"], BITS_ALLOCATED, 16)
    kind = {"FloatPixelData": "<f4", "DoubleFloatPixelData": "<f8"}.get(entry["pixels"]["keyword"])
    kind = kind or {8: "u1", 16: "<u2", 32: "<u4", 64: "<u8"}.get(allocated)
    if kind is None:
        return bytes(_pixel_bytes(entry, factor))
    most = 1 << min(max(_number(entry["elements"], BITS_STORED, allocated) - 1, 1), 11)
    place = np.arange(rows)[:, None] * 2 + np.arange(columns)
    images = (place + 17 * number + 5 * np.arange(frames)[:, None, None]) % most
    return np.repeat(images[..., None], samples, axis=-1).astype(kind).tobytes()


def _dataset(elements: dict[str, Any]) -> Dataset:
    dataset = Dataset()
    for tag, entry in elements.items():
        if tag == "private":
            _add_private(dataset, entry)
            continue
        vr, value = entry
        number = Tag(int(tag, 16))
        if number.is_private or number.group < 8:
            raise ValueError(tag)
        if vr == "SQ":
            dataset.add(DataElement(number, "SQ", Sequence([_item(item) for item in value])))
        else:
            signed = _number(elements, "00280103", 0) == 1
            raw = _raw(number, vr if len(vr) == 2 else "SS" if signed else "US", value)
            if _can_be_written(raw):
                dataset.add(raw)
    return dataset


def _item(elements: dict[str, Any]) -> Dataset:
    """An item that says its character set where that matters: pydicom may decode it before it has the one above."""
    item = _dataset(elements)
    if any(isinstance(entry[1], str) and not entry[1].isascii() for tag, entry in elements.items() if tag != "private"):
        item.add(_raw(CHARACTER_SET, "CS", UTF_8))
    return item


def _raw(tag: Any, vr: str, value: Any) -> Any:  # a RawDataElement, which add takes, though its types do not say so
    """An element as bytes: also what its VR does not allow is written as it was."""
    if isinstance(value, str):
        data = value.encode("utf-8")
        data += (b"\0" if vr == "UI" else b" ") * (len(data) % 2)
    elif len(value) == 1 and isinstance(value[0], str):
        data = bytes.fromhex(value[0])
    else:
        data = struct.pack(f"<{len(value)}{_BINARY[vr]}", *value)
    return RawDataElement(tag, vr, len(data), data, 0, False, True, True)


def _can_be_written(raw: object) -> bool:
    """Whether pydicom writes an element: version 2 converts every value before, and some damaged ones cannot be."""
    if PYDICOM_3:
        return True
    try:
        DataElement_from_raw(raw)
    except VALUE_ERRORS:
        return False
    return True


def _add_private(dataset: Dataset, values: dict[str, Any]) -> None:
    csa = {}
    for name, value in values.items():
        known = _BY_NAME.get(name)
        numbers = value if isinstance(value, list) else [value]
        if known is None:
            csa[_CSA_NAMES[name]] = numbers
            continue
        block = dataset.private_block(known.group, known.creator, create=True)
        whole = known.vr not in ("FL", "FD", "DS")
        block.add_new(known.element, known.vr, [int(one) if whole and not isinstance(one, str) else one for one in numbers])
    if csa:
        block = dataset.private_block(_CSA_GROUP, _CSA_CREATOR, create=True)
        block.add_new(_CSA_ELEMENT, "OB", _csa_header(csa))


def _csa_header(tags: dict[str, list[float]]) -> bytes:
    """The numbers as a CSA header of the kind with "SV10" (see csa_header.py): an item a value, padded to four bytes."""
    out = bytearray(b"SV10\4\3\2\1" + struct.pack("<II", len(tags), 77))
    for name, values in tags.items():
        out += struct.pack("<64si4siii", name.encode(), len(values), b"FD\0\0", 4, len(values), 77)
        for value in values:
            text = f"{value!r}".encode() + b"\0"
            out += struct.pack("<4i", *(len(text),) * 4) + text + b"\0" * (-len(text) % 4)
    return bytes(out + b"\0" * (len(out) % 2))
