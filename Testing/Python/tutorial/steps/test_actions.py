"""Every action of the steps: what it asks of the application, and what it leaves alone."""

from __future__ import annotations

import pytest
from fake_workspace import EDGE_MM, PEAK_RAS, SEQUENCE_PLUGIN, SERIES, VOLUME_PLUGIN
from synthetic_series import CT, MR, axial_positions, write_series

from DICOMTutorialHelperLib.tutorial.steps import registered
from DICOMTutorialHelperLib.tutorial.steps.data_actions import series_at_hand
from DICOMTutorialHelperLib.tutorial.steps.registry import ACTIONS, StepContext
from DICOMTutorialHelperLib.workspace import interface as w

registered()


@pytest.fixture
def context(tutorial, workspace):
    return StepContext(tutorial, tutorial.steps[0], workspace, practice_size="small")


@pytest.fixture
def do(context):
    return lambda name, **arguments: ACTIONS[name](context, **arguments)


def load(workspace, *roles):
    workspace.add_to_database(*roles)
    return [workspace.load_series(SERIES[role].series_instance_uid)[0].node_id for role in roles]


def reason_of(do, name, **arguments):
    with pytest.raises(w.WorkspaceError) as caught:
        do(name, **arguments)
    return caught.value.reason, caught.value.fields


def torso(folder, count=30, **header):
    write_series(folder, axial_positions(count), sop_class=CT, SeriesDescription="Torso", **header)
    return folder


# --- data --------------------------------------------------------------------------------------------------------------------


def test_practice_data_is_made_once_in_the_learners_folder(do, context, tmp_path):
    context.folders = {"SlicerData": tmp_path / "a" / "SlicerData"}
    do("make-practice-data", sets=["torso-ct"], series=["ct"])
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "a" / "SlicerData").rglob("*.dcm")}
    assert len(made) == 48
    do("make-practice-data", sets=["torso-ct"], series=["ct"])
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "a" / "SlicerData").rglob("*.dcm")} == made


