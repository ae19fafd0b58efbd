"""Frames decoded in threads, a few ahead of the one that is wanted, by decoders that need no lock of Python."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from DICOMTutorialHelperLib.dicom import lossless_frames
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parts_in_threads import processors


class DecodingThreads:
    """As many threads as there are processors, started with the first frame, ended with the context. A ``frame_reader.Pool``."""

    def __init__(self) -> None:
        self.frames_ahead = processors() + 1
        self._threads = ThreadPoolExecutor(processors())

    def __enter__(self) -> DecodingThreads:
        return self

    def __exit__(self, *_error: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def takes(self, instance: Instance) -> bool:
        """Whether frames of this instance are decoded here."""
        return lossless_frames.takes(instance)

    def is_worth(self, instance: Instance, size: int) -> bool:
        """Always: threads start at once, and imagecodecs is the quickest by itself."""
        return True

    def submit(self, instance: Instance, data: bytes) -> Future[np.ndarray]:
        """Start to decode a frame's compressed data: into its stored values (rows, columns), or a DecodingError."""
        return self._threads.submit(lossless_frames.decode, instance, data)
