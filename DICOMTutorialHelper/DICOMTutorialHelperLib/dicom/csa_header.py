"""The numbers of a Siemens CSA header, the private block in which syngo MR up to VE keeps what DICOM had no element for.

A reader of its own, since neither Slicer nor pydicom has one, and nibabel, which has, is not in Slicer. The format is Siemens'
and unpublished; nibabel's "Siemens format DICOM with CSA header" describes both of its kinds, with and without "SV10".
"""

from __future__ import annotations

import struct
from collections.abc import Collection

MAGIC = b"SV10"
MOST_TAGS = 1024  # real headers have some hundred: a count beyond is damage

_TAG = struct.Struct("<64si4siii")  # name, value multiplicity, VR, syngo type, number of items, 77 or 205
_ITEM = struct.Struct("<4i")


def read_csa_numbers(header: bytes, names: Collection[str]) -> dict[str, tuple[float, ...]]:
    """The values of these tags that are numbers, by name; tags without a value, and texts that are no numbers, are not in it.

    A header that is none, or that ends too early, gives what could be read up to there: private data is no reason to fail.
    """
    found: dict[str, tuple[float, ...]] = {}
    start = 8 if header[:4] == MAGIC else 0
    if len(header) < start + 8:
        return found
    count = struct.unpack_from("<I", header, start)[0]
    if not 1 <= count <= MOST_TAGS:
        return found
    offset = start + 8
    base = None  # of the older kind: item lengths count from the first tag's number of items
    for _ in range(count):
        if offset + _TAG.size > len(header):
            return found
        raw_name, _, _, _, items, _ = _TAG.unpack_from(header, offset)
        offset += _TAG.size
        base = items if base is None else base
        name = raw_name.split(b"\0", 1)[0].decode("latin-1")
        texts = []
        for _ in range(max(items, 0)):
            if offset + _ITEM.size > len(header):
                return found
            sizes = _ITEM.unpack_from(header, offset)
            offset += _ITEM.size
            length = sizes[1] if start else sizes[0] - base
            if length < 0 or offset + length > len(header):
                return found
            if name in names and length:
                texts.append(header[offset : offset + length].split(b"\0", 1)[0].decode("latin-1").strip())
            offset += (length + 3) // 4 * 4
        numbers = _numbers(texts)
        if numbers:
            found[name] = numbers
    return found


def _numbers(texts: list[str]) -> tuple[float, ...]:
    try:
        return tuple(float(text) for text in texts if text)
    except ValueError:
        return ()
