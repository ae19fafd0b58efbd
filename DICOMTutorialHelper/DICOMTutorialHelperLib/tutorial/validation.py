"""What is wrong with a tutorial folder, all of it at once: what a teacher runs who writes a tutorial or adds a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from DICOMTutorialHelperLib.tutorial.content import (
    Call,
    ContentError,
    Step,
    StepWords,
    Tutorial,
    Words,
    read_json,
    read_tutorial,
    read_words,
)
from DICOMTutorialHelperLib.tutorial.drawings import drawing_path, forbidden_in_drawing, words_needed
from DICOMTutorialHelperLib.tutorial.markup import INTERFACE_NAME, LINK, word_count
from DICOMTutorialHelperLib.tutorial.places import place_problem
from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.registry import argument_problem
from DICOMTutorialHelperLib.tutorial.steps.series_roles import RULE_NAMES
from DICOMTutorialHelperLib.tutorial.versions import OLDEST, numbers, ranges_in

LEAST_WORDS, MOST_WORDS = 60, 120
WEB_ADDRESS = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/\S*)?")
ANY_LINK = re.compile(r"\[[^\[\]]+\]\(([^)]*)\)")


@dataclass(frozen=True)
class Problem:
    """One thing wrong: in which file, where in it, and what: ``problem.<code>`` of the texts ``tutorial``, with its fields."""

    file: str
    where: str
    code: str
    fields: dict[str, Any] = field(default_factory=dict)


def problems_of(folder: Path) -> list[Problem]:
    """All that is wrong with the tutorial in a folder; empty for a sound one."""
    try:
        tutorial = read_tutorial(folder)
    except ContentError as error:
        return [Problem("tutorial.json", "", "unreadable", {"detail": str(error)})]
    problems = list(_structure_problems(tutorial))
    ranges: dict[str, set[tuple[str, str, str]]] = {}
    for language in tutorial.languages:
        name = f"{language}.json"
        if not (folder / name).is_file():
            problems.append(Problem("tutorial.json", "languages", "no-file", {"name": language}))
            continue
        try:
            read_words(folder, language)
            ranges[language] = set(ranges_in(read_json(folder / name)))
        except ContentError as error:
            problems.append(Problem(name, "", "unreadable", {"detail": str(error)}))
    for version in _versions_that_differ(ranges.values()):
        words = [read_words(folder, language, version) for language in ranges]
        for said in words:
            found = [Problem(f"{said.language}.json", *one) for one in _word_problems(tutorial, said, words[0])]
            problems += [problem for problem in found if problem not in problems]
    return problems + list(_range_problems(ranges))


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


def _structure_problems(tutorial: Tutorial) -> Iterator[Problem]:
    file = "tutorial.json"
    seen: set[str] = set()
    for step in tutorial.steps:
        if step.id in seen:
            yield Problem(file, step.id, "duplicate-step", {"step": step.id})
        seen.add(step.id)
        for code, fields in _step_problems(tutorial, step):
            yield Problem(file, step.id, code, fields)
    for name, rule in tutorial.series.items():
        problem = _rule_problem(rule)
        if problem:
            yield Problem(file, "series", "bad-rule", {"name": name, "detail": problem})
    for name, place in tutorial.places.items():
        problem = place_problem(place)
        if problem:
            yield Problem(file, "places", "bad-place", {"name": name, "detail": problem})
    for key in tutorial.interface_sources:
        if key not in tutorial.interface:
            yield Problem(file, "interface_sources", "unknown-interface", {"name": key})
    for name, address in tutorial.links.items():
        if not WEB_ADDRESS.fullmatch(str(address)):
            yield Problem(file, f"links.{name}", "bad-link", {"name": address})


def _step_problems(tutorial: Tutorial, step: Step) -> Iterator[tuple[str, dict[str, Any]]]:
    checks, actions, data_tables = registered()
    evaluators = {name: check.evaluate for name, check in checks.items()}
    if not step.checks:
        yield "no-check", {}
    data_table = (step.data_table,) if step.data_table else ()
    for kind, calls, known in (
        ("unknown-check", (*step.checks, *step.preconditions), evaluators),
        ("unknown-action", step.actions, actions),
        ("unknown-table", data_table, data_tables),
    ):
        for call in calls:
            yield from _call_problems(tutorial, call, kind, known)
    for role in step.needs:
        if role not in tutorial.series:
            yield "unknown-series", {"name": role}
    for place in step.places:
        if place not in tutorial.places:
            yield "unknown-place", {"name": place}
    for link in step.links:
        if link not in tutorial.links:
            yield "unknown-link", {"name": link}
    if step.drawing and not drawing_path(tutorial.folder, step.drawing).is_file():
        yield "no-drawing", {"name": step.drawing}
    elif step.drawing:
        yield from _drawing_problems(tutorial.folder, step.drawing)


def _drawing_problems(folder: Path, drawing: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        forbidden = forbidden_in_drawing(folder, drawing)
    except (OSError, ValueError) as error:
        forbidden = [str(error)]
    if forbidden:
        yield "unsafe-drawing", {"drawing": drawing, "name": ", ".join(forbidden)}


def _call_problems(
    tutorial: Tutorial, call: Call, unknown: str, known: dict[str, Callable[..., Any]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    if call.name not in known:
        yield unknown, {"name": call.name}
        return
    problem = argument_problem(known[call.name], call)
    if problem:
        yield "wrong-arguments", {"name": call.name, "detail": problem}
    for argument in ("series", "any_of"):
        value = call.arguments.get(argument, ())
        for role in [value] if isinstance(value, str) else value:
            if role not in tutorial.series:
                yield "unknown-series", {"name": role}


def _rule_problem(rule: Any) -> str:
    if not isinstance(rule, dict):
        return repr(rule)
    unknown = set(rule) - set(RULE_NAMES)
    if unknown:
        return ", ".join(sorted(unknown))
    for name in ("description", "not_description"):
        try:
            re.compile(rule.get(name, ""))
        except (re.error, TypeError) as error:
            return f"{name}: {error}"
    return ""


def _word_problems(tutorial: Tutorial, words: Words, first: Words) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in ("title", "subtitle", "notice"):
        if not getattr(words, name):
            yield "", "missing-words", {"name": name}
    if not words.credits:
        yield "", "missing-words", {"name": "credits"}
    expected: dict[str, tuple[set[str], Mapping[str, Any]]] = {
        "parts": ({part.id for part in tutorial.parts}, words.parts),
        "steps": ({step.id for step in tutorial.steps}, words.steps),
        "links": (set(tutorial.links), words.links),
    }
    for name, (wanted, given) in expected.items():
        for key in sorted(wanted - set(given)):
            yield name, "missing-words", {"name": key}
        for key in sorted(set(given) - wanted):
            yield name, "too-many-words", {"name": key}
    for key in sorted(set(words.interface) - set(tutorial.interface)):
        yield "interface", "too-many-words", {"name": key}
    for step in tutorial.steps:
        if step.id in words.steps:
            for code, fields in _step_word_problems(tutorial, step, words, first):
                yield f"steps.{step.id}", code, fields


def _step_word_problems(tutorial: Tutorial, step: Step, words: Words, first: Words) -> Iterator[tuple[str, dict[str, Any]]]:
    said = words.steps[step.id]
    for name in ("title", "body", "hint", "takeaway"):
        if not getattr(said, name):
            yield "missing-words", {"name": name}
    count = word_count(said.body)
    if said.body and not LEAST_WORDS <= count <= MOST_WORDS:
        yield "body-length", {"count": count, "least": LEAST_WORDS, "most": MOST_WORDS}
    if step.right_choice is not None:
        if not said.question:
            yield "missing-words", {"name": "question"}
        elif not 0 <= step.right_choice < len(said.choices):
            yield "right-choice", {"choice": step.right_choice, "count": len(said.choices)}
    if step.id in first.steps and len(said.choices) != len(first.steps[step.id].choices):
        yield "answers", {"count": len(said.choices)}
    if step.drawing and not said.drawing_description:
        yield "missing-words", {"name": "drawing"}
    if step.drawing and drawing_path(tutorial.folder, step.drawing).is_file():
        for key in sorted(words_needed(tutorial.folder, step.drawing) - set(words.drawings)):
            yield "drawing-word", {"drawing": step.drawing, "name": key}
    yield from _text_problems(tutorial, said)


def _text_problems(tutorial: Tutorial, said: StepWords) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names of Slicer's interface that nobody knows, and addresses that are none."""
    for text in (said.body, said.hint, said.takeaway, said.question, *said.choices, *said.explanations):
        for key in INTERFACE_NAME.findall(text):
            if key not in tutorial.interface:
                yield "unknown-interface", {"name": key}
        for address in ANY_LINK.findall(text):
            if not WEB_ADDRESS.fullmatch(address) and not LINK.search(f"[x]({address})"):
                yield "bad-link", {"name": address}
