"""A file that is never asked for more than it has: a length that lies must not cost the memory that it claims."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Optional

UNCHECKED_BYTES = 1 << 16  # to ask for where the file stands costs more than so little memory


class BoundedFile(io.BufferedReader):
    """Reads like ``open(path, "rb")``. Python sets aside as many bytes as are asked for before it reads any. Raises OSError."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(str(path)))
        self._size = os.fstat(self.fileno()).st_size

    def read(self, size: Optional[int] = -1) -> bytes:
        if size is not None and size > UNCHECKED_BYTES:
            size = min(size, max(self._size - self.tell(), 0))
        return super().read(size)
