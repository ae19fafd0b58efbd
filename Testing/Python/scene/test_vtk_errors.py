"""What VTK complains about reaches the caller."""

from __future__ import annotations

import pytest
import slicer
import vtk

from DICOMTutorialHelperLib.scene.loader import load_candidate
from DICOMTutorialHelperLib.scene.scene_files import save_scene
from DICOMTutorialHelperLib.scene.vtk_errors import collected_vtk_errors


@pytest.fixture
def reader_without_file(tmp_path):
    reader = vtk.vtkPNGReader()
    reader.SetFileName(str(tmp_path / "missing.png"))
    return reader


@pytest.mark.parametrize("named", [True, False])
def test_errors_are_collected_whether_their_source_is_named_or_not(reader_without_file, named):
    with collected_vtk_errors(*([reader_without_file] if named else [])) as errors:
        reader_without_file.Update()
    assert any("missing.png" in error for error in errors)


def test_nothing_is_collected_afterwards(reader_without_file):
    with collected_vtk_errors(reader_without_file) as errors:
        pass
    reader_without_file.Update()
    assert errors == []
    assert not reader_without_file.HasObserver(vtk.vtkCommand.ErrorEvent)


def test_a_scene_with_a_missing_file_does_not_pass_for_a_sound_one(examined, scene, tmp_path):
    """The way in which these tests read scenes back would notice."""
    load_candidate(examined().selected[0], scene)
    _scene_file, volume_file = save_scene(scene, tmp_path / "out")
    volume_file.unlink()
    fresh = slicer.vtkMRMLScene()
    fresh.SetURL(str(tmp_path / "out" / "scene.mrml"))
    with collected_vtk_errors(fresh) as errors:
        fresh.Import()
    assert errors
