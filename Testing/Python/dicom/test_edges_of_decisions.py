"""Where examination decides one way or the other: each case lies just beside the edge, and its neighbour beyond it."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_series import (
    CT,
    MR,
    axial_positions,
    corners_lps_by_header,
    slice_dataset,
    write,
    write_series,
)

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"


def selected(folder):
    return [candidate for series in examine_paths([folder]).series for candidate in series.selected]


def codes(candidate):
    return {finding.code for finding in candidate.findings}


def test_seconds_go_on_over_the_end_of_a_year(tmp_path):
    """A day and twenty seconds, by the date and time of each acquisition."""
    write_series(tmp_path, axial_positions(3), sop_class=MR, AcquisitionDateTime="20210101000010")
    write_series(tmp_path, axial_positions(3), sop_class=MR, first=3, AcquisitionDateTime="20201230235950")
    (candidate,) = selected(tmp_path)
    first, second = candidate.index.values
    assert second - first == pytest.approx(86420)
    assert [stack.frames[0].instance.path.name for stack in candidate.stacks] == ["0003.dcm", "0000.dcm"]


def test_magnitude_and_phase_are_never_one_volume_though_their_image_types_agree(tmp_path):
    """Instance numbers do not tell: at the second position the phase comes first."""
    components = ("MAGNITUDE", "PHASE", "PHASE", "MAGNITUDE", "MAGNITUDE", "PHASE")
    positions = [position for position in axial_positions(3) for _ in range(2)]
    headers = [{"ComplexImageComponent": component} for component in components]
    write_series(tmp_path, positions, sop_class=MR, headers=headers)
    stacks = [stack for candidate in selected(tmp_path) for stack in candidate.stacks]
    assert [len(stack.frames) for stack in stacks] == [3, 3]
    for stack in stacks:
        assert len({frame.get("ComplexImageComponent") for frame in stack.frames}) == 1


@pytest.mark.parametrize(("torn", "is_sequence"), [(1, True), (2, False)])
def test_half_of_the_volumes_must_be_whole_for_a_sequence(tmp_path, torn, is_sequence):
    """Three times four slices, of which ``torn`` volumes lack two."""
    for volume in range(3):
        positions = axial_positions(4)
        if volume >= 3 - torn:
            del positions[1:3]
        write_series(tmp_path, positions, sop_class=MR, first=4 * volume, TriggerTime=50 * volume)
    assert any(len(candidate.stacks) == 3 for candidate in selected(tmp_path)) == is_sequence


@pytest.mark.parametrize(("moved_mm", "regular"), [(0.016, True), (0.03, False)])
def test_a_rounded_last_position_is_spread_over_all_slices(tmp_path, moved_mm, regular):
    """The best line leaves 0.48 of it at the last slice, a line through both ends 0.8 of it at the last but one."""
    positions = axial_positions(6)
    positions[-1] = (*positions[-1][:2], positions[-1][2] + moved_mm)
    files = write_series(tmp_path, positions)
    (candidate,) = selected(tmp_path)
    grid = candidate.stacks[0].grid
    assert (grid.displacements_lps is None) == regular
    if regular:
        corners = [corners_lps_by_header(path) for path in files]
        placed = [(grid.ijk_to_lps @ (0, 0, k, 1))[:3] for k in range(6)]
        assert max(np.linalg.norm(a - b[0, 0]) for a, b in zip(placed, corners)) < 0.01


@pytest.mark.parametrize(("degrees", "tilted"), [(0.05, False), (0.5, True), (3, True)])
def test_a_tilt_is_one_from_a_tenth_of_a_degree_on(tmp_path, degrees, tilted):
    along = np.tan(np.radians(degrees)) * 2.5
    write_series(tmp_path, [(-10.0, -20.0 + along * k, 30.0 + 2.5 * k) for k in range(6)])
    (candidate,) = selected(tmp_path)
    assert ("gantry-tilt" in codes(candidate)) == tilted


@pytest.mark.parametrize(
    ("header", "filled"),
    [
        ({"sop_class": CT, "RescaleSlope": 1, "RescaleIntercept": -1024}, -1024),
        ({"sop_class": CT, "RescaleSlope": 1, "RescaleIntercept": -1000}, -1000),
        ({"sop_class": MR}, 0),
    ],
)
def test_holes_of_a_ct_are_air_and_of_an_mr_dark(tmp_path, header, filled):
    positions = axial_positions(8)
    del positions[4]
    write_series(tmp_path, positions, **header)
    (candidate,) = selected(tmp_path)
    voxels = read_voxels(candidate.stacks[0])
    assert np.unique(voxels[4]).tolist() == [filled]


def test_stored_bits_may_lie_at_the_top(tmp_path):
    """HighBit 15 of 12 bits (PS3.5 8.1.1): four bits of something else lie below."""
    values = np.random.default_rng(1).integers(0, 4096, (5, 4))
    pixels = ((values << 4) | 5).astype("<u2")
    header = {"BitsStored": 12, "HighBit": 15, "PixelData": pixels.tobytes()}
    write_series(tmp_path, axial_positions(2), sop_class=MR, **header)
    (candidate,) = selected(tmp_path)
    assert read_voxels(candidate.stacks[0])[0].tolist() == values.tolist()


@pytest.mark.parametrize(("gap", "volumes"), [(4, 1), (20, 2)])
def test_a_gap_wider_than_all_slices_parts_two_stacks(tmp_path, gap, volumes):
    """Five axial slices, a gap of whole spacings, five more."""
    heights = [*range(5), *range(4 + gap, 9 + gap)]
    write_series(tmp_path, [(-10.0, -20.0, 2.5 * height) for height in heights])
    found = selected(tmp_path)
    assert len(found) == volumes
    assert ("missing-slices" in codes(found[0])) == (volumes == 1)


def test_ultrasound_is_measured_in_centimetres(tmp_path):
    """PS3.3 C.8.5.5.1.15."""
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0, region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 0, 0, 3, 4
    region.RegionSpatialFormat, region.RegionDataType = 1, 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = 0.02, 0.05
    dataset = slice_dataset(0, sop_class=US_IMAGE, PixelSpacing=None, ImageOrientationPatient=None, Modality="US")
    dataset.SequenceOfUltrasoundRegions = Sequence([region])
    write(dataset, tmp_path / "a.dcm")
    (candidate,) = [candidate for series in examine_paths([tmp_path]).series for candidate in series.candidates]
    assert candidate.stacks[0].grid.spacing_mm[:2] == pytest.approx((0.2, 0.5))


def test_a_dose_is_left_to_who_reads_doses(tmp_path):
    dataset = slice_dataset(0, sop_class=RT_DOSE, Modality="RTDOSE", ImagePositionPatient=[0, 0, 0], DoseGridScaling="0.001")
    write(dataset, tmp_path / "dose.dcm")
    examination = examine_paths([tmp_path])
    assert [candidate for series in examination.series for candidate in series.candidates] == []
