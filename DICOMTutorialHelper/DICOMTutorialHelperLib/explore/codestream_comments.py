"""What compressed pixels carry beside the picture: comments and application data, in which scanners and converters write text.

JPEG and JPEG-LS (ISO 10918-1 B.1, ISO 14495-1 Annex C), JPEG 2000 with or without its file format (ISO 15444-1 Annexes A and I).
All that decoding needs stays byte for byte; the few application markers that tell the colours are written anew.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple, Optional

from DICOMTutorialHelperLib.dicom.codestream import JPEG, JPEG_2000, RLE

JP2_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
JPEG_2000_START = b"\xff\x4f\xff\x51"
JPEG_LS = ("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81")
# The boxes of a JP2 file that decoding may need; without them what matters is its codestream alone.
COLOUR_BOXES = (b"pclr", b"cmap", b"cdef")
# A JFIF head without densities and thumbnail; Adobe's head but for its last byte, the colour transform.
PLAIN_JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
PLAIN_ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\0\0\0\0"
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_LS_MARKER = re.compile(rb"\xff+[\x80-\xfe]")
_ENCODERS = re.compile(
    r"(?:\s|[\d.,:;()\[\]/_+-]|(?i:v|version|created|creator|by|with|using|the|jpeg|jpeg2000|2000|jpg|lib|libjpeg|turbo|openjpeg|kakadu"
    r"|jasper|lead|technologies|inc|cornell|lossless|codec|encoder|software|compressor|grok|aware|merge|pegasus|gdcm|dcmtk|ijg|kdu"
    r"|pixelmed|imageio|sun|adobe|photoshop|quality|mrfx|jfif|exif)(?![A-Za-z]))*$"
)  # fmt: skip


class CleanPixels(NamedTuple):
    """``fragments`` without what they carried, one a frame if that changed them; ``comments`` are what was taken out."""

    fragments: list[bytes]
    comments: list[bytes]


class _NotUnderstood(Exception):
    """Data that is not built as its standard says."""


def is_searchable(syntax: str) -> bool:
    """Whether comments in pixels of a transfer syntax can be found; RLE has none (PS3.5 Annex G)."""
    return syntax in JPEG or syntax in JPEG_2000 or syntax == RLE


def clean_pixels(fragments: list[bytes], syntax: str) -> Optional[CleanPixels]:
    """Fragments of compressed pixels without comments; None where they are not understood. Without any, they stay as they are."""
    if syntax == RLE:
        return CleanPixels(fragments, [])
    if not is_searchable(syntax):
        return None
    comments: list[bytes] = []
    try:
        frames = _frames(fragments, syntax)
        clean = []
        for frame in frames:
            if syntax in JPEG_2000:
                clean.append(_jpeg_2000(frame, comments))
            else:
                clean.append(_jpeg(frame, comments, _LS_MARKER if syntax in JPEG_LS else _MARKER))
    except (_NotUnderstood, struct.error, IndexError):
        return None
    if clean == frames:
        return CleanPixels(fragments, [])
    return CleanPixels([one + b"\0" * (len(one) % 2) for one in clean], comments)


def says_more_than_its_encoder(comment: bytes) -> bool:
    """Whether a comment holds other words than the names of programs that compress pictures, or anything but text."""
    text = comment.rstrip(b"\0").decode("latin-1")
    return not (text.isprintable() and _ENCODERS.match(text))


def _frames(fragments: list[bytes], syntax: str) -> list[bytes]:
    """Whole codestreams: a fragment that does not begin one goes on with the one before."""
    starts = (JPEG_2000_START, JP2_SIGNATURE) if syntax in JPEG_2000 else (b"\xff\xd8\xff",)
    frames: list[bytes] = []
    for fragment in fragments:
        if fragment.startswith(starts):
            frames.append(fragment)
        elif frames:
            frames[-1] += fragment
        else:
            raise _NotUnderstood
    return frames


def _jpeg(data: bytes, comments: list[bytes], marker_pattern: re.Pattern) -> bytes:
    kept, at = [data[:2]], 2
    while True:
        found = marker_pattern.match(data, at)
        if not found:
            raise _NotUnderstood
        marker, start = data[found.end() - 1], found.end()
        if marker == 0xD9:
            kept.append(b"\xff\xd9")
            if data[start:].strip(b"\0"):
                comments.append(data[start:])
            return b"".join(kept)
        (length,) = struct.unpack_from(">H", data, start)
        end = start + length
        if length < 2 or end > len(data):
            raise _NotUnderstood
        content = data[start + 2 : end]
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            plain, rest = _plain_application(marker, content)
            kept.append(plain)
            if rest.strip(b"\0"):
                comments.append(rest)
        else:
            kept.append(data[found.start() : end])
        at = end
        if marker == 0xDA:
            behind = marker_pattern.search(data, at)
            if not behind:  # no end of image: what there is belongs to the scan
                kept.append(data[at:])
                return b"".join(kept)
            kept.append(data[at : behind.start()])
            at = behind.start()


def _plain_application(marker: int, content: bytes) -> tuple[bytes, bytes]:
    """What decoders need of an application marker, written anew, and what else it held; of a comment all is that."""
    if marker == 0xE0 and content.startswith(b"JFIF\0") and len(content) >= 14:
        return PLAIN_JFIF, content[14:]
    if marker == 0xEE and content.startswith(b"Adobe") and len(content) >= 12:
        return PLAIN_ADOBE + content[11:12], content[12:]
    if marker == 0xE8 and content.startswith(b"mrfx") and len(content) == 5:  # the colour transform of HP's JPEG-LS
        return b"\xff\xe8\x00\x07" + content, b""
    return b"", content


def _jpeg_2000(data: bytes, comments: list[bytes]) -> bytes:
    if data.startswith(JP2_SIGNATURE):
        data = _codestream_of_file(data, comments)
    if not data.startswith(JPEG_2000_START):
        raise _NotUnderstood
    before = len(comments)
    main, at = _segments(data, 2, 0x90, comments, drop_lengths=False)
    tiles = []
    while data[at : at + 2] == b"\xff\x90":
        head = data[at : at + 12]
        (length,) = struct.unpack_from(">L", head, 6)
        end = at + length if length else _end_of_image(data)
        tile_header, body = _segments(data, at + 12, 0x93, comments, drop_lengths=False)
        if not at + 14 <= end <= len(data) or body > end:
            raise _NotUnderstood
        length = length and 12 + len(tile_header) + end - body
        tiles.append(head[:6] + struct.pack(">L", length) + head[10:12] + tile_header + data[body:end])
        at = end
    rest = data[at:]
    if rest[:2] == b"\xff\xd9":
        if rest[2:].strip(b"\0"):
            comments.append(rest[2:])
    elif rest.strip(b"\0"):
        raise _NotUnderstood
    if len(comments) > before:  # the table of lengths of tile-parts is a help that need not be there
        main, _ = _segments(data, 2, 0x90, [], drop_lengths=True)
    end = b"\xff\xd9" if rest[:2] == b"\xff\xd9" else b""
    return data[:2] + main + b"".join(tiles) + end


def _end_of_image(data: bytes) -> int:
    """Where the last tile-part ends, which need not say its length (ISO 15444-1 A.4.2)."""
    end = data.rfind(b"\xff\xd9")
    return end if end >= 0 else len(data)


def _segments(data: bytes, at: int, last: int, comments: list[bytes], drop_lengths: bool) -> tuple[bytes, int]:
    """Marker segments from ``at`` to the marker ``last``, without comments; and where that begins."""
    kept = []
    while data[at + 1] != last:
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if data[at] != 0xFF or length < 2 or end > len(data):
            raise _NotUnderstood
        if data[at + 1] == 0x64:
            comments.append(data[at + 6 : end])
        elif not (drop_lengths and data[at + 1] == 0x55):
            kept.append(data[at:end])
        at = end
    if data[at] != 0xFF:
        raise _NotUnderstood
    return b"".join(kept), at


def _codestream_of_file(data: bytes, comments: list[bytes]) -> bytes:
    """The codestream of a JP2 file, which DICOM wants without one (PS3.5 A.4.4); what its other boxes hold goes."""
    at, codestream = len(JP2_SIGNATURE), b""
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">L4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        end = len(data) if length == 0 else at + length
        if end > len(data) or end < start:
            raise _NotUnderstood
        content = data[start:end]
        if kind == b"jp2c":
            codestream = content
        elif kind == b"jp2h" and any(box in content for box in COLOUR_BOXES):
            raise _NotUnderstood  # its palette, or the meaning of its samples, would be lost
        elif kind not in (b"ftyp", b"jp2h", b"free"):
            comments.append(content)
        at = end
    return codestream
