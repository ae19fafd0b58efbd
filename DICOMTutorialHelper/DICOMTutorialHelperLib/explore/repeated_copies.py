"""Copies of a run's files, cleaned element by element: what is the same to the byte in many files is cleaned and written once.

Only where the careful way (`dataset_deidentifier`, then pydicom) would give the same bytes, which the first file of each kind
proves: plain headers, native pixels that fill their element, and elements whose cleaning rests on nothing but their own bytes,
the character set, the patient and the options. All other files go the careful way.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.explore.dataset_deidentifier import DatasetDeidentifier, DeidentificationOptions, patient_of
from DICOMTutorialHelperLib.explore.datasets import text_of, walk_elements
from DICOMTutorialHelperLib.explore.file_elements import ElementReader, FileElements, meta_elements, stands_alone
from DICOMTutorialHelperLib.explore.identity import Identity
from DICOMTutorialHelperLib.explore.image_bytes import native_length
from DICOMTutorialHelperLib.explore.pixel_warnings import pixel_warnings
from DICOMTutorialHelperLib.explore.privacy import said_by
from DICOMTutorialHelperLib.explore.pseudonyms import Pseudonyms

PIXELS, SOP_CLASS, SOP_INSTANCE = 0x7FE00010, 0x00080016, 0x00080018
META_INSTANCE, MOST_META = 0x00020003, 1 << 12
LONGEST_ALONE, MOST_KNOWN = 1 << 12, 1 << 16
# What decides about a whole file.
_DECIDING = tuple(
    tag_for_keyword(keyword) or 0
    for keyword in (
        "PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "StudyInstanceUID", "SeriesInstanceUID", "Rows",
        "Columns", "SamplesPerPixel", "BitsAllocated", "PhotometricInterpretation", "NumberOfFrames",
    )
)  # fmt: skip
_HEAD = struct.Struct("<HH2sHI")


@dataclass(frozen=True)
class _Kind:
    """What files of equal deciding elements share."""

    dataset: Dataset
    patient: str
    study: str
    series: str
    scheme: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Cleaned:
    """What may stay of an element, as written (b"": nothing), what was counted, and whether it was a report's content."""

    written: bytes
    uid: str
    counts: tuple[tuple[str, int], ...]
    structured: bool


@dataclass(frozen=True)
class Copy:
    """A copy to be written: its bytes but for the pixels, and the part of the original that these are."""

    header: bytes
    pixels: tuple[int, int]
    patient: str
    study: str
    series: str
    warnings: tuple[str, ...]
    counts: dict[str, int]
    key: tuple

    def content(self, original: Path) -> bytes:
        """The whole copy. Raises OSError, and UnusualHeader where the original has become shorter."""
        start, length = self.pixels
        if not length:
            return self.header
        with open(original, "rb", buffering=0) as file:
            file.seek(start)
            pixels = file.read(length)
        if len(pixels) != length:
            raise UnusualHeader("it ends within its pixels")
        return self.header + pixels


class _CarefulWay(Exception):
    """A file that is not to be copied element by element."""


