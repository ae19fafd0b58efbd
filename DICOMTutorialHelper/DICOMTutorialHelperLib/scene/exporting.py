"""What a scene holds as volumes to write: voxels, places through all transforms, sources, patient and study."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
import slicer
import vtk
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.derived_headers import SOP_CLASSES
from DICOMTutorialHelperLib.dicom.derived_series import derived_images, write_image
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError, SeriesToWrite, SourceImage, VolumeToWrite
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.arrays import array_from_image, numpy_matrix
from DICOMTutorialHelperLib.scene.index_elements import index_elements
from DICOMTutorialHelperLib.scene.segmentations import segmentation_object
from DICOMTutorialHelperLib.scene.transforms import to_world

# Gives the header (without pixels) of an instance by its UID, None where its file is not at hand.
HeaderOf = Callable[[str], Optional[Dataset]]
RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
NUMBER_BEFORE = re.compile(r"^\d+: ")  # how nodes are named, by Slicer's plugin and by ours: "301: T2W_TSE"
NAMELESS = "No name"  # what the subject hierarchy calls a patient whose header has no name


@dataclass(frozen=True, eq=False)
class ExportableNode:
    """A volume, a segmentation, or a sequence, whose ``proxy`` is the volume that its browser shows."""

    name: str
    node: slicer.vtkMRMLNode
    item: int  # of the subject hierarchy, 0 for none
    proxy: Optional[slicer.vtkMRMLNode] = None


def exportable_nodes(scene: slicer.vtkMRMLScene) -> list[ExportableNode]:
    """The volumes, volume sequences and segmentations of a scene; a sequence's proxy stands for the sequence."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    of_proxy = {}
    for browser in nodes_of(scene, "vtkMRMLSequenceBrowserNode"):
        sequence = browser.GetMasterSequenceNode()
        proxy = browser.GetProxyNode(sequence) if sequence is not None else None
        if proxy is not None and proxy.IsA("vtkMRMLScalarVolumeNode"):
            of_proxy[proxy.GetID()] = sequence
    found = []
    for volume in nodes_of(scene, "vtkMRMLScalarVolumeNode"):
        if volume.GetHideFromEditors() or volume.IsA("vtkMRMLLabelMapVolumeNode"):
            continue
        node = of_proxy.get(volume.GetID(), volume)
        proxy = None if node is volume else volume
        found.append(ExportableNode(volume.GetName(), node, hierarchy.GetItemByDataNode(volume), proxy))
    for segmentation in nodes_of(scene, "vtkMRMLSegmentationNode"):
        found.append(ExportableNode(segmentation.GetName(), segmentation, hierarchy.GetItemByDataNode(segmentation)))
    return found


def _write_segmentation(exportable: ExportableNode, header_of: HeaderOf, folder: Path) -> WrittenSeries:
    written = segmentation_object(exportable.node, exportable.name, header_of)
    folder.mkdir(exist_ok=True)
    path = folder / "00001.dcm"
    write_image(written, path)
    return WrittenSeries(str(written.SeriesInstanceUID), str(written.SOPClassUID), (path,))


def nodes_of(scene: slicer.vtkMRMLScene, kind: str) -> list[Any]:
    """The nodes of an MRML class and of those below it, in the scene's order."""
    return [scene.GetNthNodeByClass(place, kind) for place in range(scene.GetNumberOfNodesByClass(kind))]


def series_to_write(scene: slicer.vtkMRMLScene, exportable: ExportableNode, header_of: HeaderOf) -> SeriesToWrite:
    """A node as a series to be written: voxels, places through all transforms, and what is known of its sources.

    ``header_of`` gives the header of a source by its SOP Instance UID, None where it is not at hand. Raises ExportError for what
    a plain CT or MR series (PS3.3 A.3, A.4) cannot say, or what is not known of its sources.
    """
    common = _common(scene, exportable)
    node, name = exportable.node, exportable.name
    nodes = [node]
    if node.IsA("vtkMRMLSequenceNode"):
        nodes = [node.GetNthDataNode(number) for number in range(node.GetNumberOfDataNodes())]
    if not nodes or any(one.GetImageData() is None for one in nodes):
        raise ExportError("empty", name=name)
    modality = str(common.get("Modality") or "")
    if modality and modality not in SOP_CLASSES:
        raise ExportError("modality", name=name, modality=modality)
    volumes = [_volume(one, name, modality, header_of) for one in nodes]
    counted = False
    if node.IsA("vtkMRMLSequenceNode"):
        said = [index_elements(node, number, one, volume, common) for number, (one, volume) in enumerate(zip(nodes, volumes))]
        counted = not all(told for _, told in said)
        for volume, (elements, _) in zip(volumes, said):
            volume.values.update(elements)
    headers = [source.header for volume in volumes for source in volume.sources if source.header is not None]
    if headers and headers[0].get("Modality"):
        modality = str(headers[0].Modality)
    return SeriesToWrite(NUMBER_BEFORE.sub("", name), modality, volumes, common, counted)


@dataclass(frozen=True)
class WrittenSeries:
    """A series that was written; ``files`` in the order of the slices."""

    series_instance_uid: str
    sop_class_uid: str
    files: tuple[Path, ...]


def write_node(
    scene: slicer.vtkMRMLScene,
    exportable: ExportableNode,
    header_of: HeaderOf,
    folder: Path,
    progress: Optional[Progress] = None,
) -> WrittenSeries:
    """Write a volume or sequence into a new folder, a file a slice; progress counts slices.

    Raises ExportError before anything is written, and OSError, after which the folder holds a part.
    """
    if exportable.node.IsA("vtkMRMLSegmentationNode"):
        return _write_segmentation(exportable, header_of, folder)
    return write_series(series_to_write(scene, exportable, header_of), folder, progress)


