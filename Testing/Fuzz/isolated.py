"""Faults of a folder found in a forked child, which may be ended or run out of memory in place of who asks."""

from __future__ import annotations

import json
import os
import resource
import tempfile
from collections.abc import Iterable
from pathlib import Path

import operations


def faults_of(folder: Path, names: Iterable[str], memory_bytes: int) -> list[tuple[str, str]]:
    """(operation, what went wrong) of the operations of these names; the child's own end is one, too."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
                found = operations.faults_of(folder, Path(scratch), names)
            os.write(writing, json.dumps(found).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if status or not told:
        return [("process", f"ended with {os.waitstatus_to_exitcode(status)}")]
    return [(operation, what) for operation, what in json.loads(told)]


def shows(files: dict[str, bytes], wanted: tuple[str, str], memory_bytes: int) -> bool:
    """Whether files show a fault of the same operation and kind; numbers in what went wrong may differ."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        names = list(operations.OPERATIONS) if wanted[0] == "process" else [wanted[0]]
        found = faults_of(Path(folder), names, memory_bytes)
    return any((operation, _kind(what)) == (wanted[0], _kind(wanted[1])) for operation, what in found)


def _kind(what: str) -> str:
    return "".join(sign for sign in what if not sign.isdigit() and sign not in ".+-e")
