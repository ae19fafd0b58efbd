"""Elements that a file calls bytes, though the dictionary knows them as texts and numbers."""

from __future__ import annotations

import struct
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian
from synthetic_series import CT, slice_dataset, write

from DICOMTutorialHelperLib.explore.cohort import cohort
from DICOMTutorialHelperLib.explore.data_model import data_model
from DICOMTutorialHelperLib.explore.datasets import read_dataset, text_of, value_of
from DICOMTutorialHelperLib.explore.object_types import count_object_types

CALLED_BYTES = ("SOPClassUID", "Modality", "PatientName", "PatientID", "StudyDate", "SeriesNumber", "Rows")


@pytest.fixture(params=[(ExplicitVRLittleEndian, "<"), (ExplicitVRBigEndian, ">")], ids=["little endian", "big endian"])
def called_bytes(tmp_path, request) -> Path:
    """A file of this transfer syntax in which the elements of CALLED_BYTES have the VR OB."""
    syntax, order = request.param
    dataset = slice_dataset(0, StudyDate="20240131", rows=6)
    path = write(dataset, tmp_path / "1.dcm", syntax)
    whole = path.read_bytes()
    for keyword in CALLED_BYTES:
        tag = pydicom.datadict.tag_for_keyword(keyword)
        head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
        at = whole.index(head + pydicom.datadict.dictionary_VR(tag).encode())
        (length,) = struct.unpack(f"{order}H", whole[at + 6 : at + 8])
        whole = whole[: at + 4] + b"OB\0\0" + struct.pack(f"{order}I", length) + whole[at + 8 :]
    path.write_bytes(whole)
    assert isinstance(pydicom.dcmread(path)["Rows"].value, bytes)
    return path


def test_they_say_what_their_bytes_say(called_bytes):
    dataset = read_dataset(called_bytes)
    assert (value_of(dataset, "Rows"), value_of(dataset, "SeriesNumber")) == (6, 5)
    assert (text_of(dataset, "Modality"), text_of(dataset, "StudyDate")) == ("CT", "20240131")
    assert value_of(dataset, "PixelData") == pydicom.dcmread(called_bytes).PixelData


@pytest.mark.parametrize("vr", ["US", "UL", "FL", "AT", "DS"])
def test_text_that_a_file_calls_numbers_is_text(tmp_path, vr):
    dataset = slice_dataset(0, Modality="MR  ", PatientID="20080213")
    whole = write(dataset, tmp_path / "1.dcm").read_bytes()
    for head in (b"\x08\0\x60\0CS", b"\x10\0\x20\0LO"):
        assert head in whole
        whole = whole.replace(head, head[:4] + vr.encode())
    (tmp_path / "1.dcm").write_bytes(whole)
    found = read_dataset(tmp_path / "1.dcm")
    assert (text_of(found, "Modality"), text_of(found, "PatientID")) == ("MR", "20080213")


def test_the_tree_and_the_table_have_them(called_bytes):
    model = data_model(called_bytes.parent)
    (patient,) = model.patients
    assert (patient.patient_id, patient.studies[0].series[0].modality) == ("P1", "CT")
    table = cohort(called_bytes.parent, 'Modality == "CT" and Rows == 6', ["StudyDate", "Rows"])
    assert table.rows == [["20240131", 6]]
    assert [count.sop_class_uid for count in count_object_types(model)] == [CT]
