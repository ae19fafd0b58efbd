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
    found: dict[str, Path] = {}
    skipped: list[SkippedFile] = []
    real_folder_of = lru_cache(maxsize=64)(os.path.realpath)

    def unlistable(error: OSError) -> None:
        skipped.append(unreadable_file(Path(error.filename), error.strerror or str(error)))

    def take(path: Path, key: str) -> None:
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            reason = "not-there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            skipped.append(unreadable_file(path, reason))
            return
        if stat.S_ISREG(mode):
            if not (path.name.startswith("._") and _is_apple_double(path)):
                found.setdefault(key, path)
        elif not stat.S_ISDIR(mode):
            skipped.append(unreadable_file(path, "no-regular-file"))

    for path in [paths] if isinstance(paths, (str, Path)) else paths:
        path = Path(path)
        if not path.is_dir():
            # Of many files named one by one, most share their folder.
            take(path, os.path.realpath(path) if path.is_symlink() else os.path.join(real_folder_of(path.parent), path.name))
            continue
        for folder, folders, names in os.walk(path, onerror=unlistable):
            folders[:] = sorted(name for name in folders if name.lower() not in IGNORED_FOLDERS)
            real_folder, here = os.path.realpath(folder), Path(folder)
            for name in sorted(names):
                if name.lower() not in IGNORED_NAMES:
                    take(here / name, os.path.join(real_folder, name))
    return list(found.values()), skipped


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
