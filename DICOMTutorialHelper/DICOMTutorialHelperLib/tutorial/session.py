"""The engine: where a learner stands in a tutorial, and what makes a step done or undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Optional

from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.data.synthetic.cases import CaseTruth
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.tutorial.casework import HINTS, SOLVED_CHECK, CaseReport, case_state, compared
from DICOMTutorialHelperLib.tutorial.content import Call, Step, Tutorial
from DICOMTutorialHelperLib.tutorial.progress import (
    DONE,
    HELPER,
    LEARNER,
    SHOWN,
    SKIPPED,
    TO_DO,
    MemoryStore,
    ProgressStore,
    TutorialProgress,
)
from DICOMTutorialHelperLib.tutorial.questions import is_open, missed_questions, questions_to_ask, right_at_once, typed_choice
from DICOMTutorialHelperLib.tutorial.step_checks import StepChecks
from DICOMTutorialHelperLib.tutorial.steps import registered, registered_answers
from DICOMTutorialHelperLib.tutorial.steps.case_steps import truth_of_case
from DICOMTutorialHelperLib.tutorial.steps.data_actions import series_at_hand
from DICOMTutorialHelperLib.tutorial.steps.data_answers import number_typed
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, Expected, StepContext, sends
from DICOMTutorialHelperLib.tutorial.tables import DataTable
from DICOMTutorialHelperLib.workspace.interface import SCENE_CHANGED, VIEWS_CHANGED, Workspace

UNDERSTOOD = ("acknowledged", "answered", "missed-answered", SOLVED_CHECK)  # checks of what only a learner can do


@dataclass(frozen=True)
class StepStatus:
    """What a learner sees of a step. ``invalidated`` says that it was done once and does not hold any more;
    ``check_result`` says why."""

    step: Step
    state: str
    current: bool
    check_result: CheckResult
    invalidated: bool = False


class TutorialSession:
    """One learner, one tutorial, one workspace.

    A step is done when all its checks say so, and only then. It is undone when what it rests on is no longer so: its own
    persistent checks and those of its ``preconditions``. ``refresh`` looks; ``start`` makes every change in the workspace look.
    ``listener`` is told after anything a learner could see has changed.
    """

    def __init__(
        self,
        tutorial: Tutorial,
        workspace: Workspace,
        store: Optional[ProgressStore] = None,
        listener: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = datetime.now,
        stopwatch: Callable[[], float] = time.monotonic,
        practice_size: str = "full",
        results_folder: Optional[Path] = None,
        case_seed: Optional[int] = None,
        exchanges: Optional[Exchanges] = None,
    ) -> None:
        self.tutorial = tutorial
        self.workspace = workspace
        self._store = store if store is not None else MemoryStore()
        self._listener = listener
        self._now = now
        self._stopwatch = stopwatch
        self._practice_size = practice_size
        self._results_folder = results_folder
        self._case_seed = case_seed
        self.exchanges = exchanges or Exchanges()
        checks, self._actions, self._data_tables = registered()
        self._checks = StepChecks(checks, self.step_context)
        self._stop_observing: Optional[Callable[[], None]] = None
        self._refreshing = False
        self._acting = False
        self._settled = ""  # the step whose question was answered right just now, where it was asked again
        self._entered = stopwatch()
        self.progress = TutorialProgress.from_json(self._store.load(tutorial.id), tutorial.id)
        known = {step.id for step in tutorial.steps}
        if self.progress.current not in known:
            self.progress.current = tutorial.steps[0].id
        if not self.progress.started_at:
            self.progress.started_at = self._time()

    # --- following the workspace -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Look now, and whenever the workspace changes, until ``stop``."""
        if self._stop_observing is None:
            self._stop_observing = self._observe()
        self._entered = self._stopwatch()
        self.refresh()

    def _observe(self) -> Callable[[], None]:
        stop_workspace = self.workspace.subscribe(self._on_change)
        stop_exchanges = self.exchanges.watch(lambda: self._on_change("server"))

        def stop() -> None:
            stop_workspace()
            stop_exchanges()

        return stop

    def stop(self) -> None:
        """Observe nothing any more; what was reached is saved."""
        if self._stop_observing is not None:
            self._stop_observing()
            self._stop_observing = None
        self._count_time()
        self._save()

    @property
    def following(self) -> bool:
        """Whether changes in the workspace are looked at."""
        return self._stop_observing is not None

    def _on_change(self, kind: str) -> None:
        if kind in (SCENE_CHANGED, VIEWS_CHANGED):
            self.workspace.marks_follow_images()
        self.refresh()

    # --- where the learner stands ----------------------------------------------------------------------------------------

    @property
    def current(self) -> Step:
        """The step the learner is at."""
        return self.tutorial.step(self.progress.current)

    @property
    def done_count(self) -> int:
        """How many steps are done now, optional ones aside."""
        return sum(self.progress.of(step.id).state == DONE for step in self.tutorial.counted)

    def status(self, step_id: str) -> StepStatus:
        """The state of a step, with the reason a learner is given; asks the workspace for the current step only."""
        step = self.tutorial.step(step_id)
        progress = self.progress.of(step_id)
        current = step_id == self.progress.current
        if current or progress.state == DONE:
            check_result = self._checks.result_of(step, progress)
        elif progress.invalidated is not None:
            check_result = CheckResult(False, *progress.invalidated)
        else:
            check_result = CheckResult(False, f"state.{progress.state}")
        return StepStatus(step, progress.state, current, check_result, progress.invalidated is not None)

    # --- looking ---------------------------------------------------------------------------------------------------------

    def refresh(self) -> list[str]:
        """Check the current step, and the preconditions of all that are done; answers the steps whose state changed."""
        if self._refreshing:  # a check that changes what it looks at must not start over
            return []
        self._refreshing = True
        try:
            changed = [step.id for step in self.tutorial.steps if self._undone_now(step) or self._restored_now(step)]
            if self._done_now(self.current):
                changed.append(self.current.id)
        finally:
            self._refreshing = False
        if changed:
            self._save()
        self._listener()
        return changed

    def _done_now(self, step: Step) -> bool:
        progress = self.progress.of(step.id)
        if progress.state == DONE or progress.invalidated is not None or not step.checks:  # a lost one is restored, not redone
            return False
        check_result = self._checks.result_of(step, progress)
        if not check_result.done:
            return False
        self._count_time()
        progress.reason = (check_result.reason, dict(check_result.fields))
        progress.state = DONE
        progress.done_at = self._time()
        progress.done_by = HELPER if self._acting or progress.helped else SHOWN if progress.shown else LEARNER
        return True

    def _undone_now(self, step: Step) -> bool:
        progress = self.progress.of(step.id)
        if progress.state != DONE:
            return False
        lost = self._checks.lost(step)
        if lost is None:
            return False
        progress.state = TO_DO
        progress.invalidated = (lost.reason, dict(lost.fields))
        return True

    def _restored_now(self, step: Step) -> bool:
        """A lost step whose preconditions are back (the volume was loaded again) is done as it was."""
        progress = self.progress.of(step.id)
        if progress.invalidated is None or self._checks.lost(step) is not None:
            return False
        progress.state = DONE
        progress.invalidated = None
        return True

    def step_context(self, step: Step, progress: Optional[Progress] = None) -> StepContext:
        """What checks, actions and data tables of a step are given."""
        reached = self.progress.of(step.id)
        right, questions = right_at_once(self.tutorial, self.progress)
        return StepContext(
            tutorial=self.tutorial,
            step=step,
            workspace=self.workspace,
            folders={name: Path(folder) for name, folder in self.progress.folders.items()},
            choice=reached.choice,
            acknowledged=reached.acknowledged,
            notes=reached.notes,
            progress=progress,
            practice_size=self._practice_size,
            typed=reached.typed[-1] if reached.typed else "",
            results_folder=self._results_folder,
            open_questions=len(self.questions_to_ask()),
            right_at_once=right,
            questions=questions,
            case=reached.case,
            case_seed=self._case_seed,
            exchanges=self.exchanges,
        )

    # --- what a learner does ---------------------------------------------------------------------------------------------

    def jump(self, step_id: str) -> None:
        """Go to any step. Raises KeyError for an unknown one."""
        step = self.tutorial.step(step_id)
        self._count_time()
        self.progress.current = step.id
        self._settled = ""
        self._save()
        self.refresh()

    def next(self) -> bool:
        """Go one step on; False at the end. A step left undone stays to do."""
        return self._move(1)

    def back(self) -> bool:
        """Go one step back; False at the beginning."""
        return self._move(-1)

    def skip(self) -> bool:
        """Leave the current step out, and go on."""
        progress = self.progress.of(self.progress.current)
        if progress.state != DONE:
            progress.state = SKIPPED
            progress.invalidated = None
        self._save()
        return self._move(1)

    def _move(self, by: int) -> bool:
        identifiers = [step.id for step in self.tutorial.steps]
        place = identifiers.index(self.progress.current) + by
        if not 0 <= place < len(identifiers):
            self._listener()
            return False
        self.jump(identifiers[place])
        return True

    def restart(self) -> None:
        """Forget everything but the learner's name and where the data lies."""
        self.progress = TutorialProgress(
            self.tutorial.id,
            current=self.tutorial.steps[0].id,
            started_at=self._time(),
            learner=self.progress.learner,
            folders=self.progress.folders,
        )
        self._settled = ""
        self._entered = self._stopwatch()
        self._save()
        self.refresh()

    def acknowledge(self) -> list[str]:
        """The learner has read and understood the current step."""
        self.progress.of(self.progress.current).acknowledged = True
        return self.refresh()

    def note_shown(self) -> None:
        """The learner was shown where to click in the current step."""
        progress = self.progress.of(self.progress.current)
        if progress.state != DONE:
            progress.shown = True
            self._save()

    @property
    def asked(self) -> Step:
        """The step whose question is before the learner: the current one; where it asks again, the first not settled."""
        unsettled = self.questions_to_ask() if self.current.asks_again else []
        return unsettled[0] if unsettled else self.current

    @property
    def settled(self) -> Optional[Step]:
        """The step whose question, asked again, was answered right just now; None after the next answer or step."""
        return self.tutorial.step(self._settled) if self._settled else None

    def question_open(self, step: Step) -> bool:
        """Whether a step was done without an answer to its question, which was not answered right at the end either."""
        return is_open(step, self.progress.of(step.id))

    def questions_to_ask(self) -> list[Step]:
        """Steps whose question is to be asked again: missed the first time, or left open."""
        return questions_to_ask(self.tutorial, self.progress)

    def missed_questions(self) -> list[Step]:
        """Steps whose question was not answered right the first time, nor since it was asked again."""
        return missed_questions(self.tutorial, self.progress)

    def answer(self, choice: int) -> list[str]:
        """The learner chose an answer (counted from 0) to the question asked."""
        asked = self.asked
        given, again = self.progress.of(asked.id), asked is not self.current
        (given.asked_again if again else given.choices).append(choice)
        self._settled = asked.id if again and choice == asked.right_choice else ""
        self._save()
        return self.refresh()

    def answer_text(self, text: str) -> list[str]:
        """The learner typed an answer to the question asked. Raises WorkspaceError where the data cannot tell what is right."""
        asked, text = self.asked, text.strip()
        context = self.step_context(asked)
        if asked.expects is None or not text:
            return []
        choice = typed_choice(asked, text, lambda call: self._expected(context, call))
        if asked is self.current:
            self.progress.of(asked.id).typed.append(text)
        return self.answer(choice)

    def expected(self, step_id: str) -> Expected:
        """What the learner's data say to a question whose answer is typed. Raises WorkspaceError, KeyError."""
        step = self.tutorial.step(step_id)
        if step.expects is None:
            raise KeyError(step_id)
        return self._expected(self.step_context(step), step.expects)

    def _expected(self, context: StepContext, call: Call) -> Expected:
        return registered_answers()[call.name](context, **call.arguments)

    def report_case(self, what: str, count: str, where: str) -> list[str]:
        """The learner says what is wrong with the current step's case, how much of it and where, as typed.

        Raises WorkspaceError where the case is not at hand. A case that is closed stays as it is.
        """
        truth, kept = self.case_truth(), self.progress.of(self.progress.current).case
        if truth is not None and not case_state(kept).closed:
            rights = compared(truth, what, number_typed(count, whole=True), number_typed(where, whole=False))
            kept.setdefault("reports", []).append(asdict(CaseReport(what, count.strip(), where.strip(), *rights)))
            self._save()
        return self.refresh()

    def take_hint(self) -> None:
        """One more hint for the current step's case, as long as there are any. Raises WorkspaceError as ``report_case`` does."""
        kept = self.progress.of(self.progress.current).case
        state = case_state(kept)
        if self.case_truth() is not None and not state.closed and state.hints < HINTS:
            kept["hints"] = state.hints + 1
            self._save()
        self.refresh()

    def show_solution(self) -> list[str]:
        """Close the current step's case without it being solved."""
        kept = self.progress.of(self.progress.current).case
        if self.case_truth() is not None and not case_state(kept).closed:
            kept["given_up"] = True
            self.progress.of(self.progress.current).helped = True
            self._save()
        return self.refresh()

    def case_truth(self, step_id: str = "") -> Optional[CaseTruth]:
        """What is wrong with a step's case; None for a step without one. Raises WorkspaceError where it is not at hand."""
        step = self.tutorial.step(step_id or self.progress.current)
        call = next((call for call in step.checks if call.name == SOLVED_CHECK), None)
        if call is None:
            return None
        return truth_of_case(self.step_context(step), **call.arguments)

    def set_learner(self, name: str) -> None:
        """Say what name the learner's page bears."""
        self.progress.learner = name.strip()
        self._save()

    def set_folder(self, name: str, folder: Path) -> list[str]:
        """Say where a data set lies."""
        self.progress.folders[name] = str(folder)
        self._save()
        return self.refresh()

    @property
    def can_do_it(self) -> bool:
        """Whether the guide can do the current step for the learner."""
        return bool(self.current.actions)

    @property
    def sends(self) -> bool:
        """Whether doing the current step for the learner sends something from this computer: ask before."""
        return any(sends(call.name) for call in self.current.actions)

    def why_left_out(self, step: Step) -> Optional[CheckResult]:
        """Why a step makes no sense here and now: its series are not at hand, or no server is named. None where it does."""
        missing = [role for role in step.needs if not series_at_hand(self.step_context(step), role)]
        if missing:
            return CheckResult(False, "not-in-these-data", {"missing": missing})
        if step.needs_server and self.exchanges.server() is None:
            return CheckResult(False, "no-server")
        return None

    def note_helped(self) -> None:
        """The guide acts in the learner's place from now on, in what is not done yet and not a matter of understanding."""
        step = self.current
        if self.progress.of(step.id).state != DONE and any(call.name not in UNDERSTOOD for call in step.checks):
            self.progress.of(step.id).helped = True

    def do_it(self, progress: Optional[Progress] = None) -> list[str]:
        """Do the current step for the learner. Raises WorkspaceError with the reason where that is not possible."""
        step = self.current
        before = {step.id for step in self.tutorial.steps if self.progress.of(step.id).state == DONE}
        stop_observing = self._observe() if self._stop_observing is None else None
        self._acting = True
        self.note_helped()
        self.refresh()  # checks of change need to know how things stood before
        try:
            for call in step.actions:
                step_context = self.step_context(step, progress)
                self._actions[call.name](step_context, **call.arguments)
                self.progress.folders.update((name, str(folder)) for name, folder in step_context.folders.items())
            self.refresh()
        finally:
            self._acting = False
            if stop_observing is not None:
                stop_observing()
        after = {step.id for step in self.tutorial.steps if self.progress.of(step.id).state == DONE}
        return [step.id for step in self.tutorial.steps if (step.id in before) != (step.id in after)]

    def redo_invalidated(self, progress: Optional[Progress] = None) -> list[str]:
        """Do again all steps before the current one that were done once and are lost (after a restart of the application, say).

        Raises WorkspaceError as ``do_it`` does; steps restored until then stay so.
        """
        here = self.progress.current
        restored: list[str] = []
        try:
            for step in self.tutorial.steps:
                if step.id == here:
                    break
                if self.progress.of(step.id).invalidated is not None and step.actions:
                    self.progress.current = step.id
                    self._entered = self._stopwatch()
                    restored += self.do_it(progress)
        finally:
            self.progress.current = here
            self._entered = self._stopwatch()
            self.refresh()
        return restored

    def data_table(self, step: Optional[Step] = None) -> Optional[DataTable]:
        """The table that the current step, or another, shows of the learner's own data; None where it shows none.

        Raises WorkspaceError with the reason where there is nothing to show yet.
        """
        step = step or self.current
        if step.data_table is None:
            return None
        return self._data_tables[step.data_table.name](self.step_context(step), **step.data_table.arguments)

    # --- keeping ---------------------------------------------------------------------------------------------------------

    def _count_time(self) -> None:
        now = self._stopwatch()
        progress = self.progress.of(self.progress.current)
        if progress.state != DONE:
            progress.seconds += now - self._entered
        self._entered = now

    def _time(self) -> str:
        return self._now().isoformat(timespec="seconds")

    def _save(self) -> None:
        self._store.save(self.tutorial.id, self.progress.to_json())
