"""Drawing blocks of slices on two processors while the ones before are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid

WORKERS = 2
# Of smaller blocks, drawing takes longer for all the shapes that are asked again.
BLOCK_SAMPLES, LEAST_SAMPLES = 1_000_000, 100_000


def drawn_blocks(draw: Callable[[slice, SampleGrid], np.ndarray], grid: SampleGrid) -> Iterator[tuple[slice, np.ndarray]]:
    """(slices, what ``draw`` made of these slices and their grid) over a grid, in order.

    NumPy lets other threads run while it computes. Only a few blocks are held at a time, which bounds the memory; a small grid
    is parted, too, so that there is something to write while the rest is drawn.
    """
    slices, rows, columns = grid.shape
    samples = max(LEAST_SAMPLES, slices * rows * columns // (2 * WORKERS))
    blocks = deque(grid.blocks(min(BLOCK_SAMPLES, samples)))
    waiting: deque[tuple[slice, Future[np.ndarray]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            while blocks or waiting:
                while blocks and len(waiting) <= WORKERS:
                    run, block = blocks.popleft()
                    waiting.append((run, pool.submit(draw, run, block)))
                run, drawn = waiting.popleft()
                yield run, drawn.result()
        finally:
            for _, drawn in waiting:
                drawn.cancel()
