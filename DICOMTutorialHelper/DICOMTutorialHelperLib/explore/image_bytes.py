"""The bytes of an image and nothing behind them: a length that lies takes in what follows, a codestream carries comments."""

from __future__ import annotations

import struct
from typing import Optional

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore.datasets import text_of

ITEM = b"\xfe\xff\x00\xe0"
_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}


def native_length(dataset: Dataset, keyword: str, length: int) -> Optional[int]:
    """How many of ``length`` bytes are pixels by Rows, Columns, samples, bits and frames; None where these are not known.

    Where NumberOfFrames is no number, as many whole frames as there are.
    """
    rows, columns, samples = (_whole(dataset, name) for name in ("Rows", "Columns", "SamplesPerPixel"))
    bits = _BITS.get(keyword) or _whole(dataset, "BitsAllocated")
    if not rows or not columns or not bits:
        return None
    frame_bits = rows * columns * (samples or 1) * bits
    if text_of(dataset, "PhotometricInterpretation") == "YBR_FULL_422":
        frame_bits = frame_bits * 2 // 3 if length * 8 < frame_bits else frame_bits
    frames = _whole(dataset, "NumberOfFrames")
    if not frames:
        frames = max(length * 8 // frame_bits, 1) if "NumberOfFrames" in dataset else 1
    expected = (frame_bits * frames + 7) // 8
    return min(expected, length)


def native_pixels(dataset: Dataset, keyword: str, data: bytes) -> Optional[bytes]:
    """The pixels with the padding to an even length; None where nothing says how many they are."""
    expected = native_length(dataset, keyword, len(data))
    if expected is None:
        return None
    if len(data) - expected <= 1:
        return data  # one byte of padding, which lies before the last pixel in big endian words
    return data[:expected] + b"\0" * (expected % 2)


def fragments_of(data: bytes) -> list[bytes]:
    """The items of compressed pixels (PS3.5 Annex A.4), the offset table first; what lies between or behind them is left out."""
    position, items = 0, []
    while data[position : position + 4] == ITEM:
        (length,) = struct.unpack_from("<L", data.ljust(position + 8, b"\0"), position + 4)
        if length == 0xFFFFFFFF or position + 8 + length > len(data):
            break
        items.append(data[position + 8 : position + 8 + length])
        position += 8 + length
    return items


def encapsulated(items: list[bytes]) -> bytes:
    """Items as they stand in the element, without the delimiter."""
    return b"".join(ITEM + struct.pack("<L", len(item)) + item for item in items)


def offset_table(fragments: list[bytes]) -> bytes:
    """Where each fragment's item begins, counted from the first (PS3.5 A.4); right where every fragment is a frame."""
    offsets, at = [], 0
    for fragment in fragments:
        offsets.append(at)
        at += 8 + len(fragment)
    return struct.pack(f"<{len(offsets)}L", *offsets) if at < 1 << 32 else b""


def table_fits(dataset: Dataset, keyword: str, length: int) -> bool:
    """Whether a lookup table, or the samples of a waveform, are as long as the elements beside them say (PS3.3 C.7.9, C.11.1).

    True for binaries that nothing describes.
    """
    if keyword.endswith("PaletteColorLookupTableData") and not keyword.startswith("Segmented"):
        return length in _table_lengths(dataset, keyword.replace("Data", "Descriptor"))
    if keyword == "LUTData":
        return length in _table_lengths(dataset, "LUTDescriptor")
    if keyword == "WaveformData":
        bits, channels, samples = (
            _whole(dataset, name) for name in ("WaveformBitsAllocated", "NumberOfWaveformChannels", "NumberOfWaveformSamples")
        )
        expected = bits * channels * samples // 8
        return bool(expected) and length in (expected, expected + 1)
    if keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        return length == 8 * max(_whole(dataset, "NumberOfFrames"), 1)
    return True


def _table_lengths(dataset: Dataset, descriptor: str) -> tuple[int, ...]:
    parts = text_of(dataset, descriptor).split("\\")
    if len(parts) != 3 or not parts[0].lstrip("-").isdigit():
        return ()
    entries = int(parts[0]) % 65536 or 65536
    return (entries, entries + entries % 2, 2 * entries)


def _whole(dataset: Dataset, keyword: str) -> int:
    text = text_of(dataset, keyword)
    return int(text) if text.isascii() and text.isdigit() else 0
