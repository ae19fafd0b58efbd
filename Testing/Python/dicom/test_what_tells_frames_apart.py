"""What may tell frames apart, as values and as labels, and what it makes of stacks: frames in memory, answers by hand."""

from __future__ import annotations

import pytest
from made_frames import CORONAL, SAGITTAL, made_frame

from DICOMTutorialHelperLib.dicom import attributes
from DICOMTutorialHelperLib.dicom.attributes import FrameValues, index_values, instance_order, value_text
from DICOMTutorialHelperLib.dicom.diffusion import b_value, gradient_direction_lps
from DICOMTutorialHelperLib.dicom.slice_positions import slice_positions
from DICOMTutorialHelperLib.dicom.stack_index import (
    StackIndex,
    _labels,
    _Volumes,
    index_by_order,
    index_of_torn_stacks,
    index_of_whole_stacks,
)

# --- values of attributes


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("ECHO_TIME", {"EchoTime": 4.6}, 4.6),
        ("ECHO_TIME", {"EchoTime": (4.6, 9.2)}, 4.6),
        ("ECHO_TIME", {"EchoTime": "x"}, None),
        ("ECHO_TIME", {}, None),
        ("LABELING", {"ASLContext": "LABEL", "PhilipsLabelType": "CONTROL"}, "LABEL"),
        ("LABELING", {"PhilipsLabelType": "CONTROL"}, "CONTROL"),
        ("KERNEL", {"ConvolutionKernel": ("a", "b")}, "a\\b"),
        ("KERNEL", {}, None),
        ("IMAGE_TYPE", {"ImageType": ("ORIGINAL", "PRIMARY")}, ("ORIGINAL", "PRIMARY")),
        ("IMAGE_TYPE", {"ImageType": "X"}, ("X",)),
        ("IMAGE_TYPE", {"ImageType": ("A", "B"), "ComplexImageComponent": "PHASE"}, ("A", "B", "PHASE")),
        ("IMAGE_TYPE", {}, None),
        ("IMAGE_TYPE", {"ComplexImageComponent": "PHASE"}, ("PHASE",)),
        ("IMAGE_TYPE", {"GEImageKind": 0}, ("M",)),
        ("IMAGE_TYPE", {"GEImageKind": 1}, ("P",)),
        ("IMAGE_TYPE", {"GEImageKind": 2}, ("R",)),
        ("IMAGE_TYPE", {"GEImageKind": 3}, ("I",)),
        ("IMAGE_TYPE", {"GEImageKind": 4}, None),
        ("IMAGE_TYPE", {"GEImageKind": 1, "ComplexImageComponent": "REAL"}, ("REAL",)),
        ("VELOCITY", {"VelocityEncodingDirection": (0.0, 1.0, -0.5)}, "[0 1 -0.5]"),
        ("VELOCITY", {"PhilipsPCVelocity": (0.0, 0.0, 150.0)}, "[0 0 150]"),
        ("VELOCITY", {"VelocityEncodingDirection": (0.0, 0.0, 0.0), "SequenceName": "fl3d1_v150in"}, "in"),
        ("VELOCITY", {"SiemensFlowEncoding": "v150AP"}, "ap"),
        ("VELOCITY", {"SequenceName": "fl3d1"}, None),
        ("VELOCITY", {"GEVasCollapseFlag": 3}, 3),
        ("VELOCITY", {"GEVasCollapseFlag": 3.5}, None),
        ("VELOCITY", {}, None),
        ("DIFFUSION", {"DiffusionBValue": 500.0, "DiffusionGradientOrientation": (0.0, 0.6, 0.8)}, (500.0, (0.0, 0.6, 0.8))),
        ("DIFFUSION", {"DiffusionBValue": 500.0}, (500.0, None)),
        ("DIFFUSION", {"DiffusionBValue": 0.0, "DiffusionGradientOrientation": (0.0, 0.6, 0.8)}, (0.0, None)),
        ("DIFFUSION", {"SequenceName": "ep_b1000#12"}, (1000.0, (12,))),
        ("DIFFUSION", {"SequenceName": "ep_b0"}, (0.0, None)),
        ("DIFFUSION", {}, None),
        (
            "DIFFUSION_ROUGHLY",
            {"DiffusionBValue": 500.0, "DiffusionGradientOrientation": (0.60004, 0.79997, 0.0)},
            (500.0, (0.6, 0.8, 0.0)),
        ),
        ("DIFFUSION_ROUGHLY", {"DiffusionBValue": 500.0}, (500.0, None)),
        ("DIFFUSION_ROUGHLY", {}, None),
        ("ACQUISITION_TIME", {"AcquisitionTime": "000130"}, 90.0),
        ("ACQUISITION_TIME", {"ContentTime": "000130"}, None),
        ("ACQUISITION_TIME", {"AcquisitionDateTime": "19700101000130", "TimezoneOffsetFromUTC": "+0000"}, 90.0),
        ("ACQUISITION_TIME", {"AcquisitionDate": "19700102", "AcquisitionTime": "000130"}, 86490.0),
        ("CONTENT_TIME", {"ContentTime": "000130"}, 90.0),
        ("FRAME_REFERENCE", {"FrameReferenceDateTime": "19700101000130"}, 90.0),
    ],
)
def test_a_frame_says(name, values, expected):
    assert getattr(attributes, name).value(made_frame(**values)) == expected


