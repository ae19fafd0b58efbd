"""Headers read once: only the elements that decisions need, never the pixels, and where the pixels start."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Optional

import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from DICOMTutorialHelperLib.dicom.files import SkippedFile, unreadable_file
from DICOMTutorialHelperLib.dicom.findings import INFO, WARNING, Finding
from DICOMTutorialHelperLib.dicom.functional_groups import frames_of
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value
from DICOMTutorialHelperLib.progress import Progress

# Files read side by side: no faster from memory, where Python itself is the limit, but four times from a drive that takes 5 ms
# to answer (measured).
READERS = 4

KnownValues = dict[Any, tuple[str, Any]]  # (tag, VR, bytes, character set) -> (keyword, plain value)

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
    # pixels
    "Rows Columns SamplesPerPixel PhotometricInterpretation PlanarConfiguration BitsAllocated BitsStored HighBit "
    "PixelRepresentation PixelPaddingValue ModalityLUTSequence RescaleSlope RescaleIntercept RescaleType Units SUVType "
    "WindowCenter WindowWidth WindowCenterWidthExplanation "
    # what may tell frames of one place apart
    "TemporalPositionIdentifier NumberOfTemporalPositions TriggerTime EchoTime EchoNumbers DiffusionBValue "
    "DiffusionGradientOrientation FlipAngle InversionTime StackID ConvolutionKernel KVP ContrastBolusAgent FrameTime "
    "FrameTimeVector ComplexImageComponent "
    # multi-frame
    "SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence"
).split()

# Private elements that makers use for what DICOM later gave a standard element: tag -> (VR for implicit files, creator block).
PRIVATE = {
    (0x2001, 0x1008): "IS",  # Philips: phase number
    (0x2005, 0x10A0): "FL",  # Philips: dynamic scan begin time
    (0x2001, 0x1003): "FL",  # Philips: b-value
    (0x0019, 0x100C): "IS",  # Siemens: b-value
    (0x0019, 0x100E): "FD",  # Siemens: diffusion gradient direction
    (0x0043, 0x1039): "IS",  # GE: b-value, and three parameters more
}
CREATORS = [(group, 0x0010) for group, _ in PRIVATE]

# Not images to load as a volume, though some hold pixels: other readers of Slicer and its extensions are made for them.
OTHER_READERS = {
    "1.2.840.10008.5.1.4.1.1.66.4",  # Segmentation
    "1.2.840.10008.5.1.4.1.1.66.7",  # Label Map Segmentation
    "1.2.840.10008.5.1.4.1.1.481.2",  # RT Dose
    "1.2.840.10008.5.1.4.1.1.77.1.6",  # VL Whole Slide Microscopy
}
DICOMDIR = "1.2.840.10008.1.3.10"

NATIVE = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"}
PIXEL_KEYWORDS = {0x7FE00010: "PixelData", 0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData"}
EXPLICIT_LONG_VRS = {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN", b"SQ", b"UT", b"UC", b"UR", b"SV", b"UV"}
UNDEFINED_LENGTH = 0xFFFFFFFF


def read_headers(paths: Iterable[Path], progress: Optional[Progress] = None) -> tuple[list[Instance], list[SkippedFile]]:
    """Instances of the files that hold images, and why each of the others does not. Never raises for what a file holds."""
    paths = list(paths)
    instances: list[Instance] = []
    skipped: list[SkippedFile] = []
    known: KnownValues = {}
    with ThreadPoolExecutor(READERS) as readers:
        for number, read in enumerate(readers.map(lambda path: read_header(path, known), paths)):
            (instances if isinstance(read, Instance) else skipped).append(read)
            if progress:
                progress(number + 1, len(paths))
    return instances, skipped


def read_header(path: Path, known: Optional[KnownValues] = None) -> Instance | SkippedFile:
    """The instance in a file, or the reason why there is none to load.

    ``known`` remembers converted values between the files of one reading: most elements of a series are the same in all of it.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            dataset = _read_dataset(file)
            if dataset is None:
                return SkippedFile(path, Finding("not-an-image", INFO, {"file": path.name, "reason": "not-dicom"}))
            transfer_syntax = str(dataset.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2"))
            values = _plain_values(dataset, {} if known is None else known)
            reason = _why_not_an_image(dataset, values)
            if reason == "cut":
                return unreadable_file(path, reason)
            if reason:
                evidence = {"file": path.name, "reason": reason, "sop_class_uid": values.get("SOPClassUID", "")}
                return SkippedFile(path, Finding("not-an-image", INFO, evidence))
            keyword, offset, length = _pixel_element(file, transfer_syntax)
    except OSError as error:
        return unreadable_file(path, error.strerror or str(error))
    except PARSE_ERRORS as error:
        return unreadable_file(path, str(error) or type(error).__name__)
    if keyword is None:
        evidence = {"files": [path.name], "reason": "no-pixels", "percent": 100.0}
        return SkippedFile(path, Finding("truncated-pixel-data", WARNING, evidence))
    has_table = bool(dataset.get("ModalityLUTSequence"))
    instance = Instance(path, values, transfer_syntax, keyword, offset, length, size, has_table)
    try:
        instance.frames.extend(frames_of(instance, dataset))
    except PARSE_ERRORS as error:
        return unreadable_file(path, str(error) or type(error).__name__)
    return instance


def _read_dataset(file: BinaryIO) -> Optional[Dataset]:
    """The wanted elements; None where the file is not DICOM. Leaves the file at the pixel data element.

    Files without preamble, as old archives hold them, are read when they begin like a data set.
    """
    tags: list[Any] = [*KEYWORDS, *PRIVATE, *CREATORS]
    try:
        return pydicom.dcmread(file, stop_before_pixels=True, specific_tags=tags)
    except InvalidDicomError:
        file.seek(0)
        beginning = file.read(2)
        file.seek(0)
        if beginning not in (b"\x02\x00", b"\x08\x00"):
            return None
        dataset = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=tags, force=True)
        return dataset if "SOPClassUID" in dataset or "Rows" in dataset else None


