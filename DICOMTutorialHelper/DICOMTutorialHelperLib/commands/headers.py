"""``header`` and ``tree``: read one header, compare headers, see the data model of a folder."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Optional

from DICOMTutorialHelperLib.commands.servers import HEADERS, add_allow_http, as_asked, reads_servers, source_argument
from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, path_argument, print_json
from DICOMTutorialHelperLib.dicom.dates import iso_date
from DICOMTutorialHelperLib.messages import apart

if TYPE_CHECKING:
    from DICOMTutorialHelperLib.explore.headers import HeaderRow

GROUP_CHOICES = ("meta", "study", "patient", "acquisition", "image", "content", "pixels", "private")
MOST_ITEMS = 3
MOST_DEPTH_INDENT = 6


def add_to(subparsers) -> None:
    header = subparsers.add_parser(
        "header", help="show a file's header in groups, explained",
        description="Show every element of a DICOM file, in the groups of the tutorial, with personal data marked. "
        "With a folder, compare all its files: what varies, what is the same.",
    )  # fmt: skip
    header.add_argument("file", type=path_argument, metavar="FILE", help="a DICOM file, or a folder with the files of one series")
    header.add_argument("--group", choices=GROUP_CHOICES, help="only one group of elements")
    header.add_argument("--find", metavar="TEXT", help="only elements whose tag, keyword, name or value holds TEXT")
    header.add_argument("--compare", type=path_argument, metavar="FILE2", help="show what differs from another file")
    header.add_argument("--explain", action="store_true", help="a sentence on each element (always so with --find)")
    header.add_argument("--all", action="store_true", help="all items of long sequences, and equal elements when comparing")
    add_language(header)
    header.set_defaults(run=run_header)

    tree = subparsers.add_parser(
        "tree", help="show patients, studies, series and instances of a folder",
        description="Show the DICOM data model of a folder: patients, their studies, series and instances.",
    )  # fmt: skip
    tree.add_argument("path", type=source_argument, metavar="PATH", nargs="+", help="folders, files, or a server's address")
    add_allow_http(tree)
    tree.add_argument("--uids", action="store_true", help="show the unique identifiers too")
    add_language(tree)
    tree.set_defaults(run=run_tree)


def run_header(arguments: argparse.Namespace) -> int:
    terminal = Terminal(arguments.lang)
    try:
        arguments.file.stat()
    except FileNotFoundError:
        return terminal.fail(terminal.message("error.not-found", path=arguments.file))
    except OSError:
        pass  # told below, in words
    from DICOMTutorialHelperLib.explore.headers import header_rows, in_group, search
    from DICOMTutorialHelperLib.explore.unreadable import UnreadableFile

    try:
        if arguments.compare:
            return _show_differences(arguments, terminal)
        if arguments.file.is_dir():
            return _show_series(arguments, terminal)
        rows = header_rows(arguments.file, terminal.language)
    except UnreadableFile as problem:
        return terminal.fail(terminal.problem(problem))
    if arguments.group:
        rows = in_group(rows, arguments.group)
    if arguments.find:
        rows = search(rows, arguments.find)
    if arguments.json:
        print_json([asdict(row) for row in rows])
        return 0
    if not rows:
        key = "nothing-found" if arguments.find else "group-empty"
        return terminal.fail(
            terminal.message(key, text=arguments.find, group=terminal.words[f"group.{arguments.group or 'meta'}"])
        )
    _print_rows(rows, arguments, terminal)
    return 0


def _print_rows(rows: list[HeaderRow], arguments: argparse.Namespace, terminal: Terminal) -> None:
    from rich.text import Text

    from DICOMTutorialHelperLib.commands.header_table import Cells, HeaderTable

    explain = arguments.explain or bool(arguments.find)
    if not (arguments.all or arguments.find):
        rows = shortened(rows, terminal.words["more-items"])
    terminal.out.print(Text(terminal.message("title.header", name=arguments.file.name), style="bold"))
    words = terminal.words
    titles = Cells(words["column.tag"], "", words["column.name"], "VR", words["column.value"])
    table, group = None, ""
    for row in rows:
        if table is None or row.group != group:
            if table is not None:
                table.print()
            group = row.group
            heading = Text("\n" + words[f"group.{group}"], style="bold cyan")
            terminal.out.print(heading.append(" · " + words[f"group.{group}.about"], style="not bold dim"))
            table = HeaderTable(terminal.out, titles)
        name = "  " * min(row.depth, MOST_DEPTH_INDENT) + row.name
        if not row.tag:
            table.add(Cells(name=name, value=row.value, name_style="italic", value_style="dim"))
            continue
        mark = "●" if row.personal else ""
        style = "" if row.value and row.readable else "dim"
        explanation = row.explanation if explain else ""
        table.add(
            Cells(row.tag, mark, name, row.vr[:2], row.value or words["value.empty"], value_style=style, explanation=explanation)
        )
    if table is not None:
        table.print()
    terminal.out.print(Text("\n" + words["legend.personal"], style="dim"))
    if not explain:
        terminal.out.print(Text(words["legend.explain"], style="dim"))


def shortened(rows: list[HeaderRow], more: str) -> list[HeaderRow]:
    """The rows with the first items of each sequence only, and a row with ``more`` (its field: count) in place of the others."""
    kept: list[HeaderRow] = []
    left_out: dict[str, int] = {}
    places: dict[str, int] = {}
    below = None
    for row in rows:
        if below is not None and row.depth > below:
            continue
        below = None
        sequence, _, index = row.path.rpartition("[")
        if not row.tag and int(index.rstrip("]")) >= MOST_ITEMS:
            below = row.depth
            left_out[sequence] = left_out.get(sequence, 0) + 1
            if sequence not in places:
                places[sequence] = len(kept)
                kept.append(row)
            continue
        kept.append(row)
    for sequence, place in places.items():
        kept[place] = replace(kept[place], name=more.format(count=left_out[sequence]), value="")
    return kept


def _show_differences(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.comparison import compare
    from DICOMTutorialHelperLib.explore.headers import in_group, search

    differences = compare(arguments.file, arguments.compare, terminal.language)
    kept = [one.row for one in differences]
    if arguments.group:
        kept = in_group(kept, arguments.group)
    if arguments.find:
        kept = search(kept, arguments.find)
    chosen = {id(row) for row in kept}
    differences = [one for one in differences if id(one.row) in chosen]
    shown = [one for one in differences if arguments.all or not one.equal]
    if arguments.json:
        print_json([{**asdict(one.row), "first": one.first, "second": one.second, "equal": one.equal} for one in shown])
        return 0
    first, second = arguments.file.name, arguments.compare.name
    terminal.out.print(Text(terminal.message("title.compare", first=first, second=second), style="bold"))
    if not any(not one.equal for one in differences):
        terminal.out.print(terminal.words["compare.same"])
    group = ""
    table: Optional[Table] = None
    absent = Text(terminal.words["compare.absent"], style="dim")
    for one in shown:
        if table is None or one.row.group != group:
            if table is not None:
                terminal.out.print(table)
            group = one.row.group
            terminal.out.print(Text("\n" + terminal.words[f"group.{group}"], style="bold cyan"))
            table = Table(box=None, pad_edge=False, header_style="dim")
            table.add_column(terminal.words["column.tag"], no_wrap=True, width=9)
            table.add_column(terminal.words["column.name"], width=26)
            table.add_column(Text(first), width=29, overflow="fold")
            table.add_column(Text(second), width=29, overflow="fold")
        values = [absent if value is None else Text(value or terminal.words["value.empty"]) for value in (one.first, one.second)]
        table.add_row(one.row.tag, Text("  " * min(one.row.depth, 4) + one.row.name), *values)
    if table is not None:
        terminal.out.print(table)
    equal = sum(one.equal for one in differences)
    terminal.out.print(Text("\n" + terminal.message("compare.equal", count=equal), style="dim"))
    return 0


def _show_series(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.comparison import compare_series, matching
    from DICOMTutorialHelperLib.explore.datasets import UnreadableFile, dicom_files, read_dataset

    datasets, problems = [], []
    for path in dicom_files(arguments.file):
        try:
            datasets.append(read_dataset(path, pixels=False))
        except UnreadableFile as problem:
            problems.append(problem)
    if not datasets:
        terminal.report_unreadable(problems)
        return terminal.fail(terminal.message("error.nothing", path=arguments.file))
    elements = compare_series(datasets, terminal.language)
    if arguments.group:
        elements = [one for one in elements if one.row.group == arguments.group]
    if arguments.find:
        elements = matching(elements, arguments.find)
    if arguments.json:
        print_json([
            {"tag": one.row.tag, "keyword": one.row.keyword, "name": one.row.name, "constant": one.constant,
             "present": one.present, "total": one.total, "values": one.values, "range": one.range}
            for one in elements
        ])  # fmt: skip
        return 0
    terminal.out.print(Text(terminal.message("title.series", count=len(datasets)), style="bold"))
    for title, chosen in (
        ("title.varies", [one for one in elements if not one.constant]),
        ("title.constant", [one for one in elements if one.constant]),
    ):
        if not chosen:
            continue
        terminal.out.print(Text("\n" + terminal.words[title], style="bold cyan"))
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column(terminal.words["column.tag"], no_wrap=True, width=9)
        table.add_column(terminal.words["column.name"], width=36)
        table.add_column(terminal.words["column.value"], overflow="fold")
        for one in chosen:
            table.add_row(one.row.tag, Text(one.row.name), Text(_summary(one, terminal)))
        terminal.out.print(table)
    terminal.report_unreadable(problems)
    return 1 if problems else 0


def _summary(element, terminal: Terminal) -> str:
    if element.constant:
        return next(iter(element.values)) or terminal.words["value.empty"]
    present = (
        "" if element.present == element.total else terminal.message("compare.some", present=element.present, total=element.total)
    )
    count = terminal.message("compare.distinct", count=len(element.values))
    if element.range and len(element.values) > 1:
        text = " \\ ".join(f"{low:g}" if low == high else f"{low:g} … {high:g}" for low, high in element.range)
    elif len(element.values) <= 3:
        text, count = ", ".join(value or terminal.words["value.empty"] for value in element.values), ""
    else:
        text = min(element.values) + " … " + max(element.values)
    extra = apart((part for part in (count, present) if part), terminal.language)
    return f"{text} ({extra})" if extra else text


@reads_servers("path", HEADERS)
def run_tree(arguments: argparse.Namespace) -> int:
    terminal = Terminal(arguments.lang)
    missing = [path for path in arguments.path if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    from rich.text import Text
    from rich.tree import Tree

    from DICOMTutorialHelperLib.explore.data_model import data_model
    from DICOMTutorialHelperLib.explore.values import number, person_text

    model = data_model(arguments.path, terminal.progress())
    if arguments.json:
        tree = asdict(replace(model, unreadable=[]))  # errors cannot be copied field by field
        tree["unreadable"] = [terminal.problem(problem) for problem in model.unreadable]
        print_json(as_asked(tree, arguments))
        return 1 if model.unreadable else 0
    words = terminal.words
    root = Tree(Text(", ".join(str(path) for path in as_asked(arguments.path, arguments)), style="bold"))
    for patient in model.patients:
        title = Text(words["tree.patient"] + " ", style="dim").append(
            person_text(patient.name) or words["tree.no-name"], style="bold cyan"
        )
        branch = root.add(title.append("".join(f" · {part}" for part in (patient.patient_id, patient.sex) if part)))
        for study in patient.studies:
            date = iso_date(study.date) or words["tree.no-date"]
            title = Text(words["tree.study"] + " ", style="dim").append(date, style="bold")
            title.append("".join(f" · {part}" for part in (", ".join(study.modalities), study.description) if part))
            below = branch.add(title)
            if arguments.uids:
                title.append("\n" + (study.uid or words["tree.no-uid"]), style="dim")
            for series in study.series:
                below.add(_series_line(series, terminal, arguments.uids))
    if model.patients:
        terminal.out.print(root)
        counts = [len(level) for level in (model.patients, model.studies, model.series, model.instances)]
        shown = dict(zip(("patients", "studies", "series", "instances"), (number(count, words) for count in counts)))
        terminal.out.print(Text("\n" + terminal.message("tree.summary", **shown), style="bold"))
    for uid, count in model.shared_series.items():
        terminal.err.print(terminal.message("tree.several-patients", count=count, series=uid), style="yellow")
    terminal.report_unreadable(model.unreadable)
    if not model.patients:
        return terminal.fail(terminal.message("error.nothing", path=arguments.path[0]))
    return 1 if model.unreadable else 0


def _series_line(series, terminal: Terminal, uids: bool):
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.values import number

    words = terminal.words
    count = len(series.instances)
    label = words["tree.series"] + (f" {series.number}" if series.number is not None else "")
    line = Text(label + " ", style="dim").append(series.modality or "?", style="green")
    if series.description:
        line.append(f" · {series.description}")
    line.append(" · " + terminal.message("tree.instance" if count == 1 else "tree.instances", count=number(count, words)))
    if series.frames != count:
        line.append(", " + terminal.message("tree.frames", count=number(series.frames, words)))
    if series.duplicates:
        line.append(" · " + terminal.message("tree.duplicates", count=series.duplicates), style="yellow")
    if uids:
        line.append("\n" + (series.uid or words["tree.no-uid"]), style="dim")
    return line
