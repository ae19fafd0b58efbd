"""The guide between session, page and pointer."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
import qt
from fake_workspace import CT, CT_ITEM, patients_with
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.messages import messages
from DICOMTutorialHelperLib.pages.step import step_content
from DICOMTutorialHelperLib.panel.guide import Guide
from DICOMTutorialHelperLib.tutorial.progress import DONE, MemoryStore
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep
from DICOMTutorialHelperLib.tutorial.report.kept_steps import KeptSteps
from DICOMTutorialHelperLib.tutorial.tables import DataTable, DataTableRow
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


@pytest.fixture
def at_load_ct(guide, workspace):
    """The CT is in the database, and the step that loads it is shown."""
    guide.jump("load-ct")
    workspace.listed, workspace.folder = patients_with(CT), "here"
    workspace.notify("database")


@pytest.fixture
def load_ct(workspace):
    """Loads the CT as a learner does it in Slicer."""

    def load():
        workspace.items.append(CT_ITEM)
        workspace.shown = CT_ITEM.node_id
        workspace.notify("scene")

    return load


def test_a_step_is_done_as_soon_as_the_learner_does_it_in_slicer(at_load_ct, load_ct, part):
    assert "to do" in part("StepState").text
    load_ct()
    assert "done" in part("StepState").text


def test_the_pointer_goes_away_when_the_step_is_done(application, at_load_ct, load_ct, guide, part, places):
    window = qt.QWidget()
    button = qt.QPushButton("Load", window)
    window.show()
    application.processEvents()
    places.widgets = dict.fromkeys(guide.session.current.places, button)
    part("StepShowMeButton").click()
    assert guide.pointer.target is button
    load_ct()
    assert guide.pointer.target is None


def test_what_is_lost_again_is_said_with_its_reason(at_load_ct, load_ct, part, workspace):
    load_ct()
    workspace.items.clear()
    workspace.notify("scene-closed")
    assert "to do again" in part("StepState").text


def test_do_it_for_me_does_the_step(guide, part, workspace):
    guide.jump("dicom-module")
    part("StepDoItButton").click()
    assert workspace.module == "DICOM"
    assert workspace.folder is not None
    assert guide.session.progress.of("dicom-module").state == DONE


def test_what_cannot_be_done_is_said_in_the_page(guide, part, workspace, told):
    def fail(*_arguments, **_named):
        raise WorkspaceError("database-failed", folder="/nowhere")

    workspace.create_database = fail
    guide.jump("dicom-module")
    part("StepDoItButton").click()
    (sentence,) = told
    assert "/nowhere" in sentence
    assert part("StepDoItButton").enabled


def test_do_it_for_me_first_brings_back_what_was_lost(guide, part, workspace, torso_folder):
    workspace.create_database()
    workspace.import_folder(torso_folder)
    guide.jump("load-ct")
    part("StepDoItButton").click()
    assert guide.session.progress.of("load-ct").state == DONE
    workspace.items.clear()
    workspace.shown = ""
    workspace.notify("scene-closed")
    guide.jump("layouts")
    part("StepDoItButton").click()
    assert guide.session.progress.of("load-ct").state == DONE
    assert guide.session.progress.of("layouts").state == DONE


def test_practice_images_are_made_off_the_main_thread(guide, part, monkeypatch, tmp_path):
    from DICOMTutorialHelperLib.data.synthetic import practice

    threads = []
    make = practice.make_practice_set

    def watched(*arguments, **named):
        threads.append(threading.current_thread())
        return make(*arguments, **{**named, "size": "small"})

    monkeypatch.setattr(practice, "make_practice_set", watched)
    guide.session.set_folder("SlicerData", tmp_path)
    guide.jump("get-data")
    part("StepDoItButton").click()
    assert guide.session.progress.of("get-data").state == DONE
    assert threads and threading.main_thread() not in threads


def test_the_learner_says_where_images_lie(guide, part, monkeypatch, torso_folder):
    guide.jump("get-data")
    assert part("StepFolderButton").visible
    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", staticmethod(lambda *_: str(torso_folder)))
    part("StepFolderButton").click()
    assert guide.session.progress.of("get-data").state == DONE
    assert not part("StepFolderButton").visible


@pytest.fixture
def handed_in(monkeypatch, tmp_path):
    """Where the learner, Ana, saves the page."""
    path = tmp_path / "report.html"
    monkeypatch.setattr(qt, "QFileDialog", SimpleNamespace(getSaveFileName=lambda *_: str(path)))
    monkeypatch.setattr(qt, "QInputDialog", SimpleNamespace(getText=lambda *_: "Ana"))
    return path


def test_the_report_is_written_at_the_end_with_the_name_that_was_asked_for(guide, part, handed_in):
    assert not part("StepExportReportButton").visible
    guide.jump("conclusion")
    part("StepExportReportButton").click()
    assert "<dd>Ana</dd>" in handed_in.read_text(encoding="utf-8")


def test_the_report_holds_what_the_learner_saw_when_a_step_was_done(guide, workspace, handed_in, monkeypatch):
    guide.session.start()
    monkeypatch.setattr(workspace, "snapshot", lambda *_: b"\x89PNG-then")
    guide.jump("load-ct")
    workspace.listed, workspace.folder = patients_with(CT), "here"
    workspace.items.append(CT_ITEM)
    workspace.shown = CT_ITEM.node_id
    workspace.notify("scene")
    monkeypatch.setattr(workspace, "snapshot", lambda *_: b"\x89PNG-later")
    workspace.notify("views")
    guide.export_report()
    page = handed_in.read_text(encoding="utf-8")
    assert base64.b64encode(b"\x89PNG-then").decode() in page
    assert base64.b64encode(b"\x89PNG-later").decode() not in page


@pytest.fixture
def started(application, tutorial, workspace, jobs, places, tmp_path):
    """A guide as Slicer starts it: progress and pictures are where they were."""
    store, made = MemoryStore(), []

    def start():
        guide = Guide(
            tutorial, workspace, store, jobs, places, lambda _: None, kept_steps=lambda name: KeptSteps(tmp_path / name)
        )
        guide.start()
        made.append(guide)
        return guide

    yield start
    for guide in made:
        guide.close()
        guide.page.widget.deleteLater()
    application.processEvents()


def seen(guide):
    return [picture.png for picture in guide.captured["load-ct"].pictures]


def test_pictures_outlive_a_restart_until_their_step_is_done_anew(started, workspace, monkeypatch):
    first = started()
    monkeypatch.setattr(workspace, "snapshot", lambda *_: b"\x89PNG-then")
    first.jump("load-ct")
    workspace.listed, workspace.folder = patients_with(CT), "here"
    workspace.items.append(CT_ITEM)
    workspace.shown = CT_ITEM.node_id
    workspace.notify("scene")
    first.close()

    workspace.items.clear()  # a new Slicer has an empty scene
    second = started()
    second.jump("load-ct")
    assert second.session.progress.of("load-ct").invalidated is not None
    assert set(seen(second)) == {b"\x89PNG-then"}

    monkeypatch.setattr(workspace, "snapshot", lambda *_: b"\x89PNG-later")
    workspace.items.append(CT_ITEM)
    workspace.notify("scene")
    assert set(seen(second)) == {b"\x89PNG-later"}


def test_a_table_that_an_import_was_still_filling_is_whole_once_its_step_is_left(started, workspace):
    def listed(count):
        workspace.listed, workspace.folder = patients_with(replace(CT, instance_count=count)), "here"
        workspace.notify("database")

    def counted():
        return [row.cells for row in guide.captured["import-ct"].data_table.rows][-1]

    guide = started()
    guide.jump("import-ct")
    listed(12)
    assert "12" in counted(), "the step counts as done with the first images"
    listed(48)
    guide.jump("load-ct")
    assert "48" in counted()
    guide.jump("import-ct")
    workspace.listed = ()
    guide.jump("load-ct")
    assert "48" in counted(), "an empty database takes nothing away"


def test_starting_over_takes_the_pictures_away(started, workspace):
    guide = started()
    guide.session.acknowledge()
    assert guide.captured
    guide.session.restart()
    assert guide.captured == {} and started().captured == {}


@pytest.mark.parametrize(("answer", "kept"), [("No", False), ("Yes", True)])
def test_a_page_of_ones_own_images_leaves_people_out_unless_asked(
    guide, workspace, handed_in, monkeypatch, tmp_path, answer, kept
):
    write_series(tmp_path / "own", axial_positions(3), PatientName="QXZNAME^JOHN", PatientID="QXZIDENT47", SeriesDate="20200101")
    workspace.create_database()
    workspace.import_folder(tmp_path / "own")
    asked = []
    question = SimpleNamespace(question=lambda *arguments: asked.append(arguments) or answer, Yes="Yes", No="No")
    monkeypatch.setattr(qt, "QMessageBox", question, raising=False)
    table = DataTable("", ("Name", "ID"), (DataTableRow(("QXZNAME^JOHN", "number QXZIDENT47")),))
    guide._captured.keep("data-model", CapturedStep(data_table=table))
    guide.export_report()
    page = handed_in.read_text(encoding="utf-8")
    assert len(asked) == 1
    assert ("QXZNAME" in page, "QXZIDENT47" in page, "•••" in page) == (kept, kept, not kept)


@pytest.mark.parametrize(("answer", "sent"), [("No", 0), ("Yes", 1)])
def test_nothing_is_sent_before_somebody_says_yes(guide, part, monkeypatch, answer, sent):
    asked, done = [], []
    question = SimpleNamespace(question=lambda *arguments: asked.append(arguments[2]) or answer, Yes="Yes", No="No")
    monkeypatch.setattr(qt, "QMessageBox", question, raising=False)
    monkeypatch.setattr(guide.session, "do_it", lambda progress: done.append(progress))
    guide.session.exchanges.server = lambda: SimpleNamespace(address=SimpleNamespace(host="class.example"))
    guide.jump("send-dicom")
    part("StepDoItButton").click()
    assert len(asked) == 1 and "class.example" in asked[0] and len(done) == sent
    guide.jump("export-dicom")
    part("StepDoItButton").click()
    assert len(asked) == 1, "what stays here is not asked for"


def test_where_no_server_is_named_the_step_says_so_and_nobody_is_asked(guide, part, monkeypatch, told):
    monkeypatch.setattr(qt, "QMessageBox", SimpleNamespace(question=lambda *_: pytest.fail("asked")), raising=False)
    guide.jump("send-dicom")
    part("StepDoItButton").click()
    assert len(told) == 1 and "server" in told[0]
    assert guide.session.progress.of("send-dicom").state != DONE


def test_of_practice_images_nothing_is_asked(guide, workspace, handed_in, monkeypatch, torso_folder):
    workspace.create_database()
    workspace.import_folder(torso_folder)
    monkeypatch.setattr(qt, "QMessageBox", SimpleNamespace(question=lambda *_: pytest.fail("asked")), raising=False)
    guide.export_report()
    assert handed_in.exists()


def test_a_step_done_after_show_me_is_told_from_one_done_alone(guide, part, places):
    guide.jump("import-ct")
    places.widgets = {"import-files": qt.QPushButton("Import")}
    assert not guide.session.progress.of("import-ct").shown
    part("StepShowMeButton").click()
    assert guide.session.progress.of("import-ct").shown


def test_a_place_without_a_name_in_slicer_is_described(guide):
    guide.set_language("fr")
    assert "chaîne" in guide._callout("link", "")
    assert "Import DICOM files" in guide._callout("import-files", "")


def test_show_me_points_at_one_place_after_the_other(application, guide, part, places):
    window = qt.QWidget()
    first, second = qt.QPushButton("Import", window), qt.QPushButton("Table", window)
    second.geometry = qt.QRect(0, 60, 90, 30)
    window.show()
    application.processEvents()
    places.widgets = {"import-files": first, "patients-table": second}
    guide.jump("import-ct")
    part("StepShowMeButton").click()
    assert guide.pointer.target is first
    part("StepShowMeButton").click()
    assert guide.pointer.target is second
    part("StepNextButton").click()
    assert guide.pointer.target is None


def test_a_callout_tells_the_way_where_a_place_is_not_itself_in_view(guide, places, part, application):
    window = qt.QWidget()
    button = qt.QPushButton("Show DICOM database", window)
    window.show()
    application.processEvents()
    places.widgets, places.words = {"examine": button}, {"examine": "tables-menu"}
    guide.jump("plugins")
    part("StepShowMeButton").click()
    callouts = [one for one in guide.pointer.parts if isinstance(one, qt.QLabel)]
    assert [messages("panel", "en")["place.tables-menu"] in one.text for one in callouts] == [True]


def test_where_there_is_nothing_to_point_at_the_text_says_where_to_look(guide, part):
    guide.jump("import-ct")
    part("StepShowMeButton").click()
    assert part("StepMessage").visible
    assert guide.pointer.target is None


def test_a_table_without_data_says_what_is_missing(guide, part):
    guide.jump("data-model")
    part("StepTableButton").click()
    assert part("StepMessage").visible
    assert messages("tutorial", "en")["data-at-hand.none"] in part("StepMessage").text


def test_a_table_shows_the_learners_own_data(guide, part, workspace):
    workspace.listed = patients_with(CT)
    guide.jump("data-model")
    part("StepTableButton").click()
    table = part("DataTableView")
    assert table.topLevelItemCount == 1
    assert "Doe^Jane" in table.topLevelItem(0).text(1)


def test_nothing_is_observed_after_the_guide_has_stopped(guide, workspace):
    assert workspace.listeners
    guide.stop()
    assert not workspace.listeners


def test_progress_outlives_the_guide(application, tutorial, workspace, jobs, places):
    store = MemoryStore()
    first = Guide(tutorial, workspace, store, jobs, places, lambda _address: None)
    first.start()
    first.session.acknowledge()
    first.jump("fair")
    first.close()
    again = Guide(tutorial, workspace, store, jobs, places, lambda _address: None)
    assert again.session.current.id == "fair"
    assert again.session.progress.of("welcome").state == DONE
    again.close()
    assert json.loads(store.load(tutorial.id))["current"] == "fair"


def test_names_of_buttons_are_said_as_slicer_writes_them(guide):
    guide.set_language("fr")
    guide.jump("import-ct")
    body = step_content(guide.session, guide.words).body
    assert "<strong>Import DICOM files</strong>" in body and "Importer des fichiers DICOM" in body


def test_points_of_a_list_stay_in_one_list(guide):
    guide.jump("fair")
    assert step_content(guide.session, guide.words).body.count("<ul") == 1
