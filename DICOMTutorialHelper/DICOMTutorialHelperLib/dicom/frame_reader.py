"""Stored values of frames: native ones as they lie in the file, compressed ones decoded, a frame at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Callable, NamedTuple, Optional, Protocol

import numpy as np

from DICOMTutorialHelperLib.dicom.codestream import check_codestream, check_codestreams, check_held, frames_lie_apart
from DICOMTutorialHelperLib.dicom.decoding import DESCRIPTION, DecodingError, decode_frame, decode_stored_values
from DICOMTutorialHelperLib.dicom.instance import Frame, Instance
from DICOMTutorialHelperLib.dicom.native_pixels import native_type, native_values, read_native
from DICOMTutorialHelperLib.dicom.pixel_description import COLOUR_SPACES_AS_THEY_ARE, frame_bytes
from DICOMTutorialHelperLib.dicom.pixel_file import PixelFile

FallbackDecoder = Callable[[Path], np.ndarray]


class ValueType(NamedTuple):
    """The type of a frame's values, and whether they are modality values already: those of the fallback decoder are."""

    dtype: np.dtype
    rescaled: bool


class _Decoded(NamedTuple):
    """The values of a frame, or of all frames of a file (``number`` None), and whether they are modality values."""

    instance: Instance
    number: Optional[int]
    values: np.ndarray
    rescaled: bool


class UnexpectedType(Exception):
    """A frame whose values are not of the type that the first of its kind had."""


class Pool(Protocol):
    """What decodes some kinds of frames sooner than pydicom does, several at a time (``scene.decoder_pool``)."""

    frames_ahead: int

    def takes(self, instance: Instance) -> bool:
        """Whether frames of this instance are of a kind that the pool decodes."""

    def is_worth(self, instance: Instance, size: int) -> bool:
        """Whether to decode ``size`` bytes of pixels in the pool takes less time than without it."""

    def submit(self, instance: Instance, data: bytes) -> Future[np.ndarray]:
        """Have a frame's compressed bytes decoded: stored values (rows, columns[, samples]). Its result raises DecodingError."""


