"""Reading DICOM files for a learner: one file or a folder, and a plain reason where a file cannot be read."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Optional, Union

from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.errors import HelperError

PathLike = Union[str, Path]

# What pydicom raises on files that are cut short, damaged or not DICOM at all.
READ_ERRORS = (InvalidDicomError, OSError, *PARSE_ERRORS)
# What pydicom raises when the bytes of one element do not fit its VR; the other elements stay readable.
VALUE_ERRORS = PARSE_ERRORS

PREAMBLE_LENGTH = 128
MAGIC = b"DICM"


class UnreadableFile(HelperError):
    """A file that cannot be read as DICOM; ``reason`` is a key of the texts ``headers`` and ``detail`` the technical cause."""

    domain = "headers"

    def __init__(self, path: Path, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail, path=path)
        self.path = path


def begins_like_dicom(path: Path) -> bool:
    """Whether ``DICM`` stands after the preamble (PS3.10 section 7.1), or the file begins with group 2 or 8. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(PREAMBLE_LENGTH + len(MAGIC))
    return head[PREAMBLE_LENGTH:] == MAGIC or head[:2] in (b"\2\0", b"\x08\0", b"\0\2", b"\0\x08")


def read_dataset(path: PathLike, keywords: Optional[Sequence[str]] = None, pixels: bool = True) -> Dataset:
    """Read a file, also one that lacks the preamble and file meta, as old archives and raw network dumps do.

    ``keywords`` restricts reading to those elements, and ``pixels=False`` stops before the pixel data; both are much faster.
    Raises UnreadableFile with the reason ``not-found``, ``folder``, ``empty-file``, ``no-access``, ``not-dicom`` or ``damaged``.
    """
    path = Path(path)
    tags = list(keywords) if keywords is not None else None
    magic = True
    try:
        with path.open("rb") as file, warnings.catch_warnings():
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
    """The files that may be DICOM below ``paths`` (files or folders), in a stable order, hidden files left out.

    A file named on its own always comes; in folders, files come that end in ``.dcm`` or begin like DICOM. DICOMDIR is an
    index, not an instance, and is left out.
    """
    for path in [paths] if isinstance(paths, (str, Path)) else paths:
        path = Path(path)
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            if file.name.startswith(".") or file.name.upper() == "DICOMDIR" or not file.is_file():
                continue
            try:
                if file.suffix.lower() == ".dcm" or begins_like_dicom(file):
                    yield file
            except OSError:
                yield file
