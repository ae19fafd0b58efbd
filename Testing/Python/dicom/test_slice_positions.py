"""Gaps, holes and stacks of frames made in memory: each decision on both sides of its edge."""

from __future__ import annotations

import numpy as np
import pytest
from made_frames import AXIAL, CORONAL, SAGITTAL, made_frame

from DICOMTutorialHelperLib.dicom.nearby import near_leads
from DICOMTutorialHelperLib.dicom.slice_positions import (
    separate_stacks,
    side_by_side,
    side_names,
    slice_positions,
    usual_gap,
    with_holes,
)


def places_at(*heights, beside=(0.0, 0.0), orientation=AXIAL, **values):
    """An axial slice at each height, mm."""
    return [[made_frame((*beside, float(height)), orientation, name=f"{n}.dcm", **values)] for n, height in enumerate(heights)]


def numbers(layers):
    return None if layers is None else [None if place is None else place[0].instance.path.stem for place in layers]


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
