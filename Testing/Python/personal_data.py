"""A CT slice that names its patient in every way, for tests of privacy."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import axial_positions, slice_dataset


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def personal_slice(number: int = 0) -> Dataset:
    """A CT slice that names its patient in every way the Basic Profile thinks of, and in some it cannot."""
    dataset = slice_dataset(number, ImagePositionPatient=list(axial_positions(number + 1)[number]))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName, dataset.PatientID = "Dupont-Müller^Éloïse", "HOSP-4711"
    dataset.PatientBirthDate, dataset.PatientSex, dataset.PatientAge, dataset.PatientWeight = "19310203", "F", "093Y", 61.5
    dataset.PatientAddress, dataset.OtherPatientIDs = "12 rue Oubliée", "SOCSEC-991"
    dataset.AccessionNumber, dataset.StudyID = "ACC-83645", "STUDY-55"
    dataset.InstitutionName, dataset.StationName = "Hôpital Saint-Exemple", "CTROOM7"
    dataset.ReferringPhysicianName, dataset.OperatorsName = "Referrer^Rita", "Operator^Otto"
    dataset.StudyDate, dataset.AcquisitionDateTime, dataset.StudyTime = "20210304", "20210304101112.5", "101112"
    dataset.StudyDescription, dataset.ImageComments = "Thorax for Dupont-Müller", "call +49 30 1234567"
    dataset.DeviceSerialNumber = "SN-00998877"
    # What people type where no table expects it.
    dataset.ManufacturerModelName = "Scanner of Dupont-Müller"
    request = Dataset()
    request.RequestedProcedureID, request.ScheduledProcedureStepDescription = "REQ-1234", "Dupont-Müller chest"
    request.ReferencedSOPInstanceUID = "1.2.3.4.5.678"
    dataset.RequestAttributesSequence = Sequence([request])
    region = code("51185008", "SCT", "Chest")
    region.add_new((0x0011, 0x0010), "LO", "NESTED PRIVATE")
    region.add_new((0x0011, 0x1001), "LO", "secret nested")
    dataset.AnatomicRegionSequence = Sequence([region])
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = dataset.SOPClassUID, "1.2.826.99.1"
    dataset.SourceImageSequence = Sequence([source])
    dataset.add_new((0x0009, 0x0010), "LO", "ACME 1.0")
    dataset.add_new((0x0009, 0x1001), "LO", "private Dupont")
    dataset.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x0019, 0x100C), "IS", "1000")
    dataset.add_new((0x6000, 0x0010), "US", 5)
    dataset.add_new((0x6000, 0x3000), "OW", b"\x0f" * 4)
    return dataset
