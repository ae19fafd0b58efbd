"""Volume rendering with Slicer's presets."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Optional

import slicer

from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


class VolumeRenderings:
    """Renders the volumes of a scene. Slicer's presets come with the application or with trame-slicer; slicer-core has none."""

    def __init__(self, headless_scene: HeadlessScene) -> None:
        self._presets: dict[str, str] = {}
        self._logic = slicer.vtkSlicerVolumeRenderingLogic()
        self._logic.SetMRMLApplicationLogic(headless_scene.application_logic)
        folder = preset_folder()
        if folder is not None:
            self._logic.SetModuleShareDirectory(str(folder))
        self._logic.SetMRMLScene(headless_scene.scene)
        headless_scene.application_logic.SetModuleLogic("VolumeRendering", self._logic)
        self._has_presets = folder is not None

    def presets(self) -> tuple[str, ...]:
        """Names as Slicer shows them; empty where no presets are installed."""
        if not self._has_presets:
            return ()
        nodes = self._logic.GetPresetsScene().GetNodes()
        return tuple(nodes.GetItemAsObject(place).GetName() for place in range(nodes.GetNumberOfItems()))

    def show(self, volume: slicer.vtkMRMLVolumeNode, preset: str = "") -> None:
        """Render a volume, with a preset, or in the colours of its slices. Raises KeyError for an unknown preset."""
        if preset and preset not in self.presets():
            raise KeyError(preset)
        display = self._logic.GetFirstVolumeRenderingDisplayNode(volume)
        if display is None:
            display = self._logic.CreateDefaultVolumeRenderingNodes(volume)
        if preset:
            display.GetVolumePropertyNode().Copy(self._logic.GetPresetByName(preset))
        self._presets[volume.GetID()] = preset
        display.SetVisibility(True)

    def hide(self, volume: slicer.vtkMRMLVolumeNode) -> None:
        display = self._logic.GetFirstVolumeRenderingDisplayNode(volume)
        if display is not None:
            display.SetVisibility(False)

    def visible(self, volume: slicer.vtkMRMLVolumeNode) -> Optional[bool]:
        """None for a volume that was never rendered."""
        display = self._logic.GetFirstVolumeRenderingDisplayNode(volume)
        return None if display is None else bool(display.GetVisibility())

    def preset_in_use(self, volume: slicer.vtkMRMLVolumeNode) -> str:
        return self._presets.get(volume.GetID(), "")


def preset_folder() -> Optional[Path]:
    """The folder with Slicer's presets.xml, from trame-slicer where it is installed."""
    found = importlib.util.find_spec("trame_slicer")
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "resources"
        if (folder / "presets.xml").is_file():
            return folder
    return None
