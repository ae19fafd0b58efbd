"""The two smallest things examination speaks of: an instance (a file) and a frame (one 2D image in it)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue


@dataclass(frozen=True, eq=False)
class Instance:
    """Header values of one SOP instance, read once, and where its pixels lie.

    ``values`` maps DICOM keywords (and the names of ``private_elements``) to plain Python values: str, int, float, or a tuple
    of them, each of the kind, number and range that ``value_rules`` allows; absent and empty elements are not in it, and
    ``refused`` says what was not allowed or had to be assumed. The elements that describe the pixels are always there.

    ``pixel_offset`` and ``pixel_length`` are bytes from the start of the file, None where the pixel data is compressed or
    deflated; ``fragments`` are the (offset, length) of what compressed data the file has whole, and ``frames_without_end`` is
    how many frames of JPEG end without the marker that should be there. ``file_size`` and
    ``modified_ns`` are those of the file that was read: of another one under its name nothing here is true.
    """

    path: Path
    values: dict[str, Any]
    transfer_syntax_uid: str
    pixel_keyword: Optional[str] = None
    pixel_offset: Optional[int] = None
    pixel_length: Optional[int] = None
    file_size: int = 0
    has_modality_lut: bool = False
    pixel_vr: str = ""
    fragments: tuple[tuple[int, int], ...] = ()
    frames_without_end: int = 0
    modified_ns: int = 0
    refused: list[RefusedValue] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def get(self, keyword: str, default: object = None) -> Any:
        """The value of a keyword (see ``values``), ``default`` where the header has none that counts."""
        return self.values.get(keyword, default)

    @property
    def stored_frames(self) -> int:
        """How many images the file holds; a mosaic is one, whatever number of slices it is taken apart into."""
        return 1 if self.frames and self.frames[0].window is not None else len(self.frames)

    @property
    def sop_instance_uid(self) -> str:
        """SOPInstanceUID (PS3.3 C.12.1), "" where the file names none."""
        return str(self.values.get("SOPInstanceUID", ""))

    @property
    def series_instance_uid(self) -> str:
        """SeriesInstanceUID (PS3.3 C.7.3.1), "" where the file names none."""
        return str(self.values.get("SeriesInstanceUID", ""))


@dataclass(frozen=True, eq=False)
class ImagePlane:
    """Where a 2D image lies in the patient, in LPS mm (PS3.3 C.7.6.2.1.1).

    ``position_lps`` (3,) is the centre of the first pixel, ``row_lps`` (3,) the direction in which the column index grows,
    ``column_lps`` (3,) the one in which the row index grows, both as the header gives them; ``pixel_spacing`` is (between rows,
    between columns).
    """

    position_lps: np.ndarray
    row_lps: np.ndarray
    column_lps: np.ndarray
    pixel_spacing: tuple[float, float]


@dataclass(eq=False)
class Frame:
    """One 2D image: an instance and a frame number (0-based), where it lies, and what may tell it from its neighbours.

    ``plane`` is None where the header does not say where the image lies. ``pixel_spacing`` (between rows, between columns, mm)
    is what it says of the size of a pixel, also of an image that lies nowhere; None where it is silent.
    ``values`` completes the instance's values with those of the frame's functional groups.
    ``window`` (first row, first column) is for a tile of a mosaic, whose stored image holds other slices beside it.
    ``placed_by`` says by what a place was worked out that the header does not give; "" where it does.
    """

    instance: Instance
    number: int
    rows: int
    columns: int
    values: dict[str, Any] = field(default_factory=dict)
    plane: Optional[ImagePlane] = None
    pixel_spacing: Optional[tuple[float, float]] = None
    window: Optional[tuple[int, int]] = None
    placed_by: str = ""

    @property
    def placed(self) -> ImagePlane:
        """The plane of a frame that must have one. Raises ValueError for one that lies nowhere, a mistake of whoever asks."""
        if self.plane is None:
            raise ValueError(f"{self.instance.path.name}, frame {self.number}: lies nowhere")
        return self.plane

    def get(self, keyword: str, default: object = None) -> Any:
        """The frame's own value of a keyword, or its instance's."""
        if keyword in self.values:
            return self.values[keyword]
        return self.instance.values.get(keyword, default)
