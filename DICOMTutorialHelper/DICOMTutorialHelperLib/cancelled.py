"""What stops long work on a learner's wish, in every part of the library."""

from __future__ import annotations


class Cancelled(Exception):
    """Raised by a progress function; what works through it leaves nothing half done."""
