"""A SEG object (PS3.3 A.51) as a segmentation in the scene, over the volume that it was made on.

Read with pydicom alone: Slicer reads them itself from 5.12 on, with highdicom; the guide shows one in every Slicer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import numpy as np
import slicer
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import SegmentationStorage

from DICOMTutorialHelperLib.plain_text import one_line
from DICOMTutorialHelperLib.scene.arrays import allocate_image, array_from_image, numpy_matrix, vtk_matrix
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.segmentations import BINARY_LABELMAP, TERMINOLOGY

SEGMENTATION_CLASS = "vtkMRMLSegmentationNode"
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
COLORS = ((0.95, 0.35, 0.25), (0.25, 0.65, 0.95), (0.95, 0.8, 0.25), (0.4, 0.8, 0.4))
UNEVEN = 0.1  # of the distance between slices: frames that lie further off the grid have no labelmap of their own
# What damaged or unusual objects raise: elements that are not there or of another kind, pixels that do not fit their header.
NOT_READABLE = (
    InvalidDicomError,
    OSError,
    EOFError,
    AttributeError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    NotImplementedError,
)


def load_segmentation(file: Path, scene: slicer.vtkMRMLScene, volume: Optional[slicer.vtkMRMLVolumeNode]) -> Any:
    """The new vtkMRMLSegmentationNode, each segment a binary labelmap where its frames lie. Raises LoadError.

    BINARY and FRACTIONAL objects on a grid of one orientation; of fractional ones, what is at least half in counts.
    """
    try:
        ds = dcmread(file)
        if ds.SOPClassUID != SegmentationStorage:
            raise ValueError(f"SOP class {ds.SOPClassUID}")
        segments = [(item, *_labelmap(ds, int(item.SegmentNumber))) for item in ds.SegmentSequence]
    except NOT_READABLE as error:
        raise LoadError.of(Path(file).name, error) from error
    node = scene.AddNewNodeByClass(SEGMENTATION_CLASS, one_line(str(ds.get("SeriesDescription", "")))[:64] or "SEG")
    node.SetAttribute("DICOM.instanceUIDs", one_line(str(ds.SOPInstanceUID)))
    if volume is not None:
        node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    node.CreateDefaultDisplayNodes()
    for place, (item, mask, image_to_ras) in enumerate(segments):
        node.GetSegmentation().AddSegment(_segment(item, mask, image_to_ras, COLORS[place % len(COLORS)]))
    _add_to_study(scene, node, ds)
    return node


def segmentations_in(scene: slicer.vtkMRMLScene) -> list[Any]:
    """The segmentation nodes of a scene that have segments, in the order they came."""
    nodes = scene.GetNodesByClass(SEGMENTATION_CLASS)
    nodes.UnRegister(None)
    listed = [nodes.GetItemAsObject(place) for place in range(nodes.GetNumberOfItems())]
    return [node for node in listed if node.GetSegmentation().GetNumberOfSegments()]


def segment_names(node: Any) -> tuple[str, ...]:
    """The names of a segmentation node's segments, in their order."""
    segmentation = node.GetSegmentation()
    return tuple(segmentation.GetNthSegment(place).GetName() for place in range(segmentation.GetNumberOfSegments()))


def labelmaps_of(node: Any) -> Iterator[tuple[np.ndarray, np.ndarray, tuple[float, float, float]]]:
    """Of each segment that has a binary labelmap: its voxels (k, j, i) of bool, IJK to RAS (4, 4), its color."""
    segmentation = node.GetSegmentation()
    for place in range(segmentation.GetNumberOfSegments()):
        segment = segmentation.GetNthSegment(place)
        labelmap = segment.GetRepresentation(BINARY_LABELMAP)
        if labelmap is None or labelmap.GetPointData().GetScalars() is None:
            continue
        matrix = vtk_matrix(np.eye(4))
        labelmap.GetImageToWorldMatrix(matrix)
        shift = np.eye(4)
        shift[:3, 3] = labelmap.GetExtent()[::2]
        yield array_from_image(labelmap) == segment.GetLabelValue(), numpy_matrix(matrix) @ shift, segment.GetColor()


def center_ras(node: Any) -> Optional[tuple[float, float, float]]:
    """The middle of all voxels that are marked (RAS mm); None where none is."""
    places = [np.zeros((0, 3))]
    for mask, image_to_ras, _ in labelmaps_of(node):
        places.append(np.argwhere(mask)[:, ::-1] @ image_to_ras[:3, :3].T + image_to_ras[:3, 3])
    marked = np.concatenate(places)
    if not len(marked):
        return None
    x, y, z = marked.mean(axis=0)
    return float(x), float(y), float(z)


