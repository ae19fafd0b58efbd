"""A series that is to be written: volumes, where they lie, and the images that they were derived from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

import numpy as np
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.errors import HelperError


class ExportError(HelperError):
    """``reason`` is the key ``error.<reason>`` of the texts ``export``: why a DICOM series cannot say what was to be written."""

    domain = "export"


@dataclass(frozen=True, eq=False)
class SourceImage:
    """An instance that slices were derived from; ``header`` is all of it but the pixels, None where the file is not at hand."""

    sop_class_uid: str
    sop_instance_uid: str
    header: Optional[Dataset] = None


@dataclass(eq=False)
class VolumeToWrite:
    """A volume: voxels (k, j, i) as they are measured, and where its corner voxels' centres lie, (k, 2, 2, 3) in LPS mm, indexed
    [last row?, last column?]; an axis of one voxel reaches to where a second one would be.

    ``middle_lps`` (k, 3) is where the middle of each slice lies. ``sources`` are one for every slice, one for all, or those of
    which nothing is known but that the volume came from them. ``values`` are elements of this volume's own: what tells it from
    the others of a sequence.
    """

    voxels: np.ndarray
    corners_lps: np.ndarray
    middle_lps: np.ndarray
    sources: Sequence[SourceImage] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class SeriesToWrite:
    """``common`` has patient, study and series elements, for what the sources' own headers do not say. Volumes are ``counted`` by
    TemporalPositionIdentifier where no other element tells them apart."""

    name: str
    modality: str
    volumes: Sequence[VolumeToWrite]
    common: Dataset
    counted: bool = True
