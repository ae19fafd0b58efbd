"""Time-intensity curves in Slicer: measured and plotted by ``scene.time_intensity``, shown in the plot view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.messages import translate
from DICOMTutorialHelperLib.scene.loadables import EXAMINATIONS
from DICOMTutorialHelperLib.scene.time_intensity import frame_seconds, peak_enhancement_point_ras, plot_curve, sphere_means
from DICOMTutorialHelperLib.workspace.interface import LoadedItem, TimeCurve, WorkspaceError


class SlicerCurves:
    """Remembers the curves it made; those whose plot left the scene are forgotten."""

    def __init__(self, files_of: Callable[[str], Sequence[Path]], fill_missing: Callable[[], bool]) -> None:
        self._files_of = files_of
        self._fill_missing = fill_missing
        self._curves: list[TimeCurve] = []

    def peak_enhancement_point_ras(self, item: LoadedItem) -> tuple[float, float, float]:
        return peak_enhancement_point_ras(_sequence(item))

    def plot(self, item: LoadedItem, center_ras: Sequence[float], radius_mm: float, language: str) -> TimeCurve:
        """Raises WorkspaceError for a point outside the images."""
        try:
            values = sphere_means(_sequence(item), center_ras, radius_mm)
        except ValueError as error:
            raise WorkspaceError("error.outside-volume", detail=str(error), name=item.name) from error
        seconds = self._seconds(item, len(values))
        times = seconds if seconds is not None else [float(frame + 1) for frame in range(len(values))]
        unit = "s" if seconds is not None else ""
        time_title = translate("tutorial", "curve.time" if unit else "curve.frame", language)
        chart = plot_curve(
            slicer.mrmlScene, item.name, times, values, time_title, translate("tutorial", "curve.signal", language)
        )
        curve = TimeCurve(
            node_id=item.node_id,
            center_ras=tuple(center_ras),
            radius_mm=radius_mm,
            times=tuple(times),
            values=tuple(float(value) for value in values),
            unit=unit,
            plot_node_id=chart.GetID(),
        )
        self._curves.append(curve)
        _show_chart(chart)
        return curve

    def curves(self) -> tuple[TimeCurve, ...]:
        self._curves = [curve for curve in self._curves if slicer.mrmlScene.GetNodeByID(curve.plot_node_id) is not None]
        return tuple(self._curves)

    def _seconds(self, item: LoadedItem, count: int) -> Optional[list[float]]:
        """When the frames were taken, from the headers of the series; None where nobody can tell."""
        files = [str(path) for path in self._files_of(item.series_instance_uid)]
        if not files:
            return None
        examination = EXAMINATIONS.of(files, self._fill_missing())
        for series in examination.series:
            for candidate in series.candidates:
                if candidate.index is not None and len(candidate.stacks) == count:
                    return frame_seconds(candidate)
        return None


def _sequence(item: LoadedItem):
    node = slicer.mrmlScene.GetNodeByID(item.sequence_node_id) if item.sequence_node_id else None
    if node is None:
        raise WorkspaceError("not-a-sequence", name=item.name)
    return node


def _show_chart(chart) -> None:
    """In a layout that has a plot view, whose chart can be chosen once it has come into being."""
    layout = slicer.app.applicationLogic().GetMRMLScene().GetFirstNodeByClass("vtkMRMLLayoutNode")
    layout.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpPlotView)
    slicer.app.processEvents()
    slicer.app.applicationLogic().GetSelectionNode().SetReferenceActivePlotChartID(chart.GetID())
    slicer.app.applicationLogic().PropagatePlotChartSelection()
