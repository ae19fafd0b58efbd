"""How fast series are examined and loaded by this extension's plugins and, in turn with them, by Slicer's. For the self test."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

OWN = ("DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin")
OTHERS = ("DICOMScalarVolumePlugin", "DICOMVolumeSequencePlugin", "MultiVolumeImporterPlugin")
ROUNDS = 10


def print_speed(workspace: SlicerWorkspace, folder: Path, report_line: Callable[[str], None]) -> None:
    """Import a folder, and print for its largest series how long each plugin takes for its best offer: medians of the rounds.

    Ours is the plugin whose offer is chosen. Files are in the system's cache after the first round, and the order turns from
    round to round: each gets memory as the one before has left it.
    """
    workspace.import_folder(folder)
    by_size = {len(files): files for files in map(workspace.files_of_series, _series_in(workspace, folder))}
    files = [str(path) for path in by_size[max(by_size)]] if by_size else []
    own = max(OWN, key=lambda name: _confidence(name, files))
    names = [name for name in (own, *OTHERS) if _examined_and_loaded(name, files) is not None]
    if own not in names:
        report_line(f"{folder.name}: nothing that is loaded here")
        return
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for number in range(ROUNDS):
        first = number % len(names)
        for name in (*names[first:], *names[:first]):
            taken = _examined_and_loaded(name, files)
            if taken is not None:
                seconds[name].append(taken)
    report_line(f"{folder.name}, {len(files)} files, medians of {ROUNDS} rounds:")
    whole = {name: statistics.median(map(sum, rounds)) for name, rounds in seconds.items()}
    for name, rounds in seconds.items():
        examining, loading = (statistics.median(part) for part in zip(*rounds))
        ratio = "" if name == own else f", {whole[name] / whole[own]:.1f} times as long as {own}"
        report_line(f"  {name}: examined in {examining:.3f} s, loaded in {loading:.3f} s{ratio}")


def _series_in(workspace: SlicerWorkspace, folder: Path) -> list[str]:
    series = [one.series_instance_uid for patient in workspace.patients() for one in patient.series]
    return [uid for uid in series if any(folder in path.parents for path in workspace.files_of_series(uid))]


def _confidence(name: str, files: list[str]) -> float:
    offered = slicer.modules.dicomPlugins[name]().examineForImport([files])
    return max((loadable.confidence for loadable in offered if loadable.selected), default=-1.0)


def _examined_and_loaded(name: str, files: list[str]) -> Optional[tuple[float, float]]:
    """Seconds that a fresh plugin examines, and loads its best offer in; None where there is no such plugin, or no offer."""
    if name not in slicer.modules.dicomPlugins:
        return None
    plugin = slicer.modules.dicomPlugins[name]()
    slicer.mrmlScene.Clear(0)
    shared_examinations().forget()
    begun = time.perf_counter()
    offered = plugin.examine([files])
    examined = time.perf_counter()
    if not offered or not plugin.load(max(offered, key=lambda loadable: loadable.confidence)):
        return None
    done = time.perf_counter()
    slicer.mrmlScene.Clear(0)
    return examined - begun, done - examined
