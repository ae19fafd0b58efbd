"""Checks of what a learner read and understood."""

from __future__ import annotations

from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, StepContext, check


@check("acknowledged")
def acknowledged(step_context: StepContext) -> CheckResult:
    """The learner confirmed the text."""
    if step_context.acknowledged:
        return CheckResult(True, "acknowledged.done")
    return CheckResult(False, "acknowledged.open")


@check("answered")
def answered(step_context: StepContext) -> CheckResult:
    """The learner chose the right answer; a wrong one may be tried again."""
    if step_context.choice is None:
        return CheckResult(False, "answered.open")
    if step_context.choice == step_context.step.right_choice:
        return CheckResult(True, "answered.right")
    return CheckResult(False, "answered.wrong")


@check("missed-answered")
def missed_answered(step_context: StepContext) -> CheckResult:
    """Every question that was missed the first time, or left open, was answered right when it was asked again."""
    score = {"right": step_context.right_at_once, "total": step_context.questions}
    if step_context.open_questions:
        return CheckResult(False, "missed-answered.open", {"count": step_context.open_questions, **score})
    return CheckResult(True, "missed-answered.done", score)
