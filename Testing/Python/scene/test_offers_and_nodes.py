"""What plugins offer and what becomes of it in a scene: candidates in memory, nodes of a few voxels, readers that only say so."""

from __future__ import annotations

import logging
import os
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

from made_frames import made_frame
from pydicom.dataset import Dataset
from synthetic_volumes import fill

from DICOMTutorialHelperLib.dicom.candidate import (
    SEQUENCE,
    VOLUME,
    Candidate,
    Examination,
    SequenceIndex,
    SeriesExamination,
    Stack,
)
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.geometry import Grid, fit_grid
from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.scene import decoder_pool, dicom_plugin, loadables, loader, volumes, vtkitk_decoder
from DICOMTutorialHelperLib.scene.arrays import allocate_image
from DICOMTutorialHelperLib.scene.diffusion import set_diffusion_attributes
from DICOMTutorialHelperLib.scene.display import GREY, INVERTED_GREY, set_up_display
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loadables import Examinations, candidates_of, file_states, offers
from DICOMTutorialHelperLib.scene.marked_points import mark, marked_lines_ras, marked_points_ras, value_at_ras
from DICOMTutorialHelperLib.scene.sequences import _of_one_type, _set_index
from DICOMTutorialHelperLib.scene.transforms import add_acquisition_transform, displacement_transform


def stack(count=2, name="a", **values):
    frames = [made_frame((0, 0, 2.0 * k), name=f"{name}{k}.dcm", **values) for k in range(count)]
    return Stack(frames, fit_grid(frames))


def candidate(name="T1", kind=VOLUME, confidence=0.6, selected=True, findings=(), stacks=None, index=None):
    return Candidate(kind, name, stacks or [stack()], index, "", list(findings), confidence, selected)


def examinations_of(*candidates):
    series = SeriesExamination([candidates[0].first_instance], list(candidates))
    return SimpleNamespace(of=lambda files, fill_missing=True: Examination([series], []))


# --- offers


def test_offers_of_a_kind_come_best_first():
    made = [candidate("a", confidence=0.3), candidate("b", kind=SEQUENCE), candidate("c", confidence=0.9, stacks=[stack(3)])]
    found = offers(examinations_of(*made), ["x"], VOLUME)
    assert [(offer.name, offer.confidence, offer.selected) for offer in found] == [("c", 0.9, True), ("a", 0.3, True)]
    assert found[1].files == ["a0.dcm", "a1.dcm"]


def test_candidates_of_one_file_set_are_one_offer_while_they_are_selected():
    made = [
        candidate("a"),
        candidate("b"),
        candidate("c", stacks=[stack(name="other")]),
        candidate("d", selected=False),
        candidate("e", selected=False),
    ]
    found = offers(examinations_of(*made), ["x"], VOLUME)
    assert [(offer.name, len(offer.candidates)) for offer in found] == [("a, b", 2), ("c", 1), ("d", 1), ("e", 1)]


@pytest.mark.parametrize(
    ("selected", "preferred", "multi", "confidence", "chosen"),
    [
        (True, True, False, 1.1, True),
        (False, True, False, 1.1, False),
        (True, False, False, 0.1, False),
        (False, False, False, 0.05, False),
        (True, True, True, 0.88, True),
        (True, False, True, 0.1, False),
    ],
)
def test_what_is_only_offered_stands_below_all_others(selected, preferred, multi, confidence, chosen):
    made = candidate(confidence=1.1, selected=selected)
    (offer,) = offers(examinations_of(made), ["x"], VOLUME, "en", preferred, True, multi)
    assert (offer.confidence, offer.selected) == (confidence, chosen)


