"""Headers read once: only the elements that decisions need, never the pixels, and where the pixels start."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Optional

import pydicom
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    RTDoseStorage,
    SegmentationStorage,
    VLWholeSlideMicroscopyImageStorage,
)

from DICOMTutorialHelperLib.dicom.bounded_file import BoundedFile
from DICOMTutorialHelperLib.dicom.deflated import inflates_too_far
from DICOMTutorialHelperLib.dicom.files import SkippedFile, unreadable_file
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.functional_groups import FrameGroups
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS, VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.pixel_description import NoImage, PixelDescription, count_frames, frame_bytes, present_bytes
from DICOMTutorialHelperLib.dicom.pixel_element import BIG_ENDIAN, DEFLATED, PixelElement, find_pixel_element
from DICOMTutorialHelperLib.dicom.plain_values import plain_value
from DICOMTutorialHelperLib.dicom.private_elements import private_values
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue, checked_value, plain_text
from DICOMTutorialHelperLib.progress import Progress


class KnownValue(NamedTuple):
    """Keyword and plain value (None: nothing to rely on) of some bytes, and what was refused of them."""

    keyword: str
    value: Any
    refused: Optional[RefusedValue] = None


KnownValues = dict[Any, KnownValue]  # (tag, VR, bytes, byte order, character set) -> what they say

KEYWORDS = (
    # patient, study, series
    "PatientName PatientID IssuerOfPatientID PatientSex PatientBirthDate PatientComments StudyInstanceUID StudyID "
    "StudyDescription StudyDate StudyTime SeriesInstanceUID SeriesNumber SeriesDescription SeriesDate SeriesTime "
    "Modality FrameOfReferenceUID Manufacturer ManufacturerModelName BodyPartExamined ProtocolName Laterality ImageLaterality "
    # instance
    "SOPClassUID SOPInstanceUID InstanceNumber ImageType AcquisitionNumber AcquisitionDate AcquisitionTime "
    "AcquisitionDateTime ContentDate ContentTime NumberOfFrames BurnedInAnnotation LossyImageCompression "
    # geometry
    "ImagePositionPatient ImageOrientationPatient PixelSpacing ImagerPixelSpacing NominalScannedPixelSpacing "
    "SpacingBetweenSlices SliceThickness SliceLocation GantryDetectorTilt PixelAspectRatio SequenceOfUltrasoundRegions "
    "AcquisitionMatrix "
    # pixels
    "Rows Columns SamplesPerPixel PhotometricInterpretation PlanarConfiguration BitsAllocated BitsStored HighBit "
    "PixelRepresentation PixelPaddingValue ModalityLUTSequence RescaleSlope RescaleIntercept RescaleType Units SUVType "
    "WindowCenter WindowWidth WindowCenterWidthExplanation "
    # what may tell frames of one place apart
    "TemporalPositionIdentifier NumberOfTemporalPositions TriggerTime EchoTime EchoNumbers DiffusionBValue "
    "DiffusionGradientOrientation InPlanePhaseEncodingDirection ImageComments FlipAngle InversionTime StackID ConvolutionKernel "
    "KVP ContrastBolusAgent FrameTime "
    "FrameTimeVector ComplexImageComponent SequenceName ASLContext VelocityEncodingDirection FrameReferenceTime "
    "TimezoneOffsetFromUTC IssuerOfPatientID "
    # multi-frame
    "SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence"
).split()
TAGS = frozenset(map(tag_for_keyword, KEYWORDS))

# Longer values are read where they are asked for: a damaged length may claim gigabytes, and private ones hold whole data sets.
DEFER_SIZE = 4 << 20

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


def read_headers(paths: Iterable[Path], progress: Optional[Progress] = None) -> tuple[list[Instance], list[SkippedFile]]:
    """Instances of the files that hold images, and why each of the others does not. Never raises for what a file holds."""
    paths = list(paths)
    instances: list[Instance] = []
    skipped: list[SkippedFile] = []
    known: KnownValues = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's warnings repeat values, names among them, on the terminal
        for number, path in enumerate(paths):
            read = read_header(path, known)
            if isinstance(read, Instance):
                instances.append(read)
            else:
                skipped.append(read)
            if progress:
                progress(number + 1, len(paths))
    return instances, skipped


def read_header(path: Path, known: Optional[KnownValues] = None) -> Instance | SkippedFile:
    """The instance in a file, or the reason why there is none to load.

    ``known`` remembers converted values between the files of one reading: most elements of a series are the same in all of it.
    """
    known = {} if known is None else known
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return unreadable_file(path, "no-regular-file")  # to open a pipe may never end
        with BoundedFile(path) as file:
            state = os.fstat(file.fileno())
            header = _read_header(file, path, state.st_size, known)
    except OSError as error:
        return unreadable_file(path, error.strerror or str(error))
    if isinstance(header, SkippedFile):
        return header
    dataset, values, refused, transfer_syntax, pixels = header
    try:
        PixelDescription(values, refused).settle(pixels)
    except NoImage as problem:
        reason = "damaged-value" if problem.value else "missing-value"
        evidence = {"file": path.name, "reason": reason, "keyword": problem.keyword, "value": problem.value}
        return SkippedFile(path, Finding("unreadable-file", WARNING, evidence))
    groups = FrameGroups(dataset, refused, str(values.get("Manufacturer", "")))
    count = count_frames(values, groups.count, pixels, state.st_size, refused)
    if pixels.offset is not None and present_bytes(pixels, state.st_size) < LEAST_PRESENT * count * frame_bytes(values):
        return _without_pixels(path)
    instance = Instance(
        path, values, transfer_syntax, pixels.keyword, pixels.offset, pixels.length, state.st_size,
        has_modality_lut=groups.has_modality_lut, pixel_vr=pixels.vr, fragments=pixels.fragments,
        modified_ns=state.st_mtime_ns, refused=refused,
    )  # fmt: skip
    instance.frames.extend(groups.frames_of(instance, count))
    return instance


def _read_header(file: BinaryIO, path: Path, file_size: int, known: KnownValues):
    """Data set, values, what was refused of them, transfer syntax and pixel element; or the file skipped, with the reason.

    Raises OSError for files that cannot be read.
    """
    try:
        if inflates_too_far(file):
            return unreadable_file(path, "too-large")
        dataset = _read_dataset(file)
    except OSError:
        raise
    except PARSE_ERRORS as error:
        return unreadable_file(path, plain_text(str(error) or type(error).__name__))
    if dataset is None:
        file.seek(0)
        beginning = file.read(4)
        reason = next((reason for start, reason in OTHER_BEGINNINGS.items() if beginning.startswith(start)), "not-dicom")
        return SkippedFile(path, Finding("not-an-image", INFO, {"file": path.name, "reason": reason}))
    transfer_syntax = _transfer_syntax(dataset)
    values, refused = _plain_values(dataset, known)
    reason = _why_not_an_image(dataset, values)
    pixels = None
    if not reason:
        pixels = find_pixel_element(file, transfer_syntax, file_size)
        if pixels is not None and pixels.end is not None and pixels.end + 8 <= file_size:
            dataset, values, refused = _with_what_follows(file, pixels, transfer_syntax, known, (dataset, values, refused))
    if reason == "cut":
        return unreadable_file(path, reason)
    if not reason and pixels is None and not _is_image_class(dataset, values):
        reason = "no-pixels"
    if reason:
        evidence = {"file": path.name, "reason": reason, "sop_class_uid": plain_text(values.get("SOPClassUID", ""))}
        return SkippedFile(path, Finding("not-an-image", INFO, evidence))
    if pixels is None:
        return _without_pixels(path)
    if pixels.offset is None and transfer_syntax != DEFLATED:
        if pixels.defined:
            return unreadable_file(path, "no-fragments")
        if not pixels.fragments or (pixels.end is None and values.get("NumberOfFrames", 1) == 1):
            return _without_pixels(path, "compressed")
    if transfer_syntax.startswith(VIDEO_PREFIX):
        pixels = PixelElement(pixels.keyword, pixels.vr)
    return dataset, values, refused, transfer_syntax, pixels


def _without_pixels(path: Path, reason: str = "no-pixels") -> SkippedFile:
    evidence = {"files": [path.name], "reason": reason, "percent": 100.0}
    return SkippedFile(path, Finding("truncated-pixel-data", WARNING, evidence))


def _read_dataset(file: BinaryIO) -> Optional[Dataset]:
    """The header; None where the file is not DICOM. Leaves the file at the pixel data element.

    All of it: private elements may lie in any block, and to skip an element costs pydicom no less than to keep its bytes.

    Files without preamble, as old archives hold them, are read when they begin like a data set.
    """
    try:
        return pydicom.dcmread(file, stop_before_pixels=True, defer_size=DEFER_SIZE)
    except InvalidDicomError:
        file.seek(0)
        beginning = file.read(2)
        file.seek(0)
        if beginning not in (b"\x02\x00", b"\x08\x00", b"\x00\x08"):
            return None
        dataset = pydicom.dcmread(file, stop_before_pixels=True, defer_size=DEFER_SIZE, force=True)
        return dataset if "SOPClassUID" in dataset or "Rows" in dataset else None


def _with_what_follows(file: BinaryIO, pixels: PixelElement, transfer_syntax: str, known: KnownValues, read: tuple) -> tuple:
    """What was ``read``, and what of the data set a disordered file has after its pixels (they should be last, PS3.5 7.1)."""
    if pixels.end is None:
        return read
    file.seek(pixels.end)
    group = int.from_bytes(file.read(2), "big" if transfer_syntax == BIG_ENDIAN else "little")
    if not 0x0008 <= group < 0x7FE0:
        return read
    file.seek(0)
    try:
        dataset = pydicom.dcmread(file, defer_size=DEFER_SIZE, force=True)
    except VALUE_ERRORS:
        return read
    return (dataset, *_plain_values(dataset, known))


def _transfer_syntax(dataset: Dataset) -> str:
    """What the file says, or how pydicom found the data set to be written where it does not say."""
    stated = _meta_text(dataset, "TransferSyntaxUID")
    if stated:
        return stated
    encoding = getattr(dataset, "original_encoding", None) or (dataset.is_implicit_VR, dataset.is_little_endian)
    implicit, little_endian = encoding
    if not little_endian:
        return BIG_ENDIAN
    return ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian


def _meta_text(dataset: Dataset, keyword: str) -> str:
    """An element of the file meta information; "" where it is absent or cannot be read."""
    try:
        return plain_text(dataset.file_meta.get(keyword) or "")
    except VALUE_ERRORS:
        return ""


def _plain_values(dataset: Dataset, known: KnownValues) -> tuple[dict[str, Any], list[RefusedValue]]:
    """Every wanted element that says something, by keyword (private ones by name), as plain values; and what was refused."""
    values: dict[str, Any] = {}
    refused: list[RefusedValue] = []
    characters = _character_set(dataset)
    for tag in list(dataset.keys()):
        if tag not in TAGS:
            continue
        try:
            raw = dataset.get_item(tag)
        except (*VALUE_ERRORS, MemoryError):  # pydicom converts empty ones, and reads long ones only now
            refused.append(RefusedValue(pydicom.datadict.keyword_for_tag(tag), "", reason="unreadable"))
            continue
        key = None
        if isinstance(raw.value, bytes):
            key = (tag, raw.VR, raw.value, getattr(raw, "is_little_endian", True), characters)
        found = known.get(key) if key is not None else None
        if found is None:
            found = _known_value(dataset, tag, raw)
            if key is not None:
                known[key] = found
        if found.value is not None:
            values[found.keyword] = found.value
        if found.refused is not None:
            refused.append(found.refused)
    values.update(private_values(dataset, str(values.get("Manufacturer", ""))))
    return values, refused


def _character_set(dataset: Dataset) -> str:
    try:
        return str(dataset.get("SpecificCharacterSet", ""))
    except VALUE_ERRORS:
        return ""


def _known_value(dataset: Dataset, tag: Any, raw: Any) -> KnownValue:
    """What an element says, once it has passed the rule of its keyword."""
    keyword = pydicom.datadict.keyword_for_tag(tag)
    vr = dictionary_VR(tag)
    try:
        value = plain_value(dataset[tag].value, vr)
    except VALUE_ERRORS:
        shown = plain_text(raw.value) if isinstance(raw.value, bytes) else ""
        return KnownValue(keyword, *checked_value(keyword, None, shown))
    return KnownValue(keyword, *checked_value(keyword, value, vr=vr)) if value is not None else KnownValue(keyword, None)


def _why_not_an_image(dataset: Dataset, values: dict[str, Any]) -> str:
    if _meta_text(dataset, "MediaStorageSOPClassUID") == DICOMDIR:
        return "dicomdir"
    if values.get("SOPClassUID") in OTHER_READERS:
        return "other-reader"
    if "Rows" in dataset and "Columns" in dataset:
        return ""
    # pydicom reads a header that ends too early as far as it goes.
    return "cut" if "SOPClassUID" not in values or _is_image_class(dataset, values) else "no-pixels"


def _is_image_class(dataset: Dataset, values: dict[str, Any]) -> bool:
    """Whether the object is an image by its SOP class, or says nothing of its class."""
    sop_class = values.get("SOPClassUID") or _meta_text(dataset, "MediaStorageSOPClassUID")
    return not sop_class or "Image Storage" in pydicom.uid.UID(str(sop_class)).name
