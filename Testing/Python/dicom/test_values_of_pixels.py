"""Pixels as bytes of a file, and what becomes of them: every way of storing them on an image of a few pixels, by hand."""

from __future__ import annotations

import os
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
from DICOMTutorialHelperLib.dicom.native_pixels import native_type, native_values
from DICOMTutorialHelperLib.dicom.pixel_file import PixelFile
from DICOMTutorialHelperLib.dicom.pixels import padding_value, read_voxels

LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


@pytest.fixture
def stored(tmp_path):
    """An instance whose pixels lie in a file, 10 bytes from its beginning: ``stored(bytes, frames, **header)``."""

    def store(content, frames=1, syntax=LITTLE, vr="OW", length=None, keyword="PixelData", name="a.dcm", window=None, **values):
        path = tmp_path / name
        path.write_bytes(b"\xaa" * 10 + content)
        usual = made_instance(**({"NumberOfFrames": frames} if frames > 1 else {}), **values)
        state = path.stat()
        instance = Instance(
            path,
            usual.values,
            syntax,
            keyword,
            10,
            len(content) if length is None else length,
            state.st_size,
            pixel_vr=vr,
            modified_ns=state.st_mtime_ns,
        )
        rows, columns = usual.values["Rows"], usual.values["Columns"]
        if window:
            rows, columns = window[1]
        for number in range(frames):
            instance.frames.append(Frame(instance, number, rows, columns, window=window[0] if window else None))
        return instance

    return store


def values_of(instance, number=0):
    file = PixelFile(instance)
    try:
        return native_values(file, instance.frames[number])
    finally:
        file.close()


RAMP = np.arange(12).reshape(3, 4)
WIDE = {"BitsStored": 16, "HighBit": 15}


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        ("u1", {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}),
        ("i1", {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 1}),
        ("u2", WIDE),
        ("i2", {**WIDE, "PixelRepresentation": 1}),
        ("u4", {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}),
        ("i4", {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31, "PixelRepresentation": 1}),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_whole_numbers_lie_in_the_byte_order_of_their_file(stored, dtype, values, order):
    made = (RAMP * 9 - (50 if dtype[0] == "i" else 0)).astype(f"{order}{dtype}")
    instance = stored(made.tobytes(), syntax=BIG if order == ">" else LITTLE, vr="OB", **values)
    assert native_type(instance) == np.dtype(dtype)
    assert values_of(instance).tolist() == made.tolist()


@pytest.mark.parametrize(("keyword", "dtype"), [("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")])
def test_floats_have_the_type_of_their_element(stored, keyword, dtype):
    made = (RAMP / 7).astype(f"<{dtype}")
    instance = stored(made.tobytes(), keyword=keyword, BitsAllocated=int(dtype[1]) * 8)
    assert native_type(instance) == np.dtype(dtype)
    assert np.array_equal(values_of(instance), made)
    short = stored(made.tobytes()[: 4 * made.itemsize], keyword=keyword, BitsAllocated=int(dtype[1]) * 8, PixelPaddingValue=-7)
    assert values_of(short).ravel()[4:].tolist() == [-7.0] * 8


@pytest.mark.parametrize(
    ("bits", "high", "signed", "word", "expected"),
    [
        (12, 11, 0, 0xF123, 0x123),
        (12, 11, 1, 0xF7FF, 0x7FF),
        (12, 11, 1, 0x0800, -2048),
        (12, 15, 0, 0x123F, 0x123),
        (12, 15, 1, 0xFFFF, -1),
        (12, 13, 0, 0xC48F, 0x123),
        (16, 15, 0, 0xFFFF, 0xFFFF),
        (1, 0, 0, 0xFFFE, 0),
        (10, 9, 1, 0x0200, -512),
    ],
)
def test_only_the_stored_bits_count(stored, bits, high, signed, word, expected):
    instance = stored(np.full(12, word, "<u2").tobytes(), BitsStored=bits, HighBit=high, PixelRepresentation=signed)
    assert set(values_of(instance).ravel().tolist()) == {expected}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_frames_lie_one_behind_the_other(stored, number):
    made = np.arange(36, dtype="<u2")
    assert values_of(stored(made.tobytes(), 3, **WIDE), number).ravel().tolist() == list(range(12 * number, 12 * number + 12))


