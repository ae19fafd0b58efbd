"""``practice``, ``get`` and ``recognise``: make the tutorial's data sets, get the published ones, say what is there."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from DICOMTutorialHelperLib.commands.idc import TABLES, get_table, locate_in_index
from DICOMTutorialHelperLib.commands.servers import Address, add_allow_http, open_server, source_argument
from DICOMTutorialHelperLib.commands.terminal import add_language, path_argument, print_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as ProgressBar

    from DICOMTutorialHelperLib.data.published.recognition import RecognisedSet

SET_NAMES = ("torso-ct", "breast-mri", "breast-mri-sagittal", "examples")
FAULT_NAMES = (
    "tilted-gantry", "missing-slice", "missing-slices", "duplicate-slices", "uneven-spacing", "localizer-inside",
    "empty-identifiers", "truncated-file", "mixed-matrix-sizes", "burned-in-text", "private-only-tags",
)  # fmt: skip


def add_to(subparsers) -> None:
    practice = subparsers.add_parser(
        "practice", help="make practice data sets, without the internet and without anybody's images",
        description="Make the tutorial's data sets on the spot: a torso CT, a breast MRI, and examples of other DICOM objects. "
        "The same seed always gives the same files. What was made in OUT before is replaced, anything else is left alone.",
    )  # fmt: skip
    practice.add_argument("out", type=path_argument, metavar="OUT", help="folder that takes the data sets")
    practice.add_argument("--set", dest="chosen", choices=(*SET_NAMES, "all"), help="which set (default: all)")
    practice.add_argument("--size", choices=("small", "full"), default="small", help="small (default), or full as published")
    practice.add_argument(
        "--fault", choices=FAULT_NAMES, metavar="NAME",
        help="make a defect variant instead, in OUT/faulty-NAME; NAME is one of " + ", ".join(FAULT_NAMES),
    )  # fmt: skip
    practice.add_argument(
        "--preview",
        type=path_argument,
        metavar="PNG",
        help="also write a contact sheet of the images made: slices and projections; needs the package slicer-core",
    )
    practice.add_argument(
        "--from-report",
        type=path_argument,
        metavar="FILE",
        help="make a stand-in of the series that a report describes (examine --report) instead: its headers, made pixels",
    )
    practice.add_argument("--seed", type=int, default=0, help="another number makes another patient (default: 0)")
    add_language(practice)
    practice.set_defaults(run=run_practice)

    get = subparsers.add_parser(
        "get", help="get a published data set: from its archive, a folder, or the web",
        description="Get a published data set into a folder. Without --from or --source it is downloaded from the first source "
        "that answers: the Imaging Data Commons, TCIA, the archive that the tutorial was published with. A broken download goes "
        "on where it stopped when the command is given again.",
    )  # fmt: skip
    get.add_argument("name", nargs="?", choices=("torso-ct", "breast-mri"), metavar="SET", help="torso-ct or breast-mri")
    get.add_argument("--to", type=path_argument, required=True, metavar="DIR", help="folder that takes the data set")
    get.add_argument(
        "--from", dest="origin", type=source_argument, metavar="PATH",
        help="the ZIP archive, the unpacked folder, or a server's address; without SET, all that an address holds, or the series "
        "that a table (.csv, .parquet) of the command cohort idc names",
    )  # fmt: skip
    get.add_argument("--yes", action="store_true", help="fetch what a table names without asking, whatever its size")
    add_allow_http(get)
    get.add_argument(
        "--source", choices=("web", "tcia", "idc"), default="web",
        help="web: the first source that answers (default); tcia or idc: only there, the set's series or those of --series",
    )  # fmt: skip
    get.add_argument("--series", action="append", default=[], metavar="UID", help="a series to get; may be repeated")
    add_language(get)
    get.set_defaults(run=run_get)

    recognise = subparsers.add_parser(
        "recognise", help="say which tutorial data sets a folder holds, and whether they are whole",
        description="Say which of the tutorial's data sets lie in a folder, by content: whole, or what is missing.",
    )  # fmt: skip
    recognise.add_argument("path", type=path_argument, metavar="PATH", help="a folder, or a file")
    add_language(recognise)
    recognise.set_defaults(run=run_recognise)


def run_practice(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
    from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
    from DICOMTutorialHelperLib.data.synthetic.preview import preview_sheet
    from DICOMTutorialHelperLib.messages import number_text

    if arguments.from_report:
        return _make_stand_in(arguments)
    screen = _Screen(arguments)
    names: Sequence[str] = SET_NAMES if arguments.chosen in (None, "all") else (arguments.chosen,)
    if arguments.fault:
        fitting = FAULTS[arguments.fault].practice_set
        if arguments.chosen not in (None, "all", fitting):
            return screen.fail(screen.message("practice.wrong-fault", fault=arguments.fault, fitting=fitting), 2)
        names = (fitting,)
    if arguments.preview:
        try:
            from DICOMTutorialHelperLib.scene.png import png_of_array
        except ImportError:
            return screen.fail(screen.message("practice.no-slicer-core"))
    made: dict[str, list[Path]] = {}
    try:
        for name in names:
            began = time.monotonic()
            with screen.progress("making", name) as progress:
                made[name] = make_practice_set(
                    name, arguments.out, arguments.size, arguments.fault, arguments.seed, progress
                )  # fmt: skip
            seconds = number_text(time.monotonic() - began, screen.language, 1)
            if not arguments.json:
                screen.print(screen.message("practice.made", title=screen.title(name), count=len(made[name]), seconds=seconds))
        if arguments.preview:
            sheet = preview_sheet([path for paths in made.values() for path in paths])
            with disk_errors_told(arguments.preview):
                arguments.preview.write_bytes(png_of_array(sheet))
    except DataError as error:
        return screen.fail(error.message(screen.language))
    folder = arguments.out / f"faulty-{arguments.fault}" if arguments.fault else arguments.out
    if arguments.json:
        sets = {name: [str(path) for path in paths] for name, paths in made.items()}
        print_json({"folder": str(folder), "size": arguments.size, "fault": arguments.fault, "sets": sets})
    else:
        screen.print(screen.message("practice.where", folder=folder))
    return 0


def _make_stand_in(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.commands.terminal import Terminal
    from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
    from DICOMTutorialHelperLib.errors import system_reason
    from DICOMTutorialHelperLib.explore.series_stand_in import StandInError, make_stand_in

    terminal = Terminal(arguments.lang)
    try:
        report = json.loads(arguments.from_report.read_bytes())
    except OSError as error:
        return terminal.fail(terminal.message("error.no-access", path=arguments.from_report, detail=system_reason(error)))
    except (ValueError, RecursionError):
        report = None
    try:
        with disk_errors_told(arguments.out):
            files = make_stand_in(report, arguments.out, arguments.size == "small", terminal.progress())
    except (StandInError, DataError) as error:
        return terminal.fail(error.message(terminal.language))
    if arguments.json:
        print_json({"folder": str(arguments.out), "files": [str(path) for path in files]})
    else:
        terminal.out.print(terminal.message("stand-in.made", count=len(files), folder=arguments.out), soft_wrap=True)
    return 0


def run_get(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published import fetch
    from DICOMTutorialHelperLib.data.published.catalog import data_set
    from DICOMTutorialHelperLib.data.published.recognition import PUBLISHED, recognise_folder
    from DICOMTutorialHelperLib.explore.idc_index import IndexMissing

    screen = _Screen(arguments)
    if isinstance(arguments.origin, Path) and arguments.origin.suffix.lower() in TABLES:
        return get_table(arguments.origin, arguments, screen)
    if not arguments.name and not isinstance(arguments.origin, Address):
        return screen.fail(screen.message("get.needs-set"), 2)
    known = data_set(arguments.name).published if arguments.name else {}
    series = arguments.series or [one.series_instance_uid for one in known.values()]
    if arguments.source != "web" and not series:
        return screen.fail(screen.message("get.needs-series", service=arguments.source.upper()), 2)
    try:
        if arguments.to.is_dir() and arguments.origin is None and arguments.source == "web":
            there = [one for one in recognise_folder(arguments.to) if one.name == arguments.name and one.origin == PUBLISHED]
            if any(one.whole for one in there):
                return _report_got(screen, arguments, there, 0, already=True)
        with screen.progress("getting", arguments.name or "") as progress:
            if isinstance(arguments.origin, Address):
                server = open_server(arguments.origin, arguments.allow_http, screen.language)
                got = fetch.from_server(server, arguments.to, progress, arguments.name or "")
            elif arguments.origin is not None:
                got = fetch.from_disk(arguments.name, arguments.origin, arguments.to, progress)
            elif arguments.source == "web":
                got = fetch.from_web(arguments.name, arguments.to, progress)
            else:
                if arguments.source == "tcia":
                    got = fetch.from_tcia(series, arguments.to, progress)
                else:
                    got = fetch.from_idc(series, arguments.to, progress, locate_in_index)
    except (DataError, IndexMissing) as error:
        return screen.fail(error.message(screen.language))
    except KeyboardInterrupt:
        screen.note(screen.message("cancelled.resumable"))
        raise
    return _report_got(screen, arguments, got.sets, len(got.files))


def _report_got(
    screen: _Screen, arguments: argparse.Namespace, sets: Sequence[RecognisedSet], files: int, already: bool = False
) -> int:
    from DICOMTutorialHelperLib.data.published.catalog import data_set

    if arguments.json:
        print_json({"folder": str(arguments.to), "files": files, "sets": [_as_json(one) for one in sets]})
    else:
        if already:
            screen.print(screen.message("get.already", title=screen.title(arguments.name), folder=arguments.to))
        else:
            screen.print(screen.message("get.got", count=files, folder=arguments.to))
        if sets:
            screen.table(sets, arguments.to)
        if arguments.name:
            wanted = data_set(arguments.name)
            screen.print(screen.message("get.cite", citation=wanted.citation, licence=wanted.licence))
    whole = any(one.name == arguments.name and one.whole for one in sets)
    return 0 if whole or arguments.series or not arguments.name else 1


def run_recognise(arguments: argparse.Namespace) -> int:
    screen = _Screen(arguments)
    if not arguments.path.exists():
        return screen.fail(screen.message("recognise.no-path", path=arguments.path))
    from DICOMTutorialHelperLib.data.published.recognition import recognise_folder

    with screen.progress("reading", "") as progress:
        found = recognise_folder(arguments.path, progress)
    if arguments.json:
        print_json({"path": str(arguments.path), "sets": [_as_json(one) for one in found]})
    elif found:
        screen.table(found, arguments.path)
    else:
        screen.print(screen.message("recognise.none", path=arguments.path))
    return 0 if found else 1


def _as_json(found: RecognisedSet) -> dict[str, Any]:
    return {
        "set": found.name,
        "origin": found.origin,
        "whole": found.whole,
        "missing_series": list(found.missing_roles),
        "series": [
            {
                "role": series.role,
                "series_instance_uid": series.facts.series_instance_uid,
                "description": str(series.facts.values.get("SeriesDescription", "")),
                "files": series.facts.instances,
                "slices": series.facts.slices,
                "frames": series.facts.frames,
                "missing": series.missing,
                "folder": str(series.facts.files[0].parent) if series.facts.files else "",
            }
            for series in found.series
        ],
    }


def _common_folder(found: RecognisedSet, base: Path) -> str:
    """The folder that holds all of a set, below the one that was asked about."""
    folder = Path(os.path.commonpath([path.parent for path in found.files]))
    return folder.relative_to(base).as_posix() if base in folder.parents else str(folder)


class _Screen:
    """What these commands print, in the reader's language; tables and sentences to stdout, the rest to stderr."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        from DICOMTutorialHelperLib.commands.console import SafeConsole
        from DICOMTutorialHelperLib.languages import supported_language
        from DICOMTutorialHelperLib.messages import messages

        self.language = supported_language(arguments.lang)
        self.words = messages("datasets", self.language)
        self.out = SafeConsole()
        self.err = SafeConsole(stderr=True)

    def message(self, key: str, **fields: object) -> str:
        return self.words[key].format(**fields)

    def title(self, name: str) -> str:
        return self.words[f"set.{name}.title"]

    def print(self, sentence: str) -> None:
        self.out.print(sentence)

    def note(self, sentence: str) -> None:
        self.err.print(sentence, style="yellow")

    def fail(self, sentence: str, status: int = 1) -> int:
        self.err.print(sentence, style="red")
        return status

    def progress(self, what: str, name: str) -> _Bar:
        label = self.message(f"progress.{what}", name=self.title(name) if name else "")
        return _Bar(self.err, label)

    def table(self, sets: Sequence[RecognisedSet], base: Path) -> None:
        from rich.table import Table

        table = Table(show_lines=True, expand=True)
        for column, ratio in (("set", 3), ("series", 3), ("state", 3), ("folder", 4)):
            table.add_column(self.message(f"column.{column}"), overflow="fold", ratio=ratio)
        for one in sets:
            series = ", ".join(f"{self.words['role.' + part.role]} ({part.facts.instances})" for part in one.series)
            title = f"{self.title(one.name)}\n({self.words[f'origin.{one.origin}']})"
            table.add_row(title, series, self._state(one), _common_folder(one, base))
        self.out.print(table)

    def _state(self, found: RecognisedSet) -> str:
        if found.whole:
            return self.words["state.whole"]
        lacks = [
            self.message("state.missing-files", role=self.words["role." + s.role], count=s.missing)
            for s in found.series
            if s.missing
        ]
        if found.missing_roles:
            names = ", ".join(self.words["role." + role] for role in found.missing_roles)
            lacks.insert(0, self.message("state.missing-series", series=names))
        from DICOMTutorialHelperLib.messages import apart

        return apart(lacks, self.language)


class _Bar:
    """A progress bar on stderr, on a terminal only; used with ``with``, it gives a data.progress function."""

    def __init__(self, console: Console, label: str) -> None:
        self.console = console
        self.label = label
        self.bar: Optional[ProgressBar] = None

    def __enter__(self):
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        if not self.console.is_terminal:
            return lambda done, total: None
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=self.console, transient=True)
        task = self.bar.add_task(self.label, total=None)
        self.bar.start()
        return lambda done, total: self.bar.update(task, completed=done, total=total or None)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()
