"""Which series a tutorial means."""

from __future__ import annotations

from fake_workspace import SERIES

from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role


def test_of_several_series_that_fit_the_largest_is_meant():
    found = series_of_role({"modality": "MR"}, SERIES.values())
    assert [series.instance_count for series in found] == [190, 32, 24]


def test_a_rule_asks_for_words_whatever_their_case_and_for_a_size():
    listed = SERIES.values()
    assert series_of_role({"description": "stir"}, listed) == (SERIES["stir"],)
    assert series_of_role({"modality": "MR", "not_description": "BLISS|STIR"}, listed) == (SERIES["t2"],)
    assert series_of_role({"modality": "MR", "at_least": 33}, listed) == (SERIES["bliss"],)
    assert series_of_role({"modality": "PT"}, listed) == ()
