"""What in a file identifies a person, directly or by detours, and what the header cannot tell about the pixels."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Union

from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
    SecondaryCaptureImageStorage,
)

from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.explore.codestream_comments import clean_pixels, says_more_than_its_encoder
from DICOMTutorialHelperLib.explore.dataset_deidentifier import METHOD_CODES
from DICOMTutorialHelperLib.explore.datasets import (
    MOST_DEPTH,
    VALUE_ERRORS,
    PathLike,
    UnreadableFile,
    bytes_of,
    characters_of,
    dicom_files,
    items_of,
    raw_of,
    read_dataset,
    text_of,
    text_of_tag,
    transfer_syntax_of,
    value_of,
    without_warnings,
)
from DICOMTutorialHelperLib.explore.file_elements import ElementReader, FileElements, element_key, stands_alone
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.image_bytes import fragments_of
from DICOMTutorialHelperLib.explore.profile import (
    CATEGORIES,
    DIRECT,
    TECHNICAL,
    Rule,
    is_safe_private,
    kept_binaries,
    kept_texts,
    rule_for,
)
from DICOMTutorialHelperLib.explore.pseudonyms import PSEUDONYM
from DICOMTutorialHelperLib.explore.safe_values import NUMBER_VRS, SafeValues, is_standard_uid, is_vocabulary
from DICOMTutorialHelperLib.explore.values import element_name
from DICOMTutorialHelperLib.progress import Progress

__all__ = ["CATEGORIES", "GRADES", "PrivacyItem", "PrivacyReport", "grade_of", "privacy_report", "scan"]

# From the worst to none: names a person; leads to one together with other knowledge; only leads back to the source archive.
GRADES = ("direct", "indirect", "technical", "none")
BURNED_IN_MODALITIES = ("US", "XA", "RF", "SC", "OT", "ES", "XC", "GM", "SM", "OP", "ECG")
UNCOMPRESSED = {
    ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless,
}  # fmt: skip
FACE_MODALITIES = ("CT", "MR", "PT")
_HEAD = re.compile(
    r"(?<![a-z])(head|brain|skull|face|facial|neuro|cerebr|cranio|cranial|crane|cr[aâ]ne|t[eê]te|enc[eé]phal|sinus|orbit|iac|dental"
    r"|cabeza|cabe[cç]a|cerebro|cr[aâá]neo|cr[aâ]nio|jaw|maxill|mandib|pituit|mprage|bravo)", re.IGNORECASE
)  # fmt: skip
# What copies of ours say of how they were made; somebody's name or number may be a word of it.
_OWN_METHOD = re.compile(r"(?:DICOM PS3\.15 \d{4}[a-e] Basic Profile|DICOMTutorialHelper \d[\w.+-]{0,20})$")
_METHOD_CODE = re.compile(r"\b1131(?:0\d|1[0-2])\b")
# A file's own statement that it was de-identified counts for codes of CID 7050 (PS3.16).
RETAINED = {
    "113106": ("date",), "113107": ("date",), "113108": ("characteristic",), "113109": ("device",), "113110": ("uid",),
    "113112": ("institution",), "113105": ("text",), "113104": ("content",), "113103": ("graphics",),
}  # fmt: skip


LONGEST_ALONE = 1 << 12  # bytes of an element whose items are kept
# What an element holds (the items, and how many values were searched), by its place, its bytes and what else counts.
Known = dict[tuple, tuple[tuple["PrivacyItem", ...], int]]


@dataclass(frozen=True)
class PrivacyItem:
    """One element with personal data. ``state`` is ``found``, or ``declared`` where the file's own de-identification record
    (PatientIdentityRemoved and its codes) says that the value was replaced, cleaned or kept on purpose."""

    tag: str
    keyword: str
    name: str
    path: str
    category: str
    action: str
    value: str
    state: str


@dataclass
class PrivacyReport:
    """What one file gives away. ``warnings`` are keys of the texts ``privacy``: what only a look at the pixels can settle.

    ``searched`` counts the elements that no rule removes and that were looked into; ``original`` says that they were searched
    for the identity of the originals, not only for what the file says itself. Pixels are never searched.
    """

    path: Optional[Path]
    items: list[PrivacyItem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    declared: bool = False
    codes: list[str] = field(default_factory=list)
    searched: int = 0
    original: bool = False

    @property
    def found(self) -> list[PrivacyItem]:
        """The items whose value is there, and not only declared as replaced."""
        return [item for item in self.items if item.state == "found"]

    @property
    def grade(self) -> str:
        """The worst grade of what was found, one of GRADES."""
        grades = {grade_of(item.category) for item in self.found}
        return next((grade for grade in GRADES if grade in grades), "none")


def grade_of(category: str) -> str:
    """One of GRADES for one of CATEGORIES."""
    if category in DIRECT:
        return "direct"
    return "technical" if category in TECHNICAL else "indirect"


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
        report.declared, report.codes = _record_of(dataset)
        search = _Search(report, dataset, identity, {} if known is None else known)
        meta = getattr(dataset, "file_meta", None)
        for part in (meta, dataset):
            if part is not None:
                report.items.extend(search.items(part))
        report.warnings = pixel_warnings(dataset)
        search.around(path, getattr(dataset, "preamble", None) or b"", transfer_syntax_of(dataset))
    return report


def _record_of(dataset: Dataset) -> tuple[bool, list[str]]:
    """Whether a file says that it was de-identified, and by which codes."""
    return text_of(dataset, "PatientIdentityRemoved").upper() == "YES", _method_codes(dataset)


def _method_codes(dataset: Dataset) -> list[str]:
    """Codes of CID 7050 from the code sequence, and from the method's text, where some archives write them."""
    codes = [text_of(item, "CodeValue") for item in items_of(dataset, "DeidentificationMethodCodeSequence")]
    codes += _METHOD_CODE.findall(text_of(dataset, "DeidentificationMethod"))
    return list(dict.fromkeys(codes))


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


