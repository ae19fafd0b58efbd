"""Which language a learner reads, and the texts in it: ``Resources/Languages/<language>/<name>.json``.

Every text file maps a key to a sentence with ``{named}`` fields. English is the fallback for a key that a language lacks.
"""

from __future__ import annotations

import json
import locale
from functools import cache
from pathlib import Path
from typing import Optional

LANGUAGES = ("en", "fr", "es", "pt-BR")


def resources_folder() -> Path:
    """The extension's Resources folder: beside the library in Slicer and in a checkout, inside it when pip installed it."""
    library = Path(__file__).resolve().parent
    installed = library / "Resources"
    return installed if installed.is_dir() else library.parent / "Resources"


def supported_language(requested: Optional[str] = None) -> str:
    """The member of LANGUAGES nearest to a locale name such as ``fr_FR.UTF-8`` or ``pt``; the system's own without one."""
    if not requested:
        requested = locale.getlocale()[0] or "en"
    name = requested.replace("_", "-").split(".")[0].lower()
    for language in LANGUAGES:
        if name == language.lower():
            return language
    for language in LANGUAGES:
        if name.split("-")[0] == language.split("-")[0].lower():
            return language
    return {"french": "fr", "spanish": "es", "portuguese": "pt-BR"}.get(name.split("-")[0], "en")


@cache
def texts(name: str, language: str) -> dict[str, str]:
    """The texts called ``name`` in a language of LANGUAGES, completed with English ones.

    Raises FileNotFoundError where English itself has no such texts.
    """
    folder = resources_folder() / "Languages"
    merged = json.loads((folder / "en" / f"{name}.json").read_text(encoding="utf-8"))
    translated = folder / language / f"{name}.json"
    if language != "en" and translated.is_file():
        merged.update(json.loads(translated.read_text(encoding="utf-8")))
    return merged
