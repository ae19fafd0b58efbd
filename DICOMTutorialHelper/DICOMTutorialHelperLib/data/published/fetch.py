"""Getting a published data set into a folder: from its archive or a folder on disk, from the web, from TCIA or the IDC.

Whatever the way, the files lie in a staging folder until they have been recognised as the data set that was asked for; only
then do they move to their place. Nothing is sent anywhere but by ``from_web``, ``from_tcia`` and ``from_idc``.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from DICOMTutorialHelperLib.data.errors import DataError, disk_errors_told
from DICOMTutorialHelperLib.data.published.archives import check_room, move_into_place, unpack_into
from DICOMTutorialHelperLib.data.published.catalog import CatalogEntry, PublishedSeries, data_set, published_series, series_url
from DICOMTutorialHelperLib.data.published.dicomweb import Server, fetch_to, work_name
from DICOMTutorialHelperLib.data.published.download import download
from DICOMTutorialHelperLib.data.published.recognition import RecognisedSet, recognise_folder
from DICOMTutorialHelperLib.data.published.series_sources import from_bucket, from_nbia
from DICOMTutorialHelperLib.data.published.uids import check_uid
from DICOMTutorialHelperLib.progress import Progress, no_progress
from DICOMTutorialHelperLib.staging import staging_folder

# Below the target, out of the way of files that are there: archives until they are unpacked, unfinished ones for the next call.
DOWNLOADS = ".dicom-tutorial-downloads"
# Of this computer, not of the source: another one would not do better.
LOCAL_REASONS = ("cannot-write", "no-room", "would-overwrite")
BREAKS = ("broken-off", "offline", "server-error")


@dataclass(frozen=True, eq=False)
class FetchResult:
    """What came: the files in their place, and the data sets they make up."""

    files: tuple[Path, ...]
    sets: tuple[RecognisedSet, ...]


def locate_series(series_instance_uids: Sequence[str]) -> list[PublishedSeries]:
    """Where the series lie, by the catalogue. Raises DataError for one that it does not know."""
    found = []
    for uid in series_instance_uids:
        series = published_series(uid)
        if series is None:
            raise DataError("not-in-catalogue", series=uid)
        found.append(series)
    return found


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


@dataclass(frozen=True)
class WebSources:
    """Where ``from_web`` looks for a data set, in this order; a test puts a server of its own there. ``bucket`` replaces the
    catalogue's."""

    bucket: str = ""
    nbia: Callable[[str], str] = series_url
    archive: str = ""
    pause_seconds: float = 1.0


def from_web(
    name: str, target: Path, progress: Progress = no_progress, url: str = "", sources: WebSources = WebSources()
) -> FetchResult:
    """Get a data set from the first source that answers: the Imaging Data Commons, TCIA, the archive it was published in.

    The first two know single series, and get them file by file; a set whose series the catalogue does not know, and any set with
    ``url``, comes as an archive, which is unpacked and removed again. Raises DataError; after a broken connection the next call
    goes on where this one stopped. Nothing is in its place before all of it has come and was checked.
    """
    wanted = data_set(name)
    if url or not wanted.published:
        return _from_archive(wanted, target, progress, url or sources.archive)
    work = Path(target) / DOWNLOADS / name
    problems: list[DataError] = []
    for get in (_from_bucket, _from_nbia):
        before = _size_below(work)
        try:
            got = get(wanted, work / get.__name__.strip("_"), Path(target), progress, sources)
        except DataError as error:
            received = _size_below(work)
            if error.reason in BREAKS and received > before:
                host = str(error.fields.get("url", ""))
                raise DataError("broken-off", url=host, received=f"{received / 1e6:.0f}") from error
            if error.reason in LOCAL_REASONS:
                raise
            problems.append(error)
            continue
        with disk_errors_told(target):
            shutil.rmtree(work, ignore_errors=True)
            _remove_if_empty(work.parent)
        return got
    if not (wanted.archive_url or sources.archive):
        raise NoSourceAnswers(problems)
    try:
        return _from_archive(wanted, target, progress, sources.archive)
    except DataError as error:
        if error.reason in LOCAL_REASONS or error.reason == "broken-off":
            raise
        raise NoSourceAnswers([*problems, error]) from error


