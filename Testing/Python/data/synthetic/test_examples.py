"""The examples of other kinds of objects, read back with pydicom and highdicom."""

from __future__ import annotations

import sys

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(kind, dataset) of every example."""
    files = make_practice_set("examples", tmp_path_factory.mktemp("examples"))
    return {path.parent.name: pydicom.dcmread(path) for path in files}


def test_the_xray_is_a_single_projection_with_lungs_darker_than_the_heart(made):
    ds = made["xray"]
    assert ds.SOPClassUID.name == "Computed Radiography Image Storage"
    assert "ImagePositionPatient" not in ds
    image, size = ds.pixel_array.astype(float), ds.Rows
    row = int(size * (225 - 70) / 380)  # the height of the heart
    lung, heart = image[row, int(size * 0.28)], image[row, int(size * 0.53)]
    assert lung < 0.8 * heart


def test_the_multi_frame_object_numbers_its_frames_by_time_and_slice(made):
    ds = made["multi-frame"]
    assert ds.SOPClassUID.name == "Enhanced MR Image Storage"
    groups = ds.PerFrameFunctionalGroupsSequence
    assert ds.NumberOfFrames == len(groups) == len(ds.pixel_array) == 32
    content = [group.FrameContentSequence[0] for group in groups]
    assert {(c.TemporalPositionIndex, c.InStackPositionNumber) for c in content} == {
        (t, s) for t in range(1, 5) for s in range(1, 9)
    }
    heights = [float(group.PlanePositionSequence[0].ImagePositionPatient[2]) for group in groups[:8]]
    assert np.allclose(np.diff(heights), 6.0)


def test_the_segmentation_codes_its_lesion_and_lies_on_it(made, practice_folder):
    hd = pytest.importorskip("highdicom")
    seg = hd.seg.segread(practice_examples_path(made["segmentation"]))
    (segment,) = seg.SegmentSequence
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Lesion"
    assert segment.SegmentedPropertyCategoryCodeSequence[0].CodingSchemeDesignator == "SCT"
    assert segment.AnatomicRegionSequence[0].CodeMeaning == "Breast"
    bliss = next(folder for folder in practice_folder.rglob("801*"))
    uids = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in bliss.iterdir()}
    assert {str(uid) for *_, uid in seg.get_source_image_uids()} <= uids
    first = seg.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient
    spacing = float(seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing[0])
    _, _, columns = np.nonzero(np.atleast_3d(seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)))
    assert (float(first[0]) + columns.mean() * spacing) == pytest.approx(-96, abs=3)


def test_the_report_gives_the_volume_of_that_segment(made):
    seg, report = made["segmentation"], made["report"]
    assert report.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    voxel = float(measures.PixelSpacing[0]) * float(measures.PixelSpacing[1]) * float(measures.SpacingBetweenSlices)
    written = {}
    for item in content_items(report):
        if item.ValueType == "NUM":
            written[item.ConceptNameCodeSequence[0].CodeMeaning] = float(item.MeasuredValueSequence[0].NumericValue)
    assert written["Volume"] == pytest.approx(seg.pixel_array.sum() * voxel, rel=0.01)
    assert 15 < written["Diameter"] < 40


def test_all_are_made_without_highdicom(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "highdicom", None)  # to import it is an error
    files = make_practice_set("examples", tmp_path)
    assert [path.parent.name for path in files] == ["xray", "multi-frame", "segmentation", "report"]


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    first = make_practice_set("examples", tmp_path / "one")
    second = make_practice_set("examples", tmp_path / "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def practice_examples_path(ds):
    return ds.filename


def content_items(ds):
    for item in ds.get("ContentSequence", []):
        yield item
        yield from content_items(item)
