"""What in a file identifies a person, directly or by detours, and what the header cannot tell about the pixels."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Union

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID

from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS, PathLike, UnreadableFile, dicom_files, read_dataset
from DICOMTutorialHelperLib.explore.identity import names_pattern
from DICOMTutorialHelperLib.explore.profile import CATEGORIES, DIRECT, TECHNICAL, is_safe_private, rule_for
from DICOMTutorialHelperLib.explore.values import element_name

__all__ = ["CATEGORIES", "GRADES", "PrivacyItem", "PrivacyReport", "grade_of", "personal_category", "privacy_report", "scan"]

# From the worst to none: names a person; leads to one together with other knowledge; only leads back to the source archive.
GRADES = ("direct", "indirect", "technical", "none")
BURNED_IN_MODALITIES = ("US", "XA", "RF", "SC", "OT", "ES", "XC", "GM", "SM", "OP", "ECG")
FACE_MODALITIES = ("CT", "MR", "PT")
_HEAD = re.compile(
    r"(?<![a-z])(head|brain|skull|face|facial|neuro|cerebr|cranio|cranial|crane|cr[aâ]ne|t[eê]te|enc[eé]phal|sinus|orbit|iac|dental"
    r"|cabeza|cabe[cç]a|cerebro|cr[aâá]neo|cr[aâ]nio|jaw|maxill|mandib|pituit|mprage|bravo)", re.IGNORECASE
)  # fmt: skip
_METHOD_CODE = re.compile(r"\b1131(?:0\d|1[0-2])\b")
# A file's own statement that it was de-identified counts for codes of CID 7050 (PS3.16).
RETAINED = {
    "113106": ("date",), "113107": ("date",), "113108": ("characteristic",), "113109": ("device",), "113110": ("uid",),
    "113112": ("institution",), "113105": ("text",), "113104": ("content",), "113103": ("graphics",),
}  # fmt: skip


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
    """What one file gives away. ``warnings`` are keys of the texts ``privacy``: what only a look at the pixels can settle."""

    path: Optional[Path]
    items: list[PrivacyItem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    declared: bool = False
    codes: list[str] = field(default_factory=list)

    @property
    def found(self) -> list[PrivacyItem]:
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


def personal_category(tag: BaseTag, vr: str = "") -> str:
    """The category of personal data that an element may hold, "" for none; whatever its present value."""
    if tag.is_private_creator or tag.element == 0:
        return ""
    rule = rule_for(tag, vr)
    return rule.category if rule else ""


def privacy_report(source: Union[PathLike, Dataset]) -> PrivacyReport:
    """What identifies a person in one instance. Raises reading.UnreadableFile."""
    path = None if isinstance(source, Dataset) else Path(source)
    dataset = source if isinstance(source, Dataset) else read_dataset(source, pixels=False)
    report = PrivacyReport(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report.declared = str(dataset.get("PatientIdentityRemoved", "")).upper() == "YES"
        report.codes = _method_codes(dataset)
        meta = getattr(dataset, "file_meta", None)
        for part in (meta, dataset):
            if part is not None:
                report.items.extend(_items(part, report, dataset))
        report.warnings = pixel_warnings(dataset)
        names = names_pattern(dataset) if path is not None else None
        if path is not None and names is not None and names.search(path.stem.casefold()):
            report.warnings.append("file-name")
    return report


def _method_codes(dataset: Dataset) -> list[str]:
    """Codes of CID 7050 from the code sequence, and from the method's text, where some archives write them."""
    codes = [str(item.get("CodeValue", "")) for item in dataset.get("DeidentificationMethodCodeSequence", None) or []]
    codes += _METHOD_CODE.findall(str(dataset.get("DeidentificationMethod", "")))
    return list(dict.fromkeys(codes))


def scan(paths: Union[PathLike, Iterable[PathLike]]) -> Iterator[Union[PrivacyReport, UnreadableFile]]:
    """The report of every DICOM file below ``paths``, or why it could not be read."""
    for path in dicom_files(paths):
        try:
            yield privacy_report(path)
        except UnreadableFile as problem:
            yield problem


def _items(dataset: Dataset, report: PrivacyReport, whole: Dataset, prefix: str = "") -> Iterator[PrivacyItem]:
    for tag in sorted(dataset.keys()):
        path = f"{prefix}{tag.group:04X},{tag.element:04X}"
        try:
            element = dataset[tag]
            vr, value = element.VR, element.value
        except VALUE_ERRORS:
            vr, value = "UN", b"?"
        rule = rule_for(tag, vr)
        if (
            tag.is_private_creator
            or tag.element == 0
            or (rule and rule.category == "private" and is_safe_private(_creator(dataset, tag), tag))
        ):
            rule = None
        if rule and not _is_empty(value) and not (vr == "UI" and UID(str(value)).startswith("1.2.840.10008.")):
            state = (
                "declared" if report.declared and _accounted(rule.action, rule.category, value, vr, report, whole) else "found"
            )
            shown = "" if vr == "SQ" or isinstance(value, bytes) else " ".join(str(value).split())
            name = element_name(dataset, tag) if rule.category == "private" else rule.name
            yield PrivacyItem(path[-9:], keyword_for_tag(tag), name, path, rule.category, rule.action, shown, state)
        if vr == "SQ" and not (rule and rule.category == "private"):
            for index, item in enumerate(value):
                yield from _items(item, report, whole, f"{path}[{index}].")


def _creator(dataset: Dataset, tag: BaseTag) -> str:
    block = dataset.get((tag.group, tag.element >> 8)) if tag.element > 0xFF else None
    return str(block.value) if block is not None else ""


def _is_empty(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, (str, bytes)):
        return not value.strip()
    try:
        return len(value) == 0 or not str(value).strip("[]'\", ")  # type: ignore[arg-type]
    except TypeError:
        return False


def _accounted(action: str, category: str, value: object, vr: str, report: PrivacyReport, whole: Dataset) -> bool:
    """Whether the file's record explains a value: a replaced UID, a dummy, or what one of its codes says was kept or cleaned.

    A name that still looks like one (family^given) is never taken for a pseudonym.
    """
    if any(category in RETAINED.get(code, ()) for code in report.codes):
        return True
    if vr == "PN":
        text = str(value)
        return "^" not in text.strip("^") or text == str(whole.get("PatientID", ""))
    return action != "X"


def pixel_warnings(dataset: Dataset) -> list[str]:
    """What the header says about personal data in the pixels: keys ``burned-in``, ``burned-in-possible``, ``face``,
    ``face-possible`` (no body part is named), ``overlay`` and ``document`` of the texts ``privacy``, under ``warning.``."""
    keys = []
    burned_in = str(dataset.get("BurnedInAnnotation", "")).upper()
    modality = str(dataset.get("Modality", "")).upper()
    secondary = str(dataset.get("SOPClassUID", "")).startswith("1.2.840.10008.5.1.4.1.1.7")
    if burned_in == "YES":
        keys.append("burned-in")
    elif burned_in != "NO" and (modality in BURNED_IN_MODALITIES or secondary):
        keys.append("burned-in-possible")
    features = str(dataset.get("RecognizableVisualFeatures", "")).upper()
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
        str(dataset.get(keyword, "")) for keyword in ("BodyPartExamined", "StudyDescription", "SeriesDescription", "ProtocolName")
    ]
    for item in dataset.get("AnatomicRegionSequence", None) or []:
        said.append(str(item.get("CodeMeaning", "")))
    return [text for text in said if text.strip() and text.casefold() not in ("none", "unknown")]
