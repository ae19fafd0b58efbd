"""Single series from the archives that give them out without a login: the Imaging Data Commons' bucket, and TCIA's NBIA.

Each brings a series whole into a folder of its own, or raises DataError; what came of it stays there for the next call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pydicom import dcmread
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.archives import unpack_into
from DICOMTutorialHelperLib.data.published.bucket import list_folder
from DICOMTutorialHelperLib.data.published.catalog import PublishedSeries, series_url
from DICOMTutorialHelperLib.data.published.download import download
from DICOMTutorialHelperLib.data.published.many_files import WantedFile, download_files
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.progress import Progress, no_progress
from DICOMTutorialHelperLib.staging import move_whole, staging_folder

IDC, TCIA = "Imaging Data Commons", "TCIA"


def from_bucket(
    series: Sequence[tuple[PublishedSeries, Path]], progress: Progress = no_progress, pause_seconds: float = 1.0
) -> None:
    """Bring each series into its folder from the IDC's bucket, file by file, all at once; progress counts the bytes of all.

    Before the first file comes, the bucket's listing must have as many files and bytes as the catalogue says; after the last,
    every file must be an instance of its series, and no two the same. Raises DataError.
    """
    wanted: list[WantedFile] = []
    for one, folder in series:
        folder.mkdir(parents=True, exist_ok=True)
        listed = list_folder(one.bucket, one.folder, folder, progress)
        size = sum(file.size for file in listed)
        if len(listed) != one.instances or (one.bytes and abs(size - one.bytes) > one.within):
            raise DataError(
                "listing-differs", url=urlsplit(one.bucket).netloc, series=one.series_instance_uid,
                files=len(listed), expected=one.instances, megabytes=round(size / 1e6, 1),
            )  # fmt: skip
        wanted += [WantedFile(file.url, folder / file.name, file.size) for file in listed]
    download_files(wanted, progress, pause_seconds)
    for one, folder in series:
        names = {file.path for file in wanted if file.path.parent == folder}
        for path in folder.iterdir():
            if path not in names:
                path.unlink()  # of an earlier listing, or unfinished
        check_series(one, folder, IDC)


def from_nbia(
    series: Sequence[tuple[PublishedSeries, Path]],
    progress: Progress = no_progress,
    address: Callable[[str], str] = series_url,
) -> None:
    """The same from TCIA's NBIA service, one archive a series; ``address`` gives a series' URL."""
    done, total = 0, sum(one.bytes for one, _ in series)
    for one, folder in series:
        if not (folder.is_dir() and any(folder.iterdir())):
            archive = download(
                address(one.series_instance_uid), folder.with_suffix(".zip"), partial(_shifted, progress, done, total)
            )
            try:
                with staging_folder(folder.parent) as staging:
                    unpack_into(archive, staging / folder.name)
                    for path in [path for path in staging.rglob("*") if path.is_file() and path.suffix != ".dcm"]:
                        path.unlink()  # the licence's text lies beside the images
                    move_whole(staging / folder.name, folder)
            finally:
                with suppress(OSError):
                    archive.unlink()
        check_series(one, folder, TCIA)
        done += one.bytes
        progress(done, total)


def _shifted(progress: Progress, before: int, total: int, done: int, _archive: int) -> None:
    progress(min(before + done, total), total)


def check_series(series: PublishedSeries, folder: Path, source: str) -> None:
    """Raise DataError unless the folder's files are the series' SOP instances, each once; one that is not goes."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found: set[str] = set()
    for path in files:
        try:
            header = dcmread(path, stop_before_pixels=True, specific_tags=["SOPInstanceUID", "SeriesInstanceUID"])
            uids = str(header.get("SeriesInstanceUID", "")), str(header.get("SOPInstanceUID", ""))
        except (InvalidDicomError, OSError, EOFError, *PARSE_ERRORS):
            uids = "", ""
        if uids[0] != series.series_instance_uid or not uids[1]:
            path.unlink()
            raise DataError("not-the-series", url=source, series=series.series_instance_uid, file=path.name)
        found.add(uids[1])
    if not files:
        raise DataError("no-images", url=source, series=series.series_instance_uid)
    if len(found) != series.instances or len(files) != series.instances:
        for path in files:
            path.unlink()
        raise DataError(
            "series-not-whole", url=source, series=series.series_instance_uid, found=len(found), expected=series.instances
        )