class RepeatedCopies:
    """Prepares the copies of one run."""

    def __init__(self, options: DeidentificationOptions, pseudonyms: Pseudonyms, identity: Identity) -> None:
        self._options, self._pseudonyms, self._identity = options, pseudonyms, identity
        self._reader = ElementReader()
        self._kinds: dict[tuple, _Kind] = {}
        self._cleaned: dict[tuple, dict[bytes, _Cleaned]] = {}
        self._records: dict[tuple, dict[int, bytes]] = {}
        self._meta: dict[tuple[str, str], dict[int, bytes]] = {}
        self._proved: set[tuple] = set()
        self._is_off = options.keep_safe_private  # what stays of these rests on each other

    def prepared(self, path: Path) -> Optional[Copy]:
        """The copy of a file, None where it must go the careful way; to be written only where it ``is_proved``."""
        if self._is_off:
            return None
        try:
            file = self._reader.read(path)
            return self._copy(file, path.stat().st_size)
        except (UnusualHeader, OSError, _CarefulWay, *PARSE_ERRORS):
            return None

    def is_proved(self, copy: Copy) -> bool:
        """Whether a copy of its kind was the same as the one that went the careful way."""
        return copy.key in self._proved

    def prove(self, copy: Copy, original: Path, careful: bytes) -> None:
        """Compare a copy with the one that went the careful way; where they differ, all files of the run go that way."""
        if copy.content(original) == careful:
            self._proved.add(copy.key)
        else:
            self._is_off = True

    def learn_meta(self, careful: Path) -> None:
        """Learn from a copy that went the careful way how the meta information is written. Raises OSError."""
        with open(careful, "rb") as file:
            copied = file.read(MOST_META)
        with suppress(UnusualHeader, struct.error, KeyError):  # of damaged files; their kind goes the careful way
            length = _HEAD.unpack_from(copied, 132)[4]
            meta = meta_elements(copied[: 132 + 12 + length])
            names = [meta[tag][8:].rstrip(b"\0").decode("ascii", "replace") for tag in (0x00020002, 0x00020010)]
            self._meta.setdefault((names[0], names[1]), meta)

    def _copy(self, file: FileElements, size: int) -> Copy:
        syntax = file.transfer_syntax
        if syntax not in (ImplicitVRLittleEndian, ExplicitVRLittleEndian):
            raise _CarefulWay
        kind = self._kind(file)
        head, pixels = self._pixels(file, kind, size)
        context = (file.is_implicit, file.characters, kind.patient, kind.scheme)
        cleaned = self._elements(file, kind, context)
        uids = [cleaned[tag].uid if tag in cleaned else "" for tag in (SOP_CLASS, SOP_INSTANCE)]
        meta = self._meta.get((uids[0], syntax))
        if not all(uids) or meta is None:
            raise _CarefulWay
        written = {tag: one.written for tag, one in cleaned.items()}
        structured = any(one.structured for one in cleaned.values())
        written.update(self._record(file, kind, context, structured))
        counts: dict[str, int] = {}
        for one in cleaned.values():
            for category, count in one.counts:
                counts[category] = counts.get(category, 0) + count
        header = b"".join([_meta(meta, uids[1]), *(written[tag] for tag in sorted(written)), head])
        key = (*context, syntax, uids[0], structured, bool(pixels[1]))
        return Copy(header, pixels, kind.patient, kind.study, kind.series, kind.warnings, counts, key)

    def _kind(self, file: FileElements) -> _Kind:
        deciding = tuple(file.elements.get(tag, b"") for tag in _DECIDING)
        key = (file.is_implicit, file.characters, deciding, said_by(file))
        if key not in self._kinds:
            if len(self._kinds) >= MOST_KNOWN:
                self._kinds.clear()
            whole = file.whole
            self._kinds[key] = _Kind(
                file.dataset(deciding),
                patient_of(whole),
                text_of(whole, "StudyInstanceUID"),
                text_of(whole, "SeriesInstanceUID"),
                text_of(whole, "CodingSchemeDesignator"),
                tuple(pixel_warnings(whole)),
            )
        return self._kinds[key]

    @staticmethod
    def _pixels(file: FileElements, kind: _Kind, size: int) -> tuple[bytes, tuple[int, int]]:
        """The head of the pixel data element as it is written, and (where its value begins, its length)."""
        head = file.pixel_head
        if not head:
            if file.end != size:
                raise _CarefulWay
            return b"", (size, 0)
        group, element, vr, _, length = _HEAD.unpack_from(head)
        start = file.end + 12
        if file.is_implicit:
            (length,) = struct.unpack_from("<I", head, 4)
            head, start = head[:8], file.end + 8
        elif vr in (b"OB", b"OW"):
            head = _HEAD.pack(group, element, vr, 0, length)
        else:
            raise _CarefulWay
        expected = native_length(kind.dataset, "PixelData", length)
        if (group << 16) + element != PIXELS or start + length != size or length % 2 or not length:
            raise _CarefulWay
        if expected is None or length - expected > 1:
            raise _CarefulWay
        return head, (start, length)

    def _elements(self, file: FileElements, kind: _Kind, context: tuple) -> dict[int, _Cleaned]:
        plain, private = (self._cleaned.setdefault(one, {}) for one in (context, (*context, file.creators)))
        cleaned: dict[int, _Cleaned] = {}
        fresh: dict[int, bytes] = {}
        for number, element in file.elements.items():
            known = (private if number >> 16 & 1 else plain).get(element)
            if known is None:
                fresh[number] = element
            else:
                cleaned[number] = known
        if fresh:
            few = file.dataset(fresh.values())
            encoding = self._encoding(file, kind)
            if not all(stands_alone(few, BaseTag(number)) for number in fresh):
                raise _CarefulWay
            for number, element in fresh.items():
                tag, known_here = BaseTag(number), private if number >> 16 & 1 else plain
                cleaned[number] = self._clean(few, tag, kind, encoding, file.is_implicit)
                if len(element) <= LONGEST_ALONE:
                    if len(known_here) >= MOST_KNOWN:
                        known_here.clear()
                    known_here[element] = cleaned[number]
        return cleaned

    def _cleaner(self, kind: _Kind) -> DatasetDeidentifier:
        cleaner = DatasetDeidentifier(self._options, self._pseudonyms, self._identity)
        cleaner.patient = kind.patient
        return cleaner

    def _clean(self, dataset: Dataset, tag: BaseTag, kind: _Kind, encoding: object, is_implicit: bool) -> _Cleaned:
        cleaner, kept = self._cleaner(kind), Dataset()
        cleaner.clean_element(kept, dataset, tag, kind.scheme)
        if any(one != tag for one in kept.keys()):  # noqa: SIM118 - iterating a Dataset converts its elements
            raise _CarefulWay
        element = kept.get(tag)
        if element is None:
            return _Cleaned(b"", "", tuple(cleaner.counts.items()), cleaner.structured)
        # What a VR left open is depends on elements around it; so may, in implicit files, what stands in sequences.
        if any(" or " in one.VR for one in walk_elements(kept)) or (is_implicit and element.VR == "SQ" and element.value):
            raise _CarefulWay
        uid = str(element.value) if tag in (SOP_CLASS, SOP_INSTANCE) and isinstance(element.value, str) else ""
        return _Cleaned(_written(element, encoding, is_implicit), uid, tuple(cleaner.counts.items()), cleaner.structured)

    def _encoding(self, file: FileElements, kind: _Kind) -> object:
        """The character set of the copy, by pydicom's names."""
        kept = Dataset()
        if file.characters:
            self._cleaner(kind).clean_element(kept, file.dataset([]), BaseTag(0x00080005), kind.scheme)
        return kept.get("SpecificCharacterSet", "iso8859")

    def _record(self, file: FileElements, kind: _Kind, context: tuple, structured: bool) -> dict[int, bytes]:
        key = (*context, structured)
        if key not in self._records:
            cleaner, record = self._cleaner(kind), Dataset()
            cleaner.structured = structured
            cleaner.record(record)
            encoding = self._encoding(file, kind)
            self._records[key] = {int(element.tag): _written(element, encoding, file.is_implicit) for element in record}
        return self._records[key]


def _written(element: DataElement, encoding: object, is_implicit: bool) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, is_implicit
    write_data_element(buffer, element, encoding)  # type: ignore[arg-type]
    return buffer.getvalue()


def _meta(known: dict[int, bytes], instance_uid: str) -> bytes:
    """Preamble and meta information of another instance."""
    uid = instance_uid.encode("ascii")
    uid += b"\0" * (len(uid) % 2)
    meta = {**known, META_INSTANCE: struct.pack("<HH2sH", 0x0002, 0x0003, b"UI", len(uid)) + uid}
    elements = b"".join(meta[tag] for tag in sorted(meta) if tag != 0x00020000)
    return b"\0" * 128 + b"DICM" + _HEAD.pack(0x0002, 0x0000, b"UL", 4, len(elements)) + elements
