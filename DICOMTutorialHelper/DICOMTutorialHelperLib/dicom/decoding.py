"""Compressed pixels through pydicom, on 2.3 as on 3: every frame of a file, colours as RGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydicom

from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS


class DecodingError(Exception):
    """Pixels that cannot be read; the message says which file and why, in a sentence."""


def decode_stored_values(instance: Instance) -> np.ndarray:
    """Stored values of a file, (frames, rows, columns[, samples]); palettes applied and YBR turned into RGB.

    Raises DecodingError where no decoder that is here reads the file.
    """
    try:
        dataset = pydicom.dcmread(instance.path, force=True)
        if not getattr(dataset.file_meta, "TransferSyntaxUID", None):
            dataset.file_meta.TransferSyntaxUID = instance.transfer_syntax_uid
        values = _rgb(dataset, dataset.pixel_array)
    except (OSError, *PARSE_ERRORS) as error:
        raise _decoding_error(instance, error) from error
    except BaseException as error:
        # Decoders written in Rust panic on damaged data, with an exception that no module lets one name.
        if type(error).__name__ != "PanicException":
            raise
        raise _decoding_error(instance, error) from error
    return values if len(instance.frames) > 1 else values[np.newaxis]


def apply_modality_lut(values: np.ndarray, instance: Instance) -> np.ndarray:
    """Stored values looked up in the instance's Modality LUT (PS3.3 C.11.1). Raises DecodingError for a table that is damaged."""
    try:
        from pydicom.pixels import apply_modality_lut
    except ImportError:  # pydicom 2
        from pydicom.pixel_data_handlers.util import apply_modality_lut
    try:
        tags = ["ModalityLUTSequence", "PixelRepresentation", "BitsStored"]
        return apply_modality_lut(values, pydicom.dcmread(instance.path, specific_tags=tags, force=True))
    except (OSError, *PARSE_ERRORS) as error:
        raise _decoding_error(instance, error) from error


def _decoding_error(instance: Instance, error: BaseException) -> DecodingError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DecodingError(f"{instance.path.name}: {reason}")


def _rgb(dataset: Any, values: np.ndarray) -> np.ndarray:
    try:
        from pydicom.pixels import apply_color_lut, convert_color_space
    except ImportError:  # pydicom 2
        from pydicom.pixel_data_handlers.util import apply_color_lut, convert_color_space
    colours = dataset.get("PhotometricInterpretation", "")
    if colours == "PALETTE COLOR":
        palette = apply_color_lut(values, dataset)
        # Palettes of 16 bits fill them: bring them down to what a screen shows.
        return (palette >> 8).astype(np.uint8) if palette.dtype.itemsize == 2 else palette
    if colours.startswith("YBR") and not _is_rgb_already(colours):
        return convert_color_space(values, "YBR_FULL", "RGB", per_frame=values.ndim == 4)
    return values


def _is_rgb_already(colours: str) -> bool:
    """pydicom 3 gives every YBR image as RGB; before, only JPEG 2000 did, for the transforms of its own."""
    return int(pydicom.__version__.split(".")[0]) >= 3 or colours in ("YBR_RCT", "YBR_ICT")
