"""Drawings made for the tutorial: SVG with ``{words}`` and ``{colours}`` to be filled in, for light and dark panels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.svg import forbidden_parts, sanitised_svg

PLACEHOLDER = re.compile(r"\{([a-z0-9_.-]+)\}")
LIGHT = {
    "paper": "#f7f8fb",
    "card": "#ffffff",
    "ink": "#1d2735",
    "soft": "#5b6675",
    "line": "#aeb8c6",
    "blue": "#1f5bb8",
    "bluewash": "#d9e6fb",
    "green": "#17734a",
    "greenwash": "#d5efe1",
    "orange": "#9f4d00",
    "orangewash": "#fde6cf",
    "red": "#b3263a",
    "redwash": "#f9d9de",
}
DARK = {
    "paper": "#23282f",
    "card": "#2d343d",
    "ink": "#eef2f7",
    "soft": "#b3bdca",
    "line": "#66717f",
    "blue": "#7fb0ff",
    "bluewash": "#24405f",
    "green": "#6ad19d",
    "greenwash": "#1f4735",
    "orange": "#ffb266",
    "orangewash": "#54381b",
    "red": "#ff8fa0",
    "redwash": "#552730",
}


def drawing_path(folder: Path, name: str) -> Path:
    """Where a drawing lies; a name that leads elsewhere is no name of a drawing."""
    return folder / "drawings" / f"{PurePosixPath(name.replace(chr(92), '/')).name}.svg"


def draw(folder: Path, name: str, words: Mapping[str, str], dark: bool = False) -> str:
    """The SVG of a drawing, its words and colours filled in, with nothing in it but what draws.

    Raises OSError, SvgError; KeyError for a word that is missing.
    """
    colours = DARK if dark else LIGHT
    template = drawing_path(folder, name).read_text(encoding="utf-8")

    def fill(match: re.Match) -> str:
        key = match.group(1)
        return colours[key] if key in colours else html_text(words[key])

    return sanitised_svg(PLACEHOLDER.sub(fill, template))


def words_needed(folder: Path, name: str) -> set[str]:
    """The keys of the words that a drawing asks for. Raises OSError."""
    template = drawing_path(folder, name).read_text(encoding="utf-8")
    return {key for key in PLACEHOLDER.findall(template) if key not in LIGHT}


def forbidden_in_drawing(folder: Path, name: str) -> list[str]:
    """What is taken out of a drawing before it is shown. Raises OSError, SvgError."""
    return forbidden_parts(drawing_path(folder, name).read_text(encoding="utf-8"))
