"""What the value of an element may be: how many, of what kind, in what range. The one door that every header value passes.

Rules of the dictionary (PS3.6) hold for all; the table adds the range of what geometry and pixels rest on, wider than any scanner
has it and narrow enough that nothing computed from it overflows.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Callable, NamedTuple, Optional

from pydicom.datadict import dictionary_VM, dictionary_VR, tag_for_keyword

from DICOMTutorialHelperLib.dicom.plain_values import NUMBER_VRS

INTEGER_VRS = {"IS", "US", "SS", "UL", "SL", "UV", "SV"}
MANY = 1 << 30
# No measured quantity is larger, and its square and its product with any other still is a number.
LARGEST = 1e30
LONGEST_SHOWN = 32


class RefusedValue(NamedTuple):
    """A value that is not used: the element, its value as plain text ("" for none), what is taken instead ("" for nothing).

    ``reason`` is "" for one that its rule does not allow, else the variant of the finding's texts that says why.
    """

    keyword: str
    value: str
    assumed: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ValueRule:
    """``least`` to ``most`` values, numbers (whole ones) from ``low`` to ``high`` or texts; ``also`` says more of the whole."""

    number: bool
    whole: bool = False
    least: int = 1
    most: int = 1
    low: float = -LARGEST
    high: float = LARGEST
    also: Optional[Callable[[Any], bool]] = None

    def apply(self, value: object) -> Any:
        """The value as the rule wants it; None where it is not allowed."""
        if not isinstance(value, tuple):
            return self._apply_to_one(value)
        if not self.number:
            texts = [NO_TEXT.sub(" ", item).strip() if isinstance(item, str) else f"{item:g}" for item in value]
            return texts[0] if len(texts) == 1 else tuple(texts) if self.most > 1 else "\\".join(texts)
        numbers = tuple(map(self._number, value))
        if None in numbers:
            return None
        if self.most == 1 and len(set(numbers)) == 1:
            numbers = numbers[:1]  # said twice, but the same
        if not self.least <= len(numbers) <= self.most:
            return None
        plain = numbers[0] if len(numbers) == 1 else numbers
        return plain if self.also is None or self.also(plain) else None

    def _apply_to_one(self, value: Any) -> Any:
        """The same of a value that stands alone, as most do."""
        if not self.number:
            return NO_TEXT.sub(" ", value).strip() if isinstance(value, str) else f"{value:g}"
        plain = self._number(value)
        if plain is None or self.least > 1:
            return None
        return plain if self.also is None or self.also(plain) else None

    def _number(self, item: Any) -> Any:
        if isinstance(item, str):
            if not NUMBER_TEXT.fullmatch(item):
                return None
            item = float(item)
        if not self.low <= item <= self.high or (self.whole and item != int(item)):  # nor is NaN in any range
            return None
        return int(item) if self.whole else item


# What no element may hold as text (PS3.5 6.1.3), no XML file can, and what a terminal would obey.
NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
NUMBER_TEXT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def _one_of(*allowed: int) -> Callable[[int], bool]:
    return lambda value: value in allowed


def _is_orientation(values: tuple[float, ...]) -> bool:
    """Two directions of length one at right angles (PS3.3 C.7.6.2.1.1), within what rounding does."""
    row, column = values[:3], values[3:]
    lengths = [math.sqrt(sum(part * part for part in direction)) for direction in (row, column)]
    across = sum(a * b for a, b in zip(row, column))
    return all(abs(length - 1) <= 0.05 for length in lengths) and abs(across) <= 0.05


def _whole(low: float, high: float, also: Optional[Callable[[int], bool]] = None) -> ValueRule:
    return ValueRule(True, True, low=low, high=high, also=also)


def _length_mm(count: int, low: float, high: float) -> ValueRule:
    return ValueRule(True, False, count, count, low, high)


SPACING = _length_mm(2, 1e-4, 1e4)
RULES = {
    "Rows": _whole(1, 65535),
    "Columns": _whole(1, 65535),
    "SamplesPerPixel": _whole(1, 3, _one_of(1, 3)),
    "PlanarConfiguration": _whole(0, 1),
    "BitsAllocated": _whole(1, 64, _one_of(1, 8, 16, 32, 64)),
    "BitsStored": _whole(1, 64),
    "HighBit": _whole(0, 63),
    "PixelRepresentation": _whole(0, 1),
    "PixelPaddingValue": _whole(-(1 << 31), (1 << 32) - 1),
    "NumberOfFrames": _whole(1, (1 << 31) - 1),
    # Within the range of float32, times any stored value of 32 bits.
    "RescaleSlope": ValueRule(True, low=-1e25, high=1e25, also=lambda slope: abs(slope) >= 1e-30),
    "RescaleIntercept": ValueRule(True, low=-1e25, high=1e25),
    "ImagePositionPatient": _length_mm(3, -1e6, 1e6),
    "ImageOrientationPatient": ValueRule(True, False, 6, 6, -1.05, 1.05, _is_orientation),
    "PixelSpacing": SPACING,
    "ImagerPixelSpacing": SPACING,
    "NominalScannedPixelSpacing": SPACING,
    "SpacingBetweenSlices": _length_mm(1, -1e4, 1e4),
    "SliceThickness": _length_mm(1, 0, 1e4),
    "SliceLocation": _length_mm(1, -1e6, 1e6),
    "GantryDetectorTilt": ValueRule(True, low=-90, high=90),
    "PixelAspectRatio": ValueRule(True, True, 2, 2, 1, 1 << 31),
    "PhysicalDeltaX": ValueRule(True, low=-1e3, high=1e3, also=lambda delta: abs(delta) >= 1e-5),
    "PhysicalDeltaY": ValueRule(True, low=-1e3, high=1e3, also=lambda delta: abs(delta) >= 1e-5),
    "DiffusionBValue": ValueRule(True, low=0),
    "DiffusionGradientOrientation": ValueRule(True, False, 3, 3, -2, 2),
}

# A refused value of these changes what is seen, or where: a warning. Of the others it is good to know.
GRAVE = {
    *("Rows", "Columns", "SamplesPerPixel", "PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit"),
    *("PixelRepresentation", "NumberOfFrames", "RescaleSlope", "RescaleIntercept", "ImagePositionPatient"),
    *("ImageOrientationPatient", "PixelSpacing", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *("ModalityLUTSequence", "PhotometricInterpretation", "PixelData", "FloatPixelData", "DoubleFloatPixelData"),
}


@lru_cache(maxsize=4096)
def rule_for(keyword: str, vr: str = "") -> ValueRule:
    """The rule of a keyword; of elements that the dictionary does not know (private ones) what their VR says."""
    if keyword in RULES:
        return RULES[keyword]
    tag = tag_for_keyword(keyword)
    least, most = (1, MANY) if tag is None else _multiplicity(dictionary_VM(tag))
    vr = (vr if tag is None else dictionary_VR(tag)).split(" ")[0]  # "US or SS" is a number, too
    return ValueRule(vr in NUMBER_VRS, vr in INTEGER_VRS, least, most)


# What is taken where a value is refused: the picture as it is stored (GDCM and dcm2niix do so, too).
NEUTRAL = {"RescaleSlope": 1.0, "RescaleIntercept": 0.0}


def checked_value(keyword: str, value: object, shown: str = "", vr: str = "") -> tuple[Any, Optional[RefusedValue]]:
    """The value of an element as its rule allows it (None: not at all), and the refusal where it does not.

    ``value`` None is a value that could not even be read, and ``shown`` what can be said of it.
    """
    plain = None if value is None else rule_for(keyword, vr).apply(value)
    if plain is not None:
        return plain, None
    neutral = NEUTRAL.get(keyword)
    assumed = "" if neutral is None else f"{neutral:g}"
    shown = shown or ("" if value is None else plain_text(value))
    return neutral, RefusedValue(keyword, shown, assumed, "" if shown else "unreadable")


def _multiplicity(vm: str) -> tuple[int, int]:
    """Least and most of a value multiplicity: "1", "3", "1-n", "2-2n" (PS3.6)."""
    least, _, most = vm.partition("-")
    return int(least), MANY if most.endswith("n") else int(most or least)


def plain_text(value: object, longest: int = LONGEST_SHOWN) -> str:
    """A value of any kind as a short text without control characters, to show to a person."""
    if isinstance(value, bytes):
        value = value.rstrip(b"\0 ").decode("latin-1")
    items = value if isinstance(value, tuple) else (value,)
    text = "\\".join(f"{item:g}" if isinstance(item, float) else str(item) for item in items)
    shown = "".join(character if character.isprintable() else "·" for character in text).strip()
    return shown if len(shown) <= longest else f"{shown[:longest]}…"
