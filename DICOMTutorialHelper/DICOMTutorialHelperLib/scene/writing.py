"""A loaded node as a DICOM series below a folder: whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import slicer

from DICOMTutorialHelperLib.dicom.source_headers import SourceHeaders
from DICOMTutorialHelperLib.plain_text import file_stem
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.exporting import exportable_nodes, series_to_write, write_series
from DICOMTutorialHelperLib.staging import merge_whole, staging_folder

# Runs work that touches neither MRML nor Qt: here and now, or in a thread.
RunOnFiles = Callable[[Callable[[Optional[Progress]], Any], Optional[Progress]], Any]


def at_once(work: Callable[[Optional[Progress]], Any], progress: Optional[Progress]) -> Any:
    """What ``work`` gives, done here and now."""
    return work(progress)


def write_below(
    scene: slicer.vtkMRMLScene,
    node_id: str,
    sources: Sequence[Path],
    folder: Path,
    progress: Optional[Progress] = None,
    run: RunOnFiles = at_once,
) -> tuple[Path, ...]:
    """Write a volume, or the sequence whose proxy it is, into a folder of its name below ``folder``, in place of what an earlier
    call wrote there. ``sources`` are the files it came from.

    Raises KeyError for an unknown node, ExportError where a plain series cannot say what it is, OSError.
    """
    found = next((one for one in exportable_nodes(scene) if node_id in (one.node.GetID(), one.proxy and one.proxy.GetID())), None)
    if found is None:
        raise KeyError(node_id)
    headers = run(lambda report_progress: SourceHeaders.below(sources, report_progress), progress)
    series = series_to_write(scene, found, headers.get)
    # Copies: whoever runs it elsewhere must not look at voxels that may be taken away meanwhile.
    series = replace(series, volumes=[replace(volume, voxels=volume.voxels.copy()) for volume in series.volumes])

    def write(report_progress: Optional[Progress]) -> tuple[Path, ...]:
        with staging_folder(folder) as staging:
            name = file_stem(found.name)
            written = write_series(series, staging / name, report_progress)
            kept = {path.name for path in written.files}
            merge_whole(staging, folder, overwrite=True)
            return tuple(sorted(path for path in (folder / name).iterdir() if path.name in kept))

    return run(write, progress)
