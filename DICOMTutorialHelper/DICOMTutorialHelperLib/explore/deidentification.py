"""De-identified copies by PS3.15 Annex E: the header is cleaned, the pixels stay as they are, the originals are never touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Union

from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom.files import PathLike, find_dicom_files
from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.errors import HelperError
from DICOMTutorialHelperLib.explore.dataset_deidentifier import DatasetDeidentifier, DeidentificationOptions, patient_of
from DICOMTutorialHelperLib.explore.datasets import UnreadableFile, dicom_files, read_dataset, text_of, without_warnings
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.pixel_warnings import pixel_warnings
from DICOMTutorialHelperLib.explore.privacy import identity_of
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms
from DICOMTutorialHelperLib.explore.repeated_copies import Copy, RepeatedCopies
from DICOMTutorialHelperLib.explore.writing import write_clean
from DICOMTutorialHelperLib.progress import Progress
from DICOMTutorialHelperLib.staging import move_whole, staging_folder

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

    ``written`` are pairs (source, copy); ``unreadable`` what could not be read or copied, and why; ``left_out`` the other files
    below the sources, which are no DICOM instances and are not copied. ``warnings`` map a key of the texts ``privacy`` (what
    cleaning a header cannot mend) to the copies that it concerns. ``removed`` counts the elements that were removed, emptied or
    replaced, by category. ``pseudonyms`` is the number of patients.
    """

    written: list[tuple[Path, Path]] = field(default_factory=list)
    unreadable: list[UnreadableFile] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)
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

    The folder must be new or empty, and neither inside, around nor among the sources. All files are read twice: first to learn
    whom the run is about, then to copy what is known to be safe and names nobody of it. UIDs and patients keep their relations
    over the whole run: one original value always has one replacement. Copies are ``patient-001/study-01/series-001/00001.dcm``.

    The copies appear in ``output`` when all are written; a run that ends before leaves nothing. Raises OutputRefused, before
    anything is written or where another run filled the folder meanwhile, and OSError where a copy cannot be written.
    """
    sources = [Path(path) for path in ([paths] if isinstance(paths, (str, Path)) else paths)]
    output = Path(output)
    _check_output(sources, output)
    options = options or DeidentificationOptions()
    files = list(dicom_files(sources))
    with without_warnings():  # pydicom's warnings hold values
        identity = identity_of(files, _first_half(progress))
        with staging_folder(output.resolve().parent) as staging:
            folder = staging / output.name
            run = _Run(folder, output, options, identity)
            for done, path in enumerate(files, start=1):
                run.copy(path)
                if progress:
                    progress(len(files) + done, 2 * len(files))
            if run.report.written:
                _move(folder, output)
    run.report.left_out = _left_out(sources, files)
    run.report.pseudonyms = run.names.patients
    return run.report


class _Run:
    """Copies one file after the other into a folder that is not yet the target."""

    def __init__(self, folder: Path, output: Path, options: DeidentificationOptions, identity: Identity) -> None:
        self.folder = folder
        self.output = output
        self.options = options
        self.identity = identity
        self.pseudonyms = Pseudonyms(options.key)
        self.names = _Names()
        self.repeated = RepeatedCopies(options, self.pseudonyms, identity)
        self.report = DeidentificationReport()

    def copy(self, path: Path) -> None:
        """Write the copy of one file; whatever is wrong with it is told in the report."""
        quick = self.repeated.prepared(path)
        if quick is None or not self.repeated.is_proved(quick):
            self._copy_carefully(path, quick)
            return
        try:
            content = quick.content(path)
        except (OSError, UnusualHeader):  # it changed meanwhile
            self._copy_carefully(path, None)
            return
        name = self.names.next(quick.patient, quick.study, quick.series)
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._tell(path, name, [*quick.warnings], quick.counts)

    def _copy_carefully(self, path: Path, quick: Optional[Copy]) -> None:
        try:
            dataset = read_dataset(path)
        except UnreadableFile as problem:
            self.report.unreadable.append(problem)
            return
        if "DirectoryRecordSequence" in dataset:
            self.report.unreadable.append(UnreadableFile(path, "directory"))
            return
        cleaner = DatasetDeidentifier(self.options, self.pseudonyms, self.identity)
        clean = cleaner.clean(dataset)
        name = self.names.next(patient_of(dataset), text_of(dataset, "StudyInstanceUID"), text_of(dataset, "SeriesInstanceUID"))
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_clean(clean, dataset, target, self.pseudonyms.uid(str(path)))
        except PARSE_ERRORS as error:
            target.unlink(missing_ok=True)
            # The error's text may hold values, and grows with the depth of sequences: its kind is enough.
            self.report.unreadable.append(UnreadableFile(path, "not-written", type(error).__name__))
            return
        if quick is None:
            self.repeated.learn_meta(target)
        else:
            self.repeated.prove(quick, path, target.read_bytes())
        self._tell(path, name, [*pixel_warnings(dataset), *(["codestream"] if cleaner.not_searched else [])], cleaner.counts)

    def _tell(self, path: Path, name: str, warnings: list[str], counts: dict[str, int]) -> None:
        self.report.written.append((path, self.output / name))
        for key in warnings:
            if key != "document":  # what is encapsulated was replaced with the rest of the header
                self.report.warnings.setdefault(key, []).append(self.output / name)
        for category, count in counts.items():
            self.report.removed[category] = self.report.removed.get(category, 0) + count


def _first_half(progress: Optional[Progress]) -> Optional[Progress]:
    return (lambda done, total: progress(done, 2 * total)) if progress else None


def _left_out(sources: list[Path], copied: list[Path]) -> list[Path]:
    files, skipped = find_dicom_files(sources)
    taken = {str(path) for path in copied}
    return [path for path in [*files, *(one.path for one in skipped)] if str(path) not in taken]


def _move(folder: Path, output: Path) -> None:
    """Make the whole folder the target at once; another run that was faster keeps what it wrote."""
    try:
        move_whole(folder, output)
    except FileExistsError as error:
        raise OutputRefused(output, "not-empty") from error


def deidentify_dataset(dataset: Dataset, options: Optional[DeidentificationOptions] = None) -> Dataset:
    """A de-identified copy of one dataset, its file meta left out; the given one is not changed."""
    options = options or DeidentificationOptions()
    with without_warnings():
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

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, ...], int] = {}
        self.counts: dict[tuple[str, ...], int] = {}

    @property
    def patients(self) -> int:
        return self.counts.get((), 0)

    def next(self, patient: str, study: str, series: str) -> str:
        """A relative path that no other file has."""
        key = ("p" + patient, "s" + study, "e" + series)
        patient_number, study_number, series_number = (self._number(key[:length]) for length in (1, 2, 3))
        self.counts[key] = self.counts.get(key, 0) + 1
        folder = f"patient-{patient_number:03}/study-{study_number:02}/series-{series_number:03}"
        return f"{folder}/{self.counts[key]:05}.dcm"

    def _number(self, key: tuple[str, ...]) -> int:
        if key not in self.numbers:
            self.counts[key[:-1]] = self.counts.get(key[:-1], 0) + 1
            self.numbers[key] = self.counts[key[:-1]]
        return self.numbers[key]
