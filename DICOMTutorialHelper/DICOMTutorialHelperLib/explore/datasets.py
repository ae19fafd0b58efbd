"""Reading DICOM files for a learner: one file or a folder, and a plain reason where a file cannot be read."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence as DicomSequence

from DICOMTutorialHelperLib.dicom.bounded_file import BoundedFile
from DICOMTutorialHelperLib.dicom.files import MAGIC, PREAMBLE_LENGTH, PathLike, begins_like_dicom, find_dicom_files
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.errors import HelperError

# What pydicom raises on files that are cut short, damaged or not DICOM at all.
READ_ERRORS = (InvalidDicomError, OSError, *PARSE_ERRORS)
# What pydicom raises when the bytes of one element do not fit its VR (OSError: a sequence that holds no items); the other elements
# stay readable.
VALUE_ERRORS = (OSError, *PARSE_ERRORS)


class UnreadableFile(HelperError):
    """A file that cannot be read as DICOM; ``reason`` is a key of the texts ``headers`` and ``detail`` the technical cause."""

    domain = "headers"

    def __init__(self, path: Path, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail, path=path)
        self.path = path


def value_of(dataset: Dataset, keyword: str, default: Any = None) -> Any:
    """A value as pydicom reads it; ``default`` where the element is absent, empty or not readable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = dataset.get(keyword)
    except VALUE_ERRORS:
        return default
    return default if value is None or (isinstance(value, (str, bytes)) and not value) else value


def text_of(dataset: Dataset, keyword: str) -> str:
    """A value as text, several joined with a backslash; "" where it is absent, not readable, binary or a sequence."""
    value = value_of(dataset, keyword, "")
    if isinstance(value, (bytes, DicomSequence)):
        return ""
    if isinstance(value, (MultiValue, list, tuple)):
        return "\\".join(str(one) for one in value)
    return str(value).strip()


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none where it is absent, not readable or no sequence."""
    value = value_of(dataset, keyword)
    return list(value) if isinstance(value, DicomSequence) else []


def read_dataset(path: PathLike, keywords: Optional[Sequence[str]] = None, pixels: bool = True) -> Dataset:
    """Read a file, also one that lacks the preamble and file meta, as old archives and raw network dumps do.

    ``keywords`` restricts reading to those elements, and ``pixels=False`` stops before the pixel data; both are much faster.
    Raises UnreadableFile with the reason ``not-found``, ``folder``, ``empty-file``, ``no-access``, ``not-dicom`` or ``damaged``.
    """
    path = Path(path)
    tags = list(keywords) if keywords is not None else None
    magic = True
    try:
        with BoundedFile(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            head = file.read(PREAMBLE_LENGTH + len(MAGIC))
            if not head:
                raise UnreadableFile(path, "empty-file")
            magic = head[PREAMBLE_LENGTH:] == MAGIC
            file.seek(0)
            dataset = dcmread(file, force=not magic, stop_before_pixels=not pixels, specific_tags=tags)
    except FileNotFoundError as error:
        raise UnreadableFile(path, "not-found") from error
    except OSError as error:
        raise UnreadableFile(path, "folder" if path.is_dir() else "no-access", error.strerror or "") from error
    except READ_ERRORS as error:
        raise UnreadableFile(path, "damaged" if magic else "not-dicom", str(error) or type(error).__name__) from error
    if magic and keywords is None and not len(dataset):
        raise UnreadableFile(path, "damaged", "no elements after the file meta information")
    if not magic and keywords is None and not _looks_like_dicom(dataset):
        raise UnreadableFile(path, "not-dicom")
    if not magic and keywords is not None and not len(dataset):
        raise UnreadableFile(path, "not-dicom")
    return dataset


def _looks_like_dicom(dataset: Dataset) -> bool:
    """Forced reading finds "elements" in any file; real ones begin with tags of the dictionary."""
    first = sorted(dataset.keys())[:5]
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
