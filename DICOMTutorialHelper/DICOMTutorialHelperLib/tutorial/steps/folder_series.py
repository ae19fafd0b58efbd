"""The series in a folder that is in no database yet: the steps about headers work on them before anything is imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from DICOMTutorialHelperLib.dicom.dates import iso_date
from DICOMTutorialHelperLib.dicom.files import find_dicom_files
from DICOMTutorialHelperLib.dicom.patient import PATIENT_KEYWORDS, patient_key
from DICOMTutorialHelperLib.workspace.interface import SeriesInfo


@dataclass(frozen=True)
class FolderSeries:
    """A series, its files in the order of their instance numbers, and whose it is (``patient_key``)."""

    info: SeriesInfo
    files: tuple[Path, ...]
    patient: tuple[str, ...] = ()
    patient_id: str = ""
    patient_name: str = ""


def series_in_folder(folder: Path) -> tuple[FolderSeries, ...]:
    """All series below a folder; empty where it holds no DICOM or does not exist. Read again only after files came or went."""
    return _read(folder, _fingerprint(folder))


def _fingerprint(folder: Path) -> tuple[int, float]:
    count, newest = 0, 0.0
    for parent, _, names in os.walk(folder):
        count += len(names)
        newest = max(newest, os.stat(parent).st_mtime)
    return count, newest


@lru_cache(maxsize=8)
def _read(folder: Path, fingerprint: tuple[int, float]) -> tuple[FolderSeries, ...]:
    from pydicom.errors import InvalidDicomError

    from DICOMTutorialHelperLib.dicom.scanned_keywords import KeywordReader

    tags = ["SeriesInstanceUID", "StudyInstanceUID", "SeriesDescription", "Modality", "SeriesNumber", "SeriesDate"]
    reader = KeywordReader([*tags, *PATIENT_KEYWORDS, "InstanceNumber", "SpecificCharacterSet"])
    found: dict[str, list[tuple[int, Path, dict[str, Any]]]] = {}
    for path in find_dicom_files(folder)[0]:
        try:
            header = reader.read(path)
        except (InvalidDicomError, OSError, EOFError, ValueError):
            continue
        uid = str(header.get("SeriesInstanceUID", "") or "")
        if uid:
            found.setdefault(uid, []).append((int(header.get("InstanceNumber", 0) or 0), path, header))
    return tuple(_series(uid, instances) for uid, instances in found.items())


def _series(uid: str, instances: list) -> FolderSeries:
    instances.sort(key=lambda instance: instance[:2])
    header = instances[0][2]
    return FolderSeries(
        SeriesInfo(
            series_instance_uid=uid,
            study_instance_uid=str(header.get("StudyInstanceUID", "") or ""),
            description=str(header.get("SeriesDescription", "") or ""),
            modality=str(header.get("Modality", "") or ""),
            number=str(header.get("SeriesNumber", "") or ""),
            date=iso_date(header.get("SeriesDate")),
            instance_count=len(instances),
        ),
        tuple(path for _, path, _ in instances),
        patient_key(header.get),
        str(header.get("PatientID", "") or ""),
        str(header.get("PatientName", "") or ""),
    )
