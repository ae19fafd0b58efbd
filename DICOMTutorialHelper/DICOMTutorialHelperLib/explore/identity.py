"""Whom a run of files is about: names, numbers, places and dates, gathered over all files, then looked for in what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Optional

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.explore.datasets import MOST_DEPTH, VALUE_ERRORS, characters_of, raw_of
from DICOMTutorialHelperLib.explore.dates_in_text import KnownDates, date_of
from DICOMTutorialHelperLib.explore.descriptions import is_technical
from DICOMTutorialHelperLib.explore.file_elements import FileElements
from DICOMTutorialHelperLib.explore.folding import is_ideographic, run_together, spellings, words
from DICOMTutorialHelperLib.explore.profile import rule_for

NAMING = ("patient", "person", "identifier", "institution", "device")
NAMELESS_VRS = ("OW", "OF", "OD", "OL", "OV", "US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT", "UI")
TEXT_VRS = (
    "PN",
    "LO",
    "SH",
    "LT",
    "ST",
    "UT",
    "UC",
    "AE",
    "UR",
    "UN",
    "OB",
    "CS",
    "IS",
    "DS",
    "FD",
    "FL",
    "UL",
    "US",
    "SL",
    "UV",
)
# A service such as RADIOLOGY names nobody and stands in half of all descriptions; these name makers or kinds of things.
NAMELESS = ("RequestingService", "MilitaryRank", "InstanceOriginStatus", "DeviceDescription", "SourceManufacturer", "LensMake")
# Shorter words are looked for only as whole words, longer ones also inside others: SMITHSON in MRSMITHSON.
SHORTEST_INSIDE = 5
SHORTEST_NUMBER, SHORTEST_BYTES = 4, 5
LONGEST_SEEN = 1 << 12  # bytes of an element that are kept to know it again
# What stands where a name is missing, and what half of all institutions are called.
PLACEHOLDERS = frozenset(
    """unknown none null test removed anonymous anonymized anonymised anon patient name nobody phantom demo volunteer yes
    no na de la le los las del da di do dos das du des der den van von el al bin ben abu ter ten zu zum zur und and
    et y e of the st saint san santa sao mr mrs ms dr md prof phd jr sr herr frau mme mlle monsieur madame dra
    hospital hopital clinic clinica clinique klinik klinikum krankenhaus university universidad universite
    universitat universidade center centre centro zentrum central medical medicine medicina general regional
    national radiology radiologia radiologie imaging institute institut instituto institution department departement
    abteilung service services health healthcare care systems system group foundation city street strasse str road
    rue avenue ave calle rua room floor building philips siemens ge toshiba canon hitachi fuji fujifilm hologic agfa
    kodak carestream shimadzu samsung mindray esaote united healthineers corporation inc gmbh ltd llc co company nv
    bv sa ag
    """.split()
)


class Identity:
    """What must not stand in any copy. Add every dataset of the run, then ask; cheap for values already seen."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, str, object]] = set()
        self._raw_seen: set[tuple] = set()
        self._files_seen: dict[tuple, set[bytes]] = {}
        self._whole: set[str] = set()
        self._inside: dict[str, set[str]] = {}
        self._numbers: set[str] = set()
        self._dates: set[date] = set()
        self._births: set[date] = set()
        self._known: Optional[KnownDates] = None
        self._encoded: Optional[list[bytes]] = None

    def __bool__(self) -> bool:
        return bool(self._whole or self._inside or self._numbers or self._dates)

    def add(self, dataset: Dataset, depth: int = 0) -> None:
        """Learn from one dataset whom it is about; to the depth of sequences, file meta left out."""
        for tag, vr, value, raw in _elements(dataset, self._raw_seen):
            if vr == "SQ":
                if depth < MOST_DEPTH:
                    for item in value:  # type: ignore[attr-defined]
                        self.add(item, depth + 1)
                continue
            key = (int(tag), vr, raw if raw is not None else str(value))
            if key in self._seen:
                continue
            self._seen.add(key)
            self._learn(tag, vr, _texts(value, raw))

    def add_file(self, file: FileElements) -> None:
        """Learn the same from a file's elements; those that are the same to the byte in many files are looked into once."""
        context = (file.is_implicit, file.characters)
        plain, private = (
            self._files_seen.setdefault(context, set()),
            self._files_seen.setdefault((*context, file.creators), set()),
        )
        fresh = []
        for tag, element in file.elements.items():
            seen = private if tag >> 16 & 1 else plain
            if element in seen:
                continue
            if len(element) <= LONGEST_SEEN:
                seen.add(element)
            if file.is_implicit or _may_name(tag, element[4:6]):
                fresh.append(element)
        if fresh:
            self.add(file.dataset(fresh))

    def _learn(self, tag: BaseTag, vr: str, texts: list[str]) -> None:
        rule = rule_for(tag, vr)
        category = rule.category if rule else ""
        expected = _dictionary_vr(tag)
        if vr in ("DA", "DT") or expected in ("DA", "DT"):
            days = {day for day in (date_of(text.strip()) for text in texts) if day}
            self._dates |= days
            if category == "patient":
                self._births |= days
            self._known = None
        elif vr == "PN" or expected == "PN":
            for text in texts:
                self._add_name(text)
        elif category in NAMING and vr in TEXT_VRS and keyword_for_tag(tag) not in NAMELESS:
            for text in texts:
                self._add_label(text, category)

    def _add_name(self, text: str) -> None:
        for spelling in re.split(r"[=\\]", text):
            components = [part for part in spelling.split("^")[:3] if part.strip()]
            for component in components:
                self._add_words(component)
                self._add_together(component)
            for first in components:
                for second in components:
                    if first is not second:
                        self._add_together(first + second)
                        self._add_together(first.strip()[:1] + second)
            self._add_together("".join(components))
            self._add_together(spelling)

    def _add_label(self, text: str, category: str) -> None:
        """An ID, an address, a telephone number, an institution, a station."""
        for one in re.split(r"[\\\n\r]", text):
            self._add_together(one)
            self._add_words(one, shortest=4 if category != "patient" else 3)
            parts = one.split()
            for start in range(len(parts)):
                for end in range(start + 2, len(parts) + 1):
                    self._add_together(" ".join(parts[start:end]))
            groups = re.findall(r"\d+", one)
            for start in range(len(groups)):
                for end in range(start + 1, len(groups) + 1):
                    digits = "".join(groups[start:end]).lstrip("0")
                    if len(digits) >= SHORTEST_NUMBER:
                        self._numbers.add(digits)

    def _add_words(self, text: str, shortest: int = 2) -> None:
        for spelling in spellings(text):
            for word in {*words(spelling), *(run_together(part) for part in spelling.split())}:
                if word.isdigit():
                    if len(word.lstrip("0")) >= SHORTEST_NUMBER:
                        self._numbers.add(word.lstrip("0"))
                    elif len(word) >= SHORTEST_NUMBER and word.strip("0"):  # 0000 is nobody's
                        self._whole.add(word)  # 0007 is somebody's, 7 is anything
                elif len(word) >= (2 if is_ideographic(word) else shortest) and word not in PLACEHOLDERS:
                    if shortest > 2 and is_technical(word):
                        continue  # an institution may be called Cardiac Imaging
                    self._add_term(word)

    def _add_together(self, text: str) -> None:
        for spelling in spellings(text):
            joined = run_together(spelling)
            if joined and not joined.isdigit() and joined not in PLACEHOLDERS and len(joined) >= 2 and not _is_common(spelling):
                self._add_term(joined)

    def _add_term(self, term: str) -> None:
        if term in self._whole:
            return
        self._whole.add(term)
        self._encoded = None
        if len(term) >= SHORTEST_INSIDE or is_ideographic(term):
            self._inside.setdefault(term[:2], set()).add(term)

    def found_in(self, text: str) -> bool:
        """Whether a text names anybody or anything of the run."""
        if not self:
            return False
        folded = words(text)
        if any(word in self._whole for word in folded):
            return True
        if any(run_together(part) in self._whole for part in re.split(r"[\s^=\\,;:/_]+", text) if part):
            return True
        joined = run_together(text)
        for start in range(len(joined) - 1):
            terms = self._inside.get(joined[start : start + 2])
            if terms and any(joined.startswith(term, start) for term in terms):
                return True
        return self._has_number(text, joined) or self.dates.found_in(text)

    @property
    def dates(self) -> KnownDates:
        """The dates of the run, to look for."""
        if self._known is None:
            self._known = KnownDates(self._dates)
        return self._known

    def _has_number(self, text: str, joined: str) -> bool:
        """Whether one of the numbers stands in the text, as one number or with spaces and signs between its digits."""
        if not self._numbers:
            return False
        groups = re.findall(r"\d+", joined)
        if any(group.lstrip("0") in self._numbers for group in groups):
            return True
        parts = re.findall(r"\d+", text)
        for start in range(len(parts)):
            together = ""
            for part in parts[start : start + 8]:
                together += part
                if together.lstrip("0") in self._numbers:
                    return True
        return False

    def is_number(self, text: str) -> bool:
        """Whether a number stands for one of the run's numbers or dates; those of fewer than six digits are too common."""
        digits = text.strip().lstrip("0+")
        return len(digits) >= 6 and digits.isdigit() and (digits in self._numbers or self.dates.found_in(digits))

    def is_birth_date(self, text: str) -> bool:
        """Whether a DA or DT value is the day of somebody's birth."""
        return date_of(text) in self._births

    def found_in_bytes(self, data: bytes) -> bool:
        """Whether bytes hold a name or number of the run in any of the encodings that files are written in."""
        if self._encoded is None:
            self._encoded = _encoded_terms(self._whole, self._numbers)
        if len(data) < 4:
            return False
        lower = data.lower()
        return any(one in lower for one in self._encoded)

    def found_in_binary(self, data: bytes) -> bool:
        """Whether binary data holds anything of the run: text of any length in short data, longer runs of text in long data."""
        if self.found_in_bytes(data):
            return True
        if len(data) <= SHORT_BINARY:
            texts = [data.decode(encoding, "replace") for encoding in _ENCODINGS]
            texts += [data[1:].decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")]
            return any(self.found_in("".join(one if one.isprintable() else " " for one in text)) for text in set(texts))
        runs = [run.decode("ascii") for run in _TEXT_RUN.findall(data)]
        runs += [run[::2].decode("ascii") for run in _WIDE_TEXT_RUN.findall(data)]
        return any(self.found_in(run) for run in runs)


SHORT_BINARY = 1024
_TEXT_RUN = re.compile(rb"[ -~]{8,}")
_WIDE_TEXT_RUN = re.compile(rb"(?:[ -~]\0){8,}")
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "gb18030", "big5")


