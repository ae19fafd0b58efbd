"""Unpacking archives from anywhere: nothing leaves the folder, nothing swells beyond bounds, nothing half-unpacked stays."""

from __future__ import annotations

import lzma
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Optional

from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
from DICOMTutorialHelperLib.plain_text import is_portable_file_name
from DICOMTutorialHelperLib.progress import Progress, no_progress
from DICOMTutorialHelperLib.staging import merge_whole

MOST_BYTES = 20 * 2**30
MOST_MEMBERS = 200_000
# Images pack to a third or so, empty ones to a hundredth; small archives may be all text.
MOST_RATIO = 200
RATIO_FREE_BYTES = 64 * 2**20
ROOM_TO_SPARE = 64 * 2**20
CHUNK = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
LOCAL_HEADER_BYTES = 30  # APPNOTE 4.3.7, without the name
# What zipfile and its decompressors raise for bytes that are no archive; OSError is bz2's, whose errno is not set.
DAMAGE = (zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError, OverflowError)


def unpack_into(archive: Path, folder: Path, progress: Progress = no_progress) -> None:
    """Unpack a ZIP archive into a new folder, checked (CRC included); progress counts bytes.

    Finder's .DS_Store, __MACOSX and ._ files are left out. Raises DataError, after which what is there is incomplete.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _checked_members(opened, archive)
            total = sum(member.file_size for member, _ in members)
            with disk_errors_told(folder):
                folder.mkdir(parents=True, exist_ok=True)
            check_room(folder, total)
            done = 0
            for member, name in members:
                path = folder.joinpath(*name.parts)
                with opened.open(member) as source, disk_errors_told(path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with open(path, "xb") as sink:
                        done = _copy(source, sink, member.file_size, done, total, progress)
    except zipfile.BadZipFile as error:
        raise DataError(_what_it_is_instead(archive), path=archive) from error
    except (*DAMAGE, OSError) as error:
        raise DataError("archive-damaged", path=archive) from error


def _checked_members(opened: zipfile.ZipFile, archive: Path) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The files to unpack with their safe names; raises DataError for an archive that must not be unpacked."""
    members = []
    names: set[str] = set()
    folders: set[str] = set()
    _check_apart(opened, archive)
    for member in opened.infolist():
        name = _safe_name(member, archive)
        if name is None:
            continue
        if member.flag_bits & 0x1:
            raise DataError("archive-encrypted", path=archive)
        if member.compress_type not in METHODS:
            raise DataError("archive-damaged", path=archive)
        names.add(_folded(name))
        folders |= {_folded(folder) for folder in name.parents}
        members.append((member, name))
    if len(names) < len(members) or names & folders:  # two files in one place, or a file where a folder has to be
        raise DataError("archive-damaged", path=archive)
    total = sum(member.file_size for member, _ in members)
    packed = min(sum(member.compress_size for member, _ in members), archive.stat().st_size)
    if total > MOST_BYTES or len(members) > MOST_MEMBERS or total > max(RATIO_FREE_BYTES, MOST_RATIO * packed):
        raise DataError("archive-bomb", path=archive, size=_gigabytes(total))
    if not members:
        raise DataError("archive-empty", path=archive)
    return members


def _check_apart(opened: zipfile.ZipFile, archive: Path) -> None:
    """Members that share bytes are a bomb: a hundred of them may unpack the same kilobytes (CVE-2019-13232)."""
    end = 0
    for member in sorted(opened.infolist(), key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise DataError("archive-damaged", path=archive)
        name = member.orig_filename.encode("utf-8" if member.flag_bits & 0x800 else "cp437", "replace")
        end = member.header_offset + LOCAL_HEADER_BYTES + len(name) + member.compress_size
    if end > opened.start_dir:
        raise DataError("archive-damaged", path=archive)


def _folded(name: PurePosixPath) -> str:
    """As Windows and macOS compare names."""
    return unicodedata.normalize("NFC", name.as_posix()).casefold()


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
    if not all(is_portable_file_name(part) for part in path.parts):
        raise DataError("archive-leaves-folder", path=archive, member=name)
    litter = path.name == ".DS_Store" or path.name.startswith("._") or "__MACOSX" in path.parts
    return None if litter else path


def _copy(source: IO[bytes], sink: IO[bytes], declared: int, done: int, total: int, progress: Progress) -> int:
    written = 0
    while True:
        try:
            chunk = source.read(CHUNK)
        except (*DAMAGE, OSError) as error:
            raise zipfile.BadZipFile(str(error)) from error
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

    All of them, or none. Files already there stay; raises DataError when one of them differs, before anything is moved.
    """
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    places = [target / path.relative_to(staging) for path in files]
    with disk_errors_told(target):
        for path, place in zip(files, places):
            if place.is_file():
                if not _same_content(path, place):
                    raise DataError("would-overwrite", path=place)
                path.unlink()
        merge_whole(staging, target)
    return places


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


def _gigabytes(size: int) -> float:
    return round(size / 1e9, 1)
