"""What every enabled plugin offers for each series, and how long Slicer's own and this extension's take. For the self test."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import slicer

from DICOMTutorialHelperLib.scene.loadables import EXAMINATIONS
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

TIMED = ("DICOMScalarVolumePlugin", "DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin")
MOST_OFFERS_PRINTED = 12


def print_plugins(workspace: SlicerWorkspace, report_line: Callable[[str], None]) -> None:
    """Series by series: the offers, best first, then seconds to examine and to load."""
    for patient in workspace.patients():
        for series in patient.series:
            report_line(f"--- {series.number} {series.description} ({series.modality}, {series.instance_count} instances)")
            offers = workspace.offers(series.series_instance_uid)
            for offer in offers[:MOST_OFFERS_PRINTED]:
                mark = ">" if offer.selected else " "
                warning = f" ! {offer.warning}" if offer.warning else ""
                report_line(f" {mark} {offer.confidence:4.2f} {offer.plugin}: {offer.name} ({offer.files} files){warning}")
            if len(offers) > MOST_OFFERS_PRINTED:
                report_line(f"   and {len(offers) - MOST_OFFERS_PRINTED} more")
            for name in TIMED:
                report_line("   " + _timed(name, workspace.files_of_series(series.series_instance_uid)))


def _timed(name: str, files: tuple[Path, ...]) -> str:
    """Seconds that a fresh plugin takes to examine the files, and to load the best of what it offers."""
    plugin_class = getattr(slicer.modules, "dicomPlugins", {}).get(name)
    if plugin_class is None:
        return f"{name}: not here"
    EXAMINATIONS.forget()
    plugin = plugin_class()
    paths = [str(path) for path in files]
    started = time.perf_counter()
    loadables = plugin.examineForImport([paths]) or plugin.examine([paths])
    examined = time.perf_counter() - started
    if not loadables:
        return f"{name}: examined in {examined:.2f} s, offers nothing"
    best = max(loadables, key=lambda loadable: loadable.confidence)
    started = time.perf_counter()
    loaded = bool(plugin.load(best))
    seconds = time.perf_counter() - started
    slicer.mrmlScene.Clear(0)
    return f"{name}: examined in {examined:.2f} s, {'loaded' if loaded else 'FAILED to load'} {best.name!r} in {seconds:.2f} s"
