"""Getting a published data set into a folder: from its archive or a folder on disk, from the web, from TCIA or the IDC.

Whatever the way, the files lie in a staging folder until they have been recognised as the data set that was asked for; only
then do they move to their place. Nothing is sent anywhere but by ``from_web``, ``from_tcia`` and ``from_idc``.
"""

from __future__ import annotations

import contextlib
import queue
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
from DICOMTutorialHelperLib.data.published.archives import check_room, move_into_place, unpack_into
from DICOMTutorialHelperLib.data.published.catalog import data_set, series_url
from DICOMTutorialHelperLib.data.published.download import download
from DICOMTutorialHelperLib.data.published.recognition import RecognisedSet, recognise_folder
from DICOMTutorialHelperLib.data.published.web_answer import POLL_SECONDS
from DICOMTutorialHelperLib.progress import Progress, no_progress
from DICOMTutorialHelperLib.staging import staging_folder

# Below the target, out of the way of files that are there: archives until they are unpacked, unfinished ones for the next call.
IDC_STALL_SECONDS = 180.0
DOWNLOADS = ".dicom-tutorial-downloads"


@dataclass(frozen=True, eq=False)
class FetchResult:
    """What came: the files in their place, and the data sets they make up."""

    files: tuple[Path, ...]
    sets: tuple[RecognisedSet, ...]


def from_disk(name: str, source: Path, target: Path, progress: Progress = no_progress) -> FetchResult:
    """Take a data set from the official ZIP archive, or from a folder where that was unpacked; the source stays as it is.

    Raises DataError where the source is neither, or does not hold the data set.
    """
    data_set(name)
    source, target = Path(source), Path(target)
    if source.is_dir():
        return _from_folder(name, source, target, progress)
    if not source.is_file():
        raise DataError("no-source", path=source)
    with disk_errors_told(target), staging_folder(target) as staging:
        unpack_into(source, staging, progress)
        return _accept(name, staging, target)


def from_web(name: str, target: Path, progress: Progress = no_progress, url: str = "") -> FetchResult:
    """Download the archive the set was published in, unpack it, and remove the archive again.

    Raises DataError; after a broken connection the next call goes on where this one stopped.
    """
    wanted = data_set(name)
    url = url or wanted.archive_url or ""
    if not url:
        raise DataError("only-made", name=name)
    archive = download(url, Path(target) / DOWNLOADS / (wanted.archive or "archive.zip"), progress)
    try:
        return from_disk(name, archive, target, progress)
    finally:
        _tidy(archive)


def from_tcia(
    series_instance_uids: Sequence[str], target: Path, progress: Progress = no_progress, address=series_url
) -> FetchResult:
    """Download single series from TCIA's NBIA service into ``target/<series UID>``; ``address`` gives a series' URL.

    Raises DataError; the service answers an unknown series with an archive without images.
    """
    for uid in series_instance_uids:
        check_uid(uid)
    files: list[Path] = []
    for uid in series_instance_uids:
        archive = download(address(uid), Path(target) / DOWNLOADS / f"{uid}.zip", progress)
        try:
            with disk_errors_told(target), staging_folder(Path(target)) as staging:
                unpack_into(archive, staging / uid, progress)
                if not any(path.suffix == ".dcm" for path in staging.rglob("*")):
                    raise DataError("no-images", url="TCIA", series=uid)
                files += move_into_place(staging, Path(target))
        finally:
            _tidy(archive)
    return FetchResult(tuple(files), tuple(recognise_folder(Path(target))))


def from_idc(series_instance_uids: Sequence[str], target: Path, progress: Progress = no_progress) -> FetchResult:
    """The same from the Imaging Data Commons, by the idc-index package; raises DataError where it is not installed."""
    for uid in series_instance_uids:
        check_uid(uid)
    try:
        from idc_index import IDCClient
    except ImportError as error:
        raise DataError("needs-package", package="idc-index") from error
    with disk_errors_told(target), staging_folder(Path(target)) as staging:
        for number, uid in enumerate(series_instance_uids):
            folder = staging / uid
            folder.mkdir()
            _from_idc_client(IDCClient, uid, folder, partial(progress, number, len(series_instance_uids)))
            if not any(folder.rglob("*.dcm")):
                raise DataError("no-images", url="IDC", series=uid)
        files = move_into_place(staging, Path(target))
    return FetchResult(tuple(files), tuple(recognise_folder(Path(target))))


def _from_idc_client(client_class: Callable[[], Any], uid: str, folder: Path, waiting: Callable[[], None]) -> None:
    """One series by idc-index, in a thread: it has neither a deadline nor a cancel of its own."""
    came: queue.Queue[Optional[Exception]] = queue.Queue()

    def work() -> None:
        try:
            client_class().download_from_selection(
                seriesInstanceUID=[uid], downloadDir=str(folder), dirTemplate=None, show_progress_bar=False
            )
        except Exception as error:  # whatever a package of others raises: told in the thread that waits
            came.put(error)
        else:
            came.put(None)

    threading.Thread(target=work, name="dicom-tutorial-idc", daemon=True).start()
    there, since = -1, time.monotonic()
    while True:
        waiting()
        try:
            error = came.get(timeout=POLL_SECONDS)
        except queue.Empty:
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            if size != there:
                there, since = size, time.monotonic()
            elif time.monotonic() - since > IDC_STALL_SECONDS:
                raise DataError("idc-failed", detail="timeout") from None
            continue
        if error is not None:
            raise DataError("idc-failed", detail=error) from error
        return


def _from_folder(name: str, source: Path, target: Path, progress: Progress) -> FetchResult:
    if source.resolve() == target.resolve():
        found = recognise_folder(source, progress)
        _check_holds(name, found, source)
        return FetchResult(tuple(path for one in found for path in one.files), tuple(found))
    if source.resolve() in target.resolve().parents:
        raise DataError("target-inside", path=target, source=source)
    files = [
        path for path in sorted(source.rglob("*")) if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    ]
    with disk_errors_told(target), staging_folder(target) as staging:
        check_room(staging, sum(path.stat().st_size for path in files))
        for number, path in enumerate(files, 1):
            copy = staging / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            progress(number, len(files))
        return _accept(name, staging, target)


def _tidy(archive: Path) -> None:
    with contextlib.suppress(OSError):  # what is left there does no harm
        archive.unlink(missing_ok=True)
        archive.parent.rmdir()


def _accept(name: str, staging: Path, target: Path) -> FetchResult:
    """Move staged files to their place when they hold the data set."""
    _check_holds(name, recognise_folder(staging), target)
    files = move_into_place(staging, target)
    parents = {path.parent for path in files}
    found = [one for one in recognise_folder(target) if any(path.parent in parents for path in one.files)]
    return FetchResult(tuple(files), tuple(found))


def _check_holds(name: str, found: Sequence[RecognisedSet], place: Path) -> None:
    """An incomplete set is taken, and reported as such; another one is not."""
    if not any(one.name == name for one in found):
        there = ", ".join(dict.fromkeys(one.name for one in found)) or "-"
        raise DataError("other-content", name=name, path=place, found=there)


def check_uid(uid: str) -> None:
    """Raise DataError for what is no UID (PS3.5 9.1): it would become part of an address and of a path."""
    if not uid or len(uid) > 64 or not uid.isascii() or not all(part.isdigit() for part in uid.split(".")):
        raise DataError("bad-uid", uid=uid)
