"""The report of a tutorial: one HTML page that needs nothing else, for a teacher to read and a learner to hand in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Optional

from DICOMTutorialHelperLib.explore.folding import fold_accents
from DICOMTutorialHelperLib.plain_text import html_text as escape
from DICOMTutorialHelperLib.tutorial.case_content import case_content
from DICOMTutorialHelperLib.tutorial.casework import CaseState, case_of, case_state
from DICOMTutorialHelperLib.tutorial.content import Step, StepWords, Words
from DICOMTutorialHelperLib.tutorial.drawings import draw
from DICOMTutorialHelperLib.tutorial.interface_words import words_on_screen
from DICOMTutorialHelperLib.tutorial.markup import inline_html, is_web_address, to_html, with_interface_names
from DICOMTutorialHelperLib.tutorial.messages import message, name_of
from DICOMTutorialHelperLib.tutorial.progress import DONE, LEARNER, StepProgress
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, Picture
from DICOMTutorialHelperLib.tutorial.report.hand_in import FORMAT, hand_in_script, sealed
from DICOMTutorialHelperLib.tutorial.report.parts import DATE_FORMATS, chart_svg, style, table_html
from DICOMTutorialHelperLib.tutorial.session import StepStatus, TutorialSession
from DICOMTutorialHelperLib.tutorial.tables import DataTable

NOTHING = CapturedStep()
TERM_PLACE = "#term-"  # and the term's key: where the glossary explains it
SHORTEST_SECONDS = 0.1
# What lies at the left and right edge of a view, by its plane, as Slicer shows it.
SIDES = {"axial": ("R", "L"), "coronal": ("R", "L"), "sagittal": ("A", "P")}
# Reasons that speak of what a learner did: untrue where a program did it.
OF_LEARNERS = (
    "acknowledged.done", "answered.right", "slice-moved.done", "turned-3d.done", "played.done", "missed-answered.done"
)  # fmt: skip


class Report:
    """Writes the page of one session. ``left_out`` gives the reason (a sentence) for steps that these data cannot give."""

    def __init__(
        self,
        session: TutorialSession,
        captured: Mapping[str, CapturedStep],
        language: Optional[str] = None,
        left_out: Optional[Mapping[str, str]] = None,
        unattended: bool = False,
        now: Optional[datetime] = None,
    ) -> None:
        self._session = session
        self._tutorial = session.tutorial
        self._captured = captured
        self._left_out = left_out or {}
        self._language = language or session.workspace.language()
        self._words: Words = words_on_screen(session.tutorial, session.workspace, self._language)
        self._meanings = {key: term.meaning for key, term in self._words.glossary.items()}
        self._unattended = unattended
        self._now = now or datetime.now()

    def html(self) -> str:
        """The page."""
        title = f"{self._words.title} – {self._message('report.heading-run' if self._unattended else 'report.heading')}"
        parts = "\n".join(self._part(part.id, part.steps) for part in self._tutorial.parts)
        return sealed(
            f'<!DOCTYPE html>\n<html lang="{self._language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>{style()}</style>\n</head>\n<body>\n"
            f'<a class="skip" href="#steps">{escape(self._message("report.skip"))}</a>\n'
            f"{self._header()}\n{self._contents()}\n"
            f'<main id="steps">\n{parts}\n</main>\n{self._glossary()}\n{self._footer()}\n{self._data()}\n</body>\n</html>\n'
        )

    # --- top and bottom --------------------------------------------------------------------------------------------------

    def _header(self) -> str:
        progress = self._session.progress
        seconds = sum(progress.of(step.id).seconds for step in self._tutorial.steps)
        done = self._message("report.progress-value", done=self._session.done_count, total=len(self._tutorial.counted))
        facts = [
            (self._message("report.progress"), done),
            *([] if self._unattended else self._score()),
            (self._message("report.duration"), self._duration(seconds)),
            (self._message("report.started"), self._when(progress.started_at)),
            (self._message("report.written"), self._when(self._now.isoformat())),
        ]
        cases = [case_state(progress.of(step.id).case) for step in self._tutorial.steps if case_of(step) is not None]
        if cases:
            facts.insert(-3, (self._message("report.cases"), self._cases(cases)))
        optional = [step for step in self._tutorial.steps if step.optional]
        if optional:
            done_too = sum(progress.of(step.id).state == DONE for step in optional)
            value = self._message("report.progress-value", done=done_too, total=len(optional))
            facts.insert(1, (self._message("report.optional"), value))
        if not self._unattended:
            facts.insert(0, (self._message("report.learner"), progress.learner or self._message("report.no-name")))
        listed = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
        heading = self._message("report.heading-run" if self._unattended else "report.heading")
        share = self._session.done_count / max(len(self._tutorial.counted), 1)
        return (
            f'<header><p class="kind">{escape(heading)}</p><h1>{escape(self._words.title)}</h1>'
            f'<p class="subtitle">{escape(self._words.subtitle)}</p><dl class="facts">{listed}</dl>'
            f'<div class="bar" role="img" aria-label="{escape(done)}"><div style="width:{share:.0%}"></div></div>'
            f'<p class="notice">{escape(self._words.notice)}</p></header>'
        )

    def _score(self) -> list[tuple[str, str]]:
        """How many questions were right the first time, and when asked again: of a learner; a program knows the answers."""
        questions = [step for step in self._tutorial.counted if step.right_choice is not None]
        given = [(step, self._session.progress.of(step.id).choices) for step in questions]
        at_once = sum(choices[:1] == [step.right_choice] for step, choices in given)
        return [
            (self._message("report.answers"), self._message("report.progress-value", done=at_once, total=len(questions))),
            (self._message("report.asked-again"), self._asked_again(questions)),
        ]

    def _cases(self, cases: list[CaseState]) -> str:
        """How many cases were solved, and with how many points."""
        solved = [state for state in cases if state.solved]
        points = sum(state.points for state in solved)
        return self._message("report.cases-value", solved=len(solved), total=len(cases), points=points)

    def _asked_again(self, questions: list[Step]) -> str:
        """Of the questions missed the first time, how many were right when they came back."""
        given = [self._session.progress.of(step.id) for step in questions]
        missed = [
            (step, progress) for step, progress in zip(questions, given) if progress.choices[:1] not in ([], [step.right_choice])
        ]
        right = sum(step.right_choice in progress.asked_again for step, progress in missed)
        if not missed:
            return self._message("report.none-missed")
        return self._message("report.progress-value", done=right, total=len(missed))

    def _glossary(self) -> str:
        """The terms of the tutorial, in the order of the alphabet, each where the texts lead to."""
        terms = sorted(self._words.glossary.items(), key=lambda item: fold_accents(item[1].word).casefold())
        if not terms:
            return ""
        listed = "".join(
            f'<dt id="term-{escape(key)}">{escape(term.word)}</dt><dd>{escape(term.meaning)}</dd>' for key, term in terms
        )
        heading = escape(self._message("report.glossary"))
        return f'<section class="glossary"><h2 id="glossary">{heading}</h2><dl>{listed}</dl></section>'

    def _contents(self) -> str:
        lines = []
        for part in self._tutorial.parts:
            steps = "".join(self._contents_line(step) for step in part.steps)
            first = self._tutorial.steps.index(part.steps[0]) + 1 if part.steps else 1
            lines.append(f'<li>{escape(self._words.parts.get(part.id, part.id))}<ol start="{first}">{steps}</ol></li>')
        if self._words.glossary:
            lines.append(f'<li><a href="#glossary">{escape(self._message("report.glossary"))}</a></li>')
        return f"<nav><h2>{escape(self._message('report.steps'))}</h2><ol>{''.join(lines)}</ol></nav>"

    def _contents_line(self, step: Step) -> str:
        title = escape(self._step_words(step).title)
        badges = self._badge(self._session.status(step.id)) + self._open_badge(step)
        return f'<li><a href="#{escape(step.id)}">{title}</a> {badges}</li>'

    def _footer(self) -> str:
        application = self._session.workspace.application()
        versions = {application.name: application.version, **application.versions}
        listed = "".join(f"<li>{escape(name)} {escape(version)}</li>" for name, version in versions.items())
        credits_list = "".join(f"<li>{inline_html(line)}</li>" for line in self._words.credits)
        return (
            f"<footer><h2>{escape(self._message('report.versions'))}</h2><ul class='versions'>{listed}</ul>"
            f"<h2>{escape(self._message('report.sources'))}</h2><ul>{credits_list}</ul></footer>"
        )

    def _data(self) -> str:
        """What the page says, as JSON for a program that totals a class (see ``hand_in``)."""
        progress = self._session.progress
        steps = {
            step.id: {
                "state": progress.of(step.id).state,
                "done_by": progress.of(step.id).done_by,
                "done_at": progress.of(step.id).done_at,
                "seconds": round(progress.of(step.id).seconds, 1),
                "choices": progress.of(step.id).choices,
                "typed": progress.of(step.id).typed,
                "asked_again": progress.of(step.id).asked_again,
                "right_choice": step.right_choice,
                "optional": step.optional,
                "case": self._case_data(step),
            }
            for step in self._tutorial.steps
        }
        content = {
            "format": FORMAT,
            "tutorial": self._tutorial.id,
            "language": self._language,
            "learner": progress.learner,
            "automatic": self._unattended,
            "started_at": progress.started_at,
            "written_at": self._now.isoformat(timespec="seconds"),
            "steps": steps,
        }
        return hand_in_script(content)

    def _case_data(self, step: Step) -> Optional[dict[str, Any]]:
        if case_of(step) is None:
            return None
        state = case_state(self._session.progress.of(step.id).case)
        points = state.points if state.closed else 0
        return {"solved": state.solved, "tries": len(state.reports), "hints": state.hints, "points": points}

    # --- steps -----------------------------------------------------------------------------------------------------------

    def _part(self, part_id: str, steps: tuple[Step, ...]) -> str:
        articles = "\n".join(self._step(step) for step in steps)
        return f"<section><h2>{escape(self._words.parts.get(part_id, part_id))}</h2>\n{articles}</section>"

    def _step(self, step: Step) -> str:
        status = self._session.status(step.id)
        progress = self._session.progress.of(step.id)
        words = self._step_words(step)
        captured = self._captured.get(step.id, NOTHING)
        number = self._tutorial.steps.index(step) + 1
        blocks = [
            f'<h3><span class="number">{number}</span> {escape(words.title)} {self._badge(status)}{self._open_badge(step)}</h3>',
            f'<p class="reason">{escape(self._reason(status))}</p>',
            self._done_line(progress),
            self._goal(step, words),
            self._text(step, words),
            self._pictures(captured),
            self._data_table(captured.data_table),
            self._question(step, words, progress),
            self._case(step),
            f'<p class="takeaway"><strong>{escape(self._message("report.takeaway"))}</strong> {self._inline(words.takeaway)}</p>',
        ]
        return f'<article id="{escape(step.id)}">{"".join(block for block in blocks if block)}</article>'

    def _goal(self, step: Step, words: StepWords) -> str:
        if not words.goal:
            return ""
        minutes = f" ({escape(self._message('report.minutes', minutes=step.minutes))})" if step.minutes else ""
        return f'<p class="goal"><strong>{escape(self._message("report.goal"))}</strong> {self._inline(words.goal)}{minutes}</p>'

    def _badge(self, status: StepStatus) -> str:
        state = "invalidated" if status.invalidated else status.state
        return f'<span class="badge {state}">{escape(self._message(f"report.state.{state}"))}</span>'

    def _open_badge(self, step: Step) -> str:
        """What marks a step that was done and whose question was left open."""
        if not self._session.question_open(step):
            return ""
        return f' <span class="badge to-do">{escape(self._message("report.question-open"))}</span>'

    def _reason(self, status: StepStatus) -> str:
        if status.step.id in self._left_out:
            return self._message("report.left-out", reason=self._left_out[status.step.id])
        if status.state != DONE and status.step.needs_server and self._session.exchanges.server() is None:
            return self._message("report.left-out", reason=self._message("no-server"))
        if self._unattended and status.check_result.reason in OF_LEARNERS:
            return self._message("report.by.run")
        return self._message(status.check_result.reason, **status.check_result.fields)

    def _done_line(self, progress: StepProgress) -> str:
        if progress.state != DONE:
            return ""
        said = [self._when(progress.done_at)]
        if progress.seconds >= SHORTEST_SECONDS:
            said.append(self._duration(progress.seconds))
        if not self._unattended:
            said.append(self._message(f"report.by.{progress.done_by or LEARNER}"))
        return f'<p class="when">{escape(" · ".join(said))}</p>'

    def _pictures(self, captured: CapturedStep) -> str:
        figures = "".join(self._figure(picture) for picture in captured.pictures)
        return f'<div class="pictures">{figures}</div>' if figures else ""

    def _figure(self, picture: Picture) -> str:
        caption = self._caption(picture)
        data = base64.b64encode(picture.png).decode("ascii")
        start, end = SIDES.get(picture.shows.get("orientation", ""), ("", ""))
        sides = f'<span class="start">{start}</span><span class="end">{end}</span>' if start else ""
        image = f'<img src="data:image/png;base64,{data}" alt="{escape(caption)}">'
        return f'<figure><div class="view">{image}{sides}</div><figcaption>{escape(caption)}</figcaption></figure>'

    def _caption(self, picture: Picture) -> str:
        """What a picture shows, in words: view, volume, preset, plane and position, time point, window and level."""
        shows = picture.shows
        said = [name_of(picture.view, self._language)]
        if "volume" in shows:
            said.append(str(shows["volume"]))
        if shows.get("preset"):
            said.append(str(shows["preset"]))
        if shows.get("orientation") in SIDES:
            plane = self._message(f"report.plane.{shows['orientation']}")
            said.append(self._message("report.at", plane=plane, offset=shows["offset_mm"]))
        if "time_point" in shows:
            said.append(self._message("report.time-point", number=shows["time_point"], count=shows["time_points"]))
        if "window" in shows:
            said.append(self._message("report.window-level", window=shows["window"], level=shows["level"]))
        return " · ".join(said)

    def _data_table(self, data_table: Optional[DataTable]) -> str:
        if data_table is None:
            return ""
        chart = chart_svg(data_table.chart, data_table.title, self._language) if data_table.chart is not None else ""
        legend = self._message("report.marked", meaning=data_table.mark) if data_table.mark else ""
        return chart + table_html(data_table, legend)

    def _question(self, step: Step, words: StepWords, progress: StepProgress) -> str:
        if step.right_choice is None:
            return ""
        lines = [f"<p><strong>{escape(self._message('report.question'))}</strong> {self._inline(words.question)}</p>"]
        said = dict(enumerate(words.choices)) if step.expects is None else {}
        tries = [
            self._try(words, choice, progress.typed[place] if step.expects else said[choice], choice == step.right_choice)
            for place, choice in enumerate(progress.choices)
            if choice in said or (step.expects is not None and place < len(progress.typed))
        ]
        if not tries:
            lines.append(f"<p>{escape(self._message('report.unanswered'))}</p>")
        else:
            lines.append(f"<p><strong>{escape(self._message('report.your-answer'))}</strong></p>")
            lines.append(f'<ol class="tries">{"".join(tries)}</ol>')
        if progress.asked_again:
            right = step.right_choice in progress.asked_again
            key = f"report.{'again' if progress.choices else 'late'}-{'right' if right else 'wrong'}"
            explanation = "".join(words.explanations[step.right_choice : step.right_choice + 1]) if right else ""
            said_again = escape(self._message(key, count=len(progress.asked_again)))
            lines.append(f"<p>{said_again} {self._inline(explanation)}</p>" if explanation else f"<p>{said_again}</p>")
        return f'<div class="question">{"".join(lines)}</div>'

    def _case(self, step: Step) -> str:
        """What was reported of a case, the hints that were asked for, and, once it is closed, the solution."""
        content = case_content(self._session, step.id, self._language)
        if content is None:
            return ""
        lines = [f"<p><strong>{escape(content.heading)}</strong></p>"]
        if content.reports:
            lines.append(f'<ol class="tries">{"".join(f"<li>{escape(line)}</li>" for line in content.reports)}</ol>')
        lines += [f"<p>{escape(line)}</p>" for line in (*content.hints, content.solution) if line]
        return f'<div class="question">{"".join(lines)}</div>'

    def _try(self, words: StepWords, choice: int, said: str, right: bool) -> str:
        """One answer: chosen, or typed as it stands."""
        verdict = escape(self._message("report.right" if right else "report.wrong"))
        badge = f'<span class="badge {"done" if right else "invalidated"}">{verdict}</span>'
        explanation = words.explanations[choice] if choice < len(words.explanations) else ""
        answer = self._inline(said) if words.choices else escape(said)
        return f"<li>{answer} {badge}<p>{self._inline(explanation)}</p></li>"

    def _text(self, step: Step, words: StepWords) -> str:
        drawing = ""
        if step.drawing:
            svg = draw(self._tutorial.folder, step.drawing, self._words.drawings)
            label = escape(words.drawing_description)
            drawing = f'<figure class="drawing" role="img" aria-label="{label}">{svg}</figure>'
        links = "".join(
            f'<li><a href="{escape(self._tutorial.links[name])}">{escape(self._words.links.get(name, name))}</a></li>'
            for name in step.links
            if is_web_address(self._tutorial.links[name])
        )
        more = f'<div class="more"><p>{escape(self._message("report.more"))}</p><ul>{links}</ul></div>' if links else ""
        body = to_html(self._with_names(words.body), self._meanings, TERM_PLACE)
        task = f"<p><strong>{escape(self._message('report.task'))}</strong> {self._inline(words.task)}</p>" if words.task else ""
        summary = escape(self._message("report.text"))
        return f"<details open><summary>{summary}</summary>{body}{drawing}{task}{more}</details>"

    # --- words -----------------------------------------------------------------------------------------------------------

    def _step_words(self, step: Step) -> StepWords:
        return self._words.steps.get(step.id, StepWords(title=step.id))

    def _with_names(self, text: str) -> str:
        return with_interface_names(text, self._tutorial.interface, self._words.interface, self._language)

    def _inline(self, text: str) -> str:
        return inline_html(self._with_names(text), self._meanings, TERM_PLACE)

    def _message(self, key: str, **fields) -> str:
        return message(key, self._language, **fields)

    def _when(self, iso: str) -> str:
        if not iso:
            return "–"
        moment = datetime.fromisoformat(iso)
        date_format, time_format = DATE_FORMATS.get(self._language, DATE_FORMATS["en"])
        return self._message("report.done-at", date=moment.strftime(date_format), time=moment.strftime(time_format))

    def _duration(self, seconds: float) -> str:
        if seconds < 100:
            return self._message("report.seconds", seconds=round(seconds, 1) if seconds < 10 else round(seconds))
        return self._message("report.minutes", minutes=round(seconds / 60))
