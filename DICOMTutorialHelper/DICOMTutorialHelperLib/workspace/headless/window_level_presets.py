"""Window/level presets, the values of Slicer's Volumes module (its VolumeDisplayPresets.json)."""

from __future__ import annotations

from dataclasses import dataclass

import slicer


@dataclass(frozen=True)
class WindowLevelPreset:
    """``name`` is what Slicer shows; window and level are in the volume's units, HU for CT."""

    name: str
    window: float
    level: float
    color_node_id: str = "vtkMRMLColorTableNodeGrey"


PRESETS = {
    "CT_BONE": WindowLevelPreset("CT-Bone", 1000, 400),
    "CT_AIR": WindowLevelPreset("CT-Air", 1000, -426),
    "CT_BRAIN": WindowLevelPreset("CT-Brain", 100, 50),
    "CT_ABDOMEN": WindowLevelPreset("CT-Abdomen", 350, 40),
    "CT_LUNG": WindowLevelPreset("CT-Lung", 1400, -500),
    "PET": WindowLevelPreset("PET", 10000, 6000, "vtkMRMLColorTableNodeRainbow"),
    "DTI": WindowLevelPreset("DTI", 1, 0.5, "vtkMRMLColorTableNodeRainbow"),
}


def apply_preset(volume: slicer.vtkMRMLScalarVolumeNode, preset_id: str) -> None:
    """Show a volume with a preset. Raises KeyError for an unknown one."""
    preset = PRESETS[preset_id]
    display = volume.GetScalarVolumeDisplayNode()
    modified = display.StartModify()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevel(preset.window, preset.level)
    display.SetAndObserveColorNodeID(preset.color_node_id)
    display.EndModify(modified)


def preset_in_use(volume: slicer.vtkMRMLScalarVolumeNode) -> str:
    """The preset whose values a volume is shown with, "" for none."""
    display = volume.GetScalarVolumeDisplayNode()
    if display is None:
        return ""
    for preset_id, preset in PRESETS.items():
        same_values = display.GetWindow() == preset.window and display.GetLevel() == preset.level
        if same_values and display.GetColorNodeID() == preset.color_node_id:
            return preset_id
    return ""
