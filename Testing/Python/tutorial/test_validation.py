"""What ``tutorial check`` tells a teacher."""

from __future__ import annotations

import json
import shutil

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.validation import problems_of


@pytest.fixture
def folder(tutorial, tmp_path):
    """A copy of the tutorial that may be spoilt."""
    copy = tmp_path / "copy"
    shutil.copytree(tutorial.folder, copy)
    return copy


def spoil(folder, name, change):
    path = folder / name
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def found(folder):
    return {(problem.file, problem.where, problem.code) for problem in problems_of(folder)}


def first_step(content):
    return content["parts"][0]["steps"][0]


STRUCTURE = {
    "unknown-check": lambda content: first_step(content)["checks"].append({"do": "read-minds"}),
    "unknown-action": lambda content: first_step(content).update(actions=[{"do": "fly"}]),
    "unknown-table": lambda content: first_step(content).update(table={"do": "museum"}),
    "wrong-arguments": lambda content: first_step(content).update(checks=[{"do": "loaded", "what": "ct"}]),
    "no-check": lambda content: first_step(content).update(checks=[]),
    "unknown-series": lambda content: first_step(content).update(needs=["pet"]),
    "unknown-place": lambda content: first_step(content).update(places=["attic"]),
    "unknown-link": lambda content: first_step(content).update(links=["nowhere"]),
    "no-drawing": lambda content: first_step(content).update(drawing="mona_lisa"),
}


@pytest.mark.parametrize("code", STRUCTURE)
def test_a_fault_in_a_step_is_named_with_its_step(folder, code):
    spoil(folder, "tutorial.json", STRUCTURE[code])
    assert ("tutorial.json", "welcome", code) in found(folder)


def test_a_step_named_twice_is_found(folder):
    spoil(folder, "tutorial.json", lambda content: content["parts"][0]["steps"].append(first_step(content)))
    assert ("tutorial.json", "welcome", "duplicate-step") in found(folder)


@pytest.mark.parametrize(
    "place",
    [
        {"in": "kitchen", "find": [{"name": "x"}]},
        {"in": "main-window", "find": []},
        {"in": "main-window", "find": [{"name": "x", "action": "y"}]},
        {"in": "main-window", "find": [{"name": "x", "from": "soon"}]},
    ],
)
def test_a_place_that_cannot_be_found_is_refused(folder, place):
    spoil(folder, "tutorial.json", lambda content: content["places"].update(pin=place))
    assert ("tutorial.json", "places", "bad-place") in found(folder)


def test_links_must_be_web_addresses(folder):
    spoil(folder, "tutorial.json", lambda content: content["links"].update(forum="ask around"))
    spoil(folder, "fr.json", lambda content: content["steps"]["fair"].update(hint="[ici](javascript:x)"))
    assert ("tutorial.json", "links.forum", "bad-link") in found(folder)
    assert ("fr.json", "steps.fair", "bad-link") in found(folder)


def test_a_bad_rule_for_a_series_is_found(folder):
    spoil(folder, "tutorial.json", lambda content: content["series"].update(t2={"description": "("}))
    assert ("tutorial.json", "series", "bad-rule") in found(folder)


WORDS = {
    ("steps", "missing-words"): lambda content: content["steps"].pop("fair"),
    ("steps", "too-many-words"): lambda content: content["steps"].update(extra={}),
    ("steps.fair", "missing-words"): lambda content: content["steps"]["fair"].update(hint=""),
    ("steps.fair", "body-length"): lambda content: content["steps"]["fair"].update(body="Too short."),
    ("steps.fair", "answers"): lambda content: content["steps"]["fair"]["question"]["answers"].pop(0),
    ("steps.fair", "drawing-word"): lambda content: content["drawings"].pop("fair.f"),
    ("steps.fair", "unknown-interface"): lambda content: content["steps"]["fair"].update(hint="[[red-button]]"),
    ("interface", "too-many-words"): lambda content: content["interface"].update({"red-button": "Bouton"}),
    ("", "missing-words"): lambda content: content.update(notice=""),
}


@pytest.mark.parametrize(("where", "code"), WORDS)
def test_a_fault_in_a_language_is_named_with_its_file(folder, where, code):
    spoil(folder, "fr.json", WORDS[where, code])
    assert ("fr.json", where, code) in found(folder)


def test_a_right_choice_beyond_the_answers_is_found(folder):
    def change(content):
        for part in content["parts"]:
            for step in part["steps"]:
                if step["id"] == "fair":
                    step["right_choice"] = 7

    spoil(folder, "tutorial.json", change)
    assert ("es.json", "steps.fair", "right-choice") in found(folder)


def test_a_missing_language_is_found(folder):
    (folder / "es.json").unlink()
    assert found(folder) == {("tutorial.json", "languages", "no-file")}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"id": "x"}', '{"id": "x", "languages": ["en"], "parts": [{"id": 1}]}'])
def test_an_unreadable_structure_ends_in_one_clear_problem(folder, content):
    (folder / "tutorial.json").write_text(content, encoding="utf-8")
    assert found(folder) == {("tutorial.json", "", "unreadable")}


def test_every_problem_has_its_sentence_in_every_language():
    import inspect
    import re

    from DICOMTutorialHelperLib.tutorial import validation

    codes = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', inspect.getsource(validation))) & {
        key[len("problem.") :] for key in messages("tutorial", "en")
    }
    assert len(codes) >= 20
    for language in LANGUAGES:
        for code in codes:
            assert messages("tutorial", language)[f"problem.{code}"]


def body_of_welcome(content, *paragraphs):
    content["steps"]["welcome"]["body"] = list(paragraphs)


def test_words_for_some_versions_only_are_checked_in_each(folder):
    for language in LANGUAGES:
        spoil(folder, f"{language}.json", lambda content: body_of_welcome(content, {"from": "5.10", "say": "word " * 80}))
    assert ("en.json", "steps.welcome", "missing-words") in found(folder)  # up to 5.8 there is nothing to read
    assert ("en.json", "steps.welcome", "body-length") not in found(folder)
    spoil(folder, "fr.json", lambda content: body_of_welcome(content, {"from": "5.8", "say": "word " * 80}))
    assert ("fr.json", "steps.welcome.body", "version-ranges") in found(folder)


def test_bounds_that_are_no_versions_are_found(folder):
    spoil(folder, "es.json", lambda content: body_of_welcome(content, {"from": "new", "say": "x"}))
    assert ("es.json", "", "unreadable") in found(folder)


def test_a_name_whose_translation_is_told_must_be_a_name_of_the_interface(folder):
    spoil(folder, "tutorial.json", lambda content: content["interface_sources"].update(nothing=[{"context": "X"}]))
    assert ("tutorial.json", "interface_sources", "unknown-interface") in found(folder)
