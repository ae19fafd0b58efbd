"""A stand-in's images, sizes and elements, worked out by hand from reports of a few lines."""

from __future__ import annotations

import struct

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.dicom.csa_header import read_csa_numbers
from DICOMTutorialHelperLib.explore.series_report import FORMAT, VERSION
from DICOMTutorialHelperLib.explore.series_stand_in import (
    MOST_FRAMES,
    StandInError,
    _csa_header,
    _pixel_bytes,
    _raw,
    _shape,
    make_stand_in,
)

IMPLICIT, EXPLICIT, JPEG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"
CT = "1.2.840.10008.5.1.4.1.1.2"


def elements(rows=4, columns=6, **more):
    found = {"00080016": ["UI", CT], "00080018": ["UI", "1.2.3"], "00280002": ["US", [1]], "00280004": ["CS", "MONOCHROME2"]}
    found.update({"00280010": ["US", [rows]], "00280011": ["US", [columns]], "00280100": ["US", [16]], "00280101": ["US", [12]]})
    found.update({"00280102": ["US", [11]], "00280103": ["US", [0]]})
    return {**found, **{tag[1:]: value for tag, value in more.items()}}


def entry(given=None, syntax=EXPLICIT, **pixels):
    told = {"keyword": "PixelData", "vr": "OW", "bytes": None, "present": None, **pixels}
    return {"transfer_syntax_uid": syntax, "pixels": told, "elements": elements() if given is None else given}


def report(*entries, shared=None):
    return {"format": FORMAT, "version": VERSION, "shared": shared or {}, "instances": list(entries)}


def made(folder, *entries, small=False, **more):
    paths = make_stand_in(report(*entries, **more), folder / "made", small)
    return [pydicom.dcmread(path, force=True) for path in paths]


