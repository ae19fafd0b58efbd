"""Sharing: what was loaded written back to DICOM, sent to the server that the learner named, found there and fetched again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.data_tables import short_uid
from DICOMTutorialHelperLib.tutorial.steps.exported_series import (
    LARGEST_SHIFT_MM,
    ExportedSeries,
    difference_of,
    export_folder,
    exported_candidates,
    exported_series,
    lies_below,
)
from DICOMTutorialHelperLib.tutorial.steps.file_identity import digest_of, uid_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, SeriesName, StepContext, action, check, data_table
from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from DICOMTutorialHelperLib.data.published.dicomweb import Server

FETCH_FOLDER = "fetched"
# What tells where a derived series belongs, and what it comes from.
COMPARED = (
    "PatientID", "StudyInstanceUID", "FrameOfReferenceUID", "SeriesInstanceUID", "SeriesDescription", "ImageType",
    "DerivationDescription", "SourceImageSequence",
)  # fmt: skip
UIDS = ("StudyInstanceUID", "FrameOfReferenceUID", "SeriesInstanceUID", "SourceImageSequence")


@action("export-dicom")
def export_dicom(step_context: StepContext, series: list[SeriesName]) -> None:
    """Write the first of the series that is loaded back to DICOM, into a folder beside the learner's data, and import it.

    Raises WorkspaceError where none is loaded, or a plain series cannot say what it is.
    """
    item = next((item for role in series for item in items_of(step_context, role)), None)
    if item is None:
        raise WorkspaceError("loaded.none", missing=series[:1])
    files = step_context.workspace.write_dicom(item.node_id, export_folder(step_context), step_context.progress)
    if step_context.workspace.database_folder() is not None:
        step_context.workspace.import_folder(files[0].parent, step_context.progress)


@check("exported")
def exported(step_context: StepContext, series: list[SeriesName]) -> CheckResult:
    """One of the series, loaded, was written as a new DICOM series: its corners and values are those of the volume."""
    folder = str(export_folder(step_context))
    items = [item for role in series for item in items_of(step_context, role)]
    if not items:
        return CheckResult(False, "loaded.none", {"missing": series[:1]})
    wrong = None
    for item in items:
        for found in exported_candidates(step_context, item):
            corners, values = difference_of(step_context, item, found)
            if corners <= LARGEST_SHIFT_MM and values == 0:
                fields = {"count": len(found.files), "name": item.name, "folder": str(found.folder)}
                return CheckResult(True, "exported.done", fields)
            wrong = found if lies_below(found.folder, export_folder(step_context)) else wrong
    if wrong is not None:
        return CheckResult(False, "exported.different", {"folder": str(wrong.folder)})
    return CheckResult(False, "exported.not", {"folder": folder})


@check("sent")
def sent(step_context: StepContext, series: list[SeriesName]) -> CheckResult:
    """The server, asked for it, lists every instance of an exported series."""
    server = step_context.exchanges.server()
    shared = exported_series(step_context, series)
    if not shared:
        return CheckResult(False, "exported.not", {"folder": str(export_folder(step_context))})
    most = (0, 0)
    for one in shared:
        wanted = {uid_of(path) for path in one.files}
        there = step_context.exchanges.held(one.series_instance_uid) & wanted
        if wanted and len(there) == len(wanted):
            where = server.address.host if server is not None else ""
            return CheckResult(True, "sent.done", {"count": len(there), "server": where})
        most = max(most, (len(there), len(wanted)))
    if most[0]:
        return CheckResult(False, "sent.some", {"count": most[0], "total": most[1]})
    return CheckResult(False, "no-server" if server is None else "sent.none")


@action("send-exported", sends=True)
def send_exported(step_context: StepContext, series: list[SeriesName]) -> None:
    """Send what was exported to the server that the learner named, and ask it what it holds.

    Raises WorkspaceError where no server is named, it cannot be spoken to, or it did not take all.
    """
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published.dicomweb_send import held_by_server, send

    server, (one, *_) = _server(step_context), _shared_or_raise(step_context, series)
    try:
        report = step_context.exchanges.run(lambda progress: send(one.files, server, progress), step_context.progress)
        held = step_context.exchanges.run(lambda _progress: held_by_server(one.files, server), step_context.progress)
    except DataError as error:
        raise WorkspaceError("sent.failed", detail=error.message(step_context.workspace.language())) from error
    for uid, instances in held.items():
        step_context.exchanges.note_series(uid, instances)
    if report.failed:
        raise WorkspaceError("sent.some", count=len(one.files) - len(report.failed), total=len(one.files))


@check("fetched")
def fetched(step_context: StepContext, series: list[SeriesName]) -> CheckResult:
    """Every instance of an exported series came back from the server and says the same, element by element, pixels included."""
    shared = exported_series(step_context, series)
    if not shared:
        return CheckResult(False, "exported.not", {"folder": str(export_folder(step_context))})
    most, different = (0, 0), 0
    for one in shared:
        back = {uid_of(path): path for path in _came_back(step_context, one)}
        pairs = [(path, back[uid]) for path, uid in ((path, uid_of(path)) for path in one.files) if uid in back]
        unequal = sum(digest_of(first) != digest_of(second) for first, second in pairs)
        if len(pairs) == len(one.files) and not unequal:
            return CheckResult(True, "fetched.done", {"count": len(pairs), "folder": str(pairs[0][1].parent)})
        most, different = max(most, (len(pairs), len(one.files))), max(different, unequal)
    if different:
        return CheckResult(False, "fetched.different", {"count": different})
    if most[0]:
        return CheckResult(False, "fetched.some", {"count": most[0], "total": most[1]})
    return CheckResult(False, "no-server" if step_context.exchanges.server() is None else "fetched.none")


def _came_back(step_context: StepContext, one: ExportedSeries) -> Iterator[Path]:
    """Files of the series fetched: by this extension, or by Slicer into its database; never those that were exported."""
    for folder in step_context.exchanges.fetched:
        for series in series_in_folder(folder):
            if series.info.series_instance_uid == one.series_instance_uid:
                yield from series.files
    mine = {path.resolve() for path in one.files}
    for path in step_context.workspace.files_of_series(one.series_instance_uid):
        if path.resolve() not in mine and not lies_below(path, export_folder(step_context)):
            yield path


@action("fetch-exported")
def fetch_exported(step_context: StepContext, series: list[SeriesName]) -> None:
    """Find the exported series on the server by its identifiers, and fetch it into a folder of its own.

    Raises WorkspaceError where no server is named, or the series cannot be had.
    """
    from DICOMTutorialHelperLib.data.errors import DataError
    from DICOMTutorialHelperLib.data.published.dicomweb import Server, ServerAddress, fetch_to

    named, (one, *_) = _server(step_context), _shared_or_raise(step_context, series)
    address = ServerAddress(named.address.root, one.study_instance_uid, one.series_instance_uid)
    folder = results_folder(step_context, FETCH_FOLDER)

    def fetch(progress) -> None:
        server = Server(address, named.ask)
        server.log_in()
        fetch_to(server, folder, progress)

    try:
        step_context.exchanges.run(fetch, step_context.progress)
    except DataError as error:
        raise WorkspaceError("fetched.failed", detail=error.message(step_context.workspace.language())) from error
    step_context.exchanges.note_fetched([folder / one.series_instance_uid])


def _server(step_context: StepContext) -> Server:
    server = step_context.exchanges.server()
    if server is None:
        raise WorkspaceError("no-server")
    return server


def _shared_or_raise(step_context: StepContext, series: Iterable[str]) -> list[ExportedSeries]:
    shared = exported_series(step_context, series)
    if not shared:
        raise WorkspaceError("exported.not", folder=str(export_folder(step_context)))
    return shared


@data_table("exported")
def exported_table(step_context: StepContext, series: list[SeriesName]) -> DataTable:
    """What the images that were loaded and the exported ones say of whose they are and where they come from, side by side."""
    shared = _shared_or_raise(step_context, series)
    language = step_context.workspace.language()
    new = _header(shared[0].files[len(shared[0].files) // 2])
    original = _original(step_context, series, new)
    rows = []
    for keyword in COMPARED:
        before, after = _text(original, keyword), _text(new, keyword)
        if before or after:
            shown = [short_uid(value) if keyword in UIDS else value for value in (before, after)]
            rows.append(DataTableRow((keyword, *shown), marked=before != after))
    columns = tuple(message(f"table.column.{name}", language) for name in ("attribute", "original", "exported"))
    return DataTable(message("table.exported", language), columns, tuple(rows), mark=message("table.exported-mark", language))


def _original(step_context: StepContext, series: Iterable[str], new: Optional[Dataset]) -> Optional[Dataset]:
    """The source that the new image names, else the middle one of the series that is loaded."""
    named = str(new.SourceImageSequence[0].get("ReferencedSOPInstanceUID", "")) if new and new.get("SourceImageSequence") else ""
    for item in (item for role in series for item in items_of(step_context, role)):
        files = step_context.workspace.files_of_series(item.series_instance_uid)
        if files:
            return _header(next((path for path in files if named and uid_of(path) == named), files[len(files) // 2]))
    return None


def _header(path: Path) -> Optional[Dataset]:
    from DICOMTutorialHelperLib.dicom.source_headers import header_of_file

    return header_of_file(path)


def _text(header: Optional[Dataset], keyword: str) -> str:
    """A value as text; of a reference, the UID it names."""
    value = header.get(keyword) if header is not None else None
    if keyword == "SourceImageSequence" and value:
        return str(value[0].get("ReferencedSOPInstanceUID", ""))
    if value is None or value == "":
        return ""
    return "\\".join(map(str, value)) if isinstance(value, (list, tuple)) or hasattr(value, "append") else str(value)