class FrameReader:
    """Reads frames of instances that are still as they were examined. ``fallback_decoder`` is for what pydicom cannot decode.

    The file read last stays open, and of what was decoded the frame, or the file, read last stays in memory: a volume is read
    with little more than its own. ``close`` lets go of both.
    """

    def __init__(self, fallback_decoder: Optional[FallbackDecoder] = None, pool: Optional[Pool] = None) -> None:
        self._fallback_decoder = fallback_decoder
        self._pool = pool
        self._to_come: deque[tuple[Instance, int]] = deque()
        self._ahead: dict[tuple[Instance, int], Future[np.ndarray]] = {}
        self._file: Optional[PixelFile] = None
        self._decoded: Optional[_Decoded] = None
        self._known: dict[Any, set[ValueType]] = {}  # by kind, or by instance where all of them were looked at

    def close(self) -> None:
        """Close the file that is open, and forget what was decoded."""
        self._decoded = None
        self._to_come.clear()
        self._ahead.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def expect(self, frames: Iterable[Frame]) -> None:
        """Say which frames will be asked for, in what order: the pool, where there is one, decodes some ahead of that."""
        if self._pool is None:
            return
        mine = [frame for frame in frames if frames_lie_apart(frame.instance) and self._pool.takes(frame.instance)]
        stored = dict.fromkeys((frame.instance, _stored_number(frame)) for frame in mine)
        wanted = [(instance, number) for instance, number in stored if number < len(instance.fragments)]
        if wanted and self._pool.is_worth(wanted[0][0], sum(int(frame_bytes(instance.values)) for instance, _ in wanted)):
            self._to_come.extend(wanted)

    def value_types(self, frames: Sequence[Frame], look_at_all: bool = False) -> set[ValueType]:
        """The types of values that frames have. Raises DecodingError.

        Of compressed frames the first of a kind tells for the others, unless ``look_at_all``; ``read`` raises UnexpectedType
        for one that is different.
        """
        types: set[ValueType] = set()
        instances: dict[Instance, list[Frame]] = {}
        for frame in frames:
            instances.setdefault(frame.instance, []).append(frame)
        for instance in instances:
            check_held(instance)
        for instance, own in instances.items():
            if self.is_native(own[0]):
                types.add(ValueType(native_type(instance), False))
                continue
            key = instance if look_at_all else _kind(instance)
            if key not in self._known:
                self._known[key] = {self._type_of(frame) for frame in (own if look_at_all else own[:1])}
            types |= self._known[key]
        return types

    def is_native(self, frame: Frame) -> bool:
        """Whether a frame's pixels lie in the file as they are wanted."""
        instance = frame.instance
        as_it_is = instance.get("PhotometricInterpretation") in COLOUR_SPACES_AS_THEY_ARE
        return instance.pixel_offset is not None and as_it_is and instance.get("BitsAllocated") > 1

    def read(self, frame: Frame) -> tuple[np.ndarray, bool]:
        """Values (rows, columns[, samples]) and whether they are modality values already.

        Raises DecodingError, and UnexpectedType as ``value_types`` says.
        """
        if self.is_native(frame):
            return native_values(self._opened(frame.instance), frame), False
        values, rescaled = self._decode(frame)
        known = self._known.get(frame.instance) or self._known.get(_kind(frame.instance))
        if known is not None and ValueType(values.dtype, rescaled) not in known:
            raise UnexpectedType
        if frame.window is not None:
            row, column = frame.window
            return values[row : row + frame.rows, column : column + frame.columns], rescaled
        return values, rescaled

    def read_native(self, frame: Frame, values: np.ndarray, padding: float) -> None:
        """As ``native_pixels.read_native``, into (rows x columns x samples,), of a frame that ``is_native``.

        Raises DecodingError.
        """
        read_native(self._opened(frame.instance), frame, values, padding)

    def _opened(self, instance: Instance) -> PixelFile:
        """The file of an instance, which is the one that was examined. Raises DecodingError."""
        if self._file is None or self._file.instance is not instance:
            if self._file is not None:
                self._file.close()
                self._file = None
            self._file = PixelFile(instance)
        return self._file

    def _type_of(self, frame: Frame) -> ValueType:
        values, rescaled = self._decode(frame)
        return ValueType(values.dtype, rescaled)

    def _decode(self, frame: Frame) -> tuple[np.ndarray, bool]:
        """The stored image that a frame is, or that it lies in, and whether it has modality values already."""
        instance, number = frame.instance, _stored_number(frame)
        one_each = frames_lie_apart(instance)
        lost = one_each and number >= len(instance.fragments)  # with the end of the file: examination has said so
        decoded = self._decoded_image(instance, 0 if lost else number, one_each)
        values = decoded.values
        if decoded.number is None:
            lost = number >= len(values)
            values = values[0 if lost else number]
        if lost:
            values = np.full(values.shape, frame.get("PixelPaddingValue", 0)).astype(values.dtype)
        return values, decoded.rescaled

    def _decoded_image(self, instance: Instance, number: int, one_each: bool) -> _Decoded:
        """A frame, or all of a file where they cannot be had singly; kept until something else is asked for."""
        kept = self._decoded
        if kept is not None and kept.instance is instance and kept.number in (number, None):
            return kept
        self._decoded = None
        values = self._from_pool(instance, number) if self._to_come or self._ahead else None
        if values is not None:
            self._decoded = _Decoded(instance, number, values, False)
            return self._decoded
        # Outside of what the fallback decoder is asked for: no decoder sees what contradicts the header.
        file = self._opened(instance)
        data = _compressed(file, instance, number) if one_each else b""
        if one_each:
            check_codestream(instance, data)
        else:
            check_codestreams(instance)
        try:
            if one_each:
                decoded = _Decoded(instance, number, decode_frame(instance, data), False)
            else:
                decoded = _Decoded(instance, None, decode_stored_values(instance), False)
        except DecodingError:
            if self._fallback_decoder is None:
                raise
            decoded = _Decoded(instance, None, self._fallback_decoder(instance.path), True)
        rows, columns = instance.get("Rows"), instance.get("Columns")
        size = decoded.values.shape[1:3] if decoded.number is None else decoded.values.shape[:2]
        if size != (rows, columns):
            stated, found = (f"{width} x {height}" for height, width in ((rows, columns), size))
            raise DecodingError(instance.path.name, "other-size", stated=stated, found=found)
        self._decoded = decoded
        return decoded

    def _from_pool(self, instance: Instance, number: int) -> Optional[np.ndarray]:
        """The values of a frame that the pool was given; None for others, and where it failed: pydicom's decoders are asked."""
        assert self._pool is not None
        while self._to_come and len(self._ahead) < self._pool.frames_ahead:
            key = self._to_come.popleft()
            data = _compressed(self._opened(key[0]), *key)
            check_codestream(key[0], data)
            self._ahead[key] = self._pool.submit(key[0], data)
        future = self._ahead.pop((instance, number), None)
        if future is None:
            return None
        try:
            values = future.result()
        except DecodingError:
            return None
        return values if values.shape == (instance.get("Rows"), instance.get("Columns")) else None


def _stored_number(frame: Frame) -> int:
    """Which of the file's images a frame is, or lies in."""
    return 0 if frame.window is not None else frame.number


def _compressed(file: PixelFile, instance: Instance, number: int) -> bytes:
    """What a frame's fragments hold: one each, or all of them for a single image (PS3.5 A.4). Raises OSError."""
    fragments = instance.fragments if instance.stored_frames == 1 else instance.fragments[number : number + 1]
    return b"".join(file.read(offset, length) for offset, length in fragments)


def _kind(instance: Instance) -> tuple[Any, ...]:
    """What decides the type of decoded values."""
    return (instance.transfer_syntax_uid, instance.pixel_keyword, *(instance.get(keyword) for keyword in DESCRIPTION[2:]))
