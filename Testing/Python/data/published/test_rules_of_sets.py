"""Which series of a data set plays which role, and how many instances it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from DICOMTutorialHelperLib.data.published import recognition
from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, PublishedSeries
from DICOMTutorialHelperLib.data.published.series_facts import SeriesFacts


def made_facts(**values):
    usual = {
        "series_instance_uid": "1",
        "study_instance_uid": "2",
        "values": {"Modality": "CT"},
        "instances": 10,
        "slices": 10,
        "frames": 1,
        "holes": 0,
        "highest_number": 10,
        "plane": "axial",
        "extent_mm": 100.0,
        "multi_frame": False,
        "made": False,
    }
    header = {**usual["values"], **values.pop("header", {})}
    return SeriesFacts(**{**usual, "values": header, **values})


@pytest.mark.parametrize(
    ("values", "rule", "fits"),
    [
        ({}, {}, True),
        ({"header": {"Modality": "MR"}}, {}, False),
        ({}, {"made": True}, False),
        ({"made": True}, {"made": True}, True),
        ({}, {"multi_frame": True}, False),
        ({"multi_frame": True}, {"multi_frame": True}, True),
        ({}, {"plane": ["axial"]}, True),
        ({"plane": "coronal"}, {"plane": ["axial"]}, False),
        ({}, {"least_slices": 10}, True),
        ({}, {"least_slices": 11}, False),
        ({}, {"least_extent_mm": 100}, True),
        ({}, {"least_extent_mm": 100.1}, False),
        ({}, {"frames": [1, 3]}, True),
        ({"frames": 3}, {"frames": [1, 3]}, True),
        ({"frames": 4}, {"frames": [1, 3]}, False),
        ({"frames": 0}, {"frames": [1, 3]}, False),
        ({"frames": 10_000}, {}, True),
        ({"frames": 10_001}, {}, False),
        ({}, {"body_part": ["CHEST"]}, True),
        ({"header": {"BodyPartExamined": "chest ABD"}}, {"body_part": ["CHEST"]}, True),
        ({"header": {"BodyPartExamined": "HEAD"}}, {"body_part": ["CHEST"]}, False),
        ({"header": {"BodyPartExamined": "HEAD"}}, {}, True),
        ({"header": {"SeriesDescription": "t2-w tse"}}, {"description": "T2W"}, True),
        ({"header": {"SeriesDescription": "T2W"}}, {"not_description": "T2"}, False),
        ({"header": {"SeriesDescription": "STIR"}}, {"description": "T2W", "otherwise": {"EchoTime": [0, 99]}}, False),
        ({"header": {"EchoTime": "80"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, True),
        ({"header": {"EchoTime": "79"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, False),
        ({"header": {"EchoTime": "99"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, True),
        ({"header": {"EchoTime": "?"}}, {"description": "T2W", "otherwise": {"EchoTime": [80, 99]}}, False),
        ({}, {"description": "T2W", "otherwise": {"EchoTime": [0, 99]}}, True),
        ({}, {"description": "T2W"}, False),
        ({}, {"optional": True, "published": {"series_instance_uid": "1"}}, True),
        ({}, {"optional": True, "published": {"series_instance_uid": "5"}}, False),
    ],
)
def test_a_series_fits_a_rule(values, rule, fits):
    assert recognition._fits(made_facts(**values), {"modality": ["CT"], **rule}) == fits


ENTRY = CatalogEntry(
    name="torso-ct",
    folder="f",
    series={"ct": {"modality": ["CT"], "published_instances": 12}, "more": {"modality": ["MR"]}},
    practice=True,
    published_when={"any_of": [{"role": "ct", "instances": 12}, {"header": {"PatientID": "^breast"}}, {"path": "tutorial/"}]},
    published={"more": PublishedSeries("1", 20, 0, "x", "y")},
)


@pytest.mark.parametrize(
    ("values", "origin"),
    [
        ({"made": True}, "practice"),
        ({}, "other"),
        ({"instances": 12}, "published"),
        ({"highest_number": 12}, "published"),
        ({"header": {"PatientID": "BREAST-1"}}, "published"),
        ({"files": (Path("/a/Tutorial/x.dcm"),)}, "published"),
        ({"files": (Path("/a/x.dcm"), Path("/a/Tutorial/x.dcm"))}, "other"),
    ],
)
def test_the_origin_of_a_set_follows_from_its_conditions(values, origin):
    assert recognition._origin(ENTRY, {"ct": made_facts(**values)}) == origin


@pytest.mark.parametrize(
    ("role", "values", "origin", "missing"),
    [
        ("more", {}, "other", 10),
        ("more", {"series_instance_uid": "9"}, "other", 0),
        ("ct", {}, "published", 2),
        ("ct", {}, "other", 0),
        ("ct", {"holes": 3}, "published", 3),
        ("ct", {"holes": 3}, "other", 3),
        ("ct", {"instances": 40, "highest_number": 40}, "practice", 8),
        ("ct", {"instances": 53, "highest_number": 53}, "practice", 0),
        ("ct", {"instances": 54, "highest_number": 54}, "practice", 237),
        ("ct", {"instances": 20, "highest_number": 54}, "practice", 271),
        ("ct", {"instances": 400, "highest_number": 400}, "practice", 0),
    ],
)
def test_missing_instances_are_counted_by_what_is_known(role, values, origin, missing):
    """The practice torso has 48 or 291 slices; defects hold up to five more."""
    assert recognition._missing(ENTRY, role, made_facts(**values), origin) == missing


@pytest.mark.parametrize(
    ("name", "role", "counts"),
    [
        ("torso-ct", "ct", [291, 48]),
        ("breast-mri", "t2", [32, 153]),
        ("breast-mri", "bliss", [190, 840]),
        ("breast-mri-sagittal", "bliss", [240, 800]),
        ("examples", "xray", [1]),
    ],
)
def test_practice_series_have_as_many_instances_as_they_are_made_with(name, role, counts):
    assert recognition._practice_instances(name, role) == counts


def test_of_two_series_for_a_role_the_larger_plays_it_and_what_is_not_there_is_named():
    small, large = made_facts(instances=5), made_facts(instances=9, series_instance_uid="8")
    found = recognition._in_study(ENTRY, [small, large, made_facts(instances=9, series_instance_uid="7")])
    assert [(one.role, one.facts.series_instance_uid) for one in found.series] == [("ct", "8")]
    assert (found.missing_roles, found.whole) == (("more",), False)
    assert recognition._in_study(ENTRY, [made_facts(header={"Modality": "US"})]) is None
