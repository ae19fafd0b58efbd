"""What becomes of stored values: types, rescaling, padding and colours, on an image of a few pixels."""

from __future__ import annotations

import os

import numpy as np
import pytest
from made_frames import made_frame

from DICOMTutorialHelperLib.dicom import pixels
from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.pixel_file import PixelFile
from DICOMTutorialHelperLib.dicom.pixels import padding_value, read_voxels

RAMP = np.arange(12).reshape(3, 4)


WIDE = {"BitsStored": 16, "HighBit": 15}


COLOUR = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}


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
