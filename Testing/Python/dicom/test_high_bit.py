"""HighBit that is not BitsStored - 1: the pixels tell in which bits they lie, and the finding says which were taken."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEG2000Lossless, RLELossless
from synthetic_series import MR, axial_positions, slice_dataset, write

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.high_bit import contradicts, where_pixels_lie
from DICOMTutorialHelperLib.dicom.pixel_element import PixelElement
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.languages import LANGUAGES

SHAPE = (40, 32)


def written(folder, words, stored, high, signed=0, **header):
    """Two slices of 16-bit words; the folder."""
    for number, position in enumerate(axial_positions(2)):
        dataset = slice_dataset(
            number, sop_class=MR, rows=SHAPE[0], columns=SHAPE[1], ImagePositionPatient=list(position), BitsStored=stored,
            HighBit=high, PixelRepresentation=signed, PixelData=np.asarray(words).astype("<u2").tobytes(), **header,
        )  # fmt: skip
        write(dataset, folder / f"{number}.dcm")
    return folder


def read(folder):
    """Voxels of the first slice, and the finding of HighBit, of the one series."""
    (series,) = examine_paths([folder]).series
    (candidate,) = series.selected
    found = [finding for finding in candidate.findings if finding.evidence.get("keyword") == "HighBit"]
    return read_voxels(candidate.stacks[0])[0], found[0] if found else None


@pytest.fixture()
def values():
    return np.random.default_rng(3).integers(0, 4096, SHAPE)


@pytest.mark.parametrize("high", [12, 13, 15])
def test_pixels_in_the_lower_bits_are_read_from_there(tmp_path, values, high):
    """As pydicom, GDCM and dcm2niix read them; DCMTK alone shifts."""
    written(tmp_path, values, 12, high)
    voxels, finding = read(tmp_path)
    assert voxels.tolist() == values.tolist()
    assert (finding.severity, finding.evidence["reason"]) == ("warning", "high-bit-lower")
    for language in LANGUAGES:
        sentence = finding_message(finding, language)
        assert f"HighBit {high}, BitsStored 12" in sentence and "HighBit 11" in sentence


@pytest.mark.parametrize("high", [12, 13, 15])
def test_pixels_in_the_upper_bits_are_read_from_there(tmp_path, values, high):
    """As older editions of PS3.5 8.1.1 allowed it, and as DCMTK reads them."""
    written(tmp_path, values << (high - 11), 12, high)
    voxels, finding = read(tmp_path)
    assert voxels.tolist() == values.tolist()
    assert finding.evidence["reason"] == "high-bit-upper"
    assert all(f"HighBit {high}, BitsStored 12" in finding_message(finding, language) for language in LANGUAGES)


@pytest.mark.parametrize("shift", [0, 4])
def test_negative_values_are_read_from_where_they_lie(tmp_path, values, shift):
    signed = values - 2048
    written(tmp_path, (signed << shift) & 0xFFFF, 12, 15, signed=1)
    assert read(tmp_path)[0].tolist() == signed.tolist()


def test_a_padding_outside_of_the_stored_bits_does_not_move_the_others(tmp_path, values):
    """Round the circle of a reconstruction stands 63536, a fifth of the square."""
    words = values.copy()
    words[:3] = 63536
    written(tmp_path, words, 12, 15)
    assert read(tmp_path)[0][3:].tolist() == values[3:].tolist()


def test_overlays_below_the_pixels_do_not_move_them(tmp_path, values):
    """(60xx,0102) says that bit 2 is an overlay's, which varies from pixel to pixel."""
    words = values << 4 | np.random.default_rng(5).integers(0, 2, SHAPE) << 2
    written(tmp_path, words, 12, 15)
    for path in tmp_path.iterdir():
        dataset = pydicom.dcmread(path)
        dataset.add_new(0x60000100, "US", 16)
        dataset.add_new(0x60000102, "US", 2)
        dataset.save_as(path)
    assert read(tmp_path)[0].tolist() == values.tolist()


