"""Damage series in thousands of ways and see what every command makes of them.

Usage: python Testing/Fuzz/fuzz.py [--cases 10000] [--seed 0] [--jobs 2] [--minutes N] [--data FOLDER …] [--keep FOLDER]
       python Testing/Fuzz/fuzz.py --case NUMBER               one case again, told at length
       python Testing/Fuzz/fuzz.py --replay [FOLDER …]         every operation on stored finds (default: the corpus)
       python Testing/Fuzz/fuzz.py --case NUMBER --minimise OUT    what is left of a case that still shows a fault of its own

Starts from the series of --data (default: the shared ones beside the checkout), small practice data and pydicom's own files.
A case is its number: the same number damages the same file in the same way, for the same data. Cases run in child processes
that have 4 GB and whose end by a signal is a fault like any other. Found cases are cut down to the fewest mutations that show
the same, told at once, and kept with --keep. Exit status 1 where anything was found.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = HERE / "corpus"
sys.path[:0] = [str(ROOT / "DICOMTutorialHelper"), str(HERE)]

MEMORY_BYTES = 4 * 2**30
CASE_SECONDS = 300
CHUNK = 200


def default_data() -> list[Path]:
    return [path for path in (ROOT.parent / "shared" / "data" / "cases", ROOT.parent / "shared" / "data" / "edge_cases",
                              ROOT.parent / "shared" / "data" / "ct_head") if path.is_dir()]  # fmt: skip


def practice_data() -> Path:
    """Small practice data, made once beside the system's temporary files."""
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    folder = Path(tempfile.gettempdir()) / f"dicom-tutorial-fuzz-{os.getuid()}"
    if not (folder / "done").exists():
        for name in ("torso-ct", "breast-mri", "examples"):
            make_practice_set(name, folder)
        (folder / "done").touch()
    return folder


def worker(first: int, last: int, folders: list[Path], with_load: bool, told: bool = False) -> None:
    """Run cases and print a line of JSON before and after each."""
    import mutations
    import operations

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    bases = mutations.bases(folders)
    if with_load:
        operations.quiet_vtk()
    out = os.fdopen(os.dup(1), "w")
    if not told:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for seed in range(first, last):
        print(json.dumps({"begin": seed}), file=out, flush=True)
        with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
            faults, done = run_case(seed, bases, Path(scratch), with_load, -1)
            if faults:
                for keep in range(1, len(done)):
                    fewer, shorter = run_case(seed, bases, Path(scratch), with_load, keep)
                    if set(fewer) & set(faults):
                        faults, done = fewer, shorter
                        break
        print(json.dumps({"end": seed, "faults": faults, "done": done if faults else []}), file=out, flush=True)


def run_case(seed: int, bases, scratch: Path, with_load: bool, keep: int):
    import mutations
    import operations

    folder = scratch / "series"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    done = mutations.make_case(seed, bases, folder, keep)
    return operations.faults_of(folder, scratch, operations.operations_of(seed, with_load)), done


def replay(folders: list[Path], with_load: bool) -> int:
    """Every operation on every stored find, each in a child process; 1 where one of them shows a fault."""
    import isolated
    import operations

    operations.prepare(with_load)
    names = [name for name in operations.OPERATIONS if with_load or not name.startswith("load")]
    found = 0
    for folder in folders:
        faults = isolated.faults_of(folder, names, MEMORY_BYTES)
        found += bool(faults)
        for operation, what in faults:
            print(f"{folder.name}: {operation}: {what}", flush=True)
    print(f"{len(folders)} finds replayed, {found} with faults")
    return 1 if found else 0


def minimise_case(seed: int, arguments: argparse.Namespace) -> int:
    """The smallest files of a case that still show one of its faults, written to ``arguments.minimise``."""
    import isolated
    import minimise
    import mutations
    import operations

    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        folder = Path(scratch)
        mutations.make_case(seed, mutations.bases(arguments.data), folder)
        operations.prepare(not arguments.no_load)
        names = operations.operations_of(seed, not arguments.no_load)
        faults = isolated.faults_of(folder, names, MEMORY_BYTES)
        if not faults:
            print("no fault")
            return 0
        wanted = faults[0]
        print(f"{wanted[0]}: {wanted[1]}")
        smallest = minimise.smallest(
            {path.name: path.read_bytes() for path in sorted(folder.iterdir())},
            lambda files: isolated.shows(files, wanted, MEMORY_BYTES),
        )
    arguments.minimise.mkdir(parents=True)
    for name, data in smallest.items():
        (arguments.minimise / name).write_bytes(data)
    print(f"{sum(map(len, smallest.values()))} bytes in {len(smallest)} files")
    return 0


