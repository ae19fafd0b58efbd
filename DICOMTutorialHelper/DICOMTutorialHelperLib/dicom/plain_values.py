"""Values of elements as plain Python: str, int, float, or a tuple of them."""

from __future__ import annotations

import struct
from typing import Any

import pydicom
from pydicom.multival import MultiValue

NUMBER_VRS = {"DS", "IS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"}


def plain_value(value: Any, vr: str) -> Any:
    """A pydicom value of an element that should have this VR; None for sequences and for empty ones.

    Raises what pydicom and struct raise for bytes that cannot be the value (see ``parse_errors``).
    """
    if isinstance(value, bytes):
        value = _from_bytes(value, vr)
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


def _from_bytes(value: bytes, vr: str) -> Any:
    """An element whose VR pydicom does not know: a private one of an implicit file, or one that the file calls UN."""
    if vr == "IS":
        return tuple(int(text) for text in value.decode("ascii", "ignore").strip("\0 ").split("\\") if text)
    if vr in ("FL", "FD"):
        size = 4 if vr == "FL" else 8
        return struct.unpack(f"<{len(value) // size}{'f' if vr == 'FL' else 'd'}", value)
    return None
