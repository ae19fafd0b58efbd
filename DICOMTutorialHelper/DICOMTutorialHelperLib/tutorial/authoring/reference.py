"""All words that a tutorial's files may use, each with its arguments and a line: what ``tutorial check --list`` shows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.authoring import vocabulary
from DICOMTutorialHelperLib.tutorial.authoring.calls import known_calls
from DICOMTutorialHelperLib.tutorial.content import Tutorial
from DICOMTutorialHelperLib.tutorial.schema import SCHEMA
from DICOMTutorialHelperLib.tutorial.steps.registry import arguments_of

CONDITIONS = ("compare", "words", "join")


@dataclass(frozen=True)
class Entry:
    """A word, its arguments as (name, what it is), and a line about it, "" where the name says it all."""

    name: str
    arguments: tuple[tuple[str, str], ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Section:
    """A kind of words under its title in the reader's language."""

    key: str
    title: str
    entries: tuple[Entry, ...]


def reference(tutorial: Tutorial, language: str) -> list[Section]:
    """Everything there is to use in ``tutorial``'s files, in the reader's language."""
    words = messages("authoring", language)
    names = messages("tutorial", language)
    local = tutorial.words(language).interface

    def section(key: str, entries: Iterable[Entry]) -> Section:
        return Section(key, words[f"list.section.{key}"], tuple(entries))

    def calls(kind: str) -> Iterable[Entry]:
        for name, function in sorted(known_calls()[kind].items()):
            yield Entry(name, _arguments(function, words), words.get(f"list.{kind}.{name}") or _first_line(function))

    def named(listed: Iterable[str], prefix: str = "") -> Iterable[Entry]:
        return (Entry(name, line=names.get(f"name.{prefix}{name}", "")) for name in listed)

    interface = (Entry(key, line=_both(name, local.get(key, ""))) for key, name in sorted(tutorial.interface.items()))
    panel = messages("panel", language)
    places = (
        Entry(key, line=tutorial.interface.get(key, "") or panel.get(f"place.{key}", place["in"]))
        for key, place in sorted(tutorial.places.items())
    )
    return [
        section("checks", calls("check")),
        section("actions", calls("action")),
        section("tables", calls("table")),
        section("expects", calls("expects")),
        section("series", (Entry(name, line=_rule(rule)) for name, rule in tutorial.series.items())),
        section("places", places),
        section("interface", interface),
        section("pictures", named(vocabulary.PICTURES)),
        section("layouts", named(vocabulary.LAYOUTS, "layout.")),
        section("presets", named(vocabulary.PRESETS, "preset.")),
        section("rendering-presets", named(vocabulary.RENDERING_PRESETS)),
        section("modules", named(vocabulary.MODULES)),
        section("practice-sets", named(vocabulary.PRACTICE_SETS)),
        section("conditions", (Entry(name, line=words[f"list.condition.{name}"]) for name in CONDITIONS)),
        section("markup", (Entry(name, line=words[f"list.markup.{name}"]) for name in vocabulary.MARKUP)),
        section(
            "keys", (Entry(name, tuple((key, _kind(kind, words)) for key, kind in keys.items())) for name, keys in SCHEMA.items())
        ),
    ]


def _arguments(function: Callable[..., Any], words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    told = []
    for one in arguments_of(function):
        kind = words.get(f"name.arg-{one.kind}", one.kind)
        name = one.name if one.required else words["list.optional"].format(name=one.name)
        told.append((name, f"[{kind}, …]" if one.many else kind))
    return tuple(told)


def _kind(kind: str, words: Mapping[str, str]) -> str:
    """A kind of ``SCHEMA`` as the reader calls it: a list in brackets, a group of names in braces; other groups by their key."""
    form, _, inner = kind.partition(":")
    if form == "list":
        return f"[{_kind(inner, words)}, …]"
    if form == "map":
        return f"{{…: {_kind(inner, words)}}}"
    return words.get(f"name.arg-{kind}") or words.get(f"name.kind-{kind}") or kind


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _both(name: str, local: str) -> str:
    return f"{name} / {local}" if local and local != name else name


def _rule(rule: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in rule.items())
