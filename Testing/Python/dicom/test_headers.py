"""What a header says of the file that it heads: image or none, how it is written, what lies behind its pixels."""

from __future__ import annotations

import errno
import io
import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydicom.dataset import FileMetaDataset

from DICOMTutorialHelperLib.dicom import headers, pydicom_header
from DICOMTutorialHelperLib.dicom.pixel_element import PixelElement
from DICOMTutorialHelperLib.dicom.pydicom_header import group_behind, read_dataset

CT, REPORT, SEG = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.11", "1.2.840.10008.5.1.4.1.1.66.4"


LITTLE, BIG, DEFLATED, JPEG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.70"


class Header:
    """As much of a header as decisions ask for."""

    def __init__(self, pixels=None, syntax=LITTLE, media_class="", **values):
        self.values = {"Rows": 3, "Columns": 4, **values}
        self.values = {key: value for key, value in self.values.items() if value is not None}
        self.transfer_syntax, self.media_class, self._pixels = syntax, media_class, pixels

    def __contains__(self, keyword):
        return keyword in self.values

    def find_pixels(self):
        return self._pixels


NATIVE = PixelElement("PixelData", "OW", 100, 24, end=124, defined=True)


ONE, CUT = PixelElement("PixelData", "OB", fragments=((10, 4),), end=20), PixelElement("PixelData", "OB", fragments=((10, 4),))


def found(header):
    """The pixels, or the code and reason for which the file is left out."""
    pixels = headers._pixels(Path("a.dcm"), header)
    return pixels if isinstance(pixels, PixelElement) else (pixels.finding.code, pixels.finding.evidence["reason"])


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (Header(NATIVE), NATIVE),
        (Header(NATIVE, SOPClassUID=CT), NATIVE),
        (Header(NATIVE, SOPClassUID=SEG), ("not-an-image", "other-reader")),
        (Header(NATIVE, SOPClassUID="1.2.840.10008.5.1.4.1.1.66.7"), ("not-an-image", "other-reader")),
        (Header(NATIVE, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2"), ("not-an-image", "other-reader")),
        (Header(NATIVE, SOPClassUID="1.2.840.10008.5.1.4.1.1.77.1.6"), ("not-an-image", "other-reader")),
        (Header(NATIVE, media_class="1.2.840.10008.1.3.10"), ("not-an-image", "dicomdir")),
        (Header(Rows=None), ("unreadable-file", "cut")),
        (Header(Columns=None, SOPClassUID=CT), ("unreadable-file", "cut")),
        (Header(Rows=None, SOPClassUID=REPORT), ("not-an-image", "no-pixels")),
        (Header(SOPClassUID=REPORT), ("not-an-image", "no-pixels")),
        (Header(media_class=REPORT), ("not-an-image", "no-pixels")),
        (Header(SOPClassUID=CT), ("truncated-pixel-data", "no-pixels")),
        (Header(), ("truncated-pixel-data", "no-pixels")),
        (Header(ONE, JPEG), ONE),
        (Header(CUT, JPEG), ("truncated-pixel-data", "compressed")),
        (Header(CUT, JPEG, NumberOfFrames=1), ("truncated-pixel-data", "compressed")),
        (Header(CUT, JPEG, NumberOfFrames=2), CUT),
        (Header(ONE._replace(fragments=()), JPEG), ("truncated-pixel-data", "compressed")),
        (Header(PixelElement("PixelData", "OB", defined=True), JPEG), ("unreadable-file", "no-fragments")),
        (Header(PixelElement("PixelData"), DEFLATED), PixelElement("PixelData")),
        (Header(ONE, "1.2.840.10008.1.2.4.100"), PixelElement("PixelData", "OB")),
    ],
)
def test_a_file_is_an_image_or_left_out_with_the_reason(header, expected):
    assert found(header) == expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    skipped = headers.read_header(tmp_path / "pipe")
    assert skipped.finding.evidence["reason"] == "no-regular-file"


