"""Times examining, reading and loading beside other readers, round by round in one run: ratios, not seconds, are what to compare.

Usage: benchmark.py [--cases NAME ...] [--rounds N] [--torso-ct FOLDER] [--data FOLDER] [--json FILE] [--plot PNG] [--smoke]

Every contestant does its work in a fresh process, its imports before the clock starts; the order turns from round to round, and
the median counts. What is not installed, or not on PATH, is left out with the reason. docs/performance.md shows the last run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any, Optional

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parents[1] / "DICOMTutorialHelper"
sys.path[:0] = [str(LIBRARY), str(HERE)]

import contestants  # noqa: E402
from cases import SMOKE, Case, NotMade, Sizes, all_cases, chosen  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

PACKAGES = (
    "numpy",
    "pydicom",
    "slicer-core",
    "vtk",
    "SimpleITK",
    "dicomsdl",
    "pylibjpeg-libjpeg",
    "pylibjpeg-openjpeg",
    "pyjpegls",
    "imagecodecs",
)
REFERENCES = ("raw_read", "pydicom_headers", "bare_python")  # what a case's times are held against: the first that is in it
OURS = ("examine_and_load", "examine_and_read", "examine")  # the same, of this project
LONGEST_SECONDS = 600


def measure(contestant: str, path: Path, here: bool) -> dict[str, Any]:
    """One contestant, once, in a process of its own unless ``here``: seconds and megabytes, or why it is left out."""
    name, *arguments = contestant.split()
    if here:
        return contestants.timed(name, path, *arguments)
    command = [sys.executable, str(HERE / "contestants.py"), name, str(path), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        return {"left_out": f"not done after {LONGEST_SECONDS} s"}
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        reason = (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]
        return {"left_out": f"failed: {reason}", "failed": True}


def run_case(case: Case, folder: Path, rounds: int, here: bool = False) -> dict[str, Any]:
    """Medians of all contestants of a case."""
    report: dict[str, Any] = {"name": case.name, "growth": case.growth, "files": case.files, "contestants": {}, "left_out": {}}
    try:
        path = case.make(folder)
    except NotMade as reason:
        report["left_out"]["all"] = str(reason)
        return report
    report["left_out"].update(case.leave_out)
    running = [name for name in case.contestants if name not in case.leave_out]
    results: dict[str, list[dict[str, float]]] = {}
    for number in range(rounds):
        turn = number % max(1, len(running))
        for name in [*running[turn:], *running[:turn]]:
            if name in report["left_out"]:
                continue
            result = measure(name, path, here)
            if "left_out" in result:
                report["left_out"][name] = result["left_out"]
                report.setdefault("failed", []).append(name) if result.get("failed") else None
                continue
            results.setdefault(name, []).append(result)
    for name in running:
        if name in results and name not in report["left_out"]:
            values = {key: statistics.median(one[key] for one in results[name]) for key in ("wall", "cpu", "peak_mb")}
            report["contestants"][name] = values
    _add_ratios(report["contestants"])
    return report


def _add_ratios(measured: dict[str, dict[str, float]]) -> None:
    for key, references in (("reference", REFERENCES), ("ours", OURS)):
        base = next((measured[name] for name in references if name in measured), None)
        for values in measured.values() if base else ():
            for clock in ("wall", "cpu"):
                values[f"{clock}_to_{key}"] = values[clock] / base[clock] if base[clock] else float("nan")


def table_of(report: dict[str, Any]) -> Table:
    table = Table(title=report["name"], title_justify="left")
    table.add_column("contestant", no_wrap=True)
    for heading in ("wall s", "CPU s", "x reference", "CPU x", "x ours", "peak MB"):
        table.add_column(heading, justify="right")
    for name, values in report["contestants"].items():
        table.add_row(
            name, f"{values['wall']:.3f}", f"{values['cpu']:.3f}", _ratio(values, "wall_to_reference"),
            _ratio(values, "cpu_to_reference"), _ratio(values, "wall_to_ours"), f"{values['peak_mb']:.0f}",
        )  # fmt: skip
    return table


def _ratio(values: dict[str, float], key: str) -> str:
    return f"{values[key]:.2f}" if key in values else ""


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    versions = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {"system": platform.platform(), "processors": os.cpu_count(), "load": _load(), "versions": versions}


def _load() -> Optional[float]:
    """How many processes wanted to run in the last minute: over the number of processors, the machine was shared."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def plot_growth(reports: list[dict[str, Any]], path: Path) -> str:
    """Milliseconds a file over the number of files, a line a contestant and kind; "" or why there is no picture."""
    try:
        import matplotlib
    except ImportError:
        return "matplotlib is not installed"
    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines: dict[str, list[tuple[int, float]]] = {}
    for report in reports:
        for name, values in report["contestants"].items() if report["growth"] else ():
            lines.setdefault(f"{name}, {report['growth']}", []).append((report["files"], values["cpu"] / report["files"] * 1000))
    if not lines:
        return "no case of growth was run"
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for name, points in lines.items():
        axes.plot(*zip(*sorted(points)), marker="o", label=name)
    axes.set(xscale="log", xlabel="files", ylabel="CPU, ms a file", ylim=(0, None))
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=120)
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", metavar="NAME", help="only cases whose names begin like this")
    parser.add_argument("--rounds", type=int, help="how often each contestant runs (default: 7)")
    parser.add_argument("--torso-ct", type=Path, metavar="FOLDER", help="a real CT of one volume")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where made series are kept (default: a temporary folder)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw growth with the number of files (needs matplotlib)")
    parser.add_argument("--smoke", action="store_true", help="tiny series, one round, one process: whether all of it still runs")
    parser.add_argument("--list", action="store_true", help="name the cases")
    arguments = parser.parse_args()
    cases = chosen(all_cases(arguments.torso_ct, SMOKE if arguments.smoke else Sizes()), arguments.cases)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    if arguments.list:
        console.print("\n".join(case.name for case in cases))
        return 0
    rounds = arguments.rounds or (1 if arguments.smoke else 7)
    reports = []
    about = machine()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.data or Path(temporary)).resolve()
        for case in cases:
            reports.append(run_case(case, folder, rounds, here=arguments.smoke))
            console.print(table_of(reports[-1]))
            for name, reason in reports[-1]["left_out"].items():
                console.print(f"  left out: {name} ({reason})", style="dim", soft_wrap=True)
            if arguments.json:
                arguments.json.write_text(json.dumps({"machine": about, "rounds": rounds, "cases": reports}, indent=1))
    console.print(f"{about['system']}, {about['processors']} processors, load {about['load']} to {_load()}, {rounds} rounds")
    console.print(", ".join(f"{name} {version}" for name, version in about["versions"].items()))
    if arguments.plot:
        reason = plot_growth(reports, arguments.plot)
        console.print(f"no plot: {reason}" if reason else f"growth: {arguments.plot}")
    return 1 if any(report.get("failed") for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
