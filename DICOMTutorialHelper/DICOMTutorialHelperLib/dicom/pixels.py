"""From frames to voxels: native pixels straight from the file, compressed ones through a decoder, modality values applied."""

from __future__ import annotations

from typing import Callable, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import Stack

Allocate = Callable[[tuple[int, ...], np.dtype], np.ndarray]


def read_voxels(
    stack: Stack,
    allocate: Allocate = np.empty,
    decode_elsewhere: Optional[Callable[[object], np.ndarray]] = None,
    progress: Optional[Callable[[int, int], None]] = None,
) -> np.ndarray:
    """Voxels of a stack with modality values applied, shape (k, j, i) or (k, j, i, components) for colour."""
    raise NotImplementedError
