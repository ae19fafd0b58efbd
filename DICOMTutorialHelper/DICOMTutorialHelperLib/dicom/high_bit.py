"""Where in their words pixels lie whose HighBit is not BitsStored - 1.

Today's standard has them in the lowest bits (PS3.5 8.1.1), which pydicom, GDCM and dcm2niix take for granted; older editions let
HighBit say where they lie, and DCMTK follows it. Both kinds of files exist, so the pixels themselves are asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from DICOMTutorialHelperLib.dicom.pixel_element import BIG_ENDIAN, PixelElement

LOWER, UPPER, UNKNOWN = "lower", "upper", ""
MOST_BYTES = 32 << 20
# Some values lie outside of the stored bits on purpose, such as the padding round a reconstructed circle (a fifth of a square).
LEAST_WITHIN = 0.5


def contradicts(values: dict[str, Any]) -> bool:
    """Whether a settled description has the pixels elsewhere than in the lowest bits."""
    return values["HighBit"] != values["BitsStored"] - 1


def where_pixels_lie(path: Path, pixels: PixelElement, values: dict[str, Any], syntax: str, overlay_bits: set[int]) -> str:
    """LOWER, UPPER, or UNKNOWN where the pixels fit neither; raises OSError.

    ``overlay_bits`` are those that overlays of old occupy in the same words ((60xx,0102), PS3.3 C.9.2.1.1 until 2004).
    Compressed pixels are numbers, not words: no decoder looks at HighBit.
    """
    if pixels.offset is None or pixels.length is None:
        return LOWER
    size = values["BitsAllocated"] // 8
    with path.open("rb") as file:
        file.seek(pixels.offset)
        data = file.read(min(pixels.length, MOST_BYTES))
    words = np.frombuffer(data, f"{'>' if syntax == BIG_ENDIAN else '<'}u{size}", len(data) // size)
    stored, below = values["BitsStored"], values["HighBit"] + 1 - values["BitsStored"]
    if not len(words) or words.min() == words.max() < 1 << stored:
        return LOWER
    unused = words & words.dtype.type(sum(1 << bit for bit in range(below) if bit not in overlay_bits))
    if not np.any(unused):
        return UPPER
    above = words >> words.dtype.type(stored)
    within = above == 0
    if values["PixelRepresentation"] == 1:
        negative = (words >> words.dtype.type(stored - 1)) & words.dtype.type(1) == 1
        within |= negative & (above == (1 << (size * 8 - stored)) - 1)
    if np.mean(within) >= LEAST_WITHIN:
        return LOWER
    # Bits that are the same in every pixel are no part of the image.
    return UPPER if unused.min() == unused.max() else UNKNOWN
