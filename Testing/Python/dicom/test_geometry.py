"""Every slice's corners lie where its header puts them, to 0.01 mm, whatever the series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic_series import AXIAL, SAGITTAL, axial_positions, corners_lps_by_header, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.geometry import Grid

PROMISE_MM = 0.01


def corners_lps_of_grid(grid: Grid) -> np.ndarray:
    """Where a grid, its tilt and its displacements put the corners of every slice (k, 2, 2, 3)."""
    columns, rows, slices = grid.dimensions
    corners = np.empty((slices, 2, 2, 3))
    matrix = grid.ijk_to_lps if grid.tilt_lps is None else grid.tilt_lps @ grid.ijk_to_lps
    for k in range(slices):
        for last_row in (0, 1):
            for last_column in (0, 1):
                ijk = (last_column * (columns - 1), last_row * (rows - 1), k, 1)
                corners[k, last_row, last_column] = (matrix @ ijk)[:3]
    return corners if grid.displacements_lps is None else corners + grid.displacements_lps


def worst_placement_mm(candidate) -> float:
    worst = 0.0
    for stack in candidate.stacks:
        placed = corners_lps_of_grid(stack.grid)
        for k, frame in enumerate(stack.slices):
            if frame is not None:
                truth = corners_lps_by_header(frame.instance.path)
                worst = max(worst, float(np.linalg.norm(placed[k] - truth, axis=-1).max()))
    return worst


def only_candidate(folder):
    (series,) = examine_paths([folder]).series
    (candidate,) = series.candidates
    return candidate


def codes(candidate) -> set[str]:
    return {finding.code for finding in candidate.findings}


def test_a_regular_stack_gets_a_plain_right_handed_grid(tmp_path):
    write_series(tmp_path, axial_positions(6))
    grid = only_candidate(tmp_path).stacks[0].grid
    assert grid.tilt_lps is None
    assert grid.displacements_lps is None
    assert np.linalg.det(grid.ijk_to_ras[:3, :3]) > 0
    assert grid.spacing_mm == pytest.approx((0.7, 0.8, 2.5))


def test_slices_are_sorted_by_position_not_by_number(tmp_path):
    shuffled = [axial_positions(6)[k] for k in (3, 0, 5, 1, 4, 2)]
    write_series(tmp_path, shuffled)
    candidate = only_candidate(tmp_path)
    heights = [frame.plane.position_lps[2] for frame in candidate.stacks[0].frames]
    assert heights == sorted(heights)
    assert worst_placement_mm(candidate) < PROMISE_MM


def test_a_thickness_or_spacing_element_that_lies_changes_nothing(tmp_path):
    write_series(tmp_path, axial_positions(6), SliceThickness=9, SpacingBetweenSlices=7)
    candidate = only_candidate(tmp_path)
    assert candidate.stacks[0].grid.spacing_mm[2] == pytest.approx(2.5)
    assert codes(candidate) == {"spacing-tag-disagrees"}


def test_a_gantry_tilt_becomes_an_upright_grid_and_a_shear_named_in_degrees(tmp_path):
    angle = np.radians(18.5)
    orientation = (1, 0, 0, 0, np.cos(angle), np.sin(angle))
    write_series(tmp_path, axial_positions(6), orientation)
    candidate = only_candidate(tmp_path)
    grid = candidate.stacks[0].grid
    axes = grid.ijk_to_lps[:3, :3] / np.linalg.norm(grid.ijk_to_lps[:3, :3], axis=0)
    assert axes.T @ axes == pytest.approx(np.eye(3), abs=1e-9)
    assert grid.tilt_degrees == pytest.approx(18.5)
    (finding,) = candidate.findings
    assert (finding.code, finding.evidence["degrees"]) == ("gantry-tilt", 18.5)
    assert worst_placement_mm(candidate) < PROMISE_MM


def test_missing_slices_leave_holes_and_stretch_nothing(tmp_path):
    positions = axial_positions(12)
    del positions[7:9], positions[3]
    paths = write_series(tmp_path, positions)
    candidate = only_candidate(tmp_path)
    stack = candidate.stacks[0]
    assert [k for k, frame in enumerate(stack.slices) if frame is None] == [3, 7, 8]
    (finding,) = candidate.findings
    assert finding.code == "missing-slices"
    assert finding.evidence["count"] == 3
    assert finding.evidence["slices"] == [4, 8, 9]
    assert finding.evidence["between"] == [[paths[2].name, paths[3].name], [paths[5].name, paths[6].name]]
    assert worst_placement_mm(candidate) < PROMISE_MM


def test_without_filling_missing_slices_the_others_stay_where_they_lie(tmp_path):
    positions = axial_positions(12)
    del positions[7]
    write_series(tmp_path, positions)
    (series,) = examine_paths([tmp_path], fill_missing=False).series
    (candidate,) = series.candidates
    assert len(candidate.stacks[0].slices) == 11
    assert worst_placement_mm(candidate) < PROMISE_MM
    assert "missing-slices" in codes(candidate)


def test_uneven_spacing_is_kept_slice_by_slice(tmp_path):
    write_series(tmp_path, [(-10, -20, z) for z in (0, 2.5, 5.1, 7.5, 10.2, 12.5)])
    candidate = only_candidate(tmp_path)
    assert codes(candidate) == {"uneven-spacing"}
    assert worst_placement_mm(candidate) < PROMISE_MM


def test_a_scan_that_doubles_its_spacing_on_the_way_has_uneven_spacing_not_missing_slices(tmp_path):
    write_series(tmp_path, [(-10, -20, z) for z in (*range(0, 12, 2), *range(12, 40, 4))])
    candidate = only_candidate(tmp_path)
    assert codes(candidate) == {"uneven-spacing"}
    assert None not in candidate.stacks[0].slices
    assert worst_placement_mm(candidate) < PROMISE_MM


def test_direction_cosines_rounded_to_three_decimals_still_place_every_corner(tmp_path):
    orientation = (0.996, 0.087, 0.009, -0.087, 0.996, 0.009)
    write_series(tmp_path, axial_positions(20), orientation, rows=256, columns=256, PixelData=bytes(2 * 256 * 256))
    candidate = only_candidate(tmp_path)
    assert worst_placement_mm(candidate) < PROMISE_MM


def test_two_slices_and_one_slice_are_placed_too(tmp_path):
    write_series(tmp_path / "two", axial_positions(2))
    assert worst_placement_mm(only_candidate(tmp_path / "two")) < PROMISE_MM
    write_series(tmp_path / "one", axial_positions(1), SliceThickness=4)
    one = only_candidate(tmp_path / "one")
    assert worst_placement_mm(one) < PROMISE_MM
    assert one.stacks[0].grid.spacing_mm[2] == pytest.approx(4)
    assert codes(one) == {"single-slice"}


numbers = st.floats(-1, 1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    axis=st.tuples(numbers, numbers, numbers).filter(lambda axis: np.linalg.norm(axis) > 0.2),
    angle=st.floats(-3.1, 3.1),
    shear=st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
    gaps=st.lists(st.sampled_from([2.0, 2.0, 2.0, 4.0, 2.37, 0.9]), min_size=1, max_size=9),
    decimals=st.integers(2, 6),
)
def test_any_orientation_slant_and_spacing_keeps_the_promise(tmp_path_factory, axis, angle, shear, gaps, decimals):
    axis = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    row, column, normal = rotation
    step = normal + shear[0] * row + shear[1] * column
    heights = np.concatenate([[0.0], np.cumsum(gaps)])
    positions = [np.round(np.array([5.0, -60.0, 100.0]) + height * step, decimals) for height in heights]
    folder = tmp_path_factory.mktemp("series")
    write_series(folder, positions, np.round([*row, *column], 6))
    (series,) = examine_paths([folder]).series
    assert sum(len(stack.frames) for candidate in series.selected for stack in candidate.stacks) == len(positions)
    for candidate in series.selected:
        assert worst_placement_mm(candidate) < PROMISE_MM


@pytest.mark.parametrize(
    ("orientation", "positions"), [(AXIAL, axial_positions(3)), (SAGITTAL, [(x, 5.0, 7.0) for x in (-2.0, 0.0, 2.0)])]
)
def test_ras_is_lps_with_left_and_posterior_turned_round(tmp_path, orientation, positions):
    write_series(tmp_path, positions, orientation)
    stack = only_candidate(tmp_path).stacks[0]
    left, posterior, superior = stack.frames[0].plane.position_lps
    assert stack.grid.ijk_to_ras[:3, 3] == pytest.approx([-left, -posterior, superior])
