"""A picture of a volume without a screen: its three middle slices, cut in world coordinates, as Slicer's views show them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np
import slicer
import vtkmodules.vtkRenderingFreeType  # noqa: F401 - what draws the text
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkCommonTransforms import vtkGeneralTransform
from vtkmodules.vtkImagingCore import vtkImageReslice
from vtkmodules.vtkImagingStencil import vtkImageStencil
from vtkmodules.vtkRenderingCore import vtkTextProperty, vtkTextRenderer

from DICOMTutorialHelperLib.scene.arrays import allocate_image, array_from_image, numpy_matrix, vtk_matrix
from DICOMTutorialHelperLib.scene.png import png_of_array
from DICOMTutorialHelperLib.scene.transforms import to_world

PANEL_PIXELS = 320
MARGIN_PIXELS = 20
TITLE_PIXELS = 30
TITLE_SIZE, LETTER_SIZE = 15, 13
BACKGROUND = 32
LETTERS = (("L", "R"), ("P", "A"), ("I", "S"))
"""At the negative and positive end of each RAS axis."""


@dataclass(frozen=True)
class Plane:
    """A slice of the world: unit vectors along the screen's right and upward directions, RAS."""

    right: tuple[float, float, float]
    up: tuple[float, float, float]

    @property
    def axes(self) -> np.ndarray:
        """(3, 3), whose columns are right, up, and out of the screen towards the reader, in RAS."""
        return np.column_stack([self.right, self.up, np.cross(self.right, self.up)])


# As in Slicer's red, green and yellow view: the patient's left is on the right-hand side, anterior or superior is up, and
# a sagittal slice looks to the left.
AXIAL = Plane((-1, 0, 0), (0, 1, 0))
CORONAL = Plane((-1, 0, 0), (0, 0, 1))
SAGITTAL = Plane((0, -1, 0), (0, 0, 1))


def three_slices_png(node: slicer.vtkMRMLScalarVolumeNode, path: Path, directions_known: bool = True) -> None:
    """Write a PNG of the axial, coronal and sagittal slice through the middle of a volume, with its name and R/L A/P S/I.

    Cut in the world, so that tilt and displacements show as they do in Slicer, and scaled alike in all three. A volume of one
    slice is shown in its own plane alone. Without ``directions_known`` (an X-ray says nothing of its geometry) there are no
    letters: they would name directions of the grid, not of the body. Raises OSError where the file cannot be written.
    """
    corners = _world_corners(node)
    middle, extent = (corners.min(axis=0) + corners.max(axis=0)) / 2, np.ptp(corners, axis=0)
    if node.GetImageData().GetDimensions()[2] > 1:
        planes = [AXIAL, CORONAL, SAGITTAL]
    else:
        planes = [_own_plane(node)]
        middle = corners.mean(axis=0)
    mm_per_pixel = float(max(extent.max(), 1e-3)) / PANEL_PIXELS
    panels = [_panel(node, plane, middle, extent, mm_per_pixel) for plane in planes]
    if directions_known:
        for panel, plane in zip(panels, planes):
            _draw_letters(panel, plane)
    Path(path).write_bytes(png_of_array(_with_title(node.GetName() or "", panels)))


def _world_corners(node) -> np.ndarray:
    """The corners of the first and last slices' outer voxel edges in the world, RAS (8, 3)."""
    columns, rows, slices = node.GetImageData().GetDimensions()
    matrix, transform = vtkMatrix4x4(), to_world(node)
    node.GetIJKToRASMatrix(matrix)
    ends = [(-0.5, size - 0.5) for size in (columns, rows, slices)]
    return np.array(
        [transform.TransformPoint(matrix.MultiplyPoint((i, j, k, 1))[:3]) for i in ends[0] for j in ends[1] for k in ends[2]]
    )


