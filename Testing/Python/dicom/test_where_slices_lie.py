"""Gaps, holes, stacks and grids of frames made in memory: each decision on both sides of its edge, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from made_frames import AXIAL, CORONAL, SAGITTAL, made_frame

from DICOMTutorialHelperLib.dicom.geometry import Grid, corners_lps, fit_grid, is_regular, slice_corners_lps, slice_normal_lps
from DICOMTutorialHelperLib.dicom.geometry_groups import geometry_groups, pixel_kind, plane_name
from DICOMTutorialHelperLib.dicom.nearby import near_leads
from DICOMTutorialHelperLib.dicom.slice_positions import (
    distances_along_normal,
    separate_stacks,
    side_by_side,
    side_names,
    slice_positions,
    usual_gap,
    with_holes,
)
from DICOMTutorialHelperLib.dicom.split_findings import (
    duplicate_positions,
    file_names,
    missing_slices,
    uneven_spacing,
)


def places_at(*heights, beside=(0.0, 0.0), orientation=AXIAL, **values):
    """An axial slice at each height, mm."""
    return [[made_frame((*beside, float(height)), orientation, name=f"{n}.dcm", **values)] for n, height in enumerate(heights)]


def numbers(layers):
    return None if layers is None else [None if place is None else place[0].instance.path.stem for place in layers]


# --- places


def test_frames_at_one_place_are_gathered_in_the_order_of_the_normal_and_by_number():
    heights = [5.0, 0.0, 5.009, 0.0, 10.0]
    frames = [made_frame((0, 0, height), InstanceNumber=9 - n, name=f"{n}.dcm") for n, height in enumerate(heights)]
    assert [[frame.instance.path.stem for frame in place] for place in slice_positions(frames)] == [["3", "1"], ["2", "0"], ["4"]]


@pytest.mark.parametrize(("apart", "places"), [(0.0099, 1), (0.0101, 2)])
def test_a_hundredth_of_a_millimetre_is_one_place(apart, places):
    frames = [made_frame((0, 0, 0)), made_frame((apart, 0, 0))]
    assert len(slice_positions(frames)) == places
    assert [len(place) for place in slice_positions(frames[:1])] == [1]


@pytest.mark.parametrize(("norm", "leads"), [(2, [0, 1, 0, 3]), (np.inf, [0, 0, 0, 3])])
def test_points_are_led_by_the_first_within_the_tolerance(norm, leads):
    """(0.8, 0.8) is 1.13 away, by its largest component 0.8."""
    points = np.array([[0.0, 0.0], [0.8, 0.8], [0.0, 1.0], [0.0, 2.01]])
    assert near_leads(points, 1.0, norm) == leads
    assert near_leads(points[[0, 0, 0]], 1.0, norm) == [0, 0, 0]


def test_near_points_are_found_in_every_neighbouring_cell():
    """A ring of radius 1 about the leader: each of 64 directions lies within the tolerance, and none of those of radius 1.01."""
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for middle in ((0.0, 0.0), (0.37, 0.81), (5.5, -3.25)):
        for radius, alone in ((0.999, False), (1.01, True)):
            for point in ring * radius:
                assert (near_leads(np.array([middle, middle + point]), 1.0)[1] == 1) == alone


# --- gaps


@pytest.mark.parametrize(
    ("gaps", "usual"),
    [
        ([2, 2, 3, 3, 3], 3), ([3, 3, 2, 2], 2), ([2.0, 2.009, 5.0], 2.0045), ([2.0, 2.02, 5.0], 2.0), ([4], 4),
        ([2.0, 2.009, 2.018, 9, 9], 2.009),
    ],
)  # fmt: skip
def test_the_usual_gap_is_the_most_frequent_one_to_a_hundredth(gaps, usual):
    assert usual_gap(np.array(gaps, float)) == pytest.approx(usual)


@pytest.mark.parametrize(
    ("heights", "layers"),
    [
        ([0, 2, 6, 8], ["0", "1", None, "2", "3"]),
        ([0, 2, 4, 10, 12, 14], ["0", "1", "2", None, None, "3", "4", "5"]),
        ([0, 2, 6], ["0", "1", None, "2"]),  # half of the gaps
        ([0, 1, 2, 4, 7], ["0", "1", "2", None, "3", None, None, "4"]),
        ([0, 1, 2, 4, 7, 11], None),  # more than half
        ([0, 2, 4, 6], None),  # none
        ([0, 2], None),
        ([0, 2, 5, 7], None),  # no multiple
        ([0, 2, 6.005, 8.005], ["0", "1", None, "2", "3"]),
        ([0, 2, 6.1, 8.1], None),
        ([0, 2, 4, 6, 7, 9], None),  # one gap that is smaller
        # as many missing as there are slices, and one more
        ([0, 1, 2, 7, 8], ["0", "1", "2", None, None, None, None, "3", "4"]),
        ([0, 1, 2, 8, 9], ["0", "1", "2", *[None] * 5, "3", "4"]),
        ([0, 1, 2, 9, 10], None),
        # four gaps of one kind in a row: another spacing
        ([0, 1, 2, 3, 4, 6, 8, 10, 11], ["0", "1", "2", "3", "4", None, "5", None, "6", None, "7", "8"]),
        ([0, 1, 2, 3, 4, 6, 8, 10, 12], None),
        ([0, 1, 2, 3, 4, 6, 8, 11, 13], ["0", "1", "2", "3", "4", None, "5", None, "6", None, None, "7", None, "8"]),
    ],
)  # fmt: skip
def test_holes_are_whole_multiples_of_the_spacing_and_the_exception(heights, layers):
    assert numbers(with_holes(places_at(*heights))) == layers


def test_slices_of_one_height_have_no_holes_between():
    places = [[made_frame((10.0 * n, 0, 0))] for n in range(4)]
    assert with_holes(places) is None


# --- stacks


def stacked(stacks):
    return None if stacks is None else [[place[0].instance.path.stem for place in stack] for stack in stacks]


@pytest.mark.parametrize(
    ("heights", "more", "stacks"),
    [
        # a gap of 3 spacings or more, and no multiple of them
        ([0, 2, 4, 10.5, 12.5, 14.5], {}, 3),
        ([0, 2, 4, 10, 12, 14], {}, None),  # two slices missing
        ([0, 2, 4, 9.9, 11.9, 13.9], {}, None),  # nearer than 3 spacings
        ([0, 2, 4, 9.995, 11.995, 13.995], {}, None),  # within a hundredth of 3
        ([0, 2, 4, 9.995, 11.995, 13.995], {"orientation": SAGITTAL}, 3),
        ([0, 2, 4, 10.015, 12.015, 14.015], {}, 3),
        # wider than all slices: more than 6 missing of 6
        ([0, 2, 4, 18, 20, 22], {}, None),
        ([0, 2, 4, 20, 22, 24], {}, 3),
        # equal sagittal stacks, whatever the gap; unequal ones, or coronal ones, not
        ([0, 2, 4, 12, 14, 16], {"orientation": SAGITTAL}, 3),
        ([0, 2, 12, 14, 16], {"orientation": SAGITTAL}, None),
        ([0, 2, 4, 12, 14, 16], {"orientation": CORONAL}, None),
        # a stack of one, other spacings, fewer than four
        ([0, 2, 4, 6, 14.5], {}, None),
        ([0, 2, 4, 11, 13.02, 15.04], {}, None),
        ([0, 2, 9], {}, None),
        ([0, 2, 9, 11], {}, 2),
    ],
)  # fmt: skip
def test_stacks_lie_one_behind_the_other(heights, more, stacks):
    if more.get("orientation") == SAGITTAL:  # whose normal is -x
        places = [[made_frame((-float(h), 0, 0), SAGITTAL, name=f"{n}.dcm")] for n, h in enumerate(heights)]
    elif more.get("orientation") == CORONAL:  # whose normal is +y
        places = [[made_frame((0, float(h), 0), CORONAL, name=f"{n}.dcm")] for n, h in enumerate(heights)]
    else:
        places = places_at(*heights)
    names = [str(n) for n in range(len(heights))]
    assert stacked(separate_stacks(places)) == (None if stacks is None else [names[:stacks], names[stacks:]])


@pytest.mark.parametrize(("count", "parted"), [(2, True), (3, True), (4, True), (5, False)])
def test_there_are_up_to_four_stacks(count, parted):
    places = places_at(*[13.0 * stack + 2 * k for stack in range(count) for k in range(3)])
    found = separate_stacks(places)
    assert (found is not None and [len(stack) for stack in found] == [3] * count) == parted


@pytest.mark.parametrize(
    ("identifiers", "parted"), [("112222"[:6], False), ("111222", True), ("111111", False), ("112333", False)]
)
def test_stacks_that_are_named_apart_are_parted_at_a_multiple_of_the_spacing_too(identifiers, parted):
    places = places_at(0, 2, 4, 10, 12, 14)
    for place, identifier in zip(places, identifiers):
        place[0].values["StackID"] = identifier
    assert (separate_stacks(places) is not None) == parted


def test_stacks_side_by_side_share_heights():
    left, right = ([[made_frame((x, 0, 2.0 * k), name=f"{x}{k}.dcm")] for k in range(3)] for x in (0, 50))
    mixed = [place for pair in zip(left, right) for place in pair]
    assert stacked(side_by_side(mixed)) == [["00", "01", "02"], ["500", "501", "502"]]
    assert side_by_side(left) is None
    assert side_by_side(left[:1]) is None
    crooked = [*left, [made_frame((50, 0, 0))], [made_frame((50, 0, 2.0))], [made_frame((50, 0, 7.0))]]
    assert side_by_side(sorted(crooked, key=lambda place: place[0].placed.position_lps[2])) is None


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ((5, 0, 0), (-5, 0, 0), ["left", "right"]), ((-5, 0, 0), (5, 0, 0), ["right", "left"]),
        ((0, 5, 1), (0, -5, 0), ["posterior", "anterior"]), ((0, -5, 0), (3, 5, 0), ["anterior", "posterior"]),
        ((0, 4, 5), (0, 0, -5), ["superior", "inferior"]), ((0, 0, -5), (0, 0, 5), ["inferior", "superior"]),
    ],
)  # fmt: skip
def test_two_stacks_are_called_by_their_sides(first, second, names):
    assert side_names([[[made_frame(first)]], [[made_frame(second)]]]) == names


def test_more_stacks_are_counted():
    assert side_names([[[made_frame((0, 0, 0))]]] * 3) == ["1", "2", "3"]


# --- grids


@pytest.mark.parametrize("orientation", [AXIAL, CORONAL, SAGITTAL, (0.0, 0.6, 0.8, 1.0, 0.0, 0.0)])
def test_normals_and_corners_are_those_of_the_standard(orientation):
    """PS3.3 C.7.6.2.1.1, by numpy's own cross product."""
    frame = made_frame((1, 2, 3), orientation, (0.5, 2.0))
    row, column = np.array(orientation).reshape(2, 3)
    assert slice_normal_lps(frame) == pytest.approx(np.cross(row, column))
    start, right, down = np.array([1, 2, 3]), row * 2.0 * 3, column * 0.5 * 2  # 4 columns, 3 rows
    expected = np.array([[start, start + right], [start + down, start + right + down]])
    assert slice_corners_lps(frame) == pytest.approx(expected)
    assert corners_lps([frame, frame]) == pytest.approx(np.stack([expected, expected]))


