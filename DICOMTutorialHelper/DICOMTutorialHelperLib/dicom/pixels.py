"""From frames to voxels: native pixels straight from the file, compressed ones through a decoder, modality values applied.

Native values are what the stored bits say (PS3.5 8.1.1); modality values are those of the rescale or the Modality LUT
(PS3.3 C.11.1), frame by frame. Integers stay integers where that is exact, everything else becomes float32, or float64 where
the stored values have more digits than float32.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, apply_modality_lut
from DICOMTutorialHelperLib.dicom.frame_reader import FallbackDecoder, FrameReader, read_native
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.pixel_description import is_colour, stored_range

Allocate = Callable[[tuple[int, ...], np.dtype], np.ndarray]

INTEGER_TYPES = tuple(np.dtype(name) for name in ("int16", "uint16", "int32", "uint32"))
# Digits that float32 keeps: more stored bits need float64.
WIDEST_INTEGER_BYTES = 4
FLOAT32_BITS = 24


def read_voxels(
    stack: Stack,
    allocate: Allocate = np.empty,
    fallback_decoder: Optional[FallbackDecoder] = None,
    progress: Optional[Callable[[int, int], None]] = None,
    reader: Optional[FrameReader] = None,
) -> np.ndarray:
    """Voxels of a stack with modality values applied, shape (k, j, i) or (k, j, i, components) for colour.

    ``allocate(shape, dtype)`` gives the array to fill: a volume node's own memory, say. ``fallback_decoder(path)`` gives the
    frames of a file, (frames, rows, columns[, samples]) with modality values applied, where pydicom has no decoder for it.
    ``reader`` is one for several stacks, so that a file that they share is decoded once; it has its own fallback decoder.
    Missing slices and pixels that a truncated file lacks hold the padding value. Raises DecodingError where a frame cannot be
    read at all, before anything is allocated where its header tells.
    """
    reader = reader or FrameReader(fallback_decoder)
    frames = stack.frames
    colours = {is_colour(frame.get) for frame in frames}
    if len(colours) > 1:
        raise DecodingError(frames[0].instance.path.name, "mixed-colours")
    own, elsewhere = reader.stored_types(frames)
    shape = (len(stack.slices), frames[0].rows, frames[0].columns) + ((3,) if True in colours else ())
    rescales = {_rescale(frame) for frame in frames}
    padding = padding_value(frames)
    shift = next(iter(rescales)) if len(rescales) == 1 else None
    is_shift = shift is not None and shift[0] == 1 and shift[1] == int(shift[1]) and abs(shift[1]) < 1 << 31
    if shift is not None and is_shift and len(own) == 1 and not elsewhere and next(iter(own)).kind in "iu" and len(shape) == 3:
        return _shifted_in_place(stack, allocate, reader, shape, next(iter(own)), int(shift[1]), padding, progress)
    voxel_type = np.result_type(*elsewhere, *([_modality_type(frames, own, padding)] if own else []))
    if voxel_type.kind in "iu" and voxel_type.itemsize > WIDEST_INTEGER_BYTES:
        voxel_type = np.dtype(np.float64)
    voxels = allocate(shape, voxel_type)
    for k, frame in enumerate(stack.slices):
        voxels[k] = padding if frame is None else _modality_values(frame, reader)
        reader.forget_single(frame)
        if progress:
            progress(k + 1, len(stack.slices))
    return voxels


def padding_value(frames: list[Frame]) -> float:
    """What fills voxels without a pixel: PixelPaddingValue as a modality value, else air for CT (-1000 HU or less), else 0."""
    frame = frames[0]
    slope, intercept = _rescale(frame) or (1.0, 0.0)
    padding = frame.get("PixelPaddingValue")
    if padding is not None:
        return float(padding) * slope + intercept
    return min(intercept, -1000.0) if frame.get("Modality") == "CT" and intercept <= -1000 else 0.0


def _rescale(frame: Frame) -> Optional[tuple[float, float]]:
    """Slope and intercept, (1, 0) without, or for colours; None where a Modality LUT stands in their place."""
    slope, intercept = frame.get("RescaleSlope"), frame.get("RescaleIntercept")
    if is_colour(frame.get):
        return 1.0, 0.0
    if slope is None:
        return None if frame.instance.has_modality_lut else (1.0, 0.0)
    return float(slope), float(intercept or 0.0)


def _modality_type(frames: list[Frame], stored_types: set[np.dtype], padding: float) -> np.dtype:
    """The smallest type that holds every modality value exactly where all are whole numbers, else a float that has the digits."""
    stored_type = np.result_type(*stored_types)
    if stored_type.kind == "f" or is_colour(frames[0].get):
        return stored_type
    low = high = padding
    whole = padding == int(padding)
    for frame in frames:
        rescale = _rescale(frame)
        if rescale is None or any(number != int(number) for number in rescale):
            whole = False
            break
        for stored in stored_range(frame.instance.values):
            value = stored * rescale[0] + rescale[1]
            low, high = min(low, value), max(high, value)
    if not whole:
        bits = max(frame.get("BitsStored") for frame in frames)
        return np.dtype(np.float64 if bits > FLOAT32_BITS else np.float32)
    return _smallest_type(low, high, stored_type)


def _smallest_type(low: float, high: float, stored_type: np.dtype) -> np.dtype:
    """int16 and its wider kin as in Slicer's own reading; a byte stays a byte; float64 holds whole numbers to 53 bits.

    Never integers of 64 bits: VTK's reslicing, and Slicer with it, ends on them.
    """
    for candidate in (stored_type, *INTEGER_TYPES):
        if candidate.itemsize > WIDEST_INTEGER_BYTES:
            continue
        limits = np.iinfo(candidate)
        if limits.min <= low and high <= limits.max:
            return candidate
    return np.dtype(np.float64)


def _modality_values(frame: Frame, reader: FrameReader) -> Any:
    values, rescaled = reader.read(frame)
    rescale = _rescale(frame)
    if rescaled or rescale == (1.0, 0.0):
        return values
    if rescale is None:
        return apply_modality_lut(values, frame.instance)
    slope, intercept = rescale
    whole = slope == int(slope) and intercept == int(intercept) and max(abs(slope), abs(intercept)) < 1 << 30
    if values.dtype.kind in "iu" and whole:
        return values.astype(np.int64) * int(slope) + int(intercept)
    return values.astype(np.float64) * slope + intercept


def _shifted_in_place(stack, allocate, reader, shape, stored_type, shift: int, padding: float, progress) -> np.ndarray:
    """Stored values straight into the volume's own memory, then moved by a whole number there: no second copy of a large CT.

    The type follows from the bits stored; where those would need a wider one, the values themselves are looked at first.
    """
    frames = stack.frames
    voxel_type = _modality_type(frames, {stored_type}, padding)
    if voxel_type.itemsize > stored_type.itemsize >= 2:
        voxel_type = _type_of_values(frames, reader, stored_type, shift, padding)
    voxels = allocate(shape, voxel_type)
    in_place = voxel_type.kind in "iu" and voxel_type.itemsize == stored_type.itemsize and voxels.flags.c_contiguous
    # Wraps around in between where the types differ in sign, and comes back: the result fits.
    wrapped_shift = None
    if in_place:
        wrapped_shift = np.array(shift % (1 << 8 * voxel_type.itemsize)).astype(f"u{voxel_type.itemsize}").astype(voxel_type)
    for k, frame in enumerate(stack.slices):
        if frame is None:
            voxels[k] = padding
        elif in_place and reader.is_native(frame):
            read_native(frame, voxels[k].reshape(-1).view(stored_type), padding - shift)
            if shift:
                voxels[k] += wrapped_shift
        else:
            values = reader.read(frame)[0]
            voxels[k] = values.astype(np.int64) + shift if shift else values
        reader.forget_single(frame)
        if progress:
            progress(k + 1, len(stack.slices))
    return voxels


def _type_of_values(frames: list[Frame], reader: FrameReader, stored_type: np.dtype, shift: int, padding: float) -> np.dtype:
    """The smallest type for the values that there are, where those that the stored bits could hold need a wider one."""
    low = high = padding
    for frame in frames:
        values = reader.read(frame)[0]
        low, high = min(low, int(values.min()) + shift), max(high, int(values.max()) + shift)
    return _smallest_type(low, high, np.dtype(f"i{stored_type.itemsize}"))
