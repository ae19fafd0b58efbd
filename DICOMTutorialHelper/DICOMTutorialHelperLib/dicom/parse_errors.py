"""What pydicom, and the decoders behind it, raise for damaged or unusual data: it varies by version and by place."""

from __future__ import annotations

import struct
import zlib

import pydicom.errors

PARSE_ERRORS = (
    EOFError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    MemoryError,  # a length that lies asks for more than there is
    # Since pydicom 2.2, and no kin of ValueError.
    *([pydicom.errors.BytesLengthException] if hasattr(pydicom.errors, "BytesLengthException") else []),
)

# Of one element: a long value is read from the file only when it is asked for.
VALUE_ERRORS = (OSError, *PARSE_ERRORS)
