"""The command line: ``python -m DICOMTutorialHelperLib`` or ``dicom-tutorial``."""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Optional

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.languages import supported_language

INTERRUPTED, TERMINATED, NOBODY_READS = 130, 143, 141  # 128 and the signal's number, as shells count

# Each module of commands, and their names: only what was asked for is imported.
FAMILIES = {
    "examination": ("examine", "load"),
    "datasets": ("practice", "get", "recognise"),
    "headers": ("header", "tree"),
    "kinds": ("kinds",),
    "privacy": ("privacy", "deidentify"),
    "collection": ("fair", "cohort"),
    "export": ("export",),
    "servers": ("send",),
    "tutorial": ("tutorial",),
    "classroom": ("class", "cases"),
}


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of all commands; of the family of one alone, where there is such a command."""
    parser = argparse.ArgumentParser(
        prog="dicom-tutorial", description="Learn DICOM with your own images: examine, load, read, practise."
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in [family for family, commands in FAMILIES.items() if command in commands] or FAMILIES:
        import_module(f"DICOMTutorialHelperLib.commands.{family}").add_to(subparsers)
    return parser


def main(arguments: Optional[list[str]] = None) -> int:
    """Run one command; returns its exit status.

    0 done, 1 something could not be done, 2 wrong usage, 130 stopped by Ctrl-C (143 by a request to end, 141 because nobody reads
    what is printed any more): then every file is as before or complete.
    """
    from DICOMTutorialHelperLib.commands.quick_start import import_pydicom_without_requests
    from DICOMTutorialHelperLib.messages import translate
    from DICOMTutorialHelperLib.progress import Cancelled

    import_pydicom_without_requests()
    language = supported_language()
    try:
        with _ending_as_ctrl_c_does(), _no_warnings_with_values():
            words = sys.argv[1:] if arguments is None else arguments
            parsed = build_parser(*words[:1]).parse_args(words)
            language = supported_language(getattr(parsed, "lang", None))
            status = parsed.run(parsed)
            sys.stdout.flush()
            return status
    except (KeyboardInterrupt, Cancelled, _Terminated) as stop:
        _tell(translate("datasets", "cancelled", language))
        return TERMINATED if isinstance(stop, _Terminated) else INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return NOBODY_READS
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _forget_stdout()
        _tell(translate("datasets", "error.cannot-write", language, path=error.filename or "-", detail=error.strerror))
        return 1


class _Terminated(BaseException):
    """A request to end (SIGTERM, SIGHUP), raised where the program is so that it tidies up."""


@contextlib.contextmanager
def _ending_as_ctrl_c_does() -> Iterator[None]:
    """Requests to end tidy up as Ctrl-C does, also where the shell that started the program had it ignore them."""

    def end(_number: int, _frame: object) -> None:
        raise _Terminated

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    try:
        before = {name: signal.signal(getattr(signal, name), end) for name in names}
    except ValueError:  # not the main thread: somebody else's program
        before = {}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


@contextlib.contextmanager
def _no_warnings_with_values() -> Iterator[None]:
    """pydicom warns with the value at fault: a name, a date. What matters of it is told as a finding."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(level)


def _tell(sentence: str) -> None:
    with contextlib.suppress(OSError):
        print(f"\r{sentence}", file=sys.stderr, flush=True)


def _forget_stdout() -> None:
    """Python flushes stdout once more at its end, and would complain."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
