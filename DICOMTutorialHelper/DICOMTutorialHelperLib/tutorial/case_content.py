"""What a learner sees of a case: what can be reported, what was, the hints that were asked for, and at last the solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from DICOMTutorialHelperLib.data.synthetic.cases import BY_NUMBER, PLACE_OF, TILT, WHATS, CaseTruth
from DICOMTutorialHelperLib.messages import number_text, translate
from DICOMTutorialHelperLib.tutorial.casework import HINT_COSTS, HINTS, CaseReport, case_of, case_state, right_answer
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


@dataclass(frozen=True)
class CaseContent:
    """Plain text. ``whats`` are (key, words) to choose from; ``count_labels`` and ``where_labels`` say for each what is to be
    counted, and where it is told ("" where it is not). ``reports`` are sentences, the last one last."""

    heading: str
    whats: tuple[tuple[str, str], ...]
    count_labels: Mapping[str, str]
    where_labels: Mapping[str, str]
    last: Optional[CaseReport]
    reports: tuple[str, ...]
    hints: tuple[str, ...]
    hints_left: int
    solution: str
    closed: bool
    report_button: str
    hint_button: str
    solution_button: str


def case_content(session: TutorialSession, step_id: str, language: str) -> Optional[CaseContent]:
    """The case of a step; None for a step without one."""
    case = case_of(session.tutorial.step(step_id))
    if case is None:
        return None
    state = case_state(session.progress.of(step_id).case)
    try:
        truth = session.case_truth(step_id)
    except WorkspaceError:
        truth = None

    def say(key: str, **fields: object) -> str:
        return translate("cases", key, language, **fields)

    hints = tuple(say(f"hint.{truth.what}.{number}") for number in range(1, state.hints + 1)) if truth is not None else ()
    if state.closed:
        heading = say("heading.solved", case=case, points=state.points) if state.solved else say("heading.shown", case=case)
    else:
        heading = say("heading.open", case=case, points=state.points)
    return CaseContent(
        heading=heading,
        whats=tuple((what, say(f"what.{what}")) for what in WHATS),
        count_labels={what: say(f"count.{what}") for what in WHATS},
        where_labels={what: say(f"where.{PLACE_OF[what]}") if what in PLACE_OF else "" for what in WHATS},
        last=state.reports[-1] if state.reports else None,
        reports=tuple(_reported(report, say) for report in state.reports),
        hints=tuple(say("hint", number=number, text=text) for number, text in enumerate(hints, 1)),
        hints_left=0 if state.closed else HINTS - state.hints,
        solution=_solution(truth, language, say) if truth is not None and state.closed else "",
        closed=state.closed,
        report_button=say("button.report"),
        hint_button=say("button.hint", points=HINT_COSTS),
        solution_button=say("button.solution"),
    )


def _reported(report: CaseReport, say) -> str:
    what = say(f"what.{report.what}") if report.what in WHATS else report.what
    said = [f"{what} {say('right' if report.what_right else 'wrong')}"]
    if report.count:
        said.append(f"{report.count} {say('right' if report.count_right else 'wrong')}")
    if report.where:
        said.append(f"{report.where} {say('right' if report.where_right else 'wrong')}")
    return " · ".join(said)


def _solution(truth: CaseTruth, language: str, say) -> str:
    what, count, _ = right_answer(truth, language)
    said = [say("solution", what=say(f"what.{what}"), count=f"{count}°" if what == TILT else count)]
    if truth.concerned is not None:
        digits = 0 if PLACE_OF[what] == BY_NUMBER else 1
        first, last = (number_text(value, language, digits) for value in truth.concerned)
        said.append(say(f"solution.{PLACE_OF[what]}", first=first, last=last))
    return " ".join(said)
