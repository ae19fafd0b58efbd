"""Volumes that lie in one image, slice beside slice: Siemens mosaics (up to syngo MR VE) and UIH grids.

Every tile becomes a frame with a place of its own; the image stays where it is in the file, and a frame's window says which
part of it is the tile. The order in which a scanner took the slices changes nothing: tiles lie in the order of the slices.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Optional

import numpy as np
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.findings import ERROR, INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.group_elements import Elements
from DICOMTutorialHelperLib.dicom.instance import Frame, ImagePlane
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value
from DICOMTutorialHelperLib.dicom.private_elements import UIH_GRID_ITEMS

# What a tile's place was worked out from, where the header does not say it outright.
ASSUMED_NORMAL = "mosaic-normal"
ASSUMED_SPACING = "mosaic-thickness"

# Enhanced objects keep a frame a slice, whatever their ImageType says.
ENHANCED = "1.2.840.10008.5.1.4.1.1.4."


def tiles_of(frame: Frame, elements: Elements) -> list[Frame]:
    """The slices of a mosaic or a grid, the first one first; empty where a frame is none, or does not say what lies in it."""
    if str(frame.get("SOPClassUID", "")).startswith(ENHANCED):
        return []
    count = _number_of_slices(frame)
    if count is None:
        return []
    columns = math.ceil(math.sqrt(count))
    grid = _is_uih(frame)
    rows = math.ceil(count / columns) if grid else columns
    if frame.rows % rows or frame.columns % columns or _was_taken_apart(frame):
        return []
    height, width = frame.rows // rows, frame.columns // columns
    items = elements.private_items(*UIH_GRID_ITEMS) if grid else []
    tiles = []
    for number in range(count):
        window = (number // columns * height, number % columns * width)
        tiles.append(Frame(frame.instance, number, height, width, dict(frame.values), None, frame.pixel_spacing, window))
    if len(items) >= count:
        _place_by_items(tiles, items)
    else:
        _place_by_normal(tiles, frame)
    return tiles


def mosaic_findings(frames: Sequence[Frame]) -> Iterator[Finding]:
    """What there is to say of the mosaics that frames come from, or that they ought to come from."""
    first = frames[0]
    if first.window is not None:
        shown = {"count": len(first.instance.frames), "columns": first.columns, "rows": first.rows, "files": _files(frames)}
        yield Finding("mosaic-taken-apart", INFO, shown)
        if first.placed_by:
            reasons = {ASSUMED_NORMAL: "normal", ASSUMED_SPACING: "thickness"}
            evidence = {"reason": reasons.get(first.placed_by, "both"), "thickness_mm": first.get("SliceThickness", 0.0)}
            yield Finding("mosaic-assumed", WARNING, evidence)
    elif _is_called_mosaic(first) and not _was_taken_apart(first):
        found: dict[str, Any] = {"count": _files(frames), "size": f"{first.columns} x {first.rows}"}
        slices = _number_of_slices(first)
        if slices is not None:
            found.update(reason="size", slices=slices)
        yield Finding("mosaic-without-header", ERROR, found)


def _files(frames: Sequence[Frame]) -> int:
    return len({frame.instance.path for frame in frames})


def _number_of_slices(frame: Frame) -> Optional[int]:
    """How many tiles hold a slice: two at least, else the frame is an image like any other."""
    times = frame.get("SiemensSliceTimes")
    counts = [frame.get("SiemensNumberOfImagesInMosaic"), frame.get("UIHNumberOfImagesInGrid")]
    if isinstance(times, tuple) and _is_called_mosaic(frame):
        counts.append(len(times))  # kept by some de-identification that takes the number
    for count in counts:
        if isinstance(count, (int, float)) and 2 <= count <= 4096 and count == int(count):
            return int(count)
    return None


def _is_uih(frame: Frame) -> bool:
    return frame.get("SiemensNumberOfImagesInMosaic") is None and frame.get("UIHNumberOfImagesInGrid") is not None


def _is_called_mosaic(frame: Frame) -> bool:
    if str(frame.get("SOPClassUID", "")).startswith(ENHANCED) or len(frame.instance.frames) > 1:
        return False
    image_type = frame.get("ImageType")
    return bool({"MOSAIC", "VFRAME"} & set(image_type if isinstance(image_type, tuple) else ()))


def _was_taken_apart(frame: Frame) -> bool:
    """Whether the image is no larger than what was acquired of one slice: some archives split mosaics and keep the header."""
    matrix = frame.get("AcquisitionMatrix")
    largest = max((side for side in matrix if isinstance(side, int)), default=0) if isinstance(matrix, tuple) else 0
    return 0 < max(frame.rows, frame.columns) <= largest


def _place_by_normal(tiles: list[Frame], frame: Frame) -> None:
    """Siemens: the position is that of the whole mosaic's corner, as if it were one large slice around the same centre."""
    if frame.plane is None:
        return
    plane, first = frame.plane, tiles[0]
    assumed = []
    normal = np.cross(plane.row_lps, plane.column_lps)
    normal /= np.linalg.norm(normal)
    said = frame.get("SiemensSliceNormalVector")
    if isinstance(said, tuple) and len(said) == 3 and abs(np.dot(said, normal)) > 0.5:
        # Slices may be counted against row x column (sagittal ones mostly); the header's own digits are not needed for more.
        normal = normal if np.dot(said, normal) > 0 else -normal
    elif not _is_uih(frame):
        assumed.append(ASSUMED_NORMAL)
    spacing = _length(frame.get("SpacingBetweenSlices"))
    if spacing is None:
        spacing = _length(frame.get("SliceThickness"))
        assumed.append(ASSUMED_SPACING)
    if spacing is None:
        return
    corner = plane.position_lps
    if not _is_uih(frame):
        between_rows, between_columns = plane.pixel_spacing
        corner = (
            corner
            + plane.row_lps * between_columns * (frame.columns - first.columns) / 2
            + plane.column_lps * between_rows * (frame.rows - first.rows) / 2
        )
    for number, tile in enumerate(tiles):
        position = corner + number * spacing * normal
        tile.plane = ImagePlane(position, plane.row_lps, plane.column_lps, plane.pixel_spacing)
        tile.placed_by = ", ".join(assumed)


def _place_by_items(tiles: list[Frame], items: Sequence[Dataset]) -> None:
    """UIH: an item a tile, with the position and the time of that slice; the time of the first stands for the volume."""
    for keyword in ("AcquisitionDateTime", "AcquisitionDate", "AcquisitionTime"):
        value = _item_value(items[0], keyword, "")
        for tile in tiles:
            if value is not None and tile.get(keyword) is None:
                tile.values[keyword] = value
    orientation = tiles[0].get("ImageOrientationPatient")
    if not isinstance(orientation, tuple) or len(orientation) != 6 or tiles[0].pixel_spacing is None:
        return
    row, column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    for tile, item in zip(tiles, items):
        position = _item_value(item, "ImagePositionPatient", "DS")
        if not isinstance(position, tuple) or len(position) != 3 or tile.pixel_spacing is None:
            return
        tile.values["ImagePositionPatient"] = position
        tile.plane = ImagePlane(np.array(position, float), row, column, tile.pixel_spacing)


def _item_value(item: Dataset, keyword: str, vr: str) -> Any:
    try:
        return plain_value(item.get(keyword), vr)
    except PARSE_ERRORS:
        return None


def _length(value: object) -> Optional[float]:
    return abs(float(value)) if isinstance(value, (int, float)) and math.isfinite(value) and value != 0 else None
