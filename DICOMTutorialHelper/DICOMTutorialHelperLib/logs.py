"""What goes into a log: logs are kept, sent and pasted into forums, so they say where something failed and hold no values.

The texts of errors hold descriptions, names of files and values of headers; learners read those on the screen.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath
from typing import Optional

from DICOMTutorialHelperLib.errors import HelperError


def log_failure(what: str, error: BaseException) -> None:
    """Log what failed, with the kinds of the errors behind it and the lines of code that they came from, but not their texts."""
    lines = [what]
    seen: set[int] = set()
    current: Optional[BaseException] = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        reason = f" ({current.reason})" if isinstance(current, HelperError) else ""
        lines.append(f"{type(current).__name__}{reason}")
        for frame in traceback.extract_tb(current.__traceback__):
            lines.append(f"  {PurePath(frame.filename).name}:{frame.lineno} {frame.name}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    logging.error("\n".join(lines))
