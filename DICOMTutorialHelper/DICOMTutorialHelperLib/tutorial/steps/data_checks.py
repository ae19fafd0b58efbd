"""Checks of the DICOM database, of plugins, and of what is loaded."""

from __future__ import annotations

from DICOMTutorialHelperLib.tutorial.steps.folder_series import series_in_folder
from DICOMTutorialHelperLib.tutorial.steps.registry import Outcome, Situation, check
from DICOMTutorialHelperLib.tutorial.steps.series_roles import series_of_role
from DICOMTutorialHelperLib.workspace.interface import LoadedItem


@check("data-at-hand")
def data_at_hand(situation: Situation, any_of: list[str]) -> Outcome:
    """At least one of the series is in the database, or in a folder the learner named."""
    found = [role for role in any_of if situation.series(role)]
    if found:
        return Outcome(True, "data-at-hand.database", {"series": found})
    for folder in situation.folders.values():
        listed = [series.info for series in series_in_folder(folder)]
        found = [role for role in any_of if series_of_role(situation.tutorial.series[role], listed)]
        if found:
            return Outcome(True, "data-at-hand.folder", {"series": found, "folder": str(folder)})
    return Outcome(False, "data-at-hand.none")


@check("database-open", lasting=True)
def database_open(situation: Situation) -> Outcome:
    if situation.workspace.database_folder() is None:
        return Outcome(False, "database-open.none")
    return Outcome(True, "database-open.done")


@check("in-database", lasting=True)
def in_database(situation: Situation, series: list[str]) -> Outcome:
    """All of the series are in the DICOM database."""
    if situation.workspace.database_folder() is None:
        return Outcome(False, "database-open.none")
    missing = [role for role in series if not situation.series(role)]
    if not missing:
        return Outcome(True, "in-database.done", {"series": series})
    found = [role for role in series if role not in missing]
    if found:
        return Outcome(False, "in-database.some", {"found": found, "missing": missing})
    return Outcome(False, "in-database.none", {"missing": missing})


@check("plugins-enabled", lasting=True)
def plugins_enabled(situation: Situation, volumes: list[str], sequences: list[str]) -> Outcome:
    """One plugin that reads single volumes and one that reads sequences are enabled, whichever this application has."""
    enabled = {plugin.name for plugin in situation.workspace.plugins() if plugin.enabled}
    if not enabled.intersection(volumes):
        return Outcome(False, "plugins-enabled.no-volumes", {"plugin": volumes[0]})
    if not enabled.intersection(sequences):
        return Outcome(False, "plugins-enabled.no-sequences", {"plugin": sequences[0]})
    return Outcome(True, "plugins-enabled.done", {"count": len(enabled)})


@check("loaded", lasting=True)
def loaded(situation: Situation, series: list[str]) -> Outcome:
    """All of the series are loaded, each as a whole volume (or sequence) of its own."""
    present = [role for role in series if items_of(situation, role)]
    missing = [role for role in series if role not in present]
    if not missing:
        return Outcome(True, "loaded.done", {"series": series})
    if present:
        return Outcome(False, "loaded.some", {"present": present, "missing": missing})
    others = [item.name for item in situation.workspace.loaded()]
    if others:
        return Outcome(False, "loaded.other", {"missing": missing, "others": others})
    return Outcome(False, "loaded.none", {"missing": missing})


@check("loaded-as-sequence", lasting=True)
def loaded_as_sequence(situation: Situation, series: str) -> Outcome:
    """The series is loaded as volumes over time, not as one."""
    items = items_of(situation, series)
    if not items:
        return Outcome(False, "loaded.none", {"missing": [series]})
    frames = max(item.frames for item in items)
    if frames < 2:
        return Outcome(False, "loaded-as-sequence.volume", {"series": series, "name": items[0].name})
    return Outcome(True, "loaded-as-sequence.done", {"series": series, "frames": frames})


def items_of(situation: Situation, role: str) -> tuple[LoadedItem, ...]:
    """What is loaded of the series that answer to a role, sequences first."""
    uids = {series.series_instance_uid for series in situation.series(role)}
    items = [item for item in situation.workspace.loaded() if item.series_instance_uid in uids]
    return tuple(sorted(items, key=lambda item: -item.frames))