def test_a_grid_says_its_spacing_and_itself_in_ras():
    turned = np.array([[0, 0, 3.0, 1], [0, -2.0, 0, 2], [1.5, 0, 0, 3], [0, 0, 0, 1]])
    displaced = np.arange(24.0).reshape(2, 2, 2, 3)
    grid = Grid((4, 3, 2), turned, turned, 5.0, displaced)
    assert grid.spacing_mm == (1.5, 2.0, 3.0)
    flip = np.diag([-1.0, -1, 1, 1])
    assert grid.ijk_to_ras == pytest.approx(flip @ turned)
    assert grid.tilt_ras == pytest.approx(flip @ turned @ flip)
    assert grid.displacements_ras == pytest.approx(displaced * (-1, -1, 1))
    plain = Grid((4, 3, 2), turned)
    assert (plain.tilt_ras, plain.displacements_ras) == (None, None)


def frames_at(*positions, **values):
    return [None if position is None else made_frame(position, **values) for position in positions]


def test_a_regular_grid_counts_from_the_first_place_even_where_its_slice_is_missing():
    grid = fit_grid(frames_at(None, (1, 2, 5), (1, 2, 7), None, (1, 2, 11), spacing=(0.5, 2.0)))
    assert grid.dimensions == (4, 3, 5)
    assert grid.ijk_to_lps == pytest.approx(np.array([[2, 0, 0, 1], [0, 0.5, 0, 2], [0, 0, 2, 3], [0, 0, 0, 1]]))
    assert (grid.tilt_lps, grid.displacements_lps, grid.tilt_degrees) == (None, None, 0.0)


