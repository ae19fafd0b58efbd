"""What compressed data says of itself, byte by byte: ISO 10918-1 B.2.2 (JPEG), ISO 15444-1 A.5.1 (JPEG 2000), PS3.5 G.5 (RLE)."""

from __future__ import annotations

import struct

import pytest
from made_frames import made_frames_of_one, made_instance

from DICOMTutorialHelperLib.dicom import codestream
from DICOMTutorialHelperLib.dicom.codestream import (
    Codestream,
    check_codestream,
    check_held,
    frames_lie_apart,
    jpeg_2000_header,
    jpeg_header,
)
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.instance import Instance


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def frame_header(marker: int = 0xC0, samples: int = 1, components: int | None = None) -> bytes:
    count = samples if components is None else components
    return segment(marker, struct.pack(">BHHB", 12, 3, 4, samples) + b"\1\x11\0" * count)


START = b"\xff\xd8"
FOUND = Codestream(columns=4, rows=3, samples=1, bits=12)


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7])
def test_every_start_of_a_frame_is_one(marker):
    assert jpeg_header(START + frame_header(marker)) == FOUND


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC, 0xBF, 0xD0, 0xDB, 0xE0, 0xF6, 0xF8, 0xFE])
def test_other_segments_are_passed_over(marker):
    assert jpeg_header(START + segment(marker, b"any") + frame_header()) == FOUND
    assert jpeg_header(START + segment(marker, b"") + frame_header()) == FOUND
    assert jpeg_header(START + frame_header(marker)) is None


@pytest.mark.parametrize("marker", [0xD8, 0xD9, 0xDA])
def test_pixels_before_a_frame_header_end_the_search(marker):
    assert jpeg_header(START + segment(marker, b"any") + frame_header()) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (START + b"\xff\xff\xff" + frame_header(), FOUND),  # fill bytes
        (START + frame_header(samples=3), Codestream(4, 3, 3, 12)),
        (START + frame_header(samples=3, components=2), None),
        (START + frame_header(samples=2, components=3), None),
        (START + frame_header()[:10], FOUND),  # enough for the sizes
        (START + frame_header()[:9], None),
        (START + b"\xff\xc0\x00\x07" + frame_header()[4:], None),  # a length without room for the sizes
        (START + b"\xff\xe0\x00\x01" + frame_header(), None),  # a length that does not count itself
        (START + b"\x00" + frame_header(), None),
        (b"\xff\xd9" + frame_header(), None),
        (START, None),
        (START + b"\xff\xe0\x00", None),
        (START + b"\xff\xe0\x00\x02", None),
        (b"", None),
    ],
)
def test_a_jpeg_header_is_whole_or_none(data, expected):
    assert jpeg_header(data) == expected


def test_a_frame_header_without_components_is_as_long_as_its_sizes():
    assert jpeg_header(START + frame_header(samples=0)) == Codestream(4, 3, 0, 12)


