"""Comments and application data in compressed pixels go from copies, the pixels stay; what cannot be searched is named."""

from __future__ import annotations

import struct
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG2MPML

from DICOMTutorialHelperLib.explore.codestream_comments import (
    JP2_SIGNATURE,
    clean_pixels,
    is_searchable,
    says_more_than_its_encoder,
)
from DICOMTutorialHelperLib.explore.deidentification import deidentify
from DICOMTutorialHelperLib.explore.image_bytes import fragments_of
from DICOMTutorialHelperLib.explore.privacy import privacy_report

SECRET = b"QXZ SMITHSON 4711"
# JPEG baseline in grey and colour, extended, lossless, JPEG-LS (single and multi-frame), JPEG 2000 (also in two fragments).
FILES = [
    "JPEG-lossy.dcm", "SC_rgb_jpeg.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_jpeg_lossy_gdcm.dcm", "SC_rgb_jpeg_app14_dcmd.dcm",
    "SC_jpeg_no_color_transform.dcm", "SC_jpeg_no_color_transform_2.dcm", "SC_rgb_small_odd_jpeg.dcm", "JPGExtended.dcm",
    "JPEGLSNearLossless_16.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jls_lossy_line.dcm", "JPEG2000.dcm",
    "MR_small_jp2klossless.dcm", "GDCMJ2K_TextGBR.dcm", "J2K_pixelrep_mismatch.dcm",
]  # fmt: skip


def pydicoms_file(name):
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"this pydicom has no {name}")
    return path


def folder_of(tmp_path):
    (tmp_path / "in").mkdir(exist_ok=True)
    return tmp_path / "in"


def segment(marker, content):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def planted(frame):
    """A codestream with the secret in comments and application data: before the picture, within it, behind it."""
    if frame.startswith(JP2_SIGNATURE):
        box = struct.pack(">L4s", len(SECRET) + 8, b"uuid") + SECRET
        return JP2_SIGNATURE + box + frame[len(JP2_SIGNATURE) :] + box
    if frame.startswith(b"\xff\x4f\xff\x51"):
        behind_size = 4 + struct.unpack_from(">H", frame, 4)[0]
        frame = frame[:behind_size] + segment(0x64, b"\0\1" + SECRET) + frame[behind_size:]
        tile = frame.index(b"\xff\x90")
        (length,) = struct.unpack_from(">L", frame, tile + 6)
        more = segment(0x64, b"\0\1" + SECRET)
        head = frame[tile : tile + 6] + struct.pack(">L", length and length + len(more)) + frame[tile + 10 : tile + 12]
        return frame[:tile] + head + more + frame[tile + 12 :]
    before = b"".join(segment(marker, SECRET) for marker in (0xFE, 0xE1, 0xED, 0xEF))
    frame = frame[:2] + before + frame[2:].rstrip(b"\0")
    return frame + SECRET


