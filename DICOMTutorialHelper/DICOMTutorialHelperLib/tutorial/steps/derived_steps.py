"""A segmentation and a structured report of the practice lesion, and segmentations over the images they were made on."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.tutorial.steps.data_actions import load_sequence, results_folder
from DICOMTutorialHelperLib.tutorial.steps.data_checks import items_of
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, SeriesName, StepContext, action, check
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

RESULTS_FOLDER = "results"
SIZES = ("small", "full")
SEGMENTATION = "SEG"


@action("make-derived-objects")
def make_derived_objects(step_context: StepContext, series: SeriesName) -> None:
    """Write a segmentation and a report of the practice lesion beside the learner's data, and import them.

    Nothing to do for other images than the practice ones.

    Raises WorkspaceError where they cannot be written.
    """
    size = _practice_size(step_context, series)
    if size is None:
        return
    from DICOMTutorialHelperLib.data.synthetic.derived_objects import make_report, make_segmentation
    from DICOMTutorialHelperLib.data.synthetic.instances import SetKey, write_instance

    folder = results_folder(step_context, RESULTS_FOLDER)
    key = SetKey("breast-mri", size, 0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_instance(make_segmentation(key), folder / "segmentation.dcm")
        write_instance(make_report(key), folder / "report.dcm")
    except OSError as error:
        raise WorkspaceError("make-practice-data.failed", detail=str(error), folder=str(folder)) from error
    step_context.folders[folder.name] = folder
    try:
        step_context.workspace.import_folder(folder, step_context.progress)
    except WorkspaceError as error:
        if error.reason != "import.no-dicom":  # without the application, a database takes images only
            raise


@action("load-segmentation")
def load_segmentation(step_context: StepContext, series: SeriesName) -> None:
    """Load the segmentation that was made on a series over it, and show the slices it marks; the practice one is made first.

    Nothing to do where there is none, or where one is loaded already.
    """
    workspace = step_context.workspace
    if _segmentation_of(step_context, series) is None:
        make_derived_objects(step_context, series)
    file = _segmentation_of(step_context, series)
    if file is None or workspace.segmentations():
        return
    load_sequence(step_context, series)
    node_id = items_of(step_context, series)[0].node_id
    workspace.show_volume(node_id)
    loaded = workspace.load_segmentation(file, node_id)
    if loaded.center_ras is not None:
        workspace.jump_slices(loaded.center_ras)


@check("segmentation-loaded")
def segmentation_loaded(step_context: StepContext, series: SeriesName) -> CheckResult:
    """A segmentation is in the scene; done as well where the learner's data hold none that was made on the series."""
    loaded = step_context.workspace.segmentations()
    if loaded:
        return CheckResult(True, "segmentation-loaded.done", {"name": loaded[-1].name, "segments": list(loaded[-1].segments)})
    if _segmentation_of(step_context, series) is None and _practice_size(step_context, series) is None:
        return CheckResult(True, "segmentation-loaded.none-here")
    return CheckResult(False, "segmentation-loaded.not", {"series": series})


def _segmentation_of(step_context: StepContext, role: str) -> Optional[Path]:
    """The file of a segmentation object at hand that was made on a series; None for none."""
    from DICOMTutorialHelperLib.explore.datasets import UnreadableFile
    from DICOMTutorialHelperLib.explore.segments import read_segmentation

    wanted = {series.series_instance_uid for series in step_context.series(role)}
    workspace = step_context.workspace
    listed = [series for patient in workspace.patients() for series in patient.series if series.modality == SEGMENTATION]
    files = [file for series in listed for file in workspace.files_of_series(series.series_instance_uid)]
    for folder in step_context.folders.values():
        files += [file for found in series_in_folder(folder) if found.info.modality == SEGMENTATION for file in found.files]
    for file in dict.fromkeys(files):
        try:
            if wanted.intersection(read_segmentation(file).referenced_series):
                return file
        except (UnreadableFile, ValueError):  # damaged, or none after all
            continue
    return None


def _practice_size(step_context: StepContext, role: str) -> Optional[str]:
    """The size of the practice set that a series belongs to; None for any other series."""
    from DICOMTutorialHelperLib.data.synthetic.breast_mri import axial_series
    from DICOMTutorialHelperLib.data.synthetic.instances import SetKey, synthetic_uid

    found = {series.series_instance_uid for series in step_context.series(role)}
    for size in SIZES:
        number = axial_series(size)[2].number
        if synthetic_uid("series", *SetKey("breast-mri", size, 0), number) in found:
            return size
    return None
