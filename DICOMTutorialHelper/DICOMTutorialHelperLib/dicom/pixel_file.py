"""A file that is open for its pixels, of which bytes go straight into an array's memory."""

from __future__ import annotations

import os

import numpy as np

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.files import WITHOUT_WAITING
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.errors import system_reason

FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | WITHOUT_WAITING


class PixelFile:
    """The file of an instance, without a buffer: what is read lands where it is wanted and nowhere before.

    Raises DecodingError where it cannot be opened, or is another one than was examined; reading raises OSError.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._number = -1
        try:
            self._number = os.open(instance.path, FLAGS)
            state = os.fstat(self._number)
        except OSError as error:
            self.close()
            raise DecodingError(instance.path.name, "no-access", system_reason(error)) from error
        if (state.st_size, state.st_mtime_ns) != (instance.file_size, instance.modified_ns):
            self.close()
            raise DecodingError(instance.path.name, "changed")

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)

    def read_into(self, values: np.ndarray, offset: int, wanted: int) -> int:
        """Fill the memory of a contiguous array (of any shape) with at most ``wanted`` bytes from an offset.

        Returns how many whole values came.
        """
        size = max(0, min(values.nbytes, wanted))
        target = values.reshape(-1).view(np.uint8).data
        done = 0
        # One call reads what there is, save beyond 2 GB and from some network drives.
        while done < size:
            count = self._read_at(target[done:size], offset + done)
            if not count:
                break
            done += count
        return done // values.itemsize

    def read(self, offset: int, wanted: int) -> bytes:
        """At most ``wanted`` bytes from an offset, never more memory than the file holds."""
        content = np.empty(max(0, min(wanted, self.instance.file_size - offset)), np.uint8)
        return content[: self.read_into(content, offset, wanted)].tobytes()

    def _read_at(self, target: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._number, [target], offset)
        os.lseek(self._number, offset, os.SEEK_SET)  # Windows
        content = os.read(self._number, len(target))
        target[: len(content)] = content
        return len(content)
