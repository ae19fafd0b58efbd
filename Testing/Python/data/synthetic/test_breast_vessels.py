"""The practice breasts' vessels, measured in the drawn signals: where they begin, where they run, how thick they are."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic.breast_anatomy import TISSUES, Breasts, breasts_of, nipple, surface_point
from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid
from DICOMTutorialHelperLib.data.synthetic.trees import spread_out

STEP = 1.5


@pytest.fixture(scope="module", params=[(0, -1), (0, 1), (5, 1)])
def drawn_side(request):
    """(side, LPS mm of every sample that is blood, how much of it is) in one breast before its chest wall."""
    seed, side = request.param
    x = np.arange(14, 150, STEP, dtype=np.float32) * side
    y, z = np.arange(-160, -40, STEP, dtype=np.float32), np.arange(-45, 60, STEP, dtype=np.float32)
    grid = SampleGrid(x[None, None, :], y[None, :, None], z[:, None, None], STEP)
    breasts = breasts_of(seed) if seed == 0 else Breasts(seed)
    signal = breasts.signals(grid, ("blood",))[0] / TISSUES["blood"][5]
    level, row, column = np.nonzero(signal > 0.3)
    return side, np.stack([x[column], y[row], z[level]], axis=1), signal


def near(points, place, radius):
    return points[np.linalg.norm(points - place, axis=1) < radius]


def test_vessels_come_forward_beside_the_breastbone_and_round_the_side(drawn_side):
    side, points, _ = drawn_side
    assert len(near(points, (side * 21, -46, 20), 6))  # the internal thoracic artery
    assert len(near(points, (side * 27, -58, 21), 6))  # what leaves it in the third intercostal space
    assert len(near(points, (side * 125, -41, 10), 9))  # the lateral thoracic artery
    out, front = side * points[:, 0], points[:, 1] < -85
    assert (front & (out < 70)).sum() > 20 and (front & (out > 110)).sum() > 20


def test_vessels_thin_out_towards_the_nipple(drawn_side):
    """Of the medial ones alone, from the chest wall forwards: samples of blood for each millimetre of depth and each vessel."""
    side, points, _ = drawn_side
    medial = points[side * points[:, 0] < 75]

    def thickness(first, last):
        slab = medial[(medial[:, 1] > first) & (medial[:, 1] < last)]
        return len(slab) / max(1, len(spread_out(slab, 8.0)))

    assert thickness(-80, -62) > thickness(-135, -110)


def test_most_vessels_run_in_the_fat_between_skin_and_gland(drawn_side):
    side, points, _ = drawn_side
    front = points[(points[:, 1] < -70) & (side * points[:, 0] > 30)]
    middle = np.array((side * 84, -62, nipple(side)[2]))
    reach = np.linalg.norm((front - middle) / (66, 98, 72), axis=1)
    assert ((reach > 0.72) & (reach < 1.06)).mean() > 0.6


def test_the_axes_of_a_breast_end_at_its_skin():
    """Half a breast's own height above its middle, straight out to the arm, and at the nipple."""
    for side, larger, middle in ((-1, 1.04, -6.0), (1, 0.97, -1.0)):
        assert surface_point(1, 90, 0, side) == pytest.approx((side * 84, -62, middle + 76 * larger))
        assert surface_point(1, 0, 0, side) == pytest.approx((side * (84 + 64 * larger), -62, middle))
        assert surface_point(1, 90, 90, side)[1] == pytest.approx(-62 - 96 * larger)
        assert surface_point(0, 30, 40, side) == pytest.approx((side * 84, -62, middle))
