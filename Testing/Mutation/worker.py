"""Runs chosen tests on one broken copy of the project after the other, each time in a process forked from this one.

``python worker.py collected`` collects the whole suite once, from the copy that is the current folder, and puts each breakage
into the live functions of the child: nothing is imported anew. ``python worker.py anew`` imports only packages of others and lets
each child collect its tests, for breakages that take effect when their module is imported. One JSON object a line comes in, one
word a line goes out: ``noticed``, ``survived``, ``too long``, or ``unable`` where a live function cannot be changed so.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TESTS = "Testing/Python"
OF_OTHERS = ("hypothesis", "numpy", "pydicom", "pydicom.pixels", "requests", "rich.console", "slicer", "vtk", "PySide6.QtWidgets")
LARGEST_BYTES = 8 * 2**30
LONGEST_SECONDS = 900  # on the wall; a lock that is never given back costs no CPU
OPTIONS = ["-q", "-x", "-s", "-p", "no:cacheprovider", "--tb=no", f"--basetemp={os.getcwd()}.tests"]
UNABLE = 77
ANSWERS = os.fdopen(os.dup(1), "w")


class Collected:
    """A pytest plugin that answers instead of running what was collected."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        functions: dict[str, list[types.FunctionType]] = defaultdict(list)
        for one in gc.get_objects():
            if isinstance(one, types.FunctionType):
                functions[one.__code__.co_filename].append(one)

        def work(asked: dict[str, Any]) -> int:
            file = Path(asked["file"]).absolute()
            if not put_into(functions[str(file)], file):
                return UNABLE
            chosen = [items[test] for test in asked["tests"] if test in items]
            for item, following in zip(chosen, [*chosen[1:], None]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    return 1
            return 0

        answer_all(work)
        return True


def put_into(functions: list[types.FunctionType], file: Path) -> bool:
    """Give functions the code that their file has for them now, by name and line; False where that cannot be done.

    Functions inside functions come with the one around them.
    """
    keys: Counter[tuple[str, int]] = Counter()
    new: dict[tuple[str, int], types.CodeType] = {}
    for code in _codes(compile(file.read_bytes(), str(file), "exec")):
        key = code.co_name, code.co_firstlineno
        keys[key] += 1
        new[key] = code
    for function in functions:
        old = function.__code__
        key = old.co_name, old.co_firstlineno
        if keys[key] != 1 or new[key].co_freevars != old.co_freevars:
            return False
        function.__code__ = new[key]
    return bool(functions)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


class Chosen:
    """A pytest plugin: of what is collected only the chosen tests, in their order."""

    def __init__(self, tests: list[str]):
        self._order = {test: number for number, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid])


def run_anew(asked: dict[str, Any]) -> int:
    files = list(dict.fromkeys(test.partition("::")[0] for test in asked["tests"]))
    return int(pytest.main([*OPTIONS, *files], plugins=[Chosen(asked["tests"])]))


def answer_all(work: Callable[[dict[str, Any]], int]) -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        print(in_child(lambda asked=asked: work(asked), asked["cpu_seconds"]), file=ANSWERS, flush=True)


def in_child(work: Callable[[], int], cpu_seconds: int) -> str:
    """What the tests said in a process of their own."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
            resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_BYTES, LARGEST_BYTES))
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(nothing, descriptor)
            status = work()
        finally:
            os._exit(status)
    end = time.monotonic() + LONGEST_SECONDS
    done, code = os.waitpid(child, os.WNOHANG)
    while not done and time.monotonic() < end:
        time.sleep(0.01)
        done, code = os.waitpid(child, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError):  # the child, or what its tests left running
        os.killpg(child, signal.SIGKILL)
    if not done:
        os.waitpid(child, 0)
        return "too long"
    if os.WIFSIGNALED(code):
        return "too long" if os.WTERMSIG(code) in (signal.SIGXCPU, signal.SIGKILL) else "noticed"
    status = os.WEXITSTATUS(code)
    return {0: "survived", pytest.ExitCode.NO_TESTS_COLLECTED: "survived", UNABLE: "unable"}.get(status, "noticed")


def main(mode: str) -> int:
    if mode == "collected":
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return int(pytest.main([*OPTIONS, TESTS], plugins=[Collected()]))
    for name in OF_OTHERS:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    answer_all(run_anew)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
