"""Practice files are written quickly, and byte for byte as pydicom writes them."""

from __future__ import annotations

import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.synthetic.instances import (
    IMPLEMENTATION_CLASS_UID,
    InstanceWriter,
    decimals,
    image_pixels,
    is_synthetic_uid,
    synthetic_equipment,
    synthetic_patient,
    synthetic_study,
    synthetic_uid,
)


@pytest.fixture
def instance() -> Dataset:
    """A little of everything: texts, numbers, several values, a sequence, a private element, pixels."""
    ds = synthetic_patient("Prüfung^Äpfel", "1", "O", "19700101", "050Y")
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.2.3.4"
    ds.ImagePositionPatient = ["1.5", "-2", "0"]
    ds.InstanceNumber = 7
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.Rows = ds.Columns = 2
    ds.BitsAllocated, ds.PixelRepresentation = 16, 0
    ds.SmallestImagePixelValue = 3
    item = Dataset()
    item.CodeValue = "T-D1100"
    ds.AnatomicRegionSequence = [item]
    ds.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x0A, "IS", "4")
    ds.PixelData = bytes(range(8))
    return ds


def by_pydicom(ds: Dataset, path) -> bytes:
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    ds.file_meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    ds.file_meta.ImplementationVersionName = "DICOMTUTORIAL"
    if int(pydicom.__version__.split(".")[0]) >= 3:
        pydicom.dcmwrite(path, ds, enforce_file_format=True)
    else:
        ds.is_little_endian, ds.is_implicit_VR = True, False
        pydicom.dcmwrite(path, ds, write_like_original=False)
    return path.read_bytes()


def test_every_file_of_a_writer_has_the_bytes_that_pydicom_writes(instance, tmp_path):
    writer = InstanceWriter()
    changes = [
        {},
        {"InstanceNumber": 8, "SOPInstanceUID": "1.2.3.45"},
        {"ImagePositionPatient": ["1.50", "-2", "0"]},  # equal as numbers, other as text
        {"PixelData": bytes(range(8, 16))},
        {"PatientName": "Prüfung^Birnen", "ImageType": "DERIVED"},
    ]
    for change in changes:
        for keyword, value in change.items():
            setattr(instance, keyword, value)
        instance.AnatomicRegionSequence[0].CodeValue += "1"
        writer.write(instance, tmp_path / "made.dcm")
        assert (tmp_path / "made.dcm").read_bytes() == by_pydicom(instance, tmp_path / "pydicom.dcm")


def test_an_element_that_is_gone_is_not_written_any_more(instance, tmp_path):
    writer = InstanceWriter()
    writer.write(instance, tmp_path / "made.dcm")
    del instance.InstanceNumber
    writer.write(instance, tmp_path / "made.dcm")
    assert (tmp_path / "made.dcm").read_bytes() == by_pydicom(instance, tmp_path / "pydicom.dcm")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.5, 4, "1.5"),
        (1.00004, 4, "1"),
        (1.00006, 4, "1.0001"),
        (-0.00001, 4, "0"),
        (100.0, 4, "100"),
        (1.4843751, 6, "1.484375"),
        (10.0, 1, "10"),
    ],
)
def test_numbers_are_written_without_needless_zeros(value, digits, text):
    assert decimals(value, digits) == [text]


def test_numbers_have_four_digits_unless_told_otherwise():
    assert decimals([[1.23456, 2], [0, -0.0]]) == ["1.2346", "2", "0", "0"]


def test_uids_follow_from_names_and_are_known_as_made():
    assert synthetic_uid("a", 1) == synthetic_uid("a", "1") != synthetic_uid("a", 2)
    assert len(synthetic_uid("a")) <= 64
    assert is_synthetic_uid(synthetic_uid("a")) and not is_synthetic_uid("1.2.3")


@pytest.mark.parametrize(("bits", "signed"), [(12, False), (16, True)])
def test_pixels_are_grey_words_of_so_many_bits(bits, signed):
    ds = Dataset()
    image_pixels(ds, 3, 4, bits, signed)
    assert (ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation) == (3, 4, 1, "MONOCHROME2")
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation) == (16, bits, bits - 1, int(signed))


def test_a_patient_a_study_and_a_machine_are_called_what_they_are_given():
    ds = synthetic_patient("A^B", "P", "F", "19700101", "050Y")
    synthetic_study(ds, "1.2", "20200101", "101500", "S", "Chest", "N")
    synthetic_equipment(ds, "Maker", "Model")
    assert (ds.PatientName, ds.PatientID, ds.PatientSex, ds.PatientBirthDate, ds.PatientAge) == (
        "A^B",
        "P",
        "F",
        "19700101",
        "050Y",
    )
    assert (ds.StudyInstanceUID, ds.StudyDate, ds.StudyTime, ds.StudyID) == ("1.2", "20200101", "101500", "S")
    assert (ds.StudyDescription, ds.AccessionNumber, ds.Manufacturer, ds.ManufacturerModelName) == (
        "Chest",
        "N",
        "Maker",
        "Model",
    )
    assert (ds.QualityControlSubject, ds.InstitutionName) == ("YES", "Practice Hospital")
    assert "AdmittingDiagnosesDescription" not in ds
    synthetic_study(ds, "1.2", "20200101", "101500", "S", "Chest", "N", "Cough")
    assert ds.AdmittingDiagnosesDescription == "Cough"


def test_an_element_is_encoded_once_a_value_and_a_list_is_looked_at_again(monkeypatch):
    from DICOMTutorialHelperLib.data.synthetic import instances

    encoded = []
    monkeypatch.setattr(instances, "_encode", lambda element: encoded.append(str(element.value)) or str(element.value).encode())
    writer, ds = InstanceWriter(), Dataset()
    several = DataElement(0x00080008, "CS", ["A", "B"])
    name = DataElement(0x00100010, "LO", "x")
    written = [writer._encoded(one, ds) for one in (name, name, several, several)]
    several.value[0] = "C"
    written.append(writer._encoded(several, ds))
    for value in ("y", "x"):
        written.append(writer._encoded(DataElement(0x00100010, "LO", value), ds))
    writer._encoded(DataElement(0x00100010, "SH", "x"), ds)
    writer._encoded(DataElement(0x00100020, "LO", "x"), ds)
    assert encoded == ["x", "['A', 'B']", "['C', 'B']", "y", "x", "x"]
    assert written == [b"x", b"x", b"['A', 'B']", b"['A', 'B']", b"['C', 'B']", b"y", b"x"]
    for _ in range(2):
        writer._encoded(DataElement(0x7FE00010, "OW", b"12"), ds)
    assert encoded[6:] == ["b'12'"] * 2


@pytest.mark.parametrize(
    ("values", "digits", "written"),
    [(1.5, 4, ["1.5"]), (-0.00001, 4, ["0"]), ([2, 100.12345], 4, ["2", "100.1235"]), (1 / 3, 6, ["0.333333"])],
)
def test_decimals_are_written_without_needless_zeros(values, digits, written):
    assert decimals(values, digits) == written
