"""How pixels are stored, as a header says it or as the rest of it proves, and how many frames there are: without a file."""

from __future__ import annotations

import pytest
from made_frames import made_instance

from DICOMTutorialHelperLib.dicom.pixel_description import (
    NoImage,
    PixelDescription,
    count_frames,
    frame_bytes,
    is_colour,
    present_bytes,
    stored_range,
)
from DICOMTutorialHelperLib.dicom.pixel_element import PixelElement
from DICOMTutorialHelperLib.dicom.value_rules import RefusedValue

NATIVE = PixelElement("PixelData", "OW", offset=100, length=24, end=124, defined=True)


def settled(pixels=NATIVE, drop=(), refused=(), **values):
    """What a header of 3 rows and 4 columns says once it is settled, and what was refused."""
    header = {key: value for key, value in made_instance(**values).values.items() if key not in drop}
    noted = list(refused)
    PixelDescription(header, noted).settle(pixels)
    return header, [(one.keyword, one.value, one.assumed, one.reason) for one in noted]


def test_a_whole_description_stays_as_it_is():
    header, refused = settled(RescaleSlope=2.0, RescaleIntercept=-1024.0)
    assert header == {**made_instance().values, "RescaleSlope": 2.0, "RescaleIntercept": -1024.0}
    assert refused == []


@pytest.mark.parametrize("keyword", ["Rows", "Columns"])
def test_without_a_size_there_is_no_image(keyword):
    with pytest.raises(NoImage) as caught:
        settled(drop=[keyword], refused=[RefusedValue("Columns", "a"), RefusedValue("Rows", "b")])
    assert (caught.value.keyword, caught.value.value, caught.value.reason) == (
        keyword,
        {"Rows": "b", "Columns": "a"}[keyword],
        "",
    )


@pytest.mark.parametrize(
    ("interpretation", "samples"),
    [("RGB", 3), ("YBR_FULL", 3), ("ARGB", 3), ("CMYK", 3), ("HSV", 3), ("MONOCHROME1", 1), ("PALETTE COLOR", 1)],
)
def test_samples_follow_from_the_colours(interpretation, samples):
    header, refused = settled(drop=["SamplesPerPixel"], PhotometricInterpretation=interpretation, PlanarConfiguration=1)
    assert header["SamplesPerPixel"] == samples
    assert refused == [("SamplesPerPixel", "", str(samples), "")]


@pytest.mark.parametrize(("samples", "interpretation"), [(3, "RGB"), (1, "MONOCHROME2")])
def test_colours_follow_from_the_samples(samples, interpretation):
    header, refused = settled(drop=["PhotometricInterpretation"], SamplesPerPixel=samples, PlanarConfiguration=0)
    assert header["PhotometricInterpretation"] == interpretation
    assert refused == [("PhotometricInterpretation", "", interpretation, "")]


def test_without_samples_and_colours_there_is_no_image():
    with pytest.raises(NoImage, match="SamplesPerPixel"):
        settled(drop=["SamplesPerPixel", "PhotometricInterpretation"])


@pytest.mark.parametrize(("samples", "interpretation"), [(1, "RGB"), (3, "MONOCHROME2"), (3, "PALETTE COLOR"), (1, "YBR_FULL")])
def test_samples_and_colours_that_contradict_are_no_image(samples, interpretation):
    with pytest.raises(NoImage) as caught:
        settled(SamplesPerPixel=samples, PhotometricInterpretation=interpretation)
    assert (caught.value.keyword, caught.value.value) == (
        "PhotometricInterpretation",
        f"{interpretation}, SamplesPerPixel {samples}",
    )


def test_colours_lie_pixel_by_pixel_where_nothing_says_so_and_greys_have_no_order():
    header, refused = settled(SamplesPerPixel=3, PhotometricInterpretation="RGB")
    assert (header["PlanarConfiguration"], refused) == (0, [("PlanarConfiguration", "", "0", "")])
    assert settled(SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=1)[1] == []
    assert "PlanarConfiguration" not in settled()[0]


