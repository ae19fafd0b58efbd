"""No decoder sees compressed pixels that are not of the size that the header says; a lost end loses only its frames."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, RLELossless
from synthetic_series import MR, axial_positions, slice_dataset, write, write_series

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.codestream import Codestream, check_codestreams, jpeg_2000_header, jpeg_header
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import WARNING, Finding
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
from DICOMTutorialHelperLib.dicom.geometry import fit_grid
from DICOMTutorialHelperLib.dicom.headers import read_header
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.dicom.series_checks import check_series

TEST_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
ROWS, COLUMNS = 5, 4


def jpeg(rows: int, columns: int, samples: int = 1, bits: int = 16) -> bytes:
    components = b"\1\x11\0" * samples
    header = struct.pack(">BBHBHHB", 0xFF, 0xC3, 8 + len(components), bits, rows, columns, samples) + components
    return b"\xff\xd8" + b"\xff\xe0\x00\x04ab" + header


def jpeg_2000(rows: int, columns: int, tile: int = 64) -> bytes:
    size = struct.pack(">HH8LH3B", 41, 0, columns, rows, 0, 0, tile, tile, 0, 0, 1, 15, 1, 1)
    return b"\xff\x4f\xff\x51" + size


def rle(*offsets: int, length: int = 120) -> bytes:
    return struct.pack("<16L", len(offsets), *offsets, *[0] * (15 - len(offsets))) + bytes(length - 64)


def compressed(folder: Path, syntax: str, *fragments: bytes, **header) -> Instance:
    dataset = slice_dataset(0, sop_class=MR, rows=ROWS, columns=COLUMNS, ImagePositionPatient=[0, 0, 0], **header)
    dataset.PixelData = pydicom.encaps.encapsulate(list(fragments))
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return read_header(write(dataset, folder / "compressed.dcm", syntax))


@pytest.mark.parametrize(
    ("syntax", "data"),
    [
        (JPEGLosslessSV1, jpeg(ROWS, COLUMNS)),
        (JPEG2000Lossless, jpeg_2000(ROWS, COLUMNS)),
        (RLELossless, rle(64, 90)),
    ],
)
def test_the_size_that_the_header_says_passes(tmp_path, syntax, data):
    check_codestreams(compressed(tmp_path, syntax, data))


@pytest.mark.parametrize(
    ("syntax", "data"),
    [
        (JPEGLosslessSV1, jpeg(65500, 65500)),
        (JPEGLosslessSV1, jpeg(COLUMNS, ROWS)),
        (JPEGLosslessSV1, jpeg(ROWS, COLUMNS, samples=3)),
        (JPEGLosslessSV1, jpeg(ROWS, COLUMNS, bits=32)),
        (JPEGLosslessSV1, jpeg(ROWS, COLUMNS)[:9]),
        (JPEGLosslessSV1, b"\xff\xd8" + b"\xff" * 64),
        (JPEGLosslessSV1, b"no picture at all"),
        (JPEG2000Lossless, jpeg_2000(1 << 31, 1 << 31)),
        (JPEG2000Lossless, jpeg_2000(ROWS, COLUMNS, tile=0)),
        (JPEG2000Lossless, jpeg_2000(ROWS, COLUMNS)[:20]),
        (RLELossless, rle(64)),
        (RLELossless, rle(64, 4_000_000_000)),
        (RLELossless, rle(90, 64)),
        (RLELossless, b"\2"),
    ],
)
def test_another_size_and_no_header_at_all_never_reach_a_decoder(tmp_path, syntax, data):
    instance = compressed(tmp_path, syntax, data)
    asked = []
    with pytest.raises(DecodingError, match="compressed"):
        read_voxels(Stack(list(instance.frames), None), fallback_decoder=asked.append)
    assert not asked


def test_a_few_bytes_are_no_large_picture(tmp_path):
    big = {"Rows": 60000, "Columns": 60000}
    dataset = compressed(tmp_path, JPEG2000Lossless, jpeg_2000(60000, 60000, tile=60000))
    header = pydicom.dcmread(dataset.path)
    header.Rows, header.Columns = big["Rows"], big["Columns"]
    header.save_as(dataset.path)
    with pytest.raises(DecodingError, match="cannot hold"):
        check_codestreams(read_header(dataset.path))


def test_headers_are_read_as_the_files_of_others_have_them():
    """Truth: Rows, Columns and SamplesPerPixel of pydicom's own test files, which its decoders read."""
    checked = 0
    for path in sorted(TEST_FILES.glob("*.dcm")):
        dataset = pydicom.dcmread(path, force=True)
        syntax = str(getattr(dataset.file_meta, "TransferSyntaxUID", ""))
        if not syntax.startswith("1.2.840.10008.1.2.4.") or "PixelData" not in dataset or "delimiter" in path.name:
            continue
        frame = next(pydicom.encaps.generate_pixel_data_frame(dataset.PixelData, int(dataset.get("NumberOfFrames", 1))))
        found = jpeg_2000_header(frame) if syntax[-2:] in ("90", "91") else jpeg_header(frame)
        assert isinstance(found, Codestream), path.name
        assert found[:3] == (dataset.Columns, dataset.Rows, dataset.SamplesPerPixel)
        checked += 1
    assert checked >= 10