class _Search:
    """Looks through one instance."""

    def __init__(self, report: PrivacyReport, whole: Dataset, identity: Identity, known: Known) -> None:
        self.known = known
        # What an element's verdict rests on beside its bytes: what the file says of its own de-identification.
        patient = text_of(whole, "PatientID") if report.declared else ""
        self.state = (report.declared, tuple(report.codes), report.original, patient)
        self.report = report
        self.whole = whole
        self.identity = identity
        self.safe = SafeValues(identity, lambda text: "")

    def around(self, path: Optional[Path], preamble: bytes, syntax: str) -> None:
        """What a file gives away beside its elements: in its preamble, its pixels and its name."""
        if path is not None and self._preamble(preamble):
            self.report.items.append(PrivacyItem("", "", "Preamble", "preamble", "text", "X", "", "found"))
        self._comments(path, syntax)
        if path is not None and self.identity.found_in(path.stem):
            self.report.warnings.append("file-name")

    def _preamble(self, preamble: bytes) -> bool:
        """Whether the 128 bytes before the file hold more than the head of a TIFF file (PS3.10 7.1)."""
        return bool(preamble.strip(b"\0")) and (preamble[:2] not in (b"II", b"MM") or self.identity.found_in_bytes(preamble))

    def _comments(self, path: Optional[Path], syntax: str) -> None:
        """What compressed pixels carry beside the picture; a warning where that cannot be searched."""
        if not syntax or syntax in UNCOMPRESSED:
            return
        whole = self.whole if path is None else read_dataset(path, ["PixelData"])
        data = bytes_of(whole, BaseTag(0x7FE00010)) or value_of(whole, "PixelData", b"")
        if not data:
            return
        clean = clean_pixels(fragments_of(data)[1:], syntax)
        if clean is None:
            self.report.warnings.append("codestream")
            return
        for comment in dict.fromkeys(clean.comments):
            named = self.identity.found_in_binary(comment)
            if named or says_more_than_its_encoder(comment):
                text = comment.rstrip(b"\0").decode("latin-1")
                shown = " ".join(text.split()) if text.isprintable() else ""
                name = "Comment in compressed pixels"
                category = "patient" if named else "text"
                self.report.items.append(PrivacyItem("7FE0,0010", "PixelData", name, "7FE0,0010", category, "X", shown, "found"))

    def items(self, dataset: Dataset, prefix: str = "", depth: int = 0) -> Iterator[PrivacyItem]:
        scheme = text_of(dataset, "CodingSchemeDesignator")
        characters = characters_of(dataset)
        for tag in sorted(dataset.keys()):
            path = f"{prefix}{tag.group:04X},{tag.element:04X}"
            raw = None if tag.is_private else raw_of(dataset, tag)
            key = None if raw is None else element_key(raw)
            if key is None:
                yield from self.items_of(dataset, tag, path, depth, scheme)
                continue
            key = (path, *key, characters, scheme, self.state)
            if key not in self.known:
                before = self.report.searched
                items = tuple(self.items_of(dataset, tag, path, depth, scheme))
                self.known[key] = (items, self.report.searched - before)
            else:
                self.report.searched += self.known[key][1]
            yield from self.known[key][0]

    def items_of(self, dataset: Dataset, tag: BaseTag, path: str, depth: int, scheme: str) -> Iterator[PrivacyItem]:
        raw = bytes_of(dataset, tag)
        try:
            element = dataset[tag]
            vr, value = element.VR, element.value
        except VALUE_ERRORS:
            element, vr, value = None, "UN", b"?"
        if tag.is_private_creator or tag.element == 0:
            return
        rule = rule_for(tag, vr)
        if rule and rule.category == "private" and is_safe_private(_creator(dataset, tag), tag):
            rule = None
            if element is not None and vr not in NUMBER_VRS and not (vr == "CS" and is_vocabulary(str(value))):
                rule = rule_for(tag, vr) if self._named(value, raw) else None
        elif rule is None and vr != "SQ":
            rule = self._unproved(element, dataset, raw, scheme)
        shown = vr == "SQ" or isinstance(value, bytes)
        if rule and not _is_empty(vr, value) and not (vr == "UI" and is_standard_uid(str(value))):
            yield PrivacyItem(
                path[-9:],
                keyword_for_tag(tag),
                element_name(dataset, tag) if rule.category == "private" else rule.name,
                path,
                rule.category,
                rule.action,
                "" if shown else " ".join(str(value).split()),
                self._state(rule, vr, value, raw),
            )
        if vr == "SQ" and depth < MOST_DEPTH and not (rule and rule.category == "private"):
            for index, item in enumerate(value):
                yield from self.items(item, f"{path}[{index}].", depth + 1)

    def _unproved(self, element: Optional[DataElement], around: Dataset, raw: Optional[bytes], scheme: str) -> Optional[Rule]:
        """A rule for a value that no rule removes, and that is not known to be safe either."""
        self.report.searched += 1
        if element is None:
            return Rule("Unreadable Element", "X", "text")
        keyword = keyword_for_tag(element.tag)
        if kept_binaries().get(keyword) == "image":
            return None
        if keyword == "CodeMeaning" and METHOD_CODES.get(text_of(around, "CodeValue")) == element.value:
            return None
        if element.tag.group in (0x0002, 0x0012) or element.VR == "UI":
            named = element.VR != "UI" and self._named(element.value, raw)
            return Rule(element.name, "X", "text") if named else None
        safe, value = self.safe.checked(element, around, raw, scheme)
        if safe and (value is element.value or kept_texts().get(keyword) == "label"):
            return None
        named = self._named(element.value, raw)
        return Rule(element.name, "X", "patient" if named else "text")

    def _named(self, value: object, raw: Optional[bytes]) -> bool:
        if isinstance(value, bytes):
            return self.identity.found_in_binary(value)
        texts = [str(one) for one in value] if isinstance(value, (MultiValue, list, tuple)) else [str(value)]
        # In a pseudonym of ours a short number may stand by chance.
        return any(self.identity.found_in(text) for text in texts if not PSEUDONYM.match(text) and not _OWN_METHOD.match(text))

    def _state(self, rule: Rule, vr: str, value: object, raw: Optional[bytes]) -> str:
        """``declared`` where the file's record explains a value, unless it names somebody of the originals all the same."""
        if not self.report.declared or not _accounted(rule.action, rule.category, value, vr, self.report, self.whole):
            return "found"
        if self.report.original and vr not in ("SQ", "UI", "DA", "DT", "TM") and self._named(value, raw):
            return "found"
        return "declared"


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
            search = _Search(report, said.dataset, self._identity, {})
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
                file.dataset(said[2:]), text_of(dataset, "CodingSchemeDesignator"), *_record_of(dataset), pixel_warnings(dataset)
            )
        return self._said[key]

    def _items(self, search: _Search, file: FileElements, scheme: str) -> Iterator[PrivacyItem]:
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


