"""The words that name the people of a file, to find them where somebody typed them into another element or a file name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Optional

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS
from DICOMTutorialHelperLib.explore.profile import rule_for

NAMING, NAMING_VRS = ("patient", "person", "identifier"), ("PN", "LO", "SH", "DA")
# A service such as RADIOLOGY names nobody, and stands in half of all descriptions.
NAMELESS = ("RequestingService",)
# Shorter words are too common to be looked for, and the placeholders stand where a name is missing.
SHORTEST = 4
PLACEHOLDERS = {"unknown", "none", "null", "test", "removed", "anonymous", "anonymized", "anonymised", "patient", "name"}


def identity_words(dataset: Dataset) -> set[str]:
    """Names, in whole and in parts, and numbers of the patient and the staff, case folded, to the depth of sequences."""
    words: set[str] = set()
    for vr, value in _named_values(dataset):
        for word in re.split(r"[\^=\\\s,;]+", fold_accents(value)):
            words.add(word)
            if vr == "PN":
                words.update(word.split("-"))
    return {word for word in words if len(word) >= SHORTEST and word not in PLACEHOLDERS}


def names_pattern(dataset: Dataset) -> Optional[re.Pattern[str]]:
    """Matches any of the identity words as a whole word in case-folded text; None where the file names nobody."""
    words = sorted(identity_words(dataset), key=len, reverse=True)
    return re.compile(r"(?<![^\W_])(?:" + "|".join(map(re.escape, words)) + r")(?![^\W_])") if words else None


def fold_accents(value: object) -> str:
    """Text, or several texts, case folded."""
    if isinstance(value, (MultiValue, list, tuple)):
        return "\\".join(str(one) for one in value).casefold()
    return str(value).casefold()


def _named_values(dataset: Dataset) -> Iterator[tuple[str, object]]:
    for tag in dataset.keys():  # noqa: SIM118 - iterating a Dataset converts its elements
        try:
            element = dataset[tag]
        except VALUE_ERRORS:
            continue
        rule = rule_for(tag, element.VR)
        if element.VR == "SQ":
            for item in element.value:
                yield from _named_values(item)
        elif (
            rule
            and rule.category in NAMING
            and element.VR in NAMING_VRS
            and element.value
            and keyword_for_tag(tag) not in NAMELESS
        ):
            yield element.VR, element.value
