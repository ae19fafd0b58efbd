"""A file that is never asked for more than it has: lengths that lie must not cost the memory they claim, nor zeros hours."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Optional

UNCHECKED_BYTES = 1 << 16  # to ask for where the file stands costs more than so little memory
ELEMENT_HEADER = 8  # bytes that pydicom asks for to learn of the next element
# As many equal headers in a row are no elements, but what a broken download or a sparse file has instead of them: pydicom would
# take every eight bytes for one. Zeros may be the value of an element or two, items of a sequence may be empty by the thousand.
MOST_ZEROS, MOST_EQUAL = 16, 1 << 16


class BoundedFile(io.BufferedReader):
    """Reads like ``open(path, "rb")``. Python sets aside as many bytes as are asked for before it reads any. Raises OSError.

    Where one and the same header comes again and again, zeros above all, it says that the file has ended.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(str(path)))
        self._size = os.fstat(self.fileno()).st_size
        self._header, self._times = b"", 0

    def read(self, size: Optional[int] = -1) -> bytes:
        """At most ``size`` bytes, and no more memory than the file has bytes left. Raises OSError."""
        if size is not None and size > UNCHECKED_BYTES:
            size = min(size, max(self._size - self.tell(), 0))
        data = super().read(size)
        if size != ELEMENT_HEADER:
            return data
        self._header, self._times = data, self._times + 1 if data == self._header else 0
        return data if self._times < (MOST_EQUAL if any(data) else MOST_ZEROS) else b""