def test_an_offer_says_its_shape_its_warnings_and_its_notes():
    note = Finding("derived-image", INFO, {"image_type": "DERIVED\\X"})
    warning = Finding("unknown-pixel-size", WARNING, {"images": 2})
    error = Finding("unsupported-compression", ERROR, {"transfer_syntax_uids": ["1.2"]})
    made = candidate(findings=[note, warning, error])
    (offer,) = offers(examinations_of(made, candidate(findings=[warning])), ["x"], VOLUME)
    lines = offer.tooltip.split("\n")
    assert "4 x 3 x 2" in lines[0] and "1 x 1 x 2 mm" in lines[0]
    assert len(lines) == 4
    assert "DERIVED" in lines[3] and "DERIVED" not in offer.warning
    assert offer.warning == " ".join(lines[1:3])
    sequence = candidate(kind=SEQUENCE, stacks=[stack(), stack(), stack()], index=SequenceIndex("EchoTime", "ms", [1, 2, 3]))
    (offer,) = offers(examinations_of(sequence), ["x"], SEQUENCE)
    assert "3" in offer.tooltip and offer.tooltip.endswith("(EchoTime)")


def test_candidates_are_found_again_by_their_files():
    small, large = candidate("a", confidence=0.9), candidate("b", confidence=0.5, stacks=[stack(3)])
    alike = candidate("c", confidence=0.9)
    made = examinations_of(small, large, alike, candidate("d", kind=SEQUENCE))
    assert candidates_of(made, ["a0.dcm", "a1.dcm"], VOLUME) == [small, alike]
    assert candidates_of(made, ["a0.dcm", "a1.dcm", "a2.dcm"], VOLUME) == [small, alike]
    with pytest.raises(LookupError):
        candidates_of(made, ["a0.dcm"], VOLUME)


