"""``privacy`` and ``deidentify``: see what identifies a person, and write copies without it."""

from __future__ import annotations

import argparse

from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, path_argument, print_json
from DICOMTutorialHelperLib.errors import system_reason

MOST_NAMED = 5


def add_to(subparsers) -> None:
    privacy = subparsers.add_parser(
        "privacy",
        help="show what identifies a person in the headers",
        description="Show what identifies a person in DICOM headers, by the Basic Profile of PS3.15 Annex E.",
    )
    privacy.add_argument("path", type=path_argument, metavar="PATH", nargs="+", help="files or folders")
    privacy.add_argument("--original", type=path_argument, metavar="ORIGINAL", nargs="+",
                         help="the files that these are copies of: whoever they name is looked for in the copies")  # fmt: skip
    privacy.add_argument("--values", action="store_true", help="show examples of the values found")
    privacy.add_argument("--check", action="store_true", help="exit with status 1 when anything was found, for scripts")
    add_language(privacy)
    privacy.set_defaults(run=run_privacy)

    deidentify = subparsers.add_parser(
        "deidentify",
        help="write de-identified copies into a new folder",
        description="Write de-identified copies by the Basic Profile of PS3.15 Annex E into a new or empty folder. "
        "Originals are never touched. Pixels stay as they are: burned-in text and faces are flagged, not removed.",
    )
    deidentify.add_argument("path", type=path_argument, metavar="PATH", nargs="+", help="files or folders")
    deidentify.add_argument("out", type=path_argument, metavar="OUT", help="a new or empty folder for the copies")
    deidentify.add_argument("--dates", choices=("remove", "shift", "keep"), default="remove",
                            help="remove dates (default), shift each patient's by a secret number of days, or keep")  # fmt: skip
    deidentify.add_argument("--keep-characteristics", action="store_true", help="keep sex, age (90 at most), size and weight")
    deidentify.add_argument("--clean-descriptions", action="store_true", help="keep the technical words of descriptions")
    deidentify.add_argument(
        "--keep-safe-private", action="store_true", help="keep the private elements that PS3.15 lists as safe"
    )
    deidentify.add_argument("--key-file", type=path_argument, metavar="FILE",
                            help="a file with a secret text: the same key gives the same replacements later")  # fmt: skip
    add_language(deidentify)
    deidentify.set_defaults(run=run_deidentify)


def _terminal(language) -> Terminal:
    from DICOMTutorialHelperLib.messages import messages

    terminal = Terminal(language)
    terminal.words = {**terminal.words, **messages("privacy", terminal.language)}
    return terminal


