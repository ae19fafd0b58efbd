"""What ``tutorial check`` tells a teacher."""

from __future__ import annotations

import inspect
import json
import re
import shutil

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of
from DICOMTutorialHelperLib.tutorial.content import read_tutorial


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
    "unknown-argument": lambda content: first_step(content).update(checks=[{"do": "loaded", "what": "ct"}]),
    "missing-argument": lambda content: first_step(content).update(checks=[{"do": "loaded"}]),
    "argument-type": lambda content: first_step(content).update(checks=[{"do": "loaded", "series": "ct"}]),
    "argument-empty": lambda content: first_step(content).update(checks=[{"do": "loaded", "series": []}]),
    "other-kind": lambda content: first_step(content).update(checks=[{"do": "play", "series": "bliss"}]),
    "unknown-layout": lambda content: first_step(content).update(actions=[{"do": "set-layout", "layout": "four"}]),
    "unknown-preset": lambda content: first_step(content).update(
        actions=[{"do": "apply-presets", "series": "ct", "presets": ["CT_BONES"]}]
    ),
    "unknown-slice-view": lambda content: first_step(content).update(actions=[{"do": "move-slices", "view": "Blue"}]),
    "unknown-rendering-preset": lambda content: first_step(content).update(
        actions=[{"do": "render", "series": "ct", "preset": "CT-Skin"}]
    ),
    "unknown-practice-set": lambda content: first_step(content).update(
        actions=[{"do": "make-practice-data", "sets": ["torso"], "series": ["ct"]}]
    ),
    "unknown-keyword": lambda content: first_step(content).update(
        table={"do": "header", "series": ["ct"], "keywords": ["PatientsName"]}
    ),
    "bad-condition": lambda content: first_step(content).update(table={"do": "cohort", "where": "Modality = = MR"}),
    "unknown-module": lambda content: first_step(content).update(module="Volums"),
    "unknown-picture": lambda content: first_step(content).update(pictures=["red"]),
    "no-question": lambda content: first_step(content).update(checks=[{"do": "answered"}]),
    "unknown-key": lambda content: first_step(content).update(check=[]),
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
    ("code", "place"),
    [
        ("place-container", {"in": "kitchen", "find": [{"name": "x"}]}),
        ("place-empty", {"in": "main-window", "find": []}),
        ("place-finder", {"in": "main-window", "find": [{"name": "x", "action": "y"}]}),
        ("place-browser", {"in": "dicom-browser", "find": [{"name": "x", "browser": "tabls"}]}),
    ],
)
def test_a_place_that_cannot_be_found_is_refused(folder, code, place):
    spoil(folder, "tutorial.json", lambda content: content["places"].update(pin=place))
    assert ("tutorial.json", "places", code) in found(folder)


def test_links_must_be_web_addresses(folder):
    spoil(folder, "tutorial.json", lambda content: content["links"].update(forum="ask around"))
    spoil(folder, "fr.json", lambda content: content["steps"]["fair"].update(hint="[ici](javascript:x)"))
    assert ("tutorial.json", "links.forum", "bad-link") in found(folder)
    assert ("fr.json", "steps.fair", "bad-link") in found(folder)


def test_a_bad_rule_for_a_series_is_found(folder):
    spoil(folder, "tutorial.json", lambda content: content["series"].update(t2={"description": "("}))
    assert ("tutorial.json", "series", "bad-pattern") in found(folder)


