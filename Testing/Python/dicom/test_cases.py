"""The small cases of shared/data/cases, each with what a sound reading gives (the README beside it says the same)."""

from __future__ import annotations

import re

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

LANGUAGES = ("en", "fr", "es", "pt-BR")

# Case -> of every series, what is selected: kind, slices of every volume, name and values of the index.
EXPECTED = {
    "asl-label-control": [
        [("sequence", [5] * 8, "TemporalPositionIdentifier", ["1", "1 (2)", "2", "2 (2)", "3", "3 (2)", "4", "4 (2)"])]
    ],
    "breath-holds-overlap-one": [[("volume", [10], None, None), ("volume", [5], None, None)]],
    "cine-one-phase-lost": [[("sequence", [5, 5, 5, 5, 5, 4], "TriggerTime", [0, 133.3, 266.7, 400, 533.3, 666.7])]],
    "dwi-two-b0": [
        [
            (
                "sequence",
                [5] * 5,
                "DiffusionBValue",
                ["0", "0 (2)", "1000 [1.000 0.000 0.000]", "1000 [0.000 1.000 0.000]", "1000 [0.000 0.000 1.000]"],
            )
        ]
    ],
    "dwi-xa-time-index": [
        [
            (
                "sequence",
                [4] * 4,
                "DiffusionBValue",
                ["0", "1000 [1.000 0.000 0.000]", "1000 [0.000 1.000 0.000]", "1000 [0.000 0.000 1.000]"],
            )
        ]
    ],
    "near-directions": [
        [
            (
                "sequence",
                [5] * 4,
                "DiffusionBValue",
                ["0", "1000 [0.707 0.707 0.000]", "1000 [0.707 0.707 0.000] (2)", "1000 [0.000 0.000 1.000]"],
            )
        ]
    ],
    "dynamic-over-midnight": [[("sequence", [5] * 4, "AcquisitionTime", [0, 1.5, 3, 4.5])]],
    "ge-complex": [[("sequence", [5, 5], "EchoTime", [5, 10])] * 3],
    "imager-spacing-only": [[("volume", [8], None, None)]],
    "no-pixel-spacing": [[("volume", [8], None, None)]],
    "no-series-uid": [[("volume", [8], None, None)], [("volume", [8], None, None)]],
    "one-slice-shifted": [[("volume", [8], None, None)]],
    "same-sop-uid-for-all": [[("volume", [8], None, None)]],
    "two-patients-interleaved": [[("volume", [8], None, None)], [("volume", [8], None, None)]],
}


@pytest.fixture
def cases(shared_data):
    return shared_data / "cases"


def shapes(series) -> list[tuple]:
    return [
        (
            candidate.kind,
            [len(stack.frames) for stack in candidate.stacks],
            candidate.index and candidate.index.name,
            candidate.index and candidate.index.values,
        )
        for candidate in series.selected
    ]


def findings(series, code) -> list:
    return [finding for candidate in series.selected for finding in candidate.findings if finding.code == code]


@pytest.mark.parametrize("case", EXPECTED)
def test_a_case_is_read_as_what_its_frames_mean(cases, case):
    assert [shapes(series) for series in examine_paths([cases / case]).series] == EXPECTED[case]


def test_ge_directions_make_one_sequence_of_seven(cases):
    (series,) = examine_paths([cases / "dwi-ge-private-directions"]).series
    (candidate,) = series.selected
    assert candidate.index.name == "DiffusionBValue"
    assert [value.split(" ")[0] for value in candidate.index.values] == ["0"] + ["1000"] * 6
    assert len(set(candidate.index.values)) == 7
    assert [stack.frames[0].get("InstanceNumber") for stack in candidate.stacks] == [1, 6, 11, 16, 21, 26, 31]


def test_the_parts_of_ge_complex_images_are_named(cases):
    (series,) = examine_paths([cases / "ge-complex"]).series
    assert [candidate.part for candidate in series.selected] == ["M", "R", "I"]
    for candidate, kind in zip(series.selected, (0, 2, 3)):
        headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in candidate.files]
        assert {header[0x0043102F].value for header in headers} == {kind}


def test_the_lost_image_of_a_cine_keeps_its_place_and_is_named(cases):
    (series,) = examine_paths([cases / "cine-one-phase-lost"]).series
    (candidate,) = series.selected
    assert [k for k, frame in enumerate(candidate.stacks[5].slices) if frame is None] == [1]
    assert [frame is None for stack in candidate.stacks[:5] for frame in stack.slices] == [False] * 25
    voxels = read_voxels(candidate.stacks[5])
    assert len(voxels) == 5
    assert np.ptp(voxels[1]) == 0
    (hole,) = findings(series, "missing-slices")[0].evidence["images"]
    assert (hole["slice"], hole["volume"], hole["label"]) == (2, 6, "TriggerTime 666.7 ms")
    assert "im0011.dcm" in finding_message(findings(series, "missing-slices")[0])


