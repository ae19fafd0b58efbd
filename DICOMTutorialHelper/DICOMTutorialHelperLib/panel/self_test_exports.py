"""A loaded volume and a sequence, written by Slicer's own exporters and read back: the same place, the same values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import slicer

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.geometry import LPS_TO_RAS
from DICOMTutorialHelperLib.panel.slicer_workspace import SlicerWorkspace
from DICOMTutorialHelperLib.tutorial.workspace import LoadedItem

LARGEST_SHIFT_MM = 0.01


def export_problems(workspace: SlicerWorkspace, folder: Path, tell: Callable[[str], None]) -> list[str]:
    """Export the first volume and the first sequence that are loaded; what came back differently."""
    if not hasattr(slicer.modules, "createdicomseries"):
        tell("export: not tried, this Slicer was built without the Create DICOM Series module that its exporters run")
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
        tell(f"export of the {kind} {items[0].name} by {plugin}: {found or 'reads back to the same geometry'}")
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
    return str(plugin.export(exportables[:1]) or "")


def _difference(item: LoadedItem, target: Path) -> str:
    """How what was read back differs from what is loaded, "" where it does not."""
    candidates = [one for series in examine_paths([target]).series for one in series.selected]
    if len(candidates) != 1:
        return f"{len(candidates)} candidates were read back"
    candidate = candidates[0]
    if len(candidate.stacks) != item.frames:
        return f"{len(candidate.stacks)} frames were read back instead of {item.frames}"
    if tuple(candidate.stacks[0].grid.dimensions) != tuple(item.dimensions):
        return f"{candidate.stacks[0].grid.dimensions} voxels were read back instead of {item.dimensions}"
    shift = _largest_shift_mm(slicer.mrmlScene.GetNodeByID(item.node_id), candidate.stacks[0].grid)
    return f"voxels moved by {shift:.3f} mm" if shift > LARGEST_SHIFT_MM else ""


def _largest_shift_mm(node: Any, grid: Any) -> float:
    """Between the corners of a loaded volume and those of a grid that was read; exporters may turn the order of slices round."""
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    loaded = np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])
    read = grid.ijk_to_ras if hasattr(grid, "ijk_to_ras") else LPS_TO_RAS @ grid.ijk_to_lps
    corners = np.array([(i, j, k, 1) for i in (0, 1) for j in (0, 1) for k in (0, 1)], float)
    corners[:, :3] *= np.array(grid.dimensions) - 1
    first, second = corners @ loaded.T, corners @ read.T
    distances = np.linalg.norm(first[:, None, :3] - second[None, :, :3], axis=-1)
    return float(distances.min(axis=1).max())
