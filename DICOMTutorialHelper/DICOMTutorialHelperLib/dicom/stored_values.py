"""Measured values as 16-bit integers with a slope and an intercept (PS3.3 C.11.1): exactly, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np
from pydicom.valuerep import format_number_as_ds

LEVELS = 65536
MOST_DIVISORS = 16
MOST_DECIMALS = 13
MOST_WHOLE = 1e15  # beyond, neither float64 nor a DS of 16 characters tells whole numbers apart


@dataclass(frozen=True, eq=False)
class StoredValues:
    """A slice (rows, columns) of int16 or uint16: value = stored x slope + intercept, both as a DS of 16 characters has them."""

    values: np.ndarray
    slope: float = 1.0
    intercept: float = 0.0


def stored_values(volumes: Sequence[np.ndarray], hints: Sequence[tuple[float, float]] = ()) -> Optional[list[list[StoredValues]]]:
    """Each slice of each volume (k, j, i), to be read back to the very same values; None where 16 bits do not hold them.

    ``hints`` are (slope, intercept) that the values may have been made with. Whole numbers stay as they are where they fit; other
    values get a slope that a volume shares, or one a slice. All slices are signed, or none is.
    """
    if not all(np.isfinite(voxels).all() for voxels in volumes):
        return None
    if all(_is_whole(voxels) for voxels in volumes):
        low, high = min(int(voxels.min()) for voxels in volumes), max(int(voxels.max()) for voxels in volumes)
        if high - low < LEVELS:
            return [_whole(voxels, low, high) for voxels in volumes]
    floats = [voxels.astype(np.float64) if voxels.dtype.kind in "iub" else voxels for voxels in volumes]
    for kind in (np.uint16, np.int16):
        found = [_by_volume(voxels, hints, kind) for voxels in floats]
        if all(one is not None for one in found):
            return found  # type: ignore[return-value]
    return None


def _is_whole(voxels: np.ndarray) -> bool:
    if voxels.dtype.kind in "iub":
        return True
    return bool((np.abs(voxels) < MOST_WHOLE).all() and (voxels == np.rint(voxels)).all())


def _whole(voxels: np.ndarray, low: int, high: int) -> list[StoredValues]:
    if low >= -32768 and high <= 32767:
        return [StoredValues(one.astype(np.int16)) for one in voxels]
    if low >= 0 and high < LEVELS:
        return [StoredValues(one.astype(np.uint16)) for one in voxels]
    # float64 is exact for whole numbers of this size, and so is a DS of 16 characters.
    return [StoredValues((one.astype(np.float64) - low).astype(np.uint16), 1.0, float(low)) for one in voxels]


def _by_volume(voxels: np.ndarray, hints, kind: type) -> Optional[list[StoredValues]]:
    shared = _scaled(voxels, hints, kind)
    if shared is not None:
        return [StoredValues(one, shared.slope, shared.intercept) for one in shared.values]
    slices = [_scaled(one, hints, kind) for one in voxels]
    return None if any(one is None for one in slices) else slices  # type: ignore[return-value]


def _scaled(voxels: np.ndarray, hints: Sequence[tuple[float, float]], kind: type) -> Optional[StoredValues]:
    for slope, intercept in hints:
        found = _with(voxels, slope, intercept, kind)
        if found is not None:
            return found
    values = np.unique(voxels).astype(np.float64)
    if len(values) > LEVELS:
        return None
    if len(values) == 1:
        return _with(voxels, 1.0, float(values[0]), kind)
    rounding = 2 * float(np.finfo(voxels.dtype).eps) * float(np.abs(values).max())
    half = np.spacing(np.abs(values).astype(voxels.dtype)).astype(np.float64) / 2
    for divisor in range(1, MOST_DIVISORS + 1):
        line = _slope(values, float(np.diff(values).min()) / divisor, rounding)
        if line is None:
            continue
        counted = np.rint((values - values[0]) / line)
        # Scanners write decimals: those that the slope is near to come before the slope itself.
        for slope in dict.fromkeys([*(round(line, decimals) for decimals in range(MOST_DECIMALS)), line]):
            least, most = (values - counted * slope - half).max(), (values - counted * slope + half).min()
            if least > most:  # no intercept makes all of them
                continue
            middle = (least + most) / 2
            rounded = (round(middle, decimals) for decimals in range(MOST_DECIMALS))
            intercept = next((number for number in rounded if least <= number <= most), middle)
            found = _with(voxels, slope, intercept, kind)
            if found is not None:
                return found
    return None


def _slope(values: np.ndarray, step: float, rounding: float) -> Optional[float]:
    """The slope of sorted values that lie whole steps apart, each rounded by so much; None where they do not.

    ``step`` is known roughly, from two neighbours; over longer and longer stretches it becomes exact.
    """
    apart = values - values[0]
    trusted = 0
    while True:
        reach = step * step / (4 * rounding) * max(trusted, 1)  # as far, the steps counted are off by less than a quarter
        near = apart <= reach
        counted = np.rint(apart[near] / step)
        if not trusted < counted[-1] < LEVELS or (np.abs(apart[near] - counted * step) > 0.3 * step).any():
            return None
        trusted = int(counted[-1])
        step = float(apart[near] @ counted / (counted @ counted))
        if near.all():
            return step


def _with(voxels: np.ndarray, slope: float, intercept: float, kind: type) -> Optional[StoredValues]:
    """The voxels by this slope and intercept, as the file will say them; None where not every value comes back the same."""
    if not (np.isfinite(slope) and np.isfinite(intercept)) or slope == 0:
        return None
    slope, intercept = float(format_number_as_ds(slope)), float(format_number_as_ds(intercept))
    levels = np.rint((voxels.astype(np.float64) - intercept) / slope)
    limits = np.iinfo(kind)
    if not (limits.min <= levels.min() and levels.max() <= limits.max):
        return None
    stored: np.ndarray = levels.astype(kind)
    back = (stored.astype(np.float64) * slope + intercept).astype(voxels.dtype)
    return StoredValues(stored, slope, intercept) if np.array_equal(back, voxels) else None