@pytest.fixture
def rle_frames(tmp_path) -> tuple[Path, np.ndarray]:
    """Six frames as RLE, and their values."""
    values = np.random.default_rng(0).integers(0, 4000, (6, ROWS, COLUMNS)).astype("<u2")
    dataset = slice_dataset(0, sop_class=MR, ImagePositionPatient=[0, 0, 0], NumberOfFrames=6, PixelData=values.tobytes())
    path = write(dataset, tmp_path / "frames.dcm")
    whole = pydicom.dcmread(path)
    whole.compress(RLELossless)
    whole.save_as(path)
    return path, values & 0x0FFF


def test_a_lost_end_costs_the_frames_that_lay_there_and_is_said(rle_frames):
    path, values = rle_frames
    fragments = read_header(path).fragments
    path.write_bytes(path.read_bytes()[: fragments[4][0] + 5])
    instance = read_header(path)
    assert len(instance.frames) == 4
    assert np.array_equal(read_voxels(Stack(list(instance.frames), None)), values[:4])
    (series,) = examine_paths([path]).series
    evidence = {finding.code: finding.evidence for finding in series.selected[0].findings}
    assert evidence["truncated-pixel-data"]["percent"] == 33.3


def test_one_picture_that_is_cut_is_left_out_by_name(tmp_path):
    write_series(tmp_path, axial_positions(3))
    instance = compressed(tmp_path, RLELossless, rle(64, 90))
    instance.path.write_bytes(instance.path.read_bytes()[:-40])
    (file,) = examine_paths([tmp_path]).skipped
    assert file.path == instance.path
    assert file.finding.evidence["reason"] == "compressed"


def box(kind: bytes, data: bytes, length: int = -1) -> bytes:
    return struct.pack(">I", len(data) + 8 if length < 0 else length) + kind + data


SIGNATURE = box(b"jP  ", b"\r\n\x87\n")


@pytest.mark.parametrize("length", [-1, 0, 1])  # its own, to the end of the file, in another place
def test_a_codestream_in_boxes_passes(tmp_path, length):
    boxes = SIGNATURE + box(b"ftyp", b"jp2 ") + box(b"jp2c", jpeg_2000(ROWS, COLUMNS), length)
    check_codestreams(compressed(tmp_path, JPEG2000Lossless, boxes))


@pytest.mark.parametrize("length", [0, 1, 7, 9, 1 << 31])
def test_boxes_that_lead_nowhere_are_refused(tmp_path, length):
    """pydicom follows them for ever."""
    boxes = SIGNATURE + box(b"ftyp", b"jp2 ", length) + box(b"jp2c", jpeg_2000(ROWS, COLUMNS))
    with pytest.raises(DecodingError) as error:
        check_codestreams(compressed(tmp_path, JPEG2000Lossless, boxes))
    assert error.value.reason == "no-codestream"


