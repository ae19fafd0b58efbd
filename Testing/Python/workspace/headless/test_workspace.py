"""The Workspace without the application, with real files, a real scene and real views."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.workspace import interface as w

pytest.importorskip("slicer")

import vtk

from DICOMTutorialHelperLib.scene.arrays import array_from_image
from DICOMTutorialHelperLib.workspace.headless.workspace import (
    SEQUENCE_PLUGIN,
    VOLUME_PLUGIN,
    HeadlessWorkspace,
)


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    folder = tmp_path_factory.mktemp("practice")
    for name in ("torso-ct", "breast-mri"):
        make_practice_set(name, folder)
    return folder


@pytest.fixture
def workspace(practice):
    """All practice series in the database, nothing loaded."""
    made = HeadlessWorkspace("en")
    made.create_database()
    made.import_folder(practice)
    return made


@pytest.fixture
def series(workspace):
    """UIDs by a word of their description."""
    listed = [series for patient in workspace.patients() for series in patient.series]
    words = {"torso": "ct", "T2W": "t2", "STIR": "stir", "BLISS": "bliss"}
    return {name: each.series_instance_uid for each in listed for word, name in words.items() if word in each.description}


def test_bliss_is_offered_as_a_sequence_first(workspace, series):
    offers = workspace.offers(series["bliss"])
    assert (offers[0].plugin, offers[0].frames, offers[0].selected) == (SEQUENCE_PLUGIN, 10, True)
    assert not any(offer.selected for offer in offers[1:])
    workspace.set_plugin_enabled(SEQUENCE_PLUGIN, False)
    assert {offer.plugin for offer in workspace.offers(series["bliss"])} == {VOLUME_PLUGIN}


def test_a_loaded_sequence_plays(workspace, series):
    (item,) = workspace.load_series(series["bliss"])
    assert (item.kind, item.frames) == (w.SEQUENCE, 10)
    first = workspace.snapshot("Red", 64, 64)
    workspace.seek_sequence(item.node_id, 3)
    assert workspace.playback(item.node_id).frame == 3
    assert workspace.snapshot("Red", 64, 64) != first


def test_changes_are_told_until_one_stops_listening(workspace, series):
    told = []
    stop = workspace.subscribe(told.append)
    workspace.set_active_module("Data")
    workspace.load_series(series["t2"])
    workspace.close_scene()
    stop()
    workspace.set_active_module("Volumes")
    assert told[0] == w.MODULE_CHANGED
    assert w.SCENE_CHANGED in told
    assert told[-1] == w.SCENE_CLOSED


def test_a_real_wrong_turn_is_told_and_put_right(tutorial, workspace, series):
    """BLISS as one volume, then the scene closed: the right steps undone, with a reason."""
    session = TutorialSession(tutorial, workspace)
    session.start()
    session.jump("load-mri")
    for name in ("t2", "stir"):
        workspace.load_series(series[name])
    workspace.load_series(series["bliss"], plugin=VOLUME_PLUGIN)
    status = session.status("load-mri")
    assert status.check_result.reason == "loaded-as-sequence.volume"
    session.do_it()
    assert session.status("load-mri").state == "done"
    session.jump("compare")
    session.do_it()
    assert len({view.volume_node_id for view in workspace.slice_views()}) == 3
    workspace.close_scene()
    assert [step.id for step in tutorial.steps if session.status(step.id).invalidated] == ["load-mri", "compare"]
    session.stop()


def test_tables_show_the_learners_own_data(tutorial, practice):
    """Before anything is imported, from the folder; the same instance as in the database afterwards."""
    workspace = HeadlessWorkspace("fr")
    session = TutorialSession(tutorial, workspace)
    session.set_folder("SlicerData", practice)
    session.jump("instance")
    before = session.data_table()
    cells = {row.cells[0]: row.cells[2] for row in before.rows}
    assert cells["(0010,0020)"] == "PRACTICE-TORSO-CT"
    assert cells["(0008,0060)"] == "CT"
    workspace.create_database()
    workspace.import_folder(practice)
    assert session.data_table() == before
    session.jump("ai")
    assert [row.cells[1] for row in session.data_table().rows if row.marked] == [
        "T2W_TSE SENSE",
        "STIR SENSE",
        "AX BLISS_AUTO SENSE",
    ]
    session.answer_text("RepetitionTime > 1000")
    assert [row.cells[1] for row in session.data_table().rows if row.marked] == ["T2W_TSE SENSE", "STIR SENSE"]
    assert session.status("ai").check_result.done
    session.jump("privacy")
    marked = {row.cells[0] for row in session.data_table().rows if row.marked}
    assert {"(0010,0010)", "(0010,0030)"} <= marked
    assert not marked & {"(0028,0010)", "(0008,0060)"}


@pytest.fixture
def study_with_report(practice, tmp_path) -> Path:
    """The practice T2 series with a structured report of the same study beside it, as the archives give it out."""
    t2 = next(path.parent for path in practice.rglob("*.dcm") if "T2" in pydicom.dcmread(path).get("SeriesDescription", ""))
    shutil.copytree(t2, tmp_path / "SlicerData" / "t2")
    image = pydicom.dcmread(next(t2.glob("*.dcm")), stop_before_pixels=True)
    report = pydicom.Dataset()
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "StudyDate"):
        setattr(report, keyword, image.get(keyword, ""))
    report.SOPClassUID, report.Modality = "1.2.840.10008.5.1.4.1.1.88.33", "SR"
    report.SOPInstanceUID, report.SeriesInstanceUID = "2.25.11", "2.25.12"

    def named(meaning, **values):
        item, code = pydicom.Dataset(), pydicom.Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "1", "99T", meaning
        item.ConceptNameCodeSequence = [code]
        for keyword, value in values.items():
            setattr(item, keyword, value)
        return item

    lesion = named("Lesion", ValueType="TEXT", RelationshipType="CONTAINS", TextValue="left breast")
    root = named("Breast Imaging Report", ValueType="CONTAINER", ContentSequence=[lesion])
    report.update(root)
    report.file_meta = pydicom.dataset.FileMetaDataset()
    report.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    report.file_meta.MediaStorageSOPClassUID, report.file_meta.MediaStorageSOPInstanceUID = report.SOPClassUID, "2.25.11"
    (tmp_path / "SlicerData" / "report").mkdir()
    report.save_as(tmp_path / "SlicerData" / "report" / "report.dcm", write_like_original=False)
    return tmp_path / "SlicerData"


@pytest.mark.parametrize("import_all", [True, False])
def test_where_the_report_was_fetched_the_steps_on_kinds_and_on_the_chain_show_it(tutorial, study_with_report, import_all):
    """Also where only the images were imported, as the tutorial's own action does."""
    workspace = HeadlessWorkspace("en")
    workspace.create_database()
    workspace.import_folder(study_with_report if import_all else study_with_report / "t2")
    session = TutorialSession(tutorial, workspace)
    session.set_folder("SlicerData", study_with_report)
    session.jump("kinds")
    assert {row.cells[1] for row in session.data_table().rows} == {"MR Image", "Comprehensive SR"}
    session.jump("chain")
    assert [(row.cells, row.depth) for row in session.data_table().rows] == [
        (("Breast Imaging Report", ""), 0),
        (("Lesion", "left breast"), 1),
    ]


