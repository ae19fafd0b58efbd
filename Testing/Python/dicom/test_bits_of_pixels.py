"""In which bits of their words pixels lie, told from the pixels themselves."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.dicom.high_bit import contradicts, where_pixels_lie
from DICOMTutorialHelperLib.dicom.pixel_element import PixelElement

LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


def lie(tmp_path, words, stored_bits=12, high=15, signed=0, overlays=(), dtype="<u2", syntax=LITTLE, length=None):
    path = tmp_path / "words"
    content = np.array(words).astype(dtype).tobytes()
    path.write_bytes(b"12345" + content)
    pixels = PixelElement("PixelData", "OW", 5, len(content) if length is None else length)
    values = {
        "BitsAllocated": np.dtype(dtype).itemsize * 8,
        "BitsStored": stored_bits,
        "HighBit": high,
        "PixelRepresentation": signed,
    }
    return where_pixels_lie(path, pixels, values, syntax, set(overlays))


@pytest.mark.parametrize(
    ("words", "more", "where"),
    [
        ([1, 2, 4095], {}, "lower"),
        ([16, 32, 65520], {}, "upper"),
        ([5, 5, 5], {}, "lower"),
        ([4096, 4096], {}, "upper"),
        ([4095, 4095], {}, "lower"),
        ([4097, 4097], {}, "upper"),
        ([], {}, "lower"),
        ([4113, 8209, 65521], {}, "upper"),
        ([4096 + 1, 8192 + 2, 5], {}, ""),
        ([1, 2, 4096 + 16, 8192], {}, "lower"),
        ([1, 4096 + 2, 4096 + 16, 8192], {}, ""),
        ([0xFFFF, 0xFFFE, 1], {"signed": 1}, "lower"),
        ([0xFFFF, 0xFFFE, 1], {}, ""),
        ([0x10 | 1, 0x20, 0xFFF1], {"overlays": (0,)}, "upper"),
        ([1, 2, 4095], {"dtype": ">u2", "syntax": BIG}, "lower"),
        ([16, 32, 240], {"dtype": "<u1", "stored_bits": 4, "high": 7}, "upper"),
        ([1, 2, 0xFFFF], {"length": 4}, "lower"),
        ([1 << 20, 1 << 21, 3 << 20], {"dtype": "<u4", "stored_bits": 12, "high": 31}, "upper"),
    ],
)
def test_pixels_show_in_which_bits_they_lie(tmp_path, words, more, where):
    assert lie(tmp_path, words, **more) == where


def test_high_bit_contradicts_where_it_is_not_the_highest_stored_one():
    assert [contradicts({"BitsStored": 12, "HighBit": high}) for high in (10, 11, 15)] == [True, False, True]
    values = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 15, "PixelRepresentation": 0}
    assert where_pixels_lie(None, PixelElement("PixelData"), values, "x", set()) == "lower"
