"""What every Workspace holds of the application, its database, and of loading from it."""

from __future__ import annotations

import re
import tempfile
from functools import partial
from pathlib import Path

from DICOMTutorialHelperLib.data.synthetic.derived_objects import make_segmentation
from DICOMTutorialHelperLib.data.synthetic.instances import SetKey, write_instance
from DICOMTutorialHelperLib.languages import LANGUAGES
from DICOMTutorialHelperLib.selftest.contract_checks import (
    BLISS,
    CT,
    FAR_AWAY_RAS,
    STIR,
    T2,
    UNKNOWN_NODE,
    UNKNOWN_UID,
    check,
    load,
    refused,
    series_called,
    views_check,
)
from DICOMTutorialHelperLib.workspace import interface as w

# --- the application


@check
def the_application_says_who_it_is(workspace: w.Workspace, _practice: Path) -> None:
    application = workspace.application()
    assert application.name and application.version
    assert "Python" in application.versions, application.versions
    assert workspace.language() in LANGUAGES


@check
def a_text_that_the_application_does_not_know_stays_as_it_is(workspace: w.Workspace, _practice: Path) -> None:
    assert workspace.translated("NoSuchContext", "No such text") == "No such text"


@check
def changes_are_told_before_the_call_returns_until_one_stops(workspace: w.Workspace, _practice: Path) -> None:
    told: list[str] = []
    stop = workspace.subscribe(told.append)
    try:
        load(workspace, T2)
        assert w.SCENE_CHANGED in told, told
        told.clear()
        workspace.close_scene()
        assert w.SCENE_CLOSED in told, told
        told.clear()
    finally:
        stop()
    stop()  # once more does no harm
    workspace.close_scene()
    assert told == [], told


@views_check
def the_module_that_is_shown_is_known(workspace: w.Workspace, _practice: Path) -> None:
    for name in ("Data", "Volumes"):
        workspace.set_active_module(name)
        assert workspace.active_module() == name


# --- the database


@check
def importing_again_adds_nothing(workspace: w.Workspace, practice: Path) -> None:
    before = workspace.patients()
    summary = workspace.import_folder(practice)
    new = (summary.new_patients, summary.new_studies, summary.new_series, summary.new_instances)
    assert new == (0, 0, 0, 0), new
    assert summary.files > 100, summary.files
    assert set(summary.series_instance_uids) == {series.series_instance_uid for one in before for series in one.series}
    assert workspace.patients() == before


@check
def there_is_nothing_to_import_from_nowhere(workspace: w.Workspace, practice: Path) -> None:
    refused("import.no-folder", lambda: workspace.import_folder(practice / "nowhere"))


@check
def patients_hold_studies_hold_series(workspace: w.Workspace, _practice: Path) -> None:
    patients = workspace.patients()
    assert len({patient.key for patient in patients}) == len(patients) == 2, patients
    for patient in patients:
        assert patient.patient_id and patient.name
        for study in patient.studies:
            assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", study.date), study.date
            numbers = [int(series.number) for series in study.series]
            assert numbers == sorted(numbers), numbers
            for series in study.series:
                assert series.study_instance_uid == study.study_instance_uid
                assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", series.date), series.date
                assert series.modality in ("CT", "MR")
                assert series.instance_count == len(workspace.files_of_series(series.series_instance_uid))


@check
def files_come_by_instance_number(workspace: w.Workspace, _practice: Path) -> None:
    from pydicom import dcmread

    files = workspace.files_of_series(series_called(workspace, T2).series_instance_uid)
    numbers = [int(dcmread(path, specific_tags=["InstanceNumber"]).InstanceNumber) for path in files]
    assert numbers == sorted(numbers) and len(numbers) > 3, numbers


@check
def an_unknown_series_has_no_files_and_is_refused(workspace: w.Workspace, _practice: Path) -> None:
    assert workspace.files_of_series(UNKNOWN_UID) == ()
    workspace.remove_series(UNKNOWN_UID)
    refused("no-such-series", lambda: workspace.offers(UNKNOWN_UID))
    refused("no-such-series", lambda: workspace.load_series(UNKNOWN_UID))


@check
def a_removed_series_stays_loaded_and_can_be_imported_again(workspace: w.Workspace, practice: Path) -> None:
    series, item = series_called(workspace, STIR), load(workspace, STIR)
    files = workspace.files_of_series(series.series_instance_uid)
    told: list[str] = []
    stop = workspace.subscribe(told.append)
    try:
        workspace.remove_series(series.series_instance_uid)
    finally:
        stop()
    try:
        assert w.DATABASE_CHANGED in told, told
        assert series.series_instance_uid not in {one.series_instance_uid for p in workspace.patients() for one in p.series}
        assert [one.node_id for one in workspace.loaded()] == [item.node_id]
        assert all(path.is_file() for path in files)
    finally:
        summary = workspace.import_folder(practice)
    assert summary.new_series == 1, summary


