"""What steps check, do and show: checks, actions and tables, and the registry that knows them by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from DICOMTutorialHelperLib.tutorial.steps import registry
from DICOMTutorialHelperLib.tutorial.tables import DataTable


def registered() -> tuple[
    Mapping[str, registry.RegisteredCheck], Mapping[str, Callable[..., None]], Mapping[str, Callable[..., DataTable]]
]:
    """All checks, actions and data tables by name, their modules imported first; to be read only."""
    from DICOMTutorialHelperLib.tutorial.steps import (  # noqa: F401  importing registers
        case_steps,
        collection_tables,
        data_actions,
        data_checks,
        data_tables,
        derived_steps,
        learning_checks,
        measuring,
        privacy_steps,
        sharing_steps,
        view_actions,
        view_checks,
    )

    return registry.CHECKS, registry.ACTIONS, registry.DATA_TABLES


def registered_answers() -> Mapping[str, Callable[..., registry.Expected]]:
    """All answers that a learner's own data tell, their module imported first."""
    from DICOMTutorialHelperLib.tutorial.steps import data_answers  # noqa: F401  importing registers

    return registry.ANSWERS
