"""Unpacking archives from anywhere: nothing leaves the folder, nothing swells beyond bounds, nothing half-unpacked stays."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import IO, Optional

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.progress import Progress, no_progress

MOST_BYTES = 20 * 2**30
MOST_MEMBERS = 200_000
# Images pack to a third or so, empty ones to a hundredth; small archives may be all text.
MOST_RATIO = 200
RATIO_FREE_BYTES = 64 * 2**20
ROOM_TO_SPARE = 64 * 2**20
CHUNK = 1 << 20


def unpack_archive(archive: Path, target: Path, progress: Progress = no_progress) -> list[Path]:
    """Unpack a ZIP archive into ``target`` and return its files there; progress counts bytes.

    Everything is unpacked and checked (CRC included) in a folder beside first and then moved; files that are already in
    the target stay, and one that differs from the archive's stops the whole. Finder's .DS_Store, __MACOSX and ._ files are left
    out. Raises DataError, after which the target is as it was.
    """
    archive, target = Path(archive), Path(target)
    staging = staging_folder(target)
    try:
        unpack_into(archive, staging, progress)
        return move_into_place(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def staging_folder(target: Path) -> Path:
    """A new empty folder on the target's disk; its name begins with a dot and says what it is."""
    try:
        target.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=".unfinished-", dir=target))
    except OSError as error:
        raise DataError("cannot-write", path=target, detail=error.strerror or error) from error


def unpack_into(archive: Path, folder: Path, progress: Progress = no_progress) -> None:
    """Unpack into a new folder; what is there after an error is incomplete."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _checked_members(opened, archive)
            total = sum(member.file_size for member, _ in members)
            folder.mkdir(parents=True, exist_ok=True)
            check_room(folder, total)
            done = 0
            for member, name in members:
                path = folder.joinpath(*name.parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(member) as source, open(path, "xb") as sink:
                    done = _copy(source, sink, member.file_size, done, total, progress)
    except zipfile.BadZipFile as error:
        raise DataError(_what_it_is_instead(archive), path=archive) from error
    except (zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError("archive-damaged", path=archive) from error
    except OSError as error:
        raise DataError("cannot-write", path=error.filename or folder, detail=error.strerror or error) from error


def _checked_members(opened: zipfile.ZipFile, archive: Path) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files to unpack with their safe names; raises DataError for an archive that must not be unpacked."""
    members = []
    names = set()
    for member in opened.infolist():
        name = _safe_name(member, archive)
        if name is None:
            continue
        if member.flag_bits & 0x1:
            raise DataError("archive-encrypted", path=archive)
        if name.as_posix().lower() in names:
            raise DataError("archive-damaged", path=archive)
        names.add(name.as_posix().lower())
        members.append((member, name))
    total = sum(member.file_size for member, _ in members)
    packed = sum(member.compress_size for member, _ in members)
    if total > MOST_BYTES or len(members) > MOST_MEMBERS or total > max(RATIO_FREE_BYTES, MOST_RATIO * packed):
        raise DataError("archive-bomb", path=archive, size=_gigabytes(total))
    if not members:
        raise DataError("archive-empty", path=archive)
    return members


def _safe_name(member: zipfile.ZipInfo, archive: Path) -> Optional[PurePosixPath]:
    """Where a member belongs below the target; None for folders and Finder's litter."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DataError("archive-link", path=archive, member=member.filename)
    # Windows takes backslashes for separators and a colon for a drive or a stream.
    name = member.orig_filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise DataError("archive-leaves-folder", path=archive, member=name)
    if member.is_dir() or not path.parts:
        return None
    litter = path.name == ".DS_Store" or path.name.startswith("._") or "__MACOSX" in path.parts
    return None if litter else path


def _copy(source: IO[bytes], sink: IO[bytes], declared: int, done: int, total: int, progress: Progress) -> int:
    written = 0
    while True:
        chunk = source.read(CHUNK)
        if not chunk:
            return done + written
        written += len(chunk)
        if written > declared:
            raise zipfile.BadZipFile("a member is longer than the archive says")
        sink.write(chunk)
        progress(done + written, total)


def _what_it_is_instead(archive: Path) -> str:
    """The reason for a file that zipfile rejects: another kind of file, or a broken archive."""
    with open(archive, "rb") as file:
        start = file.read(512).lstrip()
    if start.startswith(b"PK\x03\x04"):
        return "archive-damaged"
    if start[:1] == b"<" or start[:1] == b"{":
        return "archive-web-page"
    return "not-an-archive"


def move_into_place(staging: Path, target: Path) -> list[Path]:
    """Move the files below ``staging`` to the same places below ``target``; returns them there.

    Files already there stay; raises DataError when one of them differs, before anything is moved.
    """
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    moves = [(path, target / path.relative_to(staging)) for path in files]
    for source, destination in moves:
        if destination.is_dir() or (destination.exists() and not _same_content(source, destination)):
            raise DataError("would-overwrite", path=destination)
    try:
        for top in sorted(staging.iterdir()):
            # One rename where nothing is there yet: then there is no moment at which half a data set lies there.
            if not (target / top.name).exists():
                os.replace(top, target / top.name)
        for source, destination in moves:
            if source.exists() and not destination.exists():
                destination.parent.mkdir(parents=True, exist_ok=True)
                os.replace(source, destination)
    except OSError as error:
        raise DataError("cannot-write", path=error.filename or target, detail=error.strerror or error) from error
    return [destination for _, destination in moves]


def _same_content(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with open(one, "rb") as first, open(other, "rb") as second:
        while True:
            a, b = first.read(CHUNK), second.read(CHUNK)
            if a != b:
                return False
            if not a:
                return True


def check_room(folder: Path, needed: int) -> None:
    """Raise DataError where the disk of a folder has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed + ROOM_TO_SPARE:
        raise DataError("no-room", path=folder, needed=_gigabytes(needed + ROOM_TO_SPARE), free=_gigabytes(free))


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f}"
