"""Reading DICOM files for a learner: one file or a folder, and a plain reason where a file cannot be read."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Optional, Union

from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence
from pydicom.tag import BaseTag

from DICOMTutorialHelperLib.dicom.bounded_file import BoundedFile
from DICOMTutorialHelperLib.dicom.files import MAGIC, PREAMBLE_LENGTH, PathLike, begins_like_dicom, find_dicom_files
from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import has_values, is_text_called_another, plain_value, value_in
from DICOMTutorialHelperLib.dicom.scanned_keywords import scan_keywords
from DICOMTutorialHelperLib.explore.unreadable import UnreadableFile

# What pydicom raises on files that are cut short, damaged or not DICOM at all.
READ_ERRORS = (InvalidDicomError, OSError, *PARSE_ERRORS)
# What pydicom raises when the bytes of one element do not fit its VR; the other elements stay readable. OSError: a sequence that
# holds no items.
VALUE_ERRORS = (OSError, *PARSE_ERRORS)
# Deeper sequences than any object of the standard has are damage, or meant to do some.
MOST_DEPTH = 32
CHARACTER_SET = BaseTag(0x00080005)
LONGEST_REASON = 200


class _Quiet(logging.Filter):
    """Drops the records of threads that want none."""

    def __init__(self) -> None:
        super().__init__()
        self.threads = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(self.threads, "quiet", False)


_quiet = _Quiet()
logging.getLogger("pydicom").addFilter(_quiet)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Silence pydicom's warnings, and what it writes into the log: both quote values, which may be names."""
    before = getattr(_quiet.threads, "quiet", False)
    _quiet.threads.quiet = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _quiet.threads.quiet = before


def value_of(dataset: Dataset, keyword: str, default: object = None) -> Any:
    """A value as pydicom reads it, of what a file calls bytes by the kind that the dictionary gives it.

    ``default`` where the element is absent, empty or not readable.
    """
    try:
        with without_warnings():
            tag = tag_for_keyword(keyword)
            written = None if tag is None else raw_of(dataset, BaseTag(tag))
            if written is not None and is_text_called_another(written, dictionary_VR(keyword)):
                value = value_in(dataset, written.tag, dictionary_VR(keyword))
            else:
                value = dataset.get(keyword)
            if isinstance(value, bytes) and has_values(dictionary_VR(keyword)):
                value = plain_value(value, dictionary_VR(keyword), _is_little_endian(dataset))
    except VALUE_ERRORS:
        return default
    return default if value is None or (isinstance(value, (str, bytes)) and not value) else value


def _is_little_endian(dataset: Dataset) -> bool:
    # Implicit VR, little endian: None where nobody knows. pydicom 2 has no original_encoding.
    encoding = getattr(dataset, "original_encoding", None) or (None, dataset.is_little_endian)
    return encoding[1] is not False


def reason_of(error: BaseException) -> str:
    """What an error says, no longer than a line: pydicom's texts grow with the depth of sequences."""
    return (str(error) or type(error).__name__)[:LONGEST_REASON]


def raw_of(dataset: Dataset, tag: BaseTag) -> Optional[RawDataElement]:
    """An element as it stands in the file; None where it was converted before, or cannot even be got at."""
    try:
        element = dataset.get_item(tag)
    except VALUE_ERRORS:
        return None
    return element if isinstance(element, RawDataElement) else None


def bytes_of(dataset: Dataset, tag: BaseTag) -> Optional[bytes]:
    """The bytes of an element in the file, None where it was converted before."""
    element = raw_of(dataset, tag)
    return element.value if element is not None and isinstance(element.value, bytes) else None


def characters_of(dataset: Dataset) -> tuple[object, str]:
    """What tells in which character set a data set is: its own, and that of the data set round it, which items may have."""
    return bytes_of(dataset, CHARACTER_SET) or text_of(dataset, "SpecificCharacterSet"), str(dataset._parent_encoding)


def text_of(dataset: Dataset, keyword: str) -> str:
    """A value as text, several joined with a backslash; "" where it is absent, not readable, binary or a sequence."""
    value = value_of(dataset, keyword, "")
    if isinstance(value, (bytes, DicomSequence)):
        return ""
    if isinstance(value, (MultiValue, list, tuple)):
        return "\\".join(str(one) for one in value)
    return str(value).strip()


def numbers_of(dataset: Dataset, keyword: str) -> list[float]:
    """The values as numbers; none where one of them is no number, or the element is absent or not readable."""
    value = value_of(dataset, keyword)
    try:
        return [
            float(one) for one in (value if isinstance(value, (MultiValue, list, tuple)) else [] if value is None else [value])
        ]
    except (TypeError, ValueError, OverflowError):
        return []