def test_what_is_no_file_is_said_to_be_none_and_what_is_not_there_not_to_be(tmp_path):
    assert headers.read_header(tmp_path).finding.evidence["reason"] == "no-regular-file"
    missing = headers.read_header(tmp_path / "none").finding
    assert (missing.code, missing.evidence["reason"]) == ("unreadable-file", os.strerror(errno.ENOENT))


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="there are no sockets with names here")
def test_a_socket_is_no_file(tmp_path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "s"))
        assert headers.read_header(tmp_path / "s").finding.evidence["reason"] == "no-regular-file"


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        (b"PK\3\4", "archive"),
        (b"\x1f\x8b\x08", "archive"),
        (b"7z\xbc\xaf", "archive"),
        (b"Rar!", "archive"),
        (b"PK\3\5", "not-dicom"),
        (b"text", "not-dicom"),
        (b"", "not-dicom"),
    ],
)
def test_what_is_no_dicom_is_told_by_its_beginning(tmp_path, beginning, reason):
    (tmp_path / "a").write_bytes(beginning + b"x" * 300 if beginning else b"")
    assert headers.read_header(tmp_path / "a").finding.evidence["reason"] == reason


def test_progress_of_headers_counts_files(tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(b"text")
    told = []
    instances, skipped = headers.read_headers([tmp_path / name for name in "ab"], lambda *done: told.append(done))
    assert (instances, [one.path.name for one in skipped], told) == ([], ["a", "b"], [(1, 2), (2, 2)])


@pytest.mark.parametrize(
    ("behind", "syntax", "group"),
    [
        (b"\x10\x00\x10\x00PN\0\0", LITTLE, 0x0010),
        (b"\x00\x10\x00\x10PN\0\0", BIG, 0x0010),
        (b"\xfc\xff\xfc\xffOB\0\0", LITTLE, None),
        (b"\xff\xfc\xff\xfcOB\0\0", BIG, None),
        (b"\x10\x00\x10\x00PN\0", LITTLE, None),
        (b"", LITTLE, None),
    ],
)
def test_an_element_behind_the_pixels_is_told_by_its_group_padding_aside(behind, syntax, group):
    content = bytes(20) + behind
    pixels = PixelElement("PixelData", "OW", 12, 8, end=20)
    assert group_behind(io.BytesIO(content), pixels, len(content), syntax) == group
    assert group_behind(io.BytesIO(content), pixels._replace(end=None), len(content), syntax) is None


@pytest.mark.parametrize(
    ("implicit", "little", "stated", "syntax"),
    [
        (True, True, None, "1.2.840.10008.1.2"),
        (False, True, None, LITTLE),
        (False, False, None, BIG),
        (True, True, JPEG, JPEG),
        (False, True, f"{JPEG}\0", JPEG),
    ],
)
def test_a_file_that_does_not_say_how_it_is_written_is_as_pydicom_found_it(implicit, little, stated, syntax):
    dataset = SimpleNamespace(file_meta=FileMetaDataset(), original_encoding=(implicit, little))
    if stated:
        dataset.file_meta.TransferSyntaxUID = stated
    assert pydicom_header._transfer_syntax(dataset).rstrip("·") == syntax
    assert pydicom_header._meta_text(SimpleNamespace(file_meta=FileMetaDataset()), "TransferSyntaxUID") == ""
    assert pydicom_header._meta_text(SimpleNamespace(), "TransferSyntaxUID") == ""


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (b"\x08\x00\x16\x00UI\x02\x001\0", True),
        (b"\x08\x00\x60\x00CS\x02\x00CT", False),
        (b"\x08\x00\x60\x00CS\x02\x00CT\x28\x00\x10\x00US\x02\x00\x05\x00", True),
        (b"\x00\x08\x00\x16UI\x00\x021\0", True),
        (b"\x10\x00\x10\x00PN\x02\x00AB", False),
        (b"text", False),
    ],
)
def test_files_without_a_preamble_are_read_where_they_begin_like_a_data_set(content, read):
    assert (read_dataset(io.BytesIO(content)) is not None) == read
