"""A flag that a call gives changes something: it is not what the callee would take anyway (by its own signature)."""

from __future__ import annotations

import ast
import base64
import dataclasses
import inspect
import json
import shutil
import subprocess
import threading
import typing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pydicom.encaps
import pydicom.values
import rich.console
import rich.progress
import rich.table
from pydicom.dataset import Dataset, FileDataset

LIBRARY = Path(__file__).resolve().parents[2] / "DICOMTutorialHelper" / "DICOMTutorialHelperLib"
OF_OTHERS: dict[str, Callable[..., Any]] = {
    "mkdir": Path.mkdir, "unlink": Path.unlink, "rmtree": shutil.rmtree, "dumps": json.dumps, "Thread": threading.Thread,
    "dataclass": dataclasses.dataclass, "field": dataclasses.field, "dcmread": pydicom.dcmread,
    "private_block": Dataset.private_block, "FileDataset": FileDataset, "encapsulate": pydicom.encaps.encapsulate,
    "Table": rich.table.Table, "add_column": rich.table.Table.add_column, "Progress": rich.progress.Progress,
    "get_type_hints": typing.get_type_hints, "b64decode": base64.b64decode, "Popen": subprocess.Popen.__init__,
    "shutdown": ThreadPoolExecutor.shutdown, "__init__": rich.console.Console, "unique": np.unique, "norm": np.linalg.norm,
    "convert_SQ": pydicom.values.convert_SQ,
    # What has no signature to ask, or another by version.
    "sorted": lambda values, *, key=None, reverse=False: None, "sort": lambda *, key=None, reverse=False: None,
    "byteswap": lambda inplace=False: None, "astype": lambda dtype, copy=True: None, "popitem": lambda last=True: None,
    "save_as": lambda path, enforce_file_format=False, write_like_original=True: None,
    "get": lambda address, stream=False, allow_redirects=True: None,
    "add_argument": lambda *names, required=False: None, "add_subparsers": lambda *, required=False: None,
    # Of files and of rich's console, under one name.
    "print": lambda *values, flush=False, soft_wrap=None, markup=None, highlight=None: None,
}  # fmt: skip


def flags_given() -> Iterator[tuple[str, str, str, bool]]:
    """Every yes or no that a call gives by its name: where, to what, the name, the value."""
    for path in sorted(LIBRARY.rglob("*.py")):
        inside = path.relative_to(LIBRARY).as_posix()
        if inside.startswith(("panel/", "selftest/")):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                callee = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                for keyword in node.keywords:
                    if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool):
                        yield f"{inside}:{node.lineno}", callee, keyword.arg or "", keyword.value.value


def own_defaults() -> dict[tuple[str, str], set[Any]]:
    """What the library's own functions and dataclasses take where nothing is given, by their names."""
    found: dict[tuple[str, str], set[Any]] = {}

    def note(callee: str, name: str, default: ast.expr) -> None:
        if isinstance(default, ast.Constant):
            found.setdefault((callee, name), set()).add(default.value)

    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
                        note(node.name, line.target.id, line.value)
                    elif isinstance(line, ast.FunctionDef) and line.name == "__init__":
                        for name, default in _defaults(line):
                            note(node.name, name, default)
            elif isinstance(node, ast.FunctionDef):
                for name, default in _defaults(node):
                    note(node.name, name, default)
    return found


def _defaults(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    placed = [*function.args.posonlyargs, *function.args.args]
    yield from ((one.arg, value) for one, value in zip(reversed(placed), reversed(function.args.defaults)))
    yield from ((one.arg, value) for one, value in zip(function.args.kwonlyargs, function.args.kw_defaults) if value is not None)


def test_no_call_gives_a_flag_that_is_so_anyway():
    own = own_defaults()
    needless, count = [], 0
    for where, callee, name, value in flags_given():
        if (callee, name) in own:
            defaults = own[callee, name]
        elif callee in OF_OTHERS:
            parameters = inspect.signature(OF_OTHERS[callee]).parameters
            if name not in parameters:
                continue
            defaults = {parameters[name].default}
        else:
            continue
        count += 1
        if any(default is not inspect.Parameter.empty and bool(default) == value for default in defaults):
            needless.append(f"{where} {callee} {name}={value}")
    assert needless == []
    assert count > 200
