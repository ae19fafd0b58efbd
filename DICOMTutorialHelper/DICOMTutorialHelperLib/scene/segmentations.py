"""A segmentation as a DICOM SEG object (PS3.3 A.51), written by highdicom on the images that it was drawn on."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, Optional

import numpy as np
import slicer
import vtk
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.dicom.derived_headers import MAKER
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
from DICOMTutorialHelperLib.scene.arrays import array_from_image, numpy_matrix

BINARY_LABELMAP = "Binary labelmap"
TERMINOLOGY = "TerminologyEntry"
TISSUE = ("85756007", "SCT", "Tissue")
SAME_GRID_MM = 0.01


def segmentation_object(
    node: slicer.vtkMRMLSegmentationNode, name: str, header_of: Callable[[str], Optional[Dataset]]
) -> Dataset:
    """The SEG object, binary, with one segment for each that holds something.

    Raises ExportError where highdicom is not installed, the source images are not at hand, or the segments do not lie on the
    voxels of the volume that they were drawn on.
    """
    try:
        import highdicom
    except ImportError as error:
        raise ExportError("needs-highdicom", name=name) from error
    volume = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
    if volume is None or volume.GetImageData() is None:
        raise ExportError("no-reference", name=name)
    images: list[Any] = [header_of(uid) for uid in (volume.GetAttribute("DICOM.instanceUIDs") or "").split()]
    shape = array_from_image(volume.GetImageData()).shape[:3]
    if not images or len(images) != shape[0] or any(image is None for image in images):
        raise ExportError("needs-sources", name=name)
    descriptions, masks = [], []
    segmentation = node.GetSegmentation()
    for place in range(segmentation.GetNumberOfSegments()):
        segment = segmentation.GetNthSegment(place)
        mask = _mask(segment, volume, shape, name)
        if mask.any():
            masks.append(mask)
            descriptions.append(_description(highdicom, segment, len(masks)))
    if not masks:
        raise ExportError("empty", name=name)
    identity = _identity(images, masks, name)
    for image in images:
        if not image.get("SliceThickness"):
            image.SliceThickness = float(volume.GetSpacing()[2])
    try:
        written = highdicom.seg.Segmentation(
            source_images=images,
            pixel_array=np.stack(masks, axis=-1).astype(np.uint8),
            segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
            segment_descriptions=descriptions,
            series_instance_uid=_uid(identity, "series"),
            series_number=int(images[0].get("SeriesNumber") or 0) + 1000,
            sop_instance_uid=_uid(identity, "instance"),
            instance_number=1,
            manufacturer=MAKER,
            manufacturer_model_name=MAKER,
            software_versions=__version__,
            device_serial_number="0",
            transfer_syntax_uid=ExplicitVRLittleEndian,
            omit_empty_frames=True,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # what highdicom says of headers that lack something
        raise ExportError("highdicom-failed", error, name=name) from error
    written.SeriesDescription = name[:64]
    return written


def _mask(segment: Any, volume: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """The segment's voxels on the grid of the volume, (k, j, i) of bool."""
    mask = np.zeros(shape, bool)
    labelmap = segment.GetRepresentation(BINARY_LABELMAP)
    if labelmap is None:
        raise ExportError("no-labelmap", name=name, segment=segment.GetName())
    extent = labelmap.GetExtent()
    if extent[1] < extent[0] or extent[3] < extent[2] or extent[5] < extent[4]:
        return mask
    own, grid = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
    labelmap.GetImageToWorldMatrix(own)
    volume.GetIJKToRASMatrix(grid)
    offset = np.linalg.inv(numpy_matrix(grid)) @ numpy_matrix(own)
    start = np.rint(offset[:3, 3])
    # The same axes and voxel sizes, shifted by whole voxels: how Segment Editor draws on a volume.
    corners = np.array([[extent[x], extent[2 + y], extent[4 + z], 1] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    there = (numpy_matrix(own) @ corners.T)[:3]
    expected = (numpy_matrix(grid) @ (corners + np.append(start, 0)).T)[:3]
    if np.abs(there - expected).max() > SAME_GRID_MM:
        raise ExportError("other-grid", name=name, segment=segment.GetName())
    voxels = array_from_image(labelmap) == segment.GetLabelValue()
    places = np.argwhere(voxels) + (np.array(extent[4::-2]) + start[::-1]).astype(int)
    places = places[((places >= 0) & (places < shape)).all(axis=1)]  # what was drawn beside the volume has no image
    mask[tuple(places.T)] = True
    return mask


def _description(highdicom: Any, segment: Any, number: int) -> Any:
    category, kind = _terminology(segment)
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.GetName()[:64],
        segmented_property_category=highdicom.sr.CodedConcept(*category),
        segmented_property_type=highdicom.sr.CodedConcept(*kind),
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


def _terminology(segment: Any) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Category and type: Slicer has "context~SCT^123037004^Body structure~SCT^10200004^Liver~...". Tissue where it has none."""
    text = vtk.reference("")
    parts = str(text).split("~") if segment.GetTag(TERMINOLOGY, text) else []
    codes = []
    for part in parts[1:3]:
        scheme, _, rest = part.partition("^")
        value, _, meaning = rest.partition("^")
        codes.append((value, scheme, meaning.strip("^") or value))
    known = len(codes) == 2 and all(value and scheme for value, scheme, _ in codes)
    return (codes[0], codes[1]) if known else (TISSUE, TISSUE)


def _identity(images: list[Any], masks: list[np.ndarray], name: str) -> str:
    digest = hashlib.sha256(name.encode())
    for image in images:
        digest.update(str(image.SOPInstanceUID).encode())
    for mask in masks:
        digest.update(np.packbits(mask).tobytes())
    return digest.hexdigest()


def _uid(*parts: str) -> str:
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join((MAKER, 'segmentation', *parts))).int}"
