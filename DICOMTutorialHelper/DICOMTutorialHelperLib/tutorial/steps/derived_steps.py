"""A segmentation and a structured report of the practice lesion, for the steps on kinds of objects and on the chain."""

from __future__ import annotations

import importlib.util
from typing import Optional

from DICOMTutorialHelperLib.tutorial.steps.data_actions import results_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import SeriesName, StepContext, action
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

RESULTS_FOLDER = "results"
SIZES = ("small", "full")


@action("make-derived-objects")
def make_derived_objects(step_context: StepContext, series: SeriesName) -> None:
    """Write a segmentation and a report of the practice lesion beside the learner's data, and import them.

    Nothing to do for other images than the practice ones, and where highdicom is missing (Slicer has it since 5.12).

    Raises WorkspaceError where they cannot be written.
    """
    size = _practice_size(step_context, series)
    if size is None or importlib.util.find_spec("highdicom") is None:
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