@pytest.mark.parametrize("installed", [True, False])
def test_the_step_on_ai_asks_the_learners_folder_first_and_then_a_public_archive(tutorial, workspace, monkeypatch, installed):
    """Where the archive's index is not installed, it is a figure that was kept, with its date."""
    from DICOMTutorialHelperLib.explore import idc_index

    if installed:
        try:
            idc_index.IdcIndex()
        except idc_index.IndexMissing:
            pytest.skip("idc-index-data is not installed")
    else:
        monkeypatch.setattr(idc_index.util, "find_spec", lambda name: None)
    session = TutorialSession(tutorial, workspace)
    session.jump("ai")
    shown = session.data_table()
    assert {row.cells[0] for row in shown.rows if row.marked} == {"MR"}
    assert "Imaging Data Commons" in shown.note and ("2026-09-26" in shown.note) == (not installed)


def test_the_practice_lesion_gets_a_segmentation_and_a_report(tutorial, practice, tmp_path):
    workspace = HeadlessWorkspace("en")
    workspace.create_database()
    workspace.import_folder(practice)
    session = TutorialSession(tutorial, workspace)
    session.set_folder("SlicerData", tmp_path / "SlicerData")
    session.jump("kinds")
    session.do_it()
    session.answer(session.current.right_choice)
    assert session.progress.of("kinds").done_by == "learner"
    assert {"Segmentation", "Comprehensive 3D SR"} <= {row.cells[1] for row in session.data_table().rows}
    assert len(workspace.patients()) == 2, "they belong to the patient of the MRI"
    session.jump("chain")
    stated = {row.cells[0]: row.cells[1] for row in session.data_table().rows}
    assert float(stated["Volume"].split()[0]) > 100