def _own_plane(node) -> Plane:
    """The plane of a volume's slices, turned as the nearest of Slicer's views would show it."""
    matrix = vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    axes = numpy_matrix(matrix)[:3, :3]
    axes = axes / np.linalg.norm(axes, axis=0)
    normal = int(np.abs(np.cross(axes[:, 0], axes[:, 1])).argmax())
    view = (SAGITTAL, CORONAL, AXIAL)[normal]
    across = int(np.abs(np.array(view.right) @ axes[:, :2]).argmax())
    return Plane(_towards(axes[:, across], view.right), _towards(axes[:, 1 - across], view.up))


def _towards(axis: np.ndarray, wish: tuple[float, float, float]) -> tuple[float, float, float]:
    """An axis, turned round where it points away from a direction."""
    return tuple(axis if axis @ np.array(wish) >= 0 else -axis)


def _panel(node, plane: Plane, middle: np.ndarray, extent: np.ndarray, mm_per_pixel: float) -> np.ndarray:
    """One slice in a frame for its letters, (height, width, 3) bytes, first row on top."""
    axes = plane.axes
    width, height = (max(int(np.ceil((np.abs(axes[:, n]) @ extent) / mm_per_pixel)), 1) for n in (0, 1))
    screen_to_ras = np.eye(4)
    screen_to_ras[:3, :3] = axes * [mm_per_pixel, mm_per_pixel, 1]
    screen_to_ras[:3, 3] = middle - screen_to_ras[:3, :3] @ [(width - 1) / 2, (height - 1) / 2, 0]
    values, inside = _cut(node, screen_to_ras, width, height)
    picture = np.where(inside[..., None], _colors(node, values), 0).astype(np.uint8)[::-1]
    # Letters stand beside the slice: on it, bright voxels would hide them.
    rows, columns = max(height, LETTER_SIZE) + 2 * MARGIN_PIXELS, max(width, LETTER_SIZE) + 2 * MARGIN_PIXELS
    canvas = np.full((rows, columns, 3), BACKGROUND, np.uint8)
    top, left = (rows - height) // 2, (columns - width) // 2
    canvas[top : top + height, left : left + width] = picture
    return canvas


