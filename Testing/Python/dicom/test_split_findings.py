"""What is said of a split, of gaps and of duplicates: the evidence in numbers and files."""

from __future__ import annotations

import pytest
from made_frames import AXIAL, made_frame

from DICOMTutorialHelperLib.dicom.attributes import ECHO_TIME, TRIGGER_TIME
from DICOMTutorialHelperLib.dicom.split_findings import (
    duplicate_positions,
    file_names,
    index_findings,
    missing_slices,
    uneven_spacing,
)
from DICOMTutorialHelperLib.dicom.stack_index import StackIndex


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


def places_at(*heights, beside=(0.0, 0.0), orientation=AXIAL, **values):
    """An axial slice at each height, mm."""
    return [[made_frame((*beside, float(height)), orientation, name=f"{n}.dcm", **values)] for n, height in enumerate(heights)]


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
