"""De-identified copies by PS3.15 Annex E: the header is cleaned, the pixels stay as they are, the originals are never touched."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Union

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.explore.dataset_deidentifier import DatasetDeidentifier, DeidentificationOptions, patient_key
from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS, PathLike, UnreadableFile, dicom_files, read_dataset
from DICOMTutorialHelperLib.explore.privacy import pixel_warnings
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms
from DICOMTutorialHelperLib.explore.writing import write_clean
from DICOMTutorialHelperLib.progress import Progress

__all__ = ["DeidentificationOptions", "DeidentificationReport", "OutputRefused", "deidentify", "deidentify_dataset"]


class OutputRefused(HelperError):
    """The output folder cannot be used; ``reason`` is a key of the texts ``privacy``, under ``refused.``."""

    domain = "privacy"
    prefix = "refused."

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(reason, folder=folder)


@dataclass
class DeidentificationReport:
    """What a run wrote and left out.

    ``written`` are pairs (source, copy); ``unreadable`` what could not be read or copied, and why. ``warnings`` map a key of the
    texts ``privacy`` (what cleaning a header cannot mend) to the copies that it concerns. ``removed`` counts the elements that
    were removed, emptied or replaced, by category. ``pseudonyms`` is the number of patients.
    """

    written: list[tuple[Path, Path]] = field(default_factory=list)
    unreadable: list[UnreadableFile] = field(default_factory=list)
    warnings: dict[str, list[Path]] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    pseudonyms: int = 0


def deidentify(
    paths: Union[PathLike, Iterable[PathLike]],
    output: PathLike,
    options: Optional[DeidentificationOptions] = None,
    progress: Optional[Progress] = None,
) -> DeidentificationReport:
    """Write de-identified copies of every DICOM file below ``paths`` into ``output``, under new names that say nothing.

    The folder must be new or empty, and neither inside, around nor among the sources. UIDs and patients keep their relations over
    the whole run: one original value always has one replacement. Copies are ``patient-001/study-01/series-001/00001.dcm``.

    Raises OutputRefused before anything is written, and OSError where a copy cannot be written.
    """
    sources = [Path(path) for path in ([paths] if isinstance(paths, (str, Path)) else paths)]
    output = Path(output)
    _check_output(sources, output)
    options = options or DeidentificationOptions()
    pseudonyms = Pseudonyms(options.key)
    names, report = _Names(output), DeidentificationReport()
    files = list(dicom_files(sources))
    for done, path in enumerate(files, start=1):
        try:
            dataset = read_dataset(path)
        except UnreadableFile as problem:
            report.unreadable.append(problem)
            continue
        finally:
            if progress:
                progress(done, len(files))
        if dataset.get("DirectoryRecordSequence") is not None:
            report.unreadable.append(UnreadableFile(path, "directory"))
            continue
        target = names.next(
            patient_key(dataset), str(dataset.get("StudyInstanceUID", "")), str(dataset.get("SeriesInstanceUID", ""))
        )
        for key in pixel_warnings(dataset):
            if key != "document":  # what is encapsulated was replaced with the rest of the header
                report.warnings.setdefault(key, []).append(target)
        cleaner = DatasetDeidentifier(options, pseudonyms)
        clean = cleaner.clean(dataset)
        for category, count in cleaner.counts.items():
            report.removed[category] = report.removed.get(category, 0) + count
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_clean(clean, dataset, target, pseudonyms.uid(str(path)))
        except VALUE_ERRORS as error:
            if target.exists():
                target.unlink()
            report.unreadable.append(UnreadableFile(path, "not-written", str(error) or type(error).__name__))
            continue
        report.written.append((path, target))
    report.pseudonyms = names.patients
    return report


def deidentify_dataset(dataset: Dataset, options: Optional[DeidentificationOptions] = None) -> Dataset:
    """A de-identified copy of one dataset, its file meta left out; the given one is not changed."""
    options = options or DeidentificationOptions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return DatasetDeidentifier(options, Pseudonyms(options.key)).clean(dataset)


def _check_output(sources: list[Path], output: Path) -> None:
    target = output.resolve()
    for source in sources:
        folder = source.resolve() if source.is_dir() else source.resolve().parent
        if target == folder or folder in target.parents:
            raise OutputRefused(output, "inside")
        if target in folder.parents and target.is_dir() and any(target.iterdir()):
            raise OutputRefused(output, "around")
    if output.exists() and not output.is_dir():
        raise OutputRefused(output, "file")
    if output.is_dir() and any(output.iterdir()):
        raise OutputRefused(output, "not-empty")


class _Names:
    """New file names by counting: patients, studies and series in the order in which they come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers: dict[tuple[str, ...], int] = {}
        self.counts: dict[tuple[str, ...], int] = {}

    @property
    def patients(self) -> int:
        return self.counts.get((), 0)

    def next(self, patient: str, study: str, series: str) -> Path:
        patient_number = self._number(("p" + patient,))
        study_number = self._number(("p" + patient, "s" + study))
        series_number = self._number(("p" + patient, "s" + study, "e" + series))
        key = ("p" + patient, "s" + study, "e" + series)
        self.counts[key] = self.counts.get(key, 0) + 1
        folder = self.folder / f"patient-{patient_number:03}" / f"study-{study_number:02}" / f"series-{series_number:03}"
        return folder / f"{self.counts[key]:05}.dcm"

    def _number(self, key: tuple[str, ...]) -> int:
        if key not in self.numbers:
            self.counts[key[:-1]] = self.counts.get(key[:-1], 0) + 1
            self.numbers[key] = self.counts[key[:-1]]
        return self.numbers[key]
