"""What may tell frames apart, as values and as labels."""

from __future__ import annotations

import pytest
from made_frames import made_frame

from DICOMTutorialHelperLib.dicom import attributes
from DICOMTutorialHelperLib.dicom.attributes import FrameValues, index_values, instance_order, value_text


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


@pytest.mark.parametrize(
    ("echo_times", "vary"), [([5.0, 5.0], False), ([None, None], False), ([5.0, 5.5], True), ([5.0, None], True), ([5.0], False)]
)
def test_what_all_frames_say_alike_tells_none_apart(echo_times, vary):
    frames = [made_frame(**({} if time is None else {"EchoTime": time})) for time in echo_times]
    values = FrameValues(frames)
    assert [values.vary(attributes.ECHO_TIME) for _ in range(2)] == [vary, vary]
