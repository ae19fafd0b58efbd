"""Descriptions such as "T2 axial" kept for what they say of the image, without what they may say of a person."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Optional, Protocol

from DICOMTutorialHelperLib.languages import resources_folder

KEYWORDS = (
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "PerformedProcedureStepDescription",
    "RequestedProcedureDescription",
)
# Thicknesses, times, b-values and vertebrae; a number without a unit may be anybody's.
_MEASURE = re.compile(r"(?:\d{1,3}(?:[.,]\d{1,2})?(?:mm|s|sec|min|ms)|b(?:0|\d{1,2}50|\d{1,2}00|50)|[ct]\d|t1[0-2]|l[1-5])$")
# More numbers than a thickness and a b-value may be a date or a telephone number with units after them.
MOST_MEASURES = 2
_SEPARATORS = re.compile(r"[\s_/+*\-()\[\]:;,&^=]+")


class Names(Protocol):
    """What knows whom the files are about."""

    def found_in(self, text: str) -> bool:
        """Whether a text names one of them."""


@cache
def _technical_words() -> frozenset[str]:
    path = resources_folder() / "Standard" / "technical_words.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8"))["words"])


def is_technical(word: str) -> bool:
    """Whether a folded word is one of those that name nobody."""
    return word in _technical_words()


def technical_part(text: str, names: Optional[Names] = None) -> str:
    """The words of a description that are known to name nobody, in their order; "" where none is.

    ``names`` finds the people of the run, whose names go even where they are technical words too.
    """
    kept, measures = [], 0
    for word in _SEPARATORS.split(text):
        folded = word.casefold().strip(".")
        is_measure = bool(_MEASURE.match(folded))
        if (is_measure or is_technical(folded)) and not (names and names.found_in(word)):
            measures += is_measure
            kept.append((word, is_measure))
    words = [word for word, is_measure in kept if not is_measure or measures <= MOST_MEASURES]
    # Words that name nobody one by one may do so together, as a name of two words.
    return "" if names and names.found_in(" ".join(words)) else " ".join(words)
