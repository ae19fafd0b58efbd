"""Codestreams built marker by marker, as ISO 10918-1 and ISO 15444-1 have them: what stays, and what is taken out."""

from __future__ import annotations

import struct

import pytest

from DICOMTutorialHelperLib.explore.codestream_comments import clean_pixels, is_searchable, says_more_than_its_encoder

JPEG, JPEG_LS, JPEG_2000, RLE = (f"1.2.840.10008.1.2.{end}" for end in ("4.50", "4.80", "4.90", "5"))
JP2 = b"\0\0\0\x0cjP  \r\n\x87\n"
JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"
PLAIN_JFIF = b"\xff\xe0\0\x10" + JFIF


def segment(marker: int, content: bytes = b"", length=None) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2 if length is None else length) + content


START, END = b"\xff\xd8", b"\xff\xd9"
TABLE = segment(0xDB, b"quant")
SCAN = segment(0xDA, b"scan") + b"\x11\xff\x00\x22\xff\xd0\x33"


def cleaned(data: bytes, syntax: str = JPEG):
    """The clean codestream and what was taken out, or None."""
    clean = clean_pixels([data], syntax)
    return clean and (clean.fragments[0], clean.comments)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


@pytest.mark.parametrize(
    ("before", "plain", "comments"),
    [
        (segment(0xFE, b"Smith"), b"", [b"Smith"]),
        (segment(0xE1, b"Smith") + segment(0xEF, b"John"), b"", [b"Smith", b"John"]),
        (segment(0xF0, b"kept") + segment(0xFE, b"Smith"), segment(0xF0, b"kept"), [b"Smith"]),
        (segment(0xDF, b"kept") + segment(0xFE, b"Smith"), segment(0xDF, b"kept"), [b"Smith"]),
        (segment(0xFD, b"kept") + segment(0xFE, b"Smith"), segment(0xFD, b"kept"), [b"Smith"]),
        (segment(0xE0, JFIF + b"thumb"), PLAIN_JFIF, [b"thumb"]),
        (segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0"), PLAIN_JFIF, []),
        (segment(0xE0, JFIF[:13]), b"", [JFIF[:13]]), (segment(0xE0, b"JFXX\0" + JFIF), b"", [b"JFXX\0" + JFIF]),
        (segment(0xE1, JFIF), b"", [JFIF]),
        (segment(0xEE, b"Adobe\0\x65\1\2\3\4\2"), b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\2", []),
        (segment(0xEE, b"Adobe\0\x64\0\0\0\0\1more"), b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\1", [b"more"]),
        (segment(0xEE, b"Adobe\0\x64\0\0\0\0"), b"", [b"Adobe\0\x64\0\0\0\0"]),
        (segment(0xE8, b"mrfx\2") + segment(0xFE, b"x1"), segment(0xE8, b"mrfx\2"), [b"x1"]),
        (segment(0xE8, b"mrfx\2\3"), b"", [b"mrfx\2\3"]), (segment(0xE7, b"mrfx\2"), b"", [b"mrfx\2"]),
        (segment(0xFE, b"\0\0"), b"", []), (segment(0xFE, b""), b"", []),
        (b"\xff\xff" + segment(0xFE, b"Smith"), b"", [b"Smith"]),
    ],
)  # fmt: skip
def test_comments_and_application_data_of_jpeg_go(before, plain, comments):
    assert cleaned(START + before + TABLE + SCAN + END) == (padded(START + plain + TABLE + SCAN + END), comments)


def test_what_has_nothing_to_take_out_stays_the_same_object():
    fragments = [START + PLAIN_JFIF + TABLE + SCAN + END]
    assert clean_pixels(fragments, JPEG).fragments is fragments
    assert clean_pixels(fragments, JPEG).comments == []
    assert clean_pixels([b"any"], RLE) == ([b"any"], [])


def test_what_stands_between_and_behind_scans_is_found():
    comment = segment(0xFE, b"Smith")
    data = START + SCAN + comment + TABLE + SCAN + END
    assert cleaned(data + b"behind") == (padded(START + SCAN + TABLE + SCAN + END), [b"Smith", b"behind"])
    assert cleaned(data + b"\0\0\0") == (padded(START + SCAN + TABLE + SCAN + END), [b"Smith"])
    assert cleaned(START + comment + SCAN) == (padded(START + SCAN), [b"Smith"]), "without an end, all belongs to the scan"


def test_a_scan_of_jpeg_ls_stuffs_bits_and_not_bytes():
    """ISO 14495-1 Annex A: after 0xFF comes a byte below 0x80."""
    scan = segment(0xDA, b"scan") + b"\x11\xff\x7f\x22"
    assert cleaned(START + segment(0xFE, b"Smith") + scan + END, JPEG_LS) == (padded(START + scan + END), [b"Smith"])
    assert cleaned(START + segment(0xFE, b"Smith") + scan + END, JPEG) is None


@pytest.mark.parametrize(
    "data",
    [
        START, START + b"\x12\x34", START + segment(0xFE, b"", 1) + END, START + segment(0xFE, b"Smith", 99) + END,
        START + segment(0xFE, b"Smith"), b"\xff\xd7\xff" + END, START + b"\xff\xfe\0", START + b"\xff",
    ],
)  # fmt: skip
def test_what_is_no_jpeg_is_not_called_clean(data):
    assert cleaned(data) is None


def test_a_fragment_that_begins_no_frame_goes_on_with_the_one_before():
    data = START + segment(0xFE, b"Smith") + TABLE + SCAN + END
    one = padded(START + TABLE + SCAN + END)
    clean = clean_pixels([data[:9], data[9:], data], JPEG)
    assert clean.fragments == [one, one]
    assert clean.comments == [b"Smith", b"Smith"]
    assert clean_pixels([data[9:], data], JPEG) is None


SIZE, COMMENT = segment(0x51, b"size"), segment(0x64, b"\0\1Smith")
LENGTHS = segment(0x55, b"lengths")


def tile(body: bytes, header: bytes = b"", length=None) -> bytes:
    length = 14 + len(header) + len(body) if length is None else length
    return segment(0x90, b"\0\0" + struct.pack(">L", length) + b"\0\1") + header + b"\xff\x93" + body


def test_comments_of_jpeg_2000_go_and_lengths_are_right():
    data = b"\xff\x4f" + SIZE + COMMENT + tile(b"one") + tile(b"twice", COMMENT) + END
    assert cleaned(data, JPEG_2000) == (padded(b"\xff\x4f" + SIZE + tile(b"one") + tile(b"twice") + END), [b"Smith"] * 2)


def test_lengths_of_tiles_are_dropped_only_where_tiles_changed():
    kept = b"\xff\x4f" + SIZE + LENGTHS + tile(b"data") + END
    fragments = [kept]
    assert clean_pixels(fragments, JPEG_2000).fragments is fragments
    data = b"\xff\x4f" + SIZE + LENGTHS + tile(b"data", COMMENT) + END
    assert cleaned(data, JPEG_2000) == (padded(b"\xff\x4f" + SIZE + tile(b"data") + END), [b"Smith"])


def test_the_last_tile_need_not_say_its_length():
    for end in (END, b""):
        data = b"\xff\x4f" + SIZE + COMMENT + tile(b"data", length=0) + end
        assert cleaned(data, JPEG_2000) == (padded(b"\xff\x4f" + SIZE + tile(b"data", length=0) + end), [b"Smith"])


def test_what_follows_the_end_of_jpeg_2000_goes():
    whole = b"\xff\x4f" + SIZE + tile(b"data") + END
    assert cleaned(whole + b"behind", JPEG_2000) == (padded(whole), [b"behind"])
    assert cleaned(whole + b"\0\0", JPEG_2000) == (padded(whole), [])
    assert cleaned(b"\xff\x4f" + SIZE + COMMENT + tile(b"data") + b"\0", JPEG_2000)[1] == [b"Smith"], "padding is no tile"
    assert cleaned(b"\xff\x4f" + SIZE + COMMENT + tile(b"data") + b"more", JPEG_2000) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\x4f\xff\x52" + SIZE, b"\xff\x4f" + SIZE + segment(0x64, b"", 1) + tile(b"data") + END,
        b"\xff\x4f" + SIZE + segment(0x64, b"Smith", 999) + tile(b"data") + END,
        b"\xff\x4f" + SIZE + b"\xfe" + COMMENT[1:] + tile(b"data") + END, b"\xff\x4f" + SIZE,
        b"\xff\x4f" + SIZE + b"\xfe" + tile(b"data")[1:] + END, b"\xff\x4f" + SIZE + tile(b"data", length=13) + END,
        b"\xff\x4f" + SIZE + tile(b"data", length=99) + END, b"\xff\x4f" + SIZE + tile(b"data", COMMENT, 16) + END,
    ],
)  # fmt: skip
def test_what_is_no_jpeg_2000_is_not_called_clean(data):
    assert cleaned(data, JPEG_2000) is None


def test_a_tile_without_data_is_one():
    data = b"\xff\x4f" + SIZE + COMMENT + tile(b"") + END
    assert cleaned(data, JPEG_2000) == (padded(b"\xff\x4f" + SIZE + tile(b"") + END), [b"Smith"])


def box(kind: bytes, content: bytes, length=None) -> bytes:
    return struct.pack(">L4s", 8 + len(content) if length is None else length, kind) + content


CODESTREAM = b"\xff\x4f" + SIZE + tile(b"data") + END
STREAM = box(b"jp2c", CODESTREAM)


@pytest.mark.parametrize(
    ("boxes", "comments"),
    [
        (box(b"ftyp", b"jp2 ") + box(b"jp2h", b"ihdr") + STREAM, []), (box(b"free", b"room") + STREAM, []),
        (box(b"uuid", b"Smith") + STREAM + box(b"xml ", b"John"), [b"Smith", b"John"]),
        (box(b"jp2c", CODESTREAM, 0), []),
        (box(b"uuid", struct.pack(">Q", 16 + 5) + b"Smith", 1) + STREAM, [b"Smith"]),
        (STREAM + b"short", []),
    ],
)  # fmt: skip
def test_of_a_jp2_file_only_the_codestream_stays(boxes, comments):
    assert cleaned(JP2 + boxes, JPEG_2000) == (padded(CODESTREAM), comments)


@pytest.mark.parametrize(
    "boxes",
    [
        b"", box(b"uuid", b"Smith"), box(b"jp2c", CODESTREAM, 9999), box(b"uuid", b"Smith", 7) + STREAM,
        *(box(b"jp2h", b"...." + kind) + STREAM for kind in (b"pclr", b"cmap", b"cdef")),
    ],
)  # fmt: skip
def test_a_jp2_file_whose_colours_would_be_lost_is_not_called_clean(boxes):
    assert cleaned(JP2 + boxes, JPEG_2000) is None


@pytest.mark.parametrize(
    ("syntax", "searchable"),
    [(JPEG, True), (JPEG_LS, True), (JPEG_2000, True), (RLE, True),
     ("1.2.840.10008.1.2.4.100", False), ("1.2.840.10008.1.2.1", False)],
)  # fmt: skip
def test_what_can_be_searched_is_known(syntax, searchable):
    assert is_searchable(syntax) is searchable
    assert searchable or clean_pixels([b""], syntax) is None


@pytest.mark.parametrize(
    ("comment", "more"),
    [(b"", False), (b"LEAD Technologies Inc. V1.01\0", False),
     (b"CREATOR: gd-jpeg v1.0 (using IJG JPEG v62)", True)]
)  # fmt: skip
def test_only_words_that_encoders_write_name_nobody(comment, more):
    assert says_more_than_its_encoder(comment) is more
