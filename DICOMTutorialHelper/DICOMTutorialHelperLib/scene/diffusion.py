"""The b-values and gradient directions of a diffusion sequence, as attributes in the words of NRRD's diffusion files.

Slicer's vtkMRMLDiffusionWeightedVolumeNode reads and writes these keys, one largest b-value and a vector a volume whose length
tells the rest: b = b-value x |gradient|^2. ``DWMRI_space`` says the vectors' frame of reference, which is the patient's as
DICOM counts it, left-posterior-superior, and that of the .seq.nrrd file they are saved with: RAS, in which Slicer's scene
counts, has the first two signs the other way.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import slicer

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.diffusion import b_value, gradient_direction_lps

SPACE = "left-posterior-superior"


def set_diffusion_attributes(sequence: slicer.vtkMRMLSequenceNode, stacks: Sequence[Stack], index_values: Sequence[str]) -> None:
    """Set the attributes on the sequence, and each volume's own on its node; nothing where a volume has no b-value.

    ``DWMRI_b-value_NNNN`` is each volume's b-value in s/mm2 as its header gives it, also of trace images, which have a b-value
    and no direction.
    """
    b_values = [b_value(stack.frames[0]) for stack in stacks]
    if any(value is None for value in b_values) or max(b_values) <= 0:
        return
    largest = max(b_values)
    sequence.SetAttribute("modality", "DWMRI")
    sequence.SetAttribute("DWMRI_b-value", f"{largest:.10g}")
    sequence.SetAttribute("DWMRI_space", SPACE)
    for stack, value, index_value in zip(stacks, b_values, index_values):
        direction = gradient_direction_lps(stack.frames[0]) or (0.0, 0.0, 0.0)
        gradient = _text(np.array(direction) * np.sqrt(value / largest))
        number = sequence.GetItemNumberFromIndexValue(index_value)
        sequence.SetAttribute(f"DWMRI_gradient_{number:04d}", gradient)
        sequence.SetAttribute(f"DWMRI_b-value_{number:04d}", f"{value:.10g}")
        node = sequence.GetNthDataNode(number)
        node.SetAttribute("DWMRI_b-value", f"{value:.10g}")
        node.SetAttribute("DWMRI_gradient", _text(direction))
        node.SetAttribute("DWMRI_space", SPACE)


def _text(vector: Sequence[float]) -> str:
    return " ".join(f"{component + 0.0:.6f}" for component in vector)
