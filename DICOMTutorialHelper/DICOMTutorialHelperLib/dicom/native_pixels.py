"""Native pixels: the stored values of a frame as they lie in the file (PS3.5 8.1.1), into memory that is there already."""

from __future__ import annotations

from functools import cache

import numpy as np

from DICOMTutorialHelperLib.dicom.instance import Frame, Instance
from DICOMTutorialHelperLib.dicom.pixel_element import BIG_ENDIAN
from DICOMTutorialHelperLib.dicom.pixel_file import PixelFile


def native_type(instance: Instance) -> np.dtype:
    """The element type of native pixels, in the byte order of the machine."""
    if instance.pixel_keyword == "FloatPixelData":
        return np.dtype(np.float32)
    if instance.pixel_keyword == "DoubleFloatPixelData":
        return np.dtype(np.float64)
    return _integer_type(instance.get("PixelRepresentation") == 1, instance.get("BitsAllocated"))


@cache
def _integer_type(signed: bool, bits: int) -> np.dtype:
    return np.dtype(f"{'i' if signed else 'u'}{bits // 8}")


def read_native(file: PixelFile, frame: Frame, values: np.ndarray, padding: float) -> None:
    """Fill an array (rows x columns x samples,) of the stored type with a frame's stored values, in place.

    ``padding`` stands where the file lacks them. Raises OSError.
    """
    instance = frame.instance
    start = frame.number * values.nbytes
    big_endian = instance.transfer_syntax_uid == BIG_ENDIAN
    if frame.window is not None:
        present = _read_tile(file, frame, values)
    elif big_endian and values.itemsize == 1 and instance.pixel_vr == "OW":
        present = _read_words(file, instance, start, values)
    else:
        offset, length = _native_place(instance)
        present = file.read_into(values, offset + start, length - start)
    if big_endian:
        values.byteswap(inplace=True)
    _drop_unused_bits(values, instance)
    if present < len(values):
        values[present:] = _within(padding, values.dtype)


def native_values(file: PixelFile, frame: Frame) -> np.ndarray:
    """A frame as it lies in the file (rows, columns[, samples]); what a truncated file lacks is the padding value."""
    samples = frame.get("SamplesPerPixel")
    values = np.empty(frame.rows * frame.columns * samples, native_type(frame.instance))
    read_native(file, frame, values, frame.get("PixelPaddingValue", 0))
    if samples == 1:
        return values.reshape(frame.rows, frame.columns)
    if frame.get("PlanarConfiguration") == 1:
        return np.moveaxis(values.reshape(samples, frame.rows, frame.columns), 0, -1)
    return values.reshape(frame.rows, frame.columns, samples)


def _native_place(instance: Instance) -> tuple[int, int]:
    """Offset and length of native pixels in their file. Raises ValueError for others, a mistake of whoever asks."""
    if instance.pixel_offset is None or instance.pixel_length is None:
        raise ValueError(f"{instance.path.name}: its pixels do not lie there as they are")
    return instance.pixel_offset, instance.pixel_length


def _read_tile(file: PixelFile, frame: Frame, values: np.ndarray) -> int:
    """The part of a stored image that a frame's window shows; how many values the file holds of it.

    The rows of the image from the tile's first to its last are read in one go: they lie together.
    """
    row, column = frame.window or (0, 0)
    width = frame.instance.get("Columns")
    rows = np.zeros((frame.rows, width), values.dtype)
    start = row * width * values.itemsize
    offset, length = _native_place(frame.instance)
    present = file.read_into(rows, offset + start, length - start)
    values[:] = rows[:, column : column + frame.columns].reshape(-1)
    whole, rest = divmod(present, width)
    return min(len(values), whole * frame.columns + min(frame.columns, max(0, rest - column)))


def _read_words(file: PixelFile, instance: Instance, start: int, values: np.ndarray) -> int:
    """Bytes that lie as words of 16 bits, the second of each first (PS3.5 7.3): frames may begin in the middle of a word."""
    odd = start % 2
    offset, length = _native_place(instance)
    wanted = max(0, min(values.nbytes + odd, length - start + odd))
    content = np.frombuffer(file.read(offset + start - odd, wanted + wanted % 2), np.uint8)
    swapped = content[: len(content) // 2 * 2].reshape(-1, 2)[:, ::-1].reshape(-1)[odd:]
    present = min(len(swapped), values.nbytes)
    values.view(np.uint8)[:present] = swapped[:present]
    return present


def _within(padding: float, dtype: np.dtype) -> float:
    """The padding value, as near as the stored type has it."""
    if dtype.kind == "f":
        return padding
    limits = np.iinfo(dtype)
    return int(min(max(padding, limits.min), limits.max))


def _drop_unused_bits(values: np.ndarray, instance: Instance) -> None:
    """Keep the stored bits alone: above HighBit and below the stored ones overlays of old may lie (PS3.5 8.1.1)."""
    if values.dtype.kind not in "iu":
        return
    allocated = values.itemsize * 8
    stored, high = instance.get("BitsStored"), instance.get("HighBit")
    if stored == allocated:
        return
    if values.dtype.kind == "u" and high == stored - 1:
        values &= values.dtype.type((1 << stored) - 1)
        return
    # To the top and back: an arithmetic shift fills up with the sign, a logical one with zeros.
    values <<= allocated - 1 - high
    values >>= allocated - stored