def test_an_image_of_one_value_is_taken_as_the_standard_has_it(tmp_path):
    written(tmp_path, np.full(SHAPE, 1024), 12, 15)
    assert read(tmp_path)[0].tolist() == np.full(SHAPE, 1024).tolist()


def test_pixels_that_fit_neither_are_refused_with_both_numbers(tmp_path):
    written(tmp_path, np.random.default_rng(7).integers(0, 65536, SHAPE), 7, 15)
    skipped = examine_paths([tmp_path]).skipped
    assert len(skipped) == 2
    assert all("HighBit 15, BitsStored 7" in finding_message(skipped[0].finding, language) for language in LANGUAGES)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless])
def test_of_compressed_pixels_high_bit_says_nothing(tmp_path, values, syntax):
    written(tmp_path, values, 12, 11)
    for path in tmp_path.iterdir():
        dataset = pydicom.dcmread(path)
        try:
            dataset.compress(syntax)
        except (AttributeError, RuntimeError, ValueError, TypeError) as error:
            pytest.skip(f"no encoder here: {error}")
        dataset.HighBit = 15
        dataset.save_as(path)
    voxels, finding = read(tmp_path)
    assert voxels.tolist() == values.tolist()
    assert finding.evidence["reason"] == "high-bit-lower"


LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


def lie(tmp_path, words, stored_bits=12, high=15, signed=0, overlays=(), dtype="<u2", syntax=LITTLE, length=None):
    path = tmp_path / "words"
    content = np.array(words).astype(dtype).tobytes()
    path.write_bytes(b"12345" + content)
    pixels = PixelElement("PixelData", "OW", 5, len(content) if length is None else length)
    values = {
        "BitsAllocated": np.dtype(dtype).itemsize * 8,
        "BitsStored": stored_bits,
        "HighBit": high,
        "PixelRepresentation": signed,
    }
    return where_pixels_lie(path, pixels, values, syntax, set(overlays))


@pytest.mark.parametrize(
    ("words", "more", "where"),
    [
        ([1, 2, 4095], {}, "lower"),
        ([16, 32, 65520], {}, "upper"),
        ([5, 5, 5], {}, "lower"),
        ([4096, 4096], {}, "upper"),
        ([4095, 4095], {}, "lower"),
        ([4097, 4097], {}, "upper"),
        ([], {}, "lower"),
        ([4113, 8209, 65521], {}, "upper"),
        ([4096 + 1, 8192 + 2, 5], {}, ""),
        ([1, 2, 4096 + 16, 8192], {}, "lower"),
        ([1, 4096 + 2, 4096 + 16, 8192], {}, ""),
        ([0xFFFF, 0xFFFE, 1], {"signed": 1}, "lower"),
        ([0xFFFF, 0xFFFE, 1], {}, ""),
        ([0x10 | 1, 0x20, 0xFFF1], {"overlays": (0,)}, "upper"),
        ([1, 2, 4095], {"dtype": ">u2", "syntax": BIG}, "lower"),
        ([16, 32, 240], {"dtype": "<u1", "stored_bits": 4, "high": 7}, "upper"),
        ([1, 2, 0xFFFF], {"length": 4}, "lower"),
        ([1 << 20, 1 << 21, 3 << 20], {"dtype": "<u4", "stored_bits": 12, "high": 31}, "upper"),
    ],
)
def test_pixels_show_in_which_bits_they_lie(tmp_path, words, more, where):
    assert lie(tmp_path, words, **more) == where


def test_high_bit_contradicts_where_it_is_not_the_highest_stored_one():
    assert [contradicts({"BitsStored": 12, "HighBit": high}) for high in (10, 11, 15)] == [True, False, True]
    values = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 15, "PixelRepresentation": 0}
    assert where_pixels_lie(None, PixelElement("PixelData"), values, "x", set()) == "lower"
