"""From frames to voxels: native pixels straight from the file, compressed ones through a decoder, modality values applied.

Native values are what the stored bits say (PS3.5 8.1.1); modality values are those of the rescale or the Modality LUT
(PS3.3 C.11.1), frame by frame. Integers stay integers where that is exact, everything else becomes float32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, apply_modality_lut, decode_stored_values
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance

Allocate = Callable[[tuple[int, ...], np.dtype], np.ndarray]
DecodeElsewhere = Callable[[Path], np.ndarray]

BIG_ENDIAN = "1.2.840.10008.1.2.2"
INTEGER_TYPES = tuple(np.dtype(name) for name in ("int16", "uint16", "int32", "uint32"))
COLOUR_SPACES_AS_THEY_ARE = {"RGB", "MONOCHROME1", "MONOCHROME2", ""}


def read_voxels(
    stack: Stack,
    allocate: Allocate = np.empty,
    fallback_decoder: Optional[DecodeElsewhere] = None,
    progress: Optional[Callable[[int, int], None]] = None,
) -> np.ndarray:
    """Voxels of a stack with modality values applied, shape (k, j, i) or (k, j, i, components) for colour.

    ``allocate(shape, dtype)`` gives the array to fill: a volume node's own memory, say. ``fallback_decoder(path)`` gives the
    frames of a file, (frames, rows, columns[, samples]) with modality values applied, where pydicom has no decoder for it.
    Missing slices and pixels that a truncated file lacks hold the padding value. Raises DecodingError where a frame cannot be
    read at all.
    """
    reader = _FrameReader(fallback_decoder)
    frames = stack.frames
    slopes = {_rescale(frame) for frame in frames}
    padding = padding_value(frames)
    shape = (len(stack.slices), frames[0].rows, frames[0].columns)
    components = 3 if is_colour(frames[0]) else 1
    if components > 1:
        shape += (components,)
    stored_types = {reader.stored_type(frame) for frame in frames}
    stored_type = np.result_type(*stored_types)
    one_shift = None not in slopes and len(slopes) == 1 and _is_whole_shift(next(iter(slopes))) and stored_type.kind in "iu"
    if one_shift and len(stored_types) == 1 and not reader.elsewhere:
        return _shifted_in_place(stack, allocate, reader, shape, stored_type, int(next(iter(slopes))[1]), padding, progress)
    voxel_type = _modality_type(frames, stored_type, reader)
    voxels = allocate(shape, voxel_type)
    for k, frame in enumerate(stack.slices):
        voxels[k] = padding if frame is None else _modality_values(frame, reader)
        if progress:
            progress(k + 1, len(stack.slices))
    return voxels


def is_colour(frame: Frame) -> bool:
    """Whether a frame gives vectors: several samples, or one that is an index into a palette."""
    return int(frame.get("SamplesPerPixel", 1)) > 1 or frame.get("PhotometricInterpretation") == "PALETTE COLOR"


def padding_value(frames: list[Frame]) -> float:
    """What fills voxels without a pixel: PixelPaddingValue as a modality value, else air for CT (-1000 HU or less), else 0."""
    frame = frames[0]
    slope, intercept = _rescale(frame) or (1.0, 0.0)
    padding = frame.get("PixelPaddingValue")
    if isinstance(padding, (int, float)):
        return float(padding) * slope + intercept
    return min(intercept, -1000.0) if frame.get("Modality") == "CT" and intercept <= -1000 else 0.0


def _rescale(frame: Frame) -> Optional[tuple[float, float]]:
    """Slope and intercept, (1, 0) without; None where a Modality LUT stands in their place."""
    slope, intercept = frame.get("RescaleSlope"), frame.get("RescaleIntercept")
    if slope is None and frame.instance.has_modality_lut:
        return None
    return (1.0 if slope is None else float(slope)), (0.0 if slope is None or intercept is None else float(intercept))


def _is_whole_shift(rescale: tuple[float, float]) -> bool:
    return rescale[0] == 1 and rescale[1] == int(rescale[1])


class _FrameReader:
    """Stored values of frames, each file decoded once; remembers whether some came from elsewhere, already rescaled."""

    def __init__(self, fallback_decoder: Optional[DecodeElsewhere]) -> None:
        self._decode_elsewhere = fallback_decoder
        self._decoded: dict[Path, tuple[np.ndarray, bool]] = {}
        self.elsewhere = False

    def stored_type(self, frame: Frame) -> np.dtype:
        instance = frame.instance
        if instance.pixel_offset is not None:
            return _native_type(instance).newbyteorder("=")
        return self.decoded(instance)[0].dtype

    def read(self, frame: Frame) -> tuple[np.ndarray, bool]:
        """Values (rows, columns[, samples]) and whether they are modality values already."""
        if frame.instance.pixel_offset is not None and not _needs_colour_conversion(frame):
            return _native_values(frame), False
        values, rescaled = self.decoded(frame.instance)
        return values[frame.number], rescaled

    def decoded(self, instance: Instance) -> tuple[np.ndarray, bool]:
        if instance.path not in self._decoded:
            if len(instance.frames) > 1:
                self._decoded.clear()  # one large file at a time is enough to remember
            self._decoded[instance.path] = self._decode(instance)
        return self._decoded[instance.path]

    def _decode(self, instance: Instance) -> tuple[np.ndarray, bool]:
        try:
            return decode_stored_values(instance), False
        except DecodingError:
            if self._decode_elsewhere is None:
                raise
        self.elsewhere = True
        return self._decode_elsewhere(instance.path), True


def _needs_colour_conversion(frame: Frame) -> bool:
    return frame.get("PhotometricInterpretation", "") not in COLOUR_SPACES_AS_THEY_ARE


def _native_type(instance: Instance) -> np.dtype:
    order = ">" if instance.transfer_syntax_uid == BIG_ENDIAN else "<"
    if instance.pixel_keyword == "FloatPixelData":
        return np.dtype(f"{order}f4")
    if instance.pixel_keyword == "DoubleFloatPixelData":
        return np.dtype(f"{order}f8")
    bits = int(instance.get("BitsAllocated", 16))
    if bits not in (8, 16, 32, 64):
        raise DecodingError(f"{instance.path.name}: {bits} bits a pixel are not read")
    return np.dtype(f"{order}{'i' if instance.get('PixelRepresentation', 0) == 1 else 'u'}{bits // 8}")


def _native_values(frame: Frame) -> np.ndarray:
    """A frame as it lies in the file (rows, columns[, samples]); what a truncated file lacks is the padding value."""
    samples = int(frame.get("SamplesPerPixel", 1))
    values = np.empty(frame.rows * frame.columns * samples, _native_type(frame.instance).newbyteorder("="))
    _read_native(frame, values)
    if samples == 1:
        return values.reshape(frame.rows, frame.columns)
    if frame.instance.get("PlanarConfiguration", 0) == 1:
        return np.moveaxis(values.reshape(samples, frame.rows, frame.columns), 0, -1)
    return values.reshape(frame.rows, frame.columns, samples)


def _read_native(frame: Frame, values: np.ndarray) -> None:
    """Fill a flat array of the stored type with a frame's stored values, in place."""
    instance = frame.instance
    with instance.path.open("rb") as file:
        file.seek(instance.pixel_offset + frame.number * values.nbytes)
        present = file.readinto(memoryview(values.view(np.uint8))) // values.itemsize
    if instance.transfer_syntax_uid == BIG_ENDIAN:
        values.byteswap(inplace=True)
    _drop_unused_bits(values, instance)
    if present < len(values):
        slope, intercept = _rescale(frame) or (1.0, 0.0)
        values[present:] = (padding_value([frame]) - intercept) / (slope or 1.0)