class NoSourceAnswers(DataError):
    """None of the sources gave the data set; the sentence says of each why."""

    def __init__(self, problems: Sequence[DataError]) -> None:
        super().__init__("no-source-answers")
        self.problems = tuple(problems)

    def message(self, language: str = "en") -> str:
        """The sentence, and one for each source."""
        return " ".join([super().message(language), *(problem.message(language) for problem in self.problems)])


def _from_bucket(wanted: CatalogEntry, work: Path, target: Path, progress: Progress, sources: WebSources) -> FetchResult:
    with disk_errors_told(target):
        series = _places(wanted, work, sources.bucket)
        from_bucket(series, progress, sources.pause_seconds)
        return _accept(wanted.name, work, target)


def _from_nbia(wanted: CatalogEntry, work: Path, target: Path, progress: Progress, sources: WebSources) -> FetchResult:
    with disk_errors_told(target):
        from_nbia(_places(wanted, work), progress, sources.nbia)
        return _accept(wanted.name, work, target)


def _places(wanted: CatalogEntry, work: Path, bucket: str = "") -> list[tuple[PublishedSeries, Path]]:
    """Each series of a set with its folder below ``work``, laid out as it will be below the target."""
    return [
        (replace(series, bucket=bucket) if bucket else series, work / wanted.folder / role)
        for role, series in wanted.published.items()
    ]


def _from_archive(wanted: CatalogEntry, target: Path, progress: Progress, url: str) -> FetchResult:
    url = url or wanted.archive_url or ""
    if not url:
        raise DataError("only-made", name=wanted.name)
    archive = download(url, Path(target) / DOWNLOADS / (wanted.archive or "archive.zip"), progress)
    try:
        return from_disk(wanted.name, archive, target, progress)
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


def from_idc(
    series_instance_uids: Sequence[str],
    target: Path,
    progress: Progress = no_progress,
    locate: Callable[[Sequence[str]], Sequence[PublishedSeries]] = locate_series,
) -> FetchResult:
    """The same from the Imaging Data Commons, file by file; ``locate`` knows where in its buckets a series lies."""
    for uid in series_instance_uids:
        check_uid(uid)
    work = Path(target) / DOWNLOADS / "series"
    with disk_errors_told(target):
        series = [(one, work / one.series_instance_uid) for one in locate(list(dict.fromkeys(series_instance_uids)))]
        from_bucket(series, progress)
        files = [path for _, folder in series for path in move_into_place_below(folder, Path(target))]
        _remove_if_empty(work)
        _remove_if_empty(work.parent)
    return FetchResult(tuple(files), tuple(recognise_folder(Path(target))))


def from_server(server: Server, target: Path, progress: Progress = no_progress, name: str = "") -> FetchResult:
    """Every instance below a server's address, into ``target/<series UID>``; with a ``name``, only if it is that data set.

    Raises DataError; what came of it is kept for the next call, and nothing is in its place before all has come.
    """
    target = Path(target)
    work = target / DOWNLOADS / work_name(server)
    with disk_errors_told(target):
        server.log_in()
        fetch_to(server, work, progress)
        if name:
            _check_holds(name, recognise_folder(work), target)
        files = [path for folder in sorted(work.iterdir()) for path in move_into_place_below(folder, target)]
        _remove_if_empty(work)
        _remove_if_empty(work.parent)
    return FetchResult(tuple(files), tuple(recognise_folder(target)))


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


def move_into_place_below(folder: Path, target: Path) -> list[Path]:
    """Move a folder to the same name below ``target``; what lies there already stays, and must not differ."""
    with staging_folder(target) as staging:
        folder.rename(staging / folder.name)
        try:
            return move_into_place(staging, target)
        except DataError:
            (staging / folder.name).rename(folder)
            raise


def _size_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


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
