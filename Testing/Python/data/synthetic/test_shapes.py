"""Where shapes may be is found out quickly, and right: truth is every single sample."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.shapes import image_grid

AXIAL = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
SAGITTAL = ([0.0, 1.0, 0.0], [0.0, 0.0, -1.0])
TILTED = ([1.0, 0.0, 0.0], [0.0, 0.9, -0.43589])


def box_of_all_samples(grid, bounds):
    """The smallest box that holds every sample whose x, y and z lie within bounds where each is looked at by itself."""
    first, last = [0, 0, 0], list(grid.shape)
    for axis, (low, high) in zip((grid.x, grid.y, grid.z), bounds):
        hits = np.argwhere((axis >= np.float32(low)) & (axis <= np.float32(high)))
        if not len(hits):
            return None
        for dimension in range(3):
            if axis.shape[dimension] > 1:
                first[dimension] = max(first[dimension], hits[:, dimension].min())
                last[dimension] = min(last[dimension], hits[:, dimension].max() + 1)
    return None if any(a >= b for a, b in zip(first, last)) else tuple(slice(a, b) for a, b in zip(first, last))


@pytest.mark.parametrize("directions", [AXIAL, SAGITTAL, TILTED])
@pytest.mark.parametrize("step", [-3.0, 2.5])
def test_a_box_holds_all_samples_within_bounds(directions, step):
    normal = np.cross(*directions)
    positions = np.array([5.0, -7.0, 11.0]) + np.arange(9)[:, None] * step * normal
    grid = image_grid(positions, *directions, (1.25, 0.75), (12, 10))
    generator = np.random.default_rng(3)
    seen = set()
    for _ in range(400):
        ends = np.sort(generator.uniform(-40, 40, (3, 2)), axis=1)
        if generator.random() < 0.3:  # exactly on a sample
            ends[0, 0] = grid.x.flat[generator.integers(grid.x.size)]
        bounds = tuple(map(tuple, ends))
        expected = box_of_all_samples(grid, bounds)
        assert grid.box(bounds) == expected
        seen.add(expected is None)
    assert seen == {True, False}