def write_series(series: SeriesToWrite, folder: Path, progress: Optional[Progress] = None) -> WrittenSeries:
    """The same of a series that was taken out of the scene: it touches no MRML, and may run in a thread."""
    total = sum(len(volume.voxels) for volume in series.volumes)
    files, uids = [], ("", "")
    for number, image in enumerate(derived_images(series), 1):
        folder.mkdir(exist_ok=True)
        path = folder / f"{number:05d}.dcm"
        write_image(image, path)
        files.append(path)
        uids = str(image.SeriesInstanceUID), str(image.SOPClassUID)
        if progress:
            progress(number, total)
    return WrittenSeries(*uids, tuple(files))


def _volume(node: slicer.vtkMRMLVolumeNode, name: str, modality: str, header_of: HeaderOf) -> VolumeToWrite:
    voxels = array_from_image(node.GetImageData())
    corners, middle = places_lps(node, voxels.shape)
    uids = (node.GetAttribute("DICOM.instanceUIDs") or "").split()
    headers = [header_of(uid) for uid in uids]
    classic = len(uids) == len(voxels) and modality in SOP_CLASSES
    sources = []
    for uid, header in zip(uids, headers):
        if header is not None and header.get("SOPClassUID"):
            sources.append(SourceImage(str(header.SOPClassUID), uid, header))
        elif classic:  # one instance a slice: a plain image of its modality
            sources.append(SourceImage(SOP_CLASSES[modality], uid))
        else:
            raise ExportError("needs-sources", name=name)
    return VolumeToWrite(voxels, corners, middle, sources)


def places_lps(node: slicer.vtkMRMLVolumeNode, shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Where the corner voxels' centres and the middle of every slice lie in the world: (k, 2, 2, 3) and (k, 3), LPS mm."""
    slices, rows, columns = shape[:3]
    last = {"j": max(rows - 1, 1), "i": max(columns - 1, 1)}
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    ijk_to_ras = numpy_matrix(matrix)
    world = to_world(node)

    def lps(i: float, j: float, k: float) -> np.ndarray:
        point = (ijk_to_ras @ (i, j, k, 1.0))[:3]
        return np.array(world.TransformPoint(point.tolist())) * RAS_TO_LPS

    corners = np.array([[[lps(i, j, k) for i in (0, last["i"])] for j in (0, last["j"])] for k in range(slices)])
    middle = np.array([lps(last["i"] / 2, last["j"] / 2, k) for k in range(slices)])
    return corners, middle


def _common(scene: slicer.vtkMRMLScene, exportable: ExportableNode) -> Dataset:
    """Patient, study and series as the subject hierarchy has them."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    names = slicer.vtkMRMLSubjectHierarchyConstants
    common = Dataset()
    common.SpecificCharacterSet = "ISO_IR 192"
    item = exportable.item
    if not item:
        raise ExportError("no-study", name=exportable.name)
    study = hierarchy.GetItemAncestorAtLevel(item, names.GetDICOMLevelStudy())
    patient = hierarchy.GetItemAncestorAtLevel(item, names.GetDICOMLevelPatient())
    if not study:
        raise ExportError("no-study", name=exportable.name)
    study_uid = hierarchy.GetItemUID(study, names.GetDICOMUIDName())
    prefix = names.GetDICOMAttributePrefix()
    patient_name = hierarchy.GetItemAttribute(patient, names.GetDICOMPatientNameAttributeName()) if patient else ""
    patient_id = hierarchy.GetItemUID(patient, names.GetDICOMUIDName()) if patient else ""
    wanted = {
        "StudyInstanceUID": study_uid,
        "StudyDescription": hierarchy.GetItemAttribute(study, names.GetDICOMStudyDescriptionAttributeName()),
        "StudyID": hierarchy.GetItemAttribute(study, names.GetDICOMStudyIDAttributeName()),
        "StudyDate": hierarchy.GetItemAttribute(study, names.GetDICOMStudyDateAttributeName()),
        "StudyTime": hierarchy.GetItemAttribute(study, names.GetDICOMStudyTimeAttributeName()),
        "PatientName": "" if patient_name == NAMELESS else patient_name,
        # Made up by the hierarchy where the header has none.
        "PatientID": "" if patient_id == f"Patient-{study_uid}" else patient_id,
        "PatientSex": hierarchy.GetItemAttribute(patient, names.GetDICOMPatientSexAttributeName()) if patient else "",
        "PatientBirthDate": hierarchy.GetItemAttribute(patient, names.GetDICOMPatientBirthDateAttributeName()) if patient else "",
        "Modality": hierarchy.GetItemAttribute(item, names.GetDICOMSeriesModalityAttributeName()),
        "SeriesNumber": hierarchy.GetItemAttribute(item, names.GetDICOMSeriesNumberAttributeName()),
        "FrameOfReferenceUID": hierarchy.GetItemAttribute(item, names.GetDICOMFrameOfReferenceUIDAttributeName()),
        "Manufacturer": hierarchy.GetItemAttribute(item, prefix + "Manufacturer"),
        "ManufacturerModelName": hierarchy.GetItemAttribute(item, prefix + "Model"),
    }
    for keyword, value in wanted.items():
        if value:
            setattr(common, keyword, value)
    return common