def _counted(search: _Search, dataset: Dataset, tag: BaseTag, scheme: str) -> tuple[tuple[PrivacyItem, ...], int]:
    """The items of an element, and how many values were searched for them."""
    before = search.report.searched
    items = tuple(search.items_of(dataset, tag, f"{tag.group:04X},{tag.element:04X}", 0, scheme))
    searched, search.report.searched = search.report.searched - before, before
    return items, searched


def _creator(dataset: Dataset, tag: BaseTag) -> str:
    return text_of_tag(dataset, (tag.group << 16) + (tag.element >> 8)) if tag.element > 0xFF else ""


def _is_empty(vr: str, value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, (str, bytes)):
        return not value.strip()
    if vr == "SQ":
        return not value
    if isinstance(value, (MultiValue, list, tuple)):
        return not any(str(one).strip() for one in value)
    return not str(value).strip()


def _accounted(action: str, category: str, value: object, vr: str, report: PrivacyReport, whole: Dataset) -> bool:
    """Whether the file's record explains a value: a replaced UID, a dummy, or what one of its codes says was kept or cleaned.

    A name that still looks like one (family^given) is never taken for a pseudonym.
    """
    if any(category in RETAINED.get(code, ()) for code in report.codes):
        return True
    if vr == "PN":
        text = str(value)
        return "^" not in text.strip("^") or text == text_of(whole, "PatientID")
    return action != "X"


