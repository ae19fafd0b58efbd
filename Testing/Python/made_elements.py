"""Elements as bytes and as data sets, small enough to be read off the page: for tests of what reads them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence


def made_item(**values: Any) -> Dataset:
    """A data set of these values; of keywords that end in Sequence (or Regions) they are its items."""
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, Sequence(value) if keyword.endswith(("Sequence", "Regions")) else value)
    return made


def made_private(creator: str, group: int, number: int, vr: str, value: Any, block: int = 0x10) -> Dataset:
    """A private element in the block that its creator reserves (PS3.5 7.8.1), alone in a data set."""
    made = Dataset()
    made.add_new((group, block), "LO", creator)
    made.add_new((group, block << 8 | number), vr, list(value) if isinstance(value, tuple) else value)
    return made


def explicit(tag: int, vr: str, value: bytes) -> bytes:
    """An element in explicit VR little endian (PS3.5 7.1.2)."""
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    return head + (struct.pack("<HI", 0, len(value)) if vr in {"OB", "OW", "SQ"} else struct.pack("<H", len(value))) + value


def implicit(tag: int, _vr: str, value: bytes) -> bytes:
    """An element in implicit VR little endian (PS3.5 7.1.3)."""
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value


def file_of(path: Path, syntax: str, elements: bytes, maker: bytes = b"1.2") -> Path:
    """Writes a file of these elements with its meta information (PS3.10 7.1)."""
    maker += b"\0" * (len(maker) % 2)
    syntax_uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    meta = explicit(0x00020010, "UI", syntax_uid) + explicit(0x00020012, "UI", maker)
    path.write_bytes(b"\0" * 128 + b"DICM" + explicit(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + elements)
    return path


def rescale_groups(*pairs: tuple[float, float]) -> list[Dataset]:
    """A frame's functional groups for each slope and intercept (PS3.3 C.7.6.16.2.9)."""
    items = [made_item(RescaleSlope=slope, RescaleIntercept=intercept) for slope, intercept in pairs]
    return [made_item(PixelValueTransformationSequence=[item]) for item in items]
