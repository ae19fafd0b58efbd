"""The sentence of a finding: that of its reason, of one or of many, as its language writes values."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.dicom import finding_messages
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import INFO, Finding


@pytest.fixture
def words(monkeypatch):
    """Texts of a language in which a comma parts decimals."""
    texts = {
        "derived-image": "plain {value}",
        "derived-image.why": "reason {value}",
        "derived-image.why.one": "one reason {value}",
        "derived-image.one": "one {value}",
        "decimal-mark": ",",
        "word.axial": "quer",
        "word.a b": "A-B",
        "item.hole": "<{slice}>",
    }
    monkeypatch.setattr(finding_messages, "messages", lambda domain, language: texts)
    return lambda value, **more: finding_message(Finding("derived-image", INFO, {"value": value, **more}))


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "plain 1"),
        ({"reason": "why"}, "reason 1"),
        ({"reason": "else"}, "plain 1"),
        ({"count": 1}, "one 1"),
        ({"count": 2}, "plain 1"),
        ({"count": 1, "reason": "why"}, "one reason 1"),
    ],
)
def test_a_sentence_is_that_of_the_reason_and_of_one(words, more, text):
    assert words(1, **more) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1.25, "1,25"),
        (0.1, "0,1"),
        (0.005, "0,01"),
        (0.0049, "0,0049"),
        (0.00001234, "1,2e-05"),
        (0.0, "0"),
        (-0.5, "\u22120,5"),
        (100.0, "100"),
        (10.5, "10,5"),
        (7, "7"),
        ("axial", "quer"),
        ("axial 2", "quer 2"),
        ("a b", "A-B"),
        ("a b 3", "A-B 3"),
        ("other 2", "other 2"),
        ("other", "other"),
        ([1, 2.5], "1; 2,5"),
        ([1, 2, 3, 4], "1, 2, 3, 4"),
        ([1, 2, 3, 4, 5], "1, 2, 3, 4, …"),
        ([], ""),
        ({"text": "hole", "slice": 2.5}, "<2,5>"),
        (("axial",), "quer"),
    ],
)
def test_values_are_written_as_the_language_has_them(words, value, text):
    assert words(value) == f"plain {text}"


def test_a_sentence_with_a_gap_is_none(words):
    with pytest.raises(KeyError):
        finding_message(Finding("derived-image", INFO, {}))


@pytest.mark.parametrize(
    ("language", "several", "measured", "named"),
    [
        ("en", "0.7, 0.8", "0.7 x 0.8 mm", "1.5.dcm"),
        ("fr", "0,7\u00a0; 0,8", "0,7 x 0,8 mm", "1.5.dcm"),
        ("pt-BR", "0,7; 0,8", "0,7 x 0,8 mm", "1.5.dcm"),
    ],
)
def test_decimals_in_lists_and_measures_are_the_languages_and_file_names_are_not(language, several, measured, named):
    spacing = Finding("detector-pixel-spacing", INFO, {"spacing_mm": [0.7, 0.8]})
    assert f"({several}" in finding_message(spacing, language)
    sizes = Finding("split-by-size", INFO, {"reason": "pixels", "count": 2, "sizes": ["0.7 x 0.8 mm", "1 x 1 mm"]})
    assert f"({measured}, 1 x 1 mm)" in finding_message(sizes, language)
    assert named in finding_message(Finding("not-an-image", INFO, {"file": "1.5.dcm"}), language)
