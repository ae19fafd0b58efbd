"""The extension's own tutorial is complete, alike in all languages, and covers what it must."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.drawings import DARK, LIGHT, draw, words_needed
from DICOMTutorialHelperLib.tutorial.markup import TERM, to_plain, word_count
from DICOMTutorialHelperLib.tutorial.places import alternatives
from DICOMTutorialHelperLib.tutorial.steps import registry


def shape(value):
    """The structure of words without the words: keys, and how many items a list has."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key != "interface"}
    return [shape(item) for item in value] if isinstance(value, list) else ""


def all_texts(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in all_texts(item)]
    return [text for item in value for text in all_texts(item)] if isinstance(value, list) else [value]


def words_file(tutorial, language):
    return json.loads((tutorial.folder / f"{language}.json").read_text(encoding="utf-8"))


def test_nothing_is_wrong_with_it(tutorial):
    assert problems_of(tutorial.folder) == []


def test_it_speaks_all_languages_of_the_extension(tutorial):
    assert set(tutorial.languages) == set(LANGUAGES)


def test_it_covers_every_numbered_point_in_about_an_hour(tutorial):
    assert {point for step in tutorial.steps for point in step.points} == set(range(1, 18))
    counted = tutorial.counted
    assert (len(counted), sum(step.minutes for step in counted)) == (33, 67)  # as README and docs say
    assert [step.part_id for step in tutorial.steps if step.optional] == ["share"] * 4
    assert all(1 <= step.minutes <= 5 for step in tutorial.steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_have_the_same_structure_in_every_language(tutorial, language):
    assert shape(words_file(tutorial, language)) == shape(words_file(tutorial, "fr"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_bodies_have_60_to_120_words(tutorial, language):
    for step_id, words in tutorial.words(language).steps.items():
        assert 60 <= word_count(words.body) <= 120, step_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_bodies_speak_of_the_same_buttons(tutorial, language):
    for step_id, words in tutorial.words("fr").steps.items():
        buttons = sorted(re.findall(r"\[\[.*?\]\]", words.body))
        assert sorted(re.findall(r"\[\[.*?\]\]", tutorial.words(language).steps[step_id].body)) == buttons, step_id


def test_french_puts_unbreakable_spaces_before_double_signs_and_inside_quotes(tutorial):
    for text in [*all_texts(words_file(tutorial, "fr")), *messages("tutorial", "fr").values()]:
        plain = re.sub(r"\S*(://|doi:)\S*|\{[^}]*\}", "", to_plain(text))
        assert not re.search(r"[ \w][:;!?»]|[^\u00a0]»|«[^\u00a0]", plain), text


def test_everything_to_be_credited_is_credited_in_every_language(tutorial):
    for language in LANGUAGES:
        said = " ".join(tutorial.words(language).credits)
        for name in ("Sonia Pujol", "STC-DICOM-101", "Wilkinson", "10.7937/K9/TCIA.2015.SDNRQXXR", "CC BY 3.0"):
            assert name in said
        assert "FDA" in tutorial.words(language).notice
        assert "FDA" in tutorial.words(language).steps["welcome"].body


def test_the_questions_right_answer_is_the_one_explained_as_right(tutorial):
    yes = ("Exact", "C’est bien", "C’est cela", "Oui", "Voilà", "Le bon réflexe")
    for step in tutorial.steps:
        if step.right_choice is not None and step.expects is None:
            explanations = tutorial.words("fr").steps[step.id].explanations
            assert [text.startswith(yes) for text in explanations].index(True) == step.right_choice, step.id


@pytest.mark.parametrize("tutorial_id", ["dicom_and_slicer", "dicom_detective"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_right_answer_is_never_the_longest(tutorial_id, language):
    built_in = read_tutorial(tutorials_folder() / tutorial_id)
    for step in built_in.steps:
        if step.right_choice is not None and step.expects is None:
            lengths = [len(to_plain(choice)) for choice in built_in.words(language).steps[step.id].choices]
            assert lengths[step.right_choice] < max(lengths), step.id


def test_at_least_half_of_what_is_asked_is_told_by_the_learners_own_data(tutorial):
    asked = [step for step in tutorial.steps if step.right_choice is not None]
    clicked = [step for step in tutorial.steps if any(call.name == "point-on" for call in step.checks)]
    own = [step for step in asked if step.expects is not None] + clicked
    assert len(own) * 2 >= len(asked) + len(clicked)


def test_slicer_is_touched_within_the_first_five_minutes(tutorial):
    until = [step.module for step in tutorial.steps].index("DICOM")
    assert sum(step.minutes for step in tutorial.steps[:until]) < 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_a_goal_a_task_and_what_was_learned(tutorial, language):
    for step_id, words in tutorial.words(language).steps.items():
        assert words.goal and words.task and words.takeaway, step_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_of_the_glossary_is_led_to_or_stands_beside_one(tutorial, language):
    words = tutorial.words(language)
    led_to = {key for said in words.steps.values() for _, key in TERM.findall(said.body)}
    assert led_to <= set(words.glossary)
    assert len(led_to) >= 30
    assert set(words.glossary) == set(tutorial.words("fr").glossary)


def test_every_reason_has_its_sentence():
    reasons = set()
    for path in Path(registry.__file__).parent.glob("*.py"):
        reasons |= set(
            re.findall(r'(?:CheckResult\((?:True|False), |WorkspaceError\(|say\()"([\w.-]+)"', path.read_text("utf-8"))
        )
    assert len(reasons) > 50
    assert reasons <= set(messages("tutorial", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_drawing_is_drawn_with_nothing_left_open(tutorial, language, palette):
    import xml.etree.ElementTree as ElementTree

    names = sorted(path.stem for path in (tutorial.folder / "drawings").glob("*.svg"))
    assert names == sorted({step.drawing for step in tutorial.steps if step.drawing})
    for name in names:
        svg = draw(tutorial.folder, name, tutorial.words(language).drawings, dark=palette is DARK)
        assert "{" not in svg
        ElementTree.fromstring(svg)


def test_every_word_of_a_drawing_is_used(tutorial):
    used = set().union(*(words_needed(tutorial.folder, step.drawing) for step in tutorial.steps if step.drawing))
    assert used == set(tutorial.words("en").drawings)


class TestPlaces:
    def test_the_newest_name_is_taken_where_names_changed(self, tutorial):
        place = tutorial.places["preset-abdomen"]
        assert [way.value for way in alternatives(place, "5.0.3")][:2] == ["CT_ABDOMEN", "PresetsWidget"]
        assert [way.value for way in alternatives(place, "5.12.3")][:2] == ["CT_ABDOMEN", "PresetsGroupBox"]

    def test_an_alternative_may_lie_elsewhere(self, tutorial):
        ways = alternatives(tutorial.places["sequence-play"], "5.8.1")
        assert [way.container for way in ways] == ["main-window", "module:Sequences"]
