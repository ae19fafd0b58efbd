"""Curves of uptake, places of most uptake, and masks of segments: small volumes whose answers can be counted."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

import vtk
from made_frames import made_frame
from pydicom.dataset import Dataset
from synthetic_volumes import fill

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, Candidate, SequenceIndex, Stack
from DICOMTutorialHelperLib.dicom.derived_series import ExportError
from DICOMTutorialHelperLib.scene import segmentations
from DICOMTutorialHelperLib.scene.display import window_presets
from DICOMTutorialHelperLib.scene.quantities import quantity_and_units
from DICOMTutorialHelperLib.scene.sequences import index_texts, playback_rate
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

MATRIX = np.array([[-2.0, 0, 0, 30], [0, -2.0, 0, 40], [0, 0, 5.0, -50], [0, 0, 0, 1]])


@pytest.fixture
def made_scene():
    return HeadlessScene().scene


def sequence_of(scene, frames, matrix=MATRIX):
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


EARLY, LATE, LAST = (2, 3, 3), (4, 5, 7), (3, 6, 3)


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
    assert peak_enhancement_point_ras(sequence_of(made_scene, with_spots(6, spots))) == pytest.approx(ras(*place))


def test_two_frames_rise_from_the_first_to_the_second_and_one_is_brightest(made_scene):
    spots = {EARLY: [100, 300], LATE: [400, 400]}
    assert peak_enhancement_point_ras(sequence_of(made_scene, with_spots(2, spots))) == pytest.approx(ras(*EARLY))
    alone = {EARLY: [300], LATE: [400]}
    assert peak_enhancement_point_ras(sequence_of(made_scene, with_spots(1, alone))) == pytest.approx(ras(*LATE))


@pytest.mark.parametrize(
    ("spots", "place"),
    [
        ({EARLY: [100, 300, 300, 300], LATE: [100, 100, 150, 250]}, LATE),
        ({EARLY: [100, 100, 500, 500], LATE: [100, 100, 150, 250]}, LATE),  # the middle one is the third of four
        ({EARLY: [100, 100, 100, 400], LATE: [100, 400, 400, 100]}, EARLY),
    ],
)
def test_steady_uptake_is_that_of_the_second_half(made_scene, spots, place):
    assert steady_enhancement_point_ras(sequence_of(made_scene, with_spots(4, spots))) == pytest.approx(ras(*place))


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
    sequence = sequence_of(made_scene, [values, values * 2])
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
    sequence = sequence_of(made_scene, [np.ones((7, 9, 11))])
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
    sequence = sequence_of(made_scene, with_spots(3, spots))
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


# --- seconds


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


@pytest.mark.parametrize(("count", "rate"), [(1, 1), (4, 1), (6, 1.5), (80, 20), (81, 20)])
def test_a_loop_takes_four_seconds_within_one_and_twenty_frames_a_second(count, rate):
    assert playback_rate(SequenceIndex("x", "", list(range(count)))) == rate


def test_index_texts_have_ten_digits():
    assert index_texts(SequenceIndex("x", "", [1.0, 1234567890.4, 0.1, "a"])) == ["1", "1234567890", "0.1", "a"]


# --- what a display takes of a header


@pytest.mark.parametrize(
    ("center", "width", "presets"),
    [
        ((40.0, -500.0), (400.0, 1500.0), [(40, 400), (-500, 1500)]),
        (40.0, 0.0, []),
        (40.0, 0.5, [(40, 0.5)]),
        (None, 400.0, []),
        ((40.0, 50.0), 400.0, [(40, 400)]),
    ],
)
def test_windows_are_pairs_of_a_centre_and_a_width(center, width, presets):
    values = {"WindowCenter": center, "WindowWidth": width}
    assert window_presets(made_frame(**{key: value for key, value in values.items() if value is not None})) == presets


CT, MR, PET = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.128"


@pytest.mark.parametrize(
    ("values", "quantity", "units"),
    [
        ({"SOPClassUID": CT}, "112031", "[hnsf'U]"),
        ({"SOPClassUID": CT, "RescaleType": "HU"}, "112031", "[hnsf'U]"),
        ({"SOPClassUID": CT, "RescaleType": "US"}, None, None),
        ({"SOPClassUID": MR}, "110852", "1"),
        ({"SOPClassUID": "1.2"}, None, None),
        ({"SOPClassUID": PET, "Units": "BQML"}, "110821", "Bq/ml"),
        ({"SOPClassUID": PET, "Units": "X"}, None, None),
        ({"SOPClassUID": PET}, None, None),
        ({"SOPClassUID": PET, "Units": "GML"}, "126401", "g/ml{SUVbw}"),
        ({"SOPClassUID": PET, "Units": "CM2ML"}, "126403", "cm2/ml{SUVbsa}"),
        ({"SOPClassUID": PET, "Units": "GML", "SUVType": "LBM"}, "126402", "g/ml{SUVlbm}"),
        ({"SOPClassUID": PET, "Units": "GML", "SUVType": "?"}, None, None),
    ],
)
def test_what_values_measure_follows_from_class_and_units(values, quantity, units):
    found = quantity_and_units(made_frame(**values))
    assert tuple(code and code[0] for code in found) == (quantity, units)


# --- masks of segments


class Segment:
    """A segment as the scene has it: a labelmap with its extent, and a label."""

    def __init__(self, extent, voxels, origin=(0.0, 0.0, 0.0), spacing=(1.0, 1.0, 1.0), label=1, tag=None):
        self.labelmap = slicer.vtkOrientedImageData()
        self.labelmap.SetExtent(*extent)
        self.labelmap.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
        if np.size(voxels):
            values = vtk.util.numpy_support.vtk_to_numpy(self.labelmap.GetPointData().GetScalars())
            values[:] = np.ravel(voxels)
        self.labelmap.SetOrigin(*origin)
        self.labelmap.SetSpacing(*spacing)
        self.label, self.tag = label, tag

    def GetRepresentation(self, name):
        return self.labelmap if name == "Binary labelmap" else None

    def GetLabelValue(self):
        return self.label

    def GetName(self):
        return "Lesion"

    def GetTag(self, name, text):
        if self.tag is None or name != "TerminologyEntry":
            return False
        text.set(self.tag)
        return True


@pytest.fixture
def grid(made_scene):
    """A volume of 4 x 5 x 6 voxels of a millimetre at (10, 20, 30) RAS."""
    volume = made_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "grid")
    matrix = np.eye(4)
    matrix[:3, 3] = 10, 20, 30
    fill(volume, np.zeros((4, 5, 6)), matrix)
    return volume


def mask_of(segment, grid):
    return segmentations._mask(segment, grid, (4, 5, 6), "Lesions")


def test_a_mask_lies_where_its_labelmap_does(grid):
    """Of the extent (2..3, 1..1, 0..2), the label 2, shifted by (1, 1, 1) voxels."""
    voxels = np.zeros((3, 1, 2))
    voxels[0, 0, 1], voxels[2, 0, 0], voxels[1, 0, 0] = 2, 2, 1
    mask = mask_of(Segment((2, 3, 1, 1, 0, 2), voxels, origin=(11, 21, 31), label=2), grid)
    assert mask.dtype == bool and mask.shape == (4, 5, 6)
    assert np.argwhere(mask).tolist() == [[1, 2, 4], [3, 2, 3]]


def test_what_lies_beside_the_volume_is_left_out(grid):
    mask = mask_of(Segment((-1, 6, 0, 0, 0, 0), np.ones((1, 1, 8)), origin=(10, 20, 30)), grid)
    assert np.argwhere(mask).tolist() == [[0, 0, i] for i in range(6)]
    assert not mask_of(Segment((0, 0, 5, 5, 0, 0), np.ones((1, 1, 1)), origin=(10, 20, 30)), grid).any()


@pytest.mark.parametrize("extent", [(0, -1, 0, 0, 0, 0), (0, 0, 0, -1, 0, 0), (0, 0, 0, 0, 0, -1)])
def test_an_empty_labelmap_is_an_empty_mask(grid, extent):
    segment = Segment((0, 0, 0, 0, 0, 0), [1], origin=(10, 20, 30))
    segment.labelmap.SetExtent(*extent)
    assert not mask_of(segment, grid).any()


@pytest.mark.parametrize(
    ("origin", "spacing", "fits"),
    [
        ((10.009, 20, 30), (1, 1, 1), True),
        ((10.011, 20, 30), (1, 1, 1), False),
        ((10.5, 20, 30), (1, 1, 1), False),
        ((10, 20, 30), (1, 1, 2), False),
        ((10, 20, 30), (1.009, 1, 1), True),
        ((10, 20, 30), (1.011, 1, 1), False),
    ],
)
def test_a_labelmap_lies_on_the_voxels_to_a_hundredth_of_a_millimetre(grid, origin, spacing, fits):
    segment = Segment((0, 1, 0, 1, 0, 1), np.ones(8), origin=origin, spacing=spacing)
    if fits:
        assert mask_of(segment, grid).sum() == 8
    else:
        with pytest.raises(ExportError, match="other-grid"):
            mask_of(segment, grid)


def test_a_segment_without_a_labelmap_is_told(grid):
    segment = Segment((0, 0, 0, 0, 0, 0), [1])
    segment.labelmap = None
    with pytest.raises(ExportError, match="no-labelmap"):
        mask_of(segment, grid)


TISSUE = ("85756007", "SCT", "Tissue")


@pytest.mark.parametrize(
    ("tag", "category", "kind"),
    [
        ("list~SCT^1^Body~SCT^2^Liver^~x", ("1", "SCT", "Body"), ("2", "SCT", "Liver")),
        ("list~SCT^1^~SCT^2^Liver", ("1", "SCT", "1"), ("2", "SCT", "Liver")),
        ("list~SCT^1^Body", TISSUE, TISSUE),
        ("list~SCT^1^Body~^^", TISSUE, TISSUE),
        ("list~SCT^1^Body~SCT^^Liver", TISSUE, TISSUE),
        (None, TISSUE, TISSUE),
    ],
)
def test_codes_are_those_of_the_terminology_or_tissue(tag, category, kind):
    assert segmentations._terminology(Segment((0, 0, 0, 0, 0, 0), [1], tag=tag)) == (category, kind)


# --- the SEG object


class SegmentationNode:
    """A segmentation drawn on a volume: as much of the node as writing asks for."""

    def __init__(self, volume, *segments):
        self.volume, self.segments = volume, segments

    def GetReferenceImageGeometryReferenceRole(self):
        return "reference"

    def GetNodeReference(self, role):
        return self.volume if role == "reference" else None

    def GetSegmentation(self):
        return self

    def GetNumberOfSegments(self):
        return len(self.segments)

    def GetNthSegment(self, place):
        return self.segments[place]


@pytest.fixture
def written(monkeypatch, grid):
    """What highdicom is given for segments on the grid, whose four images say what ``header`` says."""
    given = {}

    class Written:
        SeriesDescription = ""

    def segmentation(**named):
        given.update(named)
        return Written()

    fake = SimpleNamespace(
        seg=SimpleNamespace(
            Segmentation=segmentation,
            SegmentDescription=lambda **named: named,
            SegmentationTypeValues=SimpleNamespace(BINARY="BINARY"),
            SegmentAlgorithmTypeValues=SimpleNamespace(MANUAL="MANUAL"),
        ),
        sr=SimpleNamespace(CodedConcept=lambda *code: code),
    )
    monkeypatch.setitem(sys.modules, "highdicom", fake)

    def write(*segments, uids="1 2 3 4", missing=(), volume=grid, name="Lesions", **header):
        images = {}
        for uid in uids.split():
            images[uid] = Dataset()
            images[uid].SOPInstanceUID = uid
            for keyword, value in header.items():
                setattr(images[uid], keyword, value)
        if volume is not None:
            volume.SetAttribute("DICOM.instanceUIDs", uids)
        node = SegmentationNode(volume, *segments)
        made = segmentations.segmentation_object(node, name, lambda uid: None if uid in missing else images[uid])
        return made, dict(given), images

    return write


def one_voxel(i=1, tag=None):
    return Segment((i, i, 2, 2, 3, 3), [1], origin=(10, 20, 30), tag=tag)


def test_a_seg_object_has_a_segment_for_each_that_holds_something(written):
    empty = Segment((0, 0, 0, 0, 0, 0), [0], origin=(10, 20, 30))
    tag = "list~SCT^1^Body~SCT^2^Liver"
    made, given, images = written(one_voxel(1), empty, one_voxel(4, tag), SeriesNumber=5, SliceThickness=7)
    assert given["pixel_array"].shape == (4, 5, 6, 2) and given["pixel_array"].dtype == np.uint8
    assert np.argwhere(given["pixel_array"]).tolist() == [[3, 2, 1, 0], [3, 2, 4, 1]]
    assert [one["segment_number"] for one in given["segment_descriptions"]] == [1, 2]
    assert given["segment_descriptions"][1]["segmented_property_type"] == ("2", "SCT", "Liver")
    assert given["segment_descriptions"][0]["segmented_property_category"] == TISSUE
    assert (given["series_number"], given["instance_number"], given["omit_empty_frames"]) == (1005, 1, True)
    assert (given["segmentation_type"], given["source_images"]) == ("BINARY", list(images.values()))
    assert {float(image.SliceThickness) for image in images.values()} == {7}
    assert made.SeriesDescription == "Lesions"


def test_images_without_a_thickness_are_as_thick_as_the_volumes_slices(written):
    made, given, images = written(one_voxel(), name="x" * 70)
    assert {float(image.SliceThickness) for image in images.values()} == {1}
    assert (given["series_number"], made.SeriesDescription) == (1000, "x" * 64)
    assert len(given["segment_descriptions"][0]["segment_label"]) == len("Lesion")


def test_uids_of_a_seg_object_follow_from_images_masks_and_name(written):
    def uids(*segments, **more):
        given = written(*segments, **more)[1]
        return given["series_instance_uid"], given["sop_instance_uid"]

    usual = uids(one_voxel())
    assert usual == uids(one_voxel()) and len(set(usual)) == 2
    for other in (uids(one_voxel(2)), uids(one_voxel(), uids="1 2 3 5"), uids(one_voxel(), name="other")):
        assert set(usual).isdisjoint(other)


def test_what_cannot_be_a_seg_object_is_told(written, made_scene):
    without_voxels = made_scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    for reason, more in (
        ("needs-sources", {"uids": ""}),
        ("needs-sources", {"uids": "1 2 3"}),
        ("needs-sources", {"missing": ("3",)}),
        ("no-reference", {"volume": None}),
        ("no-reference", {"volume": without_voxels}),
    ):
        with pytest.raises(ExportError, match=reason):
            written(one_voxel(), **more)
    with pytest.raises(ExportError, match="empty"):
        written()
