"""Stored values of frames: native ones as they lie in the file, compressed ones decoded, each file once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Callable, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.codestream import check_codestreams
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, decode_stored_values
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance
from DICOMTutorialHelperLib.dicom.pixel_description import COLOUR_SPACES_AS_THEY_ARE
from DICOMTutorialHelperLib.dicom.pixel_element import BIG_ENDIAN
from DICOMTutorialHelperLib.errors import system_reason

FallbackDecoder = Callable[[Path], np.ndarray]


class FrameReader:
    """Reads frames of instances that are still as they were examined. ``fallback_decoder`` is for what pydicom cannot decode."""

    def __init__(self, fallback_decoder: Optional[FallbackDecoder] = None) -> None:
        self._fallback_decoder = fallback_decoder
        self._decoded: dict[Path, tuple[np.ndarray, bool]] = {}
        self._checked: set[Path] = set()

    def stored_types(self, frames: Sequence[Frame]) -> tuple[set[np.dtype], set[np.dtype]]:
        """Types of stored values, and of modality values that the fallback decoder gives. Raises DecodingError."""
        for instance in dict.fromkeys(frame.instance for frame in frames):
            self._check(instance)
        own: set[np.dtype] = set()
        elsewhere: set[np.dtype] = set()
        for frame in frames:
            if self.is_native(frame):
                own.add(native_type(frame.instance).newbyteorder("="))
            else:
                values, rescaled = self._decoded_file(frame.instance)
                (elsewhere if rescaled else own).add(values.dtype)
        return own, elsewhere

    def is_native(self, frame: Frame) -> bool:
        """Whether a frame's pixels lie in the file as they are wanted."""
        instance = frame.instance
        as_it_is = instance.get("PhotometricInterpretation") in COLOUR_SPACES_AS_THEY_ARE
        return instance.pixel_offset is not None and as_it_is and instance.get("BitsAllocated") > 1

    def read(self, frame: Frame) -> tuple[np.ndarray, bool]:
        """Values (rows, columns[, samples]) and whether they are modality values already. Raises DecodingError."""
        self._check(frame.instance)
        if self.is_native(frame):
            return _native_values(frame), False
        values, rescaled = self._decoded_file(frame.instance)
        if frame.window is not None:
            row, column = frame.window
            return values[0][row : row + frame.rows, column : column + frame.columns], rescaled
        if frame.number >= len(values):  # lost with the end of the file: examination has said so
            return np.full(values.shape[1:], frame.get("PixelPaddingValue", 0)).astype(values.dtype), rescaled
        return values[frame.number], rescaled

    def forget_single(self, frame: Optional[Frame]) -> None:
        """A file of one frame is not asked for again once that is read."""
        if frame is not None and len(frame.instance.frames) == 1:
            self._decoded.pop(frame.instance.path, None)

    def _check(self, instance: Instance) -> None:
        """Whether the file is the one that was examined, and its compressed pixels of the size that its header says."""
        if instance.path in self._checked:
            return
        try:
            state = os.stat(instance.path)
        except OSError as error:
            raise DecodingError(instance.path.name, "no-access", system_reason(error)) from error
        if (state.st_size, state.st_mtime_ns) != (instance.file_size, instance.modified_ns):
            raise DecodingError(instance.path.name, "changed")
        check_codestreams(instance)
        self._checked.add(instance.path)

    def _decoded_file(self, instance: Instance) -> tuple[np.ndarray, bool]:
        if instance.path not in self._decoded:
            if len(instance.frames) > 1:
                self._decoded.clear()  # one large file at a time is enough to remember
            self._decoded[instance.path] = self._decode(instance)
        return self._decoded[instance.path]

    def _decode(self, instance: Instance) -> tuple[np.ndarray, bool]:
        try:
            values, rescaled = decode_stored_values(instance), False
        except DecodingError:
            if self._fallback_decoder is None:
                raise
            values, rescaled = self._fallback_decoder(instance.path), True
        rows, columns = instance.get("Rows"), instance.get("Columns")
        if values.shape[1:3] != (rows, columns):
            stated, found = (f"{width} x {height}" for height, width in ((rows, columns), values.shape[1:3]))
            raise DecodingError(instance.path.name, "other-size", stated=stated, found=found)
        return values, rescaled