def text_of_tag(dataset: Dataset, tag: int) -> str:
    """The text of an element by its tag, "" where it is absent or not readable."""
    try:
        return str(dataset[tag].value or "").strip() if tag in dataset else ""
    except VALUE_ERRORS:
        return ""


def transfer_syntax_of(dataset: Dataset) -> str:
    """The transfer syntax that the file meta information names, "" where there is none."""
    meta = getattr(dataset, "file_meta", None)
    return "" if meta is None else text_of(meta, "TransferSyntaxUID")


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none where it is absent, not readable or no sequence."""
    value = value_of(dataset, keyword)
    return list(value) if isinstance(value, DicomSequence) else []


def items_below(dataset: Dataset) -> Iterator[Dataset]:
    """The first item of each sequence of a dataset, of those that can be read."""
    for tag in sorted(dataset.keys()):
        try:
            element = dataset[tag]
        except VALUE_ERRORS:
            continue
        if element.VR == "SQ" and element.value:
            yield element.value[0]


def walk_elements(dataset: Dataset, depth: int = 0) -> Iterator[DataElement]:
    """Every element that can be read, to the depth of sequences (MOST_DEPTH at most)."""
    for tag in sorted(dataset.keys()):
        try:
            element = dataset[tag]
        except VALUE_ERRORS:
            continue
        yield element
        if element.VR == "SQ" and depth < MOST_DEPTH:
            for item in element.value:
                yield from walk_elements(item, depth + 1)


def read_dataset(path: PathLike, keywords: Optional[Sequence[str]] = None, pixels: bool = True) -> Dataset:
    """Read a file, also one that lacks the preamble and file meta, as old archives and raw network dumps do.

    ``keywords`` restricts reading to those elements, and ``pixels=False`` stops before the pixel data; both are much faster.
    Raises UnreadableFile with the reason ``not-found``, ``folder``, ``empty-file``, ``no-access``, ``not-dicom`` or ``damaged``.
    """
    path = Path(path)
    tags = list(keywords) if keywords is not None else None
    if tags is not None and not pixels:
        with suppress(UnusualHeader, OSError):
            return scan_keywords(path, tags)
    magic = True
    try:
        with BoundedFile(path) as file, without_warnings():
            head = file.read(PREAMBLE_LENGTH + len(MAGIC))
            if not head:
                raise UnreadableFile(path, "empty-file")
            magic = head[PREAMBLE_LENGTH:] == MAGIC
            file.seek(0)
            dataset = dcmread(file, force=not magic, stop_before_pixels=not pixels, specific_tags=tags)
    except FileNotFoundError as error:
        raise UnreadableFile(path, "not-found") from error
    except OSError as error:
        if error.strerror is None:  # pydicom's own, of bytes that are no element
            raise UnreadableFile(path, "damaged" if magic else "not-dicom", reason_of(error)) from error
        raise UnreadableFile(path, "folder" if path.is_dir() else "no-access", error.strerror) from error
    except READ_ERRORS as error:
        raise UnreadableFile(path, "damaged" if magic else "not-dicom", reason_of(error)) from error
    if magic and keywords is None and not len(dataset):
        raise UnreadableFile(path, "damaged", "no elements after the file meta information")
    if not magic and keywords is None and not _looks_like_dicom(dataset):
        raise UnreadableFile(path, "not-dicom")
    if not magic and keywords is not None and not any(tag.group for tag in list(dataset.keys())):
        raise UnreadableFile(path, "not-dicom")
    return dataset


def _looks_like_dicom(dataset: Dataset) -> bool:
    """Forced reading finds "elements" in any file; real ones begin with tags of the dictionary."""
    first = sorted(tag for tag in list(dataset.keys()) if tag.group)[:5]  # group 0 is for messages, never for files (PS3.7 6.3)
    known = [tag for tag in first if dictionary_has_tag(tag) or tag.is_private or tag.element == 0]
    return bool(first) and len(known) == len(first) and any(dictionary_has_tag(tag) for tag in first)


def dicom_files(paths: Union[PathLike, Iterable[PathLike]]) -> Iterator[Path]:
    """The files that may be DICOM below ``paths`` (files or folders), in a stable order.

    A file named on its own always comes; in folders, files come that end in ``.dcm``, begin like DICOM or cannot be opened.
    DICOMDIR is an index, not an instance, and is left out.
    """
    paths = [paths] if isinstance(paths, (str, Path)) else list(paths)
    named = {Path(path) for path in paths}
    files, skipped = find_dicom_files(paths)
    for file in [*files, *(file.path for file in skipped if file.path in named)]:
        if file in named or (file.name.upper() != "DICOMDIR" and _may_be_dicom(file)):
            yield file


def _may_be_dicom(file: Path) -> bool:
    try:
        return file.suffix.lower() == ".dcm" or begins_like_dicom(file)
    except OSError:
        return True
