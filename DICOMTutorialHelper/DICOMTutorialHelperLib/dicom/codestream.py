"""What compressed pixels say of themselves, held against the header before any decoder sees them.

Decoders allocate what a codestream claims, and some end the process on claims that make no sense: the size, the samples and the
bits of every frame are compared here with those of the instance (PS3.5 8.2, A.4).
"""

from __future__ import annotations

import struct
from typing import NamedTuple, Optional

from pydicom.uid import RLELossless

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.pixel_description import frame_bytes
from DICOMTutorialHelperLib.errors import system_reason

RLE = RLELossless
JPEG = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70, 80, 81)}
JPEG_2000 = {f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93, 201, 202, 203)}

JP2_SIGNATURE = b"\0\0\0\x0cjP  "  # how a JP2 file begins (ISO 15444-1 I.5.1), which some put around the codestream

# Frames up to this size may come from any number of bytes (an empty picture compresses to nothing), larger ones need some.
ALWAYS_ALLOWED_BYTES = 64 << 20
LARGEST_RATIO = 1000
LONGEST_HEADER = 1 << 16


class Codestream(NamedTuple):
    """What compressed data says of its picture."""

    columns: int
    rows: int
    samples: int
    bits: int


def frames_lie_apart(instance: Instance) -> bool:
    """Whether every frame of a compressed instance can be had without the others: each has its own fragment, or all are of one.

    Not where colours are numbers of a palette: that lies in the header.
    """
    fragments = instance.fragments
    if not fragments or instance.get("PhotometricInterpretation") == "PALETTE COLOR":
        return False
    return instance.stored_frames == 1 or _one_fragment_each(instance)


def _one_fragment_each(instance: Instance) -> bool:
    return instance.stored_frames > 1 and len(instance.fragments) <= instance.get("NumberOfFrames", 1)


def check_held(instance: Instance) -> None:
    """Raises DecodingError where the compressed data is too short for pixels of the size that the header says."""
    if instance.pixel_offset is not None or not instance.fragments:
        return
    lengths = [length for _, length in instance.fragments]
    held = min(lengths) if _one_fragment_each(instance) else sum(lengths)
    wanted = frame_bytes(instance.values)
    if wanted > ALWAYS_ALLOWED_BYTES + held * LARGEST_RATIO:
        raise DecodingError(instance.path.name, "too-few-bytes", held=held, wanted=round(wanted))


def check_codestreams(instance: Instance) -> None:
    """Raises DecodingError where a frame's compressed data is not of the size that the header says, or cannot be read."""
    check_held(instance)
    if instance.pixel_offset is not None or not instance.fragments:
        return
    fragments = instance.fragments
    one_each = _one_fragment_each(instance)
    try:
        with instance.path.open("rb") as file:
            for offset, length in fragments if one_each else fragments[:1]:
                file.seek(offset)
                held = length if one_each else sum(length for _, length in fragments)
                _check_header(instance, file.read(min(length, LONGEST_HEADER)), held)
    except OSError as error:
        raise DecodingError(instance.path.name, "no-access", system_reason(error)) from error


def check_codestream(instance: Instance, data: bytes) -> None:
    """As ``check_codestreams`` for a single frame's compressed data."""
    _check_header(instance, data[:LONGEST_HEADER], len(data))


def _check_header(instance: Instance, head: bytes, held: int) -> None:
    name, syntax = instance.path.name, instance.transfer_syntax_uid
    if syntax == RLE:
        _check_rle(instance, head, held)
        return
    if syntax not in JPEG and syntax not in JPEG_2000:
        return
    found = jpeg_header(head) if syntax in JPEG else jpeg_2000_header(head)
    if found is None or (head.startswith(JP2_SIGNATURE) and not _boxes_lead_to_codestream(head)):
        raise DecodingError(name, "no-codestream")
    stated = (instance.get("Columns"), instance.get("Rows"), instance.get("SamplesPerPixel"))
    if found[:3] != stated:
        said, own = (f"{columns} x {rows} x {samples}" for columns, rows, samples in (stated, found[:3]))
        raise DecodingError(name, "other-size", stated=said, found=own)
    if found.bits > instance.get("BitsAllocated"):
        raise DecodingError(name, "other-bits", found=found.bits, allocated=instance.get("BitsAllocated"))


def _check_rle(instance: Instance, head: bytes, held: int) -> None:
    """One segment a byte of a pixel, each where the one before ends or later (PS3.5 G.5)."""
    segments = instance.get("SamplesPerPixel") * instance.get("BitsAllocated") // 8
    if len(head) < 64:
        raise DecodingError(instance.path.name, "no-codestream")
    count, *offsets = struct.unpack("<16L", head[:64])
    starts = [*offsets[:count], held]
    in_order = all(64 <= one <= other for one, other in zip(starts, starts[1:]))
    if count != segments or not in_order or starts[0] != 64:
        raise DecodingError(instance.path.name, "no-codestream")


def _boxes_lead_to_codestream(data: bytes) -> bool:
    """Whether one box after the other ends at the codestream's (ISO 15444-1 I.4): a box without a length leads pydicom nowhere,
    for ever."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"jp2c":
            return True
        if length < 8:
            return False
        at += length
    return False


def jpeg_header(data: bytes) -> Optional[Codestream]:
    """Size, samples and bits of the frame header of JPEG or JPEG-LS data (ISO 10918-1 B.2.2, ISO 14495-1 C.2.2); None without."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        length = struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker in (0xD8, 0xD9, 0xDA) or length < 2:
            return None
        if (0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)) or marker == 0xF7:
            if length < 8 or at + 10 > len(data):
                return None
            bits, rows, columns, samples = struct.unpack(">BHHB", data[at + 4 : at + 10])
            return Codestream(columns, rows, samples, bits) if length == 8 + 3 * samples else None
        at += 2 + length
    return None


def jpeg_2000_header(data: bytes) -> Optional[Codestream]:
    """Size, samples and bits of the SIZ segment of JPEG 2000 data, in a JP2 file or without (ISO 15444-1 A.5.1); None without."""
    start = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if start < 0 or start + 42 > len(data):
        return None
    length, _, x, y, x0, y0, tile_x, tile_y, tile_x0, tile_y0, samples = struct.unpack(">HH8LH", data[start + 4 : start + 42])
    if length != 38 + 3 * samples or start + 4 + length > len(data) or not samples:
        return None
    if x <= x0 or y <= y0 or not tile_x or not tile_y or tile_x0 > x0 or tile_y0 > y0:
        return None
    if -(-(x - tile_x0) // tile_x) * -(-(y - tile_y0) // tile_y) > 65535:
        return None
    components = [data[start + 42 + 3 * number : start + 45 + 3 * number] for number in range(samples)]
    if any(0 in component[1:] for component in components):
        return None
    return Codestream(x - x0, y - y0, samples, max((component[0] & 0x7F) + 1 for component in components))