def test_practice_data_lies_below_the_home_folder_unless_another_is_named(do, context, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.home", lambda: tmp_path)
    torso(tmp_path / "SlicerData")
    do("make-practice-data", sets=["torso-ct"], series=["ct"])
    assert context.folders == {"SlicerData": tmp_path / "SlicerData"}
    assert len(list((tmp_path / "SlicerData").rglob("*"))) == 30, "what is there is enough"


def test_a_folder_that_cannot_be_made_is_told(do, context, tmp_path):
    (tmp_path / "file").write_text("x")
    context.folders = {"SlicerData": tmp_path / "file" / "SlicerData"}
    reason, fields = reason_of(do, "make-practice-data", sets=["torso-ct"], series=["ct"])
    assert (reason, fields["folder"]) == ("make-practice-data.failed", str(tmp_path / "file" / "SlicerData"))


def test_a_database_is_made_where_there_is_none(do, workspace):
    do("create-database")
    assert workspace.folder is not None
    workspace.folder = "mine"
    do("create-database")
    assert workspace.folder == "mine"


def test_the_folders_of_missing_series_are_imported_each_once_and_nothing_beside_them(do, context, workspace, tmp_path):
    torso(tmp_path / "mine" / "ct" / "one", SeriesInstanceUID="1.5")
    write_series(
        tmp_path / "mine" / "ct" / "two", axial_positions(30), first=30, SeriesDescription="Torso", SeriesInstanceUID="1.5",
        SeriesDate="20200101",
    )  # fmt: skip
    write_series(tmp_path / "mine" / "other", axial_positions(2), sop_class=MR, SeriesInstanceUID="1.6")
    for path in (tmp_path / "mine" / "ct" / "one").iterdir():
        import pydicom

        header = pydicom.dcmread(path)
        header.SeriesDate = "20200101"
        header.save_as(path)
    context.folders = {"empty": tmp_path / "none", "mine": tmp_path / "mine"}
    do("import-data", series=["ct", "ct"])
    assert workspace.imported == [tmp_path / "mine" / "ct" / "one", tmp_path / "mine" / "ct" / "two"]
    assert workspace.folder is not None
    do("import-data", series=["ct"])
    assert len(workspace.imported) == 2


def test_series_that_lie_nowhere_cannot_be_imported(do, workspace):
    assert reason_of(do, "import-data", series=["ct", "t2"]) == ("import-data.no-folder", {"missing": ["ct", "t2"]})
    workspace.add_to_database("ct", "t2")
    do("import-data", series=["ct", "t2"])
    assert workspace.imported == []


def test_a_series_is_at_hand_in_the_database_or_in_a_folder(context, workspace, tmp_path):
    assert not series_at_hand(context, "ct")
    context.folders = {"mine": torso(tmp_path / "mine")}
    assert series_at_hand(context, "ct") and not series_at_hand(context, "t2")
    workspace.add_to_database("t2")
    assert series_at_hand(context, "t2")


def test_plugins_that_there_are_are_enabled(do, workspace):
    workspace.enabled = {VOLUME_PLUGIN: False, SEQUENCE_PLUGIN: True, "Other": False}
    told = []
    workspace.subscribe(told.append)
    do("enable-plugins", names=[VOLUME_PLUGIN, SEQUENCE_PLUGIN, "Missing"])
    assert workspace.enabled == {VOLUME_PLUGIN: True, SEQUENCE_PLUGIN: True, "Other": False}
    assert told == [w.PLUGINS_CHANGED], "what is enabled is left alone"


def test_series_are_loaded_that_are_not_loaded_yet(do, workspace):
    load(workspace, "ct")
    workspace.add_to_database("t2")
    do("load", series=["ct", "t2"])
    assert [item.name for item in workspace.items] == ["Torso", "T2W_TSE SENSE"]
    assert reason_of(do, "load", series=["stir"]) == ("in-database.none", {"missing": ["stir"]})


def test_a_volume_gives_way_to_the_sequence_of_its_series(do, workspace):
    load(workspace, "ct")
    workspace.add_to_database("bliss")
    workspace.load_series(SERIES["bliss"].series_instance_uid, plugin=VOLUME_PLUGIN)
    do("load-sequence", series="bliss")
    assert [(item.name, item.kind) for item in workspace.items] == [("Torso", w.VOLUME), ("AX BLISS_AUTO SENSE", w.SEQUENCE)]
    before = list(workspace.items)
    do("load-sequence", series="bliss")
    assert workspace.items == before


# --- views -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("show", {"series": "ct"}),
        ("apply-presets", {"series": "ct", "presets": ["CT_LUNG"]}),
        ("render", {"series": "ct", "preset": "CT-Bone"}),
        ("compare", {"series": ["ct"]}),
        ("play", {"series": "ct"}),
        ("plot-curve", {"series": "ct"}),
    ],
)
def test_what_is_not_loaded_cannot_be_shown(do, workspace, name, arguments):
    workspace.add_to_database("ct")
    assert reason_of(do, name, **arguments) == ("loaded.none", {"missing": ["ct"]})


def test_modules_layouts_and_volumes_are_shown(do, workspace):
    ct = load(workspace, "ct", "t2")[0]
    do("open-module", module="Data")
    do("show", series="ct")
    assert (workspace.module, workspace.shown) == ("Data", ct)
    do("set-layout", layout=w.SIDE_BY_SIDE)
    assert workspace.shown_layout == w.SIDE_BY_SIDE
    seen = []
    workspace.subscribe(lambda kind: seen.append(workspace.shown_layout))
    do("choose-layouts", layouts=[w.ONE_UP_3D, w.FOUR_UP])
    assert seen == [w.ONE_UP_3D, w.FOUR_UP]


