"""A table whose columns are DICOM keywords, for a terminal that may be narrower than the table."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
GAP = 2


def keyword_table(keywords: Sequence[str], rows: Sequence[Sequence[str]], numeric: Collection[str], width: int) -> Table:
    """``rows`` below their ``keywords``, those of ``numeric`` to the right; no character of a cell is lost.

    Where they need more than ``width`` characters, columns stand closer and keywords go on in the next line at a capital.
    """
    from rich.table import Table
    from rich.text import Text

    widths = [max(map(len, cells)) for cells in zip(keywords, *rows)]
    fits = sum(widths) + GAP * (len(widths) - 1) <= width
    table = Table(box=None, pad_edge=False, collapse_padding=not fits, header_style="bold cyan")
    for keyword in keywords:
        title = keyword if fits else HUMP.sub("\n", keyword)
        table.add_column(title, justify="right" if keyword in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table
