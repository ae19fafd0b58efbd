"""What is wrong with a tutorial folder, all of it at once: what a teacher runs who writes a tutorial or adds a language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.languages import LANGUAGE_TAG, languages_in
from DICOMTutorialHelperLib.tutorial.authoring.calls import call_problems, name_problems
from DICOMTutorialHelperLib.tutorial.authoring.texts import WEB_ADDRESS, word_problems
from DICOMTutorialHelperLib.tutorial.content import (
    STRUCTURE,
    ContentError,
    Step,
    Tutorial,
    read_tutorial,
    read_words,
    tutorials_folder,
)
from DICOMTutorialHelperLib.tutorial.drawings import drawing_path, forbidden_in_drawing
from DICOMTutorialHelperLib.tutorial.json_files import checked_json_object
from DICOMTutorialHelperLib.tutorial.near_words import nearest_word
from DICOMTutorialHelperLib.tutorial.places import place_problems
from DICOMTutorialHelperLib.tutorial.problems import Problem
from DICOMTutorialHelperLib.tutorial.schema import blocking, shape_problems
from DICOMTutorialHelperLib.tutorial.svg import SvgError
from DICOMTutorialHelperLib.tutorial.versions import OLDEST, numbers, ranges_in

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")  # a part of file names and addresses


def problems_of(folder: Path) -> list[Problem]:
    """All that is wrong with the tutorial in a folder; empty for a sound one. What stands in the files raises nothing."""
    try:
        content, problems = checked_json_object(folder / STRUCTURE)
        problems += shape_problems(STRUCTURE, content, "tutorial")
        problems += _language_problems(folder, content)
        tutorial = None if any(blocking(problem) for problem in problems) else read_tutorial(folder)
    except ContentError as error:
        return [error.problem]
    if tutorial is not None:
        problems += (Problem(STRUCTURE, *found) for found in _structure_problems(tutorial, content))
    problems += _file_problems(folder, tutorial)
    return _once(problems)


def _once(problems: list[Problem]) -> list[Problem]:
    """The same sentence about the same place is said once."""
    said: dict[str, Problem] = {}
    for problem in problems:
        said.setdefault(repr(problem), problem)
    return list(said.values())


def _language_problems(folder: Path, content: dict[str, Any]) -> Iterator[Problem]:
    listed, there = content.get("languages", []), languages_in(folder)
    for language in listed if isinstance(listed, list) else []:
        if not isinstance(language, str):
            continue  # told with the shape
        if not LANGUAGE_TAG.fullmatch(language):
            yield Problem(STRUCTURE, "languages", "bad-language", {"name": language})
        elif language not in there:
            yield Problem(STRUCTURE, "languages", "no-file", {"name": language}, nearest_word(language, there))


def _file_problems(folder: Path, tutorial: Optional[Tutorial]) -> Iterator[Problem]:
    """Each language's file: that it can be read, its shape, and, where there is a tutorial, its words."""
    readable: dict[str, dict[str, Any]] = {}
    for language in tutorial.languages if tutorial is not None else languages_in(folder):
        file = f"{language}.json"
        try:
            content, problems = checked_json_object(folder / file)
            problems += shape_problems(file, content, "words")
            yield from problems
            if not any(blocking(problem) for problem in problems):
                readable[language] = content
        except ContentError as error:
            yield error.problem
    if tutorial is not None:
        ranges = {language: set(ranges_in(content)) for language, content in readable.items()}
        yield from _range_problems(ranges)
        for version in _versions_that_differ(ranges.values()):
            said = [read_words(folder, language, version) for language in readable]
            for number, words in enumerate(said):
                for found in word_problems(tutorial, words, readable[words.language], said[:number]):
                    yield Problem(f"{words.language}.json", *found)


def _versions_that_differ(ranges: Iterable[set[tuple[str, str, str]]]) -> list[str]:
    """A version of Slicer for each set of words there is, the newest (``""``) first."""
    bounds = {bound for some in ranges for _, since, until in some for bound in (since, until) if bound}
    return ["", *sorted({OLDEST, *bounds}, key=numbers)] if bounds else [""]


