"""Checks of what a learner read and understood."""

from __future__ import annotations

from DICOMTutorialHelperLib.tutorial.steps.registry import Outcome, Situation, check


@check("acknowledged")
def acknowledged(situation: Situation) -> Outcome:
    """The learner confirmed the text."""
    if situation.acknowledged:
        return Outcome(True, "acknowledged.done")
    return Outcome(False, "acknowledged.open")


@check("answered")
def answered(situation: Situation) -> Outcome:
    """The learner chose the right answer; a wrong one may be tried again."""
    if situation.choice is None:
        return Outcome(False, "answered.open")
    if situation.choice == situation.step.right_choice:
        return Outcome(True, "answered.right")
    return Outcome(False, "answered.wrong")