def _drop_unused_bits(values: np.ndarray, instance: Instance) -> None:
    """Keep the stored bits alone: above HighBit and below the stored ones overlays of old may lie (PS3.5 8.1.1)."""
    if values.dtype.kind not in "iu":
        return
    allocated = values.itemsize * 8
    stored = int(instance.get("BitsStored", allocated))
    high = int(instance.get("HighBit", stored - 1))
    if not 0 < stored < allocated or not stored - 1 <= high < allocated:
        return
    # To the top and back: an arithmetic shift fills up with the sign, a logical one with zeros.
    values <<= allocated - 1 - high
    values >>= allocated - stored


def _modality_type(frames: list[Frame], stored_type: np.dtype, reader: _FrameReader) -> np.dtype:
    """The smallest type that holds every modality value exactly where all are whole numbers, else float32 (float64 if stored)."""
    if stored_type.kind == "f" or reader.elsewhere:
        return stored_type
    low, high = 0.0, 0.0
    for frame in frames:
        rescale = _rescale(frame)
        if rescale is None or any(number != int(number) for number in rescale):
            return np.dtype(np.float32)
        for stored in _stored_range(frame, stored_type):
            value = stored * rescale[0] + rescale[1]
            low, high = min(low, value), max(high, value)
    padding = padding_value(frames)
    return _smallest_integer(min(low, padding), max(high, padding), stored_type)