def siz(x=4, y=3, x0=0, y0=0, tile=(64, 64), origin=(0, 0), samples=1, depths=(11,), steps=(1, 1), length=None, start=b""):
    components = b"".join(bytes((depth, *steps)) for depth in depths)
    length = 38 + 3 * samples if length is None else length
    return start + b"\xff\x4f\xff\x51" + struct.pack(">HH8LH", length, 0, x, y, x0, y0, *tile, *origin, samples) + components


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, FOUND),
        ({"x": 14, "y": 23, "x0": 10, "y0": 20}, FOUND),
        ({"start": bytes(4092)}, FOUND),
        ({"start": bytes(4093)}, None),
        ({"samples": 3, "depths": (7, 9, 8)}, Codestream(4, 3, 3, 10)),
        ({"depths": (0x80 | 11,)}, FOUND),  # signed
        ({"depths": (0xFF,)}, Codestream(4, 3, 1, 128)),
        ({"samples": 0, "depths": ()}, None),
        ({"length": 40}, None),
        ({"length": 42}, None),
        ({"samples": 2}, None),  # a component is missing
        ({"x": 4, "x0": 4}, None),
        ({"y": 3, "y0": 3}, None),
        ({"x": 5, "x0": 4}, Codestream(1, 3, 1, 12)),
        ({"y": 4, "y0": 3}, Codestream(4, 1, 1, 12)),
        ({"tile": (0, 64)}, None),
        ({"tile": (64, 0)}, None),
        ({"origin": (1, 0)}, None),
        ({"origin": (0, 1)}, None),
        ({"x0": 2, "y0": 2, "origin": (2, 2)}, Codestream(2, 1, 1, 12)),
        ({"steps": (0, 1)}, None),
        ({"steps": (1, 0)}, None),
        # 65535 tiles are allowed (A.5.1), one more is not
        ({"x": 65535, "y": 1, "tile": (1, 1)}, Codestream(65535, 1, 1, 12)),
        ({"x": 65536, "y": 1, "tile": (1, 1)}, None),
        ({"x": 1, "y": 65536, "tile": (1, 1)}, None),
        ({"x": 510, "y": 516, "tile": (2, 2)}, None),
        ({"x": 510, "y": 514, "tile": (2, 2)}, Codestream(510, 514, 1, 12)),
        # counted from where the tiles begin: 5 + 65531 to the right of it
        ({"x": 65536, "y": 1, "x0": 1, "tile": (1, 1), "origin": (1, 0)}, Codestream(65535, 1, 1, 12)),
        ({"x": 1, "y": 65536, "y0": 1, "tile": (1, 1), "origin": (0, 1)}, Codestream(1, 65535, 1, 12)),
    ],
)
def test_a_jpeg_2000_header_makes_sense_or_is_none(given, expected):
    assert jpeg_2000_header(siz(**given)) == expected


@pytest.mark.parametrize("kept", [0, 41, 42, 44])
def test_a_jpeg_2000_header_that_is_cut_is_none(kept):
    assert jpeg_2000_header(siz()[:kept]) is None
    assert jpeg_2000_header(siz()[:45]) == FOUND


# --- which frames can be had singly, and whether there is enough of them


def compressed(*fragments: int, frames: int = 1, window=None, syntax="1.2.840.10008.1.2.4.90", **values) -> Instance:
    """An instance of fragments of these lengths, with so many frames."""
    plain = made_instance(**({"NumberOfFrames": frames} if frames > 1 else {}), **values)
    places = tuple((1000 * n, length) for n, length in enumerate(fragments))
    instance = Instance(plain.path, plain.values, syntax, "PixelData", fragments=places)
    instance.frames.extend(made_frames_of_one(frames))
    if window:
        instance.frames[0].window = window
    return instance


@pytest.mark.parametrize(
    ("instance", "apart"),
    [
        (compressed(5), True), (compressed(5, 6, 7), True), (compressed(), False),
        (compressed(5, 6, 7, frames=3), True), (compressed(5, 6, frames=3), True), (compressed(5, 6, 7, 8, frames=3), False),
        (compressed(5, 6, 7, 8, frames=3, window=(0, 0)), True),  # a mosaic is one image
        (compressed(5, PhotometricInterpretation="PALETTE COLOR"), False),
    ],
)  # fmt: skip
def test_frames_lie_apart_where_each_has_a_fragment_or_all_are_of_one(instance, apart):
    assert frames_lie_apart(instance) == apart