END = b"\xff\xd9"


def told_of_ends(*instances: Instance) -> list:
    frames = [frame for instance in instances for frame in instance.frames]
    found = check_series([Stack(frames, fit_grid(frames[:1]))], True)
    return [finding.evidence for finding in found if finding.evidence.get("reason") == "codestream"]


@pytest.mark.parametrize("number", [50, 51, 57, 70])
@pytest.mark.parametrize(("end", "whole"), [(END, True), (END + bytes(14), True), (END + bytes(15), False), (b"\xd9", False)])
def test_jpeg_without_its_end_is_told_of(tmp_path, number, end, whole):
    picture = jpeg(ROWS, COLUMNS) + b"pixels" * 5
    data = picture + b"p" * (len(picture + end) % 2) + end  # of an even length: nothing is padded
    instance = compressed(tmp_path, f"1.2.840.10008.1.2.4.{number}", data)
    assert instance.frames_without_end == (0 if whole else 1)
    assert told_of_ends(instance) == ([] if whole else [{"reason": "codestream", "count": 1, "files": ["compressed.dcm"]}])


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, RLELossless])
def test_what_is_not_jpeg_ends_without_a_marker(tmp_path, syntax):
    assert compressed(tmp_path, syntax, b"pixels" * 20).frames_without_end == 0


def test_of_several_fragments_the_last_ends_the_frame(tmp_path):
    parts = [jpeg(ROWS, COLUMNS) + b"ab", b"cd" * 20]
    assert compressed(tmp_path, JPEGLosslessSV1, *parts, b"e" + END + b"\0").frames_without_end == 0
    assert compressed(tmp_path, JPEGLosslessSV1, *parts).frames_without_end == 1


def test_every_frame_has_an_end_of_its_own(tmp_path):
    whole, cut = jpeg(ROWS, COLUMNS) + b"ab" * 20 + END, jpeg(ROWS, COLUMNS) + b"ab" * 20
    instance = compressed(tmp_path, JPEGLosslessSV1, cut, whole, cut, NumberOfFrames=3)
    assert instance.frames_without_end == 2
    (told,) = told_of_ends(instance)
    sentence = finding_message(Finding("truncated-pixel-data", WARNING, told))
    assert sentence.startswith("The compressed pixels of 2 images have no end (compressed.dcm)")


def test_every_frame_of_a_file_of_many_stacks_is_decoded_once(rle_frames, monkeypatch):
    from DICOMTutorialHelperLib.dicom import frame_reader

    path, values = rle_frames
    decode, calls = frame_reader.decode_frame, []
    monkeypatch.setattr(frame_reader, "decode_frame", lambda instance, data: calls.append(data) or decode(instance, data))
    frames, reader = read_header(path).frames, FrameReader()
    for n in range(0, 6, 2):
        assert np.array_equal(read_voxels(Stack(list(frames[n : n + 2]), None), reader=reader), values[n : n + 2])
    assert len(calls) == 6


def test_frames_of_two_decoders_keep_their_fractions(tmp_path):
    """One file read here with slope 0.5, one elsewhere, already rescaled: nothing is cut to whole numbers."""
    (path,) = write_series(tmp_path, axial_positions(1), sop_class=MR, RescaleSlope=0.5, RescaleIntercept=0)
    own = read_header(path).frames
    other = compressed(tmp_path, JPEG2000Lossless, jpeg_2000(ROWS, COLUMNS), RescaleSlope=0.5, RescaleIntercept=0).frames
    voxels = read_voxels(Stack([*own, *other], None), fallback_decoder=lambda _path: np.full((1, ROWS, COLUMNS), 7, np.int16))
    assert np.array_equal(voxels[0], pydicom.dcmread(path).pixel_array * 0.5)
    assert (voxels[1] == 7).all()
