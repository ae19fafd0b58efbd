"""Whether one value that no rule removes is known to be safe: a number, a term of the standard, or text without anybody in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Optional

from pydicom.datadict import dictionary_VM, keyword_for_tag, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.uid import UID_dictionary

from DICOMTutorialHelperLib.explore.dates_in_text import looks_like_date
from DICOMTutorialHelperLib.explore.descriptions import technical_part
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.image_bytes import table_fits
from DICOMTutorialHelperLib.explore.profile import (
    coded_terms,
    coded_vocabulary,
    expected_vrs,
    kept_binaries,
    kept_texts,
)

DECIMAL_VRS, WHOLE_VRS, FLOAT_VRS = ("DS", "IS"), ("US", "SS", "UL", "SL", "UV", "SV"), ("FL", "FD")
NUMBER_VRS = (*DECIMAL_VRS, *WHOLE_VRS, *FLOAT_VRS, "AT")
CLASS_UIDS = re.compile(r"ClassUID$|TransferSyntax|^CodingSchemeUID$|^ContextUID$|^MappingResourceUID$|^PrivateRecordUID$")
LONGEST = {"CS": 16, "SH": 16, "LO": 64, "ST": 1024, "LT": 10240, "UC": 64, "UT": 64, "UR": 64}
# Numbers longer than the standard's 16 characters are common, and are still numbers.
LONGEST_DECIMAL = 32
MOST_SEARCHED = 16

_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$")
_UID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+$")
_DIRECTION = re.compile(r"[ALPRFHDVEC]{1,3}$")
_LONG_NUMBER = re.compile(r"\d{5}|\d(?:[ ./()+-]{0,2}\d){6}")
_WORD_IN_CODE = re.compile(r"[A-Z0-9]+")
# The forms of codes: SNOMED CT; SNOMED RT (and SNM3); DICOM, LOINC, RadLex and others; UCUM's units.
_SNOMED_RT = r"[A-Z]{1,2}\d?-[0-9A-Z]{1,8}"
_CODE_FORMS = {
    scheme: re.compile(f"(?:{form})$")
    for scheme, form in {
        "SCT": r"\d{6,18}", "SRT": _SNOMED_RT, "SNM3": _SNOMED_RT, "99SDM": _SNOMED_RT, "DCM": r"\d{6}|[A-Z]{2,10}",
        "LN": r"\d{1,7}-\d", "RADLEX": r"RID\d{1,6}", "FMA": r"\d{1,7}", "NCIt": r"C\d{1,7}", "UMLS": r"C\d{7}",
        "UCUM": r"[A-Za-z0-9%/.*^\[\]{}:'_+-]{1,16}", "IBSI": r"[0-9A-Z]{4}", "NEU": r"\d{1,6}",
        "I10": r"[A-Z]\d\d(?:\.\d{1,4})?", "ISO639_2": r"[a-z]{3}",
        "RFC5646": r"[a-z]{2,3}(?:-[A-Z]{2})?", "ISO3166_1": r"[A-Z]{2,3}",
        "MDC": r"\d{1,6}(?::\d{1,6})?", "SCPECG": r"\d{1,2}(?:[.-]\d{1,2}){1,5}", "ACR": r"\d{1,4}(?:\.\d{1,4})?",
    }.items()
}  # fmt: skip
_LOCAL_CODE = re.compile(r"[A-Za-z0-9._-]{1,16}$")
_SCHEME = re.compile(r"[A-Z0-9_]{2,16}$|NCIt$")


class SafeValues:
    """Judges values against the identity of a run; ``label`` gives the replacement of a value that tells things apart."""

    def __init__(self, identity: Identity, label: Callable[[str], str]) -> None:
        self.identity = identity
        self._label = label

    def checked(
        self, element: DataElement, around: Dataset, raw: Optional[bytes] = None, scheme: str = ""
    ) -> tuple[bool, object]:
        """(whether the value may stay, the value that may stay): the given one, a shorter one or a replacement; else None.

        ``around`` is the dataset that the element stands in, ``raw`` its bytes in the file, where known, and ``scheme`` the
        CodingSchemeDesignator beside a code.
        """
        vr, value, tag = element.VR, element.value, int(element.tag)
        if value is None or value == "" or value == b"" or (isinstance(value, MultiValue) and not len(value)):
            return True, value
        keyword = keyword_for_tag(tag)
        values = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
        if isinstance(value, bytes):
            return self._bytes(keyword, vr, value, around)
        if not _multiplicity_fits(tag, len(values)) and keyword not in kept_binaries():
            return False, None
        if vr in NUMBER_VRS:
            return (True, value) if self.are_numbers(vr, values, raw) else (False, None)
        if vr == "UI":
            return (True, value) if all(self._is_class_uid(str(one)) for one in values) else (False, None)
        texts = [str(one).strip(" \0") for one in values]
        if keyword in kept_texts():
            kept = [self._text(kept_texts()[keyword], keyword, vr, one, scheme) for one in texts]
            if vr != "CS" and any(one is None for one in kept):
                return False, None
            if raw is not None and not raw.isascii() and self.identity.found_in_bytes(raw):
                return False, None
            if kept == texts:
                return True, value
            return True, kept if len(kept) > 1 else kept[0]
        if vr == "CS":
            return (True, value) if all(self._is_coded(keyword, one) for one in texts) else (False, None)
        return False, None

    def are_numbers(self, vr: str, values: list, raw: Optional[bytes]) -> bool:
        """Whether values of a number's VR are numbers, and none of them a number of the run."""
        if vr in DECIMAL_VRS:
            for one in values:
                text = str(getattr(one, "original_string", "") or one).strip(" \0")
                if text and (len(text) > LONGEST_DECIMAL or not _DECIMAL.match(text) or self.identity.is_number(text)):
                    return False
            return True
        if vr in WHOLE_VRS and len(values) <= MOST_SEARCHED and any(self.identity.is_number(str(one)) for one in values):
            return False
        return raw is None or len(raw) < 5 or not self.identity.found_in_bytes(raw)

    def _bytes(self, keyword: str, vr: str, value: bytes, around: Dataset) -> tuple[bool, object]:
        if vr in ("US or SS", "US or OW", "US or SS or OW") and len(value) <= 6:
            return (False, None) if self.identity.found_in_binary(value) else (True, value)
        if kept_binaries().get(keyword) == "image":
            return True, value  # `image_bytes` sees to it
        if keyword not in kept_binaries() or not table_fits(around, keyword, len(value)):
            return False, None
        return (False, None) if self.identity.found_in_binary(value) else (True, value)

    def _is_class_uid(self, text: str) -> bool:
        return text in UID_dictionary or (len(text) <= 64 and _UID.match(text) is not None and not self._names(text))

    def _is_coded(self, keyword: str, text: str) -> bool:
        if not text or text in coded_terms().get(keyword, ()):
            return True
        if keyword in ("PatientOrientation", "DisplaySetPatientOrientation"):
            return _DIRECTION.match(text) is not None
        if keyword in ("TemplateIdentifier", "ContextIdentifier"):
            return re.match(r"\d{1,5}$", text) is not None and not self._names(text)
        return is_vocabulary(text) and not self._names(text)

    def _names(self, text: str) -> bool:
        return self.identity.found_in(text)

    def _text(self, check: str, keyword: str, vr: str, text: str, scheme: str) -> Optional[str]:
        """The text that may stay, None where none may."""
        if not text:
            return text
        if check == "label":
            if text in coded_terms().get(keyword, ()) or re.match(r"\d{1,2}$", text):
                return text
            return text if is_vocabulary(text) and not self._names(text) else self._label(text)
        if len(text) > LONGEST.get(vr, 64) or not text.isprintable():
            return None
        if check == "keyword":
            return text if tag_for_keyword(text.replace(" ", "")) is not None else None
        if check == "words":
            if re.match(r"(?:HU|US|OD|Z_EFF|ED|EDW|HU_MOD|PCT|MGML|SN|OM|IC|XY|XP|SS|WINDOW\d|NORMAL|BRAIN|HARD|SOFT)$", text):
                return text if not self._names(text) or text in ("HU", "US", "OD", "SN") else None
            return technical_part(text, self.identity) or None
        if check == "code":
            return text if self._is_code(keyword, text, scheme) else None
        if _LONG_NUMBER.search(text) or looks_like_date(text) or "@" in text or "://" in text or self._names(text):
            return None
        return text

    def _is_code(self, keyword: str, text: str, scheme: str) -> bool:
        if keyword == "CodeValue" or keyword == "LongCodeValue":
            form = _CODE_FORMS.get(scheme)
            if form is not None:
                return form.match(text) is not None and not (scheme == "SCT" and self.identity.is_number(text))
            return _LOCAL_CODE.match(text) is not None and not _LONG_NUMBER.search(text) and not self._names(text)
        if keyword == "CodingSchemeDesignator":
            return text in _CODE_FORMS or (_SCHEME.match(text) is not None and not self._names(text))
        if keyword == "URNCodeValue":
            return text.startswith("urn:") and not self._names(text)
        if keyword == "MIMETypeOfEncapsulatedDocument":
            return re.match(r"[a-z]+/[a-z0-9.+-]+$", text) is not None and not self._names(text)
        if _LONG_NUMBER.search(text) or looks_like_date(text) or self._names(text):
            return False
        if keyword == "CodeMeaning" and scheme not in _CODE_FORMS:
            return technical_part(text) == " ".join(re.split(r"[\s_/+*\-()\[\]:;,&^=]+", text)).strip()
        return True