@pytest.mark.parametrize(
    ("values", "thickness"),
    [
        ({"SpacingBetweenSlices": 3.0, "SliceThickness": 2.0}, 3.0), ({"SpacingBetweenSlices": -3.0}, 3.0),
        ({"SpacingBetweenSlices": 0.0, "SliceThickness": 2.0}, 2.0), ({"SliceThickness": 0.009}, 1.0),
        ({"SliceThickness": 0.01}, 0.01), ({}, 1.0),
    ],
)  # fmt: skip
def test_a_lone_slice_is_as_thick_as_its_header_says_or_a_millimetre(values, thickness):
    grid = fit_grid(frames_at((1, 2, 5), **values))
    assert grid.spacing_mm == (1, 1, thickness)
    assert grid.ijk_to_lps[:3, 3].tolist() == [1, 2, 5]
    assert fit_grid(frames_at(None, (1, 2, 5), **values)).ijk_to_lps[:3, 3] == pytest.approx([1, 2, 5 - thickness])


@pytest.mark.parametrize(("beside", "degrees"), [(0.003, 0.0), (0.004, 0.1146), (2.0, 45.0)])
def test_a_tilt_of_a_tenth_of_a_degree_is_a_shear(beside, degrees):
    """0.0035 mm beside in 2 mm is a tenth of a degree."""
    grid = fit_grid(frames_at(*[(0, beside * k, 2.0 * k) for k in range(4)]))
    assert grid.tilt_degrees == pytest.approx(degrees, abs=1e-3)
    assert (grid.tilt_lps is None) == (degrees == 0)
    brought = (grid.tilt_lps if degrees else np.eye(4)) @ grid.ijk_to_lps @ (0, 0, 3, 1)
    assert brought[:3] == pytest.approx([0, 3 * beside, 6])
    assert grid.ijk_to_lps[1, 2] == pytest.approx(0 if degrees else beside)
    assert is_regular(frames_at(*[(0, beside * k, 2.0 * k) for k in range(4)]))


