"""A file that is never asked for more than it has: lengths that lie must not cost the memory they claim, nor zeros hours."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Optional

UNCHECKED_BYTES = 1 << 16  # to ask for where the file stands costs more than so little memory
ELEMENT_HEADER = 8  # bytes that pydicom asks for to learn of the next element
# As many headers of zeros in a row are no elements, but what a broken download or a sparse file has instead of them; pydicom
# would take every eight bytes for one. One or two may be the value of an element.
MOST_ZERO_HEADERS = 16


class BoundedFile(io.BufferedReader):
    """Reads like ``open(path, "rb")``. Python sets aside as many bytes as are asked for before it reads any. Raises OSError.

    Where nothing but zeros is left to be read in steps of an element's header, it says that the file has ended.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(str(path)))
        self._size = os.fstat(self.fileno()).st_size
        self._zero_headers = 0

    def read(self, size: Optional[int] = -1) -> bytes:
        if size is not None and size > UNCHECKED_BYTES:
            size = min(size, max(self._size - self.tell(), 0))
        data = super().read(size)
        if size != ELEMENT_HEADER:
            return data
        self._zero_headers = 0 if any(data) else self._zero_headers + 1
        return data if self._zero_headers <= MOST_ZERO_HEADERS else b""
