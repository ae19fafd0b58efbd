"""``send``, and a server's address wherever the other commands read a PATH."""

from __future__ import annotations

import argparse
import functools
import getpass
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, path_argument, print_json
from DICOMTutorialHelperLib.messages import messages, translate

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.data.published.dicomweb import Server
    from DICOMTutorialHelperLib.data.published.dicomweb_send import SendReport

MOST_FAILURES = 20
Run = Callable[[argparse.Namespace], int]
HEADERS, FIRST_HEADERS, WHOLE = "headers", "first-headers", "whole"


class Address(str):
    """A server's address as it was typed; a path would lose one of its slashes."""

    def exists(self) -> bool:
        return True


def source_argument(text: str) -> Union[Path, Address]:
    """A PATH that may also be the address of a DICOMweb server."""
    return Address(text) if text.lower().startswith(("http://", "https://")) else path_argument(text)


def add_allow_http(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-http", action="store_true", help="speak plain http with a server that is not on this computer (all can read it)"
    )


def add_to(subparsers) -> None:
    send = subparsers.add_parser(
        "send",
        help="send DICOM files to a DICOMweb server",
        description="Send the DICOM files of folders to a DICOMweb server (STOW-RS), and tell of each what became of it. "
        "User and password come from DICOMWEB_USER and DICOMWEB_PASSWORD, from netrc, or are asked for. Needs the package "
        "dicomweb-client.",
    )
    send.add_argument("paths", type=path_argument, nargs="+", metavar="PATH", help="folders or files")
    send.add_argument("--to", required=True, metavar="URL", help="the server's address, such as https://host/dicom-web")
    add_allow_http(send)
    add_language(send)
    send.set_defaults(run=run_send)


def ask_for_login(language: str):
    """Asks on the terminal; None where nobody sits there."""

    def ask(host: str) -> Optional[tuple[str, str]]:
        if not sys.stdin.isatty():
            return None
        user = input(translate("datasets", "login.user", language, host=host))
        return user, getpass.getpass(translate("datasets", "login.password", language))

    return ask


def open_server(text: str, allow_http: bool, language: str) -> Server:
    """Raises DataError for an address that cannot be used."""
    from DICOMTutorialHelperLib.data.published.dicomweb import Server, server_address

    return Server(server_address(text, allow_http), ask_for_login(language))


@contextmanager
def local_paths(
    sources: Sequence[Union[Path, Address]], how: str, arguments: argparse.Namespace, terminal: Terminal
) -> Iterator[list[Path]]:
    """The paths, with a folder of files for every address, gone afterwards: with ``how`` HEADERS of headers alone, with
    FIRST_HEADERS of headers with the first of each series in full, with WHOLE of whole instances. Raises DataError.
    """
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published.dicomweb import fetch_to, write_headers
    from DICOMTutorialHelperLib.progress import no_progress

    progress = terminal.progress() or no_progress
    with tempfile.TemporaryDirectory(prefix="dicom-tutorial-") as scratch:
        paths: list[Path] = []
        for number, source in enumerate(sources):
            if not isinstance(source, Address):
                paths.append(source)
                continue
            server = open_server(source, arguments.allow_http, terminal.language)
            server.log_in()
            folder = Path(scratch) / str(number)
            folder.mkdir()
            if how == WHOLE:
                fetch_to(server, folder, progress)
            else:
                if not write_headers(server, folder, progress, first_in_full=how == FIRST_HEADERS):
                    raise DataError("server-empty", url=str(server.address))
            paths.append(folder)
        yield paths


def reads_servers(attribute: str, how: str) -> Callable[[Run], Run]:
    """For commands whose ``arguments.<attribute>`` holds PATHs: those that are addresses are read from their servers first."""

    def decorate(run: Run) -> Run:
        @functools.wraps(run)
        def with_local_paths(arguments: argparse.Namespace) -> int:
            from DICOMTutorialHelperLib.data.errors import DataError

            sources = getattr(arguments, attribute)
            if not any(isinstance(source, Address) for source in sources):
                return run(arguments)
            terminal = Terminal(arguments.lang)
            try:
                with local_paths(sources, how, arguments, terminal) as paths:
                    setattr(arguments, attribute, paths)
                    arguments.read_from = {str(path): str(source) for path, source in zip(paths, sources)}
                    return run(arguments)
            except DataError as error:
                return terminal.fail(error.message(terminal.language))

        return with_local_paths

    return decorate


def as_asked(value: object, arguments: argparse.Namespace) -> Any:
    """Paths of what was read from a server, alone or anywhere in lists and dicts, as places below its address."""
    places = getattr(arguments, "read_from", {})
    if isinstance(value, dict):
        return {key: as_asked(one, arguments) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_asked(one, arguments) for one in value]
    if isinstance(value, (str, Path)):
        text = str(value)
        return next((address + text[len(path) :] for path, address in places.items() if text.startswith(path)), value)
    return value


def run_send(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published.dicomweb_send import send
    from DICOMTutorialHelperLib.progress import no_progress

    terminal = Terminal(arguments.lang)
    words = messages("datasets", terminal.language)
    missing = [path for path in arguments.paths if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    try:
        server = open_server(arguments.to, arguments.allow_http, terminal.language)
        report = send(arguments.paths, server, terminal.progress() or no_progress)
    except DataError as error:
        return terminal.fail(error.message(terminal.language))
    total = len(report.sent) + len(report.already) + len(report.failed)
    if not total:
        return terminal.fail(words["send.nothing"].format(path=arguments.paths[0]))
    broken_by = report.broken_by.reason if report.broken_by else ""
    if arguments.json:
        print_json({
            "server": str(server.address), "sent": [str(path) for path in report.sent],
            "already": [str(path) for path in report.already], "broken_by": broken_by,
            "failed": [{"path": str(one.path), "reason": one.reason, "detail": one.detail} for one in report.failed],
        })  # fmt: skip
    else:
        _show_sent(report, server, total, words, terminal)
    return 1 if report.failed else 0


def _show_sent(report: SendReport, server: Server, total: int, words: dict[str, str], terminal: Terminal) -> None:
    done = words["send.done"].format(sent=len(report.sent), total=total, server=server.address)
    terminal.out.print(done, soft_wrap=True)
    if report.already:
        terminal.out.print(words["send.already"].format(count=len(report.already)), soft_wrap=True)
    if report.broken_by:
        reason = report.broken_by.message(terminal.language)
        terminal.err.print(words["send.broken"].format(reason=reason), style="red", soft_wrap=True)
    for failure in report.failed[:MOST_FAILURES]:
        line = words[f"send.failed.{failure.reason}"].format(path=failure.path, detail=failure.detail or "-")
        terminal.err.print(line, style="yellow", soft_wrap=True)
    if len(report.failed) > MOST_FAILURES:
        terminal.err.print(words["send.more"].format(count=len(report.failed) - MOST_FAILURES), style="yellow")
