"""From frames to candidates without a file: confidence, names, guesses where a header is silent, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest
from made_frames import CORONAL, made_frame, made_frames_of_one, made_instance

from DICOMTutorialHelperLib.dicom import confidence, examine
from DICOMTutorialHelperLib.dicom.attributes import ECHO_TIME, TRIGGER_TIME
from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME, Candidate, SequenceIndex, SeriesExamination, Stack
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.series_checks import check_series, missing_percent, surplus_bytes
from DICOMTutorialHelperLib.dicom.split_findings import index_findings
from DICOMTutorialHelperLib.dicom.stack_index import StackIndex
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue

MR, CT, PET = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128"
CAPTURE, NM = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.20"
XA, US, PMAP = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.30"


def candidate(sop_class, modality="OT", stacks=1, slices=2, kind=None, orientation=(1.0, 0, 0, 0, 1, 0), placed=True, **values):
    normal = np.cross(orientation[:3], orientation[3:])
    made = [
        Stack(
            [
                made_frame(
                    tuple(k * normal), orientation, SOPClassUID=sop_class, Modality=modality, TriggerTime=10.0 * n, **values
                )
                for k in range(slices)
            ],
            None,
        )
        for n in range(stacks)
    ]
    findings = [] if placed else [Finding("missing-geometry", INFO, {})]
    return Candidate(kind or (VOLUME if stacks == 1 else SEQUENCE), "name", made, findings=findings)


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ([candidate(CT, "CT")], 0.6),
        ([candidate(MR, "MR")], 0.62),
        ([candidate(CT, "CT", stacks=3)], 1.1),
        ([candidate(MR, "MR", stacks=3)], 1.1),
        ([candidate(MR, "MR"), candidate(MR, "MR", stacks=3)], 1.1),
        ([candidate(PET, "PT")], 0.6),
        ([candidate(PET, "PT", stacks=3)], 0.88),
        ([candidate(NM, "NM")], 0.15),
        ([candidate(NM, "NM", stacks=3)], 0.15),
        ([candidate(PMAP, "MR")], 0.55),
        ([candidate(PMAP, "MR", stacks=2)], 0.55),
        ([candidate(CAPTURE)], 0.6),
        ([candidate(CAPTURE, placed=False)], 0.15),
        ([candidate(f"{CAPTURE}.2", stacks=3, placed=False)], 0.65),
        ([candidate(f"{CAPTURE}.3", stacks=3, placed=False)], 0.15),
        ([candidate(f"{CAPTURE}.2", placed=False)], 0.15),
        ([candidate(XA, "XA", stacks=3, placed=False)], 0.65),
        ([candidate(US, "US", stacks=3, placed=False)], 0.65),
        ([candidate("1.2.3", "OT", stacks=3, placed=False)], 0.15),
        ([candidate("1.2.3", "OT", stacks=3)], 0.65),
        ([candidate("1.2.3", "OT")], 0.6),
    ],
)
def test_a_reading_is_as_sure_as_it_may_be_beside_other_readers(reading, expected):
    """The numbers of the other plugins stand in the module's docstring; ours lie between."""
    confidence.rate(reading, [False] * len(reading))
    assert {one.confidence for one in reading} == {expected}
    assert all(one.selected for one in reading)


TURNED = {"orientation": (0.99, 0.141, 0, -0.141, 0.99, 0), "slices": 1}  # about the normal: no other plane
OTHER = {"orientation": (0.99, 0, 0.141, 0, 1, 0), "slices": 1}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"slices": 1}, OTHER, 0.88),
        ({"slices": 1}, TURNED, 1.1),
        ({"slices": 2}, OTHER, 1.1),
        ({"slices": 1, "stacks": 3}, {**OTHER, "stacks": 3}, 1.1),  # three trigger times
        ({"slices": 1, "sop_class": CT}, OTHER, 1.1),
        ({"slices": 1}, {"slices": 1, "orientation": (1, 0, 0, 0, 0.99992, 0.0126)}, 1.1),
        ({"slices": 1}, {"slices": 1, "orientation": (1, 0, 0, 0, 0.99988, 0.0155)}, 0.88),
    ],
)
def test_cine_loops_of_single_slices_in_several_planes_are_another_readers(first, second, expected):
    usual = {"sop_class": MR, "modality": "MR", "stacks": 4}
    reading = [candidate(**{**usual, **first}), candidate(**{**usual, **second})]
    confidence.rate(reading, [False, False])
    assert reading[0].confidence == expected
    confidence.rate(reading[:1], [False])
    assert reading[0].confidence == 1.1


