"""What cannot be loaded or saved is said in the reader's language, with its file and its numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.scene.load_error import LoadError, SaveError

LIBRARY = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"


def raised_reasons():
    """(prefix, reason) of every literal reason in the sources that raise these errors."""
    for room in ("dicom", "scene"):
        for path in (LIBRARY / room).glob("*.py"):
            source = path.read_text(encoding="utf-8")
            for found in re.finditer(r"(DecodingError|LoadError|cls)\((.*)", source):
                reason = re.search(r'"([a-z]+(?:-[a-z]+)*)"', source[found.end(1) : found.end(1) + 200])
                if reason and reason.group(1) not in ("failed", "loading"):
                    yield ("pixels." if found.group(1) == "DecodingError" else "load.") + reason.group(1)


def test_every_reason_has_its_sentence_and_every_sentence_its_reason():
    catalogue = {key for key in messages("loading", "en") if not key.startswith("save.")}
    assert set(raised_reasons()) | {"pixels.ended-reader"} == catalogue


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reason_comes_in_the_language_with_its_numbers(language):
    cause = DecodingError("a.dcm", "other-size", stated="3 x 4 x 1", found="5 x 6 x 1")
    sentence = LoadError.of("T2 axial", cause).message(language)
    assert sentence.startswith("T2 axial: ")
    assert all(part in sentence for part in ("a.dcm", "3 x 4 x 1", "5 x 6 x 1"))
    english = LoadError.of("T2 axial", cause).message("en")
    assert (sentence == english) == (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device"), ValueError("odd")])
def test_other_causes_have_a_sentence_too(language, error):
    said = LoadError.of("T2", error).because(language)
    assert said[0].isupper() and said.endswith((".", "…"))
    assert not isinstance(error, OSError) or "No space left on device" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scene_that_cannot_be_saved_names_every_file(language):
    said = SaveError([("a.nrrd", "disk full"), ("b.nrrd", "")]).message(language)
    assert "a.nrrd" in said and "disk full" in said and "b.nrrd" in said


def test_a_hostile_file_name_stays_within_its_sentence():
    said = str(DecodingError("a\x1b[31m\n\u202eb.dcm", "changed"))
    assert said.isprintable()
