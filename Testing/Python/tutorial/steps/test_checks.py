"""Every check of the steps: done or not, and the reason and fields of its sentence, for each state of the application."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_workspace import CT_ITEM, SEQUENCE_PLUGIN, SERIES, VOLUME_PLUGIN
from synthetic_series import CT, axial_positions, write_series

from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.registry import CHECKS, StepContext
from DICOMTutorialHelperLib.workspace import interface as w

registered()


@pytest.fixture
def context(tutorial, workspace):
    return StepContext(tutorial, tutorial.steps[0], workspace)


@pytest.fixture
def told(context):
    """What a check answers: (done, reason, fields)."""

    def evaluate(name, **arguments):
        result = CHECKS[name].evaluate(context, **arguments)
        return result.done, result.reason, dict(result.fields)

    return evaluate


def load(workspace, *roles):
    """Imports and loads series of the fake; returns the node IDs."""
    workspace.add_to_database(*roles)
    return [workspace.load_series(SERIES[role].series_instance_uid)[0].node_id for role in roles]


def test_what_must_go_on_holding_is_data_not_a_glance():
    persistent = {name for name, check in CHECKS.items() if check.persistent}
    assert persistent == {"database-open", "in-database", "plugins-enabled", "loaded", "loaded-as-sequence"}


# --- data --------------------------------------------------------------------------------------------------------------------


def test_data_is_at_hand_in_the_database_or_in_a_folder(told, context, workspace, tmp_path):
    assert told("data-at-hand", any_of=["ct", "t2"]) == (False, "data-at-hand.none", {})
    context.folders = {"empty": tmp_path / "none", "mine": tmp_path / "mine"}
    write_series(tmp_path / "mine", axial_positions(30), sop_class=CT, SeriesDescription="Torso")
    found = told("data-at-hand", any_of=["t2", "ct"])
    assert found == (True, "data-at-hand.folder", {"series": ["ct"], "folder": str(tmp_path / "mine")})
    workspace.add_to_database("t2", "stir")
    assert told("data-at-hand", any_of=["stir", "ct", "t2"]) == (True, "data-at-hand.database", {"series": ["stir", "t2"]})


def test_series_are_in_the_database_all_some_or_none(told, workspace):
    assert told("database-open") == (False, "database-open.none", {})
    assert told("in-database", series=["ct"]) == (False, "database-open.none", {})
    workspace.create_database()
    assert told("database-open") == (True, "database-open.done", {})
    assert told("in-database", series=["ct", "t2"]) == (False, "in-database.none", {"missing": ["ct", "t2"]})
    workspace.add_to_database("t2")
    assert told("in-database", series=["ct", "t2"]) == (False, "in-database.some", {"found": ["t2"], "missing": ["ct"]})
    workspace.add_to_database("ct")
    assert told("in-database", series=["ct", "t2"]) == (True, "in-database.done", {"series": ["ct", "t2"]})


def test_a_plugin_for_volumes_and_one_for_sequences_are_wanted(told, workspace):
    wanted = {"volumes": [VOLUME_PLUGIN, "DICOMScalarVolumePlugin"], "sequences": [SEQUENCE_PLUGIN]}
    assert told("plugins-enabled", **wanted) == (True, "plugins-enabled.done", {"count": 2})
    workspace.set_plugin_enabled(SEQUENCE_PLUGIN, False)
    assert told("plugins-enabled", **wanted) == (False, "plugins-enabled.no-sequences", {"plugin": SEQUENCE_PLUGIN})
    workspace.set_plugin_enabled(VOLUME_PLUGIN, False)
    assert told("plugins-enabled", **wanted) == (False, "plugins-enabled.no-volumes", {"plugin": VOLUME_PLUGIN})


def test_series_are_loaded_all_some_others_or_none(told, workspace):
    workspace.add_to_database("ct", "t2", "stir")
    assert told("loaded", series=["ct", "t2"]) == (False, "loaded.none", {"missing": ["ct", "t2"]})
    load(workspace, "stir")
    assert told("loaded", series=["ct", "t2"]) == (False, "loaded.other", {"missing": ["ct", "t2"], "others": ["STIR SENSE"]})
    load(workspace, "t2")
    assert told("loaded", series=["ct", "t2"]) == (False, "loaded.some", {"present": ["t2"], "missing": ["ct"]})
    load(workspace, "ct")
    assert told("loaded", series=["ct", "t2"]) == (True, "loaded.done", {"series": ["ct", "t2"]})


@pytest.mark.parametrize(("frames", "done"), [(1, False), (2, True), (10, True)])
def test_a_sequence_has_two_frames_or_more(told, workspace, frames, done):
    assert told("loaded-as-sequence", series="bliss") == (False, "loaded.none", {"missing": ["bliss"]})
    load(workspace, "bliss")
    workspace.items = [replace(item, frames=frames) for item in workspace.items]
    expected = {"series": "bliss", "frames": frames} if done else {"series": "bliss", "name": "AX BLISS_AUTO SENSE"}
    reason = "loaded-as-sequence.done" if done else "loaded-as-sequence.volume"
    assert told("loaded-as-sequence", series="bliss") == (done, reason, expected)


def test_of_a_series_loaded_twice_the_sequence_counts(told, workspace):
    workspace.add_to_database("bliss")
    uid = SERIES["bliss"].series_instance_uid
    workspace.load_series(uid, plugin=VOLUME_PLUGIN)
    workspace.load_series(uid, plugin=SEQUENCE_PLUGIN)
    assert told("loaded-as-sequence", series="bliss")[2] == {"series": "bliss", "frames": 10}


# --- views -------------------------------------------------------------------------------------------------------------------


def test_a_module_is_open_or_another_is(told, workspace):
    workspace.set_active_module("Data")
    assert told("module-open", module="DICOM") == (False, "module-open.other", {"module": "DICOM"})
    workspace.set_active_module("DICOM")
    assert told("module-open", module="DICOM") == (True, "module-open.done", {"module": "DICOM"})


def test_a_series_is_shown_in_any_slice_view(told, workspace):
    assert told("shown", series="ct") == (False, "loaded.none", {"missing": ["ct"]})
    ct, t2 = load(workspace, "ct", "t2")
    workspace.shown = t2
    assert told("shown", series="ct") == (False, "shown.none", {"series": "ct"})
    workspace.show_volume(ct, w.GREEN)
    assert told("shown", series="ct") == (True, "shown.done", {"series": "ct"})


def test_every_layout_is_seen_once_in_any_order(told, workspace):
    wanted = first, second = [w.CONVENTIONAL, w.ONE_UP_3D]
    names = [f"layout.{name}" for name in wanted]
    assert told("layout-chosen", all_of=wanted) == (False, "layout-chosen.missing", {"layouts": names})
    workspace.set_layout(second)
    assert told("layout-chosen", all_of=wanted) == (False, "layout-chosen.missing", {"layouts": names[:1]})
    workspace.set_layout(first)
    assert told("layout-chosen", all_of=wanted) == (True, "layout-chosen.done", {"layouts": names})
    workspace.set_layout(w.FOUR_UP)
    assert told("layout-chosen", all_of=wanted)[0]


@pytest.mark.parametrize(("factor", "zoomed"), [(1.0, False), (1.04, False), (1.06, True), (0.96, False), (0.94, True)])
def test_a_view_is_scrolled_and_a_view_is_zoomed(told, workspace, factor, zoomed):
    load(workspace, "ct")
    assert told("slice-moved") == (False, "slice-moved.scroll", {})
    workspace.change_view(w.GREEN, field_of_view_mm=400.0 * factor)
    assert told("slice-moved") == (False, "slice-moved.scroll", {})
    workspace.set_slice_offset(w.YELLOW, 6.0)
    assert told("slice-moved") == ((True, "slice-moved.done", {}) if zoomed else (False, "slice-moved.zoom", {}))
    workspace.set_slice_offset(w.YELLOW, 0.0)
    assert told("slice-moved")[1] == ("slice-moved.done" if zoomed else "slice-moved.zoom"), "once scrolled is scrolled"


def test_a_view_that_comes_later_is_measured_from_where_it_came(told, workspace):
    load(workspace, "ct")
    told("slice-moved")
    workspace.change_view("Slice4", offset_mm=50.0, field_of_view_mm=100.0)
    workspace.set_layout(w.THREE_BY_THREE)
    assert told("slice-moved") == (False, "slice-moved.scroll", {})
    workspace.set_slice_offset("Slice4", 56.0)
    workspace.zoom_slice("Slice4", 2.0)
    assert told("slice-moved") == (True, "slice-moved.done", {})


def test_a_view_without_a_width_was_never_zoomed(told, workspace):
    load(workspace, "ct")
    workspace.change_views(field_of_view_mm=0.0)
    told("slice-moved")
    workspace.change_views(field_of_view_mm=100.0, offset_mm=9.0)
    assert told("slice-moved") == (False, "slice-moved.zoom", {})


def test_each_preset_is_applied_once(told, workspace):
    wanted = ["CT_LUNG", "CT_BONE"]
    names = [f"preset.{name}" for name in wanted]
    assert told("preset-applied", series="ct", all_of=wanted) == (False, "loaded.none", {"missing": ["ct"]})
    (ct,) = load(workspace, "ct")
    assert told("preset-applied", series="ct", all_of=wanted) == (False, "preset-applied.missing", {"presets": names})
    workspace.apply_window_level_preset(ct, "CT_BONE")
    workspace.set_window_level(ct, 100.0, 50.0)
    assert told("preset-applied", series="ct", all_of=wanted) == (False, "preset-applied.missing", {"presets": names})
    for preset, missing in (("CT_BONE", names[:1]), ("CT_ABDOMEN", names[:1])):
        workspace.apply_window_level_preset(ct, preset)
        assert told("preset-applied", series="ct", all_of=wanted) == (False, "preset-applied.missing", {"presets": missing})
    workspace.apply_window_level_preset(ct, "CT_LUNG")
    assert told("preset-applied", series="ct", all_of=wanted) == (True, "preset-applied.done", {"presets": names})


def test_slices_are_linked_where_every_view_is(told, workspace):
    assert told("slices-linked") == (False, "slices-linked.not", {})
    workspace.set_slices_linked(True)
    assert told("slices-linked") == (True, "slices-linked.done", {})
    workspace.change_view(w.GREEN, linked=False)
    assert told("slices-linked") == (False, "slices-linked.not", {})
    workspace.set_slices_linked(True)
    workspace.set_layout(w.ONE_UP_3D)  # no slice view at all
    assert told("slices-linked") == (False, "slices-linked.not", {})


def test_slices_are_in_3d_where_any_view_is(told, workspace):
    assert told("slices-in-3d") == (False, "slices-in-3d.not", {})
    workspace.change_view(w.YELLOW, visible_in_3d=True)
    assert told("slices-in-3d") == (True, "slices-in-3d.done", {})


@pytest.mark.parametrize(
    ("before", "after", "turned"),
    [
        ((0, 500, 0), (0, 900, 0), False),  # nearer is no turn
        ((0, 500, 0), (0, 500, 40), False),  # 4.6 degrees
        ((0, 500, 0), (0, 500, 48), True),  # 5.5 degrees
        ((0, 500, 0), (0, -500, 0), True),
        ((0, 0, 0), (0, 500, 0), False),
        ((3, 4, 0), (3, 4, 0), False),
    ],
)
def test_the_camera_turns_by_five_degrees_seen_from_the_origin(told, workspace, before, after, turned):
    workspace.camera = before
    told("turned-3d")
    workspace.camera = after
    assert told("turned-3d") == ((True, "turned-3d.done", {}) if turned else (False, "turned-3d.not", {}))


def test_a_rendering_is_seen_and_says_its_preset(told, workspace):
    assert told("rendered", series="ct") == (False, "loaded.none", {"missing": ["ct"]})
    (ct,) = load(workspace, "ct")
    assert told("rendered", series="ct") == (False, "rendered.not", {"series": "ct"})
    workspace.show_volume_rendering(ct)
    assert told("rendered", series="ct") == (True, "rendered.plain", {})
    workspace.show_volume_rendering(ct, "CT-Bone")
    assert told("rendered", series="ct") == (True, "rendered.done", {"preset": "CT-Bone"})
    workspace.hide_volume_rendering(ct)
    assert told("rendered", series="ct") == (False, "rendered.not", {"series": "ct"})


def test_side_by_side_each_series_has_a_view(told, workspace):
    ct, t2 = load(workspace, "ct", "t2")
    workspace.shown = t2
    assert told("side-by-side", series=["ct", "t2"]) == (False, "side-by-side.missing", {"missing": ["ct"]})
    workspace.show_volume(ct, w.RED)
    assert told("side-by-side", series=["ct", "t2"]) == (True, "side-by-side.done", {"series": ["ct", "t2"]})


def test_three_frames_of_a_sequence_are_seen_whatever_their_order(told, workspace):
    assert told("played", series="bliss") == (False, "loaded.none", {"missing": ["bliss"]})
    (node,) = load(workspace, "bliss")
    fields = {"series": "bliss", "frames": 10}
    for frame, done in ((4, False), (4, False), (0, False), (9, True)):
        workspace.seek_sequence(node, frame)
        assert told("played", series="bliss") == (done, "played.done" if done else "played.not", fields)


def test_a_volume_cannot_be_played(told, workspace):
    workspace.add_to_database("bliss")
    workspace.load_series(SERIES["bliss"].series_instance_uid, plugin=VOLUME_PLUGIN)
    assert told("played", series="bliss") == (False, "loaded.none", {"missing": ["bliss"]})


def test_a_curve_counts_for_its_own_series(told, workspace):
    (bliss,) = load(workspace, "bliss")
    workspace.curves = [w.TimeCurve("another", (0, 0, 0), 4.0, (0.0,), (1.0,), "s")]
    assert told("curve-plotted", series="bliss") == (False, "curve-plotted.not", {"series": "bliss"})
    workspace.plot_time_curve(bliss, (1, 2, 3))
    assert told("curve-plotted", series="bliss") == (True, "curve-plotted.done", {"count": 10, "curves": 1})


def test_two_curves_are_wanted_a_centimetre_apart(told, workspace):
    (bliss,) = load(workspace, "bliss")
    for place, done in (((0, 0, 0), False), ((0, 9.9, 0), False), ((0, 0, 10.0), True)):
        workspace.plot_time_curve(bliss, place)
        found = told("curve-plotted", series="bliss", places=2)
        if done:
            assert found == (True, "curve-plotted.done", {"count": 10, "curves": 2})
        else:
            assert found == (False, "curve-plotted.one-more", {"curves": 1, "places": 2})


def test_only_what_came_from_the_database_answers_to_a_name(told, workspace):
    workspace.items = [CT_ITEM]
    workspace.add_to_database("ct")
    assert told("loaded", series=["ct"]) == (False, "loaded.other", {"missing": ["ct"], "others": ["Torso"]})