def test_errors_and_what_is_set_aside_stand_below_the_rest():
    good, bad, aside = candidate(CT, "CT"), candidate(CT, "CT"), candidate(MR, "MR", stacks=3)
    bad.findings.append(Finding("truncated-pixel-data", ERROR, {}))
    confidence.rate([good, bad, aside], [False, False, True])
    assert [(one.confidence, one.selected) for one in (good, bad, aside)] == [(0.6, True), (0.42, True), (0.25, False)]
    low, out = candidate(NM, "NM"), candidate(NM, "NM")
    low.findings.append(Finding("truncated-pixel-data", ERROR, {}))
    confidence.rate([low, out], [False, True])
    assert [(one.confidence, one.selected) for one in (low, out)] == [(0.15, True), (0.075, False)]
    confidence.rate([out], [True])
    assert (out.confidence, out.selected) == (0.075, False)


@pytest.mark.parametrize(("best", "usual", "expected"), [(0.6, 0.32, 0.32), (0.32, 0.32, 0.16), (0.15, 0.25, 0.075)])
def test_what_is_no_best_reading_is_below_it(best, usual, expected):
    assert confidence.below(best, usual) == expected


@pytest.mark.parametrize(
    ("uid", "expected"), [(CAPTURE, True), (f"{CAPTURE}.4", True), (f"{CAPTURE}7", False), ("1.2.840.10008.5.1.4.1.1.77", False)]
)
def test_secondary_captures_are_known_by_their_class(uid, expected):
    assert confidence.is_secondary_capture(uid) == expected


# --- series


def test_what_is_selected_of_one_uid_shares_the_highest_confidence():
    def one(uid, *numbers):
        candidates = [candidate(CT, "CT", SeriesInstanceUID=uid) for _ in numbers]
        for made, (number, selected) in zip(candidates, numbers):
            made.confidence, made.selected = number, selected
        return SeriesExamination([candidates[0].first_instance], candidates)

    series = [one("1.2", (0.6, True), (0.9, False)), one("1.2", (0.62, True)), one("1.3", (0.5, True)), one("", (0.1, True))]
    examine._share_confidence(series)
    assert [[made.confidence for made in each.candidates] for each in series] == [[0.62, 0.9], [0.62], [0.5], [0.1]]


def test_an_examination_shares_confidence_over_its_series_and_lists_them_in_order(monkeypatch):
    """A CT and an MR under one identifier, each a volume of its own: 0.6 and 0.62."""
    frames = [
        made_frame(
            (0, 0, 2.0 * k), name=f"{sop}{k}", SOPClassUID=sop, Modality=modality, SeriesInstanceUID="1", PatientID=patient
        )
        for sop, modality, patient in ((MR, "MR", "B"), (CT, "CT", "A"))
        for k in range(3)
    ]
    monkeypatch.setattr(examine, "read_headers", lambda files, progress: ([frame.instance for frame in frames], ["left out"]))
    found = examine.examine_files(["a"])
    assert [one.get("PatientID") for one in found.series] == ["A", "B"]
    assert [[made.confidence for made in one.candidates] for one in found.series] == [[0.62], [0.62]]
    assert found.skipped == ["left out"]


def test_series_are_in_the_order_of_patient_study_and_number():
    keys = [("B", "2020", "1", 2), ("A", "2021", "1", 1), ("A", "2020", "2", 1), ("A", "2020", "1", 10), ("A", "2020", "1", 9)]
    keywords = ("PatientID", "StudyDate", "StudyInstanceUID", "SeriesNumber")
    series = [SeriesExamination([made_instance(**dict(zip(keywords, key)))], []) for key in keys]
    ordered = sorted(series, key=examine._series_order)
    assert [tuple(map(one.get, keywords)) for one in ordered] == sorted(keys)
    assert examine._series_order(SeriesExamination([made_instance()], [])) == ("", "", "", 0, "")


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"SeriesNumber": 5, "SeriesDescription": "T1"}, "5: T1"),
        ({"SeriesDescription": "T1"}, "T1"),
        ({"SeriesNumber": 0}, "0: Unnamed Series"),
        ({"SeriesDescription": ("a", "b")}, "a\\b"),
        ({}, "Unnamed Series"),
    ],
)
def test_a_series_is_called_by_number_and_description(values, name):
    assert examine.series_name(SeriesExamination([made_instance(**values)], [])) == name