def native_type(instance: Instance) -> np.dtype:
    """The element type of native pixels, in the byte order of the file."""
    order = ">" if instance.transfer_syntax_uid == BIG_ENDIAN else "<"
    if instance.pixel_keyword == "FloatPixelData":
        return np.dtype(f"{order}f4")
    if instance.pixel_keyword == "DoubleFloatPixelData":
        return np.dtype(f"{order}f8")
    signed = "i" if instance.get("PixelRepresentation") == 1 else "u"
    return np.dtype(f"{order}{signed}{instance.get('BitsAllocated') // 8}")


def _native_place(instance: Instance) -> tuple[int, int]:
    """Offset and length of native pixels in their file. Raises ValueError for others, a mistake of whoever asks."""
    if instance.pixel_offset is None or instance.pixel_length is None:
        raise ValueError(f"{instance.path.name}: its pixels do not lie there as they are")
    return instance.pixel_offset, instance.pixel_length


def _read_into(file: BinaryIO, offset: int, values: np.ndarray, wanted: int) -> int:
    """Bytes from an offset into an array's memory; how many whole values there were."""
    file.seek(offset)
    target = values.reshape(-1).view(np.uint8)[: max(0, min(values.nbytes, wanted))]
    return file.readinto(target.data) // values.itemsize  # type: ignore[attr-defined]


def read_native(frame: Frame, values: np.ndarray, padding: float) -> None:
    """Fill a flat array of the stored type with a frame's stored values, in place; ``padding`` where the file lacks them."""
    instance = frame.instance
    start = frame.number * values.nbytes
    in_words = instance.transfer_syntax_uid == BIG_ENDIAN and values.itemsize == 1 and instance.pixel_vr == "OW"
    with instance.path.open("rb") as file:
        if frame.window is not None:
            present = _read_tile(file, frame, values)
        elif in_words:
            present = _read_words(file, instance, start, values)
        else:
            offset, length = _native_place(instance)
            present = _read_into(file, offset + start, values, length - start)
    if instance.transfer_syntax_uid == BIG_ENDIAN:
        values.byteswap(inplace=True)
    _drop_unused_bits(values, instance)
    if present < len(values):
        values[present:] = _within(padding, values.dtype)


def _read_tile(file: BinaryIO, frame: Frame, values: np.ndarray) -> int:
    """The part of a stored image that a frame's window shows; how many values the file holds of it.

    The rows of the image from the tile's first to its last are read in one go: they lie together.
    """
    row, column = frame.window or (0, 0)
    width = frame.instance.get("Columns")
    rows = np.zeros((frame.rows, width), values.dtype)
    start = row * width * values.itemsize
    offset, length = _native_place(frame.instance)
    present = _read_into(file, offset + start, rows, length - start)
    values[:] = rows[:, column : column + frame.columns].reshape(-1)
    whole, rest = divmod(present, width)
    return min(len(values), whole * frame.columns + min(frame.columns, max(0, rest - column)))


def _read_words(file: BinaryIO, instance: Instance, start: int, values: np.ndarray) -> int:
    """Bytes that lie as words of 16 bits, the second of each first (PS3.5 7.3): frames may begin in the middle of a word."""
    odd = start % 2
    offset, length = _native_place(instance)
    file.seek(offset + start - odd)
    wanted = max(0, min(values.nbytes + odd, length - start + odd))
    content = np.frombuffer(file.read(wanted + wanted % 2), np.uint8)
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


def _native_values(frame: Frame) -> np.ndarray:
    """A frame as it lies in the file (rows, columns[, samples]); what a truncated file lacks is the padding value."""
    samples = frame.get("SamplesPerPixel")
    values = np.empty(frame.rows * frame.columns * samples, native_type(frame.instance).newbyteorder("="))
    read_native(frame, values, frame.get("PixelPaddingValue", 0))
    if samples == 1:
        return values.reshape(frame.rows, frame.columns)
    if frame.get("PlanarConfiguration") == 1:
        return np.moveaxis(values.reshape(samples, frame.rows, frame.columns), 0, -1)
    return values.reshape(frame.rows, frame.columns, samples)


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
