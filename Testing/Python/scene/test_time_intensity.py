"""Curves of uptake over the frames of a sequence, and places of most uptake: small volumes whose answers can be counted."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")


import vtk
from made_frames import made_frame
from planned_series import PET
from synthetic_series import MR
from synthetic_volumes import fill

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, Candidate, SequenceIndex, Stack
from DICOMTutorialHelperLib.scene.marked_points import marked_points_ras
from DICOMTutorialHelperLib.scene.time_intensity import (
    COLORS,
    _smoothed,
    enhancement,
    frame_seconds,
    measured_curve,
    peak_enhancement_point_ras,
    plot_curve,
    sphere_means,
    steady_enhancement_point_ras,
)
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


MATRIX = np.array([[-2.0, 0, 0, 30], [0, -2.0, 0, 40], [0, 0, 5.0, -50], [0, 0, 0, 1]])


@pytest.fixture
def made_scene():
    return HeadlessScene().scene


def small_sequence_of(scene, frames, matrix=MATRIX):
    made = scene.AddNewNodeByClass("vtkMRMLSequenceNode", "made")
    for number, voxels in enumerate(frames):
        fill(made.SetDataNodeAtValue(slicer.vtkMRMLScalarVolumeNode(), str(number)), np.array(voxels), matrix)
    return made


def with_spots(frames, spots, shape=(7, 9, 11)):
    """Frames of 100, and spots of 3 x 3 x 3 voxels: {(k, j, i): values frame by frame}."""
    made = np.full((frames, *shape), 100)
    for (k, j, i), values in spots.items():
        for frame, value in enumerate(values):
            made[frame, k - 1 : k + 2, j - 1 : j + 2, i - 1 : i + 2] = value
    return made


def ras(k, j, i):
    return tuple((MATRIX @ (i, j, k, 1))[:3])


EARLY, LATE = (2, 3, 3), (4, 5, 7)


@pytest.mark.parametrize(
    ("spots", "place"),
    [
        # frames 2, 3 and 4 count: not what rises at once and falls, not what rises later
        ({EARLY: [100, 100, 300, 300, 300, 100], LATE: [100, 900, 100, 100, 100, 100]}, EARLY),
        ({EARLY: [100, 100, 300, 300, 300, 100], LATE: [100, 100, 100, 100, 100, 900]}, EARLY),
        ({EARLY: [100, 100, 200, 200, 200, 100], LATE: [100, 100, 100, 100, 500, 100]}, LATE),
        ({EARLY: [100, 100, 200, 200, 200, 100], LATE: [400, 400, 500, 500, 480, 100]}, EARLY),
    ],
)
def test_the_most_uptake_is_that_of_the_early_frames(made_scene, spots, place):
    assert peak_enhancement_point_ras(small_sequence_of(made_scene, with_spots(6, spots))) == pytest.approx(ras(*place))


def test_two_frames_rise_from_the_first_to_the_second_and_one_is_brightest(made_scene):
    spots = {EARLY: [100, 300], LATE: [400, 400]}
    assert peak_enhancement_point_ras(small_sequence_of(made_scene, with_spots(2, spots))) == pytest.approx(ras(*EARLY))
    alone = {EARLY: [300], LATE: [400]}
    assert peak_enhancement_point_ras(small_sequence_of(made_scene, with_spots(1, alone))) == pytest.approx(ras(*LATE))


@pytest.mark.parametrize(
    ("spots", "place"),
    [
        ({EARLY: [100, 300, 300, 300], LATE: [100, 100, 150, 250]}, LATE),
        ({EARLY: [100, 100, 500, 500], LATE: [100, 100, 150, 250]}, LATE),  # the middle one is the third of four
        ({EARLY: [100, 100, 100, 400], LATE: [100, 400, 400, 100]}, EARLY),
    ],
)
def test_steady_uptake_is_that_of_the_second_half(made_scene, spots, place):
    assert steady_enhancement_point_ras(small_sequence_of(made_scene, with_spots(4, spots))) == pytest.approx(ras(*place))


def test_means_are_of_27_voxels_and_the_border_never_counts():
    values = np.zeros((5, 5, 5), np.float32)
    values[2, 2, 2], values[0, 0, 0] = 27, 1000
    means = _smoothed(values)
    assert means[2, 2, 2] == means[1, 2, 3] == pytest.approx(1)
    assert means[1, 1, 1] == pytest.approx((27 + 1000) / 27)
    assert np.isneginf(means[0]).all() and np.isneginf(means[:, :, 4]).all() and np.isneginf(means[:, 0]).all()
    flat = _smoothed(np.array([[[0, 0, 9, 0, 0]] * 3] * 2, np.float32))  # two slices: nothing to smooth over, and no border
    assert flat[0, 1].tolist() == [-np.inf, 3, 3, 3, -np.inf]
    assert np.isneginf(flat[:, 0]).all()
    smallest = _smoothed(np.ones((3, 3, 3), np.float32))
    assert (np.argwhere(np.isfinite(smallest)).tolist(), smallest[1, 1, 1]) == ([[1, 1, 1]], pytest.approx(1))


@pytest.mark.parametrize(
    ("offset", "radius", "count"),
    [
        ((0, 0, 0), 1.9, 1),
        ((0, 0, 0), 2.0, 5),
        ((0, 0, 0), 2.83, 9),
        ((0, 0, 0), 5.0, 23),
        ((0.9, 0, 0), 0.5, 1),
        ((0.9, 0, 0), 1.2, 2),
        ((0, 0, 2.0), 0.0, 1),
    ],
)
def test_a_ball_holds_the_voxels_whose_centres_lie_in_it(made_scene, offset, radius, count):
    """2 x 2 x 5 mm voxels of which each has a value of its own: within 5 mm 21 of a slice, and one above and one below."""
    values = np.arange(7 * 9 * 11).reshape(7, 9, 11)
    sequence = small_sequence_of(made_scene, [values, values * 2])
    center = np.array(ras(3, 4, 5)) + offset
    places = np.stack(np.meshgrid(*map(range, (7, 9, 11)), indexing="ij"), axis=-1).reshape(-1, 3)
    far = np.linalg.norm(np.array([ras(*place) for place in places]) - center, axis=1)
    inside = far <= radius if (far <= radius).any() else far == far.min()
    assert inside.sum() == count
    expected = values.reshape(-1)[inside].mean()
    assert sphere_means(sequence, center, radius) == pytest.approx([expected, 2 * expected])


@pytest.mark.parametrize(
    ("place", "inside"), [((0, 0, 0), True), ((6, 8, 10), True), ((7, 0, 0), False), ((0, -1, 0), False), ((0, 0, 11), False)]
)
def test_a_centre_lies_in_the_volume_up_to_its_outermost_voxels(made_scene, place, inside):
    sequence = small_sequence_of(made_scene, [np.ones((7, 9, 11))])
    if inside:
        assert sphere_means(sequence, ras(*place), 3.0).tolist() == [1]
    else:
        with pytest.raises(ValueError, match="outside"):
            sphere_means(sequence, ras(*place), 3.0)


@pytest.mark.parametrize(("values", "expected"), [([200, 300, 100], (0, 50, -50)), ([0, 3, 5], (0, 3, 5)), ([-10, -5], (0, -50))])
def test_enhancement_is_in_percent_of_the_first(values, expected):
    assert enhancement(values) == expected


def curve_of(chart, place=0):
    series = chart.GetNthPlotSeriesNode(place)
    table = series.GetTableNode().GetTable()
    return [tuple(table.GetColumn(column).GetValue(row) for column in (0, 1)) for row in range(table.GetNumberOfRows())]


def test_a_plot_has_circles_in_the_first_colour_and_is_named(made_scene):
    chart = plot_curve(made_scene, "BLISS", [0, 60], [1.0, 3.0], "Time (s)", "Mean", "R 1")
    series = chart.GetNthPlotSeriesNode(0)
    assert (chart.GetName(), chart.GetTitle(), series.GetName()) == ("BLISS chart", "BLISS", "R 1")
    assert series.GetPlotType() == slicer.vtkMRMLPlotSeriesNode.PlotTypeScatter
    assert series.GetMarkerStyle() == slicer.vtkMRMLPlotSeriesNode.MarkerStyleCircle
    assert tuple(series.GetColor()) == COLORS[0] == (0.7, 0.15, 0.23)
    table = series.GetTableNode().GetTable()
    assert [table.GetColumn(place).GetName() for place in (0, 1)] == ["Time (s)", "Mean"]
    assert (series.GetTableNode().GetName(), curve_of(chart)) == ("BLISS table", [(0, 1), (60, 3)])
    assert (chart.GetXAxisTitle(), chart.GetYAxisTitle()) == ("Time (s)", "Mean")
    assert plot_curve(made_scene, "BLISS", [0], [1], "t", "v").GetNthPlotSeriesNode(0).GetName() == "BLISS"


def test_a_measured_curve_stands_beside_the_last_one_in_the_other_colour(made_scene):
    spots = {EARLY: [100, 300, 200], LATE: [200, 300, 400]}
    sequence = small_sequence_of(made_scene, with_spots(3, spots))
    first = measured_curve(made_scene, "one", sequence, [0, 62, 124], ras(*EARLY), 1.0, "en")
    assert (first.values, first.times, first.unit) == ((100, 300, 200), (0, 62, 124), "s")
    assert curve_of(first.chart) == [(0, 0), (62, 200), (124, 100)]
    assert (first.chart.GetXAxisTitle(), first.chart.GetYAxisTitle()) == ("Time (s)", "Enhancement (%)")
    second = measured_curve(made_scene, "two", sequence, None, ras(*LATE), 1.0, "en", first.chart.GetID())
    assert (second.values, second.times, second.unit) == ((200, 300, 400), (0, 1, 2), "")
    assert second.chart.GetNumberOfPlotSeriesNodes() == 2
    assert (curve_of(second.chart, 0)[1], curve_of(second.chart, 1)[1]) == ((62, 200), (1, 50))
    colours = [tuple(second.chart.GetNthPlotSeriesNode(place).GetColor()) for place in (0, 1)]
    assert colours == [COLORS[0], COLORS[1]]
    third = measured_curve(made_scene, "three", sequence, None, ras(*EARLY), 1.0, "en", second.chart.GetID())
    assert [tuple(third.chart.GetNthPlotSeriesNode(place).GetColor()) for place in (0, 1)] == [COLORS[1], COLORS[0]]
    assert curve_of(third.chart, 0) == curve_of(second.chart, 1)
    label = second.chart.GetNthPlotSeriesNode(1).GetName()
    assert label == "R 16, A 30, S -30"
    assert (
        measured_curve(made_scene, "four", sequence, None, ras(*EARLY), 1.0, "en", "nobody").chart.GetNumberOfPlotSeriesNodes()
        == 1
    )


def sequence_candidate(index, values, stacks):
    return Candidate(SEQUENCE, "x", [Stack(slices, None) for slices in stacks], SequenceIndex(index, "", values))


@pytest.mark.parametrize(
    ("index", "values", "expected"),
    [
        ("TriggerTime", [100, 600, 1600.4], [0, 0.5, 1.5]),
        ("FrameReferenceTime", [0, 1500], [0, 1.5]),
        ("FrameTime", [0, 33.4], [0, 0.033]),
        ("AcquisitionTime", [5, 15.5], [0, 10.5]),
        ("ContentTime", [5, 15.5], [0, 10.5]),
        ("TemporalPositionTimeOffset", [2, 3], [0, 1]),
        ("FrameReferenceDateTime", [2, 3], [0, 1]),
        ("DynamicScanBeginTime", [2, 3], [0, 1]),
        ("EchoTime", [5, 10], None),
        ("TriggerTime", ["0", "0 (2)"], None),
        ("PhaseNumber", [1, 2], None),
        ("TemporalPositionIdentifier", [1, 2], None),
    ],
)
def test_an_index_of_true_time_gives_the_seconds(index, values, expected):
    assert frame_seconds(sequence_candidate(index, values, [[made_frame()] for _ in values])) == expected


def test_clocks_are_read_at_the_first_slice_that_all_have_and_must_run():
    def frames(*times):
        return [None if time is None else made_frame(AcquisitionTime=time) for time in times]

    stacks = [frames("100000", "100001"), frames(None, "100011"), frames("100030", "100021")]
    assert frame_seconds(sequence_candidate("EchoTime", [1, 2, 3], stacks)) == [0, 10, 20]
    gaps = [frames("100000", None), frames(None, "100011")]
    assert frame_seconds(sequence_candidate("EchoTime", [1, 2], gaps)) == [0, 11]
    still = [frames("100000"), frames("100000")]
    assert frame_seconds(sequence_candidate("EchoTime", [1, 2], still)) is None
    both = [[made_frame(FrameReferenceTime=time, AcquisitionTime="100000")] for time in (1000.0, 3000.0)]
    assert frame_seconds(sequence_candidate("EchoTime", [1, 2], both)) == [0, 2]
