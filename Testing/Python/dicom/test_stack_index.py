"""The index that tells stacks of frames apart: frames in memory, each decision beside its edge."""

from __future__ import annotations

import pytest
from made_frames import made_frame

from DICOMTutorialHelperLib.dicom import attributes
from DICOMTutorialHelperLib.dicom.attributes import FrameValues
from DICOMTutorialHelperLib.dicom.slice_positions import slice_positions
from DICOMTutorialHelperLib.dicom.stack_index import (
    StackIndex,
    _labels,
    _Volumes,
    index_by_order,
    index_of_torn_stacks,
    index_of_whole_stacks,
)


def volumes(*stacks, places=4):
    """By key, at which places a stack has how many frames."""
    return _Volumes([[]] * places, {(n,): {k: [None] * count for k, count in at.items()} for n, at in enumerate(stacks)})


WHOLE = {0: 1, 1: 1, 2: 1, 3: 1}


@pytest.mark.parametrize(
    ("made", "unique", "complete", "covered"),
    [
        (volumes(WHOLE, WHOLE), True, True, [4, 4]),
        (volumes(WHOLE, {0: 1, 1: 1}), True, False, [4, 2]),
        (volumes({0: 2, 1: 2, 2: 2, 3: 2}), False, True, [4, 4]),
        (volumes({0: 2, 1: 2, 2: 2, 3: 1}), False, False, [4, 3]),
        (volumes({0: 3, 1: 1}), False, False, [2, 1, 1]),
    ],
)
def test_volumes_know_how_whole_they_are(made, unique, complete, covered):
    assert (made.is_unique, made.is_complete, made.covered) == (unique, complete, covered)


@pytest.mark.parametrize(
    ("covered", "least", "whole"),
    [
        ([4, 4, 2, 2], 0.5, True),
        ([4, 4, 2, 1], 0.5, False),
        ([4, 2, 2], 0.5, False),
        ([4, 3, 2], 0.5, True),
        ([3, 3, 3], 0.5, True),
        ([3, 3, 2], 0.5, False),
        ([4, 4, 3], 0.75, True),
        ([4, 4, 3], 0.76, False),
        ([4, 2], 0.5, True),
        ([4, 1], 0.5, False),
    ],
)
def test_half_of_the_stacks_are_whole_or_three_quarters_of_the_images_there(covered, least, whole):
    stacks = [dict.fromkeys(range(count), 1) for count in covered]
    assert volumes(*stacks).are_mostly_whole(least) == whole


ECHO, PHASE = attributes.ECHO_TIME, attributes.PHILIPS_PHASE


@pytest.mark.parametrize(
    ("which", "columns", "labels"),
    [
        ([ECHO], [[4.6, 9.2]], [4.6, 9.2]),
        ([ECHO], [[4.6, 4.6, 9.2]], ["4.6", "4.6 (2)", "9.2"]),
        ([ECHO], [[4.6, "-"]], ["4.6", "-"]),
        ([ECHO], [["a", "b"]], ["a", "b"]),
        ([ECHO], [[1.00000000001, 1.0]], ["1", "1 (2)"]),
        ([ECHO], [[1.000000001, 1.0]], [1.000000001, 1.0]),
        ([PHASE, ECHO], [[1, 1, 2], [4.6, "-", 4.6]], ["1, 4.6 ms", "1, -", "2, 4.6 ms"]),
        ([PHASE, ECHO], [[1, 1], [4.6, 4.6]], ["1, 4.6 ms", "1, 4.6 ms (2)"]),
    ],
)
def test_labels_are_numbers_or_counted_texts(which, columns, labels):
    assert _labels(which, columns) == labels


def test_an_index_names_a_stack_with_its_unit():
    one = StackIndex((ECHO,), [4.6, 9.2], [], [])
    both = StackIndex((PHASE, ECHO), ["1, 4.6 ms"], [], [])
    assert (one.name, one.unit, one.label(1)) == ("EchoTime", "ms", "EchoTime 9.2 ms")
    assert (both.name, both.unit, both.label(0)) == ("PhaseNumber x EchoTime", "", "PhaseNumber x EchoTime 1, 4.6 ms")
    assert StackIndex((PHASE,), [3], [], []).label(0) == "PhaseNumber 3"


