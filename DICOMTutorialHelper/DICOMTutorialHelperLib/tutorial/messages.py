"""From a key and fields to a sentence in the reader's language: reasons of checks, words of the report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from DICOMTutorialHelperLib.languages import texts


def sentence(key: str, language: str, **fields: Any) -> str:
    """The text ``key`` of the texts ``tutorial`` with its fields filled in.

    Fields that are lists are joined as the language joins them; items and texts that have a name of their own (``name.t2``)
    are said by it. Raises KeyError for an unknown key.
    """
    words = texts("tutorial", language)
    return words[key].format(**{name: _said(value, words, language) for name, value in fields.items()})


def name_of(item: str, language: str) -> str:
    """The name by which a learner knows a thing the tutorial has a short key for: a series, a layout, a view."""
    return texts("tutorial", language).get(f"name.{item}", item)


def joined(items: Iterable[str], language: str) -> str:
    """``T2, STIR et BLISS``."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    conjunction = texts("tutorial", language)["and"]
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def _said(value: Any, words: dict[str, str], language: str) -> Any:
    if isinstance(value, (list, tuple)):
        return joined((words.get(f"name.{item}", str(item)) for item in value), language)
    if isinstance(value, str):
        return words.get(f"name.{value}", value)
    if isinstance(value, float):
        text = f"{value:g}"
        return text if language == "en" else text.replace(".", ",")
    return value