def _plain_values(dataset: Dataset, known: KnownValues) -> dict[str, Any]:
    """Every element that says something, by keyword (private ones by tag), as plain Python values."""
    values: dict[str, Any] = {}
    characters = str(dataset.get("SpecificCharacterSet", ""))
    for tag in list(dataset.keys()):
        raw = dataset.get_item(tag)
        key = (tag, raw.VR, raw.value, characters) if isinstance(raw.value, bytes) else None
        if key not in known:
            name, value = _name_and_value(dataset, tag)
            if key is None:
                values.update({} if value is None else {name: value})
                continue
            known[key] = name, value
        name, value = known[key]
        if value is not None:
            values[name] = value
    return values


def _name_and_value(dataset: Dataset, tag: Any) -> tuple[str, Any]:
    """Keyword and plain value of an element; None for one that is empty, or that is not of its VR: nothing to rely on."""
    if tag.is_private and tag.element == 0x0010:
        return "", None
    try:
        element = dataset[tag]
        value = plain_value(element.value, PRIVATE.get((tag.group, tag.element)) or dictionary_VR(tag))
    except PARSE_ERRORS:
        return "", None
    return element.keyword or f"{tag.group:04x},{tag.element:04x}", value


def _why_not_an_image(dataset: Dataset, values: dict[str, Any]) -> str:
    if str(dataset.file_meta.get("MediaStorageSOPClassUID", "")) == DICOMDIR:
        return "dicomdir"
    if values.get("SOPClassUID") in OTHER_READERS:
        return "other-reader"
    if "Rows" in values and "Columns" in values:
        return ""
    sop_class = values.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID", "")
    # pydicom reads a header that ends too early as far as it goes.
    is_cut = "SOPClassUID" not in values or "Image Storage" in pydicom.uid.UID(sop_class).name
    return "cut" if is_cut else "no-pixels"


def _pixel_element(file: BinaryIO, transfer_syntax: str) -> tuple[Optional[str], Optional[int], Optional[int]]:
    """Keyword, offset and length of the pixel data whose element starts at the file's position (PS3.5 7.1).

    Offset and length are None where the pixels do not lie there as they are: compressed, or in a deflated data set.
    """
    if transfer_syntax == "1.2.840.10008.1.2.1.99":
        return "PixelData", None, None
    order = ">" if transfer_syntax == "1.2.840.10008.1.2.2" else "<"
    head = file.read(12)
    if len(head) < 12:
        return None, None, None
    group, element = struct.unpack(f"{order}HH", head[:4])
    keyword = PIXEL_KEYWORDS.get(group << 16 | element)
    if keyword is None:
        return None, None, None
    start = file.tell()
    if head[4:6] in EXPLICIT_LONG_VRS:
        length = struct.unpack(f"{order}I", head[8:12])[0]
    else:
        length = struct.unpack(f"{order}I", head[4:8])[0]
        start -= 4
    if transfer_syntax not in NATIVE or length == UNDEFINED_LENGTH:
        return keyword, None, None
    return keyword, start, length
