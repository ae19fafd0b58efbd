"""Every slice's corners lie where its header puts them, to 0.01 mm: whole series, and grids of frames made in memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_frames import CORONAL, made_frame
from synthetic_series import AXIAL, SAGITTAL, axial_positions, corners_lps_by_header, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.geometry import (
    Grid,
    _line,
    corners_lps,
    fit_grid,
    is_regular,
    slice_corners_lps,
    slice_normal_lps,
)
from DICOMTutorialHelperLib.dicom.slice_positions import (
    distances_along_normal,
)

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


@pytest.mark.parametrize(("off", "start_z"), [(8.97e-5, 0.0), (9.03e-5, 3.01e-5)])
def test_slices_lie_on_the_line_of_their_ends_or_the_one_that_fits_best(off, start_z):
    """A middle slice that is off by less than 0.09 micrometres is on it; the best fit moves by a third of what it is off."""
    start, step = _line(np.array([0.0, 1, 2]), np.array([[5.0, 6, 0], [5, 6, 1 + off], [5, 6, 2]]))
    assert np.allclose(start, [5, 6, start_z], rtol=0, atol=1e-9) and np.allclose(step, [0, 0, 1], rtol=0, atol=1e-9)


def test_a_line_through_slices_begins_where_k_is_zero():
    start, step = _line(np.array([2.0, 4]), np.array([[0.0, 0, 10], [0, 0, 16]]))
    assert (start.tolist(), step.tolist()) == ([0, 0, 4], [0, 0, 3])
    start, step = _line(np.array([3.0]), np.array([[1.0, 2, 3]]))
    assert (start.tolist(), step) == ([1, 2, 3], None)


def places_at(*heights, beside=(0.0, 0.0), orientation=AXIAL, **values):
    """An axial slice at each height, mm."""
    return [[made_frame((*beside, float(height)), orientation, name=f"{n}.dcm", **values)] for n, height in enumerate(heights)]


@pytest.mark.parametrize("orientation", [AXIAL, CORONAL, SAGITTAL, (0.0, 0.6, 0.8, 1.0, 0.0, 0.0)])
def test_normals_and_corners_are_those_of_the_standard(orientation):
    """PS3.3 C.7.6.2.1.1, by numpy's own cross product."""
    frame = made_frame((1, 2, 3), orientation, (0.5, 2.0))
    row, column = np.array(orientation).reshape(2, 3)
    assert slice_normal_lps(frame) == pytest.approx(np.cross(row, column))
    start, right, down = np.array([1, 2, 3]), row * 2.0 * 3, column * 0.5 * 2  # 4 columns, 3 rows
    expected = np.array([[start, start + right], [start + down, start + right + down]])
    assert slice_corners_lps(frame) == pytest.approx(expected)
    assert corners_lps([frame, frame]) == pytest.approx(np.stack([expected, expected]))


def test_a_grid_says_its_spacing_and_itself_in_ras():
    turned = np.array([[0, 0, 3.0, 1], [0, -2.0, 0, 2], [1.5, 0, 0, 3], [0, 0, 0, 1]])
    displaced = np.arange(24.0).reshape(2, 2, 2, 3)
    grid = Grid((4, 3, 2), turned, turned, 5.0, displaced)
    assert grid.spacing_mm == (1.5, 2.0, 3.0)
    flip = np.diag([-1.0, -1, 1, 1])
    assert grid.ijk_to_ras == pytest.approx(flip @ turned)
    assert grid.tilt_ras == pytest.approx(flip @ turned @ flip)
    assert grid.displacements_ras == pytest.approx(displaced * (-1, -1, 1))
    plain = Grid((4, 3, 2), turned)
    assert (plain.tilt_ras, plain.displacements_ras) == (None, None)


def frames_at(*positions, **values):
    return [None if position is None else made_frame(position, **values) for position in positions]


