"""Values over the frames of a sequence."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

import vtk
from planned_series import PET
from synthetic_series import MR
from synthetic_volumes import fill

from DICOMTutorialHelperLib.scene.marked_points import marked_points_ras
from DICOMTutorialHelperLib.scene.time_intensity import frame_seconds, peak_enhancement_point_ras, plot_curve, sphere_means
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene

IJK_TO_RAS = np.array([[-2.0, 0, 0, 30], [0, -2, 0, 40], [0, 0, 5, -50], [0, 0, 0, 1]])
LESION_IJK = (6, 9, 4)
LESION_RAS = tuple((IJK_TO_RAS @ (*LESION_IJK, 1))[:3])
LESION_VALUES = [100, 250, 400, 350, 300]


def mark_point(scene, label, position_ras):
    """Place a point, in a point list of its own."""
    markups = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", label)
    markups.AddControlPoint(*position_ras, label)


@pytest.fixture
def headless_scene():
    return HeadlessScene()


@pytest.fixture
def sequence(headless_scene):
    """Five frames of 20 x 20 x 10 voxels: 100 everywhere, but in 3 x 3 x 3 voxels about the lesion; and one hot pixel."""
    made = headless_scene.scene.AddNewNodeByClass("vtkMRMLSequenceNode", "made")
    i, j, k = LESION_IJK
    for frame, value in enumerate(LESION_VALUES):
        voxels = np.full((10, 20, 20), 100)
        voxels[k - 1 : k + 2, j - 1 : j + 2, i - 1 : i + 2] = value
        voxels[7, 3, 15] = 100 + 500 * (frame > 0)
        node = made.SetDataNodeAtValue(slicer.vtkMRMLScalarVolumeNode(), str(frame))
        fill(node, voxels, IJK_TO_RAS)
    return made


def test_the_mean_follows_the_lesion(sequence):
    assert sphere_means(sequence, LESION_RAS, 2.5) == pytest.approx(LESION_VALUES)


def test_a_larger_ball_mixes_in_what_lies_around(sequence):
    offsets = np.array([(i * 2, j * 2, k * 5) for i in range(-3, 4) for j in range(-3, 4) for k in range(-2, 3)])
    inside = offsets[np.linalg.norm(offsets, axis=1) <= 5.5]
    lesion = (np.abs(inside) <= (2, 2, 5)).all(axis=1)
    expected = [100 + (value - 100) * lesion.mean() for value in LESION_VALUES]
    assert sphere_means(sequence, LESION_RAS, 5.5) == pytest.approx(expected)


def test_a_ball_smaller_than_a_voxel_takes_the_nearest(sequence):
    assert sphere_means(sequence, np.add(LESION_RAS, (0.8, 0, 0)), 0.1) == pytest.approx(LESION_VALUES)


def test_a_point_outside_is_an_error(sequence):
    with pytest.raises(ValueError, match="outside"):
        sphere_means(sequence, (500, 0, 0), 4.0)


def test_the_most_enhancing_point_is_the_lesion_not_a_hot_pixel(sequence):
    assert peak_enhancement_point_ras(sequence) == pytest.approx(LESION_RAS)


def test_a_transform_above_the_volume_moves_the_point(sequence, headless_scene):
    transform = headless_scene.scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(2, 3, 100.0)
    transform.SetMatrixTransformToParent(matrix)
    inner = sequence.GetSequenceScene().AddNode(transform)
    for number in range(sequence.GetNumberOfDataNodes()):
        sequence.GetNthDataNode(number).SetAndObserveTransformNodeID(inner.GetID())
    moved = np.add(LESION_RAS, (0, 0, 100))
    assert peak_enhancement_point_ras(sequence) == pytest.approx(moved)
    assert sphere_means(sequence, moved, 2.5) == pytest.approx(LESION_VALUES)


def test_a_curve_becomes_a_table_a_series_and_a_chart(headless_scene):
    chart = plot_curve(headless_scene.scene, "BLISS", [0, 60, 120], [1.0, 3.0, 2.0], "Time (s)", "Mean")
    series = chart.GetNthPlotSeriesNode(0)
    table = series.GetTableNode().GetTable()
    assert (series.GetXColumnName(), series.GetYColumnName()) == ("Time (s)", "Mean")
    rows = [(table.GetColumn(0).GetValue(row), table.GetColumn(1).GetValue(row)) for row in range(table.GetNumberOfRows())]
    assert rows == [(0, 1), (60, 3), (120, 2)]
    assert (chart.GetXAxisTitle(), chart.GetYAxisTitle()) == ("Time (s)", "Mean")


def test_marked_points_are_found_in_order(headless_scene):
    mark_point(headless_scene.scene, "lesion", (1.0, 2.0, 3.0))
    mark_point(headless_scene.scene, "gland", (4.0, 5.0, 6.0))
    assert marked_points_ras(headless_scene.scene) == [("lesion", (1.0, 2.0, 3.0)), ("gland", (4.0, 5.0, 6.0))]


def sequence_of(examined, headers, **plan):
    """The selected sequence of an MR with two slices a volume, one volume a header."""
    positions = [(-10.0, -20.0, 30.0 + 2.5 * k) for k in range(2)]
    spread = [header for header in headers for _ in positions]
    series = examined(positions=positions * len(headers), headers=spread, sop_class=MR, **plan)
    return series.selected[0]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([{"TriggerTime": time} for time in (0, 500, 1250)], [0, 0.5, 1.25]),
        (
            [
                {"AcquisitionDate": "20251231", "AcquisitionTime": "235959"},
                {"AcquisitionDate": "20260101", "AcquisitionTime": "000001"},
            ],
            [0, 2],
        ),
        ([{"AcquisitionTime": time} for time in ("235950", "000010", "000030")], [0, 20, 40]),
        ([{"EchoTime": time} for time in (5, 10, 15)], None),
        ([{"InversionTime": time} for time in (100, 400, 900)], None),
        ([{"EchoNumbers": number} for number in (1, 2, 3)], None),
        ([{"TemporalPositionIdentifier": n, "AcquisitionTime": f"1000{2 * n:02d}.5"} for n in (1, 2, 3)], [0, 2, 4]),
        ([{"EchoTime": echo, "TemporalPositionIdentifier": n} for n in (1, 2) for echo in (5, 10)], None),
    ],
)  # fmt: skip
def test_only_true_clocks_give_a_curve_its_seconds(examined, headers, expected):
    assert frame_seconds(sequence_of(examined, headers)) == expected


def test_dynamic_pet_takes_its_seconds_from_the_time_its_values_are_for(examined):
    positions = [(0.0, 0.0, 3.0 * k) for k in range(2)]
    headers = [{"FrameReferenceTime": time, "AcquisitionTime": "101500"} for time in (15000, 45000, 120000) for _ in positions]
    series = examined(positions=positions * 3, headers=headers, sop_class=PET)
    assert frame_seconds(series.selected[0]) == [0, 30, 105]
