"""Values of elements straight from their bytes, where these leave no doubt: what ``plain_value`` makes of pydicom's value.

Most elements of a series are the same in all its files; what differs from file to file are numbers, UIDs, dates and times, and
these are told here. Whatever may hold a surprise (other character sets, empty parts, numbers out of the ordinary) is pydicom's.
"""

from __future__ import annotations

import re
import struct
from typing import Any, Callable, Optional

_NUMBER = rb" *[+-]?(?:\d{1,16}\.?\d{0,16}|\.\d{1,16})(?:[eE][+-]?\d{1,3})? *"
_WHOLE = rb" *[+-]?\d{1,9} *"


def _several(part: bytes) -> Callable[[bytes], Optional[re.Match]]:
    return re.compile(rb"%s(?:\\%s)*\0?" % (part, part)).fullmatch


_are_numbers, _are_whole = _several(_NUMBER), _several(_WHOLE)
_is_uid = re.compile(rb"[0-9.]+\0?").fullmatch
# One value of printable ASCII; no backslash, and no "=", which parts a name's groups (PS3.5 6.2.1).
_is_text = re.compile(rb"[ -<>-\[\]-~]*[!-<>-\[\]-~] *\0?").fullmatch


def _numbers(value: bytes) -> Any:
    return _one_or_all(tuple(map(float, value.rstrip(b"\0").split(b"\\")))) if _are_numbers(value) else None


def _whole_numbers(value: bytes) -> Any:
    return _one_or_all(tuple(map(int, value.rstrip(b"\0").split(b"\\")))) if _are_whole(value) else None


def _one_or_all(items: tuple) -> Any:
    return items[0] if len(items) == 1 else items


def _uid(value: bytes) -> Optional[str]:
    return value.rstrip(b"\0").decode("ascii") if _is_uid(value) else None


def _text(value: bytes) -> Optional[str]:
    return value.rstrip(b"\0").decode("ascii").strip() if _is_text(value) else None


def _binary(form: str) -> Callable[[bytes], Any]:
    unpack, size = struct.Struct(form).unpack, struct.calcsize(form)

    def value_of(value: bytes) -> Any:
        count, rest = divmod(len(value), size)
        if rest or not count:
            return None
        return unpack(value)[0] if count == 1 else struct.unpack(f"<{count}{form[1]}", value)

    return value_of


# What makes a value plain Python (str, int, float, or a tuple of them), by VR; None where pydicom must look at it.
CONVERTERS: dict[str, Callable[[bytes], Any]] = {
    "DS": _numbers,
    "IS": _whole_numbers,
    "UI": _uid,
    **dict.fromkeys("CS DA DT LO PN SH TM".split(), _text),
    **{vr: _binary(form) for vr, form in (("US", "<H"), ("SS", "<h"), ("UL", "<I"), ("SL", "<i"), ("FL", "<f"), ("FD", "<d"))},
}
