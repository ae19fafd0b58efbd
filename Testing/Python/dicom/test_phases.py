"""Which image a place lacks, from the numbers of the others or from the rhythm of their times: each by hand."""

from __future__ import annotations

import numpy as np
import pytest
from made_frames import made_frame, made_frames_of_one

from DICOMTutorialHelperLib.dicom import phases
from DICOMTutorialHelperLib.dicom.phases import ordinals_by_number, ordinals_of


def places_of(*numbers):
    """A place for each list of instance numbers."""
    return [[made_frame(InstanceNumber=number) for number in line] for line in numbers]


def by_number(places, count):
    found = ordinals_by_number(places, count)
    return None if found is None else [[found[frame] for frame in place] for place in places]


@pytest.mark.parametrize(
    ("numbers", "count", "expected"),
    [
        # place by place, from 1 and from 0
        ([[1, 2, 3], [4, 6], [7, 8, 9]], 3, [[0, 1, 2], [0, 2], [0, 1, 2]]),
        ([[0, 1, 2], [3, 5], [6, 7, 8]], 3, [[0, 1, 2], [0, 2], [0, 1, 2]]),
        # volume by volume: the third place lacks the second volume
        ([[1, 4, 7], [2, 5, 8], [3, 9]], 3, [[0, 1, 2], [0, 1, 2], [0, 2]]),
        # the first images of all are lost: numbers begin with 1
        ([[2, 3], [4, 5, 6]], 3, [[1, 2], [0, 1, 2]]),
        ([[3], [4, 5, 6]], 3, [[2], [0, 1, 2]]),
        # from 41 on there is room for lower ones
        ([[42, 43], [44, 45, 46]], 3, [[1, 2], [0, 1, 2]]),
        # ... but not for a whole place
        ([[43, 44], [46, 47, 48]], 3, [[0, 1], [0, 1, 2]]),
        # a number twice, another stride, two places in one block: nothing to go by
        ([[1, 2], [2, 3]], 2, None),
        ([[1, 2, 3], [5, 6, 7], [9, 10]], 3, None),
        ([[1, 5], [2, 6], [3, 8]], 2, None),
        ([[1, 3], [2, 6]], 2, None),  # the third of two volumes
    ],
)
def test_numbers_that_run_on_tell_which_image_is_missing(numbers, count, expected):
    assert by_number(places_of(*numbers), count) == expected


def test_frames_of_one_file_are_numbered_by_its_own():
    frames = made_frames_of_one(6, InstanceNumber=1)
    assert by_number([frames[:3], frames[3:]], 3) == [[0, 1, 2], [0, 1, 2]]
    assert by_number([frames[:3], frames[4:]], 3) == [[0, 1, 2], [1, 2]]


def test_frames_of_several_multi_frame_files_have_no_numbers_in_common():
    first, second = made_frames_of_one(2, InstanceNumber=1), made_frames_of_one(2, InstanceNumber=2)
    assert by_number([[first[0], second[0]], [first[1], second[1]]], 2) is None


def told(numbers, times, count, use_numbers=True):
    return ordinals_of(places_of(*numbers), times, count, use_numbers)


REGULAR = [0.0, 100.0, 200.0, 300.0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([0.0, 100.0, 300.0], [0, 1, 3]),
        ([100.0, 200.0, 300.0], [1, 2, 3]),
        ([0.0, 90.0, 270.0], [0, 1, 3]),  # a heart that beats a tenth faster
        ([0.0, 125.0, 250.0], [0, 1, 2]),  # ... or a quarter slower
        ([200.0], [2]),
        ([0.0, 300.0], [0, 3]),
    ],
)
def test_times_lie_over_the_rhythm_of_the_places_that_lack_none(line, expected):
    numbers = [[10, 2, 7, 5], [20, 13, 11, 17][: len(line)]]
    assert told(numbers, [REGULAR, line], 4) == [[0, 1, 2, 3], expected]


def test_the_rhythm_is_the_mean_of_all_whole_places():
    """One beat of 80 and one of 120 ms a phase: 100 ms, of which 0, 200 and 300 are the first, third and fourth."""
    times = [[0.0, 80.0, 160.0, 240.0], [0.0, 120.0, 240.0, 360.0], [0.0, 200.0, 300.0]]
    assert told([[1], [3], [5]], times, 4, use_numbers=False)[2] == [0, 2, 3]


