"""Which language a learner reads, of those there are, and where the texts lie."""

from __future__ import annotations

import locale
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Optional

LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # of BCP 47, what a file of words is named by
_FIRST = ("en", "fr", "es", "pt-BR")


def resources_folder() -> Path:
    """The extension's Resources folder: beside the library in Slicer and in a checkout, inside it when pip installed it."""
    library = Path(__file__).resolve().parent
    installed = library / "Resources"
    return installed if installed.is_dir() else library.parent / "Resources"


def _extension_languages() -> tuple[str, ...]:
    """What the extension's own texts are written in: a folder of ``Resources/Languages`` each."""
    try:
        found = {path.name for path in (resources_folder() / "Languages").iterdir() if LANGUAGE_TAG.fullmatch(path.name)}
    except OSError:
        found = set()
    return (*_FIRST, *sorted(found - set(_FIRST)))


LANGUAGES = _extension_languages()


def languages_in(folder: Path) -> tuple[str, ...]:
    """The languages of a tutorial's folder, by its files ``<language>.json``, in the order of LANGUAGES, then A to Z."""
    try:
        found = {path.stem for path in folder.glob("*.json") if LANGUAGE_TAG.fullmatch(path.stem)}
    except OSError:
        found = set()
    return (*(one for one in LANGUAGES if one in found), *sorted(found - set(LANGUAGES)))


def nearest_language(requested: str, among: Iterable[str]) -> Optional[str]:
    """The one nearest to a locale name such as ``fr_FR.UTF-8`` or ``pt``; None where none is of that language."""
    among = tuple(among)
    name = requested.replace("_", "-").split(".")[0].lower()
    for language in among:
        if name == language.lower():
            return language
    for language in among:
        if name.split("-")[0] == language.split("-")[0].lower():
            return language
    return None


def supported_language(requested: Optional[str] = None, also: Iterable[str] = ()) -> str:
    """The language nearest to a locale name, of LANGUAGES and those a tutorial has ``also``; the system's own without one.

    Where the extension's own texts lack a language, they are English.
    """
    if not requested:
        requested = locale.getlocale()[0] or "en"
    name = requested.replace("_", "-").split("-")[0].lower()
    windows = {"french": "fr", "spanish": "es", "portuguese": "pt-BR"}
    return nearest_language(requested, (*LANGUAGES, *also)) or windows.get(name, "en")
