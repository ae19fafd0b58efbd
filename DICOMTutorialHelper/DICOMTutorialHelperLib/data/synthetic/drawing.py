"""Drawing blocks of slices on two processors while the ones before are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from DICOMTutorialHelperLib.data.synthetic.shapes import SampleGrid

WORKERS = 2


def drawn_blocks(draw: Callable[[SampleGrid], np.ndarray], grid: SampleGrid) -> Iterator[tuple[slice, SampleGrid, np.ndarray]]:
    """(slices, their grid, what ``draw`` made of it) over a grid, in order.

    NumPy lets other threads run while it computes. Only a few blocks are held at a time, which bounds the memory.
    """
    blocks = deque(grid.blocks())
    waiting: deque[tuple[slice, SampleGrid, Future[np.ndarray]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            while blocks or waiting:
                while blocks and len(waiting) <= WORKERS:
                    run, block = blocks.popleft()
                    waiting.append((run, block, pool.submit(draw, block)))
                run, block, drawn = waiting.popleft()
                yield run, block, drawn.result()
        finally:
            for _, _, drawn in waiting:
                drawn.cancel()
