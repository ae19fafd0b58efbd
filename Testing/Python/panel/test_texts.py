"""The panel's texts: complete and equal in fields in all languages, and none that nobody says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.languages import LANGUAGES, resources_folder

PANEL = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper" / "DICOMTutorialHelperLib" / "panel"


def read(language):
    return json.loads((resources_folder() / "Languages" / language / "panel.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_fields(language):
    english, other = read("en"), read(language)
    assert list(english) == list(other)
    for key, text in english.items():
        assert sorted(re.findall(r"{(\w+)}", text)) == sorted(re.findall(r"{(\w+)}", other[key])), key
        assert other[key].strip(), key


def test_every_text_is_used():
    code = "\n".join(path.read_text(encoding="utf-8") for path in PANEL.glob("*.py"))
    for key in read("en"):
        said = key[: -len(".tip")] if key.endswith(".tip") else key
        words = said.split(".")
        made = [".".join(words[:place]) + ".{" for place in range(1, len(words))]  # f"state.{name}"
        written = [one + ending for one in (key, said) for ending in ("\"", "'")] + made
        assert any(f"{quote}{part}" in code for part in written for quote in "\"'"), key


def test_french_marks_stand_off_by_a_space_that_does_not_break():
    for key, text in read("fr").items():
        assert not re.search(r" [:;?!»]|« ", text), key
