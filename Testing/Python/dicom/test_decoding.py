"""What a decoder is told, what becomes of what it raises and gives, and values by a table: on a few pixels."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_frames import made_instance
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

from DICOMTutorialHelperLib.dicom import decoding, headers, pydicom_header
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, apply_modality_lut
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.pixel_element import PixelElement

LITTLE, JPEG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"


def found(header):
    """The pixels, or the code and reason for which the file is left out."""
    pixels = headers._pixels(Path("a.dcm"), header)
    return pixels if isinstance(pixels, PixelElement) else (pixels.finding.code, pixels.finding.evidence["reason"])


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


@pytest.fixture
def looked_up(tmp_path, monkeypatch):
    """An instance whose file holds a Modality LUT of 10, 20 and 30 for the stored values 1, 2 and 3; reading it warns."""
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [3, 1, 16])
    item.add_new("ModalityLUTType", "LO", "US")
    item.add_new("LUTData", "US", [10, 20, 30])
    made = Dataset()
    made.add_new("ModalityLUTSequence", "SQ", [item])

    def read(path, **_):
        warnings.warn("a value of the header", stacklevel=1)
        return made

    monkeypatch.setattr(decoding, "pydicom", SimpleNamespace(dcmread=read))
    return made_instance("lut.dcm"), made


def test_stored_values_are_looked_up_and_nothing_of_the_header_is_printed(looked_up):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        values = apply_modality_lut(np.array([[0, 1, 2], [3, 4, 9]], np.uint16), looked_up[0])
    assert values.tolist() == [[10, 10, 20], [30, 30, 30]]
    assert heard == []


def test_a_table_that_is_damaged_is_told(looked_up):
    del looked_up[1].ModalityLUTSequence[0].LUTData
    with pytest.raises(DecodingError) as caught:
        apply_modality_lut(np.zeros((1, 1), np.uint16), looked_up[0])
    assert (caught.value.fields["file"], caught.value.reason) == ("lut.dcm", "undecodable")
