"""Patients, studies, series, instances: the four levels of the DICOM data model (PS3.3 A.1.2), of any files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Union

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.collecting import collecting_paused
from DICOMTutorialHelperLib.dicom.patient import patient_key
from DICOMTutorialHelperLib.dicom.plain_bytes import CONVERTERS
from DICOMTutorialHelperLib.dicom.read_ahead import in_reach
from DICOMTutorialHelperLib.dicom.scanned_keywords import KeywordReader
from DICOMTutorialHelperLib.explore.datasets import PathLike, UnreadableFile, dicom_files, read_dataset, text_of
from DICOMTutorialHelperLib.progress import Progress

KEYWORDS = (
    "SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "StudyDate", "StudyTime", "SeriesDate", "SeriesTime", "Modality",
    "StudyDescription", "SeriesDescription", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID",
    "SeriesInstanceUID", "StudyID", "SeriesNumber", "InstanceNumber", "NumberOfFrames", "BodyPartExamined", "IssuerOfPatientID",
)  # fmt: skip
PLAIN_TEXT_VRS = {"CS", "DA", "IS", "LO", "PN", "SH", "TM", "UI"}


@dataclass
class InstanceEntry:
    """One file of a series."""

    path: Path
    sop_instance_uid: str
    sop_class_uid: str
    number: Optional[int] = None
    frames: int = 1


@dataclass
class SeriesEntry:
    """A series (PS3.3 C.7.3.1) and its files. ``uid`` is "" where they name none, ``date`` is as the header has it (DA)."""

    uid: str
    modality: str = ""
    description: str = ""
    number: Optional[int] = None
    date: str = ""
    body_part: str = ""
    instances: list[InstanceEntry] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """2D images in all: a multi-frame instance counts with each of its frames."""
        return sum(instance.frames for instance in self.instances)

    @property
    def duplicates(self) -> int:
        """How many files repeat the SOP Instance UID of another file of the series."""
        return len(self.instances) - len({instance.sop_instance_uid or str(instance.path) for instance in self.instances})


@dataclass
class StudyEntry:
    """A study (PS3.3 C.7.2.1). ``uid`` is "" where the files name none, ``date`` and ``time`` are the header's (DA, TM)."""

    uid: str
    date: str = ""
    time: str = ""
    description: str = ""
    study_id: str = ""
    series: list[SeriesEntry] = field(default_factory=list)

    @property
    def modalities(self) -> list[str]:
        """The modalities of its series, each once, A to Z."""
        return sorted({series.modality for series in self.series if series.modality})


@dataclass
class PatientEntry:
    """One patient, as ``patient_key`` tells them apart: ``key`` is its answer."""

    patient_id: str
    name: str = ""
    birth_date: str = ""
    sex: str = ""
    key: tuple[str, ...] = ()
    studies: list[StudyEntry] = field(default_factory=list)


@dataclass
class DataModel:
    """The tree, the files that could not be read, and the series UIDs that more than one patient uses."""

    patients: list[PatientEntry] = field(default_factory=list)
    unreadable: list[UnreadableFile] = field(default_factory=list)
    shared_series: dict[str, int] = field(default_factory=dict)

    @property
    def studies(self) -> list[StudyEntry]:
        """All studies, patient by patient."""
        return [study for patient in self.patients for study in patient.studies]

    @property
    def series(self) -> list[SeriesEntry]:
        """All series, study by study."""
        return [series for study in self.studies for series in study.series]

    @property
    def instances(self) -> list[InstanceEntry]:
        """All files, series by series."""
        return [instance for series in self.series for instance in series.instances]


def data_model(paths: Union[PathLike, Iterable[PathLike]], progress: Optional[Progress] = None) -> DataModel:
    """The tree of the files below ``paths`` (files, folders, or the files of a database's series).

    ``progress`` is called with the number of files read and in all. Files that cannot be read are in ``unreadable``.
    """
    files = list(dicom_files(paths))
    model = DataModel()
    builder = _Builder(model)
    reader = KeywordReader(KEYWORDS, _text, _plain_text, _read)
    with collecting_paused():
        for done, path in enumerate(in_reach(files), start=1):
            try:
                builder.add(path, _Values(reader.read(path)))
            except UnreadableFile as problem:
                model.unreadable.append(problem)
            if progress and (done % 100 == 0 or done == len(files)):
                progress(done, len(files))
    builder.finish()
    return model


def _read(path: Path) -> Dataset:
    return read_dataset(path, keywords=KEYWORDS, pixels=False)


def _text(dataset: Dataset, keyword: str) -> str:
    return text_of(dataset, keyword).strip(" \0")


def _plain_text(value: bytes, vr: str) -> Optional[str]:
    """The text of an element where its bytes leave no doubt: what differs from file to file, UIDs and numbers above all."""
    if vr not in PLAIN_TEXT_VRS or CONVERTERS[vr](value) is None or b"\\" in value:
        return None
    return value.rstrip(b"\0").decode("ascii").strip()


class _Builder:
    def __init__(self, model: DataModel) -> None:
        self.model = model
        self.patients: dict[tuple[str, ...], PatientEntry] = {}
        self.studies: dict[tuple[tuple[str, ...], str], StudyEntry] = {}
        self.series: dict[tuple[tuple[str, ...], str, str], SeriesEntry] = {}

    def add(self, path: Path, get: _Values) -> None:
        key = patient_key(get)
        study_uid, series_uid = get("StudyInstanceUID"), get("SeriesInstanceUID")
        patient = self.patients.get(key)
        if patient is None:
            patient = PatientEntry(get("PatientID"), get("PatientName"), get("PatientBirthDate"), get("PatientSex"), key=key)
            self.patients[key] = patient
            self.model.patients.append(patient)
        study = self.studies.get((key, study_uid))
        if study is None:
            study = StudyEntry(study_uid, get("StudyDate"), get("StudyTime"), get("StudyDescription"), get("StudyID"))
            self.studies[key, study_uid] = study
            patient.studies.append(study)
        series = self.series.get((key, study_uid, series_uid))
        if series is None:
            series = SeriesEntry(
                series_uid, get("Modality"), get("SeriesDescription"), get.number("SeriesNumber"), get("SeriesDate"),
                get("BodyPartExamined"),
            )  # fmt: skip
            self.series[key, study_uid, series_uid] = series
            study.series.append(series)
        frames = get.number("NumberOfFrames") or 1
        series.instances.append(
            InstanceEntry(path, get("SOPInstanceUID"), get("SOPClassUID"), get.number("InstanceNumber"), max(frames, 1))
        )

    def finish(self) -> None:
        """Sort each level as a person looks for things: patients by name, studies by date, series and instances by number."""
        large = float("inf")
        self.model.patients.sort(key=lambda patient: (patient.name.casefold(), patient.patient_id))
        for patient in self.model.patients:
            patient.studies.sort(key=lambda study: (study.date, study.time, study.uid))
            for study in patient.studies:
                study.series.sort(key=lambda series: (large if series.number is None else series.number, series.uid))
                for series in study.series:
                    series.instances.sort(key=lambda one: (large if one.number is None else one.number, str(one.path)))
        uses = Counter(uid for _, _, uid in self.series if uid)
        self.model.shared_series = {uid: count for uid, count in uses.items() if count > 1}


class _Values:
    """Values as plain text and numbers; "" and None for what is absent or not readable."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def __call__(self, keyword: str) -> str:
        return self.texts.get(keyword, "")

    def number(self, keyword: str) -> Optional[int]:
        text = self(keyword)
        return int(text) if text.lstrip("+-").isdigit() else None