SECONDS = {
    "TRIGGER_TIME": 0.001,
    "FRAME_REFERENCE_TIME": 0.001,
    "TIME_OFFSET": 1,
    "ACQUISITION_TIME": 1,
    "CONTENT_TIME": 1,
    "FRAME_REFERENCE": 1,
    "PHILIPS_DYNAMIC": 1,
    "TEMPORAL_POSITION": None,
    "PHILIPS_PHASE": None,
    "ECHO_TIME": None,
    "ECHO_NUMBERS": None,
    "ACQUISITION": None,
    "INVERSION_TIME": None,
    "INSTANCE_NUMBER": None,
}


@pytest.mark.parametrize("name", SECONDS)
def test_true_times_have_units_of_a_second_or_a_millisecond(name):
    """PS3.6: TriggerTime and FrameReferenceTime are in ms; counters and settings are no times."""
    assert getattr(attributes, name).seconds == SECONDS[name]


@pytest.mark.parametrize(("value", "order"), [({"InstanceNumber": 7}, (7, 0)), ({}, (0, 0)), ({"InstanceNumber": "x"}, (0, 0))])
def test_frames_are_in_the_order_of_their_numbers(value, order):
    assert instance_order(made_frame(**value)) == order


D1, D2 = (1.0, 0.0, 0.0), (-0.0001, 0.6, 0.8)


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("ECHO_TIME", [4.6, None, 2], [4.6, "-", 2]),
        ("LABELING", ["a", None], ["a", "-"]),
        ("ACQUISITION_TIME", [100.25, None, 90.0], [10.25, "-", 0.0]),
        ("DIFFUSION", [(0.0, None), (500.0, None), None], [0.0, 500.0, "-"]),
        ("DIFFUSION", [(0.0, None), (500.0, None)], [0.0, 500.0]),
        ("DIFFUSION", [(0.0, None), (500.0, D1), (500.5, D2)], ["0", "500 [1.000 0.000 0.000]", "500.5 [0.000 0.600 0.800]"]),
        ("DIFFUSION", [(0.0, None), (500.0, (3,))], ["0", "500 #3"]),
        ("DIFFUSION", [(0.0, D1), (500.0, D1)], [0.0, 500.0]),
        ("IMAGE_TYPE", [("A", "B", "M"), ("A", "B", "P")], ["M", "P"]),
        ("IMAGE_TYPE", [("A", "B"), ("A", "C", "P")], ["B", "C\\P"]),
        ("IMAGE_TYPE", [None, ("A",)], ["-", "A"]),
        ("KERNEL", [("a", "b"), "c"], ["a\\b", "c"]),
    ],
)
def test_an_index_shows_numbers_where_there_are_and_else_words(name, values, shown):
    assert index_values(getattr(attributes, name), values) == shown


@pytest.mark.parametrize(("value", "text"), [(("a", 2, ("b", "c")), "a\\2\\b\\c"), (1.5, "1.5"), ("x", "x")])
def test_values_are_written_with_backslashes_between(value, text):
    assert value_text(value) == text


def test_values_are_worked_out_once_and_clocks_go_on_over_midnight():
    frames = [made_frame(AcquisitionTime=time) for time in ("235950", "000010")]
    values = FrameValues(frames)
    first = values.of(attributes.ACQUISITION_TIME)
    assert first[frames[1]] - first[frames[0]] == 20
    assert values.of(attributes.ACQUISITION_TIME) is first


# --- diffusion


GE = {"GEDiffusionDirectionX": 1.0, "GEDiffusionDirectionY": 0.0, "GEDiffusionDirectionZ": 0.0}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"DiffusionBValue": 5.0, "PhilipsBValue": 6.0, "SiemensBValue": 7.0, "UIHBValue": 8.0, "GEBValue": 9.0}, 5.0),
        ({"PhilipsBValue": 6.0, "SiemensBValue": 7.0, "UIHBValue": 8.0, "GEBValue": 9.0}, 6.0),
        ({"SiemensBValue": 7.0, "UIHBValue": 8.0}, 7.0),
        ({"UIHBValue": 8.0, "GEBValue": 9.0}, 8.0),
        ({"GEBValue": (9.0, 1, 2, 3)}, 9.0),
        ({"DiffusionBValue": -1.0, "SiemensBValue": 7.0}, 7.0),
        ({"DiffusionBValue": float("nan")}, None),
        ({"DiffusionBValue": "x"}, None),
        ({}, None),
        ({"GEBValue": 1_000_000_800}, 800.0),
        ({"GEBValue": 999_999_999}, 999_999_999),
        ({"DiffusionBValue": 0.0}, 0.0),
        # shortened: b |g|² in steps of 5
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.5}, 250.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.96}, 920.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.98}, 1000.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.04}, 5.0),
        ({**GE, "GEBValue": 1000.0, "GEDiffusionDirectionX": 0.02}, 1000.0),
        ({**GE, "GEBValue": 90.0, "GEDiffusionDirectionX": 0.5}, 25.0),
        ({**GE, "GEBValue": 89.9, "GEDiffusionDirectionX": 0.5}, 20.0),
        ({**GE, "GEBValue": 0.0, "GEDiffusionDirectionX": 0.5}, 0.0),
        ({**GE, "GEBValue": 1000.0}, 1000.0),
    ],
)
def test_a_b_value_is_the_first_that_is_said(values, expected):
    assert b_value(made_frame(**values)) == expected


