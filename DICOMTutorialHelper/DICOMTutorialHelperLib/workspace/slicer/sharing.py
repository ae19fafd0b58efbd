"""What is loaded in Slicer as DICOM again; what touches files alone runs in a thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional, TypeVar

import slicer

from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.comparing import difference_from_files
from DICOMTutorialHelperLib.scene.writing import write_below
from DICOMTutorialHelperLib.workspace.interface import DicomDifference, LoadedItem, WorkspaceError
from DICOMTutorialHelperLib.workspace.slicer.background import in_thread

Result = TypeVar("Result")


def write_item(
    item: LoadedItem, sources: Sequence[Path], folder: Path, language: str, progress: Optional[Progress]
) -> tuple[Path, ...]:
    """Raises WorkspaceError."""
    try:
        return write_below(slicer.mrmlScene, item.node_id, sources, folder, progress, _in_thread)
    except (ExportError, OSError) as error:
        detail = error.message(language) if isinstance(error, ExportError) else system_reason(error)
        raise WorkspaceError("write-dicom.failed", detail=detail, name=item.name, folder=str(folder)) from error


def difference_of_item(item: LoadedItem, files: Sequence[Path]) -> DicomDifference:
    scene = slicer.mrmlScene
    if item.sequence_node_id:
        sequence = scene.GetNodeByID(item.sequence_node_id)
        volumes = [sequence.GetNthDataNode(number) for number in range(sequence.GetNumberOfDataNodes())]
    else:
        volumes = [scene.GetNodeByID(item.node_id)]
    return DicomDifference(*difference_from_files(volumes, files))


def _in_thread(work: Callable[[Optional[Progress]], Result], progress: Optional[Progress]) -> Result:
    """Without anybody who lets the window live meanwhile, at once."""
    return work(None) if progress is None else in_thread(work, progress)
