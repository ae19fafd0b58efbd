"""The stacks of a sequence are read by several threads: the same values in the same order, the same progress, the same errors."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from synthetic_series import MR, axial_positions, values_by_pydicom, write_series

from DICOMTutorialHelperLib.dicom import parts_in_threads, stacks_in_threads
from DICOMTutorialHelperLib.dicom.candidate import Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.dicom.stacks_in_threads import read_stacks
from DICOMTutorialHelperLib.progress import Cancelled

SLICES = 30


@pytest.fixture
def stacks(tmp_path):
    """Stacks of ten, twelve and eight slices."""
    write_series(tmp_path, axial_positions(SLICES), sop_class=MR)
    (series,) = examine_paths([tmp_path]).series
    slices = series.selected[0].stacks[0].slices
    return [Stack(slices[start:stop], None) for start, stop in ((0, 10), (10, 22), (22, 30))]


@pytest.fixture
def all_of_them_are_large(monkeypatch, stacks):
    """Together a byte more than the least that threads are for, with three processors."""
    size = sum(frame.instance.pixel_length for stack in stacks for frame in stack.frames)
    monkeypatch.setattr(parts_in_threads, "LEAST_BYTES", size)
    monkeypatch.setattr(parts_in_threads.os, "cpu_count", lambda: 3)
    monkeypatch.setattr(parts_in_threads, "PART_BYTES", 1)


def threads_of(read=read_voxels):
    seen = set()

    def noted(stack, **named):
        seen.add(threading.current_thread())
        return read(stack, **named)

    return noted, seen


def test_threads_read_every_stack_in_its_place(stacks, all_of_them_are_large):
    read, threads = threads_of()
    found = read_stacks(stacks, read, FrameReader())
    for stack, voxels in zip(stacks, found):
        assert np.array_equal(voxels, np.stack([values_by_pydicom(frame.instance.path) for frame in stack.frames]))
    assert len(found) == 3 and threading.current_thread() not in threads


@pytest.mark.parametrize(("processors", "here"), [(1, True), (2, False)])
def test_it_takes_two_processors(stacks, all_of_them_are_large, monkeypatch, processors, here):
    monkeypatch.setattr(parts_in_threads.os, "cpu_count", lambda: processors)
    read, threads = threads_of()
    read_stacks(stacks, read, FrameReader())
    assert (threading.current_thread() in threads) == here


def test_the_size_of_stacks_is_that_of_their_pixels(stacks, monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(stacks_in_threads, "threads_for", lambda size: asked.append(size) or 1)
    read_stacks(stacks, read_voxels, FrameReader())
    assert asked == [sum(frame.instance.pixel_length for stack in stacks for frame in stack.frames)]


def test_small_ones_and_a_single_large_one_are_read_by_who_asks(stacks, all_of_them_are_large, monkeypatch):
    here = {threading.current_thread()}
    read, threads = threads_of()
    assert len(read_stacks(stacks[:2], read, FrameReader())) == 2 and threads == here
    read, threads = threads_of(lambda _stack, **_named: None)  # by threads of its own, slice by slice
    whole = [Stack([frame for stack in stacks for frame in stack.slices], None)]
    assert read_stacks([*whole, stacks[0]], read, FrameReader()) == [None, None] and threads == here


def test_what_is_not_native_shares_the_reader_that_decodes_ahead(stacks, all_of_them_are_large, monkeypatch):
    monkeypatch.setattr(FrameReader, "is_native", lambda _self, _frame: False)
    given, reader = [], FrameReader()
    read_stacks(stacks, lambda _stack, reader, progress: given.append(reader), reader)
    assert given == [reader] * 3


@pytest.mark.parametrize("threaded", [True, False])
def test_progress_counts_the_slices_of_all_stacks(stacks, request, threaded):
    if threaded:
        request.getfixturevalue("all_of_them_are_large")
    told, tellers = [], set()

    def progress(done, total):
        told.append((done, total))
        tellers.add(threading.current_thread())

    read_stacks(stacks, read_voxels, FrameReader(), progress)
    assert told == ([(10, 30), (22, 30), (30, 30)] if threaded else [(number, 30) for number in range(1, 31)])
    assert tellers == {threading.current_thread()}


def test_progress_never_goes_beyond_all(stacks):
    told = []
    read_stacks(stacks, lambda _stack, reader, progress: progress(99, 99), FrameReader(), lambda *done: told.append(done))
    assert told == [(30, 30)] * 3


def test_a_reading_that_is_stopped_leaves_no_thread(stacks, all_of_them_are_large):
    before = threading.active_count()

    def stop(_done, _total):
        raise Cancelled

    with pytest.raises(Cancelled):
        read_stacks(stacks, read_voxels, FrameReader(), stop)
    assert threading.active_count() == before


def test_a_file_that_is_lost_meanwhile_is_named(stacks, all_of_them_are_large):
    lost = stacks[1].frames[3].instance.path
    lost.unlink()
    with pytest.raises(DecodingError, match=lost.name):
        read_stacks(stacks, read_voxels, FrameReader())
