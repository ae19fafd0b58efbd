"""The arguments of every command, as one table that a person has read: ``printed/arguments.txt``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest
from printed_text import assert_as_read

from DICOMTutorialHelperLib.__main__ import FAMILIES, build_parser


def described(action: argparse.Action) -> str:
    """``--out=DIR! Path``: names, what follows, how many, whether it must be given, its kind, choices and default."""
    name = ", ".join(action.option_strings) or action.dest
    metavar = action.metavar if isinstance(action.metavar, str) else None
    takes = action.nargs if action.nargs is not None else ""
    following = "" if takes == 0 else f"={metavar or action.dest}{takes}"
    parts = [name + following + ("!" if action.required else "")]
    parts += [f"by {action.type.__name__}"] if action.type else []
    parts += [f"of {', '.join(map(str, action.choices))}"] if action.choices else []
    parts += [f"else {action.default}"] if action.default not in (None, argparse.SUPPRESS) else []
    parts += [f"as {action.dest}"] if action.option_strings else []
    parts += [type(action).__name__.strip("_").replace("Action", "")]
    return "  " + " · ".join(parts)


def commands(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    ends = parser.get_default("run")
    yield f"{name}: {ends.__name__ if ends else 'a family of commands'}"
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield f"  {action.dest}={action.metavar}{'!' if action.required else ''}"
            for below, one in action.choices.items():
                yield from commands(one, f"{name} {below}")
        elif not isinstance(action, argparse._HelpAction):
            yield described(action)


def test_every_command_takes_what_was_read_and_explains_it():
    parser = build_parser()
    assert_as_read("arguments", "\n".join(commands(parser, parser.prog)) + "\n")


def of_commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return next(action for action in parser._actions if action.dest == "command").choices


@pytest.mark.parametrize(("family", "command"), [(family, one) for family, names in FAMILIES.items() for one in names])
def test_a_command_that_is_named_first_is_the_same_without_the_other_families(family, command):
    alone, among_all = of_commands(build_parser(command)), of_commands(build_parser())
    assert tuple(alone) == FAMILIES[family]
    assert alone[command].format_help() == among_all[command].format_help()


@pytest.mark.parametrize("word", ["", "no-such-command", "--help", "loa"])
def test_whatever_else_comes_first_every_command_is_known(word):
    assert list(of_commands(build_parser(word))) == [command for names in FAMILIES.values() for command in names]
