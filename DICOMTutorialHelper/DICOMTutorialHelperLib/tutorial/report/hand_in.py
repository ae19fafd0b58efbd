"""What a learner's page holds for a program: written as JSON into the page, read back by whoever totals a class.

Two checksums go with it, one of the JSON, one of the whole page. They tell an edit made by hand from an untouched page, and no
more: whoever can compute SHA-256, and this program is free to read, can write a page that passes for untouched.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

from DICOMTutorialHelperLib.errors import HelperError, system_reason
from DICOMTutorialHelperLib.tutorial.progress import DONE, HELPER, LEARNER, SHOWN, STATES

FORMAT = "dicom-tutorial-hand-in/1"
MOST_BYTES = 200_000_000  # a page of thirty steps with pictures has some 5 MB
UNTOUCHED, PAGE_CHANGED, DATA_CHANGED, NO_SEAL = "untouched", "page-changed", "data-changed", "no-seal"
SEALS = (UNTOUCHED, PAGE_CHANGED, DATA_CHANGED, NO_SEAL)
_SCRIPT = re.compile(r'<script\b[^>]*\bid="hand-in"[^>]*>(.*?)</script>', re.DOTALL)
_CHECKSUM = re.compile(r'\bdata-sha256="([0-9a-f]{64})"')
_SEAL = re.compile(r'<meta name="hand-in-page" content="([0-9a-f]{64})">\n?')
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


class HandInError(HelperError):
    """A file that is no hand-in, or a damaged one. ``reason`` is a key of the texts ``class``."""

    domain = "class"
    prefix = "skipped."


@dataclass(frozen=True)
class HandInCase:
    """What became of a case to solve: see ``data.synthetic.cases``."""

    solved: bool
    tries: int
    hints: int
    points: int


@dataclass(frozen=True)
class HandInStep:
    """One step as the learner left it; ``choices`` are the answers given, in order, None where the step has no question. An
    ``optional`` one is not counted."""

    state: str
    done_by: str = ""
    done_at: str = ""
    seconds: float = 0.0
    choices: tuple[int, ...] = ()
    right_choice: Optional[int] = None
    asked_again: tuple[int, ...] = ()
    typed: tuple[str, ...] = ()
    case: Optional[HandInCase] = None
    optional: bool = False

    @property
    def right_at_once(self) -> bool:
        """Whether the question was answered right the first time."""
        return self.right_choice is not None and self.choices[:1] == (self.right_choice,)


@dataclass(frozen=True)
class HandIn:
    """A learner's page. ``seal`` is a member of SEALS; ``learner`` is what was typed for a name, "" for nothing."""

    path: Path
    tutorial: str
    learner: str
    automatic: bool
    started_at: str
    written_at: str
    steps: Mapping[str, HandInStep] = field(default_factory=dict)
    seal: str = UNTOUCHED

    def done(self, by: str = "") -> int:
        """How many steps are done, or were done in one of the ways LEARNER, SHOWN and HELPER."""
        return sum(step.state == DONE and (not by or step.done_by == by) for step in self.counted)

    @property
    def counted(self) -> tuple[HandInStep, ...]:
        """All steps but the optional ones."""
        return tuple(step for step in self.steps.values() if not step.optional)

    @property
    def questions(self) -> tuple[HandInStep, ...]:
        """The steps that have a question, optional ones aside."""
        return tuple(step for step in self.counted if step.right_choice is not None)

    @property
    def cases(self) -> tuple[HandInCase, ...]:
        """The cases to solve that there were."""
        return tuple(step.case for step in self.steps.values() if step.case is not None)

    @property
    def minutes(self) -> float:
        """How long the learner was at all steps together."""
        return sum(step.seconds for step in self.steps.values()) / 60

    @property
    def times_agree(self) -> bool:
        """Whether no step was done before the tutorial was started, or after the page was written."""
        times = [step.done_at for step in self.steps.values() if step.done_at]
        return all(self.started_at[:19] <= time[:19] <= self.written_at[:19] for time in times)

    @property
    def run(self) -> tuple[str, ...]:
        """What two pages have in common only if they come from one learner's work: its moments."""
        return (self.started_at, *(step.done_at for step in self.steps.values() if step.done_at))


