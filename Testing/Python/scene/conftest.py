"""Small series for scene tests, written with pydicom, and what their headers say about where every pixel lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pydicom
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")
import vtk

from DICOMTutorialHelperLib.dicom.candidate import SeriesExamination
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene


@pytest.fixture
def examined(write_series) -> Callable[..., SeriesExamination]:
    """Writes a SeriesPlan and examines it."""

    def examine(**plan: Any) -> SeriesExamination:
        (series,) = examine_paths([write_series(**plan)]).series
        return series

    return examine


@pytest.fixture
def headless_scene() -> HeadlessScene:
    return HeadlessScene()


@pytest.fixture
def scene(headless_scene):
    return headless_scene.scene


@pytest.fixture
def uneven_positions() -> list:
    """Axial slices at distances that no grid fits."""
    return [(-10.0, -20.0, 30.0 + z) for z in (0.0, 2.5, 5.6, 7.0, 11.3, 13.0)]


@dataclass
class TruePlace:
    """Where pixel centres of a file lie, from its header alone: RAS mm."""

    path: Path

    @cached_property
    def dataset(self):
        return pydicom.dcmread(self.path)

    @property
    def uid(self) -> str:
        return str(self.dataset.SOPInstanceUID)

    def point_ras(self, row: int, column: int) -> np.ndarray:
        dataset = self.dataset
        position = np.array(dataset.ImagePositionPatient, float)
        orientation = np.array(dataset.ImageOrientationPatient, float)
        spacing = [float(value) for value in dataset.PixelSpacing]
        lps = position + orientation[:3] * spacing[1] * column + orientation[3:] * spacing[0] * row
        return lps * [-1, -1, 1]

    def values(self) -> np.ndarray:
        dataset = self.dataset
        return dataset.pixel_array * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))


def _spread(count: int) -> list[int]:
    """All indices of a short axis; the ends and some between of a long one."""
    return list(range(count)) if count < 10 else sorted({*range(0, count, count // 5), count - 1})


@pytest.fixture
def assert_true() -> Callable[..., None]:
    """Holds a volume node against the headers of files: where voxels lie in the world, and the values of all."""

    def hold(node, files, tolerance_mm: float = 0.001) -> None:
        places = {place.uid: place for place in map(TruePlace, files)}
        uids = node.GetAttribute("DICOM.instanceUIDs").split()
        assert sorted(uids) == sorted(places)
        array = slicer.util.arrayFromVolume(node)
        matrix = vtk.vtkMatrix4x4()
        node.GetIJKToRASMatrix(matrix)
        assert np.linalg.det([[matrix.GetElement(r, c) for c in range(3)] for r in range(3)]) > 0
        unmatched = set(range(array.shape[0]))
        for uid in uids:
            values = places[uid].values()
            ks = [k for k in unmatched if np.array_equal(array[k], values)]
            assert len(ks) == 1, "the values of a file are those of one slice"
            unmatched.discard(ks[0])
            place = places[uid]
            for j in _spread(array.shape[1]):
                for i in _spread(array.shape[2]):
                    in_world = [0.0, 0.0, 0.0]
                    node.TransformPointToWorld(matrix.MultiplyPoint((i, j, ks[0], 1))[:3], in_world)
                    assert np.allclose(in_world, place.point_ras(j, i), rtol=0, atol=tolerance_mm)

    return hold


@pytest.fixture
def reopened(tmp_path) -> Iterator[Callable[..., Any]]:
    """Saves a scene and reads it into a fresh one, in which no application helps; VTK errors fail the test."""
    from DICOMTutorialHelperLib.scene.scene_files import save_scene
    from DICOMTutorialHelperLib.scene.vtk_errors import collected_vtk_errors

    kept = []

    def reopen(scene):
        save_scene(scene, tmp_path / "saved")
        # The data must be found beside the scene wherever the folder goes.
        moved = (tmp_path / "saved").rename(tmp_path / "moved")
        fresh = slicer.vtkMRMLScene()
        # Nodes do not keep their scene alive.
        kept.append(fresh)
        fresh.RegisterNodeClass(slicer.vtkMRMLSequenceBrowserNode())
        fresh.SetURL(str(moved / "scene.mrml"))
        with collected_vtk_errors(fresh) as errors:
            assert fresh.Import()
        assert errors == []
        return fresh

    yield reopen
    kept.clear()
