"""A class: all hand-ins of a folder, totalled, with what stands out in them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.tutorial.progress import DONE
from DICOMTutorialHelperLib.tutorial.report.hand_in import (
    DATA_CHANGED,
    PAGE_CHANGED,
    HandIn,
    HandInCase,
    HandInError,
    HandInStep,
    read_hand_in,
)

PAGES = (".html", ".htm")
ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tgz", ".tar")


@dataclass(frozen=True)
class Remark:
    """What stands out in a hand-in: ``remark.<key>`` of the texts ``class`` with its fields."""

    key: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassMember:
    """A learner's page, and what stands out in it."""

    hand_in: HandIn
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class QuestionResult:
    """How a class answered the question of a step. ``wrong`` counts the wrong choices made the first time."""

    tutorial: str
    step_id: str
    asked: int
    at_once: int
    in_the_end: int
    wrong: Counter[int]

    @property
    def share(self) -> float:
        """Of those who answered, who was right the first time: 0 to 1."""
        return self.at_once / self.asked


@dataclass(frozen=True)
class CaseResult:
    """How a class solved a case: how many tried, how many solved it, and with how many points altogether."""

    tutorial: str
    step_id: str
    tried: int
    solved: int
    points: int


@dataclass(frozen=True)
class SetAside:
    """A file that is not totalled: ``reason`` is the sentence's key, whole, in the texts ``class``."""

    path: Path
    error: HelperError


@dataclass(frozen=True)
class ClassTotals:
    """``members`` in the order of their names; ``questions`` with the hardest first."""

    members: tuple[ClassMember, ...]
    questions: tuple[QuestionResult, ...]
    cases: tuple[CaseResult, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def tutorials(self) -> tuple[str, ...]:
        """The identifiers of the tutorials that were handed in, A to Z."""
        return tuple(sorted({member.hand_in.tutorial for member in self.members}))


def total_class(
    folder: Path, progress: Callable[[int, int], None] = lambda done, total: None, but: Optional[Path] = None
) -> ClassTotals:
    """Read all files below a folder ``but`` one, and total those that are learners' pages.

    A person who handed in twice counts with the last page. Automatic runs and everything that is no hand-in is set aside, by
    name and with the reason. Raises OSError for a folder that cannot be listed.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not _hidden(path, folder))
    paths = [path for path in paths if but is None or path.resolve() != but.resolve()]
    read: list[HandIn] = []
    aside: list[SetAside] = []
    for number, path in enumerate(paths, 1):
        try:
            if path.suffix.lower() not in PAGES:
                raise HandInError("archive" if path.suffix.lower() in ARCHIVES else "no-page")
            hand_in = read_hand_in(path)
            if hand_in.automatic:
                raise HandInError("automatic")
            read.append(hand_in)
        except HandInError as error:
            aside.append(SetAside(path, error))
        progress(number, len(paths))
    kept, earlier = _last_of_each(read)
    members = tuple(ClassMember(hand_in, tuple(_remarks(hand_in, kept))) for hand_in in sorted(kept, key=_order))
    return ClassTotals(
        members,
        tuple(sorted(_questions(kept), key=lambda result: (result.share, -result.asked, result.step_id))),
        tuple(_cases(kept)),
        (*aside, *earlier),
    )


def person(name: str) -> str:
    """What two spellings of one name have in common: capitals, spaces and accents' encoding aside."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)


def _order(hand_in: HandIn) -> tuple[bool, str, str, str]:
    """By name as a register is sorted, accents aside; those without one last."""
    apart = unicodedata.normalize("NFKD", person(hand_in.learner))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return not hand_in.learner, plain, hand_in.tutorial, hand_in.path.name


def _last_of_each(read: list[HandIn]) -> tuple[list[HandIn], list[SetAside]]:
    by_person: dict[tuple[str, ...], list[HandIn]] = {}
    for hand_in in read:
        # Pages without a name belong together only where they are one run.
        key = (person(hand_in.learner),) if hand_in.learner else hand_in.run
        by_person.setdefault((hand_in.tutorial, *key), []).append(hand_in)
    kept, aside = [], []
    for pages in by_person.values():
        pages.sort(key=lambda page: (page.written_at, page.path.name))
        last = pages[-1]
        kept.append(last)
        for page in pages[:-1]:
            reason = "earlier" if page.started_at == last.started_at else "same-name"
            aside.append(SetAside(page.path, HandInError(reason, file="/".join(last.path.parts[-2:]), name=page.learner or "–")))
    return kept, aside


def _remarks(hand_in: HandIn, all_of_them: Iterable[HandIn]) -> Iterable[Remark]:
    if hand_in.seal in (DATA_CHANGED, PAGE_CHANGED):
        yield Remark(hand_in.seal)
    if not hand_in.times_agree:
        yield Remark("times")
    others = [
        other.learner or other.path.name
        for other in all_of_them
        if other is not hand_in and other.tutorial == hand_in.tutorial and len(hand_in.run) > 1 and other.run == hand_in.run
    ]
    if others:
        yield Remark("same-run", {"names": sorted(others)})


def _questions(kept: Iterable[HandIn]) -> Iterable[QuestionResult]:
    answered: dict[tuple[str, str], list[HandInStep]] = {}
    for hand_in in kept:
        for step_id, step in hand_in.steps.items():
            if step.right_choice is not None and step.choices:
                answered.setdefault((hand_in.tutorial, step_id), []).append(step)
    for (tutorial, step_id), steps in answered.items():
        yield QuestionResult(
            tutorial,
            step_id,
            asked=len(steps),
            at_once=sum(step.right_at_once for step in steps),
            in_the_end=sum(step.right_choice in (*step.choices, *step.asked_again) for step in steps),
            wrong=Counter(step.choices[0] for step in steps if not step.right_at_once),
        )


def _cases(kept: Iterable[HandIn]) -> Iterable[CaseResult]:
    tried: dict[tuple[str, str], list[HandInCase]] = {}
    for hand_in in kept:
        for step_id, step in hand_in.steps.items():
            if step.case is not None and (step.case.tries or step.case.hints or step.state == DONE):
                tried.setdefault((hand_in.tutorial, step_id), []).append(step.case)
    for (tutorial, step_id), cases in sorted(tried.items()):
        solved = sum(case.solved for case in cases)
        yield CaseResult(tutorial, step_id, len(cases), solved, sum(case.points for case in cases))


def hardest(results: Iterable[QuestionResult], least_asked: int = 1) -> Optional[QuestionResult]:
    """The question that most got wrong the first time; None where nobody got one wrong."""
    wrong = [result for result in results if result.at_once < result.asked and result.asked >= least_asked]
    return min(wrong, key=lambda result: result.share, default=None)
