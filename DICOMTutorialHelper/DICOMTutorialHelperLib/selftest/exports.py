"""A loaded volume and a sequence, written by Slicer's own exporters and read back: the same place, the same values."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import slicer

from DICOMTutorialHelperLib.scene.comparing import difference_from_files
from DICOMTutorialHelperLib.workspace.interface import LoadedItem
from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

LARGEST_SHIFT_MM = 0.01


def export_problems(workspace: SlicerWorkspace, folder: Path, report_line: Callable[[str], None]) -> list[str]:
    """Export the first volume and the first sequence that are loaded; what came back differently."""
    if not hasattr(slicer.modules, "createdicomseries"):
        report_line("export: not tried, this Slicer was built without the Create DICOM Series module that its exporters run")
        return []
    problems = []
    volumes = [item for item in workspace.loaded() if item.frames == 1]
    sequences = [item for item in workspace.loaded() if item.frames > 1]
    for kind, items, plugin in (
        ("volume", volumes, "DICOMScalarVolumePlugin"),
        ("sequence", sequences, "DICOMVolumeSequencePlugin"),
    ):
        if not items:
            problems.append(f"export: no {kind} is loaded")
            continue
        target = folder / kind
        target.mkdir(parents=True)
        error = _export(items[0], plugin, target)
        found = error or _difference(items[0], target)
        report_line(
            f"export of the {kind} {items[0].name} by {plugin}: {found or 'reads back to the same values at the same places'}"
        )
        if found:
            problems.append(f"export of the {kind}: {found}")
    return problems


def _export(item: LoadedItem, plugin_name: str, target: Path) -> str:
    """Slicer's own way: the plugin's exportables for the subject hierarchy item; "" or what went wrong."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    node = slicer.mrmlScene.GetNodeByID(item.node_id)
    plugin = slicer.modules.dicomPlugins[plugin_name]()
    exportables = plugin.examineForExport(hierarchy.GetItemByDataNode(node))
    if not exportables:
        return f"{plugin_name} offers no export"
    for exportable in exportables:
        exportable.directory = str(target)
        # Without them Slicer's program invents a patient for every volume, so for every frame of a sequence another one.
        exportable.setTag("PatientID", "self-test")
        exportable.setTag("PatientName", "Self^Test")
    return str(plugin.export(exportables[:1]) or "")


def _difference(item: LoadedItem, target: Path) -> str:
    """How what was read back differs from what is loaded, "" where it does not."""
    corners, values = difference_from_files(_frames(item), sorted(path for path in target.rglob("*") if path.is_file()))
    if math.isinf(corners):
        return "what was read back is not one volume or sequence of as many voxels"
    if corners > LARGEST_SHIFT_MM:
        return f"voxels moved by {corners:.3f} mm"
    return f"values differ by up to {values:g}" if values else ""


def _frames(item: LoadedItem) -> list[slicer.vtkMRMLVolumeNode]:
    """The volume nodes of an item: itself, or the data nodes of its sequence in their order."""
    if not item.sequence_node_id:
        return [slicer.mrmlScene.GetNodeByID(item.node_id)]
    sequence = slicer.mrmlScene.GetNodeByID(item.sequence_node_id)
    return [sequence.GetNthDataNode(number) for number in range(sequence.GetNumberOfDataNodes())]
