"""The elements that say how pixels are stored (PS3.3 C.7.6.3), held against each other and against the pixels that the file has.

What is missing or contradicts is settled where the rest of the file proves it, or by what readers take, and always said; where
pixels could be anything, the file is refused.
"""

from __future__ import annotations

from typing import Any, Callable

from DICOMTutorialHelperLib.dicom.high_bit import LOWER, UPPER
from DICOMTutorialHelperLib.dicom.pixel_element import PixelElement
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, plain_text

FLOAT_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}
COLOUR_SPACES_AS_THEY_ARE = {"RGB", "MONOCHROME1", "MONOCHROME2"}
COLOUR = ("RGB", "YBR", "ARGB", "CMYK", "HSV")


class NoImage(Exception):
    """The element without which a file's pixels could be anything. ``reason``: "contradiction" of two."""

    def __init__(self, keyword: str, value: str = "", reason: str = "") -> None:
        super().__init__(keyword)
        self.keyword = keyword
        self.value = value
        self.reason = reason


class PixelDescription:
    """Settles ``values`` in place, and notes in ``refused`` what it had to take instead of what the header says."""

    def __init__(self, values: dict[str, Any], refused: list[RefusedValue]) -> None:
        self.values = values
        self.refused = refused

    def settle(self, pixels: PixelElement) -> None:
        """Raises NoImage where rows, columns, samples or bits cannot be told."""
        values = self.values
        for keyword in ("Rows", "Columns"):
            if keyword not in values:
                raise self._no_image(keyword)
        self._settle_samples()
        if pixels.keyword in FLOAT_BITS:
            values["BitsAllocated"] = FLOAT_BITS[pixels.keyword]
        elif "BitsAllocated" not in values:
            self._settle_bits_allocated(pixels)
        self._settle_bits()
        self._settle_modality_values()

    def _settle_samples(self) -> None:
        values = self.values
        colours = values.get("PhotometricInterpretation")
        if "SamplesPerPixel" not in values:
            if not isinstance(colours, str):
                raise self._no_image("SamplesPerPixel")
            self._assume("SamplesPerPixel", 3 if colours.startswith(COLOUR) else 1)
        samples = values["SamplesPerPixel"]
        if not isinstance(colours, str):
            self._assume("PhotometricInterpretation", "RGB" if samples == 3 else "MONOCHROME2")
        elif colours.startswith(COLOUR) != (samples == 3):
            raise NoImage("PhotometricInterpretation", f"{colours}, SamplesPerPixel {samples}")
        if samples == 3 and "PlanarConfiguration" not in values:
            self._assume("PlanarConfiguration", 0)

    def _settle_bits_allocated(self, pixels: PixelElement) -> None:
        """The one size of a pixel with which the pixels fill their element exactly, where the file is not compressed."""
        count = self.values["Rows"] * self.values["Columns"] * self.values["SamplesPerPixel"]
        count *= self.values.get("NumberOfFrames", 1)
        for size in (1, 2, 4):
            if pixels.length in (count * size, count * size + 1):
                self._assume("BitsAllocated", size * 8)
                return
        raise self._no_image("BitsAllocated")

    def _settle_bits(self) -> None:
        values = self.values
        allocated = values["BitsAllocated"]
        stored = values.get("BitsStored")
        if stored is None or stored > allocated:
            self._assume("BitsStored", allocated)
        high = values.get("HighBit")
        if high is None or not values["BitsStored"] - 1 <= high < allocated:
            self._assume("HighBit", values["BitsStored"] - 1)
        if "PixelRepresentation" not in values:
            self._assume("PixelRepresentation", 0)
        padding = values.get("PixelPaddingValue")
        if padding is not None:
            # US or SS as the pixels are: some files, and some readers' guesses, have the other one (PS3.3 C.7.5.1.1.2).
            signed = values["PixelRepresentation"] == 1
            if signed and 1 << 15 <= padding < 1 << 16:
                padding -= 1 << 16
            elif not signed and -(1 << 15) <= padding < 0:
                padding += 1 << 16
            low, high = stored_range(values)
            if low <= padding <= high:
                values["PixelPaddingValue"] = padding
            else:
                self._drop("PixelPaddingValue", "out-of-range")

    def settle_high_bit(self, where: str) -> None:
        """Take what the pixels show (``high_bit``) of a HighBit that is not BitsStored - 1. Raises NoImage for UNKNOWN."""
        values = self.values
        said = f"HighBit {values['HighBit']}, BitsStored {values['BitsStored']}"
        as_they_are = values["PhotometricInterpretation"] in COLOUR_SPACES_AS_THEY_ARE
        if where == LOWER:
            values["HighBit"] = values["BitsStored"] - 1
        elif where != UPPER or not as_they_are:
            raise NoImage("HighBit", said, "contradiction")
        self.refused.append(RefusedValue("HighBit", said, str(values["HighBit"]), f"high-bit-{where}"))

    def _settle_modality_values(self) -> None:
        """Rescaling is for grey values, and PS3.3 C.11.1 knows no intercept without a slope: no reader applies it."""
        values = self.values
        slope, intercept = values.get("RescaleSlope"), values.get("RescaleIntercept", 0.0)
        if is_colour(values.get):
            for keyword, neutral in (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0)):
                if values.get(keyword, neutral) != neutral:
                    self._drop(keyword, "colour")
        elif slope is None and intercept:
            self._drop("RescaleIntercept", "alone")

    def _assume(self, keyword: str, value: object) -> None:
        found = [entry for entry in self.refused if entry.keyword == keyword]
        for entry in found:
            self.refused.remove(entry)
        said = found[0].value if found else plain_text(self.values[keyword]) if keyword in self.values else ""
        self.refused.append(RefusedValue(keyword, said, str(value), found[0].reason if found else ""))
        self.values[keyword] = value

    def _drop(self, keyword: str, reason: str) -> None:
        self.refused.append(RefusedValue(keyword, plain_text(self.values.pop(keyword)), reason=reason))

    def _no_image(self, keyword: str) -> NoImage:
        return NoImage(keyword, next((entry.value for entry in self.refused if entry.keyword == keyword), ""))


