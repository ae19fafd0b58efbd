"""Files of a slow drive fetched ahead of who reads them: from a network's share, each open may take as long as fifty headers.

Headers are read one after the other, since Python's lock lets no two be worked on at once. Only waiting can be done side by side,
so that is all that threads do here: they open the next files and read their beginnings, which the system then has in memory.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

# So many files show how fast the drive is, and so much waiting for each of them (seconds) makes it a slow one: a local drive
# takes a tenth of it, a share in another building twice as much.
TRIED = 16
SLOW = 0.002
FETCHERS, AHEAD = 8, 64
BEGINNING = 1 << 14


def in_reach(paths: Sequence[Path]) -> Iterator[Path]:
    """The paths, one by one; where reading the first ones was mostly waiting, the beginnings of the rest are fetched ahead.

    What is done with a path before the next one is asked for counts as reading it.
    """
    began, worked = time.perf_counter(), time.thread_time()
    yield from paths[:TRIED]
    rest = paths[TRIED:]
    waited = (time.perf_counter() - began) - (time.thread_time() - worked)
    if waited < SLOW * TRIED or not rest:
        yield from rest
        return
    with ThreadPoolExecutor(FETCHERS) as fetchers:
        coming: deque[Future] = deque(fetchers.submit(_fetch, path) for path in rest[:AHEAD])
        try:
            for number, path in enumerate(rest):
                coming.popleft().result()
                if number + AHEAD < len(rest):
                    coming.append(fetchers.submit(_fetch, rest[number + AHEAD]))
                yield path
        finally:
            for fetch in coming:
                fetch.cancel()


def _fetch(path: Path) -> None:
    with contextlib.suppress(OSError):  # what cannot be read is told by who reads it
        if stat.S_ISREG(os.stat(path).st_mode):  # to open a pipe may never end
            with open(path, "rb", buffering=0) as file:
                file.read(BEGINNING)