@pytest.mark.parametrize(
    ("length", "more", "bits"),
    [
        (12, {}, 8), (13, {}, 8), (24, {}, 16), (25, {}, 16), (48, {}, 32), (49, {}, 32),
        (72, {"NumberOfFrames": 3}, 16),
        (36, {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}, 8),
    ],
)  # fmt: skip
def test_the_size_of_a_pixel_is_the_one_that_fills_the_element(length, more, bits):
    """12 pixels; an odd number of bytes has one more."""
    pixels = NATIVE._replace(length=length)
    header, refused = settled(pixels, drop=["BitsAllocated", "BitsStored", "HighBit"], **more)
    assert (header["BitsAllocated"], header["BitsStored"], header["HighBit"]) == (bits, bits, bits - 1)
    assert refused[0] == ("BitsAllocated", "", str(bits), "")


@pytest.mark.parametrize("length", [11, 14, 23, 26, 36, 50, None])
def test_pixels_that_fill_their_element_in_no_way_are_no_image(length):
    with pytest.raises(NoImage, match="BitsAllocated"):
        settled(NATIVE._replace(length=length), drop=["BitsAllocated"])


@pytest.mark.parametrize(("keyword", "bits"), [("FloatPixelData", 32), ("DoubleFloatPixelData", 64)])
def test_floats_have_the_bits_of_their_element_whatever_the_header_says(keyword, bits):
    assert settled(NATIVE._replace(keyword=keyword))[0]["BitsAllocated"] == bits


@pytest.mark.parametrize(
    ("given", "expected", "assumed"),
    [
        ({"BitsStored": 16, "HighBit": 15}, (16, 15), []),
        ({"BitsStored": 17, "HighBit": 15}, (16, 15), [("BitsStored", "17", "16")]),
        ({"BitsStored": None, "HighBit": 15}, (16, 15), [("BitsStored", "", "16")]),
        ({"BitsStored": 12, "HighBit": 15}, (12, 15), []),
        ({"BitsStored": 12, "HighBit": 16}, (12, 11), [("HighBit", "16", "11")]),
        ({"BitsStored": 12, "HighBit": 10}, (12, 11), [("HighBit", "10", "11")]),
        ({"BitsStored": 12, "HighBit": None}, (12, 11), [("HighBit", "", "11")]),
    ],
)
def test_stored_bits_lie_within_the_allocated_ones(given, expected, assumed):
    drop = [keyword for keyword, value in given.items() if value is None]
    header, refused = settled(drop=drop, **{keyword: value for keyword, value in given.items() if value is not None})
    assert (header["BitsStored"], header["HighBit"]) == expected
    assert [one[:3] for one in refused] == assumed


def test_pixels_are_unsigned_where_nothing_says_so():
    header, refused = settled(drop=["PixelRepresentation"])
    assert (header["PixelRepresentation"], refused) == (0, [("PixelRepresentation", "", "0", "")])


@pytest.mark.parametrize(
    ("signed", "said", "means"),
    [
        # 16 stored bits: what one way of reading 16 bits gives is put into the other
        (1, 32767, 32767), (1, 32768, -32768), (1, 63536, -2000), (1, 65535, -1), (1, -32768, -32768),
        (0, -1, 65535), (0, -2000, 63536), (0, -32768, 32768), (0, 0, 0), (0, 65535, 65535),
        (1, 65536, None), (1, -32769, None), (0, -32769, None), (0, 65536, None),
    ],
)  # fmt: skip
def test_a_padding_value_is_signed_as_the_pixels_are(signed, said, means):
    header, refused = settled(PixelRepresentation=signed, PixelPaddingValue=said, BitsStored=16, HighBit=15)
    assert header.get("PixelPaddingValue") == means
    assert refused == ([] if means is not None else [("PixelPaddingValue", str(said), "", "out-of-range")])


