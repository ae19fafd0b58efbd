"""Blocks of slices are drawn on two processors, a few ahead of who writes them, in their order."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.synthetic import drawing


def grid_of(shape, count, asked):
    """A grid that is parted into so many blocks."""

    def blocks(samples):
        asked.append(samples)
        return [(slice(number, number + 1), number) for number in range(count)]

    return SimpleNamespace(shape=shape, blocks=blocks)


@pytest.mark.parametrize(
    ("shape", "samples"),
    [
        ((1, 10, 10), 100_000), ((2, 100, 1000), 100_000), ((2, 100, 1001), 100_100), ((40, 100, 1000), 1_000_000),
        ((400, 512, 512), 1_000_000),
    ],
)  # fmt: skip
def test_a_block_is_half_the_grid_within_bounds(shape, samples):
    asked = []
    assert list(drawing.drawn_blocks(lambda run, block: block, grid_of(shape, 0, asked))) == []
    assert asked == [samples]


def test_blocks_come_in_their_order_and_three_are_begun_ahead():
    begun, written, behind = [], [], []

    def draw(run, block):
        begun.append(block)
        return np.array(block)

    for run, image in drawing.drawn_blocks(draw, grid_of((9, 9, 9), 9, [])):
        written.append((run.start, int(image)))
        behind.append(len(begun) - len(written))
    assert written == [(number, number) for number in range(9)]
    assert max(behind) <= 2, "and the one that is written"


def test_two_are_drawn_at_a_time(monkeypatch):
    made = []

    class Pool(drawing.ThreadPoolExecutor):
        def __init__(self, count) -> None:
            made.append(count)
            super().__init__(count)

    monkeypatch.setattr(drawing, "ThreadPoolExecutor", Pool)
    together = threading.Barrier(2)
    list(drawing.drawn_blocks(lambda run, block: together.wait(60), grid_of((9, 9, 9), 4, [])))
    assert made == [2]


def test_who_stops_writing_stops_the_drawing():
    begun = []
    drawn = drawing.drawn_blocks(lambda run, block: begun.append(block), grid_of((9, 9, 9), 50, []))
    next(drawn)
    drawn.close()
    assert len(begun) <= 4
