"""``tutorial run`` walks the tutorial without Slicer and writes its report; ``tutorial new`` and ``tutorial check`` are for those
who write one."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from DICOMTutorialHelperLib.commands.servers import add_allow_http, open_server
from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, add_overwrite, path_argument, print_json
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.languages import LANGUAGE_TAG, languages_in
from DICOMTutorialHelperLib.messages import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from DICOMTutorialHelperLib.tutorial.authoring.reference import Section
    from DICOMTutorialHelperLib.tutorial.content import Tutorial
    from DICOMTutorialHelperLib.tutorial.problems import Problem
    from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep
    from DICOMTutorialHelperLib.tutorial.run import TutorialRun
    from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult

PRACTICE = "practice"
REPORT = "report.html"
CASE_SET = 4711  # the set of cases that a run makes: every run is the same, while a learner's set is another each time


def add_to(subparsers) -> None:
    tutorial = subparsers.add_parser(
        "tutorial", help="walk the tutorial without Slicer, or check a tutorial folder", description="The tutorial, as data."
    )
    commands = tutorial.add_subparsers(dest="tutorial_command", required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run",
        help="do and check every step, and write a report with pictures",
        description="Run all steps on slicer-core: do each, check each, take pictures, and write OUT/report.html. Steps whose "
        "series the data do not hold are left out, and those of the optional part that need a server without --server.",
    )
    run.add_argument(
        "--data", default=PRACTICE, metavar="practice|PATH", help="make practice data (default), or use a folder of images"
    )
    run.add_argument("--size", choices=("small", "full"), default="small", help="size of the practice data (default: small)")
    run.add_argument("--steps", metavar="ID,ID", help="only these steps (what they rest on is done, too)")
    run.add_argument("--tutorial", type=path_argument, metavar="FOLDER", help="another tutorial than the extension's own")
    run.add_argument("--out", type=path_argument, required=True, metavar="DIR", help="folder to write to; made if need be")
    run.add_argument(
        "--with-personal-values", action="store_true", help="with --data PATH: let the report hold names, numbers and dates, too"
    )
    run.add_argument(
        "--server", metavar="URL", help="a DICOMweb server for the part on sharing: one exported series is sent to it and fetched"
    )
    add_allow_http(run)
    add_overwrite(run)
    add_language(run)
    run.set_defaults(run=run_steps)

    new = commands.add_parser(
        "new",
        help="begin a tutorial of your own",
        description="Write three steps that work into a new folder, to be changed in a text editor; docs/authoring.md says how.",
    )
    new.add_argument("folder", type=path_argument, metavar="FOLDER", help="a new or empty folder; the tutorial is named after it")
    new.add_argument(
        "--languages", metavar="LANG,LANG", help="the tutorial's languages, the first one first: fr,de (default: that of --lang)"
    )
    add_language(new)
    new.set_defaults(run=run_new)

    check = commands.add_parser(
        "check",
        help="say what is wrong with a tutorial folder, or list all that may stand in one",
        description="Check everything in a tutorial's folder: what must be mended (exit status 1), and what is advice only. "
        "With --list, show all checks, actions, tables, places, views, layouts, presets, modules, conditions, markup and keys.",
    )
    check.add_argument("folder", type=path_argument, nargs="?", metavar="FOLDER", help="default: the extension's own tutorial")
    check.add_argument("--list", action="store_true", help="list what a tutorial's files may say, instead of checking them")
    add_language(check)
    check.set_defaults(run=run_check)


def run_steps(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.tutorial.content import FIRST_TUTORIAL, ContentError, read_tutorial, tutorials_folder

    folder = arguments.tutorial or tutorials_folder() / FIRST_TUTORIAL
    terminal = Terminal(arguments.lang, languages_in(folder))
    words = messages("tutorial", terminal.language)
    try:
        from DICOMTutorialHelperLib.workspace.headless.workspace import HeadlessWorkspace
    except ImportError:
        return terminal.fail(words["run.no-slicer-core"])
    try:
        tutorial = read_tutorial(folder)
        tutorial.words(terminal.language)
    except ContentError as error:
        terminal.fail(error.message(terminal.language))
        return 2
    chosen = [name.strip() for name in arguments.steps.split(",") if name.strip()] if arguments.steps else []
    known = [step.id for step in tutorial.steps]
    for step_id in chosen:
        if step_id not in known:
            terminal.fail(words["run.unknown-step"].format(step=step_id, steps=", ".join(known)))
            return 2
    own_data = None if arguments.data == PRACTICE else path_argument(arguments.data)
    if own_data is not None and not own_data.is_dir():
        terminal.fail(words["run.no-folder"].format(folder=own_data))
        return 2
    if (arguments.out / REPORT).exists() and not arguments.overwrite:
        return terminal.fail(terminal.message("would-overwrite", path=arguments.out / REPORT))
    workspace = HeadlessWorkspace(terminal.language)
    try:
        server = None
        if arguments.server:
            server = open_server(arguments.server, arguments.allow_http, terminal.language)
            server.log_in()
        result, report = _run(tutorial, workspace, own_data, chosen, server, arguments, terminal)
    except DataError as error:
        return terminal.fail(error.message(terminal.language))
    except FileExistsError as error:
        return terminal.fail(terminal.message("would-overwrite", path=error.filename or arguments.out))
    except OSError as error:
        return terminal.fail(
            messages("examination", terminal.language)["cannot-write"].format(path=arguments.out, detail=system_reason(error))
        )
    _show_run(tutorial, result, report, arguments.json, terminal)
    left_out = [step_id for step_id in result.left_out if step_id in chosen]
    return 1 if result.failed or left_out or not result.done else 0


def _run(tutorial: Tutorial, workspace, own_data, chosen, server, arguments, terminal: Terminal) -> tuple[TutorialRun, Path]:
    from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
    from DICOMTutorialHelperLib.dicom.files import find_dicom_files
    from DICOMTutorialHelperLib.staging import staged_file
    from DICOMTutorialHelperLib.tutorial.messages import message
    from DICOMTutorialHelperLib.tutorial.report.page import Report
    from DICOMTutorialHelperLib.tutorial.report.personal import personal_values, without_personal_values
    from DICOMTutorialHelperLib.tutorial.run import run_tutorial
    from DICOMTutorialHelperLib.tutorial.session import TutorialSession
    from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER

    said = tutorial.words(terminal.language)
    session = TutorialSession(
        tutorial,
        workspace,
        practice_size=arguments.size,
        results_folder=arguments.out,
        exchanges=Exchanges(lambda: server),
        case_seed=CASE_SET,
    )
    if own_data is None:
        session.set_folder(DATA_FOLDER, arguments.out / DATA_FOLDER)
    else:
        session.set_folder(own_data.name, own_data)

    def before_step(step) -> None:
        number = tutorial.steps.index(step) + 1
        title = said.steps[step.id].title
        line = message("run.step", terminal.language, number=number, total=len(tutorial.steps), title=title)
        terminal.err.print(line, style="dim")

    result = run_tutorial(session, chosen, own_data is None, terminal.progress(), before_step)
    reasons = {step_id: _why_left_out(why, terminal.language) for step_id, why in result.left_out.items()}
    captured: Mapping[str, CapturedStep] = result.captured
    if own_data is not None and not arguments.with_personal_values:
        files, _ = find_dicom_files(own_data)
        captured = without_personal_values(captured, personal_values(files, terminal.language), terminal.language)
    report = Report(session, captured, terminal.language, reasons, unattended=True)
    path = arguments.out / REPORT
    with staged_file(path, arguments.overwrite) as staged:
        staged.write_text(report.html(), encoding="utf-8", errors="replace")  # names of files may be no UTF-8
    return result, path


def _why_left_out(why: CheckResult, language: str) -> str:
    """In the words of the command line, where a server is named by an option."""
    from DICOMTutorialHelperLib.tutorial.messages import message

    return message("run.no-server" if why.reason == "no-server" else why.reason, language, **why.fields)


def _show_run(tutorial: Tutorial, result: TutorialRun, report: Path, as_json: bool, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.tutorial.messages import message
    from DICOMTutorialHelperLib.tutorial.report.page import OF_LEARNERS

    words = messages("tutorial", terminal.language)
    said = tutorial.words(terminal.language)
    rows: list[dict[str, Any]] = []
    for step in tutorial.steps:
        if step.id in result.check_results:
            check_result = result.check_results[step.id]
            state = "done" if check_result.done else "to-do"
            told = "report.by.run" if check_result.done and check_result.reason in OF_LEARNERS else check_result.reason
            reason = message(told, terminal.language, **check_result.fields)
        elif step.id in result.left_out:
            state = "skipped"
            reason = _why_left_out(result.left_out[step.id], terminal.language)
        else:
            continue
        rows.append({"step": step.id, "title": said.steps[step.id].title, "state": state, "reason": reason})
    counts = {"done": len(result.done), "left_out": len(result.left_out), "failed": len(result.failed)}
    if as_json:
        print_json({"steps": rows, **counts, "report": str(report)})
        return
    table = Table(box=None, pad_edge=False)
    for name in ("step", "state", "reason"):
        table.add_column(words[f"run.column.{name}"], overflow="fold")
    styles = {"done": "green", "to-do": "red", "skipped": "yellow"}
    for row in rows:
        state = words[f"report.state.{row['state']}"]
        table.add_row(row["title"], Text(state, style=styles[row["state"]]), row["reason"])
    terminal.out.print(table)
    terminal.out.print(words["run.summary"].format(total=len(rows), **counts))
    terminal.out.print(words["run.report"].format(path=report), soft_wrap=True)


def run_new(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.tutorial.authoring.template import FolderNotEmpty, new_tutorial

    terminal = Terminal(arguments.lang)
    words = messages("authoring", terminal.language)
    chosen = [name.strip() for name in (arguments.languages or terminal.language).split(",") if name.strip()]
    for name in chosen:
        if not LANGUAGE_TAG.fullmatch(name):
            terminal.fail(words["new.bad-language"].format(name=name))
            return 2
    folder = arguments.folder
    try:
        written = new_tutorial(folder, list(dict.fromkeys(chosen)) or [terminal.language])
    except FolderNotEmpty:
        return terminal.fail(words["new.not-empty"].format(folder=folder))
    except OSError as error:
        return terminal.fail(words["new.cannot-write"].format(folder=folder, reason=system_reason(error)))
    if arguments.json:
        print_json({"folder": str(folder), "files": [str(path) for path in written]})
    else:
        terminal.out.print(words["new.made"].format(folder=folder, words=written[1].name), soft_wrap=True)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.tutorial.authoring.reference import reference
    from DICOMTutorialHelperLib.tutorial.authoring.validation import problems_of
    from DICOMTutorialHelperLib.tutorial.content import FIRST_TUTORIAL, ContentError, read_tutorial, tutorials_folder

    folder = arguments.folder or tutorials_folder() / FIRST_TUTORIAL
    terminal = Terminal(arguments.lang, languages_in(folder))
    if not folder.is_dir():
        terminal.fail(messages("authoring", terminal.language)["no-folder"].format(folder=folder))
        return 2
    if not arguments.list:
        return _show_problems(folder, problems_of(folder), arguments.json, terminal)
    try:
        sections = reference(read_tutorial(folder), terminal.language)
    except ContentError as error:
        return terminal.fail(error.message(terminal.language))
    _show_reference(sections, arguments.json, terminal)
    return 0


def _show_problems(folder: Path, problems: list[Problem], as_json: bool, terminal: Terminal) -> int:
    from rich.table import Table
    from rich.text import Text

    from DICOMTutorialHelperLib.tutorial.content import read_tutorial

    words = messages("authoring", terminal.language)
    problems = sorted(problems, key=lambda problem: problem.advice)  # what must be mended first
    advice = sum(problem.advice for problem in problems)
    status = 1 if advice < len(problems) else 0
    told = [
        {
            "file": problem.file,
            "where": problem.where,
            "code": problem.code,
            "advice": problem.advice,
            "message": problem.message(terminal.language),
        }
        for problem in problems
    ]
    if as_json:
        print_json({"folder": str(folder), "problems": told})
        return status
    if told:
        table = Table(box=None, pad_edge=False)
        for name in ("file", "where", "problem"):
            table.add_column(words[f"check.column.{name}"], overflow="fold")
        for row in told:
            sentence = words["check.advice"].format(problem=row["message"]) if row["advice"] else str(row["message"])
            table.add_row(str(row["file"]), str(row["where"]), Text(sentence, style="" if row["advice"] else "red"))
        terminal.out.print(table)
    if status:
        line = words["check.unusable"].format(folder=folder, count=len(problems) - advice, advice=advice)
    else:
        tutorial = read_tutorial(folder)
        key = "check.usable" if advice else "check.sound"
        languages = ", ".join(tutorial.languages)
        line = words[key].format(folder=folder, steps=len(tutorial.steps), languages=languages, advice=advice)
    terminal.out.print(line, soft_wrap=True)
    return status


def _show_reference(sections: list[Section], as_json: bool, terminal: Terminal) -> None:
    from rich.table import Table
    from rich.text import Text

    if as_json:
        print_json({section.key: [asdict(entry) for entry in section.entries] for section in sections})
        return
    for section in sections:
        terminal.out.print(Text(f"\n{section.title}", style="bold"))
        table = Table(box=None, pad_edge=False, show_header=False)
        with_arguments = any(entry.arguments for entry in section.entries)
        for _ in range(3 if with_arguments else 2):
            table.add_column(overflow="fold")
        for entry in section.entries:
            arguments = "\n".join(f"{name}: {kind}" for name, kind in entry.arguments)
            table.add_row(entry.name, *([arguments] if with_arguments else []), entry.line)
        terminal.out.print(table)
