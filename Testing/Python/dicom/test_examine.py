"""From frames to candidates without a file: order, names, and guesses where a header is silent."""

from __future__ import annotations

import gc
import weakref

import pytest
from made_frames import made_candidate, made_frame, made_frames_of_one, made_instance
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom import examine
from DICOMTutorialHelperLib.dicom.candidate import VOLUME, SequenceIndex, SeriesExamination
from DICOMTutorialHelperLib.dicom.geometry import fit_grid

MR, CT = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2"


CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


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
    sequence = made_candidate(MR, "MR", stacks=stacks, slices=1)
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


def test_examinations_that_nobody_keeps_are_let_go_of(tmp_path):
    """They are in cycles: instances know their frames, and frames their instance."""
    path = write(slice_dataset(0), tmp_path / "0.dcm")
    gc.collect()
    alive = []
    for _ in range(40):
        alive.append(weakref.ref(examine.examine_paths([path]).series[0].instances[0]))
        young = [[number] for number in range(20_000)]  # what an application makes meanwhile
        del young
    assert sum(instance() is not None for instance in alive) < 30
