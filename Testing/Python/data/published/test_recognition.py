"""Recognising data sets by content: names changed, parts missing, other people's images, and the role of each series."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydicom
import pytest

from DICOMTutorialHelperLib.data.published import recognition
from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, PublishedSeries
from DICOMTutorialHelperLib.data.published.recognition import OTHER, PRACTICE, PUBLISHED, recognise_folder, recognise_series
from DICOMTutorialHelperLib.data.published.series_facts import KEYWORDS, SeriesFacts, facts_of_headers
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set


def recognise_headers(headers):
    """What a DICOM database tells of its instances, recognised."""
    return recognise_series(facts_of_headers(headers))


def headers_of(files):
    """Headers as a DICOM database gives them: texts, multi-values joined by backslashes."""
    for path in files:
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        header = {}
        for keyword in KEYWORDS:
            value = ds.get(keyword, "")
            header[keyword] = "\\".join(map(str, value)) if isinstance(value, pydicom.multival.MultiValue) else str(value)
        yield header


@pytest.fixture
def torso_headers(torso_files):
    return list(headers_of(torso_files))


@pytest.fixture
def breast_headers(breast_study):
    return list(headers_of(sorted(breast_study.rglob("*.dcm"))))


def only(found):
    (one,) = found
    return one


def test_all_practice_sets_are_found_whole(practice_folder):
    found = recognise_folder(practice_folder)
    assert [(one.name, one.origin, one.whole) for one in found] == [
        ("torso-ct", PRACTICE, True),
        ("breast-mri", PRACTICE, True),
        ("breast-mri-sagittal", PRACTICE, True),
    ]


def test_a_case_to_solve_is_no_data_set(torso_headers):
    cases = [{**header, "SeriesDescription": "CASE B"} for header in torso_headers]
    assert recognise_headers(cases) == []
    assert only(recognise_headers([{**header, "SeriesDescription": "CASE BOOK"} for header in torso_headers])).name == "torso-ct"


def test_the_examples_are_found_across_their_studies(tmp_path):
    make_practice_set("examples", tmp_path)
    found = only(recognise_folder(tmp_path))
    assert found.name == "examples" and found.origin == PRACTICE


def test_file_and_folder_names_do_not_matter(tmp_path, torso_files):
    for number, path in enumerate(torso_files):
        shutil.copy(path, tmp_path / f"x{number * 7919 % 1000}")
    assert only(recognise_folder(tmp_path)).whole


def test_litter_texts_and_empty_files_are_passed_over(tmp_path, torso_files):
    for path in torso_files:
        shutil.copy(path, tmp_path)
    (tmp_path / ".DS_Store").write_bytes(b"litter")
    (tmp_path / "readme.txt").write_text("not DICOM", encoding="utf-8")
    (tmp_path / "empty.dcm").write_bytes(b"")
    assert only(recognise_folder(tmp_path)).whole


def test_an_empty_folder_holds_nothing(tmp_path):
    assert recognise_folder(tmp_path) == []


def test_missing_slices_are_counted_at_the_ends_and_inside(torso_headers):
    for gone in (slice(0, 3), slice(20, 23), slice(45, 48)):
        kept = [header for header in torso_headers if header not in torso_headers[gone]]
        found = only(recognise_headers(kept))
        assert not found.whole
        assert found.series[0].missing == 3


def test_a_missing_series_is_named(breast_headers):
    found = only(recognise_headers(h for h in breast_headers if "STIR" not in h["SeriesDescription"]))
    assert found.missing_roles == ("stir",)
    assert not found.whole


def test_an_incomplete_frame_of_the_dynamic_series_is_counted(breast_headers):
    bliss = [header for header in breast_headers if "BLISS" in header["SeriesDescription"]]
    gone = bliss[100:104]
    found = only(recognise_headers(header for header in breast_headers if header not in gone))
    assert {series.role: series.missing for series in found.series} == {"t2": 0, "stir": 0, "bliss": 4}


@pytest.mark.parametrize(
    ("role", "description"),
    [
        ("t2", "t2w_tse sense"),
        ("t2", "AX T2 FSE"),
        ("stir", "Ax STIR"),
        ("stir", "STIR_T2 fs"),
        ("bliss", "BLISS auto"),
        ("bliss", "AX-BLISS_AUTO"),
    ],
)
def test_descriptions_are_matched_loosely(breast_headers, role, description):
    known = {"t2": "T2W", "stir": "STIR", "bliss": "BLISS"}[role]
    changed = [
        {**h, "SeriesDescription": description, "ProtocolName": ""} if known in h["SeriesDescription"] else h
        for h in breast_headers
    ]
    assert only(recognise_headers(changed)).whole


def test_without_descriptions_the_scan_parameters_tell_the_series_apart(breast_headers):
    silent = [{**header, "SeriesDescription": "", "ProtocolName": ""} for header in breast_headers]
    found = only(recognise_headers(silent))
    assert {series.role for series in found.series} == {"t2", "stir", "bliss"}
    numbers = {series.role: series.facts.frames for series in found.series}
    assert numbers == {"t2": 1, "stir": 1, "bliss": 10}


def foreign(headers, **changes):
    """The same images as somebody else's."""
    return [
        {**header, "SOPInstanceUID": f"1.2.826.0.1.{number}", **changes} for number, header in enumerate(headers, 1)
    ]  # fmt: skip


