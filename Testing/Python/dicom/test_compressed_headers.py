"""Headers of compressed pixels and of the element that holds them, byte by byte as the standards lay them out."""

from __future__ import annotations

import io
import struct

import pytest
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000TransferSyntaxes,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
    RLELossless,
)
from synthetic_series import MR, slice_dataset, write

from DICOMTutorialHelperLib.dicom import codestream
from DICOMTutorialHelperLib.dicom.codestream import check_codestreams, jpeg_2000_header, jpeg_header
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.headers import read_header
from DICOMTutorialHelperLib.dicom.pixel_element import find_pixel_element

ROWS, COLUMNS = 5, 4


# --- JPEG (ISO 10918-1 B.1, B.2.2) ---------------------------------------------------------------------------------------------


def frame_header(marker: int = 0xC3, rows: int = ROWS, columns: int = COLUMNS, samples: int = 1, bits: int = 12, extra: int = 0):
    body = struct.pack(">BHHB", bits, rows, columns, samples) + b"\1\x11\0" * samples
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2 + extra) + body


START = b"\xff\xd8"
SEGMENT = b"\xff\xe0\x00\x06abcd"


@pytest.mark.parametrize("marker", [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7])
def test_every_frame_header_tells_size_samples_and_bits(marker):
    data = START + SEGMENT + frame_header(marker, 300, 513, 3, 8)
    assert jpeg_header(data) == (513, 300, 3, 8)
    assert jpeg_header(data)._fields == ("columns", "rows", "samples", "bits")


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC, 0xBF, 0xD0, 0xF6, 0xF8])
def test_other_segments_are_passed_over(marker):
    assert jpeg_header(START + frame_header(marker, 9, 9) + frame_header()) == (COLUMNS, ROWS, 1, 12)


def test_fill_bytes_may_stand_before_a_marker():
    """B.1.1.2: any number of 0xFF."""
    assert jpeg_header(START + b"\xff" + SEGMENT + b"\xff\xff\xff" + frame_header()) == (COLUMNS, ROWS, 1, 12)


@pytest.mark.parametrize("marker", [0xD8, 0xD9, 0xDA])
def test_no_frame_header_follows_a_start_an_end_or_a_scan(marker):
    assert jpeg_header(START + bytes([0xFF, marker, 0, 4, 0, 0]) + frame_header()) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd9" + SEGMENT + frame_header(),
        START + SEGMENT + b"\x00" + frame_header(),
        START + b"\xff\xe0\x00\x01" + frame_header(),
        START + b"\xff\xe0\x00\x00" + frame_header(),
        START + frame_header(extra=1) + b"\0",
        START + b"\xff\xc3\x00\x07" + bytes(40),
        START + frame_header()[:9],
        START + SEGMENT,
        START,
    ],
    ids="nothing|no start|no marker|length 1|length 0|length of another number|too short|cut|no frame header|a start".split("|"),
)
def test_what_is_no_jpeg_has_no_header(data):
    assert jpeg_header(data) is None


def test_the_frame_header_may_be_the_last_thing_that_was_read():
    data = START + frame_header()
    assert jpeg_header(data[: len(START) + 10]) == (COLUMNS, ROWS, 1, 12)
    assert jpeg_header(data[: len(START) + 9]) is None


# --- JPEG 2000 (ISO 15444-1 A.5.1) ----------------------------------------------------------------------------------------------


def siz(x=COLUMNS, y=ROWS, x0=0, y0=0, tile=(64, 64), tile_at=(0, 0), samples=1, bits=12, step=(1, 1), length=None, signed=0):
    size = 38 + 3 * samples if length is None else length
    head = struct.pack(">HH8LH", size, 0, x, y, x0, y0, *tile, *tile_at, samples)
    return b"\xff\x4f\xff\x51" + head + bytes([signed << 7 | bits - 1, *step]) * samples


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (siz(), (COLUMNS, ROWS, 1, 12)),
        (siz(600, 400, samples=3, bits=8, tile=(600, 400)), (600, 400, 3, 8)),
        (siz(70, 90, 30, 40, tile=(200, 200), tile_at=(30, 40)), (40, 50, 1, 12)),
        (siz(bits=16, signed=1), (COLUMNS, ROWS, 1, 16)),
        (b"\0\0\0\x0cjP  box" + siz(), (COLUMNS, ROWS, 1, 12)),
        (siz(255, 257, tile=(1, 1)), (255, 257, 1, 12)),
    ],
    ids=["plain", "colour", "with an offset", "signed", "in a JP2 file", "65535 tiles"],
)
def test_the_siz_segment_tells_size_samples_and_bits(data, expected):
    assert jpeg_2000_header(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        siz()[4:],
        bytes(4096) + siz(),
        siz()[:-1],
        siz(length=40),
        siz(length=42),
        siz(samples=0),
        siz(x0=COLUMNS),
        siz(y0=ROWS),
        siz(tile=(0, 64)),
        siz(tile=(64, 0)),
        siz(x0=1, tile_at=(2, 0)),
        siz(y0=1, tile_at=(0, 2)),
        siz(256, 256, tile=(1, 1)),
        siz(step=(0, 1)),
        siz(step=(1, 0)),
    ],
)
def test_what_makes_no_sense_as_jpeg_2000_has_no_header(data):
    assert jpeg_2000_header(data) is None


