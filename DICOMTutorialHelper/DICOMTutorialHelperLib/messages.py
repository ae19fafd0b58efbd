"""The texts of the library in the reader's language: ``Resources/Languages/<language>/<domain>.json``.

Every file maps a key to a sentence with ``{named}`` fields. English is the fallback for a key that a language lacks.
``{count:slice|slices}`` is the word that goes with a number, singular or plural, without the number itself; numbers are written
as the language writes them.
"""

from __future__ import annotations

import json
import string
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Optional

from DICOMTutorialHelperLib.languages import resources_folder

# What stands before decimals, and between groups of three digits; a space there does not break.
DECIMAL_MARKS = {"en": ".", "fr": ",", "es": ",", "pt-BR": ","}
GROUP_MARKS = {"en": ",", "fr": "\u00a0", "es": "\u00a0", "pt-BR": "."}
MINUS = "\u2212"  # as wide as a plus, and no line breaks after it
COLONS = {"fr": "\u00a0:"}
SEMICOLONS = {"fr": "\u00a0;"}
FIRST_GROUPED = 10_000  # four digits are read at a glance, and Spanish does not part them


class Sentence(str):
    """A text of a language that fills in its fields as that language writes numbers and plurals."""

    language: str

    def __new__(cls, text: str, language: str = "en") -> Sentence:
        sentence = super().__new__(cls, text)
        sentence.language = language
        return sentence

    def format(self, *values: object, **fields: object) -> str:
        return _Filler(self.language).vformat(str(self), values, fields)

    def format_map(self, fields: Mapping[str, object]) -> str:  # type: ignore[override]
        return _Filler(self.language).vformat(str(self), (), fields)


class _Filler(string.Formatter):
    def __init__(self, language: str) -> None:
        self._language = language

    def format_field(self, value: object, format_spec: str) -> Any:
        if "|" in format_spec:
            singular, plural = format_spec.split("|", 1)
            return singular if is_singular(value, self._language) else plural
        if not format_spec and isinstance(value, (int, float)) and not isinstance(value, bool):
            return number_text(value, self._language)
        return super().format_field(value, format_spec)


def is_singular(count: object, language: str) -> bool:
    """Whether the word that goes with a number is in the singular: with 1, in French also with 0 and what lies between."""
    try:
        number = abs(float(str(count).replace("\u00a0", "").replace(",", ".").replace(MINUS, "-")))
    except ValueError:
        return False
    return number < 2 if language == "fr" else number == 1


def number_text(value: float, language: str, digits: Optional[int] = None) -> str:
    """A number as a language writes it, with so many digits after the decimal mark; without ``digits``, as many as tell."""
    text = f"{value:.{digits}f}" if digits is not None else str(value) if isinstance(value, int) else f"{value:.6g}"
    if "e" in text or "n" in text:  # a power of ten, infinity or no number at all
        return text
    whole, mark, decimals = text.partition(".")
    if abs(value) >= FIRST_GROUPED:
        whole = f"{int(whole):,}".replace(",", GROUP_MARKS.get(language, ","))
    return f"{whole}{mark and DECIMAL_MARKS.get(language, '.')}{decimals}".replace("-", MINUS)


@cache
def _catalogue(domain: str, language: str) -> dict[str, Sentence]:
    folder = resources_folder() / "Languages"
    merged = json.loads((folder / "en" / f"{domain}.json").read_text(encoding="utf-8"))
    translated = folder / language / f"{domain}.json"
    if language != "en" and translated.is_file():
        merged.update(json.loads(translated.read_text(encoding="utf-8")))
    return {key: Sentence(text, language) if isinstance(text, str) else text for key, text in merged.items()}


def messages(domain: str, language: str) -> dict[str, str]:
    """A copy of the texts of ``domain`` in a language of LANGUAGES, completed with English ones.

    Raises FileNotFoundError where English itself has no such texts.
    """
    return dict(_catalogue(domain, language))


def translate(domain: str, key: str, language: str, /, **fields: object) -> str:
    """The text ``key`` of a domain with its fields filled in. Raises KeyError for an unknown key.

    Fields that are lists are joined as the language joins them; items and texts that the domain has a name for (``name.t2``)
    are called by it; numbers are written as the language writes them.
    """
    catalogue = _catalogue(domain, language)
    text = catalogue[key]
    return text.format(**{name: _field(value, catalogue, language) for name, value in fields.items()}) if fields else text


def labelled(name: str, text: str, language: str) -> str:
    """``name: text``, with the space that a language sets before a colon."""
    return f"{name}{COLONS.get(language, ':')} {text}"


def apart(parts: Iterable[str], language: str) -> str:
    """``one; another``, with the space that a language sets before a semicolon."""
    return f"{SEMICOLONS.get(language, ';')} ".join(parts)


def language_of(words: Mapping[str, str]) -> str:
    """The language of texts that ``messages`` gave."""
    return next((text.language for text in words.values() if isinstance(text, Sentence)), "en")


def joined(items: Iterable[str], language: str) -> str:
    """``T2, STIR et BLISS``."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {_catalogue('tutorial', language)['and']} {items[-1]}"


def _field(value: object, catalogue: Mapping[str, str], language: str) -> Any:
    if isinstance(value, (list, tuple)):
        return joined((catalogue.get(f"name.{item}", str(item)) for item in value), language)
    if isinstance(value, str):
        return catalogue.get(f"name.{value}", value)
    return value