def _stored_range(frame: Frame, stored_type: np.dtype) -> tuple[int, int]:
    bits = min(int(frame.get("BitsStored", stored_type.itemsize * 8)), stored_type.itemsize * 8)
    if stored_type.kind == "i":
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return 0, (1 << bits) - 1


def _smallest_integer(low: float, high: float, stored_type: np.dtype) -> np.dtype:
    """int16 and its wider kin as in Slicer's own reading; a byte stays a byte."""
    for candidate in (stored_type, *INTEGER_TYPES):
        limits = np.iinfo(candidate)
        if limits.min <= low and high <= limits.max:
            return candidate
    return np.dtype(np.float32)


def _modality_values(frame: Frame, reader: _FrameReader) -> Any:
    values, rescaled = reader.read(frame)
    rescale = _rescale(frame)
    if rescaled or rescale == (1.0, 0.0) or is_colour(frame):
        return values
    if rescale is None:
        return apply_modality_lut(values, frame.instance)
    slope, intercept = rescale
    if values.dtype.kind in "iu" and slope == int(slope) and intercept == int(intercept):
        return values.astype(np.int64) * int(slope) + int(intercept)
    return values.astype(np.float64) * slope + intercept


def _shifted_in_place(stack, allocate, reader, shape, stored_type, shift: int, padding: float, progress) -> np.ndarray:
    """Stored values straight into the volume's own memory, then moved by a whole number there: no second copy of a large CT.

    The type follows from the bits stored; where those would need a wider one, the values themselves are looked at first.
    """
    frames = stack.frames
    voxel_type = _modality_type(frames, stored_type, reader)
    if voxel_type.itemsize > stored_type.itemsize == 2 and _fits_int16(frames, reader, shift, padding):
        voxel_type = np.dtype(np.int16)
    voxels = allocate(shape, voxel_type)
    in_place = voxel_type.itemsize == stored_type.itemsize and voxels.flags.c_contiguous and len(shape) == 3
    # Wraps around in between where the types differ in sign, and comes back: the result fits.
    wrapped_shift = np.array(shift % (1 << 8 * voxel_type.itemsize)).astype(f"u{voxel_type.itemsize}").astype(voxel_type)
    for k, frame in enumerate(stack.slices):
        if frame is None:
            voxels[k] = padding
        elif in_place and frame.instance.pixel_offset is not None:
            _read_native(frame, voxels[k].reshape(-1).view(stored_type))
            if shift:
                voxels[k] += wrapped_shift
        else:
            voxels[k] = reader.read(frame)[0].astype(np.int64) + shift
        if progress:
            progress(k + 1, len(stack.slices))
    return voxels


def _fits_int16(frames: list[Frame], reader: _FrameReader, shift: int, padding: float) -> bool:
    limits = np.iinfo(np.int16)
    for frame in frames:
        values = reader.read(frame)[0]
        if int(values.min()) + shift < limits.min or int(values.max()) + shift > limits.max:
            return False
    return limits.min <= padding <= limits.max