@pytest.mark.parametrize(("stacks", "singles"), [(1, 0), (2, 2), (20, 20), (21, 0)])
def test_frames_of_a_sequence_are_offered_singly_up_to_twenty(stacks, singles):
    sequence = candidate(MR, "MR", stacks=stacks, slices=1)
    for stack in sequence.stacks:
        stack.grid = fit_grid(stack.slices)
    sequence.index = SequenceIndex("TriggerTime", "ms", [10 * n for n in range(stacks)]) if stacks > 1 else None
    sequence.part, sequence.confidence = "left", 0.6
    found = examine._single_frames(sequence)
    assert len(found) == singles
    if found:
        assert (found[1].kind, found[1].name, found[1].part) == (VOLUME, "name [TriggerTime 10 ms]", "left, TriggerTime 10 ms")
        assert (found[1].confidence, found[1].selected, found[1].stacks) == (0.32, False, [sequence.stacks[1]])
        assert {one.evidence["reason"] for one in found[1].findings if one.code == "single-slice"} == {""}


@pytest.mark.parametrize(
    ("values", "count", "index"),
    [
        ({"FrameTimeVector": (0.0, 30.0, 40.5), "FrameTime": 33.3}, 3, ("FrameTime", "ms", [0.0, 30.0, 70.5])),
        ({"FrameTimeVector": (0.0, 30.0), "FrameTime": 33.3}, 3, ("FrameTime", "ms", [0.0, 33.3, 66.6])),
        ({"FrameTime": 0.0}, 3, ("FrameNumber", "", [1.0, 2.0, 3.0])),
        ({}, 2, ("FrameNumber", "", [1.0, 2.0])),
        ({"FrameTime": 33.3}, 1, None),
    ],
)
def test_a_cine_loop_runs_in_time_where_the_header_has_it(values, count, index):
    found = examine._cine_index(made_frames_of_one(count, **values))
    assert (found and (found.name, found.unit, found.values)) == index


def heights(frames):
    return [float(frame.placed.position_lps[2]) for frame in frames], [frame.get("InstanceNumber") for frame in frames]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([{"SliceLocation": 7.0}, {"SliceLocation": -2.0}], ([-2.0, 7.0], [2, 1])),
        ([{"SliceLocation": 7.0}, {"SliceLocation": 7.0}], ([0.0, 1.0], [1, 2])),
        ([{"SliceLocation": 7.0, "SpacingBetweenSlices": -3.0, "SliceThickness": 2.0}, {}], ([0.0, 3.0], [1, 2])),
        ([{"SpacingBetweenSlices": 0.0, "SliceThickness": 2.0}, {}], ([0.0, 2.0], [1, 2])),
    ],
)
def test_slices_without_a_place_are_stacked_by_location_or_evenly(values, expected):
    frames = [made_frame(None, spacing=(0.5, 0.25), InstanceNumber=n, **value) for n, value in enumerate(values, 1)]
    stacked = examine._stacked_by_guess(frames)
    assert heights(stacked) == expected
    plane = stacked[1].placed
    assert (plane.position_lps[:2].tolist(), plane.row_lps.tolist(), plane.column_lps.tolist()) == ([0, 0], [1, 0, 0], [0, 1, 0])
    assert plane.pixel_spacing == (0.5, 0.25)
    assert examine._placed_at_origin(made_frame(None, spacing=None), 1.0).placed.pixel_spacing == (1.0, 1.0)


def unplaced(*frames, excluded=False):
    parts = examine._split_unplaced(list(frames), excluded)
    return [
        (
            ", ".join(part.labels),
            len(part.groups),
            len(part.groups[0]),
            part.index and part.index.name,
            {key: part.findings[0].evidence.get(key) for key in ("reason", "count")},
            part.excluded,
        )
        for part in parts
    ]