def pixels(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return pydicom.dcmread(path).pixel_array
        except Exception as error:  # which decoders are there differs
            pytest.skip(f"no decoder here: {error}")


@pytest.fixture(params=FILES)
def compressed(request, tmp_path):
    """(original, the same with the secret planted in every frame)."""
    original = pydicoms_file(request.param)
    dataset = pydicom.dcmread(original)
    list(dataset)  # pydicom writes what it has read whole
    frames = fragments_of(dataset.PixelData)[1:]
    count = int(dataset.get("NumberOfFrames", 1))
    frames = frames if count > 1 else [b"".join(frames)]
    dataset.PixelData = encapsulate([planted(frame) for frame in frames])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(folder_of(tmp_path) / "planted.dcm")
    return original, folder_of(tmp_path) / "planted.dcm"


def test_what_was_planted_goes_and_the_pixels_stay(compressed, tmp_path):
    original, path = compressed
    assert path.read_bytes().count(SECRET) >= 2
    [(_, copy)] = deidentify(path, tmp_path / "out").written
    assert SECRET not in copy.read_bytes()
    assert np.array_equal(pixels(copy), pixels(original))


def test_a_file_with_comments_is_said_to_have_them_and_its_copy_is_not(compressed, tmp_path):
    _, path = compressed
    found = [item for item in privacy_report(path).found if item.keyword == "PixelData"]
    assert found
    assert any("SMITHSON" in item.value for item in found)
    [(_, copy)] = deidentify(path, tmp_path / "out").written
    report = privacy_report(copy)
    assert not [item for item in report.items if item.keyword == "PixelData"]
    assert "codestream" not in report.warnings


@pytest.mark.parametrize("name", FILES)
def test_pixels_without_a_foreign_comment_decode_as_before(name, tmp_path):
    original = pydicoms_file(name)
    [(_, copy)] = deidentify(original, tmp_path / "out").written
    assert np.array_equal(pixels(copy), pixels(original))


def test_fragments_that_carry_nothing_stay_byte_for_byte():
    fragments = fragments_of(pydicom.dcmread(pydicoms_file("MR_small_jpeg_ls_lossless.dcm")).PixelData)[1:]
    assert clean_pixels(fragments, "1.2.840.10008.1.2.4.80").fragments is fragments


def test_the_offsets_of_shorter_frames_are_right(tmp_path):
    """Two frames, their offsets in the table and in the extended one."""
    dataset = pydicom.dcmread(pydicoms_file("MR_small_jpeg_ls_lossless.dcm"))
    frame = planted(b"".join(fragments_of(dataset.PixelData)[1:]))
    dataset.NumberOfFrames = 2
    dataset.PixelData = encapsulate([frame, frame], has_bot=True)
    dataset["PixelData"].is_undefined_length = True
    dataset.ExtendedOffsetTable = struct.pack("<2Q", 0, len(frame) + 8)
    dataset.ExtendedOffsetTableLengths = struct.pack("<2Q", len(frame), len(frame))
    dataset.save_as(folder_of(tmp_path) / "planted.dcm")
    [(_, copy)] = deidentify(folder_of(tmp_path) / "planted.dcm", tmp_path / "out").written
    cleaned = pydicom.dcmread(copy)
    table, *fragments = fragments_of(cleaned.PixelData)
    data = cleaned.PixelData[8 + len(table) :]
    assert [data[offset + 8 : offset + 10] for offset in struct.unpack("<2L", table)] == [b"\xff\xd8"] * 2
    assert len(fragments) == 2 and "ExtendedOffsetTable" not in cleaned
    assert np.array_equal(pixels(copy)[1], pixels(pydicoms_file("MR_small_jpeg_ls_lossless.dcm")))


def test_a_frame_in_two_fragments_is_searched_as_one(tmp_path):
    """The secret lies across both."""
    dataset = pydicom.dcmread(pydicoms_file("MR_small_jpeg_ls_lossless.dcm"))
    frame = planted(b"".join(fragments_of(dataset.PixelData)[1:]))
    middle = (frame.index(SECRET) + 5) // 2 * 2
    dataset.PixelData = encapsulate([frame], fragments_per_frame=1)
    start = dataset.PixelData.index(frame) - 8
    head = dataset.PixelData[:start]
    parts = [frame[:middle], frame[middle:] + b"\0" * (len(frame) % 2)]
    dataset.PixelData = head + b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<L", len(part)) + part for part in parts)
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(folder_of(tmp_path) / "planted.dcm")
    [(_, copy)] = deidentify(folder_of(tmp_path) / "planted.dcm", tmp_path / "out").written
    assert SECRET[:5] not in copy.read_bytes() and SECRET[5:] not in copy.read_bytes()
    assert np.array_equal(pixels(copy), pixels(pydicoms_file("MR_small_jpeg_ls_lossless.dcm")))


def test_a_jp2_file_in_the_pixels_loses_all_but_its_codestream():
    codestream = b"".join(fragments_of(pydicom.dcmread(pydicoms_file("MR_small_jp2klossless.dcm")).PixelData)[1:]).rstrip(b"\0")
    boxes = [(b"ftyp", b"jp2 \0\0\0\0jp2 "), (b"xml ", b"<name>" + SECRET + b"</name>"), (b"jp2c", codestream), (b"uuid", SECRET)]
    file = b"\0\0\0\x0cjP  \r\n\x87\n" + b"".join(struct.pack(">L4s", len(data) + 8, kind) + data for kind, data in boxes)
    clean = clean_pixels([file], "1.2.840.10008.1.2.4.90")
    assert clean.fragments[0].startswith(b"\xff\x4f\xff\x51") and SECRET not in clean.fragments[0]
    assert any(SECRET in comment for comment in clean.comments)


@pytest.mark.parametrize("damage", [b"no codestream at all", b"\xff\xd8\xff\xe0\xff\xff", b"\xff\x4f\xff\x51\0\1"])
def test_what_is_not_understood_is_named_and_not_called_clean(damage, tmp_path):
    dataset = pydicom.dcmread(pydicoms_file("JPEG2000.dcm"))
    dataset.PixelData = encapsulate([damage + b"\0" * (len(damage) % 2)])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(folder_of(tmp_path) / "odd.dcm")
    assert "codestream" in privacy_report(folder_of(tmp_path) / "odd.dcm").warnings
    assert "codestream" in deidentify(folder_of(tmp_path) / "odd.dcm", tmp_path / "out").warnings


def test_videos_are_named_as_not_searched(tmp_path):
    dataset = pydicom.dcmread(pydicoms_file("JPEG2000.dcm"))
    dataset.file_meta.TransferSyntaxUID = MPEG2MPML
    dataset.save_as(folder_of(tmp_path) / "video.dcm")
    assert "codestream" in privacy_report(folder_of(tmp_path) / "video.dcm").warnings


@pytest.mark.parametrize(
    ("comment", "says_more"),
    [(b"Kakadu-v7.10.2", False), (b"Created by OpenJPEG version 2.5.0\0", False), (b"LEAD Technologies Inc. V1.01", False),
     (b"Smith", True), (b"Kakadu for Smith", True), (b"\x01\x02", True), (b"2008-02-13 Ng", True)],
)  # fmt: skip
def test_names_of_encoders_name_nobody(comment, says_more):
    assert says_more_than_its_encoder(comment) == says_more


JPEG, JPEG_LS, JPEG_2000, RLE = (f"1.2.840.10008.1.2.{end}" for end in ("4.50", "4.80", "4.90", "5"))


JP2 = b"\0\0\0\x0cjP  \r\n\x87\n"


JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"


PLAIN_JFIF = b"\xff\xe0\0\x10" + JFIF


def jpeg_segment(marker: int, content: bytes = b"", length=None) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2 if length is None else length) + content


