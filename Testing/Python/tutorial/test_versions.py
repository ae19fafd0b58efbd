"""Words and places that hold for some versions of Slicer only, and the names that Slicer gives its buttons itself."""

from __future__ import annotations

import json

import pytest
from fake_workspace import FakeWorkspace

from DICOMTutorialHelperLib.tutorial.content import ContentError, read_words
from DICOMTutorialHelperLib.tutorial.interface_words import words_on_screen
from DICOMTutorialHelperLib.tutorial.versions import bounds_problem, holds_for, ranges_in, text_for

EYE = ["Choose the CT.", {"until": "5.10", "say": "Click the eye."}, {"from": "5.10", "say": "Tick the box."}]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("5.0.3", "Choose the CT.\n\nClick the eye."),
        ("5.8.1", "Choose the CT.\n\nClick the eye."),
        ("5.10.0", "Choose the CT.\n\nTick the box."),
        ("5.13.0-2026-08-01", "Choose the CT.\n\nTick the box."),
        ("", "Choose the CT.\n\nTick the box."),
    ],
)
def test_a_paragraph_is_said_in_the_versions_it_is_for(version, said):
    assert text_for(EYE, version) == said


def test_a_text_that_is_neither_words_nor_bounded_words_is_refused():
    for wrong in (7, {"say": 7}, {"from": "5.x", "say": "no"}, {"from": "5.10", "until": "5.4", "say": "never"}, {"tell": "me"}):
        with pytest.raises(ValueError):
            text_for(wrong, "5.10.0")


def test_versions_compare_as_numbers_not_as_letters():
    assert holds_for({"from": "5.4"}, "5.10.0") and not holds_for({"until": "5.4"}, "5.10.0")
    assert bounds_problem({"from": "5.4", "until": "5.10"}) == ""


def test_bounded_words_are_found_wherever_they_stand():
    content = {"steps": {"a": {"body": EYE, "question": {"answers": [{"say": "x", "because": {"from": "5.4", "say": "y"}}]}}}}
    assert set(ranges_in(content)) == {
        ("steps.a.body", "", "5.10"),
        ("steps.a.body", "5.10", ""),
        ("steps.a.question.answers.because", "5.4", ""),
    }


def test_a_file_with_wrong_bounds_is_refused_by_its_name(tmp_path):
    step = {"body": {"from": "new", "say": "x"}}
    (tmp_path / "en.json").write_text(json.dumps({"steps": {"a": step}}), encoding="utf-8")
    with pytest.raises(ContentError, match=r"en\.json"):
        read_words(tmp_path, "en")


def test_a_button_bears_the_name_that_slicer_shows_for_it(tutorial):
    workspace = FakeWorkspace()
    workspace.translations[("qSlicerMainWindow", "Load DICOM")] = "&DICOM laden…"
    words = words_on_screen(tutorial, workspace, "fr")
    assert words.interface["load-dicom"] == "DICOM laden"
    assert words.interface["examine"] == tutorial.words("fr").interface["examine"]


def test_every_name_of_the_interface_says_where_slicer_translates_it(tutorial):
    assert set(tutorial.interface_sources) == set(tutorial.interface)
