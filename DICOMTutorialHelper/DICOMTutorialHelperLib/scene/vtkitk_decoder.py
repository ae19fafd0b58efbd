"""Pixels of files that pydicom has no decoder for, by the readers that Slicer itself uses: vtkITK with GDCM, then DCMTK."""

from __future__ import annotations

import os

import numpy as np
import slicer
from pydicom import dcmread
from vtkmodules.vtkCommonMisc import vtkErrorCode

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.scene.arrays import array_from_image
from DICOMTutorialHelperLib.scene.vtk_errors import collected_vtk_errors

APPROACHES = ("GDCM", "DCMTK")


def decode(path: object) -> np.ndarray:
    """All frames of a file, modality values applied: (frames, rows, columns) or (frames, rows, columns, samples).

    Rows and columns are in file order. Colours come as RGB. Raises DecodingError where neither reader does it, and for per-frame
    rescaling, of which both apply one frame's to all.
    """
    try:
        header = dcmread(path, stop_before_pixels=True, force=True)
        samples = int(header.get("SamplesPerPixel", 1))
        shape = (int(header.get("NumberOfFrames") or 1), int(header.Rows), int(header.Columns))
        rescalings = _rescalings(header)
    except PARSE_ERRORS as error:
        raise DecodingError(os.path.basename(path), "undecodable", str(error) or type(error).__name__) from error
    wanted = shape + ((samples,) if samples > 1 else ())
    approaches = APPROACHES
    if "PerFrameFunctionalGroupsSequence" in header:
        if len(rescalings) > 1:
            raise DecodingError(os.path.basename(path), "per-frame-rescale")
        # DCMTK's reader does not look for rescale values in functional groups.
        approaches = ("GDCM",)
    reasons = []
    for approach in approaches:
        voxels, reason = _read(os.fspath(path), approach, samples > 1)
        if voxels is not None and voxels.size == np.prod(wanted):
            return voxels.reshape(wanted)
        reasons.append(f"{approach}: {reason or f'{voxels.shape} instead of {wanted}'}")
    raise DecodingError(os.path.basename(path), "undecodable", "; ".join(reasons))


def _rescalings(header) -> set[tuple[float, float]]:
    found = set()
    for group in header.get("PerFrameFunctionalGroupsSequence") or []:
        for item in group.get("PixelValueTransformationSequence", []):
            found.add((float(item.RescaleSlope), float(item.RescaleIntercept)))
    return found


def _read(path: str, approach: str, color: bool):
    """Voxels and None, or None and why there are none."""
    name = "vtkITKArchetypeImageSeriesVectorReaderFile" if color else "vtkITKArchetypeImageSeriesScalarReader"
    reader = vtkitk_class(name)()
    reader.SetArchetype(path)
    reader.AddFileName(path)
    reader.SetSingleFile(0)
    reader.SetOutputScalarTypeToNative()
    reader.SetDesiredCoordinateOrientationToNative()
    reader.SetUseNativeOriginOn()
    getattr(reader, f"SetDICOMImageIOApproachTo{approach}")()
    with collected_vtk_errors(reader) as errors:
        reader.Update()
    image = reader.GetOutput()
    if errors or reader.GetErrorCode() != vtkErrorCode.NoError:
        return None, vtkErrorCode.GetStringFromErrorCode(reader.GetErrorCode()) if not errors else errors[0].splitlines()[-1]
    if image is None or image.GetPointData().GetScalars() is None:
        return None, "no pixels"
    return array_from_image(image).copy(), None


def vtkitk_class(name: str):
    """slicer-core has vtkITK's classes itself; the application has them in a module of their own."""
    if hasattr(slicer, name):
        return getattr(slicer, name)
    import vtkITK

    return getattr(vtkITK, name)
