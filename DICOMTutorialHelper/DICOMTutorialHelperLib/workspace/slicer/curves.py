"""Time-intensity curves in Slicer: measured and plotted by ``scene.time_intensity``, shown in the plot view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.scene.loadables import Examinations
from DICOMTutorialHelperLib.scene.time_intensity import (
    frame_seconds,
    measured_curve,
    peak_enhancement_point_ras,
    steady_enhancement_point_ras,
)
from DICOMTutorialHelperLib.workspace.interface import LoadedItem, TimeCurve, WorkspaceError


class SlicerCurves:
    """Remembers the curves it made; those whose plot left the scene are forgotten."""

    def __init__(
        self,
        files_of: Callable[[str], Sequence[Path]],
        fill_missing: Callable[[], bool],
        examinations: Callable[[], Examinations],
    ) -> None:
        self._files_of = files_of
        self._examinations = examinations
        self._fill_missing = fill_missing
        self._curves: list[TimeCurve] = []

    def peak_enhancement_point_ras(self, item: LoadedItem) -> tuple[float, float, float]:
        return peak_enhancement_point_ras(_sequence(item))

    def steady_enhancement_point_ras(self, item: LoadedItem) -> tuple[float, float, float]:
        return steady_enhancement_point_ras(_sequence(item))

    def plot(self, item: LoadedItem, center_ras: Sequence[float], radius_mm: float, language: str) -> TimeCurve:
        """Raises WorkspaceError for a point outside the images."""
        sequence = _sequence(item)
        try:
            measured = measured_curve(
                slicer.mrmlScene,
                item.name,
                sequence,
                self._seconds(item, sequence.GetNumberOfDataNodes()),
                center_ras,
                radius_mm,
                language,
                next((curve.plot_node_id for curve in reversed(self.curves()) if curve.node_id == item.node_id), ""),
            )
        except ValueError as error:
            raise WorkspaceError("point-outside", detail=str(error), name=item.name) from error
        center = (float(center_ras[0]), float(center_ras[1]), float(center_ras[2]))
        curve = TimeCurve(
            item.node_id, center, radius_mm, measured.times, measured.values, measured.unit, plot_node_id=measured.chart.GetID()
        )
        self._curves.append(curve)
        _show_chart(measured.chart)
        return curve

    def curves(self) -> tuple[TimeCurve, ...]:
        self._curves = [curve for curve in self._curves if slicer.mrmlScene.GetNodeByID(curve.plot_node_id) is not None]
        return tuple(self._curves)

    def _seconds(self, item: LoadedItem, count: int) -> Optional[list[float]]:
        """When the frames were taken, from the headers of the series; None where nobody can tell."""
        files = [str(path) for path in self._files_of(item.series_instance_uid)]
        if not files:
            return None
        examination = self._examinations().of(files, self._fill_missing())
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
