"""What the practice scanner makes of the breasts' tissues: uptake of contrast over time, the coil's shading, motion and noise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.breast_anatomy import uptake
from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid

BLISS_CHANNELS = ("bliss", "slow", "fast", "blood")
FRAME_SECONDS = 62.0
CONTRAST_ARRIVES_SECONDS = 70.0
NOISE_STARTS = 100_003
NOISE = {"t2": np.float32(16), "stir": np.float32(17), "bliss": np.float32(9)}


def bliss_signal(signals: np.ndarray, frame: int) -> np.ndarray:
    """The image of a dynamic frame (0-based) from the BLISS_CHANNELS: the signal before, and what each uptake adds."""
    minutes = ((frame + 0.5) * FRAME_SECONDS - CONTRAST_ARRIVES_SECONDS) / 60
    taken = uptake(minutes)
    return signals[0] + sum(np.float32(taken[name]) * signals[1 + index] for index, name in enumerate(BLISS_CHANNELS[1:]))


def coil_shading(grid: SampleGrid) -> np.ndarray:
    """The breast coil hears best what lies in it."""
    near = np.exp(-np.square((grid.y + 110) / 120)) * np.exp(-np.square(grid.z / 190))
    return (0.70 + 0.45 * near).astype(np.float32)


def heart_window(grid: SampleGrid) -> np.ndarray:
    """Where the chest moves with the heartbeat, 0 to 1 (rows, columns): the same in every axial slice."""
    reach = ((grid.x - 8) / 54) ** 8 + ((grid.y - 6) / 46) ** 8
    return np.exp(-reach)[0].astype(np.float32)


def stored_frames(
    signals: np.ndarray, grid: SampleGrid, kind: str, frames: int, beating: bool, seeds: Sequence[Sequence[Sequence[int]]]
) -> np.ndarray:
    """The images of all frames, stored values (frames, slices, rows, columns) as little-endian 16-bit integers.

    ``signals`` (channels, slices, rows, columns) are the tissues' on the grid, and are changed; ``kind`` is a key of NOISE,
    ``seeds`` are each image's own, by frame and slice; ``beating`` shows the heart's motion.
    """
    signals *= coil_shading(grid)
    window = heart_window(grid) if beating else None
    stored = np.empty((frames, *signals.shape[1:]), "<u2")
    scanner = _Scanner(stored.shape[2:])
    for frame in range(frames):
        for index in range(stored.shape[1]):
            slice_signals = signals[:, index]
            image = bliss_signal(slice_signals, frame) if kind == "bliss" else slice_signals[0]
            stored[frame, index] = scanner.acquired(image, window, seeds[frame][index], NOISE[kind])
    return stored


@lru_cache(maxsize=4)
def _grains(size: int) -> np.ndarray:
    """Normally distributed numbers (2, NOISE_STARTS + size), which each image reads from a place of its own.

    New numbers for every image would take more time than all the rest of it.
    """
    return np.random.default_rng([size, 11]).standard_normal((2, NOISE_STARTS + size), dtype=np.float32)


class _Scanner:
    """Makes images of one size in memory that it keeps: to get new memory for every step took a third of the time."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.size = shape[0] * shape[1]
        self.noise = np.empty((2, *shape), np.float32)
        self.image, self.moving, self.near, self.far = np.empty((4, *shape), np.float32)

    def acquired(self, image: np.ndarray, beating, seeds: Sequence[int], sigma: np.float32) -> np.ndarray:
        """Stored values as float32, whole numbers; overwritten by the next.

        The heart is smeared, with ghosts along the phase encoding direction (the rows, so that they miss the breasts). The noise
        is that of a magnitude image (Rician: the length of a vector with noise in both parts).
        """
        generator = np.random.default_rng(seeds)
        for noise, grains, start in zip(self.noise, _grains(self.size), generator.integers(0, NOISE_STARTS, 2)):
            np.multiply(grains[start : start + self.size].reshape(noise.shape), sigma, out=noise)
        if beating is not None:
            image = self._smeared(image, beating, np.float32(generator.uniform(0.02, 0.07)))
        seen, other = self.noise
        seen += image
        seen *= seen
        other *= other
        seen += other
        np.sqrt(seen, out=seen)
        return np.clip(np.rint(seen, out=seen), 0, 4095, out=seen)

    def _smeared(self, image: np.ndarray, beating: np.ndarray, strength: np.float32) -> np.ndarray:
        moving, shift = np.multiply(image, beating, out=self.moving), image.shape[1] // 6
        smear = _both_ways(moving, 1, self.near)
        smear -= np.multiply(moving, np.float32(2), out=self.far)
        smear /= 4
        result = np.add(image, smear, out=self.image)
        ghosts, far = _both_ways(moving, shift, self.near), _both_ways(moving, 2 * shift, self.far)
        far /= 2
        ghosts += far
        ghosts *= strength
        result += ghosts
        return result


def _both_ways(image: np.ndarray, shift: int, out: np.ndarray) -> np.ndarray:
    """The image moved on along its rows, around at the edge, and the image moved back, summed."""
    out[:, shift:], out[:, :shift] = image[:, :-shift], image[:, -shift:]
    out[:, :-shift] += image[:, shift:]
    out[:, -shift:] += image[:, :shift]
    return out
