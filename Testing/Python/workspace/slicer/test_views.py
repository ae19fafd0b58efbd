"""Views inside Slicer, on a scene of a few nodes."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from synthetic_volumes import added_volume

from DICOMTutorialHelperLib.workspace import interface as w


class TestViews:
    @pytest.fixture
    def views(self, scene):
        from DICOMTutorialHelperLib.workspace.slicer.views import SlicerViews

        return SlicerViews()

    def test_layouts_are_those_of_slicer_s_menu(self, views, host):
        """By number, as vtkMRMLLayoutNode.h has them."""
        node = host.views.layout_node
        numbers = {
            w.FOUR_UP: 3, w.CONVENTIONAL: 2, w.CONVENTIONAL_WIDESCREEN: 16, w.ONE_UP_3D: 4, w.ONE_UP_RED_SLICE: 6,
            w.SIDE_BY_SIDE: 29, w.THREE_BY_THREE: 33, w.FOUR_UP_PLOT: 37,
        }  # fmt: skip
        for name, number in numbers.items():
            views.set_layout(name)
            assert (node.GetViewArrangement(), views.layout()) == (number, name)
        node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutDefaultView)
        assert views.layout() == w.CONVENTIONAL
        node.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutCompareView)
        assert views.layout() == w.OTHER_LAYOUT
        with pytest.raises(w.WorkspaceError) as told:
            views.set_layout("nine-up")
        assert (told.value.reason, told.value.fields) == ("no-such-layout", {"layout": "nine-up"})

    def test_the_browser_over_the_views_is_left_and_nothing_else(self, views, host, monkeypatch):
        from DICOMTutorialHelperLib.workspace.slicer import views as module

        node, closed = host.views.layout_node, []
        monkeypatch.setattr(module, "close_browser_over_views", lambda: closed.append(1))
        monkeypatch.setattr(module, "browser_widget", lambda: None)
        views.set_layout(w.SIDE_BY_SIDE)
        views.leave_browser()
        assert views.layout() == w.SIDE_BY_SIDE
        browser = slicer.vtkMRMLLayoutNode.SlicerLayoutDicomBrowserView
        node.SetViewArrangement(browser)
        views.leave_browser()
        assert views.layout() == w.FOUR_UP and closed == []
        monkeypatch.setattr(module, "browser_widget", lambda: "a browser")
        node.SetViewArrangement(browser)
        views.leave_browser()
        assert closed == [1] and node.GetViewArrangement() == browser, "whoever closes it puts the layout back"

    def test_slices_are_told_in_order_with_what_they_show(self, views, scene):
        shown = added_volume(scene)
        assert [one.name for one in views.slice_views()] == ["Red", "Yellow", "Green"]
        views.show_volume(shown.GetID(), "Green")
        assert [one.volume_node_id for one in views.slice_views()] == ["", "", shown.GetID()]
        views.show_volume(shown.GetID(), "")
        assert [(one.volume_node_id, one.orientation) for one in views.slice_views()] == [
            (shown.GetID(), "Axial"), (shown.GetID(), "Sagittal"), (shown.GetID(), "Coronal"),
        ]  # fmt: skip
        for call in (lambda: views.show_volume(shown.GetID(), "Blue"), lambda: views.show_volume("none", "Red")):
            with pytest.raises(w.WorkspaceError, match="no-such"):
                call()
        with pytest.raises(w.WorkspaceError, match="no-such-node"):
            views.show_volume(scene.GetFirstNodeByClass("vtkMRMLSliceNode").GetID(), "Red")

    def test_offsets_zoom_and_links(self, views, scene):
        views.show_volume(added_volume(scene).GetID(), "")
        views.set_offset("Red", 2.25)
        red = views.slice_views()[0]
        assert red.offset_mm == 2.25 and not red.linked and not red.visible_in_3d
        views.zoom("Red", 2)
        assert views.slice_views()[0].field_of_view_mm == pytest.approx(red.field_of_view_mm / 2)
        from DICOMTutorialHelperLib.workspace.slicer.views import slice_node

        x, y, z = slice_node("Red").GetFieldOfView()
        views.zoom("Red", 0.5)
        assert slice_node("Red").GetFieldOfView() == pytest.approx((2 * x, 2 * y, z))
        views.set_linked(True), views.set_visible_in_3d(True)
        assert all(one.linked and one.visible_in_3d for one in views.slice_views())
        views.set_linked(False), views.set_visible_in_3d(False)
        assert not any(one.linked or one.visible_in_3d for one in views.slice_views())
        views.jump((1.0, 2.0, 3.0))
        for name in ("Red", "Yellow", "Green"):
            across = [slice_node(name).GetSliceToRAS().GetElement(row, 2) for row in range(3)]
            there = [slice_node(name).GetSliceToRAS().GetElement(row, 3) for row in range(3)]
            assert np.dot(across, there) == pytest.approx(np.dot(across, (1, 2, 3))), "each cuts through the point"

    @pytest.mark.parametrize(
        ("count", "layout"), [(1, w.SIDE_BY_SIDE), (2, w.SIDE_BY_SIDE), (3, w.FOUR_UP), (4, w.THREE_BY_THREE)]
    )
    def test_volumes_are_compared_in_the_plane_they_were_taken_in(self, views, scene, count, layout):
        sagittal = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
        volumes = [added_volume(scene, f"V{number}", sagittal if number else None) for number in range(count)]
        views.set_linked(True)
        views.compare([one.GetID() for one in volumes])
        shown = views.slice_views()
        assert views.layout() == layout and not any(one.linked for one in shown)
        assert [one.volume_node_id for one in shown][:count] == [one.GetID() for one in volumes]
        planes = {one.name: one.orientation for one in shown}
        assert [planes[one.name] for one in shown][:count] == (["Axial"] + ["Sagittal"] * count)[:count]

    @pytest.mark.parametrize(
        ("across", "plane"), [((1, 0, 0), "Sagittal"), ((0, -1, 0), "Coronal"), ((0, 0, -1), "Axial"), ((0.6, 0, -0.8), "Axial")]
    )
    def test_the_plane_a_volume_was_taken_in(self, scene, across, plane):
        from DICOMTutorialHelperLib.workspace.slicer.views import acquisition_plane

        others = np.linalg.svd(np.array([across]))[2][1:]
        assert acquisition_plane(added_volume(scene, directions=np.array([*others, across]).T.tolist())) == plane

    def test_the_camera_turns_about_the_axis_from_foot_to_head(self, views, host):
        host.views.camera.SetFocalPoint(10, 20, 30)
        host.views.camera.SetPosition(110, 20, 35)
        host.views.camera.SetViewUp(0.6, 0, 0.8)
        views.rotate_3d(90)
        assert views.camera_ras() == pytest.approx((0, 100, 5))
        assert host.views.camera.GetViewUp() == pytest.approx((0, 0.6, 0.8))
        views.rotate_3d(-30)
        assert views.camera_ras() == pytest.approx((50, 100 * math.cos(math.radians(30)), 5))
        assert host.views.camera.GetViewUp() == pytest.approx((0.3, 0.6 * math.cos(math.radians(30)), 0.8))
        assert host.views.camera.GetFocalPoint() == (10, 20, 30)

    def test_centering_looks_at_everything_from_where_it_was(self, views, host, monkeypatch):
        asked = []
        monkeypatch.setattr(host.views, "resetFocalPoint", lambda: asked.append("focus"))
        monkeypatch.setattr(host.views, "resetCamera", lambda *given: asked.append(given))
        views.center_3d()
        assert asked == ["focus", (False, True, True)]

    def test_without_a_3d_view_there_is_no_camera(self, views, host, monkeypatch):
        monkeypatch.setattr(host.views, "threeDViewCount", 0)
        views.center_3d()
        with pytest.raises(w.WorkspaceError) as told:
            views.rotate_3d(10)
        assert told.value.fields == {"view": w.THREE_D}
        assert views.snapshot(w.THREE_D, 10, 10) is None
        monkeypatch.setattr(host.app, "layoutManager", lambda: None)
        views.center_3d()
        assert all(views.snapshot(view, 10, 10) is None for view in (w.THREE_D, w.WHOLE_LAYOUT, "Red", w.PLOT))

    def test_pictures_are_of_the_view_asked_for_and_no_larger(self, views, host, monkeypatch):
        import qt

        labels = {name: qt.QLabel(name) for name in ("all", "3d", "plot", "Red")}
        for label in labels.values():
            label.resize(200, 100)
            label.show()
        manager = SimpleNamespace(
            viewport=lambda: labels["all"], threeDViewCount=1, plotViewCount=1,
            threeDWidget=lambda place: SimpleNamespace(threeDView=lambda: labels["3d"]),
            plotWidget=lambda place: SimpleNamespace(plotView=lambda: labels["plot"]),
            sliceWidget=lambda name: SimpleNamespace(sliceView=lambda: labels[name]) if name in labels else None,
        )  # fmt: skip
        monkeypatch.setattr(host.app, "layoutManager", lambda: manager)
        from DICOMTutorialHelperLib.workspace.slicer.views import _widget

        assert [_widget(view) for view in (w.WHOLE_LAYOUT, w.THREE_D, w.PLOT, "Red", "Green")] == [*labels.values(), None]
        picture = qt.QImage.fromData(views.snapshot("Red", 50, 50))
        assert (picture.width(), picture.height()) == (50, 25)
        labels["Red"].hide()
        assert views.snapshot("Red", 50, 50) is None and views.snapshot("Green", 50, 50) is None
        manager.plotViewCount = 0
        assert _widget(w.PLOT) is None
