"""The texts of the library in the reader's language: ``Resources/Languages/<language>/<domain>.json``.

Every file maps a key to a sentence with ``{named}`` fields. English is the fallback for a key that a language lacks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from DICOMTutorialHelperLib.languages import resources_folder


@cache
def _catalogue(domain: str, language: str) -> dict[str, str]:
    folder = resources_folder() / "Languages"
    merged = json.loads((folder / "en" / f"{domain}.json").read_text(encoding="utf-8"))
    translated = folder / language / f"{domain}.json"
    if language != "en" and translated.is_file():
        merged.update(json.loads(translated.read_text(encoding="utf-8")))
    return merged


def messages(domain: str, language: str) -> dict[str, str]:
    """A copy of the texts of ``domain`` in a language of LANGUAGES, completed with English ones.

    Raises FileNotFoundError where English itself has no such texts.
    """
    return dict(_catalogue(domain, language))


def translate(domain: str, key: str, language: str, **fields: Any) -> str:
    """The text ``key`` of a domain with its fields filled in. Raises KeyError for an unknown key.

    Fields that are lists are joined as the language joins them; items and texts that the domain has a name for (``name.t2``)
    are called by it; numbers are written as the language writes them.
    """
    catalogue = _catalogue(domain, language)
    text = catalogue[key]
    return text.format(**{name: _field(value, catalogue, language) for name, value in fields.items()}) if fields else text


def joined(items: Iterable[str], language: str) -> str:
    """``T2, STIR et BLISS``."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {_catalogue('tutorial', language)['and']} {items[-1]}"


def _field(value: Any, catalogue: dict[str, str], language: str) -> Any:
    if isinstance(value, (list, tuple)):
        return joined((catalogue.get(f"name.{item}", str(item)) for item in value), language)
    if isinstance(value, str):
        return catalogue.get(f"name.{value}", value)
    if isinstance(value, float):
        text = f"{value:g}"
        return text if language == "en" else text.replace(".", ",")
    return value