def test_each_patient_of_a_mixed_series_has_a_volume_of_its_own(cases):
    found = examine_paths([cases / "two-patients-interleaved"]).series
    assert [series.get("PatientID") for series in found] == ["PHANTOM", "SECOND"]
    for series in found:
        (candidate,) = series.selected
        patients = {pydicom.dcmread(path, stop_before_pixels=True).PatientID for path in candidate.files}
        assert patients == {series.get("PatientID")}
        assert {finding.evidence["reason"] for finding in findings(series, "identity-mixed")} == {"patient", "study"}
    assert len({candidate.confidence for series in found for candidate in series.selected}) == 1


def test_series_without_a_uid_have_their_own_spacing(cases):
    found = examine_paths([cases / "no-series-uid"]).series
    assert [round(series.selected[0].stacks[0].grid.spacing_mm[2], 3) for series in found] == [2, 3]


def test_slices_of_one_name_are_all_read_with_their_own_pixels(cases):
    (series,) = examine_paths([cases / "same-sop-uid-for-all"]).series
    (candidate,) = series.selected
    expected = [pydicom.dcmread(path) for path in sorted((cases / "same-sop-uid-for-all").glob("*.dcm"))]
    expected.sort(key=lambda dataset: float(dataset.ImagePositionPatient[2]))
    values = [dataset.pixel_array * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
              for dataset in expected]  # fmt: skip
    assert np.array_equal(read_voxels(candidate.stacks[0]), values)
    assert series.skipped == []
    assert findings(series, "shared-instance-uid")[0].severity == "warning"


@pytest.mark.parametrize(
    ("case", "code", "reason", "numbers"),
    [
        ("one-slice-shifted", "uneven-spacing", "sideways", {"slices": [5], "largest_mm": 0.5}),
        ("breath-holds-overlap-one", "split-by-acquisition", "parts", {"count": 2}),
        ("no-pixel-spacing", "unknown-pixel-size", None, {"images": 8}),
        ("imager-spacing-only", "detector-pixel-spacing", None, {"spacing_mm": [2.5, 2.5]}),
        ("same-position-locations-differ", "position-contradicts-location", None, {"count": 8, "largest_mm": 14.0}),
    ],
)
def test_what_is_odd_is_said_with_true_numbers(cases, case, code, reason, numbers):
    (series,) = examine_paths([cases / case]).series
    finding = findings(series, code)[0]
    assert finding.evidence.get("reason") == reason
    assert finding.severity != "info" or code == "split-by-acquisition"
    assert {name: finding.evidence[name] for name in numbers} == numbers


def test_slices_without_a_pixel_size_lie_where_their_positions_put_them(cases):
    (series,) = examine_paths([cases / "no-pixel-spacing"]).series
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in (cases / "no-pixel-spacing").glob("*.dcm")]
    expected = sorted(tuple(map(float, header.ImagePositionPatient)) for header in headers)
    assert [tuple(frame.plane.position_lps) for frame in series.selected[0].stacks[0].frames] == expected


def sentences(examination, language):
    for series in examination.series:
        for file in series.skipped:
            yield finding_message(file.finding, language)
        for candidate in series.candidates:
            for finding in candidate.findings:
                yield finding_message(finding, language)
    for file in examination.skipped:
        yield finding_message(file.finding, language)


PYTHON_TEXT = re.compile(r"None|nan\b|Traceback|Error\b|<[a-z]+ |\[|\]|\{|\}|\('|', '|array\(|dtype|object at")


def all_folders(shared):
    folders = [folder for folder in sorted((shared / "cases").iterdir()) if folder.is_dir() and folder.name != "damaged"]
    return [*folders, shared / "edge_cases", shared / "ct_head"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_gap_or_python_text_in_it(shared_data, language):
    seen = 0
    for folder in all_folders(shared_data):
        for sentence in sentences(examine_paths([folder]), language):
            seen += 1
            without_labels = re.sub(r"\d+ \[[-\d. ]+\]", "", sentence)  # a gradient's direction is written in brackets
            assert "?" not in sentence, (folder, sentence)
            assert not PYTHON_TEXT.search(without_labels), (folder, sentence)
            assert sentence.strip().endswith((".", "…")), (folder, sentence)
    assert seen > 50