def test_one_view_is_scrolled_up_and_zoomed_in(do, workspace):
    load(workspace, "ct")
    workspace.set_slice_offset(w.YELLOW, -5.0)
    before = dict(workspace.views)
    do("move-slices", view=w.YELLOW)
    moved = workspace.views[w.YELLOW]
    assert moved.offset_mm - before[w.YELLOW].offset_mm >= 5, "as far as the check wants it"
    assert moved.field_of_view_mm < before[w.YELLOW].field_of_view_mm / 1.05
    assert {name for name, view in workspace.views.items() if view != before[name]} == {w.YELLOW}


def test_presets_follow_each_other_and_the_last_stays(do, workspace):
    (ct,) = load(workspace, "ct")
    seen = []
    workspace.subscribe(lambda kind: seen.append(workspace.window_level(ct).preset))
    do("apply-presets", series="ct", presets=["CT_LUNG", "CT_BONE"])
    assert seen == ["CT_LUNG", "CT_BONE"]


def test_slices_are_linked_and_shown_in_3d_and_the_camera_turned(do, workspace):
    load(workspace, "ct")
    do("link-slices")
    assert all(view.linked for view in workspace.slice_views())
    told = []
    workspace.subscribe(told.append)
    do("show-slices-in-3d")
    assert all(view.visible_in_3d for view in workspace.slice_views())
    assert len(told) == 2, "the view is centred, too"
    do("turn-3d")
    r, a, _ = workspace.camera
    assert abs(r) > 500 * 0.1 and a > 0, "further than a slip, nearer than behind"


def test_a_volume_is_rendered_without_slices_in_its_way_and_hidden_again(do, workspace):
    (ct,) = load(workspace, "ct")
    workspace.set_slices_visible_in_3d(True)
    told = []
    workspace.subscribe(told.append)
    do("render", series="ct", preset="CT-Bone")
    assert workspace.renderings == {ct: w.VolumeRendering(True, "CT-Bone")}
    assert not any(view.visible_in_3d for view in workspace.slice_views())
    assert len(told) == 3, "the view is centred, too"
    do("hide-rendering", series="ct")
    assert workspace.renderings == {ct: w.VolumeRendering(False, "CT-Bone")}
    do("hide-rendering", series="t2")


def test_series_are_compared_in_their_order_where_the_contrast_agent_shows(do, workspace):
    t2, bliss = load(workspace, "t2", "bliss")
    do("compare", series=["bliss", "t2"])
    assert [view.volume_node_id for view in workspace.slice_views()] == [bliss, t2]
    assert workspace.views[w.RED].offset_mm == 0
    do("compare", series=["t2", "bliss"], at_most_enhancing_of="bliss")
    assert [view.volume_node_id for view in workspace.slice_views()] == [t2, bliss]
    assert workspace.views[w.RED].offset_mm == PEAK_RAS[2]


def test_a_sequence_is_seen_frame_by_frame_and_stops_where_the_lesion_is_brightest(do, workspace):
    (bliss,) = load(workspace, "bliss")
    asked, seen = [], []

    def value_at(node_id, place):
        asked.append(place)
        return {3: 9.0, 7: 8.0}.get(workspace.frame[node_id], 1.0)

    workspace.value_at = value_at
    workspace.subscribe(lambda kind: seen.append(workspace.frame.get(bliss)))
    do("play", series="bliss")
    assert [frame for frame in seen if frame is not None] == [*range(10), 3]
    assert set(asked) == {PEAK_RAS}


def test_a_curve_is_plotted_at_the_last_point_or_where_values_rise_most(do, workspace):
    (bliss,) = load(workspace, "bliss")
    stopped = []
    workspace.stop_sequence = stopped.append
    do("plot-curve", series="bliss")
    workspace.points = [w.MarkedPoint("a", (9.0, 9.0, 9.0)), w.MarkedPoint("b", (7.0, 8.0, 9.0))]
    do("plot-curve", series="bliss")
    assert [curve.center_ras for curve in workspace.curves] == [PEAK_RAS, (7.0, 8.0, 9.0)]
    assert stopped == [bliss, bliss]
    workspace.points = [w.MarkedPoint("c", (EDGE_MM + 1, 0.0, 0.0))]
    assert reason_of(do, "plot-curve", series="bliss")[0] == "point-outside"
