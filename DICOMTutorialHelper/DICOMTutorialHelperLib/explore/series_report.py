"""All that decides how series are read, in one plain file without personal data or pixels: what a bug report needs.

Each header is de-identified as a copy would be (PS3.15 Annex E, with dates shifted and cleaned descriptions), and of what is left
only the elements are kept that decisions rest on, with the numbers of the makers' private ones. Every text that goes in is
searched for whom the files are about. ``series_stand_in`` makes a series from it that is read the same way.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any, Optional, Union

from pydicom import dcmread
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.dicom.candidate import Candidate, Examination
from DICOMTutorialHelperLib.dicom.examine import examine_files
from DICOMTutorialHelperLib.dicom.files import PathLike, find_dicom_files
from DICOMTutorialHelperLib.dicom.findings import Finding
from DICOMTutorialHelperLib.dicom.header_keywords import TAGS
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.private_elements import private_values
from DICOMTutorialHelperLib.dicom.pydicom_header import DEFER_SIZE
from DICOMTutorialHelperLib.explore.dataset_deidentifier import DatasetDeidentifier, DeidentificationOptions
from DICOMTutorialHelperLib.explore.datasets import VALUE_ERRORS, bytes_of, text_of, without_warnings
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.privacy import identity_of
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms
from DICOMTutorialHelperLib.explore.safe_values import is_standard_uid
from DICOMTutorialHelperLib.progress import Progress

FORMAT = "DICOMTutorialHelper series report"
VERSION = 1
OPTIONS = DeidentificationOptions(dates="shift", clean_descriptions=True, keep_safe_private=True)
PACKAGES = ("pydicom", "numpy", "slicer-core", "pylibjpeg", "pyjpegls")

# What private elements say in words, as far as decisions rest on it (private_elements.py): directions, labels, velocities.
_PRIVATE_TERM = re.compile(r"(?:P|M|S|I|LABEL|CONTROL|DIRECTIONAL|NONE|ISOTROPIC|BMATRIX|[Vv]\d{1,4}(?:_?[A-Za-z]{2,4})?)$")
_PRIVATE_TEXTS = {"PhilipsDiffusionDirection", "PhilipsLabelType", "SiemensFlowEncoding", "SiemensDiffusionDirectionality"}
_REPLACED = re.compile(r"2\.25\.\d+$|ANON-[0-9A-F]{32}$|X[0-9A-F]{15}$")
_DECIMAL = re.compile(r"[+-]?(?:\d{1,12}\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$")
_NUMBER_TEXT_VRS = ("DS", "IS")
LONGEST_BINARY = 1 << 17


def series_report(paths: Union[PathLike, Iterable[PathLike]], progress: Optional[Progress] = None) -> dict[str, Any]:
    """The report of every image file below ``paths``, JSON-able. Never raises for what a file holds.

    ``instances`` has one entry a file, in the order in which they are read: the elements (tag -> [VR, value]) that are the same
    in all stand in ``shared``. ``examined`` is how they are read here, in codes and numbers; ``withheld`` counts the texts that
    still named somebody and were left out.
    """
    files, skipped = find_dicom_files(paths)
    examination = examine_files(files, progress)
    instances = _instances(examination)
    identity = identity_of(files)
    describer = _Describer(identity)
    with without_warnings():
        described = [describer.describe(instances[path]) for path in files if path in instances]
    return {
        "format": FORMAT,
        "version": VERSION,
        "software": _software(),
        "shared": (shared := _shared(described)),
        "instances": [_without(entry, shared) for entry in described],
        "skipped": _counted([*(file.finding for file in skipped), *(file.finding for file in examination.skipped)]),
        "examined": examined(examination),
        "withheld": describer.withheld,
    }


def examined(examination: Examination) -> list[dict[str, Any]]:
    """How series are read, in codes and numbers alone: what two runs, or a series and its stand-in, are compared by."""
    read = [
        {
            "instances": len(series.instances),
            "candidates": [_candidate(candidate) for candidate in series.candidates],
            "skipped": _counted([file.finding for file in series.skipped]),
        }
        for series in examination.series
    ]
    # Series of equal number stand in the order of their UIDs, which a report replaces.
    return sorted(read, key=lambda series: json.dumps(series, sort_keys=True))


def _candidate(candidate: Candidate) -> dict[str, Any]:
    grid = candidate.stacks[0].grid
    index = candidate.index
    numbers = [value for value in index.values if isinstance(value, (int, float))] if index else []
    return {
        "kind": candidate.kind,
        "selected": candidate.selected,
        "confidence": candidate.confidence,
        "frames": len(candidate.stacks),
        "unit": index.unit if index else "",
        "index": numbers,
        "dimensions": list(grid.dimensions),
        "spacing_mm": [round(spacing, 6) for spacing in grid.spacing_mm],
        "findings": sorted(f"{finding.severity} {finding.code}" for finding in candidate.findings),
    }


def _counted(findings: list[Finding]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in findings:
        reason = finding.evidence.get("reason", "")
        name = f"{finding.code} {reason}".strip() if re.match(r"[a-z-]+$", str(reason)) else finding.code
        counts[name] = counts.get(name, 0) + 1
    return counts


def _instances(examination: Examination) -> dict[Path, Instance]:
    found: dict[Path, Instance] = {}
    for series in examination.series:
        for instance in series.instances:
            found[instance.path] = instance
    return found


def _software() -> dict[str, str]:
    versions = {"DICOMTutorialHelper": __version__, "Python": platform.python_version(), "platform": sys.platform}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    slicer = sys.modules.get("slicer")
    if slicer is not None and hasattr(slicer, "app"):
        versions["Slicer"] = str(getattr(slicer.app, "applicationVersion", ""))
    return versions


def _shared(described: list[dict[str, Any]]) -> dict[str, Any]:
    """The elements that all entries have alike; none where there is one entry alone, whose elements are its own."""
    if len(described) < 2:
        return {}
    first = described[0]["elements"]
    return {tag: value for tag, value in first.items() if all(entry["elements"].get(tag) == value for entry in described)}


def _without(entry: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "elements": {tag: value for tag, value in entry["elements"].items() if tag not in shared}}


class _Describer:
    """Turns one instance after the other into plain data that says nothing of anybody."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.pseudonyms = Pseudonyms()
        self.withheld = 0
        self._raw: dict[BaseTag, Optional[bytes]] = {}

    def describe(self, instance: Instance) -> dict[str, Any]:
        original = dcmread(instance.path, stop_before_pixels=True, defer_size=DEFER_SIZE, force=True)
        self._raw = {tag: bytes_of(original, tag) for tag in list(original.keys()) if tag in TAGS}  # cleaning converts them
        clean = DatasetDeidentifier(OPTIONS, self.pseudonyms, self.identity).clean(original)
        present = instance.file_size - instance.pixel_offset if instance.pixel_offset is not None else None
        return {
            "transfer_syntax_uid": instance.transfer_syntax_uid,
            "pixels": {
                "keyword": instance.pixel_keyword,
                "vr": instance.pixel_vr,
                "bytes": instance.pixel_length,
                "present": present,
                "fragments": len(instance.fragments),
            },
            "refused": sorted({refused.keyword for refused in instance.refused}),
            "elements": self._elements(original, clean, text_of(original, "Manufacturer"), top=True),
        }

    def _elements(self, original: Dataset, clean: Dataset, manufacturer: str, top: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for tag in list(original.keys()):
            if tag.is_private or tag.group < 8 or (top and tag not in TAGS):
                continue
            value = self._element(original, clean, tag, manufacturer, self._raw.get(tag) if top else None)
            if value is not None:
                found[f"{tag.group:04X}{tag.element:04X}"] = value
        private = self._private(original, manufacturer)
        if private:
            found["private"] = private
        return found

    def _element(
        self, original: Dataset, clean: Dataset, tag: BaseTag, manufacturer: str, raw: Optional[bytes]
    ) -> Optional[list[Any]]:
        try:
            element = clean.get(tag)
            if element is not None and element.VR == "SQ":
                return ["SQ", self._items(original, element, manufacturer)]
            value = None if element is None else _plain(element)
        except VALUE_ERRORS:
            element, value = None, None
        if value is None and raw and dictionary_VR(tag) in _NUMBER_TEXT_VRS:
            return [dictionary_VR(tag), self._number_text(raw)]
        if element is None or value is None:
            return None
        if isinstance(value, str) and not self._says_nobody(value, element.VR):
            self.withheld += 1
            return None
        return [element.VR, value]

    def _number_text(self, raw: bytes) -> str:
        """What stands where numbers should: numbers as they are; of anything else the form alone, for that it is none decides."""
        text = raw.decode("latin-1").strip(" \0")
        numbers = [number.strip() for number in text.split("\\")]
        good = all(_DECIMAL.match(number) and not self.identity.is_number(number) for number in numbers)
        return text if good else _masked(text)

    def _items(self, original: Dataset, element: DataElement, manufacturer: str) -> list[dict[str, Any]]:
        items = original[element.tag].value
        if not isinstance(items, Sequence) or len(items) != len(element.value):
            return []
        return [self._elements(one, clean, manufacturer) for one, clean in zip(items, element.value)]

    def _private(self, original: Dataset, manufacturer: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in private_values(original, manufacturer).items():
            if name in _PRIVATE_TEXTS:
                text = str(value).strip()
                if _PRIVATE_TERM.match(text):
                    found[name] = text
            elif isinstance(value, (int, float)) and not self.identity.is_number(f"{value:g}"):
                found[name] = value
            elif isinstance(value, tuple) and all(isinstance(number, (int, float)) for number in value):
                found[name] = list(value)
        return found

    def _says_nobody(self, text: str, vr: str) -> bool:
        """Numbers are looked at one by one: digits of several values, one behind the other, are no number of anybody's."""
        numbers = [number.strip() for number in text.split("\\")]
        if vr in _NUMBER_TEXT_VRS and all(map(_DECIMAL.match, numbers)):
            return not any(map(self.identity.is_number, numbers))
        return bool(_REPLACED.match(text)) or is_standard_uid(text) or not self.identity.found_in(text)


def _plain(element: DataElement) -> Union[str, list[Any], None]:
    """A value as text (several joined by backslash, numbers as in the file), numbers or hexadecimal bytes; None for none."""
    value = element.value
    if value is None or (isinstance(value, (str, bytes, MultiValue)) and not len(value)):
        return None
    if isinstance(value, bytes):
        return [value.hex()] if len(value) <= LONGEST_BINARY else None
    values = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
    if element.VR in ("US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"):
        return values
    if element.VR == "AT":
        return None
    return "\\".join(str(getattr(one, "original_string", "") or one).strip() for one in values)


def _masked(text: str) -> str:
    """The form of a text: digits as 9, letters as x."""
    return re.sub(r"[^0-9.,+\-\\ ]", "x", re.sub(r"[0-9]", "9", text[:64]))
