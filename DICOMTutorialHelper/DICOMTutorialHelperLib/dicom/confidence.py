"""How sure to be of a reading, beside Slicer's other DICOM plugins: who owns an object reads it.

Slicer selects every loadable of a series that has the highest confidence, whatever plugin it is of. So no number here is one
that a known plugin uses, and where another plugin is made for an object, ours stands below that plugin's. What the others
say (the same from 5.0 on in every version that has them):

    scalar volume 0.5, 0.45, 0.2; image sequence 0.7, cine MR 1.05 or 0.85, other MR 0.4; enhanced US 0.8; GE ABUS and data
    bundle 0.9; SEG, parametric map, TID 1500, M3D 0.95 and 0.96; MultiVolumeImporter 1.0 and 0.9; PETDICOM 1.0 to 0.95 and 0.9;
    SlicerRT 1.0; SlicerHeart 0.9, 0.8, 0.4; SlicerDMRI 0.6; SlicerDcm2nii 0.45 and 0.3
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    MRImageStorage,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    NuclearMedicineImageStorage,
    OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage,
    OphthalmicTomographyImageStorage,
    ParametricMapStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    XRay3DAngiographicImageStorage,
    XRay3DCraniofacialImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, Candidate
from DICOMTutorialHelperLib.dicom.geometry import slice_normal_lps
from DICOMTutorialHelperLib.dicom.series_checks import CROSS_SECTIONS

CONFIDENCE_SEQUENCE = 1.1
CONFIDENCE_VOLUME = 0.6
# SlicerDMRI says 0.6 of every MR series that holds one of its makers' private elements, diffusion or not.
CONFIDENCE_MR_VOLUME = 0.62
# Cine loops of ultrasound and X-rays: the image sequence reader (0.7) is made for them.
CONFIDENCE_CINE = 0.65
# Below every plugin that makes one object of several volumes, and above the scalar volume reader's one wrong volume.
CONFIDENCE_BELOW_SEQUENCE_OWNERS = 0.88
CONFIDENCE_BELOW_OWNER = 0.55
# Below what the scalar volume reader says, even of objects that it hardly knows.
CONFIDENCE_BELOW_SCALAR_VOLUME = 0.15
WITH_ERROR = 0.42
ALTERNATIVE = 0.32
EXCLUDED = 0.25

MR_IMAGE = MRImageStorage
PARAMETRIC_MAP = ParametricMapStorage
SECONDARY_CAPTURE = SecondaryCaptureImageStorage  # and its multi-frame kin, .7.1 to .7.4

# One volume each, which the scalar volume reader makes of them.
SCALAR_VOLUMES = {
    NuclearMedicineImageStorage,  # Nuclear Medicine
    XRay3DAngiographicImageStorage,  # X-Ray 3D Angiographic
    XRay3DCraniofacialImageStorage,  # X-Ray 3D Craniofacial
    BreastTomosynthesisImageStorage,  # Breast Tomosynthesis
    OphthalmicTomographyImageStorage,  # Ophthalmic Tomography
    OphthalmicOpticalCoherenceTomographyBscanVolumeAnalysisStorage,
}

# What the image sequence reader takes.
IMAGE_SEQUENCES = {
    XRayAngiographicImageStorage,  # X-Ray Angiographic
    XRayRadiofluoroscopicImageStorage,  # X-Ray Radiofluoroscopic
    UltrasoundMultiFrameImageStorage,  # Ultrasound Multi-frame
    UltrasoundImageStorage,  # Ultrasound
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,  # Multi-frame Grayscale Byte Secondary Capture
}


def rate(candidates: Sequence[Candidate], excluded: Sequence[bool]) -> None:
    """Give a series' candidates confidence and selection.

    The parts of the best reading share the highest confidence, so that Slicer loads them all; what is excluded stays below.
    """
    reading = [candidate for candidate, aside in zip(candidates, excluded) if not aside]
    best = _confidence(reading or candidates)
    for candidate, aside in zip(candidates, excluded):
        candidate.selected = not aside
        candidate.confidence = min(best, WITH_ERROR) if candidate.has_error else best
        if aside:
            candidate.confidence = below(best, EXCLUDED)


def below(best: float, usual: float) -> float:
    """The confidence of what is no best reading: the usual, or less where the best one is low itself."""
    return usual if usual < best else best / 2


def _confidence(reading: Sequence[Candidate]) -> float:
    first = reading[0].first_frame
    sop_class, modality = str(first.get("SOPClassUID", "")), first.get("Modality")
    is_sequence = any(candidate.kind == SEQUENCE for candidate in reading)
    if sop_class in SCALAR_VOLUMES or (is_secondary_capture(sop_class) and not _is_placed(reading)):
        if is_sequence and sop_class in IMAGE_SEQUENCES:
            return CONFIDENCE_CINE
        return CONFIDENCE_BELOW_SCALAR_VOLUME
    if sop_class == PARAMETRIC_MAP:
        return CONFIDENCE_BELOW_OWNER
    if not is_sequence:
        return CONFIDENCE_MR_VOLUME if modality == "MR" else CONFIDENCE_VOLUME
    if modality == "PT" or _is_rotational_cine(reading):
        return CONFIDENCE_BELOW_SEQUENCE_OWNERS
    if modality in CROSS_SECTIONS:
        return CONFIDENCE_SEQUENCE
    return CONFIDENCE_CINE if sop_class in IMAGE_SEQUENCES or _is_placed(reading) else CONFIDENCE_BELOW_SCALAR_VOLUME


def is_secondary_capture(sop_class: str) -> bool:
    """Whether a SOP class is Secondary Capture or one of its multi-frame kinds (PS3.4 B.5), whose UIDs begin with it."""
    return sop_class == SECONDARY_CAPTURE or sop_class.startswith(f"{SECONDARY_CAPTURE}.")


def _is_placed(reading: Sequence[Candidate]) -> bool:
    return not any(finding.code == "missing-geometry" for candidate in reading for finding in candidate.findings)


def _is_rotational_cine(reading: Sequence[Candidate]) -> bool:
    """Cine loops of single slices in several orientations, each over the heart beat: Slicer's core takes them as one sequence,
    which SlicerHeart then reconstructs. Its condition is more than three trigger times and more than one orientation.
    """
    if len(reading) < 2 or any(len(stack.slices) != 1 for candidate in reading for stack in candidate.stacks):
        return False
    frames = [frame for candidate in reading for stack in candidate.stacks for frame in stack.frames]
    if any(frame.get("SOPClassUID") != MR_IMAGE for frame in frames):
        return False
    normals = [slice_normal_lps(candidate.first_frame) for candidate in reading]
    turned = any(abs(np.dot(normals[0], normal)) < 0.9999 for normal in normals[1:])
    return turned and len({frame.get("TriggerTime") for frame in frames}) > 3
