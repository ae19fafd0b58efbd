"""From frames to voxels: native pixels straight from the file, compressed ones through a decoder, modality values applied.

Native values are what the stored bits say (PS3.5 8.1.1); modality values are those of the rescale or the Modality LUT
(PS3.3 C.11.1), frame by frame. Integers stay integers where that is exact, everything else becomes float32, or float64 where
the stored values have more digits than float32.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Callable, Optional

import numpy as np

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError, apply_modality_lut
from DICOMTutorialHelperLib.dicom.decoding_threads import DecodingThreads
from DICOMTutorialHelperLib.dicom.frame_reader import FallbackDecoder, FrameReader, UnexpectedType, ValueType
from DICOMTutorialHelperLib.dicom.instance import Frame
from DICOMTutorialHelperLib.dicom.parts_in_threads import in_threads, threads_for
from DICOMTutorialHelperLib.dicom.pixel_description import is_colour, stored_range
from DICOMTutorialHelperLib.errors import system_reason
from DICOMTutorialHelperLib.progress import Progress

Allocate = Callable[[tuple[int, ...], np.dtype], np.ndarray]

INTEGER_TYPES = tuple(np.dtype(name) for name in ("int16", "uint16", "int32", "uint32"))
# Digits that float32 keeps: more stored bits need float64.
WIDEST_INTEGER_BYTES = 4
FLOAT32_BITS = 24


def read_voxels(
    stack: Stack,
    allocate: Allocate = np.empty,
    fallback_decoder: Optional[FallbackDecoder] = None,
    progress: Optional[Progress] = None,
    reader: Optional[FrameReader] = None,
) -> np.ndarray:
    """Voxels of a stack with modality values applied, shape (k, j, i) or (k, j, i, components) for colour.

    ``allocate(shape, dtype)`` gives the array to fill: a volume node's own memory, say. It is asked again, for another type,
    where only the values themselves tell which is needed; what it gave first is then of no use. ``fallback_decoder(path)``
    gives the frames of a file, (frames, rows, columns[, samples]) with modality values applied, where pydicom has no decoder
    for it. ``reader`` is one for several stacks, which whoever made it closes; it has its own fallback decoder.
    Missing slices and pixels that a truncated file lacks hold the padding value. Raises DecodingError where a frame cannot be
    read at all, before anything is allocated where its header tells.
    """
    if len({is_colour(frame.get) for frame in stack.frames}) > 1:
        raise DecodingError(stack.frames[0].instance.path.name, "mixed-colours")
    if reader is None:
        with DecodingThreads() as threads, contextlib.closing(FrameReader(fallback_decoder, threads)) as own_reader:
            own_reader.expect(stack.frames)
            return read_voxels(stack, allocate, progress=progress, reader=own_reader)
    try:
        types = reader.value_types(stack.frames)
        try:
            return _read(stack, allocate, reader, types, progress)
        except UnexpectedType:
            types = reader.value_types(stack.frames, look_at_all=True)
            return _read(stack, allocate, reader, types, progress)
    except OSError as error:
        raise DecodingError(stack.frames[0].instance.path.name, "no-access", system_reason(error)) from error


def _read(
    stack: Stack, allocate: Allocate, reader: FrameReader, types: set[ValueType], progress: Optional[Progress]
) -> np.ndarray:
    """As ``read_voxels``, of values of known types. Raises UnexpectedType for others."""
    frames = stack.frames
    own = {value_type.dtype for value_type in types if not value_type.rescaled}
    elsewhere = {value_type.dtype for value_type in types if value_type.rescaled}
    shape = (len(stack.slices), frames[0].rows, frames[0].columns) + ((3,) if is_colour(frames[0].get) else ())
    rescales = {_rescale(frame) for frame in frames}
    padding = padding_value(frames)
    shift = next(iter(rescales)) if len(rescales) == 1 else None
    is_shift = shift is not None and shift[0] == 1 and shift[1] == int(shift[1]) and abs(shift[1]) < 1 << 31
    if shift is not None and is_shift and len(own) == 1 and not elsewhere and next(iter(own)).kind in "iu" and len(shape) == 3:
        return _ShiftedStack(stack, reader, shape, next(iter(own)), int(shift[1]), padding).read(allocate, progress)
    voxel_type = np.result_type(*elsewhere, *([_modality_type(frames, own, padding)] if own else []))
    if voxel_type.kind in "iu" and voxel_type.itemsize > WIDEST_INTEGER_BYTES:
        voxel_type = np.dtype(np.float64)
    voxels = allocate(shape, voxel_type)
    for k, frame in enumerate(stack.slices):
        voxels[k] = padding if frame is None else _modality_values(frame, reader)
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
    for rescale, limits in {(_rescale(frame), stored_range(frame.instance.values)) for frame in frames}:
        if rescale is None or any(number != int(number) for number in rescale):
            whole = False
            break
        for stored in limits:
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


def _modality_values(frame: Frame, reader: FrameReader) -> np.ndarray:
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


class _ShiftedStack:
    """A stack whose modality values are the stored ones and a whole number: read into the volume's memory and moved there.

    The type follows from the bits stored. Where those could need a wider one than the values in fact do, the values are read into
    one as wide as the stored ones and watched meanwhile; only where that turns out too narrow are the files read again.
    """

    def __init__(
        self, stack: Stack, reader: FrameReader, shape: tuple[int, ...], stored_type: np.dtype, shift: int, padding: float
    ) -> None:
        self.stack = stack
        self.reader = reader
        self.shape = shape
        self.stored_type = stored_type
        self.shift = shift
        self.padding = padding

    def read(self, allocate: Allocate, progress: Optional[Progress]) -> np.ndarray:
        """Voxels in the memory that ``allocate`` gives, (k, j, i). Raises as ``read_voxels``."""
        width = self.stored_type.itemsize
        voxel_type = _modality_type(self.stack.frames, {self.stored_type}, self.padding)
        if voxel_type.itemsize <= width or width < 2:
            return self._fill(allocate(self.shape, voxel_type), progress)
        least_type = np.dtype(f"i{width}")
        narrow_type = _smallest_type(self.padding, self.padding, least_type)
        if narrow_type.itemsize > width or narrow_type.kind == "f":
            return self._fill(allocate(self.shape, voxel_type), progress)
        values_seen = [self.padding]
        voxels = self._fill(allocate(self.shape, narrow_type), progress, values_seen)
        needed_type = _smallest_type(min(values_seen), max(values_seen), least_type)
        if needed_type == narrow_type:
            return voxels
        del voxels
        return self._fill(allocate(self.shape, needed_type), None)

    def _fill(self, voxels: np.ndarray, progress: Optional[Progress], values_seen: Optional[list[float]] = None) -> np.ndarray:
        """Fill every slice; the smallest and the largest value of each go to ``values_seen``."""
        slices = self.stack.slices
        width = self.stored_type.itemsize
        in_place = voxels.dtype.kind in "iu" and voxels.dtype.itemsize == width and voxels.flags.c_contiguous
        # Whole numbers of a width wrap around in between where they differ in sign, and come back: the result fits.
        wrapped_shift = None
        if voxels.dtype.kind in "iu":
            bits = 8 * voxels.dtype.itemsize
            wrapped_shift = np.array(self.shift % (1 << bits)).astype(f"u{bits // 8}").astype(voxels.dtype)

        def fill_slice(k: int, reader: FrameReader) -> None:
            frame = slices[k]
            if frame is None:
                voxels[k] = self.padding
                return
            if in_place and reader.is_native(frame):
                stored = voxels[k].reshape(-1).view(self.stored_type)
                reader.read_native(frame, stored, self.padding - self.shift)
            else:
                stored = reader.read(frame)[0]
                voxels[k] = stored if wrapped_shift is not None else stored.astype(np.int64) + self.shift
            if values_seen is not None:
                values_seen.extend((int(stored.min()) + self.shift, int(stored.max()) + self.shift))
            if self.shift and wrapped_shift is not None:
                voxels[k] += wrapped_shift

        def fill_in_thread(part: range) -> None:
            with contextlib.closing(FrameReader()) as reader:  # one of its own: a reader has one file open
                for k in part:
                    fill_slice(k, reader)

        def fill_one_by_one() -> Generator[int, None, None]:
            for k in range(len(slices)):
                fill_slice(k, self.reader)
                yield k

        native = in_place and all(frame is None or self.reader.is_native(frame) for frame in slices)
        threaded = native and threads_for(voxels.nbytes) > 1
        filled = in_threads(fill_in_thread, len(slices), voxels.nbytes) if threaded else fill_one_by_one()
        with contextlib.closing(filled):
            for k in filled:
                if progress:
                    progress(k + 1, len(slices))
        return voxels
