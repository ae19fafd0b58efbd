"""Multi-frame objects without functional groups: one position is given, and the other frames follow it."""

from __future__ import annotations

import numpy as np
import pytest
from made_elements import made_item
from made_frames import CORONAL, made_frame, made_frames_of_one
from pydicom.dataset import Dataset
from synthetic_series import CT, slice_dataset, write

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.multi_frame_positions import guessed_position_findings, place_classic_frames
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

NM = "1.2.840.10008.5.1.4.1.1.20"
OBLIQUE = [0.96, 0.28, 0.0, -0.168, 0.576, 0.8]
NORMAL = np.cross(OBLIQUE[:3], OBLIQUE[3:])
FIRST = [-10.0, 20.0, 30.0]


@pytest.fixture
def best(tmp_path):
    """Writes one multi-frame file and gives its selected candidates' only one."""

    def read(sop_class=CT, frames=5, **header):
        pixels = np.random.default_rng(3).integers(0, 2000, (frames, 5, 4)).astype("<u2")
        place = {"ImagePositionPatient": FIRST, "ImageOrientationPatient": OBLIQUE}
        dataset = slice_dataset(0, sop_class, NumberOfFrames=frames, PixelData=pixels.tobytes(), **{**place, **header})
        write(dataset, tmp_path / "one.dcm")
        (series,) = examine_paths([tmp_path]).series
        (candidate,) = series.selected
        candidate.pixels = pixels
        return candidate

    return read


def positions(candidate):
    return np.array([frame.plane.position_lps for frame in candidate.stacks[0].frames])


def codes(candidate) -> list[str]:
    return [finding.code for finding in candidate.findings]


def test_frames_with_one_position_follow_it_by_their_spacing_and_that_is_said_to_be_a_guess(best):
    candidate = best(SpacingBetweenSlices=2.0, SliceThickness=3.0)
    assert (candidate.kind, candidate.stacks[0].grid.dimensions) == (VOLUME, (4, 5, 5))
    assert np.allclose(positions(candidate), FIRST + np.outer(np.arange(5) * 2.0, NORMAL), atol=1e-6)
    assert np.array_equal(read_voxels(candidate.stacks[0]), candidate.pixels)
    (finding,) = [finding for finding in candidate.findings if finding.code == "missing-geometry"]
    assert finding.severity == "warning"
    assert "2 mm" in finding_message(finding)
    assert "5 images" in finding_message(finding)


def test_without_a_spacing_the_thickness_is_the_guess(best):
    candidate = best(SliceThickness=1.5)
    assert candidate.stacks[0].grid.spacing_mm[2] == pytest.approx(1.5)
    assert [finding.evidence["keyword"] for finding in candidate.findings if finding.code == "missing-geometry"] == [
        "SliceThickness"
    ]


def test_offsets_of_a_grid_are_no_guess(best):
    offsets = [0.0, 1.0, 2.0, 3.0, 4.0]
    candidate = best(GridFrameOffsetVector=offsets, SpacingBetweenSlices=9.0)
    assert np.allclose(positions(candidate), FIRST + np.outer(offsets, NORMAL), atol=1e-6)
    assert "missing-geometry" not in codes(candidate)


@pytest.mark.parametrize(
    "times", [{"FrameTime": 100.0}, {"FrameTimeVector": [0, 9, 9, 9, 9]}, {"FrameIncrementPointer": 0x00181063}]
)
def test_frames_that_follow_each_other_in_time_stay_a_film(best, times):
    assert best(SpacingBetweenSlices=2.0, **times).kind == SEQUENCE


def detector(**place):
    item = Dataset()
    item.ImagePositionPatient, item.ImageOrientationPatient = FIRST, OBLIQUE
    for keyword, value in place.items():
        setattr(item, keyword, value)
    return item