def test_an_examination_is_kept_while_its_files_stay(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(
        loadables, "examine_files", lambda files, progress, fill_missing: made.append((len(files), fill_missing)) or object()
    )
    paths = [str(tmp_path / name) for name in "abc"]
    for path in paths:
        (tmp_path / os.path.basename(path)).write_bytes(b"1")
    kept = Examinations()
    first = kept.of(paths[:1])
    assert kept.of(paths[:1]) is first and kept.of(paths[:1], fill_missing=False) is not first
    (tmp_path / "a").write_bytes(b"12")
    assert kept.of(paths[:1]) is not first
    assert made == [(1, True), (1, False), (1, True)]
    kept.forget()
    kept.of(paths[:1])
    assert len(made) == 4
    monkeypatch.setattr(loadables, "MOST_KEPT_FILES", 5)  # a key has a place for its files and one more
    two, one = kept.of(paths[:2]), kept.of(paths[:1])
    assert kept.of(paths[:2]) is two and kept.of(paths[:1]) is one
    kept.of(paths[2:])  # 3 + 2 + 2: the one asked for longest ago goes
    assert kept.of(paths[:1]) is one
    assert kept.of(paths[:2]) is not two
    monkeypatch.setattr(loadables, "MOST_KEPT_FILES", 1)
    alone = kept.of(paths)
    assert kept.of(paths) is alone
    assert file_states([paths[1], str(tmp_path / "none")])[1] is None


# --- the plugins


class Plugin:
    def __init__(self):
        self.loadableCache, self.shown = {}, []

    def getCachedLoadables(self, files):
        return self.loadableCache.get(tuple(files))

    def cacheLoadables(self, files, made):
        self.loadableCache[tuple(files)] = made

    def addSeriesInSubjectHierarchy(self, loadable, node):
        self.shown.append(node)


def examined(plugin, made, language="en", files=("x",), **more):
    settings = {"preferred": True, "fill_missing": True, **more}
    return dicom_plugin.examine_for_import(plugin, made, VOLUME, [list(files)], SimpleNamespace, language, **settings)


def test_loadables_are_kept_until_the_settings_or_the_files_change(tmp_path):
    plugin, made, path = (
        Plugin(),
        examinations_of(candidate(findings=[Finding("unknown-pixel-size", WARNING, {"images": 2})])),
        tmp_path / "f",
    )
    path.write_bytes(b"1")
    (first,) = examined(plugin, made, files=(str(path),))
    assert (first.name, first.offeredName, first.files, first.selected, first.confidence) == (
        "T1",
        "T1",
        ["a0.dcm", "a1.dcm"],
        True,
        0.6,
    )
    assert first.warning and first.warning in first.tooltip and len(first.candidates) == 1
    assert examined(plugin, made, files=(str(path),))[0] is first
    path.write_bytes(b"12")
    (second,) = examined(plugin, made, files=(str(path),))
    assert second is not first
    assert examined(plugin, made, "fr", files=(str(path),))[0] is not second
    assert not examined(plugin, made, "fr", files=(str(path),), preferred=False)[0].selected


def test_a_list_that_cannot_be_examined_gives_nothing_and_is_logged(caplog):
    def fail(*_):
        raise ValueError("odd")

    with caplog.at_level(logging.ERROR):
        assert examined(Plugin(), SimpleNamespace(of=fail)) == []
    assert "examining 1 files failed" in caplog.text


@pytest.fixture
def loading(monkeypatch):
    """Loading without reading: ``loading.fails`` are the names of candidates that raise."""
    state = SimpleNamespace(fails={}, loaded=[], removed=[], active=[])

    def load(named, scene, progress=None):
        if named.name in state.fails:
            raise state.fails[named.name]
        state.loaded.append(named.name)
        return SimpleNamespace(volume=SimpleNamespace(GetID=lambda: named.name))

    selection = SimpleNamespace(SetActiveVolumeID=state.active.append)
    logic = SimpleNamespace(GetSelectionNode=lambda: selection, PropagateVolumeSelection=lambda: state.active.append("all"))
    monkeypatch.setattr(dicom_plugin, "load_candidate", load)
    monkeypatch.setattr(dicom_plugin, "remove_loaded", lambda done, scene: state.removed.append(done.volume.GetID()))
    monkeypatch.setattr(
        dicom_plugin, "slicer", SimpleNamespace(mrmlScene=None, app=SimpleNamespace(applicationLogic=lambda: logic))
    )
    return state


def loadable(*names, name=None):
    made = tuple(candidate(one) for one in names)
    joined = ", ".join(names)
    return SimpleNamespace(files=["x"], name=name or joined, offeredName=joined, candidates=made)


def test_a_loadable_is_loaded_under_its_name_and_shown(loading):
    plugin = Plugin()
    assert dicom_plugin.load(plugin, None, VOLUME, loadable("a"), True) is True
    assert dicom_plugin.load(plugin, None, VOLUME, loadable("a", name="mine"), True) is True
    assert dicom_plugin.load(plugin, None, VOLUME, loadable("a", "b", name="mine"), True) is True
    assert loading.loaded == ["a", "mine", "a", "b"]
    assert loading.active == ["a", "all", "mine", "all", "a", "all"]
    assert len(plugin.shown) == 4
    foreign = SimpleNamespace(files=["a0.dcm", "a1.dcm"], name="T1")
    assert dicom_plugin.load(plugin, examinations_of(candidate()), VOLUME, foreign, True) is True
    assert loading.loaded[-1] == "T1"


@pytest.mark.parametrize(
    ("error", "logged"),
    [(LoadError("b", "no-memory"), True), (LookupError("b"), True), (ValueError("b"), True), (Cancelled(), False)],
)
def test_what_fails_leaves_nothing_of_what_was_loaded_with_it(loading, error, logged, caplog):
    loading.fails["b"] = error
    with caplog.at_level(logging.INFO):
        assert dicom_plugin.load(Plugin(), None, VOLUME, loadable("a", "b"), True) is False
    assert (loading.removed, loading.active) == (["a"], [])
    assert ("1 files were not loaded" in caplog.text) == logged
    assert ("cancelled" in caplog.text) == (not logged)


def test_progress_counts_over_all_stacks():
    told = []
    step = loader._offset_progress(lambda *done: told.append(done), 5, 8)
    step(1, 3)
    step(9, 3)
    assert told == [(6, 8), (8, 8)]


# --- Slicer's readers


def header(**values):
    made = Dataset()
    made.Rows, made.Columns = 3, 4
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


@pytest.fixture
def readers(monkeypatch):
    """Readers that give what they are told to, and remember in which order they were asked."""
    state = SimpleNamespace(asked=[], gives={}, header=header())

    def read(path, approach, color):
        state.asked.append((approach, color))
        return state.gives.get(approach, (None, "no"))

    monkeypatch.setattr(vtkitk_decoder, "_read", read)
    monkeypatch.setattr(vtkitk_decoder, "dcmread", lambda *_, **__: state.header)
    return state


def reason(path="folder/x.dcm"):
    with pytest.raises(DecodingError) as caught:
        vtkitk_decoder.decode(path)
    return caught.value


def test_the_second_reader_is_asked_where_the_first_gives_nothing_or_too_little(readers):
    readers.gives = {"GDCM": (np.arange(12), None)}
    assert vtkitk_decoder.decode("x").tolist() == np.arange(12).reshape(1, 3, 4).tolist()
    assert readers.asked == [("GDCM", False)]
    readers.gives = {"GDCM": (np.arange(11), None), "DCMTK": (np.arange(12), None)}
    assert vtkitk_decoder.decode("x").shape == (1, 3, 4)
    readers.gives = {"GDCM": (np.arange(11), None)}
    error = reason()
    assert (error.reason, error.fields["file"]) == ("undecodable", "x.dcm")
    assert error.detail == "GDCM: (11,) instead of (1, 3, 4); DCMTK: no"


def test_colours_and_frames_have_their_places(readers):
    readers.header = header(SamplesPerPixel=3, NumberOfFrames="2")
    readers.gives = {"GDCM": (np.arange(72), None)}
    assert vtkitk_decoder.decode("x").shape == (2, 3, 4, 3)
    assert readers.asked == [("GDCM", True)]
    readers.header = Dataset()
    assert reason().reason == "undecodable"


def groups(*rescales):
    made = []
    for slope, intercept in rescales:
        item, group = Dataset(), Dataset()
        item.RescaleSlope, item.RescaleIntercept = slope, intercept
        group.PixelValueTransformationSequence = [item]
        made.append(group)
    return made


@pytest.mark.parametrize(
    ("rescales", "allowed"), [([(1, 0), (1, 0)], True), ([(1, 0), (2, 0)], False), ([(1, 0), (1, 5)], False), ([], True)]
)
def test_frames_that_are_rescaled_each_by_itself_are_refused_and_dcmtk_is_never_asked(readers, rescales, allowed):
    readers.header = header(PerFrameFunctionalGroupsSequence=groups(*rescales), NumberOfFrames=2)
    assert reason().reason == ("undecodable" if allowed else "per-frame-rescale")
    assert readers.asked == ([("GDCM", False)] if allowed else [])


# --- the pool


@pytest.mark.parametrize(
    ("syntax", "values", "taken"),
    [
        ("57", {}, True),
        ("70", {}, True),
        ("90", {}, True),
        ("91", {}, False),
        ("50", {}, False),
        ("57", {"BitsAllocated": 8}, True),
        ("57", {"BitsAllocated": 32}, False),
        ("57", {"SamplesPerPixel": 3}, False),
    ],
)
def test_a_pool_takes_grey_frames_of_lossless_kinds(syntax, values, taken):
    instance = made_frame(**values).instance
    object.__setattr__(instance, "transfer_syntax_uid", f"1.2.840.10008.1.2.4.{syntax}")
    with decoder_pool.DecoderPool() as pool:
        assert pool.takes(instance) == taken
        if taken:
            least = (48 if syntax == "90" else 128) << 20
            assert [pool.is_worth(instance, size) for size in (least - 1, least)] == [False, True]


@pytest.mark.parametrize(("processors", "count"), [(None, 1), (1, 1), (3, 3), (4, 4), (64, 4)])
def test_a_pool_has_as_many_processes_as_there_are_processors_up_to_four(monkeypatch, processors, count):
    monkeypatch.setattr(decoder_pool.os, "cpu_count", lambda: processors)
    with decoder_pool.DecoderPool() as pool:
        assert (pool.frames_ahead, len(pool._made)) == (2 * count, count)


# --- nodes


def test_a_tilt_becomes_a_matrix_and_uneven_slices_a_grid_of_displacements(scene):
    frames = [made_frame((0, 2.0 * k, 2.0 * k)) for k in range(3)]
    tilt = add_acquisition_transform(scene, fit_grid(frames), "T1")
    assert tilt.GetName() == "T1 gantry tilt 45.0 degrees"
    assert tilt.IsA("vtkMRMLLinearTransformNode")
    assert add_acquisition_transform(scene, stack().grid, "T1") is None
    frames = [made_frame((0, 0, z), spacing=(0.5, 0.25)) for z in (0.0, 2.0, 5.0)]
    grid = fit_grid(frames)
    uneven = add_acquisition_transform(scene, grid, "T1")
    assert uneven.GetName() == "T1 slice positions"
    transform = displacement_transform(grid)
    for k, z in enumerate((0.0, 2.0, 5.0)):
        for i, j in ((0, 0), (3, 2), (1, 1)):
            point = (grid.ijk_to_ras @ (i, j, k, 1))[:3]
            assert transform.TransformPoint(point.tolist()) == pytest.approx((-0.25 * i, -0.5 * j, z))


def test_an_axis_of_one_voxel_has_a_spacing_all_the_same():
    displaced = np.zeros((2, 2, 2, 3))
    displaced[1, ..., 2] = 4
    transform = displacement_transform(Grid((1, 1, 2), np.eye(4), displacements_lps=displaced))
    assert transform.GetDisplacementGrid().GetSpacing() == (1.0, 1.0, 1.0)
    assert transform.TransformPoint((0, 0, 1)) == pytest.approx((0, 0, 5))


def shown(scene, made, shape=(2, 3, 4), dtype=np.int16, top=50):
    image, voxels = allocate_image(shape, dtype)
    voxels[:] = 0
    voxels[0, 0, 0] = top
    node = scene.AddNewNodeByClass("vtkMRMLVectorVolumeNode" if len(shape) > 3 else "vtkMRMLScalarVolumeNode", "x")
    node.SetAndObserveImageData(image)
    set_up_display(node, made)
    return node.GetDisplayNode()


def test_windows_of_the_middle_frame_are_presets_and_the_first_is_used(scene):
    made = stack(3)
    made.frames[1].instance.values.update(WindowCenter=(40.0, 50.0), WindowWidth=(400.0, 80.0))
    made.frames[0].instance.values.update(WindowCenter=1.0, WindowWidth=2.0)
    display = shown(scene, made)
    assert (display.GetLevel(), display.GetWindow(), display.GetAutoWindowLevel()) == (40, 400, 0)
    assert display.GetNumberOfWindowLevelPresets() == 2
    assert (display.GetLevelPreset(1), display.GetWindowPreset(1)) == (50, 80)
    assert shown(scene, stack(3)).GetAutoWindowLevel() == 1


@pytest.mark.parametrize(("interpretation", "colours"), [("MONOCHROME1", INVERTED_GREY), ("MONOCHROME2", GREY)])
def test_monochrome1_is_shown_inverted(scene, interpretation, colours):
    assert shown(scene, stack(PhotometricInterpretation=interpretation)).GetColorNodeID() == colours


@pytest.mark.parametrize(("dtype", "top", "white"), [(np.uint8, 50, 255), (np.uint16, 5000, 5000), (np.uint16, 0, 1)])
def test_colours_are_shown_as_they_are_stored(scene, dtype, top, white):
    display = shown(scene, stack(), (2, 3, 4, 3), dtype, top)
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax(), display.GetAutoWindowLevel()) == (0, white, 0)


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