@pytest.mark.parametrize(
    ("kept", "frame", "there"), [(24, 0, 12), (24, 1, 0), (30, 1, 3), (31, 1, 3), (48, 1, 12), (0, 0, 0), (1, 0, 0)]
)
def test_what_a_file_lacks_is_padding(stored, kept, frame, there):
    made = np.arange(1, 25, dtype="<u2")
    instance = stored(made.tobytes()[:kept], 2, length=48, PixelPaddingValue=77, **WIDE)
    expected = list(range(12 * frame + 1, 12 * frame + 1 + there)) + [77] * (12 - there)
    assert values_of(instance, frame).ravel().tolist() == expected


def test_bytes_behind_the_element_are_no_pixels(stored):
    instance = stored(np.arange(1, 13, dtype="<u2").tobytes(), length=10, **WIDE)
    assert values_of(instance).ravel().tolist() == [1, 2, 3, 4, 5] + [0] * 7


@pytest.mark.parametrize(
    ("length", "expected"), [(24, [6, 7, 10, 11]), (20, [6, 7, 10, 0]), (18, [6, 7, 0, 0]), (12, [6, 0, 0, 0])]
)
def test_bytes_behind_the_element_are_no_pixels_of_a_tile_either(stored, length, expected):
    """The tile of the last two rows and the middle two columns of 3 x 4 pixels, which count from 1."""
    instance = stored(np.arange(1, 13, dtype="<u2").tobytes(), length=length, window=((1, 1), (2, 2)), **WIDE)
    assert values_of(instance).ravel().tolist() == expected


@pytest.mark.parametrize(
    ("padding", "signed", "held"), [(-5, 0, 0), (70_000, 0, 65535), (-40_000, 1, -32768), (40_000, 1, 32767), (9, 1, 9)]
)
def test_padding_is_as_near_as_the_type_has_it(stored, padding, signed, held):
    instance = stored(b"", length=24, PixelPaddingValue=padding, PixelRepresentation=signed, **WIDE)
    assert set(values_of(instance).ravel().tolist()) == {held}


