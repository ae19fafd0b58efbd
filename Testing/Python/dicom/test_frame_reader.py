"""Compressed frames, one at a time: which bytes a decoder is given, and what happens where it fails."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest
from made_frames import made_frame, made_instance

from DICOMTutorialHelperLib.dicom import frame_reader, pixels
from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader, UnexpectedType, ValueType
from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

WIDE = {"BitsStored": 16, "HighBit": 15}


@pytest.mark.parametrize(
    ("values", "native"),
    [
        ({}, True),
        ({"PhotometricInterpretation": "MONOCHROME1"}, True),
        ({"PhotometricInterpretation": "YBR_FULL"}, False),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, False),
        ({"BitsAllocated": 1}, False),
        ({"BitsAllocated": 8}, True),
    ],
)
def test_pixels_lie_as_they_are_wanted(values, native):
    assert FrameReader().is_native(made_frame(**values)) == native
    compressed = made_frame(**values)
    compressed.instance = Instance(compressed.instance.path, compressed.instance.values, "x", "PixelData", None, None)
    assert not FrameReader().is_native(compressed)


def compressed(fragments=3, frames=3, name="c.dcm", syntax="1.2.840.10008.1.2.4.90", **values):
    usual = made_instance(**({"NumberOfFrames": frames} if frames > 1 else {}), **values)
    instance = Instance(
        usual.path.with_name(name), usual.values, syntax, "PixelData", fragments=tuple((n, 1) for n in range(fragments))
    )
    instance.frames.extend(Frame(instance, number, 3, 4) for number in range(frames))
    return instance


@pytest.fixture
def decoder(monkeypatch):
    """Decoders that give a frame its own number everywhere, and remember what they were asked for."""
    asked = []

    class File:
        def __init__(self, instance):
            self.instance = instance

        def read(self, offset, length):
            return bytes([offset])

        def close(self):
            asked.append("closed")

    def decode(instance, data):
        asked.append(list(data))
        return np.full((3, 4), data[0], np.uint16)

    monkeypatch.setattr(frame_reader, "PixelFile", File)
    monkeypatch.setattr(frame_reader, "check_codestream", lambda *_: None)
    monkeypatch.setattr(frame_reader, "check_codestreams", lambda *_: None)
    monkeypatch.setattr(frame_reader, "check_held", lambda *_: None)
    monkeypatch.setattr(frame_reader, "decode_frame", decode)
    monkeypatch.setattr(
        frame_reader,
        "decode_stored_values",
        lambda instance: asked.append("all") or np.stack([np.full((3, 4), n, np.uint16) for n in range(3)]),
    )
    return asked


def test_each_frame_is_decoded_once_from_its_own_fragment(decoder):
    instance = compressed()
    reader = FrameReader()
    assert reader.value_types(instance.frames) == {ValueType(np.dtype(np.uint16), False)}
    assert [int(reader.read(frame)[0][0, 0]) for frame in instance.frames] == [0, 1, 2]
    assert decoder == [[0], [1], [2]]
    reader.close()
    assert decoder[-1] == "closed"


def test_what_is_too_short_is_told_before_anything_is_decoded(decoder, monkeypatch):
    def check(instance):
        if instance.path.name == "short.dcm":
            raise DecodingError("short.dcm", "too-few-bytes", held=1, wanted=2)

    monkeypatch.setattr(frame_reader, "check_held", check)
    frames = [*compressed().frames, *compressed(name="short.dcm").frames]
    with pytest.raises(DecodingError) as caught:
        FrameReader().value_types(frames)
    assert (caught.value.reason, decoder) == ("too-few-bytes", [])


@pytest.mark.parametrize(("fragments", "check"), [(3, "check_codestream"), (4, "check_codestreams")])
def test_what_contradicts_the_header_is_given_to_no_decoder(decoder, monkeypatch, fragments, check):
    def contradict(*_):
        raise DecodingError("c.dcm", "other-size")

    monkeypatch.setattr(frame_reader, check, contradict)
    with pytest.raises(DecodingError) as caught:
        FrameReader(lambda path: np.zeros((3, 3, 4))).read(compressed(fragments, 3).frames[0])
    assert (caught.value.reason, decoder) == ("other-size", [])


def test_a_reader_is_closed_by_whoever_made_it(stored, monkeypatch):
    class Reader(FrameReader):
        closed = 0

        def close(self):
            super().close()
            Reader.closed += 1

    monkeypatch.setattr(pixels, "FrameReader", Reader)
    instance = stored(np.arange(12, dtype="<u2").tobytes(), **WIDE)
    stack = Stack([instance.frames[0]], Grid((4, 3, 1), np.eye(4)))
    given = Reader()
    assert read_voxels(stack, reader=given).ravel().tolist() == list(range(12))
    assert Reader.closed == 0
    assert read_voxels(stack).ravel().tolist() == list(range(12))
    assert Reader.closed == 1
    given.close()


def test_fragments_of_one_image_are_put_together(decoder):
    assert FrameReader().read(compressed(3, 1).frames[0])[0][0, 0] == 0
    assert decoder == [[0, 1, 2]]


def test_frames_that_cannot_be_had_singly_are_decoded_together_once(decoder):
    instance = compressed(4, 3)
    reader = FrameReader()
    assert [int(reader.read(frame)[0][0, 0]) for frame in instance.frames] == [0, 1, 2]
    assert decoder == ["all"]


def test_a_frame_that_was_lost_is_padding(decoder):
    instance = compressed(2, 3, PixelPaddingValue=7)
    reader = FrameReader()
    assert [int(reader.read(frame)[0][0, 0]) for frame in instance.frames] == [0, 1, 7]
    together = compressed(5, 4)
    assert [int(reader.read(frame)[0][0, 0]) for frame in together.frames] == [0, 1, 2, 0]


def test_a_mosaics_tile_is_cut_out_of_what_was_decoded(decoder, monkeypatch):
    instance = compressed(1, 1)
    monkeypatch.setattr(frame_reader, "decode_frame", lambda *_: np.arange(12, dtype=np.uint16).reshape(3, 4))
    instance.frames[:] = [Frame(instance, number, 2, 2, window=(1, number)) for number in range(2)]
    reader = FrameReader()
    assert [reader.read(frame)[0].tolist() for frame in instance.frames] == [[[4, 5], [8, 9]], [[5, 6], [9, 10]]]


def test_where_no_decoder_reads_a_file_the_fallback_gives_modality_values(decoder, monkeypatch):
    def fail(*_):
        raise DecodingError("c.dcm", "undecodable")

    monkeypatch.setattr(frame_reader, "decode_frame", fail)
    instance = compressed()
    with pytest.raises(DecodingError, match=r"c\.dcm"):
        FrameReader().read(instance.frames[0])
    asked = []
    reader = FrameReader(lambda path: asked.append(path.name) or np.arange(3 * 12).reshape(3, 3, 4) / 2)
    values, rescaled = reader.read(instance.frames[1])
    assert (rescaled, float(values[0, 0])) == (True, 6.0)
    assert float(reader.read(instance.frames[2])[0][0, 0]) == 12.0
    assert asked == ["c.dcm"]
    wrong = FrameReader(lambda path: np.zeros((3, 4, 3)))
    with pytest.raises(DecodingError) as caught:
        wrong.read(instance.frames[0])
    assert (caught.value.reason, caught.value.fields["stated"], caught.value.fields["found"]) == ("other-size", "4 x 3", "3 x 4")


def test_a_frame_of_another_type_than_the_first_of_its_kind_is_unexpected(decoder, monkeypatch):
    monkeypatch.setattr(
        frame_reader, "decode_frame", lambda instance, data: np.zeros((3, 4), np.uint16 if data[0] == 0 else np.int32)
    )
    instance = compressed()
    reader = FrameReader()
    assert reader.value_types(instance.frames) == {ValueType(np.dtype(np.uint16), False)}
    reader.read(instance.frames[0])
    with pytest.raises(UnexpectedType):
        reader.read(instance.frames[1])
    assert {one.dtype for one in reader.value_types(instance.frames, look_at_all=True)} == {
        np.dtype(np.uint16),
        np.dtype(np.int32),
    }
    assert reader.read(instance.frames[1])[0].dtype == np.int32


class Pool:
    """A pool that decodes on the spot: every frame is its number and a hundred."""

    frames_ahead = 2

    def __init__(self, worth=True, fails=(), shape=(3, 4)):
        self.worth, self.fails, self.shape, self.given, self.sizes = worth, fails, shape, [], []

    def takes(self, instance):
        return instance.path.name != "no.dcm"

    def is_worth(self, instance, size):
        self.sizes.append(size)
        return self.worth

    def submit(self, instance, data):
        self.given.append(data[0])
        future = Future()
        if data[0] in self.fails:
            future.set_exception(DecodingError("c.dcm", "undecodable"))
        else:
            future.set_result(np.full(self.shape, 100 + data[0], np.uint16))
        return future


def read_by(pool, instance, frames=None):
    reader = FrameReader(pool=pool)
    reader.expect(frames or instance.frames)
    return [int(reader.read(frame)[0][0, 0]) for frame in frames or instance.frames]


def test_a_pool_is_given_frames_a_few_ahead(decoder):
    pool = Pool()
    instance = compressed()
    reader = FrameReader(pool=pool)
    reader.expect([*instance.frames, instance.frames[0]])
    assert (pool.given, pool.sizes) == ([], [3 * 24])
    assert int(reader.read(instance.frames[0])[0][0, 0]) == 100
    assert pool.given == [0, 1]
    assert [int(reader.read(frame)[0][0, 0]) for frame in instance.frames[1:]] == [101, 102]
    assert (pool.given, decoder) == ([0, 1, 2], [])


def test_what_a_pool_does_not_take_or_cannot_do_is_decoded_here(decoder):
    assert read_by(Pool(worth=False), compressed()) == [0, 1, 2]
    assert read_by(Pool(), compressed(name="no.dcm")) == [0, 1, 2]
    assert read_by(Pool(fails=(1,)), compressed()) == [100, 1, 102]
    assert read_by(Pool(shape=(4, 3)), compressed()) == [0, 1, 2]
    assert read_by(Pool(), compressed(2, 3)) == [100, 101, 0]
    assert read_by(Pool(), compressed(4, 3)) == [0, 1, 2]
    assert read_by(None, compressed()) == [0, 1, 2]