class TestImages:
    def test_each_is_a_ramp_of_its_own(self, tmp_path):
        """Two a row and one a column, 17 a file and 5 a frame, within the bits stored."""
        first, second = made(tmp_path, entry(elements(2, 3)), entry(elements(2, 3, _00280008=["IS", "2"])))
        assert first.pixel_array.tolist() == [[17, 18, 19], [19, 20, 21]]
        assert second.pixel_array.tolist() == [[[34, 35, 36], [36, 37, 38]], [[39, 40, 41], [41, 42, 43]]]

    @pytest.mark.parametrize(
        ("allocated", "stored", "expected"),
        [(8, 8, [17, 18, 19]), (8, 5, [1, 2, 3]), (16, 2, [1, 0, 1]), (16, 1, [1, 0, 1]), (32, 32, [17, 18, 19]),
         (64, 64, [17, 18, 19])],
    )  # fmt: skip
    def test_values_stay_within_the_bits(self, tmp_path, allocated, stored, expected):
        """The sign bit is left alone: of five bits, 16 values."""
        given = elements(1, 3, _00280100=["US", [allocated]], _00280101=["US", [stored]])
        (image,) = made(tmp_path, entry(given))
        assert np.frombuffer(image.PixelData, f"<u{allocated // 8}")[:3].tolist() == expected

    def test_values_have_twelve_bits_at_most(self, tmp_path):
        (image,) = made(tmp_path, entry(elements(1, 2100, _00280101=["US", [16]])))
        values = np.frombuffer(image.PixelData, "<u2")
        assert values.max() == 2047 and values[2047 - 17] == 2047 and values[2048 - 17] == 0

    def test_samples_are_alike(self, tmp_path):
        (image,) = made(tmp_path, entry(elements(1, 2, _00280002=["US", [3]], _00280100=["US", [8]], _00280101=["US", [8]])))
        assert list(image.PixelData) == [17, 17, 17, 18, 18, 18]

    @pytest.mark.parametrize(("keyword", "vr", "kind"), [("FloatPixelData", "OF", "<f4"), ("DoubleFloatPixelData", "OD", "<f8")])
    def test_floating_ones_are_floating(self, tmp_path, keyword, vr, kind):
        bits = 8 * np.dtype(kind).itemsize
        given = elements(1, 3, _00280100=["US", [bits]], _00280101=["US", [bits]])
        (image,) = made(tmp_path, entry(given, keyword=keyword))
        assert (image[keyword].VR, np.frombuffer(image[keyword].value, kind).tolist()) == (vr, [17, 18, 19])

    def test_of_odd_bits_there_are_only_zeros(self, tmp_path):
        (image,) = made(tmp_path, entry(elements(3, 3, _00280100=["US", [1]], _00280101=["US", [1]])))
        assert image.PixelData == b"\0\0"

    @pytest.mark.parametrize(
        ("syntax", "vr", "written"), [(EXPLICIT, "OB", "OB"), (EXPLICIT, "OW", "OW"), (IMPLICIT, "OB", "OW")]
    )
    def test_their_vr_is_that_of_the_encoding(self, tmp_path, syntax, vr, written):
        (image,) = made(tmp_path, entry(syntax=syntax, vr=vr))
        assert written == image["PixelData"].VR
        assert image.file_meta.TransferSyntaxUID == syntax

    def test_compressed_ones_become_explicit_little_endian(self, tmp_path):
        (image,) = made(tmp_path, entry(syntax=JPEG))
        assert image.file_meta.TransferSyntaxUID == EXPLICIT

    def test_without_pixels_there_are_none(self, tmp_path):
        (image,) = made(tmp_path, entry(keyword=""))
        assert "PixelData" not in image

    def test_a_claimed_length_is_kept_and_filled(self, tmp_path):
        short, long, odd = made(
            tmp_path, entry(elements(1, 3), bytes=4), entry(elements(1, 3), bytes=10), entry(elements(1, 1), bytes=1)
        )
        assert short.PixelData == bytes([17, 0, 18, 0])
        assert long.PixelData == bytes([34, 0, 35, 0, 36, 0, 0, 0, 0, 0])
        assert len(odd.PixelData) == 2, "an odd length is padded"

    def test_a_file_cut_short_is_cut_by_as_many_bytes(self, tmp_path):
        sizes = [
            (make_stand_in(report(entry(bytes=48, present=present)), tmp_path / str(present))[0]).stat().st_size
            for present in (48, 60, 30, 0)
        ]
        assert [sizes[0] - size for size in sizes] == [0, 0, 18, 48]
        assert make_stand_in(report(entry(bytes=48, present=-100)), tmp_path / "all")[0].stat().st_size == sizes[0] - 48


@pytest.mark.parametrize(
    ("given", "factor", "shape", "length"),
    [
        (elements(4, 6), 1, (1, 4, 6, 1), 48), (elements(4, 6), 2, (1, 2, 3, 1), 12), (elements(4, 6), 5, (1, 1, 1, 1), 2),
        (elements(0, 6), 1, (1, 1, 6, 1), 12), ({}, 1, (1, 1, 1, 1), 2),
        (elements(4, 6, _00280008=["IS", "3"]), 1, (3, 4, 6, 1), 144),
        (elements(4, 6, _00280008=["IS", "0"]), 1, (1, 4, 6, 1), 48),
        (elements(4, 6, _00280008=["IS", "x"]), 1, (1, 4, 6, 1), 48),
        (elements(1, 1, _00280008=["IS", str(MOST_FRAMES + 1)]), 1, (MOST_FRAMES, 1, 1, 1), 2 * MOST_FRAMES),
        (elements(3, 3, _00280100=["US", [1]]), 1, (1, 3, 3, 1), 2), (elements(3, 3, _00280100=["US", [0]]), 1, (1, 3, 3, 1), 2),
        (elements(4, 6, _00280002=["US", [0]]), 1, (1, 4, 6, 1), 48),
        (elements(4, 6, _00280002=["US", [3]]), 1, (1, 4, 6, 3), 144),
    ],
)  # fmt: skip
def test_sizes_are_those_of_the_elements(given, factor, shape, length):
    assert _shape(entry(given), factor) == shape
    assert _pixel_bytes(entry(given), factor) == length


