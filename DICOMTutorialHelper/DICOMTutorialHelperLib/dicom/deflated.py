"""Deflated data sets (PS3.5 A.5) inflate in memory as a whole: how far, before pydicom does it."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from DICOMTutorialHelperLib.dicom.files import MAGIC, PREAMBLE_LENGTH
from DICOMTutorialHelperLib.dicom.pixel_element import DEFLATED

# More than any deflated image that is to be loaded at once; a bomb of 1 MB makes it.
MOST_INFLATED_BYTES = 1 << 30
PIECE = 1 << 20
META_GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"


def inflates_too_far(file: BinaryIO) -> bool:
    """Whether a file is deflated and gives more than can be held, or hides where its data begin. Leaves it at its start."""
    head = file.read(1024)
    meta = PREAMBLE_LENGTH + len(MAGIC)
    try:
        if DEFLATED.encode() not in head or head[PREAMBLE_LENGTH:meta] != MAGIC:
            return False
        if head[meta : meta + len(META_GROUP_LENGTH)] != META_GROUP_LENGTH:
            return True
        start = meta + len(META_GROUP_LENGTH)
        file.seek(start + 4 + struct.unpack("<L", head[start : start + 4])[0])
        return _inflated_bytes(file) > MOST_INFLATED_BYTES
    finally:
        file.seek(0)


def _inflated_bytes(file: BinaryIO) -> int:
    """Bytes that the rest of a file inflates to, no further than it matters; damage ends the count, as it ends reading."""
    inflater, count = zlib.decompressobj(-zlib.MAX_WBITS), 0
    piece = file.read(PIECE)
    while piece and count <= MOST_INFLATED_BYTES:
        try:
            count += len(inflater.decompress(piece, PIECE))
        except zlib.error:
            break
        piece = inflater.unconsumed_tail or file.read(PIECE)
    return count
