"""What the headless views show, measure and mark, and what they make of a small CT and a dynamic MR."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

from synthetic_volumes import pixels

from DICOMTutorialHelperLib.workspace import interface as w
from DICOMTutorialHelperLib.workspace.headless import slice_views, three_d_view


class TestSlices:
    @pytest.mark.parametrize(
        ("layout", "names"),
        [
            (w.FOUR_UP, [w.RED, w.YELLOW, w.GREEN]), (w.CONVENTIONAL, [w.RED, w.YELLOW, w.GREEN]), (w.ONE_UP_3D, []),
            (w.ONE_UP_RED_SLICE, [w.RED]), (w.SIDE_BY_SIDE, [w.RED, w.YELLOW]),
            (w.THREE_BY_THREE, [w.RED, w.YELLOW, w.GREEN, *(f"Slice{number}" for number in range(4, 10))]),
        ],
    )  # fmt: skip
    def test_a_layout_has_its_views(self, two_loaded, layout, names):
        two_loaded.set_layout(layout)
        assert two_loaded.layout() == layout and [view.name for view in two_loaded.slice_views()] == names

    @pytest.mark.parametrize(
        ("count", "layout"), [(1, w.SIDE_BY_SIDE), (2, w.SIDE_BY_SIDE), (3, w.FOUR_UP), (4, w.THREE_BY_THREE)]
    )
    def test_volumes_are_compared_side_by_side(self, two_loaded, count, layout):
        two_loaded.set_slices_linked(True)
        two_loaded.compare([two_loaded.ct, two_loaded.mr, two_loaded.ct, two_loaded.mr][:count])
        views = two_loaded.slice_views()
        assert two_loaded.layout() == layout and not any(view.linked for view in views)
        assert [view.volume_node_id for view in views][:count] == [two_loaded.ct, two_loaded.mr, two_loaded.ct, two_loaded.mr][
            :count
        ]
        assert {view.orientation for view in views[:count]} == {"Axial"}

    def test_a_volume_is_shown_in_one_view_or_in_all(self, two_loaded):
        two_loaded.show_volume(two_loaded.ct, w.YELLOW)
        assert [view.volume_node_id for view in two_loaded.slice_views()] == [two_loaded.mr, two_loaded.ct, two_loaded.mr]
        two_loaded.show_volume(two_loaded.ct)
        assert {view.volume_node_id for view in two_loaded.slice_views()} == {two_loaded.ct}
        assert [view.orientation for view in two_loaded.slice_views()] == ["Axial", "Sagittal", "Coronal"]
        for call in (lambda: two_loaded.show_volume(two_loaded.ct, "Blue"), lambda: two_loaded.zoom_slice("Blue", 2)):
            with pytest.raises(w.WorkspaceError, match="no-such-view"):
                call()
        with pytest.raises(w.WorkspaceError, match="no-such-layout"):
            two_loaded.set_layout("none")

    def test_slices_move_zoom_and_are_seen_in_3d(self, two_loaded):
        two_loaded.show_volume(two_loaded.ct)
        two_loaded.set_slice_offset(w.RED, 35.0)
        two_loaded.set_slices_visible_in_3d(True)
        red, yellow, _ = two_loaded.slice_views()
        assert red.offset_mm == 35.0 and red.visible_in_3d and not red.linked
        two_loaded.zoom_slice(w.RED, 2)
        assert two_loaded.slice_views()[0].field_of_view_mm == pytest.approx(red.field_of_view_mm / 2)
        two_loaded.zoom_slice(w.YELLOW, 0.5)
        assert two_loaded.slice_views()[1].field_of_view_mm == pytest.approx(2 * yellow.field_of_view_mm)
        two_loaded.jump_slices((9.0, 19.0, 40.0))
        assert [view.offset_mm for view in two_loaded.slice_views()] == pytest.approx([40.0, -9.0, 19.0])
        two_loaded.set_slices_visible_in_3d(False)
        assert not any(view.visible_in_3d for view in two_loaded.slice_views())

    def test_after_the_scene_was_closed_nothing_is_linked_shown_or_plotted(self, two_loaded, tmp_path):
        two_loaded.set_slices_linked(True), two_loaded.set_slices_visible_in_3d(True)
        two_loaded.plot_time_curve(two_loaded.mr, (9.0, 19.0, 32.5), 1.0)
        assert two_loaded.layout() == w.FOUR_UP_PLOT and len(two_loaded.time_curves()) == 1
        assert two_loaded.save_scene(tmp_path) == tmp_path / "scene.mrml" == two_loaded.saved_scene()
        (tmp_path / "scene.mrml").rename(tmp_path / "other.mrml")
        assert two_loaded.saved_scene() is None
        (tmp_path / "other.mrml").rename(tmp_path / "scene.mrml")
        two_loaded.close_scene()
        assert two_loaded.layout() == w.FOUR_UP_PLOT and two_loaded.time_curves() == () and two_loaded.saved_scene() is None
        assert not any(view.linked or view.visible_in_3d or view.volume_node_id for view in two_loaded.slice_views())

    def test_saving_is_told_and_failing_is_a_sentence(self, two_loaded, told, tmp_path):
        two_loaded.save_scene(tmp_path / "out")
        assert told == [w.SCENE_CHANGED]
        (tmp_path / "file").write_text("x", encoding="utf-8")
        with pytest.raises(w.WorkspaceError, match="save-failed"):
            two_loaded.save_scene(tmp_path / "file")
        assert told == [w.SCENE_CHANGED]


class TestValues:
    def test_window_and_level_are_set_by_hand_or_preset(self, two_loaded):
        two_loaded.set_window_level(two_loaded.ct, 300, 60)
        assert two_loaded.window_level(two_loaded.ct) == w.WindowLevel(300, 60, "")
        two_loaded.apply_window_level_preset(two_loaded.ct, "CT_LUNG")
        assert two_loaded.window_level(two_loaded.ct) == w.WindowLevel(1400, -500, "CT_LUNG")
        assert "PET" in two_loaded.window_level_presets()
        with pytest.raises(w.WorkspaceError, match="no-such-preset"):
            two_loaded.apply_window_level_preset(two_loaded.ct, "NONE")

    def test_a_value_is_that_of_the_voxel_at_a_point(self, two_loaded, two_series):
        import pydicom

        image = pydicom.dcmread(two_series / "ct" / "0002.dcm")
        # Third slice, second row, fourth column: LPS -10 + 3 * 0.7, -20 + 0.8, 35.
        assert two_loaded.value_at(two_loaded.ct, (7.9, 19.2, 35.0)) == int(image.pixel_array[1, 3]) - 1024
        with pytest.raises(w.WorkspaceError, match="point-outside"):
            two_loaded.value_at(two_loaded.ct, (100, 0, 0))

    def test_points_and_lines_are_remembered(self, two_loaded):
        two_loaded.mark_point("P", (1, 2, 3)), two_loaded.mark_line("L", (0, 0, 0), (3, 4, 0))
        assert two_loaded.marked_points() == (w.MarkedPoint("P", (1, 2, 3)),)
        (line,) = two_loaded.marked_lines()
        assert (line.name, line.start_ras, line.end_ras, line.length_mm) == ("L", (0, 0, 0), (3, 4, 0), 5)

    def test_a_sequence_shows_the_frame_that_was_sought(self, two_loaded):
        assert two_loaded.playback(two_loaded.mr) == w.Playback(0, 3, False, "TriggerTime", ("0", "50", "100"))
        two_loaded.seek_sequence(two_loaded.mr, 2)
        assert two_loaded.playback(two_loaded.mr).frame == 2
        two_loaded.seek_sequence(two_loaded.mr, 0)
        for frame in (-1, 3):
            with pytest.raises(w.WorkspaceError) as refused:
                two_loaded.seek_sequence(two_loaded.mr, frame)
            assert (refused.value.reason, refused.value.fields["frame"], refused.value.fields["frames"]) == (
                "no-such-frame",
                frame,
                3,
            )
        two_loaded.play_sequence(two_loaded.mr)
        assert two_loaded.playback(two_loaded.mr).frame == 2, "played to its end"
        two_loaded.stop_sequence(two_loaded.mr)
        assert not two_loaded.playback(two_loaded.mr).playing
        with pytest.raises(w.WorkspaceError, match="not-a-sequence"):
            two_loaded.playback(two_loaded.ct)

    def test_curves_are_remembered_while_their_chart_is_there(self, two_loaded):
        curve = two_loaded.plot_time_curve(two_loaded.mr, (9.0, 19.0, 32.5), 1.5)
        assert (curve.node_id, curve.center_ras, curve.radius_mm, curve.times) == (
            two_loaded.mr,
            (9.0, 19.0, 32.5),
            1.5,
            (0, 0.05, 0.1),
        )
        other = two_loaded.plot_time_curve(two_loaded.mr, (9.0, 19.0, 35.0), 1.5)
        charts = [two_loaded._scene.GetNodeByID(one.plot_node_id) for one in (curve, other)]
        assert [chart.GetNumberOfPlotSeriesNodes() for chart in charts] == [1, 2], "beside the last one of the same series"
        assert two_loaded.time_curves() == (curve, other)
        two_loaded._scene.RemoveNode(charts[0])
        assert two_loaded.time_curves() == (other,)
        with pytest.raises(w.WorkspaceError, match="point-outside"):
            two_loaded.plot_time_curve(two_loaded.mr, (500.0, 0, 0), 1.0)

    def test_pictures_are_of_views_that_are_shown(self, two_loaded, monkeypatch):
        monkeypatch.setattr(three_d_view, "window_class", lambda: "none")
        assert pixels(two_loaded.snapshot(w.RED, 60, 50)).shape == (50, 60, 3)
        assert pixels(two_loaded.snapshot(w.RED)).shape == (480, 640, 3)
        assert (
            two_loaded.snapshot("Slice4") is None
            and two_loaded.snapshot(w.THREE_D) is None
            and two_loaded.snapshot("none") is None
        )

    def test_renderings_are_shown_with_presets_where_there_are_any(self, two_loaded):
        assert two_loaded.volume_rendering(two_loaded.ct) is None
        two_loaded.hide_volume_rendering(two_loaded.ct)
        assert two_loaded.volume_rendering(two_loaded.ct) is None
        presets = two_loaded.volume_rendering_presets()
        wanted = presets[0] if presets else ""
        two_loaded.show_volume_rendering(two_loaded.ct, wanted)
        assert two_loaded.volume_rendering(two_loaded.ct) == w.VolumeRendering(True, wanted)
        two_loaded.hide_volume_rendering(two_loaded.ct)
        assert two_loaded.volume_rendering(two_loaded.ct) == w.VolumeRendering(False, wanted)
        if presets:
            with pytest.raises(w.WorkspaceError, match="no-such-preset"):
                two_loaded.show_volume_rendering(two_loaded.ct, "none")


class TestMarksInPictures:
    """Of a slice of 100 x 100 pixels of a millimetre each, the ring is seven pixels around its point."""

    SIZE = 100

    @pytest.fixture
    def shown(self, two_loaded):
        two_loaded.show_volume(two_loaded.ct)
        node = two_loaded._slices.node(w.RED)
        node.SetFieldOfView(self.SIZE, self.SIZE, 1)
        two_loaded.set_slice_offset(w.RED, 40.0)
        return two_loaded

    def marked(self, two_loaded) -> np.ndarray:
        return (pixels(two_loaded._slices.png(w.RED, self.SIZE, self.SIZE)) == (255, 90, 90)).all(axis=-1)

    def middle(self, two_loaded) -> list[float]:
        to_ras = two_loaded._slices.node(w.RED).GetSliceToRAS()
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
