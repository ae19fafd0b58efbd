"""The console that every command prints to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Optional

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from DICOMTutorialHelperLib.plain_text import harmless


class SafeConsole(Console):
    """Whatever is printed, only this program moves the cursor, sets colours and names windows: header values are shown.

    Square brackets and ``:names:`` in a text are text, too; style is given by rich's Text.
    """

    def __init__(self, stderr: bool = False) -> None:
        stream = sys.stderr if stderr else sys.stdout
        if hasattr(stream, "reconfigure"):  # a console of an older encoding shows what it can instead of failing
            stream.reconfigure(errors="replace")
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: Optional[ConsoleOptions] = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(harmless(segment.text), segment.style)
