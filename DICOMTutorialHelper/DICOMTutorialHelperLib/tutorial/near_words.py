"""The known word that somebody probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 80  # comparing takes time with the square of it; no word that is known is that long


def nearest_word(word: str, known: Iterable[str]) -> str:
    """The known word most like a misspelt one, capitals or not; "" where none is near."""
    by_lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word[:LONGEST].lower().replace("_", "-"), by_lower, n=1, cutoff=0.65)
    if not near:
        near = difflib.get_close_matches(word[:LONGEST].lower(), by_lower, n=1, cutoff=0.65)
    return by_lower[near[0]] if near else ""
