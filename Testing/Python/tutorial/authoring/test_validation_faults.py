"""What is wrong with a tutorial of two steps in two languages: each fault alone, with its place, fields and what was meant."""

from __future__ import annotations

import json

import pytest

from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of

BODY = " ".join(["word"] * 60)


def step(name, **more):
    return {"title": name, "body": f"{name} {BODY}", "hint": f"Hint {name}", "takeaway": f"End {name}", **more}


def question(*answers, ask="Which?"):
    return {"ask": ask, "answers": [{"say": one, "because": f"because {one}"} for one in answers]}


def sound():
    """The files of a tutorial with nothing wrong."""
    structure = {
        "id": "tiny", "languages": ["en", "fr"], "series": {"ct": {"modality": "CT"}},
        "interface": {"load": "Load"}, "links": {"web": "https://example.org"},
        "places": {"button": {"in": "main-window", "find": [{"name": "x"}]}},
        "parts": [{"id": "part", "steps": [
            {"id": "one", "checks": [{"do": "acknowledged"}], "drawing": "pic", "links": ["web"], "places": ["button"]},
            {"id": "two", "checks": [{"do": "answered"}], "right_choice": 1},
        ]}],
    }  # fmt: skip
    files = {"tutorial.json": structure}
    for language, end in (("en", ""), ("fr", "é")):
        files[f"{language}.json"] = {
            "title": "Tiny", "subtitle": f"Sub{end}", "notice": f"Note{end}", "credits": [f"C{end}"], "parts": {"part": "P"},
            "links": {"web": f"Web{end}"}, "interface": {"load": "Load"}, "drawings": {"pic.word": "w"},
            "steps": {
                "one": step(f"One{end}", drawing=f"A picture{end}"),
                "two": step(f"Two{end}", question=question(f"a{end}", f"b{end}")),
            },
        }  # fmt: skip
    files["drawings/pic.svg"] = '<svg xmlns="http://www.w3.org/2000/svg"><text>{pic.word}</text></svg>'
    return files


