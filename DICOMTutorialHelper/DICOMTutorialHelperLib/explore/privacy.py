"""What in a file identifies a person, directly or by detours: reports of one file and of many."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.explore.datasets import (
    PathLike,
    UnreadableFile,
    dicom_files,
    read_dataset,
    text_of,
    transfer_syntax_of,
    without_warnings,
)
from DICOMTutorialHelperLib.explore.file_elements import ElementReader, FileElements, stands_alone
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.pixel_warnings import pixel_warnings
from DICOMTutorialHelperLib.explore.privacy_findings import PrivacyItem, PrivacyReport
from DICOMTutorialHelperLib.explore.privacy_search import Known, PrivacySearch, record_of
from DICOMTutorialHelperLib.progress import Progress

LONGEST_ALONE = 1 << 12  # bytes of an element whose items are kept


def privacy_report(
    source: Union[PathLike, Dataset], identity: Optional[Identity] = None, original: bool = False, known: Optional[Known] = None
) -> PrivacyReport:
    """What identifies a person in one instance. Raises UnreadableFile.

    ``identity`` is what to look for in the values that may stay and in the file's name: that of a run to which the instance
    belongs, without it what the instance itself says of its people;
    ``original`` says that the identity is that of the originals of this copy. ``known`` remembers, for one identity, what
    elements were found to hold: most are the same in all files of a run.
    """
    path = None if isinstance(source, Dataset) else Path(source)
    with without_warnings():
        dataset = source if isinstance(source, Dataset) else read_dataset(source, pixels=False)
        if identity is None:
            identity = Identity()
            identity.add(dataset)
        report = PrivacyReport(path, original=original)
        report.declared, report.codes = record_of(dataset)
        search = PrivacySearch(report, dataset, identity, {} if known is None else known)
        meta = getattr(dataset, "file_meta", None)
        for part in (meta, dataset):
            if part is not None:
                report.items.extend(search.items(part))
        report.warnings = pixel_warnings(dataset)
        search.around(path, getattr(dataset, "preamble", None) or b"", transfer_syntax_of(dataset))
    return report


def scan(
    paths: Union[PathLike, Iterable[PathLike]], original: Union[PathLike, Iterable[PathLike], None] = None
) -> Iterator[Union[PrivacyReport, UnreadableFile]]:
    """The report of every DICOM file below ``paths``, or why it could not be read.

    What stands in one file is looked for in all. ``original`` are the files that these are copies of: whoever they name is looked
    for too, which the copies alone cannot tell.
    """
    files = list(dicom_files(paths))
    originals = list(dicom_files(original)) if original is not None else []
    identity = identity_of([*files, *originals])
    run = _Run(identity, bool(originals))
    for path in files:
        try:
            yield run.report(path)
        except UnreadableFile as problem:
            yield problem


def identity_of(files: Iterable[Path], progress: Optional[Progress] = None) -> Identity:
    """Whom some files are about; files that cannot be read are passed over, who reads them next names them."""
    identity, files, reader = Identity(), list(files), ElementReader()
    with without_warnings():
        for done, path in enumerate(files, start=1):
            try:
                identity.add_file(reader.read(path))
            except (UnusualHeader, OSError):
                with contextlib.suppress(UnreadableFile):
                    identity.add(read_dataset(path, pixels=False))
            if progress:
                progress(done, len(files))
    return identity


# What a file says of itself as a whole, apart from its overlays and documents.
_SAID = tuple(
    tag_for_keyword(keyword) or 0
    for keyword in (
        "PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence", "PatientID", "SOPClassUID",
        "Modality", "BurnedInAnnotation", "RecognizableVisualFeatures", "AnatomicRegionSequence", "BodyPartExamined",
        "StudyDescription", "SeriesDescription", "ProtocolName", "CodingSchemeDesignator",
    )
)  # fmt: skip


_DOCUMENT = 0x00420011


NOTHING: tuple[tuple[PrivacyItem, ...], int] = ((), 0)


MOST_KNOWN = 1 << 16  # elements of one kind of file


def said_by(file: FileElements) -> tuple:
    """All that ``pixel_warnings`` and the record of a de-identification rest on: two facts, then elements (b"": absent)."""
    overlays = any(0x6000 <= tag >> 16 <= 0x60FF for tag in file.elements)
    return (overlays, _DOCUMENT in file.elements, *(file.elements.get(tag, b"") for tag in _SAID))


@dataclass
class _Said:
    """What a file says of itself."""

    dataset: Dataset
    scheme: str
    declared: bool
    codes: list[str]
    warnings: list[str]


class _Run:
    """Reports of many files: what many of them hold is judged once."""

    def __init__(self, identity: Identity, original: bool) -> None:
        self._identity, self._original = identity, original
        self._reader = ElementReader()
        self._said: dict[tuple, _Said] = {}
        # What elements were found to hold, by all that the verdict on them rests on.
        self._judged: dict[tuple, dict[bytes, tuple[tuple[PrivacyItem, ...], int]]] = {}
        self._known: Known = {}

    def report(self, path: Path) -> PrivacyReport:
        """As ``privacy_report``; raises what it raises."""
        try:
            file = self._reader.read(path)
        except (UnusualHeader, OSError):
            return privacy_report(path, self._identity, self._original, self._known)
        with without_warnings():
            said = self._said_by(file)
            report = PrivacyReport(path, original=self._original, declared=said.declared, codes=list(said.codes))
            search = PrivacySearch(report, said.dataset, self._identity, {})
            meta = FileElements(b"", {}, file.meta, False, "")
            for part, scheme in ((meta, ""), (file, said.scheme)):
                report.items.extend(self._items(search, part, scheme))
            report.warnings = list(said.warnings)
            search.around(path, file.preamble, file.transfer_syntax)
        return report

    def _said_by(self, file: FileElements) -> _Said:
        said = said_by(file)
        key = (file.is_implicit, file.characters, said)
        if key not in self._said:
            if len(self._said) >= MOST_KNOWN:
                self._said.clear()
            dataset = file.whole
            self._said[key] = _Said(
                file.dataset(said[2:]), text_of(dataset, "CodingSchemeDesignator"), *record_of(dataset), pixel_warnings(dataset)
            )
        return self._said[key]

    def _items(self, search: PrivacySearch, file: FileElements, scheme: str) -> Iterator[PrivacyItem]:
        """The items of a file's elements, those seen before as they were then."""
        context = (search.state, scheme, file.is_implicit, file.characters)
        plain, private = (self._judged.setdefault(one, {}) for one in (context, (*context, file.creators)))
        found: dict[int, tuple[tuple[PrivacyItem, ...], int]] = {}
        fresh: dict[int, bytes] = {}
        for number, element in file.elements.items():
            known = (private if number >> 16 & 1 else plain).get(element)
            if known is None:
                fresh[number] = element
            elif known != NOTHING:
                found[number] = known
        if fresh:
            few, whole = file.dataset(fresh.values()), None
            for number, element in fresh.items():
                tag, judged = BaseTag(number), private if number >> 16 & 1 else plain
                if len(element) > LONGEST_ALONE or not stands_alone(few, tag):
                    whole = whole or file.whole
                    found[number] = _counted(search, whole, tag, scheme)
                    continue
                if len(judged) >= MOST_KNOWN:
                    judged.clear()
                found[number] = judged[element] = _counted(search, few, tag, scheme)
        for number in sorted(found):
            search.report.searched += found[number][1]
            yield from found[number][0]


def _counted(search: PrivacySearch, dataset: Dataset, tag: BaseTag, scheme: str) -> tuple[tuple[PrivacyItem, ...], int]:
    """The items of an element, and how many values were searched for them."""
    before = search.report.searched
    items = tuple(search.items_of(dataset, tag, f"{tag.group:04X},{tag.element:04X}", 0, scheme))
    searched, search.report.searched = search.report.searched - before, before
    return items, searched
