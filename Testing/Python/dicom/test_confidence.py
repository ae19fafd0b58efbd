"""How sure an offer is beside other readers and beside the other readings of its files."""

from __future__ import annotations

import pytest
from made_frames import made_candidate, made_frame

from DICOMTutorialHelperLib.dicom import confidence, examine
from DICOMTutorialHelperLib.dicom.candidate import SeriesExamination
from DICOMTutorialHelperLib.dicom.findings import ERROR, Finding

MR, CT, PET = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128"


CAPTURE, NM = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.20"


XA, US, PMAP = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.30"


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ([made_candidate(CT, "CT")], 0.6),
        ([made_candidate(MR, "MR")], 0.62),
        ([made_candidate(CT, "CT", stacks=3)], 1.1),
        ([made_candidate(MR, "MR", stacks=3)], 1.1),
        ([made_candidate(MR, "MR"), made_candidate(MR, "MR", stacks=3)], 1.1),
        ([made_candidate(PET, "PT")], 0.6),
        ([made_candidate(PET, "PT", stacks=3)], 0.88),
        ([made_candidate(NM, "NM")], 0.15),
        ([made_candidate(NM, "NM", stacks=3)], 0.15),
        ([made_candidate(PMAP, "MR")], 0.55),
        ([made_candidate(PMAP, "MR", stacks=2)], 0.55),
        ([made_candidate(CAPTURE)], 0.6),
        ([made_candidate(CAPTURE, placed=False)], 0.15),
        ([made_candidate(f"{CAPTURE}.2", stacks=3, placed=False)], 0.65),
        ([made_candidate(f"{CAPTURE}.3", stacks=3, placed=False)], 0.15),
        ([made_candidate(f"{CAPTURE}.2", placed=False)], 0.15),
        ([made_candidate(XA, "XA", stacks=3, placed=False)], 0.65),
        ([made_candidate(US, "US", stacks=3, placed=False)], 0.65),
        ([made_candidate("1.2.3", "OT", stacks=3, placed=False)], 0.15),
        ([made_candidate("1.2.3", "OT", stacks=3)], 0.65),
        ([made_candidate("1.2.3", "OT")], 0.6),
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
    reading = [made_candidate(**{**usual, **first}), made_candidate(**{**usual, **second})]
    confidence.rate(reading, [False, False])
    assert reading[0].confidence == expected
    confidence.rate(reading[:1], [False])
    assert reading[0].confidence == 1.1


def test_errors_and_what_is_set_aside_stand_below_the_rest():
    good, bad, aside = made_candidate(CT, "CT"), made_candidate(CT, "CT"), made_candidate(MR, "MR", stacks=3)
    bad.findings.append(Finding("truncated-pixel-data", ERROR, {}))
    confidence.rate([good, bad, aside], [False, False, True])
    assert [(one.confidence, one.selected) for one in (good, bad, aside)] == [(0.6, True), (0.42, True), (0.25, False)]
    low, out = made_candidate(NM, "NM"), made_candidate(NM, "NM")
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


def test_what_is_selected_of_one_uid_shares_the_highest_confidence():
    def one(uid, *numbers):
        candidates = [made_candidate(CT, "CT", SeriesInstanceUID=uid) for _ in numbers]
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