def found(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return [(one.file, one.where, one.code, one.fields, one.suggestion) for one in problems_of(folder)]


def test_a_sound_one_has_no_problem(tmp_path):
    assert found(tmp_path, sound()) == []


T, E, F = "tutorial.json", "en.json", "fr.json"
ONE, TWO = ("parts", 0, "steps", 0), ("parts", 0, "steps", 1)
MEANT = "steps.one"
LONG, SHORT = " ".join(["word"] * 121), " ".join(["word"] * 59)
REMOVED = object()
# File, where in it, what stands there instead, and all that is found: (file, place, code, fields, what was meant).
FAULTS = [
    (T, ("id",), "a b", [(T, "id", "bad-id", {"name": "a b"}, "")]),
    (T, ("id",), "x" * 80, []),
    (T, ("id",), "x" * 81, [(T, "id", "bad-id", {"name": "x" * 81}, "")]),
    (T, ("id",), "dicom_and_slicer", [(T, "id", "built-in-id", {"name": "dicom_and_slicer"}, "")]),
    (T, ("languages",), ["en", "fr", "e!"], [(T, "languages", "bad-language", {"name": "e!"}, "")]),
    (T, ("languages",), ["en", "fr", "es"], [(T, "languages", "no-file", {"name": "es"}, "")]),
    (T, (*TWO, "id"), "t o", [
        (T, "t o", "bad-id", {"name": "t o"}, ""), (E, "steps", "missing-words", {"name": "t o"}, "two"),
        (E, "steps", "too-many-words", {"name": "two"}, "t o"), (F, "steps", "missing-words", {"name": "t o"}, "two"),
        (F, "steps", "too-many-words", {"name": "two"}, "t o"),
    ]),
    (T, (*ONE, "checks"), [], [(T, "one", "no-check", {}, "")]),
    (T, (*ONE, "checks"), [{"do": "acknowledge"}], [(T, "one", "unknown-check", {"name": "acknowledge"}, "acknowledged")]),
    (T, (*ONE, "actions"), [{"do": "shows", "series": "ct"}], [(T, "one", "unknown-action", {"name": "shows"}, "show")]),
    (T, (*ONE, "preconditions"), [{"do": "x"}], [(T, "one", "unknown-check", {"name": "x"}, "")]),
    (T, (*ONE, "table"), {"do": "x"}, [(T, "one", "unknown-table", {"name": "x"}, "")]),
    (T, (*ONE, "needs"), ["cd"], [(T, "one", "unknown-series", {"name": "cd"}, "")]),
    (T, (*ONE, "places"), ["buton"], [(T, "one", "unknown-place", {"name": "buton"}, "button")]),
    (T, (*ONE, "links"), ["wep"], [(T, "one", "unknown-link", {"name": "wep"}, "web")]),
    (T, (*ONE, "drawing"), "pik", [(T, "one", "no-drawing", {"name": "pik"}, "pic")]),
    (T, (*ONE, "drawing"), "../pic", [(T, "one", "no-drawing", {"name": "../pic"}, "pic")]),
    (T, (*ONE, "right"), 1, [(T, "one", "unknown-key", {"key": "right"}, "")]),
    (T, (*TWO, "right_choice"), 2, [
        (file, "steps.two", "right-choice", {"choice": 2, "count": 2, "last": 1}, "") for file in (E, F)
    ]),
    (T, (*TWO, "right_choice"), -1, [
        (file, "steps.two", "right-choice", {"choice": -1, "count": 2, "last": 1}, "") for file in (E, F)
    ]),
    (T, (*TWO, "right_choice"), 0, []),
    (T, (*TWO, "right_choice"), REMOVED, [
        (T, "two", "no-question", {}, ""), (E, "steps.two", "no-right-choice", {}, ""),
        (F, "steps.two", "no-right-choice", {}, ""),
    ]),
    (T, ("links", "web"), "http://example.org", [(T, "links.web", "bad-link", {"name": "http://example.org"}, "")]),
    (T, ("interface_sources",), {"lod": []}, [(T, "interface_sources", "unknown-interface", {"name": "lod"}, "load")]),
    (T, ("series", "ct"), {"description": "("}, [
        (T, "series", "bad-pattern", {"name": "ct", "key": "description", "pattern": "("}, "")
    ]),
    (T, ("series", "ct"), {"not_description": "["}, [
        (T, "series", "bad-pattern", {"name": "ct", "key": "not_description", "pattern": "["}, "")
    ]),
    (T, ("parts",), {}, [(T, "parts", "wrong-type", {"key": "parts", "expected": "kind-list", "found": "kind-object"}, "")]),
    (T, ("parts",), REMOVED, [(T, "", "missing-key", {"key": "parts"}, "")]),
    (T, ("parts", 0, "optional"), 1, [
        (T, "part.optional", "wrong-type", {"key": "optional", "expected": "kind-flag", "found": "kind-whole"}, "")
    ]),
    (T, (*ONE, "minutes"), True, [
        (T, "one.minutes", "wrong-type", {"key": "minutes", "expected": "kind-whole", "found": "kind-flag"}, "")
    ]),
    (T, (*ONE, "checks"), ["x"], [
        (T, "one.checks.1", "wrong-type", {"key": "1", "expected": "kind-call", "found": "kind-text"}, "")
    ]),
    (T, (*ONE, "checks"), [{}], [(T, "one.checks.1", "missing-key", {"key": "do"}, "")]),
    (T, (*ONE, "checks"), [{"do": None}], [
        (T, "one.checks.1", "wrong-type", {"key": "do", "expected": "kind-text", "found": "kind-null"}, "")
    ]),
    (T, (*ONE, "points"), [1, 2.5], [
        (T, "one.points.2", "wrong-type", {"key": "2", "expected": "kind-whole", "found": "kind-number"}, "")
    ]),
    (E, ("title",), "", [(E, "", "missing-words", {"name": "title"}, "")]),
    (E, ("subtitle",), "", [(E, "", "missing-advised", {"name": "subtitle"}, "")]),
    (E, ("notice",), "", [(E, "", "missing-advised", {"name": "notice"}, "")]),
    (E, ("credits",), [], [(E, "", "missing-advised", {"name": "credits"}, "")]),
    (E, ("notice",), "**a", [(E, "notice", "open-markup", {"sign": "**", "text": "**a"}, "")]),
    (E, ("credits",), ["a", "<b>"], [(E, "credits", "html-in-text", {"text": "<b>"}, "")]),
    (E, ("parts",), {"par": "P"}, [
        (E, "parts", "missing-words", {"name": "part"}, "par"), (E, "parts", "too-many-words", {"name": "par"}, "part"),
    ]),
    (E, ("links",), {}, [(E, "links", "missing-words", {"name": "web"}, "")]),
    (E, ("interface",), {"lode": "x"}, [(E, "interface", "too-many-words", {"name": "lode"}, "load")]),
    (F, ("steps", "one", "title"), "", [(F, MEANT, "missing-words", {"name": "title"}, "")]),
    (F, ("steps", "one", "body"), "", [(F, MEANT, "missing-words", {"name": "body"}, "")]),
    (F, ("steps", "one", "hint"), "", [(F, MEANT, "missing-advised", {"name": "hint"}, "")]),
    (F, ("steps", "one", "takeaway"), "", [(F, MEANT, "missing-advised", {"name": "takeaway"}, "")]),
    (F, ("steps", "one", "drawing"), "", [(F, MEANT, "missing-words", {"name": "drawing"}, "")]),
    (F, ("drawings",), {}, [(F, MEANT, "drawing-word", {"drawing": "pic", "name": "pic.word"}, "")]),
    (F, ("steps", "one", "body"), SHORT, [(F, MEANT, "body-length", {"count": 59, "least": 60, "most": 120}, "")]),
    (F, ("steps", "one", "body"), LONG, [(F, MEANT, "body-length", {"count": 121, "least": 60, "most": 120}, "")]),
    (F, ("steps", "one", "body"), LONG[5:], []),
    (F, ("steps", "one", "body"), f"One {BODY}", [(F, MEANT, "same-as-other", {"text": f"One {BODY}", "language": "en"}, "")]),
    (F, ("steps", "one", "goal"), "[[lod]] x", [(F, MEANT, "unknown-interface", {"name": "lod"}, "load")]),
    (F, ("steps", "one", "task"), "[a](term:b)", [(F, MEANT, "unknown-term", {"name": "b"}, "")]),
    (F, ("steps", "one", "task"), "a TODO b", [(F, MEANT, "unfinished", {"text": "a TODO b"}, "")]),
    (F, ("steps", "one", "task"), "TODOS", []),
    (F, ("steps", "two", "question"), question("é1", "é2", "é3"), [
        (F, "steps.two", "answers", {"count": 3, "first": 2}, "")
    ]),
    (F, ("steps", "two", "question"), question("é1", "é2", ask=""), [
        (F, "steps.two", "missing-words", {"name": "question"}, "")
    ]),
    (F, ("steps", "three"), {}, [(F, "steps", "too-many-words", {"name": "three"}, "")]),
    ("drawings/pic.svg", (), "<svg>", [(T, "one", "broken-drawing-line", {"drawing": "pic", "line": 1}, "")]),
    ("drawings/pic.svg", (), "<html/>", [(T, "one", "broken-drawing", {"drawing": "pic"}, "")]),
    ("drawings/pic.svg", (), sound()["drawings/pic.svg"].replace("<text>", "<script/><text>"), [
        (T, "one", "unsafe-drawing", {"drawing": "pic", "name": ["<script>"]}, "")
    ]),
    (E, ("steps", "one", "body"), [{"say": f"One {BODY}", "from": "5.2"}, {"say": f"Old {BODY}", "until": "5.2"}], [
        (F, "steps.one.body", "version-ranges", {"name": "en.json"}, "")
    ]),
    (E, ("steps", "one", "body"), {"say": BODY, "from": "5.2", "until": "5.2"}, [
        (E, "steps.one.body", "version-order", {"since": "5.2", "until": "5.2"}, "")
    ]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_a_fault_alone_is_told_with_all_that_belongs_to_it(tmp_path, number):
    file, place, instead, expected = FAULTS[number]
    files = sound()
    if place:
        *path, last = place
        there = files[file]
        for key in path:
            there = there[key]
        if instead is REMOVED:
            del there[last]
        else:
            there[last] = instead
    else:
        files[file] = instead
    assert found(tmp_path, files) == expected


def test_a_step_named_twice_is_told_once(tmp_path):
    files = sound()
    files[T]["parts"].append({"id": "part", "steps": [files[T]["parts"][0]["steps"][1]] * 2})
    assert found(tmp_path, files) == [(T, "two", "duplicate-step", {"step": "two"}, "")]
