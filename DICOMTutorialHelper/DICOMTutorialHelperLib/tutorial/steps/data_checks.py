"""Checks of the DICOM database, of plugins, and of what is loaded."""

from __future__ import annotations

from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import CheckResult, PluginName, SeriesName, StepContext, check
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.workspace.interface import LoadedItem


@check("data-at-hand")
def data_at_hand(step_context: StepContext, any_of: list[SeriesName]) -> CheckResult:
    """At least one of the series is in the database, or in a folder the learner named."""
    found = [role for role in any_of if step_context.series(role)]
    if found:
        return CheckResult(True, "data-at-hand.database", {"series": found})
    for folder in step_context.folders.values():
        listed = [series.info for series in series_in_folder(folder)]
        found = [role for role in any_of if series_of_role(step_context.tutorial.series[role], listed)]
        if found:
            return CheckResult(True, "data-at-hand.folder", {"series": found, "folder": str(folder)})
    return CheckResult(False, "data-at-hand.none")


@check("database-open", persistent=True)
def database_open(step_context: StepContext) -> CheckResult:
    """The DICOM database is there and open."""
    if step_context.workspace.database_folder() is None:
        return CheckResult(False, "database-open.none")
    return CheckResult(True, "database-open.done")


@check("in-database", persistent=True)
def in_database(step_context: StepContext, series: list[SeriesName]) -> CheckResult:
    """All of the series are in the DICOM database."""
    if step_context.workspace.database_folder() is None:
        return CheckResult(False, "database-open.none")
    missing = [role for role in series if not step_context.series(role)]
    if not missing:
        return CheckResult(True, "in-database.done", {"series": series})
    found = [role for role in series if role not in missing]
    if found:
        return CheckResult(False, "in-database.some", {"found": found, "missing": missing})
    return CheckResult(False, "in-database.none", {"missing": missing})


@check("plugins-enabled", persistent=True)
def plugins_enabled(step_context: StepContext, volumes: list[PluginName], sequences: list[PluginName]) -> CheckResult:
    """One plugin that reads single volumes and one that reads sequences are enabled, whichever this application has."""
    enabled = {plugin.name for plugin in step_context.workspace.plugins() if plugin.enabled}
    if not enabled.intersection(volumes):
        return CheckResult(False, "plugins-enabled.no-volumes", {"plugin": volumes[0]})
    if not enabled.intersection(sequences):
        return CheckResult(False, "plugins-enabled.no-sequences", {"plugin": sequences[0]})
    return CheckResult(True, "plugins-enabled.done", {"count": len(enabled)})


@check("loaded", persistent=True)
def loaded(step_context: StepContext, series: list[SeriesName]) -> CheckResult:
    """All of the series are loaded, each as a whole volume (or sequence) of its own."""
    present = [role for role in series if items_of(step_context, role)]
    missing = [role for role in series if role not in present]
    if not missing:
        return CheckResult(True, "loaded.done", {"series": series})
    if present:
        return CheckResult(False, "loaded.some", {"present": present, "missing": missing})
    others = [item.name for item in step_context.workspace.loaded()]
    if others:
        return CheckResult(False, "loaded.other", {"missing": missing, "others": others})
    return CheckResult(False, "loaded.none", {"missing": missing})


@check("loaded-as-sequence", persistent=True)
def loaded_as_sequence(step_context: StepContext, series: SeriesName) -> CheckResult:
    """The series is loaded as volumes over time, not as one."""
    items = items_of(step_context, series)
    if not items:
        return CheckResult(False, "loaded.none", {"missing": [series]})
    frames = max(item.frames for item in items)
    if frames < 2:
        return CheckResult(False, "loaded-as-sequence.volume", {"series": series, "name": items[0].name})
    return CheckResult(True, "loaded-as-sequence.done", {"series": series, "frames": frames})


def items_of(step_context: StepContext, role: str) -> tuple[LoadedItem, ...]:
    """What is loaded of the series that answer to a role, sequences first."""
    uids = {series.series_instance_uid for series in step_context.series(role)}
    items = [item for item in step_context.workspace.loaded() if item.series_instance_uid in uids]
    return tuple(sorted(items, key=lambda item: -item.frames))
