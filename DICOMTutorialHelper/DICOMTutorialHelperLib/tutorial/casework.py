"""A case to solve: what a learner reports of it, how that compares with the truth, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from DICOMTutorialHelperLib.data.synthetic.cases import BY_NUMBER, PLACE_OF, CaseTruth
from DICOMTutorialHelperLib.messages import number_text
from DICOMTutorialHelperLib.tutorial.content import Step

SOLVED_CHECK = "case-solved"
MOST_POINTS, HINT_COSTS, WRONG_REPORT_COSTS, LEAST_POINTS = 10, 2, 1, 1
HINTS = 3  # a case has


@dataclass(frozen=True)
class CaseReport:
    """What a learner reported: what is wrong (a member of WHATS), how much of it and where, as typed; and what of it is right."""

    what: str
    count: str
    where: str
    what_right: bool = False
    count_right: bool = False
    where_right: bool = False

    @property
    def right(self) -> bool:
        """Whether all of it is right."""
        return self.what_right and self.count_right and self.where_right


@dataclass(frozen=True)
class CaseState:
    """How far a learner is with a case. ``hints`` is how many were asked for; ``given_up`` says that the solution was shown."""

    reports: tuple[CaseReport, ...] = ()
    hints: int = 0
    given_up: bool = False

    @property
    def solved(self) -> bool:
        """Whether the learner found all of it, before the solution was shown."""
        return not self.given_up and any(report.right for report in self.reports)

    @property
    def closed(self) -> bool:
        """Whether there is nothing more to report."""
        return self.solved or self.given_up

    @property
    def points(self) -> int:
        """What the case is worth now; what solving it brought once it is solved, 0 once the solution was shown."""
        if self.given_up:
            return 0
        wrong = sum(not report.right for report in self.reports)
        return max(LEAST_POINTS, MOST_POINTS - HINT_COSTS * self.hints - WRONG_REPORT_COSTS * wrong)


def case_of(step: Step) -> Optional[str]:
    """The letter of the case that a step is about; None for other steps."""
    return next((str(call.arguments.get("case", "")) for call in step.checks if call.name == SOLVED_CHECK), None)


def case_state(kept: Mapping[str, Any]) -> CaseState:
    """The state of what is kept of a case (see ``StepProgress.case``); a fresh one for what is damaged."""
    try:
        reports = tuple(CaseReport(**report) for report in kept.get("reports", ()))
        return CaseState(reports, int(kept.get("hints", 0)), kept.get("given_up") is True)
    except (TypeError, ValueError):
        return CaseState()


def compared(truth: CaseTruth, what: str, count: Optional[float], where: Optional[float]) -> tuple[bool, bool, bool]:
    """Which of what, how many and where are right. How many and where count only where the learner knows what."""
    what_right = what == truth.what
    count_right = what_right and count is not None and abs(abs(count) - truth.count) <= truth.count_within
    if truth.where is None:
        return what_right, count_right, what_right
    first, last = truth.where
    return what_right, count_right, what_right and where is not None and first <= where <= last


def right_answer(truth: CaseTruth, language: str) -> tuple[str, str, str]:
    """What, how many and where as a learner could report them; "" for a where that is not asked."""
    middle = truth.middle
    if middle is None:
        return truth.what, str(truth.count), ""
    whole = truth.where is not None and PLACE_OF.get(truth.what) == BY_NUMBER
    return truth.what, str(truth.count), number_text(int(middle) if whole else middle, language)
