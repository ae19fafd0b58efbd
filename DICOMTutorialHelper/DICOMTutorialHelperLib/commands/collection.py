"""``fair`` and ``cohort``: what a whole collection of files is worth to others, and its metadata as one table."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from DICOMTutorialHelperLib.commands.idc import run_cohort_of_idc
from DICOMTutorialHelperLib.commands.servers import FIRST_HEADERS, add_allow_http, as_asked, reads_servers, source_argument
from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, add_overwrite, path_argument, print_json
from DICOMTutorialHelperLib.errors import system_reason


def add_to(subparsers) -> None:
    fair = subparsers.add_parser(
        "fair",
        help="report how FAIR a study or folder is",
        description="Report how findable, accessible, interoperable and reusable a study or folder is, with the evidence.",
    )
    fair.add_argument("path", type=path_argument, metavar="PATH", nargs="+", help="folders or files")
    add_language(fair)
    fair.set_defaults(run=run_fair)

    cohort = subparsers.add_parser(
        "cohort",
        help="table the metadata of many series, filtered",
        description="Put the metadata of many series into one table, a row a series, filtered by a condition on DICOM keywords.",
        epilog="Conditions: == != < <= > >= in, not in, contains, and, or, not. "
        "Example: --where 'Modality == \"MR\" and SliceThickness < 3'. Besides DICOM keywords: Instances, Frames, Folder.",
    )
    cohort.add_argument(
        "path", type=source_argument, metavar="PATH", nargs="+",
        help="folders, files, or a server's address; or the word idc: the index of the Imaging Data Commons",
    )  # fmt: skip
    add_allow_http(cohort)
    cohort.add_argument("--where", metavar="CONDITION", help="which series to keep")
    cohort.add_argument("--columns", metavar="KEYWORD", nargs="+", help="DICOM keywords, also separated by commas")
    cohort.add_argument("--out", type=path_argument, metavar="FILE.csv", help="write CSV (of idc also .parquet), show no table")
    add_overwrite(cohort)
    add_language(cohort)
    cohort.set_defaults(run=run_cohort)


def run_fair(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.messages import messages

    terminal = Terminal(arguments.lang)
    terminal.words = {**terminal.words, **messages("fair", terminal.language)}
    missing = [path for path in arguments.path if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    from DICOMTutorialHelperLib.explore.fair import fair_report

    report = fair_report(arguments.path, terminal.progress())
    if arguments.json:
        print_json({
            "series": report.series, "instances": report.instances, "items": [asdict(item) for item in report.items],
            "unreadable": [terminal.problem(problem) for problem in report.unreadable],
        })  # fmt: skip
        return 1 if report.unreadable or not report.series else 0
    if report.series:
        _print_fair(report, terminal)
    terminal.report_unreadable(report.unreadable)
    if not report.series:
        return terminal.fail(terminal.message("error.nothing", path=arguments.path[0]))
    return 1 if report.unreadable else 0


def _print_fair(report, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.fair import PRINCIPLES, evidence_text
    from DICOMTutorialHelperLib.explore.values import number

    words = terminal.words
    signs = {"present": ("✔", "green"), "partial": ("◐", "yellow"), "missing": ("✘", "red")}
    shown = {name: number(count, words) for name, count in (("series", report.series), ("instances", report.instances))}
    terminal.out.print(Text(terminal.message("title", **shown), style="bold"))
    for principle in PRINCIPLES:
        heading = Text("\n" + words[principle], style="bold cyan")
        terminal.out.print(heading.append(" · " + words[f"{principle}.about"], style="dim not bold"))
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(width=1)
        table.add_column(width=10)
        table.add_column()
        for item in report.of(principle):
            sign, style = signs[item.status]
            text = Text(words[item.key], style="bold")
            text.append("\n" + evidence_text(item, words), style="not bold")
            text.append("\n" + words[f"{item.key}.why"], style="not bold dim")
            table.add_row(Text(sign, style=style), Text(words[f"status.{item.status}"], style=style), text)
        terminal.out.print(table)
    counts = {status: sum(item.status == status for item in report.items) for status in signs}
    terminal.out.print(Text("\n" + terminal.message("summary", **counts), style="bold"))
    terminal.out.print(Text(words["source"], style="dim"))


@reads_servers("path", FIRST_HEADERS)
def run_cohort(arguments: argparse.Namespace) -> int:
    terminal = Terminal(arguments.lang)
    if arguments.path == [Path("idc")]:
        return run_cohort_of_idc(arguments, terminal, _explain)
    missing = [path for path in arguments.path if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    from DICOMTutorialHelperLib.explore.cohort import DEFAULT_COLUMNS, cohort
    from DICOMTutorialHelperLib.explore.expressions import ExpressionError
    from DICOMTutorialHelperLib.staging import staged_file

    if arguments.out and arguments.out.is_file() and not arguments.overwrite:
        return terminal.fail(terminal.message("would-overwrite", path=arguments.out))
    columns = [name for part in arguments.columns or DEFAULT_COLUMNS for name in part.split(",") if name]
    try:
        table = cohort(arguments.path, arguments.where, columns, terminal.progress())
    except ExpressionError as error:
        return _explain(error, arguments, terminal)
    table.rows = as_asked(table.rows, arguments)
    if arguments.json:
        print_json([dict(zip(table.columns, row)) for row in table.rows])
    elif arguments.out:
        try:
            with staged_file(arguments.out, arguments.overwrite) as path:
                _write_csv(table, path)
        except FileExistsError:
            return terminal.fail(terminal.message("would-overwrite", path=arguments.out))
        except OSError as error:
            return terminal.fail(terminal.message("cohort.not-written", file=arguments.out, detail=system_reason(error)))
        said = terminal.message("cohort.written", rows=len(table.rows), series=table.series, file=arguments.out)
        terminal.out.print(said, soft_wrap=True)
    elif table.rows:
        _print_cohort(table, terminal)
    else:
        terminal.out.print(terminal.message("cohort.none", series=table.series))
    terminal.report_unreadable(table.unreadable)
    if not table.series and not arguments.json:
        return terminal.fail(terminal.message("error.nothing", path=arguments.path[0]))
    return 1 if table.unreadable else 0


def _write_csv(table, path: Path) -> None:
    """The names of folders may be no UTF-8; the byte order mark tells spreadsheets that the file is."""
    with path.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        table.write_csv(file)


def _explain(error, arguments, terminal: Terminal) -> int:
    """The sentence, with the place in the condition marked; the exit status of wrong usage."""
    from rich.text import Text

    terminal.err.print(Text(error.message(terminal.language), style="red"))
    if arguments.where and error.fields.get("keyword") not in (arguments.columns or []):
        terminal.err.print(Text("  " + arguments.where), soft_wrap=True)
        terminal.err.print(Text("  " + " " * error.position + "^", style="red"), soft_wrap=True)
    terminal.err.print(Text(terminal.words["expression.help"], style="dim"), soft_wrap=True)
    return 2


def _print_cohort(table, terminal: Terminal) -> None:
    from rich.text import Text

    from DICOMTutorialHelperLib.commands.keyword_table import keyword_table
    from DICOMTutorialHelperLib.explore.cohort import cell_text

    numeric = set()
    for keyword, values in zip(table.columns, zip(*table.rows)):
        present = [value for value in values if value is not None]
        if present and all(isinstance(value, float) for value in present):
            numeric.add(keyword)
    rows = [[cell_text(value) for value in row] for row in table.rows]
    terminal.out.print(keyword_table(table.columns, rows, numeric, terminal.out.width))
    terminal.out.print(Text("\n" + terminal.message("cohort.summary", rows=len(table.rows), series=table.series), style="dim"))
