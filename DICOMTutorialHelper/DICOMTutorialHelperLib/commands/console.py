"""The console that every command prints to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Optional

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from DICOMTutorialHelperLib.plain_text import harmless

# Rich breaks lines at every kind of space. While it lays lines out, this noncharacter stands for one that must not break.
NO_BREAK, IN_LAYOUT = "\u00a0", "\ufdd0"


class SafeConsole(Console):
    """Whatever is printed, only this program moves the cursor, sets colours and names windows: header values are shown.

    Lines do not break at a no-break space: before a colon in French, between a number and its unit.

    Square brackets and ``:names:`` in a text are text, too; style is given by rich's Text.
    """

    def __init__(self, stderr: bool = False) -> None:
        stream = sys.stderr if stderr else sys.stdout
        if hasattr(stream, "reconfigure"):  # a console of an older encoding shows what it can instead of failing
            stream.reconfigure(errors="replace")
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: Optional[ConsoleOptions] = None) -> Iterator[Segment]:
        if isinstance(renderable, Text) and NO_BREAK in renderable.plain:
            renderable = renderable.copy()
            renderable.plain = renderable.plain.replace(NO_BREAK, IN_LAYOUT)
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(harmless(segment.text.replace(IN_LAYOUT, NO_BREAK)), segment.style)
