"""Numbers of a Siemens CSA header, byte by byte, and what they mean beside elements of their own."""

from __future__ import annotations

import struct

import pytest
from made_elements import made_private
from made_mosaics import csa_header
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom import private_elements
from DICOMTutorialHelperLib.dicom.csa_header import read_csa_numbers
from DICOMTutorialHelperLib.dicom.private_elements import private_values


def test_what_a_csa_header_says_is_a_number_or_several_and_an_own_element_goes_before_it(monkeypatch):
    numbers = {"B_value": (800.0,), "MosaicRefAcqTimes": (0.0, 52.5), "NumberOfImagesInMosaic": (36.0,)}
    monkeypatch.setattr(private_elements, "read_csa_numbers", lambda header, tags: numbers)
    dataset = Dataset()
    dataset.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
    dataset.add_new((0x0029, 0x1010), "OB", b"SV10")
    dataset.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
    dataset.add_new((0x0019, 0x100C), "IS", "1000")
    found = private_elements.private_values(dataset)
    assert "SiemensCSAImageHeader" not in found
    assert found["SiemensBValue"] == 1000
    assert found["SiemensSliceTimes"] == (0.0, 52.5)
    assert found["SiemensNumberOfImagesInMosaic"] == 36.0


SIEMENS = "SIEMENS MR HEADER"


CSA = {"NumberOfImagesInMosaic": [36], "SliceNormalVector": ["0.0", "0.6", "0.8"], "B_value": [1000], "Other": [7], "Empty": []}


@pytest.mark.parametrize("kind", [1, 2])
def test_numbers_of_a_csa_header_are_told_by_name(kind):
    whole = csa_header(CSA, kind)
    names = {"NumberOfImagesInMosaic", "SliceNormalVector", "B_value", "Empty"}
    expected = {"NumberOfImagesInMosaic": (36.0,), "SliceNormalVector": (0.0, 0.6, 0.8), "B_value": (1000.0,)}
    assert read_csa_numbers(whole, names) == expected
    assert read_csa_numbers(whole, {"Other"}) == {"Other": (7.0,)}
    assert read_csa_numbers(csa_header({"B_value": ["x"]}, kind), names) == {}
    first = csa_header({"NumberOfImagesInMosaic": [36]}, kind)
    for kept in range(len(whole)):
        read = read_csa_numbers(whole[:kept], names)
        assert read.items() <= expected.items()
        assert ("NumberOfImagesInMosaic" in read) == (kept >= len(first)), kept


@pytest.mark.parametrize(("count", "read"), [(0, False), (1, True), (1024, True), (1025, False)])
def test_a_csa_header_has_up_to_1024_tags(count, read):
    whole = bytearray(csa_header({"B_value": [5]}, 2))
    whole[8:12] = struct.pack("<I", count)
    assert (read_csa_numbers(bytes(whole), {"B_value"}) == {"B_value": (5.0,)}) == read


def test_csa_values_stand_behind_the_elements_own():
    made = made_private("SIEMENS CSA HEADER", 0x0029, 0x10, "OB", csa_header(CSA))
    values = private_values(made)
    assert values["SiemensNumberOfImagesInMosaic"] == 36.0
    assert values["SiemensSliceNormalVector"] == (0.0, 0.6, 0.8)
    made.update(made_private(SIEMENS, 0x0019, 0x0C, "IS", 5))
    assert private_values(made)["SiemensBValue"] == 5
