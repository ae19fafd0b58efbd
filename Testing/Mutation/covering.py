"""Which test runs which line of the library: recorded once with coverage.py, asked for every breakage.

Run in a copy of the project, ``python Testing/Mutation/covering.py MAP [TEST FILE …]`` runs these test files (all of them) and
writes the map. Where there is a map, only test files that changed since are run, and lines of the library that were moved since
keep their tests. A fixture that several tests share runs once; each of these tests counts as having run its lines. A test that
fails while nothing is broken is left out: it would notice anything.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIBRARY = Path("DICOMTutorialHelper", "DICOMTutorialHelperLib")
TESTS = Path("Testing", "Python")
LEAST_MOVED = 3  # lines in a row that are taken for moved to another file


@dataclass
class Covering:
    """``seconds``: test -> how much CPU it took; ``tests_of``: file -> line -> tests. Paths are relative to the project."""

    seconds: dict[str, float] = field(default_factory=dict)
    tests_of: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    imported_by: dict[str, set[str]] = field(default_factory=dict)  # file of the library -> test files that import it
    readers: set[str] = field(default_factory=set)  # test files that read the library's sources, as text
    sources: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, root: Path) -> Covering:
        recorded = Recorded.read(path).carried_to(root)
        by_line = {file: {line: set(tests) for line, tests in lines.items()} for file, lines in recorded.lines.items()}
        sources = {file: text.splitlines() for file, text in sources_of(root).items()}
        return cls(recorded.seconds, by_line, _importers(root), _readers(root), sources)

    def likely(self, path: Path, lines: Iterable[int], names: Iterable[str]) -> list[str]:
        """The tests that may notice a breakage: those that run it, then those that import its file, then those that read sources;
        each lot with the quickest of the file's own tests first. The second lot is needed where a result is kept
        (``functools.cache``): only the first test that asks for it runs the lines."""
        file = path.as_posix()
        running = set(self._running(file, lines, names))
        own = self.imported_by.get(file, set())
        using = {test for test in self.seconds if test.partition("::")[0] in own} - running
        reading = {test for test in self.seconds if test.partition("::")[0] in self.readers} - running - using

        def order(test: str) -> tuple[bool, float]:
            return test.partition("::")[0] not in own, self.seconds[test]

        return sorted(running, key=order) + sorted(using, key=order) + sorted(reading, key=order)

    def _running(self, file: str, lines: Iterable[int], names: Iterable[str]) -> Iterator[str]:
        lines = tuple(lines)
        if lines:
            yield from self._at(file, lines)
            return
        words = [re.compile(rf"\b{re.escape(name)}\b") for name in names]
        for other, source in self.sources.items() if words else ():
            yield from self._at(other, [n for n, text in enumerate(source, start=1) if any(word.search(text) for word in words)])
        if not words:
            yield from self._at(file, self.tests_of.get(file, {}))

    def _at(self, file: str, lines: Iterable[int]) -> Iterator[str]:
        by_line = self.tests_of.get(file, {})
        for line in lines:
            yield from (test for test in by_line.get(line, ()) if test in self.seconds)


def sources_of(root: Path) -> dict[str, str]:
    return {file.relative_to(root).as_posix(): file.read_text() for file in sorted((root / LIBRARY).rglob("*.py"))}


def fingerprint(root: Path, test_file: str) -> str:
    """Of a test file and of what pytest reads with it."""
    folders = [folder for folder in (root / test_file).parents if folder.is_relative_to(root / TESTS)]
    read = [root / test_file, *(folder / "conftest.py" for folder in folders)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in read if file.is_file())).hexdigest()


@dataclass
class Recorded:
    """What the map keeps: ``lines`` are those of ``sources``, as these files were."""

    fingerprints: dict[str, str] = field(default_factory=dict)  # of test files
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Recorded:
        if not path.is_file():
            return cls()
        kept = json.loads(path.read_text())
        names = list(kept["seconds"])
        lines = {
            file: {int(line): [names[number] for number in numbers] for line, numbers in by_line.items()}
            for file, by_line in kept["lines"].items()
        }
        return cls(kept["fingerprints"], kept["seconds"], lines, kept["sources"])

    def write(self, path: Path) -> None:
        number = {test: index for index, test in enumerate(self.seconds)}
        lines = {
            file: {line: sorted({number[test] for test in tests if test in number}) for line, tests in by_line.items()}
            for file, by_line in self.lines.items()
        }
        path.write_text(json.dumps({**vars(self), "lines": lines}))

    def carried_to(self, root: Path) -> Recorded:
        """With the lines of the files as they are now, moved to another file or not; those that are new have no tests."""
        sources = sources_of(root)
        lines: dict[str, dict[int, list[str]]] = {}
        for file, text in sources.items():
            # A file that is new may have its lines from any that changed or went.
            origins = [file] if file in self.sources else [one for one in self.lines if self.sources[one] != sources.get(one)]
            for origin in origins:
                for line, tests in self._carried(origin, text, least=1 if origin == file else LEAST_MOVED):
                    lines.setdefault(file, {}).setdefault(line, tests)
        return Recorded(self.fingerprints, self.seconds, lines, sources)

    def _carried(self, origin: str, text: str, least: int) -> Iterator[tuple[int, list[str]]]:
        """Lines of a text that are those of a file as it was, with their tests; ``least`` of them in a row."""
        by_line = self.lines.get(origin, {})
        old, new = self.sources[origin].splitlines(), text.splitlines()
        same = [difflib.Match(0, 0, len(old))]
        if old != new:
            same = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for a, b, length in same:
            for n in range(length if length >= least else 0):
                if a + n + 1 in by_line:
                    yield b + n + 1, by_line[a + n + 1]

    def without(self, test_files: Iterable[str]) -> Recorded:
        """Without what these test files told."""
        gone = set(test_files)

        def stays(test: str) -> bool:
            return test.partition("::")[0] not in gone

        lines = {
            file: {line: [test for test in tests if stays(test)] for line, tests in by_line.items()}
            for file, by_line in self.lines.items()
        }
        fingerprints = {file: told for file, told in self.fingerprints.items() if file not in gone}
        return Recorded(fingerprints, {test: took for test, took in self.seconds.items() if stays(test)}, lines, self.sources)


def _importers(root: Path) -> dict[str, set[str]]:
    """File of the library -> test files that import it themselves."""
    found: dict[str, set[str]] = defaultdict(set)
    for test in sorted((root / TESTS).rglob("test_*.py")):
        for node in ast.walk(ast.parse(test.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(LIBRARY.name):
                for name in ("", *(alias.name for alias in node.names)):
                    module = f"{node.module}.{name}".rstrip(".").replace(".", "/")
                    file = LIBRARY.parent / f"{module}.py"
                    if (root / file).is_file():
                        found[file.as_posix()].add(test.relative_to(root).as_posix())
    return found


def _readers(root: Path) -> set[str]:
    """Test files that parse the files of the library: what these hold is run by nobody."""
    found = set()
    for test in (root / TESTS).rglob("test_*.py"):
        names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(ast.parse(test.read_text()))}
        if {"LIBRARY", "ast", "parse"} <= names:
            found.add(test.relative_to(root).as_posix())
    return found


class Recorder:
    """A pytest plugin: gives coverage.py the running test, or the shared fixture that is being made, as its context."""

    def __init__(self, coverage: Any):
        self._coverage = coverage
        self._contexts = [""]
        self._began = 0.0
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.users: dict[str, set[str]] = defaultdict(set)  # context -> tests

    def _enter(self, context: str) -> None:
        self._contexts.append(context)
        self._coverage.switch_context(context)

    def _leave(self) -> None:
        self._contexts.pop()
        self._coverage.switch_context(self._contexts[-1])

    def pytest_runtest_protocol(self, item: Any) -> None:
        self._contexts = [""]
        self._began = sum(os.times()[:4])
        self._enter(item.nodeid)
        self.users[item.nodeid].add(item.nodeid)
        for definitions in item._fixtureinfo.name2fixturedefs.values():
            for definition in definitions:
                self.users[_fixture(definition)].add(item.nodeid)

    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[Any]:
        if fixturedef.scope == "function":
            return (yield)
        self._enter(_fixture(fixturedef))
        try:
            return (yield)
        finally:
            self._leave()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "teardown":
            self.seconds[report.nodeid] = sum(os.times()[:4]) - self._began
        if not report.passed:
            self.failed.add(report.nodeid)


def _fixture(definition: Any) -> str:
    return f"fixture {definition.baseid} {definition.argname}"


def record(map_path: Path, chosen: list[str]) -> None:
    root = Path.cwd()
    known = Recorded.read(map_path).carried_to(root)
    there = {file.relative_to(root).as_posix() for file in (root / TESTS).rglob("test_*.py")}
    wanted = {file for file in there if not chosen or any(file.startswith(one) for one in chosen)}
    stale = sorted(file for file in wanted if known.fingerprints.get(file) != fingerprint(root, file))
    known = known.without({*stale, *(known.fingerprints.keys() - there)})
    if stale:
        _run(root, stale, known)
    known.write(map_path)


def _run(root: Path, test_files: list[str], known: Recorded) -> None:
    """Run test files and add what they ran."""
    import coverage
    import pytest

    Recorder.pytest_fixture_setup = pytest.hookimpl(wrapper=True)(Recorder.pytest_fixture_setup)
    Recorder.pytest_runtest_protocol = pytest.hookimpl(tryfirst=True)(Recorder.pytest_runtest_protocol)
    measured = coverage.Coverage(data_file=None, source=[str(root / LIBRARY)], config_file=False)
    recorder = Recorder(measured)
    measured.start()
    try:
        pytest.main(["-q", "-p", "no:cacheprovider", "--tb=short", *test_files], plugins=[recorder])
    finally:
        measured.stop()
    known.seconds.update({test: took for test, took in recorder.seconds.items() if test not in recorder.failed})
    ran, failed = ({test.partition("::")[0] for test in tests} for tests in (recorder.seconds, recorder.failed))
    # A file that failed, or could not even be collected, is asked again the next time.
    known.fingerprints.update({file: fingerprint(root, file) for file in test_files if file in ran - failed})
    data = measured.get_data()
    for file in data.measured_files():
        by_line = known.lines.setdefault(Path(file).relative_to(root).as_posix(), {})
        for line, contexts in data.contexts_by_lineno(file).items():
            by_line.setdefault(line, []).extend({test for context in contexts for test in recorder.users.get(context, ())})


if __name__ == "__main__":
    record(Path(sys.argv[1]), sys.argv[2:])
