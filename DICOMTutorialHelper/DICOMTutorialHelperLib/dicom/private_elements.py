"""Private elements that makers used for what DICOM later gave a standard element, found by their creator (PS3.5 7.8.1).

A private element is known by its group, the text of its private creator and the last byte of its number: in which block (the
first byte) it lies, an object decides for itself. Numbers alone mean nothing: another maker's (0019,100C) is no b-value.
Where de-identification took the creators and left the elements, Manufacturer stands in for them, for the usual block alone.
"""

from __future__ import annotations

import math
import struct
from typing import Any, NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.values import convert_SQ

from DICOMTutorialHelperLib.dicom.csa_header import read_csa_numbers
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.plain_values import plain_value


class PrivateElement(NamedTuple):
    """``vr`` is for implicit files, and where a file says UN: there the element's bytes are all there is."""

    creator: str
    group: int
    element: int
    vr: str
    name: str


# Meanings and units as in the makers' conformance statements, and as dcm2niix (nii_dicom.cpp) reads them.
PRIVATE_ELEMENTS = (
    PrivateElement("Philips Imaging DD 001", 0x2001, 0x08, "IS", "PhilipsPhaseNumber"),
    PrivateElement("Philips Imaging DD 001", 0x2001, 0x03, "FL", "PhilipsBValue"),  # s/mm2
    PrivateElement("Philips Imaging DD 001", 0x2001, 0x04, "CS", "PhilipsDiffusionDirection"),  # P, M, S or I(sotropic)
    PrivateElement("Philips MR Imaging DD 001", 0x2005, 0xA0, "FL", "PhilipsDynamicScanBeginTime"),  # s
    PrivateElement("Philips MR Imaging DD 001", 0x2005, 0xB0, "FL", "PhilipsDiffusionDirectionRL"),
    PrivateElement("Philips MR Imaging DD 001", 0x2005, 0xB1, "FL", "PhilipsDiffusionDirectionAP"),
    PrivateElement("Philips MR Imaging DD 001", 0x2005, 0xB2, "FL", "PhilipsDiffusionDirectionFH"),
    PrivateElement("Philips Imaging DD 001", 0x2001, 0x1A, "FL", "PhilipsPCVelocity"),  # cm/s along three axes
    PrivateElement("Philips MR Imaging DD 005", 0x2005, 0x29, "CS", "PhilipsLabelType"),  # LABEL or CONTROL
    PrivateElement("SIEMENS MR HEADER", 0x0051, 0x14, "SH", "SiemensFlowEncoding"),  # v150in
    PrivateElement("SIEMENS MR HEADER", 0x0019, 0x0A, "US", "SiemensNumberOfImagesInMosaic"),
    PrivateElement("SIEMENS MR HEADER", 0x0019, 0x0C, "IS", "SiemensBValue"),  # s/mm2
    PrivateElement("SIEMENS MR HEADER", 0x0019, 0x0D, "CS", "SiemensDiffusionDirectionality"),
    PrivateElement("SIEMENS MR HEADER", 0x0019, 0x0E, "FD", "SiemensDiffusionGradientDirection"),  # LPS
    PrivateElement("SIEMENS MR HEADER", 0x0019, 0x27, "FD", "SiemensBMatrix"),  # s/mm2, LPS: xx xy xz yy yz zz
    PrivateElement("SIEMENS MR HEADER", 0x0019, 0x29, "FD", "SiemensSliceTimes"),  # ms
    PrivateElement("SIEMENS CSA HEADER", 0x0029, 0x10, "OB", "SiemensCSAImageHeader"),
    PrivateElement("GEMS_PARM_01", 0x0043, 0x39, "IS", "GEBValue"),  # s/mm2, and three parameters more
    PrivateElement("GEMS_PARM_01", 0x0043, 0x2F, "SS", "GEImageKind"),  # magnitude, phase, real, imaginary: 0 to 3
    PrivateElement("GEMS_PARM_01", 0x0043, 0x30, "SS", "GEVasCollapseFlag"),
    PrivateElement("GEMS_ACQU_01", 0x0019, 0xBB, "DS", "GEDiffusionDirectionX"),  # image axes, see diffusion.py
    PrivateElement("GEMS_ACQU_01", 0x0019, 0xBC, "DS", "GEDiffusionDirectionY"),
    PrivateElement("GEMS_ACQU_01", 0x0019, 0xBD, "DS", "GEDiffusionDirectionZ"),
    PrivateElement("Image Private Header", 0x0065, 0x09, "FD", "UIHBValue"),  # s/mm2
    PrivateElement("Image Private Header", 0x0065, 0x37, "FD", "UIHDiffusionGradientDirection"),  # image axes
    PrivateElement("Image Private Header", 0x0065, 0x50, "DS", "UIHNumberOfImagesInGrid"),
)