def _encoded_terms(terms: set[str], numbers: set[str]) -> list[bytes]:
    """Terms long enough not to stand in binary data by chance."""
    wanted: set[bytes] = set()
    for term in [*terms, *(number for number in numbers if len(number) >= 6)]:
        if len(term) < SHORTEST_BYTES and not is_ideographic(term):
            continue
        for encoding in _ENCODINGS if not term.isascii() else ("ascii", "utf-16-le", "utf-16-be"):
            try:
                encoded = term.encode(encoding)
            except UnicodeEncodeError:
                continue
            if encoding == "iso2022_jp":
                encoded = re.sub(rb"\x1b[($].", b"", encoded)
            if len(encoded) >= 4:
                wanted.add(encoded.lower())
    return sorted(wanted)


def _is_common(spelling: str) -> bool:
    """Whether every word of a label is a placeholder or a technical word, as in "Radiology" or "GE Medical Systems"."""
    found = words(spelling)
    return bool(found) and all(word in PLACEHOLDERS for word in found)


def _dictionary_vr(tag: BaseTag) -> str:
    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return ""


@cache
def _may_name(tag: int, encoded_vr: bytes) -> bool:
    """Whether ``_learn`` takes anything from an element of this explicit VR, or the element may turn out to be of another."""
    vr = encoded_vr.decode("ascii", "replace")
    if vr in ("SQ", "UN", "OB", "PN", "DA", "DT") or _dictionary_vr(BaseTag(tag)) in ("SQ", "PN", "DA", "DT"):
        return True
    rule = rule_for(BaseTag(tag), vr)
    return vr in TEXT_VRS and rule is not None and rule.category in NAMING


