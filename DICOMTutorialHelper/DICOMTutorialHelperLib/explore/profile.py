"""The Basic Application Level Confidentiality Profile (PS3.15 Annex E): which elements may identify a person, and what to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Optional

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
    return {int(tag, 16): Rule(*row) for tag, row in _table()["elements"].items() if "XX" not in tag}


@cache
def _safe_private() -> frozenset[tuple[str, int, int]]:
    places = set()
    for creator, tags in _table()["safe_private"].items():
        for tag in tags:
            places.add((creator, int(tag[:4], 16), int(tag[6:], 16)))
    return frozenset(places)


def rule_for(tag: BaseTag, vr: str = "") -> Optional[Rule]:
    """The rule for an element, or None where it may stay.

    Beyond Table E.1-1: person names and free text that it does not list (new or retired elements) are replaced, dates and times
    emptied, because nothing guarantees that they say nothing about the patient.
    """
    if tag.is_private:
        return Rule("Private Attributes", "X", "private")
    if is_overlay_or_curve(tag) and (tag.group < 0x6000 or tag.element in (0x3000, 0x4000)):
        return Rule("Overlay or Curve Data", "X", "graphics")
    rule = _rules().get(int(tag))
    if rule is not None or tag.group < 8:
        return rule
    if vr == "PN":
        return Rule("Person Name", "Z", "person")
    if vr in FREE_TEXT_VRS:
        return Rule("Free Text", "D", "text")
    if vr in ("DA", "DT", "TM"):
        return Rule("Date or Time", "Z", "date")
    return None


def is_overlay_or_curve(tag: BaseTag) -> bool:
    """Whether an element belongs to an overlay (60xx) or a curve (50xx): what is drawn there may be a name."""
    return 0x5000 <= tag.group <= 0x50FF or 0x6000 <= tag.group <= 0x60FF


def is_safe_private(creator: str, tag: BaseTag) -> bool:
    """Whether the standard itself lists a private element as safe (PS3.15 Table E.3.10-1; CT, MR and PET creators only)."""
    return (creator.strip(), tag.group, tag.element & 0xFF) in _safe_private()
