"""Files and folders that appear when they are whole: written beside their place, on the same disk, and moved with one rename.

After an error, a cancel or Ctrl-C the target is as it was and nothing of ours lies beside it. After a kill or a power cut, the
next run that writes there makes it so: what was left (its name begins with ``.unfinished-``) goes, what was half moved goes back.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Optional

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PREFIX = ".unfinished-"
LOCK = ".lock"  # a file beside a staging folder, locked as long as somebody writes there
FLUSHED_AT_A_TIME = 8
JOURNAL = ".journal"  # in a staging folder while files are replaced: what moves where


@contextlib.contextmanager
def staged_file(target: Path, overwrite: bool = False) -> Iterator[Path]:
    """Gives a path beside ``target`` to write to; what was written there becomes ``target`` when the block ends without an error.

    A symbolic link keeps pointing where it points; a device or a pipe such as /dev/stdout is written to directly. Raises
    FileExistsError where there is such a file and ``overwrite`` is not asked for, and any other OSError of the disk.
    """
    target = Path(os.path.realpath(target))
    mode = _mode(target)
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(21, os.strerror(21), str(target))
    if mode is not None and not stat.S_ISREG(mode):
        yield target
        return
    if mode is not None and not overwrite:
        raise FileExistsError(17, os.strerror(17), str(target))
    with staging_folder(target.parent) as staging:
        written = staging / target.name
        yield written
        if mode is not None:
            os.chmod(written, stat.S_IMODE(mode))
        _flush(written)
        if overwrite:
            os.replace(written, target)
        else:
            _rename_to_free_name(written, target)
        _flush(target.parent)


@contextlib.contextmanager
def staged_folder(target: Path, replace: bool = False) -> Iterator[Path]:
    """Gives an empty folder beside ``target`` that becomes ``target`` when the block ends without an error.

    ``target`` may exist if it is empty, or if it is to be replaced. Raises FileExistsError where it holds something by the end of
    the block, and any other OSError of the disk.
    """
    target = Path(os.path.realpath(target))
    with staging_folder(target.parent) as staging:
        folder = staging / target.name
        folder.mkdir()
        yield folder
        move_whole(folder, target, replace)


@contextlib.contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """A new empty folder inside ``parent``, gone when the block ends however it ends; move out of it what is whole.

    ``parent`` is made where it is not there, and goes again if nothing was put into it. What a killed run left there goes, too.
    """
    parent = Path(parent)
    made = _make_folders(parent)
    lock: Optional[tuple[IO[bytes], Path]] = None
    try:
        remove_abandoned(parent)
        lock = _new_lock(parent)
        staging = lock[1].with_suffix("")
        try:
            staging.mkdir()
            yield staging
        finally:
            if not (staging / JOURNAL).exists():  # else putting back failed, and the next run tries again
                shutil.rmtree(staging, ignore_errors=True)
    finally:
        if lock is not None:
            _release(*lock)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def move_whole(made: Path, target: Path, replace: bool = False) -> None:
    """Rename the folder or file ``made`` to ``target``, on the same disk; what was there before is put back if that fails.

    Raises FileExistsError where ``target`` is something else than an empty folder and is not to be replaced, and any other
    OSError; then ``target`` is as it was. The folders above it are made where they are not there.
    """
    target = Path(os.path.realpath(target))
    if target.is_dir() and not any(target.iterdir()) and os.name == "nt":
        target.rmdir()  # there, a rename never replaces a folder
    empty = target.is_dir() and not target.is_symlink() and not any(target.iterdir())
    if os.path.lexists(target) and not empty and not replace:
        raise FileExistsError(17, os.strerror(17), str(target))
    _flush_below(made)
    if replace and os.path.lexists(target):
        _place([(made, target.name)], target.parent)
        return
    above = _make_folders(target.parent)
    try:
        _rename_to_free_name(made, target)
    except BaseException as error:
        for folder in reversed(above):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError) and target.is_dir() and any(target.iterdir()):  # another run was faster
            raise FileExistsError(17, os.strerror(17), str(target)) from error
        raise
    _flush(target.parent)


def merge_whole(staging: Path, target: Path, overwrite: bool = False) -> list[Path]:
    """Move all files below ``staging`` to the same places below the folder ``target``: all of them, or none; returns them there.

    Raises FileExistsError with the first file in the way before anything is moved unless ``overwrite`` (a folder in the way of a
    file, or a file in the way of a folder, never goes), and any other OSError; then ``target`` is as it was.
    """
    target = Path(os.path.realpath(target))
    units = list(_units(staging, target, overwrite))
    files = [target / path.relative_to(staging) for path in sorted(staging.rglob("*")) if not path.is_dir()]
    _flush_below(staging)
    _place([(staging / unit, unit) for unit in units], target)
    return files


def _units(staging: Path, target: Path, overwrite: bool, below: str = "") -> Iterator[str]:
    """What to rename: whole folders where nothing is yet, single files elsewhere."""
    for path in sorted((staging / below).iterdir()):
        unit = f"{below}{path.name}"
        there = target / unit
        if not os.path.lexists(there):
            yield unit
        elif path.is_dir() and there.is_dir():
            yield from _units(staging, target, overwrite, f"{unit}/")
        elif overwrite and path.is_file() and not there.is_dir():
            yield unit
        else:
            raise FileExistsError(17, os.strerror(17), str(there))


def _place(moves: list[tuple[Path, str]], target: Path) -> None:
    """Rename all, or none: what is replaced waits in a folder with a journal, by which the next run undoes a killed one."""
    with staging_folder(target) as attic:
        entries = []
        for number, (source, unit) in enumerate(moves):
            status = os.lstat(source)
            entries.append({"unit": unit, "kept": f"{number}.before", "id": [status.st_dev, status.st_ino]})
        journal = attic / JOURNAL
        try:
            journal.write_text(json.dumps(entries), encoding="utf-8")
            _flush(journal)
        except BaseException:
            journal.unlink(missing_ok=True)  # nothing was moved yet: there is nothing to undo
            raise
        try:
            for number, (source, unit) in enumerate(moves):
                place = target / unit
                if os.path.lexists(place):
                    os.rename(place, attic / f"{number}.before")
                _rename_to_free_name(source, place)
            _flush(target)
            journal.unlink()  # from here on it is done
        except BaseException:
            _undo(attic, target)
            raise


def _undo(attic: Path, target: Path) -> None:
    """Put back what a journal says was moved; what others put there meanwhile stays."""
    try:
        entries = json.loads((attic / JOURNAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # nothing was moved yet, or all is done
    for entry in reversed(entries):
        place, kept = target / entry["unit"], attic / entry["kept"]
        if os.path.lexists(place):
            status = os.lstat(place)
            if [status.st_dev, status.st_ino] != entry["id"]:
                continue
            if place.is_dir() and not place.is_symlink():
                os.rename(place, attic / f"{entry['kept']}.undone")
            else:
                place.unlink()
        if os.path.lexists(kept):
            os.rename(kept, place)
    (attic / JOURNAL).unlink()


def remove_abandoned(parent: Path) -> None:
    """Remove the staging folders in ``parent`` whose run was killed, after undoing what it had half moved; others' stay."""
    for path in parent.glob(f"{PREFIX}*{LOCK}"):
        try:
            lock = open(path, "r+b")  # noqa: SIM115 (_release closes it)
        except OSError:
            continue
        if not _locked(lock):
            lock.close()
            continue
        staging = path.with_suffix("")
        with contextlib.suppress(OSError):
            _undo(staging, parent)
            shutil.rmtree(staging, ignore_errors=True)
        _release(lock, path)


