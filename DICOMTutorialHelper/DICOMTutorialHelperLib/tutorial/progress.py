"""How far a learner came, as plain data that lasts between starts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Optional, Protocol

TO_DO = "to-do"
DONE = "done"
SKIPPED = "skipped"
STATES = (TO_DO, DONE, SKIPPED)

LEARNER = "learner"  # alone
SHOWN = "shown"  # after "show me where"
HELPER = "helper"  # "do it for me"


@dataclass
class StepProgress:
    """``done_at`` is ISO 8601 local time; ``done_by`` is LEARNER, SHOWN or HELPER; ``shown`` says whether the learner was shown
    where to click, ``helped`` whether the guide acted in their place. ``choices`` are the answers given to the question, in
    order, ``typed`` what was typed for each of them where answers are typed; ``asked_again`` are those given when the question
    came back. ``case`` is what ``casework`` keeps of a case. ``notes`` belongs to the step's checks. ``reason`` is what the
    check said (key, fields) when it was content; ``invalidated`` why a step that was done is not any more."""

    state: str = TO_DO
    done_at: str = ""
    done_by: str = ""
    seconds: float = 0.0
    acknowledged: bool = False
    shown: bool = False
    helped: bool = False
    choices: list[int] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    asked_again: list[int] = field(default_factory=list)
    case: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    reason: Optional[tuple[str, dict[str, Any]]] = None
    invalidated: Optional[tuple[str, dict[str, Any]]] = None

    @property
    def choice(self) -> Optional[int]:
        """The answer given last, counted from 0; None without one."""
        return self.choices[-1] if self.choices else None


@dataclass
class TutorialProgress:
    """The progress of one tutorial. ``folders`` says where its data sets lie, by a short name."""

    tutorial_id: str
    current: str = ""
    started_at: str = ""
    learner: str = ""
    steps: dict[str, StepProgress] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)

    def of(self, step_id: str) -> StepProgress:
        """The progress of a step, begun where there was none."""
        return self.steps.setdefault(step_id, StepProgress())

    def to_json(self) -> str:
        """All of it as the text that ``from_json`` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str, tutorial_id: str) -> TutorialProgress:
        """What was saved; a fresh start for what is damaged or belongs to another tutorial (a lost bookmark is no disaster)."""
        try:
            content = json.loads(text)
            if content["tutorial_id"] != tutorial_id:
                return TutorialProgress(tutorial_id)
            steps = {step_id: StepProgress(**step) for step_id, step in content.pop("steps").items()}
            progress = TutorialProgress(steps=steps, **content)
        except (ValueError, KeyError, TypeError, AttributeError):
            return TutorialProgress(tutorial_id)
        for step in progress.steps.values():
            if step.state not in STATES:
                step.state = TO_DO
            step.reason = _as_pair(step.reason)
            step.invalidated = _as_pair(step.invalidated)
        return progress


def _as_pair(reason: Any) -> Optional[tuple[str, dict[str, Any]]]:
    """JSON has lists only."""
    return (str(reason[0]), dict(reason[1])) if reason else None


class ProgressStore(Protocol):
    """Where progress is kept: a text a tutorial. Inside Slicer its settings, elsewhere a file."""

    def load(self, tutorial_id: str) -> str:
        """The text saved last, "" for none."""
        ...

    def save(self, tutorial_id: str, text: str) -> None:
        """Keep a tutorial's text in place of the last one."""


class MemoryStore:
    """Keeps progress as long as the program runs."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def load(self, tutorial_id: str) -> str:
        """As ``ProgressStore.load``."""
        return self._texts.get(tutorial_id, "")

    def save(self, tutorial_id: str, text: str) -> None:
        """As ``ProgressStore.save``."""
        self._texts[tutorial_id] = text
