"""How a picture of slices is put together: sizes, places, colours and letters, each worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import vtk

from DICOMTutorialHelperLib.scene import slice_snapshots
from DICOMTutorialHelperLib.scene.arrays import allocate_image, vtk_matrix
from DICOMTutorialHelperLib.scene.slice_snapshots import AXIAL, CORONAL, SAGITTAL, Plane, three_slices_png


def volume(scene, shape=(4, 4, 4), spacing=(1, 1, 1), directions=None, origin=(0, 0, 0), value=100, name="Body", window=None):
    """(k, j, i) voxels of one value; directions are the columns i, j and k of the world, RAS."""
    image, voxels = allocate_image(shape, np.int16)
    voxels[:] = value
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(directions if directions is not None else np.eye(3), float).T * spacing
    matrix[:3, 3] = origin
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    node.SetIJKToRASMatrix(vtk_matrix(matrix))
    node.SetAndObserveImageData(image)
    if window:
        node.CreateDefaultDisplayNodes()
        node.GetDisplayNode().SetAutoWindowLevel(False)
        node.GetDisplayNode().SetWindowLevelMinMax(*window)
    return node


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Draws a volume; gives the picture and what was written where instead of letters."""

    def draw(node, **more):
        texts, pictures = [], []
        monkeypatch.setattr(
            slice_snapshots,
            "_draw_text",
            lambda canvas, text, place, size, centered=False: texts.append((text, place, size, centered)),
        )
        monkeypatch.setattr(slice_snapshots, "png_of_array", lambda picture: pictures.append(picture.copy()) or b"")
        three_slices_png(node, tmp_path / "picture.png", **more)
        return pictures[0], texts

    return draw


def test_three_slices_of_a_cube_stand_beside_each_other_below_a_title(scene, drawn):
    """320 pixels each, 20 around them, 30 above: 3 x 360 by 30 + 360."""
    picture, texts = drawn(volume(scene, window=(0, 100)))
    assert picture.shape == (390, 1080, 3)
    bright = (picture == 255).all(axis=2)
    expected = np.zeros_like(bright)
    for number in range(3):
        expected[50:370, 360 * number + 20 : 360 * number + 340] = True
    assert np.array_equal(bright, expected)
    assert (picture[~expected] == 32).all()
    assert texts[-1] == ("Body", (17, 20), 15, False)
    letters = [(text, place) for text, place, size, centered in texts[:-1] if size == 13 and centered]
    places = [(180, 10), (180, 350), (10, 180), (350, 180)]
    assert letters == list(zip("RLAP" + "RLSI" + "APSI", places * 3))


def test_without_directions_there_is_the_title_alone(scene, drawn):
    assert len(drawn(volume(scene), directions_known=False)[1]) == 1


def test_slices_are_scaled_alike_by_the_longest_extent(scene, drawn):
    """8 x 4 x 2 mm: 40 pixels a millimetre, 320, 160 and 80 pixels; the smaller ones stand in the middle of their row."""
    picture, _ = drawn(volume(scene, shape=(2, 4, 8), window=(0, 100)))
    assert picture.shape == (30 + 160 + 40, (320 + 40) * 2 + 160 + 40, 3)
    rows, columns = np.nonzero((picture == 255).all(axis=2))
    for first, last, width, height in ((0, 360, 320, 160), (360, 720, 320, 80), (720, 920, 160, 80)):
        inside = (columns >= first) & (columns < last)
        top = 30 + (200 - height) // 2
        assert (rows[inside].min(), rows[inside].max()) == (top, top + height - 1)
        assert (columns[inside].min(), columns[inside].max()) == (first + 20, first + 20 + width - 1)