def _new_lock(parent: Path) -> tuple[IO[bytes], Path]:
    """A locked file with a new name. Another run may find it before it is locked, and remove it: then there is another name."""
    while True:
        path = parent / f"{PREFIX}{secrets.token_hex(8)}{LOCK}"
        lock = open(path, "xb")  # noqa: SIM115 (_release closes it)
        _locked(lock)
        if path.exists():
            return lock, path
        lock.close()


def _locked(lock: IO[bytes]) -> bool:
    """Whether the lock of a file could be had; False on disks that have none, where nothing is ever taken for abandoned."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _release(lock: IO[bytes], path: Path) -> None:
    """Remove a lock's file, unless its staging folder is still there and the next run has to see to it."""
    if os.name == "nt":
        lock.close()  # an open file cannot be removed there
    try:
        if not path.with_suffix("").exists():
            path.unlink()
    except OSError:
        pass  # the next run removes it
    finally:
        lock.close()


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder with those above it; returns the ones that were not there, the uppermost first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    made: list[Path] = []
    try:
        for one in reversed(missing):
            one.mkdir(exist_ok=True)
            made.append(one)
        if not folder.is_dir():
            raise NotADirectoryError(20, os.strerror(20), str(folder))
    except OSError:
        for one in reversed(made):
            with contextlib.suppress(OSError):
                one.rmdir()
        raise
    return made


def _rename_to_free_name(source: Path, target: Path) -> None:
    """A rename would replace a file that came meanwhile, a link fails; of folders, a rename replaces empty ones only."""
    if source.is_dir():
        os.rename(source, target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        if os.path.lexists(target):
            raise FileExistsError(17, os.strerror(17), str(target)) from None
        os.rename(source, target)
    else:
        source.unlink()


@contextlib.contextmanager
def flushing(staging: Path) -> Iterator[None]:
    """Have the disk write what lies below ``staging`` by now while the block goes on: moving it out then takes less time.

    Raises any OSError of the disk when the block ends.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        flushed = pool.submit(_flush_files, _files_below(staging))
        yield
        flushed.result()


def _flush_below(folder: Path) -> None:
    """A rename may reach the disk before the data do, and a full disk may show only now."""
    _flush_files(_files_below(folder))


def _files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def _flush_files(files: list[Path]) -> None:
    from concurrent.futures import ThreadPoolExecutor  # late: it brings logging, and most commands write nothing

    # Several at a time: a disk writes together what waits, ten times as fast as one file after the other.
    with ThreadPoolExecutor(FLUSHED_AT_A_TIME) as pool:
        for _ in pool.map(_flush, files):
            pass  # an error of one file is raised here


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # folders cannot be opened there
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mode(path: Path) -> Optional[int]:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
