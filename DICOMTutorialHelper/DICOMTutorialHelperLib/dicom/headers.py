"""Headers read once: only the elements that decisions need, never the pixels, and where the pixels start."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Optional, Union

import pydicom
from pydicom.uid import (
    MediaStorageDirectoryStorage,
    RTDoseStorage,
    SegmentationStorage,
    VLWholeSlideMicroscopyImageStorage,
)

from DICOMTutorialHelperLib.dicom.bounded_file import BoundedFile
from DICOMTutorialHelperLib.dicom.deflated import inflates_too_far
from DICOMTutorialHelperLib.dicom.files import NO_FILE, WITHOUT_WAITING, SkippedFile, unreadable_file
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.functional_groups import FrameGroups
from DICOMTutorialHelperLib.dicom.header_scanner import UnusualHeader
from DICOMTutorialHelperLib.dicom.high_bit import contradicts, where_pixels_lie
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.pixel_description import NoImage, PixelDescription, count_frames, frame_bytes, present_bytes
from DICOMTutorialHelperLib.dicom.pixel_element import DEFLATED, PixelElement, frames_without_end
from DICOMTutorialHelperLib.dicom.pydicom_header import KnownDatasetValues, PydicomHeader, read_dataset
from DICOMTutorialHelperLib.dicom.read_ahead import in_reach
from DICOMTutorialHelperLib.dicom.scanned_header import KnownScannedValues, ScannedHeader
from DICOMTutorialHelperLib.dicom.value_rules import plain_text
from DICOMTutorialHelperLib.progress import Progress

Header = Union[ScannedHeader, PydicomHeader]

# Not images to load as a volume, though some hold pixels: other readers of Slicer and its extensions are made for them.
OTHER_READERS = {
    SegmentationStorage,  # Segmentation
    "1.2.840.10008.5.1.4.1.1.66.7",  # Label Map Segmentation
    RTDoseStorage,  # RT Dose
    VLWholeSlideMicroscopyImageStorage,  # VL Whole Slide Microscopy
}
DICOMDIR = MediaStorageDirectoryStorage

# An instance that has fewer of its pixels than this is a header without an image: its voxels would be made up, and their memory.
LEAST_PRESENT = 0.05

# Video, which neither pydicom's decoders nor Slicer's readers take apart into frames.
VIDEO_PREFIX = "1.2.840.10008.1.2.4.10"

# What people give for DICOM files: how it begins, and the reason that names it.
OTHER_BEGINNINGS = {b"PK\x03\x04": "archive", b"\x1f\x8b\x08": "archive", b"7z\xbc\xaf": "archive", b"Rar!": "archive"}


class KnownValues:
    """Values converted before in one reading: most elements of a series are the same in all of it."""

    def __init__(self) -> None:
        self.of_datasets: KnownDatasetValues = {}
        self.scanned = KnownScannedValues()


def read_headers(paths: Iterable[Path], progress: Optional[Progress] = None) -> tuple[list[Instance], list[SkippedFile]]:
    """Instances of the files that hold images, and why each of the others does not. Never raises for what a file holds."""
    paths = list(paths)
    instances: list[Instance] = []
    skipped: list[SkippedFile] = []
    known = KnownValues()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's warnings repeat values, names among them, on the terminal
        for number, path in enumerate(in_reach(paths)):
            read = read_header(path, known)
            if isinstance(read, Instance):
                instances.append(read)
            else:
                skipped.append(read)
            if progress:
                progress(number + 1, len(paths))
    return instances, skipped


def read_header(path: Path, known: Optional[KnownValues] = None) -> Instance | SkippedFile:
    """The instance in a file, or the reason why there is none to load."""
    known = KnownValues() if known is None else known
    try:
        try:
            return read_scanned(path, known)
        except UnusualHeader:
            return read_by_pydicom(path, known)
    except OSError as error:
        return unreadable_file(path, error.strerror or str(error) if _is_file(path) else NO_FILE)


def _is_file(path: Path) -> bool:
    """Whether a path that cannot be read is a file; of what is not there or not to be seen, the system says why."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return True


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | WITHOUT_WAITING)


def read_scanned(path: Path, known: KnownValues) -> Instance | SkippedFile:
    """``read_header`` of a file that holds no surprise. Raises UnusualHeader for all others, and OSError."""
    with open(path, "rb", buffering=0, opener=_open_without_waiting) as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            return unreadable_file(path, NO_FILE)
        return _instance(path, state, ScannedHeader(file, state.st_size, known.scanned))


