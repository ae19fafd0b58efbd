"""One instance, searched for what identifies a person: element by element, and beside the elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from pydicom.datadict import keyword_for_tag
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
)

from DICOMTutorialHelperLib.explore.codestream_comments import clean_pixels, says_more_than_its_encoder
from DICOMTutorialHelperLib.explore.dataset_deidentifier import METHOD_CODES
from DICOMTutorialHelperLib.explore.datasets import (
    MOST_DEPTH,
    VALUE_ERRORS,
    bytes_of,
    characters_of,
    items_of,
    raw_of,
    read_dataset,
    text_of,
    text_of_tag,
    value_of,
)
from DICOMTutorialHelperLib.explore.file_elements import element_key
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.image_bytes import fragments_of
from DICOMTutorialHelperLib.explore.privacy_findings import PrivacyItem, PrivacyReport
from DICOMTutorialHelperLib.explore.profile import Rule, is_safe_private, kept_binaries, kept_texts, rule_for
from DICOMTutorialHelperLib.explore.pseudonyms import PSEUDONYM
from DICOMTutorialHelperLib.explore.safe_values import NUMBER_VRS, SafeValues, is_standard_uid, is_vocabulary
from DICOMTutorialHelperLib.explore.values import element_name

UNCOMPRESSED = {
    ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless,
}  # fmt: skip
# What copies of ours say of how they were made; somebody's name or number may be a word of it.
_OWN_METHOD = re.compile(r"(?:DICOM PS3\.15 \d{4}[a-e] Basic Profile|DICOMTutorialHelper \d[\w.+-]{0,20})$")
_METHOD_CODE = re.compile(r"\b1131(?:0\d|1[0-2])\b")
# A file's own statement that it was de-identified counts for codes of CID 7050 (PS3.16).
RETAINED = {
    "113106": ("date",), "113107": ("date",), "113108": ("characteristic",), "113109": ("device",), "113110": ("uid",),
    "113112": ("institution",), "113105": ("text",), "113104": ("content",), "113103": ("graphics",),
}  # fmt: skip
# What an element holds (the items, and how many values were searched), by its place, its bytes and what else counts.
Known = dict[tuple, tuple[tuple["PrivacyItem", ...], int]]


def record_of(dataset: Dataset) -> tuple[bool, list[str]]:
    """Whether a file says that it was de-identified, and by which codes."""
    return text_of(dataset, "PatientIdentityRemoved").upper() == "YES", _method_codes(dataset)


def _method_codes(dataset: Dataset) -> list[str]:
    """Codes of CID 7050 from the code sequence, and from the method's text, where some archives write them."""
    codes = [text_of(item, "CodeValue") for item in items_of(dataset, "DeidentificationMethodCodeSequence")]
    codes += _METHOD_CODE.findall(text_of(dataset, "DeidentificationMethod"))
    return list(dict.fromkeys(codes))


class PrivacySearch:
    """Looks through one instance, for what its report is to hold."""

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
        """All of a data set and its items; ``prefix`` is the path of the sequence item that it is."""
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
        """One element, and what its items hold. ``scheme`` is the coding scheme of the data set around it."""
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
