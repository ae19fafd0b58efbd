"""Slice views without a window: what they show, where they stand, and that they show it the right way round."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

from synthetic_volumes import STANDARD_VIEWS, made_volume, pixels, show_in_all

from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene
from DICOMTutorialHelperLib.workspace.headless.slice_views import SliceViews, acquisition_orientation
from DICOMTutorialHelperLib.workspace.headless.window_level_presets import PRESETS, apply_preset, preset_in_use

SIZE = 40


def normal_ras(node):
    return np.array([node.GetSliceToRAS().GetElement(row, 2) for row in range(3)])


@pytest.fixture
def headless_scene():
    return HeadlessScene()


@pytest.fixture
def views(headless_scene):
    return SliceViews(headless_scene)


@pytest.fixture
def marked_right_front(headless_scene):
    """Dark, but bright in the patient's right front: low i (right is low i, since i runs to the left), low j."""
    voxels = np.zeros((SIZE, SIZE, SIZE))
    voxels[:, : SIZE // 4, : SIZE // 4] = 100
    return made_volume(headless_scene.scene, voxels)


def test_the_patients_right_front_is_at_the_left_top_of_the_axial_view(views, marked_right_front):
    show_in_all(views, marked_right_front)
    picture = pixels(views.png("Red", 200, 200))[..., 0]
    assert picture[:60, :60].max() == 255
    assert picture[100:, :].max() <= 110 and picture[:, 100:].max() <= 110  # background grey or black


def test_a_picture_has_the_size_asked_for_and_leaves_the_view_as_it_was(views, marked_right_front):
    show_in_all(views, marked_right_front)
    before = views.node("Red").GetFieldOfView(), views.node("Red").GetDimensions()
    assert pixels(views.png("Red", 320, 240)).shape == (240, 320, 3)
    assert (views.node("Red").GetFieldOfView(), views.node("Red").GetDimensions()) == before


def test_an_empty_view_has_no_picture_of_anything(views):
    picture = views.png("Red", 50, 50)
    shades = np.unique(pixels(picture)) if picture else np.zeros(1)  # VTK may have nothing to give at all
    assert len(shades) == 1


def test_linked_views_of_one_orientation_move_together(views, marked_right_front):
    show_in_all(views, marked_right_front)
    views.node("Yellow").SetOrientation("Axial")
    views.set_linked(True)
    views.set_offset_mm("Red", 13.0)
    assert views.offset_mm("Yellow") == pytest.approx(13.0)
    assert views.offset_mm("Green") != pytest.approx(13.0)


def test_zooming_shows_less(views, marked_right_front):
    show_in_all(views, marked_right_front)
    before = views.node("Green").GetFieldOfView()[0]
    views.zoom("Green", 2.0)
    assert views.node("Green").GetFieldOfView()[0] == pytest.approx(before / 2)


def test_jumping_brings_every_view_to_the_point(views, marked_right_front):
    show_in_all(views, marked_right_front)
    views.jump((-5.0, -7.0, 11.0), STANDARD_VIEWS)
    # Slicer's sagittal view looks to the left, so its offset counts that way.
    assert [views.offset_mm(name) for name in ("Red", "Yellow", "Green")] == pytest.approx([11.0, 5.0, -7.0])


@pytest.mark.parametrize(
    ("axes", "orientation"),
    [
        ([[-1, 0, 0], [0, -1, 0], [0, 0, 1]], "Axial"),
        ([[0, 0, 1], [-1, 0, 0], [0, 1, 0]], "Sagittal"),
        ([[1, 0, 0], [0, 0.2, 1], [0, -1, 0.2]], "Coronal"),
    ],
)
def test_a_volume_is_shown_in_the_plane_it_was_taken_in(views, headless_scene, axes, orientation):
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = axes
    volume = made_volume(headless_scene.scene, np.zeros((5, 8, 8)), ijk_to_ras)
    assert acquisition_orientation(volume) == orientation
    views.show_in_own_plane(volume, "Green")
    wanted = ijk_to_ras[:3, 2] / np.linalg.norm(ijk_to_ras[:3, 2])
    assert abs(normal_ras(views.node("Green")) @ wanted) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(("view", "across"), [("Red", 2), ("Yellow", 0), ("Green", 1)])
def test_views_turn_to_the_axes_of_an_oblique_volume(views, headless_scene, view, across):
    """Fifteen degrees about the body's long axis, then about the left-right axis."""
    cosine, sine = np.cos(np.radians(15)), np.sin(np.radians(15))
    axes = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]) @ np.array(
        [[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]]
    )
    ijk_to_ras = np.eye(4)
    ijk_to_ras[:3, :3] = axes
    show_in_all(views, made_volume(headless_scene.scene, np.zeros((20, 20, 20)), ijk_to_ras))
    assert abs(normal_ras(views.node(view)) @ axes[:, across]) == pytest.approx(1.0, abs=1e-6)


def test_views_of_a_straight_volume_keep_their_own_orientation(views, marked_right_front):
    show_in_all(views, marked_right_front)
    assert [views.node(name).GetOrientation() for name in STANDARD_VIEWS] == ["Axial", "Sagittal", "Coronal"]


@pytest.mark.parametrize(
    ("preset", "window", "level"), [("CT_LUNG", 1400, -500), ("CT_ABDOMEN", 350, 40), ("CT_BONE", 1000, 400)]
)
def test_presets_have_slicers_values(headless_scene, marked_right_front, preset, window, level):
    apply_preset(marked_right_front, preset)
    display = marked_right_front.GetScalarVolumeDisplayNode()
    assert (display.GetWindow(), display.GetLevel(), display.GetAutoWindowLevel()) == (window, level, 0)
    assert preset_in_use(marked_right_front) == preset


def test_values_set_by_hand_are_no_preset(marked_right_front):
    marked_right_front.GetScalarVolumeDisplayNode().SetWindowLevel(123, 45)
    assert preset_in_use(marked_right_front) == ""


def test_presets_are_those_of_slicers_volumes_module():
    """Slicer's own file, where trame-slicer brings it."""
    import importlib.util
    import json
    from pathlib import Path

    found = importlib.util.find_spec("trame_slicer")
    if found is None:
        pytest.skip("trame-slicer, which brings Slicer's preset file, is not installed")
    path = Path(found.submodule_search_locations[0]) / "resources" / "VolumeDisplayPresets.json"
    theirs = {each["id"]: each for each in json.loads(path.read_text(encoding="utf-8"))["volumeDisplayPresets"]}
    assert set(theirs) == set(PRESETS)
    for name, preset in PRESETS.items():
        other = theirs[name]
        assert (other["name"], other["window"], other["level"]) == (preset.name, preset.window, preset.level)
        assert other["color"] == preset.color_node_id


def test_views_and_scene_may_go_in_any_order():
    """A crash here would end the whole test run."""
    import gc

    for _ in range(2):
        scene = HeadlessScene()
        views = SliceViews(scene)
        volume = made_volume(scene.scene, np.zeros((5, 8, 8)))
        show_in_all(views, volume)
        knot = [scene, views, volume]
        knot.append(knot)
    del scene, views, volume, knot
    assert gc.collect() > 0
