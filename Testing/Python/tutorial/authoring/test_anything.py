"""Whatever stands in a tutorial's files: the check ends in sentences, and what it finds usable can be walked through."""

from __future__ import annotations

import copy
import json
from functools import cache

import pytest
from fake_workspace import FakeWorkspace

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.pages.step import step_content
from DICOMTutorialHelperLib.tutorial.authoring.reference import reference
from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of
from DICOMTutorialHelperLib.tutorial.content import ContentError, read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.report.page import Report
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

FILES = ("tutorial.json", "en.json", "fr.json")
WORDS = st.sampled_from(
    ["", "ct", "loaded", "Red", "**", "[[load]]", "[[", "<b>", "{", "{0}", "\ud800", "\x00", "../x", "a" * 300, "do", "id", "%s"]
)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
QUICKLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


# Beside the template's steps, one of each kind that it has not.
MORE_STEPS = [
    {
        "id": "typed",
        "minutes": 3,
        "checks": [{"do": "answered"}],
        "expects": {"do": "instances-of", "series": "ct"},
        "traps": [{"do": "instances-of", "series": "ct"}],
        "picture_presets": ["CT_LUNG"],
        "pictures": ["Red"],
    },
    {"id": "case-a", "checks": [{"do": "case-solved", "case": "A", "series": "ct"}], "actions": [{"do": "make-cases"}]},
    {
        "id": "again",
        "asks_again": True,
        "checks": [{"do": "missed-answered"}],
        "table": {"do": "cohort", "where": 'Modality == "CT"'},
    },
]
MORE_WORDS = {
    "typed": {
        "title": "Typed",
        "goal": "Count",
        "task": "Count the [slices](term:slice).",
        "body": [{"from": "5.10", "say": "New."}, {"until": "5.10", "say": "Old."}],
        "question": {"ask": "How many?", "right": "Yes.", "wrong": "No.", "traps": ["Nearly."]},
    },
    "case-a": {"title": "Case A", "body": "Look."},
    "again": {"title": "Again", "body": "Once more."},
}


@cache
def sound_content():
    from DICOMTutorialHelperLib.languages import resources_folder

    template = resources_folder() / "TutorialTemplate"
    files = {name: json.loads((template / name).read_text(encoding="utf-8")) for name in FILES}
    files["tutorial.json"]["parts"][0]["steps"] += MORE_STEPS
    for name in FILES[1:]:
        files[name]["steps"].update(MORE_WORDS)
        files[name]["glossary"] = {"slice": {"word": "slice", "means": "One image of a volume."}}
    return files


def places_in(content, path=()):
    """The way to every value."""
    yield path
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in items:
        yield from places_in(value, (*path, key))


def changed(content, path, change, value):
    """A copy in which the value at a place is replaced, taken away, or has something beside it."""
    content = copy.deepcopy(content)
    if not path:
        return value
    parent = content
    for key in path[:-1]:
        parent = parent[key]
    if change == "remove":
        del parent[path[-1]]
    elif change == "beside" and isinstance(parent, dict):
        parent[f"{path[-1]}s"] = value
    else:
        parent[path[-1]] = value
    return content


@st.composite
def spoilt(draw):
    files = dict(sound_content())
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(FILES))
        paths = list(places_in(files[name]))
        files[name] = changed(
            files[name], draw(st.sampled_from(paths)), draw(st.sampled_from(["replace", "remove", "beside"])), draw(ANY_JSON)
        )
    return files


def check_in(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode("utf-8"))
    problems = problems_of(folder)
    for problem in problems:
        for language in LANGUAGES:
            sentence = problem.message(language)
            assert sentence.strip()
    return problems


@QUICKLY
@given(files=spoilt())
def test_a_spoilt_tutorial_is_told_in_sentences_and_a_usable_one_can_be_walked_through(tmp_path, files):
    problems = check_in(tmp_path, files)
    if any(not problem.advice for problem in problems):
        return
    tutorial = read_tutorial(tmp_path)
    session = TutorialSession(tutorial, FakeWorkspace())
    words = tutorial.words("fr")
    reference(tutorial, "fr")
    for step in tutorial.steps:
        session.jump(step.id)
        step_content(session, words)
        session.answer(0)
        session.acknowledge()
        for ask in (lambda: session.answer_text("3"), lambda: session.report_case("tilt", "3", ""), session.take_hint):
            try:
                ask()
            except WorkspaceError as error:
                assert error.message("fr")
        step_content(session, words)
        try:
            session.do_it()
            session.data_table()
        except WorkspaceError as error:
            assert error.message("fr")
    assert Report(session, {}, "fr").html()
    hypothesis.event("walked through")


@QUICKLY
@given(content=ANY_JSON)
@pytest.mark.parametrize("name", FILES)
def test_any_json_in_any_file_ends_in_sentences(tmp_path, name, content):
    check_in(tmp_path, {**sound_content(), name: content})


@QUICKLY
@given(content=st.binary(max_size=60))
@pytest.mark.parametrize("name", FILES)
def test_any_bytes_in_any_file_end_in_sentences(tmp_path, name, content):
    problems = check_in(tmp_path, {**sound_content(), name: content})
    assert problems


@QUICKLY
@given(files=spoilt())
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path, files):
    """The guide reads without checking first: it fails with a ContentError or not at all."""
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    try:
        tutorial = read_tutorial(tmp_path)
        for language in tutorial.languages:
            tutorial.words(language)
    except ContentError as error:
        assert error.message("pt-BR")


def test_what_is_spoilt_was_sound(tmp_path):
    assert all(problem.advice for problem in check_in(tmp_path, sound_content()))


def test_the_template_is_sound_in_every_language(tmp_path):
    from DICOMTutorialHelperLib.tutorial.authoring.template import new_tutorial

    new_tutorial(tmp_path / "Mon cours 1", LANGUAGES)
    assert problems_of(tmp_path / "Mon cours 1") == []
    assert read_tutorial(tmp_path / "Mon cours 1").id == "mon_cours_1"
    assert problems_of(tutorials_folder() / "dicom_and_slicer") == []
