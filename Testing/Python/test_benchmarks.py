"""The benchmark still runs, all of it, on tiny series; nothing is said of how long that takes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[1] / "Benchmarks" / "benchmark.py"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> dict:
    """What a smoke run writes as JSON."""
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    path = tmp_path_factory.mktemp("benchmark") / "report.json"
    command = [sys.executable, str(BENCHMARK), "--smoke", "--json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "practice CT" in done.stdout
    return json.loads(path.read_text())


def test_every_case_is_run_or_says_why_not(report):
    assert len(report["cases"]) >= 15
    for case in report["cases"]:
        assert case["contestants"] or case["left_out"].get("all"), case["name"]


def test_this_project_reads_every_case_that_there_is(report):
    """Only what is not installed, not on PATH, or no native pixels, is left out."""
    for case in report["cases"]:
        reasons = {name: reason for name, reason in case["left_out"].items() if name != "all"}
        assert not [name for name in reasons if name in ("examine", "read", "read_into_vtk", "examine_and_load")], case["name"]
        assert all("failed" not in reason for reason in reasons.values()), case["name"]


def test_times_are_held_against_the_bytes_and_against_this_project(report):
    (practice,) = (case for case in report["cases"] if case["name"] == "practice CT")
    raw, ours = practice["contestants"]["raw_read"], practice["contestants"]["examine_and_load"]
    assert raw["wall_to_reference"] == 1
    assert ours["wall_to_ours"] == 1
    assert ours["wall_to_reference"] == pytest.approx(ours["wall"] / raw["wall"])
