"""A file that holds zeros, as broken downloads and sparse files do, is told at once, however large it is."""

from __future__ import annotations

import os

import pytest
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom import bounded_file
from DICOMTutorialHelperLib.dicom.bounded_file import BoundedFile
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.explore.datasets import UnreadableFile, read_dataset

SIZE = 64 << 20  # sparse; read in steps of eight bytes it would be eight million elements


@pytest.fixture
def zeros(tmp_path):
    path = tmp_path / "zeros.dcm"
    path.touch()
    os.truncate(path, SIZE)
    return path


@pytest.fixture(params=["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"], ids=["implicit", "explicit"])
def begun(tmp_path, request):
    """A header that gives way to zeros."""
    path = write(slice_dataset(0), tmp_path / "begun.dcm", request.param)
    path.write_bytes(path.read_bytes()[:700])
    os.truncate(path, SIZE)
    return path


@pytest.fixture
def reads(monkeypatch):
    """How often a file was asked for an element's head."""
    counted = []
    plain = BoundedFile.read

    def read(self, size=-1):
        counted.append(size)
        return plain(self, size)

    monkeypatch.setattr(bounded_file.BoundedFile, "read", read)
    return counted


def test_a_file_of_zeros_is_no_dicom(zeros, reads):
    with pytest.raises(UnreadableFile, match="not-dicom"):
        read_dataset(zeros)
    with pytest.raises(UnreadableFile, match="not-dicom"):
        read_dataset(zeros, ["PatientID"], pixels=False)
    assert len(reads) < 100
    assert examine_paths(zeros).series == []


def test_a_header_that_gives_way_to_zeros_ends_there(begun, reads):
    assert read_dataset(begun, pixels=False).SOPClassUID
    assert read_dataset(begun, ["PatientID", "SeriesDescription"], pixels=False) is not None
    examine_paths(begun)
    assert len(reads) < 2000


def test_one_empty_element_without_end_is_read_for_a_while_only(tmp_path, reads):
    path = tmp_path / "again.dcm"
    path.write_bytes(b"\x08\0\x05\0\0\0\0\0" * (1 << 20))
    read_dataset(path, ["PatientID"], pixels=False)
    assert examine_paths(path).series == []
    assert len(reads) < 4 * bounded_file.MOST_EQUAL


def test_values_that_are_zero_are_values(tmp_path):
    dataset = slice_dataset(0)
    dataset.DiffusionBValue = 0.0
    dataset.DiffusionGradientOrientation = [0.0, 0.0, 0.0]
    path = write(dataset, tmp_path / "zero.dcm", "1.2.840.10008.1.2")
    assert list(read_dataset(path).DiffusionGradientOrientation) == [0.0, 0.0, 0.0]
