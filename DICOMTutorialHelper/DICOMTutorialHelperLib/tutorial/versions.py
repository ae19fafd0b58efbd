"""Versions of Slicer, as a tutorial's data bounds by them what is so on some screens only.

``from`` is the first version it holds for, ``until`` the first it does not hold for any more. "" stands for a Slicer newer
than any bound: what is read without an application is written for the newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}")
OLDEST = "5.0"
BOUNDS = ("from", "until")


def numbers(version: str) -> tuple[int, ...]:
    """``(5, 8, 1)`` of ``5.8.1``, ``5.8.1-2025-01-01`` and the like, to compare by."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def holds_for(bounds: Mapping[str, Any], version: str) -> bool:
    """Whether something with the bounds ``from`` and ``until`` (either may be missing) is for a version of Slicer."""
    if not version:
        return "until" not in bounds
    if "from" in bounds and numbers(version) < numbers(bounds["from"]):
        return False
    return "until" not in bounds or numbers(version) < numbers(bounds["until"])


def bounds_problem(bounds: Mapping[str, Any]) -> str:
    """What is wrong with the bounds of something, "" for nothing."""
    for bound in BOUNDS:
        if bound in bounds and not (isinstance(bounds[bound], str) and VERSION.fullmatch(bounds[bound])):
            return f'"{bound}": {bounds[bound]!r}'
    if all(bound in bounds for bound in BOUNDS) and numbers(bounds["from"]) >= numbers(bounds["until"]):
        return f'"from": {bounds["from"]!r}, "until": {bounds["until"]!r}'
    return ""


def is_ranged(text: object) -> bool:
    """Whether a text is ``{"from": "5.10", "say": "…"}``, for some versions only."""
    return isinstance(text, Mapping) and isinstance(text.get("say"), str)


def text_for(value: Any, version: str) -> str:
    """A text as it is in a version: a string, or a list of paragraphs each of which may be for some versions only.

    Raises ValueError for what is neither.
    """
    paragraphs = value if isinstance(value, list) else [value]
    kept = []
    for paragraph in paragraphs:
        if isinstance(paragraph, str):
            kept.append(paragraph)
        elif is_ranged(paragraph) and not bounds_problem(paragraph):
            if holds_for(paragraph, version):
                kept.append(paragraph["say"])
        else:
            raise ValueError(f'a text is "…", or {{"from": "5.10", "until": "5.12", "say": "…"}}, not {paragraph!r}')
    return "\n\n".join(kept)


def ranges_in(value: object, where: str = "") -> Iterator[tuple[str, str, str]]:
    """(place, from, until) of every text in a file's content that is for some versions only; "" for a missing bound."""
    if isinstance(value, Mapping):
        if "say" in value and any(bound in value for bound in BOUNDS):
            yield where, str(value.get("from", "")), str(value.get("until", ""))
            return
        for key, item in value.items():
            yield from ranges_in(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from ranges_in(item, where)
