"""What may stand in a tutorial's files: every object's keys and the kind of each, in one table.

A kind is ``text``, ``whole`` (a whole number), ``number``, ``flag`` (true or false), ``version`` (of Slicer), ``any``,
``paragraphs`` (a text, one for some versions only, or a list of such), ``call``, the name of an object of the table, or one of
these after ``list:`` or ``map:`` (an object with any keys). A key that ends in ``!`` must be there. To give a step, a question or
a tutorial something new, add its line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from DICOMTutorialHelperLib.tutorial.near_words import nearest_word
from DICOMTutorialHelperLib.tutorial.problems import Problem
from DICOMTutorialHelperLib.tutorial.versions import VERSION, numbers

SCHEMA: dict[str, dict[str, str]] = {
    "tutorial": {
        "id!": "text",
        "languages": "list:text",
        "series": "map:series-rule",
        "interface": "map:text",
        "interface_sources": "map:list:source",
        "links": "map:text",
        "places": "map:place",
        "parts!": "list:part",
    },
    "part": {"id!": "text", "steps!": "list:step", "optional": "flag"},
    "step": {
        "id!": "text",
        "points": "list:whole",
        "module": "text",
        "places": "list:text",
        "checks": "list:call",
        "preconditions": "list:call",
        "actions": "list:call",
        "table": "call",
        "drawing": "text",
        "needs": "list:text",
        "needs_server": "flag",
        "pictures": "list:text",
        "right_choice": "whole",
        "expects": "call",
        "traps": "list:call",
        "asks_again": "flag",
        "minutes": "whole",
        "picture_presets": "list:text",
        "links": "list:text",
    },
    "series-rule": {"modality": "text", "description": "text", "not_description": "text", "at_least": "whole"},
    "place": {"in!": "text", "find!": "list:way", "behind": "text"},
    "way": {
        "name": "text",
        "action": "text",
        "attribute": "text",
        "from": "version",
        "until": "version",
        "in": "text",
        "browser": "text",
        "words": "text",
    },
    "source": {"context!": "text", "text": "text"},
    # --- words
    "words": {
        "title": "text",
        "subtitle": "text",
        "notice": "paragraphs",
        "parts": "map:text",
        "steps": "map:step-words",
        "interface": "map:text",
        "drawings": "map:text",
        "links": "map:text",
        "credits": "list:text",
        "glossary": "map:term",
    },
    "step-words": {
        "title": "text",
        "goal": "paragraphs",
        "body": "paragraphs",
        "task": "paragraphs",
        "hint": "paragraphs",
        "takeaway": "paragraphs",
        "question": "question",
        "drawing": "text",
    },
    # A question has answers to choose from; where one is typed, it has what is said to a right one, a wrong one and each trap.
    "question": {
        "ask": "paragraphs",
        "answers": "list:answer",
        "right": "paragraphs",
        "wrong": "paragraphs",
        "traps": "list:paragraphs",
    },
    "term": {"word!": "text", "means!": "text"},
    "answer": {"say!": "paragraphs", "because!": "paragraphs"},
    "bounded": {"say!": "text", "from": "version", "until": "version"},
}
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "paragraphs": (str,),
    "whole": (int,),
    "number": (int, float),
    "flag": (bool,),
}


def shape_problems(file: str, content: dict[str, Any], name: str) -> list[Problem]:
    """Where an object of the table has other keys, or values of another kind, than it may: all such places."""
    return [Problem(file, where, *found) for where, *found in _object_problems(content, name, "")]


def blocking(problem: Problem) -> bool:
    """Whether what is built from the file would fail on it."""
    return problem.code in ("wrong-type", "missing-key", "version-order")


def _object_problems(content: object, name: str, where: str) -> Iterator[tuple]:
    if not isinstance(content, dict):
        yield where, "wrong-type", {"key": _last(where) or name, "expected": "kind-object", "found": kind_of(content)}
        return
    keys = SCHEMA[name]
    for key in keys:
        if key.endswith("!") and key[:-1] not in content:
            yield where, "missing-key", {"key": key[:-1]}
    known = {key.rstrip("!"): kind for key, kind in keys.items()}
    for key, value in content.items():
        if key not in known:
            yield where, "unknown-key", {"key": key}, nearest_word(key, known)
        else:
            yield from _value_problems(value, known[key], f"{where}.{key}" if where else key)
    since, until = content.get("from", ""), content.get("until", "")
    if "version" in known.values() and fits(since, "version") and fits(until, "version") and numbers(since) >= numbers(until):
        yield where, "version-order", {"since": since, "until": until}


def _value_problems(value: object, kind: str, where: str) -> Iterator[tuple]:
    form, _, inner = kind.partition(":")
    if form in SCHEMA:
        yield from _object_problems(value, form, where)
    elif form == "call":
        yield from _call_problems(value, where)
    elif form == "paragraphs" and isinstance(value, (list, dict)):
        for item in value if isinstance(value, list) else [value]:
            yield from _value_problems(item, "bounded" if isinstance(item, dict) else "text", where)
    elif form == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from _value_problems(item, inner, f"{where}.{key}")
    elif form == "list" and isinstance(value, list):
        for number, item in enumerate(value, 1):
            # What has an id is told by it: "welcome" says more than "parts.1.steps.1".
            named = isinstance(item, dict) and isinstance(item.get("id"), str)
            yield from _value_problems(item, inner, item["id"] if named else f"{where}.{number}")
    elif form in ("map", "list") or not fits(value, form):
        expected = {"map": "kind-object", "list": "kind-list"}.get(form, f"kind-{form}")
        yield where, "wrong-type", {"key": _last(where), "expected": expected, "found": kind_of(value)}


def _call_problems(value: object, where: str) -> Iterator[tuple]:
    """``{"do": name, ...}``; the arguments are looked at where the names are known."""
    if not isinstance(value, dict):
        yield where, "wrong-type", {"key": _last(where), "expected": "kind-call", "found": kind_of(value)}
    elif "do" not in value:
        yield where, "missing-key", {"key": "do"}
    elif not isinstance(value["do"], str):
        yield where, "wrong-type", {"key": "do", "expected": "kind-text", "found": kind_of(value["do"])}


def fits(value: object, kind: str) -> bool:
    """Whether a value is of a simple kind; true and false are no numbers."""
    if kind == "any":
        return True
    if kind == "version":
        return isinstance(value, str) and VERSION.fullmatch(value) is not None
    return isinstance(value, _TYPES[kind]) and (kind == "flag" or not isinstance(value, bool))


def kind_of(value: object) -> str:
    """What a value is, by the name that sentences have for it."""
    if value is None:
        return "kind-null"
    for kind in ("flag", "whole", "number", "text"):
        if fits(value, kind):
            return f"kind-{kind}"
    return "kind-object" if isinstance(value, dict) else "kind-list"


def _last(where: str) -> str:
    return where.rpartition(".")[2]
