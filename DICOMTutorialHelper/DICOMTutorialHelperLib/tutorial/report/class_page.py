"""A class's totals as one page for its teacher, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from DICOMTutorialHelperLib.languages import resources_folder
from DICOMTutorialHelperLib.messages import number_text, translate
from DICOMTutorialHelperLib.plain_text import csv_cell, one_line
from DICOMTutorialHelperLib.plain_text import html_text as escape
from DICOMTutorialHelperLib.tutorial.content import Tutorial, Words
from DICOMTutorialHelperLib.tutorial.markup import to_plain, with_interface_names
from DICOMTutorialHelperLib.tutorial.progress import HELPER, LEARNER, SHOWN
from DICOMTutorialHelperLib.tutorial.report.classroom import ClassMember, ClassTotals, QuestionResult, hardest
from DICOMTutorialHelperLib.tutorial.report.parts import style

# Spreadsheets part cells by a semicolon where the comma is for decimals.
DELIMITERS = {"en": ","}
LONGEST_ANSWER = 90
MEMBER_COLUMNS = tuple("name tutorial done alone shown helped at_once minutes cases points page remarks".split())
CSV_COLUMNS = tuple(
    "name tutorial done steps alone shown helped at_once questions minutes cases all_cases points page remarks file".split()
)


class ClassPage:
    """``tutorials`` are those whose words are known, by their identifiers: questions of others bear their step's name."""

    def __init__(self, totals: ClassTotals, folder: Path, language: str, tutorials: Mapping[str, Tutorial]) -> None:
        self._totals = totals
        self._folder = folder
        self._language = language
        self._tutorials = tutorials
        self._words: dict[str, Words] = {name: tutorial.words(language) for name, tutorial in tutorials.items()}

    # --- texts -----------------------------------------------------------------------------------------------------------

    def _say(self, key: str, **fields: object) -> str:
        return translate("class", key, self._language, **fields)

    def _of(self, part: int, whole: int) -> str:
        return self._say("of", part=part, whole=whole)

    def summary(self) -> str:
        """How many handed in, and how many files were set aside, as a sentence."""
        return self._say("summary", count=len(self._totals.members), aside=len(self._totals.set_aside))

    def hardest(self) -> str:
        """Which question the class got wrong, as a sentence; "" where nobody got one wrong."""
        result = hardest(self._totals.questions)
        if result is None:
            return ""
        return self._say("hardest", question=self._question(result), right=result.at_once, asked=result.asked)

    def _title(self, tutorial: str) -> str:
        return self._words[tutorial].title if tutorial in self._words else tutorial

    def _step_title(self, tutorial: str, step_id: str) -> str:
        steps = self._words[tutorial].steps if tutorial in self._words else {}
        return steps[step_id].title if step_id in steps else step_id

    def _question(self, result: QuestionResult) -> str:
        steps = self._words[result.tutorial].steps if result.tutorial in self._words else {}
        said = steps[result.step_id].question if result.step_id in steps else ""
        return self._plain(result.tutorial, said) or self._step_title(result.tutorial, result.step_id)

    def _plain(self, tutorial: str, text: str) -> str:
        if tutorial not in self._tutorials:
            return text
        named = with_interface_names(text, self._tutorials[tutorial].interface, self._words[tutorial].interface, self._language)
        return one_line(to_plain(named))

    def _wrong(self, result: QuestionResult) -> str:
        """The answer that most gave who were wrong, and how many."""
        if not result.wrong:
            return ""
        (choice, count), *_ = result.wrong.most_common(1)
        steps = self._words[result.tutorial].steps if result.tutorial in self._words else {}
        choices = steps[result.step_id].choices if result.step_id in steps else ()
        if 0 <= choice < len(choices):
            answer = self._plain(result.tutorial, choices[choice])
            answer = answer if len(answer) <= LONGEST_ANSWER else f"{answer[:LONGEST_ANSWER]}…"
        else:
            answer = self._say("answer-number", number=choice + 1)
        return self._say("chosen", answer=answer, count=count)

    def _remarks(self, member: ClassMember) -> str:
        return " · ".join(self._say(f"remark.{remark.key}", **remark.fields) for remark in member.remarks)

    # --- tables ----------------------------------------------------------------------------------------------------------

    def member_rows(self) -> list[tuple[str, ...]]:
        """One row a learner, cells in the order of MEMBER_COLUMNS."""
        rows: list[tuple[str, ...]] = []
        for member in self._totals.members:
            hand_in = member.hand_in
            questions = hand_in.questions
            solved = sum(case.solved for case in hand_in.cases)
            rows.append(
                (
                    hand_in.learner or f"{self._say('no-name')} {hand_in.path.name}",
                    self._title(hand_in.tutorial),
                    self._of(hand_in.done(), len(hand_in.counted)),
                    str(hand_in.done(LEARNER)),
                    str(hand_in.done(SHOWN)),
                    str(hand_in.done(HELPER)),
                    self._of(sum(step.right_at_once for step in questions), len(questions)) if questions else "",
                    number_text(hand_in.minutes, self._language, 0),
                    self._of(solved, len(hand_in.cases)) if hand_in.cases else "",
                    str(sum(case.points for case in hand_in.cases)) if hand_in.cases else "",
                    self._say(f"seal.{hand_in.seal}"),
                    self._remarks(member),
                )
            )
        return rows

    def _question_rows(self) -> list[tuple[str, ...]]:
        return [
            (
                self._question(result),
                str(result.asked),
                self._of(result.at_once, result.asked),
                self._of(result.in_the_end, result.asked),
                self._wrong(result),
            )
            for result in self._totals.questions
        ]

    def _case_rows(self) -> list[tuple[str, ...]]:
        return [
            (self._step_title(case.tutorial, case.step_id), str(case.tried), str(case.solved), str(case.points))
            for case in self._totals.cases
        ]

    def _aside_rows(self) -> list[tuple[str, ...]]:
        return [(str(one.path.relative_to(self._folder)), one.error.message(self._language)) for one in self._totals.set_aside]

    # --- what is written -------------------------------------------------------------------------------------------------

    def html(self) -> str:
        """The page: one file that needs nothing else."""
        title = self._say("title")
        members = self.member_rows()
        # Columns that say the same of everybody, or nothing of anybody, are left out.
        one_tutorial = len(self._totals.tutorials) <= 1
        shown = [
            place
            for place, name in enumerate(MEMBER_COLUMNS)
            if any(row[place] for row in members) and not (name == "tutorial" and one_tutorial)
        ]
        subtitle = self._title(self._totals.tutorials[0]) if len(self._totals.tutorials) == 1 else ""
        hardest_one = self.hardest()
        sections = [
            self._section("members", [MEMBER_COLUMNS[place] for place in shown], [[row[n] for n in shown] for row in members], {
                number for number, member in enumerate(self._totals.members) if member.remarks
            }),
            self._section("questions", ("question", "asked", "at_once", "in_the_end", "wrong"), self._question_rows(), {
                number for number, result in enumerate(self._totals.questions) if result.share < 0.5
            }),
            self._section("cases", ("case", "tried", "solved", "points"), self._case_rows(), set()),
            self._section("aside", ("file", "reason"), self._aside_rows(), set()),
        ]  # fmt: skip
        return (
            f'<!DOCTYPE html>\n<html lang="{escape(self._language)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>{style()}{_wide()}</style>\n</head>\n<body>\n"
            f'<header><p class="kind">{escape(title)}</p><h1>{escape(self._folder.resolve().name)}</h1>'
            f'<p class="subtitle">{escape(subtitle)}</p><p>{escape(self.summary())}</p>'
            f"{f'<p>{escape(hardest_one)}</p>' if hardest_one else ''}</header>\n<main>\n"
            f"{''.join(section for section in sections if section)}\n</main>\n"
            f"<footer><h2>{escape(self._say('heading.honest'))}</h2><p>{escape(self._say('honest'))}</p></footer>\n</body>\n</html>\n"
        )

    def _section(self, key: str, columns: Sequence[str], rows: Sequence[Sequence[str]], marked: set[int]) -> str:
        if not rows:
            return ""
        heading = self._say(f"heading.{key}")
        names = [self._say(f"column.{name}") for name in columns]
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
        body = "".join(
            f"<tr{' class=marked' if number in marked else ''}>"
            f'<th scope="row">{escape(row[0])}</th>'
            + "".join(f'<td data-column="{escape(name)}">{escape(cell)}</td>' for name, cell in zip(names[1:], row[1:]))
            + "</tr>"
            for number, row in enumerate(rows)
        )
        return (
            f'<article id="{key}"><h2>{escape(heading)}</h2>'
            f'<div class="table" tabindex="0" role="region" aria-label="{escape(heading)}">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></article>\n"
        )

    def csv(self) -> str:
        """One row a learner, numbers in cells of their own; with a byte order mark, by which spreadsheets know UTF-8."""
        told = io.StringIO()
        writer = csv.writer(told, delimiter=DELIMITERS.get(self._language, ";"), lineterminator="\r\n")
        writer.writerow([csv_cell(self._say(f"column.{name}")) for name in CSV_COLUMNS])
        for member in self._totals.members:
            hand_in, cases = member.hand_in, member.hand_in.cases
            cells = (
                hand_in.learner,
                self._title(hand_in.tutorial),
                hand_in.done(),
                len(hand_in.counted),
                hand_in.done(LEARNER),
                hand_in.done(SHOWN),
                hand_in.done(HELPER),
                sum(step.right_at_once for step in hand_in.questions),
                len(hand_in.questions),
                round(hand_in.minutes),
                sum(case.solved for case in cases),
                len(cases),
                sum(case.points for case in cases),
                self._say(f"seal.{hand_in.seal}"),
                self._remarks(member),
                str(hand_in.path.relative_to(self._folder)),
            )
            writer.writerow([cell if isinstance(cell, int) else csv_cell(cell) for cell in cells])
        return "\ufeff" + told.getvalue()


def _wide() -> str:
    return (resources_folder() / "Reports" / "class.css").read_text(encoding="utf-8")
