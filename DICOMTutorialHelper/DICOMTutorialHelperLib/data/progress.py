"""How long work tells how far it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

# Called with (done, total) in files or bytes, total 0 where it is unknown; raises Cancelled to stop the work.
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """For callers who do not care."""