WORDS = {
    ("steps", "missing-words"): lambda content: content["steps"].pop("fair"),
    ("steps", "too-many-words"): lambda content: content["steps"].update(extra={}),
    ("steps.fair", "missing-words"): lambda content: content["steps"]["fair"].update(title=""),
    ("steps.fair", "missing-advised"): lambda content: content["steps"]["fair"].update(hint=""),
    ("steps.fair", "open-markup"): lambda content: content["steps"]["fair"].update(hint="Un **mot"),
    ("steps.fair", "interface-letters"): lambda content: content["steps"]["fair"].update(hint="[[Load]]"),
    ("steps.fair", "html-in-text"): lambda content: content["steps"]["fair"].update(hint="un <b>mot</b>"),
    ("steps.fair", "unfinished"): lambda content: content["steps"]["fair"].update(hint="TODO"),
    ("steps.fair", "body-length"): lambda content: content["steps"]["fair"].update(body="Too short."),
    ("steps.fair", "answers"): lambda content: content["steps"]["fair"]["question"]["answers"].pop(0),
    ("steps.fair", "drawing-word"): lambda content: content["drawings"].pop("fair.f"),
    ("steps.fair", "unknown-interface"): lambda content: content["steps"]["fair"].update(hint="[[red-button]]"),
    ("interface", "too-many-words"): lambda content: content["interface"].update({"red-button": "Bouton"}),
    ("", "missing-words"): lambda content: content.update(title=""),
    ("", "missing-advised"): lambda content: content.update(notice=""),
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


def test_a_folder_without_a_tutorial_is_told(tmp_path):
    assert found(tmp_path) == {("tutorial.json", "", "no-such-file")}


def test_a_missing_language_is_found(folder):
    (folder / "es.json").unlink()
    assert found(folder) == {("tutorial.json", "languages", "no-file"), ("tutorial.json", "id", "built-in-id")}


@pytest.mark.parametrize(
    ("content", "code", "fields"),
    [
        ("", "json-empty", {}),
        ("[]", "json-no-object", {}),
        ("{", "json-name", {"line": 1, "column": 2}),
        ('{"id": "x",}', "json-name", None),
        ("{'id': 1}", "json-quotes", None),
        ('{"id" "x"}', "json-colon", None),
        ('{"id": "x" "y": 1}', "json-comma", None),
        ('{"id": "x\ny"}', "json-line-break", None),
        ('{"id": "x', "json-string", None),
        ('{"id": "C:\\data"}', "json-backslash", None),
        ('{"id": “x”}', "json-quotes", None),
        ("{“id”: 1}", "json-quotes", None),
        ('{"id": }', "json-value", None),
        ('{"id": 1, // mine\n "parts": []}', "json-comment", None),
        ('{"id": 1, "parts": [ # none\n]}', "json-comment", None),
        ('{"id": True}', "json-word", None),
        ('{"id": "x"}}', "json-extra", None),
        ('{"id": NaN}', "json-number", {"name": "NaN"}),
        ('{"id": ' + "9" * 5000 + "}", "json-number", None),
        ('{"id": ' + "[" * 100_000, "json-deep", {}),
        ('{"id": "x", "languages": ["en"], "parts": []}', "no-step", {}),
    ],
)
def test_a_structure_that_cannot_be_read_ends_in_one_clear_problem(folder, content, code, fields):
    (folder / "tutorial.json").write_text(content, encoding="utf-8")
    (problem,) = problems_of(folder)
    assert (problem.file, problem.code) == ("tutorial.json", code)
    assert fields is None or problem.fields == fields
    assert all(problem.message(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("content", "where", "code"),
    [
        ('{"id": "x", "parts": [{"id": 1, "steps": []}]}', "parts.1.id", "wrong-type"),
        ('{"id": "x"}', "", "missing-key"),
        ('{"id": "x", "parts": [{"id": "p", "steps": [{"id": "s", "places": "load"}]}]}', "s.places", "wrong-type"),
        ('{"id": "x", "parts": [{"id": "p", "steps": [{"id": "s", "checks": [{"name": "x"}]}]}]}', "s.checks.1", "missing-key"),
        ('{"id": "x", "parts": [{"id": "p", "steps": [{"id": "s", "right_choice": true}]}]}', "s.right_choice", "wrong-type"),
        ('{"id": "x", "id": "y", "parts": {}}', "", "duplicate-key"),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(folder, content, where, code):
    (folder / "tutorial.json").write_text(content, encoding="utf-8")
    assert ("tutorial.json", where, code) in found(folder)


class TestEncodings:
    def test_a_byte_order_mark_does_no_harm(self, folder):
        for name in ("tutorial.json", "fr.json"):
            path = folder / name
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        assert {code for _, _, code in found(folder)} == {"built-in-id"}
        assert read_tutorial(folder).words("fr").title

    @pytest.mark.parametrize(
        ("encoding", "named"), [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-32", "UTF-32"), ("cp1252", "Windows-1252")]
    )
    def test_another_encoding_is_named(self, folder, encoding, named):
        path = folder / "fr.json"
        path.write_bytes(path.read_text(encoding="utf-8").encode(encoding, "replace"))
        (problem,) = [problem for problem in problems_of(folder) if not problem.advice]
        assert problem.fields["encoding"] == named
        assert named in problem.message("fr")

    def test_a_character_nothing_can_show_is_told(self, folder):
        spoil(folder, "fr.json", lambda content: content["steps"]["fair"].update(hint="a\ud83d"))
        assert ("fr.json", "", "bad-character") in found(folder)


@pytest.mark.parametrize(
    ("change", "suggestion"),
    [
        (lambda content: first_step(content).update(checks=[{"do": "acknowleged"}]), "acknowledged"),
        (lambda content: first_step(content).update(checks=[{"do": "Loaded", "series": ["ct"]}]), "loaded"),
        (lambda content: first_step(content).update(checks=[{"do": "loaded", "serie": ["ct"]}]), "series"),
        (lambda content: first_step(content).update(checks=[{"do": "loaded", "series": ["CT"]}]), "ct"),
        (lambda content: first_step(content).update(action=[]), "actions"),
        (lambda content: first_step(content).update(module="Volums"), "Volumes"),
        (lambda content: first_step(content).update(pictures=["red"]), "Red"),
        (lambda content: first_step(content).update(places=["load-buton"]), "load-button"),
        (lambda content: first_step(content).update(drawing="fiar"), "fair"),
        (lambda content: first_step(content).update(actions=[{"do": "set-layout", "layout": "four_up"}]), "four-up"),
    ],
)
def test_a_misspelt_word_is_met_with_the_right_one(folder, change, suggestion):
    spoil(folder, "tutorial.json", change)
    assert suggestion in {problem.suggestion for problem in problems_of(folder)}
    assert any(f"«\u00a0{suggestion}\u00a0»\u00a0?" in problem.message("fr") for problem in problems_of(folder))


class TestDrawings:
    def test_one_that_is_not_closed_is_told_with_its_line(self, folder):
        path = folder / "drawings" / "fair.svg"
        path.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n<g>\n</svg>', encoding="utf-8")
        (problem,) = [problem for problem in problems_of(folder) if problem.code == "broken-drawing-line"]
        assert problem.fields == {"drawing": "fair", "line": 3}

    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html></html>", b"\xff\xfe<\x00"])
    def test_one_that_is_no_drawing_is_told(self, folder, content):
        (folder / "drawings" / "fair.svg").write_bytes(content)
        told = {problem.code for problem in problems_of(folder)}
        assert told & {"broken-drawing", "broken-drawing-line", "drawing-encoding"}


def test_what_is_not_translated_yet_is_told(folder):
    body = json.loads((folder / "en.json").read_text(encoding="utf-8"))["steps"]["fair"]["body"]
    spoil(folder, "es.json", lambda content: content["steps"]["fair"].update(body=body))
    (problem,) = [problem for problem in problems_of(folder) if problem.code == "same-as-other"]
    assert (problem.file, problem.where, problem.fields["language"]) == ("es.json", "steps.fair", "en")


def test_advice_is_no_failure(folder):
    spoil(folder, "fr.json", lambda content: content["steps"]["fair"].update(body="Bien trop court."))
    assert problems_of(folder)
    assert all(problem.advice for problem in problems_of(folder))


def test_every_problem_has_its_sentence_in_every_language():
    """Also where the code is put together from a kind of name."""
    from DICOMTutorialHelperLib.tutorial import content, json_files, places, problems, schema
    from DICOMTutorialHelperLib.tutorial.authoring import calls, texts, validation, vocabulary

    modules = (content, json_files, places, problems, schema, calls, texts, validation)
    source = "".join(inspect.getsource(module) for module in modules)
    codes = set(re.findall(r'(?:yield|Problem\([^"]*?|, )\s*"([a-z]+(?:-[a-z]+)+)", \{', source)) | problems.ADVICE
    codes |= set(re.findall(r'code = "([a-z-]+)"', source))
    codes |= {code for _, code in json_files._SYNTAX} | {f"unknown-{kind}" for kind in vocabulary.NAMES}
    codes |= {f"unknown-{kind}" for kind in calls.known_calls()}
    assert len(codes) >= 60
    for language in LANGUAGES:
        assert not {code for code in codes if f"problem.{code}" not in messages("authoring", language)}


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
    assert ("es.json", "steps.welcome.body.from", "wrong-type") in found(folder)
    spoil(folder, "es.json", lambda content: body_of_welcome(content, {"from": "5.10", "until": "5.8", "say": "x"}))
    assert ("es.json", "steps.welcome.body", "version-order") in found(folder)


def test_a_name_whose_translation_is_told_must_be_a_name_of_the_interface(folder):
    spoil(folder, "tutorial.json", lambda content: content["interface_sources"].update(nothing=[{"context": "X"}]))
    assert ("tutorial.json", "interface_sources", "unknown-interface") in found(folder)
