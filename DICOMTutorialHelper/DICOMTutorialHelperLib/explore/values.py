"""Element values as a person reads them: UIDs with their names, dates as dates, long binaries as their length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydicom.datadict import dictionary_description, keyword_for_tag, private_dictionary_description
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID

from DICOMTutorialHelperLib.explore.datasets import bytes_of, text_of, text_of_tag
from DICOMTutorialHelperLib.messages import FIRST_GROUPED

MOST_VALUES = 16
MOST_BYTES = 12
MOST_MEANINGS = 4

_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_TIME = re.compile(r"(\d{2})(\d{2})?(\d{2})?(\.\d+)?$")
_DATETIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\.\d+)?([+-]\d{4})?$")
_AGE = re.compile(r"(\d{3})([DWMY])$")


def element_name(dataset: Dataset, tag: BaseTag) -> str:
    """The dictionary's name; for private elements the creator's own where pydicom knows it, else the creator in brackets."""
    try:
        return dictionary_description(tag)
    except KeyError:
        pass
    if tag.element == 0:
        return "Group Length"
    if not tag.is_private:
        return "Unknown"
    if tag.is_private_creator:
        return "Private Creator"
    block = BaseTag((tag.group << 16) + (tag.element >> 8))
    encoded = bytes_of(dataset, block)
    owner = encoded.decode("ascii", "replace").strip(" \0") if encoded is not None else text_of_tag(dataset, block)
    try:
        return f"[{private_dictionary_description(tag, owner)}]"
    except KeyError:
        return f"[{owner}]" if owner else "Private"


def value_text(element: DataElement, words: Mapping[str, str]) -> str:
    """The value of an element in one line; ``words`` are the texts ``headers`` of the reader's language. "" when empty.

    Dates become ``2008-11-11``, times ``14:03:22.5`` and ages a number of years, months, weeks or days (PS3.5 section 6.2);
    what does not follow the standard is shown as it stands. Several values are joined with a backslash, as in the file.
    """
    value = element.value
    if element.VR == "SQ":
        return _sequence_text(element, words)
    if isinstance(value, bytes):
        return _bytes_text(value, words)
    if value is None or value == "":
        return ""
    if isinstance(value, (MultiValue, list, tuple)):
        shown = [_single(element.VR, item, words) for item in value[:MOST_VALUES]]
        text = " \\ ".join(shown)
        return text if len(value) <= MOST_VALUES else text + " … " + words["value.count"].format(count=number(len(value), words))
    return _single(element.VR, value, words)


def _sequence_text(element: DataElement, words: Mapping[str, str]) -> str:
    """How many items a sequence has; for coded terms also what they mean, which is all that most readers want of them."""
    if not element.value:
        return words["value.empty"]
    text = items_text(len(element.value), words)
    meanings = [text_of(item, "CodeMeaning") for item in element.value[:MOST_MEANINGS]]
    return f"{text} · {', '.join(meanings)}" if all(meanings) else text


def items_text(count: int, words: Mapping[str, str]) -> str:
    """How many items a sequence has."""
    return words["value.item" if count == 1 else "value.items"].format(count=number(count, words))


def number(count: int, words: Mapping[str, str]) -> str:
    """A whole number with the thousands separator of the language, from five digits on."""
    return f"{count:,}".replace(",", words["thousands"]) if abs(count) >= FIRST_GROUPED else str(count)


def _single(vr: str, value: Any, words: Mapping[str, str]) -> str:
    text = "" if value is None else str(value)
    if vr == "UI":
        name = UID(text).name
        return text if name == text or not name else f"{name} ({text})"
    if vr == "DA":
        match = _DATE.match(text)
        return "-".join(match.groups()) if match else text
    if vr == "TM":
        return _time(text)
    if vr == "DT":
        return _datetime(text)
    if vr == "AS":
        match = _AGE.match(text)
        if not match:
            return text
        count = int(match.group(1))
        unit = {"D": "day", "W": "week", "M": "month", "Y": "year"}[match.group(2)]
        return words[f"value.{unit}" if count == 1 else f"value.{unit}s"].format(count=count)
    if vr == "AT":
        tag = Tag(value)
        return f"({tag.group:04X},{tag.element:04X}) {keyword_for_tag(tag)}".rstrip()
    if vr == "PN":
        return person_text(text)
    if vr in ("FL", "FD") and isinstance(value, float):
        return f"{value:.7g}"
    return " ".join(text.replace("\x00", "").split())


def person_text(name: str) -> str:
    """A person's name with its up to three spellings (alphabetic, ideographic, phonetic: PS3.5 section 6.2.1) set apart."""
    return " = ".join(part.strip() for part in name.split("=") if part.strip("^ "))


def _time(text: str) -> str:
    match = _TIME.match(text.strip())
    if not match:
        return text
    parts = [part for part in match.groups()[:3] if part]
    fraction = (match.group(4) or "").rstrip("0").rstrip(".")
    return ":".join(parts) + fraction


def _datetime(text: str) -> str:
    match = _DATETIME.match(text.strip())
    if not match:
        return text
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    date = "-".join(part for part in (year, month, day) if part)
    time = ":".join(part for part in (hour, minute, second) if part) + (fraction or "").rstrip("0").rstrip(".")
    return " ".join(part for part in (date, time, zone) if part)


def _bytes_text(value: bytes, words: Mapping[str, str]) -> str:
    """Short texts in binary elements (mostly private ones) as text, short binaries in hexadecimal, else the length."""
    if not value:
        return ""
    stripped = value.rstrip(b"\x00 ")
    if stripped and len(value) <= 64 and all(32 <= byte < 127 for byte in stripped):
        return stripped.decode("ascii")
    length = words["value.bytes"].format(count=number(len(value), words))
    return f"{value.hex(' ').upper()} ({length})" if len(value) <= MOST_BYTES else length
