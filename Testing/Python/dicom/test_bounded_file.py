"""Files that would take time or room without end: zeros, as broken downloads hold them, equal headers, deflated data."""

from __future__ import annotations

import os
import zlib

import pytest
from made_frames import made_frames_of_one
from synthetic_series import slice_dataset, write

from DICOMTutorialHelperLib.dicom import bounded_file, deflated
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


@pytest.mark.parametrize(("size", "asks"), [(-1, 0), (None, 0), (1, 0), (65536, 0), (65537, 1), (1 << 40, 1)])
def test_only_for_more_than_64_kib_is_it_asked_how_much_is_left(tmp_path, monkeypatch, size, asks):
    """To ask costs more than so little memory; with more, the file's length counts and not what is claimed."""
    (tmp_path / "a").write_bytes(bytes(range(200)) * 500)
    asked = []
    with bounded_file.BoundedFile(tmp_path / "a") as file:
        file.read(10)
        usual = file.tell
        monkeypatch.setattr(file, "tell", lambda: asked.append(1) or usual(), raising=False)
        assert len(file.read(size)) == (99_990 if size in (-1, None) else min(size, 99_990))
    assert len(asked) == asks


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


@pytest.mark.parametrize(("times", "ends"), [(16, False), (17, True)])
def test_zeros_without_end_end_a_file(tmp_path, times, ends):
    (tmp_path / "a").write_bytes(bytes(8 * 40))
    with BoundedFile(tmp_path / "a") as file:
        heads = [file.read(8) for _ in range(times)]
    assert (heads[-1] == b"") == ends


def test_other_headers_may_be_equal_by_the_thousand_and_lengths_do_not_matter(tmp_path):
    (tmp_path / "a").write_bytes(b"abcdefgh" * 100 + bytes(8 * 10) + b"x")
    with BoundedFile(tmp_path / "a") as file:
        assert all(file.read(8) == b"abcdefgh" for _ in range(100))
        assert all(file.read(8) == bytes(8) for _ in range(10))
        assert file.read(1 << 40) == b"x"
        assert file.read() == b""
        file.seek(0)
        assert len(file.read()) == 881
        file.seek(0)
        assert all(file.read(7) == b"abcdefg" and file.seek(0) == 0 for _ in range(40))


def deflated_file(content, head=b"\x02\x00\x00\x00UL\x04\x00", extra=0):
    meta = b"\x02\x00\x10\x00UI\x16\x00" + b"1.2.840.10008.1.2.1.99"
    inflater = zlib.compressobj(wbits=-15)
    body = inflater.compress(content) + inflater.flush()
    return b"\0" * 128 + b"DICM" + head + (len(meta) + extra).to_bytes(4, "little") + meta + body


@pytest.mark.parametrize(("size", "too_far"), [(1000, False), (1001, True)])
def test_deflated_data_inflate_so_far(tmp_path, monkeypatch, size, too_far):
    monkeypatch.setattr(deflated, "MOST_INFLATED_BYTES", 1000)
    monkeypatch.setattr(deflated, "PIECE", 64)
    (tmp_path / "a").write_bytes(deflated_file(bytes(size)))
    with open(tmp_path / "a", "rb") as file:
        assert deflated.inflates_too_far(file) == too_far
        assert file.tell() == 0


def test_only_deflated_files_are_looked_into_and_hidden_data_are_too_far(tmp_path):
    for content, too_far in (
        (b"\0" * 128 + b"DICM" + b"1.2.840.10008.1.2.1", False),
        (deflated_file(b"x"), False),
        (b"x" + deflated_file(b"x"), False),
        (deflated_file(b"x", head=b"\x02\x00\x01\x00UL\x04\x00"), True),
        (deflated_file(b"x")[:-3], False),
    ):
        (tmp_path / "a").write_bytes(content)
        with open(tmp_path / "a", "rb") as file:
            assert deflated.inflates_too_far(file) == too_far


def test_frames_made_for_these_tests_belong_to_their_instance():
    frames = made_frames_of_one(2)
    assert frames[0].instance is frames[1].instance and [frame.number for frame in frames] == [0, 1]