@pytest.mark.parametrize(
    ("signed", "bits", "expected"), [(0, 12, (0, 4095)), (1, 12, (-2048, 2047)), (0, 1, (0, 1)), (1, 16, (-32768, 32767))]
)
def test_stored_bits_hold_a_range(signed, bits, expected):
    assert stored_range({"BitsStored": bits, "PixelRepresentation": signed}) == expected


@pytest.mark.parametrize(
    ("values", "kept", "dropped"),
    [
        ({"RescaleSlope": 2.0, "RescaleIntercept": 5.0}, {"RescaleSlope": 2.0, "RescaleIntercept": 5.0}, []),
        ({"RescaleSlope": 2.0}, {"RescaleSlope": 2.0}, []),
        ({"RescaleIntercept": 5.0}, {}, [("RescaleIntercept", "5", "", "alone")]),
        ({"RescaleIntercept": 0.0}, {"RescaleIntercept": 0.0}, []),
    ],
)
def test_an_intercept_is_nothing_without_a_slope(values, kept, dropped):
    header, refused = settled(**values)
    assert {key: header[key] for key in ("RescaleSlope", "RescaleIntercept") if key in header} == kept
    assert refused == dropped


@pytest.mark.parametrize(
    "colours", [{"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0},
                {"PhotometricInterpretation": "PALETTE COLOR"}]
)  # fmt: skip
def test_colours_are_not_rescaled(colours):
    header, refused = settled(RescaleSlope=2.0, RescaleIntercept=5.0, **colours)
    assert "RescaleSlope" not in header and "RescaleIntercept" not in header
    assert refused == [("RescaleSlope", "2", "", "colour"), ("RescaleIntercept", "5", "", "colour")]
    neutral, refused = settled(RescaleSlope=1.0, RescaleIntercept=0.0, **colours)
    assert (neutral["RescaleSlope"], neutral["RescaleIntercept"], refused) == (1.0, 0.0, [])


@pytest.mark.parametrize(
    ("where", "interpretation", "high"),
    [("lower", "MONOCHROME2", 11), ("upper", "MONOCHROME2", 15), ("upper", "RGB", 15), ("lower", "YBR_FULL", 11)],
)
def test_a_high_bit_is_taken_from_what_the_pixels_show(where, interpretation, high):
    header, refused = {**made_instance(HighBit=15, PhotometricInterpretation=interpretation).values}, []
    PixelDescription(header, refused).settle_high_bit(where)
    assert header["HighBit"] == high
    assert refused == [RefusedValue("HighBit", "HighBit 15, BitsStored 12", str(high), f"high-bit-{where}")]


@pytest.mark.parametrize(
    ("where", "interpretation"), [("unknown", "MONOCHROME2"), ("upper", "YBR_FULL"), ("upper", "PALETTE COLOR")]
)
def test_a_high_bit_that_nothing_shows_is_a_contradiction(where, interpretation):
    header = {**made_instance(HighBit=15, PhotometricInterpretation=interpretation).values}
    with pytest.raises(NoImage) as caught:
        PixelDescription(header, []).settle_high_bit(where)
    assert (caught.value.keyword, caught.value.reason) == ("HighBit", "contradiction")


def test_what_was_refused_before_it_was_assumed_keeps_its_value_and_reason():
    before = [RefusedValue("BitsStored", "x", reason="unreadable"), RefusedValue("KVP", "y")]
    _, refused = settled(drop=["BitsStored"], refused=before, HighBit=15)
    assert refused == [("KVP", "y", "", ""), ("BitsStored", "x", "16", "unreadable")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"SamplesPerPixel": 3}, True), ({"PhotometricInterpretation": "PALETTE COLOR"}, True),
        ({"SamplesPerPixel": 1, "PhotometricInterpretation": "RGB"}, False), ({}, False),
    ],
)  # fmt: skip
def test_colour_is_several_samples_or_a_palette(values, expected):
    assert is_colour(values.get) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, 24), ({"BitsAllocated": 1}, 1.5),
        ({"SamplesPerPixel": 3, "BitsAllocated": 8, "PhotometricInterpretation": "RGB"}, 36),
        ({"SamplesPerPixel": 3, "BitsAllocated": 8, "PhotometricInterpretation": "YBR_FULL_422"}, 24),
    ],
)  # fmt: skip
def test_a_frame_takes_so_many_bytes(values, expected):
    """3 x 4 pixels; of YBR_FULL_422 every two pixels share their chrominance (PS3.3 C.7.6.3.1.2)."""
    assert frame_bytes(made_instance(**values).values) == expected


