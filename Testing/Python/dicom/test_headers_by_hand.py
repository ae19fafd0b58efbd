"""What a header says of the file that it heads: image or none, how it is written, what lies behind its pixels; by hand."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_frames import made_instance
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

from DICOMTutorialHelperLib.dicom import decoding, headers, pydicom_header
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.instance import Instance
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
def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    skipped = headers.read_header(tmp_path / "pipe")
    assert skipped.finding.evidence["reason"] == "no-regular-file"
    assert headers.read_header(tmp_path / "none").finding.code == "unreadable-file"


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


# --- as pydicom reads them


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


def overlays(*entries):
    dataset = Dataset()
    for group, allocated, position in entries:
        dataset.add_new((group, 0x0100), "US", allocated)
        if position is not None:
            dataset.add_new((group, 0x0102), "US", position)
    header = object.__new__(pydicom_header.PydicomHeader)
    header._dataset = dataset
    return header.overlay_bits()


def test_overlays_of_old_lie_in_bits_of_the_pixels():
    """(60xx,0100) above 1: in the pixels' words; groups 6000 to 601E."""
    assert overlays((0x6000, 16, 12), (0x601E, 2, 15), (0x6002, 1, 3), (0x6020, 16, 5), (0x6004, 16, None), (0x6006, 16, 0)) == {
        12,
        15,
        0,
    }
    assert overlays() == set()


# --- decoders


def test_a_decoder_is_told_what_examination_settled():
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    instance = Instance(Path("a"), made_instance(PlanarConfiguration=1).values, JPEG)
    decoding._describe(dataset, instance, 5)
    assert (dataset.Rows, dataset.Columns, dataset.BitsStored, dataset.HighBit, dataset.PlanarConfiguration) == (3, 4, 12, 11, 1)
    assert (dataset.NumberOfFrames, dataset.file_meta.TransferSyntaxUID, dataset.PixelRepresentation) == (5, JPEG, 0)
    assert (dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.BitsAllocated) == (1, "MONOCHROME2", 16)


def failing(error):
    def decode():
        raise error

    return decode


class PanicException(BaseException):
    """As decoders written in Rust raise it."""


@pytest.mark.parametrize("error", [ValueError("bad\nmore"), OSError("bad"), MemoryError("bad"), PanicException("bad")])
def test_whatever_a_decoder_raises_is_told_with_its_first_line(error):
    with pytest.raises(DecodingError) as caught:
        decoding._decoded(made_instance("folder/a.dcm"), failing(error))
    assert (caught.value.reason, caught.value.detail, caught.value.fields["file"]) == ("undecodable", "bad", "a.dcm")
    with pytest.raises(KeyboardInterrupt):
        decoding._decoded(made_instance(), failing(KeyboardInterrupt()))


def test_an_error_without_a_text_is_told_by_its_kind_and_a_long_one_cut():
    assert decoding._decoding_error(made_instance(), ValueError()).detail == "ValueError"
    assert decoding._decoding_error(made_instance(), ValueError("x" * 300)).detail == "x" * 200 + "…"


@pytest.mark.parametrize(("frames", "shape"), [(1, (1, 3, 4)), (2, (2, 3, 4))])
def test_values_of_a_file_have_an_axis_of_frames(monkeypatch, tmp_path, frames, shape):
    """Of a file that lacks fragments as many frames as it has."""
    told = []
    instance = Instance(tmp_path / "a", made_instance(NumberOfFrames=3).values, JPEG, fragments=((1, 2), (4, 1))[:frames])
    instance.frames.extend(SimpleNamespace(window=None) for _ in range(3))
    (tmp_path / "a").write_bytes(b"0123456")
    monkeypatch.setattr(decoding.pydicom, "dcmread", lambda *_, **__: told.append(Dataset()) or told[0])
    monkeypatch.setattr(decoding, "_describe", lambda dataset, instance, frames: told.append(frames))
    monkeypatch.setattr(decoding, "_pixel_array", lambda dataset: np.zeros((frames, 3, 4)) if frames > 1 else np.zeros((3, 4)))
    monkeypatch.setattr(decoding, "_rgb", lambda dataset, values: values)
    assert decoding.decode_stored_values(instance).shape == shape
    assert told[1] == frames
    assert b"12" in told[0].PixelData and told[0]["PixelData"].is_undefined_length


def test_a_modality_table_is_looked_up_with_the_bits_that_were_settled(tmp_path):
    from synthetic_series import MR, slice_dataset, write

    table = Dataset()
    table.LUTDescriptor, table.ModalityLUTType = [4, 0, 16], "US"
    table.add_new("LUTData", "OW", np.array([10, 20, 30, 50], "<u2").tobytes())
    path = write(slice_dataset(0, MR, ModalityLUTSequence=Sequence([table])), tmp_path / "a.dcm")
    instance = Instance(path, made_instance().values, LITTLE)
    assert decoding.apply_modality_lut(np.array([[0, 1], [3, 9]], np.uint16), instance).tolist() == [[10, 20], [50, 50]]


def colours(interpretation, values, **more):
    dataset = Dataset()
    dataset.PhotometricInterpretation = interpretation
    for keyword, value in more.items():
        setattr(dataset, keyword, value)
    return decoding._rgb(dataset, values)


def test_luminance_becomes_colours_where_pydicom_leaves_it(monkeypatch):
    """ITU-R BT.601: red is luminance 76 with chrominance 85 and 255."""
    values = np.array([[[76, 85, 255], [128, 128, 128]]], np.uint8)
    monkeypatch.setattr(decoding, "_is_rgb_already", lambda _: True)  # as of pydicom 3
    assert colours("YBR_FULL", values) is values
    monkeypatch.setattr(decoding, "_is_rgb_already", lambda _: False)
    assert colours("YBR_FULL", values) == pytest.approx(np.array([[[254, 0, 0], [128, 128, 128]]]), abs=1)
    frames = np.stack([values, values])
    assert colours("YBR_FULL", frames).shape == (2, 1, 2, 3)
    assert colours("MONOCHROME2", values) is values


@pytest.mark.parametrize(("bits", "words", "expected"), [(16, [0x0100, 0xFF00], [1, 255]), (8, [3, 200], [3, 200])])
def test_palettes_of_16_bits_are_brought_down_to_bytes(bits, words, expected):
    """PS3.3 C.7.6.3.1.5: the number of entries, the first one, and the bits of each."""
    table = {}
    for name in ("Red", "Green", "Blue"):
        table[f"{name}PaletteColorLookupTableDescriptor"] = [2, 0, bits]
        table[f"{name}PaletteColorLookupTableData"] = np.array(words, "<u2" if bits == 16 else "u1").tobytes()
    found = colours("PALETTE COLOR", np.array([[0, 1]], np.uint8), PixelRepresentation=0, **table)
    assert found.dtype == np.uint8
    assert found[0, :, 0].tolist() == expected
