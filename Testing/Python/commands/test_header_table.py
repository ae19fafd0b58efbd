"""The columns that a header is printed in."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from DICOMTutorialHelperLib.commands.header_table import Cells, HeaderTable

TITLES = Cells("Tag", "", "Name", "VR", "Value")


def printed(width: int, *rows: Cells) -> list[str]:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, emoji=False)
    table = HeaderTable(console, TITLES)
    for row in rows:
        table.add(row)
    table.print()
    return console.file.getvalue().splitlines()


def test_columns_stand_below_their_titles():
    titles, row = printed(100, Cells("0010,0010", "●", "Patient's Name", "PN", "Doe"))
    for title, value in (("Tag", "0010,0010"), ("Name", "Patient's Name"), ("VR", "PN"), ("Value", "Doe")):
        assert titles.index(title) == row.index(value)


def test_a_name_of_wide_characters_takes_its_cells():
    _, row = printed(100, Cells("0010,0010", "", "患者の名前", "PN", "山田"))
    assert cell_len(row[: row.index("PN")]) == 9 + 2 + 1 + 2 + 36 + 2


@pytest.mark.parametrize("width", [80, 100, 160])
def test_long_values_go_on_in_their_column_and_lose_nothing(width):
    value = "1.2.840.10008." * 30
    _, first, *rest = printed(
        width, Cells("0008,0018", "", "A name of many words that is longer than its column is wide", "UI", value)
    )
    lines = [first, *rest]
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(line[56:].strip() for line in lines) == value
    assert all(line.startswith(" " * 14) for line in rest)


def test_what_explains_an_element_stands_below_its_value():
    _, first, second = printed(100, Cells("0008,0060", "", "Modality", "CS", "CT", explanation="What took the image."))
    assert first.endswith("CT")
    assert second.strip() == "What took the image."
    assert second.index("What") == first.index("CT", 50)


def test_a_line_break_in_a_value_is_a_line_of_its_column():
    _, first, second = printed(100, Cells("0008,0060", "", "Text", "LT", "one\ntwo"))
    assert first.index("one") == second.index("two")
