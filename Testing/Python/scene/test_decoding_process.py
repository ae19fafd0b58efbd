"""What damaged pixels do to Slicer's readers ends a process of their own: the next file is read all the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.scene import decoding_process
from DICOMTutorialHelperLib.scene.decoding_process import DecodingProcess
from DICOMTutorialHelperLib.scene.vtkitk_decoder import decode

TEST_FILES = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture
def process():
    with DecodingProcess() as running:
        yield running


def test_frames_come_as_the_readers_give_them_here(process):
    path = TEST_FILES / "JPEG-lossy.dcm"
    assert np.array_equal(process.decode(path), decode(path))


def test_a_file_that_ends_the_process_is_named_and_the_next_one_is_read(process, tmp_path):
    process.decode(TEST_FILES / "JPEG-lossy.dcm")
    process._process.kill()
    with pytest.raises(DecodingError, match=r"JPEG-lossy\.dcm"):
        process.decode(TEST_FILES / "JPEG-lossy.dcm")
    assert process.decode(TEST_FILES / "JPEG-lossy.dcm").shape == (1, 1024, 256)


def test_a_file_that_no_reader_takes_is_a_decoding_error(process, tmp_path):
    (tmp_path / "no.dcm").write_bytes(b"no DICOM file")
    with pytest.raises(DecodingError, match=r"no\.dcm"):
        process.decode(tmp_path / "no.dcm")


def test_where_there_is_no_other_python_the_readers_of_this_one_are_asked(process, monkeypatch):
    monkeypatch.setattr(decoding_process.shutil, "which", lambda _name: "/nowhere/python")
    assert process.decode(TEST_FILES / "JPEG-lossy.dcm").shape == (1, 1024, 256)


def test_nothing_is_left_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding_process.tempfile, "tempdir", str(tmp_path))
    with DecodingProcess() as process:
        process.decode(TEST_FILES / "JPEG-lossy.dcm")
        running = process._process
    assert not list(tmp_path.iterdir())
    assert running.poll() is not None
