"""Values of elements as plain Python: str, int, float, or a tuple of them; nothing where a value is not of its VR."""

from __future__ import annotations

import struct
from typing import Any

import pydicom
from pydicom.multival import MultiValue

NUMBER_VRS = {"DS", "IS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"}


def plain_value(value: Any, vr: str) -> Any:
    """A pydicom value of an element that should have this VR; None for sequences, and for nothing to rely on.

    Raises what pydicom and struct raise for bytes that cannot be the value (see ``damage``).
    """
    if isinstance(value, bytes):
        value = _from_bytes(value, vr)
    plain = _plain(value)
    if isinstance(plain, (str, tuple)) and not plain:
        return None
    is_number = vr.split(" ")[0] in NUMBER_VRS  # "US or SS" is one too
    items = plain if isinstance(plain, tuple) else (plain,)
    if plain is None or any(isinstance(item, (int, float)) != is_number for item in items):
        return None
    return plain


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, pydicom.Sequence):
        return None
    if isinstance(value, (MultiValue, list, tuple)):
        items = tuple(_plain(item) for item in value)
        return items[0] if len(items) == 1 else items
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) or hasattr(value, "as_tuple"):
        return float(value)
    return str(value).strip()


def _from_bytes(value: bytes, vr: str) -> Any:
    """A private element, which an implicit file whose creator pydicom does not know gives as bytes."""
    if vr == "IS":
        return tuple(int(text) for text in value.decode("ascii", "ignore").strip("\0 ").split("\\") if text)
    if vr in ("FL", "FD"):
        size = 4 if vr == "FL" else 8
        return struct.unpack(f"<{len(value) // size}{'f' if vr == 'FL' else 'd'}", value)
    return None
