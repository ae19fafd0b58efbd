"""The files below some paths: the one walk of every reader, and why a file is left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Union

from DICOMTutorialHelperLib.dicom.findings import WARNING, Finding

PathLike = Union[str, Path]

IGNORED_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
# What file managers and a download that is not whole yet leave there.
IGNORED_FOLDERS = {"__macosx", ".dicom-tutorial-downloads"}
# What macOS keeps of a file on other systems' drives: "._name", beginning so (RFC 1740).
APPLE_DOUBLE = b"\x00\x05\x16\x07"

NO_FILE = "no-regular-file"  # the reason that names a folder, a pipe, a socket, a device
# To open a pipe may never end: where the system knows it, files are opened so.
WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)

PREAMBLE_LENGTH = 128
MAGIC = b"DICM"


@dataclass(frozen=True)
class SkippedFile:
    """A file that gives no image, with the finding that says why."""

    path: Path
    finding: Finding


def find_dicom_files(paths: Union[PathLike, Iterable[PathLike]]) -> tuple[list[Path], list[SkippedFile]]:
    """Regular files of the paths and of the folders below them, each once, in a stable order: readers decide what is DICOM.

    What file managers leave behind is passed over; what is no file (FIFOs, sockets, devices), what is not there and what cannot
    be listed is named. Links are followed to files, not to folders, so that no walk is without end.
    """
    walk = _Walk()
    for path in [paths] if isinstance(paths, (str, Path)) else paths:
        walk.take(Path(path))
    return list(walk.found.values()), walk.skipped


class _Walk:
    """What was found below some paths: files by their real folder and their name in it."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Path] = {}
        self.skipped: list[SkippedFile] = []
        # Of many files named one by one, most share their folder.
        self._real_folder_of = lru_cache(maxsize=64)(os.path.realpath)

    def take(self, path: Path) -> None:
        """A file, or a folder and all below it, each folder's files first."""
        if not path.is_dir():
            folder, name = os.path.split(os.path.realpath(path)) if path.is_symlink() else (path.parent, path.name)
            self._take_named(path, (self._real_folder_of(folder), name))
            return
        to_come = [str(path)]
        while to_come:
            to_come += reversed(self._take_folder(to_come.pop()))

    def _take_folder(self, folder: str) -> list[str]:
        """The files in a folder; returns the folders in it."""
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            self.skipped.append(unreadable_file(Path(folder), error.strerror or str(error)))
            return []
        here, real_folder, folders = Path(folder), os.path.realpath(folder), []
        for entry in entries:
            if _is_folder(entry):
                if not entry.is_symlink() and entry.name.lower() not in IGNORED_FOLDERS:
                    folders.append(entry.path)
            elif entry.name.lower() not in IGNORED_NAMES:
                # Of plain files the list of the folder says that they are: no need to ask for each.
                take = self._take_file if entry.is_file(follow_symlinks=False) else self._take_named
                take(here / entry.name, (real_folder, entry.name))
        return folders

    def _take_named(self, path: Path, key: tuple[str, str]) -> None:
        """What may be a file, a link to one, or anything else."""
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            reason = "not-there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            self.skipped.append(unreadable_file(path, reason))
            return
        if stat.S_ISREG(mode):
            self._take_file(path, key)
        elif not stat.S_ISDIR(mode):
            self.skipped.append(unreadable_file(path, NO_FILE))

    def _take_file(self, path: Path, key: tuple[str, str]) -> None:
        if not (path.name.startswith("._") and _is_apple_double(path)):
            self.found.setdefault(key, path)


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, say
        return False


def begins_like_dicom(path: Path) -> bool:
    """Whether ``DICM`` stands after the preamble (PS3.10 section 7.1), or the file begins with group 2 or 8. Raises OSError."""
    with open(path, "rb", buffering=0) as file:
        head = file.read(PREAMBLE_LENGTH + len(MAGIC))
    return head[PREAMBLE_LENGTH:] == MAGIC or head[:2] in (b"\2\0", b"\x08\0", b"\0\2", b"\0\x08")


def unreadable_file(path: Path, reason: str) -> SkippedFile:
    """``reason`` is a variant of the finding's texts, or what the system or a reader says."""
    return SkippedFile(path, Finding("unreadable-file", WARNING, {"file": path.name, "reason": reason}))


def _is_apple_double(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(APPLE_DOUBLE)) == APPLE_DOUBLE
    except OSError:
        return False
