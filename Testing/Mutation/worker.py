"""Runs chosen tests in one copy of the project, again and again, each time in a process forked from this one.

The packages of others are imported once, here; the project's own code by each child. One JSON object a line comes in,
``{"tests": […], "cpu_seconds": …}``, and one word a line goes out: ``noticed``, ``survived`` or ``too long``.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time

FIRST = (
    "hypothesis", "numpy", "pydicom", "pydicom.pixels", "pytest", "requests", "rich.console", "slicer", "vtk",
    "PySide6.QtWidgets", "PIL.Image", "highdicom", "nibabel",
)  # fmt: skip
LARGEST_BYTES = 8 * 2**30
LONGEST_SECONDS = 900  # on the wall; a lock that is never given back costs no CPU


class Chosen:
    """A pytest plugin: of what was collected only the chosen tests, in their order."""

    def __init__(self, tests: list[str]):
        self._order = {test: number for number, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid])


def _run(tests: list[str], cpu_seconds: int) -> None:
    """In the child: never returns."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST_BYTES, LARGEST_BYTES))
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    import pytest

    files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
    options = ["-q", "-x", "-p", "no:cacheprovider", "--tb=no", f"--basetemp={os.getcwd()}.tests"]
    os._exit(int(pytest.main([*options, *files], plugins=[Chosen(tests)])))


def answer(tests: list[str], cpu_seconds: int) -> str:
    if not tests:
        return "survived"
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _run(tests, cpu_seconds)
    end = time.monotonic() + LONGEST_SECONDS
    status = None
    while status is None:
        done, code = os.waitpid(child, os.WNOHANG)
        if done:
            status = code
        elif time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            status = signal.SIGXCPU
        else:
            time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):  # what the tests may have left running
        os.killpg(child, signal.SIGKILL)
    if os.WIFSIGNALED(status):
        return "too long" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "noticed"
    if os.WEXITSTATUS(status) in (3, 4):
        raise RuntimeError(f"pytest did not run {tests[0]} and {len(tests) - 1} others")
    return "survived" if os.WEXITSTATUS(status) in (0, 5) else "noticed"


def main() -> int:
    for name in FIRST:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    sys.dont_write_bytecode = True
    for line in sys.stdin:
        asked = json.loads(line)
        print(answer(asked["tests"], asked["cpu_seconds"]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
