"""Slicer's readers side by side, each in a process of its own, for the kinds that they decode sooner than pydicom's decoders.

Lossless kinds alone: of those every decoder gives the same values. Each frame goes to GDCM as a file of its own that says
nothing but how its pixels are stored, so that the stored values come back, and the rescaling is ours as always.
"""

from __future__ import annotations

import queue
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, SecondaryCaptureImageStorage

from DICOMTutorialHelperLib.dicom.decoding import DESCRIPTION, DecodingError
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.lossless_frames import JPEG_LOSSLESS
from DICOMTutorialHelperLib.dicom.native_pixels import native_type
from DICOMTutorialHelperLib.dicom.parts_in_threads import processors
from DICOMTutorialHelperLib.scene.decoding_process import DecodingProcess

# From so many bytes of pixels on: the processes take a second to start, pydicom's decoders go on meanwhile (docs/performance.md).
LEAST_BYTES = {JPEG_LOSSLESS: 128 << 20, JPEGLosslessSV1: 128 << 20, JPEG2000Lossless: 48 << 20}


class DecoderPool:
    """As many processes as there are processors, started with the first frame, ended with the context."""

    def __init__(self) -> None:
        count = processors()
        self.frames_ahead = 2 * count
        self._threads = ThreadPoolExecutor(count)
        self._made = [DecodingProcess(only_there=True) for _ in range(count)]
        self._free: queue.SimpleQueue[DecodingProcess] = queue.SimpleQueue()
        for process in self._made:
            self._free.put(process)

    def __enter__(self) -> DecoderPool:
        return self

    def __exit__(self, *_error: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for process in self._made:
            process.__exit__()

    def takes(self, instance: Instance) -> bool:
        """Whether it decodes a kind of frame sooner than pydicom does: grey ones of whole bytes."""
        bytes_each = instance.get("BitsAllocated") in (8, 16) and instance.get("SamplesPerPixel") == 1
        return instance.transfer_syntax_uid in LEAST_BYTES and bytes_each

    def is_worth(self, instance: Instance, size: int) -> bool:
        """Whether so many bytes of pixels of an instance's kind take longer to decode than the processes take to start."""
        return size >= LEAST_BYTES[instance.transfer_syntax_uid]

    def submit(self, instance: Instance, data: bytes) -> Future[np.ndarray]:
        """Start to decode a frame's compressed data: into its stored values (rows, columns), or a DecodingError."""
        return self._threads.submit(self._decode, instance, data)

    def _decode(self, instance: Instance, data: bytes) -> np.ndarray:
        process = self._free.get()
        try:
            with tempfile.TemporaryDirectory(prefix="dicom-frame-") as folder:
                path = Path(folder) / "frame.dcm"
                path.write_bytes(_frame_file(instance, data))
                values = process.decode(path)
        except OSError as error:
            raise DecodingError(instance.path.name, "undecodable", str(error)) from error
        finally:
            self._free.put(process)
        return values.reshape(values.shape[-2:]).astype(native_type(instance), copy=False)


def _frame_file(instance: Instance, data: bytes) -> bytes:
    """A DICOM file of one frame: how its pixels are stored, and the pixels."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    meta.TransferSyntaxUID = instance.transfer_syntax_uid
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    for keyword in DESCRIPTION:
        if keyword in instance.values:
            setattr(dataset, keyword, instance.values[keyword])
    dataset.add_new("PixelData", "OB", encapsulate([data], has_bot=False))
    dataset["PixelData"].is_undefined_length = True
    buffer = DicomBytesIO()
    buffer.write(b"\0" * 128 + b"DICM")
    write_file_meta_info(buffer, meta, enforce_standard=True)
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return buffer.getvalue()
