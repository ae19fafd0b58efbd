"""The stacks of a sequence read by a few threads, whole stacks at a time: each is too small for ``parts_in_threads`` to help."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Callable, Optional, TypeVar

from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
from DICOMTutorialHelperLib.dicom.parts_in_threads import in_threads, threads_for
from DICOMTutorialHelperLib.progress import Progress

Voxels = TypeVar("Voxels")


def read_stacks(
    stacks: Sequence[Stack], read: Callable[..., Voxels], reader: FrameReader, progress: Optional[Progress] = None
) -> list[Voxels]:
    """What ``read(stack, reader=…, progress=…)`` gives of each stack, in their order: ``read_voxels``, or what calls it.

    Threads read native stacks, with a reader each, where all of them together are large and none is by itself. ``progress`` is
    told (slices read, slices in all). Raises what ``read`` raises.
    """
    total, done = sum(len(stack.slices) for stack in stacks), 0
    sizes = [_native_bytes(stack) for stack in stacks]
    native = all(reader.is_native(frame) for stack in stacks for frame in stack.frames)
    if native and threads_for(sum(sizes)) > 1 and threads_for(max(sizes)) == 1:
        found: dict[int, Voxels] = {}

        def read_some(part: range) -> None:
            for number in part:
                found[number] = read(stacks[number])

        with contextlib.closing(in_threads(read_some, len(stacks), sum(sizes))) as numbers:
            for number in numbers:
                done += len(stacks[number].slices)
                if progress:
                    progress(done, total)
        return [found[number] for number in range(len(stacks))]
    read_one_by_one = []
    for stack in stacks:
        read_one_by_one.append(read(stack, reader=reader, progress=None if progress is None else _from(progress, done, total)))
        done += len(stack.slices)
    return read_one_by_one


def _native_bytes(stack: Stack) -> int:
    frame = stack.frames[0]
    values = frame.rows * frame.columns * frame.get("SamplesPerPixel") * len(stack.slices)
    return values * frame.get("BitsAllocated") // 8


def _from(progress: Progress, done: int, total: int) -> Progress:
    return lambda part, _part_total: progress(min(done + part, total), total)
