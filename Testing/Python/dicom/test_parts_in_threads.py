"""Large native volumes are read by several threads: the same values, the same progress, and nothing goes on after an end."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from synthetic_series import MR, axial_positions, values_by_pydicom, write_series

from DICOMTutorialHelperLib.dicom import parts_in_threads
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
from DICOMTutorialHelperLib.dicom.parts_in_threads import in_threads, threads_for
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.progress import Cancelled

SLICES = 40


@pytest.fixture
def every_size_is_large(monkeypatch):
    """Threads for any volume, however many processors there are here, a few slices each at a time."""
    monkeypatch.setattr(parts_in_threads, "LEAST_BYTES", 1)
    monkeypatch.setattr(parts_in_threads, "PART_BYTES", 200)
    monkeypatch.setattr(parts_in_threads.os, "cpu_count", lambda: 3)


@pytest.fixture
def threads_seen(monkeypatch):
    """The threads that read pixels."""
    seen, read_native = set(), FrameReader.read_native

    def noted(self, *arguments):
        seen.add(threading.current_thread())
        return read_native(self, *arguments)

    monkeypatch.setattr(FrameReader, "read_native", noted)
    return seen


def stack_of(folder):
    (series,) = examine_paths([folder]).series
    return series.selected[0].stacks[0]


@pytest.mark.parametrize("intercept", [0, -1024])
def test_threads_give_the_values_of_every_slice(tmp_path, every_size_is_large, threads_seen, intercept):
    write_series(tmp_path, axial_positions(SLICES), sop_class=MR, RescaleSlope=1, RescaleIntercept=intercept)
    stack = stack_of(tmp_path)
    truth = np.stack([values_by_pydicom(frame.instance.path) for frame in stack.frames])
    assert np.array_equal(read_voxels(stack), truth)
    assert threading.current_thread() not in threads_seen


def test_holes_between_slices_hold_the_padding(tmp_path, every_size_is_large):
    places = [place for number, place in enumerate(axial_positions(SLICES)) if number != 7]
    write_series(tmp_path, places, sop_class=MR, PixelPaddingValue=77)
    voxels = read_voxels(stack_of(tmp_path))
    assert len(voxels) == SLICES
    assert np.all(voxels[7] == 77)


def test_progress_counts_up_where_it_is_asked_for(tmp_path, every_size_is_large):
    write_series(tmp_path, axial_positions(SLICES), sop_class=MR)
    told, tellers = [], set()

    def progress(done, total):
        told.append((done, total))
        tellers.add(threading.current_thread())

    read_voxels(stack_of(tmp_path), progress=progress)
    assert told == [(number + 1, SLICES) for number in range(SLICES)]
    assert tellers == {threading.current_thread()}


def test_a_reading_that_is_stopped_writes_no_more(tmp_path, every_size_is_large):
    write_series(tmp_path, axial_positions(SLICES), sop_class=MR)
    before = threading.active_count()

    def stop(_done, _total):
        raise Cancelled

    with pytest.raises(Cancelled):
        read_voxels(stack_of(tmp_path), progress=stop)
    assert threading.active_count() == before


def test_a_file_that_is_lost_meanwhile_is_named(tmp_path, every_size_is_large):
    write_series(tmp_path, axial_positions(SLICES), sop_class=MR)
    stack = stack_of(tmp_path)
    lost = stack.frames[SLICES - 2].instance.path
    lost.unlink()
    with pytest.raises(DecodingError, match=lost.name):
        read_voxels(stack)


def test_a_small_volume_is_read_by_who_asks(tmp_path, threads_seen):
    write_series(tmp_path, axial_positions(SLICES), sop_class=MR)
    read_voxels(stack_of(tmp_path))
    assert threads_seen == {threading.current_thread()}


@pytest.mark.parametrize(
    ("megabytes", "processors", "threads"), [(31, 8, 1), (32, 8, 4), (144, 2, 2), (144, 1, 1), (144, None, 1), (2000, 64, 4)]
)
def test_so_many_threads_read_so_much(monkeypatch, megabytes, processors, threads):
    monkeypatch.setattr(parts_in_threads.os, "cpu_count", lambda: processors)
    assert threads_for(megabytes << 20) == threads


@pytest.mark.parametrize(("count", "size", "parts"), [(10, 10 << 20, 3), (3, 300 << 20, 3), (1, 1, 1), (7, 7 << 22, 7)])
def test_parts_are_of_four_megabytes_and_leave_nothing_out(count, size, parts):
    ranges: list[range] = []
    assert list(in_threads(ranges.append, count, size)) == list(range(count))
    assert sorted(number for part in ranges for number in part) == list(range(count))
    assert len(ranges) == parts
