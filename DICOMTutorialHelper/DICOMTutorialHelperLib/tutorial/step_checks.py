"""The checks of a step, asked: whether it is done, and whether what was done still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Optional

from DICOMTutorialHelperLib.tutorial.content import Call, Step
from DICOMTutorialHelperLib.tutorial.progress import DONE, StepProgress
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, RegisteredCheck, StepContext
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

NOTHING_TO_CHECK = CheckResult(True, "nothing-to-check")


class StepChecks:
    """Registered checks by name, and what they are given of a step."""

    def __init__(self, checks: Mapping[str, RegisteredCheck], context_of: Callable[[Step], StepContext]) -> None:
        self._checks = checks
        self._context_of = context_of

    def result_of(self, step: Step, reached: StepProgress) -> CheckResult:
        """The first check that is not content, or the last that is. Once done, momentary checks need not hold any more."""
        if reached.state == DONE:
            return CheckResult(True, *(reached.reason or ("state.done", {})))
        result = NOTHING_TO_CHECK
        for call in step.checks:
            result = self._evaluate(step, call)
            if not result.done:
                return result
        return result

    def lost(self, step: Step) -> Optional[CheckResult]:
        """What a step rests on that is not so: the first of its persistent checks and its preconditions; None where all hold."""
        persistent = [call for call in step.checks if self._checks[call.name].persistent]
        for call in (*persistent, *step.preconditions):
            result = self._evaluate(step, call)
            if not result.done:
                return result
        return None

    def _evaluate(self, step: Step, call: Call) -> CheckResult:
        try:
            return self._checks[call.name].evaluate(self._context_of(step), **call.arguments)
        except WorkspaceError as error:
            return CheckResult(False, error.reason, error.fields)
