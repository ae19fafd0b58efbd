"""What a check of the tutorial says, and why a step is refused."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from DICOMTutorialHelperLib.tutorial.steps.registry import CHECKS, StepContext
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


def told(context: StepContext, name: str, **arguments: Any) -> tuple[bool, str, dict[str, Any]]:
    """(done, reason, fields) of a check."""
    result = CHECKS[name].evaluate(context, **arguments)
    return result.done, result.reason, dict(result.fields)


def refused(call: Callable[[], Any]) -> tuple[str, Any]:
    """(reason, fields) of the WorkspaceError that a call raises."""
    with pytest.raises(WorkspaceError) as error:
        call()
    return error.value.reason, error.value.fields