@pytest.mark.parametrize(("moved", "regular"), [(0.017, True), (0.019, False)])
def test_nine_thousandths_of_a_millimetre_are_a_regular_grid(moved, regular):
    """Of three slices the middle one: by the best line a third of it stays at each end, and two thirds in the middle."""
    frames = frames_at((0, 0, 0), (0, 0, 2 + moved * 0.75), (0, 0, 4))
    assert is_regular(frames) == regular


def test_uneven_slices_are_displaced_to_where_they_lie_and_between_them_evenly():
    frames = frames_at((0, 0, 0), (0, 0, 3), None, (0, 0, 6))
    grid = fit_grid(frames)
    placed = grid.ijk_to_lps @ np.array([[0, 0, k, 1] for k in range(4)]).T
    moved = placed[:3].T + grid.displacements_lps[:, 0, 0]
    assert moved[[0, 1, 3]] == pytest.approx(np.array([[0, 0, 0], [0, 0, 3], [0, 0, 6.0]]))
    assert grid.displacements_lps[2] == pytest.approx((grid.displacements_lps[1] + grid.displacements_lps[3]) / 2)
    far = grid.ijk_to_lps @ (3, 2, 1, 1)
    assert far[:3] + grid.displacements_lps[1, 1, 1] == pytest.approx([3, 2, 3])


@pytest.mark.parametrize(("values", "thickness"), [({"SliceThickness": 4.0}, 4.0), ({}, 1.0)])
def test_slices_beside_each_other_in_one_plane_are_a_grid_of_their_thickness_and_displaced(values, thickness):
    grid = fit_grid(frames_at((0, 0, 0), (50, 0, 0), (100, 0, 0), **values))
    assert grid.spacing_mm[2] == pytest.approx(thickness)
    for k in range(3):
        assert (grid.ijk_to_lps @ (0, 0, k, 1))[:3] + grid.displacements_lps[k, 0, 0] == pytest.approx([50.0 * k, 0, 0])


