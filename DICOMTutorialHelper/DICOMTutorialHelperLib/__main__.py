"""The command line: ``python -m DICOMTutorialHelperLib`` or ``dicom-tutorial``."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import Optional

from DICOMTutorialHelperLib import __version__

FAMILIES = ("examination", "datasets", "headers", "kinds", "privacy", "collection", "tutorial")


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dicom-tutorial", description="Learn DICOM with your own images: examine, load, read, practise."
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in FAMILIES:
        import_module(f"DICOMTutorialHelperLib.commands.{family}").add_to(subparsers)
    return parser


def main(arguments: Optional[list[str]] = None) -> int:
    """Run one command; returns its exit status (0 done, 1 something could not be done, 2 wrong usage)."""
    parsed = build_parser().parse_args(arguments)
    return parsed.run(parsed)


if __name__ == "__main__":
    sys.exit(main())
