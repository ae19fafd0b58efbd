"""What a learner sees of a step, as data: made from the session, shown by the step's page. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from DICOMTutorialHelperLib.plain_text import html_text
from DICOMTutorialHelperLib.tutorial.case_content import CaseContent, case_content
from DICOMTutorialHelperLib.tutorial.content import Step, Words
from DICOMTutorialHelperLib.tutorial.drawings import draw
from DICOMTutorialHelperLib.tutorial.markup import inline_html, is_web_address, to_html, with_interface_names
from DICOMTutorialHelperLib.tutorial.messages import message
from DICOMTutorialHelperLib.tutorial.progress import DONE
from DICOMTutorialHelperLib.tutorial.session import TutorialSession


@dataclass(frozen=True)
class StepContent:
    """``body``, ``goal``, ``task``, ``hint``, ``takeaway``, ``question``, ``choices`` and ``explanation`` are HTML, the rest is
    plain text. In HTML, ``term:key`` addresses lead to ``meanings``.

    ``number`` is the step's own among all, of which there are ``count``; ``done_count`` of ``counted`` ones are done, optional
    steps aside.

    ``typed`` says that the answer is typed, ``typed_text`` what was typed last. ``asked_step`` is the step whose question this
    is: another one where missed questions come back.

    ``chosen`` is the answer given last, ``answered_right`` says whether it was the right one; None without an answer.
    ``open_question`` says, in a sentence, that the step was done and its question left open; "" otherwise. ``settled`` is the
    question, asked again, that was answered right just now, ``settled_explanation`` its explanation (both HTML).
    ``drawing`` is SVG, ``links`` are (address, words).
    """

    step_id: str
    part: str
    title: str
    number: int
    count: int
    counted: int
    done_count: int
    body: str
    state: str
    reason: str
    hint: str
    takeaway: str
    question: str
    choices: tuple[str, ...]
    chosen: Optional[int]
    answered_right: Optional[bool]
    explanation: str
    drawing: str
    drawing_description: str
    links: tuple[tuple[str, str], ...]
    notice: str
    invalidated: bool
    can_do: bool
    can_show: bool
    has_table: bool
    to_acknowledge: bool
    can_choose_folder: bool
    can_export_report: bool
    goal: str
    task: str
    typed: bool
    typed_text: str
    asked_step: str
    open_question: str
    settled: str
    settled_explanation: str
    case: Optional[CaseContent]
    meanings: Mapping[str, str]

    @property
    def done(self) -> bool:
        """Whether the step is done now."""
        return self.state == DONE

    @property
    def learned(self) -> bool:
        """Whether the step is done and its question, where it has one, answered."""
        return self.done and not self.open_question


def step_content(session: TutorialSession, words: Words, dark: bool = False) -> StepContent:
    """The current step, in the words' language, its drawing for a light or a dark panel."""
    tutorial, step = session.tutorial, session.current
    said = words.steps[step.id]
    status = session.status(step.id)
    progress = session.progress.of(step.id)
    steps = tutorial.steps
    meanings = {key: term.meaning for key, term in words.glossary.items()}

    def html(text: str) -> str:
        return _close_lists(to_html(_named(text), meanings))

    def line(text: str) -> str:
        return inline_html(_named(text), meanings)

    def _named(text: str) -> str:
        return with_interface_names(text, tutorial.interface, words.interface, words.language)

    asked = session.asked
    about, given = words.steps[asked.id], session.progress.of(asked.id)
    again = asked is not step
    answers = given.asked_again if again else given.choices
    chosen = answers[-1] if answers else None
    right = None if chosen is None or asked.right_choice is None else chosen == asked.right_choice
    settled = session.settled
    settled_question = settled_explanation = ""
    if settled is not None and settled.right_choice is not None:
        settled_words = words.steps[settled.id]
        settled_question = _from_step(words, settled, line(settled_words.question), "step.settled")
        settled_explanation = line("".join(settled_words.explanations[settled.right_choice : settled.right_choice + 1]))
    goal = line(said.goal)
    if goal and step.minutes:
        goal = message("step.goal-minutes", words.language, goal=goal, minutes=step.minutes)
    return StepContent(
        step_id=step.id,
        part=words.parts.get(step.part_id, step.part_id),
        title=said.title,
        number=steps.index(step) + 1,
        count=len(steps),
        counted=len(tutorial.counted),
        done_count=session.done_count,
        body=html(said.body),
        state=status.state,
        reason=message(status.check_result.reason, words.language, **status.check_result.fields),
        hint=html(said.hint),
        takeaway=html(said.takeaway),
        question=_question(session, words, line(about.question), again),
        choices=tuple(line(choice) for choice in about.choices),
        chosen=chosen,
        answered_right=right,
        explanation=line(about.explanations[chosen]) if chosen is not None and chosen < len(about.explanations) else "",
        goal=goal,
        task=line(said.task),
        typed=asked.expects is not None,
        typed_text=given.typed[-1] if given.typed and not again else "",
        asked_step=asked.id,
        open_question=message("question-open", words.language) if session.question_open(step) else "",
        settled=settled_question,
        settled_explanation=settled_explanation,
        meanings=meanings,
        drawing=draw(tutorial.folder, step.drawing, words.drawings, dark) if step.drawing else "",
        drawing_description=said.drawing_description,
        links=tuple(
            (tutorial.links[key], words.links.get(key, tutorial.links[key]))
            for key in step.links
            if is_web_address(tutorial.links[key])
        ),
        notice=html(words.notice) if step is steps[0] else "",
        invalidated=status.invalidated,
        case=case_content(session, step.id, words.language),
        can_do=session.can_do_it,
        can_show=bool(step.places),
        has_table=step.data_table is not None,
        can_choose_folder=any(call.name in ("data-at-hand", "in-database") for call in step.checks)
        and not status.check_result.done,
        can_export_report=step in (steps[-1], *tutorial.counted[-1:]),
        to_acknowledge=any(call.name == "acknowledged" for call in step.checks) and progress.state != DONE,
    )


def _question(session: TutorialSession, words: Words, question: str, again: bool) -> str:
    """A question; one that comes back says so, why, and from where."""
    if not again:
        return question
    return _from_step(words, session.asked, question, "step.open" if session.question_open(session.asked) else "step.asked-again")


def _from_step(words: Words, step: Step, question: str, key: str) -> str:
    return message(key, words.language, title=html_text(words.steps[step.id].title), question=question)


def _close_lists(html: str) -> str:
    """Points of one list in one list, moved in no further than a narrow dock can bear."""
    return html.replace("<ul>", '<ul style="margin-left: 14px; -qt-list-indent: 0;">')
