"""From a candidate to nodes in a scene: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import slicer
from vtkmodules.vtkCommonDataModel import vtkImageData

from DICOMTutorialHelperLib.dicom import lossless_frames
from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, Candidate, SeriesExamination
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.decoding_threads import DecodingThreads
from DICOMTutorialHelperLib.dicom.frame_reader import FallbackDecoder, FrameReader
from DICOMTutorialHelperLib.dicom.stacks_in_threads import read_stacks
from DICOMTutorialHelperLib.plain_text import one_line
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.scene.decoder_pool import DecoderPool
from DICOMTutorialHelperLib.scene.decoding_process import DecodingProcess
from DICOMTutorialHelperLib.scene.display import set_up_display
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.sequences import add_sequence
from DICOMTutorialHelperLib.scene.subject_hierarchy import add_to_subject_hierarchy, remove_node
from DICOMTutorialHelperLib.scene.transforms import add_acquisition_transform
from DICOMTutorialHelperLib.scene.volumes import fill_volume, read_image, volume_class


@dataclass(eq=False)
class LoadedCandidate:
    """The nodes of a loaded candidate. ``volume`` is what views show: of a sequence, the proxy."""

    candidate: Candidate
    volume: slicer.vtkMRMLScalarVolumeNode
    transform: Optional[slicer.vtkMRMLTransformNode] = None
    sequence: Optional[slicer.vtkMRMLSequenceNode] = None
    browser: Optional[slicer.vtkMRMLSequenceBrowserNode] = None

    @property
    def main_node(self) -> slicer.vtkMRMLNode:
        """The node that stands for the whole: the sequence, or the volume."""
        return self.sequence or self.volume


def load_candidate(
    candidate: Candidate,
    scene: slicer.vtkMRMLScene,
    series: Optional[SeriesExamination] = None,
    fallback_decoder: Optional[FallbackDecoder] = None,
    progress: Optional[Progress] = None,
) -> LoadedCandidate:
    """Load a candidate into a scene; with its ``series``, also into the subject hierarchy.

    What pydicom cannot decode goes to ``fallback_decoder``, else to Slicer's readers in a process of their own.
    ``progress`` is told (slices read, slices in all). Raises LoadError for files that cannot be read, voxels that cannot be
    decoded or that do not fit in memory, and stacks that make no sequence.
    """
    before, done = _node_ids(scene), False
    try:
        # Reading is what may fail: no node is made before all voxels are there.
        in_threads = lossless_frames.takes(candidate.stacks[0].frames[0].instance)
        pool_class = DecodingThreads if in_threads else DecoderPool
        with DecodingProcess() as process, pool_class() as pool:
            # One reader for all: the stacks of a multi-frame file share it.
            reader = FrameReader(fallback_decoder or process.decode, pool)
            images = _read_images(candidate, reader, progress)
        loaded = _add_nodes(candidate, images, scene)
        if series is not None:
            add_to_subject_hierarchy(scene, loaded.volume, series, candidate)
        done = True
    except (OSError, ValueError, MemoryError, DecodingError, LoadError) as error:
        raise LoadError.of(one_line(candidate.name), error) from error
    finally:
        if not done:
            _remove_nodes(scene, _node_ids(scene) - before)
    return loaded


def remove_loaded(loaded: LoadedCandidate, scene: slicer.vtkMRMLScene) -> None:
    """Take all that a loaded candidate brought out of a scene, and its patient and study where nothing else is of them."""
    main = [node for node in (loaded.browser, loaded.volume, loaded.sequence, loaded.transform) if node is not None]
    helpers = [helper for node in main for helper in _display_and_storage(node)]
    for node in [*main, *helpers]:
        if node.GetScene() is scene:
            remove_node(scene, node)


def _display_and_storage(node: slicer.vtkMRMLNode) -> list[slicer.vtkMRMLNode]:
    helpers: list[slicer.vtkMRMLNode] = []
    if node.IsA("vtkMRMLDisplayableNode"):
        helpers += [node.GetNthDisplayNode(place) for place in range(node.GetNumberOfDisplayNodes())]
    if node.IsA("vtkMRMLStorableNode"):
        helpers += [node.GetNthStorageNode(place) for place in range(node.GetNumberOfStorageNodes())]
    return [helper for helper in helpers if helper is not None]


def _read_images(candidate: Candidate, reader: FrameReader, progress: Optional[Progress]) -> list[vtkImageData]:
    reader.expect(frame for stack in candidate.stacks for frame in stack.frames)
    try:
        return read_stacks(candidate.stacks, read_image, reader, progress)
    finally:
        reader.close()


def _add_nodes(candidate: Candidate, images: list[vtkImageData], scene: slicer.vtkMRMLScene) -> LoadedCandidate:
    name = scene.GenerateUniqueName(one_line(candidate.name))
    if candidate.kind == SEQUENCE:
        sequence, browser, proxy = add_sequence(scene, candidate, images, name)
        return LoadedCandidate(candidate, proxy, proxy.GetParentTransformNode(), sequence, browser)
    stack, image = candidate.stacks[0], images[0]
    volume = scene.AddNewNodeByClass(volume_class(image), name)
    fill_volume(volume, stack, image)
    set_up_display(volume, stack)
    transform = add_acquisition_transform(scene, stack.grid, name)
    if transform is not None:
        volume.SetAndObserveTransformNodeID(transform.GetID())
    return LoadedCandidate(candidate, volume, transform)


def _node_ids(scene: slicer.vtkMRMLScene) -> set[str]:
    return {scene.GetNthNode(place).GetID() for place in range(scene.GetNumberOfNodes())}


def _remove_nodes(scene: slicer.vtkMRMLScene, ids: set[str]) -> None:
    for node_id in ids:
        node = scene.GetNodeByID(node_id)
        if node is not None:
            remove_node(scene, node)
