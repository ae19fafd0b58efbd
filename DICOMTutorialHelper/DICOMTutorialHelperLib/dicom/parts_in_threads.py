"""The slices of a volume read by a few threads: Python's lock is not needed to copy them, nor to clear memory at its first touch.

That first touch is what reading a large volume is: for a CT of 144 MB it takes twice as long as the copying, and the more
processors clear, the sooner it is done (docs/performance.md).
"""

from __future__ import annotations

import os
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

MOST_THREADS = 4
# Each thread takes so many bytes at a time: by smaller parts, threads get into each other's pages of memory. Where there are
# few bytes in all, as in each volume of a sequence, threads gained nothing.
PART_BYTES = 4 << 20
LEAST_BYTES = 32 << 20


def processors() -> int:
    """How many threads, or processes, to work in: as many as there are processors, up to four."""
    return min(os.cpu_count() or 1, MOST_THREADS)


def threads_for(size: int) -> int:
    """How many threads read so many bytes soonest."""
    return 1 if size < LEAST_BYTES else processors()


def in_threads(work: Callable[[range], None], count: int, size: int) -> Generator[int, None, None]:
    """Have ``work`` done on ranges that together are ``range(count)``, and count them up, in order, as they are done.

    ``size`` is how many bytes all of it are. Raises what ``work`` raises. Who leaves early, by an error or by closing the
    iterator, waits for the ranges that are begun; no other one is.
    """
    step = max(1, PART_BYTES * count // max(1, size))
    parts = [range(start, min(start + step, count)) for start in range(0, count, step)]
    pool = ThreadPoolExecutor(threads_for(size))
    try:
        for part, _ in zip(parts, pool.map(work, parts)):
            yield from part
    finally:
        pool.shutdown(cancel_futures=True)