def test_projections_are_single_images_and_cross_sections_stacks_of_one_size():
    slices = {"reason": "slices", "count": 2}
    frames = [made_frame(None, Modality="CT", InstanceNumber=n) for n in (1, 2)]
    assert unplaced(*frames) == [("", 1, 2, None, slices, False)]
    other = made_frame(None, Modality="CT", Rows=9)
    assert [one[:3] for one in unplaced(*frames, other, excluded=True)] == [("4 x 3", 1, 2), ("4 x 9", 1, 1)]
    shots = [made_frame(None, Modality="DX", InstanceNumber=n, name=f"{n}.dcm") for n in (1, 2)]
    projection = {"reason": "projection", "count": 2}
    assert unplaced(*shots) == [("1", 1, 1, None, projection, False), ("2", 1, 1, None, projection, False)]
    assert unplaced(*shots[:1], excluded=True) == [("", 1, 1, None, {"reason": "projection", "count": 1}, True)]
    nameless = [made_frame(None, Modality="DX", name=f"{n}.dcm") for n in (1, 2)]
    assert [one[0] for one in unplaced(*nameless)] == ["1.dcm", "2.dcm"]
    assert unplaced(*made_frames_of_one(3, Modality="XA"))[0][:4] == ("", 3, 1, "FrameNumber")


def test_captures_of_one_size_are_leafed_through_in_the_order_of_their_numbers():
    frames = [made_frame(None, SOPClassUID=CAPTURE, InstanceNumber=n) for n in (2, 1, 3)]
    (part,) = examine._split_unplaced(frames, False)
    assert [group[0].get("InstanceNumber") for group in part.groups] == [1, 2, 3]
    assert (part.index.name, part.index.unit, part.index.values) == ("InstanceNumber", "", [1.0, 2.0, 3.0])
    assert [len(part.groups) for part in examine._split_unplaced(frames[:2], False)] == [2]
    assert len(examine._split_unplaced(frames[:1], False)[0].groups) == 1


# --- what is said of it


def said(frames, code, is_sequence=False, each_alone=False):
    groups = [[frame] for frame in frames] if each_alone else [frames]
    stacks = [Stack(group, fit_grid(group)) for group in groups]
    return [(finding.severity, finding.evidence) for finding in check_series(stacks, is_sequence) if finding.code == code]


def axial(count, **values):
    return [made_frame((0, 0, 2.0 * k), name=f"{k}.dcm", **values) for k in range(count)]


@pytest.mark.parametrize(("spacing", "told"), [(2.009, False), (2.011, True), (-2.0, False), (1.5, True), ("2", False)])
def test_a_spacing_is_compared_with_the_measured_one(spacing, told):
    found = said(axial(3, SpacingBetweenSlices=spacing), "spacing-tag-disagrees")
    assert found == ([(INFO, {"header_mm": spacing, "measured_mm": 2.0})] if told else [])
    assert said(axial(1, SpacingBetweenSlices=5.0), "spacing-tag-disagrees") == []
    assert len(said(axial(2, SpacingBetweenSlices=5.0), "spacing-tag-disagrees")) == 1


def test_a_tilt_is_told_in_degrees():
    frames = [made_frame((0, 2.0 * k, 2.0 * k), Modality="MR", GantryDetectorTilt=3.5) for k in range(3)]
    assert said(frames, "gantry-tilt") == [(WARNING, {"degrees": 45.0, "header_degrees": 3.5, "reason": "no-gantry"})]
    assert said([made_frame((0, 2.0 * k, 2.0 * k), Modality="CT") for k in range(3)], "gantry-tilt") == [
        (WARNING, {"degrees": 45.0})
    ]


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "CR"])
def test_cross_sections_of_one_slice_or_without_pixel_size_are_told(modality):
    sliced = modality != "CR"
    lone = axial(1, Modality=modality)
    assert said(lone, "single-slice") == ([(INFO, {"reason": "", "file": "0.dcm"})] if sliced else [])
    assert said(lone, "single-slice", is_sequence=True) == ([(INFO, {"reason": "cine", "file": "0.dcm"})] if sliced else [])
    assert said(axial(2, Modality=modality), "single-slice") == []
    unknown = [made_frame((0, 0, float(k)), spacing=None, Modality=modality) for k in range(2)]
    assert said(unknown, "unknown-pixel-size") == ([(WARNING, {"images": 2})] if sliced else [])
    detector = axial(2, Modality=modality, ImagerPixelSpacing=(0.2, 0.1))
    assert said(detector, "detector-pixel-spacing") == ([(WARNING, {"spacing_mm": [0.2, 0.1]})] if sliced else [])
    assert (
        said(axial(2, Modality=modality, ImagerPixelSpacing=(0.2, 0.1), PixelSpacing=(1.0, 1.0)), "detector-pixel-spacing") == []
    )


