"""The 3D view off screen, and volume rendering."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

from synthetic_volumes import STANDARD_VIEWS, made_volume, pixels, show_in_all

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
