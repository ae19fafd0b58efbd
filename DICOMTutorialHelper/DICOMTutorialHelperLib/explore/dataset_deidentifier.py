"""One dataset cleaned by the Basic Profile: every element judged by its rule, sequences to their depth."""

from __future__ import annotations

import copy
import re
import warnings
from dataclasses import dataclass
from typing import Optional

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.explore import descriptions
from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS
from DICOMTutorialHelperLib.explore.identity import fold_accents, names_pattern
from DICOMTutorialHelperLib.explore.profile import Rule, edition, is_overlay_or_curve, is_safe_private, rule_for
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms

DATES = ("remove", "shift", "keep")
DUMMY = {"DA": "19000101", "DT": "19000101000000", "TM": "000000", "AS": "000Y", "PN": "ANONYMOUS"}
NUMBER_VRS = ("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV")
DATE_VRS = ("DA", "DT", "TM")
TEXT_VRS = ("AE", "LO", "LT", "SH", "ST", "UC", "UT", "PN", "UR")
DUMMY_TEXT = "REMOVED"
# UIDs that name things of the standard or of software, and no object of a patient.
_KEPT_UID = re.compile(r"ClassUID$|TransferSyntax|^CodingSchemeUID$|^ContextUID$|^MappingResourceUID$|^PrivateRecordUID$")
METHOD_CODES = {
    "113100": "Basic Application Confidentiality Profile",
    "113105": "Clean Descriptors Option",
    "113104": "Clean Structured Content Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
    "113111": "Retain Safe Private Option",
}


@dataclass(frozen=True)
class DeidentificationOptions:
    """What may stay. ``dates``: ``remove``, ``shift`` (each patient's own number of days, intervals stay) or ``keep``.

    ``keep_characteristics`` keeps sex, age, size and weight (ages over 89 years are capped); ``keep_safe_private`` the private
    elements that PS3.15 lists as safe; ``clean_descriptions`` the technical words of study and series descriptions. ``key``
    makes replacements the same in a later run.
    """

    dates: str = "remove"
    keep_characteristics: bool = False
    keep_safe_private: bool = False
    clean_descriptions: bool = False
    key: Optional[str] = None

    def __post_init__(self) -> None:
        if self.dates not in DATES:
            raise ValueError(f"dates must be one of {', '.join(DATES)}, not {self.dates!r}")


def patient_key(dataset: Dataset) -> str:
    """What tells one patient from another: the ID, else the name, else the study, so that two nameless patients stay apart."""
    return next(
        (str(dataset.get(keyword)) for keyword in ("PatientID", "PatientName", "StudyInstanceUID") if dataset.get(keyword)), ""
    )