@pytest.mark.parametrize(
    ("locations", "told"),
    [([1.0, 5.0, 3.0], True), ([1.0, 5.0], False), ([1.0, 5.0, 5.0], False), ([1.0, 5.0, None], False), ([1.0, 5.0, "x"], False)],
)
def test_locations_that_all_differ_contradict_one_position(locations, told):
    frames = [made_frame((0, 0, 0), SliceLocation=location, Modality="MR") for location in locations]
    evidence = {"count": 3, "smallest_mm": 1.0, "largest_mm": 5.0}
    assert said(frames, "position-contradicts-location", each_alone=True) == ([(WARNING, evidence)] if told else [])
    assert (said(frames, "single-slice", each_alone=True) == []) == told


def with_pixels(frames=1, offset=0, length=24, size=1000, fragments=(), syntax="1.2.840.10008.1.2.1", **values):
    usual = made_instance(**({"NumberOfFrames": frames} if frames > 1 else {}), **values)
    instance = Instance(usual.path, usual.values, syntax, "PixelData", offset, length, size, fragments=fragments)
    instance.frames.extend(made_frames_of_one(frames))
    return instance


@pytest.mark.parametrize(
    ("given", "percent"),
    [
        ({}, 0),
        ({"size": 24}, 0),
        ({"size": 18}, 25),
        ({"offset": 6, "size": 24}, 25),
        ({"length": 12}, 50),
        ({"size": 0}, 100),
        ({"frames": 2, "length": 36}, 25),
        ({"length": 40}, 0),
        ({"BitsAllocated": 1, "length": 2}, 0),
        ({"BitsAllocated": 1, "length": 1}, 50),
        ({"offset": None, "frames": 4, "fragments": ((0, 1),) * 3}, 25),
        ({"offset": None, "frames": 4}, 0),
        ({"offset": None, "frames": 4, "fragments": ((0, 1),) * 4}, 0),
        ({"offset": None, "frames": 4, "fragments": ((0, 1),) * 5}, 0),
        ({"length": None, "frames": 4, "fragments": ((0, 1),)}, 75),
    ],
)
def test_what_a_file_lacks_is_a_share_of_its_pixels(given, percent):
    """24 bytes a frame; of single bits 12 pixels are 1.5 bytes, rounded up."""
    assert missing_percent(with_pixels(**given)) == percent


@pytest.mark.parametrize(
    ("given", "surplus"),
    [
        ({}, 0),
        ({"length": 25}, 1),
        ({"length": 30}, 6),
        ({"length": 20}, 0),
        ({"length": None}, 0),
        ({"frames": 2, "length": 50}, 2),
    ],
)
def test_surplus_is_what_no_frame_takes(given, surplus):
    assert surplus_bytes(with_pixels(**given)) == surplus


def refused(*entries, count=1):
    frame = made_frame()
    for entry in entries:
        frame.instance.refused.extend([entry] * count)
    return [
        (finding.code, finding.severity, finding.evidence["reason"], finding.evidence["value"], finding.evidence["assumed"])
        for finding in check_series([Stack([frame], fit_grid([frame]))], False)
        if finding.code in ("damaged-value", "assumed-value")
    ]


