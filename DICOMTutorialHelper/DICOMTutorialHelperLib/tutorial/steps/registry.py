"""Checks, actions, data tables and expected answers by name, and what each of them is given and answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Optional, Union, get_args, get_origin, get_type_hints

from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.tutorial.content import Step, Tutorial
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.tutorial.tables import DataTable
from DICOMTutorialHelperLib.workspace.interface import SeriesInfo, Workspace

# What a text among the arguments names: ``tutorial check`` looks it up, ``tutorial check --list`` says it.
SeriesName = Annotated[str, "series"]
LayoutName = Annotated[str, "layout"]
SliceViewName = Annotated[str, "slice-view"]
ModuleName = Annotated[str, "module"]
PresetName = Annotated[str, "preset"]  # of window and level
RenderingPresetName = Annotated[str, "rendering-preset"]
PluginName = Annotated[str, "plugin"]
PracticeSetName = Annotated[str, "practice-set"]
CaseName = Annotated[str, "case"]  # a letter of data.synthetic.cases.CASES
Keyword = Annotated[str, "keyword"]  # of a DICOM element
Condition = Annotated[str, "condition"]  # on the header, see explore.expressions


@dataclass(frozen=True)
class CheckResult:
    """What a check answers: done or not, and why, as a key of the texts ``tutorial`` and the fields of its sentence."""

    done: bool
    reason: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class StepContext:
    """What a check, an action or a data table may look at.

    ``folders`` says where data sets lie, by a short name. ``choice`` is the answer the learner gave to the step's question (of
    one that is typed, what it counts as), ``typed`` what was typed last, ``open_questions`` how many are still to be
    asked again, missed or left open; of all ``questions``, ``right_at_once`` were answered right the first time.
    ``acknowledged`` says whether the text was confirmed. ``notes`` is what checks of this step remember from one look to the
    next (JSON-able); it is empty when a step begins. ``practice_size`` is the size in which practice data is made.
    ``results_folder`` is where what steps write goes; beside the learner's data without one.
    ``exchanges`` tell what servers said they hold and what came from them, and which one the learner named.
    ``case`` is what is kept of the step's case (see ``casework``), ``case_seed`` the number of the set of cases to make; None for
    any.
    """

    tutorial: Tutorial
    step: Step
    workspace: Workspace
    folders: dict[str, Path] = field(default_factory=dict)
    choice: Optional[int] = None
    acknowledged: bool = False
    notes: dict[str, Any] = field(default_factory=dict)
    progress: Optional[Progress] = None
    practice_size: str = "full"
    typed: str = ""
    results_folder: Optional[Path] = None
    open_questions: int = 0
    right_at_once: int = 0
    questions: int = 0
    case: dict[str, Any] = field(default_factory=dict)
    case_seed: Optional[int] = None
    exchanges: Exchanges = field(default_factory=Exchanges)

    def series(self, role: str) -> tuple[SeriesInfo, ...]:
        """Series of the database that answer to a name of the tutorial (``ct``, ``bliss``), the largest first."""
        listed = (series for patient in self.workspace.patients() for series in patient.series)
        return series_of_role(self.tutorial.series[role], listed)


@dataclass(frozen=True)
class Expected:
    """What a typed answer must say: ``accepts`` is given the text without spaces around it; ``text`` is the right answer, as
    a learner would type it."""

    text: str
    accepts: Callable[[str], bool]


@dataclass(frozen=True)
class RegisteredCheck:
    """A check, and whether what it found must go on being so."""

    evaluate: Callable[..., CheckResult]
    persistent: bool


# Filled by the decorators below while modules are imported, and read by everybody else.
_checks: dict[str, RegisteredCheck] = {}
_actions: dict[str, Callable[..., None]] = {}
_data_tables: dict[str, Callable[..., DataTable]] = {}
_answers: dict[str, Callable[..., Expected]] = {}
CHECKS: Mapping[str, RegisteredCheck] = MappingProxyType(_checks)
ACTIONS: Mapping[str, Callable[..., None]] = MappingProxyType(_actions)
DATA_TABLES: Mapping[str, Callable[..., DataTable]] = MappingProxyType(_data_tables)
ANSWERS: Mapping[str, Callable[..., Expected]] = MappingProxyType(_answers)
_sending: set[str] = set()


def check(name: str, persistent: bool = False) -> Callable[[Callable[..., CheckResult]], Callable[..., CheckResult]]:
    """Register a check. What a ``persistent`` one found must go on being so, or the step is undone."""

    def register(evaluate: Callable[..., CheckResult]) -> Callable[..., CheckResult]:
        _checks[name] = RegisteredCheck(evaluate, persistent)
        return evaluate

    return register


def action(name: str, sends: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register an action: it does what the learner was asked to do, and raises WorkspaceError where it cannot.

    Before one that ``sends`` something from this computer, whoever sits before it is asked.
    """

    def register(act: Callable[..., None]) -> Callable[..., None]:
        _actions[name] = act
        if sends:
            _sending.add(name)
        return act

    return register


def sends(action_name: str) -> bool:
    """Whether something leaves this computer by an action."""
    return action_name in _sending


def data_table(name: str) -> Callable[[Callable[..., DataTable]], Callable[..., DataTable]]:
    """Register a data table: a table made from the learner's own data."""

    def register(make: Callable[..., DataTable]) -> Callable[..., DataTable]:
        _data_tables[name] = make
        return make

    return register


def answer(name: str) -> Callable[[Callable[..., Expected]], Callable[..., Expected]]:
    """Register an expected answer: read from the learner's own data, WorkspaceError where they cannot tell."""

    def register(expect: Callable[..., Expected]) -> Callable[..., Expected]:
        _answers[name] = expect
        return expect

    return register


@dataclass(frozen=True)
class Argument:
    """An argument of a check, action, table or expected answer.

    ``kind`` is one of ``schema``'s simple kinds, or what a text names (``series``, ``layout``, ...); ``many`` says that it is a
    list of such.
    """

    name: str
    kind: str
    many: bool = False
    required: bool = True


def arguments_of(function: Callable[..., object]) -> tuple[Argument, ...]:
    """All arguments but the context, by the function's signature."""
    hints = get_type_hints(function, include_extras=True)
    named = list(inspect.signature(function).parameters.values())[1:]
    return tuple(
        Argument(one.name, *_kind(hints.get(one.name, object)), required=one.default is inspect.Parameter.empty) for one in named
    )


def _kind(hint: object) -> tuple[str, bool]:
    if get_origin(hint) is list:
        return _kind(get_args(hint)[0])[0], True
    if get_origin(hint) is Union:  # Optional[...]: where it is given, it is of the other kind
        return _kind(get_args(hint)[0])
    if get_origin(hint) is Annotated:
        return str(get_args(hint)[1]), False
    kinds: dict[object, str] = {str: "text", int: "whole", float: "number", bool: "flag"}
    return kinds.get(hint, "any"), False
