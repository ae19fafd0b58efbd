"""The Workspace without the application, with real files, a real scene and real views."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.workspace import interface as w

pytest.importorskip("slicer")

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
    assert [each.step.id for each in session.statuses() if each.invalidated] == ["load-mri", "compare"]
    session.stop()


def test_tables_show_the_learners_own_data(tutorial, practice):
    """Before anything is imported, from the folder; the same instance as in the database afterwards."""
    workspace = HeadlessWorkspace("fr")
    session = TutorialSession(tutorial, workspace)
    session.set_folder("SlicerData", practice)
    session.jump("instance")
    before = session.data_table()
    cells = {row.cells[0]: row.cells[2] for row in before.rows}
    assert cells["(0010,0020)"] == "PRACTICE-BREAST-MRI"
    assert cells["(0008,0060)"] == "MR"
    workspace.create_database()
    workspace.import_folder(practice)
    assert session.data_table() == before
    session.jump("ai")
    assert [row.cells[1] for row in session.data_table().rows if row.marked] == ["T2W_TSE SENSE"]
    session.jump("privacy")
    marked = {row.cells[0] for row in session.data_table().rows if row.marked}
    assert {"(0010,0010)", "(0010,0030)"} <= marked
    assert not marked & {"(0028,0010)", "(0008,0060)"}


def test_every_table_can_be_shown_in_every_language(tutorial, practice):
    for language in tutorial.languages:
        workspace = HeadlessWorkspace(language)
        workspace.create_database()
        workspace.import_folder(practice)
        session = TutorialSession(tutorial, workspace)
        for step_id in ("load-mri", "curve"):
            session.jump(step_id)
            session.do_it()
        for step in tutorial.steps:
            session.jump(step.id)
            shown = session.data_table()
            assert (shown is None) == (step.data_table is None)
            if shown:
                assert shown.rows and shown.title
                assert {len(row.cells) for row in shown.rows} == {len(shown.columns)}
