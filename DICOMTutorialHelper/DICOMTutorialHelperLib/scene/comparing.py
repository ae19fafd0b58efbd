"""Whether DICOM files say what is loaded: every slice's corners in the world, and every value."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.examine import examine_files
from DICOMTutorialHelperLib.dicom.geometry import corners_lps
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.scene.arrays import array_from_image
from DICOMTutorialHelperLib.scene.exporting import places_lps

NOT_ALIKE = (inf, inf)


def difference_from_files(volumes: Sequence[Any], files: Sequence[Path]) -> tuple[float, float]:
    """How far the corners of slices lie from those of loaded volumes (mm), and by how much values differ, at most.

    ``volumes`` are a volume node, or the data nodes of a sequence in their order. NOT_ALIKE where the files are not one volume,
    or one sequence, of as many voxels, or cannot be read.
    """
    candidates = [one for series in examine_files(files).series for one in series.selected]
    if len(candidates) != 1 or len(candidates[0].stacks) != len(volumes):
        return NOT_ALIKE
    corners, values = 0.0, 0.0
    for volume, stack in zip(volumes, candidates[0].stacks):
        found = _difference(volume, stack)
        corners, values = max(corners, found[0]), max(values, found[1])
    return corners, values


def _difference(volume: Any, stack: Stack) -> tuple[float, float]:
    loaded = array_from_image(volume.GetImageData())
    if tuple(stack.grid.dimensions) != loaded.shape[2::-1]:
        return NOT_ALIKE
    there, _ = places_lps(volume, loaded.shape)
    there = there[:, : loaded.shape[1], : loaded.shape[2]]  # of one row or column, the first corners only
    present = [k for k, frame in enumerate(stack.slices) if frame is not None]
    stored = corners_lps(stack.frames)[:, : loaded.shape[1], : loaded.shape[2]]
    # Exporters may turn the order of slices, rows or columns round, and say so in the positions.
    turns = list(product((1, -1), repeat=3))
    shifts = [float(np.linalg.norm(stored - there[::k, ::j, ::i][present], axis=-1).max()) for k, j, i in turns]
    best = int(np.argmin(shifts))
    k, j, i = turns[best]
    loaded = loaded[::k, ::j, ::i]
    # A slice that nobody stored may only be one that was filled in for a missing image.
    if any(loaded[hole].min() != loaded[hole].max() for hole in set(range(len(loaded))).difference(present)):
        return NOT_ALIKE
    try:
        read = read_voxels(stack)
    except DecodingError:
        return NOT_ALIKE
    if read.shape != loaded.shape:
        return NOT_ALIKE
    return shifts[best], float(np.abs(read[present].astype(float) - loaded[present]).max())
