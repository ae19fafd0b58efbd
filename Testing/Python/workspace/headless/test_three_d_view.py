"""The 3D view off screen, and volume rendering."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

import math
import sys
from types import SimpleNamespace

from synthetic_volumes import STANDARD_VIEWS, made_volume, pixels, show_in_all

from DICOMTutorialHelperLib.workspace.headless import three_d_view
from DICOMTutorialHelperLib.workspace.headless.scene import HeadlessScene
from DICOMTutorialHelperLib.workspace.headless.slice_views import SliceViews
from DICOMTutorialHelperLib.workspace.headless.three_d_view import ThreeDView, window_class
from DICOMTutorialHelperLib.workspace.headless.volume_rendering import VolumeRenderings, preset_folder

SIZE = 32


@pytest.fixture
def headless_scene():
    return HeadlessScene()


@pytest.fixture
def ball(headless_scene):
    """A bright ball in the dark."""
    k, j, i = np.indices((SIZE, SIZE, SIZE)) - SIZE / 2
    return made_volume(headless_scene.scene, 300.0 * (i**2 + j**2 + k**2 < (SIZE / 3) ** 2))


@pytest.fixture
def drawing():
    if window_class() == "none":
        pytest.skip("no graphics library for off-screen pictures on this machine (libosmesa6 is enough)")


def test_centring_looks_at_the_middle_of_what_is_shown(headless_scene, ball):
    show_in_all(SliceViews(headless_scene), ball)
    view = ThreeDView(headless_scene)
    view.center()
    x, y, z = view.camera_ras()
    assert y > abs(x) and y > abs(z)  # from the front


def test_turning_goes_around_the_long_axis(headless_scene):
    view = ThreeDView(headless_scene)
    before = np.array(view.camera_ras())
    view.rotate(40)
    after = np.array(view.camera_ras())
    assert after[2] == pytest.approx(before[2], abs=1e-6)
    assert np.linalg.norm(after) == pytest.approx(np.linalg.norm(before))
    angle = np.degrees(np.arctan2(after[1], after[0]) - np.arctan2(before[1], before[0]))
    assert angle == pytest.approx(40, abs=1e-6)  # counter-clockwise, seen from the head


def test_slices_appear_only_when_they_are_made_visible(drawing, headless_scene, ball):
    slices, view = SliceViews(headless_scene), ThreeDView(headless_scene)
    show_in_all(slices, ball)
    view.center()
    hidden = pixels(view.png(160, 120))
    slices.set_visible_in_3d(True, STANDARD_VIEWS)
    shown = pixels(view.png(160, 120))
    assert shown.shape == (120, 160, 3)
    middle = shown[40:80, 60:100], hidden[40:80, 60:100]
    assert np.abs(middle[0] - middle[1]).mean() > 20


def test_a_volume_is_rendered_and_hidden(drawing, headless_scene, ball):
    renderings, view = VolumeRenderings(headless_scene), ThreeDView(headless_scene)
    assert renderings.visible(ball) is None
    show_in_all(SliceViews(headless_scene), ball)
    view.center()
    empty = pixels(view.png(160, 120))
    renderings.show(ball)
    assert renderings.visible(ball)
    rendered = pixels(view.png(160, 120))
    assert np.abs(rendered - empty).max() > 40
    renderings.hide(ball)
    assert renderings.visible(ball) is False


def test_slicers_presets_are_there_with_trame_slicer(headless_scene, ball):
    if preset_folder() is None:
        pytest.skip("trame-slicer, which brings Slicer's presets, is not installed")
    renderings = VolumeRenderings(headless_scene)
    assert {"CT-Chest-Contrast-Enhanced", "CT-Bone", "MR-Default"} <= set(renderings.presets())
    renderings.show(ball, "CT-Bone")
    assert renderings.preset_in_use(ball) == "CT-Bone"


def test_an_unknown_preset_is_an_error(headless_scene, ball):
    with pytest.raises(KeyError):
        VolumeRenderings(headless_scene).show(ball, "CT-Nonsense")


class TestCamera:
    """A sphere of radius r fits into 30 degrees from r / sin 15 degrees away; it is looked at from 0.85 of that."""

    DIRECTION = np.array([0.25, 1.0, 0.25]) / math.sqrt(1.125)

    def distance(self, *sides: float) -> float:
        return 0.85 * math.hypot(*sides) / 2 / math.sin(math.radians(15))

    def test_it_begins_around_the_middle_of_four_decimetres(self):
        view = ThreeDView(HeadlessScene())
        assert view.camera_ras() == pytest.approx(tuple(self.distance(400, 400, 400) * self.DIRECTION))
        assert view._renderer.GetActiveCamera().GetViewUp() == (0, 0, 1)

    def test_it_looks_at_what_is_shown(self, two_loaded):
        two_loaded.show_volume(two_loaded.ct)
        two_loaded.center_3d_view()
        camera = two_loaded._three_d._renderer.GetActiveCamera()
        # 4 x 5 x 8 voxels of 0.7 x 0.8 x 2.5 mm around the first, which lies at LPS -10, -20, 30.
        assert camera.GetFocalPoint() == pytest.approx((10 - 1.5 * 0.7, 20 - 2 * 0.8, 30 + 3.5 * 2.5))
        assert two_loaded.camera_3d_ras() == pytest.approx(tuple(self.distance(4 * 0.7, 5 * 0.8, 8 * 2.5) * self.DIRECTION))
        before = np.array(two_loaded.camera_3d_ras())
        two_loaded.rotate_3d_view(90)
        turned = np.array(two_loaded.camera_3d_ras())
        assert turned == pytest.approx(np.array([-before[1], before[0], before[2]]))

    def test_with_nothing_shown_it_looks_at_a_quarter_of_a_metre(self, two_loaded):
        two_loaded.close_scene()
        two_loaded.center_3d_view()
        assert two_loaded.camera_3d_ras() == pytest.approx(tuple(self.distance(250, 250, 250) * self.DIRECTION))

    def test_a_point_is_looked_at_from_a_distance(self):
        view = ThreeDView(HeadlessScene())
        view._place_camera((1, 1, 2, 2, 3, 3))
        assert view.camera_ras() == pytest.approx(tuple(0.85 * 100 / math.sin(math.radians(15)) * self.DIRECTION))

    def test_a_rendering_counts_while_it_is_visible(self, two_loaded):
        two_loaded.show_volume_rendering(two_loaded.ct)
        for view in two_loaded.slice_views():
            two_loaded._slices._logics[view.name].GetSliceCompositeNode().SetBackgroundVolumeID(None)
        for logic in two_loaded._slices._logics.values():
            logic.GetSliceCompositeNode().SetBackgroundVolumeID(None)
        two_loaded.center_3d_view()
        assert two_loaded.camera_3d_ras() == pytest.approx(tuple(self.distance(2.8, 4.0, 20.0) * self.DIRECTION))
        two_loaded.hide_volume_rendering(two_loaded.ct)
        two_loaded.center_3d_view()
        assert two_loaded.camera_3d_ras() == pytest.approx(tuple(self.distance(250, 250, 250) * self.DIRECTION))


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
