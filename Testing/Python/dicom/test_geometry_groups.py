"""Which frames share a grid: orientation, matrix, pixels, frame of reference, each beside its edge."""

from __future__ import annotations

import pytest
from made_frames import AXIAL, CORONAL, SAGITTAL, made_frame

from DICOMTutorialHelperLib.dicom.geometry_groups import geometry_groups, pixel_kind, plane_name


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "MONOCHROME2"), ({"PhotometricInterpretation": "MONOCHROME1"}, "MONOCHROME1"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "PALETTE COLOR"),
        ({"PhotometricInterpretation": "other"}, "MONOCHROME2"),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL"}, "RGB"),
    ],
)  # fmt: skip
def test_pixels_stand_for_greys_colours_or_numbers_of_a_palette(values, kind):
    assert pixel_kind(made_frame(**values)) == kind


@pytest.mark.parametrize(
    ("orientation", "name"),
    [
        (AXIAL, "axial"), (CORONAL, "coronal"), (SAGITTAL, "sagittal"), ((1.0, 0, 0, 0, 0.8, 0.6), "axial"),
        ((1.0, 0, 0, 0, 0.6, 0.8), "coronal"),
    ],
)  # fmt: skip
def test_a_plane_is_called_by_the_nearest_one(orientation, name):
    assert plane_name(made_frame((0, 0, 0), orientation)) == name


def grouped(*frames):
    groups = geometry_groups(frames)
    return (
        [(", ".join(group.labels), len(group.frames)) for group in groups],
        {(finding.code, finding.evidence.get("reason", "")): finding.evidence for finding in groups[0].findings},
    )


def made_more(count, **values):
    return [made_frame((0, 0, float(n)), **values) for n in range(count)]


def test_frames_alike_are_one_group_without_a_word():
    assert grouped(*made_more(3)) == ([("", 3)], {})


def test_orientations_are_named_and_numbered_where_several_are_nearest_to_one_plane():
    tilted = (1.0, 0.0, 0.0, 0.0, 0.96, 0.28)
    labels, findings = grouped(*made_more(2), *made_more(1, orientation=tilted), *made_more(3, orientation=CORONAL))
    assert labels == [("axial 1", 2), ("axial 2", 1), ("coronal", 3)]
    assert findings[("split-by-orientation", "")] == {"count": 3, "planes": ["axial 1", "axial 2", "coronal"]}


@pytest.mark.parametrize(("off", "groups"), [(0.00099, 1), (0.0011, 2)])
def test_a_thousandth_of_a_direction_is_one_orientation(off, groups):
    assert len(grouped(*made_more(1), *made_more(1, orientation=(1.0, 0, off, 0, 1, 0)))[0]) == groups


def test_matrices_pixels_and_kinds_are_told_apart_and_listed():
    labels, findings = grouped(*made_more(1), *made_more(1, Rows=5, Columns=6))
    assert labels == [("4 x 3", 1), ("6 x 5", 1)]
    assert findings[("split-by-size", "")] == {"count": 2, "sizes": ["4 x 3", "6 x 5"]}
    labels, findings = grouped(*made_more(1), *made_more(2, spacing=(0.5, 0.25)))
    assert labels == [("1 x 1 mm", 1), ("0.25 x 0.5 mm", 2)]
    assert findings[("split-by-size", "pixels")] == {"reason": "pixels", "count": 2, "sizes": ["1 x 1 mm", "0.25 x 0.5 mm"]}
    labels, findings = grouped(*made_more(1), *made_more(2, PhotometricInterpretation="MONOCHROME1"))
    assert labels == [("MONOCHROME2", 1), ("MONOCHROME1", 2)]
    assert findings[("split-by-photometric-interpretation", "")] == {"count": 2, "kinds": ["MONOCHROME2", "MONOCHROME1"]}


def test_pixel_sizes_that_follow_from_the_matrix_are_not_said_again():
    labels, findings = grouped(*made_more(1), *made_more(1, Rows=6, Columns=8, spacing=(0.5, 0.5)))
    assert labels == [("4 x 3", 1), ("8 x 6", 1)]
    assert ("split-by-size", "pixels") not in findings


@pytest.mark.parametrize(("spacing", "groups"), [((1.0033, 1.0), 1), ((1.0034, 1.0), 2), ((1.0, 1.0024), 1), ((1.0, 1.0026), 2)])
def test_pixels_are_of_one_size_where_the_far_corner_moves_by_a_hundredth(spacing, groups):
    """3 rows and 4 columns: a hundredth of a millimetre is a three hundredth a row, and a four hundredth a column."""
    assert len(grouped(*made_more(1), *made_more(1, spacing=spacing))[0]) == groups


@pytest.mark.parametrize(
    ("references", "labels"),
    [
        (["a", "a", "b"], [("frame of reference 1", 2), ("frame of reference 2", 1)]), (["a", "b", "c"], [("", 3)]),
        (["a", "b"], [("frame of reference 1", 1), ("frame of reference 2", 1)]), (["a", "a", ""], [("", 3)]),
        (["", "", ""], [("", 3)]),
    ],
)  # fmt: skip
def test_frames_of_reference_part_but_not_where_every_file_has_its_own(references, labels):
    frames = [made_frame((0, 0, float(n)), FrameOfReferenceUID=reference) for n, reference in enumerate(references)]
    found, findings = grouped(*frames)
    assert found == labels
    assert (("identity-mixed", "frame-of-reference") in findings) == (len(labels) > 1)


@pytest.mark.parametrize(
    ("one", "other", "labels"),
    [
        ({"SeriesNumber": 5}, {"SeriesNumber": 6}, ["series 5", "series 6"]),
        ({"SeriesDescription": "a", "SeriesTime": "1"}, {"SeriesDescription": "b", "SeriesTime": "2"}, ["a", "b"]),
        ({"SeriesDescription": "a", "ProtocolName": "1"}, {"SeriesDescription": "b", "ProtocolName": "2"}, ["a", "b"]),
        ({"SeriesDescription": "a"}, {"SeriesDescription": "b"}, [""]),
        ({"SeriesTime": "1"}, {"SeriesTime": "2"}, [""]),
    ],
)
def test_series_under_one_uid_differ_in_number_or_in_two_things(one, other, labels):
    found, findings = grouped(*made_more(2, **one), *made_more(2, **other))
    assert [label for label, _ in found] == labels
    assert (("identity-mixed", "series") in findings) == (len(labels) > 1)


def test_what_differs_in_every_one_of_many_files_tells_no_series_apart():
    frames = [made_frame((0, 0, float(n)), SeriesNumber=n) for n in range(3)]
    assert grouped(*frames)[0] == [("", 3)]
    assert [label for label, _ in grouped(*frames[:2])[0]] == ["series 0", "series 1"]