def test_a_thin_slice_has_room_for_its_letters(scene, drawn):
    """160 x 1 mm: two pixels high, in a panel of a letter's height and the margins."""
    picture, _ = drawn(volume(scene, shape=(1, 1, 160), window=(0, 100)))
    assert picture.shape == (30 + 13 + 40, 360, 3)
    rows, columns = np.nonzero((picture == 255).all(axis=2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30 + 25, 30 + 26, 20, 339)


def test_a_narrow_picture_is_as_wide_as_a_panel(scene, drawn):
    picture, _ = drawn(volume(scene, shape=(1, 160, 1), window=(0, 100)))
    assert picture.shape == (30 + 360, 320, 3)
    _, columns = np.nonzero((picture == 255).all(axis=2))
    assert (columns.min(), columns.max()) == (25, 26)


def test_a_slice_begins_and_ends_half_a_voxel_beyond_its_outermost_centres(scene):
    corners = slice_snapshots._world_corners(volume(scene, shape=(2, 3, 4), spacing=(2, 3, 5), origin=(10, 20, 30)))
    assert corners.min(axis=0).tolist() == [10 - 1, 20 - 1.5, 30 - 2.5]
    assert corners.max(axis=0).tolist() == [10 + 7, 20 + 7.5, 30 + 7.5]
    assert len({tuple(corner) for corner in corners.tolist()}) == 8


@pytest.mark.parametrize(
    ("directions", "right", "up"),
    [
        # rows to the left, columns to the back: as DICOM's axial, coronal and sagittal images lie, RAS
        (((-1, 0, 0), (0, -1, 0), (0, 0, 1)), (-1, 0, 0), (0, 1, 0)),
        (((-1, 0, 0), (0, 0, -1), (0, -1, 0)), (-1, 0, 0), (0, 0, 1)),
        (((0, -1, 0), (0, 0, -1), (1, 0, 0)), (0, -1, 0), (0, 0, 1)),
        (((1, 0, 0), (0, 1, 0), (0, 0, 1)), (-1, 0, 0), (0, 1, 0)),
        (((0, 1, 0), (1, 0, 0), (0, 0, 1)), (-1, 0, 0), (0, 1, 0)),
        (((0.8, 0.6, 0), (-0.6, 0.8, 0), (0, 0, 1)), (-0.8, -0.6, 0), (-0.6, 0.8, 0)),
        (((0.6, 0.8, 0), (-0.8, 0.6, 0), (0, 0, 1)), (-0.8, 0.6, 0), (0.6, 0.8, 0)),
    ],
)
def test_a_lone_slice_is_turned_as_the_nearest_view_shows_it(scene, directions, right, up):
    plane = slice_snapshots._own_plane(volume(scene, shape=(1, 4, 4), spacing=(2, 3, 5), directions=directions))
    assert plane.right == pytest.approx(right)
    assert plane.up == pytest.approx(up)


def test_planes_look_out_of_the_screen():
    for plane, normal in ((AXIAL, (0, 0, -1)), (CORONAL, (0, 1, 0)), (SAGITTAL, (-1, 0, 0))):
        assert plane.axes[:, 2].tolist() == list(normal)
        assert (plane.axes[:, 0].tolist(), plane.axes[:, 1].tolist()) == (list(plane.right), list(plane.up))
    assert slice_snapshots._towards(np.array([0.0, 1.0, 0.0]), (1, 0, 0)) == (0, 1, 0)


@pytest.mark.parametrize(
    ("direction", "letter"),
    [
        ((1, 0, 0), "R"),
        ((-1, 0, 0), "L"),
        ((0, 1, 0), "A"),
        ((0, -1, 0), "P"),
        ((0, 0, 1), "S"),
        ((0, 0, -1), "I"),
        ((0.5, -0.8, 0.3), "P"),
        ((-0.6, 0.5, 0.5), "L"),
    ],
)
def test_a_direction_is_called_by_the_letter_of_its_longest_part(direction, letter):
    assert slice_snapshots._letter(np.array(direction, float)) == letter


def test_values_are_cut_at_the_middle_of_each_pixel(scene):
    """A ramp of 10 along x (to the right): pixels of half a millimetre from -0.25 mm on."""
    node = volume(scene, shape=(2, 2, 4))
    voxels = vtk.util.numpy_support.vtk_to_numpy(node.GetImageData().GetPointData().GetScalars())
    voxels[:] = np.tile([0, 10, 20, 30], 4)
    screen = np.diag([0.5, 0.5, 1.0, 1.0])
    screen[0, 3] = -0.75
    values, inside = slice_snapshots._cut(node, screen, 10, 1)
    assert inside.tolist() == [[False, *[True] * 8, False]]
    assert values[0, 1:9] == pytest.approx([0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30], abs=0.51)  # whole numbers, as stored


@pytest.mark.parametrize(
    ("window", "values", "expected"),
    [((0, 100), [-5, 0, 50, 100, 200], [0, 0, 128, 255, 255]), (None, [10, 20, 30], [0, 128, 255]), (None, [7, 7], [0, 0])],
)
def test_greys_follow_the_window_or_the_range_of_the_values(scene, window, values, expected):
    node = volume(scene, window=window)
    colors = slice_snapshots._colors(node, np.array([values], float))
    assert colors.shape == (1, len(values), 3)
    assert colors[0, :, 0].tolist() == expected
    assert np.array_equal(colors[..., 0], colors[..., 2])


def test_colours_have_three_components_and_no_table(scene):
    values = np.array([[[0.0, 50.0, 100.0, 255.0]]])
    assert slice_snapshots._colors(volume(scene, window=(0, 100)), values).tolist() == [[[0, 128, 255]]]


def test_a_table_has_256_colours_over_its_range(scene):
    class Table:
        def GetRange(self):
            return 10.0, 61.0

        def GetColor(self, value, color):
            color[:] = (value - 10) / 51, 0.0, 1.0

    class Node:
        def GetScalarsToColors(self):
            return Table()

    table = slice_snapshots._color_table(Node())
    assert table[:, 0].tolist() == list(range(256))
    assert (table[:, 1] == 0).all() and (table[:, 2] == 255).all()
    greys = slice_snapshots._color_table(None)
    assert np.array_equal(greys, np.repeat(np.arange(256)[:, None], 3, axis=1))


class Glyphs:
    """A text renderer that draws one picture, of 4 rows and 6 columns: the upper half yellow, the lower half clear."""

    def __init__(self, monkeypatch, draws=True):
        self.asked, self.draws = [], draws
        pixels = np.zeros((1, 8, 8, 4))
        pixels[0, :4, :6] = (255, 255, 153, 128)
        pixels[0, :2, :6, 3] = 0  # rows from the bottom
        monkeypatch.setattr(slice_snapshots, "array_from_image", lambda image: pixels)
        monkeypatch.setattr(slice_snapshots.vtkTextRenderer, "GetInstance", lambda: self, raising=False)

    def RenderString(self, style, text, image, used, dpi):
        self.asked.append((text, style.GetFontSize(), style.GetColor(), style.GetShadow(), dpi))
        used[:] = 6, 4
        return self.draws


@pytest.fixture
def glyphs(monkeypatch):
    class Renderer:
        pass

    monkeypatch.setattr(slice_snapshots, "vtkTextRenderer", Renderer)
    return Glyphs(monkeypatch)


@pytest.mark.parametrize(
    ("place", "centered", "rows", "columns"),
    [
        ((10, 10), False, (8, 10), (10, 16)),
        ((10, 10), True, (8, 10), (7, 13)),
        ((1, 10), False, (0, 2), (10, 16)),
        ((10, 1), True, (8, 10), (0, 6)),
        ((19, 10), False, (17, 19), (10, 16)),
        ((21, 10), False, (19, 20), (10, 16)),
        ((10, 17), False, (8, 10), (17, 20)),
    ],
)
def test_a_text_is_blended_around_its_row_and_from_its_column(glyphs, place, centered, rows, columns):
    """Half covered: (255 x 128 + 100 x 127) / 255 = 177.8, and of blue (153 x 128 + 100 x 127) / 255 = 126.6."""
    canvas = np.full((20, 20, 3), 100, np.uint8)
    slice_snapshots._draw_text(canvas, "text", place, 13, centered)
    expected = np.full((20, 20, 3), 100, np.uint8)
    expected[rows[0] : rows[1], columns[0] : columns[1]] = (178, 178, 127)
    assert np.array_equal(canvas, expected)
    assert glyphs.asked == [("text", 13, (1, 1, 0.6), 0, 72)]


def test_no_text_and_one_that_cannot_be_drawn_leave_the_picture(glyphs):
    canvas = np.full((20, 20, 3), 100, np.uint8)
    slice_snapshots._draw_text(canvas, "", (10, 10), 13)
    assert glyphs.asked == []
    glyphs.draws = False
    slice_snapshots._draw_text(canvas, "text", (10, 10), 13)
    assert (canvas == 100).all()


def test_a_flat_volume_is_still_drawn(scene, drawn):
    """Of no extent at all: a pixel."""
    node = volume(scene, shape=(1, 1, 1), spacing=(1e-9, 1e-9, 1e-9), window=(0, 100))
    assert drawn(node)[0].shape == (30 + 53, 320, 3)


def test_a_plane_is_any_pair_of_directions():
    assert Plane((0, 1, 0), (0, 0, 1)).axes[:, 2].tolist() == [1, 0, 0]
