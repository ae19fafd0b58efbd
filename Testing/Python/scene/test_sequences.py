"""Equal stacks along an index become a sequence with a browser; every frame lies right, in memory and on disk."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
import slicer
import slicer.util
import vtk

from DICOMTutorialHelperLib.dicom.candidate import (
    SEQUENCE,
    Candidate,
    SequenceIndex,
    Stack,
)
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.scene.arrays import allocate_image
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loader import load_candidate
from DICOMTutorialHelperLib.scene.sequences import _of_one_type, _set_index, index_texts, playback_rate

MR = "1.2.840.10008.5.1.4.1.1.4"
TIMES = [0.0, 1500.5, 3000.0]


@pytest.fixture
def dynamic(examined):
    """Examines stacks of the same places, one a trigger time; ``positions`` are those of one stack."""

    def examine(positions, headers=None, **plan):
        headers = headers or [{"TriggerTime": time} for time in TIMES]
        return examined(
            positions=[position for _ in headers for position in positions],
            headers=[header for header in headers for _ in positions],
            sop_class=MR,
            **plan,
        )

    return examine


@pytest.fixture
def even_positions():
    return [(-10.0, -20.0, 30.0 + 2.5 * k) for k in range(4)]


def _sequence_candidate(series, times=TIMES, unit="ms"):
    """A sequence by hand, whatever examination would prefer: stacks in the order of writing."""
    frames = sorted((frame for instance in series.instances for frame in instance.frames), key=lambda f: f.get("InstanceNumber"))
    size = len(frames) // len(times)
    stacks = []
    for start in range(0, len(frames), size):
        slices = sorted(frames[start : start + size], key=lambda frame: frame.plane.position_lps[2])
        stacks.append(Stack(slices, fit_grid(slices)))
    return Candidate(SEQUENCE, "5: Dynamic", stacks, SequenceIndex("TriggerTime", unit, list(times)))


def _files(stack):
    return [frame.instance.path for frame in stack.frames]


def test_a_dynamic_series_becomes_a_sequence_and_a_browser(dynamic, even_positions, scene):
    (candidate,) = dynamic(even_positions).selected
    loaded = load_candidate(candidate, scene)
    assert loaded.sequence.GetNumberOfDataNodes() == 3
    assert (loaded.sequence.GetIndexName(), loaded.sequence.GetIndexUnit()) == ("TriggerTime", "ms")
    assert loaded.sequence.GetIndexType() == loaded.sequence.NumericIndex
    assert [float(loaded.sequence.GetNthIndexValue(n)) for n in range(3)] == TIMES
    assert loaded.browser.GetMasterSequenceNode() is loaded.sequence
    assert loaded.browser.GetProxyNode(loaded.sequence) is loaded.volume
    assert loaded.volume.GetName() == candidate.name


def test_every_frame_has_its_own_voxels_places_and_instances(dynamic, even_positions, scene, assert_true):
    candidate = _sequence_candidate(dynamic(even_positions))
    loaded = load_candidate(candidate, scene)
    for number, stack in enumerate(candidate.stacks):
        assert_true(loaded.sequence.GetNthDataNode(number), _files(stack))


def test_the_proxy_follows_the_browser(dynamic, even_positions, scene, assert_true):
    candidate = _sequence_candidate(dynamic(even_positions))
    loaded = load_candidate(candidate, scene)
    for number in (0, 2, 1):
        loaded.browser.SetSelectedItemNumber(number)
        assert_true(loaded.volume, _files(candidate.stacks[number]))
        assert loaded.volume.GetName() == "5: Dynamic"


def test_playing_keeps_frames_apart(dynamic, even_positions, scene, assert_true):
    candidate = _sequence_candidate(dynamic(even_positions))
    loaded = load_candidate(candidate, scene)
    for number in (2, 1, 0, 2):
        loaded.browser.SetSelectedItemNumber(number)
    for number, stack in enumerate(candidate.stacks):
        assert_true(loaded.sequence.GetNthDataNode(number), _files(stack))


def test_windows_are_shared_by_all_frames(dynamic, even_positions, scene):
    series = dynamic(even_positions, header={"WindowCenter": [300, 20], "WindowWidth": [600, 50]})
    loaded = load_candidate(_sequence_candidate(series), scene)
    display = loaded.volume.GetScalarVolumeDisplayNode()
    for number in range(3):
        loaded.browser.SetSelectedItemNumber(number)
        assert loaded.volume.GetDisplayNode() is display
        assert (display.GetLevel(), display.GetWindow()) == (300, 600)
    assert display.GetNumberOfWindowLevelPresets() == 2


def test_frames_of_a_tilted_gantry_lie_right_each_by_itself(dynamic, tilted_positions, scene, assert_true):
    candidate = _sequence_candidate(dynamic(tilted_positions))
    loaded = load_candidate(candidate, scene)
    assert loaded.volume.GetParentTransformNode() is None
    for number, stack in enumerate(candidate.stacks):
        assert_true(loaded.sequence.GetNthDataNode(number), _files(stack))
        loaded.browser.SetSelectedItemNumber(number)
        assert_true(loaded.volume, _files(stack))


def test_uneven_frames_lie_right_and_so_does_the_proxy(dynamic, uneven_positions, scene, assert_true):
    candidate = _sequence_candidate(dynamic(uneven_positions))
    loaded = load_candidate(candidate, scene)
    assert loaded.transform.IsA("vtkMRMLGridTransformNode")
    for number, stack in enumerate(candidate.stacks):
        assert_true(loaded.sequence.GetNthDataNode(number), _files(stack))
        loaded.browser.SetSelectedItemNumber(number)
        assert_true(loaded.volume, _files(stack))


@pytest.mark.parametrize("places", ["even_positions", "tilted_positions", "uneven_positions"])
def test_saving_keeps_frames_and_proxy(places, request, dynamic, scene, assert_true, reopened):
    candidate = _sequence_candidate(dynamic(request.getfixturevalue(places)))
    loaded = load_candidate(candidate, scene)
    name, sequence_name = loaded.volume.GetName(), loaded.sequence.GetName()
    fresh = reopened(scene)
    sequence = fresh.GetFirstNode(sequence_name, "vtkMRMLSequenceNode")
    assert (sequence.GetIndexName(), sequence.GetIndexUnit()) == ("TriggerTime", "ms")
    assert [float(sequence.GetNthIndexValue(n)) for n in range(3)] == TIMES
    for number, stack in enumerate(candidate.stacks):
        assert_true(sequence.GetNthDataNode(number), _files(stack))
    assert_true(fresh.GetFirstNode(name, "vtkMRMLScalarVolumeNode"), _files(candidate.stacks[0]))
    browser = fresh.GetFirstNodeByClass("vtkMRMLSequenceBrowserNode")
    assert browser.GetMasterSequenceNode() is sequence


def test_saving_twice_writes_the_same(dynamic, uneven_positions, scene, tmp_path, assert_true, reopened):
    from DICOMTutorialHelperLib.scene.scene_files import save_scene

    candidate = _sequence_candidate(dynamic(uneven_positions))
    sequence_name = load_candidate(candidate, scene).sequence.GetName()
    save_scene(scene, tmp_path / "first")
    sequence = reopened(scene).GetFirstNode(sequence_name, "vtkMRMLSequenceNode")
    assert sequence.GetNumberOfDataNodes() == 3
    assert_true(sequence.GetNthDataNode(1), _files(candidate.stacks[1]))


def test_words_make_a_text_index(dynamic, even_positions, scene, reopened):
    words = ["0", "1000 [1.000 0.000 0.000]", "mélangé\\M_FFE"]
    loaded = load_candidate(_sequence_candidate(dynamic(even_positions), words, unit=""), scene)
    assert loaded.sequence.GetIndexType() == loaded.sequence.TextIndex
    assert [loaded.sequence.GetNthIndexValue(n) for n in range(3)] == words
    after = reopened(scene).GetFirstNodeByClass("vtkMRMLSequenceNode")
    assert [after.GetNthIndexValue(n) for n in range(3)] == words


def test_numbers_too_near_for_a_sequence_stay_apart(dynamic, even_positions, scene, reopened):
    times = [0.0, 0.0004, 0.0008]
    loaded = load_candidate(_sequence_candidate(dynamic(even_positions), times, unit="s"), scene)
    assert [float(loaded.sequence.GetNthIndexValue(n)) for n in range(3)] == times
    assert reopened(scene).GetFirstNodeByClass("vtkMRMLSequenceNode").GetNumberOfDataNodes() == 3


def test_an_index_that_tells_nothing_apart_loads_nothing(dynamic, even_positions, scene):
    before = scene.GetNumberOfNodes()
    with pytest.raises(LoadError, match="TriggerTime"):
        load_candidate(_sequence_candidate(dynamic(even_positions), [1.0, 1.0, 2.0]), scene)
    assert scene.GetNumberOfNodes() == before


def test_frames_of_different_element_types_become_one(dynamic, even_positions, scene, reopened):
    headers = [
        {"TriggerTime": 0.0},
        {"TriggerTime": 1.0, "RescaleSlope": 0.5, "RescaleIntercept": 0.25},
        {"TriggerTime": 2.0},
    ]
    candidate = _sequence_candidate(dynamic(even_positions, headers=headers), [0.0, 1.0, 2.0])
    loaded = load_candidate(candidate, scene)
    frames = [slicer.util.arrayFromVolume(loaded.sequence.GetNthDataNode(n)) for n in range(3)]
    assert {frame.dtype for frame in frames} == {np.dtype("float32")}
    for frame, stack in zip(frames, candidate.stacks):
        datasets = [pydicom.dcmread(path) for path in _files(stack)]
        truth = [d.pixel_array * float(d.RescaleSlope) + float(d.RescaleIntercept) for d in datasets]
        assert np.allclose(frame, truth)
    assert reopened(scene).GetFirstNodeByClass("vtkMRMLSequenceNode").GetNumberOfDataNodes() == 3


def test_the_proxy_holds_no_second_copy_of_the_voxels(dynamic, even_positions, scene):
    loaded = load_candidate(_sequence_candidate(dynamic(even_positions)), scene)
    loaded.browser.SetSelectedItemNumber(1)
    addresses = [
        node.GetImageData().GetPointData().GetScalars().GetAddressAsString("")
        for node in (loaded.volume, loaded.sequence.GetNthDataNode(1))
    ]
    assert addresses[0] == addresses[1]


def test_colour_frames_make_a_sequence_of_vector_volumes(examined, scene, reopened):
    positions = [(0.0, 0.0, 3.0 * k) for k in range(3)]
    series = examined(positions=positions * 2, samples=3, headers=[{"InstanceNumber": n + 1} for n in range(6)])
    loaded = load_candidate(_sequence_candidate(series, [1.0, 2.0]), scene)
    before = [slicer.util.arrayFromVolume(loaded.sequence.GetNthDataNode(n)).copy() for n in range(2)]
    sequence = reopened(scene).GetFirstNodeByClass("vtkMRMLSequenceNode")
    for number in range(2):
        assert sequence.GetNthDataNode(number).IsA("vtkMRMLVectorVolumeNode")
        assert np.array_equal(slicer.util.arrayFromVolume(sequence.GetNthDataNode(number)), before[number])


@pytest.mark.parametrize(("count", "rate"), [(2, 1.0), (10, 2.5), (40, 10.0), (1000, 20.0)])
def test_a_loop_takes_a_few_seconds(count, rate):
    assert playback_rate(SequenceIndex("TriggerTime", "ms", list(range(count)))) == rate


def test_index_values_keep_what_tells_them_apart():
    assert index_texts(SequenceIndex("AcquisitionTime", "s", [0, 12.5, 86399.123456])) == ["0", "12.5", "86399.12346"]


def test_a_browser_outside_the_application_shows_its_frame(dynamic, even_positions):
    bare = slicer.vtkMRMLScene()
    bare.RegisterNodeClass(slicer.vtkMRMLSequenceBrowserNode())
    loaded = load_candidate(_sequence_candidate(dynamic(even_positions)), bare)
    assert isinstance(loaded.volume.GetImageData(), vtk.vtkImageData)


def test_a_slicer_that_stores_no_attributes_of_frames_still_stores_their_instances(dynamic, even_positions, scene):
    """Up to 5.8 a .seq.nrrd keeps the attributes of the sequence alone; newer ones read these as those of its frames."""
    candidate = _sequence_candidate(dynamic(even_positions))
    sequence = load_candidate(candidate, scene).sequence
    for number, stack in enumerate(candidate.stacks):
        uids = " ".join(str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in _files(stack))
        assert sequence.GetAttribute(f"axis 0 item {number:04d} DICOM.instanceUIDs") == uids


def test_repeats_and_near_directions_keep_their_order_and_are_shown_as_they_are(dynamic, even_positions, scene):
    near = [[0.7071, 0.70711, 0.0], [0.7073, 0.70691, 0.0]]
    headers = [
        {"DiffusionBValue": 1000.0, "DiffusionGradientOrientation": near[0]},
        {"DiffusionBValue": 0.0},
        {"DiffusionBValue": 1000.0, "DiffusionGradientOrientation": near[1]},
        {"DiffusionBValue": 0.0},
    ]
    (candidate,) = dynamic(even_positions, headers).selected
    loaded = load_candidate(candidate, scene)
    labels = ["1000 [0.707 0.707 0.000]", "0", "1000 [0.707 0.707 0.000] (2)", "0 (2)"]
    assert [loaded.sequence.GetNthIndexValue(n) for n in range(4)] == labels
    assert loaded.sequence.GetIndexType() == loaded.sequence.TextIndex
    assert [loaded.browser.GetFormattedIndexValue(n) for n in range(4)] == labels


def test_numbers_that_do_not_rise_keep_the_order_of_the_measurement(dynamic, even_positions, scene):
    candidate = _sequence_candidate(dynamic(even_positions), times=[30.0, 10.0, 20.0])
    loaded = load_candidate(candidate, scene)
    assert [loaded.sequence.GetNthIndexValue(n) for n in range(3)] == ["30", "10", "20"]


@pytest.mark.parametrize("lost", [(0,), (3,), (1, 2), (0, 1, 2)])
def test_a_volume_with_lost_slices_lies_where_the_others_do(dynamic, even_positions, scene, lost):
    series = dynamic(even_positions, [{"EchoTime": echo} for echo in (5, 10, 15, 20)])
    files = [instance.path for instance in series.instances]
    for k in lost:
        files[4 + k].unlink()
    from DICOMTutorialHelperLib.dicom.examine import examine_paths

    (candidate,) = examine_paths([files[0].parent]).series[0].selected
    loaded = load_candidate(candidate, scene)
    matrices = []
    for n in range(4):
        matrix = vtk.vtkMatrix4x4()
        loaded.sequence.GetNthDataNode(n).GetIJKToRASMatrix(matrix)
        matrices.append([matrix.GetElement(row, column) for row in range(3) for column in range(4)])
    assert np.allclose(matrices, matrices[0])
    voxels = slicer.util.arrayFromVolume(loaded.sequence.GetNthDataNode(1))
    for k in range(4):
        assert (np.ptp(voxels[k]) == 0) == (k in lost)


@pytest.mark.parametrize(("count", "rate"), [(1, 1), (4, 1), (6, 1.5), (80, 20), (81, 20)])
def test_a_loop_takes_four_seconds_within_one_and_twenty_frames_a_second(count, rate):
    assert playback_rate(SequenceIndex("x", "", list(range(count)))) == rate


def test_index_texts_have_ten_digits():
    assert index_texts(SequenceIndex("x", "", [1.0, 1234567890.4, 0.1, "a"])) == ["1", "1234567890", "0.1", "a"]


@pytest.mark.parametrize(
    ("values", "numeric"),
    [([0, 1, 2], True), ([0, 2, 1], False), ([0, 0.0000001], False), (["a", 1], False), ([5], True), ([0, 0], False)],
)
def test_an_index_is_numeric_where_its_numbers_rise(scene, values, numeric):
    sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode")
    _set_index(sequence, SequenceIndex("EchoTime", "ms", values), len(values))
    assert (sequence.GetIndexType() == sequence.NumericIndex) == numeric
    assert (sequence.GetIndexName(), sequence.GetIndexUnit()) == ("EchoTime", "ms")
    with pytest.raises(ValueError, match="EchoTime"):
        _set_index(sequence, SequenceIndex("EchoTime", "ms", values), len(values) + 1)


def image_of(dtype, shape=(1, 2, 2), value=3):
    image, voxels = allocate_image(shape, np.dtype(dtype))
    voxels[:] = value
    return image


def test_frames_get_one_type_and_must_have_one_size():
    same = [image_of("int16"), image_of("int16")]
    assert all(one is other for one, other in zip(_of_one_type(same), same))
    mixed = _of_one_type([image_of("int16"), image_of("float32", value=1.5)])
    assert {one.GetScalarTypeAsString() for one in mixed} == {"float"}
    assert [one.GetScalarComponentAsDouble(1, 1, 0, 0) for one in mixed] == [3, 1.5]
    with pytest.raises(LoadError) as caught:
        _of_one_type([image_of("int16"), image_of("int16", (1, 2, 3))])
    assert caught.value.reason == "frame-sizes"