def direction(orientation=(1.0, 0, 0, 0, 1, 0), position=(0.0, 0.0, 0.0), **values):
    return gradient_direction_lps(made_frame(position, orientation, **values))


UIH = {"UIHDiffusionGradientDirection": (0.6, 0.0, 0.8)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"DiffusionGradientOrientation": (0.0, 3.0, 4.0)}, (0, 0.6, 0.8)),
        ({"SiemensDiffusionGradientDirection": (0.0, 3.0, 4.0)}, (0, 0.6, 0.8)),
        ({"DiffusionGradientOrientation": (0.0, 3.0, 4.0), "DiffusionBValue": 0.99}, (0, 0, 0)),
        ({"DiffusionGradientOrientation": (0.0, 3.0, 4.0), "DiffusionBValue": 1.0}, (0, 0.6, 0.8)),
        ({"DiffusionGradientOrientation": (0.0, 1e-7, 0.0)}, (0, 0, 0)),
        ({"DiffusionGradientOrientation": (0.0, 1e-5, 0.0)}, (0, 1, 0)),
        (
            {"PhilipsDiffusionDirectionRL": 0.0, "PhilipsDiffusionDirectionAP": 3.0, "PhilipsDiffusionDirectionFH": 4.0},
            (0, 0.6, 0.8),
        ),
        ({"PhilipsDiffusionDirectionRL": 0.0, "PhilipsDiffusionDirectionAP": 3.0}, None),
        ({"SiemensBMatrix": (0.0, 0.0, 0.0, 360.0, 480.0, 640.0)}, (0, 0.6, 0.8)),
        ({"SiemensBMatrix": (0.0,) * 6}, (0, 0, 0)),
        ({"SiemensBMatrix": (1.0,) * 5}, None),
        ({}, None),
        ({"DiffusionGradientOrientation": (0.0, 1.0)}, None),
        ({"DiffusionGradientOrientation": (0.0, "x", 1.0)}, None),
        ({"DiffusionGradientOrientation": (0.0, float("inf"), 1.0)}, None),
        (UIH, (0.6, 0, 0.8)),
        ({**UIH, "orientation": CORONAL}, (0.6, 0.8, 0)),
        ({**UIH, "orientation": SAGITTAL}, (-0.8, 0.6, 0)),
        ({**UIH, "position": None}, None),
    ],
)
def test_a_direction_is_a_unit_vector_of_the_patient(values, expected):
    """The normal is row x column: +z, +y (coronal, columns down) and -x."""
    found = direction(**values)
    if expected is None:
        assert found is None
    elif "SiemensBMatrix" in values:
        assert found == pytest.approx(expected) or found == pytest.approx([-part for part in expected])
    else:
        assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("orientation", "encoding", "expected"),
    [
        # dcm2niix (geCorrectBvecs): x, y and z along row, column and normal, by slice axis; with ROW x and y change places
        ((1.0, 0, 0, 0, 1, 0), "COL", (-0.36, -0.48, 0.8)),
        ((1.0, 0, 0, 0, 1, 0), "ROW", (-0.48, 0.36, 0.8)),
        (CORONAL, "COL", (-0.36, 0.8, -0.48)),
        (CORONAL, "row", (-0.48, 0.8, 0.36)),
        (SAGITTAL, "COL", (0.8, 0.36, -0.48)),
        (SAGITTAL, "ROW", (0.8, 0.48, 0.36)),
    ],
)
def test_ge_directions_are_turned_from_the_image_to_the_patient(orientation, encoding, expected):
    parts = dict(zip(("X", "Y", "Z"), (0.36, 0.48, 0.8)))
    values = {f"GEDiffusionDirection{axis}": part for axis, part in parts.items()}
    assert direction(orientation, InPlanePhaseEncodingDirection=encoding, **values) == pytest.approx(expected)


def test_canon_writes_y_before_x():
    found = direction(ImageComments="b=1500(0.48,-0.36,0.8)", InPlanePhaseEncodingDirection="COL")
    assert found == pytest.approx((0.36, -0.48, 0.8))


# --- stacks


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
