"""What each operation of the headless workspace tells its listeners, and what it makes of a small CT and a dynamic MR."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

from synthetic_series import MR, axial_positions, write_series
from synthetic_volumes import pixels

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.workspace import interface as w
from DICOMTutorialHelperLib.workspace.headless import slice_views, three_d_view
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene
from DICOMTutorialHelperLib.workspace.headless.three_d_view import ThreeDView
from DICOMTutorialHelperLib.workspace.headless.volume_rendering import VolumeRenderings
from DICOMTutorialHelperLib.workspace.headless.workspace import HeadlessWorkspace

CT, DYNAMIC = "1.2.3.4", "1.2.3.5"
VIEWS = [w.VIEWS_CHANGED]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    write_series(folder / "ct", axial_positions(8), RescaleSlope=1, RescaleIntercept=-1024, SeriesDate="20200103")
    for n in range(3):
        write_series(
            folder / "mr", axial_positions(4), first=4 * n, sop_class=MR, TriggerTime=50 * n, SeriesInstanceUID=DYNAMIC,
            SeriesNumber=3, SeriesDescription="Dynamic", StudyDescription="Both",
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def imported(folder):
    made = HeadlessWorkspace("en")
    made.create_database()
    made.import_folder(folder)
    return made


@pytest.fixture
def workspace(imported):
    """With both series loaded; ``ct`` and ``mr`` are their nodes."""
    imported.close_scene()
    imported.set_layout(w.FOUR_UP)
    (ct,), (mr,) = imported.load_series(CT), imported.load_series(DYNAMIC)
    imported.ct, imported.mr = ct.node_id, mr.node_id
    return imported


@pytest.fixture
def told(workspace):
    kinds = []
    stop = workspace.subscribe(kinds.append)
    yield kinds
    stop()


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
def test_listeners_are_told_what_changed_and_nothing_else(name, workspace, told):
    operation, kinds = OPERATIONS[name]
    operation(workspace)
    assert told == kinds


def test_who_stopped_listening_is_told_nothing(workspace):
    kinds = []
    stop = workspace.subscribe(kinds.append)
    stop(), stop()
    workspace.set_active_module("Data")
    assert kinds == [] and workspace.active_module() == "Data"


class TestDatabase:
    def test_what_is_imported_is_counted_once(self, folder, tmp_path):
        fresh, kinds = HeadlessWorkspace("fr"), []
        assert fresh.language() == "fr" and fresh.translated("context", "text") == "text"
        with pytest.raises(w.WorkspaceError, match="no-database"):
            fresh.import_folder(folder)
        assert str(fresh.create_database()) == "memory"
        fresh.subscribe(kinds.append)
        (tmp_path / "note.txt").write_text("x", encoding="utf-8")
        first = fresh.import_folder(folder)
        assert first == w.ImportSummary(20, 0, 1, 1, 2, 20, first.series_instance_uids) and set(first.series_instance_uids) == {
            CT,
            DYNAMIC,
        }
        again = fresh.import_folder(folder / "ct")
        assert again == w.ImportSummary(8, 0, 0, 0, 0, 0, (CT,))
        assert kinds == [w.DATABASE_CHANGED] * 2
        fresh.remove_series(CT)
        assert kinds == [w.DATABASE_CHANGED] * 3 and fresh.files_of_series(CT) == ()
        for absent, reason in ((folder / "absent", "import.no-folder"), (tmp_path, "import.no-dicom")):
            with pytest.raises(w.WorkspaceError, match=reason):
                fresh.import_folder(absent)

    def test_patients_have_studies_and_series_in_order(self, imported, folder):
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

    def test_what_is_loaded_is_described_and_goes(self, workspace):
        ct, mr = workspace.loaded()
        assert (ct.node_id, ct.kind, ct.series_instance_uid, ct.modality, ct.frames) == (workspace.ct, w.VOLUME, CT, "CT", 1)
        assert (ct.dimensions, len(ct.instance_uids), ct.sequence_node_id, ct.plugin) == (
            (4, 5, 8),
            8,
            "",
            "DICOMTutorialVolumePlugin",
        )
        assert (mr.kind, mr.frames, mr.dimensions, mr.plugin) == (w.SEQUENCE, 3, (4, 5, 4), "DICOMTutorialSequencePlugin")
        assert mr.sequence_node_id and mr.sequence_node_id != mr.node_id
        workspace.unload(workspace.mr)
        assert [item.node_id for item in workspace.loaded()] == [workspace.ct]
        with pytest.raises(w.WorkspaceError, match="no-such-node"):
            workspace.unload(workspace.mr)

    def test_what_was_loaded_lies_behind_every_view(self, workspace):
        assert {view.volume_node_id for view in workspace.slice_views()} == {workspace.mr}
        workspace.set_layout(w.THREE_BY_THREE)
        assert {view.volume_node_id for view in workspace.slice_views()} == {workspace.mr}


class TestSlices:
    @pytest.mark.parametrize(
        ("layout", "names"),
        [
            (w.FOUR_UP, [w.RED, w.YELLOW, w.GREEN]), (w.CONVENTIONAL, [w.RED, w.YELLOW, w.GREEN]), (w.ONE_UP_3D, []),
            (w.ONE_UP_RED_SLICE, [w.RED]), (w.SIDE_BY_SIDE, [w.RED, w.YELLOW]),
            (w.THREE_BY_THREE, [w.RED, w.YELLOW, w.GREEN, *(f"Slice{number}" for number in range(4, 10))]),
        ],
    )  # fmt: skip
    def test_a_layout_has_its_views(self, workspace, layout, names):
        workspace.set_layout(layout)
        assert workspace.layout() == layout and [view.name for view in workspace.slice_views()] == names

    @pytest.mark.parametrize(
        ("count", "layout"), [(1, w.SIDE_BY_SIDE), (2, w.SIDE_BY_SIDE), (3, w.FOUR_UP), (4, w.THREE_BY_THREE)]
    )
    def test_volumes_are_compared_side_by_side(self, workspace, count, layout):
        workspace.set_slices_linked(True)
        workspace.compare([workspace.ct, workspace.mr, workspace.ct, workspace.mr][:count])
        views = workspace.slice_views()
        assert workspace.layout() == layout and not any(view.linked for view in views)
        assert [view.volume_node_id for view in views][:count] == [workspace.ct, workspace.mr, workspace.ct, workspace.mr][:count]
        assert {view.orientation for view in views[:count]} == {"Axial"}

    def test_a_volume_is_shown_in_one_view_or_in_all(self, workspace):
        workspace.show_volume(workspace.ct, w.YELLOW)
        assert [view.volume_node_id for view in workspace.slice_views()] == [workspace.mr, workspace.ct, workspace.mr]
        workspace.show_volume(workspace.ct)
        assert {view.volume_node_id for view in workspace.slice_views()} == {workspace.ct}
        assert [view.orientation for view in workspace.slice_views()] == ["Axial", "Sagittal", "Coronal"]
        for call in (lambda: workspace.show_volume(workspace.ct, "Blue"), lambda: workspace.zoom_slice("Blue", 2)):
            with pytest.raises(w.WorkspaceError, match="no-such-view"):
                call()
        with pytest.raises(w.WorkspaceError, match="no-such-layout"):
            workspace.set_layout("none")

    def test_slices_move_zoom_and_are_seen_in_3d(self, workspace):
        workspace.show_volume(workspace.ct)
        workspace.set_slice_offset(w.RED, 35.0)
        workspace.set_slices_visible_in_3d(True)
        red, yellow, _ = workspace.slice_views()
        assert red.offset_mm == 35.0 and red.visible_in_3d and not red.linked
        workspace.zoom_slice(w.RED, 2)
        assert workspace.slice_views()[0].field_of_view_mm == pytest.approx(red.field_of_view_mm / 2)
        workspace.zoom_slice(w.YELLOW, 0.5)
        assert workspace.slice_views()[1].field_of_view_mm == pytest.approx(2 * yellow.field_of_view_mm)
        workspace.jump_slices((9.0, 19.0, 40.0))
        assert [view.offset_mm for view in workspace.slice_views()] == pytest.approx([40.0, -9.0, 19.0])
        workspace.set_slices_visible_in_3d(False)
        assert not any(view.visible_in_3d for view in workspace.slice_views())

    def test_after_the_scene_was_closed_nothing_is_linked_shown_or_plotted(self, workspace, tmp_path):
        workspace.set_slices_linked(True), workspace.set_slices_visible_in_3d(True)
        workspace.plot_time_curve(workspace.mr, (9.0, 19.0, 32.5), 1.0)
        assert workspace.layout() == w.FOUR_UP_PLOT and len(workspace.time_curves()) == 1
        assert workspace.save_scene(tmp_path) == tmp_path / "scene.mrml" == workspace.saved_scene()
        (tmp_path / "scene.mrml").rename(tmp_path / "other.mrml")
        assert workspace.saved_scene() is None
        (tmp_path / "other.mrml").rename(tmp_path / "scene.mrml")
        workspace.close_scene()
        assert workspace.layout() == w.FOUR_UP_PLOT and workspace.time_curves() == () and workspace.saved_scene() is None
        assert not any(view.linked or view.visible_in_3d or view.volume_node_id for view in workspace.slice_views())

    def test_saving_is_told_and_failing_is_a_sentence(self, workspace, told, tmp_path):
        workspace.save_scene(tmp_path / "out")
        assert told == [w.SCENE_CHANGED]
        (tmp_path / "file").write_text("x", encoding="utf-8")
        with pytest.raises(w.WorkspaceError, match="save-failed"):
            workspace.save_scene(tmp_path / "file")
        assert told == [w.SCENE_CHANGED]


class TestValues:
    def test_window_and_level_are_set_by_hand_or_preset(self, workspace):
        workspace.set_window_level(workspace.ct, 300, 60)
        assert workspace.window_level(workspace.ct) == w.WindowLevel(300, 60, "")
        workspace.apply_window_level_preset(workspace.ct, "CT_LUNG")
        assert workspace.window_level(workspace.ct) == w.WindowLevel(1400, -500, "CT_LUNG")
        assert "PET" in workspace.window_level_presets()
        with pytest.raises(w.WorkspaceError, match="no-such-preset"):
            workspace.apply_window_level_preset(workspace.ct, "NONE")

    def test_a_value_is_that_of_the_voxel_at_a_point(self, workspace, folder):
        import pydicom

        image = pydicom.dcmread(folder / "ct" / "0002.dcm")
        # Third slice, second row, fourth column: LPS -10 + 3 * 0.7, -20 + 0.8, 35.
        assert workspace.value_at(workspace.ct, (7.9, 19.2, 35.0)) == int(image.pixel_array[1, 3]) - 1024
        with pytest.raises(w.WorkspaceError, match="point-outside"):
            workspace.value_at(workspace.ct, (100, 0, 0))

    def test_points_and_lines_are_remembered(self, workspace):
        workspace.mark_point("P", (1, 2, 3)), workspace.mark_line("L", (0, 0, 0), (3, 4, 0))
        assert workspace.marked_points() == (w.MarkedPoint("P", (1, 2, 3)),)
        (line,) = workspace.marked_lines()
        assert (line.name, line.start_ras, line.end_ras, line.length_mm) == ("L", (0, 0, 0), (3, 4, 0), 5)

    def test_a_sequence_shows_the_frame_that_was_sought(self, workspace):
        assert workspace.playback(workspace.mr) == w.Playback(0, 3, False, "TriggerTime", ("0", "50", "100"))
        workspace.seek_sequence(workspace.mr, 2)
        assert workspace.playback(workspace.mr).frame == 2
        workspace.seek_sequence(workspace.mr, 0)
        for frame in (-1, 3):
            with pytest.raises(w.WorkspaceError) as refused:
                workspace.seek_sequence(workspace.mr, frame)
            assert (refused.value.reason, refused.value.fields["frame"], refused.value.fields["frames"]) == (
                "no-such-frame",
                frame,
                3,
            )
        workspace.play_sequence(workspace.mr)
        assert workspace.playback(workspace.mr).frame == 2, "played to its end"
        workspace.stop_sequence(workspace.mr)
        assert not workspace.playback(workspace.mr).playing
        with pytest.raises(w.WorkspaceError, match="not-a-sequence"):
            workspace.playback(workspace.ct)

    def test_curves_are_remembered_while_their_chart_is_there(self, workspace):
        curve = workspace.plot_time_curve(workspace.mr, (9.0, 19.0, 32.5), 1.5)
        assert (curve.node_id, curve.center_ras, curve.radius_mm, curve.times) == (
            workspace.mr,
            (9.0, 19.0, 32.5),
            1.5,
            (0, 0.05, 0.1),
        )
        other = workspace.plot_time_curve(workspace.mr, (9.0, 19.0, 35.0), 1.5)
        charts = [workspace._scene.GetNodeByID(one.plot_node_id) for one in (curve, other)]
        assert [chart.GetNumberOfPlotSeriesNodes() for chart in charts] == [1, 2], "beside the last one of the same series"
        assert workspace.time_curves() == (curve, other)
        workspace._scene.RemoveNode(charts[0])
        assert workspace.time_curves() == (other,)
        with pytest.raises(w.WorkspaceError, match="point-outside"):
            workspace.plot_time_curve(workspace.mr, (500.0, 0, 0), 1.0)

    def test_pictures_are_of_views_that_are_shown(self, workspace, monkeypatch):
        monkeypatch.setattr(three_d_view, "window_class", lambda: "none")
        assert pixels(workspace.snapshot(w.RED, 60, 50)).shape == (50, 60, 3)
        assert pixels(workspace.snapshot(w.RED)).shape == (480, 640, 3)
        assert (
            workspace.snapshot("Slice4") is None and workspace.snapshot(w.THREE_D) is None and workspace.snapshot("none") is None
        )

    def test_renderings_are_shown_with_presets_where_there_are_any(self, workspace):
        assert workspace.volume_rendering(workspace.ct) is None
        workspace.hide_volume_rendering(workspace.ct)
        assert workspace.volume_rendering(workspace.ct) is None
        presets = workspace.volume_rendering_presets()
        wanted = presets[0] if presets else ""
        workspace.show_volume_rendering(workspace.ct, wanted)
        assert workspace.volume_rendering(workspace.ct) == w.VolumeRendering(True, wanted)
        workspace.hide_volume_rendering(workspace.ct)
        assert workspace.volume_rendering(workspace.ct) == w.VolumeRendering(False, wanted)
        if presets:
            with pytest.raises(w.WorkspaceError, match="no-such-preset"):
                workspace.show_volume_rendering(workspace.ct, "none")


class TestMarksInPictures:
    """Of a slice of 100 x 100 pixels of a millimetre each, the ring is seven pixels around its point."""

    SIZE = 100

    @pytest.fixture
    def shown(self, workspace):
        workspace.show_volume(workspace.ct)
        node = workspace._slices.node(w.RED)
        node.SetFieldOfView(self.SIZE, self.SIZE, 1)
        workspace.set_slice_offset(w.RED, 40.0)
        return workspace

    def marked(self, workspace) -> np.ndarray:
        return (pixels(workspace._slices.png(w.RED, self.SIZE, self.SIZE)) == (255, 90, 90)).all(axis=-1)

    def middle(self, workspace) -> list[float]:
        to_ras = workspace._slices.node(w.RED).GetSliceToRAS()
        return [to_ras.GetElement(row, 3) for row in range(3)]

    @pytest.mark.parametrize(("away", "drawn"), [(0, True), (2.9, True), (-2.9, True), (3.1, False), (-3.1, False)])
    def test_a_point_has_a_ring_where_it_is_near_the_slice(self, shown, away, drawn):
        x, y, z = self.middle(shown)
        assert z == 40.0
        shown.mark_point("P", (x, y, z + away))
        found = self.marked(shown)
        assert found.any() == drawn
        if drawn:
            rows, columns = np.nonzero(found)
            centre = (rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2
            distances = np.hypot(rows - centre[0], columns - centre[1])
            assert centre == pytest.approx((50, 50), abs=1.5)
            assert distances.min() > 5.3 and distances.max() < 8.7 and np.median(distances) == pytest.approx(7, abs=0.5)

    @pytest.mark.parametrize(("away", "drawn"), [(0, True), (2.9, True), (3.1, False)])
    def test_a_line_is_drawn_where_both_its_ends_are_near(self, shown, away, drawn):
        x, y, z = self.middle(shown)
        shown.mark_line("L", (x - 20, y, z), (x + 20, y, z + away))
        found = self.marked(shown)
        assert found.any() == drawn
        if drawn:
            rows, columns = np.nonzero(found)
            assert rows.max() - rows.min() <= 1 and columns.max() - columns.min() == pytest.approx(40, abs=2)
            assert len(set(columns)) == columns.max() - columns.min() + 1, "without gaps"

    def test_what_leaves_the_picture_is_cut_off(self, shown):
        x, y, z = self.middle(shown)
        shown.mark_line("L", (x - 200, y, z), (x + 200, y, z))
        columns = np.nonzero(self.marked(shown))[1]
        assert columns.min() <= 1 and columns.max() == 99
        shown.mark_point("P", (x + 500, y, z))

    def test_beside_the_volume_it_is_black(self, shown):
        picture = pixels(shown._slices.png(w.RED, self.SIZE, self.SIZE))
        assert picture[0, 0].tolist() == [0, 0, 0] and picture.max() > 0

    def test_segments_are_half_transparent_where_the_slice_cuts_them(self, shown, monkeypatch):
        """A box of 3 x 4 x 5 voxels of 2 mm, of which one corner is marked, in a picture of a pixel a millimetre."""
        mask = np.zeros((3, 4, 5), np.uint8)
        mask[0, 0, 0] = mask[2, 3, 4] = mask[0, 3, 4] = 1
        to_ras = np.diag([2.0, 2.0, 2.0, 1.0])
        monkeypatch.setattr(slice_views, "segmentations_in", lambda scene: ["one"])
        monkeypatch.setattr(slice_views, "labelmaps_of", lambda one: [(mask, to_ras, (1.0, 0.5, 0.0))])
        node = shown._slices.node(w.RED)
        monkeypatch.setattr(slice_views, "numpy_matrix", lambda matrix: np.eye(4))  # columns are R, rows are A
        for dtype, channels in ((np.uint8, 3), (np.uint8, 4)):
            picture = np.full((12, 14, channels), 100, dtype)
            shown._slices._draw_segments(picture, node)
            places = {tuple(map(int, one)) for one in np.argwhere(picture[..., 0] != 100)}
            # Half a voxel around (0, 0) and (6 A, 8 R), where a half goes to the even voxel.
            assert places == {(0, 0), (0, 1), (1, 0), (1, 1)} | {(6, 7), (6, 8), (6, 9)}
            assert {(0, 0), (6, 8)} <= places and not {(2, 0), (0, 2), (6, 10), (9, 8), (6, 5)} & places
            assert picture[0, 0, :3].tolist() == [177, 113, 50] and picture[..., 3:].min(initial=100) == 100
        monkeypatch.setattr(
            slice_views, "numpy_matrix", lambda matrix: np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 6.0], [0, 0, 0, 1]])
        )  # the slice at 6 mm: beyond the last voxel
        picture = np.full((12, 14, 3), 100, np.uint8)
        shown._slices._draw_segments(picture, node)
        assert (picture == 100).all()


class TestCamera:
    """A sphere of radius r fits into 30 degrees from r / sin 15 degrees away; it is looked at from 0.85 of that."""

    DIRECTION = np.array([0.25, 1.0, 0.25]) / math.sqrt(1.125)

    def distance(self, *sides: float) -> float:
        return 0.85 * math.hypot(*sides) / 2 / math.sin(math.radians(15))

    def test_it_begins_around_the_middle_of_four_decimetres(self):
        view = ThreeDView(HeadlessScene())
        assert view.camera_ras() == pytest.approx(tuple(self.distance(400, 400, 400) * self.DIRECTION))
        assert view._renderer.GetActiveCamera().GetViewUp() == (0, 0, 1)

    def test_it_looks_at_what_is_shown(self, workspace):
        workspace.show_volume(workspace.ct)
        workspace.center_3d_view()
        camera = workspace._three_d._renderer.GetActiveCamera()
        # 4 x 5 x 8 voxels of 0.7 x 0.8 x 2.5 mm around the first, which lies at LPS -10, -20, 30.
        assert camera.GetFocalPoint() == pytest.approx((10 - 1.5 * 0.7, 20 - 2 * 0.8, 30 + 3.5 * 2.5))
        assert workspace.camera_3d_ras() == pytest.approx(tuple(self.distance(4 * 0.7, 5 * 0.8, 8 * 2.5) * self.DIRECTION))
        before = np.array(workspace.camera_3d_ras())
        workspace.rotate_3d_view(90)
        turned = np.array(workspace.camera_3d_ras())
        assert turned == pytest.approx(np.array([-before[1], before[0], before[2]]))

    def test_with_nothing_shown_it_looks_at_a_quarter_of_a_metre(self, workspace):
        workspace.close_scene()
        workspace.center_3d_view()
        assert workspace.camera_3d_ras() == pytest.approx(tuple(self.distance(250, 250, 250) * self.DIRECTION))

    def test_a_point_is_looked_at_from_a_distance(self):
        view = ThreeDView(HeadlessScene())
        view._place_camera((1, 1, 2, 2, 3, 3))
        assert view.camera_ras() == pytest.approx(tuple(0.85 * 100 / math.sin(math.radians(15)) * self.DIRECTION))

    def test_a_rendering_counts_while_it_is_visible(self, workspace):
        workspace.show_volume_rendering(workspace.ct)
        for view in workspace.slice_views():
            workspace._slices._logics[view.name].GetSliceCompositeNode().SetBackgroundVolumeID(None)
        for logic in workspace._slices._logics.values():
            logic.GetSliceCompositeNode().SetBackgroundVolumeID(None)
        workspace.center_3d_view()
        assert workspace.camera_3d_ras() == pytest.approx(tuple(self.distance(2.8, 4.0, 20.0) * self.DIRECTION))
        workspace.hide_volume_rendering(workspace.ct)
        workspace.center_3d_view()
        assert workspace.camera_3d_ras() == pytest.approx(tuple(self.distance(250, 250, 250) * self.DIRECTION))


class TestWindowClass:
    @pytest.fixture
    def tried(self, monkeypatch):
        """What another process would be asked; ``works`` are the classes that draw."""
        asked = SimpleNamespace(names=[], works=set())

        def run(command, env, capture_output, check):
            assert command[:2] == [sys.executable, "-c"] and capture_output and not check
            name = env.get(three_d_view.WINDOW_VARIABLE, "")
            asked.names.append(name)
            return SimpleNamespace(returncode=0 if name in asked.works else 1)

        monkeypatch.setattr(three_d_view.subprocess, "run", run)
        monkeypatch.setattr(three_d_view.sys, "platform", "linux")
        monkeypatch.delenv(three_d_view.WINDOW_VARIABLE, raising=False)
        monkeypatch.delenv("DISPLAY", raising=False)
        return asked

    @pytest.mark.parametrize(
        ("works", "display", "chosen", "names"),
        [
            ({"vtkOSOpenGLRenderWindow"}, "", "vtkOSOpenGLRenderWindow", ["vtkOSOpenGLRenderWindow"]),
            ({"vtkEGLRenderWindow"}, "", "vtkEGLRenderWindow", ["vtkOSOpenGLRenderWindow", "vtkEGLRenderWindow"]),
            ({""}, "", "none", ["vtkOSOpenGLRenderWindow", "vtkEGLRenderWindow"]),
            ({""}, ":0", "", ["vtkOSOpenGLRenderWindow", "vtkEGLRenderWindow", ""]),
            (set(), ":0", "none", ["vtkOSOpenGLRenderWindow", "vtkEGLRenderWindow", ""]),
        ],
    )  # fmt: skip
    def test_the_first_that_draws_is_taken(self, tried, monkeypatch, works, display, chosen, names):
        tried.works = works
        if display:
            monkeypatch.setenv("DISPLAY", display)
        assert three_d_view.window_class.__wrapped__() == chosen
        assert tried.names == names

    def test_the_one_asked_for_is_the_only_one_tried(self, tried, monkeypatch):
        monkeypatch.setenv(three_d_view.WINDOW_VARIABLE, "vtkMine")
        assert three_d_view.window_class.__wrapped__() == "none" and tried.names == ["vtkMine"]
        tried.works = {"vtkMine"}
        assert three_d_view.window_class.__wrapped__() == "vtkMine"

    @pytest.mark.parametrize("platform", ["win32", "darwin"])
    def test_elsewhere_vtk_chooses(self, tried, monkeypatch, platform):
        monkeypatch.setattr(three_d_view.sys, "platform", platform)
        assert three_d_view.window_class.__wrapped__() == "" and tried.names == []


def test_without_presets_none_is_offered_or_refused(monkeypatch):
    from DICOMTutorialHelperLib.workspace.headless import volume_rendering

    monkeypatch.setattr(volume_rendering, "preset_folder", lambda: None)
    renderings = VolumeRenderings(HeadlessScene())
    assert renderings.presets() == ()
    monkeypatch.undo()
    monkeypatch.setattr(volume_rendering.importlib.util, "find_spec", lambda name: None)
    assert volume_rendering.preset_folder() is None
