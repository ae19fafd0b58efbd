"""How a volume is shown: window and level as its header wants them, colours as its modality does."""

from __future__ import annotations

from typing import Any

import slicer
from vtkmodules.util.vtkConstants import VTK_UNSIGNED_CHAR
from vtkmodules.vtkCommonDataModel import vtkImageData

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.scene.quantities import PET_CLASSES

GREY = "vtkMRMLColorTableNodeGrey"
INVERTED_GREY = "vtkMRMLColorTableNodeInvertedGrey"
PET_HEAT = "vtkMRMLPETProceduralColorNodePET-Heat"


def set_up_display(node: slicer.vtkMRMLScalarVolumeNode, stack: Stack) -> None:
    """Give a volume in a scene its display node, with the presets of the stack's middle frame, the first of them in use.

    The middle slice shows what was scanned more likely than the first. Without a usable window the display finds its own.
    """
    display = node.GetScalarVolumeDisplayNode() or _new_display(node)
    frame = stack.frames[len(stack.frames) // 2]
    presets = window_presets(frame)
    # A display that sees voxels while it minds the window itself looks at all of them, longer than reading them took.
    display.SetAutoWindowLevel(False)
    if node.IsA("vtkMRMLVectorVolumeNode"):
        _show_colors_as_stored(display, node.GetImageData())
    else:
        display.SetAndObserveColorNodeID(_color_node_id(frame, node.GetScene()))
        display.ResetWindowLevelPresets()
        for center, width in presets:
            display.AddWindowLevelPreset(width, center)
        if presets:
            display.SetWindowLevelFromPreset(0)
    node.SetAndObserveDisplayNodeID(display.GetID())
    if not presets and not node.IsA("vtkMRMLVectorVolumeNode"):
        display.SetAutoWindowLevel(True)


def _new_display(node: slicer.vtkMRMLScalarVolumeNode) -> slicer.vtkMRMLScalarVolumeDisplayNode:
    vector = node.IsA("vtkMRMLVectorVolumeNode")
    display = node.GetScene().AddNewNodeByClass("vtkMRMLVectorVolumeDisplayNode" if vector else "vtkMRMLScalarVolumeDisplayNode")
    display.SetDefaultColorMap()
    return display


def _show_colors_as_stored(display: slicer.vtkMRMLScalarVolumeDisplayNode, image: vtkImageData) -> None:
    white = 255 if image.GetScalarType() == VTK_UNSIGNED_CHAR else max(image.GetScalarRange()[1], 1)
    display.SetWindowLevelMinMax(0, white)


def window_presets(frame: Frame) -> list[tuple[float, float]]:
    """(centre, width) pairs of Window Center and Window Width (PS3.3 C.11.2.1.2), in the units of the rescaled values."""
    pairs = zip(_numbers(frame.get("WindowCenter")), _numbers(frame.get("WindowWidth")))
    return [(center, width) for center, width in pairs if width > 0]


def _numbers(value: Any) -> list[float]:
    values = value if isinstance(value, (tuple, list)) else () if value is None else (value,)
    return [float(number) for number in values]


def _color_node_id(frame: Frame, scene: slicer.vtkMRMLScene) -> str:
    """MONOCHROME1 shows its lowest value as white (PS3.3 C.7.6.3.1.2); PET is shown hot, as Slicer does."""
    if frame.get("PhotometricInterpretation") == "MONOCHROME1":
        return INVERTED_GREY
    if frame.get("SOPClassUID") in PET_CLASSES and scene is not None and scene.GetNodeByID(PET_HEAT):
        return PET_HEAT
    return GREY