def _draw_letters(panel: np.ndarray, plane: Plane) -> None:
    rows, columns = panel.shape[:2]
    axes, margin = plane.axes, MARGIN_PIXELS // 2
    for direction, place in (
        (-axes[:, 0], (rows // 2, margin)),
        (axes[:, 0], (rows // 2, columns - margin)),
        (axes[:, 1], (margin, columns // 2)),
        (-axes[:, 1], (rows - margin, columns // 2)),
    ):
        _draw_text(panel, _letter(direction), place, LETTER_SIZE, centered=True)


def _cut(node, screen_to_ras: np.ndarray, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Interpolated values on screen pixels, (height, width[, components]), first row at the bottom, and which lie inside."""
    ras_to_ijk = vtkMatrix4x4()
    node.GetRASToIJKMatrix(ras_to_ijk)
    screen_to_ijk = vtkGeneralTransform()
    screen_to_ijk.PostMultiply()
    screen_to_ijk.Concatenate(vtk_matrix(screen_to_ras))
    if node.GetParentTransformNode() is not None:
        from_world = vtkGeneralTransform()
        node.GetParentTransformNode().GetTransformFromWorld(from_world)
        screen_to_ijk.Concatenate(from_world)
    screen_to_ijk.Concatenate(ras_to_ijk)
    reslice = vtkImageReslice()
    reslice.SetInputData(node.GetImageData())
    reslice.SetResliceTransform(screen_to_ijk)
    reslice.SetOutputOrigin(0, 0, 0)
    reslice.SetOutputSpacing(1, 1, 1)
    reslice.SetOutputExtent(0, width - 1, 0, height - 1, 0, 0)
    reslice.SetInterpolationModeToLinear()
    # Half a voxel beyond the outermost centres still belongs to the volume.
    reslice.BorderOn()
    reslice.GenerateStencilOutputOn()
    reslice.Update()
    inside_image, inside = allocate_image((1, height, width), np.uint8)
    inside[:] = 255
    masked = vtkImageStencil()
    masked.SetInputData(inside_image)
    masked.SetStencilData(reslice.GetStencilOutput())
    masked.SetBackgroundValue(0)
    masked.Update()
    return array_from_image(reslice.GetOutput())[0].astype(float), array_from_image(masked.GetOutput())[0] > 0


def _colors(node, values: np.ndarray) -> np.ndarray:
    """Bytes of shape (height, width, 3): window and level, then the display's colours."""
    display = node.GetDisplayNode()
    low, high = float(values.min()), float(values.max())
    if display is not None and display.GetWindow() > 0:
        low, high = display.GetWindowLevelMin(), display.GetWindowLevelMax()
    parts = np.clip((values - low) / max(high - low, 1e-12), 0, 1)
    if values.ndim == 3:
        return np.round(parts[..., :3] * 255)
    table = _color_table(display.GetColorNode() if display is not None else None)
    return table[np.round(parts * 255).astype(int)]


def _color_table(color_node: Optional[slicer.vtkMRMLColorNode]) -> np.ndarray:
    """256 colours, (256, 3) bytes; greys without a colour node."""
    colors = color_node.GetScalarsToColors() if color_node is not None else None
    if colors is None:
        return np.repeat(np.arange(256.0)[:, None], 3, axis=1)
    table, color = np.zeros((256, 3)), [0.0, 0.0, 0.0]
    for number, value in enumerate(np.linspace(*colors.GetRange(), 256)):
        colors.GetColor(value, color)
        table[number] = color
    return np.round(table * 255)


def _letter(direction: np.ndarray) -> str:
    axis = int(np.abs(direction).argmax())
    return LETTERS[axis][int(direction[axis] > 0)]


def _with_title(title: str, panels: list[np.ndarray]) -> np.ndarray:
    """Panels beside each other, in the middle of their row, below a title."""
    height = max(panel.shape[0] for panel in panels)
    row = [np.full((height, panel.shape[1], 3), BACKGROUND, np.uint8) for panel in panels]
    for place, panel in zip(row, panels):
        top = (height - panel.shape[0]) // 2
        place[top : top + panel.shape[0]] = panel
    pictures = np.concatenate(row, axis=1)
    canvas = np.full((height + TITLE_PIXELS, max(pictures.shape[1], PANEL_PIXELS), 3), BACKGROUND, np.uint8)
    canvas[TITLE_PIXELS:, : pictures.shape[1]] = pictures
    _draw_text(canvas, title, (TITLE_PIXELS // 2 + 2, MARGIN_PIXELS), TITLE_SIZE)
    return canvas


def _draw_text(canvas: np.ndarray, text: str, place: tuple[int, int], size: int, centered: bool = False) -> None:
    """Blend a text into a picture; ``place`` is the row of its middle, and the column of its middle or its left edge."""
    if not text:
        return
    style = vtkTextProperty()
    style.SetFontSize(size)
    style.SetColor(1, 1, 0.6)
    style.ShadowOff()
    image, used = vtkImageData(), [0, 0]
    if not vtkTextRenderer.GetInstance().RenderString(style, text, image, used, 72):
        return
    glyphs = array_from_image(image)[0][: used[1], : used[0]][::-1].astype(float)
    top = max(place[0] - glyphs.shape[0] // 2, 0)
    left = max(place[1] - (glyphs.shape[1] // 2 if centered else 0), 0)
    glyphs = glyphs[: canvas.shape[0] - top, : canvas.shape[1] - left]
    below = canvas[top : top + glyphs.shape[0], left : left + glyphs.shape[1]]
    cover = glyphs[..., 3:] / 255
    below[:] = np.round(glyphs[..., :3] * cover + below * (1 - cover))
