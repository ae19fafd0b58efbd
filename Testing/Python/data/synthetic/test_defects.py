"""What each defect of a practice series changes in the plan of its slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
from DICOMTutorialHelperLib.data.synthetic.torso_ct import planned_slices


def heights(plan):
    return [float(planned.position_lps[2]) for planned in plan]


def faulty(name, size="small"):
    return FAULTS[name].apply(planned_slices(size))


def middle_of(planned):
    """Where the middle of an image lies: half of its edges from the corner of its first pixel."""
    rows, columns = planned.matrix
    down, across = planned.pixel_spacing
    return planned.position_lps + planned.row_lps * across * (columns - 1) / 2 + planned.column_lps * down * (rows - 1) / 2


def test_a_tilted_gantry_turns_every_image_about_its_middle():
    plan, sound = faulty("tilted-gantry"), planned_slices("small")
    for tilted, planned in zip(plan, sound):
        assert tilted.column_lps == pytest.approx((0, np.cos(np.radians(18.5)), -np.sin(np.radians(18.5))))
        assert np.linalg.norm(middle_of(tilted) - middle_of(planned)) < 1.6  # half a pixel: about the edge of the middle one
        assert tilted.header == {"GantryDetectorTilt": "-18.5"}
    # Exactly: the point 200 mm along the columns stays.
    spot = sound[3].position_lps + 200 * sound[3].column_lps
    assert plan[3].position_lps + 200 * plan[3].column_lps == pytest.approx(spot)


@pytest.mark.parametrize(
    ("fault", "gone"),
    [("missing-slice", [16]), ("missing-slices", [12, 24, 25, 36, 37, 38])],
)
def test_the_slices_that_are_missing(fault, gone):
    """Of 48: a third of the way; a quarter, a half and three quarters."""
    assert [planned.number - 1 for planned in faulty(fault)] == [k for k in range(48) if k not in gone]


def test_two_slices_are_scanned_again_under_numbers_at_the_end():
    plan = faulty("duplicate-slices")
    assert [planned.number for planned in plan] == [*range(1, 49), 49, 50]
    assert heights(plan[-2:]) == [150 - 6 * 16, 150 - 6 * 24]
    assert [planned.repeat for planned in plan[-3:]] == [0, 1, 1]


def test_the_lower_third_is_stretched_from_its_last_even_slice():
    plan = heights(faulty("uneven-spacing"))
    assert np.diff(plan) == pytest.approx([-6.0] * 31 + [-6 * 1.37] * 16)


def test_the_scout_stands_in_front_of_the_middle_of_the_body():
    plan = faulty("localizer-inside")
    scout = plan[0]
    assert scout.position_lps.tolist() == [plan[1].position_lps[0], 0, (150 - 132) / 2 + 200]
    assert (scout.column_lps.tolist(), scout.projection, scout.number) == ([0, 0, -1], True, 1)
    assert [planned.number for planned in plan] == list(range(1, 50))
    assert [planned.projection for planned in plan[1:]] == [False] * 48


def test_the_lower_two_fifths_have_half_the_matrix_and_cover_the_same():
    plan, sound = faulty("mixed-matrix-sizes"), planned_slices("small")
    assert [planned.matrix for planned in plan] == [(128, 128)] * 28 + [(64, 64)] * 20
    halved, whole = plan[-1], sound[-1]
    assert halved.pixel_spacing == (6.25, 6.25)
    assert middle_of(halved) == pytest.approx(middle_of(whole))


def test_only_the_last_file_is_cut():
    assert [planned.kept_share for planned in faulty("truncated-file")] == [1.0] * 47 + [0.6]


def wide_plan():
    """Images of 100 rows of 3 mm by 60 columns of 4 mm, which no series has: each number must be the right one of two."""
    return [replace(planned, pixel_spacing=(3.0, 4.0), matrix=(100, 60)) for planned in planned_slices("small")]


def test_faults_take_rows_for_rows_and_columns_for_columns():
    sound = wide_plan()[0]
    tilted = FAULTS["tilted-gantry"].apply(wide_plan())[0]
    spot = sound.position_lps + 150 * sound.column_lps
    assert tilted.position_lps + 150 * tilted.column_lps == pytest.approx(spot)
    halved = FAULTS["mixed-matrix-sizes"].apply(wide_plan())[-1]
    assert (halved.pixel_spacing, halved.matrix) == ((6.0, 8.0), (50, 30))
    assert middle_of(halved) == pytest.approx(middle_of(wide_plan()[-1]))
    scout = FAULTS["localizer-inside"].apply(wide_plan())[0]
    assert scout.position_lps[2] == (150 - 132) / 2 + 150


@pytest.mark.parametrize(
    ("fault", "header", "text"),
    [
        ("empty-identifiers", dict.fromkeys(("PatientName", "PatientID", "PatientBirthDate", "PatientSex"), ""), ""),
        ("burned-in-text", {"BurnedInAnnotation": "YES"}, "PRACTICE TORSO CT"),
        ("private-only-tags", {}, ""),
    ],
)
def test_faults_of_the_header_are_in_every_slice_beside_what_it_said_before(fault, header, text):
    plan = FAULTS[fault].apply([replace(planned, header={"KVP": "80"}) for planned in planned_slices("small")])
    assert len(plan) == 48
    assert all(planned.header == {"KVP": "80", **header} and planned.burned_in == text for planned in plan)