class DatasetDeidentifier:
    """Cleans one dataset; ``counts`` then holds how many elements of each category were removed, emptied or replaced."""

    def __init__(self, options: DeidentificationOptions, pseudonyms: Pseudonyms) -> None:
        self.options = options
        self.pseudonyms = pseudonyms
        self.counts: dict[str, int] = {}
        self._patient = ""
        self._structured = False
        self._names: Optional[re.Pattern[str]] = None

    def clean(self, dataset: Dataset) -> Dataset:
        """A cleaned copy with the record of what was done (PS3.3 C.7.1.1, (0012,0062) to (0012,0064)); the given one stays."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._patient = patient_key(dataset)
            self._names = names_pattern(dataset)
            cleaned = self._cleaned(dataset)
            cleaned.PatientName = cleaned.PatientID = self.pseudonyms.patient(self._patient)
            self._record(cleaned)
        return cleaned

    def _cleaned(self, dataset: Dataset, content: bool = False) -> Dataset:
        kept = Dataset()
        for tag in sorted(dataset.keys()):
            if tag.element == 0 or tag.group < 8 or tag.is_private_creator:
                continue  # group lengths would be wrong, file meta is made anew, creators come with what they own
            if is_overlay_or_curve(tag):
                self._count("graphics")
                continue  # overlays and curves go whole: without their data the rest of the group means nothing
            if not tag.is_private and not keyword_for_tag(tag):
                self._count("text")
                continue  # an element that the dictionary does not know may hold anything
            try:
                element = dataset[tag]
            except VALUE_ERRORS:
                self._count("text")
                continue  # what cannot be read cannot be vouched for
            rule = self._rule(dataset, tag, element.VR, content)
            if rule is None:
                self._keep(kept, dataset, tag, element, content)
            else:
                self._apply(rule, kept, tag, element)
        return kept

    def _rule(self, dataset: Dataset, tag: BaseTag, vr: str, content: bool) -> Optional[Rule]:
        rule = rule_for(tag, vr)
        if rule is None:
            return Rule("Text of a report", "D", "content") if content and keyword_for_tag(tag) == "TextValue" else None
        if rule.category == "private":
            return None if self.options.keep_safe_private and _is_safe(dataset, tag) else rule
        if rule.category == "characteristic" and self.options.keep_characteristics and vr != "SQ":
            return None if keyword_for_tag(tag) in ("PatientSex", "PatientAge", "PatientSize", "PatientWeight") else rule
        if rule.category == "date" and self.options.dates == "keep" and vr in DATE_VRS:
            return None
        return rule

    def _keep(self, kept: Dataset, original: Dataset, tag: BaseTag, element: DataElement, content: bool) -> None:
        keyword = keyword_for_tag(tag)
        if tag.is_private:
            creator = original[tag.group, tag.element >> 8]
            kept.add_new(creator.tag, "LO", creator.value)
        if element.VR == "SQ":
            items = [self._cleaned(item, content or keyword == "ContentSequence") for item in element.value]
            kept.add(DataElement(tag, "SQ", Sequence(items)))
        elif element.VR == "UI" and not _KEPT_UID.search(keyword):
            self._set(kept, tag, "UI", self._new_uids(element.value))
        elif keyword == "PatientAge" and re.match(r"(09\d|[1-9]\d\d)Y$", str(element.value)):
            self._set(kept, tag, "AS", "090Y")  # HIPAA: ages over 89 are one class
        elif element.VR in TEXT_VRS and self._names and self._names.search(fold_accents(element.value)):
            self._count("text")
            self._set(kept, tag, element.VR, "")
        else:
            kept.add(copy.copy(element))

    def _apply(self, rule: Rule, kept: Dataset, tag: BaseTag, element: DataElement) -> None:
        """Do what the rule's action says; of actions with alternatives, the one that keeps the object valid in any IOD."""
        actions, vr, value = rule.action.split("/"), element.VR, element.value
        if rule.category == "date" and self.options.dates == "shift" and vr in DATE_VRS:
            if value:
                self._count("date")
            self._set(kept, tag, vr, value if vr == "TM" else self._shifted(value))
            return
        if self.options.clean_descriptions and keyword_for_tag(tag) in descriptions.KEYWORDS and isinstance(value, str):
            technical = descriptions.technical_part(value, self._names)
            if technical:
                self._set(kept, tag, vr, technical)
                return
        if value not in (None, "", b"") and not (vr == "SQ" and not value):
            self._count(rule.category)
        if vr == "SQ":
            self._apply_to_sequence(actions, kept, tag, value)
        elif vr == "UI" and rule.category == "uid":
            self._set(kept, tag, "UI", self._new_uids(value))
        elif actions == ["X"]:
            return
        elif "D" in actions and value not in (None, ""):
            self._set(kept, tag, vr, self._dummy(vr))
        else:
            self._set(kept, tag, vr, "")

    def _apply_to_sequence(self, actions: list[str], kept: Dataset, tag: BaseTag, items: Sequence) -> None:
        keyword = keyword_for_tag(tag)
        if keyword == "ContentSequence":
            self._structured = True
            kept.add(DataElement(tag, "SQ", Sequence([self._cleaned(item, content=True) for item in items])))
        elif "U*" in actions or actions == ["U"]:
            kept.add(DataElement(tag, "SQ", Sequence([self._cleaned(item) for item in items])))
        elif "X" in actions and "Z" not in actions:
            return
        elif actions == ["D"] and keyword != "PersonIdentificationCodeSequence":
            kept.add(DataElement(tag, "SQ", Sequence([self._cleaned(item, content=True) for item in items])))
        elif actions == ["D"]:
            kept.add(DataElement(tag, "SQ", Sequence([_code("ANON", "99DTH", "Removed")])))
        else:
            kept.add(DataElement(tag, "SQ", Sequence([])))

    def _dummy(self, vr: str) -> object:
        if vr in NUMBER_VRS:
            return 0
        if vr in ("OB", "OW", "UN"):
            return b"\0\0"
        return DUMMY.get(vr, DUMMY_TEXT)

    def _new_uids(self, value: object) -> object:
        if isinstance(value, (MultiValue, list, tuple)):
            return [self._new_uids(one) for one in value]
        text = str(value or "")
        # Registered UIDs of the standard (well-known frames of reference among them) identify nobody.
        return text if not text or text.startswith("1.2.840.10008.") else self.pseudonyms.uid(text)

    def _shifted(self, value: object) -> object:
        if isinstance(value, (MultiValue, list, tuple)):
            return [self._shifted(one) for one in value]
        return self.pseudonyms.shifted(str(value or ""), self._patient)

    def _set(self, kept: Dataset, tag: BaseTag, vr: str, value: object) -> None:
        empty = None if vr in NUMBER_VRS or vr in ("OB", "OW", "UN") else ""
        kept.add(DataElement(tag, vr, empty if value == "" else value))

    def _count(self, category: str) -> None:
        self.counts[category] = self.counts.get(category, 0) + 1

    def _record(self, cleaned: Dataset) -> None:
        """Say in the file that, how and with which options it was de-identified (PS3.15 E.1.1; CID 7050 of PS3.16)."""
        options = self.options
        codes = ["113100"]
        codes += ["113104"] if self._structured else []
        codes += ["113105"] if options.clean_descriptions else []
        codes += {"remove": [], "shift": ["113107"], "keep": ["113106"]}[options.dates]
        codes += ["113108"] if options.keep_characteristics else []
        codes += ["113111"] if options.keep_safe_private else []
        cleaned.PatientIdentityRemoved = "YES"
        cleaned.DeidentificationMethod = [edition().split(",")[0] + " Basic Profile", f"DICOMTutorialHelper {__version__}"]
        cleaned.DeidentificationMethodCodeSequence = Sequence([_code(code, "DCM", METHOD_CODES[code]) for code in codes])
        cleaned.LongitudinalTemporalInformationModified = {"remove": "REMOVED", "shift": "MODIFIED", "keep": "UNMODIFIED"}[
            options.dates
        ]


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _is_safe(dataset: Dataset, tag: BaseTag) -> bool:
    block = (tag.group, tag.element >> 8)
    return tag.element > 0xFF and block in dataset and is_safe_private(str(dataset[block].value), tag)
