"""Segments as a SEG object: masks of small labelmaps, codes, and what cannot be written."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

import vtk
from pydicom.dataset import Dataset
from synthetic_volumes import fill

from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
from DICOMTutorialHelperLib.scene import segmentations
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


@pytest.fixture
def made_scene():
    return HeadlessScene().scene


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
