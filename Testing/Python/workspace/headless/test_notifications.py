"""What each operation of the headless workspace tells its listeners, its database and what it loads."""

from __future__ import annotations

import pytest

slicer = pytest.importorskip("slicer")


from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.workspace import interface as w
from DICOMTutorialHelperLib.workspace.headless.workspace import HeadlessWorkspace

CT, DYNAMIC = "1.2.3.4", "1.2.3.5"


VIEWS = [w.VIEWS_CHANGED]


OPERATIONS = {
    "layout": (lambda one: one.set_layout(w.ONE_UP_3D), VIEWS),
    "volume": (lambda one: one.show_volume(one.ct), VIEWS),
    "compare": (lambda one: one.compare([one.ct]), VIEWS),
    "link": (lambda one: one.set_slices_linked(True), VIEWS),
    "offset": (lambda one: one.set_slice_offset(w.RED, 35.0), VIEWS),
    "jump": (lambda one: one.jump_slices((0, 0, 35.0)), VIEWS),
    "zoom": (lambda one: one.zoom_slice(w.RED, 2), VIEWS),
    "3D": (lambda one: one.set_slices_visible_in_3d(True), VIEWS),
    "centre": (lambda one: one.center_3d_view(), VIEWS),
    "rotate": (lambda one: one.rotate_3d_view(30), VIEWS),
    "render": (lambda one: one.show_volume_rendering(one.ct), VIEWS),
    "hide": (lambda one: one.hide_volume_rendering(one.ct), VIEWS),
    "preset": (lambda one: one.apply_window_level_preset(one.ct, "CT_BONE"), VIEWS),
    "window": (lambda one: one.set_window_level(one.ct, 10, 5), VIEWS),
    "play": (lambda one: one.play_sequence(one.mr), VIEWS * 3),
    "stop": (lambda one: one.stop_sequence(one.mr), VIEWS),
    "seek": (lambda one: one.seek_sequence(one.mr, 1), VIEWS),
    "point": (lambda one: one.mark_point("P", (0, 0, 0)), VIEWS),
    "line": (lambda one: one.mark_line("L", (0, 0, 0), (1, 0, 0)), VIEWS),
    "curve": (lambda one: one.plot_time_curve(one.mr, (9.0, 19.0, 32.5), 1.0), VIEWS),
    "module": (lambda one: one.set_active_module("Data"), [w.MODULE_CHANGED]),
    "database": (lambda one: one.create_database(), [w.DATABASE_CHANGED]),
    "plugin": (lambda one: one.set_plugin_enabled("DICOMTutorialVolumePlugin", True), [w.PLUGINS_CHANGED]),
    "load": (lambda one: one.load_series(CT), [w.VIEWS_CHANGED, w.SCENE_CHANGED]),
    "unload": (lambda one: one.unload(one.ct), [w.SCENE_CHANGED]),
    "close": (lambda one: one.close_scene(), [w.SCENE_CLOSED]),
    "remove": (lambda one: one.remove_series("9.9"), []),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_listeners_are_told_what_changed_and_nothing_else(name, two_loaded, told):
    operation, kinds = OPERATIONS[name]
    operation(two_loaded)
    assert told == kinds


def test_who_stopped_listening_is_told_nothing(two_loaded):
    kinds = []
    stop = two_loaded.subscribe(kinds.append)
    stop(), stop()
    two_loaded.set_active_module("Data")
    assert kinds == [] and two_loaded.active_module() == "Data"


class TestDatabase:
    def test_what_is_imported_is_counted_once(self, two_series, tmp_path):
        fresh, kinds = HeadlessWorkspace("fr"), []
        assert fresh.language() == "fr" and fresh.translated("context", "text") == "text"
        with pytest.raises(w.WorkspaceError, match="no-database"):
            fresh.import_folder(two_series)
        assert str(fresh.create_database()) == "memory"
        fresh.subscribe(kinds.append)
        (tmp_path / "note.txt").write_text("x", encoding="utf-8")
        first = fresh.import_folder(two_series)
        assert first == w.ImportSummary(20, 0, 1, 1, 2, 20, first.series_instance_uids) and set(first.series_instance_uids) == {
            CT,
            DYNAMIC,
        }
        again = fresh.import_folder(two_series / "ct")
        assert again == w.ImportSummary(8, 0, 0, 0, 0, 0, (CT,))
        assert kinds == [w.DATABASE_CHANGED] * 2
        fresh.remove_series(CT)
        assert kinds == [w.DATABASE_CHANGED] * 3 and fresh.files_of_series(CT) == ()
        for absent, reason in ((two_series / "absent", "import.no-folder"), (tmp_path, "import.no-dicom")):
            with pytest.raises(w.WorkspaceError, match=reason):
                fresh.import_folder(absent)

    def test_patients_have_studies_and_series_in_order(self, imported, two_series):
        (patient,) = imported.patients()
        (study,) = patient.studies
        assert (patient.patient_id, patient.name, patient.key) == ("P1", "Doe^Jane", "id|P1|")
        assert (study.study_instance_uid, study.date) == ("1.2.3", "2020-01-02")
        mr, ct = study.series
        assert mr == w.SeriesInfo(DYNAMIC, "1.2.3", "Dynamic", "MR", "3", "", 12)
        assert ct == w.SeriesInfo(CT, "1.2.3", "Test", "CT", "5", "2020-01-03", 8)
        assert [path.name for path in imported.files_of_series(CT)] == [f"{number:04}.dcm" for number in range(8)]

    def test_the_application_is_this_package(self, imported):
        told = imported.application()
        assert (told.name, told.version, told.slicer_version) == ("DICOMTutorialHelper", __version__, "")
        assert {"Python", "pydicom", "numpy"} <= set(told.versions)


class TestLoading:
    def test_offers_are_those_of_enabled_plugins_the_surest_first(self, imported):
        offers = imported.offers(DYNAMIC)
        assert [(one.plugin, one.frames, one.files, one.selected) for one in offers] == [
            ("DICOMTutorialSequencePlugin", 3, 12, True), *[("DICOMTutorialVolumePlugin", 1, 4, False)] * 3,
        ]  # fmt: skip
        assert offers[0].confidence > offers[1].confidence and offers[0].warning == "" and "TriggerTime" in offers[0].tooltip
        imported.set_plugin_enabled("DICOMTutorialSequencePlugin", False)
        try:
            assert {one.plugin for one in imported.offers(DYNAMIC)} == {"DICOMTutorialVolumePlugin"}
            assert [plugin.enabled for plugin in imported.plugins()] == [True, False]
            (item,) = imported.load_series(DYNAMIC)
            assert (item.kind, item.frames) == (w.VOLUME, 1), "of offers that are not selected, the surest"
        finally:
            imported.set_plugin_enabled("DICOMTutorialSequencePlugin", True)
        with pytest.raises(w.WorkspaceError, match="no-such-plugin"):
            imported.set_plugin_enabled("Nobody", True)
        with pytest.raises(w.WorkspaceError, match="no-such-series"):
            imported.offers("9.9")
        with pytest.raises(w.WorkspaceError, match=r"load\.no-offer"):
            imported.load_series(CT, "DICOMTutorialSequencePlugin")

    def test_a_plugin_of_one_s_own_choice_is_asked(self, imported):
        (item,) = imported.load_series(DYNAMIC, "DICOMTutorialVolumePlugin")
        assert (item.kind, item.plugin) == (w.VOLUME, "DICOMTutorialVolumePlugin")

    def test_what_is_loaded_is_described_and_goes(self, two_loaded):
        ct, mr = two_loaded.loaded()
        assert (ct.node_id, ct.kind, ct.series_instance_uid, ct.modality, ct.frames) == (two_loaded.ct, w.VOLUME, CT, "CT", 1)
        assert (ct.dimensions, len(ct.instance_uids), ct.sequence_node_id, ct.plugin) == (
            (4, 5, 8),
            8,
            "",
            "DICOMTutorialVolumePlugin",
        )
        assert (mr.kind, mr.frames, mr.dimensions, mr.plugin) == (w.SEQUENCE, 3, (4, 5, 4), "DICOMTutorialSequencePlugin")
        assert mr.sequence_node_id and mr.sequence_node_id != mr.node_id
        two_loaded.unload(two_loaded.mr)
        assert [item.node_id for item in two_loaded.loaded()] == [two_loaded.ct]
        with pytest.raises(w.WorkspaceError, match="no-such-node"):
            two_loaded.unload(two_loaded.mr)

    def test_what_was_loaded_lies_behind_every_view(self, two_loaded):
        assert {view.volume_node_id for view in two_loaded.slice_views()} == {two_loaded.mr}
        two_loaded.set_layout(w.THREE_BY_THREE)
        assert {view.volume_node_id for view in two_loaded.slice_views()} == {two_loaded.mr}
