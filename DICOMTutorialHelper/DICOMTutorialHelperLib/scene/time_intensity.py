"""How values at a place change over the frames of a sequence: means in a ball, where they rise most, and a plot of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional

import numpy as np
import slicer
from vtkmodules.vtkCommonCore import vtkDoubleArray
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from DICOMTutorialHelperLib.dicom.attributes import (
    ACQUISITION_TIME,
    CLOCKS,
    CONTENT_TIME,
    FRAME_REFERENCE,
    FRAME_REFERENCE_TIME,
    PHILIPS_DYNAMIC,
    TIME_OFFSET,
    TIMES,
)
from DICOMTutorialHelperLib.dicom.candidate import Candidate
from DICOMTutorialHelperLib.dicom.clocks import in_order
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.messages import translate
from DICOMTutorialHelperLib.scene.arrays import array_from_image, numpy_matrix
from DICOMTutorialHelperLib.scene.transforms import to_world

# What a unit of an index is in seconds, for those that tell elapsed time; FrameTime is that of cine loops, in ms.
SECONDS = {**{attribute.name: attribute.seconds for attribute in TIMES if attribute.seconds}, "FrameTime": 0.001}
CLOCKS_OF_FRAMES = (FRAME_REFERENCE_TIME, TIME_OFFSET, ACQUISITION_TIME, FRAME_REFERENCE, PHILIPS_DYNAMIC, CONTENT_TIME)

# A contrast agent arrives, and a suspicious lesion is at its brightest, within the first few frames; at the first of these blood
# in heart and vessels is brighter still, and falls at once.
EARLY_FRAMES = slice(2, 5)


COLORS = ((0.7, 0.15, 0.23), (0.15, 0.45, 0.8))  # of a chart's curves, told apart by their legend, too


def frames_of(sequence: slicer.vtkMRMLSequenceNode) -> list[slicer.vtkMRMLScalarVolumeNode]:
    """The volumes of a sequence in order."""
    return [sequence.GetNthDataNode(place) for place in range(sequence.GetNumberOfDataNodes())]


def frame_seconds(candidate: Candidate) -> Optional[list[float]]:
    """Seconds after the first frame of a sequence, from its index or its clock; None where the header keeps no time.

    Only elements that tell elapsed time count: an echo or inversion time is in ms, too, and is none.
    """
    in_seconds = SECONDS.get(candidate.index.name)
    if in_seconds is not None and not any(isinstance(value, str) for value in candidate.index.values):
        return [round((value - candidate.index.values[0]) * in_seconds, 3) for value in candidate.index.values]
    frames = _frames_of_one_slice(candidate)
    for attribute in CLOCKS_OF_FRAMES:
        times = [attribute.value(frame) for frame in frames]
        if None in times:
            continue
        times = [time * attribute.seconds for time in (in_order(times) if attribute in CLOCKS else times)]
        if all(later > earlier for earlier, later in zip(times, times[1:])):
            return [round(time - times[0], 3) for time in times]
    return None


def _frames_of_one_slice(candidate: Candidate) -> list[Frame]:
    """A frame of every stack, of the first slice that none of them lacks: slices have times of their own."""
    for line in zip(*(stack.slices for stack in candidate.stacks)):
        if None not in line:
            return list(line)
    return [stack.frames[0] for stack in candidate.stacks]


def sphere_means(sequence: slicer.vtkMRMLSequenceNode, center_ras: Sequence[float], radius_mm: float) -> np.ndarray:
    """The mean value of the voxels whose centres lie in a ball, frame by frame (n,); the nearest voxel where none do.

    Raises ValueError for a centre outside the volume.
    """
    frames = frames_of(sequence)
    k, j, i = _voxels_in_ball(frames[0], center_ras, radius_mm)
    return np.array([array_from_image(frame.GetImageData())[k, j, i].mean() for frame in frames], float)


def peak_enhancement_point_ras(sequence: slicer.vtkMRMLSequenceNode) -> tuple[float, float, float]:
    """Where values rise most from the first frame to the mean of EARLY_FRAMES, looked at over 3 x 3 x 3 voxels."""
    frames = frames_of(sequence)
    before = array_from_image(frames[0].GetImageData()).astype(np.float32)
    rise = np.zeros_like(before)
    early = frames[EARLY_FRAMES] or frames[1:]
    for frame in early:
        rise += (array_from_image(frame.GetImageData()).astype(np.float32) - before) / len(early)
    if not early:
        rise[:] = before
    k, j, i = np.unravel_index(int(_smoothed(rise).argmax()), rise.shape)
    node_ras = _ijk_to_ras(frames[0]) @ (i, j, k, 1)
    return tuple(to_world(frames[0]).TransformPoint(node_ras[:3]))


def steady_enhancement_point_ras(sequence: slicer.vtkMRMLSequenceNode) -> tuple[float, float, float]:
    """Where values still rise most in the second half of the frames, looked at over 3 x 3 x 3 voxels: a slow, steady uptake."""
    frames = frames_of(sequence)
    middle, last = (array_from_image(frames[place].GetImageData()).astype(np.float32) for place in (len(frames) // 2, -1))
    k, j, i = np.unravel_index(int(_smoothed(_smoothed(last - middle)).argmax()), last.shape)
    return tuple(to_world(frames[0]).TransformPoint((_ijk_to_ras(frames[0]) @ (i, j, k, 1))[:3]))


class MeasuredCurve(NamedTuple):
    """``times`` in ``unit`` from the first frame, or frames from 0 with the unit ""; ``chart`` is what a plot view shows."""

    chart: slicer.vtkMRMLPlotChartNode
    times: tuple[float, ...]
    values: tuple[float, ...]
    unit: str


def measured_curve(
    scene: slicer.vtkMRMLScene,
    name: str,
    sequence: slicer.vtkMRMLSequenceNode,
    seconds: Optional[Sequence[float]],
    center_ras: Sequence[float],
    radius_mm: float,
    language: str,
    earlier_chart_id: str = "",
) -> MeasuredCurve:
    """Measure around a point and plot by how much it rises, in percent of the first frame, beside the curve of an earlier chart
    where there is one; ``seconds`` are those of the frames, None where nobody knows them.

    Raises ValueError for a centre outside the volume.
    """
    values = tuple(float(value) for value in sphere_means(sequence, center_ras, radius_mm))
    times = tuple(map(float, range(len(values)) if seconds is None else seconds))
    time_title = translate("tutorial", "curve.frame" if seconds is None else "curve.time", language)
    place = ", ".join(f"{letter} {part:.0f}" for letter, part in zip("RAS", center_ras))
    value_title = translate("tutorial", "curve.enhancement", language)
    chart = plot_curve(scene, name, times, enhancement(values), time_title, value_title, place)
    earlier = scene.GetNodeByID(earlier_chart_id) if earlier_chart_id else None
    if earlier is not None and earlier.GetNumberOfPlotSeriesNodes():
        own = chart.GetNthPlotSeriesNodeID(0)
        beside = earlier.GetNthPlotSeriesNode(earlier.GetNumberOfPlotSeriesNodes() - 1)
        chart.RemoveAllPlotSeriesNodeIDs()
        chart.AddAndObservePlotSeriesNodeID(beside.GetID())
        chart.AddAndObservePlotSeriesNodeID(own)  # last, where the next curve looks for it
        if tuple(beside.GetColor()) == COLORS[0]:
            scene.GetNodeByID(own).SetColor(*COLORS[1])
    return MeasuredCurve(chart, times, values, "" if seconds is None else "s")


def enhancement(values: Sequence[float]) -> tuple[float, ...]:
    """By how much values lie above the first, in percent of it; the values themselves where that is 0."""
    base = values[0]
    return tuple((value - base) / base * 100 if base else value for value in values)


def plot_curve(
    scene: slicer.vtkMRMLScene,
    name: str,
    times: Sequence[float],
    values: Sequence[float],
    time_title: str,
    value_title: str,
    label: str = "",
) -> slicer.vtkMRMLPlotChartNode:
    """A table, a plot series and a chart of values over time; the chart is what a plot view shows, ``label`` its legend."""
    table_node = scene.AddNewNodeByClass("vtkMRMLTableNode", f"{name} table")
    for title, numbers in ((time_title, times), (value_title, values)):
        column = vtkDoubleArray()
        column.SetName(title)
        for number in numbers:
            column.InsertNextValue(float(number))
        table_node.AddColumn(column)
    series = scene.AddNewNodeByClass("vtkMRMLPlotSeriesNode", label or name)
    series.SetAndObserveTableNodeID(table_node.GetID())
    series.SetXColumnName(time_title)
    series.SetYColumnName(value_title)
    series.SetPlotType(slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter)
    series.SetMarkerStyle(slicer.vtkMRMLPlotSeriesNode.MarkerStyleCircle)
    series.SetColor(*COLORS[0])
    chart = scene.AddNewNodeByClass("vtkMRMLPlotChartNode", f"{name} chart")
    chart.AddAndObservePlotSeriesNodeID(series.GetID())
    chart.SetTitle(name)
    chart.SetXAxisTitle(time_title)
    chart.SetYAxisTitle(value_title)
    return chart


def _ijk_to_ras(volume: slicer.vtkMRMLScalarVolumeNode) -> np.ndarray:
    matrix = vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return numpy_matrix(matrix)


def _voxels_in_ball(volume, center_ras: Sequence[float], radius_mm: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Indices (k, j, i) of the voxels in a ball around a point of the world."""
    ijk_to_ras = _ijk_to_ras(volume)
    center = np.array(to_world(volume).GetInverse().TransformPoint(tuple(center_ras)))
    size = np.array(volume.GetImageData().GetDimensions())
    place = (np.linalg.inv(ijk_to_ras) @ (*center, 1))[:3]
    nearest = np.rint(place).astype(int)
    if (nearest < 0).any() or (nearest >= size).any():
        raise ValueError("the point lies outside the volume")
    reach = np.ceil(radius_mm / np.linalg.norm(ijk_to_ras[:3, :3], axis=0)).astype(int)
    low, high = np.maximum(nearest - reach, 0), np.minimum(nearest + reach, size - 1)
    i, j, k = (axis.ravel() for axis in np.meshgrid(*(np.arange(a, b + 1) for a, b in zip(low, high)), indexing="ij"))
    ras = ijk_to_ras[:3, :3] @ np.vstack([i, j, k]) + ijk_to_ras[:3, 3:]
    inside = np.linalg.norm(ras - center[:, None], axis=0) <= radius_mm
    if not inside.any():
        inside = (i == nearest[0]) & (j == nearest[1]) & (k == nearest[2])
    return k[inside], j[inside], i[inside]


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Means over 3 x 3 x 3 voxels; voxels at the border, where noise and coils rule, are never the largest."""
    for axis in range(3):
        if values.shape[axis] >= 3:
            values = (np.roll(values, 1, axis) + values + np.roll(values, -1, axis)) / 3
    inner = np.full(values.shape, -np.inf, np.float32)
    core = tuple(slice(1, -1) if size >= 3 else slice(None) for size in values.shape)
    inner[core] = values[core]
    return inner
