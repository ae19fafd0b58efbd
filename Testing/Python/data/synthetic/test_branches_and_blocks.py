"""Branches painted together, halves that are mirrored, and blocks drawn in order, against values worked out by hand."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.drawing import WORKERS, blocks_of, drawn
from DICOMTutorialHelperLib.data.synthetic.fields import sampled, sampled_even, sampled_halves
from DICOMTutorialHelperLib.data.synthetic.shapes import Grove, SampleGrid, Shape, paint, tube
from DICOMTutorialHelperLib.data.synthetic.trees import spread_out


def axes(low, high, step=1.0):
    line = np.arange(low, high + step / 2, step, dtype=np.float32)
    return SampleGrid(line[None, None, :], line[None, :, None], line[:, None, None], step)


def painted(shapes, grid):
    values = np.zeros(grid.shape, np.float32)
    paint(values, grid, shapes, 1.0)
    return values


def test_branches_that_do_not_touch_are_painted_as_if_each_alone():
    lines = [[(-8, -8, -8), (8, -8, 6)], [(-8, 5, 0), (8, 7, 2)]]
    branches = [shape for line in lines for shape in tube(line, 2.0)]
    grid = axes(-12, 12)
    assert np.array_equal(painted(Grove(branches), grid), painted(branches, grid))
    assert painted(Grove(branches), grid).max() == 1


def test_where_branches_overlap_they_cover_no_more_than_one():
    """Two blends of a half make three quarters; two branches in one place are one branch."""
    branch = tube([(0, 0, -20), (0, 0, 20)], 2.0)
    grid = axes(-6, 6)
    assert painted(Grove(branch * 2), grid)[6, 6, 8] == pytest.approx(0.5)
    assert painted(branch * 2, grid)[6, 6, 8] == pytest.approx(0.75)


def test_a_branch_far_thinner_than_a_sample_is_left_out_and_a_thicker_one_is_not():
    """Samples of 5 mm: 0.17 of them are 0.85 mm, against the mean of both ends' radii."""
    grid = axes(-20, 20, 5.0)
    line = [(-15, 0, 0), (15, 0, 0)]
    assert painted(Grove(tube(line, [0.9, 0.7])), grid).max() == 0
    assert painted(Grove(tube(line, [1.1, 0.7])), grid).max() > 0.5
    assert painted(Grove(tube(line, [0.9, 0.7])), axes(-20, 20)).max() > 0.5


def test_no_branch_leaves_the_shape_that_limits_them():
    limit = Shape(lambda x, y, z: x - 3 + 0 * (y + z))
    values = painted(Grove(tube([(-8, 0, 0), (8, 0, 0)], 2.0), limit), axes(-10, 10))
    assert values[10, 10, 10] == 1 and values[10, 10, 13] == 0.5
    assert not values[:, :, 14:].any()


def test_branches_keep_within_their_bounds_in_slices_that_turn_back():
    branch = tube([(0, 0, -2), (0, 0, 2)], 1.5)
    line = np.array([-9, 0, 9, 1], np.float32)
    level = np.zeros((1, 1, 1), np.float32)
    grid = SampleGrid(level, level, line[:, None, None], 1.0)
    assert painted(Grove(branch), grid).reshape(-1).tolist() == [0, 1, 0, 1]


def test_an_even_shape_from_its_left_half_is_the_shape():
    def distance(x, y, z):
        return np.sqrt((np.abs(x) - 9) ** 2 + y**2 + z**2) - 6

    whole = Shape(distance, ((-20, 20), (-12, 12), (-12, 12)))
    grid = axes(-11, 11, 0.7)
    for normalise in (False, True):
        half, full = (make(whole, 2.0, normalise) for make in (sampled_even, sampled))
        assert half.bounds[0] == (-half.bounds[0][1], half.bounds[0][1])
        assert half.distance(grid.x, grid.y, grid.z) == pytest.approx(full.distance(grid.x, grid.y, grid.z), abs=0.35)
        mirrored = half.distance(-grid.x, grid.y, grid.z)
        assert np.array_equal(half.distance(grid.x, grid.y, grid.z), mirrored)


def test_left_halves_are_mirrored_and_joined_with_their_images():
    both = [shape for side in (-1, 1) for shape in tube([(side * 3, 0, 0), (side * 12, 4, 0)], 2.5)]
    halves = sampled_halves(both[1:], 1.0)
    grid = axes(-14, 14)
    near = np.minimum(*(shape.distance(grid.x, grid.y, grid.z) for shape in both))
    seen = np.broadcast_to(halves.distance(grid.x, grid.y, grid.z), grid.shape)
    surface = np.abs(near) < 1  # in the middle of a tube, samples blunt the kink
    assert surface.sum() > 200
    assert seen[surface] == pytest.approx(near[surface], abs=0.15)
    assert np.array_equal(seen, seen[:, :, ::-1])


def test_points_are_taken_in_their_order_where_none_before_is_too_near():
    points = np.array([(0, 0, 0), (1, 0, 0), (3, 0, 0), (2.5, 0, 0), (6, 0, 0), (9, 0, 0)], float)
    assert spread_out(points, 2.0)[:, 0].tolist() == [0, 3, 6, 9]
    assert spread_out(points, 2.0, 2)[:, 0].tolist() == [0, 3]
    assert spread_out(points, 0.0, 3)[:, 0].tolist() == [0, 1, 3]
    assert spread_out(points[:0], 2.0).shape == (0, 3)


def test_blocks_cover_a_grid_once_and_a_small_grid_has_several():
    level = np.zeros((1, 1, 1), np.float32)
    grid = SampleGrid(
        np.zeros((1, 1, 200), np.float32), np.zeros((1, 200, 1), np.float32), level + np.arange(20)[:, None, None], 1.0
    )
    runs = [run for run, block in blocks_of(grid) if block.shape == (run.stop - run.start, 200, 200)]
    assert [number for run in runs for number in range(run.start, run.stop)] == list(range(20))
    assert len(runs) >= WORKERS


def test_what_is_drawn_comes_in_the_order_of_its_tasks_and_few_are_begun_ahead():
    begun = []

    def tasks():
        for number in range(9):
            begun.append(number)
            yield number, partial(np.full, 3, number)

    seen = []
    for place, block in drawn(tasks()):
        seen.append((place, block.tolist()))
        assert len(begun) <= place + WORKERS + 1
    assert seen == [(number, [number] * 3) for number in range(9)]


def test_an_error_in_drawing_is_raised_where_its_block_is_asked_for():
    def broken():
        raise MemoryError("too large")

    places = []
    with pytest.raises(MemoryError, match="too large"):
        for place, _ in drawn([("a", partial(np.zeros, 1)), ("b", broken), ("c", partial(np.zeros, 1))]):
            places.append(place)
    assert places == ["a"]