def is_colour(get: Callable[[str], Any]) -> bool:
    """Whether pixels are vectors: several samples, or one that is an index into a palette. ``get`` is a frame's or a dict's."""
    return get("SamplesPerPixel") == 3 or get("PhotometricInterpretation") == "PALETTE COLOR"


def stored_range(values: dict[str, Any]) -> tuple[int, int]:
    """The smallest and the largest whole number that the stored bits can hold."""
    bits = values["BitsStored"]
    if values["PixelRepresentation"] == 1:
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return 0, (1 << bits) - 1


def frame_bytes(values: dict[str, Any]) -> float:
    """How many bytes a frame takes where it lies uncompressed; a fraction where pixels are single bits (PS3.5 8.1.1)."""
    size = values["Rows"] * values["Columns"] * values["SamplesPerPixel"] * values["BitsAllocated"] / 8
    return size * 2 / 3 if values["PhotometricInterpretation"] == "YBR_FULL_422" else size


# Deflated data cannot hold more than so many times its own bytes (RFC 1951: 258 bytes from two bits).
MOST_INFLATED = 1032


def count_frames(values: dict[str, Any], groups: int, pixels: PixelElement, file_size: int, refused: list[RefusedValue]) -> int:
    """How many frames an instance has: what it states, held against its functional groups and the pixels it has.

    ``groups`` are the items of the per-frame functional groups. A number that the file cannot hold ends where its pixels end,
    unless the groups place the others.
    """
    stated = values.get("NumberOfFrames")
    held = None
    if pixels.offset is not None:
        held = -(-present_bytes(pixels, file_size) // frame_bytes(values))
    elif not pixels.fragments:
        held = max(1, file_size * MOST_INFLATED // frame_bytes(values))
    elif len(pixels.fragments) < (stated or 1):
        held = len(pixels.fragments)
    if stated is None:
        was_refused = any(entry.keyword == "NumberOfFrames" for entry in refused)
        count = groups or (int(held or 1) if was_refused and pixels.offset is not None else 1)
        if count > 1 or was_refused:
            PixelDescription(values, refused)._assume("NumberOfFrames", count)
        return count
    if groups and stated != groups and (held is None or held >= groups):
        PixelDescription(values, refused)._assume("NumberOfFrames", groups)
        return groups
    return max(groups, stated if held is None else min(stated, max(1, int(held))))


def present_bytes(pixels: PixelElement, file_size: int) -> int:
    """How many bytes of native pixels a file has."""
    return max(0, min(pixels.length or 0, file_size - (pixels.offset or 0)))
