"""Run a whole tutorial without a learner: do each step, check it, keep its pictures and tables for the report."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Optional

from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.tutorial.casework import case_of
from DICOMTutorialHelperLib.tutorial.content import Step
from DICOMTutorialHelperLib.tutorial.progress import DONE
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, capture_step
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

MAKES_DATA = "make-practice-data"


@dataclass
class TutorialRun:
    """What became of the steps that were asked for. ``left_out`` are those that make no sense here, with the reason: these data
    do not hold their series, or no server is at hand."""

    check_results: dict[str, CheckResult] = field(default_factory=dict)
    left_out: dict[str, CheckResult] = field(default_factory=dict)
    captured: dict[str, CapturedStep] = field(default_factory=dict)

    @property
    def done(self) -> list[str]:
        """The steps that were done."""
        return [step_id for step_id, check_result in self.check_results.items() if check_result.done]

    @property
    def failed(self) -> list[str]:
        """The steps that were tried and are not done."""
        return [step_id for step_id, check_result in self.check_results.items() if not check_result.done]


def run_tutorial(
    session: TutorialSession,
    chosen: Optional[Collection[str]] = None,
    make_data: bool = True,
    progress: Optional[Progress] = None,
    before_step: Callable[[Step], None] = lambda step: None,
) -> TutorialRun:
    """Do the chosen steps, or all; of earlier ones, what the chosen rest on. Without ``make_data`` no practice data is made.

    Raises KeyError for an unknown step.
    """
    result = TutorialRun()
    for step_id in chosen or ():
        session.tutorial.step(step_id)
    steps = session.tutorial.steps
    last = max(place for place, step in enumerate(steps) if not chosen or step.id in chosen)
    session.start()
    try:
        for step in steps[: last + 1]:
            asked_for = not chosen or step.id in chosen
            if asked_for:
                before_step(step)
            reason = session.why_left_out(step)
            if reason is not None:
                session.jump(step.id)
                session.skip()
                if asked_for:
                    result.left_out[step.id] = reason
            elif asked_for or step.actions:
                check_result = _do(session, step, make_data, progress)
                if asked_for:
                    result.check_results[step.id] = check_result
                    result.captured[step.id] = capture_step(session)
    finally:
        session.stop()
    return result


def _do(session: TutorialSession, step: Step, make_data: bool, progress: Optional[Progress]) -> CheckResult:
    session.jump(step.id)
    if any(call.name == "acknowledged" for call in step.checks):
        session.acknowledge()
    may_act = make_data or all(call.name != MAKES_DATA for call in step.actions)
    try:
        if session.can_do_it and may_act and session.status(step.id).state != DONE:
            session.do_it(progress)
        if case_of(step) is not None:
            session.show_solution()
        if step.expects is not None:  # what was just done may be what the answer is read from
            session.answer_text(session.expected(step.id).text)
        elif step.right_choice is not None:
            session.answer(step.right_choice)
    except WorkspaceError as error:
        return CheckResult(False, error.reason, error.fields)
    status = session.status(step.id)
    return CheckResult(status.state == DONE, status.check_result.reason, status.check_result.fields)
