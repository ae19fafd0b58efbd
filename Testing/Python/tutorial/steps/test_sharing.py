"""The steps on sharing: an exported series is read back, a sent one asked for, a fetched one compared; nothing is believed."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pydicom
import pytest
from fake_workspace import FakeWorkspace
from synthetic_series import axial_positions, write_series

from DICOMTutorialHelperLib.data.published.exchanges import Exchanges
from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, StepContext, sends
from DICOMTutorialHelperLib.tutorial.steps.sharing_steps import (
    export_dicom,
    exported,
    exported_table,
    fetch_exported,
    fetched,
    send_exported,
    sent,
)
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError

ROLES = ["t2"]


@pytest.fixture
def workspace(tmp_path) -> FakeWorkspace:
    """A T2 of four images, imported and loaded."""
    write_series(
        tmp_path / "data" / "t2", axial_positions(4), Modality="MR", SeriesDescription="T2W", PatientID="P", SeriesDate="20200101"
    )
    made = FakeWorkspace()
    made.create_database()
    made.import_folder(tmp_path / "data")
    made.load_series("1.2.3.4")
    return made


@pytest.fixture
def server() -> SimpleNamespace:
    return SimpleNamespace(address=SimpleNamespace(host="class.example"))


@pytest.fixture
def context(tutorial, workspace, tmp_path) -> StepContext:
    """Of the step on export; nobody named a server."""
    return StepContext(tutorial, tutorial.step("export-dicom"), workspace, {"data": tmp_path / "data"})


@pytest.fixture
def export(context) -> list[Path]:
    """The files of the series that was exported."""
    export_dicom(context, ROLES)
    return sorted((context.folders["data"].parent / "data-exported").rglob("*.dcm"))


def uids(files) -> set[str]:
    return {str(pydicom.dcmread(path).SOPInstanceUID) for path in files}


def change(path: Path, **elements) -> None:
    image = pydicom.dcmread(path)
    for keyword, value in elements.items():
        setattr(image, keyword, value)
    image.save_as(path)


# --- exporting


def test_what_was_exported_is_held_beside_the_volume(context, export):
    result = exported(context, ROLES)
    assert (result.done, result.reason, result.fields["count"]) == (True, "exported.done", 4)


def test_an_export_is_imported_so_that_it_can_be_sent(context, export):
    assert {path.parent for path in export} == {context.workspace.imported[-1]}


def test_before_an_export_there_is_none_and_the_source_does_not_count(context):
    assert exported(context, ROLES).reason == "exported.not"


def test_an_export_with_other_values_does_not_count(context, export):
    change(export[2], PixelData=bytes(len(pydicom.dcmread(export[2]).PixelData)))
    assert exported(context, ROLES).reason == "exported.different"


def test_an_export_with_a_slice_less_does_not_count(context, export):
    export[0].unlink()
    assert exported(context, ROLES).reason == "exported.different"


def test_an_export_of_another_study_is_none_of_this_volume(context, export):
    for path in export:
        change(path, StudyInstanceUID="9.9")
    context.workspace.remove_series("1.2.3.4.9")
    assert exported(context, ROLES).reason == "exported.not"


def test_what_slicer_exported_into_its_database_counts_too(context, export, tmp_path):
    shutil.move(export[0].parent, tmp_path / "slicer-database")
    context.workspace.files["1.2.3.4.9"] = tuple(sorted((tmp_path / "slicer-database").iterdir()))
    assert exported(context, ROLES).done


def test_a_series_is_compared_once_however_often_one_looks(context, export):
    for _ in range(3):
        exported(context, ROLES)
    assert context.workspace.comparisons == 1


def test_nothing_can_be_exported_that_is_not_loaded(context):
    context.workspace.close_scene()
    assert exported(context, ROLES).reason == "loaded.none"
    with pytest.raises(WorkspaceError) as caught:
        export_dicom(context, [*ROLES, "ct"])
    assert (caught.value.reason, caught.value.fields) == ("loaded.none", {"missing": ROLES})
    assert exported(context, [*ROLES, "ct"]).fields == {"missing": ROLES}


def test_the_table_marks_what_is_new_in_the_exported_series(context, export):
    table = exported_table(context, ROLES)
    assert {row.cells[0]: row.marked for row in table.rows} == {
        "PatientID": False, "StudyInstanceUID": False, "FrameOfReferenceUID": False, "SeriesInstanceUID": True,
        "SeriesDescription": False,
    }  # fmt: skip


# --- sending


def test_without_a_server_nothing_is_sent_and_the_reason_is_told(context, export):
    assert sent(context, ROLES).reason == "no-server" and fetched(context, ROLES).reason == "no-server"
    for act in (send_exported, fetch_exported):
        with pytest.raises(WorkspaceError) as caught:
            act(context, ROLES)
        assert caught.value.reason == "no-server"


def test_sending_is_an_action_that_asks_before_and_the_others_are_none():
    assert [name for name in ACTIONS if sends(name)] == ["send-exported"]


def test_only_what_the_server_says_it_holds_is_sent(context, export, server):
    context.exchanges = Exchanges(lambda: server)
    assert sent(context, ROLES).reason == "sent.none"
    names = uids(export)
    context.exchanges.note_series("1.2.3.4.9", [*sorted(names)[:3], "9.9.9"])
    result = sent(context, ROLES)
    assert (result.reason, result.fields) == ("sent.some", {"count": 3, "total": 4})
    context.exchanges.note_series("1.2.3.4.9", [*names, "9.9.9"])
    result = sent(context, ROLES)
    assert (result.done, result.fields) == (True, {"count": 4, "server": "class.example"})


def test_the_source_on_the_server_is_not_the_exported_series(context, export, server):
    context.exchanges = Exchanges(lambda: server)
    context.exchanges.note_series("1.2.3.4", uids(context.workspace.files_of_series("1.2.3.4")))
    assert not sent(context, ROLES).done


def test_nothing_is_sent_before_an_export(context, server):
    context.exchanges = Exchanges(lambda: server)
    assert sent(context, ROLES).reason == fetched(context, ROLES).reason == "exported.not"


# --- fetching


@pytest.fixture
def came_back(context, export, server, tmp_path) -> Path:
    """A folder with copies of what was exported, as a server gave them."""
    context.exchanges = Exchanges(lambda: server)
    folder = tmp_path / "back"
    shutil.copytree(export[0].parent, folder)
    return folder


def test_what_came_back_unchanged_is_fetched(context, came_back):
    assert fetched(context, ROLES).reason == "fetched.none"
    context.exchanges.note_fetched([came_back])
    result = fetched(context, ROLES)
    assert (result.done, result.fields["count"]) == (True, 4)


def test_another_writer_of_the_same_content_changes_nothing(context, came_back):
    for path in came_back.iterdir():
        image = pydicom.dcmread(path)
        image.file_meta.ImplementationVersionName = "SERVER"
        image.save_as(path)
    context.exchanges.note_fetched([came_back])
    assert fetched(context, ROLES).done


@pytest.mark.parametrize("keyword", ["PatientID", "PixelData"])
def test_one_image_that_changed_on_the_way_is_told(context, came_back, keyword):
    first = sorted(came_back.iterdir())[0]
    changed = "other" if keyword == "PatientID" else bytes(len(pydicom.dcmread(first).PixelData))
    change(first, **{keyword: changed})
    context.exchanges.note_fetched([came_back])
    result = fetched(context, ROLES)
    assert (result.reason, result.fields) == ("fetched.different", {"count": 1})


def test_half_a_series_has_not_come_back(context, came_back):
    for path in sorted(came_back.iterdir())[:2]:
        path.unlink()
    context.exchanges.note_fetched([came_back])
    result = fetched(context, ROLES)
    assert (result.reason, result.fields) == ("fetched.some", {"count": 2, "total": 4})


def test_what_slicer_fetched_into_its_database_counts_but_not_the_export_itself(context, came_back):
    assert not fetched(context, ROLES).done  # the export is in the database
    context.workspace.files["1.2.3.4.9"] = tuple(came_back.iterdir())
    assert fetched(context, ROLES).done
