"""Where a file's pixels lie, as they are or compressed into fragments (PS3.5 section 8 and annex A.4)."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import BinaryIO, NamedTuple, Optional

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

BIG_ENDIAN = ExplicitVRBigEndian
DEFLATED = DeflatedExplicitVRLittleEndian
NATIVE = {ImplicitVRLittleEndian, ExplicitVRLittleEndian, BIG_ENDIAN}
PIXEL_KEYWORDS = {0x7FE00010: "PixelData", 0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData"}
EXPLICIT_LONG_VRS = {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN", b"SQ", b"UT", b"UC", b"UR", b"SV", b"UV"}
UNDEFINED_LENGTH = 0xFFFFFFFF
ITEM, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
# ISO 10918-1 B.1.1.3. Within the data of a picture these bytes never stand together.
END_OF_IMAGE = b"\xff\xd9"
LONGEST_PADDING = 16
# JPEG, lossy and lossless; the decoders of the other kinds refuse what is cut.
ENDS_MADE_UP = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70)}


class PixelElement(NamedTuple):
    """``offset`` and ``length`` are bytes of the file where the pixels lie there as they are, else None.

    ``fragments`` are (offset, length) of compressed data, without the offset table, as far as the file holds them whole, and
    ``ended`` says of each whether it ends as JPEG does, a few bytes of padding aside. ``vr`` is "" in implicit files. ``end`` is
    where the next element would begin, None where that cannot be told. ``defined`` tells whether the element states its length:
    what is compressed should not (PS3.5 A.4).
    """

    keyword: str
    vr: str = ""
    offset: Optional[int] = None
    length: Optional[int] = None
    fragments: tuple[tuple[int, int], ...] = ()
    ended: tuple[bool, ...] = ()
    end: Optional[int] = None
    defined: bool = False


def find_pixel_element(file: BinaryIO, transfer_syntax: str, file_size: int) -> Optional[PixelElement]:
    """The pixel data element that starts at the file's position (PS3.5 7.1); None where there is another, or none."""
    if transfer_syntax == DEFLATED:
        return PixelElement("PixelData")
    at = file.tell()
    return read_pixel_element(file, file.read(12), at, transfer_syntax, file_size)


def read_pixel_element(file: BinaryIO, head: bytes, at: int, transfer_syntax: str, file_size: int) -> Optional[PixelElement]:
    """The pixel data element at ``at``, whose first 12 bytes (all there are, where the file ends) are ``head``."""
    said = _read_head(head, transfer_syntax == BIG_ENDIAN)
    if said is None:
        return None
    keyword, vr, size, length = said
    start = at + size
    if length == UNDEFINED_LENGTH:
        fragments, ended, end = _fragments(file, start, file_size)
        return PixelElement(keyword, vr, fragments=fragments, ended=ended, end=end)
    if transfer_syntax not in NATIVE:
        return PixelElement(keyword, vr, defined=True)
    return PixelElement(keyword, vr, start, length, end=start + length, defined=True)


@lru_cache(maxsize=64)
def _read_head(head: bytes, big_endian: bool) -> Optional[tuple[str, str, int, int]]:
    """Keyword, VR, size of the head and length of the value; None of what is no pixel data element, or too short for one."""
    order = ">" if big_endian else "<"
    if len(head) < 8:
        return None
    group, element = struct.unpack(f"{order}HH", head[:4])
    keyword = PIXEL_KEYWORDS.get(group << 16 | element)
    if keyword is None:
        return None
    if head[4:6] in EXPLICIT_LONG_VRS and len(head) == 12:
        return keyword, head[4:6].decode("ascii"), 12, struct.unpack(f"{order}I", head[8:12])[0]
    return keyword, "", 8, struct.unpack(f"{order}I", head[4:8])[0]


def _fragments(file: BinaryIO, start: int, file_size: int) -> tuple[tuple[tuple[int, int], ...], tuple[bool, ...], Optional[int]]:
    """Fragments that lie whole in the file, which of them end as JPEG does, and where what follows them begins (PS3.5 A.4).

    First comes the offset table.
    """
    found: list[tuple[int, int]] = []
    ended: list[bool] = []
    at, is_table = start, True
    while True:
        back = min(at, LONGEST_PADDING)
        file.seek(at - back)
        piece = file.read(back + 8)
        head = piece[back:]
        if len(ended) < len(found):
            ended.append(END_OF_IMAGE in piece[:back])
        if len(head) == 8 and head[:4] == SEQUENCE_END:
            return tuple(found), tuple(ended), at + 8
        if not head and at == file_size:
            return tuple(found), tuple(ended), at  # all there but the delimiter, as some writers leave it
        if len(head) < 8 or head[:4] != ITEM:
            return tuple(found), tuple(ended), None
        length = struct.unpack("<I", head[4:])[0]
        at += 8
        if at + length > file_size:
            return tuple(found), tuple(ended), None
        if not is_table and length:
            found.append((at, length))
        is_table = False
        at += length


def frames_without_end(pixels: PixelElement, transfer_syntax: str, frames: int) -> int:
    """Of how many frames the JPEG data lack the marker at their end, where decoders make up what is missing without a word.

    Where frames have several fragments, the last one alone is known to end a frame.
    """
    if transfer_syntax not in ENDS_MADE_UP:
        return 0
    ended = pixels.ended if len(pixels.ended) == frames else pixels.ended[-1:]
    return ended.count(False)
