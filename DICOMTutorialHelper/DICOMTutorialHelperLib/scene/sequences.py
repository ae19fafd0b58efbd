"""Equal stacks along an index as a sequence of volumes, and the browser that plays them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import slicer
from vtkmodules.vtkCommonDataModel import vtkImageData

from DICOMTutorialHelperLib.dicom.candidate import Candidate, SequenceIndex, Stack
from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.scene.arrays import allocate_image, array_from_image
from DICOMTutorialHelperLib.scene.diffusion import set_diffusion_attributes
from DICOMTutorialHelperLib.scene.display import set_up_display
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.transforms import add_acquisition_transform
from DICOMTutorialHelperLib.scene.volumes import fill_volume, volume_class

LONGEST_LOOP_SECONDS = 4.0
SLOWEST_FPS, FASTEST_FPS = 1.0, 20.0


def add_sequence(scene: slicer.vtkMRMLScene, candidate: Candidate, images: Sequence[vtkImageData], name: str):
    """A sequence node with one volume a stack, and its browser with the proxy volume called ``name``.

    Returns (sequence node, browser node, proxy volume). The proxy shares its voxels with the frame it shows. Raises LoadError
    for stacks that differ in size or that the index does not tell apart.

    Every frame lies right by itself, and so does the proxy: a tilt is put into the frames' own matrices, since a
    ``.seq.nrrd`` keeps matrices and no parent transforms. Uneven slices need a transform for the frames in the sequence's
    own scene, beside one for the proxy, and the sequence is then stored as a scene (``.seq.mrml`` or ``.seq.mrb``).
    """
    images = _of_one_type(images)
    sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode", f"{name} sequence")
    _set_index(sequence, candidate.index, len(candidate.stacks))
    known: list[tuple[Grid, object]] = []
    for stack, image, value in zip(candidate.stacks, images, index_texts(candidate.index)):
        _add_frame(sequence, stack, image, value, name, known)
    told_apart = sequence.GetNumberOfDataNodes()
    if told_apart != len(candidate.stacks):
        raise LoadError(name, "index-too-coarse", index=candidate.index.name, told_apart=told_apart, frames=len(candidate.stacks))
    _keep_instances_when_saved(sequence)
    set_diffusion_attributes(sequence, candidate.stacks, index_texts(candidate.index))
    if known:
        storage = scene.AddNewNodeByClass("vtkMRMLSequenceStorageNode")
        sequence.SetAndObserveStorageNodeID(storage.GetID())

    browser = scene.AddNewNodeByClass("vtkMRMLSequenceBrowserNode", f"{name} browser")
    browser.SetAndObserveMasterSequenceNodeID(sequence.GetID())
    # Without "save changes" every step of playing would copy a whole volume.
    browser.SetSaveChanges(sequence, True)
    browser.SetOverwriteProxyName(sequence, False)
    browser.SetIndexDisplayFormat("%g")  # the value as it is: "%.2f", the default, shows echo 1 as 1.00
    browser.SetPlaybackRateFps(playback_rate(candidate.index))
    update_proxies(browser)
    proxy = browser.GetProxyNode(sequence)
    proxy.SetName(name)
    set_up_display(proxy, candidate.stacks[0])
    if known:
        # The proxy's own copy: a node cannot refer to one in another scene.
        transform = add_acquisition_transform(scene, candidate.stacks[0].grid, name)
        if transform is not None:
            proxy.SetAndObserveTransformNodeID(transform.GetID())
    return sequence, browser, proxy


def update_proxies(browser: slicer.vtkMRMLSequenceBrowserNode) -> None:
    """Let the proxy nodes show the selected frame, also where no application's sequences logic watches the scene."""
    logic = slicer.vtkSlicerSequencesLogic()
    # Only the logic's work is wanted here: without a scene of its own it neither registers nor observes anything.
    logic.UpdateProxyNodesFromSequences(browser)


def index_texts(index: SequenceIndex) -> list[str]:
    """The values of an index as sequence nodes hold them."""
    return [value if isinstance(value, str) else f"{value:.10g}" for value in index.values]


def playback_rate(index: SequenceIndex) -> float:
    """Frames per second: a whole loop in a few seconds, whatever the index; real contrast series would last minutes."""
    return float(np.clip(len(index.values) / LONGEST_LOOP_SECONDS, SLOWEST_FPS, FASTEST_FPS))


def _set_index(sequence: slicer.vtkMRMLSequenceNode, index: SequenceIndex, count: int) -> None:
    sequence.SetIndexName(index.name)
    sequence.SetIndexUnit(index.unit)
    if len(index.values) != count:
        raise ValueError(f"{count} frames have {len(index.values)} values of {index.name}")
    numbers = not any(isinstance(value, str) for value in index.values)
    # Numbers nearer than the tolerance would be one frame; a raised tolerance would not outlive saving, so they stay texts.
    # A numeric index sorts its frames: where they come in another order, texts keep it.
    if numbers and len(index.values) > 1:
        numbers = np.diff(np.asarray(index.values, float)).min() > 2 * sequence.GetNumericIndexValueTolerance()
    sequence.SetIndexType(sequence.NumericIndex if numbers else sequence.TextIndex)


def _add_frame(sequence, stack: Stack, image, value: str, name: str, known: list) -> None:
    """One data node; ``known`` holds the transforms already in the sequence's scene, with the grids they are for."""
    empty = getattr(slicer, volume_class(image))()
    empty.SetName(name)
    # Voxels are given to the node that the sequence has made: it would copy those of the node it is given.
    node = sequence.SetDataNodeAtValue(empty, value)
    grid = stack.grid
    tilted = grid.displacements_lps is None and grid.tilt_ras is not None
    fill_volume(node, stack, image, grid.tilt_ras @ grid.ijk_to_ras if tilted else None)
    if grid.displacements_lps is None:
        return
    transform = next((transform for other, transform in known if _same_displacements(grid, other)), None)
    if transform is None:
        transform = add_acquisition_transform(sequence.GetSequenceScene(), grid, name)
        known.append((grid, transform))
    node.SetAndObserveTransformNodeID(transform.GetID())


def _keep_instances_when_saved(sequence: slicer.vtkMRMLSequenceNode) -> None:
    """Name the frames' instances in the sequence, too, as Slicer writes them into .seq.nrrd from 5.10 on.

    Before, its storage node (vtkMRMLVolumeSequenceStorageNode) writes the attributes of the sequence only; where a file
    comes back into a newer Slicer, every frame has its own again.
    """
    for number in range(sequence.GetNumberOfDataNodes()):
        instances = sequence.GetNthDataNode(number).GetAttribute("DICOM.instanceUIDs")
        sequence.SetAttribute(f"axis 0 item {number:04d} DICOM.instanceUIDs", instances)


def _same_displacements(one: Grid, other: Grid) -> bool:
    return np.array_equal(one.ijk_to_lps, other.ijk_to_lps) and np.array_equal(one.displacements_lps, other.displacements_lps)


def _of_one_type(images: Sequence[vtkImageData]) -> list[vtkImageData]:
    """Images of one element type: a sequence is stored as one array, while rescaling may have made some frames float."""
    if len({image.GetDimensions() for image in images}) > 1:
        raise LoadError("", "frame-sizes")
    types = {array_from_image(image).dtype for image in images}
    if len(types) == 1:
        return list(images)
    common = np.result_type(*types)
    converted = []
    for image in images:
        if array_from_image(image).dtype != common:
            wider, voxels = allocate_image(array_from_image(image).shape, common)
            voxels[:] = array_from_image(image)
            image = wider
        converted.append(image)
    return converted
