"""Recommended colours of segments against littleCMS, which converts CIELab at D50 as the standard means it."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from DICOMTutorialHelperLib.explore.segments import read_segmentation

ImageCms = pytest.importorskip("PIL.ImageCms", reason="pillow is not installed")


def by_little_cms(lightness: int, a: int, b: int) -> tuple[int, ...]:
    from PIL import Image

    picture = Image.new("LAB", (1, 1))
    picture.putpixel((0, 0), (round(lightness * 255 / 100), a + 128, b + 128))
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB").getpixel((0, 0))


def read_colour(encoded):
    segment = Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 1, "x"
    if encoded is not None:
        segment.RecommendedDisplayCIELabValue = encoded
    dataset = Dataset()
    dataset.SegmentSequence = Sequence([segment])
    return read_segmentation(dataset).segments[0].rgb


@pytest.mark.parametrize("lightness", [0, 4, 20, 40, 60, 80, 100])
@pytest.mark.parametrize(("a", "b"), [(0, 0), (10, 0), (-10, 0), (0, 10), (0, -10), (15, -12)])
def test_colours_within_what_a_screen_shows_are_those_of_little_cms(lightness, a, b):
    lightness = round(lightness * 255 / 100) * 100 / 255  # as eight bits hold it
    expected = by_little_cms(lightness, a, b)
    if {0, 255} & set(expected) and (a, b) != (0, 0):
        pytest.skip("beyond what sRGB has: each clips it in its own way")
    encoded = [round(lightness / 100 * 65535), round((a + 128) / 255 * 65535), round((b + 128) / 255 * 65535)]
    found = read_colour(encoded)
    assert all(abs(one - other) <= 2 for one, other in zip(found, expected)), (found, expected)


@pytest.mark.parametrize("encoded", [None, [1, 2], [1, 2, 3, 4], 7])
def test_a_colour_that_is_none_is_none(encoded):
    assert read_colour(encoded) is None
