"""Pixels as bytes of a file: every way of storing them, on an image of a few pixels."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.dicom.native_pixels import native_type, native_values
from DICOMTutorialHelperLib.dicom.pixel_file import PixelFile

LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


def values_of(instance, number=0):
    file = PixelFile(instance)
    try:
        return native_values(file, instance.frames[number])
    finally:
        file.close()


RAMP = np.arange(12).reshape(3, 4)


WIDE = {"BitsStored": 16, "HighBit": 15}


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        ("u1", {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}),
        ("i1", {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 1}),
        ("u2", WIDE),
        ("i2", {**WIDE, "PixelRepresentation": 1}),
        ("u4", {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}),
        ("i4", {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31, "PixelRepresentation": 1}),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_whole_numbers_lie_in_the_byte_order_of_their_file(stored, dtype, values, order):
    made = (RAMP * 9 - (50 if dtype[0] == "i" else 0)).astype(f"{order}{dtype}")
    instance = stored(made.tobytes(), syntax=BIG if order == ">" else LITTLE, vr="OB", **values)
    assert native_type(instance) == np.dtype(dtype)
    assert values_of(instance).tolist() == made.tolist()


@pytest.mark.parametrize(("keyword", "dtype"), [("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")])
def test_floats_have_the_type_of_their_element(stored, keyword, dtype):
    made = (RAMP / 7).astype(f"<{dtype}")
    instance = stored(made.tobytes(), keyword=keyword, BitsAllocated=int(dtype[1]) * 8)
    assert native_type(instance) == np.dtype(dtype)
    assert np.array_equal(values_of(instance), made)
    short = stored(made.tobytes()[: 4 * made.itemsize], keyword=keyword, BitsAllocated=int(dtype[1]) * 8, PixelPaddingValue=-7)
    assert values_of(short).ravel()[4:].tolist() == [-7.0] * 8


@pytest.mark.parametrize(
    ("bits", "high", "signed", "word", "expected"),
    [
        (12, 11, 0, 0xF123, 0x123),
        (12, 11, 1, 0xF7FF, 0x7FF),
        (12, 11, 1, 0x0800, -2048),
        (12, 15, 0, 0x123F, 0x123),
        (12, 15, 1, 0xFFFF, -1),
        (12, 13, 0, 0xC48F, 0x123),
        (16, 15, 0, 0xFFFF, 0xFFFF),
        (1, 0, 0, 0xFFFE, 0),
        (10, 9, 1, 0x0200, -512),
    ],
)
def test_only_the_stored_bits_count(stored, bits, high, signed, word, expected):
    instance = stored(np.full(12, word, "<u2").tobytes(), BitsStored=bits, HighBit=high, PixelRepresentation=signed)
    assert set(values_of(instance).ravel().tolist()) == {expected}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_frames_lie_one_behind_the_other(stored, number):
    made = np.arange(36, dtype="<u2")
    assert values_of(stored(made.tobytes(), 3, **WIDE), number).ravel().tolist() == list(range(12 * number, 12 * number + 12))


@pytest.mark.parametrize(
    ("kept", "frame", "there"), [(24, 0, 12), (24, 1, 0), (30, 1, 3), (31, 1, 3), (48, 1, 12), (0, 0, 0), (1, 0, 0)]
)
def test_what_a_file_lacks_is_padding(stored, kept, frame, there):
    made = np.arange(1, 25, dtype="<u2")
    instance = stored(made.tobytes()[:kept], 2, length=48, PixelPaddingValue=77, **WIDE)
    expected = list(range(12 * frame + 1, 12 * frame + 1 + there)) + [77] * (12 - there)
    assert values_of(instance, frame).ravel().tolist() == expected


def test_bytes_behind_the_element_are_no_pixels(stored):
    instance = stored(np.arange(1, 13, dtype="<u2").tobytes(), length=10, **WIDE)
    assert values_of(instance).ravel().tolist() == [1, 2, 3, 4, 5] + [0] * 7


@pytest.mark.parametrize(
    ("length", "expected"), [(24, [6, 7, 10, 11]), (20, [6, 7, 10, 0]), (18, [6, 7, 0, 0]), (12, [6, 0, 0, 0])]
)
def test_bytes_behind_the_element_are_no_pixels_of_a_tile_either(stored, length, expected):
    """The tile of the last two rows and the middle two columns of 3 x 4 pixels, which count from 1."""
    instance = stored(np.arange(1, 13, dtype="<u2").tobytes(), length=length, window=((1, 1), (2, 2)), **WIDE)
    assert values_of(instance).ravel().tolist() == expected


@pytest.mark.parametrize(
    ("padding", "signed", "held"), [(-5, 0, 0), (70_000, 0, 65535), (-40_000, 1, -32768), (40_000, 1, 32767), (9, 1, 9)]
)
def test_padding_is_as_near_as_the_type_has_it(stored, padding, signed, held):
    instance = stored(b"", length=24, PixelPaddingValue=padding, PixelRepresentation=signed, **WIDE)
    assert set(values_of(instance).ravel().tolist()) == {held}


COLOUR = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_lie_pixel_by_pixel_or_plane_by_plane(stored, planar):
    made = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    content = np.moveaxis(made, -1, 0).tobytes() if planar else made.tobytes()
    assert values_of(stored(content, PlanarConfiguration=planar, **COLOUR)).tolist() == made.tolist()


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("kept", [28, 27, 14, 13, 11, 10])
def test_bytes_in_big_endian_words_are_swapped_also_from_the_middle_of_one(stored, number, kept):
    """Three frames of 3 x 3 bytes in 14 words: the second begins in the middle of one (PS3.5 7.3)."""
    made = np.arange(1, 29, dtype=np.uint8)
    swapped = made.reshape(-1, 2)[:, ::-1].tobytes()[:kept]
    values = {"Rows": 3, "Columns": 3, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    instance = stored(swapped, 3, syntax=BIG, length=28, **values)
    whole = made[: kept // 2 * 2]
    expected = (list(whole[9 * number : 9 * number + 9]) + [0] * 9)[:9]
    assert values_of(instance, number).ravel().tolist() == expected


@pytest.mark.parametrize(
    ("kept", "there"), [(96, 6), (2 * 46, 6), (2 * 45, 5), (2 * 38, 4), (2 * 37, 3), (2 * 30, 2), (2 * 20, 0)]
)
def test_a_tile_is_cut_out_of_its_image(stored, kept, there):
    """Rows 2 to 4 and columns 4 and 5 of an image of 6 x 8: pixels 20, 21, 28, 29, 36 and 37."""
    made = np.arange(48, dtype="<u2")
    values = {"Rows": 6, "Columns": 8, **WIDE}
    instance = stored(made.tobytes()[:kept], length=96, window=((2, 4), (3, 2)), PixelPaddingValue=99, **values)
    places = [20, 21, 28, 29, 36, 37]
    there = sum(place < kept // 2 for place in places)
    assert values_of(instance).ravel().tolist() == places[:there] + [99] * (6 - there)
