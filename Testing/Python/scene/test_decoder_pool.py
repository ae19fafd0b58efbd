"""Frames decoded by Slicer's readers in processes of their own have the values that pydicom's decoders give."""

from __future__ import annotations

import os
import subprocess

import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEG2000Lossless
from synthetic_series import MR, axial_positions, write_series

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")


from made_frames import made_frame

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.frame_reader import FrameReader
from DICOMTutorialHelperLib.dicom.pixels import read_voxels
from DICOMTutorialHelperLib.scene import decoder_pool
from DICOMTutorialHelperLib.scene.decoder_pool import DecoderPool


@pytest.fixture
def pool(monkeypatch):
    """A pool that finds no series too small."""
    monkeypatch.setattr(decoder_pool, "LEAST_BYTES", dict.fromkeys(decoder_pool.LEAST_BYTES, 0))
    with DecoderPool() as running:
        yield running


def stack_of(folder):
    (series,) = examine_paths([folder]).series
    return series.selected[0].stacks[0]


def read_by(pool, stack):
    reader = FrameReader(pool=pool)
    reader.expect(stack.frames)
    try:
        return read_voxels(stack, reader=reader)
    finally:
        reader.close()


@pytest.mark.parametrize("kind", ["compressed_jpeg", "compressed_j2k"])
def test_a_real_series_has_the_same_values_and_type(shared_data, pool, kind, monkeypatch):
    from DICOMTutorialHelperLib.dicom import frame_reader

    stack = stack_of(shared_data / "edge_cases" / "generic" / kind / "001")
    truth = read_voxels(stack)
    monkeypatch.setattr(frame_reader, "decode_frame", None)  # not asked
    voxels = read_by(pool, stack)
    assert voxels.dtype == truth.dtype
    assert np.array_equal(voxels, truth)


@pytest.fixture
def signed_series(tmp_path):
    """Twelve signed bits, a slope for every slice."""
    values = (np.add.outer(np.arange(64), np.arange(64)) - 64).astype("<i2")
    header = {"rows": 64, "columns": 64, "PixelRepresentation": 1, "PixelData": values.tobytes()}
    slopes = [{"RescaleSlope": n + 1, "RescaleIntercept": -n} for n in range(3)]
    for path in write_series(tmp_path, axial_positions(3), sop_class=MR, headers=slopes, **header):
        dataset = pydicom.dcmread(path)
        try:
            dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
        except (RuntimeError, NotImplementedError, TypeError, AttributeError) as error:
            pytest.skip(f"no encoder of JPEG 2000 here: {error}")
        dataset.save_as(path)
    return tmp_path, np.stack([values.astype(int) * (n + 1) - n for n in range(3)])


def test_signed_values_are_rescaled_slice_by_slice(signed_series, pool):
    folder, truth = signed_series
    assert np.array_equal(read_by(pool, stack_of(folder)), truth)


def test_where_no_process_can_be_started_pydicom_decodes(signed_series, pool, monkeypatch):
    def refuse(*_arguments, **_named):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    folder, truth = signed_series
    assert np.array_equal(read_by(pool, stack_of(folder)), truth)


def test_a_small_series_starts_no_process(signed_series, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    folder, truth = signed_series
    with DecoderPool() as pool:
        assert np.array_equal(read_by(pool, stack_of(folder)), truth)


@pytest.mark.parametrize(
    ("syntax", "values", "taken"),
    [
        ("57", {}, True),
        ("70", {}, True),
        ("90", {}, True),
        ("91", {}, False),
        ("50", {}, False),
        ("57", {"BitsAllocated": 8}, True),
        ("57", {"BitsAllocated": 32}, False),
        ("57", {"SamplesPerPixel": 3}, False),
    ],
)
def test_a_pool_takes_grey_frames_of_lossless_kinds(syntax, values, taken):
    instance = made_frame(**values).instance
    object.__setattr__(instance, "transfer_syntax_uid", f"1.2.840.10008.1.2.4.{syntax}")
    with decoder_pool.DecoderPool() as pool:
        assert pool.takes(instance) == taken
        if taken:
            least = (48 if syntax == "90" else 128) << 20
            assert [pool.is_worth(instance, size) for size in (least - 1, least)] == [False, True]


@pytest.mark.parametrize(("processors", "count"), [(None, 1), (1, 1), (3, 3), (4, 4), (64, 4)])
def test_a_pool_has_as_many_processes_as_there_are_processors_up_to_four(monkeypatch, processors, count):
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    with decoder_pool.DecoderPool() as pool:
        assert (pool.frames_ahead, len(pool._made)) == (2 * count, count)