def test_numbers_decide_where_times_allow_what_they_say():
    """The second image is a little late: within a fifth of a step of the best, by numbers the third; far off, the times win."""
    numbers = [[1, 2, 3, 4], [5, 7, 8]]
    assert told(numbers, [REGULAR, [0.0, 155.0, 260.0]], 4)[1] == [0, 2, 3]
    assert told(numbers, [REGULAR, [0.0, 100.0, 200.0]], 4)[1] == [0, 1, 2]
    assert told(numbers, [REGULAR, [0.0, 200.0, 300.0]], 4, use_numbers=False)[1] == [0, 2, 3]


@pytest.mark.parametrize(("late", "said_by"), [(0.19, "numbers"), (0.21, "times")])
def test_a_fifth_of_a_step_is_how_much_worse_the_numbers_may_fit(monkeypatch, late, said_by):
    line, rhythm = np.array([0.0, 1.0]), np.array([0.0, 1.0, 2.0])
    misfits = {(0, 1): 0.5, (0, 2): 0.5 + late, (1, 2): 3.0}
    monkeypatch.setattr(phases, "_misfit", lambda line, rhythm, way: misfits[tuple(way)])
    assert phases._laid_over(line, rhythm, [0, 2]) == ([0, 2] if said_by == "numbers" else [0, 1])


def test_without_times_or_a_whole_place_numbers_tell_and_else_the_order():
    assert told([[1, 2, 3], [4, 6]], None, 3) == [[0, 1, 2], [0, 2]]
    assert told([[1, 2, 3], [4, 6]], None, 3, use_numbers=False) == [[0, 1, 2], [0, 1]]
    assert told([[1, 2], [4, 6]], [[0.0, 50.0], [0.0, 70.0]], 3) == [[0, 1], [0, 2]]
    assert told([[9, 2], [4, 6]], [[0.0, 50.0], [0.0, 70.0]], 3) == [[0, 1], [0, 1]]


def test_numbers_that_run_against_the_times_are_not_believed():
    assert told([[1, 2, 3], [6, 4]], None, 3) == [[0, 1, 2], [0, 1]]


@pytest.mark.parametrize(
    ("line", "way", "expected"),
    [
        ([0, 100, 200], (0, 1, 2), 0.0),
        ([0, 110, 220], (0, 1, 2), np.log(1.1)),
        ([0, 50, 100], (0, 1, 2), np.log(2)),  # twice as fast
        # against 100, 300: the best scale is (100 x 100 + 250 x 300) / (100² + 300²) = 0.85
        ([100, 250], (1, 3), (15 + 5) / 2 / 100 + abs(np.log(0.85))),
        ([100], (0,), 100 / 100),  # nothing to scale by: its distance alone
        ([-100, -200], (1, 2), np.inf),
    ],
)
def test_misfit_counts_steps_of_the_rhythm_and_the_scale(line, way, expected):
    rhythm = np.array([0.0, 100.0, 200.0, 300.0])
    assert phases._misfit(np.array(line, float), rhythm, way) == pytest.approx(expected)


def test_a_rhythm_that_stands_still_is_measured_in_units():
    assert phases._misfit(np.array([3.0]), np.array([0.0, 0.0]), (0,)) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("line", "expected"),
    [([0, 310, 320], [0, 3, 4]), ([290, 300, 310], [2, 3, 4]), ([0, 10, 20], [0, 1, 2]), ([240], [2]), ([260], [3])],
)
def test_the_nearest_leaves_enough_for_the_rest(line, expected):
    rhythm = np.array([0.0, 100.0, 200.0, 300.0, 400.0])
    assert phases._nearest(np.array(line, float), rhythm) == expected


def test_more_ways_than_can_be_tried_are_laid_one_after_the_other():
    """20 of 40 images can be lost in more than 10^11 ways."""
    rhythm, line = np.arange(40.0) * 10, np.arange(0.0, 40.0, 2) * 10
    assert phases._laid_over(line, rhythm, None) == list(range(0, 40, 2))
    assert phases._laid_over(line, rhythm, list(range(20))) == list(range(20))
