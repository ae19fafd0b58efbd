"""What the terminal writes: sizes, texts, marks."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from DICOMTutorialHelperLib.__main__ import main
from DICOMTutorialHelperLib.commands import idc, terminal

pytestmark = pytest.mark.usefixtures("quiet_place")


@pytest.mark.parametrize(
    ("megabytes", "text"),
    [(0, "0.0 MB"), (999.94, "999.9 MB"), (1000, "1.0 GB"), (999_900, "999.9 GB"), (1e6, "1.0 TB"), (2.5e6, "2.5 TB")],
)
def test_sizes_are_told_in_a_unit_that_fits(megabytes, text):
    assert idc._size(megabytes, "en").replace("\u00a0", " ") == text


def test_sizes_are_written_as_the_language_writes_numbers():
    assert idc._size(999.94, "fr").replace("\u00a0", " ") == "999,9 MB"


class TestTerminal:
    def terminal(self, monkeypatch, tty: bool):
        stream = io.StringIO()
        stream.isatty = lambda: tty  # type: ignore[method-assign]
        monkeypatch.setattr(terminal.sys, "stderr", stream)
        made = terminal.Terminal("en")
        made.err = Console(file=stream, force_terminal=tty, width=80, color_system=None)
        return made, stream

    def test_progress_is_shown_on_a_terminal_only(self, monkeypatch):
        made, stream = self.terminal(monkeypatch, tty=True)
        show = made.progress()
        show(1, 2), show(2, 2)
        assert stream.getvalue() == "1 of 2 files\r2 of 2 files\n"
        made, _ = self.terminal(monkeypatch, tty=False)
        assert made.progress() is None

    def test_a_failure_is_one_sentence_wherever_it_is_printed(self, monkeypatch):
        for tty in (True, False):
            made, stream = self.terminal(monkeypatch, tty)
            assert made.fail("A sentence \x1b that is " + "very " * 30 + "long.") == 1
            assert len(stream.getvalue().splitlines()) == 1
            assert tty or "\x1b" not in stream.getvalue()

    def test_fields_stay_within_their_line(self):
        made = terminal.Terminal("en")
        assert made.message("error.not-found", path=Path("a\nb")) == "There is no file or folder a b."

    def test_json_goes_to_any_stdout(self, monkeypatch):
        for stream in (io.StringIO(), io.TextIOWrapper(io.BytesIO(), encoding="ascii")):
            monkeypatch.setattr(terminal.sys, "stdout", stream)
            terminal.print_json({"é": Path("a\u202e")})
            text = stream.getvalue() if isinstance(stream, io.StringIO) else stream.buffer.getvalue().decode("utf-8")
            assert text == '{\n "é": "a\\u202e"\n}\n'

    def test_consoles_print_where_they_say_and_no_markup(self, capsys):
        made = terminal.Terminal("en")
        made.out.print("[bold]out[/] :smile: 5")
        made.err.print("err")
        assert capsys.readouterr() == ("[bold]out[/] :smile: 5\n", "err\n")

    def test_a_home_folder_is_found(self, monkeypatch):
        monkeypatch.setenv("HOME", "/home/rita")
        assert terminal.path_argument("~/x") == Path("/home/rita/x")


def test_a_mistake_in_a_long_condition_is_marked_where_it_stands(tmp_path, capsys):
    """Neither the condition nor the mark below it is wrapped, however narrow the window is."""
    condition = " and ".join(['Modality == "CT"'] * 12) + " and Xyzzy"
    assert main(["cohort", str(tmp_path), "--where", condition, "--lang", "en"]) == 2
    lines = capsys.readouterr().err.splitlines()
    place = lines.index("  " + condition)
    assert lines[place + 1] == " " * (2 + condition.index("Xyzzy")) + "^" and len(lines) == place + 3
    assert main(["cohort", str(tmp_path), "--columns", "Xyzzy", "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2, "where no condition is wrong, none is shown"


@pytest.mark.parametrize("kind", ["text", "words", "cell", "branch"])
def test_lines_do_not_break_before_a_french_colon_nor_before_a_unit(capsys, monkeypatch, kind):
    from rich.table import Table
    from rich.text import Text
    from rich.tree import Tree

    from DICOMTutorialHelperLib.commands.console import SafeConsole

    sentence = "Les positions des coupes\u00a0: une tous les 2,5\u00a0mm, sans trou."
    words = Text(sentence, style="bold")
    table, tree = Table("column"), Tree("root")
    table.add_row(words), tree.add(words)
    for width in range(20, 60):
        monkeypatch.setenv("COLUMNS", str(width))
        SafeConsole().print({"text": words, "words": sentence, "cell": table, "branch": tree}[kind])
        printed = capsys.readouterr().out
        lines = [re.sub(r"[\u2500-\u257f]", "", line).strip(" ") for line in printed.splitlines()]
        assert "coupes\u00a0:" in printed and "2,5\u00a0mm" in printed and "\ufdd0" not in printed
        assert not [line for line in lines if line.startswith((":", "\u00a0", "mm"))], width
