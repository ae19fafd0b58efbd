"""Frames as reading a header gives them, without a file: for tests of what examination makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME, Candidate, Stack
from DICOMTutorialHelperLib.dicom.findings import INFO, Finding
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane, Instance

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


def made_instance(name: str = "1.dcm", **values: Any) -> Instance:
    """An instance of 4 columns and 3 rows of 16 bits, with these header values over the usual ones."""
    usual = {
        "Rows": 3, "Columns": 4, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16,
        "BitsStored": 12, "HighBit": 11, "PixelRepresentation": 0,
    }  # fmt: skip
    return Instance(Path(name), {**usual, **values}, "1.2.840.10008.1.2.1", "PixelData", 0, 24, 24)


def made_frame(
    position: Optional[tuple[float, float, float]] = (0.0, 0.0, 0.0),
    orientation: tuple[float, ...] = AXIAL,
    spacing: Optional[tuple[float, float]] = (1.0, 1.0),
    name: str = "1.dcm",
    **values: Any,
) -> Frame:
    """The only frame of an instance of its own; ``position`` None is one that lies nowhere."""
    instance = made_instance(name, **values)
    plane = None
    if position is not None:
        directions = np.array(orientation, float)
        plane = ImagePlane(np.array(position, float), directions[:3], directions[3:], spacing or (1.0, 1.0))
    frame = Frame(instance, 0, instance.values["Rows"], instance.values["Columns"], {}, plane, spacing)
    instance.frames.append(frame)
    return frame


def made_frames_of_one(count: int, name: str = "1.dcm", **values: Any) -> list[Frame]:
    """The frames of one multi-frame instance, which lie nowhere."""
    instance = made_instance(name, NumberOfFrames=count, **values)
    instance.frames.extend(
        Frame(instance, number, instance.values["Rows"], instance.values["Columns"]) for number in range(count)
    )
    return instance.frames


def made_candidate(
    sop_class: str,
    modality: str = "OT",
    stacks: int = 1,
    slices: int = 2,
    kind: Optional[str] = None,
    orientation: tuple[float, ...] = AXIAL,
    placed: bool = True,
    **values: Any,
) -> Candidate:
    """A candidate of so many stacks of slices a millimetre apart, ten milliseconds between the stacks."""
    normal = np.cross(orientation[:3], orientation[3:])
    made = [
        Stack(
            [
                made_frame(
                    tuple(k * normal), orientation, SOPClassUID=sop_class, Modality=modality, TriggerTime=10.0 * n, **values
                )
                for k in range(slices)
            ],
            None,
        )
        for n in range(stacks)
    ]
    findings = [] if placed else [Finding("missing-geometry", INFO, {})]
    return Candidate(kind or (VOLUME if stacks == 1 else SEQUENCE), "name", made, findings=findings)


def made_stack(count: int = 2, name: str = "a", **values: Any) -> Stack:
    """A stack of axial slices 2 mm apart, on its grid."""
    frames = [made_frame((0, 0, 2.0 * k), name=f"{name}{k}.dcm", **values) for k in range(count)]
    return Stack(frames, fit_grid(frames))