def test_other_peoples_torso_fits_but_is_not_called_published(torso_headers):
    assert only(recognise_headers(foreign(torso_headers))).origin == OTHER


def test_gaps_are_counted_where_nobody_knows_how_many_slices_there_should_be(torso_headers):
    found = only(recognise_headers(foreign(torso_headers[:20] + torso_headers[23:])))
    assert (found.origin, found.series[0].missing) == (OTHER, 3)


def test_the_published_torso_is_told_by_its_291_slices(torso_headers):
    headers = [
        {
            **torso_headers[0],
            "SOPInstanceUID": f"1.2.{n}",
            "InstanceNumber": str(n),
            "ImagePositionPatient": f"0\\0\\{300 - 1.25 * n}",
        }
        for n in range(1, 292)
    ]
    found = only(recognise_headers(headers))
    assert (found.origin, found.whole) == (PUBLISHED, True)
    found = only(recognise_headers(headers[10:]))
    assert (found.origin, found.whole, found.series[0].missing) == (PUBLISHED, False, 10)


def test_the_published_breast_mri_is_told_by_its_patient(breast_headers):
    headers = foreign(breast_headers, PatientID="BreastDx-01-0001", StudyDate="19990101")
    assert only(recognise_headers(headers)).origin == PUBLISHED


@pytest.mark.parametrize(
    "changes", [{"Modality": "PT"}, {"BodyPartExamined": "HEAD"}, {"ImageOrientationPatient": "1\\0\\0\\0\\0\\-1"}]
)
def test_what_is_no_torso_ct_is_not_taken_for_one(torso_headers, changes):
    assert recognise_headers([{**header, **changes} for header in torso_headers]) == []


def test_odd_header_values_do_no_harm(torso_headers):
    odd = [
        {**torso_headers[0], "SOPInstanceUID": "1.2.3", "ImagePositionPatient": "a\\b", "InstanceNumber": "x", "EchoTime": "?"}
    ]
    assert only(recognise_headers(torso_headers + odd)).name == "torso-ct"


def test_an_instance_that_is_there_twice_counts_once(torso_headers):
    assert only(recognise_headers(torso_headers + torso_headers)).series[0].facts.instances == 48


def test_the_real_torso_ct_fits(shared_data):
    found = only(recognise_folder(shared_data / "torso_ct"))
    assert (found.name, found.origin, found.series[0].facts.instances) == ("torso-ct", OTHER, 275)


def test_the_real_head_and_odd_series_are_not_taken_for_the_tutorials(shared_data):
    assert recognise_folder(shared_data / "ct_head") == []
    assert recognise_folder(shared_data / "edge_cases") == []


@pytest.mark.parametrize(("gap", "missing"), [(1, 0), (2, 1), (7, 6), (20, 0)])
def test_a_short_gap_is_lost_slices_and_a_long_one_parts_two_stacks(gap, missing):
    """``gap`` in slices between the two halves of ten; both breasts of a sagittal series lie far apart."""
    heights = [*range(10), *range(9 + gap, 19 + gap)]
    headers = [
        {
            "SeriesInstanceUID": "1.2",
            "ImageOrientationPatient": "1\\0\\0\\0\\1\\0",
            "ImagePositionPatient": f"0\\0\\{3 * height}",
        }
        for height in heights
    ]
    (facts,) = facts_of_headers(headers)
    assert facts.holes == missing


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
