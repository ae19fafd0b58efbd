"""What both DICOM plugins do, inside Slicer: examine with one shared examination, load all or nothing, never raise."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Callable

import slicer

from DICOMTutorialHelperLib.logs import log_failure
from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loadables import Examinations, candidates_of, file_states, offers
from DICOMTutorialHelperLib.scene.loader import LoadedCandidate, load_candidate, remove_loaded


def examine_for_import(
    plugin: Any,
    examinations: Examinations,
    kind: str,
    file_lists: Sequence[Sequence[str]],
    make_loadable: Callable[[], Any],
    language: str,
    preferred: bool,
    fill_missing: bool,
    prefers_multi_volumes: bool = False,
) -> list[Any]:
    """Loadables of one kind for every list of files, cached by the plugin so that a user's edits stay.

    A failure is logged and gives no loadables for that list: this is the boundary to the application, which must go on.
    """
    settings = (language, preferred, fill_missing, prefers_multi_volumes)
    if getattr(plugin, "examinedWith", settings) != settings:
        plugin.loadableCache.clear()
    plugin.examinedWith = settings
    plugin.examinedFiles = getattr(plugin, "examinedFiles", {})  # loadables of files that were replaced are made anew
    loadables: list[Any] = []
    for files in file_lists:
        states = file_states(files)
        cached = plugin.getCachedLoadables(files) if plugin.examinedFiles.get(tuple(files), states) == states else None
        if cached is None:
            try:
                cached = [_loadable(offer, make_loadable) for offer in offers(examinations, list(files), kind, *settings)]
            except Exception as error:
                log_failure(f"{type(plugin).__name__}: examining {len(files)} files failed", error)
                cached = []
            plugin.cacheLoadables(files, cached)
            plugin.examinedFiles[tuple(files)] = states
        loadables += cached
    return loadables


def _loadable(offer, make_loadable: Callable[[], Any]) -> Any:
    loadable = make_loadable()
    loadable.files = offer.files
    loadable.name = offer.name
    loadable.tooltip = offer.tooltip
    loadable.warning = offer.warning
    loadable.selected = offer.selected
    loadable.confidence = offer.confidence
    loadable.candidates = offer.candidates
    loadable.offeredName = offer.name
    return loadable


def load(plugin: Any, examinations: Examinations, kind: str, loadable: Any, fill_missing: bool) -> bool:
    """Load a loadable's candidates into the application's scene and show the first; False, logged, with nothing left behind."""
    scene = slicer.mrmlScene
    loaded: list[LoadedCandidate] = []
    try:
        candidates = getattr(loadable, "candidates", None)
        candidates = candidates or candidates_of(examinations, list(loadable.files), kind, fill_missing)
        for candidate in candidates:
            renamed = len(candidates) == 1 and loadable.name != getattr(loadable, "offeredName", "")
            named = replace(candidate, name=loadable.name) if renamed else candidate
            loaded.append(load_candidate(named, scene, progress=getattr(loadable, "progress", None)))
            plugin.addSeriesInSubjectHierarchy(loadable, loaded[-1].volume)
    except Cancelled:
        logging.info(f"{type(plugin).__name__}: loading was cancelled")
    except (LoadError, LookupError) as error:
        log_failure(f"{type(plugin).__name__}: {len(loadable.files)} files were not loaded", error)
    except Exception as error:
        log_failure(f"{type(plugin).__name__}: {len(loadable.files)} files were not loaded", error)
    else:
        _show(loaded[0])
        return True
    for done in loaded:
        remove_loaded(done, scene)
    return False


def _show(done: LoadedCandidate) -> None:
    """In all slice views, as Slicer's own plugins do; a sequence also in the playback bar, unless the user switched that off."""
    logic = slicer.app.applicationLogic()
    logic.GetSelectionNode().SetActiveVolumeID(done.volume.GetID())
    logic.PropagateVolumeSelection()
    sequences = getattr(slicer.modules, "sequences", None)
    if done.browser is not None and hasattr(sequences, "showSequenceBrowser"):
        sequences.showSequenceBrowser(done.browser)
