"""Imports in less time: without requests, which pydicom wants for its own test data, searches for garbage, and unused symbols."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Optional

from DICOMTutorialHelperLib.collecting import collecting_paused

DOWNLOADS = "pydicom.data.download"  # which does without requests where that is not installed
NOT_NEEDED = "requests"


@contextmanager
def lasting_imports() -> Iterator[None]:
    """For programs: what is imported stays, so Python's search for garbage passes it by, meanwhile and ever after.

    slicer-core makes objects by the hundred thousand; each search went through all of them, the last one when the program ended.
    Functions of its libraries are looked up when they are called, as those of programs are: most never are.
    """
    lookup = sys.getdlopenflags() if hasattr(sys, "getdlopenflags") else None  # not on Windows
    if lookup is not None:
        sys.setdlopenflags(os.RTLD_LAZY)
    try:
        with collecting_paused():
            yield
            gc.freeze()
    finally:
        if lookup is not None:
            sys.setdlopenflags(lookup)


def import_pydicom_without_requests() -> None:
    """From now on pydicom does not bring requests along; what needs it imports it as ever."""
    if DOWNLOADS not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds the one module, with a loader of its own."""

    def find_spec(self, fullname: str, path=None, target=None) -> Optional[ModuleSpec]:
        if fullname != DOWNLOADS:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]  # importlib.abc is not worth its import here
        return spec


class _Loader:
    """Runs a module as if there were no requests."""

    def __init__(self, usual) -> None:
        self.usual = usual

    def create_module(self, spec: ModuleSpec) -> Optional[ModuleType]:
        return self.usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if NOT_NEEDED in sys.modules:
            self.usual.exec_module(module)
            return
        sys.modules[NOT_NEEDED] = None  # type: ignore[assignment]  # how Python is told that a module cannot be imported
        try:
            self.usual.exec_module(module)
        finally:
            del sys.modules[NOT_NEEDED]