def _labelmap(ds: Dataset, number: int) -> tuple[np.ndarray, np.ndarray]:
    """The voxels of a segment (k, j, i), and IJK to RAS: frames are placed by their positions (PS3.3 C.7.6.16)."""
    shared, frames = ds.SharedFunctionalGroupsSequence[0], ds.PerFrameFunctionalGroupsSequence

    def group(frame: int, sequence: str) -> Dataset:
        return (frames[frame].get(sequence) or shared[sequence].value)[0]

    numbers = [int(group(frame, "SegmentIdentificationSequence").ReferencedSegmentNumber) for frame in range(len(frames))]
    own = [frame for frame, of in enumerate(numbers) if of == number]
    rows, columns = int(ds.Rows), int(ds.Columns)
    if not own:
        return np.zeros((1, rows, columns), np.uint8), np.eye(4)
    orientations = np.array([group(frame, "PlaneOrientationSequence").ImageOrientationPatient for frame in own], float)
    if (orientations != orientations[0]).any():
        raise ValueError("frames of several orientations")
    axes = orientations[0].reshape(2, 3)
    measures = group(own[0], "PixelMeasuresSequence")
    normal = np.cross(*axes)
    positions = np.array([group(frame, "PlanePositionSequence").ImagePositionPatient for frame in own], float)
    heights = positions @ normal
    steps = np.diff(np.unique(np.round(heights, 3)))
    step = float(steps.min()) if len(steps) else float(measures.get("SpacingBetweenSlices") or measures.SliceThickness)
    places = np.rint((heights - heights.min()) / step).astype(int)
    expected = positions[heights.argmin()] + np.outer(places * step, normal)
    if np.abs(positions - expected).max() > UNEVEN * step:
        raise ValueError("frames that lie on no grid")
    pixels = np.reshape(ds.pixel_array, (-1, rows, columns))
    least = {"BINARY": 1, "FRACTIONAL": (int(ds.get("MaximumFractionalValue", 1)) + 1) // 2}[str(ds.SegmentationType)]
    mask = np.zeros((places.max() + 1, rows, columns), np.uint8)
    for frame, place in zip(own, places):
        mask[place] |= pixels[frame] >= least
    spacing = [float(value) for value in measures.PixelSpacing]  # between rows first
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = axes[0] * spacing[1], axes[1] * spacing[0], normal * step
    matrix[:3, 3] = positions[heights.argmin()]
    return mask, LPS_TO_RAS @ matrix


def _segment(item: Dataset, mask: np.ndarray, image_to_ras: np.ndarray, color: tuple[float, float, float]) -> Any:
    image, voxels = allocate_image(mask.shape, mask.dtype)
    voxels[:] = mask
    labelmap = slicer.vtkOrientedImageData()
    labelmap.ShallowCopy(image)
    labelmap.SetImageToWorldMatrix(vtk_matrix(image_to_ras))
    segment = slicer.vtkSegment()
    segment.SetName(one_line(str(item.get("SegmentLabel", "") or item.SegmentNumber)))
    segment.SetColor(*color)
    segment.SetTag(TERMINOLOGY, _terminology(item))
    segment.AddRepresentation(BINARY_LABELMAP, labelmap)
    return segment


def _terminology(item: Dataset) -> str:
    """As Slicer keeps it: category, type and modifier, then the region and its modifier, each scheme^value^meaning."""

    def coded(keyword: str) -> str:
        codes = item.get(keyword) or [Dataset()]
        words = (codes[0].get(name, "") for name in ("CodingSchemeDesignator", "CodeValue", "CodeMeaning"))
        return "^".join(one_line(str(word)).replace("~", " ").replace("^", " ") for word in words)

    category, kind = coded("SegmentedPropertyCategoryCodeSequence"), coded("SegmentedPropertyTypeCodeSequence")
    return f"Segmentation category and type~{category}~{kind}~^^~Anatomic codes~{coded('AnatomicRegionSequence')}~^^"


def _add_to_study(scene: slicer.vtkMRMLScene, node: Any, ds: Dataset) -> None:
    """Under the study that it belongs to, where that is in the subject hierarchy."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    names = slicer.vtkMRMLSubjectHierarchyConstants
    item = hierarchy.GetItemByDataNode(node) or hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
    hierarchy.SetItemUID(item, names.GetDICOMUIDName(), one_line(str(ds.SeriesInstanceUID)))
    hierarchy.SetItemUID(item, names.GetDICOMInstanceUIDName(), one_line(str(ds.SOPInstanceUID)))
    study = hierarchy.GetItemByUID(names.GetDICOMUIDName(), one_line(str(ds.get("StudyInstanceUID", ""))))
    if study:
        hierarchy.SetItemParent(item, study)
