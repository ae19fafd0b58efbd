"""Volumes back to DICOM: a plain CT or MR series (PS3.3 A.3, A.4), every slice where it lies, every value as it is.

What the series is derived from stays said: patient and study are the sources', SourceImageSequence names them, ImageType begins
DERIVED\\SECONDARY. New UIDs come from the content by a fixed rule: the same volume gives the same series, another one another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

from DICOMTutorialHelperLib.dicom.derived_headers import MAKER, SOP_CLASSES, derived_header, derived_uid
from DICOMTutorialHelperLib.dicom.derived_planes import FLAT_MM, Plane, holes_of, planes_of, source_of
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError, SeriesToWrite
from DICOMTutorialHelperLib.dicom.stored_values import StoredValues, stored_values

PYDICOM_3 = int(pydicom.__version__.split(".")[0]) >= 3


def derived_images(series: SeriesToWrite) -> Iterator[Dataset]:
    """The instances of the series, one a slice, in the order of the volumes; each is whole but for being written.

    Raises ExportError before the first one where a plain series cannot say what the volumes are.
    """
    if series.modality not in SOP_CLASSES:
        raise ExportError("modality", name=series.name, modality=series.modality or "?")
    planes = [planes_of(volume, series.name) for volume in series.volumes]
    stored = _stored(series)
    spoken = _spoken_uids(series, planes, stored)
    return _images(series, planes, stored, spoken)


def _images(
    series: SeriesToWrite, planes: list[list[Plane]], stored: list[list[StoredValues]], uids: tuple[str, str]
) -> Iterator[Dataset]:
    series_uid, prefix = uids
    number = 0
    counted = series.counted and len(series.volumes) > 1
    for place, volume in enumerate(series.volumes):
        used = [source_of(volume, k) for k in range(len(volume.voxels))]
        holes = holes_of(volume, used)
        for k, plane in enumerate(planes[place]):
            if k in holes:
                continue
            number += 1
            image = derived_header(series, volume, used[k])
            image.SeriesInstanceUID = series_uid
            image.SOPInstanceUID = derived_uid(prefix, place, k)
            image.InstanceNumber = number
            if counted:
                image.TemporalPositionIdentifier = place + 1
                image.NumberOfTemporalPositions = len(series.volumes)
            _set_plane(image, plane, planes[place])
            _set_pixels(image, stored[place][k], series.modality)
            yield image


def write_image(image: Dataset, path: Path) -> None:
    """Write an instance as a file of PS3.10, Explicit VR Little Endian. Raises OSError."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = image.SOPClassUID
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationVersionName = "DTUTORIALHELPER"
    file = FileDataset(str(path), image, preamble=b"\0" * 128, file_meta=meta, is_implicit_VR=False)
    if PYDICOM_3:
        file.save_as(str(path), enforce_file_format=True)
    else:
        file.save_as(str(path), write_like_original=False)


def _stored(series: SeriesToWrite) -> list[list[StoredValues]]:
    hints = []
    for volume in series.volumes:
        for source in volume.sources:
            header = source.header
            if header is not None and "RescaleSlope" in header:
                try:
                    hints.append((float(header.RescaleSlope), float(header.get("RescaleIntercept") or 0)))
                except VALUE_ERRORS:
                    continue
    found = stored_values([volume.voxels for volume in series.volumes], list(dict.fromkeys(hints)))
    if found is None:
        raise ExportError("values", name=series.name)
    return found


def _spoken_uids(series: SeriesToWrite, planes: list[list[Plane]], stored: list[list[StoredValues]]) -> tuple[str, str]:
    """(series UID, what the instances' UIDs are made from): from all that the series says, and from nothing else."""
    digest = hashlib.sha256()
    study = str(_first_value(series, "StudyInstanceUID") or "")
    digest.update("\0".join((MAKER, "export", study, series.modality, series.name)).encode())
    for volume, of_volume, slices in zip(series.volumes, planes, stored):
        digest.update(repr(sorted((key, str(value)) for key, value in volume.values.items())).encode())
        digest.update("".join(source.sop_instance_uid for source in volume.sources).encode())
        for plane, one in zip(of_volume, slices):
            numbers = [*plane.position, *plane.row, *plane.column, *plane.spacing, one.slope, one.intercept]
            digest.update(np.asarray(numbers, "<f8").tobytes())
            digest.update(np.ascontiguousarray(one.values).astype(one.values.dtype.newbyteorder("<")).tobytes())
    prefix = digest.hexdigest()
    return derived_uid(prefix, "series"), prefix


def _first_value(series: SeriesToWrite, keyword: str) -> Any:
    for volume in series.volumes:
        for source in volume.sources:
            if source.header is not None and source.header.get(keyword):
                return source.header.get(keyword)
    return series.common.get(keyword)


def _set_plane(image: Dataset, plane: Plane, planes: Sequence[Plane]) -> None:
    image.ImagePositionPatient = [_ds(value) for value in plane.position]
    image.ImageOrientationPatient = [_ds(value) for value in (*plane.row, *plane.column)]
    image.PixelSpacing = [_ds(value) for value in plane.spacing]
    normal = np.cross(plane.row, plane.column)
    image.SliceLocation = _ds(float(plane.position @ normal))
    along = np.diff([one.position @ normal for one in planes])
    if "SpacingBetweenSlices" in image:
        del image.SpacingBetweenSlices  # of the source; here the positions say it
    if len(along) and np.ptp(along) < FLAT_MM:
        image.SpacingBetweenSlices = _ds(float(abs(along.mean())))
    if not image.get("SliceThickness"):
        image.SliceThickness = _ds(float(abs(along.mean()))) if len(along) else None


def _set_pixels(image: Dataset, stored: StoredValues, modality: str) -> None:
    rows, columns = stored.values.shape
    image.SamplesPerPixel = 1
    if image.get("PhotometricInterpretation") not in ("MONOCHROME1", "MONOCHROME2"):
        image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows, image.Columns = rows, columns
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 16, 15
    image.PixelRepresentation = int(stored.values.dtype.kind == "i")
    plain = stored.slope == 1 and stored.intercept == 0
    if modality == "CT" or not plain:
        image.RescaleIntercept, image.RescaleSlope = _ds(stored.intercept), _ds(stored.slope)
        if not image.get("RescaleType"):
            image.RescaleType = "US"  # unspecified (C.11.1.1.2)
    elif "RescaleType" in image:
        del image.RescaleType
    image.PixelData = np.ascontiguousarray(stored.values).astype(stored.values.dtype.newbyteorder("<")).tobytes()
    image["PixelData"].VR = "OW"


def _ds(value: float) -> str:
    return format_number_as_ds(float(value) + 0.0)
