"""What a learner sees of a step, as data: made from the session, shown by the step's page. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from DICOMTutorialHelperLib.tutorial.content import Words
from DICOMTutorialHelperLib.tutorial.drawings import draw
from DICOMTutorialHelperLib.tutorial.markup import inline_html, is_web_address, to_html, with_interface_names
from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.progress import DONE
from DICOMTutorialHelperLib.tutorial.session import TutorialSession


@dataclass(frozen=True)
class StepContent:
    """``body``, ``hint``, ``takeaway``, ``question``, ``choices`` and ``explanation`` are HTML, the rest is plain text.

    ``chosen`` is the answer given last, ``answered_right`` says whether it was the right one; None without an answer.
    ``drawing`` is SVG, ``links`` are (address, words).
    """

    step_id: str
    part: str
    title: str
    number: int
    count: int
    done_count: int
    body: str
    state: str
    reason: str
    hint: str = ""
    takeaway: str = ""
    question: str = ""
    choices: tuple[str, ...] = ()
    chosen: Optional[int] = None
    answered_right: Optional[bool] = None
    explanation: str = ""
    drawing: str = ""
    drawing_description: str = ""
    links: tuple[tuple[str, str], ...] = ()
    notice: str = ""
    invalidated: bool = False
    can_do: bool = False
    can_show: bool = False
    has_table: bool = False
    to_acknowledge: bool = False
    can_choose_folder: bool = False
    can_export_report: bool = False

    @property
    def done(self) -> bool:
        return self.state == DONE


def step_content(session: TutorialSession, words: Words, dark: bool = False) -> StepContent:
    """The current step, in the words' language, its drawing for a light or a dark panel."""
    tutorial, step = session.tutorial, session.current
    said = words.steps[step.id]
    status = session.status(step.id)
    progress = session.progress.of(step.id)
    steps = tutorial.steps

    def html(text: str) -> str:
        return _close_lists(to_html(_named(text)))

    def line(text: str) -> str:
        return inline_html(_named(text))

    def _named(text: str) -> str:
        return with_interface_names(text, tutorial.interface, words.interface, words.language)

    chosen = progress.choice
    right = None if chosen is None or step.right_choice is None else chosen == step.right_choice
    return StepContent(
        step_id=step.id,
        part=words.parts.get(step.part_id, step.part_id),
        title=said.title,
        number=steps.index(step) + 1,
        count=len(steps),
        done_count=session.done_count,
        body=html(said.body),
        state=status.state,
        reason=message(status.check_result.reason, words.language, **status.check_result.fields),
        hint=html(said.hint),
        takeaway=html(said.takeaway),
        question=line(said.question),
        choices=tuple(line(choice) for choice in said.choices),
        chosen=chosen,
        answered_right=right,
        explanation=line(said.explanations[chosen]) if chosen is not None and chosen < len(said.explanations) else "",
        drawing=draw(tutorial.folder, step.drawing, words.drawings, dark) if step.drawing else "",
        drawing_description=said.drawing_description,
        links=tuple(
            (tutorial.links[key], words.links.get(key, tutorial.links[key]))
            for key in step.links
            if is_web_address(tutorial.links[key])
        ),
        notice=html(words.notice) if step is steps[0] else "",
        invalidated=status.invalidated,
        can_do=session.can_do_it,
        can_show=bool(step.places),
        has_table=step.data_table is not None,
        can_choose_folder=any(call.name in ("data-at-hand", "in-database") for call in step.checks)
        and not status.check_result.done,
        can_export_report=step is steps[-1],
        to_acknowledge=any(call.name == "acknowledged" for call in step.checks) and progress.state != DONE,
    )


def _close_lists(html: str) -> str:
    """Points of one list in one list, moved in no further than a narrow dock can bear."""
    return html.replace("<ul>", '<ul style="margin-left: 14px; -qt-list-indent: 0;">')
