"""The JSON files a tutorial is made of, read so that whatever is wrong in them can be told in words a teacher understands."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.tutorial.problems import ContentError, Problem

MOST_BYTES = 5_000_000
# Byte order marks, the longer first: UTF-16's is the beginning of UTF-32's.
_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# What the json module says is wrong -> how a teacher is told; anything else is told as "json-value".
_SYNTAX = (
    ("Expecting ',' delimiter", "json-comma"),
    ("Expecting ':' delimiter", "json-colon"),
    ("Expecting property name", "json-name"),
    ("Illegal trailing comma", "json-name"),
    ("Unterminated string", "json-string"),
    ("Invalid control character", "json-line-break"),
    ("Invalid \\", "json-backslash"),
    ("Extra data", "json-extra"),
)
OTHER_QUOTES = "'‘’‚“”„«»`"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def read_json_object(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises ContentError for anything else."""
    return checked_json_object(path)[0]


def checked_json_object(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """A JSON object, and what is wrong in it that does not hinder reading. Raises ContentError where nothing can be read."""
    text = _decoded(path)
    found: list[Problem] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                found.append(Problem(path.name, "", "duplicate-key", {"key": key}))
            seen[key] = value
        return seen

    def no_number(name: str) -> Any:
        raise ContentError(Problem(path.name, "", "json-number", {"name": name}))

    try:
        content = json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except json.JSONDecodeError as error:
        raise ContentError(_syntax_problem(path.name, text, error)) from error
    except RecursionError as error:
        raise ContentError(Problem(path.name, "", "json-deep")) from error
    except ValueError as error:  # an integer of thousands of digits
        raise ContentError(Problem(path.name, "", "json-number", {"name": "…"})) from error
    if not isinstance(content, dict):
        raise ContentError(Problem(path.name, "", "json-no-object"))
    for string in strings_in(content):
        if _CONTROL.search(string):
            found.append(Problem(path.name, "", "bad-character", {"text": _CONTROL.sub("�", string)}))
    return content, found


def strings_in(content: object) -> Iterator[str]:
    """All texts, the keys included; without recursion, for a file may nest as deep as it likes."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value


def _decoded(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ContentError(Problem(path.name, "", "no-such-file")) from error
    except OSError as error:
        raise ContentError(Problem(path.name, "", "unreadable", {"reason": system_reason(error)})) from error
    if len(content) > MOST_BYTES:
        raise ContentError(Problem(path.name, "", "too-large", {"size": len(content) // 1_000_000}))
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            raise ContentError(Problem(path.name, "", "encoding", {"encoding": encoding}))
    if b"\x00" in content[:4]:
        raise ContentError(Problem(path.name, "", "encoding", {"encoding": "UTF-16"}))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ContentError(Problem(path.name, "", "encoding-line", {"line": line, "encoding": "Windows-1252"})) from error


def _syntax_problem(file: str, text: str, error: json.JSONDecodeError) -> Problem:
    code = next((code for said, code in _SYNTAX if error.msg.startswith(said)), "json-value")
    if not text.strip():
        return Problem(file, "", "json-empty")
    there = text[error.pos : error.pos + 1]
    if code in ("json-name", "json-value") and there and there in OTHER_QUOTES:
        code = "json-quotes"
    elif text[error.pos : error.pos + 2] in ("//", "/*") or there == "#":
        code = "json-comment"
    elif code == "json-value" and re.match(r"(True|False|None|undefined)\b", text[error.pos :]):
        code = "json-word"
    return Problem(file, "", code, {"line": error.lineno, "column": error.colno})