def nuclear(kind="RECON TOMO", **header):
    return {
        "Modality": "NM", "ImageType": ["ORIGINAL", "PRIMARY", kind, "EMISSION"], "ImagePositionPatient": None,
        "ImageOrientationPatient": None, "DetectorInformationSequence": [detector()], "SpacingBetweenSlices": 4.0, **header,
    }  # fmt: skip


def test_reconstructed_slices_of_nuclear_medicine_lie_where_their_detector_says(best):
    candidate = best(NM, **nuclear(SliceVector=[3, 1, 2, 5, 4]))
    assert candidate.kind == VOLUME
    assert np.allclose(positions(candidate), FIRST + np.outer(np.arange(5) * 4.0, NORMAL), atol=1e-6)
    assert np.array_equal(read_voxels(candidate.stacks[0]), candidate.pixels[[1, 2, 0, 4, 3]])
    assert "missing-geometry" not in codes(candidate)


def test_a_negative_spacing_of_nuclear_medicine_counts_against_the_normal(best):
    candidate = best(NM, **nuclear(SpacingBetweenSlices=-4.0))
    assert np.allclose(positions(candidate)[-1], FIRST, atol=1e-6)
    assert np.array_equal(read_voxels(candidate.stacks[0]), candidate.pixels[::-1])


def test_gated_reconstructions_are_a_sequence_by_time_slot(best):
    candidate = best(
        NM, frames=6, **nuclear("RECON GATED TOMO", SliceVector=[1, 2, 3, 1, 2, 3], TimeSlotVector=[1, 1, 1, 2, 2, 2])
    )
    assert (candidate.kind, len(candidate.stacks), candidate.stacks[0].grid.dimensions) == (SEQUENCE, 2, (4, 5, 3))


def test_projections_of_nuclear_medicine_are_not_stacked(best):
    candidate = best(NM, **nuclear("TOMO"))
    assert candidate.kind == SEQUENCE


@pytest.mark.parametrize("vector", [[1, 2], [0, 0, 0, 0, 0]])
def test_an_index_vector_that_does_not_fit_is_as_good_as_none(best, vector):
    candidate = best(NM, **nuclear(SliceVector=vector))
    assert np.array_equal(read_voxels(candidate.stacks[0]), candidate.pixels)


def test_the_cone_beam_case_is_a_volume(shared_data):
    (series,) = examine_paths([shared_data / "cases" / "multiframe-ct-one-position"]).series
    (candidate,) = series.selected
    assert (candidate.kind, candidate.stacks[0].grid.dimensions[2]) == (VOLUME, 8)
    assert candidate.stacks[0].grid.spacing_mm[2] == pytest.approx(2)


def classic(count=3, dataset=None, **values):
    frames = made_frames_of_one(count, **values)
    plane = made_frame((1, 2, 3), CORONAL).plane
    for frame in frames:
        frame.plane, frame.pixel_spacing = plane, (1.0, 1.0)
    place_classic_frames(frames, dataset or Dataset())
    return [None if frame.plane is None else float(frame.plane.position_lps[1]) for frame in frames], frames[0].placed_by


RECONSTRUCTED = {"Modality": "NM", "ImageType": ("ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION")}