def series(*frames, slices=3):
    """Frames of (height, header values), in the order of their numbers."""
    return [made_frame((0, 0, 2.0 * k), name=f"{n}.dcm", InstanceNumber=n, **values) for n, (k, values) in enumerate(frames, 1)]


def indexed(function, frames):
    found = function(slice_positions(frames), FrameValues(frames))
    if found is None:
        return None
    stacks = [{k: frame.get("InstanceNumber") for k, frame in sorted(line.items())} for line in found.stacks]
    return found.name, list(found.values), stacks


def volume_by_volume(*headers, slices=3, lost=()):
    pairs = [(k, header) for header in headers for k in range(slices)]
    return series(*[pair for n, pair in enumerate(pairs, 1) if n not in lost])


def test_settings_in_rising_order_make_whole_stacks():
    frames = volume_by_volume({"EchoTime": 9.2}, {"EchoTime": 4.6})
    expected = ("EchoTime", [4.6, 9.2], [{0: 4, 1: 5, 2: 6}, {0: 1, 1: 2, 2: 3}])
    assert indexed(index_of_whole_stacks, frames) == expected
    assert indexed(index_of_torn_stacks, frames) == expected


@pytest.mark.parametrize(
    ("lost", "function", "found"),
    [((5,), index_of_whole_stacks, False), ((5,), index_of_torn_stacks, True), ((5, 6), index_of_torn_stacks, False)],
)
def test_torn_stacks_have_half_of_their_places(lost, function, found):
    """3 slices: of the second volume one or two lost."""
    assert (indexed(function, volume_by_volume({"EchoTime": 4.6}, {"EchoTime": 9.2}, lost=lost)) is not None) == found


@pytest.mark.parametrize(("lost", "found"), [((21,), True), ((21, 40), True), ((21, 30, 40), False)])
def test_volumes_of_acquisitions_hold_nine_tenths_of_all_places(lost, found):
    frames = volume_by_volume(*[{"AcquisitionNumber": n} for n in (1, 2)], slices=20, lost=lost)
    assert (indexed(index_of_torn_stacks, frames) is not None) == found


def test_two_counters_tell_apart_what_none_does_alone():
    headers = [{"TemporalPositionIdentifier": t, "PhilipsPhaseNumber": p} for t in (1, 2) for p in (1, 2)]
    name, values, stacks = indexed(index_of_whole_stacks, volume_by_volume(*headers))
    assert (name, values) == ("TemporalPositionIdentifier x PhaseNumber", ["1, 1", "1, 2", "2, 1", "2, 2"])
    assert [line[0] for line in stacks] == [1, 4, 7, 10]


def test_a_time_with_several_images_each_is_a_sequence_with_repeats():
    headers = [{"TriggerTime": time} for time in (0.0, 0.0, 50.0, 50.0)]
    name, values, stacks = indexed(index_of_whole_stacks, volume_by_volume(*headers))
    assert (name, values) == ("TriggerTime", ["0", "0 (2)", "50", "50 (2)"])
    assert [line[0] for line in stacks] == [1, 4, 7, 10]


def test_what_only_numbers_tell_apart_is_the_last_resort():
    frames = volume_by_volume({}, {}, {})
    assert indexed(index_of_whole_stacks, frames) is None
    name, values, stacks = indexed(index_by_order, frames)
    assert (name, values) == ("InstanceNumber", [1, 2, 3])
    assert [line[2] for line in stacks] == [3, 6, 9]


def test_times_of_their_own_at_each_place_make_stacks_by_rank_named_by_the_earliest():
    frames = series(*[(k, {"TriggerTime": 100.0 * phase + 10 * k}) for k in range(3) for phase in range(3)])
    name, values, stacks = indexed(index_of_whole_stacks, frames)
    assert (name, values) == ("TriggerTime", [0.0, 100.0, 200.0])
    assert stacks[1] == {0: 2, 1: 5, 2: 8}


@pytest.mark.parametrize("places", [2, 4])
def test_settings_with_other_values_at_every_place_are_none(places):
    """Echo times that differ in every image: the number of the image is what is left."""
    frames = series(*[(k, {"EchoTime": 1.0 * k + 10 * phase}) for k in range(places) for phase in range(2)])
    assert indexed(index_by_order, frames)[0] == "InstanceNumber"


