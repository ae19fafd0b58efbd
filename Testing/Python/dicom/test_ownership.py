"""Who owns an object reads it: every row as a small object, examined, beside what Slicer's other plugins say of it.

The others' confidences are recorded from their sources (Slicer 5.0.3 to 5.13 and the extensions' main branches).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Optional

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import AXIAL, CT, MR, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.dicom import confidence
from DICOMTutorialHelperLib.dicom.examine import examine_paths

PET = "1.2.840.10008.5.1.4.1.1.128"
NM = "1.2.840.10008.5.1.4.1.1.20"
XA = "1.2.840.10008.5.1.4.1.1.12.1"
US_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"
ENHANCED_US = "1.2.840.10008.5.1.4.1.1.6.2"
CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
OPT = "1.2.840.10008.5.1.4.1.1.77.1.5.4"
PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30"
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"

# Every number that a known plugin gives.
OTHERS_NUMBERS = {0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.96, 1.0, 1.05}

IMPORTER = {"MultiVolumeImporter": 1.0, "MultiVolumeImporter, temporal position": 0.9}
DMRI = {"SlicerDMRI": 0.6}
PETDICOM = {"PETDICOM, SUV": 1.0, "PETDICOM, SUV without weight": 0.95, "PETDICOM, real-world value map": 0.9}
SCALAR = {"scalar volume": 0.5, "scalar volume, in parts": 0.45, "SlicerDcm2nii": 0.45}


class Row(NamedTuple):
    """How the object is made, what the other plugins say of it, and whose it is (None: ours)."""

    make: Callable[[Path], None]
    others: dict[str, float]
    owner: Optional[str] = None


def volume(sop_class=CT, private=(), **header):
    def make(folder):
        for k, position in enumerate(axial_positions(4)):
            dataset = slice_dataset(
                k, sop_class, ImagePositionPatient=list(position), ImageOrientationPatient=list(AXIAL), **header
            )
            for group, creator, element, vr, value in private:
                dataset.private_block(group, creator, create=True).add_new(element, vr, value)
            write(dataset, folder / f"{k}.dcm")

    return make


def several(headers, sop_class=MR, count=4, **header):
    def make(folder):
        for n, own in enumerate(headers):
            write_series(folder, axial_positions(count), headers=[own] * count, first=n * count, sop_class=sop_class, **header)

    return make


def rotational_cine(folder):
    number = 0
    for angle in np.radians(range(0, 180, 18)):
        plane = [float(np.cos(angle)), float(np.sin(angle)), 0.0, 0.0, 0.0, -1.0]
        for phase in range(12):
            position = [-20.0 * plane[0], -20.0 * plane[1], 20.0]
            header = {"ImagePositionPatient": position, "ImageOrientationPatient": plane, "TriggerTime": 60.0 * phase}
            write(slice_dataset(number, MR, **header), folder / f"{number}.dcm")
            number += 1


def multi_frame(sop_class, modality, frames=6, per_frame=None, **header):
    def make(folder):
        pixels = np.random.default_rng(0).integers(0, 200, (frames, 5, 4)).astype("<u2").tobytes()
        dataset = slice_dataset(0, sop_class, Modality=modality, NumberOfFrames=frames, PixelData=pixels, **header)
        if per_frame:
            dataset.PerFrameFunctionalGroupsSequence = Sequence([per_frame(n) for n in range(frames)])
        write(dataset, folder / "one.dcm")

    return make


def captures(folder, modality="OT", count=20):
    for n in range(count):
        header = {"Modality": modality, "PixelSpacing": None, "ImageOrientationPatient": None, "FrameOfReferenceUID": None}
        write(slice_dataset(n, CAPTURE, **header), folder / f"{n}.dcm")


def map_frame(n):
    """Two maps of three slices each."""
    group, position, orientation, measures, mapping = Dataset(), Dataset(), Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = [0.0, 0.0, 2.5 * (n % 3)]
    orientation.ImageOrientationPatient = list(AXIAL)
    measures.PixelSpacing, measures.SliceThickness = [0.8, 0.7], 2.5
    mapping.LUTLabel, mapping.RealWorldValueSlope = f"map {n // 3}", 1.0
    content = Dataset()
    content.StackID, content.TemporalPositionIndex = "1", n // 3 + 1
    group.PlanePositionSequence, group.PlaneOrientationSequence = [position], [orientation]
    group.PixelMeasuresSequence, group.RealWorldValueMappingSequence = [measures], [mapping]
    group.FrameContentSequence = [content]
    return group


def recon_tomo():
    item = Dataset()
    item.ImagePositionPatient, item.ImageOrientationPatient = [-10.0, -20.0, 30.0], [float(value) for value in AXIAL]
    header = {"ImageType": ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"], "SpacingBetweenSlices": 4.0}
    return multi_frame(NM, "NM", DetectorInformationSequence=[item], SliceVector=list(range(1, 7)), **header)


DYNAMIC = [{"TriggerTime": 60.0 * n} for n in range(5)]
ROWS = {
    "CT volume": Row(volume(), SCALAR),
    "MR volume": Row(volume(MR), {**SCALAR, "image sequence, other MR": 0.4}),
    "MR volume with GE's b-value": Row(volume(MR, [(0x43, "GEMS_PARM_01", 0x39, "IS", [0, 8, 0, 0])]), {**SCALAR, **DMRI}),
    "MR volume with Philips' b-value": Row(volume(MR, [(0x2001, "Philips Imaging DD 001", 3, "FL", 0.0)]), {**SCALAR, **DMRI}),
    "MR volume with Siemens' b-value": Row(volume(MR, [(0x19, "SIEMENS MR HEADER", 0x0C, "IS", 0)]), {**SCALAR, **DMRI}),
    "MR volume with another maker's elements": Row(volume(MR, [(0x19, "ACME", 0x0C, "IS", 0)]), {**SCALAR, **DMRI}),
    "4D MR": Row(several(DYNAMIC), {**SCALAR, **IMPORTER, "image sequence, cine MR": 0.85}),
    "4D CT": Row(several([{"AcquisitionTime": f"1000{n:02d}"} for n in range(3)], CT), {**SCALAR, **IMPORTER}),
    "diffusion": Row(several([{"DiffusionBValue": b} for b in (0.0, 500.0)]), {**SCALAR, **IMPORTER, **DMRI}),
    "cine MR of one slice": Row(several(DYNAMIC, count=1), {**SCALAR, **IMPORTER, "image sequence, cine MR": 0.85}),
    "rotational cine MR": Row(rotational_cine, {**SCALAR, "image sequence, rotational": 1.05}, "image sequence, rotational"),
    "PET": Row(volume(PET, Modality="PT"), {**SCALAR, **PETDICOM}, "PETDICOM, real-world value map"),
    "dynamic PET": Row(
        several([{"AcquisitionTime": f"1000{n:02d}", "FrameReferenceTime": 1000.0 * n} for n in range(3)], PET, Modality="PT"),
        {**SCALAR, **PETDICOM},
        "PETDICOM, real-world value map",
    ),
    "NM RECON TOMO": Row(recon_tomo(), SCALAR, "scalar volume"),
    "tomosynthesis without positions": Row(multi_frame(TOMOSYNTHESIS, "MG", PixelSpacing=None), SCALAR, "scalar volume"),
    "OPT without positions": Row(multi_frame(OPT, "OPT"), SCALAR, "scalar volume"),
    "multi-frame words of a capture": Row(multi_frame(f"{CAPTURE}.3", "OT", PixelSpacing=None), SCALAR, "scalar volume"),
    "parametric map of two maps": Row(
        multi_frame(PARAMETRIC_MAP, "MR", per_frame=map_frame), {**SCALAR, "parametric map": 0.95}, "parametric map"
    ),
    "series of secondary captures": Row(captures, SCALAR, "scalar volume"),
    "captures of an ultrasound device": Row(
        lambda folder: captures(folder, "US", 3), {**SCALAR, "image sequence": 0.7}, "image sequence"
    ),
    "angiography": Row(multi_frame(XA, "XA", FrameTime=66.0), {**SCALAR, "image sequence": 0.7}, "image sequence"),
    "ultrasound film": Row(
        multi_frame(US_MULTI_FRAME, "US", FrameTime=33.0), {**SCALAR, "image sequence": 0.7}, "image sequence"
    ),
    "ABUS": Row(multi_frame(US_MULTI_FRAME, "US"), {**SCALAR, "image sequence": 0.7, "GE ABUS": 0.9}, "GE ABUS"),
    "enhanced ultrasound volume": Row(multi_frame(ENHANCED_US, "US"), {**SCALAR, "enhanced US": 0.8}, "enhanced US"),
    "scene in a secondary capture": Row(lambda folder: captures(folder, count=1), {**SCALAR, "data bundle": 0.9}, "data bundle"),
    "segmentation": Row(multi_frame(SEGMENTATION, "SEG"), {"segmentation": 0.95}, "segmentation"),
    "dose": Row(multi_frame(DOSE, "RTDOSE"), {"SlicerRT": 1.0}, "SlicerRT"),
    "whole slide": Row(multi_frame(WHOLE_SLIDE, "SM"), {"scalar volume": 0.5}, "scalar volume"),
}


def offered(folder):
    return [candidate for series in examine_paths([folder]).series for candidate in series.candidates]


@pytest.mark.parametrize("name", ROWS)
def test_the_rightful_reader_wins_and_ties_with_nobody(tmp_path, name):
    row = ROWS[name]
    row.make(tmp_path)
    candidates = offered(tmp_path)
    mine = max((candidate.confidence for candidate in candidates), default=0.0)
    if row.owner is None:
        assert mine > max(row.others.values())
        assert all(candidate.confidence == mine for candidate in candidates if candidate.selected)
    else:
        assert mine < row.others[row.owner]
    assert not {candidate.confidence for candidate in candidates} & (OTHERS_NUMBERS - {0.6})
    assert mine not in row.others.values()


def test_no_confidence_is_another_plugins_but_the_one_that_never_meets_it():
    """SlicerDMRI's 0.6 is for MR alone, where volumes say 0.62."""
    own = {value for name, value in vars(confidence).items() if isinstance(value, float)}
    assert len(own) >= 9
    assert own & OTHERS_NUMBERS == {confidence.CONFIDENCE_VOLUME}


def test_secondary_captures_are_one_item_to_leaf_through(tmp_path):
    captures(tmp_path)
    (candidate,) = [candidate for candidate in offered(tmp_path) if candidate.selected]
    assert (len(candidate.stacks), candidate.index.name, candidate.index.values[:3]) == (20, "InstanceNumber", [1, 2, 3])


def test_orientations_that_hold_several_slices_are_no_rotational_cine(tmp_path):
    """Two stacks with phases of their own are two sequences, which nobody else reads as such."""
    number = 0
    for plane, step in (((1.0, 0, 0, 0, 1, 0), (0, 0, 5.0)), ((1.0, 0, 0, 0, 0, -1), (0, 5.0, 0))):
        for phase in range(5):
            for k in range(3):
                header = {"ImagePositionPatient": [k * part for part in step], "ImageOrientationPatient": list(plane)}
                write(slice_dataset(number, MR, TriggerTime=60.0 * phase, **header), tmp_path / f"{number}.dcm")
                number += 1
    selected = [candidate for candidate in offered(tmp_path) if candidate.selected]
    assert [(len(candidate.stacks), candidate.confidence) for candidate in selected] == [(5, 1.1), (5, 1.1)]
