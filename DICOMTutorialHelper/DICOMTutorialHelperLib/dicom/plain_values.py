"""Values of elements as plain Python: str, int, float, or a tuple of them."""

from __future__ import annotations

import re
import struct
from contextlib import suppress
from typing import Any, Union

import pydicom
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

BINARY_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
NUMBER_VRS = {"DS", "IS", *BINARY_NUMBERS}
# Under these, texts become other numbers, lose digits or stay in one piece.
OTHERS_OF_TEXT = {*NUMBER_VRS, "AT", "LT", "ST", "UT", "UR"}
# No text has them (PS3.5 6.1.3) but for its lines, tabs and pages, and zeros that pad it.
CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f\x7f]|\0[^\0 ]")
# Of these no text and no number is wanted: sequences, tags, and bytes that mean something to other elements only.
NO_VALUE_VRS = {"SQ", "AT", "UN", "OB", "OW", "OD", "OF", "OL", "OV"}


def value_in(dataset: Dataset, tag: int, vr: str) -> Any:
    """The plain value of an element that should have this VR; None where it is absent, empty or a sequence.

    Text that a file calls numbers, or one long text, is read as the text that it is; numbers that it writes in another kind of
    number, as written. Raises what ``plain_value`` does, and what pydicom does for what it cannot read.
    """
    if tag not in dataset:
        return None
    written = dataset.get_item(tag)
    little_endian = getattr(written, "is_little_endian", True)
    if is_text_called_another(written, vr):
        with suppress(ValueError):
            return plain_value(written.value, vr, little_endian)
    return plain_value(dataset[tag].value, vr, little_endian)


def is_text_called_another(written: Union[DataElement, RawDataElement], vr: str) -> bool:
    """Whether an element that should have this VR holds, as it stands in the file, text that the file gives another meaning."""
    is_text = has_values(vr) and vr.split(" ")[0] not in BINARY_NUMBERS
    return is_text and isinstance(written.value, bytes) and vr != written.VR and written.VR in OTHERS_OF_TEXT


def has_values(vr: str) -> bool:
    """Whether an element of this VR ("US or SS", too) holds texts or numbers."""
    return NO_VALUE_VRS.isdisjoint(vr.split(" or "))


def plain_value(value: object, vr: str, little_endian: bool = True) -> Any:
    """A pydicom value of an element that should have this VR; None for sequences and for empty ones.

    A file may give it another VR, so that pydicom leaves it as bytes, written in this byte order: they are read by the VR that it
    should have. Raises what pydicom and struct raise for what cannot be the value (see ``parse_errors``).
    """
    if isinstance(value, bytes):
        value = _from_bytes(value, vr.split(" ")[0], little_endian) if has_values(vr) else None
    if isinstance(value, pydicom.Sequence) and value and has_values(vr):
        raise ValueError(f"a sequence instead of {vr}")
    plain = _plain(value)
    if isinstance(plain, (str, tuple)) and not plain:
        return None
    return plain


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (pydicom.Sequence, pydicom.Dataset)):
        return None
    if isinstance(value, (MultiValue, list, tuple)):
        items = tuple(_plain(item) for item in value)
        items = tuple(item for item in items if item is not None)
        return items[0] if len(items) == 1 else items
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) or hasattr(value, "as_tuple"):
        return float(value)
    return str(value).strip().strip("\0 ")


def _from_bytes(value: bytes, vr: str, little_endian: bool) -> Any:
    if vr in BINARY_NUMBERS:
        letter = BINARY_NUMBERS[vr]
        count = len(value) // struct.calcsize(f"<{letter}")
        return struct.unpack(f"{'<' if little_endian else '>'}{count}{letter}", value)
    if CONTROL.search(value):
        raise ValueError(f"no {vr}")
    texts = [text.strip() for text in value.decode("ascii").strip("\0 ").split("\\")]
    if vr not in ("IS", "DS"):
        return tuple(text for text in texts if text)
    if b"_" in value:  # Python's numbers may have it
        raise ValueError(f"no {vr}")
    return tuple((int if vr == "IS" else float)(text) for text in texts if text)
