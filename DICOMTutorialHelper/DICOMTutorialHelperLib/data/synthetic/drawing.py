"""Drawing blocks of slices on two processors while the ones before are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid

Place = TypeVar("Place")

WORKERS = 2
# Of smaller blocks, drawing takes longer for all the shapes that are asked again.
BLOCK_SAMPLES, LEAST_SAMPLES = 1_000_000, 100_000


def drawn_blocks(draw: Callable[[slice, SampleGrid], np.ndarray], grid: SampleGrid) -> Iterator[tuple[slice, np.ndarray]]:
    """(slices, what ``draw`` made of these slices and their grid) over a grid, in order."""
    return drawn((run, partial(draw, run, block)) for run, block in blocks_of(grid))


def blocks_of(grid: SampleGrid) -> Iterator[tuple[slice, SampleGrid]]:
    """(slices, their grid) over a grid, parted even where it is small: there is something to write while the rest is drawn."""
    slices, rows, columns = grid.shape
    samples = max(LEAST_SAMPLES, slices * rows * columns // WORKERS)
    return grid.blocks(min(BLOCK_SAMPLES, samples))


def drawn(tasks: Iterable[tuple[Place, Callable[[], np.ndarray]]]) -> Iterator[tuple[Place, np.ndarray]]:
    """(whatever says where it belongs, what its task drew) in the order of the tasks.

    NumPy lets other threads run while it computes. Only a few blocks are held at a time, which bounds the memory.
    """
    waiting: deque[tuple[Place, Future[np.ndarray]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            for place, task in tasks:
                waiting.append((place, pool.submit(task)))
                if len(waiting) > WORKERS:
                    place, block = waiting.popleft()
                    yield place, block.result()
            while waiting:
                place, block = waiting.popleft()
                yield place, block.result()
        finally:
            for _, block in waiting:
                block.cancel()
