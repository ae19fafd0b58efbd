"""A report under the four words of FAIR (Wilkinson et al., Scientific Data 2016): what data has and lacks, with evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

from pydicom.dataset import Dataset
from pydicom.uid import UID, SecondaryCaptureImageStorage

from DICOMTutorialHelperLib.explore.cohort import element_value
from DICOMTutorialHelperLib.explore.data_model import DataModel, Progress, data_model
from DICOMTutorialHelperLib.explore.datasets import (
    PathLike,
    UnreadableFile,
    read_dataset,
    text_of,
    value_of,
    walk_elements,
    without_warnings,
)
from DICOMTutorialHelperLib.explore.object_types import UNKNOWN, is_retired, kind_of
from DICOMTutorialHelperLib.explore.privacy import privacy_report

PRINCIPLES = ("findable", "accessible", "interoperable", "reusable")
PRESENT, PARTIAL, MISSING = "present", "partial", "missing"
IMAGE_KINDS = ("volume-slice", "multi-frame")
DERIVED_KINDS = ("segmentation", "surface", "parametric-map", "report", "key-objects", "rt-structures", "rt-dose", "registration")
LICENCE_FILES = ("licence", "license", "copying", "copyright")
CITATION_FILES = ("citation", "readme", "dataset_description", "datapackage")
SOURCES = (
    "ReferencedSeriesSequence", "SourceImageSequence", "CurrentRequestedProcedureEvidenceSequence", "ReferencedRTPlanSequence",
    "ReferencedFrameOfReferenceSequence", "ReferencedStudySequence", "DerivationImageSequence",
)  # fmt: skip
MOST_FOLDERS_UP = 2


@dataclass(frozen=True)
class FairItem:
    """One thing that makes data FAIR. ``key`` names its texts in ``fair``; ``evidence`` fills the fields of the sentence."""

    principle: str
    key: str
    status: str
    evidence: dict[str, Any]


@dataclass
class FairReport:
    """The items in the order of PRINCIPLES; each row of a series counts once, however many instances it has."""

    items: list[FairItem] = field(default_factory=list)
    series: int = 0
    instances: int = 0
    unreadable: list[UnreadableFile] = field(default_factory=list)

    def of(self, principle: str) -> list[FairItem]:
        """The items of one of PRINCIPLES."""
        return [item for item in self.items if item.principle == principle]


def fair_report(source: Union[DataModel, PathLike, Iterable[PathLike]], progress: Optional[Progress] = None) -> FairReport:
    """Look at the first instance of each series below ``source``, and at the files that lie beside the images."""
    model = source if isinstance(source, DataModel) else data_model(source, progress)
    report = FairReport(instances=len(model.instances), unreadable=list(model.unreadable))
    headers: list[Dataset] = []
    for series in model.series:
        try:
            headers.append(read_dataset(series.instances[0].path, pixels=False))
        except UnreadableFile as problem:
            report.unreadable.append(problem)
    report.series = len(headers)
    if headers:
        seen = _Seen(model, headers)
        with without_warnings():
            for principle, key, check in CHECKS:
                found = check(seen)
                if found is not None:
                    report.items.append(FairItem(principle, key, *found))
    return report


class _Seen:
    """The first header of every series, and the data model they come from."""

    def __init__(self, model: DataModel, headers: list[Dataset]) -> None:
        self.model = model
        self.headers = headers

    def share(
        self, test: Callable[[Dataset], bool], among: Optional[list[Dataset]] = None
    ) -> Optional[tuple[str, dict[str, Any]]]:
        """How many series pass a test; None where there is none to ask."""
        headers = self.headers if among is None else among
        if not headers:
            return None
        count = sum(1 for header in headers if test(header))
        status = PRESENT if count == len(headers) else PARTIAL if count else MISSING
        return status, {"count": count, "total": len(headers)}

    def of_kinds(self, kinds: tuple[str, ...]) -> list[Dataset]:
        return [header for header in self.headers if kind_of(text_of(header, "SOPClassUID")) in kinds]


Found = Optional[tuple[str, dict[str, Any]]]


def evidence_text(item: FairItem, words: Mapping[str, str]) -> str:
    """What was found, as the texts ``fair`` say it; that nothing was is said in words."""
    key = f"{item.key}.evidence"
    if not item.evidence.get("total") and f"{key}.none" in words:
        return words[f"{key}.none"]
    return words[key].format(**{name: words["none"] if value == "" else value for name, value in item.evidence.items()})


def _has(header: Dataset, *keywords: str) -> bool:
    return any(value_of(header, keyword) is not None for keyword in keywords)


def _identifiers(seen: _Seen) -> Found:
    uids = [instance.sop_instance_uid for instance in seen.model.instances]
    missing = sum(1 for uid in uids if not UID(uid).is_valid or not uid)
    missing += sum(1 for series in seen.model.series if not series.uid) + sum(1 for study in seen.model.studies if not study.uid)
    repeated = sum(count - 1 for uid, count in Counter(uids).items() if uid)
    status = PRESENT if not missing and not repeated else MISSING if missing >= len(uids) else PARTIAL
    return status, {"missing": missing, "repeated": repeated, "total": len(uids)}


def _descriptions(seen: _Seen) -> Found:
    return seen.share(lambda header: _has(header, "SeriesDescription", "StudyDescription", "ProtocolName"))


def _body_part(seen: _Seen) -> Found:
    def is_named(header: Dataset) -> bool:
        coded = ("AnatomicRegionSequence", "SegmentSequence", "ContentSequence")
        return element_value(header, "BodyPartExamined") is not None or any(_filled(header, keyword) for keyword in coded)

    return seen.share(is_named)


def _collection(seen: _Seen) -> Found:
    found = seen.share(
        lambda header: _has(header, "ClinicalTrialProtocolID", "ClinicalTrialProtocolName", "ClinicalTrialSponsorName")
    )
    return _with_files(found, seen, CITATION_FILES)


def _privacy(seen: _Seen) -> Found:
    return seen.share(lambda header: privacy_report(header).grade in ("none", "technical"))


def _syntax(seen: _Seen) -> Found:
    def is_standard(header: Dataset) -> bool:
        syntax = UID(text_of(getattr(header, "file_meta", Dataset()), "TransferSyntaxUID"))
        return bool(syntax) and not syntax.is_private and syntax.is_transfer_syntax

    return seen.share(is_standard)


def _address(seen: _Seen) -> Found:
    return seen.share(lambda header: _has(header, "RetrieveURL", "RetrieveURI", "RetrieveAETitle", "RetrieveLocationUID"))


def _sop_class(seen: _Seen) -> Found:
    def is_standard(header: Dataset) -> bool:
        uid = text_of(header, "SOPClassUID")
        return kind_of(uid) != UNKNOWN and not is_retired(uid) and not uid.startswith(SecondaryCaptureImageStorage)

    return seen.share(is_standard)


def _geometry(seen: _Seen) -> Found:
    wanted = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing")
    return seen.share(
        lambda header: (
            all(element_value(header, keyword) is not None for keyword in wanted) and _has(header, "FrameOfReferenceUID")
        ),
        seen.of_kinds(IMAGE_KINDS),
    )


def _codes(seen: _Seen) -> Found:
    schemes: Counter[str] = Counter()
    for header in seen.headers:
        schemes.update(str(one.value) for one in walk_elements(header) if one.keyword == "CodingSchemeDesignator")
    standard = sum(count for scheme, count in schemes.items() if scheme and not scheme.startswith("99"))
    total = sum(schemes.values())
    names = ", ".join(scheme for scheme, _ in schemes.most_common(4))
    status = MISSING if not standard else PRESENT if standard == total else PARTIAL
    return status, {"count": standard, "total": total, "schemes": names}


def _private(seen: _Seen) -> Found:
    private = sum(1 for header in seen.headers for tag in header.keys() if tag.is_private)  # noqa: SIM118
    total = sum(len(header) for header in seen.headers)
    share = private / max(total, 1)
    return PRESENT if share < 0.05 else PARTIAL, {"count": private, "total": total, "percent": round(100 * share)}


def _licence(seen: _Seen) -> Found:
    found = seen.share(
        lambda header: _has(header, "ConsentForDistributionFlag") or "ConsentForClinicalTrialUseSequence" in header
    )
    return _with_files(found, seen, LICENCE_FILES)


def _equipment(seen: _Seen) -> Found:
    return seen.share(lambda header: _has(header, "Manufacturer") and _has(header, "ManufacturerModelName", "SoftwareVersions"))


def _protocol(seen: _Seen) -> Found:
    def is_described(header: Dataset) -> bool:
        thick = element_value(header, "SliceThickness") is not None
        if text_of(header, "Modality") == "CT":
            return thick and element_value(header, "KVP") is not None
        if text_of(header, "Modality") == "MR":
            echo = [element_value(header, keyword) for keyword in ("EchoTime", "EffectiveEchoTime")]
            return thick and element_value(header, "RepetitionTime") is not None and echo != [None, None]
        return thick

    return seen.share(is_described, seen.of_kinds(IMAGE_KINDS))


def _sources(seen: _Seen) -> Found:
    derived = seen.of_kinds(DERIVED_KINDS)
    derived += [header for header in seen.of_kinds(IMAGE_KINDS) if "DERIVED" in text_of(header, "ImageType")]
    return seen.share(lambda header: any(_filled(header, keyword) for keyword in SOURCES), derived)


def _filled(header: Dataset, keyword: str) -> bool:
    return bool(value_of(header, keyword))


def _record(seen: _Seen) -> Found:
    return seen.share(
        lambda header: (
            text_of(header, "PatientIdentityRemoved").upper() == "YES"
            and (_has(header, "DeidentificationMethod") or _filled(header, "DeidentificationMethodCodeSequence"))
        )
    )


def _with_files(found: Found, seen: _Seen, names: tuple[str, ...]) -> Found:
    """Elements or a file beside the images: either is an answer."""
    status, evidence = found or (MISSING, {"count": 0, "total": 0})
    files = _files_beside(seen.model, names)
    return (PRESENT if files else status), {**evidence, "files": ", ".join(files)}


def _files_beside(model: DataModel, names: tuple[str, ...]) -> list[str]:
    """Files such as LICENSE.txt in the folders of the images or just above them."""
    folders: set[Path] = set()
    for folder in {instance.path.parent for instance in model.instances}:
        folders.update([folder, *list(folder.parents)[:MOST_FOLDERS_UP]])
    found: set[str] = set()
    for folder in folders:
        try:
            found.update(file.name for file in folder.iterdir() if file.name.lower().startswith(names) and file.is_file())
        except OSError:
            continue
    return sorted(found)


CHECKS: tuple[tuple[str, str, Callable[[_Seen], Found]], ...] = (
    ("findable", "identifiers", _identifiers),
    ("findable", "descriptions", _descriptions),
    ("findable", "body-part", _body_part),
    ("findable", "collection", _collection),
    ("accessible", "transfer-syntax", _syntax),
    ("accessible", "privacy", _privacy),
    ("accessible", "address", _address),
    ("interoperable", "sop-class", _sop_class),
    ("interoperable", "geometry", _geometry),
    ("interoperable", "codes", _codes),
    ("interoperable", "private", _private),
    ("reusable", "licence", _licence),
    ("reusable", "equipment", _equipment),
    ("reusable", "protocol", _protocol),
    ("reusable", "sources", _sources),
    ("reusable", "record", _record),
)