START, END = b"\xff\xd8", b"\xff\xd9"


TABLE = jpeg_segment(0xDB, b"quant")


SCAN = jpeg_segment(0xDA, b"scan") + b"\x11\xff\x00\x22\xff\xd0\x33"


def cleaned(data: bytes, syntax: str = JPEG):
    """The clean codestream and what was taken out, or None."""
    clean = clean_pixels([data], syntax)
    return clean and (clean.fragments[0], clean.comments)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (len(data) % 2)


@pytest.mark.parametrize(
    ("before", "plain", "comments"),
    [
        (jpeg_segment(0xFE, b"Smith"), b"", [b"Smith"]),
        (jpeg_segment(0xE1, b"Smith") + jpeg_segment(0xEF, b"John"), b"", [b"Smith", b"John"]),
        (jpeg_segment(0xF0, b"kept") + jpeg_segment(0xFE, b"Smith"), jpeg_segment(0xF0, b"kept"), [b"Smith"]),
        (jpeg_segment(0xDF, b"kept") + jpeg_segment(0xFE, b"Smith"), jpeg_segment(0xDF, b"kept"), [b"Smith"]),
        (jpeg_segment(0xFD, b"kept") + jpeg_segment(0xFE, b"Smith"), jpeg_segment(0xFD, b"kept"), [b"Smith"]),
        (jpeg_segment(0xE0, JFIF + b"thumb"), PLAIN_JFIF, [b"thumb"]),
        (jpeg_segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0"), PLAIN_JFIF, []),
        (jpeg_segment(0xE0, JFIF[:13]), b"", [JFIF[:13]]), (jpeg_segment(0xE0, b"JFXX\0" + JFIF), b"", [b"JFXX\0" + JFIF]),
        (jpeg_segment(0xE1, JFIF), b"", [JFIF]),
        (jpeg_segment(0xEE, b"Adobe\0\x65\1\2\3\4\2"), b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\2", []),
        (jpeg_segment(0xEE, b"Adobe\0\x64\0\0\0\0\1more"), b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\1", [b"more"]),
        (jpeg_segment(0xEE, b"Adobe\0\x64\0\0\0\0"), b"", [b"Adobe\0\x64\0\0\0\0"]),
        (jpeg_segment(0xE8, b"mrfx\2") + jpeg_segment(0xFE, b"x1"), jpeg_segment(0xE8, b"mrfx\2"), [b"x1"]),
        (jpeg_segment(0xE8, b"mrfx\2\3"), b"", [b"mrfx\2\3"]), (jpeg_segment(0xE7, b"mrfx\2"), b"", [b"mrfx\2"]),
        (jpeg_segment(0xFE, b"\0\0"), b"", []), (jpeg_segment(0xFE, b""), b"", []),
        (b"\xff\xff" + jpeg_segment(0xFE, b"Smith"), b"", [b"Smith"]),
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
    comment = jpeg_segment(0xFE, b"Smith")
    data = START + SCAN + comment + TABLE + SCAN + END
    assert cleaned(data + b"behind") == (padded(START + SCAN + TABLE + SCAN + END), [b"Smith", b"behind"])
    assert cleaned(data + b"\0\0\0") == (padded(START + SCAN + TABLE + SCAN + END), [b"Smith"])
    assert cleaned(START + comment + SCAN) == (padded(START + SCAN), [b"Smith"]), "without an end, all belongs to the scan"


def test_a_scan_of_jpeg_ls_stuffs_bits_and_not_bytes():
    """ISO 14495-1 Annex A: after 0xFF comes a byte below 0x80."""
    scan = jpeg_segment(0xDA, b"scan") + b"\x11\xff\x7f\x22"
    assert cleaned(START + jpeg_segment(0xFE, b"Smith") + scan + END, JPEG_LS) == (padded(START + scan + END), [b"Smith"])
    assert cleaned(START + jpeg_segment(0xFE, b"Smith") + scan + END, JPEG) is None


@pytest.mark.parametrize(
    "data",
    [
        START, START + b"\x12\x34", START + jpeg_segment(0xFE, b"", 1) + END, START + jpeg_segment(0xFE, b"Smith", 99) + END,
        START + jpeg_segment(0xFE, b"Smith"), b"\xff\xd7\xff" + END, START + b"\xff\xfe\0", START + b"\xff",
    ],
)  # fmt: skip
def test_what_is_no_jpeg_is_not_called_clean(data):
    assert cleaned(data) is None


def test_a_fragment_that_begins_no_frame_goes_on_with_the_one_before():
    data = START + jpeg_segment(0xFE, b"Smith") + TABLE + SCAN + END
    one = padded(START + TABLE + SCAN + END)
    clean = clean_pixels([data[:9], data[9:], data], JPEG)
    assert clean.fragments == [one, one]
    assert clean.comments == [b"Smith", b"Smith"]
    assert clean_pixels([data[9:], data], JPEG) is None


SIZE, COMMENT = jpeg_segment(0x51, b"size"), jpeg_segment(0x64, b"\0\1Smith")


LENGTHS = jpeg_segment(0x55, b"lengths")


def tile(body: bytes, header: bytes = b"", length=None) -> bytes:
    length = 14 + len(header) + len(body) if length is None else length
    return jpeg_segment(0x90, b"\0\0" + struct.pack(">L", length) + b"\0\1") + header + b"\xff\x93" + body


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
        b"\xff\x4f\xff\x52" + SIZE, b"\xff\x4f" + SIZE + jpeg_segment(0x64, b"", 1) + tile(b"data") + END,
        b"\xff\x4f" + SIZE + jpeg_segment(0x64, b"Smith", 999) + tile(b"data") + END,
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
