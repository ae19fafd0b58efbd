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
    """Five hundred, or as many as a minute allows, each in a child process with 4 GB."""
    command = [sys.executable, str(FUZZ), "--cases", "500", "--minutes", "1.2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory and time need POSIX")
def test_no_stored_find_shows_its_fault_again():
    """Every operation on every folder of the corpus."""
    done = subprocess.run([sys.executable, str(FUZZ), "--replay"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
    assert "finds replayed" in done.stdout


def test_the_corpus_stays_small():
    sizes = [path.stat().st_size for path in (FUZZ.parent / "corpus").rglob("*") if path.is_file()]
    assert max(sizes) <= 50_000
    assert sum(sizes) <= 150_000


def test_what_a_fault_does_not_need_is_taken_away(tmp_path):
    """Of three files, one shows the fault, and of that a single element."""
    import minimise
    import mutations

    (tmp_path / "case").mkdir()
    mutations.make_case(7, mutations.bases([]), tmp_path / "case")
    whole = (tmp_path / "case" / "000.dcm").read_bytes()
    files = {"a": whole, "b": whole + b"QXZFAULT", "c": whole}
    left = minimise.smallest(files, lambda those: any(b"QXZFAULT" in data for data in those.values()), seconds=30)
    assert list(left) == ["b"]
    assert b"QXZFAULT" in left["b"] and len(left["b"]) < len(whole) / 2


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
