"""When the frames of a sequence were taken, by one slice that all of them have, and what a plot says of them."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.scene.time_intensity import frame_seconds, plot_curve
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


def sequence_of(folder):
    (candidate,) = [one for series in examine_paths([folder]).series for one in series.selected]
    assert candidate.index is not None
    return candidate


def write_dynamic(folder, lost=(), **header):
    """Three volumes of four slices: a slice takes 2 s, a volume 20 s; ``lost`` are (volume, slice)."""
    for volume in range(3):
        for k, position in enumerate(axial_positions(4)):
            if (volume, k) not in lost:
                own = {"AcquisitionTime": f"1015{20 * volume + 2 * k:02}", "TemporalPositionIdentifier": volume + 1, **header}
                write_series(folder, [position], sop_class=MR, first=10 * volume + k, **own)
    return sequence_of(folder)


@pytest.mark.parametrize("lost", [(), [(1, 0)], [(0, 0), (2, 1)], [(1, 0), (1, 1), (2, 2)]])
def test_frames_are_timed_by_a_slice_that_none_of_them_lacks(tmp_path, lost):
    assert frame_seconds(write_dynamic(tmp_path, lost)) == [0.0, 20.0, 40.0]


def test_trigger_times_are_seconds_from_the_first(tmp_path):
    headers = [{"TriggerTime": 100.0 + 62000.5 * n} for n in range(4)]
    write_series(tmp_path, axial_positions(1) * 4, sop_class=MR, headers=headers)
    assert frame_seconds(sequence_of(tmp_path)) == pytest.approx([0.0, 62.0005, 124.001, 186.0015], abs=6e-4)


def test_echoes_have_no_times(tmp_path):
    headers = [{"EchoTime": 10.0 * n} for n in (1, 2, 3)]
    write_series(tmp_path, axial_positions(1) * 3, sop_class=MR, headers=headers)
    assert frame_seconds(sequence_of(tmp_path)) is None


def test_clocks_that_stand_still_tell_nothing(tmp_path):
    headers = [{"TemporalPositionIdentifier": n + 1, "AcquisitionTime": "101500"} for n in range(3)]
    write_series(tmp_path, axial_positions(1) * 3, sop_class=MR, headers=headers)
    assert frame_seconds(sequence_of(tmp_path)) is None


def test_a_plot_holds_the_curve_in_named_columns():
    scene = HeadlessScene().scene
    chart = plot_curve(scene, "BLISS", [0.0, 62.0, 124.5], [5.0, 7.5, 6.0], "Time (s)", "Mean")
    assert (chart.GetName(), chart.GetTitle()) == ("BLISS chart", "BLISS")
    assert (chart.GetXAxisTitle(), chart.GetYAxisTitle()) == ("Time (s)", "Mean")
    assert chart.GetNumberOfPlotSeriesNodes() == 1
    series = chart.GetNthPlotSeriesNode(0)
    assert (series.GetName(), series.GetXColumnName(), series.GetYColumnName()) == ("BLISS", "Time (s)", "Mean")
    assert series.GetPlotType() == slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter
    assert series.GetMarkerStyle() == slicer.vtkMRMLPlotSeriesNode.MarkerStyleCircle
    table = series.GetTableNode().GetTable()
    columns = [[table.GetValue(row, column).ToDouble() for row in range(3)] for column in range(2)]
    assert columns == [[0.0, 62.0, 124.5], [5.0, 7.5, 6.0]]
