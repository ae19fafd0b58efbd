"""How a loaded volume is shown: windows, colours, greys."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")


from made_frames import made_frame, made_stack

from DICOMTutorialHelperLib.scene.arrays import allocate_image
from DICOMTutorialHelperLib.scene.display import GREY, INVERTED_GREY, set_up_display, window_presets


@pytest.mark.parametrize(
    ("center", "width", "presets"),
    [
        ((40.0, -500.0), (400.0, 1500.0), [(40, 400), (-500, 1500)]),
        (40.0, 0.0, []),
        (40.0, 0.5, [(40, 0.5)]),
        (None, 400.0, []),
        ((40.0, 50.0), 400.0, [(40, 400)]),
    ],
)
def test_windows_are_pairs_of_a_centre_and_a_width(center, width, presets):
    values = {"WindowCenter": center, "WindowWidth": width}
    assert window_presets(made_frame(**{key: value for key, value in values.items() if value is not None})) == presets


def shown(scene, made, shape=(2, 3, 4), dtype=np.int16, top=50):
    image, voxels = allocate_image(shape, dtype)
    voxels[:] = 0
    voxels[0, 0, 0] = top
    node = scene.AddNewNodeByClass("vtkMRMLVectorVolumeNode" if len(shape) > 3 else "vtkMRMLScalarVolumeNode", "x")
    node.SetAndObserveImageData(image)
    set_up_display(node, made)
    return node.GetDisplayNode()


def test_windows_of_the_middle_frame_are_presets_and_the_first_is_used(scene):
    made = made_stack(3)
    made.frames[1].instance.values.update(WindowCenter=(40.0, 50.0), WindowWidth=(400.0, 80.0))
    made.frames[0].instance.values.update(WindowCenter=1.0, WindowWidth=2.0)
    display = shown(scene, made)
    assert (display.GetLevel(), display.GetWindow(), display.GetAutoWindowLevel()) == (40, 400, 0)
    assert display.GetNumberOfWindowLevelPresets() == 2
    assert (display.GetLevelPreset(1), display.GetWindowPreset(1)) == (50, 80)
    assert shown(scene, made_stack(3)).GetAutoWindowLevel() == 1


@pytest.mark.parametrize(("interpretation", "colours"), [("MONOCHROME1", INVERTED_GREY), ("MONOCHROME2", GREY)])
def test_monochrome1_is_shown_inverted(scene, interpretation, colours):
    assert shown(scene, made_stack(PhotometricInterpretation=interpretation)).GetColorNodeID() == colours


@pytest.mark.parametrize(("dtype", "top", "white"), [(np.uint8, 50, 255), (np.uint16, 5000, 5000), (np.uint16, 0, 1)])
def test_colours_are_shown_as_they_are_stored(scene, dtype, top, white):
    display = shown(scene, made_stack(), (2, 3, 4, 3), dtype, top)
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax(), display.GetAutoWindowLevel()) == (0, white, 0)