COLOUR = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_lie_pixel_by_pixel_or_plane_by_plane(stored, planar):
    made = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)
    content = np.moveaxis(made, -1, 0).tobytes() if planar else made.tobytes()
    assert values_of(stored(content, PlanarConfiguration=planar, **COLOUR)).tolist() == made.tolist()


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("kept", [28, 27, 14, 13, 11, 10])
def test_bytes_in_big_endian_words_are_swapped_also_from_the_middle_of_one(stored, number, kept):
    """Three frames of 3 x 3 bytes in 14 words: the second begins in the middle of one (PS3.5 7.3)."""
    made = np.arange(1, 29, dtype=np.uint8)
    swapped = made.reshape(-1, 2)[:, ::-1].tobytes()[:kept]
    values = {"Rows": 3, "Columns": 3, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    instance = stored(swapped, 3, syntax=BIG, length=28, **values)
    whole = made[: kept // 2 * 2]
    expected = (list(whole[9 * number : 9 * number + 9]) + [0] * 9)[:9]
    assert values_of(instance, number).ravel().tolist() == expected


@pytest.mark.parametrize(
    ("kept", "there"), [(96, 6), (2 * 46, 6), (2 * 45, 5), (2 * 38, 4), (2 * 37, 3), (2 * 30, 2), (2 * 20, 0)]
)
def test_a_tile_is_cut_out_of_its_image(stored, kept, there):
    """Rows 2 to 4 and columns 4 and 5 of an image of 6 x 8: pixels 20, 21, 28, 29, 36 and 37."""
    made = np.arange(48, dtype="<u2")
    values = {"Rows": 6, "Columns": 8, **WIDE}
    instance = stored(made.tobytes()[:kept], length=96, window=((2, 4), (3, 2)), PixelPaddingValue=99, **values)
    places = [20, 21, 28, 29, 36, 37]
    there = sum(place < kept // 2 for place in places)
    assert values_of(instance).ravel().tolist() == places[:there] + [99] * (6 - there)


# --- modality values


def voxels(*instances, **more):
    return read_voxels(Stack([frame for instance in instances for frame in instance.frames], None), **more)


@pytest.mark.parametrize(
    ("values", "dtype", "first"),
    [
        ({}, "uint16", 0),
        ({"PixelRepresentation": 1, "BitsStored": 16, "HighBit": 15}, "int16", 0),
        ({"RescaleSlope": 1.0, "RescaleIntercept": -1024.0}, "int16", -1024),
        ({"RescaleSlope": 2.0, "RescaleIntercept": -5.0}, "int16", -5),
        ({"RescaleSlope": 0.5}, "float32", 0),
        ({"RescaleSlope": 1.0, "RescaleIntercept": 0.5}, "float32", 0.5),
        ({"RescaleSlope": 1.0, "RescaleIntercept": 100_000.0}, "int32", 100_000),
        ({"RescaleSlope": 1.0, "RescaleIntercept": 40_000.0}, "uint16", 40_000),
        ({"RescaleSlope": 1e5}, "int32", 0),
        ({"RescaleSlope": 1e7}, "float64", 0),
        ({"RescaleSlope": 1.0, "RescaleIntercept": float(1 << 31)}, "uint32", 1 << 31),
        ({"RescaleSlope": 1.0, "RescaleIntercept": float((1 << 31) - 4095)}, "int32", (1 << 31) - 4095),
    ],
)
def test_values_have_the_smallest_type_that_holds_them(stored, values, dtype, first):
    """12 stored bits unless said."""
    found = voxels(stored(RAMP.astype("<u2").tobytes(), **values))
    assert found.dtype == np.dtype(dtype)
    slope, intercept = values.get("RescaleSlope", 1.0), values.get("RescaleIntercept", 0.0)
    assert np.array_equal(found[0], RAMP * slope + intercept)
    assert found[0, 0, 0] == first


@pytest.mark.parametrize(("bits", "dtype"), [(24, "float32"), (25, "float64")])
def test_fractions_of_more_than_24_bits_need_float64(stored, bits, dtype):
    instance = stored(RAMP.astype("<u4").tobytes(), BitsAllocated=32, BitsStored=bits, HighBit=bits - 1, RescaleSlope=0.5)
    assert voxels(instance).dtype == np.dtype(dtype)


@pytest.mark.parametrize(
    ("stored_values", "intercept", "dtype"),
    [
        ([0, 100], -1024.0, "int16"),
        ([0, 65535], -1024.0, "int32"),
        ([0, 33791], -1024.0, "int16"),
        ([0, 33792], -1024.0, "int32"),
    ],
)
def test_16_bits_moved_stay_16_bits_where_their_values_allow(stored, stored_values, intercept, dtype):
    made = np.resize(np.array(stored_values, "<u2"), 12)
    found = voxels(stored(made.tobytes(), RescaleSlope=1.0, RescaleIntercept=intercept, **WIDE))
    assert found.dtype == np.dtype(dtype)
    assert found.ravel().tolist() == (made.astype(int) - 1024).tolist()


def test_slices_are_rescaled_each_by_its_own_numbers(stored):
    instances = [
        stored(RAMP.astype("<u2").tobytes(), name=f"{n}.dcm", RescaleSlope=float(n + 1), RescaleIntercept=float(-n))
        for n in range(3)
    ]
    told = []
    found = voxels(*instances, progress=lambda *done: told.append(done))
    assert found.dtype == np.dtype("int16")
    assert [found[n].tolist() for n in range(3)] == [(RAMP * (n + 1) - n).tolist() for n in range(3)]
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("values", "padding"),
    [
        ({}, 0),
        ({"Modality": "CT"}, 0),
        ({"Modality": "CT", "RescaleSlope": 1.0, "RescaleIntercept": -999.0}, 0),
        ({"Modality": "CT", "RescaleSlope": 1.0, "RescaleIntercept": -1000.0}, -1000),
        ({"Modality": "CT", "RescaleSlope": 1.0, "RescaleIntercept": -1024.0}, -1024),
        ({"RescaleSlope": 1.0, "RescaleIntercept": -1024.0}, 0),
        ({"PixelPaddingValue": 5, "RescaleSlope": 2.0, "RescaleIntercept": -3.0}, 7),
        ({"PixelPaddingValue": 5}, 5),
    ],
)
def test_voxels_without_a_pixel_are_padding_air_or_nothing(values, padding):
    assert padding_value([made_frame(**values)]) == padding


@pytest.mark.parametrize(
    "values", [{"RescaleSlope": 1.0, "RescaleIntercept": -1024.0, "Modality": "CT"}, {"RescaleSlope": 0.5}, {}]
)
def test_a_missing_slice_is_padding(stored, values):
    instance = stored(RAMP.astype("<u2").tobytes(), **values)
    told = []
    found = read_voxels(Stack([instance.frames[0], None], None), progress=lambda *done: told.append(done))
    assert set(found[1].ravel().tolist()) == {-1024.0 if "Modality" in values else 0.0}
    assert np.array_equal(found[0], RAMP * values.get("RescaleSlope", 1) + values.get("RescaleIntercept", 0))
    assert told == [(1, 2), (2, 2)]


def test_a_truncated_slice_that_is_moved_has_the_padding_of_its_modality(stored):
    instance = stored(RAMP.astype("<u2").tobytes()[:10], length=24, RescaleSlope=1.0, RescaleIntercept=-1024.0, Modality="CT")
    assert voxels(instance).ravel().tolist() == [n - 1024 for n in range(5)] + [-1024] * 7


def test_colours_are_three_components_and_mixed_ones_are_refused(stored):
    colour = stored(np.arange(36, dtype=np.uint8).tobytes(), PlanarConfiguration=0, **COLOUR)
    assert voxels(colour).shape == (1, 3, 4, 3)
    with pytest.raises(DecodingError) as caught:
        voxels(colour, stored(RAMP.astype("<u2").tobytes(), name="b.dcm"))
    assert caught.value.reason == "mixed-colours"


@pytest.mark.parametrize(
    ("low", "high", "stored_type", "expected"),
    [
        (0, 255, "u1", "u1"),
        (0, 256, "u1", "i2"),
        (-1, 255, "u1", "i2"),
        (0, 32767, "i2", "i2"),
        (0, 32768, "i2", "u2"),
        (-32768, 0, "u2", "i2"),
        (-32769, 0, "u2", "i4"),
        (0, 65535, "i2", "u2"),
        (0, 65536, "u2", "i4"),
        (0, 2**31 - 1, "u4", "u4"),
        (-1, 2**31 - 1, "u4", "i4"),
        (0, 2**31, "i4", "u4"),
        (-1, 2**31, "i4", "f8"),
        (0, 2**32 - 1, "i4", "u4"),
        (0, 2**32, "u4", "f8"),
        (0, 5, "i8", "i2"),
    ],
)
def test_the_smallest_type_holds_both_ends(low, high, stored_type, expected):
    assert pixels._smallest_type(low, high, np.dtype(stored_type)) == np.dtype(expected)


# --- reading frames


def test_a_file_that_is_another_than_was_examined_is_not_read(stored):
    instance = stored(RAMP.astype("<u2").tobytes())
    os.utime(instance.path, ns=(1, 1))
    with pytest.raises(DecodingError) as caught:
        voxels(instance)
    assert caught.value.reason == "changed"
    instance.path.unlink()
    with pytest.raises(DecodingError) as caught:
        voxels(instance)
    assert caught.value.reason == "no-access"


def test_a_pixel_file_reads_no_further_than_it_is_asked(stored):
    file = PixelFile(stored(bytes(range(20))))
    values = np.zeros(4, "<u2")
    assert file.read_into(values, 10, 8) == 4
    assert values.tobytes() == bytes(range(8))
    assert file.read_into(values, 10, 5) == 2
    assert file.read_into(values, 28, 8) == 1
    assert file.read_into(values, 100, 8) == 0
    assert file.read_into(values, 10, -3) == 0
    assert (file.read(12, 3), file.read(28, 50), file.read(50, 5)) == (b"\2\3\4", b"\x12\x13", b"")
    file.close()
    file.close()


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
