"""The learner's own de-identified copy: made, checked, and compared with the original."""

from __future__ import annotations

from pathlib import Path

from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.data_tables import by_tag, short_uid
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, SeriesName, StepContext, action, check, data_table
from DICOMTutorialHelperLib.tutorial.steps.series_files import files_of_role
from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

COPY_FOLDER = "deidentified"
GROUPS = ("study", "patient")
UIDS = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")


@action("deidentify-copy")
def deidentify_copy(step_context: StepContext, series: SeriesName) -> None:
    """Write a de-identified copy of a series into a folder beside the learner's data, where it is not taken for the original.

    Raises WorkspaceError where it cannot be made.
    """
    from DICOMTutorialHelperLib.errors import HelperError
    from DICOMTutorialHelperLib.explore.deidentification import deidentify

    if _copied(step_context):
        return
    folder = _folder(step_context)
    try:
        deidentify(files_of_role(step_context, series), folder, progress=step_context.progress)
    except HelperError as error:
        raise WorkspaceError("copy-made.failed", folder=str(folder), detail=error.message(_language(step_context))) from error
    except OSError as error:
        raise WorkspaceError("copy-made.failed", folder=str(folder), detail=str(error.strerror or error)) from error


@check("copy-made")
def copy_made(step_context: StepContext) -> CheckResult:
    """A de-identified copy lies in the folder beside the learner's data."""
    files = _copied(step_context)
    if files:
        return CheckResult(True, "copy-made.done", {"count": len(files), "folder": str(_folder(step_context))})
    return CheckResult(False, "copy-made.not", {"folder": str(_folder(step_context))})


@data_table("copy")
def copy(step_context: StepContext, series: SeriesName) -> DataTable:
    """What the original and the de-identified copy say of patient and study, side by side; what differs is marked.

    Raises WorkspaceError where there is no copy.
    """
    from DICOMTutorialHelperLib.explore.comparison import compare

    files = _copied(step_context)
    if not files:
        raise WorkspaceError("copy-made.not", folder=str(_folder(step_context)))
    language = _language(step_context)
    original = _counterpart(files_of_role(step_context, series), files[0])
    rows = []
    for found in sorted(compare(original, files[0], language), key=lambda found: by_tag(found.row)):
        row = found.row
        if row.depth or row.group not in GROUPS or row.vr == "SQ" or (row.vr == "UI" and row.keyword not in UIDS):
            continue
        before, after = found.first or "", found.second or ""
        if row.vr == "UI":
            before, after = short_uid(before), short_uid(after)
        if before or after:
            rows.append(DataTableRow((f"({row.tag})", row.name, before, after), marked=not found.equal))
    columns = tuple(message(f"table.column.{name}", language) for name in ("tag", "attribute", "original", "copy"))
    return DataTable(message("table.copy", language), columns, tuple(rows), mark=message("table.copy-mark", language))


def _counterpart(originals: tuple[Path, ...], copied: Path) -> Path:
    """The original of the first copy: copies keep the order of the instance numbers."""
    import pydicom

    number = pydicom.dcmread(copied, stop_before_pixels=True, specific_tags=["InstanceNumber"]).get("InstanceNumber")
    for path in originals:
        if pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["InstanceNumber"]).get("InstanceNumber") == number:
            return path
    return originals[0]


def _folder(step_context: StepContext) -> Path:
    return results_folder(step_context, COPY_FOLDER)


def _copied(step_context: StepContext) -> list[Path]:
    return sorted(_folder(step_context).rglob("*.dcm"))


def _language(step_context: StepContext) -> str:
    return step_context.workspace.language()