@pytest.mark.parametrize(
    ("rescales", "evidence"),
    [
        ([{"RescaleSlope": 1.0, "RescaleIntercept": 0.0}, {}], None),
        ([{"RescaleSlope": 1.0}, {"RescaleIntercept": 0.0}], None),
        ([{"RescaleSlope": 3.0}, {}], {"count": 2, "smallest_slope": 1.0, "largest_slope": 3.0}),
        ([{"RescaleIntercept": 3.0}, {}], {"count": 2, "smallest_slope": 1.0, "largest_slope": 1.0}),
        ([{"RescaleSlope": 3.0, "PhotometricInterpretation": "PALETTE COLOR"}, {}], None),
    ],
)
def test_silence_is_a_slope_of_one_and_no_intercept(rescales, evidence):
    frames = [made_frame((0, 0, 2.0 * k), **values) for k, values in enumerate(rescales)]
    assert said(frames, "mixed-rescale") == ([(INFO, evidence)] if evidence else [])


@pytest.mark.parametrize(("length", "told"), [(25, None), (26, (WARNING, 2)), (31, (WARNING, 7)), (32, (ERROR, 8))])
def test_surplus_is_grave_from_a_row_on(length, told):
    """A row of 4 pixels has 8 bytes."""
    frame = made_frame()
    frame.instance = with_pixels(length=length)
    found = said([frame], "surplus-pixel-data")
    assert [(severity, evidence["bytes"]) for severity, evidence in found] == ([told] if told else [])


def test_degrees_have_two_decimals():
    frames = [made_frame((0, 1.0 * k, 3.0 * k)) for k in range(3)]
    assert said(frames, "gantry-tilt")[0][1]["degrees"] == 18.43  # the arc tangent of a third: 18.4349


def repeated(*keys, attributes, values):
    index = StackIndex(attributes, values, [{}] * len(keys), list(keys))
    return index, [(one.code, one.evidence) for one in index_findings(index, range(len(keys)), 5)]


def test_each_thing_that_tells_stacks_apart_is_told_and_repeats_are():
    time = {"attribute": "TriggerTime", "count": 2, "slices": 5, "values": [0, 0, 50]}
    _, found = repeated((0,), (0,), (50,), attributes=(TRIGGER_TIME,), values=[0, 0, 50])
    assert found == [("split-by-time", time), ("repeated-volumes", {"count": 1, "of": 3, "attribute": "TriggerTime"})]
    _, found = repeated((0, 5), (0, 9), attributes=(TRIGGER_TIME, ECHO_TIME), values=["0, 5", "0, 9"])
    assert found == [("split-by-echo", {"attribute": "EchoTime", "count": 2, "slices": 5, "values": [], "reason": "counted"})]
    index, _ = repeated((0,), (50,), attributes=(TRIGGER_TIME,), values=[0, 50])
    assert index_findings(index, [0, 1], 1)[0].evidence["reason"] == "one-place"
    assert index_findings(index, [1], 5) == []


def test_refused_values_are_told_by_what_became_of_them():
    entries = [
        RefusedValue("KVP", "x"),
        RefusedValue("Rows", "y"),
        RefusedValue("BitsStored", "z", "16"),
        RefusedValue("HighBit", "", "15"),
        RefusedValue("RescaleSlope", "2", reason="colour"),
        RefusedValue("PixelData", "", reason="repeated"),
    ]
    assert refused(*entries, count=2) == [
        ("damaged-value", INFO, "", "x", ""),
        ("damaged-value", WARNING, "", "y", ""),
        ("damaged-value", WARNING, "assumed", "z", "16"),
        ("assumed-value", WARNING, "", "", "15"),
        ("damaged-value", INFO, "colour", "2", ""),
        ("damaged-value", WARNING, "repeated", "", ""),
    ]


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.8.1"]
)
def test_video_and_the_like_cannot_be_read(syntax):
    instance = with_pixels(offset=None, length=None, syntax=syntax)
    frame = made_frame()
    frame.instance = instance
    assert said([frame], "unsupported-compression") == [(ERROR, {"transfer_syntax_uids": [syntax]})]


def test_orientation_is_no_matter_for_what_is_said_of_headers():
    frames = [
        made_frame((0, 2.0 * k, 0), CORONAL, PatientID="" if k else "P", StudyInstanceUID="1", SeriesInstanceUID="1")
        for k in (0, 1)
    ]
    assert said(frames, "missing-identifiers") == [(INFO, {"keywords": ["PatientID", "SOPInstanceUID"]})]