@pytest.mark.parametrize(
    ("instance", "held"),
    [
        # 24 bytes a frame, of which each byte held makes two at the most
        (compressed(12), None), (compressed(11), 11), (compressed(6, 6), None), (compressed(6, 5), 11),
        (compressed(12, 12, frames=2), None), (compressed(40, 11, frames=2), 11), (compressed(4, 4, 4, frames=2), None),
        (compressed(), None),
    ],
)  # fmt: skip
def test_the_smallest_fragment_of_a_frame_or_all_of_an_image_must_suffice(monkeypatch, instance, held):
    monkeypatch.setattr(codestream, "ALWAYS_ALLOWED_BYTES", 0)
    monkeypatch.setattr(codestream, "LARGEST_RATIO", 2)
    if held is None:
        check_held(instance)
        return
    with pytest.raises(DecodingError) as caught:
        check_held(instance)
    assert (caught.value.reason, caught.value.fields["held"], caught.value.fields["wanted"]) == ("too-few-bytes", held, 24)


@pytest.mark.parametrize(("held", "rows", "enough"), [(2, 32768, True), (4096, 34768, True), (4096, 34769, False)])
def test_64_mib_and_a_thousand_times_what_is_held_are_believed(held, rows, enough):
    """1024 columns of 2 bytes: 32768 rows are 64 MiB, and 4096 bytes held allow 2000 rows more."""
    instance = compressed(held, Rows=rows, Columns=1024)
    if enough:
        check_held(instance)
    else:
        with pytest.raises(DecodingError):
            check_held(instance)


def test_native_pixels_need_no_fragments():
    check_held(made_instance(Rows=60000, Columns=60000))


def refusal(instance, data):
    with pytest.raises(DecodingError) as caught:
        check_codestream(instance, data)
    return caught.value.reason, {key: value for key, value in caught.value.fields.items() if key != "file"}


@pytest.mark.parametrize("syntax", [f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70, 80, 81)])
def test_jpeg_is_held_against_the_header(syntax):
    check_codestream(compressed(5, syntax=syntax), START + frame_header())
    assert refusal(compressed(5, syntax=syntax, Rows=5), START + frame_header()) == (
        "other-size",
        {"stated": "4 x 5 x 1", "found": "4 x 3 x 1"},
    )
    assert refusal(compressed(5, syntax=syntax), siz()) == ("no-codestream", {})


@pytest.mark.parametrize("syntax", [f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93, 201, 202, 203)])
def test_jpeg_2000_is_held_against_the_header(syntax):
    check_codestream(compressed(5, syntax=syntax), siz())
    assert refusal(compressed(5, syntax=syntax), siz(depths=(16,))) == ("other-bits", {"found": 17, "allocated": 16})
    check_codestream(compressed(5, syntax=syntax), siz(depths=(15,)))
    assert refusal(compressed(5, syntax=syntax), START + frame_header()) == ("no-codestream", {})


def test_what_no_reader_of_headers_knows_is_left_to_the_decoders():
    check_codestream(compressed(5, syntax="1.2.840.10008.1.2.4.102"), b"anything")


def rle(count, *offsets, length=200):
    return struct.pack("<16L", count, *offsets, *[0] * (15 - len(offsets))) + bytes(length - 64)


@pytest.mark.parametrize(
    ("values", "data", "sound"),
    [
        ({}, rle(2, 64, 100), True), ({"BitsAllocated": 8}, rle(1, 64), True), ({"BitsAllocated": 8}, rle(2, 64, 100), False),
        ({"SamplesPerPixel": 3, "BitsAllocated": 8}, rle(3, 64, 100, 150), True), ({}, rle(2, 64, 200), True),
        ({}, rle(2, 64, 201), False), ({}, rle(2, 63, 100), False), ({}, rle(2, 65, 100), False), ({}, rle(2, 64, 63), False),
        ({}, rle(2, 64, 64), True), ({}, rle(2, 64, 64, length=64), True), ({}, rle(2, 64, 64)[:63], False), ({}, b"", False),
    ],
)  # fmt: skip
def test_rle_has_a_segment_for_each_byte_of_a_pixel(values, data, sound):
    instance = compressed(5, syntax="1.2.840.10008.1.2.5", **values)
    if sound:
        check_codestream(instance, data)
    else:
        assert refusal(instance, data) == ("no-codestream", {})