def pixel_warnings(dataset: Dataset) -> list[str]:
    """What the header says about personal data in the pixels: keys ``burned-in``, ``burned-in-possible``, ``face``,
    ``face-possible`` (no body part is named), ``overlay`` and ``document`` of the texts ``privacy``, under ``warning.``."""
    keys = []
    burned_in = text_of(dataset, "BurnedInAnnotation").upper()
    modality = text_of(dataset, "Modality").upper()
    secondary = text_of(dataset, "SOPClassUID").startswith(SecondaryCaptureImageStorage)
    if burned_in == "YES":
        keys.append("burned-in")
    elif burned_in != "NO" and (modality in BURNED_IN_MODALITIES or secondary):
        keys.append("burned-in-possible")
    features = text_of(dataset, "RecognizableVisualFeatures").upper()
    if features != "NO" and (features == "YES" or modality in FACE_MODALITIES):
        said = _region_words(dataset)
        if features == "YES" or any(_HEAD.search(text) for text in said):
            keys.append("face")
        elif not said:
            keys.append("face-possible")
    if any(0x6000 <= tag.group <= 0x60FF for tag in dataset.keys()):  # noqa: SIM118 - iterating a Dataset converts its elements
        keys.append("overlay")
    if "EncapsulatedDocument" in dataset:
        keys.append("document")
    return keys


def _region_words(dataset: Dataset) -> list[str]:
    """What the header says about the part of the body."""
    said = [
        text_of(dataset, keyword) for keyword in ("BodyPartExamined", "StudyDescription", "SeriesDescription", "ProtocolName")
    ]
    for item in items_of(dataset, "AnatomicRegionSequence"):
        said.append(text_of(item, "CodeMeaning"))
    return [text for text in said if text.strip() and text.casefold() not in ("none", "unknown")]
