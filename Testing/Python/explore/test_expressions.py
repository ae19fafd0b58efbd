"""Conditions on DICOM keywords: what they mean, and how mistakes are explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from DICOMTutorialHelperLib.explore.expressions import ExpressionError, checked_keyword, parse
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.messages import messages

VALUES = {
    "Modality": "MR",
    "SliceThickness": 2.5,
    "ImageType": ["ORIGINAL", "PRIMARY", "M"],
    "SeriesDescription": "Ax T2 FLAIR",
    "StudyDate": "20081111",
    "PixelSpacing": [0.9375, 0.9375],
}


@pytest.mark.parametrize(
    ("source", "fulfilled"),
    [
        ('Modality == "MR"', True),
        ('Modality = "MR"', True),
        ("Modality == 'CT'", False),
        ('Modality != "CT"', True),
        ("SliceThickness < 3", True),
        ("SliceThickness >= 2.5 and SliceThickness <= 2.5", True),
        ("3 > SliceThickness", True),
        ("SliceThickness > 3", False),
        ('Modality == "MR" and SliceThickness < 3', True),
        ('Modality == "CT" or SliceThickness < 3', True),
        ('Modality == "CT" or Modality == "MR" and SliceThickness > 3', False),
        ('(Modality == "CT" or Modality == "MR") and SliceThickness < 3', True),
        ('not Modality == "CT"', True),
        ("not not SliceThickness < 3", True),
        ('Modality in ["CT", "MR"]', True),
        ('Modality not in ["CT", "MR"]', False),
        ('SeriesDescription contains "t2"', True),
        ('SeriesDescription contains "STIR"', False),
        ('ImageType contains "primary"', True),
        ('ImageType == "M"', True),
        ('"DERIVED" in ImageType', False),
        ("StudyDate < 20090101", True),
        ('StudyDate >= "20081101"', True),
        ("PixelSpacing < 1", True),
        ("SliceThickness", True),
        ("EchoTime", False),
        ("EchoTime < 100", False),
        ("not EchoTime", True),
        ('EchoTime != "x"', True),
        ('EchoTime == ""', True),
        ('SeriesDescription < 3', False),
        ('modality == "MR"', True),
    ],
)  # fmt: skip
def test_a_condition_means_what_it_says(source, fulfilled):
    assert parse(source).matches(VALUES) is fulfilled


def test_a_condition_names_the_keywords_it_needs():
    assert parse('Modality == "MR" and (Rows > 3 or Modality == "CT")').keywords == ("Modality", "Rows")


@pytest.mark.parametrize(
    ("source", "reason", "position"),
    [
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("SliceTickness < 3", "unknown-keyword-near", 0),
        ("Modality == MR", "unknown-keyword", 12),
        ('Modality == "MR', "open-quote", 12),
        ("SliceThickness <", "ends-early", 16),
        ("SliceThickness < 3 3", "unexpected", 19),
        ("(SliceThickness < 3", "not-closed", 0),
        ('Modality in ["CT"', "not-closed", 12),
        ("and Rows", "unexpected", 0),
        ("Rows & 3", "character", 5),
        ("__import__('os')", "character", 0),
        ("Rows.real", "character", 4),
        ("Rows == (lambda: 1)", "character", 15),
        ("Rows == (lambda)", "unknown-keyword", 9),
    ],
)
def test_a_mistake_is_found_where_it_stands(source, reason, position):
    with pytest.raises(ExpressionError) as mistake:
        parse(source)
    assert (mistake.value.reason, mistake.value.position) == (reason, position)
    for language in LANGUAGES:
        assert messages("headers", language)[f"expression.{reason}"].format(**mistake.value.fields)


def test_a_misspelt_keyword_gets_a_suggestion():
    with pytest.raises(ExpressionError) as mistake:
        checked_keyword("SliceTickness")
    assert mistake.value.fields["suggestion"] == "SliceThickness"


@given(st.text(alphabet=st.sampled_from(list(" ()[],<>=!\"'0123.aMRand or not in contains ModalityRows")), max_size=40))
def test_no_text_does_anything_but_parse_or_be_refused(source):
    try:
        result = parse(source).matches(VALUES)
    except ExpressionError as mistake:
        assert 0 <= mistake.position <= len(source)
    else:
        assert result in (True, False)
