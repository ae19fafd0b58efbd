"""What segmentations and structured reports say; highdicom, which made them, is the witness."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from synthetic_series import slice_dataset

from DICOMTutorialHelperLib.explore.codes import Code
from DICOMTutorialHelperLib.explore.reports import read_report
from DICOMTutorialHelperLib.explore.segments import _rgb, read_segmentation


def test_segments_have_their_coded_triplets(segmentation):
    prostate, lesion = read_segmentation(segmentation).segments
    assert prostate.category == Code("91723000", "SCT", "Anatomical Structure")
    assert prostate.type == Code("41216001", "SCT", "Prostate")
    assert lesion.type.meaning == "Lesion"
    assert lesion.regions == [Code("41216001", "SCT", "Prostate")]
    assert str(lesion.type) == "(52988006, SCT, Lesion)"


def test_segments_say_how_they_were_made_and_what_colour_they_like(segmentation):
    prostate, lesion = read_segmentation(segmentation).segments
    assert (prostate.algorithm_type, prostate.algorithm_name) == ("AUTOMATIC", "Threshold")
    assert (lesion.algorithm_type, lesion.algorithm_name) == ("MANUAL", "")
    assert lesion.rgb is None


def test_segments_know_their_frames_and_their_source(segmentation, source_images):
    read = read_segmentation(segmentation)
    assert [segment.frames for segment in read.segments] == [4, 2], "highdicom leaves out empty frames"
    assert read.segmentation_type == "BINARY"
    assert read.referenced_series == [source_images[0].SeriesInstanceUID]


@pytest.mark.parametrize(
    ("lab", "rgb"),
    [
        ((100, 0, 0), (255, 255, 255)),
        ((0, 0, 0), (0, 0, 0)),
        ((54.29, 80.80, 69.89), (255, 0, 0)),  # D50 values of the sRGB primaries, as published with the Bradford matrix
        ((87.82, -79.27, 80.99), (0, 255, 0)),
        ((29.57, 68.30, -112.03), (0, 0, 255)),
    ],
)
def test_colours_are_those_of_the_standard(lab, rgb):
    encoded = [lab[0] / 100 * 65535, (lab[1] + 128) / 255 * 65535, (lab[2] + 128) / 255 * 65535]
    assert all(abs(found - expected) <= 4 for found, expected in zip(_rgb(encoded), rgb))


def test_an_image_has_no_segments():
    with pytest.raises(ValueError, match="SegmentSequence"):
        read_segmentation(slice_dataset(0))


def test_measurements_stand_with_finding_site_unit_and_images(report, source_images, segmentation):
    volume, mean = read_report(report).measurements
    assert (volume.quantity.meaning, volume.value, volume.unit.value) == ("Volume", 12.5, "mm3")
    assert (mean.quantity.meaning, mean.value, mean.unit.meaning) == ("Mean", -30.25, "Hounsfield unit")
    for one in (volume, mean):
        assert one.finding.meaning == "Lesion"
        assert (one.site.meaning, one.laterality.meaning) == ("Prostate", "Left")
        assert one.group == "Lesion 1"
        assert one.references == [image.SOPInstanceUID for image in source_images[1:3]]
        assert one.segmentations == [segmentation.SOPInstanceUID]


def test_the_content_tree_is_complete(report):
    def count(dataset: Dataset) -> int:
        return 1 + sum(count(item) for item in dataset.get("ContentSequence", None) or [])

    read = read_report(report)
    assert len(list(read.content.walk())) == count(report)
    assert (read.template, read.complete, read.verified) == ("1500", True, False)
    assert read.title.meaning == "Imaging Measurement Report"
    observer = next(item for _, item in read.content.walk() if item.value_type == "PNAME")
    assert observer.text == "Reader^Rita"


def test_an_image_has_no_report():
    with pytest.raises(ValueError, match="content tree"):
        read_report(slice_dataset(0))
