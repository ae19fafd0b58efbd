"""What is loaded of chosen series back to DICOM, from the panel: taken out of the scene here, written in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
from DICOMTutorialHelperLib.dicom.source_headers import SourceHeaders
from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.panel.jobs import Jobs
from DICOMTutorialHelperLib.plain_text import file_stem, html_text
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.staging import merge_whole, staging_folder
from DICOMTutorialHelperLib.workspace.interface import Workspace

if TYPE_CHECKING:  # needed for nothing else
    import slicer


@dataclass
class ExportOutcome:
    """(name, number of images, folder's name) of what was written, and why the rest was not."""

    written: list[tuple[str, int, str]] = field(default_factory=list)
    failed: list[ExportError] = field(default_factory=list)


def export_loaded(
    series_instance_uids: Sequence[str],
    workspace: Workspace,
    scene: slicer.vtkMRMLScene,
    folder: Path,
    jobs: Jobs,
    progress: Progress,
) -> ExportOutcome:
    """Write the volumes and sequences loaded from the series into new folders below ``folder``: all that can be, or nothing.

    Inside a job. Raises OSError, FileExistsError where there is something of the same name.
    """
    from DICOMTutorialHelperLib.scene.exporting import exportable_nodes, series_to_write, write_series

    outcome = ExportOutcome()
    files = [path for uid in series_instance_uids for path in workspace.files_of_series(uid)]
    headers = jobs.in_thread(lambda report_progress: SourceHeaders.below(files, report_progress), progress)
    loaded = {item.node_id for item in workspace.loaded() if item.series_instance_uid in series_instance_uids}
    wanted = []
    for node in exportable_nodes(scene):
        if node.node.GetID() in loaded or (node.proxy is not None and node.proxy.GetID() in loaded):
            try:
                series = series_to_write(scene, node, headers.get)
            except ExportError as error:
                outcome.failed.append(error)
                continue
            # Copies: the thread must not look at voxels that the learner may take away meanwhile.
            copies = [replace(volume, voxels=volume.voxels.copy()) for volume in series.volumes]
            wanted.append((node.name, replace(series, volumes=copies)))
    if not wanted and not outcome.failed:
        outcome.failed.append(ExportError("not-loaded"))

    def write(report_progress: Progress) -> None:
        with staging_folder(folder) as staging:
            for number, (name, series) in enumerate(wanted):
                stem = file_stem(name) if number == [file_stem(one) for one, _ in wanted].index(file_stem(name)) else None
                place = stem or f"{file_stem(name)}_{number}"
                try:
                    images = write_series(series, staging / place, report_progress).files
                except ExportError as error:
                    outcome.failed.append(error)
                    continue
                outcome.written.append((name, len(images), place))
            if outcome.written:
                merge_whole(staging, folder)

    if wanted:
        jobs.in_thread(write, progress)
    return outcome


def export_page(outcome: ExportOutcome, folder: Path, language: str) -> str:
    """What was written and what not, as HTML."""
    words = messages("export", language)
    lines = [
        "✓ " + html_text(words["written"].format(name=name, count=count, folder=str(folder / place)))
        for name, count, place in outcome.written
    ]
    lines += ["✗ " + html_text(error.message(language)) for error in outcome.failed]
    return "".join(f"<p>{line}</p>" for line in lines)