@pytest.mark.parametrize(
    ("length", "file_size", "expected"), [(24, 1000, 24), (24, 124, 24), (24, 110, 10), (24, 90, 0), (None, 1000, 0)]
)
def test_present_bytes_are_those_of_the_element_that_the_file_has(length, file_size, expected):
    assert present_bytes(NATIVE._replace(length=length), file_size) == expected


FRAGMENTS = PixelElement("PixelData", "OB", fragments=((10, 4), (20, 4), (30, 4)), end=40)
DEFLATED = PixelElement("PixelData")


@pytest.mark.parametrize(
    ("pixels", "stated", "groups", "file_size", "expected", "assumed"),
    [
        # native: 24 bytes a frame; a part of one counts
        (NATIVE, None, 0, 1000, 1, None),
        (NATIVE._replace(length=72), 3, 0, 1000, 3, None),
        (NATIVE._replace(length=72), 5, 0, 1000, 3, None),
        (NATIVE._replace(length=73), 5, 0, 1000, 4, None),
        (NATIVE._replace(length=72), 2, 0, 1000, 2, None),
        (NATIVE._replace(length=72), 3, 0, 101, 1, None),
        (NATIVE._replace(length=72), 3, 0, 50, 1, None),
        # groups that the pixels suffice for, and groups that they do not
        (NATIVE._replace(length=72), 2, 3, 1000, 3, "3"),
        (NATIVE._replace(length=72), 3, 2, 1000, 2, "2"),
        (NATIVE._replace(length=72), 5, 4, 1000, 4, None),
        (NATIVE._replace(length=72), 3, 3, 1000, 3, None),
        (NATIVE._replace(length=72), None, 3, 1000, 3, "3"),
        # fragments: as many as frames or more say nothing
        (FRAGMENTS, 3, 0, 1000, 3, None),
        (FRAGMENTS, 2, 0, 1000, 2, None),
        (FRAGMENTS, 4, 0, 1000, 3, None),
        (FRAGMENTS, None, 0, 1000, 1, None),
        (FRAGMENTS, 2, 3, 1000, 3, "3"),
        # deflated: 1032 times the file at the most
        (DEFLATED, 43, 0, 1, 43, None),
        (DEFLATED, 44, 0, 1, 43, None),
        (DEFLATED, 7, 0, 0, 1, None),
    ],
)
def test_frames_are_as_many_as_stated_grouped_and_held(pixels, stated, groups, file_size, expected, assumed):
    values, refused = dict(made_instance().values), []
    if stated is not None:
        values["NumberOfFrames"] = stated
    assert count_frames(values, groups, pixels, file_size, refused) == expected
    assert [one.assumed for one in refused] == ([] if assumed is None else [assumed])


@pytest.mark.parametrize(
    ("pixels", "expected"), [(NATIVE._replace(length=72), 3), (FRAGMENTS, 1), (NATIVE._replace(length=0), 1)]
)
def test_a_number_of_frames_that_was_refused_is_what_native_pixels_hold(pixels, expected):
    values, refused = dict(made_instance().values), [RefusedValue("NumberOfFrames", "many")]
    assert count_frames(values, 0, pixels, 1000, refused) == expected
    assert refused == [RefusedValue("NumberOfFrames", "many", str(expected))]
    assert values["NumberOfFrames"] == expected
