"""What every Workspace holds of its views."""

from __future__ import annotations

import math
from pathlib import Path

from DICOMTutorialHelperLib.selftest.contract_checks import BLISS, CT, STIR, T2, UNKNOWN_NODE, check, load, refused, views_check
from DICOMTutorialHelperLib.workspace import interface as w


@views_check
def every_layout_can_be_chosen_and_no_other(workspace: w.Workspace, _practice: Path) -> None:
    for layout in (*w.LAYOUTS, w.FOUR_UP):
        workspace.set_layout(layout)
        assert workspace.layout() == layout, workspace.layout()
    refused("no-such-layout", lambda: workspace.set_layout("seventeen-up"))
    assert workspace.layout() == w.FOUR_UP


@views_check
def a_layout_has_its_slice_views(workspace: w.Workspace, _practice: Path) -> None:
    wanted = {w.FOUR_UP: 3, w.ONE_UP_3D: 0, w.ONE_UP_RED_SLICE: 1, w.SIDE_BY_SIDE: 2, w.THREE_BY_THREE: 9, w.FOUR_UP_PLOT: 3}
    for layout, count in wanted.items():
        workspace.set_layout(layout)
        names = [view.name for view in workspace.slice_views()]
        assert len(names) == count and names[:3] == [w.RED, w.YELLOW, w.GREEN][:count], (layout, names)
    workspace.set_layout(w.FOUR_UP)


@views_check
def what_is_loaded_is_on_the_screen(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    item = load(workspace, CT)
    assert {view.volume_node_id for view in workspace.slice_views()} == {item.node_id}


@views_check
def a_volume_is_shown_in_one_view_or_in_all(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    ct, t2 = load(workspace, CT), load(workspace, T2)
    workspace.show_volume(ct.node_id)
    views = workspace.slice_views()
    assert [view.volume_node_id for view in views] == [ct.node_id] * 3
    assert [view.orientation for view in views] == ["Axial", "Sagittal", "Coronal"], views
    workspace.show_volume(t2.node_id, w.GREEN)
    assert [view.volume_node_id for view in workspace.slice_views()] == [ct.node_id, ct.node_id, t2.node_id]
    refused("no-such-view", lambda: workspace.show_volume(ct.node_id, "Violet"))
    refused("no-such-node", lambda: workspace.show_volume(UNKNOWN_NODE))


@views_check
def volumes_are_compared_each_in_a_view_of_its_own(workspace: w.Workspace, _practice: Path) -> None:
    items = [load(workspace, word) for word in (CT, T2, STIR, BLISS)]
    for count, layout in ((2, w.SIDE_BY_SIDE), (3, w.FOUR_UP), (4, w.THREE_BY_THREE)):
        workspace.set_slices_linked(True)
        node_ids = [item.node_id for item in items[:count]]
        workspace.compare(node_ids)
        assert workspace.layout() == layout, (count, workspace.layout())
        views = workspace.slice_views()
        assert [view.volume_node_id for view in views][:count] == node_ids
        assert not any(view.linked for view in views)
    refused("no-such-node", lambda: workspace.compare([UNKNOWN_NODE]))
    assert workspace.layout() == w.THREE_BY_THREE
    workspace.set_layout(w.FOUR_UP)


@views_check
def slices_are_moved_zoomed_linked_and_shown_in_3d(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    workspace.set_slices_linked(False)
    load(workspace, CT)
    before = {view.name: view for view in workspace.slice_views()}
    workspace.set_slice_offset(w.RED, before[w.RED].offset_mm + 10)
    workspace.zoom_slice(w.GREEN, 2)
    after = {view.name: view for view in workspace.slice_views()}
    assert math.isclose(after[w.RED].offset_mm, before[w.RED].offset_mm + 10, abs_tol=0.01)
    assert math.isclose(after[w.GREEN].field_of_view_mm, before[w.GREEN].field_of_view_mm / 2, rel_tol=1e-6)
    assert after[w.YELLOW] == before[w.YELLOW]
    refused("no-such-view", lambda: workspace.set_slice_offset("Violet", 0))
    refused("no-such-view", lambda: workspace.zoom_slice("Violet", 2))
    for value in (True, False):
        workspace.set_slices_linked(value)
        workspace.set_slices_visible_in_3d(value)
        assert {(view.linked, view.visible_in_3d) for view in workspace.slice_views()} == {(value, value)}


@views_check
def slices_jump_to_a_point(workspace: w.Workspace, _practice: Path) -> None:
    """Slicer's sagittal view looks to the left, so its offset counts against R."""
    workspace.set_layout(w.FOUR_UP)
    load(workspace, CT)
    workspace.jump_slices((-5.0, -7.0, 11.0))
    offsets = [view.offset_mm for view in workspace.slice_views()]
    assert all(math.isclose(a, b, abs_tol=0.01) for a, b in zip(offsets, (11.0, 5.0, -7.0))), offsets


@views_check
def the_3d_view_turns_about_the_long_axis(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    load(workspace, CT)
    workspace.center_3d_view()
    r, a, s = workspace.camera_3d_ras()
    workspace.rotate_3d_view(90)
    turned = workspace.camera_3d_ras()
    assert all(math.isclose(one, two, abs_tol=0.01 * math.hypot(r, a, s)) for one, two in zip(turned, (-a, r, s))), turned


@check
def window_and_level_are_set_by_hand_and_by_preset(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, CT)
    workspace.set_window_level(item.node_id, 1234.0, 56.0)
    assert workspace.window_level(item.node_id) == w.WindowLevel(1234.0, 56.0, "")
    assert {"CT_LUNG", "CT_ABDOMEN", "CT_BONE"} <= set(workspace.window_level_presets())
    workspace.apply_window_level_preset(item.node_id, "CT_LUNG")
    assert workspace.window_level(item.node_id) == w.WindowLevel(1400.0, -500.0, "CT_LUNG"), workspace.window_level(item.node_id)
    refused("no-such-preset", lambda: workspace.apply_window_level_preset(item.node_id, "CT_RAINBOW"))


@views_check
def a_volume_is_rendered_and_hidden_again(workspace: w.Workspace, _practice: Path) -> None:
    item = load(workspace, CT)
    assert workspace.volume_rendering(item.node_id) is None
    workspace.hide_volume_rendering(item.node_id)
    presets = workspace.volume_rendering_presets()
    preset = "CT-Chest-Contrast-Enhanced" if presets else ""
    workspace.show_volume_rendering(item.node_id, preset)
    assert workspace.volume_rendering(item.node_id) == w.VolumeRendering(True, preset)
    workspace.hide_volume_rendering(item.node_id)
    rendering = workspace.volume_rendering(item.node_id)
    assert rendering is not None and not rendering.visible
    if presets:
        refused("no-such-preset", lambda: workspace.show_volume_rendering(item.node_id, "CT-Rainbow"))


@views_check
def pictures_are_png_or_nothing(workspace: w.Workspace, _practice: Path) -> None:
    workspace.set_layout(w.FOUR_UP)
    load(workspace, CT)
    assert (workspace.snapshot(w.RED, 200, 150) or b"").startswith(b"\x89PNG")
    for view in (w.PLOT, w.WHOLE_LAYOUT):
        picture = workspace.snapshot(view, 200, 150)
        assert picture is None or picture.startswith(b"\x89PNG")
    assert workspace.snapshot("Violet") is None
