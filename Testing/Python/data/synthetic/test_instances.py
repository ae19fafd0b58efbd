"""Practice files are written quickly, and byte for byte as pydicom writes them."""

from __future__ import annotations

import pydicom
import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.synthetic.instances import IMPLEMENTATION_CLASS_UID, InstanceWriter, synthetic_patient


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
