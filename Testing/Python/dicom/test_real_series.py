"""Real series of several makers: positions by their headers, values by pydicom and by another tool's reference NIfTI."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

# Series folder below edge_cases -> what examination must find and say.
EXPECTED = {
    "failing/gantrytilting/001": [("volume", 1, {"gantry-tilt"})],
    "failing/notavolume/001": [("sequence", 4, {"split-by-acquisition", "single-slice"})],
    "failing/slicecount/001": [("volume", 1, set())],
    "failing/sliceincrement/001": [("volume", 1, {"missing-slices"})],
    "failing/sliceincrement/002": [("volume", 1, {"missing-slices", "gantry-tilt"})],
    "failing/sliceorientation/001": [("volume", 1, {"split-by-orientation"})] * 2,
    "ge/dti/001": [("sequence", 2, {"split-by-diffusion"})],
    "ge/fmri/001": [("sequence", 2, {"split-by-instance-number"})],
    "philips/dti/001": [("sequence", 4, {"split-by-diffusion"})],
    "philips/fmri/001": [("sequence", 4, {"split-by-instance-number"})],
    "philips_enhanced/anatomical/001": [("volume", 1, set())],
    "philips_enhanced/dti/001": [("sequence", 4, {"split-by-diffusion"})],
    "philips_enhanced/fmri/001": [("sequence", 4, {"split-by-time"})],
    "siemens/fmri_classic/001": [("sequence", 2, {"split-by-acquisition"})],
    "siemens_multiframe/anatomical/001": [("volume", 1, set())],
    "generic/anatomical/002_non_isotropic": [("volume", 1, {"mixed-rescale"})],
    "generic/rgb/001": [("volume", 1, {"derived-image"})],
}

# Reference volumes of one geometry with their series (others were resampled by the tool that made them).
WITH_REFERENCE = [
    "ge/anatomical/001",
    "ge/dti/001",
    "ge/fmri/001",
    "generic/anatomical/001",
    "generic/anatomical/002_non_isotropic",
    "hitachi/anatomical/001",
    "philips/anatomical/001",
    "philips_enhanced/anatomical/001",
    "siemens/anatomical/001",
    "siemens_multiframe/anatomical/001",
]


@pytest.fixture(scope="session")
def edge_cases(shared_data):
    return shared_data / "edge_cases"


@pytest.mark.parametrize("folder", EXPECTED)
def test_every_oddity_of_the_edge_cases_is_named(edge_cases, folder):
    (series,) = examine_paths([edge_cases / folder]).series
    found = [
        (candidate.kind, len(candidate.stacks), {finding.code for finding in candidate.findings}) for candidate in series.selected
    ]
    assert found == EXPECTED[folder]


def test_the_degrees_of_the_tilt_are_those_between_slices_and_their_positions(edge_cases):
    folder = edge_cases / "failing" / "gantrytilting" / "001"
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in folder.glob("*.dcm")]
    row, column = np.array(headers[0].ImageOrientationPatient, float).reshape(2, 3)
    positions = sorted((list(map(float, header.ImagePositionPatient)) for header in headers), key=lambda p: p[2])
    step = np.array(positions[-1]) - positions[0]
    angle = np.degrees(np.arccos(abs(step @ np.cross(row, column)) / np.linalg.norm(step)))
    (series,) = examine_paths([folder]).series
    assert series.candidates[0].findings[0].evidence["degrees"] == pytest.approx(angle, abs=0.01)


def test_a_helix_with_many_acquisition_numbers_or_none_is_one_volume(shared_data):
    (series,) = examine_paths([shared_data / "torso_ct"]).series
    (candidate,) = series.candidates
    assert candidate.stacks[0].grid.dimensions == (512, 512, 275)
    assert (candidate.confidence, candidate.findings) == (0.6, [])


@pytest.mark.parametrize("folder", WITH_REFERENCE)
def test_voxels_agree_with_the_reference_in_world_coordinates(edge_cases, folder):
    nibabel = pytest.importorskip("nibabel")
    parent, name = (edge_cases / folder).parent, folder.rsplit("/", 1)[1]
    reference = nibabel.load(parent / f"{name}_ground_truth.nii.gz")
    values = np.asanyarray(reference.dataobj)
    values = values[..., None] if values.ndim == 3 else values
    (series,) = examine_paths([edge_cases / folder]).series
    (candidate,) = series.selected
    assert len(candidate.stacks) == values.shape[3]
    every_voxel = np.stack(np.meshgrid(*(np.arange(n) for n in values.shape[:3]), indexing="ij"), axis=-1).reshape(-1, 3)
    ras = np.c_[every_voxel, np.ones(len(every_voxel))] @ reference.affine.T
    for n, stack in enumerate(candidate.stacks):
        ijk = (ras @ np.linalg.inv(stack.grid.ijk_to_ras).T)[:, :3]
        nearest = np.rint(ijk).astype(int)
        assert np.abs(ijk - nearest).max() * max(stack.grid.spacing_mm) < 0.01
        voxels = read_voxels(stack)
        mine = voxels[nearest[:, 2], nearest[:, 1], nearest[:, 0]]
        assert np.allclose(mine, values[..., n].reshape(-1), rtol=1e-4, atol=1e-3)