def test_the_guide_lays_the_segmentation_over_the_film_and_notices_it(tutorial, practice, tmp_path):
    workspace = HeadlessWorkspace("en")
    workspace.create_database()
    workspace.import_folder(practice)
    session = TutorialSession(tutorial, workspace)
    session.set_folder("SlicerData", tmp_path / "SlicerData")
    session.jump("chain")
    session.answer(session.current.right_choice)
    assert session.status("chain").check_result.reason == "segmentation-loaded.not"
    session.do_it()  # makes it, for nothing was made yet, and loads the film that it lies on
    assert session.status("chain").state == "done"
    (item,) = workspace.loaded()
    (segmentation,) = workspace.segmentations()
    assert (item.frames, segmentation.segments) == (10, ("Lesion",))
    (tmp_path / "red.png").write_bytes(workspace.snapshot("Red"))
    colored = _colored(tmp_path / "red.png")
    assert 20 < colored.sum() < 0.05 * colored.size
    assert np.argwhere(colored)[:, 1].mean() < colored.shape[1] / 2, "the right breast is on the left of the picture"
    session.do_it()
    assert len(workspace.segmentations()) == 1, "once is enough"


def _colored(path: Path) -> np.ndarray:
    """Where a picture (PNG) is red: MR images are gray."""
    reader = vtk.vtkPNGReader()
    reader.SetFileName(str(path))
    reader.Update()
    pixels = array_from_image(reader.GetOutput())[0][::-1].astype(int)
    return pixels[..., 0] - pixels[..., 1] > 30


def test_other_images_without_a_segmentation_leave_the_step_to_its_question(tutorial, study_with_report):
    workspace = HeadlessWorkspace("en")
    workspace.create_database()
    workspace.import_folder(study_with_report)
    session = TutorialSession(tutorial, workspace)
    session.set_folder("SlicerData", study_with_report)
    session.jump("chain")
    session.do_it()
    assert workspace.segmentations() == ()
    session.answer(session.current.right_choice)
    assert session.status("chain").state == "done"


def test_the_guide_stops_the_film_where_the_lesion_is_brightest(tutorial, practice):
    workspace = HeadlessWorkspace("en")
    workspace.create_database()
    workspace.import_folder(practice)
    session = TutorialSession(tutorial, workspace)
    for step_id in ("load-mri", "compare", "play"):
        session.jump(step_id)
        session.do_it()
    (item,) = [item for item in workspace.loaded() if item.frames > 1]
    assert workspace.playback(item.node_id).frame == 2  # the third of ten: contrast arrives after the first


def test_every_table_can_be_shown_in_every_language(tutorial, practice, tmp_path):
    for language in tutorial.languages:
        workspace = HeadlessWorkspace(language)
        workspace.create_database()
        workspace.import_folder(practice)
        session = TutorialSession(tutorial, workspace)
        session.set_folder("SlicerData", tmp_path / "SlicerData")  # beside it, the copy is written
        for step_id in ("deidentify", "load-mri", "curve"):
            session.jump(step_id)
            session.do_it()
        for step in tutorial.steps:
            session.jump(step.id)
            # The report of the published study, which the practice data lack; what was written and sent, of which nothing was.
            if step.id == "chain" or (step.optional and step.data_table is not None):
                with pytest.raises(w.WorkspaceError):
                    session.data_table()
                continue
            shown = session.data_table()
            assert (shown is None) == (step.data_table is None)
            if shown:
                assert shown.rows and shown.title
                assert {len(row.cells) for row in shown.rows} == {len(shown.columns)}
