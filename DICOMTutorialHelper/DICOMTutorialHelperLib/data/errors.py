"""Why data could not be got, made or read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from DICOMTutorialHelperLib.errors import HelperError, system_reason


class DataError(HelperError):
    """``reason`` is the key ``error.<reason>`` of the texts ``datasets``."""

    domain = "datasets"


@contextmanager
def disk_errors_told(target: Path) -> Iterator[None]:
    """The disk's errors become a DataError: raises ``would-overwrite`` for a file in the way, ``cannot-write`` for all others."""
    try:
        yield
    except FileExistsError as error:
        raise DataError("would-overwrite", path=error.filename or target) from error
    except OSError as error:
        raise DataError("cannot-write", path=error.filename or target, detail=system_reason(error)) from error
