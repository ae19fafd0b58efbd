"""The tutorial from Slicer's Python console: all steps or some, in the application, with a report."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Optional, Union

from DICOMTutorialHelperLib.languages import supported_language
from DICOMTutorialHelperLib.staging import staged_file
from DICOMTutorialHelperLib.tutorial import run
from DICOMTutorialHelperLib.tutorial.content import read_tutorial, tutorials_folder
from DICOMTutorialHelperLib.tutorial.progress import MemoryStore
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER
from DICOMTutorialHelperLib.workspace.interface import Workspace


def run_tutorial(
    workspace: Workspace,
    data_folder: Path,
    steps: Optional[Collection[str]] = None,
    report: Optional[Union[str, Path]] = None,
    language: Optional[str] = None,
    practice_size: str = "small",
) -> dict[str, bool]:
    """``{step: done}`` of the steps asked for; the learner's own progress is left alone. Raises KeyError, OSError."""
    tutorial = read_tutorial(tutorials_folder() / "dicom_and_slicer")
    session = TutorialSession(tutorial, workspace, MemoryStore(), practice_size=practice_size)
    session.set_folder(DATA_FOLDER, data_folder)
    result = run.run_tutorial(session, steps)
    if report is not None:
        from DICOMTutorialHelperLib.tutorial.report.page import Report
        from DICOMTutorialHelperLib.tutorial.report.personal import personal_values_in_database, without_personal_values

        known = supported_language(language)
        captured = without_personal_values(result.captured, personal_values_in_database(workspace, known), known)
        page = Report(session, captured, language, unattended=True).html()
        with staged_file(Path(report), overwrite=True) as staged:
            staged.write_text(page, encoding="utf-8", errors="replace")
    return {step_id: check_result.done for step_id, check_result in result.check_results.items()}
