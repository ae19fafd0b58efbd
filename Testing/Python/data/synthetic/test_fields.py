"""Fields of distances and noise, on shapes whose values can be worked out: lattices, samples, unions."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.fields import (
    FAR_MM,
    Noise,
    bounded,
    interpolate,
    lattice,
    sampled,
    sampled_union,
    without,
)
from DICOMTutorialHelperLib.data.synthetic.shapes import Shape


def sphere(x0, y0, z0, radius, reach=0.0):
    """A ball, whose distance is known everywhere; bounds ``reach`` mm beyond it."""
    out = radius + reach
    return Shape(
        lambda x, y, z: np.sqrt((x - x0) ** 2 + (y - y0) ** 2 + (z - z0) ** 2) - radius,
        ((x0 - out, x0 + out), (y0 - out, y0 + out), (z0 - out, z0 + out)),
    )


def at(shape, *places):
    return np.array([shape.distance(*(np.full((1, 1, 1), value, np.float32) for value in place)).item() for place in places])


def test_a_lattice_reaches_from_one_bound_over_the_other():
    grid = lattice(((0, 10), (-2, 2), (5, 5.5)), 4.0)
    assert (grid.x.shape, grid.y.shape, grid.z.shape) == ((1, 1, 4), (1, 2, 1), (2, 1, 1))
    assert (grid.x.reshape(-1).tolist(), grid.y.reshape(-1).tolist(), grid.z.reshape(-1).tolist()) == (
        [0, 4, 8, 12],
        [-2, 2],
        [5, 9],
    )
    assert grid.softness == 4.0


def test_a_plane_read_from_samples_is_the_plane():
    """A signed distance that changes evenly is carried exactly; ``normalise`` brings a slope of 3 down to 1."""
    box = ((-20, 20), (-20, 20), (-20, 20))
    plane, steep = (Shape(lambda x, y, z, f=f: f * (x + 0 * y + 0 * z - 3), box) for f in (1, 3))
    places = [(0, 1, 2), (3, -5, 8), (7.3, 2, -1.5)]
    for shape in (sampled(plane, 4.0), sampled(plane, 4.0, normalise=True), sampled(steep, 4.0, normalise=True)):
        assert at(shape, *places) == pytest.approx([-3, 0, 4.3], abs=0.02)
    assert sampled(plane, 4.0).bounds == ((-20, 16), (-20, 20), (-20, 20))  # up to the last one below 12 mm, and one more
    assert at(sampled(steep, 4.0), *places) == pytest.approx([-9, 0, 12.9], abs=0.05)


@pytest.mark.parametrize(("slope", "divided_by"), [(0.1, 0.35), (0.5, 0.5), (3.9, 3.9), (10, 4)])
def test_slopes_are_normalised_from_a_third_to_four(slope, divided_by):
    box = ((-20, 20), (-20, 20), (-20, 20))
    shape = sampled(Shape(lambda x, y, z: slope * (x + 0 * y + 0 * z), box), 4.0, normalise=True)
    assert at(shape, (2, 0, 0), (-6, 1, 1)) == pytest.approx([2 * slope / divided_by, -6 * slope / divided_by], rel=0.01)


def test_samples_are_kept_where_they_are_nearer_than_three_spacings():
    """A ball of 10 mm in bounds that reach 40 mm beyond it, every 2 mm: kept are samples below 6 mm, and one more each way."""
    shape = sampled(sphere(0, 0, 0, 10, reach=40), 2.0)
    assert shape.bounds == ((-16, 16),) * 3
    assert at(shape, (0, 0, 0), (10, 0, 0), (0, -9, 0), (0, 0, 13)) == pytest.approx([-10, 0, -1, 3], abs=0.3)


def test_nothing_near_is_nowhere():
    shape = sampled(Shape(lambda x, y, z: 50 + 0 * (x + y + z), ((0, 10),) * 3), 2.0)
    assert shape.bounds == ((0, 0),) * 3
    assert at(shape, (1, 2, 3)).tolist() == [FAR_MM]


def test_a_union_is_the_nearest_of_its_shapes_and_far_from_them_all_14_mm():
    union = sampled_union([sphere(0, 0, 0, 8), sphere(30, 0, 0, 5)], 1.0, bounds=((-30, 60), (-30, 30), (-30, 30)))
    places = [(0, 0, 8), (30, 0, 4), (0, 9, 0), (23, 0, 0), (15, 0, 0)]
    assert at(union, *places) == pytest.approx([0, -1, 1, 2, 7], abs=0.1)
    assert at(sampled_union([sphere(0, 0, 0, 5), sphere(60, 0, 0, 5)], 1.0), (30, 0, 0)) == pytest.approx([14])
    grown = sampled_union([sphere(0, 0, 0, 8), sphere(14, 0, 0, 8)], 1.0, reach=6.0)
    plain = sampled_union([sphere(0, 0, 0, 8), sphere(14, 0, 0, 8)], 1.0)
    assert at(grown, (7, 5, 0))[0] < at(plain, (7, 5, 0))[0] - 0.5  # between them they grow together
    assert at(grown, (-8, 0, 0))[0] == pytest.approx(at(plain, (-8, 0, 0))[0], abs=0.05)


def test_a_unions_bounds_reach_14_mm_beyond_its_shapes_where_none_are_given():
    """Samples up to 3 spacings away are kept, and one more: 10 + 9 + 3 mm, cut where the lattice ends (10 + 14 mm)."""
    union = sampled_union([sphere(0, 0, 0, 10)], 3.0)
    low, high = zip(*union.bounds)
    assert all(-24 <= one <= -18 for one in low) and all(18 <= one <= 24 for one in high)
    assert at(union, (0, 0, 11), (0, 0, -16), (17, 0, 0)) == pytest.approx([1, 6, 7], abs=0.5)


def test_a_shape_without_another_keeps_a_gap_to_it():
    rest = without(sphere(0, 0, 0, 20), [sphere(20, 0, 0, 5, reach=20)], gap=2.0)
    assert at(rest, (0, 0, 0), (14, 0, 0), (12, 0, 0), (-21, 0, 0)) == pytest.approx([-13, 1, -1, 1], abs=0.01)
    assert at(without(sphere(0, 0, 0, 20), [sphere(20, 0, 0, 5, reach=20)]), (14, 0, 0), (16, 0, 0)) == pytest.approx(
        [-1, 1], abs=0.01
    )
    assert rest.bounds == sphere(0, 0, 0, 20).bounds


def test_outside_its_bounds_a_shape_is_a_millimetre_further_than_these_and_14_mm_at_the_most():
    shape = Shape(lambda x, y, z: -5 + 0 * (x + y + z), ((0, 10), (-4, 4), (2, 8)))
    places = [(5, 0, 5), (10, 0, 5), (12, 0, 5), (-3, 0, 5), (5, 9, 5), (5, -40, 5), (5, 0, 1.5), (12, 0, 11)]
    x, y, z = np.array(places, np.float32).T[:, None, None, :]
    assert bounded(shape, x, y, z).reshape(-1).tolist() == [-5, -5, 3, 4, 6, 14, 1.5, 4]


def test_samples_are_read_linearly_and_beyond_the_edge_the_edge():
    values = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)  # 12 a slow step, 4 a middle one, 1 a fast one
    z, y, x = (np.array(part, np.float32) for part in ([0.5, 0.0], [1.25, 2.0, 0.0], [2.5, 9.0, -3.0]))
    read = interpolate(values, [z[:, None, None], y[None, :, None], x[None, None, :]])
    expected = [[[12 * a + 4 * b + c for c in (2.5, 3, 0)] for b in (1.25, 2, 0)] for a in (0.5, 0)]
    assert read == pytest.approx(np.array(expected), abs=0.02)


def test_samples_are_read_along_whatever_dimension_a_coordinate_changes():
    """As in sagittal images: x from slice to slice, z down the rows, y along them; or one coordinate alone."""
    values = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    z, y, x = (np.array(part, np.float32) for part in ([0.5, 0.0, 0.9], [1.25, 0.0], [2.5, 0.0, 1.0, 2.0]))
    read = interpolate(values, [z[None, :, None], y[None, None, :], x[:, None, None]])
    expected = [[[12 * a + 4 * b + c for b in y] for a in z] for c in x]
    assert read == pytest.approx(np.array(expected), abs=0.02)
    one = np.full((1, 1, 1), 0.5, np.float32)
    for dimension in range(3):
        along = x.reshape([-1 if other == dimension else 1 for other in range(3)])
        assert interpolate(values, [one, one * 2, along]) == pytest.approx(12 * 0.5 + 4 + along, abs=0.02)
        assert interpolate(values, [along / 4, one, one * 3]) == pytest.approx(3 * along + 2 + 1.5, abs=0.02)


def test_slow_and_middle_axis_may_change_together():
    values = np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 3, 4)
    z = np.array([[0.0, 0.5], [0.25, 1.0]], np.float32)[:, :, None]
    y = np.array([[1.0, 0.5], [1.75, 0.0]], np.float32)[:, :, None]
    x = np.array([0.5, 2.0, 2.5], np.float32)[None, None, :]
    assert interpolate(values, [z, y, x]) == pytest.approx(np.broadcast_to(12 * z + 4 * y + x, (2, 2, 3)), abs=0.02)


def test_around_the_end_of_a_wrapped_field_lies_its_beginning():
    values = np.zeros((4, 4, 4), np.float32)
    values[0, 0, 0], values[0, 0, 3] = 8, 4
    places = [np.zeros((1, 1, 1), np.float32)] * 2 + [np.array([3.0, 3.5, 4.0, 4.25, -0.5], np.float32)[None, None, :]]
    assert interpolate(values, places, wrap=True).reshape(-1).tolist() == [4, 6, 8, 6, 6]


def test_noise_has_a_spread_of_one_and_changes_over_its_grain():
    """2.2 samples a grain: at whole multiples of grain / 2.2 mm it is the sample itself."""
    noise = Noise(np.random.default_rng(1), grain=22.0, size=16)
    assert noise.values.std() == pytest.approx(1, abs=1e-5)
    x, y, z = (np.array([10.0 * n], np.float32).reshape(1, 1, 1) for n in (3, 5, 18))
    assert noise(x, y, z).item() == pytest.approx(noise.values[2, 5, 3], abs=1e-5)
    white = np.random.default_rng(1).standard_normal((16, 16, 16), dtype=np.float32)
    near = [np.roll(white, (a, b, c), (0, 1, 2)) / 2 ** (abs(a) + abs(b) + abs(c)) for a in (-1, 0, 1) for b in (-1, 0, 1)
            for c in (-1, 0, 1)]  # fmt: skip
    assert noise.values == pytest.approx(sum(near) / np.std(sum(near)), abs=1e-4)
