"""What is left of a series when all that its fault does not need is taken away: files, then elements, then runs of bytes."""

from __future__ import annotations

import time
from typing import Callable

import mutations

Files = dict[str, bytes]
Shows = Callable[[Files], bool]
LONGEST_SECONDS = 300.0


def smallest(files: Files, shows: Shows, seconds: float = LONGEST_SECONDS) -> Files:
    """The fewest bytes found in that time for which ``shows`` still holds; it holds for ``files``."""
    end = time.monotonic() + seconds
    for name in sorted(files):
        fewer = {other: data for other, data in files.items() if other != name}
        if fewer and time.monotonic() < end and shows(fewer):
            files = fewer
    for name in sorted(files):
        for spans in (_element_spans, _byte_spans):
            files = _without(files, name, spans(files[name]), shows, end)
    return files


def _element_spans(data: bytes) -> list[tuple[int, int]]:
    """Start and end of every element of the top level."""
    return [(start, place + length) for _, _, start, place, length in mutations._elements(data)]


def _byte_spans(data: bytes) -> list[tuple[int, int]]:
    """What a file with few elements left still has: runs of a sixteenth of it."""
    step = max(2, len(data) // 16)
    return [(start, min(len(data), start + step)) for start in range(0, len(data), step)]


def _without(files: Files, name: str, spans: list[tuple[int, int]], shows: Shows, end: float) -> Files:
    """The file without as many of the spans as can go, by halves (Zeller's ddmin)."""
    size = len(spans)
    while size and time.monotonic() < end:
        number = 0
        while number < len(spans) and time.monotonic() < end:
            kept = spans[:number] + spans[number + size :]
            data = _cut(files[name], spans[number : number + size])
            if shows({**files, name: data}):
                files = {**files, name: data}
                spans = _moved(kept, spans[number : number + size])
            else:
                number += size
        size //= 2
    return files


def _cut(data: bytes, gone: list[tuple[int, int]]) -> bytes:
    for start, stop in sorted(gone, reverse=True):
        data = data[:start] + data[stop:]
    return data


def _moved(kept: list[tuple[int, int]], gone: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where spans lie once others are gone; none of them overlap."""

    def shift(place: int) -> int:
        return place - sum(stop - start for start, stop in gone if start < place)

    return [(shift(start), shift(stop)) for start, stop in kept]
