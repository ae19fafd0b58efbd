"""Runs of elements that the headers of one reading have in common to the byte: stepped over at once, not one by one.

The files of a series differ in a dozen elements of a hundred. What lies between these is the same, so it need be taken apart only
once: from the start of an element on, the same bytes are the same elements, in whatever header they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional, Union

# Bytes by which a run is found: head and beginning of its first element.
KEY_BYTES = 16
SHORTEST = 3  # elements
# Elements taken one by one that make another look at what headers have in common worth its while.
MOST_SINGLE = 24
LONGEST_PAUSE = 1 << 10  # headers
MOST_RUNS = 1 << 12
MOST_LAYOUTS = 1 << 8


def private_ones(elements: Mapping[int, bytes]) -> dict[int, bytes]:
    """Those of odd groups (PS3.5 7.8); tags are in file order, the group in the lower half."""
    return {tag: element for tag, element in elements.items() if tag & 1}


@dataclass(frozen=True, eq=False)
class Run:
    """Elements that follow each other, as they are written, and those of them that are wanted."""

    written: bytes
    elements: Mapping[int, bytes]


@dataclass(frozen=True, eq=False)
class Layout:
    """In what order runs and single wanted elements (their tags) stand in a header; most headers of a series share one.

    ``shared`` are the wanted elements of its runs together, and ``private`` those of them of odd groups.
    """

    order: Sequence[Union[Run, int]]
    shared: Mapping[int, bytes]
    private: Mapping[int, bytes]

    def elements(self, singles: Mapping[int, bytes]) -> dict[int, bytes]:
        """All wanted elements of a header that has these single ones, in the order of the file."""
        found: dict[int, bytes] = {}
        for part in self.order:
            if isinstance(part, int):
                found[part] = singles[part]
            else:
                found.update(part.elements)
        return found


def _layout(order: Sequence[Union[Run, int]]) -> Optional[Layout]:
    shared: dict[int, bytes] = {}
    count = 0
    for part in order:
        if not isinstance(part, int):
            shared.update(part.elements)
            count += len(part.elements)
    if len(shared) != count or any(part in shared for part in order if isinstance(part, int)):
        return None
    return Layout(order, shared, private_ones(shared))


class CommonRuns:
    """The runs of headers that are written alike (with or without VR) and of which the same elements are wanted.

    Two headers that follow each other show what they have in common. Where many elements are taken one by one all the same
    (another series begins), two more are compared; ever less often, where that does not help.
    """

    def __init__(self) -> None:
        self.known: dict[bytes, Run] = {}
        self._layouts: dict[tuple[Union[Run, int], ...], Optional[Layout]] = {}
        self._before: list[Optional[bytes]] = []
        self._pause = self._wait = 0

    @property
    def is_learning(self) -> bool:
        """Whether the next header is to be taken apart element by element, and given to ``learn``."""
        return self._wait == 0

    def learn(self, elements: list[Optional[bytes]], wanted: Mapping[int, bytes]) -> None:
        """All elements of a header as they are written (None: stepped over unread), and the wanted ones by tag."""
        if not self._before:
            self._before = elements
            return
        before, self._before = self._before, []
        self._pause = self._wait = min(2 * self._pause + 1, LONGEST_PAUSE)
        if len(self.known) > MOST_RUNS:
            self.known.clear()
        tags = {element: tag for tag, element in wanted.items()}
        run: list[bytes] = []
        for one, other in zip([*elements, None], [*before, None]):
            if one is not None and one == other:
                run.append(one)
                continue
            if len(run) >= SHORTEST:
                written = b"".join(run)
                found = {tags[element]: element for element in run if element in tags}
                self.known[written[:KEY_BYTES]] = Run(written, found)
            run = []

    def layout(self, order: Sequence[Union[Run, int]]) -> Optional[Layout]:
        """The layout of headers of this order; None where an element comes twice. Single elements must come once."""
        key = tuple(order)
        if key not in self._layouts:
            if len(self._layouts) >= MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[key] = _layout(key)
        return self._layouts[key]

    def walked(self, singles: int) -> None:
        """Tell how many elements were in no run, of a header that was not learned from."""
        if singles <= MOST_SINGLE:
            self._pause, self._wait = 0, 1
        elif self._wait:
            self._wait -= 1
