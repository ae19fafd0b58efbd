"""What plugins offer, how long an examination is kept, and what becomes of a loadable: candidates in memory."""

from __future__ import annotations

import logging
import os
from types import SimpleNamespace

import pytest

slicer = pytest.importorskip("slicer")


from made_frames import made_stack

from DICOMTutorialHelperLib.dicom.candidate import (
    SEQUENCE,
    VOLUME,
    Candidate,
    Examination,
    SequenceIndex,
    SeriesExamination,
)
from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING, Finding
from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.scene import dicom_plugin, loadables
from DICOMTutorialHelperLib.scene.load_error import LoadError
from DICOMTutorialHelperLib.scene.loadables import Examinations, candidates_of, file_states, offers


def candidate(name="T1", kind=VOLUME, confidence=0.6, selected=True, findings=(), stacks=None, index=None):
    return Candidate(kind, name, stacks or [made_stack()], index, "", list(findings), confidence, selected)


def examinations_of(*candidates):
    series = SeriesExamination([candidates[0].first_instance], list(candidates))
    return SimpleNamespace(of=lambda files, fill_missing=True: Examination([series], []))


def test_offers_of_a_kind_come_best_first():
    made = [candidate("a", confidence=0.3), candidate("b", kind=SEQUENCE), candidate("c", confidence=0.9, stacks=[made_stack(3)])]
    found = offers(examinations_of(*made), ["x"], VOLUME)
    assert [(offer.name, offer.confidence, offer.selected) for offer in found] == [("c", 0.9, True), ("a", 0.3, True)]
    assert found[1].files == ["a0.dcm", "a1.dcm"]


def test_candidates_of_one_file_set_are_one_offer_while_they_are_selected():
    made = [
        candidate("a"),
        candidate("b"),
        candidate("c", stacks=[made_stack(name="other")]),
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
    assert "4 × 3 × 2" in lines[0] and "1 × 1 × 2 mm" in lines[0]
    assert len(lines) == 4
    assert "DERIVED" in lines[3] and "DERIVED" not in offer.warning
    assert offer.warning == " ".join(lines[1:3])
    sequence = candidate(
        kind=SEQUENCE, stacks=[made_stack(), made_stack(), made_stack()], index=SequenceIndex("EchoTime", "ms", [1, 2, 3])
    )
    (offer,) = offers(examinations_of(sequence), ["x"], SEQUENCE)
    assert "3" in offer.tooltip and offer.tooltip.endswith("(EchoTime)")


def test_candidates_are_found_again_by_their_files():
    small, large = candidate("a", confidence=0.9), candidate("b", confidence=0.5, stacks=[made_stack(3)])
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
    state = SimpleNamespace(fails={}, loaded=[], removed=[], active=[], browsers={}, played=[])

    def load(named, scene, progress=None):
        if named.name in state.fails:
            raise state.fails[named.name]
        state.loaded.append(named.name)
        return SimpleNamespace(volume=SimpleNamespace(GetID=lambda: named.name), browser=state.browsers.get(named.name))

    selection = SimpleNamespace(SetActiveVolumeID=state.active.append)
    logic = SimpleNamespace(GetSelectionNode=lambda: selection, PropagateVolumeSelection=lambda: state.active.append("all"))
    monkeypatch.setattr(dicom_plugin, "load_candidate", load)
    monkeypatch.setattr(dicom_plugin, "remove_loaded", lambda done, scene: state.removed.append(done.volume.GetID()))
    app, modules = SimpleNamespace(applicationLogic=lambda: logic), SimpleNamespace()
    modules.sequences = SimpleNamespace(showSequenceBrowser=state.played.append)
    monkeypatch.setattr(dicom_plugin, "slicer", SimpleNamespace(mrmlScene=None, app=app, modules=modules))
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


def test_a_sequence_comes_into_the_playback_bar(loading):
    loading.browsers["b"] = "browser of b"
    assert dicom_plugin.load(Plugin(), None, VOLUME, loadable("a"), True) is True
    assert loading.played == []
    assert dicom_plugin.load(Plugin(), None, VOLUME, loadable("b"), True) is True
    assert loading.played == ["browser of b"]
    del dicom_plugin.slicer.modules.sequences  # an application without windows
    assert dicom_plugin.load(Plugin(), None, VOLUME, loadable("b"), True) is True


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