# --- plugins and loading


@check
def offers_come_best_first_and_the_best_is_selected(workspace: w.Workspace, _practice: Path) -> None:
    for word, frames in ((CT, 1), (BLISS, 10)):
        uid = series_called(workspace, word).series_instance_uid
        offers = workspace.offers(uid)
        confidences = [offer.confidence for offer in offers]
        assert confidences == sorted(confidences, reverse=True), confidences
        assert [offer.selected for offer in offers].count(True) == 1, offers
        assert offers[0].selected and offers[0].frames == frames, offers[0]
        assert {offer.series_instance_uid for offer in offers} == {uid}


@check
def a_plugin_that_is_disabled_offers_nothing(workspace: w.Workspace, _practice: Path) -> None:
    uid = series_called(workspace, BLISS).series_instance_uid
    best = workspace.offers(uid)[0].plugin
    workspace.set_plugin_enabled(best, False)
    try:
        assert w.PluginInfo(best, False) in workspace.plugins()
        assert best not in {offer.plugin for offer in workspace.offers(uid)}
        refused("load.no-offer", lambda: workspace.load_series(uid, best))
    finally:
        workspace.set_plugin_enabled(best, True)
    assert workspace.offers(uid)[0].plugin == best
    refused("no-such-plugin", lambda: workspace.set_plugin_enabled("NoSuchPlugin", True))


@check
def a_volume_is_loaded_with_what_it_came_from(workspace: w.Workspace, _practice: Path) -> None:
    series, item = series_called(workspace, CT), load(workspace, CT)
    assert (item.kind, item.frames, item.sequence_node_id) == (w.VOLUME, 1, ""), item
    assert (item.series_instance_uid, item.modality) == (series.series_instance_uid, "CT")
    assert item.plugin == workspace.offers(series.series_instance_uid)[0].plugin, item.plugin
    assert len(item.instance_uids) == item.dimensions[2] == series.instance_count, item.dimensions
    assert workspace.loaded() == (item,)


@check
def a_sequence_is_one_item(workspace: w.Workspace, _practice: Path) -> None:
    series, item = series_called(workspace, BLISS), load(workspace, BLISS)
    assert (item.kind, item.frames) == (w.SEQUENCE, 10), item
    assert item.sequence_node_id and item.sequence_node_id != item.node_id
    assert (item.series_instance_uid, item.modality) == (series.series_instance_uid, "MR")
    assert item.dimensions[2] * item.frames == series.instance_count, item.dimensions
    assert workspace.loaded() == (item,)


@check
def a_series_is_loaded_again_when_asked_for_again(workspace: w.Workspace, _practice: Path) -> None:
    first, second = load(workspace, T2), load(workspace, T2)
    assert first.node_id != second.node_id
    assert [item.node_id for item in workspace.loaded()] == [first.node_id, second.node_id]


@check
def a_segmentation_is_loaded_over_its_volume(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, BLISS)
    size = "small" if item.dimensions[0] < 300 else "full"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "segmentation.dcm"
        write_instance(make_segmentation(SetKey("breast-mri", size, 0)), file)
        refused("no-such-node", lambda: workspace.load_segmentation(file, UNKNOWN_NODE))
        assert workspace.segmentations() == ()
        loaded = workspace.load_segmentation(file, item.node_id)
        file.write_bytes(b"nothing")
        refused("load.failed", lambda: workspace.load_segmentation(file, item.node_id))
    assert loaded.segments == ("Lesion",) and workspace.segmentations() == (loaded,)
    x, _, z = loaded.center_ras or FAR_AWAY_RAS
    assert 60 < x < 130 and abs(z) < 60, loaded.center_ras  # in the right breast
    assert workspace.loaded() == (item,)
    workspace.close_scene()
    assert workspace.segmentations() == ()


@check
def what_is_unloaded_is_gone_and_said_to_be(workspace: w.Workspace, _practice: Path) -> None:
    sequence, volume = load(workspace, BLISS), load(workspace, T2)
    workspace.unload(sequence.node_id)
    assert [item.node_id for item in workspace.loaded()] == [volume.node_id]
    for gone in (sequence.node_id, UNKNOWN_NODE):
        refused("no-such-node", partial(workspace.unload, gone))
        refused("no-such-node", partial(workspace.window_level, gone))
        refused("no-such-node", partial(workspace.playback, gone))
        refused("no-such-node", partial(workspace.volume_rendering, gone))
    workspace.close_scene()
    assert workspace.loaded() == ()