def test_directions_that_differ_by_rounding_from_slice_to_slice_are_one():
    directions = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    frames = series(
        *[
            (k, {"DiffusionBValue": 500.0, "DiffusionGradientOrientation": (x, y, 1e-5 * k)})
            for x, y, _ in directions
            for k in range(3)
        ]
    )
    name, values, stacks = indexed(index_of_whole_stacks, frames)
    assert (name, values) == ("DiffusionBValue", ["500 [1.000 0.000 0.000]", "500 [0.000 1.000 0.000]"])
    assert stacks == [{0: 1, 1: 2, 2: 3}, {0: 4, 1: 5, 2: 6}]


def test_weightings_without_directions_rise_whatever_was_measured_first():
    frames = volume_by_volume(*[{"DiffusionBValue": b} for b in (1000.0, 0.0, 500.0)])
    assert indexed(index_of_whole_stacks, frames)[1] == [0.0, 500.0, 1000.0]


def test_weightings_with_directions_follow_the_clock_and_not_the_numbers():
    directed = {"DiffusionBValue": 500.0, "DiffusionGradientOrientation": (1.0, 0.0, 0.0)}
    frames = volume_by_volume({"DiffusionBValue": 0.0, "AcquisitionTime": "100010"}, {**directed, "AcquisitionTime": "100000"})
    assert indexed(index_of_whole_stacks, frames)[1] == ["500 [1.000 0.000 0.000]", "0"]


def test_several_settings_of_a_time_rise_whatever_was_measured_first():
    headers = [{"TemporalPositionIdentifier": t, "EchoTime": echo} for echo in (48.0, 12.5) for t in (2, 1)]
    name, values, _ = indexed(index_of_whole_stacks, volume_by_volume(*headers))
    assert (name, values) == ("TemporalPositionIdentifier x EchoTime", ["1, 12.5 ms", "1, 48 ms", "2, 12.5 ms", "2, 48 ms"])


def test_two_counters_that_leave_repeats_are_no_index():
    headers = [{"TemporalPositionIdentifier": t, "PhilipsPhaseNumber": p} for t in (1, 2) for p in (1, 2, 1, 2)]
    name, values, _ = indexed(index_of_whole_stacks, volume_by_volume(*headers))
    assert (name, values[:5]) == ("TemporalPositionIdentifier", ["1", "1 (2)", "1 (3)", "1 (4)", "2"])


def test_settings_of_one_place_may_have_different_numbers_of_images():
    name, values, _ = indexed(index_of_whole_stacks, series(*[(0, {"EchoTime": echo}) for echo in (5, 5, 10)]))
    assert (name, values) == ("EchoTime", ["5", "5 (2)", "10"])


def test_repeats_of_a_setting_are_told_apart_by_number_then_setting():
    headers = [{"FlipAngle": angle} for angle in (5, 5, 15, 15)]
    name, _, stacks = indexed(index_by_order, volume_by_volume(*headers))
    assert name == "InstanceNumber x FlipAngle"
    assert [line[0] for line in stacks] == [1, 7, 4, 10]


def test_two_settings_rise_whatever_was_measured_first():
    headers = [{"EchoTime": echo, "FlipAngle": angle} for echo in (9, 5) for angle in (30, 10)]
    name, values, _ = indexed(index_of_whole_stacks, volume_by_volume(*headers))
    assert (name, values) == ("EchoTime x FlipAngle", ["5 ms, 10 deg", "5 ms, 30 deg", "9 ms, 10 deg", "9 ms, 30 deg"])


def test_times_with_repeats_rise_whatever_was_measured_first_and_words_do_not():
    headers = [{"TriggerTime": time} for time in (50.0, 50.0, 0.0, 0.0)]
    assert indexed(index_of_whole_stacks, volume_by_volume(*headers))[1] == ["0", "0 (2)", "50", "50 (2)"]
    words = [{"ASLContext": word} for word in ("M0", "LABEL", "CONTROL")]
    assert indexed(index_of_whole_stacks, volume_by_volume(*words))[1] == ["M0", "LABEL", "CONTROL"]
    inversions = [{"InversionTime": time} for time in (900.0, 900.0, 100.0, 100.0)]
    assert indexed(index_by_order, volume_by_volume(*inversions))[1][:2] == ["1, 100 ms", "1, 900 ms"]