def test_two_slices_are_regular_but_not_beside_each_other():
    assert not is_regular(frames_at((0, 0, 0), (50, 0, 0)))
    assert fit_grid(frames_at((0, 0, 0), (0, 2, 2))).tilt_degrees == pytest.approx(45)


def test_one_slice_is_regular():
    assert is_regular(frames_at((0, 0, 0)))
    assert distances_along_normal(places_at(3, 7)).tolist() == [3, 7]


# --- groups of one geometry


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


# --- what is said of places


def test_files_are_named_once_from_a_to_z():
    assert file_names([made_frame(name=name) for name in ("b.dcm", "x/a.dcm", "b.dcm")]) == ["a.dcm", "b.dcm"]


def test_missing_slices_stand_between_the_files_beside_them():
    layers = [place if place else None for place in (*places_at(0, 2)[:2], [], [], *places_at(8, 10, 12)[1:], [], *places_at(1))]
    finding = missing_slices(layers, True)
    assert finding.evidence == {
        "reason": "", "count": 3, "of": 8, "slices": [3, 4, 7], "between": [["1.dcm", "1.dcm"], ["2.dcm", "0.dcm"]],
    }  # fmt: skip
    assert missing_slices(layers, False).evidence["reason"] == "not-filled"


def test_duplicates_are_counted_with_their_places():
    places = places_at(0, 2.346, 5)
    places[1] += [made_frame((0, 0, 2.346), name="x.dcm"), made_frame((0, 0, 2.346), name="w.dcm")]
    assert duplicate_positions(places).evidence == {"count": 2, "positions_mm": [2.35], "files": ["w.dcm", "x.dcm"]}


@pytest.mark.parametrize(
    ("heights", "evidence", "severity"),
    [
        (
            [0, 2.00044, 4.00088, 7.00132],
            {"smallest_mm": 2.0, "largest_mm": 3.0, "usual_mm": 2.0, "count": 1, "after_slices": [3]},
            "warning",
        ),
        ([0, 2, 4, 7], {"smallest_mm": 2, "largest_mm": 3, "usual_mm": 2, "count": 1, "after_slices": [3]}, "warning"),
        ([0, 2, 3.79, 5.79], {"smallest_mm": 1.79, "largest_mm": 2, "usual_mm": 2, "count": 1, "after_slices": [2]}, "warning"),
        ([0, 2, 3.81, 5.81], {"smallest_mm": 1.81, "largest_mm": 2, "usual_mm": 2, "count": 1, "after_slices": [2]}, "info"),
    ],
)
def test_uneven_gaps_are_jitter_below_a_tenth_of_the_spacing(heights, evidence, severity):
    finding = uneven_spacing(places_at(*heights))
    assert finding.evidence == evidence
    assert finding.severity == severity


@pytest.mark.parametrize(
    ("beside", "slices", "largest", "severity"),
    [
        ([0, 0, 0.5, 0, 0], [3], 0.5, "warning"), ([0, 0, 0.09, 0, 0], [3], 0.09, "info"),
        ([0, 0, 0.11, 0, 0], [3], 0.11, "warning"),
        ([0, 0, 0.50044, 0, 0], [3], 0.5, "warning"),
        ([0, 1, 2.5, 3, 4], [3], 0.5, "warning"),  # a slant, and one that leaves it
        ([0, 0, 0.005, 0, 0], [3], 0.005, "info"),  # below the tolerance: the one that is off most
    ],
)  # fmt: skip
def test_slices_beside_the_line_of_the_others_are_named(beside, slices, largest, severity):
    places = [[made_frame((x, 0, 2.0 * k), name=f"{k}.dcm")] for k, x in enumerate(beside)]
    finding = uneven_spacing(places)
    assert finding.evidence == {
        "reason": "sideways",
        "count": len(slices),
        "slices": slices,
        "files": [f"{number - 1}.dcm" for number in slices],
        "largest_mm": pytest.approx(largest),
    }
    assert finding.severity == severity
