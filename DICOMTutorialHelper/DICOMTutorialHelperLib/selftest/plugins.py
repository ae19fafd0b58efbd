"""What every enabled plugin offers for each series, and how long it takes to examine and to load. For the self test."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer

from DICOMTutorialHelperLib.workspace.slicer.examinations import shared_examinations
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

# Loaded too: Slicer's own reader and this extension's. What the others would load may be many forms of one series.
LOADED = ("DICOMScalarVolumePlugin", "DICOMTutorialVolumePlugin", "DICOMTutorialSequencePlugin")
MOST_OFFERS_PRINTED = 12


@dataclass
class _Row:
    offers: int = 0
    selected: int = 0
    examine_seconds: float = 0.0
    loaded: int = 0
    load_seconds: float = 0.0
    failed: int = 0


def print_plugins(workspace: SlicerWorkspace, report_line: Callable[[str], None]) -> list[str]:
    """The offers series by series, best first, then a table by plugin; returns what went wrong."""
    from DICOMLib import DICOMUtils

    rows = {plugin.name: _Row() for plugin in workspace.plugins() if plugin.enabled}
    for patient in workspace.patients():
        for series in patient.series:
            report_line(f"--- {series.number} {series.description} ({series.modality}, {series.instance_count} instances)")
            files = [str(path) for path in workspace.files_of_series(series.series_instance_uid)]
            instances: dict[str, Any] = {}
            offered = {name: _examined(name, files, row, instances) for name, row in rows.items()}
            DICOMUtils.selectHighestConfidenceLoadables({instances[name]: some for name, some in offered.items()})
            _print_offers(offered, report_line)
            for name, loadables in offered.items():
                rows[name].offers += len(loadables)
                rows[name].selected += sum(bool(loadable.selected) for loadable in loadables)
                if name in LOADED and loadables:
                    _load_best(instances[name], loadables, rows[name])
    report_line(f"{'plugin':<32}{'offers':>8}{'chosen':>8}{'examine s':>11}{'loaded':>8}{'load s':>9}")
    for name, row in rows.items():
        loading = f"{row.loaded:>8}{row.load_seconds:>9.2f}" if name in LOADED else ""
        report_line(f"{name:<32}{row.offers:>8}{row.selected:>8}{row.examine_seconds:>11.2f}{loading}")
    _print_ratio([rows[name] for name in LOADED if name in rows], report_line)
    return [f"{name}: {row.failed} series not loaded" for name, row in rows.items() if row.failed]


def _print_ratio(rows: list[_Row], report_line: Callable[[str], None]) -> None:
    """How many times as fast as Slicer's own reader this extension's two are; one examination serves both of them."""
    if len(rows) < len(LOADED):
        return
    slicers_own, volumes, sequences = rows
    ours = volumes.examine_seconds + volumes.load_seconds + sequences.load_seconds
    ratio = (slicers_own.examine_seconds + slicers_own.load_seconds) / max(ours, 1e-6)
    report_line(f"examined and loaded {ratio:.1f} times as fast as by {LOADED[0]}")


def _examined(name: str, files: list[str], row: _Row, instances: dict[str, Any]) -> list[Any]:
    """What a fresh plugin offers for the files of a series, as the DICOM module asks it, timed."""
    from DICOMLib import DICOMUtils

    shared_examinations().forget()
    started = time.perf_counter()
    offered, _ = DICOMUtils.getLoadablesFromFileLists([files], [name], pluginInstances=instances)
    row.examine_seconds += time.perf_counter() - started
    return list(offered.get(instances[name]) or ())


def _print_offers(offered: dict[str, list[Any]], report_line: Callable[[str], None]) -> None:
    offers = [(name, loadable) for name, loadables in offered.items() for loadable in loadables]
    offers.sort(key=lambda offer: (-offer[1].confidence, not offer[1].selected))
    for name, loadable in offers[:MOST_OFFERS_PRINTED]:
        mark = ">" if loadable.selected else " "
        warning = f" ! {loadable.warning}" if loadable.warning else ""
        report_line(f" {mark} {loadable.confidence:4.2f} {name}: {loadable.name} ({len(loadable.files)} files){warning}")
    if len(offers) > MOST_OFFERS_PRINTED:
        report_line(f"   and {len(offers) - MOST_OFFERS_PRINTED} more")


def _load_best(plugin: Any, loadables: list[Any], row: _Row) -> None:
    best = max(loadables, key=lambda loadable: loadable.confidence)
    started = time.perf_counter()
    loaded = bool(plugin.load(best))
    row.load_seconds += time.perf_counter() - started
    row.loaded += loaded
    row.failed += not loaded
    slicer.mrmlScene.Clear(0)
