"""How long work tells how far it is, and how it is stopped on a learner's wish, in every room of the library."""

from __future__ import annotations

from collections.abc import Callable

# Called with (done, total) in files, slices or bytes, total 0 where it is unknown; raises Cancelled to stop the work.
Progress = Callable[[int, int], None]


class Cancelled(Exception):
    """Raised by a progress function; what works through it leaves nothing half done."""


def no_progress(done: int, total: int) -> None:
    """For callers who do not care."""
