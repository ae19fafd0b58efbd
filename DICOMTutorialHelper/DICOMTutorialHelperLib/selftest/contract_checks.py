"""What checks of the Workspace contract have in common: where they register, the practice series by name, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.workspace import interface as w

Check = Callable[[w.Workspace, Path], None]
_checks: dict[str, Check] = {}
VIEWS_CHECKS: set[str] = set()  # those that need a window with views
CHECKS: Mapping[str, Check] = MappingProxyType(_checks)

CT, T2, STIR, BLISS = "torso", "t2w", "stir", "bliss"  # a word of each practice series' description
UNKNOWN_UID = "1.2.3.4.5.6.7.8.9"
UNKNOWN_NODE = "vtkMRMLScalarVolumeNodeThatIsNotThere"
FAR_AWAY_RAS = (10_000.0, 0.0, 0.0)


def check(function: Check) -> Check:
    """Registers a check."""
    _checks[function.__name__] = function
    return function


def views_check(function: Check) -> Check:
    """Registers a check that needs a window with views."""
    VIEWS_CHECKS.add(function.__name__)
    return check(function)


def series_called(workspace: w.Workspace, word: str) -> w.SeriesInfo:
    """The practice series with a word in its description."""
    found = [series for patient in workspace.patients() for series in patient.series if word in series.description.lower()]
    assert len(found) == 1, f"{len(found)} series are called {word}"
    return found[0]


def load(workspace: w.Workspace, word: str, plugin: str = "") -> w.LoadedItem:
    """Load the practice series with a word in its description; it must be one item."""
    items = workspace.load_series(series_called(workspace, word).series_instance_uid, plugin)
    assert len(items) == 1, f"{len(items)} items were loaded of {word}"
    return items[0]


def refused(reason: str, call: Callable[[], object]) -> None:
    """The call must raise a WorkspaceError with this reason, whose sentence exists in every language."""
    try:
        call()
    except w.WorkspaceError as error:
        assert error.reason == reason, f"{error.reason} instead of {reason}"
        for language in LANGUAGES:
            sentence = error.message(language)
            assert sentence and "{" not in sentence, sentence
    else:
        raise AssertionError(f"{reason} was not said")