# What the makers of creators call themselves in Manufacturer, by the beginning of the creator.
MAKERS = {"philips": ("philips",), "siemens": ("siemens",), "gems": ("ge ", "ge_", "gems"), "image private": ("uih",)}
USUAL_BLOCK = 0x10

# Private sequences whose items complete the object or functional group that they lie in.
PRIVATE_SEQUENCES = (("philips mr imaging dd 005", 0x2005, 0x0F),)

# Tags of the CSA image header, by the name of the value each gives where no element of its own does.
CSA_TAGS = {
    "NumberOfImagesInMosaic": "SiemensNumberOfImagesInMosaic",
    "SliceNormalVector": "SiemensSliceNormalVector",  # LPS
    "B_value": "SiemensBValue",
    "DiffusionGradientDirection": "SiemensDiffusionGradientDirection",
    "B_matrix": "SiemensBMatrix",
    "MosaicRefAcqTimes": "SiemensSliceTimes",
}

_BY_CREATOR: dict[tuple[str, int], list[PrivateElement]] = {}
for _element in PRIVATE_ELEMENTS:
    _BY_CREATOR.setdefault((_element.creator.casefold(), _element.group), []).append(_element)
_GROUPS = {element.group for element in PRIVATE_ELEMENTS}

# A grid's items, one a slice.
UIH_GRID_ITEMS = ("Image Private Header", 0x0065, 0x51)

# (group, last byte of the number) of all that is asked of private groups, besides their creators.
WANTED_NUMBERS = {
    *((element.group, element.element) for element in PRIVATE_ELEMENTS),
    *((group, element) for _, group, element in (*PRIVATE_SEQUENCES, UIH_GRID_ITEMS)),
}

_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}
_NO_VR = {None, "UN", "OB", "OW"}
_TEXT = {"CS", "SH"}


def private_values(dataset: Dataset, manufacturer: str = "") -> dict[str, Any]:
    """What the known private elements of a data set (an object, or the item of a functional group) say, by readable name.

    Plain values as ``plain_value`` gives them. Elements that are empty, damaged or not of their VR are not in it.
    """
    values: dict[str, Any] = {}
    for creator, group, block in _private_blocks(dataset, manufacturer):
        for known in _BY_CREATOR.get((creator, group), ()):
            value = _value(dataset, group << 16 | block << 8 | known.element, known.vr)
            if value is not None:
                values[known.name] = value
        for owner, its_group, element in PRIVATE_SEQUENCES:
            if (owner, its_group) == (creator, group):
                for name, value in _of_items(dataset, group << 16 | block << 8 | element, manufacturer).items():
                    values.setdefault(name, value)
    header = values.pop("SiemensCSAImageHeader", None)
    if header is not None:
        for tag, numbers in read_csa_numbers(header, CSA_TAGS).items():
            values.setdefault(CSA_TAGS[tag], numbers if len(numbers) > 1 else numbers[0])
    return values


