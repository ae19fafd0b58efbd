"""Breaks the library in one place after the other, runs the tests of that room, and tells which breakages nobody noticed.

    python Testing/Mutation/run_mutations.py --seed 1 --count 200

A breakage changes one comparison, operator, number, boolean, return value or call in a file of DICOMTutorialHelperLib; the same
seed always makes the same ones. Everything happens in temporary copies, one a worker. A breakage takes a minute or more, so this
is no part of CI. It ends with 1 where more than ``--most-survivors`` percent were not noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path("DICOMTutorialHelper", "DICOMTutorialHelperLib")
TESTS = Path("Testing", "Python")
COPIED = ("DICOMTutorialHelper", "Resources", "Testing", "pyproject.toml", "README.md", "docs", "CMakeLists.txt")
LEFT_OUT = ("panel", "selftest")  # unless asked for: their tests need Qt, or the application itself
# Where a drawn body lies and how bright it is: a rib a millimetre longer is no fault.
DRAWN = re.compile(r"data/synthetic/(breast_anatomy|torso_(?!ct)\w+|shapes)\.py")
# Room -> the tests that may notice: its own first, then those that use it.
TESTS_OF = {
    "dicom": ("dicom", "scene"),
    "explore": ("explore", "commands"),
    "data": ("data",),
    "scene": ("scene", "test_plugins.py"),
    "workspace/headless": ("workspace/headless", "workspace/test_contract.py"),
    "workspace/slicer": ("workspace/slicer", "panel/test_settings_form.py"),
    "workspace": ("workspace/test_contract.py",),
    "tutorial": ("tutorial", "commands/test_tutorial.py"),
    "pages": ("panel",),
    "panel": ("panel",),
    "commands": ("commands",),
    "selftest": ("workspace/slicer",),
    "": ("test_house.py", "dicom", "explore"),
}
COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SYMBOLS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.And: "and", ast.Or: "or",
}  # fmt: skip
OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.And: "or", ast.Or: "and"}
LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Mutation:
    """``start`` and ``end`` are byte offsets in a file of the library, relative to ROOT."""

    path: Path
    line: int
    start: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(LIBRARY)}:{self.line}: {self.before} -> {self.after}"

    def apply(self, content: bytes) -> bytes:
        return content[: self.start] + self.after.encode() + content[self.end :]


def mutations_of(path: Path, content: bytes) -> list[Mutation]:
    """Every breakage of a file that still parses, in the order of the file."""
    offsets = [0]
    for line in content.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    found: list[Mutation] = []

    def place(line: int, column: int) -> int:
        return offsets[line - 1] + column

    def add(node: ast.AST, start: int, end: int, after: str) -> None:
        before = content[start:end].decode()
        mutation = Mutation(path, node.lineno, start, end, before, after)
        try:
            ast.parse(mutation.apply(content))
        except SyntaxError:
            return
        found.append(mutation)

    def between(left: ast.expr, right: ast.expr, symbol: str, after: str) -> None:
        start, end = place(left.end_lineno, left.end_col_offset), place(right.lineno, right.col_offset)
        at = content.find(symbol.encode(), start, end)
        if at >= 0:
            add(left, at, at + len(symbol.encode()), after)

    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            kind = type(node.ops[0])
            between(node.left, node.comparators[0], SYMBOLS[kind], COMPARISONS[kind])
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _has_text(node):
            between(node.left, node.right, SYMBOLS[type(node.op)], OPERATORS[type(node.op)])
        elif isinstance(node, ast.BoolOp):
            between(node.values[0], node.values[1], SYMBOLS[type(node.op)], OPERATORS[type(node.op)])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            add(node, place(node.lineno, node.col_offset), place(node.operand.lineno, node.operand.col_offset), "")
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            start, end = place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)
            add(node, start, end, str(not node.value) if isinstance(node.value, bool) else repr(node.value + 1))
        elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
            start, end = (
                place(node.value.lineno, node.value.col_offset),
                place(node.value.end_lineno, node.value.end_col_offset),
            )
            add(node, start, end, "None")
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            add(node, place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset), "pass")
    return sorted(set(found), key=lambda mutation: (mutation.start, mutation.after))


def _has_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, (ast.JoinedStr, ast.Constant)) and not _is_number(side) for side in (node.left, node.right))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def room_of(path: Path) -> str:
    """The most special room of TESTS_OF that a file of the library lies in."""
    inside = path.relative_to(LIBRARY).parent.as_posix()
    return next((room for room in sorted(TESTS_OF, key=len, reverse=True) if f"{inside}/".startswith(f"{room}/")), "")


def chosen(seed: int, count: int, rooms: list[str]) -> list[Mutation]:
    """``count`` breakages by chance, every place as likely as any other."""
    everything: list[Mutation] = []
    for path in sorted((ROOT / LIBRARY).rglob("*.py")):
        relative = path.relative_to(ROOT)
        top = relative.relative_to(LIBRARY).parts[0]
        drawn = DRAWN.fullmatch(relative.relative_to(LIBRARY).as_posix())
        if not drawn and ((top in rooms) if rooms else (top not in LEFT_OUT)):
            everything += mutations_of(relative, path.read_bytes())
    return random.Random(seed).sample(everything, min(count, len(everything)))


def run(mutation: Mutation, copy: Path) -> str:
    """``noticed``, ``survived`` or ``too long`` (an endless loop is noticed, too), in one copy of the project."""
    target = copy / mutation.path
    content = target.read_bytes()
    target.write_bytes(mutation.apply(content))
    try:
        for tests in TESTS_OF[room_of(mutation.path)]:
            command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no", str(TESTS / tests)]
            try:
                done = subprocess.run(command, cwd=copy, capture_output=True, timeout=LONGEST_SECONDS, check=False)
            except subprocess.TimeoutExpired:
                return "too long"
            if done.returncode not in (0, 5):
                return "noticed"
        return "survived"
    finally:
        target.write_bytes(content)


def copied(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, folder / name)
    return folder


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--room", action="append", default=[], help="only this room of the library; may be given again")
    parser.add_argument("--most-survivors", type=float, default=10.0, metavar="PERCENT")
    options = parser.parse_args(arguments)
    mutations = chosen(options.seed, options.count, options.room)
    results: Counter[str] = Counter()
    by_room: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(options.workers):
            copies.put(copied(Path(folder) / str(number)))

        def work(mutation: Mutation) -> tuple[Mutation, str]:
            copy = copies.get()
            try:
                return mutation, run(mutation, copy)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(options.workers) as pool:
            running = [pool.submit(work, mutation) for mutation in mutations]
            for number, future in enumerate(as_completed(running), start=1):
                mutation, result = future.result()
                results[result] += 1
                by_room[f"{room_of(mutation.path)} {result}"] += 1
                print(f"{number}/{len(mutations)} {result}: {mutation}", flush=True)
    percent = 100 * results["survived"] / max(len(mutations), 1)
    print(f"{len(mutations)} breakages, seed {options.seed}: {dict(results)}, {percent:.0f} % not noticed")
    print(", ".join(f"{name}: {count}" for name, count in sorted(by_room.items())))
    return int(percent > options.most_survivors)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
