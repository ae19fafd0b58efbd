"""The Basic Application Level Confidentiality Profile (PS3.15 Annex E): which elements may identify a person, and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Optional

from pydicom.datadict import DicomDictionary, dictionary_description, keyword_for_tag, tag_for_keyword  # type: ignore[attr-defined]
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.languages import resources_folder

# What kind of personal data an element holds, from what names a person to what only leads to one.
CATEGORIES = (
    "patient", "person", "identifier", "graphics", "private",
    "institution", "characteristic", "date", "text", "content", "device", "uid",
)  # fmt: skip
DIRECT = ("patient", "person", "identifier", "graphics", "private")
TECHNICAL = ("uid",)

FREE_TEXT_VRS = ("LT", "ST", "UT")
TEXT_VRS = ("AE", "LO", "LT", "SH", "ST", "UC", "UR", "UT")
BINARY_VRS = ("OB", "OD", "OF", "OL", "OV", "OW", "UN")


@dataclass(frozen=True)
class Rule:
    """One row of Table E.1-1. ``action`` is D, Z, X, U or several of them with slashes; ``category`` is one of CATEGORIES."""

    name: str
    action: str
    category: str


@cache
def _table() -> dict:
    path = resources_folder() / "Standard" / "basic_profile.json"
    return json.loads(path.read_text(encoding="utf-8"))


def edition() -> str:
    """The edition of the standard that the table comes from."""
    return _table()["edition"]


@cache
def _rules() -> dict[int, Rule]:
    rules = {int(tag, 16): Rule(*row) for tag, row in _table()["elements"].items() if "XX" not in tag}
    for keyword, (action, category, _) in _safe_values()["beyond_profile"].items():
        tag = tag_for_keyword(keyword)
        if tag is not None:  # the dictionary of an older pydicom lacks some
            rules.setdefault(tag, Rule(dictionary_description(tag), action, category))
    return rules


@cache
def _safe_private() -> frozenset[tuple[str, int, int]]:
    places = set()
    for creator, tags in _table()["safe_private"].items():
        for tag in tags:
            places.add((creator, int(tag[:4], 16), int(tag[6:], 16)))
    return frozenset(places)


def rule_for(tag: BaseTag, vr: str = "") -> Optional[Rule]:
    """The rule for an element, or None where it may stay once its value is known to be safe (`safe_values`).

    Table E.1-1 first, then what it lacks (``beyond_profile`` in safe_values.json, with the reasons). For all other elements only
    what can say nothing about a person may stay: numbers, coded strings, UIDs of the standard, and the texts and binaries that
    safe_values.json lists. An element that the dictionary does not know, or knows by another VR, goes.
    """
    if tag.is_private:
        return Rule("Private Attributes", "X", "private")
    if is_overlay_or_curve(tag) and (tag.group < 0x6000 or tag.element in (0x3000, 0x4000)):
        return Rule("Overlay or Curve Data", "X", "graphics")
    if is_overlay_or_curve(tag):
        return None
    return _rules().get(int(tag)) or _rule_by_vr(int(tag), vr)


@cache
def _rule_by_vr(tag: int, vr: str) -> Optional[Rule]:
    known = expected_vrs(tag)
    if tag >> 16 == 2:
        return Rule("Application or Network", "X", "device") if known & {"AE", "UR", "OB"} and tag != 0x00020001 else None
    if tag >> 16 < 8:
        return None
    kinds = known or {vr}
    if "PN" in kinds or vr == "PN":
        return Rule("Person Name", "Z" if known else "X", "person")
    if not known:
        return Rule("Unknown Element", "X", "text")
    if vr and vr not in known and vr not in ("US or SS", "OB or OW", "US or OW", "US or SS or OW"):
        return Rule("Element of Another VR", "X", "text")
    if kinds & {"DA", "DT", "TM"}:
        return Rule("Date or Time", "Z", "date")
    if kinds & set(TEXT_VRS) and keyword_for_tag(tag) not in kept_texts():
        return Rule("Free Text", "D" if kinds & set(FREE_TEXT_VRS) else "Z", "text")
    if kinds & set(BINARY_VRS) and keyword_for_tag(tag) not in kept_binaries():
        return Rule("Binary Data", "X", "text")
    return None


def personal_category(tag: BaseTag, vr: str = "") -> str:
    """The category of personal data that an element may hold, "" for none; whatever its present value."""
    if tag.is_private_creator or tag.element == 0:
        return ""
    rule = rule_for(tag, vr)
    return rule.category if rule else ""


@cache
def expected_vrs(tag: int) -> frozenset[str]:
    """The VRs that PS3.6 gives an element; none for elements that it lacks, and for those of repeating groups (retired)."""
    entry = DicomDictionary.get(tag)
    return frozenset(entry[0].split(" or ")) if entry and entry[0] != "NONE" else frozenset()


@cache
def _safe_values() -> dict:
    path = resources_folder() / "Standard" / "safe_values.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def kept_texts() -> Mapping[str, str]:
    """Keywords of the texts that may stay, with the check that each must pass (a key of ``text_checks``)."""
    return MappingProxyType({keyword: check for check, keywords in _safe_values()["text"].items() for keyword in keywords})


@cache
def kept_binaries() -> Mapping[str, str]:
    """Keywords of the binary elements that may stay, with what they are (a key of ``bulk_reasons``)."""
    return MappingProxyType({keyword: kind for kind, keywords in _safe_values()["bulk"].items() for keyword in keywords})


@cache
def coded_terms() -> Mapping[str, frozenset[str]]:
    """The defined terms and enumerated values of the standard, by the keyword of the element that may hold them."""
    return MappingProxyType({keyword: frozenset(terms) for keyword, terms in _safe_values()["terms"].items()})


@cache
def coded_vocabulary() -> frozenset[str]:
    """Coded strings that name nobody: all terms of the standard, body parts, and what scanners of many makers write."""
    return frozenset(_safe_values()["vocabulary"]).union(*coded_terms().values())


def is_overlay_or_curve(tag: BaseTag) -> bool:
    """Whether an element belongs to an overlay (60xx) or a curve (50xx): what is drawn there may be a name."""
    return 0x5000 <= tag.group <= 0x50FF or 0x6000 <= tag.group <= 0x60FF


def is_safe_private(creator: str, tag: BaseTag) -> bool:
    """Whether the standard itself lists a private element as safe (PS3.15 Table E.3.10-1; CT, MR and PET creators only)."""
    return (creator.strip(), tag.group, tag.element & 0xFF) in _safe_private()
