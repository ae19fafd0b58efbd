"""What recognition needs to know of a series: drawn from the headers of its instances, wherever these come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.data.synthetic.instances import is_synthetic_uid
from DICOMTutorialHelperLib.dicom.files import find_dicom_files
from DICOMTutorialHelperLib.dicom.scanned_keywords import KeywordReader
from DICOMTutorialHelperLib.progress import Progress, no_progress

KEYWORDS = (
    "SOPInstanceUID",
    "PatientID",
    "StudyInstanceUID",
    "StudyDate",
    "StudyDescription",
    "SeriesInstanceUID",
    "SeriesDescription",
    "ProtocolName",
    "Modality",
    "BodyPartExamined",
    "ImageType",
    "InstanceNumber",
    "NumberOfFrames",
    "EchoTime",
    "InversionTime",
    "ImagePositionPatient",
    "ImageOrientationPatient",
)
PLANES = ("sagittal", "coronal", "axial")


@dataclass(frozen=True, eq=False)
class SeriesFacts:
    """A series summed up. ``slices`` counts distinct positions, ``frames`` the instances at most of them.

    ``holes`` counts the instances that must be missing by the evidence of the rest: gaps in the slice positions, positions
    with fewer frames than others. ``highest_number`` is the largest InstanceNumber. ``plane`` is "" without geometry.
    """

    series_instance_uid: str
    study_instance_uid: str
    values: Mapping[str, Any]
    instances: int
    slices: int
    frames: int
    holes: int
    highest_number: int
    plane: str
    extent_mm: float
    multi_frame: bool
    made: bool
    files: tuple[Path, ...] = ()

    @property
    def modality(self) -> str:
        """Modality (PS3.3 C.7.3.1.1.1), "" where unknown."""
        return str(self.values.get("Modality", ""))

    @property
    def description(self) -> str:
        """SeriesDescription and ProtocolName in one text, as far as they are there."""
        return " ".join(str(self.values[key]) for key in ("SeriesDescription", "ProtocolName") if self.values.get(key))


def facts_of_folder(folder: Path, progress: Progress = no_progress) -> list[SeriesFacts]:
    """Read the headers of all DICOM files in a folder and below, pixels left alone; files that are not DICOM are passed over."""
    files, _ = find_dicom_files(folder)
    headers = []
    reader = KeywordReader(KEYWORDS)
    for number, path in enumerate(files, 1):
        try:
            header = reader.read(path)
        except (InvalidDicomError, OSError, EOFError, ValueError):
            header = {}
        if "SOPInstanceUID" in header:
            headers.append({**header, "path": path})
        progress(number, len(files))
    return facts_of_headers(headers)


def facts_of_headers(headers: Iterable[Mapping[str, Any]]) -> list[SeriesFacts]:
    """Sum up instances given as mappings from DICOM keywords (KEYWORDS; absent, None or "" where unknown), ``path`` optional.

    Numbers and vectors may be texts with backslashes, as a DICOM database gives them. An instance that is there twice
    (same SOPInstanceUID) counts once.
    """
    series: dict[str, dict[str, Mapping[str, Any]]] = {}
    for number, header in enumerate(headers):
        instances = series.setdefault(str(header.get("SeriesInstanceUID") or ""), {})
        instances.setdefault(str(header.get("SOPInstanceUID") or number), header)
    return [_facts(uid, list(instances.values())) for uid, instances in series.items()]


def _facts(uid: str, headers: list[Mapping[str, Any]]) -> SeriesFacts:
    first = headers[0]
    normal, plane = _main_plane(headers)
    heights = [] if normal is None else [_height(header, normal) for header in headers]
    placed = np.array([height for height in heights if height is not None])
    slices, frames, holes = _layers(placed)
    numbers = [_numbers(header.get("InstanceNumber"), 1) for header in headers]
    return SeriesFacts(
        series_instance_uid=uid,
        study_instance_uid=str(first.get("StudyInstanceUID") or ""),
        values={key: first.get(key) for key in KEYWORDS if first.get(key) not in (None, "")},
        instances=len(headers),
        slices=slices,
        frames=frames,
        holes=holes,
        highest_number=max((int(number[0]) for number in numbers if number is not None), default=0),
        plane=plane,
        extent_mm=float(np.ptp(placed)) if placed.size else 0.0,
        multi_frame=any((_numbers(header.get("NumberOfFrames"), 1) or [1])[0] > 1 for header in headers),
        made=all(is_synthetic_uid(header.get("SOPInstanceUID") or "") for header in headers),
        files=tuple(Path(header["path"]) for header in headers if header.get("path")),
    )


def _main_plane(headers: list[Mapping[str, Any]]) -> tuple[Optional[np.ndarray], str]:
    """Normal and plane of most of the images, so that a localizer among them does not count."""
    normals: dict[tuple, int] = {}
    for header in headers:
        orientation = _numbers(header.get("ImageOrientationPatient"), 6)
        if orientation is not None:
            normal = tuple(np.round(np.cross(orientation[:3], orientation[3:]), 3) + 0.0)
            normals[normal] = normals.get(normal, 0) + 1
    if not normals:
        return None, ""
    main = np.array(max(normals, key=lambda key: normals[key]))
    return main, PLANES[int(np.argmax(np.abs(main)))]


def _height(header: Mapping[str, Any], normal: np.ndarray) -> Optional[float]:
    position = _numbers(header.get("ImagePositionPatient"), 3)
    orientation = _numbers(header.get("ImageOrientationPatient"), 6)
    if position is None or orientation is None or np.cross(orientation[:3], orientation[3:]) @ normal < 0.99:
        return None
    return float(np.array(position) @ normal)


def _layers(heights: np.ndarray) -> tuple[int, int, int]:
    """(distinct heights, instances at most of them, instances that are missing) from all heights."""
    if not heights.size:
        return 0, 0, 0
    layers, counts = np.unique(np.round(heights, 2), return_counts=True)
    frames = int(np.bincount(counts).argmax())
    missing = int(np.maximum(frames - counts, 0).sum())
    gaps = np.diff(layers)
    usual = float(np.median(gaps)) if gaps.size else 0.0
    if usual > 0:
        steps = gaps / usual
        # A gap of many slices parts two stacks (bilateral series); a few whole slices were lost.
        lost = np.rint(steps)[(np.abs(steps - np.rint(steps)) < 0.05) & (steps < 8)] - 1
        missing += int(lost.sum()) * frames
    return len(layers), frames, missing


def _numbers(value: Any, count: int) -> Optional[list[float]]:
    """``count`` numbers from a value, a sequence or a text with backslashes; None where it has others."""
    if value is None or value == "":
        return None
    parts = value.split("\\") if isinstance(value, str) else (list(value) if hasattr(value, "__iter__") else [value])
    try:
        numbers = [float(part) for part in parts]
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count else None