def test_the_deepest_component_counts():
    data = bytearray(siz(samples=3, bits=8))
    data[42 + 3] = 12 - 1
    assert jpeg_2000_header(bytes(data)).bits == 12


# --- against the instance's header -------------------------------------------------------------------------------------------


def written(folder, syntax, *fragments, **header):
    dataset = slice_dataset(0, sop_class=MR, rows=ROWS, columns=COLUMNS, ImagePositionPatient=[0, 0, 0], **header)
    parts = [b"\xfe\xff\x00\xe0" + struct.pack("<I", len(part)) + part for part in (b"", *fragments)]
    dataset.PixelData = b"".join(parts) + b"\xfe\xff\xdd\xe0" + bytes(4)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return read_header(write(dataset, folder / "one.dcm", syntax))


def refusal(instance):
    """Why an instance's compressed pixels are refused, and the fields of the sentence that says so."""
    with pytest.raises(DecodingError) as caught:
        check_codestreams(instance)
    assert caught.value.fields["file"] == "one.dcm"
    return caught.value.reason, {name: value for name, value in caught.value.fields.items() if name != "file"}


def even(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


@pytest.mark.parametrize("syntax", [*JPEGTransferSyntaxes, *JPEGLSTransferSyntaxes, *JPEG2000TransferSyntaxes])
def test_every_syntax_of_jpeg_is_held_against_the_header(tmp_path, syntax):
    def data(**more):
        is_2000 = syntax in JPEG2000TransferSyntaxes
        return even(siz(**more) if is_2000 else START + frame_header(0xF7, **{{"x": "columns"}[k]: v for k, v in more.items()}))

    check_codestreams(written(tmp_path, syntax, data()))
    stated, found = f"{COLUMNS} x {ROWS} x 1", f"{COLUMNS + 1} x {ROWS} x 1"
    assert refusal(written(tmp_path, syntax, data(x=COLUMNS + 1))) == ("other-size", {"stated": stated, "found": found})


def test_more_bits_than_are_allocated_are_refused(tmp_path):
    check_codestreams(written(tmp_path, JPEG2000TransferSyntaxes[0], even(siz(bits=16))))
    instance = written(tmp_path, JPEG2000TransferSyntaxes[0], even(siz(bits=17)))
    assert refusal(instance) == ("other-bits", {"found": 17, "allocated": 16})


def test_each_fragment_is_a_frame_where_there_are_several_frames(tmp_path):
    good, bad = even(siz()), even(siz(y=9))
    check_codestreams(written(tmp_path, JPEG2000TransferSyntaxes[0], good, good, NumberOfFrames=2))
    instance = written(tmp_path, JPEG2000TransferSyntaxes[0], good, bad, NumberOfFrames=2)
    assert refusal(instance) == ("other-size", {"stated": "4 x 5 x 1", "found": "4 x 9 x 1"})


def test_the_fragments_of_one_frame_are_one_picture(tmp_path):
    data = even(siz()) + bytes(20)
    check_codestreams(written(tmp_path, JPEG2000TransferSyntaxes[0], data[:50], data[50:]))


def test_a_picture_may_be_a_thousand_times_what_holds_it_and_64_mib(tmp_path, monkeypatch):
    """40 bytes of pixels: all of them need some bytes where none are allowed for nothing."""
    monkeypatch.setattr(codestream, "ALWAYS_ALLOWED_BYTES", 0)
    monkeypatch.setattr(codestream, "LARGEST_RATIO", 40 / 46)
    check_codestreams(written(tmp_path, JPEG2000TransferSyntaxes[0], even(siz()) + b"\0\0"))
    assert refusal(written(tmp_path, JPEG2000TransferSyntaxes[0], even(siz())[:44])) == (
        "too-few-bytes",
        {"held": 44, "wanted": 40},
    )


@pytest.mark.parametrize(
    ("count", "offsets", "held", "sound"),
    [
        (2, (64, 90), 120, True),
        (2, (64, 64), 64, True),
        (2, (64, 120), 120, True),
        (2, (64, 121), 120, False),
        (2, (65, 90), 120, False),
        (2, (64, 63), 120, False),
        (1, (64,), 120, False),
        (3, (64, 80, 90), 120, False),
    ],
)
def test_an_rle_header_has_a_segment_a_byte_each_behind_the_other(tmp_path, count, offsets, held, sound):
    """PS3.5 G.5: two segments for 16 bits."""
    data = struct.pack("<16L", count, *offsets, *[0] * (15 - len(offsets))) + bytes(held - 64)
    instance = written(tmp_path, RLELossless, data)
    if sound:
        check_codestreams(instance)
    else:
        assert refusal(instance) == ("no-codestream", {})


def test_an_rle_header_that_is_cut_says_so(tmp_path):
    assert refusal(written(tmp_path, RLELossless, bytes(62))) == ("no-codestream", {})


# --- the pixel data element (PS3.5 7.1, A.4) --------------------------------------------------------------------------------


def found(data: bytes, syntax: str, before: int = 0):
    file = io.BytesIO(bytes(before) + data)
    file.seek(before)
    return find_pixel_element(file, syntax, before + len(data))


EXPLICIT = b"\xe0\x7f\x10\x00OW\0\0"


@pytest.mark.parametrize(
    ("data", "syntax", "expected"),
    [
        (EXPLICIT + struct.pack("<I", 40), ExplicitVRLittleEndian, ("PixelData", "OW", 112, 40, 152)),
        (b"\x7f\xe0\x00\x10OW\0\0" + struct.pack(">I", 40), ExplicitVRBigEndian, ("PixelData", "OW", 112, 40, 152)),
        (b"\xe0\x7f\x10\x00" + struct.pack("<I", 40), ImplicitVRLittleEndian, ("PixelData", "", 108, 40, 148)),
        (b"\xe0\x7f\x08\x00OF\0\0" + struct.pack("<I", 40), ExplicitVRLittleEndian, ("FloatPixelData", "OF", 112, 40, 152)),
        (b"\xe0\x7f\x09\x00OD\0\0" + struct.pack("<I", 40), ExplicitVRLittleEndian, ("DoubleFloatPixelData", "OD", 112, 40, 152)),
    ],
)
def test_native_pixels_lie_behind_their_element(data, syntax, expected):
    element = found(data + bytes(40), syntax, before=100)
    assert (element.keyword, element.vr, element.offset, element.length, element.end) == expected
    assert element.defined and element.fragments == ()


def test_an_implicit_element_of_eight_bytes_at_the_end_has_no_pixels():
    element = found(b"\xe0\x7f\x10\x00" + struct.pack("<I", 0), ImplicitVRLittleEndian, before=100)
    assert (element.offset, element.length, element.end) == (108, 0, 108)


@pytest.mark.parametrize("data", [b"", EXPLICIT[:7], b"\xe0\x7f\x11\x00OW\0\0" + bytes(4), b"\x28\x00\x10\x00US\2\0" + bytes(4)])
def test_another_element_or_none_is_no_pixel_data(data):
    assert found(data, ExplicitVRLittleEndian) is None


def item(data: bytes, length=None) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(data) if length is None else length) + data