def run_privacy(arguments: argparse.Namespace) -> int:
    terminal = _terminal(arguments.lang)
    missing = [path for path in [*arguments.path, *(arguments.original or [])] if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
    from DICOMTutorialHelperLib.explore.privacy import scan

    results = list(scan(arguments.path, arguments.original))
    problems = [result for result in results if isinstance(result, UnreadableFile)]
    reports = [result for result in results if not isinstance(result, UnreadableFile)]
    if not reports:
        terminal.report_unreadable(problems)
        return terminal.fail(terminal.message("error.nothing", path=arguments.path[0]))
    if arguments.json:
        print_json([
            {"path": report.path, "grade": report.grade, "declared": report.declared, "codes": report.codes,
             "warnings": report.warnings, "searched": report.searched, "original": report.original,
             "items": [vars(item) for item in report.items]}
            for report in reports
        ])  # fmt: skip
    else:
        _print_privacy(reports, arguments, terminal)
    terminal.report_unreadable(problems)
    return 1 if problems or (arguments.check and any(report.found for report in reports)) else 0


def _print_privacy(reports, arguments, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.privacy_findings import GRADES, grade_of
    from DICOMTutorialHelperLib.explore.profile import CATEGORIES, edition
    from DICOMTutorialHelperLib.explore.values import number

    words = terminal.words
    found: dict[tuple, list] = {}
    for report in reports:
        for key in {(item.category, item.tag, item.name) for item in report.found}:
            found.setdefault(key, [0, []])[0] += 1
        for item in report.found:
            values = found[item.category, item.tag, item.name][1]
            if item.value and item.value not in values:
                values.append(item.value)
    grade = next(grade for grade in GRADES if any(report.grade == grade for report in reports))
    style = {"direct": "bold red", "indirect": "bold yellow", "technical": "bold cyan", "none": "bold green"}[grade]
    terminal.out.print(Text(words[f"verdict.{grade}"], style=style))
    count = terminal.message("verdict.file" if len(reports) == 1 else "verdict.files", count=number(len(reports), words))
    terminal.out.print(Text(count + " · " + terminal.message("table", edition=edition().split(",")[0]), style="dim"))
    searched = number(sum(report.searched for report in reports), words)
    original = "searched.original" if all(report.original for report in reports) else "searched.own"
    terminal.out.print(Text(terminal.message("searched", count=searched) + " " + words[original], style="dim"))
    declared = sum(report.declared for report in reports)
    if declared:
        terminal.out.print(Text(terminal.message("verdict.declared", count=number(declared, words)), style="dim"))
    for category in CATEGORIES:
        rows = sorted((key[1:], value) for key, value in found.items() if key[0] == category)
        if not rows:
            continue
        heading = Text("\n" + words[f"grade.{grade_of(category)}"] + " · ", style="dim")
        terminal.out.print(heading.append(words[f"category.{category}"], style="bold cyan not dim"))
        table = Table(box=None, pad_edge=False, show_header=False)
        for width in (9, 40, 7):
            table.add_column(width=width, justify="right" if width == 7 else "left")
        table.add_column(width=max(terminal.out.width - 62, 12), overflow="ellipsis", no_wrap=True)
        for (tag, name), (files, values) in rows:
            example = ""
            if arguments.values and values:
                example = values[0] if len(values) == 1 else f"({terminal.message('several', count=len(values))}) {values[0]}"
            table.add_row(tag, Text(name), number(files, words), Text(example, style="dim"))
        terminal.out.print(table)
    _print_warnings(
        {key: [one.path for one in reports if key in one.warnings] for one in reports for key in one.warnings}, terminal
    )


def _print_warnings(warnings: dict, terminal: Terminal) -> None:
    from rich.padding import Padding
    from rich.text import Text

    if not warnings:
        return
    terminal.out.print(Text("\n" + terminal.words["warning"], style="bold yellow"))
    for key, paths in warnings.items():
        count = terminal.message("count.file" if len(paths) == 1 else "count.files", count=len(paths))
        terminal.out.print(Padding.indent(Text("• " + terminal.message(f"warning.{key}", count=count)), 2))


def run_deidentify(arguments: argparse.Namespace) -> int:
    terminal = _terminal(arguments.lang)
    missing = [path for path in arguments.path if not path.exists()]
    if missing:
        return terminal.fail(terminal.message("error.not-found", path=missing[0]))
    from DICOMTutorialHelperLib.explore.deidentification import DeidentificationOptions, OutputRefused, deidentify

    try:
        key = None
        if arguments.key_file:
            key = _key(arguments.key_file)
            if not key:
                return terminal.fail(terminal.message("key-file", file=arguments.key_file))
        options = DeidentificationOptions(
            arguments.dates, arguments.keep_characteristics, arguments.keep_safe_private, arguments.clean_descriptions, key
        )
        report = deidentify(arguments.path, arguments.out, options, terminal.progress())
    except OutputRefused as refusal:
        return terminal.fail(refusal.message(terminal.language))
    except OSError as error:
        return terminal.fail(terminal.message("refused.write", folder=arguments.out, detail=system_reason(error)))
    if arguments.json:
        print_json({
            "written": [{"source": source, "copy": copy} for source, copy in report.written], "patients": report.pseudonyms,
            "removed": report.removed, "warnings": report.warnings,
            "unreadable": [terminal.problem(problem) for problem in report.unreadable], "left_out": report.left_out,
        })  # fmt: skip
        return 1 if report.unreadable or not report.written else 0
    if report.written:
        _print_deidentified(report, arguments, terminal)
    terminal.report_unreadable(report.unreadable)
    if report.left_out:
        shown = ", ".join(path.name for path in report.left_out[:MOST_NAMED])
        more = " …" if len(report.left_out) > MOST_NAMED else ""
        key = "left-out.one" if len(report.left_out) == 1 else "left-out"
        sentence = terminal.message(key, count=len(report.left_out), names=shown + more)
        terminal.err.print(sentence, style="yellow", soft_wrap=True)
    if not report.written:
        return terminal.fail(terminal.message("error.nothing", path=arguments.path[0]))
    return 1 if report.unreadable else 0


def _key(path) -> str:
    """The secret in a key file, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _print_deidentified(report, arguments, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.explore.profile import CATEGORIES
    from DICOMTutorialHelperLib.explore.values import number

    words = terminal.words
    many = "" if len(report.written) != 1 else ".one"
    done = terminal.message(f"deidentified{many}", count=number(len(report.written), words), folder=arguments.out)
    terminal.out.print(Text(done, style="bold green"), soft_wrap=True)
    people = "deidentified.patient" if report.pseudonyms == 1 else "deidentified.patients"
    terminal.out.print(terminal.message(people, count=report.pseudonyms))
    terminal.out.print(Text("\n" + words["deidentified.removed"], style="bold cyan"))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=10, justify="right")
    table.add_column()
    for category in CATEGORIES:
        if report.removed.get(category):
            table.add_row(number(report.removed[category], words), words[f"category.{category}"])
    terminal.out.print(table)
    _print_warnings(report.warnings, terminal)
    terminal.out.print(Text("\n" + words["deidentified.cannot"], style="dim"))
