"""A short run of the fuzzer; ``python Testing/Fuzz/fuzz.py`` makes ten thousand cases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parents[1] / "Fuzz" / "fuzz.py"
sys.path.insert(0, str(FUZZ.parent))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory and time need POSIX")
def test_a_few_hundred_damaged_series_bring_no_command_down():
    """As many as a minute allows, each in a child process with 4 GB."""
    command = [sys.executable, str(FUZZ), "--cases", "300", "--minutes", "0.8"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


def test_a_case_is_its_number(tmp_path):
    """The same number damages the same file in the same way."""
    import mutations

    bases = mutations.bases([])
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(mutations.make_case(7, bases, tmp_path / name))
    assert made[0] == made[1]
    files = [sorted((tmp_path / name).iterdir()) for name in ("one", "two")]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
