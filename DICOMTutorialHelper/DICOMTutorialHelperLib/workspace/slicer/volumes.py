"""What is loaded in Slicer and how it is shown: items, window and level, volume rendering, playing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Optional

import slicer

from DICOMTutorialHelperLib.scene.marked_points import follow_images, mark, marked_lines_ras, marked_points_ras, value_at_ras
from DICOMTutorialHelperLib.workspace.interface import (
    SEQUENCE,
    VOLUME,
    LoadedItem,
    MarkedLine,
    MarkedPoint,
    Playback,
    VolumeRendering,
    WindowLevel,
    WorkspaceError,
)
from DICOMTutorialHelperLib.workspace.slicer.views import volume_node

# How transforms that belong to one volume alone are named: those of this extension, and Slicer's own plugin's.
OWN_TRANSFORMS = (" gantry tilt", " slice positions", " acquisition transform")


class SlicerVolumes:
    """Volumes and sequences of ``slicer.mrmlScene``."""

    def __init__(self) -> None:
        self._loaded_by: dict[str, str] = {}

    # --- what is there ---------------------------------------------------------------------------------------------------

    def loaded(self) -> tuple[LoadedItem, ...]:
        browsers = _browsers_by_proxy()
        nodes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        return tuple(self._item(node, browsers.get(node.GetID())) for node in nodes if not node.GetHideFromEditors())

    def note_plugin(self, node_id: str, plugin: str) -> None:
        """Remember which plugin loaded an item."""
        self._loaded_by[node_id] = plugin

    def _item(self, node: slicer.vtkMRMLVolumeNode, browser: Optional[slicer.vtkMRMLSequenceBrowserNode]) -> LoadedItem:
        hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
        names = slicer.vtkMRMLSubjectHierarchyConstants
        item = hierarchy.GetItemByDataNode(node)
        sequence = None if browser is None else browser.GetSequenceNode(node)
        image = node.GetImageData()
        # Only a sequence node can be played and followed: a MultiVolume node with frames of its own is a volume here.
        frames = 1 if sequence is None else sequence.GetNumberOfDataNodes()
        return LoadedItem(
            node_id=node.GetID(),
            name=node.GetName() or "",
            kind=VOLUME if sequence is None else SEQUENCE,
            series_instance_uid=hierarchy.GetItemUID(item, names.GetDICOMUIDName()) if item else "",
            instance_uids=tuple((hierarchy.GetItemUID(item, names.GetDICOMInstanceUIDName()) or "").split()) if item else (),
            modality=hierarchy.GetItemAttribute(item, "DICOM.Modality") if item else "",
            frames=frames,
            dimensions=image.GetDimensions() if image is not None else (0, 0, 0),
            sequence_node_id=sequence.GetID() if sequence is not None else "",
            plugin=self._loaded_by.get(node.GetID(), ""),
        )

    def unload(self, node_id: str) -> None:
        """Take a volume, or a sequence with its browser and proxy, out of the scene."""
        scene = slicer.mrmlScene
        node = volume_node(node_id)
        browser = _browsers_by_proxy().get(node_id)
        transform = node.GetParentTransformNode()
        own_transform = transform is not None and transform.GetName().startswith(
            tuple(node.GetName() + ending for ending in OWN_TRANSFORMS)
        )
        nodes = [node]
        if browser is not None:
            nodes = [browser, node, browser.GetSequenceNode(node)]
        for one in nodes:
            if one is not None and one.GetScene() is scene:
                scene.RemoveNode(one)
        if own_transform:
            scene.RemoveNode(transform)

    # --- window and level ------------------------------------------------------------------------------------------------

    def window_level(self, node_id: str) -> WindowLevel:
        display = _display(node_id)
        preset = slicer.modules.volumes.logic().GetAppliedVolumeDisplayPresetId(display) or ""
        return WindowLevel(display.GetWindow(), display.GetLevel(), preset)

    def window_level_presets(self) -> tuple[str, ...]:
        return tuple(slicer.modules.volumes.logic().GetVolumeDisplayPresetIDs())

    def apply_window_level_preset(self, node_id: str, preset: str) -> None:
        if not slicer.modules.volumes.logic().ApplyVolumeDisplayPreset(_display(node_id), preset):
            raise WorkspaceError("no-such-preset", preset=preset)

    def set_window_level(self, node_id: str, window: float, level: float) -> None:
        display = _display(node_id)
        display.SetAutoWindowLevel(False)
        display.SetWindowLevel(window, level)

    # --- volume rendering ------------------------------------------------------------------------------------------------

    def volume_rendering(self, node_id: str) -> Optional[VolumeRendering]:
        display = slicer.modules.volumerendering.logic().GetFirstVolumeRenderingDisplayNode(volume_node(node_id))
        if display is None:
            return None
        properties = display.GetVolumePropertyNode()
        name = properties.GetName() if properties is not None else ""
        return VolumeRendering(bool(display.GetVisibility()), name if name in self.volume_rendering_presets() else "")

    def volume_rendering_presets(self) -> tuple[str, ...]:
        scene = slicer.modules.volumerendering.logic().GetPresetsScene()
        count = scene.GetNumberOfNodesByClass("vtkMRMLVolumePropertyNode")
        return tuple(scene.GetNthNodeByClass(place, "vtkMRMLVolumePropertyNode").GetName() for place in range(count))

    def show_volume_rendering(self, node_id: str, preset: str) -> None:
        logic, volume = slicer.modules.volumerendering.logic(), volume_node(node_id)
        chosen = logic.GetPresetByName(preset) if preset else None
        if preset and chosen is None:
            raise WorkspaceError("no-such-preset", preset=preset)
        display = logic.GetFirstVolumeRenderingDisplayNode(volume) or logic.CreateDefaultVolumeRenderingNodes(volume)
        if chosen is not None:
            display.GetVolumePropertyNode().Copy(chosen)
        display.SetVisibility(True)

    def hide_volume_rendering(self, node_id: str) -> None:
        display = slicer.modules.volumerendering.logic().GetFirstVolumeRenderingDisplayNode(volume_node(node_id))
        if display is not None:
            display.SetVisibility(False)

    # --- sequences -------------------------------------------------------------------------------------------------------

    def playback(self, node_id: str) -> Playback:
        browser, sequence = self._browser(node_id)
        return Playback(
            frame=browser.GetSelectedItemNumber(),
            frames=sequence.GetNumberOfDataNodes(),
            playing=bool(browser.GetPlaybackActive()),
            index_name=sequence.GetIndexName() or "",
            values=tuple(sequence.GetNthIndexValue(place) for place in range(sequence.GetNumberOfDataNodes())),
        )

    def play_sequence(self, node_id: str, frames_per_second: Optional[float]) -> None:
        browser, _ = self._browser(node_id)
        _put_in_toolbar(browser)
        if frames_per_second is not None:
            browser.SetPlaybackRateFps(frames_per_second)
        browser.SetPlaybackLooped(True)
        browser.SetPlaybackActive(True)

    def stop_sequence(self, node_id: str) -> None:
        self._browser(node_id)[0].SetPlaybackActive(False)

    def seek_sequence(self, node_id: str, frame: int) -> None:
        browser, sequence = self._browser(node_id)
        frames = sequence.GetNumberOfDataNodes()
        if not 0 <= frame < frames:
            raise WorkspaceError("no-such-frame", name=volume_node(node_id).GetName(), frame=frame, frames=frames)
        browser.SetSelectedItemNumber(frame)

    def _browser(self, node_id: str) -> tuple[slicer.vtkMRMLSequenceBrowserNode, slicer.vtkMRMLSequenceNode]:
        node = volume_node(node_id)
        browser = _browsers_by_proxy().get(node_id)
        if browser is None:
            raise WorkspaceError("not-a-sequence", name=node.GetName())
        return browser, browser.GetSequenceNode(node)

    def marked_points(self) -> tuple[MarkedPoint, ...]:
        return tuple(MarkedPoint(label, position) for label, position in marked_points_ras(slicer.mrmlScene))

    def marked_lines(self) -> tuple[MarkedLine, ...]:
        return tuple(MarkedLine(*line) for line in marked_lines_ras(slicer.mrmlScene))

    def mark(self, name: str, positions_ras: Sequence[Sequence[float]], node_id: str) -> None:
        mark(slicer.mrmlScene, name, positions_ras, shown=True, image_id=node_id)

    def marks_follow_images(self, shown_node_ids: Collection[str]) -> tuple[str, ...]:
        return tuple(follow_images(slicer.mrmlScene, shown_node_ids))

    def value_at(self, node_id: str, position_ras: Sequence[float]) -> float:
        volume = volume_node(node_id)
        try:
            return value_at_ras(volume, position_ras)
        except ValueError as error:
            raise WorkspaceError("point-outside", detail=str(error), name=volume.GetName()) from error


def _display(node_id: str) -> slicer.vtkMRMLVolumeDisplayNode:
    node = volume_node(node_id)
    if node.GetDisplayNode() is None:
        node.CreateDefaultDisplayNodes()
    return node.GetDisplayNode()


def _browsers_by_proxy() -> dict[str, slicer.vtkMRMLSequenceBrowserNode]:
    """Sequence browsers by the ID of the volume that shows their current frame."""
    found: dict[str, slicer.vtkMRMLSequenceBrowserNode] = {}
    for browser in slicer.util.getNodesByClass("vtkMRMLSequenceBrowserNode"):
        for node in slicer.util.getNodesByClass("vtkMRMLVolumeNode"):
            if browser.GetSequenceNode(node) is not None:
                found.setdefault(node.GetID(), browser)
    return found


def _put_in_toolbar(browser: object) -> None:
    """Let the sequence toolbar show this browser; headless and custom applications have none."""
    module = slicer.modules.sequences
    if slicer.util.mainWindow() is None or not hasattr(module, "toolBar"):
        return
    toolbar = module.toolBar()
    if toolbar is not None:
        toolbar.setActiveBrowserNode(browser)
        toolbar.visible = True
