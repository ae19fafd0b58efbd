"""Descriptions such as "T2 axial" kept for what they say of the image, without what they may say of a person."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Optional

from DICOMTutorialHelperLib.languages import resources_folder

KEYWORDS = (
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "PerformedProcedureStepDescription",
    "RequestedProcedureDescription",
)
# Small numbers, thicknesses and b-values; longer numbers may be anybody's.
_MEASURE = re.compile(r"(?:\d{1,3}(?:[.,]\d{1,3})?(?:mm|s|sec|min|ms)?|b\d{1,4}|[ct]\d{1,2})$")
_SEPARATORS = re.compile(r"[\s_/+*\-()\[\]:;,&^=]+")


@cache
def _technical_words() -> frozenset[str]:
    path = resources_folder() / "Standard" / "technical_words.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8"))["words"])


def technical_part(text: str, names: Optional[re.Pattern[str]] = None) -> str:
    """The words of a description that are known to name nobody, in their order; "" where none is.

    ``names`` matches the names of the file's own people, which go even where they are technical words too.
    """
    kept = []
    for word in _SEPARATORS.split(text):
        folded = word.casefold().strip(".")
        if (folded in _technical_words() or _MEASURE.match(folded)) and not (names and names.search(folded)):
            kept.append(word)
    return " ".join(kept)
