"""Where things are in which version of Slicer."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.places import alternatives, place_problems

PLACE = {
    "in": "module:Volumes",
    "find": [
        {"name": "Combo", "until": "5.10"},
        {"name": "Tree", "from": "5.10", "in": "main-window"},
        {"action": "Anywhere"},
    ],
}


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("5.0.3", ["Combo", "Anywhere"]),
        ("5.8.1", ["Combo", "Anywhere"]),
        ("5.10", ["Tree", "Anywhere"]),
        ("5.10.0", ["Tree", "Anywhere"]),
        ("5.13.0-2026-08-01", ["Tree", "Anywhere"]),
    ],
)
def test_a_way_holds_from_a_version_on_and_until_before_another(version, found):
    assert [way.value for way in alternatives(PLACE, version)] == found


def test_a_way_is_looked_for_where_it_says_or_else_where_the_place_is():
    assert [(way.container, way.finder) for way in alternatives(PLACE, "5.10.0")] == [
        ("main-window", "name"),
        ("module:Volumes", "action"),
    ]


def test_what_a_place_says_of_itself_exists_in_every_language(tutorial):
    for name, place in tutorial.places.items():
        for way in place["find"]:
            if "words" in way:
                for language in LANGUAGES:
                    assert messages("panel", language)[f"place.{way['words']}"], (name, language)


def test_a_place_of_the_browser_that_is_no_form_of_it_is_told():
    place = {"in": "dicom-browser", "find": [{"name": "x", "browser": "visul"}]}
    assert list(place_problems("x", place)) == [("place-browser", {"name": "x", "browser": "visul"}, "visual")]
    fitting = {"in": "dicom-browser", "find": [{"name": "x", "browser": "visual", "words": "load-visual"}]}
    assert not list(place_problems("x", fitting))