class Child:
    """A process that works off a range of cases; after it was ended by one of them, another goes on behind that."""

    def __init__(self, first: int, last: int, arguments: argparse.Namespace) -> None:
        self.next, self.last, self.arguments = first, last, arguments
        self.current, self.began, self.buffer = None, time.monotonic(), b""
        self.tried_any = False
        command = [sys.executable, __file__, "--worker", f"{first}:{last}", "--data", *map(str, arguments.data)]
        if arguments.no_load:
            command.append("--no-load")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def lines(self):
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        self.buffer += data
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "begin" in told:
                self.current, self.began, self.tried_any = told["begin"], time.monotonic(), True
            else:
                self.next, self.current = told["end"] + 1, None
                yield told
        if not data:
            status = self.process.wait()
            if self.current is not None:
                yield {"end": self.current, "faults": [["process", f"ended with {status}"]], "done": []}
                self.next, self.current = self.current + 1, None
            elif not self.tried_any:  # nor would another one
                raise SystemExit(f"a child ended with {status} before its first case")
            self.process.stdout.close()


def run(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    chunks = [(start, min(start + CHUNK, arguments.seed + arguments.cases))
              for start in range(arguments.seed, arguments.seed + arguments.cases, CHUNK)]  # fmt: skip
    children, count, found = [], 0, Counter()
    examples: dict[str, dict] = {}
    selector = selectors.DefaultSelector()

    def start(first: int, last: int) -> None:
        child = Child(first, last, arguments)
        children.append(child)
        selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def over() -> bool:
        return bool(arguments.minutes) and time.monotonic() - began > 60 * arguments.minutes

    while chunks or children:
        while chunks and len(children) < arguments.jobs and not over():
            start(*chunks.pop(0))
        if over():
            chunks = []
            for child in children:
                child.process.kill()
                selector.unregister(child.process.stdout)
                child.process.wait()
            break
        for key, _ in selector.select(timeout=1):
            child = key.data
            for told in child.lines():
                count += 1
                for operation, what in told["faults"]:
                    if not found[f"{operation}: {what}"]:
                        print(f"case {told['end']}: {operation}: {what}", flush=True)
                    found[f"{operation}: {what}"] += 1
                    examples.setdefault(f"{operation}: {what}", told)
            if child.process.poll() is not None and child.process.stdout.closed:
                selector.unregister(key.fileobj)
                children.remove(child)
                if child.next < child.last and not over():
                    start(child.next, child.last)
        for child in children:
            if child.current is not None and time.monotonic() - child.began > CASE_SECONDS:
                child.process.kill()
    print(f"{count} cases in {time.monotonic() - began:.0f} s, {len(found)} kinds of faults")
    return report(found, examples, arguments)


def report(found: Counter, examples: dict[str, dict], arguments: argparse.Namespace) -> int:
    """Print the kinds of faults, the most frequent first, and keep an example of each; the exit status."""
    for kind, times in found.most_common():
        told = examples[kind]
        print(f"  {times:5d}  {kind}  (--case {told['end']}) {'; '.join(told['done'])}")
        if arguments.keep:
            keep_case(told["end"], arguments)
    return 1 if found else 0


def keep_case(seed: int, arguments: argparse.Namespace) -> None:
    import mutations

    folder = arguments.keep / f"case-{seed}"
    if not folder.exists():
        folder.mkdir(parents=True)
        mutations.make_case(seed, mutations.bases(arguments.data), folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, help="stop after so long")
    parser.add_argument("--data", type=Path, nargs="+")
    parser.add_argument("--keep", type=Path, help="write found cases here")
    parser.add_argument("--no-load", action="store_true", help="load nothing; so it is, too, where slicer-core is not installed")
    parser.add_argument("--case", type=int)
    parser.add_argument("--replay", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--minimise", type=Path, metavar="OUT")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.no_load = arguments.no_load or importlib.util.find_spec("slicer") is None
    if not arguments.data:
        arguments.data = [*default_data(), practice_data()]
    if arguments.worker:
        first, last = map(int, arguments.worker.split(":"))
        worker(first, last, arguments.data, not arguments.no_load)
        return 0
    if arguments.replay is not None:
        return replay(arguments.replay or sorted(path for path in CORPUS.iterdir() if path.is_dir()), not arguments.no_load)
    if arguments.case is not None and arguments.minimise:
        return minimise_case(arguments.case, arguments)
    if arguments.case is not None:
        worker(arguments.case, arguments.case + 1, arguments.data, not arguments.no_load, told=True)
        return 0
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
