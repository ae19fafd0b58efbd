"""Grey frames of lossless kinds by imagecodecs, where it is installed: sooner than pydicom's decoders, and without Python's lock.

It brings libjpeg-turbo, OpenJPEG, CharLS and a decoder of RLE. What is not plainly what the header says goes to pydicom's.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any, Callable, Optional

import numpy as np
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless

from DICOMTutorialHelperLib.dicom.codestream import JPEG_2000, jpeg_2000_header, jpeg_header
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.native_pixels import native_type
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.pixel_description import stored_range
from DICOMTutorialHelperLib.dicom.pixel_element import END_OF_IMAGE, LONGEST_PADDING
from DICOMTutorialHelperLib.dicom.value_rules import plain_text

JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"  # JPEGLossless, which pydicom 2 has another UID under
CODECS = {
    JPEG_LOSSLESS: "jpeg8",
    JPEGLosslessSV1: "jpeg8",
    JPEGLSLossless: "jpegls",
    JPEG2000Lossless: "jpeg2k",
    RLELossless: "dicomrle",
}


# A function of the library behind each codec: an application that is linked with another build of it, as Slicer of a Linux
# distribution is, has that one called by imagecodecs' code, too, and ends.
SYMBOLS = {"jpeg8": "jpeg_CreateDecompress", "jpegls": "charls_jpegls_decoder_create", "jpeg2k": "opj_decode"}


def _clashes(codec: str) -> bool:
    """Whether the process has the library behind a codec already: with ELF, all of it shares one space of names."""
    return sys.platform == "linux" and codec in SYMBOLS and hasattr(ctypes.CDLL(None), SYMBOLS[codec])


@cache
def _decoder(transfer_syntax_uid: str) -> Optional[Callable[..., Any]]:
    """What imagecodecs decodes a transfer syntax with; None without."""
    name = CODECS.get(transfer_syntax_uid)
    if name is None or _clashes(name):
        return None
    try:
        import imagecodecs
    except ImportError:
        return None
    codec = getattr(imagecodecs, name.upper(), None)
    # Built with an older libjpeg it knows 8 bits alone.
    usable = codec is not None and codec.available and getattr(codec, "all_precisions", True)
    return getattr(imagecodecs, f"{name}_decode") if usable else None


def takes(instance: Instance) -> bool:
    """Whether frames of this instance are of a kind that ``decode`` reads, and what reads it is installed."""
    if instance.get("SamplesPerPixel") != 1 or instance.get("BitsAllocated") not in (8, 16):
        return False
    return instance.get("HighBit") == instance.get("BitsStored") - 1 and _decoder(instance.transfer_syntax_uid) is not None


def decode(instance: Instance, data: bytes) -> np.ndarray:
    """Stored values (rows, columns) of a frame from its compressed data, which ``check_codestream`` has let pass.

    Raises DecodingError where the data is damaged, or tells other bits or another sign than the header.
    """
    decoder = _decoder(instance.transfer_syntax_uid)
    assert decoder is not None
    shape, wanted = (instance.get("Rows"), instance.get("Columns")), native_type(instance)
    try:
        if instance.transfer_syntax_uid == RLELossless:
            values = decoder(data, wanted, out=np.zeros(shape[0] * shape[1] * wanted.itemsize, np.uint8))
            values = values.view(wanted).reshape(shape)  # a value error, where there are fewer
        else:
            values = decoder(data)
    except PARSE_ERRORS as error:
        raise DecodingError(instance.path.name, "undecodable", plain_text(str(error))) from error
    if values.shape != shape or not _is_plain(instance, data, values):
        raise DecodingError(instance.path.name, "undecodable", f"{values.shape} {values.dtype}")
    values = values.view(wanted) if values.dtype.itemsize == wanted.itemsize else values.astype(wanted)
    # Beyond the stored bits lie overlays of old, or damage: pydicom knows what to do with those.
    low, high = stored_range(instance.values)
    if values.min() < low or values.max() > high:
        raise DecodingError(instance.path.name, "undecodable", f"{values.min()} to {values.max()}")
    return values


def _is_plain(instance: Instance, data: bytes, values: np.ndarray) -> bool:
    """Whether decoded values are the stored ones as they are: the codestream is whole, of the header's bits, and of its sign.

    libjpeg-turbo makes up what is missing at the end of a codestream; the others refuse.
    """
    signed, allocated = instance.get("PixelRepresentation") == 1, instance.get("BitsAllocated")
    if instance.transfer_syntax_uid == RLELossless:
        return True
    if instance.transfer_syntax_uid in JPEG_2000:
        header, has_sign = jpeg_2000_header(data), (values.dtype.kind == "i") == signed
    else:
        # JPEG knows no sign: numbers below zero are as they are where all bits are there.
        header = jpeg_header(data) if END_OF_IMAGE in data[-LONGEST_PADDING:] else None
        has_sign = not signed or (header is not None and header.bits == allocated)
    return header is not None and has_sign and header.bits in (instance.get("BitsStored"), allocated)
