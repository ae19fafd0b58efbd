"""What is said of a series: spacing, tilt, lacking and surplus pixels, refused values."""

from __future__ import annotations

import pytest
from made_frames import CORONAL, made_frame, made_frames_of_one, made_instance

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.series_checks import check_series, missing_percent, surplus_bytes
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue


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
