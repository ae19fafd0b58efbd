"""Tables of DICOM keywords at home in any terminal."""

import pytest

pytest.importorskip("rich")

from DICOMTutorialHelperLib.commands.keyword_table import keyword_table

KEYWORDS = ("PatientID", "StudyDate", "Rows", "SOPInstanceUID")
ROWS = (("P1", "20240131", "512", "1.2.3"), ("2", "", "4664", "1.2.34"))


def lines(width: int) -> list[str]:
    from rich.console import Console

    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(keyword_table(KEYWORDS, ROWS, {"Rows"}, width))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_keywords_stand_in_one_line_where_they_fit():
    assert lines(42) == [
        "PatientID  StudyDate  Rows  SOPInstanceUID",
        "P1         20240131    512  1.2.3",
        "2                     4664  1.2.34",
    ]


def test_keywords_break_at_their_words_and_columns_move_together_where_they_do_not_fit():
    assert lines(41) == [
        "Patient Study         SOPInstance",
        "ID      Date     Rows UID",
        "P1      20240131  512 1.2.3",
        "2                4664 1.2.34",
    ]


def test_no_character_is_lost_in_a_terminal_of_any_width():
    for width in range(16, 42):
        shown = "".join(lines(width)).replace(" ", "")
        assert sorted(shown) == sorted("".join((*KEYWORDS, *(cell for row in ROWS for cell in row)))), width
