"""How many bytes an image has and where the items of compressed ones begin, counted by hand."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.explore.image_bytes import (
    encapsulated,
    fragments_of,
    native_length,
    native_pixels,
    offset_table,
    table_fits,
)


def header(**values) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def image(rows=2, columns=3, bits=8, **values) -> Dataset:
    return header(Rows=rows, Columns=columns, BitsAllocated=bits, **values)


@pytest.mark.parametrize(
    ("dataset", "keyword", "length", "expected"),
    [
        (image(), "PixelData", 100, 6), (image(), "PixelData", 6, 6), (image(), "PixelData", 5, 5),
        (image(bits=16), "PixelData", 100, 12), (image(SamplesPerPixel=3), "PixelData", 100, 18),
        (image(3, 3, 1), "PixelData", 100, 2), (image(2, 4, 1), "PixelData", 100, 1), (image(5, 5, 1), "PixelData", 100, 4),
        (image(NumberOfFrames="4"), "PixelData", 100, 24), (image(3, 3, 1, NumberOfFrames="3"), "PixelData", 100, 4),
        (image(), "FloatPixelData", 100, 24), (image(), "DoubleFloatPixelData", 100, 48),
        (header(Rows=2, Columns=3), "FloatPixelData", 100, 24), (header(Rows=2, Columns=3), "PixelData", 100, None),
        (header(Columns=3, BitsAllocated=8), "PixelData", 100, None), (header(Rows=3, BitsAllocated=8), "PixelData", 100, None),
        (image(0), "PixelData", 100, None),
        # Two pixels of YBR_FULL_422 share their colours (PS3.3 C.7.6.3.1.2), in files that do as they say.
        (image(2, 4, SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422"), "PixelData", 16, 16),
        (image(2, 4, SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422"), "PixelData", 23, 16),
        (image(2, 4, SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422"), "PixelData", 24, 24),
        (image(2, 4, SamplesPerPixel=3, PhotometricInterpretation="RGB"), "PixelData", 23, 23),
        # NumberOfFrames that is there and no number: as many as there are.
        (image(NumberOfFrames=""), "PixelData", 13, 12), (image(NumberOfFrames=""), "PixelData", 5, 5),
        (image(NumberOfFrames=""), "PixelData", 18, 18),
    ],
)  # fmt: skip
def test_native_pixels_have_the_length_that_the_header_says(dataset, keyword, length, expected):
    assert native_length(dataset, keyword, length) == expected


@pytest.mark.parametrize(
    ("dataset", "data", "pixels"),
    [
        (image(), b"abcdef", b"abcdef"), (image(), b"abcdefg", b"abcdefg"), (image(), b"abcdefgh", b"abcdef"),
        (image(1, 3), b"abcd", b"abcd"), (image(1, 3), b"abcde", b"abc\0"), (image(), b"abc", b"abc"),
        (header(), b"abc", None),
    ],
)  # fmt: skip
def test_what_lies_behind_the_last_pixel_is_cut_off_but_for_the_padding(dataset, data, pixels):
    assert native_pixels(dataset, "PixelData", data) == pixels


ITEM = b"\xfe\xff\x00\xe0"


def item(data: bytes, length=None) -> bytes:
    return ITEM + struct.pack("<L", len(data) if length is None else length) + data


@pytest.mark.parametrize(
    ("data", "items"),
    [
        (b"", []), (item(b""), [b""]), (item(b"") + item(b"abcd"), [b"", b"abcd"]),
        (item(b"ab") + b"between" + item(b"cd"), [b"ab"]), (item(b"ab") + b"\xfe\xff\xdd\xe0\0\0\0\0", [b"ab"]),
        (item(b"ab") + item(b"cd", 3), [b"ab"]), (item(b"ab") + item(b"cd", 2) + b"x", [b"ab", b"cd"]),
        (item(b"ab") + item(b"cd", 0xFFFFFFFF), [b"ab"]), (item(b"ab") + ITEM + b"\x01", [b"ab"]), (b"not an item", []),
        (item(b"ab") + ITEM, [b"ab"]),
    ],
)  # fmt: skip
def test_items_of_compressed_pixels_are_found(data, items):
    assert fragments_of(data) == items


def test_items_are_written_as_the_standard_has_them():
    assert encapsulated([b"", b"abcd"]) == b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x04\x00\x00\x00abcd"


class OfLength:
    def __init__(self, length: int):
        self.length = length

    def __len__(self) -> int:
        return self.length


def test_offsets_are_counted_from_the_first_item_and_fit_in_four_bytes():
    assert offset_table([b"abcd", b"xy", b""]) == struct.pack("<3L", 0, 12, 22)
    assert offset_table([OfLength(2**32 - 9)]) == struct.pack("<L", 0)
    assert offset_table([OfLength(2**32 - 8)]) == b""


@pytest.mark.parametrize(
    ("dataset", "keyword", "fitting"),
    [
        (header(RedPaletteColorLookupTableDescriptor=[256, 0, 8]), "RedPaletteColorLookupTableData", {256, 512}),
        (header(RedPaletteColorLookupTableDescriptor=[255, 0, 8]), "RedPaletteColorLookupTableData", {255, 256, 510}),
        (header(RedPaletteColorLookupTableDescriptor=[0, 0, 16]), "RedPaletteColorLookupTableData", {65536, 131072}),
        (header(RedPaletteColorLookupTableDescriptor=[256, 0, 8]), "GreenPaletteColorLookupTableData", set()),
        (header(LUTDescriptor=[4, 0, 16]), "LUTData", {4, 8}), (header(), "LUTData", set()),
        (header(WaveformBitsAllocated=16, NumberOfWaveformChannels=2, NumberOfWaveformSamples=5), "WaveformData", {20, 21}),
        (header(WaveformBitsAllocated=8, NumberOfWaveformChannels=3, NumberOfWaveformSamples=5), "WaveformData", {15, 16}),
        (header(WaveformBitsAllocated=16, NumberOfWaveformChannels=2), "WaveformData", set()),
        (header(NumberOfFrames="3"), "ExtendedOffsetTable", {24}), (header(), "ExtendedOffsetTable", {8}),
        (header(NumberOfFrames="2"), "ExtendedOffsetTableLengths", {16}),
    ],
)  # fmt: skip
def test_tables_are_as_long_as_what_describes_them_says(dataset, keyword, fitting):
    lengths = {0, 3, 4, 5, 7, 8, 9, 14, 15, 16, 17, 19, 20, 21, 22, 24, 255, 256, 257, 510, 511, 512, 65536, 65537, 131072}
    assert {length for length in lengths if table_fits(dataset, keyword, length)} == fitting


@pytest.mark.parametrize("keyword", ["SegmentedRedPaletteColorLookupTableData", "SpectroscopyData"])
def test_what_nothing_describes_fits(keyword):
    assert table_fits(header(), keyword, 5)
