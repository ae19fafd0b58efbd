"""Loading brings all of a candidate into the scene, or nothing."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
import pytest
import slicer
import slicer.util

from DICOMTutorialHelperLib.scene import loader
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loader import load_candidate, remove_loaded

MR = "1.2.840.10008.5.1.4.1.1.4"


def _nodes(scene):
    return {scene.GetNthNode(place).GetID() for place in range(scene.GetNumberOfNodes())}


def _hierarchy_items(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene).GetNumberOfItems()


@pytest.fixture
def dynamic(examined):
    positions = [(0.0, 0.0, 3.0 * k + 0.7 * (k == 2)) for k in range(4)]
    return examined(positions=positions * 2, headers=[{"TriggerTime": 100.0 * (n // 4)} for n in range(8)], sop_class=MR)


def test_a_file_gone_since_examination_is_named_and_leaves_nothing(examined, scene):
    series = examined()
    series.instances[3].path.unlink()
    before = _nodes(scene)
    with pytest.raises(LoadError, match=series.selected[0].name):
        load_candidate(series.selected[0], scene, series)
    assert _nodes(scene) == before


def test_a_failing_second_frame_leaves_no_first(dynamic, scene):
    (candidate,) = dynamic.selected
    candidate.stacks[1].frames[0].instance.path.unlink()
    before = _nodes(scene)
    with pytest.raises(LoadError):
        load_candidate(candidate, scene, dynamic)
    assert _nodes(scene) == before


def test_any_failure_leaves_nothing_and_bugs_keep_their_name(examined, scene, monkeypatch):
    def broken(*_arguments):
        raise KeyError("a bug")

    series = examined()
    monkeypatch.setattr("DICOMTutorialHelperLib.scene.loader.add_to_subject_hierarchy", broken)
    before = _nodes(scene)
    with pytest.raises(KeyError):
        load_candidate(series.selected[0], scene, series)
    assert _nodes(scene) == before


def test_too_little_memory_is_a_reason_too(examined, scene, monkeypatch):
    def exhausted(*_arguments, **_named):
        raise MemoryError

    monkeypatch.setattr("DICOMTutorialHelperLib.scene.loader.read_image", exhausted)
    with pytest.raises(LoadError, match="memory"):
        load_candidate(examined().selected[0], scene)


def test_progress_counts_the_slices_of_all_frames(dynamic, scene):
    told = []
    load_candidate(dynamic.selected[0], scene, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("kind", ["volume", "tilted", "sequence"])
def test_removing_leaves_the_scene_as_it_was(kind, request, examined, tilted_positions, scene):
    if kind == "sequence":
        series = request.getfixturevalue("dynamic")
    else:
        series = examined(**({"positions": tilted_positions} if kind == "tilted" else {}))
    nodes, items = _nodes(scene), _hierarchy_items(scene)
    loaded = load_candidate(series.selected[0], scene, series)
    assert _nodes(scene) > nodes
    remove_loaded(loaded, scene)
    assert _nodes(scene) == nodes
    assert _hierarchy_items(scene) == items


def test_removing_one_of_two_keeps_the_patient(examined, scene):
    series = examined()
    first = load_candidate(series.selected[0], scene, series)
    remaining = _hierarchy_items(scene)
    second = load_candidate(series.selected[0], scene, series)
    remove_loaded(second, scene)
    assert _hierarchy_items(scene) == remaining
    assert np.any(slicer.util.arrayFromVolume(first.volume))


def test_a_patient_that_someone_else_made_stays(examined, scene):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    own = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "Mine")
    series = examined()
    remove_loaded(load_candidate(series.selected[0], scene, series), scene)
    assert _hierarchy_items(scene) == 1
    assert hierarchy.GetItemName(own) == "Mine"


@pytest.mark.parametrize(("taken", "decoding"), [(True, "threads"), (False, "processes")])
def test_frames_are_decoded_in_threads_where_these_take_them(examined, scene, monkeypatch, taken, decoding):
    used = []

    def pool(name):
        @contextmanager
        def entered():
            used.append(name)
            yield None

        return entered

    monkeypatch.setattr(loader, "DecodingThreads", pool("threads"))
    monkeypatch.setattr(loader, "DecoderPool", pool("processes"))
    monkeypatch.setattr(loader.lossless_frames, "takes", lambda _instance: taken)
    load_candidate(examined().selected[0], scene)
    assert used == [decoding]