@cache
def is_vocabulary(text: str) -> bool:
    """Whether a coded string is made of known ones and of small numbers."""
    if text in coded_vocabulary():
        return True
    parts = _WORD_IN_CODE.findall(text)
    numbers = [part for part in parts if part.isdigit()]
    if sum(map(len, numbers)) > 3 or not re.match(r"[A-Z0-9_ \\/.+-]{1,16}$", text):
        return False
    return all(part.isdigit() or part in coded_vocabulary() for part in parts)


@cache
def _multiplicity_fits(tag: int, count: int) -> bool:
    """Whether PS3.6 allows so many values; "2-2n" are two, four and so on."""
    if not expected_vrs(tag):
        return False
    lengths = str(dictionary_VM(tag)).split(" or ")
    return any(_fits(length, count) for length in lengths)


def _fits(multiplicity: str, count: int) -> bool:
    low, _, high = multiplicity.partition("-")
    if not high:
        return count == int(low)
    if high.endswith("n"):
        step = int(high[:-1] or 1)
        return count >= int(low) and count % step == 0
    return int(low) <= count <= int(high)


def is_standard_uid(text: str) -> bool:
    """Whether a UID is one that DICOM itself gives a meaning: a class, a syntax, a well-known frame of reference."""
    return text in UID_dictionary
