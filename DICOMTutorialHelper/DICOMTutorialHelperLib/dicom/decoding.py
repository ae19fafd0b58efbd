"""Compressed pixels through pydicom, on 2.3 as on 3: every frame of a file, colours as RGB."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGLSLossless, JPEGLSNearLossless

from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.parse_errors import PARSE_ERRORS
from DICOMTutorialHelperLib.dicom.value_rules import plain_text
from DICOMTutorialHelperLib.errors import HelperError

LONGEST_DETAIL = 200

# What decoders rest on, as ``read_header`` has settled it.
DESCRIPTION = (
    *("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
)


# Transfer syntaxes of which pydicom 3 asks another decoder first than the quickest (docs/performance.md): plugin and module.
QUICKEST = dict.fromkeys((JPEGLSLossless, JPEGLSNearLossless), ("pyjpegls", "jpeg_ls"))


class DecodingError(HelperError):
    """Pixels of the file ``name`` that cannot be read; ``reason`` is a key of the texts ``loading``, under ``pixels.``."""

    domain = "loading"
    prefix = "pixels."

    def __init__(self, name: str, reason: str, detail: object = "", **fields: object) -> None:
        super().__init__(reason, detail, file=plain_text(name), **fields)

    def __str__(self) -> str:
        return self.message()


def decode_stored_values(instance: Instance) -> np.ndarray:
    """Stored values of a file, (frames, rows, columns[, samples]); palettes applied and YBR turned into RGB.

    Of a file that ends too early there are fewer frames. Raises DecodingError where no decoder that is here reads the file.
    """
    frames = instance.stored_frames
    if instance.fragments:
        frames = min(frames, len(instance.fragments))

    def decode() -> np.ndarray:
        dataset = pydicom.dcmread(instance.path, force=True)
        _describe(dataset, instance, frames)
        if 0 < len(instance.fragments) < instance.get("NumberOfFrames", 1):
            _keep_whole_fragments(dataset, instance)
        return _rgb(dataset, _pixel_array(dataset))

    values = _decoded(instance, decode)
    return values if frames > 1 else values[np.newaxis]


def decode_frame(instance: Instance, data: bytes) -> np.ndarray:
    """Stored values of a frame from its compressed data, (rows, columns[, samples]); YBR turned into RGB.

    Raises DecodingError as above.
    """

    def decode() -> np.ndarray:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        _describe(dataset, instance, 1)
        dataset.PixelData = encapsulate([data], has_bot=False)
        dataset["PixelData"].is_undefined_length = True
        dataset["PixelData"].VR = "OB"
        return _rgb(dataset, _pixel_array(dataset))

    return _decoded(instance, decode)


def _decoded(instance: Instance, decode: Callable[[], np.ndarray]) -> np.ndarray:
    """What ``decode`` gives; whatever it raises as a DecodingError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they repeat values of the header on the terminal
        try:
            return decode()
        except (OSError, MemoryError, *PARSE_ERRORS) as error:
            raise _decoding_error(instance, error) from error
        except BaseException as error:
            # Decoders written in Rust panic on damaged data, with an exception that no module lets one name.
            if type(error).__name__ != "PanicException":
                raise
            raise _decoding_error(instance, error) from error


def _describe(dataset: Dataset, instance: Instance, frames: int) -> None:
    """Give a data set what decoders rest on, as examination has settled it."""
    dataset.file_meta.TransferSyntaxUID = UID(instance.transfer_syntax_uid)
    for keyword in DESCRIPTION:
        if keyword in instance.values:
            setattr(dataset, keyword, instance.values[keyword])
    dataset.NumberOfFrames = frames


def _pixel_array(dataset: Dataset) -> np.ndarray:
    """pydicom's ``pixel_array``, by the quickest of the decoders that are here."""
    plugin, module = QUICKEST.get(dataset.file_meta.TransferSyntaxUID, ("", ""))
    if plugin and hasattr(dataset, "pixel_array_options") and find_spec(module):  # pydicom 2 takes it first by itself
        dataset.pixel_array_options(decoding_plugin=plugin)
        try:
            return dataset.pixel_array
        except PARSE_ERRORS:
            dataset.pixel_array_options()  # the others may do it
    return dataset.pixel_array


def apply_modality_lut(values: np.ndarray, instance: Instance) -> np.ndarray:
    """Stored values looked up in the instance's Modality LUT (PS3.3 C.11.1). Raises DecodingError for a table that is damaged."""
    try:
        from pydicom.pixels import apply_modality_lut
    except ImportError:  # pydicom 2
        from pydicom.pixel_data_handlers.util import apply_modality_lut  # type: ignore[no-redef]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tags = ["ModalityLUTSequence", "PixelRepresentation", "BitsStored"]
            dataset = pydicom.dcmread(instance.path, specific_tags=tags, force=True)
            for keyword in ("PixelRepresentation", "BitsStored"):
                setattr(dataset, keyword, instance.values[keyword])
            return apply_modality_lut(values, dataset)
        except (OSError, *PARSE_ERRORS) as error:
            raise _decoding_error(instance, error) from error


def _keep_whole_fragments(dataset: Dataset, instance: Instance) -> None:
    """Give a data set the fragments that a cut file has whole: pydicom drops them all where the last one has no end."""
    content = instance.path.read_bytes()
    dataset.PixelData = encapsulate([content[offset : offset + length] for offset, length in instance.fragments])
    dataset["PixelData"].is_undefined_length = True


def _decoding_error(instance: Instance, error: BaseException) -> DecodingError:
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DecodingError(instance.path.name, "undecodable", plain_text(detail, LONGEST_DETAIL))


def _rgb(dataset: Dataset, values: np.ndarray) -> np.ndarray:
    try:
        from pydicom.pixels import apply_color_lut, convert_color_space
    except ImportError:  # pydicom 2
        from pydicom.pixel_data_handlers.util import apply_color_lut, convert_color_space  # type: ignore[no-redef]
    colours = dataset.PhotometricInterpretation
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
