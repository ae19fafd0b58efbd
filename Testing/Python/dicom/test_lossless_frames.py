"""Frames that imagecodecs decodes have the values that were compressed; what is not plain is left to pydicom."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
import threading
from pathlib import Path

import numpy as np
import pydicom
import pytest
from made_frames import made_instance
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless
from synthetic_series import MR, slice_dataset, write

from DICOMTutorialHelperLib.dicom import frame_reader, lossless_frames
from DICOMTutorialHelperLib.dicom.codestream import check_codestream, frames_lie_apart
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, decode_frame
from DICOMTutorialHelperLib.dicom.decoding_threads import DecodingThreads
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.headers import read_header
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

imagecodecs = pytest.importorskip("imagecodecs", reason="imagecodecs is not installed")

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
PYDICOM_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
ROWS, COLUMNS = 6, 5


@pytest.fixture(autouse=True)
def decoders_looked_up_anew():
    lossless_frames._decoder.cache_clear()
    yield
    lossless_frames._decoder.cache_clear()


def rle(values: np.ndarray) -> bytes:
    """A segment for each byte, the highest first, each row copied as it is (PS3.5 G)."""
    width = values.itemsize
    planes = values.astype(values.dtype.newbyteorder(">")).view(np.uint8).reshape(values.size, width)
    segments = [bytes([values.size - 1]) + planes[:, n].tobytes() for n in range(width)]
    starts = [64 + sum(len(one) for one in segments[:n]) for n in range(width)]
    return struct.pack("<16L", width, *starts, *[0] * (15 - width)) + b"".join(segments)


def compressed(values: np.ndarray, syntax: str, bits: int) -> bytes:
    if syntax == RLELossless:
        return rle(values)
    if syntax == JPEGLSLossless:
        return imagecodecs.jpegls_encode(values.view(f"u{values.itemsize}"))
    if syntax == JPEG2000Lossless:
        return imagecodecs.jpeg2k_encode(values, level=0, reversible=True, codecformat="j2k", bitspersample=bits)
    return imagecodecs.jpeg8_encode(values.view(f"u{values.itemsize}"), lossless=True, bitspersample=bits)


def values_of(dtype: str, bits: int, add: int = 0) -> np.ndarray:
    """Every row another; the lowest and the highest numbers that so many bits hold are there."""
    dtype = np.dtype(dtype)
    low = -(1 << (bits - 1)) if dtype.kind == "i" else 0
    values = (np.arange(ROWS * COLUMNS) * 37 + add) % (1 << bits) + low
    values[:2] = low, low + (1 << bits) - 1
    return values.reshape(ROWS, COLUMNS).astype(dtype)


def instance_of(syntax: str, dtype: str, bits: int, **header) -> Instance:
    description = {
        "Rows": ROWS, "Columns": COLUMNS, "BitsAllocated": 8 * np.dtype(dtype).itemsize, "BitsStored": bits, "HighBit": bits - 1,
        "PixelRepresentation": int(np.dtype(dtype).kind == "i"),
    }  # fmt: skip
    instance = made_instance(**{**description, **header})
    object.__setattr__(instance, "transfer_syntax_uid", str(syntax))
    return instance


KINDS = [
    *((syntax, "u1", 8) for syntax in (JPEG_LOSSLESS, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless)),
    *((syntax, "u2", 12) for syntax in (JPEG_LOSSLESS, JPEGLosslessSV1, JPEG2000Lossless, RLELossless)),
    *((syntax, "u2", 16) for syntax in (JPEG_LOSSLESS, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless)),
    *((syntax, "i2", 16) for syntax in (JPEG_LOSSLESS, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless)),
    (JPEG2000Lossless, "i2", 12),
    (RLELossless, "i2", 12),
    (RLELossless, "i1", 8),
]


@pytest.mark.parametrize(("syntax", "dtype", "bits"), KINDS)
def test_the_values_are_those_that_were_compressed(syntax, dtype, bits):
    values, instance = values_of(dtype, bits), instance_of(syntax, dtype, bits)
    data = compressed(values, syntax, bits)
    check_codestream(instance, data)
    assert lossless_frames.takes(instance)
    found = lossless_frames.decode(instance, data)
    assert found.dtype == values.dtype
    assert np.array_equal(found, values)


@pytest.mark.parametrize(
    ("syntax", "dtype", "told", "stored"),
    [
        (JPEGLosslessSV1, "u2", 10, 12),
        (JPEG2000Lossless, "u2", 10, 12),
        (JPEGLosslessSV1, "i2", 12, 12),  # no decoder knows where the sign is
    ],
)
def test_a_codestream_of_other_bits_is_left_to_pydicom(syntax, dtype, told, stored):
    values = values_of("u2", told)
    with pytest.raises(DecodingError):
        lossless_frames.decode(instance_of(syntax, dtype, stored), compressed(values, syntax, told))


def test_a_sign_that_only_the_header_has_is_left_to_pydicom():
    data = compressed(values_of("u2", 16), JPEG2000Lossless, 16)
    with pytest.raises(DecodingError):
        lossless_frames.decode(instance_of(JPEG2000Lossless, "i2", 16), data)


def test_bytes_are_what_they_are_in_words_of_sixteen_bits():
    values = values_of("u1", 8)
    found = lossless_frames.decode(instance_of(JPEGLosslessSV1, "u2", 8), compressed(values, JPEGLosslessSV1, 8))
    assert found.dtype == np.uint16
    assert np.array_equal(found, values)


def test_sixteen_bits_of_which_twelve_are_stored_are_what_they_are():
    values = values_of("u2", 12)
    found = lossless_frames.decode(instance_of(JPEG2000Lossless, "u2", 12), compressed(values, JPEG2000Lossless, 16))
    assert np.array_equal(found, values)


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, RLELossless])
def test_a_frame_that_is_cut_is_an_error(syntax):
    data = compressed(values_of("u2", 16), syntax, 16)
    with pytest.raises(DecodingError):
        lossless_frames.decode(instance_of(syntax, "u2", 16), data[: 64 + (len(data) - 64) // 2])


@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEG2000Lossless, RLELossless])
@pytest.mark.parametrize(("dtype", "beyond"), [("u2", 1 << 12), ("i2", 1 << 11), ("i2", -(1 << 11) - 1)])
def test_values_beyond_the_stored_bits_are_left_to_pydicom(syntax, dtype, beyond):
    """Overlays of old, or damage."""
    values, instance = values_of(dtype, 12), instance_of(syntax, dtype, 12)
    assert np.array_equal(lossless_frames.decode(instance, compressed(values, syntax, 16)), values)
    values[-1, -1] = beyond
    with pytest.raises(DecodingError):
        lossless_frames.decode(instance, compressed(values, syntax, 16))


def test_a_frame_of_another_size_is_an_error():
    data = compressed(np.zeros((ROWS, COLUMNS + 1), np.uint16), JPEGLosslessSV1, 16)
    with pytest.raises(DecodingError):
        lossless_frames.decode(instance_of(JPEGLosslessSV1, "u2", 16), data)


@pytest.mark.parametrize(
    ("syntax", "header", "taken"),
    [
        (JPEGLosslessSV1, {}, True),
        (JPEGLosslessSV1, {"SamplesPerPixel": 3}, False),
        (JPEGLosslessSV1, {"BitsAllocated": 32}, False),
        (JPEGLosslessSV1, {"HighBit": 15}, False),
        ("1.2.840.10008.1.2.4.50", {}, False),
        ("1.2.840.10008.1.2.4.91", {}, False),
    ],
)
def test_grey_frames_of_lossless_kinds_are_taken(syntax, header, taken):
    assert lossless_frames.takes(instance_of(syntax, "u2", 12, **header)) == taken


def test_without_imagecodecs_nothing_is_taken(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    assert not lossless_frames.takes(instance_of(JPEGLosslessSV1, "u2", 12))


def test_an_imagecodecs_that_lacks_a_codec_is_not_asked_for_it(monkeypatch):
    class Without:
        available = False

    monkeypatch.setattr(imagecodecs, "JPEG8", Without, raising=False)
    assert not lossless_frames.takes(instance_of(JPEGLosslessSV1, "u2", 12))
    Without.available, Without.all_precisions = True, False
    lossless_frames._decoder.cache_clear()
    assert not lossless_frames.takes(instance_of(JPEGLosslessSV1, "u2", 12))


@pytest.mark.parametrize(("platform", "taken"), [("linux", False), ("darwin", True), ("win32", True)])
def test_an_application_with_a_libjpeg_of_its_own_is_not_ended_by_another(monkeypatch, platform, taken):
    class Application:
        jpeg_CreateDecompress = None

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: Application())
    assert lossless_frames.takes(instance_of(JPEGLosslessSV1, "u2", 12)) == taken
    assert lossless_frames.takes(instance_of(RLELossless, "u2", 12))


def real_files(shared: Path) -> list[Path]:
    compressed_series = (shared / "edge_cases" / "generic").glob("compressed_*/**/*")
    return [*PYDICOM_FILES.glob("*.dcm"), *(path for path in compressed_series if path.is_file())]


def test_pydicom_gives_the_same_for_its_own_files_and_for_real_ones(shared_data):
    same = 0
    for path in real_files(shared_data):
        instance = read_header(path)
        if not isinstance(instance, Instance) or not lossless_frames.takes(instance) or not frames_lie_apart(instance):
            continue
        content = path.read_bytes()
        data = b"".join(content[offset : offset + length] for offset, length in instance.fragments[:1])
        with contextlib.suppress(DecodingError):
            found = lossless_frames.decode(instance, data)
            truth = decode_frame(instance, data)
            assert (found.dtype, found.shape) == (truth.dtype, truth.shape), path
            assert np.array_equal(found, truth), path
            same += 1
    assert same >= 10


def written(frames: list[bytes], folder: Path) -> Path:
    for n, data in enumerate(frames):
        dataset = slice_dataset(n, MR, rows=ROWS, columns=COLUMNS, ImagePositionPatient=[0, 0, n], BitsStored=16, HighBit=15)
        dataset.PixelData = pydicom.encaps.encapsulate([data])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
        write(dataset, folder / f"{n}.dcm", JPEGLosslessSV1)
    return folder


def test_a_series_is_decoded_by_threads_slice_by_slice(tmp_path, monkeypatch):
    truth = np.stack([values_of("u2", 16, add=n) for n in range(9)])
    folder = written([compressed(values, JPEGLosslessSV1, 16) for values in truth], tmp_path)
    monkeypatch.setattr(frame_reader, "decode_frame", None)  # not asked
    (series,) = examine_paths([folder]).series
    assert np.array_equal(read_voxels(series.selected[0].stacks[0]), truth)


def test_a_frame_that_imagecodecs_refuses_is_asked_of_pydicom(tmp_path, monkeypatch):
    truth = [values_of("u2", 16, add=n) for n in range(4)]
    folder = written([compressed(values, JPEGLosslessSV1, 16) for values in truth], tmp_path)
    decode, asked = lossless_frames.decode, []

    def decode_but_one(instance, data):
        if instance.path.name == "2.dcm":
            raise DecodingError("2.dcm", "undecodable")
        return decode(instance, data)

    monkeypatch.setattr(lossless_frames, "decode", decode_but_one)
    monkeypatch.setattr(frame_reader, "decode_frame", lambda instance, data: asked.append(instance.path.name) or truth[2])
    (series,) = examine_paths([folder]).series
    assert np.array_equal(read_voxels(series.selected[0].stacks[0]), np.stack(truth))
    assert asked == ["2.dcm"]


def test_who_leaves_waits_for_what_is_begun_and_for_no_more(monkeypatch):
    begun, may_end, cancelled, decoded = threading.Event(), threading.Event(), threading.Event(), []

    def slow(_instance, data):
        decoded.append(data)
        begun.set()
        assert may_end.wait(60)
        return np.zeros((1, 1))

    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(lossless_frames, "decode", slow)
    threads = DecodingThreads()
    futures = [threads.submit(made_instance(), data) for data in (b"a", b"b", b"c")]
    futures[2].add_done_callback(lambda _: cancelled.set())
    leaving = threading.Thread(target=threads.__exit__)
    try:
        assert begun.wait(60)
        leaving.start()
        assert cancelled.wait(20)
        assert leaving.is_alive()
    finally:
        may_end.set()
        leaving.join()
    assert decoded == [b"a"]
    assert [future.cancelled() for future in futures] == [False, True, True]


@pytest.mark.parametrize(("processors", "ahead"), [(None, 2), (1, 2), (3, 4), (64, 5)])
def test_there_are_as_many_threads_as_processors_up_to_four(monkeypatch, processors, ahead):
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    with DecodingThreads() as threads:
        assert (threads.frames_ahead, threads._threads._max_workers) == (ahead, ahead - 1)
