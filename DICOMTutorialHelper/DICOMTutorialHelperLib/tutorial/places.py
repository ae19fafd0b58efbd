"""Where "show me" points: how a tutorial's data describes a widget of Slicer, with alternatives by version.

A place is ``{"in": container, "find": [alternative, ...], "behind": name}``. Containers: ``main-window``, ``dicom-browser``,
``module:<Module>``, ``slice-view:<Name>``, ``3d-view``. An alternative names the widget by one of ``name`` (object name),
``action`` (object name of a QAction: the tool button that shows it) or ``attribute`` (Python attribute of the container's
object); ``from`` and ``until`` (excluded) bound the Slicer versions it is for; ``in`` overrides the container; ``browser`` is
the form of the DICOM browser it is for, ``tables`` or ``visual``; ``words`` names what the callout says of it where that
differs from the place's own words (``place.<words>`` of the panel's texts). The first alternative that is in view is taken.
``behind`` is the object name of a button to pin or press before the widget shows, or of the page of a tab to turn to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from DICOMTutorialHelperLib.tutorial.near_words import nearest_word
from DICOMTutorialHelperLib.tutorial.versions import holds_for

CONTAINER = re.compile(r"main-window|dicom-browser|3d-view|module:[A-Za-z]+|slice-view:[A-Za-z]+")
FINDERS = ("name", "action", "attribute")
CONTAINERS = ("main-window", "dicom-browser", "3d-view", "module:", "slice-view:")
BROWSERS = ("tables", "visual")


# A place as a tutorial's data has it: see above.
PlaceDescription = TypedDict("PlaceDescription", {"in": str, "find": list[dict[str, str]], "behind": str}, total=False)


@dataclass(frozen=True)
class Alternative:
    """One way to find a widget: ``finder`` is a member of FINDERS, ``value`` what it looks for, in ``container``.

    ``words`` is the key of what is said of it, "" for the place's own words; ``browser`` is the form of the DICOM browser it is
    for, a member of BROWSERS or "".
    """

    container: str
    finder: str
    value: str
    words: str = ""
    browser: str = ""


def alternatives(place: PlaceDescription, slicer_version: str) -> tuple[Alternative, ...]:
    """The ways to find a place in a version of Slicer (``5.8.1``), the best first."""
    fitting = []
    for way in place["find"]:
        if holds_for(way, slicer_version):
            finder = next(finder for finder in FINDERS if finder in way)
            fitting.append(
                Alternative(way.get("in", place["in"]), finder, way[finder], way.get("words", ""), way.get("browser", ""))
            )
    return tuple(fitting)


def place_problems(name: str, place: PlaceDescription) -> Iterator[tuple]:
    """What is wrong with a place of the right shape (see ``schema``): codes of ``problems``, their fields, and suggestions."""
    if not CONTAINER.fullmatch(place["in"]):
        yield "place-container", {"name": name, "container": place["in"]}, nearest_word(place["in"], CONTAINERS)
    if not place["find"]:
        yield "place-empty", {"name": name}
    for number, way in enumerate(place["find"], 1):
        if sum(finder in way for finder in FINDERS) != 1:
            yield "place-finder", {"name": name, "number": number, "finders": list(FINDERS)}
        if "in" in way and not CONTAINER.fullmatch(way["in"]):
            yield "place-container", {"name": name, "container": way["in"]}, nearest_word(way["in"], CONTAINERS)
        if way.get("browser", "") not in ("", *BROWSERS):
            yield "place-browser", {"name": name, "browser": way["browser"]}, nearest_word(way["browser"], BROWSERS)