def hand_in_script(content: Mapping[str, Any]) -> str:
    """The element of the page that holds the JSON, with its checksum."""
    text = json.dumps(content, sort_keys=True).replace("<", "\\u003c")
    return f'<script type="application/json" id="hand-in" data-sha256="{_sha256(text)}">{text}</script>'


def sealed(page: str) -> str:
    """The page with its own checksum in its head."""
    page = _SEAL.sub("", page).replace("\r\n", "\n").replace("\r", "\n")  # as reading does: mail changes line ends
    return page.replace("</head>", f'<meta name="hand-in-page" content="{_page_sum(page)}">\n</head>', 1)


def read_hand_in(path: Path) -> HandIn:
    """The hand-in in a file. Raises HandInError for a file that is none, or is damaged."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise HandInError("too-large", size=size // 1_000_000)
        page = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise HandInError("unreadable", cause=system_reason(error)) from error
    found = _SCRIPT.search(page)
    if found is None:
        raise HandInError("foreign" if 'id="hand-in"' not in page else "damaged")
    try:
        content = json.loads(found.group(1))
    except (ValueError, RecursionError) as error:
        raise HandInError("damaged") from error
    if not isinstance(content, dict) or not str(content.get("format", "")).startswith("dicom-tutorial-hand-in/"):
        raise HandInError("damaged")
    if content["format"] != FORMAT:
        raise HandInError("newer", format=str(content["format"]))
    return _from_json(path, content, _seal_of(page, found))


def _seal_of(page: str, found: re.Match[str]) -> str:
    checksum = _CHECKSUM.search(found.group(0))
    if checksum is None or checksum.group(1) != _sha256(found.group(1)):
        return DATA_CHANGED
    seal = _SEAL.search(page)
    if seal is None:
        return NO_SEAL
    return UNTOUCHED if seal.group(1) == _page_sum(_SEAL.sub("", page)) else PAGE_CHANGED


def _page_sum(page: str) -> str:
    return _sha256(page.rstrip("\n"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _from_json(path: Path, content: dict[str, Any], seal: str) -> HandIn:
    """Raises HandInError where anything is of another kind than the guide writes: such a page would be totalled wrong."""
    steps = content.get("steps")
    if not isinstance(steps, dict) or not all(isinstance(step, dict) for step in steps.values()):
        raise HandInError("damaged")
    try:
        return HandIn(
            path=path,
            tutorial=_text(content["tutorial"]),
            learner=" ".join(_text(content["learner"]).split()),
            automatic=content.get("automatic") is True,
            started_at=_time(content["started_at"]),
            written_at=_time(content["written_at"]),
            steps={step_id: _step(step) for step_id, step in steps.items()},
            seal=seal,
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise HandInError("damaged") from error


def _step(content: dict[str, Any]) -> HandInStep:
    state, done_by = content["state"], content.get("done_by", "")
    if state not in STATES or done_by not in ("", LEARNER, SHOWN, HELPER):
        raise ValueError(state)
    right = content.get("right_choice")
    case = content.get("case")
    return HandInStep(
        state=state,
        done_by=done_by,
        done_at=_time(content.get("done_at", "")),
        seconds=_seconds(content.get("seconds", 0)),
        choices=tuple(_whole_numbers(content.get("choices", []))),
        right_choice=None if right is None else next(_whole_numbers([right])),
        asked_again=tuple(_whole_numbers(content.get("asked_again", []))),
        typed=tuple(_text(text) for text in content.get("typed", [])),
        case=_case(case) if case is not None else None,
        optional=content.get("optional") is True,
    )


def _case(content: dict[str, Any]) -> HandInCase:
    tries, hints, points = _whole_numbers([content["tries"], content["hints"], content["points"]])
    return HandInCase(content["solved"] is True, tries, hints, points)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _time(value: object) -> str:
    """ISO 8601, or "" for a moment that has not come."""
    text = _text(value)
    if text:
        if not _TIME.match(text):
            raise ValueError(text)
        datetime.fromisoformat(text)
    return text


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise ValueError(value)
    return float(value)


def _whole_numbers(values: Any) -> Iterator[int]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not -1000 < value < 1000:
            raise ValueError(value)
        yield value