@pytest.mark.parametrize(
    ("values", "elements", "expected"),
    [
        ({"SpacingBetweenSlices": -4.0}, {}, ([2, 6, 10], "SpacingBetweenSlices")),
        ({"SpacingBetweenSlices": 0.0, "SliceThickness": 3.0, "Modality": "CT"}, {}, ([2, 5, 8], "SliceThickness")),
        ({"SliceThickness": 3.0, "Modality": "XA"}, {}, ([2, 2, 2], "")),
        ({"SliceThickness": 0.0, "Modality": "CT"}, {}, ([2, 2, 2], "")),
        ({}, {}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0, "FrameTime": 30.0}, {}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0, "FrameTimeVector": (0.0, 1.0, 2.0)}, {}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0}, {"FrameIncrementPointer": 0x00181063}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0}, {"FrameIncrementPointer": [0x00180050, 0x00181065]}, ([2, 2, 2], "")),
        ({"SpacingBetweenSlices": 4.0}, {"FrameIncrementPointer": 0x3004000C}, ([2, 6, 10], "SpacingBetweenSlices")),
        ({"SpacingBetweenSlices": 4.0}, {"GridFrameOffsetVector": [5, 6, 9]}, ([2, 3, 6], "")),
        ({"SpacingBetweenSlices": 4.0}, {"GridFrameOffsetVector": [5, 6]}, ([2, 6, 10], "SpacingBetweenSlices")),
        ({**RECONSTRUCTED, "SpacingBetweenSlices": -4.0}, {}, ([2, -2, -6], "")),
        ({**RECONSTRUCTED, "SpacingBetweenSlices": 4.0}, {"SliceVector": [3, 2, 1]}, ([10, 6, 2], "")),
        ({**RECONSTRUCTED, "SpacingBetweenSlices": 4.0}, {"SliceVector": [0, 1, 2]}, ([2, 6, 10], "")),
        ({**RECONSTRUCTED, "SpacingBetweenSlices": 4.0}, {"SliceVector": [3, 2]}, ([2, 6, 10], "")),
        ({**RECONSTRUCTED, "SpacingBetweenSlices": 4.0, "FrameTime": 30.0}, {}, ([2, 6, 10], "")),
        ({**RECONSTRUCTED, "SliceThickness": 3.0}, {}, ([2, 5, 8], "SliceThickness")),
    ],
)
def test_frames_follow_each_other_along_the_normal(values, elements, expected):
    """The normal is +y: row +x, column -z."""
    assert classic(dataset=made_item(**elements), **values) == expected


@pytest.mark.parametrize(
    ("kind", "detector", "places"),
    [
        ("RECON TOMO", {}, [8, 12]),
        ("RECON GATED TOMO", {}, [8, 12]),
        ("TOMO", {}, [None, None]),
        ("RECON TOMO", {"ImagePositionPatient": [7, 8]}, [None, None]),
        ("RECON TOMO", {"ImagePositionPatient": None}, [None, None]),
        ("RECON TOMO", {"ImageOrientationPatient": [1, 0, 0, 0, 0.5, 0]}, [None, None]),
        ("RECON TOMO", {"ImageOrientationPatient": [1, 0, 0, 0, 0, -0.91]}, [8, 12]),
        ("RECON TOMO", {"ImageOrientationPatient": [1, 0, 0, 0, 0, -0.89]}, [None, None]),
    ],
)
def test_reconstructions_of_nuclear_medicine_lie_where_their_detector_says(kind, detector, places):
    usual = {"ImagePositionPatient": [7, 8, 9], "ImageOrientationPatient": list(CORONAL)}
    information = made_item(**{key: value for key, value in {**usual, **detector}.items() if value is not None})
    frames = made_frames_of_one(2, Modality="NM", ImageType=("ORIGINAL", "PRIMARY", kind), SpacingBetweenSlices=4.0)
    for frame in frames:
        frame.pixel_spacing = (1.0, 1.0)
    place_classic_frames(frames, made_item(DetectorInformationSequence=[information], TimeSlotVector=[1, 2]))
    assert [None if frame.plane is None else float(frame.plane.position_lps[1]) for frame in frames] == places
    slots = [frame.get("TemporalPositionIdentifier") for frame in frames]
    assert slots == ([None, None] if kind == "TOMO" else [1, 2])


def test_a_guess_is_told_with_its_spacing():
    (frame, *_) = made_frames_of_one(3, SpacingBetweenSlices=-4.0, SliceThickness=2.0)
    assert list(guessed_position_findings([frame])) == []
    for keyword, spacing in (("SpacingBetweenSlices", 4.0), ("SliceThickness", 2.0)):
        frame.placed_by = keyword
        (finding,) = guessed_position_findings([frame])
        assert finding.evidence == {"reason": "one-position", "count": 3, "spacing_mm": spacing, "keyword": keyword}