def test_a_claimed_length_counts_only_where_nothing_is_cropped():
    assert [_pixel_bytes(entry(bytes=claimed), 1) for claimed in (10, 0, -5, "10")] == [10, 0, 0, 48]
    assert _pixel_bytes(entry(bytes=10), 2) == 12


@pytest.mark.parametrize(
    ("sizes", "more", "expected"),
    [
        ([(128, 96)], {}, (64, 48)), ([(127, 127)], {}, (127, 127)), ([(128, 128), (128, 96)], {}, (128, 128)),
        ([(640, 4)], {}, (160, 1)),
        ([(256, 256)], {"_00080008": ["CS", "ORIGINAL\\PRIMARY\\MOSAIC"]}, (256, 256)),
        ([(256, 256)], {"_00080008": ["CS", "VFRAME"]}, (256, 256)),
        ([(256, 256)], {"_00080008": ["CS", "ORIGINAL"]}, (64, 64)),
    ],
)  # fmt: skip
def test_small_ones_have_64_pixels_along_the_longer_side(tmp_path, sizes, more, expected):
    first, *_ = made(tmp_path, *(entry(elements(*size, **more)) for size in sizes), small=True)
    assert (first.Rows, first.Columns) == expected
    assert len(first.PixelData) == 2 * expected[0] * expected[1]


def test_those_with_tiles_or_cut_short_are_not_cropped(tmp_path):
    tiled = elements(128, 128)
    tiled["private"] = {"SiemensMosaicCount": 4}
    for number, one in enumerate(
        (entry(elements(128, 128), bytes=99, present=1), entry(elements(128, 128), bytes=32768, present=32767))
    ):
        (path,) = make_stand_in(report(one), tmp_path / str(number), True)
        assert pydicom.dcmread(path, force=True, stop_before_pixels=True).Rows == 128
    from DICOMTutorialHelperLib.explore.series_stand_in import _crop

    assert _crop([entry(tiled)]) == 1 and _crop([entry(elements(128, 128))]) == 2
    assert _crop([entry({**tiled, "private": {"GridSize": 1}})]) == 1 and _crop([entry({**tiled, "private": {"Other": 1}})]) == 2


