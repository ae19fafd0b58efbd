"""What a published series consists of, told from its headers."""

from __future__ import annotations

import numpy as np
import pytest

from DICOMTutorialHelperLib.data.published import series_facts
from DICOMTutorialHelperLib.data.published.series_facts import facts_of_headers
from DICOMTutorialHelperLib.data.synthetic.instances import UID_ROOT


def header(z=0.0, **values):
    return {
        "SeriesInstanceUID": "1",
        "ImagePositionPatient": f"0\\0\\{z}",
        "ImageOrientationPatient": "1\\0\\0\\0\\1\\0",
        **values,
    }


def facts(*headers):
    (found,) = facts_of_headers(headers)
    return found


@pytest.mark.parametrize(
    ("heights", "slices", "frames", "holes"),
    [
        ([0, 1, 2, 3], 4, 1, 0),
        ([0, 1, 3, 4], 4, 1, 1),
        ([0, 1, 2, 0, 1, 2], 3, 2, 0),
        ([0, 1, 2, 0, 1], 3, 2, 1),
        ([0, 1, 3, 4] * 2, 4, 2, 2),
        ([0, 1, 2.04, 3], 4, 1, 0),
        ([0, 1, 2, 4.04, 5], 5, 1, 1),
        ([0, 1, 2, 4.06, 5], 5, 1, 0),
        ([0, 1, 2, 9, 10], 5, 1, 6),
        ([0, 1, 2, 10, 11], 5, 1, 0),
        ([0, 0.004, 1], 2, 1, 0),
        ([0], 1, 1, 0),
        ([], 0, 0, 0),
        ([5, 5], 1, 2, 0),
    ],
)
def test_layers_frames_and_holes_are_counted_from_the_heights(heights, slices, frames, holes):
    assert series_facts._layers(np.array(heights, float)) == (slices, frames, holes)


def test_a_series_is_summed_up():
    headers = [
        header(z, InstanceNumber=str(n), SOPInstanceUID=f"{UID_ROOT}{n}", path=f"{n}.dcm") for n, z in enumerate((0, 2, 4), 5)
    ]
    found = facts(*headers, headers[0])
    assert (found.instances, found.slices, found.frames, found.holes, found.highest_number) == (3, 3, 1, 0, 7)
    assert (found.plane, found.extent_mm, found.multi_frame, found.made) == ("axial", 4.0, False, True)
    assert [path.name for path in found.files] == ["5.dcm", "6.dcm", "7.dcm"]
    other = facts(*headers, header(6, SOPInstanceUID="1.2", NumberOfFrames="2", InstanceNumber="x"))
    assert (other.made, other.multi_frame, other.highest_number) == (False, True, 7)
    assert not facts(header(NumberOfFrames=1)).multi_frame
    silent = facts({"SeriesInstanceUID": "1"}, {"SeriesInstanceUID": "1"})
    assert (silent.instances, silent.slices, silent.plane, silent.extent_mm, silent.highest_number) == (2, 0, "", 0.0, 0)


def test_a_localizer_among_slices_does_not_count():
    scout = header(99, ImageOrientationPatient="1\\0\\0\\0\\0\\-1", SOPInstanceUID="s")
    slices = [header(z, SOPInstanceUID=str(z)) for z in (0, 1, 2)]
    found = facts(scout, *slices)
    assert (found.plane, found.slices, found.instances) == ("axial", 3, 4)
    nearly = header(7, ImageOrientationPatient="1\\0\\0\\0\\0.995\\0.0999", SOPInstanceUID="n")
    turned = header(7, ImageOrientationPatient="1\\0\\0\\0\\0.98\\0.199", SOPInstanceUID="n")
    assert (facts(*slices, nearly).slices, facts(*slices, turned).slices) == (4, 3)
    for orientation, plane in (("0\\1\\0\\0\\0\\-1", "sagittal"), ("1\\0\\0\\0\\0\\-1", "coronal")):
        assert facts(header(ImageOrientationPatient=orientation)).plane == plane


@pytest.mark.parametrize(
    ("value", "count", "numbers"),
    [("1\\2", 2, [1, 2]), ("1\\2", 3, None), ([1, 2], 2, [1, 2]), (5, 1, [5]), ("a", 1, None), ("", 1, None), (None, 1, None)],
)
def test_numbers_may_be_texts_with_backslashes(value, count, numbers):
    assert series_facts._numbers(value, count) == numbers


def test_a_description_is_that_of_series_and_protocol():
    assert facts(header(SeriesDescription="T2", ProtocolName="BLISS")).description == "T2 BLISS"
    assert facts(header(ProtocolName="BLISS", Modality="MR")).description == "BLISS"
    assert (facts(header(Modality="MR")).modality, facts(header()).modality) == ("MR", "")
