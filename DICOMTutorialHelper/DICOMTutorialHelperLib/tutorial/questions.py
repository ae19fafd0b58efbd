"""Questions of a tutorial, and what a learner answered: which are open, which were missed, and what a typed answer counts as."""

from __future__ import annotations

from collections.abc import Callable

from DICOMTutorialHelperLib.tutorial.content import FIRST_TRAP, RIGHT, WRONG, Call, Step, Tutorial
from DICOMTutorialHelperLib.tutorial.progress import DONE, StepProgress, TutorialProgress
from DICOMTutorialHelperLib.tutorial.steps.registry import Expected


def is_open(step: Step, given: StepProgress) -> bool:
    """Whether a step was done without an answer to its question, which was not answered right at the end either.

    Doing makes a step done; what it was to teach shows only in the answer.
    """
    was_done = given.state == DONE or given.invalidated is not None
    return step.right_choice is not None and was_done and not given.choices and step.right_choice not in given.asked_again


def missed_questions(tutorial: Tutorial, progress: TutorialProgress) -> list[Step]:
    """Steps whose question was not answered right the first time, nor since it was asked again."""
    return [
        step
        for step in tutorial.counted
        if step.right_choice is not None
        and progress.of(step.id).choices[:1] not in ([], [step.right_choice])
        and step.right_choice not in progress.of(step.id).asked_again
    ]


def questions_to_ask(tutorial: Tutorial, progress: TutorialProgress) -> list[Step]:
    """Steps whose question is to be asked again: missed the first time, or left open."""
    missed = missed_questions(tutorial, progress)
    return [step for step in tutorial.steps if step in missed or is_open(step, progress.of(step.id))]


def right_at_once(tutorial: Tutorial, progress: TutorialProgress) -> tuple[int, int]:
    """How many questions were answered right the first time, and how many there are; optional steps aside."""
    questions = [step for step in tutorial.counted if step.right_choice is not None]
    return sum(progress.of(step.id).choices[:1] == [step.right_choice] for step in questions), len(questions)


def typed_choice(step: Step, text: str, expected: Callable[[Call], Expected]) -> int:
    """Which choice a typed answer counts as: RIGHT, that of the trap it fell into, or WRONG. Raises what ``expected`` raises.

    Raises TypeError for a step that expects no typed answer.
    """
    if step.expects is None:
        raise TypeError(step.id)
    if expected(step.expects).accepts(text):
        return RIGHT
    trapped = (place for place, trap in enumerate(step.traps) if expected(trap).accepts(text))
    return next((FIRST_TRAP + place for place in trapped), WRONG)