def private_sequence(dataset: Dataset, creator: str, group: int, element: int) -> list[Dataset]:
    """The items of a private sequence, in whatever block it lies; empty where it is absent or damaged."""
    for owner, its_group, block in _private_blocks(dataset, ""):
        tag = group << 16 | block << 8 | element
        if (owner, its_group) == (creator.casefold(), group) and tag in dataset:
            return _items(dataset, tag)
    return []


def _private_blocks(dataset: Dataset, manufacturer: str) -> list[tuple[str, int, int]]:
    """(creator in lower case, group, block) of every block in the groups that matter."""
    blocks = []
    usual: set[int] = set()
    for tag in list(dataset.keys()):
        group, element = tag >> 16, tag & 0xFFFF
        if group not in _GROUPS:
            continue
        if element >> 8 == USUAL_BLOCK and (group << 16 | USUAL_BLOCK) not in dataset:
            usual.add(group)
        elif 0x10 <= element <= 0xFF:
            blocks.append((_creator(dataset, tag), group, element))
    made_by = f"{manufacturer.strip().casefold()} "
    for creator, group in _BY_CREATOR if usual else ():
        names = next(names for beginning, names in MAKERS.items() if creator.startswith(beginning))
        if group in usual and made_by.startswith(names):
            blocks.append((creator, group, USUAL_BLOCK))
    return blocks


def _creator(dataset: Dataset, tag: int) -> str:
    try:
        value = dataset.get_item(tag).value
    except VALUE_ERRORS:
        return ""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return text.strip(" \0").casefold()


def _value(dataset: Dataset, tag: int, vr: str) -> Any:
    if tag not in dataset:
        return None
    try:
        raw = dataset.get_item(tag)
        if isinstance(raw, RawDataElement) and raw.VR in _NO_VR and isinstance(raw.value, bytes):
            return _from_bytes(raw.value, vr, raw.is_little_endian)
        value = dataset[tag].value
        if vr == "OB" or isinstance(value, bytes):
            return _from_bytes(value, vr, True) if isinstance(value, bytes) else None
        plain = plain_value(value, dataset[tag].VR)
        return plain if vr in _TEXT else _as_numbers(plain)
    except VALUE_ERRORS:
        return None


def _from_bytes(value: bytes, vr: str, little_endian: bool) -> Any:
    """The value of an element whose VR the file does not say. Raises ValueError or struct.error for bytes that cannot be it."""
    if vr == "OB":
        return value or None
    if vr in _BINARY:
        letter = _BINARY[vr]
        count = len(value) // struct.calcsize(f"<{letter}")
        return _single_or_all(struct.unpack(f"{'<' if little_endian else '>'}{count}{letter}", value))
    text = value.decode("ascii", "ignore").strip("\0 ")
    return text or None if vr in _TEXT else _as_numbers(tuple(text.split("\\")) if text else None)


def _as_numbers(value: object) -> Any:
    """Numbers as they are, and texts that are numbers (some writers say LO); None where one is not. Raises ValueError."""
    if value is None:
        return None
    items = value if isinstance(value, tuple) else (value,)
    return _single_or_all(tuple(item if isinstance(item, (int, float)) else float(item) for item in items))


def _single_or_all(items: tuple) -> Any:
    if any(isinstance(item, float) and not math.isfinite(item) for item in items):
        return None
    return None if not items else items[0] if len(items) == 1 else items


def _of_items(dataset: Dataset, tag: int, manufacturer: str) -> dict[str, Any]:
    """The private values of a private sequence's first item."""
    items = _items(dataset, tag) if tag in dataset else []
    return private_values(items[0], manufacturer) if items else {}


def _items(dataset: Dataset, tag: int) -> list[Dataset]:
    try:
        value = dataset[tag].value
        if isinstance(value, bytes):  # of an implicit file, whose VR no dictionary knows
            value = convert_SQ(value, is_implicit_VR=True, is_little_endian=True)
        return [item for item in value or () if isinstance(item, Dataset)]
    except VALUE_ERRORS:
        return []