def test_a_regular_grid_counts_from_the_first_place_even_where_its_slice_is_missing():
    grid = fit_grid(frames_at(None, (1, 2, 5), (1, 2, 7), None, (1, 2, 11), spacing=(0.5, 2.0)))
    assert grid.dimensions == (4, 3, 5)
    assert grid.ijk_to_lps == pytest.approx(np.array([[2, 0, 0, 1], [0, 0.5, 0, 2], [0, 0, 2, 3], [0, 0, 0, 1]]))
    assert (grid.tilt_lps, grid.displacements_lps, grid.tilt_degrees) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("values", "thickness"),
    [
        ({"SpacingBetweenSlices": 3.0, "SliceThickness": 2.0}, 3.0), ({"SpacingBetweenSlices": -3.0}, 3.0),
        ({"SpacingBetweenSlices": 0.0, "SliceThickness": 2.0}, 2.0), ({"SliceThickness": 0.009}, 1.0),
        ({"SliceThickness": 0.01}, 0.01), ({}, 1.0),
    ],
)  # fmt: skip
def test_a_lone_slice_is_as_thick_as_its_header_says_or_a_millimetre(values, thickness):
    grid = fit_grid(frames_at((1, 2, 5), **values))
    assert grid.spacing_mm == (1, 1, thickness)
    assert grid.ijk_to_lps[:3, 3].tolist() == [1, 2, 5]
    assert fit_grid(frames_at(None, (1, 2, 5), **values)).ijk_to_lps[:3, 3] == pytest.approx([1, 2, 5 - thickness])


@pytest.mark.parametrize(("beside", "degrees"), [(0.003, 0.0), (0.004, 0.1146), (2.0, 45.0)])
def test_a_tilt_of_a_tenth_of_a_degree_is_a_shear(beside, degrees):
    """0.0035 mm beside in 2 mm is a tenth of a degree."""
    grid = fit_grid(frames_at(*[(0, beside * k, 2.0 * k) for k in range(4)]))
    assert grid.tilt_degrees == pytest.approx(degrees, abs=1e-3)
    assert (grid.tilt_lps is None) == (degrees == 0)
    brought = (grid.tilt_lps if degrees else np.eye(4)) @ grid.ijk_to_lps @ (0, 0, 3, 1)
    assert brought[:3] == pytest.approx([0, 3 * beside, 6])
    assert grid.ijk_to_lps[1, 2] == pytest.approx(0 if degrees else beside)
    assert is_regular(frames_at(*[(0, beside * k, 2.0 * k) for k in range(4)]))


@pytest.mark.parametrize(("moved", "regular"), [(0.017, True), (0.019, False)])
def test_nine_thousandths_of_a_millimetre_are_a_regular_grid(moved, regular):
    """Of three slices the middle one: by the best line a third of it stays at each end, and two thirds in the middle."""
    frames = frames_at((0, 0, 0), (0, 0, 2 + moved * 0.75), (0, 0, 4))
    assert is_regular(frames) == regular


def test_uneven_slices_are_displaced_to_where_they_lie_and_between_them_evenly():
    frames = frames_at((0, 0, 0), (0, 0, 3), None, (0, 0, 6))
    grid = fit_grid(frames)
    placed = grid.ijk_to_lps @ np.array([[0, 0, k, 1] for k in range(4)]).T
    moved = placed[:3].T + grid.displacements_lps[:, 0, 0]
    assert moved[[0, 1, 3]] == pytest.approx(np.array([[0, 0, 0], [0, 0, 3], [0, 0, 6.0]]))
    assert grid.displacements_lps[2] == pytest.approx((grid.displacements_lps[1] + grid.displacements_lps[3]) / 2)
    far = grid.ijk_to_lps @ (3, 2, 1, 1)
    assert far[:3] + grid.displacements_lps[1, 1, 1] == pytest.approx([3, 2, 3])


@pytest.mark.parametrize(("values", "thickness"), [({"SliceThickness": 4.0}, 4.0), ({}, 1.0)])
def test_slices_beside_each_other_in_one_plane_are_a_grid_of_their_thickness_and_displaced(values, thickness):
    grid = fit_grid(frames_at((0, 0, 0), (50, 0, 0), (100, 0, 0), **values))
    assert grid.spacing_mm[2] == pytest.approx(thickness)
    for k in range(3):
        assert (grid.ijk_to_lps @ (0, 0, k, 1))[:3] + grid.displacements_lps[k, 0, 0] == pytest.approx([50.0 * k, 0, 0])


def test_two_slices_are_regular_but_not_beside_each_other():
    assert not is_regular(frames_at((0, 0, 0), (50, 0, 0)))
    assert fit_grid(frames_at((0, 0, 0), (0, 2, 2))).tilt_degrees == pytest.approx(45)


def test_one_slice_is_regular():
    assert is_regular(frames_at((0, 0, 0)))
    assert distances_along_normal(places_at(3, 7)).tolist() == [3, 7]