class TestElements:
    def test_what_says_that_it_is_made_stands_in_every_file(self, tmp_path):
        (image,) = made(tmp_path, entry())
        assert image.SpecificCharacterSet == "ISO_IR 192" and image.PatientIdentityRemoved == "YES"
        assert image.DeidentificationMethod.startswith("Stand-in made from a series report")
        assert (image.file_meta.MediaStorageSOPClassUID, image.file_meta.MediaStorageSOPInstanceUID) == (CT, "1.2.3")

    def test_identifiers_that_are_missing_are_made(self, tmp_path):
        (image,) = made(tmp_path, entry({}, keyword=""))
        assert image.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.66"
        assert image.file_meta.MediaStorageSOPInstanceUID.startswith("2.25.")
        (other,) = make_stand_in(report(entry({"00080016": ["UI", ["00"]]}, keyword="")), tmp_path / "other")
        if pydicom.__version__ >= "3":  # pydicom 2 writes what the dataset itself says, which is nothing
            assert pydicom.dcmread(other).file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.66"

    def test_shared_ones_are_in_all_unless_an_entry_has_its_own(self, tmp_path):
        one, two = made(tmp_path, entry(), entry(elements(_00080060=["CS", "MR"])), shared={"00080060": ["CS", "CT"]})
        assert (one.Modality, two.Modality) == ("CT", "MR")

    def test_sequences_and_ambiguous_numbers_are_written(self, tmp_path):
        item = {"00080100": ["SH", "é"], "0008103E": ["LO", "abc"]}
        more = {
            "_00082218": ["SQ", [item]],
            "_00280106": ["US or SS", [5]],
            "_00280107": ["US or SS", [-5]],
            "_00280103": ["US", [1]],
        }
        (image,) = made(tmp_path, entry(elements(**more)))
        assert image.AnatomicRegionSequence[0].CodeValue == "é"
        assert (image.SmallestImagePixelValue, image.LargestImagePixelValue) == (5, -5)

    @pytest.mark.parametrize(
        ("vr", "value", "data"),
        [
            ("LO", "abc", b"abc "), ("UI", "1.2", b"1.2\0"), ("LO", "ab", b"ab"), ("OB", ["00ff"], b"\0\xff"),
            ("US", [1, 2], b"\1\0\2\0"),
            ("SS", [-1], b"\xff\xff"), ("FD", [1.5], struct.pack("<d", 1.5)), ("FL", [1.5], struct.pack("<f", 1.5)),
            ("UL", [70000], struct.pack("<I", 70000)), ("SL", [-70000], struct.pack("<i", -70000)), ("US", [], b""),
            ("UV", [2**40], struct.pack("<Q", 2**40)), ("SV", [-(2**40)], struct.pack("<q", -(2**40))),
        ],
    )  # fmt: skip
    def test_values_are_written_as_they_were(self, vr, value, data):
        raw = _raw(0x00180088, vr, value)
        assert (raw.value, raw.length, raw.VR) == (data, len(data), vr)
        assert (raw.is_implicit_VR, raw.is_little_endian) == (False, True)

    def test_private_numbers_come_back_with_their_creators(self, tmp_path):
        given = elements()
        given["private"] = {"SiemensBValue": 1000.0, "SiemensDiffusionDirectionality": "DIRECTIONAL"}
        (image,) = made(tmp_path, entry(given))
        block = image.private_block(0x0019, "SIEMENS MR HEADER")
        assert block[0x0C].value == 1000 and block[0x0D].value == "DIRECTIONAL"

    def test_csa_numbers_come_back_in_a_header_of_siemens(self, tmp_path):
        header = _csa_header({"NumberOfImagesInMosaic": [9], "SliceNormalVector": [0.0, 0.5, 1.0]})
        values = read_csa_numbers(header, {"NumberOfImagesInMosaic", "SliceNormalVector"})
        assert values == {"NumberOfImagesInMosaic": (9,), "SliceNormalVector": (0, 0.5, 1)}
        assert header[:8] == b"SV10\4\3\2\1" and len(header) % 2 == 0
        assert struct.unpack_from("<II", header, 8) == (2, 77)
        given = elements()
        given["private"] = {"SiemensSliceNormalVector": [0, 0.5, 1]}
        (image,) = made(tmp_path, entry(given))
        assert read_csa_numbers(image[0x00291010].value, {"SliceNormalVector"}) == {"SliceNormalVector": (0, 0.5, 1)}
        assert image[0x00290010].value == "SIEMENS CSA HEADER"

    @pytest.mark.parametrize("tag", ["00020010", "00091001"])
    def test_elements_that_no_report_has_are_refused(self, tmp_path, tag):
        with pytest.raises(StandInError, match="not-a-report"):
            make_stand_in(report(entry({tag: ["LO", "x"]})), tmp_path / "made")
        assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "broken",
    [
        None, {}, {"format": FORMAT, "version": VERSION}, {**report(entry()), "format": "x"}, {**report(entry()), "shared": []},
        {**report(entry()), "instances": {}}, report({"elements": {}}), report({"pixels": {}}), report("x"), report(),
        report({"elements": [], "pixels": {}}),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused(broken, tmp_path):
    with pytest.raises(StandInError) as refused:
        make_stand_in(broken, tmp_path / "made")
    assert refused.value.reason == ("empty" if broken == report() else "not-a-report")


def test_sizes_are_told_of_what_asks_for_too_much(tmp_path):
    with pytest.raises(StandInError) as refused:
        make_stand_in(report(entry(bytes=(8 << 30) + (3 << 20))), tmp_path / "made", small=False)
    assert (refused.value.reason, refused.value.fields) == ("too-large", {"size": 8195, "most": 8192})


def test_progress_counts_the_files(tmp_path):
    told = []
    make_stand_in(report(entry(), entry()), tmp_path / "made", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["00001.dcm", "00002.dcm"]
