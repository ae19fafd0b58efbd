"""Measured values in 16 bits: what pydicom reads back is what was written, or nothing is written."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.stored_values import _with, stored_values


def read_back(one) -> np.ndarray:
    """As pydicom does it from a file's text, without the code under test."""
    from pydicom.valuerep import format_number_as_ds

    header = Dataset()
    header.RescaleSlope, header.RescaleIntercept = format_number_as_ds(one.slope), format_number_as_ds(one.intercept)
    return one.values.astype(np.float64) * float(header.RescaleSlope) + float(header.RescaleIntercept)


def volume(values, dtype) -> np.ndarray:
    return np.array(values, dtype=dtype).reshape(1, 1, -1)


@pytest.mark.parametrize(
    ("values", "dtype", "kind"),
    [
        ([-1024, 3071], np.int16, np.int16),
        ([0, 65535], np.uint16, np.uint16),
        ([0, 255], np.uint8, np.int16),
        ([-32768.0, 32767.0], np.float32, np.int16),
        ([100_000, 165_535], np.int32, np.uint16),
        ([-70_000, -60_000], np.int32, np.uint16),
        ([2**40, 2**40 + 7], np.int64, np.uint16),
    ],
)
def test_whole_numbers_come_back_from_16_bits(values, dtype, kind):
    ((one,),) = stored_values([volume(values, dtype)])
    assert one.values.dtype == kind and one.slope == 1
    assert np.array_equal(read_back(one).ravel(), np.array(values, float))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 4095), min_size=2, max_size=60),
    st.floats(1e-4, 50),
    st.floats(-2000, 2000),
    st.booleans(),
)
def test_values_made_with_a_slope_come_back_the_same_with_the_slope_known(levels, slope, intercept, single):
    dtype = np.float32 if single else np.float64
    slope, intercept = float(f"{slope:.8g}"), float(f"{intercept:.8g}")
    made = (np.array(levels, np.float64) * slope + intercept).astype(dtype).reshape(1, 1, -1)
    ((one,),) = stored_values([made], [(slope, intercept)])
    assert np.array_equal(read_back(one).astype(dtype), made[0])


@pytest.mark.parametrize("slope", [0.5, 0.25, 1.831502, 0.0123, 3.14159265])
@pytest.mark.parametrize("intercept", [0.0, -1024.0, 12.5])
def test_a_slope_that_nobody_knows_is_found_from_the_values(slope, intercept):
    levels = np.unique(np.random.default_rng(1).integers(0, 4000, 3000))
    made = (levels * slope + intercept).astype(np.float32).reshape(1, 1, -1)
    ((one,),) = stored_values([made])
    assert np.array_equal(read_back(one).astype(np.float32), made[0])


def test_each_slice_may_have_a_slope_of_its_own():
    levels = np.arange(300, dtype=np.float64).reshape(1, -1)
    made = np.stack([(levels * slope).astype(np.float32) for slope in (0.31, 0.77, 1.9)])
    (slices,) = stored_values([made])
    assert all(np.array_equal(read_back(one).astype(np.float32), made[k]) for k, one in enumerate(slices))


def test_all_volumes_of_a_series_are_signed_or_none_is():
    """Slices of two pixel formats would be two volumes to a reader."""
    found = stored_values([volume([0, 60_000], np.uint16), volume([-5, 5], np.int16)])
    assert len({one.values.dtype for volume in found for one in volume}) == 1
    assert [read_back(one).ravel().tolist() for volume in found for one in volume] == [[0, 60_000], [-5, 5]]


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=70_000).astype(np.float32),
        np.array([0, 70_000], np.int32),
        np.array([0.0, np.nan], np.float32),
        np.array([0.0, np.inf], np.float32),
        np.array([1e-30, 1.0, 1e30]),
    ],
)
def test_what_16_bits_do_not_hold_exactly_is_refused(values):
    found = stored_values([values.reshape(1, 1, -1)])
    if found is not None:  # [0, 70000] has two levels, and two levels have a slope
        assert np.array_equal(read_back(found[0][0]).astype(values.dtype).ravel(), values)
        assert len(np.unique(values)) == 2


@pytest.mark.parametrize(
    ("values", "slope", "intercept", "kind", "expected"),
    [
        ([0.0, 32767.5], 0.5, 0.0, np.uint16, [0, 65535]),
        ([0.0, 32768.0], 0.5, 0.0, np.uint16, None),
        ([-0.5, 1.0], 0.5, 0.0, np.uint16, None),
        ([-16384.0, 16383.5], 0.5, 0.0, np.int16, [-32768, 32767]),
        ([-16384.5, 0.0], 0.5, 0.0, np.int16, None),
        ([0.0, 16384.0], 0.5, 0.0, np.int16, None),
        ([0.0, 1e300], 0.5, 0.0, np.uint16, None),
        ([-1e300, 0.0], 0.5, 0.0, np.uint16, None),
        ([10.0, 12.0], -2.0, 12.0, np.uint16, [1, 0]),
        ([0.25, 1.0], 0.5, 0.0, np.uint16, None),
        ([0.0], 0.0, 0.0, np.uint16, None),
        ([0.0], np.inf, 0.0, np.uint16, None),
        ([0.0], 1.0, np.nan, np.uint16, None),
    ],
)
def test_values_are_stored_by_a_slope_where_each_comes_back(values, slope, intercept, kind, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what does not fit is not even cut off
        found = _with(np.array(values), slope, intercept, kind)
    if expected is None:
        assert found is None
    else:
        assert (found.values.tolist(), found.values.dtype) == (expected, kind)
        assert (found.slope, found.intercept) == (slope, intercept)