def _range_problems(ranges: dict[str, set[tuple[str, str, str]]]) -> Iterator[Problem]:
    """Words that one language has for some versions of Slicer only must be so bounded in the others too."""
    languages = list(ranges)
    for language in languages[1:]:
        for where in sorted({where for where, _, _ in ranges[language] ^ ranges[languages[0]]}):
            yield Problem(f"{language}.json", where, "version-ranges", {"name": f"{languages[0]}.json"})


def _structure_problems(tutorial: Tutorial, content: dict[str, Any]) -> Iterator[tuple]:
    built_in = tutorials_folder()
    if not NAME.fullmatch(tutorial.id):
        yield "id", "bad-id", {"name": tutorial.id}
    elif (built_in / tutorial.id / STRUCTURE).is_file() and tutorial.folder.resolve().parent != built_in.resolve():
        yield "id", "built-in-id", {"name": tutorial.id}
    seen: set[str] = set()
    for step in tutorial.steps:
        if step.id in seen:
            yield step.id, "duplicate-step", {"step": step.id}
        seen.add(step.id)
        if not NAME.fullmatch(step.id):
            yield step.id, "bad-id", {"name": step.id}
        for code, *rest in _step_problems(tutorial, step):
            yield step.id, code, *rest
    for name, rule in tutorial.series.items():
        for code, *rest in _rule_problems(name, rule):
            yield "series", code, *rest
    for name, place in content.get("places", {}).items():
        for code, *rest in place_problems(name, place):
            yield "places", code, *rest
    for key in content.get("interface_sources", {}):
        if key not in tutorial.interface:
            yield "interface_sources", "unknown-interface", {"name": key}, nearest_word(key, tutorial.interface)
    for name, address in tutorial.links.items():
        if not WEB_ADDRESS.fullmatch(address):
            yield f"links.{name}", "bad-link", {"name": address}


def _step_problems(tutorial: Tutorial, step: Step) -> Iterator[tuple]:
    if not step.checks:
        yield "no-check", {}
    data_table = (step.data_table,) if step.data_table else ()
    expected = (step.expects, *step.traps) if step.expects else step.traps
    calls = {
        "check": (*step.checks, *step.preconditions),
        "action": step.actions,
        "table": data_table,
        "expects": expected,
    }
    for kind, made in calls.items():
        for call in made:
            yield from call_problems(kind, call, tutorial.series)
    if any(call.name == "answered" for call in step.checks) and step.right_choice is None:
        yield "no-question", {}
    if step.module:
        yield from name_problems("module", step.module)
    for role in step.needs:
        yield from name_problems("series", role, tutorial.series)
    for view in step.pictures:
        yield from name_problems("picture", view)
    for preset in step.picture_presets:
        yield from name_problems("preset", preset)
    for place in step.places:
        if place not in tutorial.places:
            yield "unknown-place", {"name": place}, nearest_word(place, tutorial.places)
    for link in step.links:
        if link not in tutorial.links:
            yield "unknown-link", {"name": link}, nearest_word(link, tutorial.links)
    if step.drawing:
        yield from _drawing_problems(tutorial.folder, step.drawing)


def _drawing_problems(folder: Path, drawing: str) -> Iterator[tuple]:
    path = drawing_path(folder, drawing)
    if not NAME.fullmatch(drawing) or not path.is_file():
        yield "no-drawing", {"name": drawing}, nearest_word(drawing, [one.stem for one in path.parent.glob("*.svg")])
        return
    try:
        forbidden = forbidden_in_drawing(folder, drawing)
    except OSError:
        yield "no-drawing", {"name": drawing}
    except SvgError as error:
        place = re.search(r"line (\d+)", str(error))
        if place:
            yield "broken-drawing-line", {"drawing": drawing, "line": int(place.group(1))}
        else:
            yield "broken-drawing", {"drawing": drawing}
    except UnicodeDecodeError:
        yield "drawing-encoding", {"drawing": drawing}
    else:
        if forbidden:
            yield "unsafe-drawing", {"drawing": drawing, "name": forbidden}


def _rule_problems(name: str, rule: dict[str, Any]) -> Iterator[tuple]:
    if "modality" in rule:
        yield from name_problems("modality", rule["modality"])
    for key in ("description", "not_description"):
        try:
            re.compile(rule.get(key, ""))
        except (re.error, RecursionError, OverflowError):
            yield "bad-pattern", {"name": name, "key": key, "pattern": rule[key]}
