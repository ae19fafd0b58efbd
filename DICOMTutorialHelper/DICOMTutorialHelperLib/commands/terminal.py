"""What the commands that read headers share: the console, progress, and plain sentences for files that cannot be read."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from DICOMTutorialHelperLib.languages import supported_language
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.plain_text import harmless, json_escaped, one_line

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.commands.console import SafeConsole
    from DICOMTutorialHelperLib.explore.unreadable import UnreadableFile

MOST_PROBLEMS = 10


def add_language(parser: argparse.ArgumentParser, as_json: bool = True) -> None:
    """``--lang`` and ``--json``, the same in every command."""
    parser.add_argument("--lang", metavar="LANGUAGE", help="en, fr, es or pt-BR (default: that of the system)")
    if as_json:
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--overwrite", action="store_true", help="replace files of the same names that are there already")


class Terminal:
    """Prints to stdout in the reader's language, and problems and progress to stderr."""

    def __init__(self, language: Optional[str], also: Iterable[str] = ()) -> None:
        """``also`` are languages that a tutorial has beyond the extension's own."""
        self.language = supported_language(language, also)
        self.words = messages("headers", self.language)

    # Consoles are made where something is printed: rich takes longer to start than an error or JSON takes to print.
    @cached_property
    def out(self) -> SafeConsole:
        from DICOMTutorialHelperLib.commands.console import SafeConsole

        return SafeConsole()

    @cached_property
    def err(self) -> SafeConsole:
        from DICOMTutorialHelperLib.commands.console import SafeConsole

        return SafeConsole(stderr=True)

    def message(self, key: str, **fields: object) -> str:
        """A sentence with its fields, each of which stays within its line."""
        return self.words[key].format(**{name: _field(value) for name, value in fields.items()})

    def problem(self, error: UnreadableFile) -> str:
        """The sentence for a file that cannot be read."""
        return error.message(self.language)

    def fail(self, sentence: str) -> int:
        """Print a sentence to stderr and return the exit status "could not be done"."""
        if sys.stderr.isatty():
            self.err.print(sentence, style="red", soft_wrap=True)
        else:
            if hasattr(sys.stderr, "reconfigure"):
                sys.stderr.reconfigure(errors="replace")
            print(harmless(sentence), file=sys.stderr)
        return 1

    def report_unreadable(self, problems: Iterable[UnreadableFile]) -> None:
        problems = list(problems)
        if not problems:
            return
        self.err.print(self.message("skipped.one" if len(problems) == 1 else "skipped", count=len(problems)), style="yellow")
        for problem in problems[:MOST_PROBLEMS]:
            self.err.print("  " + self.problem(problem), style="yellow", soft_wrap=True)
        if len(problems) > MOST_PROBLEMS:
            self.err.print("  … +" + str(len(problems) - MOST_PROBLEMS), style="yellow")

    def progress(self) -> Optional[Callable[[int, int], None]]:
        """A function that shows how far a long run is, on a terminal only."""
        if not sys.stderr.isatty() or not self.err.is_terminal:
            return None

        def show(done: int, total: int) -> None:
            end = "\n" if done == total else "\r"
            self.err.print(self.message("progress", done=done, total=total), end=end, style="dim")

        return show


def _field(value: object) -> Any:
    return one_line(str(value)) if isinstance(value, (str, Path)) else value


def print_json(value: object) -> None:
    """JSON to stdout, UTF-8 whatever the terminal's encoding.

    What a terminal might obey is escaped, and bytes of file names that are no UTF-8 (Python's lone surrogates), so that the JSON
    is valid and gives back the same names.
    """
    text = json_escaped(json.dumps(value, ensure_ascii=False, indent=1, default=str)) + "\n"
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        stream.write(text.encode("utf-8"))
        stream.flush()


def path_argument(text: str) -> Path:
    return Path(text).expanduser()
