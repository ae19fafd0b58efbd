"""A loaded volume and a sequence, written by Slicer's own exporters and read back: the same place, the same values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import slicer

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
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
    candidates = [one for series in examine_paths([target]).series for one in series.selected]
    if len(candidates) != 1:
        return f"{len(candidates)} candidates were read back"
    candidate = candidates[0]
    if len(candidate.stacks) != item.frames:
        return f"{len(candidate.stacks)} frames were read back instead of {item.frames}"
    for number, (node, stack) in enumerate(zip(_frames(item), candidate.stacks)):
        found = _frame_difference(node, stack)
        if found:
            return found if item.frames == 1 else f"frame {number + 1}: {found}"
    return ""


def _frames(item: LoadedItem) -> list[Any]:
    """The volume nodes of an item: itself, or the data nodes of its sequence in their order."""
    if not item.sequence_node_id:
        return [slicer.mrmlScene.GetNodeByID(item.node_id)]
    sequence = slicer.mrmlScene.GetNodeByID(item.sequence_node_id)
    return [sequence.GetNthDataNode(number) for number in range(sequence.GetNumberOfDataNodes())]


def _frame_difference(node: Any, stack: Stack) -> str:
    """How a stack that was read differs from a loaded volume, voxel by voxel in world coordinates; "" where it does not."""
    if None in stack.slices:
        return "slices are missing"
    loaded = slicer.util.arrayFromVolume(node)
    if tuple(stack.grid.dimensions) != loaded.shape[2::-1]:
        return f"{stack.grid.dimensions} voxels were read back instead of {loaded.shape[2::-1]}"
    # Exporters may turn the order of rows or slices round, and say so in the positions.
    ijk = np.stack(np.meshgrid(*(np.arange(count) for count in stack.grid.dimensions), indexing="ij"), axis=-1).reshape(-1, 3)
    ras = np.c_[ijk, np.ones(len(ijk))] @ stack.grid.ijk_to_ras.T
    there = np.rint(ras @ np.linalg.inv(_ijk_to_ras(node)).T).astype(int)
    shift = float(np.linalg.norm((ras - there @ _ijk_to_ras(node).T)[:, :3], axis=1).max())
    if shift > LARGEST_SHIFT_MM:
        return f"voxels moved by {shift:.3f} mm"
    read = read_voxels(stack)
    differences = read[ijk[:, 2], ijk[:, 1], ijk[:, 0]].astype(float) - loaded[there[:, 2], there[:, 1], there[:, 0]]
    return f"values differ by up to {np.abs(differences).max():g}" if differences.any() else ""


def _ijk_to_ras(node: Any) -> np.ndarray:
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])
