"""The command line, from argparse: what each command is for, how it is called, what each option does."""

from __future__ import annotations

import argparse

from DICOMTutorialHelperLib.__main__ import build_parser

PICTURES = ("examine", "tree")
INTRODUCTION = (
    "# The command line\n\n`dicom-tutorial COMMAND`, or `python -m DICOMTutorialHelperLib COMMAND`. Every command has `--help`. "
    "The exit status is 0 when all was done, 1 when something could not be done, 2 for wrong usage, 130 after Ctrl-C: then every "
    "file is as before or complete.\n"
)


def pages() -> dict[str, str]:
    parts = [INTRODUCTION]
    for name, parser, summary in _commands(build_parser()):
        parts.append(f"## `{name}`\n\n{parser.description or summary}\n")
        if name in PICTURES:
            parts.append(f"![What {name} prints](pictures/commands/{name}.svg)\n")
        parts.append(f"```text\n{_usage(parser)}\n```\n")
        rows = [_row(action) for action in parser._actions if not isinstance(action, argparse._SubParsersAction)]
        rows = [row for row in rows if row]
        if rows:
            parts += ["| argument | what it does |", "|---|---|", *rows, ""]
    return {"commands.md": "\n".join(parts)}


def _commands(parser: argparse.ArgumentParser, before: str = ""):
    """(name, parser, one line) of every command, those inside commands after them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield before + name, command, summaries.get(name, "")
                yield from _commands(command, f"{before}{name} ")


def _usage(parser: argparse.ArgumentParser) -> str:
    return parser.format_usage().removeprefix("usage: ").strip()


def _row(action: argparse.Action) -> str:
    if "--help" in action.option_strings:
        return ""
    value = action.metavar or action.dest.upper()
    shown = value if isinstance(value, str) else " ".join(value)
    names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{shown}`"
    if action.option_strings and action.nargs != 0:
        names += f" *{shown if action.metavar or not action.choices else ' / '.join(map(str, action.choices))}*"
    text = (action.help or "").replace("%%", "%").replace("|", "\\|").replace("<", "&lt;")
    return f"| {names} | {text} |"
