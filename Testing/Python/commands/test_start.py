"""What commands import before they have anything to do: people wait for it, whatever they typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[3] / "DICOMTutorialHelper"
HEAVY = {"numpy", "pydicom", "vtk", "vtkmodules", "slicer", "rich", "requests", "urllib3", "PIL", "matplotlib"}

RUN = """
import sys
from DICOMTutorialHelperLib.__main__ import main
try:
    status = main(sys.argv[1:])
except SystemExit as end:
    status = end.code
print(status, *{name.split(".")[0] for name in sys.modules}, file=sys.__stderr__, sep="\\n")
"""


def run(*arguments: str) -> tuple[str, set[str]]:
    """Exit status of a command, and the packages that it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], cwd=LIBRARY, capture_output=True, text=True, check=True
    )  # fmt: skip
    lines = done.stderr.splitlines()
    start = next(number for number, line in enumerate(lines) if line in ("0", "1", "2"))
    return lines[start], set(lines[start + 1 :])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], "0"),
        (["--version"], "0"),
        (["examine", "--help"], "0"),
        (["tutorial", "--help"], "0"),
        (["no-such-command"], "2"),
        (["header"], "2"),
        (["header", "no-such-file"], "1"),
        (["tree", "no-such-folder"], "1"),
        (["kinds", "no-such-folder"], "1"),
        (["fair", "no-such-folder"], "1"),
        (["cohort", "no-such-folder"], "1"),
        (["privacy", "no-such-folder"], "1"),
        (["examine", "no-such-folder"], "2"),
        (["load", "no-such-folder", "--out", "nowhere"], "2"),
    ],
)
def test_help_and_errors_start_nothing_heavy(arguments, status):
    ended, imported = run(*arguments)
    assert ended == status
    assert not imported & HEAVY


def test_json_is_printed_without_what_draws_tables(write_series):
    ended, imported = run("examine", "--json", str(write_series()))
    assert ended == "0"
    assert "pydicom" in imported
    assert not imported & {"rich", "vtk", "vtkmodules", "slicer", "requests"}


def test_a_command_that_downloads_can_still_do_so():
    """pydicom is kept from importing requests, and nobody else."""
    script = "from DICOMTutorialHelperLib.__main__ import main\nmain(['header', 'none'])\nimport pydicom\nimport requests"
    done = subprocess.run([sys.executable, "-c", script], cwd=LIBRARY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
