"""Checks, actions and tables as a tutorial calls them: known, with the arguments they need, each naming something there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from DICOMTutorialHelperLib.tutorial.authoring.vocabulary import NAMES, known_names
from DICOMTutorialHelperLib.tutorial.content import Call
from DICOMTutorialHelperLib.tutorial.near_words import nearest_word
from DICOMTutorialHelperLib.tutorial.schema import fits, kind_of
from DICOMTutorialHelperLib.tutorial.steps import registered, registered_answers
from DICOMTutorialHelperLib.tutorial.steps.registry import Argument, arguments_of

Found = tuple  # code, fields and, where there is one, a suggestion


def known_calls() -> dict[str, Mapping[str, Callable[..., Any]]]:
    """All checks, actions, tables and expected answers by their names, under ``check``, ``action``, ``table``, ``expects``."""
    checks, actions, data_tables = registered()
    evaluators = {name: one.evaluate for name, one in checks.items()}
    return {"check": evaluators, "action": actions, "table": data_tables, "expects": registered_answers()}


def call_problems(kind: str, call: Call, series: Mapping[str, Any]) -> Iterator[Found]:
    """What is wrong with a call of a ``kind`` (check, action, table or expects) in a tutorial with these series."""
    known = known_calls()
    if call.name not in known[kind]:
        elsewhere = next((other for other in known if call.name in known[other]), "")
        if elsewhere:
            yield "other-kind", {"name": call.name, "there": f"kind-{elsewhere}", "used": f"kind-{kind}"}
        else:
            yield f"unknown-{kind}", {"name": call.name}, nearest_word(call.name, known[kind])
        return
    arguments = {one.name: one for one in arguments_of(known[kind][call.name])}
    for name in call.arguments:
        if name not in arguments:
            yield "unknown-argument", {"name": call.name, "argument": name}, nearest_word(name, arguments)
    for name, argument in arguments.items():
        if name in call.arguments:
            yield from _value_problems(call, argument, call.arguments[name], series)
        elif argument.required:
            yield "missing-argument", {"name": call.name, "argument": name}


def _value_problems(call: Call, argument: Argument, value: Any, series: Mapping[str, Any]) -> Iterator[Found]:
    kind = argument.kind if argument.kind in ("whole", "number", "flag", "any") else "text"
    fields = {"name": call.name, "argument": argument.name}
    if argument.many and not isinstance(value, list):
        yield "argument-type", {**fields, "expected": "kind-list", "found": kind_of(value)}
        return
    if argument.many and argument.required and not value:
        yield "argument-empty", fields
    for item in value if argument.many else [value]:
        if not fits(item, kind):
            yield "argument-type", {**fields, "expected": f"kind-{kind}", "found": kind_of(item)}
        elif kind == "text" and (item or argument.required):
            yield from name_problems(argument.kind, item, series)


def name_problems(kind: str, name: str, series: Iterable[str] = ()) -> Iterator[Found]:
    """What is wrong with a text that names something of a kind; nothing for texts that are free."""
    if kind == "condition":
        yield from _condition_problems(name)
    elif kind in NAMES:
        known = known_names(kind, series)
        if name not in known:
            yield f"unknown-{kind}", {"name": name}, nearest_word(name, known)


def _condition_problems(text: str) -> Iterator[Found]:
    from DICOMTutorialHelperLib.explore.expressions import ExpressionError, parse

    try:
        parse(text)
    except ExpressionError as error:
        yield "bad-condition", {"condition": text, "detail": error}
