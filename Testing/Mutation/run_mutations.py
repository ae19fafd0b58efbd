"""Breaks the library in one place after the other, runs the tests that run that place, and tells which breakages nobody noticed.

    python -m pip install coverage
    python Testing/Mutation/run_mutations.py --seed 1 --count 200

What counts as a breakage, and what does not, stands in ``breakages.py``; the same seed always makes the same ones. The whole
suite runs once under coverage.py, to learn which test runs which line; then each breakage meets the tests that run it, the
quickest of its own file's tests first, until one fails. Everything happens in temporary copies of the project.

Where it may be wrong, it counts against the tests: a breakage whose tests would take longer than ``--seconds`` together meets
only the first of them and counts as not noticed if these pass; lines that only a process of their own runs are not seen by
coverage.py, and meet the tests that import their file. A test that fails unbroken is not asked. A breakage on which a test does
not end counts as noticed. ``--controls`` breakages are run again with nothing broken: a test that fails then depends on its
company, and the figure is worth less.

Not broken unless asked for with ``--room``: ``panel`` and ``selftest``, whose tests are the application itself; never broken: how
a practice body is drawn, where a rib a millimetre longer is no fault. It ends with 1 where more than ``--most-survivors`` percent
were not noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from queue import Queue
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from breakages import Mutation, is_another_program, mutations_of  # noqa: E402
from covering import LIBRARY, Covering  # noqa: E402

COPIED = (
    "DICOMTutorialHelper",
    "Resources",
    "Testing",
    "docs",
    "pyproject.toml",
    "README.md",
    "CONTRIBUTING.md",
    "CMakeLists.txt",
)
LEFT_OUT = ("panel", "selftest")
DRAWN = re.compile(r"data/synthetic/(breast_anatomy|breast_chest|thorax|trees|torso_(?!ct)\w+|shapes)\.py")
# How much more CPU a broken program may take than the whole one before it is said not to end.
MOST_TIMES = 5
LEAST_CPU_SECONDS = 60


def chosen(seed: int, count: int, rooms: list[str]) -> list[Mutation]:
    """``count`` breakages by chance, every place as likely as any other."""
    everything: list[Mutation] = []
    for path in sorted((ROOT / LIBRARY).rglob("*.py")):
        relative = path.relative_to(ROOT)
        inside = relative.relative_to(LIBRARY).as_posix()
        asked = any(inside.startswith(room) for room in rooms) if rooms else inside.split("/")[0] not in LEFT_OUT
        if asked and not DRAWN.fullmatch(inside):
            everything += mutations_of(relative, path.read_bytes())
    random.Random(seed).shuffle(everything)
    differing = (mutation for mutation in everything if is_another_program(mutation, (ROOT / mutation.path).read_bytes()))
    return list(islice(differing, count))


def room_of(path: Path) -> str:
    return path.relative_to(LIBRARY).parent.as_posix()


def copied(folder: Path) -> Path:
    """A copy of the project, beside the real series where there are any."""
    shared = ROOT.parent / "shared"
    if shared.is_dir() and not (folder.parent / "shared").exists():
        (folder.parent / "shared").symlink_to(shared.resolve())
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


def within(tests: list[str], seconds_of: dict[str, float], seconds: float) -> list[str]:
    """As many of the first tests as fit, one at least."""
    kept: list[str] = []
    left = seconds
    for test in tests:
        left -= seconds_of[test]
        if left < 0 and kept:
            break
        kept.append(test)
    return kept


class Worker:
    """One copy of the project and the two processes that run tests in it: see ``worker.py``."""

    def __init__(self, copy: Path):
        self._copy = copy
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def _started(self, mode: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-B", str(HERE / "worker.py"), mode],
            cwd=self._copy,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen"},
        )

    def run(self, mutation: Mutation, broken: bool, tests: list[str], cpu_seconds: int) -> str:
        """``noticed``, ``survived`` or ``too long`` (which is noticed, too)."""
        target = self._copy / mutation.path
        content = target.read_bytes()
        if broken:
            target.write_bytes(mutation.apply(content))
        asked = {"tests": tests, "cpu_seconds": cpu_seconds, "file": mutation.path.as_posix()}
        try:
            result = "unable" if mutation.imported else self._answer("collected", asked)
            return self._answer("anew", asked) if result == "unable" else result
        finally:
            target.write_bytes(content)

    def _answer(self, mode: str, asked: dict[str, Any]) -> str:
        process = self._processes.get(mode) or self._processes.setdefault(mode, self._started(mode))
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline().strip()
        if not answer:
            raise RuntimeError(f"the process with the tests {mode} has ended")
        return answer

    def close(self) -> None:
        for process in self._processes.values():
            process.stdin.close()
            process.wait()


def results(
    mutations: list[Mutation], controls: int, covering: Covering, workers: list[Worker], seconds: float
) -> Iterator[tuple[Mutation, str]]:
    free: Queue[Worker] = Queue()
    for one in workers:
        free.put(one)

    def work(mutation: Mutation, broken: bool) -> tuple[Mutation, str]:
        tests = within(covering.likely(mutation.path, mutation.lines, mutation.names), covering.seconds, seconds)
        usual = sum(covering.seconds[test] for test in tests)
        worker = free.get()
        try:
            result = worker.run(mutation, broken, tests, int(LEAST_CPU_SECONDS + MOST_TIMES * usual))
        finally:
            free.put(worker)
        return mutation, result if broken else f"control {result}"

    with ThreadPoolExecutor(len(workers)) as pool:
        running = [pool.submit(work, mutation, True) for mutation in mutations]
        running += [pool.submit(work, mutation, False) for mutation in mutations[:controls]]
        for future in as_completed(running):
            yield future.result()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--controls", type=int, default=5)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--room", action="append", default=[], help="only files of the library that begin so; may be given again")
    parser.add_argument("--seconds", type=float, default=60.0, help="of tests that a breakage meets at most")
    parser.add_argument("--map", type=Path, help="keep the map of tests here; only test files that changed are run for it again")
    parser.add_argument("--stale", action="store_true", help="take the map as it is")
    parser.add_argument("--tests", action="append", default=[], help="only test files that begin so; may be given again")
    parser.add_argument("--most-survivors", type=float, default=10.0, metavar="PERCENT")
    options = parser.parse_args(arguments)
    mutations = chosen(options.seed, options.count, options.room)
    found: Counter[str] = Counter()
    by_room: Counter[str] = Counter()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mutations-")))
        copies = [copied(folder / str(number)) for number in range(options.workers)]
        map_path = (options.map or folder / "map.json").absolute()
        if not options.map or not map_path.is_file() or not options.stale:
            subprocess.run([sys.executable, str(HERE / "covering.py"), str(map_path), *options.tests], cwd=copies[0], check=True)
        covering = Covering.read(map_path, copies[0])
        workers = [Worker(copy) for copy in copies]
        for worker in workers:
            stack.callback(worker.close)
        for number, (mutation, result) in enumerate(
            results(mutations, options.controls, covering, workers, options.seconds), start=1
        ):
            found[result] += 1
            if not result.startswith("control"):
                by_room[f"{room_of(mutation.path)} {result}"] += 1
            print(f"{number} {result}: {mutation}", flush=True)
    percent = 100 * found["survived"] / max(len(mutations), 1)
    print(f"{len(mutations)} breakages, seed {options.seed}: {dict(found)}, {percent:.1f} % not noticed")
    print(", ".join(f"{name}: {count}" for name, count in sorted(by_room.items())))
    return int(percent > options.most_survivors)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
