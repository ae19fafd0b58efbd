"""Which language a learner reads, of those there are, and where the texts lie."""

from __future__ import annotations

import locale
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
