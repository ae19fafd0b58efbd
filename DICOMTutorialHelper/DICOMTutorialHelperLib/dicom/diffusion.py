"""How strongly and along which direction a frame is diffusion-weighted, from whatever elements its maker uses."""

from __future__ import annotations

import re
from typing import Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.instance import Frame

# GE adds it to b-values that an operator typed in.
GE_TYPED_IN = 1_000_000_000

# Some GE sequences keep the b-value and shorten the direction instead: b x |g|^2 is what was applied.
GE_SHORTENED = (0.03, 0.97)

# s/mm2. Philips writes a direction that stands for none (1/sqrt 3 three times) on b 0, and b 0.001, 0.002, ... for its repeats.
LEAST_WEIGHTING = 1.0

# Of sagittal, coronal and axial slices: the sense of GE's x, y and z along the image's row, column and normal.
IMAGE_AXES = ((1, 1, -1), (-1, 1, 1), (-1, -1, 1))

# Canon's classic objects: "b=1500(0.445,0.000,0.895)".
CANON_COMMENT = re.compile(r"b=\s*([\d.]+)\s*\(\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*\)")


def b_value(frame: Frame) -> Optional[float]:
    """The b-value in s/mm2 (PS3.3 C.8.13.5.9), None where nothing says it.

    From DiffusionBValue, else Philips (2001,xx03), Siemens (0019,xx0C) or its CSA header, UIH (0065,xx09), GE (0043,xx39).
    """
    for keyword in ("DiffusionBValue", "PhilipsBValue", "SiemensBValue", "UIHBValue"):
        value = _number(frame.get(keyword))
        if value is not None:
            return value
    value = _number(frame.get("GEBValue"))
    if value is None:
        return None
    value %= GE_TYPED_IN
    shortened = _vector([frame.get(f"GEDiffusionDirection{axis}") for axis in "XYZ"])
    length = 0.0 if shortened is None else float(np.linalg.norm(shortened))
    if value and GE_SHORTENED[0] < length < GE_SHORTENED[1]:
        value = max(5.0, float(int((value * length**2 + 2.5) / 5) * 5))  # in steps of 5, as dcm2niix says it
    return value


def gradient_direction_lps(frame: Frame) -> Optional[tuple[float, float, float]]:
    """Unit vector of the diffusion gradient in patient coordinates (LPS), zeros where none is applied; None where nothing says.

    Patient coordinates are what DiffusionGradientOrientation (PS3.3 C.8.13.5.9), Siemens (0019,xx0E), its CSA header, and
    Philips (2005,xxB0 to B2) hold. GE (0019,xxBB to BD), UIH (0065,xx37) and Canon (ImageComments) give them along the image's
    own axes and are turned by ImageOrientationPatient. The sign of a diffusion direction means nothing; here it is dcm2niix's.
    """
    weighting = b_value(frame)
    if weighting is not None and weighting < LEAST_WEIGHTING:
        return 0.0, 0.0, 0.0
    for keyword in ("DiffusionGradientOrientation", "SiemensDiffusionGradientDirection"):
        found = _vector(frame.get(keyword))
        if found is not None:
            return _unit(found)
    philips = _vector([frame.get(f"PhilipsDiffusionDirection{axis}") for axis in ("RL", "AP", "FH")])
    if philips is not None:
        return _unit(philips)
    if frame.plane is not None:
        row, column = frame.placed.row_lps, frame.placed.column_lps
        normal = np.cross(row, column)
        in_image = _along_image_axes(frame, int(np.argmax(np.abs(normal))))
        if in_image is not None:
            return _unit(in_image[0] * row + in_image[1] * column + in_image[2] * normal)
    matrix = frame.get("SiemensBMatrix")
    if isinstance(matrix, tuple) and len(matrix) == 6:
        return _main_direction(matrix)
    return None


def _along_image_axes(frame: Frame, slice_axis: int) -> Optional[np.ndarray]:
    """Direction along the image's row, its column and across (3,); ``slice_axis`` is the patient's axis nearest to the normal.

    GE and Canon speak of frequency, phase and slice: x and y change places with the phase encoding (0018,1312), and which of
    the three point against the image's axes depends on the slices' orientation. As in dcm2niix (geCorrectBvecs), which says of
    its own rule that only axial slices are well tried.
    """
    uih = _vector(frame.get("UIHDiffusionGradientDirection"))
    if uih is not None:
        return uih
    vector = _vector([frame.get(f"GEDiffusionDirection{axis}") for axis in "XYZ"])
    if vector is None:
        vector = _canon_comment(frame)
    if vector is None:
        return None
    x, y, z = vector
    if str(frame.get("InPlanePhaseEncodingDirection", "COL")).upper().startswith("R"):
        x, y = y, -x
    return np.array([x, y, z]) * IMAGE_AXES[slice_axis]


def _canon_comment(frame: Frame) -> Optional[np.ndarray]:
    found = CANON_COMMENT.search(str(frame.get("ImageComments", "")))
    if not found:
        return None
    x, y, z = (float(text) for text in found.groups()[1:])
    return np.array([y, x, z])


def _main_direction(matrix: tuple[float, ...]) -> tuple[float, float, float]:
    """The direction of the largest eigenvalue of a B matrix given as xx, xy, xz, yy, yz, zz; its sign is not known."""
    xx, xy, xz, yy, yz, zz = matrix
    values, vectors = np.linalg.eigh(np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]], float))
    return _unit(vectors[:, -1]) if values[-1] > 0 else (0.0, 0.0, 0.0)


def _number(value: object) -> Optional[float]:
    if isinstance(value, tuple):
        value = value[0]
    return float(value) if isinstance(value, (int, float)) and np.isfinite(value) and value >= 0 else None


def _vector(value: object) -> Optional[np.ndarray]:
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        return None
    if not all(isinstance(component, (int, float)) for component in value):
        return None
    vector = np.array(value, float)
    return vector if np.isfinite(vector).all() else None


def _unit(vector: np.ndarray) -> tuple[float, float, float]:
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        return 0.0, 0.0, 0.0
    x, y, z = (round(float(component), 6) + 0.0 for component in vector / length)  # slices of one volume must agree
    return x, y, z
