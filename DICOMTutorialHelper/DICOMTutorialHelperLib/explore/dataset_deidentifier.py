"""One dataset cleaned by the Basic Profile: every element judged by its rule, sequences to their depth."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Optional

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.dicom.patient import patient_key
from DICOMTutorialHelperLib.explore import descriptions
from DICOMTutorialHelperLib.explore.codestream_comments import clean_pixels
from DICOMTutorialHelperLib.explore.datasets import (
    MOST_DEPTH,
    VALUE_ERRORS,
    bytes_of,
    text_of,
    text_of_tag,
    transfer_syntax_of,
    without_warnings,
)
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.image_bytes import encapsulated, fragments_of, native_pixels, offset_table
from DICOMTutorialHelperLib.explore.profile import (
    Rule,
    edition,
    expected_vrs,
    is_overlay_or_curve,
    is_safe_private,
    kept_binaries,
    rule_for,
)
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms
from DICOMTutorialHelperLib.explore.safe_values import CLASS_UIDS, NUMBER_VRS, SafeValues, is_standard_uid, is_vocabulary

DATES = ("remove", "shift", "keep")
DUMMY = {"DA": "19000101", "DT": "19000101000000", "TM": "000000", "AS": "000Y", "PN": "ANONYMOUS"}
DATE_VRS = ("DA", "DT", "TM")
TEXT_VRS = ("AE", "LO", "LT", "SH", "ST", "UC", "UT", "PN", "UR")
DUMMY_TEXT = "REMOVED"
CHARACTERISTICS = ("PatientSex", "PatientAge", "PatientSize", "PatientWeight")
OLDEST = 90
_TIME = r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-6]\d(?:\.\d{1,6})?)?)?"
_DAY = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_DATES = {
    "DA": re.compile(rf"{_DAY}(?:-{_DAY})?$"),
    "TM": re.compile(rf"{_TIME}(?:-{_TIME})?$"),
    "DT": re.compile(rf"(?:{_DAY}(?:{_TIME})?(?:[+-](?:0\d|1[0-4])[0-5]\d)?|(?:18|19|20)\d\d(?:0[1-9]|1[0-2])?)$"),
}
_AGE = re.compile(r"\s*(\d{1,5})\s*([DWMY]?)\s*$", re.IGNORECASE)
_AGE_UNITS = {"D": 365.25, "W": 52.18, "M": 12, "Y": 1, "": 1}
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


def patient_of(dataset: Dataset) -> str:
    """Whose dataset it is, as one text: patients of one ID and two issuers are two."""
    return "\0".join(patient_key(lambda keyword: text_of(dataset, keyword)))


class DatasetDeidentifier:
    """Cleans one dataset; ``counts`` then holds how many elements of each category were removed, emptied or replaced.

    ``not_searched`` says that the pixels are compressed in a way in which comments cannot be found.

    ``identity`` is that of the whole run; without it, that of the dataset alone is looked for. ``patient`` is whose dataset it
    is, ``structured`` whether the content of a report was cleaned.
    """

    def __init__(self, options: DeidentificationOptions, pseudonyms: Pseudonyms, identity: Optional[Identity] = None) -> None:
        self.options = options
        self.pseudonyms = pseudonyms
        self.counts: dict[str, int] = {}
        self._given = identity
        self._identity = identity or Identity()
        self._safe = SafeValues(self._identity, pseudonyms.label)
        self.patient = ""
        self.structured = False
        self._syntax = ""
        self.not_searched = False

    def clean(self, dataset: Dataset) -> Dataset:
        """A cleaned copy with the record of what was done (PS3.3 C.7.1.1, (0012,0062) to (0012,0064)); the given one stays."""
        with without_warnings():
            self.patient = patient_of(dataset)
            self._syntax = transfer_syntax_of(dataset)
            if self._given is None:
                self._identity = Identity()
                self._identity.add(dataset)
                self._safe = SafeValues(self._identity, self.pseudonyms.label)
            cleaned = self._cleaned(dataset)
            self.record(cleaned)
        return cleaned

    def _cleaned(self, dataset: Dataset, content: bool = False, depth: int = 0) -> Dataset:
        kept = Dataset()
        scheme = text_of(dataset, "CodingSchemeDesignator")
        for tag in sorted(dataset.keys()):
            self.clean_element(kept, dataset, tag, scheme, content, depth)
        return kept

    def clean_element(
        self, kept: Dataset, dataset: Dataset, tag: BaseTag, scheme: str, content: bool = False, depth: int = 0
    ) -> None:
        """Add to ``kept`` what may stay of one element of a dataset, ``scheme`` the CodingSchemeDesignator beside it."""
        if tag.element == 0 or tag.group < 8 or tag.is_private_creator:
            return  # group lengths would be wrong, file meta is made anew, creators come with what they own
        if is_overlay_or_curve(tag):
            self._count("graphics")
            return  # overlays and curves go whole: without their data the rest of the group means nothing
        raw = bytes_of(dataset, tag)
        try:
            element = dataset[tag]
        except VALUE_ERRORS:
            self._count("text")
            return  # what cannot be read cannot be vouched for
        if element.VR == "SQ" and depth >= MOST_DEPTH:
            self._count("text")
            return  # no object of the standard is nested so deep
        rule = self._rule(dataset, tag, element.VR, content)
        if rule is None:
            self._keep(kept, dataset, element, raw, content, depth, scheme)
        else:
            self._apply(rule, kept, element, depth)

    def _rule(self, dataset: Dataset, tag: BaseTag, vr: str, content: bool) -> Optional[Rule]:
        rule = rule_for(tag, vr)
        if rule is None:
            return None
        if keyword_for_tag(tag) == "TextValue":
            return Rule("Text of a report", "D", "content" if content else "text")
        if rule.category == "private":
            return None if self.options.keep_safe_private and _is_safe(dataset, tag) else rule
        if vr not in expected_vrs(int(tag)):
            return rule
        if rule.category == "characteristic" and self.options.keep_characteristics and vr != "SQ":
            return None if keyword_for_tag(tag) in CHARACTERISTICS else rule
        if rule.category == "date" and self.options.dates == "keep" and vr in DATE_VRS:
            return None
        return rule

    def _keep(
        self, kept: Dataset, original: Dataset, element: DataElement, raw: Optional[bytes], content: bool, depth: int, scheme: str
    ) -> None:
        tag, vr, keyword = element.tag, element.VR, keyword_for_tag(element.tag)
        if tag.is_private:
            self._keep_private(kept, original, element, raw)
        elif vr == "SQ":
            items = [self._cleaned(item, content or keyword == "ContentSequence", depth + 1) for item in element.value]
            kept.add(DataElement(tag, "SQ", Sequence(items)))
        elif vr == "UI" and not CLASS_UIDS.search(keyword):
            self._set(kept, tag, "UI", self._new_uids(element.value))
        elif keyword == "PatientAge":
            self._set(kept, tag, "AS", _capped_age(str(element.value or "")))
        elif vr in DATE_VRS:
            self._keep_date(kept, element)
        elif kept_binaries().get(keyword) == "image":
            self._keep_image(kept, original, element)
        else:
            safe, value = self._safe.checked(element, original, raw, scheme)
            if safe and value is element.value:
                kept.add(copy.copy(element))
            else:
                self._count("text")
                if value is not None:
                    self._set(kept, tag, vr, value)
                elif vr in TEXT_VRS or vr in NUMBER_VRS:
                    self._set(kept, tag, vr, "")

    def _keep_private(self, kept: Dataset, original: Dataset, element: DataElement, raw: Optional[bytes]) -> None:
        """Private elements that are listed as safe are kept where they hold numbers, or a term that scanners write."""
        vr, values = element.VR, element.value
        texts = [str(one) for one in (values if isinstance(values, (MultiValue, list, tuple)) else [values])]
        numbers = vr in NUMBER_VRS and self._safe.are_numbers(vr, texts, raw)
        terms = vr in ("CS", "SH", "LO") and all(
            (is_vocabulary(text.strip()) or re.match(r"[\d.]{1,8}(?::[\d.]{1,8})?$", text)) and not self._identity.found_in(text)
            for text in texts
        )
        if not (numbers or terms):
            self._count("private")
            return
        block = (element.tag.group << 16) + (element.tag.element >> 8)
        kept.add_new(block, "LO", text_of_tag(original, block))
        kept.add(copy.copy(element))

    def _keep_date(self, kept: Dataset, element: DataElement) -> None:
        """A date that is one, and is not the day on which somebody was born."""
        values = element.value if isinstance(element.value, (MultiValue, list, tuple)) else [element.value]
        texts = [str(one or "").strip() for one in values]
        good = all(not text or _DATES[element.VR].match(text) for text in texts)
        if good and not any(self._identity.is_birth_date(text) for text in texts if element.VR != "TM"):
            kept.add(copy.copy(element))
            return
        self._count("date")
        self._set(kept, element.tag, element.VR, "")

    def _keep_image(self, kept: Dataset, original: Dataset, element: DataElement) -> None:
        data, keyword = element.value, keyword_for_tag(element.tag)
        if not isinstance(data, bytes):
            return
        if getattr(element, "is_undefined_length", False):
            data = self._compressed(kept, data)
        else:
            data = native_pixels(original, keyword, data)
        if data is None:
            self._count("graphics")
            return
        if data == element.value:
            kept.add(copy.copy(element))
            return
        self._count("graphics")
        image = DataElement(element.tag, element.VR, data)
        image.is_undefined_length = getattr(element, "is_undefined_length", False)
        kept.add(image)

    def _compressed(self, kept: Dataset, data: bytes) -> Optional[bytes]:
        """Compressed pixels without comments; as they are where those cannot be found (``not_searched``), None where none are."""
        table, *fragments = fragments_of(data) or [b""]
        if not fragments:
            return None
        clean = clean_pixels(fragments, self._syntax)
        if clean is None:
            self.not_searched = True
        elif clean.fragments != fragments:
            fragments = clean.fragments
            table = offset_table(fragments) if table else b""
            for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
                if keyword in kept:
                    delattr(kept, keyword)
        return encapsulated([table, *fragments])

    def _apply(self, rule: Rule, kept: Dataset, element: DataElement, depth: int) -> None:
        """Do what the rule's action says; of actions with alternatives, the one that keeps the object valid in any IOD."""
        tag, vr, value = element.tag, element.VR, element.value
        actions, expected = rule.action.split("/"), expected_vrs(int(tag))
        if expected and vr not in expected:
            # What has another VR than the dictionary's may hold anything; what the standard requires is left, but empty.
            self._count(rule.category)
            if actions != ["X"] and "SQ" not in expected and len(expected) == 1:
                self._set(kept, tag, next(iter(expected)), "")
            return
        if rule.category == "date" and self.options.dates == "shift" and vr in DATE_VRS:
            if value:
                self._count("date")
            self._set(kept, tag, vr, self._times(value) if vr == "TM" else self._shifted(value))
            return
        if self.options.clean_descriptions and keyword_for_tag(tag) in descriptions.KEYWORDS and isinstance(value, str):
            technical = descriptions.technical_part(value, self._identity)
            if technical:
                self._set(kept, tag, vr, technical)
                return
        if value not in (None, "", b"") and not (vr == "SQ" and not value):
            self._count(rule.category)
        if vr == "SQ":
            self._apply_to_sequence(actions, kept, tag, value, depth)
        elif vr == "UI" and rule.category == "uid":
            self._set(kept, tag, "UI", self._new_uids(value))
        elif actions == ["X"]:
            return
        elif "D" in actions and value not in (None, ""):
            self._set(kept, tag, vr, self._dummy(vr))
        else:
            self._set(kept, tag, vr, "")

    def _apply_to_sequence(self, actions: list[str], kept: Dataset, tag: BaseTag, items: Sequence, depth: int) -> None:
        keyword = keyword_for_tag(tag)
        if keyword == "ContentSequence":
            self.structured = True
            kept.add(DataElement(tag, "SQ", Sequence([self._cleaned(item, True, depth + 1) for item in items])))
        elif "U*" in actions or actions == ["U"]:
            kept.add(DataElement(tag, "SQ", Sequence([self._cleaned(item, False, depth + 1) for item in items])))
        elif "X" in actions and "Z" not in actions:
            return
        elif actions == ["D"] and keyword != "PersonIdentificationCodeSequence":
            kept.add(DataElement(tag, "SQ", Sequence([self._cleaned(item, True, depth + 1) for item in items])))
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
        text = str(value or "").strip(" \0")
        # Registered UIDs of the standard (well-known frames of reference among them) identify nobody.
        return text if not text or is_standard_uid(text) else self.pseudonyms.uid(text)

    def _shifted(self, value: object) -> object:
        if isinstance(value, (MultiValue, list, tuple)):
            return [self._shifted(one) for one in value]
        return self.pseudonyms.shifted(str(value or ""), self.patient)

    def _times(self, value: object) -> object:
        if isinstance(value, (MultiValue, list, tuple)):
            return [self._times(one) for one in value]
        text = str(value or "").strip()
        return text if _DATES["TM"].match(text) else ""

    def _set(self, kept: Dataset, tag: BaseTag, vr: str, value: object) -> None:
        empty = None if vr in NUMBER_VRS or vr in ("OB", "OW", "UN") else ""
        kept.add(DataElement(tag, vr, empty if value == "" else value))

    def _count(self, category: str) -> None:
        self.counts[category] = self.counts.get(category, 0) + 1

    def record(self, cleaned: Dataset) -> None:
        """Give the patient the new name, and say in the file that, how and with which options it was de-identified.

        PS3.15 E.1.1; CID 7050 of PS3.16.
        """
        cleaned.PatientName = cleaned.PatientID = self.pseudonyms.patient(self.patient)
        options = self.options
        codes = ["113100"]
        codes += ["113104"] if self.structured else []
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


def _capped_age(text: str) -> str:
    """An age as AS wants it, those of 90 years and more as one class (HIPAA); "" for what is no age."""
    found = _AGE.match(text)
    if not found:
        return ""
    number, unit = int(found[1]), found[2].upper()
    if number / _AGE_UNITS[unit] >= OLDEST:
        return f"{OLDEST:03}Y"
    return f"{number:03}{unit or 'Y'}" if number < 1000 else ""


def _is_safe(dataset: Dataset, tag: BaseTag) -> bool:
    block = (tag.group << 16) + (tag.element >> 8)
    return tag.element > 0xFF and block in dataset and is_safe_private(text_of_tag(dataset, block), tag)
