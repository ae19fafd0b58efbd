"""The rows of a header in columns. rich's own tables measure, wrap and pad every cell, and headers have thousands of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

TAG_WIDTH, NAME_WIDTH, LEAST_VALUE_WIDTH = 9, 36, 20


class Cells(NamedTuple):
    """What stands in one row, each with its style; several lines where a text is wider than its column."""

    tag: str = ""
    mark: str = ""
    name: str = ""
    vr: str = ""
    value: str = ""
    name_style: str = ""
    value_style: str = ""
    explanation: str = ""


class HeaderTable:
    """Columns for tag, mark of personal data, name, VR and value, as wide as the console is."""

    def __init__(self, console: Console, titles: Cells) -> None:
        self._console = console
        self._value_width = max(LEAST_VALUE_WIDTH, console.width - (TAG_WIDTH + 2 + 1 + 2 + NAME_WIDTH + 2 + 2 + 2))
        self._parts: list[tuple[str, str]] = []
        self._lines(titles, "dim")

    def add(self, cells: Cells) -> None:
        self._lines(cells, "")

    def _lines(self, cells: Cells, style: str) -> None:
        names = list(self._fitting(cells.name, NAME_WIDTH))
        values = [(line, cells.value_style or style) for line in self._fitting(cells.value, self._value_width)]
        if cells.explanation:
            values += [(line, "green") for line in self._fitting(cells.explanation, self._value_width)]
        for number in range(max(len(names), len(values))):
            first = number == 0
            name = names[number] if number < len(names) else ""
            value, value_style = values[number] if number < len(values) else ("", "")
            self._parts += [
                (f"{cells.tag if first else '':<{TAG_WIDTH}}  ", style),
                (f"{cells.mark if first else '':<1}  ", "red"),
                (name + " " * (NAME_WIDTH + 2 - _cells(name)), cells.name_style or style),
                (f"{cells.vr if first else '':<2}  ", style),
                (value, value_style),
                ("\n", ""),
            ]

    def _fitting(self, text: str, width: int) -> Iterator[str]:
        """The text in lines of a width, wrapped at words where there are any."""
        for line in text.split("\n"):
            if _cells(line) <= width:
                yield line
            else:
                yield from (part.plain.rstrip() for part in Text(line).wrap(self._console, width, overflow="fold"))

    def print(self) -> None:
        # A line that is wider than a narrow console goes on in the next, as the console has it.
        self._console.print(Text.assemble(*self._parts), end="", soft_wrap=True)


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return len(text) if text.isascii() else Text(text).cell_len
