"""``class`` totals the pages that learners handed in; ``cases`` makes a set of cases for a class to solve."""

from __future__ import annotations

import argparse

from DICOMTutorialHelperLib.commands.terminal import Terminal, add_language, add_overwrite, path_argument, print_json
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.languages import languages_in
from DICOMTutorialHelperLib.messages import labelled, messages

MOST_SET = 999_999  # data.synthetic.cases.MOST_SEED, which is imported late


def add_to(subparsers) -> None:
    parser = subparsers.add_parser(
        "class",
        help="total the pages that learners handed in",
        description="Read all pages in a folder and below, and write one page for their teacher: who did what, alone or helped, "
        "which question the class got wrong, which cases were solved, which pages were edited. Other files are named.",
    )
    parser.add_argument("folder", type=path_argument, metavar="FOLDER", help="folder with the learners' pages")
    parser.add_argument(
        "--out",
        type=path_argument,
        required=True,
        metavar="PAGE",
        help="what to write: class.html, or class.csv for a spreadsheet",
    )
    parser.add_argument("--tutorial", type=path_argument, metavar="FOLDER", help="the tutorial, where it is one of your own")
    add_overwrite(parser)
    add_language(parser)
    parser.set_defaults(run=run_class)

    cases = subparsers.add_parser(
        "cases",
        help="make the six cases of the DICOM detective",
        description="Make six CT series with one thing wrong in each, in OUT/DICOMDetective: one set for a whole class. What is "
        "wrong is not told; the same number makes the same set.",
    )
    cases.add_argument("out", type=path_argument, metavar="OUT", help="folder to write to; made if need be")
    cases.add_argument("--set", type=_set_number, dest="seed", metavar="N", help="number of the set, up to 999999 (default: any)")
    add_language(cases)
    cases.set_defaults(run=run_cases)


def _set_number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_SET:
        raise ValueError(text)
    return number


def run_cases(arguments: argparse.Namespace) -> int:
    import secrets

    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.synthetic.cases import make_cases

    terminal = Terminal(arguments.lang)
    seed = secrets.randbelow(MOST_SET + 1) if arguments.seed is None else arguments.seed
    try:
        folders = make_cases(arguments.out, seed, terminal.progress() or (lambda done, total: None))
    except DataError as error:
        return terminal.fail(error.message(terminal.language))
    if arguments.json:
        print_json({"folders": [str(folder) for folder in folders]})
    else:
        words = messages("cases", terminal.language)
        terminal.out.print(words["made"].format(folder=folders[0].parent), soft_wrap=True)
    return 0


def run_class(arguments: argparse.Namespace) -> int:
    from DICOMTutorialHelperLib.staging import staged_file
    from DICOMTutorialHelperLib.tutorial.content import ContentError, read_tutorial, tutorials_folder
    from DICOMTutorialHelperLib.tutorial.report.class_page import ClassPage
    from DICOMTutorialHelperLib.tutorial.report.classroom import total_class
    from DICOMTutorialHelperLib.tutorial.shelf import tutorials_in

    terminal = Terminal(arguments.lang, languages_in(arguments.tutorial) if arguments.tutorial else ())
    words = messages("class", terminal.language)
    out = arguments.out
    if out.suffix.lower() not in (".html", ".htm", ".csv"):
        terminal.fail(words["out-suffix"].format(name=out.name))
        return 2
    if not arguments.folder.is_dir():
        terminal.fail(words["no-folder"].format(folder=arguments.folder))
        return 2
    if out.exists() and not arguments.overwrite:
        return terminal.fail(terminal.message("would-overwrite", path=out))
    try:
        known = [read_tutorial(folder) for folder in (*tutorials_in(tutorials_folder()), *tutorials_in(arguments.tutorial))]
    except ContentError as error:
        terminal.fail(error.message(terminal.language))
        return 2
    totals = total_class(arguments.folder, terminal.progress() or (lambda done, total: None), but=out)
    page = ClassPage(totals, arguments.folder, terminal.language, {tutorial.id: tutorial for tutorial in known})
    if not totals.members:
        for one in totals.set_aside:
            terminal.err.print(labelled(one.path.name, one.error.message(terminal.language), terminal.language))
        return terminal.fail(words["nobody"])
    try:
        with staged_file(out, arguments.overwrite) as staged:
            text = page.csv() if out.suffix.lower() == ".csv" else page.html()
            staged.write_bytes(text.encode("utf-8", errors="replace"))
    except FileExistsError:
        return terminal.fail(terminal.message("would-overwrite", path=out))
    except OSError as error:
        return terminal.fail(words["cannot-write"].format(path=out, reason=system_reason(error)))
    if arguments.json:
        print_json(
            {
                "members": len(totals.members),
                "set_aside": {str(one.path): one.error.reason for one in totals.set_aside},
                "remarks": {member.hand_in.path.name: [one.key for one in member.remarks] for member in totals.members},
                "questions": [
                    {"tutorial": one.tutorial, "step": one.step_id, "asked": one.asked, "right_first_time": one.at_once}
                    for one in totals.questions
                ],
                "page": str(out),
            }
        )
        return 0
    terminal.out.print(page.summary())
    if page.hardest():
        terminal.out.print(page.hardest(), soft_wrap=True)
    for one in totals.set_aside:
        terminal.err.print(labelled(one.path.name, one.error.message(terminal.language), terminal.language), soft_wrap=True)
    terminal.out.print(words["written"].format(path=out), soft_wrap=True)
    return 0