UNDEFINED = EXPLICIT.replace(b"OW", b"OB") + b"\xff" * 4
DELIMITER = b"\xfe\xff\xdd\xe0" + bytes(4)


@pytest.mark.parametrize(
    ("items", "fragments", "end"),
    [
        (item(b"") + item(b"ab") + item(b"cdef") + DELIMITER, ((28, 2), (38, 4)), 50),
        (item(b"1234") + item(b"ab") + DELIMITER, ((32, 2),), 42),
        (item(b"") + item(b"") + item(b"ab") + DELIMITER, ((36, 2),), 46),
        (item(b"") + item(b"ab"), ((28, 2),), 30),
        (item(b"") + item(b"ab") + b"\xfe\xff", ((28, 2),), None),
        (item(b"") + item(b"ab") + b"rubbish!", ((28, 2),), None),
        (item(b"") + item(b"ab") + item(b"cd", length=3), ((28, 2),), None),
        (item(b"") + DELIMITER, (), 28),
    ],
    ids=["two", "with a table", "an empty one", "no delimiter", "cut", "rubbish", "cut inside", "none"],
)
def test_fragments_are_those_that_lie_whole_in_the_file(items, fragments, end):
    element = found(UNDEFINED + items, RLELossless)
    assert (element.fragments, element.end) == (fragments, end)
    assert (element.vr, element.offset, element.length, element.defined) == ("OB", None, None, False)


def test_what_is_compressed_should_not_state_its_length():
    element = found(EXPLICIT + struct.pack("<I", 40) + bytes(40), RLELossless)
    assert (element.defined, element.offset, element.fragments, element.end) == (True, None, (), None)


def test_fragments_are_found_in_the_middle_of_a_file():
    element = found(UNDEFINED + item(b"") + item(b"ab") + DELIMITER, RLELossless, before=1000)
    assert element.fragments == ((1028, 2),)
