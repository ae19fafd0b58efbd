"""Diffusion sequences carry their b-values and gradients as attributes, also once they were saved."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from made_frames import made_stack
from synthetic_series import MR
from synthetic_volumes import fill

from DICOMTutorialHelperLib.scene.diffusion import set_diffusion_attributes
from DICOMTutorialHelperLib.scene.loader import load_candidate

WEIGHTINGS = [(0.0, None), (500.0, (1.0, 0.0, 0.0)), (1000.0, (0.0, 0.6, 0.8)), (1000.0, (0.0, 0.8, -0.6))]


@pytest.fixture
def diffusion(examined, scene):
    """A loaded diffusion series of four volumes; its sequence node."""
    positions, headers = [], []
    for b, direction in WEIGHTINGS:
        for k in range(3):
            positions.append((0.0, 0.0, 3.0 * k))
            headers.append({"DiffusionBValue": b, **({"DiffusionGradientOrientation": list(direction)} if direction else {})})
    series = examined(positions=positions, headers=headers, sop_class=MR)
    return load_candidate(series.selected[0], scene, series).sequence


def vectors(sequence):
    return [np.array(sequence.GetAttribute(f"DWMRI_gradient_{n:04d}").split(), float) for n in range(len(WEIGHTINGS))]


def assert_weighted(sequence):
    """b = the largest b-value x |gradient|^2, along the direction, as NRRD's diffusion files have it."""
    assert sequence.GetNumberOfDataNodes() == len(WEIGHTINGS)
    assert float(sequence.GetAttribute("DWMRI_b-value")) == 1000
    assert (sequence.GetAttribute("modality"), sequence.GetAttribute("DWMRI_space")) == ("DWMRI", "left-posterior-superior")
    for n, ((b, direction), vector) in enumerate(zip(WEIGHTINGS, vectors(sequence))):
        assert 1000 * vector @ vector == pytest.approx(b, abs=0.01)
        assert float(sequence.GetAttribute(f"DWMRI_b-value_{n:04d}")) == b
        if direction:
            assert vector / np.linalg.norm(vector) == pytest.approx(direction, abs=1e-5)


def test_a_diffusion_sequence_says_its_b_values_and_gradients_in_the_words_of_nrrd(diffusion):
    assert_weighted(diffusion)


def test_every_volume_says_its_own(diffusion):
    found = {}
    for n in range(diffusion.GetNumberOfDataNodes()):
        node = diffusion.GetNthDataNode(n)
        found[node.GetAttribute("DWMRI_gradient")] = float(node.GetAttribute("DWMRI_b-value"))
        assert node.GetAttribute("DWMRI_space") == "left-posterior-superior"
    assert found["0.000000 0.600000 0.800000"] == 1000
    assert found["1.000000 0.000000 0.000000"] == 500
    assert found["0.000000 0.000000 0.000000"] == 0


def test_the_attributes_come_back_with_a_saved_scene(diffusion, scene, reopened):
    fresh = reopened(scene)
    assert_weighted(fresh.GetFirstNodeByClass("vtkMRMLSequenceNode"))


def test_a_sequence_in_time_has_none(examined, scene):
    positions = [(0.0, 0.0, 3.0 * k) for _ in range(2) for k in range(3)]
    headers = [{"TriggerTime": time} for time in (0, 50) for _ in range(3)]
    series = examined(positions=positions, headers=headers, sop_class=MR)
    sequence = load_candidate(series.selected[0], scene, series).sequence
    assert not [name for name in sequence.GetAttributeNames() if "DWMRI" in name]


def measured(scene, *weightings):
    stacks = [
        made_stack(1, DiffusionBValue=b, DiffusionGradientOrientation=direction) if b is not None else made_stack(1)
        for b, direction in weightings
    ]
    sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode")
    names = [str(number) for number in range(len(stacks))]
    for name in names:
        fill(sequence.SetDataNodeAtValue(slicer.vtkMRMLScalarVolumeNode(), name), np.zeros((1, 2, 2)))
    set_diffusion_attributes(sequence, stacks, names)
    return sequence


def test_gradients_have_the_length_that_the_weighting_wants(scene):
    """b = b-value x |gradient|²: a quarter of the weighting, half the length."""
    sequence = measured(scene, (0.0, (0.0, 0.6, 0.8)), (250.0, (0.0, 0.6, 0.8)), (1000.0, (1.0, 0.0, 0.0)))
    said = {name: sequence.GetAttribute(name) for name in sequence.GetAttributeNames()}
    assert (said["modality"], said["DWMRI_b-value"], said["DWMRI_space"]) == ("DWMRI", "1000", "left-posterior-superior")
    gradients = [said[f"DWMRI_gradient_{number:04d}"] for number in range(3)]
    assert gradients == ["0.000000 0.000000 0.000000", "0.000000 0.300000 0.400000", "1.000000 0.000000 0.000000"]
    assert [said[f"DWMRI_b-value_{number:04d}"] for number in range(3)] == ["0", "250", "1000"]
    node = sequence.GetNthDataNode(1)
    assert [node.GetAttribute(f"DWMRI_{name}") for name in ("b-value", "gradient", "space")] == [
        "250",
        "0.000000 0.600000 0.800000",
        "left-posterior-superior",
    ]


@pytest.mark.parametrize("weightings", [[(None, None), (500.0, (1.0, 0.0, 0.0))], [(0.0, None), (0.0, None)]])
def test_without_a_weighting_nothing_is_said_of_one(scene, weightings):
    made = [(b, direction or (0.0, 0.0, 0.0)) for b, direction in weightings]
    assert measured(scene, *made).GetAttribute("modality") is None
