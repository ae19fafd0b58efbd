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

from DICOMTutorialHelperLib.explore.codestream_comments import JP2_SIGNATURE, clean_pixels, says_more_than_its_encoder
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
