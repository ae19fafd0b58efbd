"""Sending files to a DICOMweb server (STOW-RS, PS3.18 10.5): what arrived is told instance by instance, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published.dicomweb import Server
from DICOMTutorialHelperLib.dicom.files import PathLike, find_dicom_files
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.progress import Progress, no_progress

MOST_AT_ONCE = 16
MOST_BYTES_AT_ONCE = 32 * 2**20
NEEDED = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")


@dataclass(frozen=True)
class Failure:
    """``reason`` is the key ``send.failed.<reason>`` of the texts ``datasets``; ``detail`` the server's own code or word."""

    path: Path
    reason: str
    detail: str = ""


@dataclass
class SendReport:
    """``sent`` were confirmed by the server, ``already`` were there before; nothing else arrived, as far as is known."""

    sent: list[Path] = field(default_factory=list)
    already: list[Path] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    passed_over: int = 0
    broken_by: Optional[DataError] = None  # why the server could not be asked any more


@dataclass(frozen=True, eq=False)
class _File:
    path: Path
    study: str
    series: str
    uid: str
    size: int


def send(paths: Iterable[PathLike], server: Server, progress: Progress = no_progress) -> SendReport:
    """Send the DICOM files of folders and files; progress counts files.

    Instances that the server has are left alone. Where the server stops answering, all that it has not confirmed has failed, and
    the same call goes on from there. Raises DataError before the first file where the server cannot be spoken to.
    """
    report = SendReport()
    wanted = _readable(paths, report)
    server.log_in()
    there = _already_there(wanted, server)
    report.already += [one.path for one in wanted if one.uid in there]
    missing = [one for one in wanted if one.uid not in there]
    done = len(wanted) - len(missing)
    progress(done, len(wanted))
    for batch in _batches(missing):
        if report.broken_by:
            report.failed += [Failure(one.path, "not-sent") for one in batch]
            continue
        try:
            _send_batch(batch, server, report)
        except DataError as error:
            report.broken_by = error
            report.failed += [Failure(one.path, "not-sent") for one in batch]
        done += len(batch)
        progress(done, len(wanted))
    return report


def held_by_server(paths: Iterable[PathLike], server: Server) -> dict[str, set[str]]:
    """What the server, asked now, says it holds of the series of some files: SOP Instance UIDs by series. Raises DataError."""
    series = dict.fromkeys((one.study, one.series) for one in _readable(paths, SendReport()))
    return {uid: server.known_instances(study, uid) for study, uid in series}


def _readable(paths: Iterable[PathLike], report: SendReport) -> list[_File]:
    """The instances among the files, each identifier once; what cannot be sent is in the report."""
    found: dict[str, _File] = {}
    files, _ = find_dicom_files(list(paths))
    for path in files:
        try:
            header = dcmread(path, specific_tags=list(NEEDED), stop_before_pixels=True)
            values = [str(header.get(keyword) or "") for keyword in NEEDED]
        except InvalidDicomError:
            report.passed_over += 1
            continue
        except VALUE_ERRORS:
            report.failed.append(Failure(path, "damaged"))
            continue
        if not all(values):
            if path.name.upper() == "DICOMDIR":
                report.passed_over += 1
            else:
                report.failed.append(Failure(path, "no-identifiers"))
            continue
        one = _File(path, values[2], values[3], values[1], path.stat().st_size)
        first = found.setdefault(one.uid, one)
        if first is not one:
            if first.size == one.size and first.path.read_bytes() == path.read_bytes():
                report.already.append(path)
            else:
                report.failed.append(Failure(path, "other-content"))
    return list(found.values())


def _already_there(wanted: Sequence[_File], server: Server) -> set[str]:
    there: set[str] = set()
    for study, series in dict.fromkeys((one.study, one.series) for one in wanted):
        there |= server.known_instances(study, series)
    return there


def _batches(files: Sequence[_File]) -> Iterable[list[_File]]:
    batch: list[_File] = []
    size = 0
    for one in files:
        if batch and (len(batch) >= MOST_AT_ONCE or size + one.size > MOST_BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def _send_batch(batch: list[_File], server: Server, report: SendReport) -> None:
    """Raises DataError where the server cannot be reached or wants another login; then none of the batch counts as sent."""
    loaded: list[tuple[_File, Dataset]] = []
    for one in batch:
        try:
            loaded.append((one, dcmread(one.path)))
        except (InvalidDicomError, *VALUE_ERRORS):
            report.failed.append(Failure(one.path, "damaged"))
    if not loaded:
        return
    try:
        answer = server.store([dataset for _, dataset in loaded])
    except DataError as error:
        if error.reason in ("refused", "server-error", "no-dicomweb") and len(loaded) > 1:
            for one, _ in loaded:  # one of them is the reason: each by itself
                _send_batch([one], server, report)
            return
        if error.reason in ("refused", "server-error", "no-dicomweb"):
            report.failed.append(Failure(loaded[0][0].path, "refused", str(error.fields.get("status", ""))))
            return
        raise
    stored, refused = _told(answer)
    for one, _ in loaded:
        if one.uid in stored and one.uid not in refused:
            report.sent.append(one.path)
        else:
            report.failed.append(Failure(one.path, "refused", refused.get(one.uid, "")))


def _told(answer: Dataset) -> tuple[set[str], dict[str, str]]:
    """(stored, refused with the code of PS3.18 Table I.2-2), as the answer's sequences have them."""

    def items(keyword: str) -> list[Any]:
        return list(answer.get(keyword) or [])

    stored = {str(item.get("ReferencedSOPInstanceUID", "")) for item in items("ReferencedSOPSequence")}
    refused = {
        str(item.get("ReferencedSOPInstanceUID", "")): f"{int(item.get('FailureReason') or 0):04X}"
        for item in items("FailedSOPSequence")
    }
    return stored, refused
