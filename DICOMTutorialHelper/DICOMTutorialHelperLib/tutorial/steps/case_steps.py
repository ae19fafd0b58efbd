"""Cases to solve: made, looked up, and reported. See ``data.synthetic.cases``."""

from __future__ import annotations

import secrets
from pathlib import Path

from DICOMTutorialHelperLib.data.synthetic.cases import FOLDER, MOST_SEED, CaseTruth, case_truth, make_cases, seed_of
from DICOMTutorialHelperLib.tutorial.casework import case_state
from DICOMTutorialHelperLib.tutorial.steps.data_actions import DATA_FOLDER
from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import CaseName, CheckResult, SeriesName, StepContext, action, check
from DICOMTutorialHelperLib.tutorial.steps.series_files import files_of_role
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


@action("make-cases")
def make_cases_to_solve(step_context: StepContext) -> None:
    """Make a set of six cases in the learner's SlicerData folder, another one for everybody; one that is there stays.

    Raises WorkspaceError where they cannot be made there.
    """
    from DICOMTutorialHelperLib.errors import HelperError
    from DICOMTutorialHelperLib.progress import no_progress

    home = step_context.folders.get(DATA_FOLDER) or Path.home() / DATA_FOLDER
    if not series_in_folder(home / FOLDER):
        seed = secrets.randbelow(MOST_SEED) if step_context.case_seed is None else step_context.case_seed
        try:
            make_cases(home, seed, step_context.progress or no_progress)
        except (HelperError, OSError) as error:
            raise WorkspaceError("make-practice-data.failed", detail=str(error), folder=str(home)) from error
    step_context.folders[DATA_FOLDER] = home


@check("case-solved")
def case_solved(step_context: StepContext, case: CaseName, series: SeriesName) -> CheckResult:
    """The learner reported what is wrong, how much of it and where; or had the solution shown."""
    state = case_state(step_context.case)
    if state.given_up:
        return CheckResult(True, "case-solved.shown")
    if state.solved:
        return CheckResult(True, "case-solved.done", {"points": state.points})
    if not state.reports:
        return CheckResult(False, "case-solved.open")
    last = state.reports[-1]
    if not last.what_right:
        return CheckResult(False, "case-solved.what")
    if not last.count_right and not last.where_right:
        return CheckResult(False, "case-solved.count-and-where")
    return CheckResult(False, "case-solved.where" if last.count_right else "case-solved.count")


def truth_of_case(step_context: StepContext, case: str, series: str) -> CaseTruth:
    """What is wrong with a case, by the number of its set in the header. Raises WorkspaceError where the case is not at hand."""
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        path = files_of_role(step_context, series)[0]
        seed = seed_of(str(dcmread(path, specific_tags=["StudyID"], stop_before_pixels=True).get("StudyID", "")))
    except (WorkspaceError, InvalidDicomError, OSError) as error:
        raise WorkspaceError("case.no-data", case=case) from error
    if seed is None:
        raise WorkspaceError("case.no-data", case=case)
    return case_truth(case, seed)