def read_by_pydicom(path: Path, known: KnownValues) -> Instance | SkippedFile:
    """``read_header`` of any file. Raises OSError."""
    with BoundedFile(path) as file:
        state = os.fstat(file.fileno())
        try:
            if inflates_too_far(file):
                return unreadable_file(path, "too-large")
            dataset = read_dataset(file)
        except OSError:
            raise
        except PARSE_ERRORS as error:
            return unreadable_file(path, plain_text(str(error) or type(error).__name__))
        if dataset is None:
            file.seek(0)
            beginning = file.read(4)
            reason = next((reason for start, reason in OTHER_BEGINNINGS.items() if beginning.startswith(start)), "not-dicom")
            return SkippedFile(path, Finding("not-an-image", INFO, {"file": path.name, "reason": reason}))
        return _instance(path, state, PydicomHeader(dataset, file, state.st_size, known.of_datasets))


def _instance(path: Path, state: os.stat_result, header: Header) -> Instance | SkippedFile:
    """Raises OSError, and UnusualHeader of one that was scanned."""
    pixels = _pixels(path, header)
    if isinstance(pixels, SkippedFile):
        return pixels
    values, refused = header.values, header.refused
    try:
        description = PixelDescription(values, refused)
        description.settle(pixels)
        if contradicts(values):
            where = where_pixels_lie(path, pixels, values, header.transfer_syntax, header.overlay_bits())
            description.settle_high_bit(where)
    except NoImage as problem:
        reason = problem.reason or ("damaged-value" if problem.value else "missing-value")
        evidence = {"file": path.name, "reason": reason, "keyword": problem.keyword, "value": problem.value}
        return SkippedFile(path, Finding("unreadable-file", WARNING, evidence))
    groups = FrameGroups(header.elements, refused, str(values.get("Manufacturer", "")))
    count = count_frames(values, groups.count, pixels, state.st_size, refused)
    if pixels.offset is not None and present_bytes(pixels, state.st_size) < LEAST_PRESENT * count * frame_bytes(values):
        return _without_pixels(path)
    instance = Instance(
        path, values, header.transfer_syntax, pixels.keyword, pixels.offset, pixels.length, state.st_size,
        has_modality_lut=groups.has_modality_lut, pixel_vr=pixels.vr, fragments=pixels.fragments,
        frames_without_end=frames_without_end(pixels, header.transfer_syntax, count), modified_ns=state.st_mtime_ns,
        refused=refused,
    )  # fmt: skip
    instance.frames.extend(groups.frames_of(instance, count))
    return instance


def _pixels(path: Path, header: Header) -> PixelElement | SkippedFile:
    """The pixel element, or the file skipped, with the reason."""
    reason = _why_not_an_image(header)
    pixels = None if reason else header.find_pixels()
    if reason == "cut":
        return unreadable_file(path, reason)
    if not reason and pixels is None and not _is_image_class(header):
        reason = "no-pixels"
    if reason:
        evidence = {"file": path.name, "reason": reason, "sop_class_uid": plain_text(header.values.get("SOPClassUID", ""))}
        return SkippedFile(path, Finding("not-an-image", INFO, evidence))
    if pixels is None:
        return _without_pixels(path)
    if pixels.offset is None and header.transfer_syntax != DEFLATED:
        if pixels.defined:
            return unreadable_file(path, "no-fragments")
        if not pixels.fragments or (pixels.end is None and header.values.get("NumberOfFrames", 1) == 1):
            return _without_pixels(path, "compressed")
    if header.transfer_syntax.startswith(VIDEO_PREFIX):
        return PixelElement(pixels.keyword, pixels.vr)
    return pixels


def _without_pixels(path: Path, reason: str = "no-pixels") -> SkippedFile:
    evidence = {"files": [path.name], "reason": reason, "percent": 100.0}
    return SkippedFile(path, Finding("truncated-pixel-data", WARNING, evidence))


def _why_not_an_image(header: Header) -> str:
    if header.media_class == DICOMDIR:
        return "dicomdir"
    if header.values.get("SOPClassUID") in OTHER_READERS:
        return "other-reader"
    if "Rows" in header and "Columns" in header:
        return ""
    # pydicom reads a header that ends too early as far as it goes.
    return "cut" if "SOPClassUID" not in header.values or _is_image_class(header) else "no-pixels"


def _is_image_class(header: Header) -> bool:
    """Whether the object is an image by its SOP class, or says nothing of its class."""
    sop_class = header.values.get("SOPClassUID") or header.media_class
    return not sop_class or "Image Storage" in pydicom.uid.UID(str(sop_class)).name