def diffusion(scene, *weightings):
    stacks = [
        stack(1, DiffusionBValue=b, DiffusionGradientOrientation=direction) if b is not None else stack(1)
        for b, direction in weightings
    ]
    sequence = scene.AddNewNodeByClass("vtkMRMLSequenceNode")
    names = [str(number) for number in range(len(stacks))]
    for name in names:
        fill(sequence.SetDataNodeAtValue(slicer.vtkMRMLScalarVolumeNode(), name), np.zeros((1, 2, 2)))
    set_diffusion_attributes(sequence, stacks, names)
    return sequence


def test_gradients_have_the_length_that_the_weighting_wants(scene):
    """b = b-value x |gradient|²: a quarter of the weighting, half the length."""
    sequence = diffusion(scene, (0.0, (0.0, 0.6, 0.8)), (250.0, (0.0, 0.6, 0.8)), (1000.0, (1.0, 0.0, 0.0)))
    said = {name: sequence.GetAttribute(name) for name in sequence.GetAttributeNames()}
    assert (said["modality"], said["DWMRI_b-value"], said["DWMRI_space"]) == ("DWMRI", "1000", "left-posterior-superior")
    gradients = [said[f"DWMRI_gradient_{number:04d}"] for number in range(3)]
    assert gradients == ["0.000000 0.000000 0.000000", "0.000000 0.300000 0.400000", "1.000000 0.000000 0.000000"]
    assert [said[f"DWMRI_b-value_{number:04d}"] for number in range(3)] == ["0", "250", "1000"]
    node = sequence.GetNthDataNode(1)
    assert [node.GetAttribute(f"DWMRI_{name}") for name in ("b-value", "gradient", "space")] == [
        "250",
        "0.000000 0.600000 0.800000",
        "left-posterior-superior",
    ]


