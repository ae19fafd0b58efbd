"""What every made instance has in common: the marks that it is made, unique identifiers, patient and study, the file itself."""

from __future__ import annotations

import struct
from collections.abc import MutableSequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr_element, write_data_element
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from DICOMTutorialHelperLib import __version__

# A root of the project's own, from a random UUID (PS3.5 B.2): 45 characters with the dot, and 19 digits for each object.
UID_ROOT = "2.25.116267861723273722103373167261383692358."
IMPLEMENTATION_CLASS_UID = UID(UID_ROOT + "1")
COMMENT = "Practice data made by DICOMTutorialHelper: nobody's images, not for clinical use"
MAKER = "DICOMTutorialHelper"
CHANGING_VRS = {"SQ", "OB", "OW", "UN"}  # whose values make no short text


class SetKey(NamedTuple):
    """What tells one practice set from all others, and so what its identifiers and its noise come from."""

    practice_set: str
    size: str
    seed: int
    variant: str = "sound"


def synthetic_uid(*names: object) -> UID:
    """The UID under the project's root that belongs to these names, always the same one."""
    return generate_uid(prefix=UID_ROOT, entropy_srcs=["/".join(str(name) for name in names)])


def is_synthetic_uid(uid: str) -> bool:
    """Whether a UID is one that this project gives to what it makes."""
    return str(uid).startswith(UID_ROOT)


# People who never lived, with names that could be anybody's: learners are to find what points to a person.
TORSO_PATIENT = ("Valmont^Paul", "PRACTICE-TORSO-CT", "M", "19690914", "050Y")
BREAST_PATIENT = ("Silveira^Ana Clara", "PRACTICE-BREAST-MRI", "F", "19580322", "050Y")
REFERRING, PERFORMING, READING, OPERATOR = "Lindqvist^Eva^^Dr.", "Okafor^Chidi^^Dr.", "Tanaka^Yumi^^Dr.", "Brandt^Jonas"


def synthetic_patient(name: str, patient_id: str, sex: str, birth_date: str, age: str) -> Dataset:
    """Patient and Patient Study module (PS3.3 C.7.1.1, C.7.2.2) of somebody who never lived."""
    ds = Dataset()
    ds.PatientName = name
    ds.PatientID = patient_id
    ds.PatientBirthDate = birth_date
    ds.PatientBirthTime = "061500"
    ds.PatientSex = sex
    ds.PatientAge = age
    ds.QualityControlSubject = "YES"  # not a person: a phantom, if only a computed one
    ds.ImageComments = COMMENT
    return ds


def synthetic_study(
    ds: Dataset, study_uid: str, date: str, time: str, study_id: str, description: str, accession: str, diagnosis: str = ""
) -> None:
    """General Study and Patient Study modules (PS3.3 C.7.2.1, C.7.2.2), and who took part in the series (C.7.3.1)."""
    ds.StudyInstanceUID = study_uid
    ds.StudyDate = date
    ds.StudyTime = time
    ds.StudyID = study_id
    ds.StudyDescription = description
    ds.AccessionNumber = accession
    ds.ReferringPhysicianName = REFERRING
    ds.PerformingPhysicianName = PERFORMING
    ds.NameOfPhysiciansReadingStudy = READING
    ds.OperatorsName = OPERATOR
    if diagnosis:
        ds.AdmittingDiagnosesDescription = diagnosis


def synthetic_equipment(ds: Dataset, manufacturer: str, model: str) -> None:
    """General Equipment module (PS3.3 C.7.5.1)."""
    ds.Manufacturer = manufacturer
    ds.ManufacturerModelName = model
    ds.InstitutionName = "Practice Hospital"
    ds.StationName = "SIM01"
    ds.DeviceSerialNumber = "0000"
    ds.SoftwareVersions = f"{MAKER} {__version__}"


def image_pixels(ds: Dataset, rows: int, columns: int, bits_stored: int, signed: bool = False) -> None:
    """The part of the Image Pixel module (PS3.3 C.7.6.3) that a series of monochrome 16-bit images shares."""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows = rows
    ds.Columns = columns
    ds.BitsAllocated = 16
    ds.BitsStored = bits_stored
    ds.HighBit = bits_stored - 1
    ds.PixelRepresentation = int(signed)


def decimals(values, digits: int = 4) -> list[str]:
    """Numbers as decimal strings (VR DS, at most 16 characters)."""
    # Adding zero turns -0.0, which would be written "-0", into 0.0.
    return [f"{round(float(value), digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".") for value in np.ravel(values)]


def _tag_number(element: DataElement) -> int:
    return int(element.tag)  # pydicom's tags compare themselves in Python


class InstanceWriter:
    """Writes instances that are alike as DICOM Part 10 files, explicit VR little endian: what did not change is encoded once.

    pydicom encodes an element in some 20 microseconds, a hundred of them in a file: most of the time that small images take.
    """

    def __init__(self) -> None:
        self._last: dict[int, tuple[str, object, bytes]] = {}  # of a tag the VR, the value and how it was written
        self._known: dict[tuple[int, str, str], bytes] = {}  # how a tag, VR and value as text are written

    def write(self, ds: Dataset, path: Path) -> None:
        """The bytes are those that ``pydicom.dcmwrite`` writes, 2 and 3 alike. Raises OSError."""
        held = ds.values()
        elements = [element for element in held if not isinstance(element, RawDataElement)]
        elements = sorted(elements, key=_tag_number) if len(elements) == len(held) else list(ds)
        encoded = [self._encoded(element, ds) for element in elements]
        path.write_bytes(b"".join([b"\0" * 128, b"DICM", self._encoded_meta(ds), *encoded]))

    def _encoded(self, element: DataElement, ds: Dataset) -> bytes:
        if " or " in element.VR:
            correct_ambiguous_vr_element(element, ds, True)  # in place
        tag, vr, value = int(element.tag), element.VR, element.value
        if vr in CHANGING_VRS:
            return _encode(element)
        last = self._last.get(tag)
        # A list may be the same and hold something else now.
        if last is not None and last[0] == vr and last[1] is value and not isinstance(value, MutableSequence):
            return last[2]
        key = tag, vr, str(value)
        encoded = self._known.get(key)
        if encoded is None:
            encoded = self._known[key] = _encode(element)
        self._last[tag] = vr, value, encoded
        return encoded

    def _encoded_meta(self, ds: Dataset) -> bytes:
        """The file meta information (PS3.10 7.1)."""
        elements = b"".join(
            [
                _META_VERSION,
                self._encoded(DataElement(0x00020002, "UI", ds.SOPClassUID), ds),
                self._encoded(DataElement(0x00020003, "UI", ds.SOPInstanceUID), ds),
                _META_REST,
            ]
        )
        return _META_LENGTH.pack(2, 0, b"UL", 4, len(elements)) + elements


def write_instance(ds: Dataset, path: Path) -> None:
    """Write one instance as ``InstanceWriter`` does."""
    InstanceWriter().write(ds, path)


def _encode(element: DataElement) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_data_element(buffer, element, ["utf8"])  # ISO_IR 192, which all have
    return buffer.getvalue()


_META_LENGTH = struct.Struct("<HH2sHI")
_META_VERSION = _encode(DataElement(0x00020001, "OB", b"\x00\x01"))
_META_REST = b"".join(
    _encode(DataElement(tag, vr, value))
    for tag, vr, value in (
        (0x00020010, "UI", ExplicitVRLittleEndian),
        (0x00020012, "UI", IMPLEMENTATION_CLASS_UID),
        (0x00020013, "SH", "DICOMTUTORIAL"),
    )
)