def _elements(dataset: Dataset, seen: set[tuple]) -> Iterator[tuple[BaseTag, str, object, object]]:
    """(tag, VR, value, bytes as read or None) of what can be read; numbers, pixels and what was ``seen`` before are passed over.

    The same bytes of the same element in the same character set say the same, a whole sequence's too. What a private element is
    may depend on its creator.
    """
    characters = characters_of(dataset)
    for tag in list(dataset.keys()):
        raw = raw_of(dataset, tag)
        encoded = raw.value if raw is not None else None
        vr = (raw.VR if raw is not None else None) or _dictionary_vr(tag)
        if vr in NAMELESS_VRS and not rule_for(tag):
            continue
        if isinstance(encoded, bytes) and len(encoded) > 20_000 and vr != "SQ":
            continue
        if isinstance(encoded, bytes) and raw is not None and not tag.is_private:
            key = (int(tag), raw.VR, encoded, raw.is_little_endian, raw.is_implicit_VR, characters)
            if key in seen:
                continue
            seen.add(key)
        try:
            element = dataset[tag]
            yield tag, element.VR, element.value, encoded
        except VALUE_ERRORS:
            if isinstance(encoded, bytes) and vr != "SQ":
                yield tag, vr, encoded, encoded


def _texts(value: object, raw: object) -> list[str]:
    """The texts of a value; where its bytes may be read in two ways, both."""
    found = []
    if isinstance(value, (MultiValue, list, tuple)):
        found += [str(one) for one in value]
    elif value is not None and not isinstance(value, bytes):
        found.append(str(value))
    data = value if isinstance(value, bytes) else raw
    if isinstance(data, bytes) and (isinstance(value, bytes) or not data.isascii()):
        for encoding in ("utf-8", "latin-1"):
            try:
                text = data.decode(encoding).strip("\0 ")
            except UnicodeDecodeError:
                continue
            found += text.split("\\") if text.isprintable() else []
            break
    return [one for one in found if one.strip()]