@pytest.mark.parametrize("weightings", [[(None, None), (500.0, (1.0, 0.0, 0.0))], [(0.0, None), (0.0, None)]])
def test_without_a_weighting_nothing_is_said_of_one(scene, weightings):
    made = [(b, direction or (0.0, 0.0, 0.0)) for b, direction in weightings]
    assert diffusion(scene, *made).GetAttribute("modality") is None


def test_marks_are_points_of_one_place_and_lines_of_two(scene):
    mark(scene, "lesion", [(1, 2, 3)], shown=False)
    mark(scene, "length", [(0, 0, 0), (3, 4, 0)], shown=False)
    assert marked_points_ras(scene) == [("lesion", (1, 2, 3))]
    assert marked_lines_ras(scene) == [("length", (0, 0, 0), (3, 4, 0))]
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "half")
    line.AddControlPoint(1, 1, 1)
    assert len(marked_lines_ras(scene)) == 1


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((0, 0, 0), 0),
        ((-3.4, -2.4, 1.4), 23),
        ((0.4, 0, 0), 0),
        ((0.6, 0, 0), None),
        ((-3.6, 0, 0), None),
        ((0, -2.6, 0), None),
        ((0, 0, 1.6), None),
        ((0, 0, -0.6), None),
    ],
)
def test_a_value_is_that_of_the_nearest_voxel_of_the_volume(scene, place, value):
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "x")
    fill(node, np.arange(24).reshape(2, 3, 4))
    if value is None:
        with pytest.raises(ValueError, match="outside"):
            value_at_ras(node, place)
    else:
        assert value_at_ras(node, place) == value


def test_an_image_is_the_one_that_was_asked_for_last(monkeypatch):
    """Where only the values tell which type is needed, memory is asked for twice."""

    def read_voxels(stack, allocate, progress, reader):
        allocate((1, 2, 2), np.dtype(np.int16))
        allocate((1, 2, 2), np.dtype(np.int32))[:] = 7

    monkeypatch.setattr(volumes, "read_voxels", read_voxels)
    image = volumes.read_image(stack())
    assert (image.GetScalarTypeAsString(), image.GetScalarComponentAsDouble(1, 1, 0, 0)) == ("int", 7)
