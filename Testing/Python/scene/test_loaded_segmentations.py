"""A segmentation object is loaded where its frames lie, whoever wrote it; what cannot be loaded is told."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

slicer = pytest.importorskip("slicer")

from DICOMTutorialHelperLib.data.synthetic.derived_objects import _lesion, make_segmentation
from DICOMTutorialHelperLib.data.synthetic.instances import SetKey, write_instance
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loaded_segmentations import (
    center_ras,
    labelmaps_of,
    load_segmentation,
    segment_names,
    segmentations_in,
)

KEY = SetKey("breast-mri", "small", 0)


@pytest.fixture
def scene():
    made = slicer.vtkMRMLScene()
    slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(made)
    return made


@pytest.fixture
def written(tmp_path):
    """Writes a dataset; returns its path."""

    def write(ds):
        write_instance(ds, tmp_path / "seg.dcm")
        return tmp_path / "seg.dcm"

    return write


def marked_ras(node) -> set[tuple[float, ...]]:
    """Where the marked voxels lie in the world, to 0.01 mm."""
    found = set()
    for mask, matrix, _ in labelmaps_of(node):
        for k, j, i in np.argwhere(mask):
            found.add(tuple(np.round((matrix @ (i, j, k, 1))[:3], 2)))
    return found


def expected_ras(images, mask) -> set[tuple[float, ...]]:
    """The same, from the headers of the images that the object was made on: no code in common."""
    found = set()
    for image, marked in zip(images, mask):
        x, y, z = (float(value) for value in image.ImagePositionPatient)
        between_rows, between_columns = (float(value) for value in image.PixelSpacing)
        for row, column in np.argwhere(marked):
            found.add(tuple(np.round((-(x + column * between_columns), -(y + row * between_rows), z), 2)))
    return found


def test_every_marked_voxel_lies_where_its_image_puts_it(scene, written):
    node = load_segmentation(written(make_segmentation(KEY)), scene, None)
    images, mask = _lesion(KEY)
    assert marked_ras(node) == expected_ras(images, mask) != set()
    assert segment_names(node) == ("Lesion",)
    middle = np.mean(list(expected_ras(images, mask)), axis=0)
    assert np.allclose(center_ras(node), middle, atol=0.01)
    assert [one.GetID() for one in segmentations_in(scene)] == [node.GetID()]


def test_frames_in_any_order_on_a_turned_grid_lie_right(scene, written):
    ds = make_segmentation(KEY)
    shared = ds.SharedFunctionalGroupsSequence[0]
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [0, 1, 0, 0, 0, -1]  # sagittal
    shared.PixelMeasuresSequence[0].PixelSpacing = ["2", "1.5"]
    for frame, x in zip(ds.PerFrameFunctionalGroupsSequence, ("30", "22")):
        frame.PlanePositionSequence[0].ImagePositionPatient = [x, "-100", "90"]
    node = load_segmentation(written(ds), scene, None)
    pixels = make_segmentation(KEY)
    frames = np.unpackbits(np.frombuffer(pixels.PixelData, np.uint8), bitorder="little").reshape(2, pixels.Rows, pixels.Columns)
    expected = {
        (-float(x), 100.0 - column * 1.5, 90.0 - row * 2.0)
        for frame, x in zip(frames, (30, 22))
        for row, column in np.argwhere(frame)
    }
    assert marked_ras(node) == expected != set()


def test_its_codes_are_kept_as_slicer_keeps_them(scene, written):
    import vtk

    node = load_segmentation(written(make_segmentation(KEY)), scene, None)
    text = vtk.reference("")
    assert node.GetSegmentation().GetNthSegment(0).GetTag("TerminologyEntry", text)
    assert "SCT^49755003^Morphologically Abnormal Structure~SCT^52988006^Lesion" in str(text)
    assert "SCT^76752008^Breast" in str(text)


@pytest.mark.parametrize("fault", ["an image", "no DICOM", "no positions", "uneven", "short pixels", "labelmap"])
def test_what_cannot_be_loaded_is_told_and_leaves_nothing(scene, written, tmp_path, fault):
    ds = make_segmentation(KEY)
    if fault == "an image":
        ds.SOPClassUID = pydicom.uid.MRImageStorage
    elif fault == "no positions":
        del ds.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence
    elif fault == "uneven":
        ds.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient = ["-170", "-201.0625", "16"]
    elif fault == "short pixels":
        ds.PixelData = ds.PixelData[:100]
    elif fault == "labelmap":
        ds.SegmentationType = "LABELMAP"
    path = written(ds)
    if fault == "no DICOM":
        path.write_bytes(b"nothing")
    with pytest.raises(LoadError):
        load_segmentation(path, scene, None)
    assert segmentations_in(scene) == [] and scene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 0
