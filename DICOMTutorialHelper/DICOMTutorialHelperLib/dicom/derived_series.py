"""Volumes back to DICOM: a plain CT or MR series (PS3.3 A.3, A.4), every slice where it lies, every value as it is.

What the series is derived from stays said: patient and study are the sources', SourceImageSequence names them, ImageType begins
DERIVED\\SECONDARY. New UIDs come from the content by a fixed rule: the same volume gives the same series, another one another.
"""

from __future__ import annotations

import copy
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, MRImageStorage
from pydicom.valuerep import format_number_as_ds

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.stored_values import StoredValues, stored_values
from DICOMTutorialHelperLib.errors import HelperError

SOP_CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage}
MAKER = "DICOMTutorialHelper"
# A plane that DICOM cannot say (PS3.3 C.7.6.2.1.1: a rectangle) is off by more than this somewhere; half of what is promised.
FLAT_MM = 0.005
NUMBER_STEP = 1000  # a series number that no scanner gives, and that says which series it came from
PYDICOM_3 = int(pydicom.__version__.split(".")[0]) >= 3

# What stays as it is in the sources: patient, study, equipment, frame of reference (PS3.3 C.7.1 to C.7.5, C.12.1) ...
OF_STUDY = (
    "SpecificCharacterSet PatientName PatientID IssuerOfPatientID PatientBirthDate PatientSex OtherPatientIDsSequence "
    "EthnicGroup PatientComments PatientSpeciesDescription PatientIdentityRemoved DeidentificationMethod "
    "DeidentificationMethodCodeSequence LongitudinalTemporalInformationModified StudyInstanceUID StudyDate StudyTime "
    "ReferringPhysicianName StudyID AccessionNumber IssuerOfAccessionNumberSequence StudyDescription ProcedureCodeSequence "
    "PatientAge PatientSize PatientWeight TimezoneOffsetFromUTC ClinicalTrialSponsorName ClinicalTrialProtocolID "
    "ClinicalTrialProtocolName ClinicalTrialSiteID ClinicalTrialSiteName ClinicalTrialSubjectID "
    "ClinicalTrialSubjectReadingID ClinicalTrialTimePointID"
).split()
OF_SERIES = (
    "Laterality BodyPartExamined PatientPosition ProtocolName SeriesDate SeriesTime Manufacturer InstitutionName StationName "
    "ManufacturerModelName DeviceSerialNumber SoftwareVersions MagneticFieldStrength FrameOfReferenceUID "
    "PositionReferenceIndicator PhotometricInterpretation AnatomicRegionSequence"
).split()
# ... and how each image was taken (C.8.2.1, C.8.3.1), which also tells the volumes of a sequence apart.
OF_IMAGE = (
    "AcquisitionNumber AcquisitionDate AcquisitionTime AcquisitionDateTime ContentDate ContentTime SliceThickness KVP "
    "DataCollectionDiameter ReconstructionDiameter DistanceSourceToDetector DistanceSourceToPatient GantryDetectorTilt "
    "TableHeight RotationDirection ExposureTime XRayTubeCurrent Exposure FilterType GeneratorPower FocalSpots ConvolutionKernel "
    "ScanningSequence SequenceVariant ScanOptions MRAcquisitionType SequenceName RepetitionTime EchoTime InversionTime "
    "NumberOfAverages ImagingFrequency ImagedNucleus EchoNumbers SpacingBetweenSlices EchoTrainLength PercentSampling "
    "PercentPhaseFieldOfView PixelBandwidth TriggerTime NominalInterval CardiacNumberOfImages ReceiveCoilName TransmitCoilName "
    "AcquisitionMatrix InPlanePhaseEncodingDirection FlipAngle TemporalPositionIdentifier NumberOfTemporalPositions "
    "TemporalResolution FrameReferenceTime TemporalPositionTimeOffset DiffusionBValue DiffusionGradientOrientation "
    "DiffusionDirectionality ContrastBolusAgent ContrastBolusRoute ContrastBolusStartTime ContrastBolusVolume ImageComments "
    "WindowCenter WindowWidth RescaleType BurnedInAnnotation LossyImageCompression LossyImageCompressionRatio "
    "LossyImageCompressionMethod"
).split()
# Type 1 and 2 of the two image modules, with what stands there where a source does not say.
REQUIRED: dict[str, dict[str, Any]] = {
    "CT": {"KVP": None, "AcquisitionNumber": None, "RescaleType": "HU"},
    "MR": {
        "ScanningSequence": "RM", "SequenceVariant": "NONE", "ScanOptions": None, "MRAcquisitionType": None, "EchoTime": None,
        "EchoTrainLength": None, "RepetitionTime": None,
    },
}  # fmt: skip
OF_PATIENT_AND_STUDY = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID AccessionNumber "
    "Manufacturer PositionReferenceIndicator"
).split()


class ExportError(HelperError):
    """``reason`` is the key ``error.<reason>`` of the texts ``export``: why a DICOM series cannot say what was to be written."""

    domain = "export"


@dataclass(frozen=True, eq=False)
class SourceImage:
    """An instance that slices were derived from; ``header`` is all of it but the pixels, None where the file is not at hand."""

    sop_class_uid: str
    sop_instance_uid: str
    header: Optional[Dataset] = None


@dataclass(eq=False)
class VolumeToWrite:
    """A volume: voxels (k, j, i) as they are measured, and where its corner voxels' centres lie, (k, 2, 2, 3) in LPS mm, indexed
    [last row?, last column?]; an axis of one voxel reaches to where a second one would be.

    ``middle_lps`` (k, 3) is where the middle of each slice lies. ``sources`` are one for every slice, one for all, or those of
    which nothing is known but that the volume came from them. ``values`` are elements of this volume's own: what tells it from
    the others of a sequence.
    """

    voxels: np.ndarray
    corners_lps: np.ndarray
    middle_lps: np.ndarray
    sources: Sequence[SourceImage] = ()
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class SeriesToWrite:
    """``common`` has patient, study and series elements, for what the sources' own headers do not say. Volumes are ``counted`` by
    TemporalPositionIdentifier where no other element tells them apart."""

    name: str
    modality: str
    volumes: Sequence[VolumeToWrite]
    common: Dataset
    counted: bool = True


@dataclass(frozen=True, eq=False)
class _Plane:
    position: np.ndarray
    row: np.ndarray
    column: np.ndarray
    spacing: tuple[float, float]


def derived_images(series: SeriesToWrite) -> Iterator[Dataset]:
    """The instances of the series, one a slice, in the order of the volumes; each is whole but for being written.

    Raises ExportError before the first one where a plain series cannot say what the volumes are.
    """
    if series.modality not in SOP_CLASSES:
        raise ExportError("modality", name=series.name, modality=series.modality or "?")
    planes = [_planes(volume, series.name) for volume in series.volumes]
    stored = _stored(series)
    spoken = _spoken_uids(series, planes, stored)
    return _images(series, planes, stored, spoken)


def _images(
    series: SeriesToWrite, planes: list[list[_Plane]], stored: list[list[StoredValues]], uids: tuple[str, str]
) -> Iterator[Dataset]:
    series_uid, prefix = uids
    number = 0
    counted = series.counted and len(series.volumes) > 1
    for place, volume in enumerate(series.volumes):
        used = [source_of(volume, k) for k in range(len(volume.voxels))]
        holes = _holes(volume, used, planes[place])
        for k, plane in enumerate(planes[place]):
            if k in holes:
                continue
            number += 1
            image = _header(series, volume, used[k])
            image.SeriesInstanceUID = series_uid
            image.SOPInstanceUID = _uid(prefix, place, k)
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
    file = FileDataset(str(path), image, preamble=b"\0" * 128, file_meta=meta, is_implicit_VR=False, is_little_endian=True)
    if PYDICOM_3:
        file.save_as(str(path), enforce_file_format=True)
    else:
        file.save_as(str(path), write_like_original=False)


def source_of(volume: VolumeToWrite, k: int) -> Optional[SourceImage]:
    """The source whose header a slice goes by: its own, the only one, or the one that lies nearest."""
    sources = list(volume.sources)
    if len(sources) == 1:
        return sources[0]
    placed = [source for source in sources if _position(source) is not None]
    if placed:
        corner = volume.corners_lps[k]
        return min(placed, key=lambda source: _distance(source, corner))
    return sources[k] if len(sources) == len(volume.voxels) else (sources[0] if sources else None)


def _position(source: SourceImage) -> Optional[np.ndarray]:
    return None if source.header is None else _vector(source.header, "ImagePositionPatient", 3)


def _vector(header: Dataset, keyword: str, length: int) -> Optional[np.ndarray]:
    try:
        values = np.array(header.get(keyword) or (), float)
    except VALUE_ERRORS:
        return None
    return values if values.shape == (length,) and np.isfinite(values).all() else None


def _distance(source: SourceImage, corners: np.ndarray) -> float:
    """How far the plane of a source lies from a slice, at its corner and across."""
    position, orientation = _position(source), _vector(source.header, "ImageOrientationPatient", 6)  # type: ignore[arg-type]
    if orientation is None:
        return float(np.linalg.norm(corners[0, 0] - position))
    normal = np.cross(orientation[:3], orientation[3:])
    return float(np.abs((corners.reshape(4, 3) - position) @ normal).max())


def _holes(volume: VolumeToWrite, used: Sequence[Optional[SourceImage]], planes: Sequence[_Plane]) -> set[int]:
    """Slices that no source lies at, while most have theirs, and that hold one value: filled in for a missing image."""
    if not used or any(source is None or source.header is None for source in used) or len(volume.sources) < 2:
        return set()
    near = [_distance(source, volume.corners_lps[k]) < 0.01 for k, source in enumerate(used)]  # type: ignore[arg-type]
    if sum(near) * 2 < len(near):
        return set()
    return {k for k, there in enumerate(near) if not there and volume.voxels[k].min() == volume.voxels[k].max()}


def _planes(volume: VolumeToWrite, name: str) -> list[_Plane]:
    if volume.voxels.ndim != 3:
        raise ExportError("colour", name=name)
    slices, rows, columns = volume.voxels.shape
    if max(rows, columns) > 65535:
        raise ExportError("too-large", name=name, rows=rows, columns=columns)
    planes = []
    for k in range(slices):
        corners = volume.corners_lps[k]
        along_row, along_column = corners[0, 1] - corners[0, 0], corners[1, 0] - corners[0, 0]
        width, height = float(np.linalg.norm(along_row)), float(np.linalg.norm(along_column))
        if not np.isfinite(corners).all() or not (width > 0 and height > 0):
            raise ExportError("no-plane", name=name, slice=k + 1)
        row = along_row / width
        skew = float(row @ along_column)
        column = along_column - skew * row
        column /= np.linalg.norm(column)
        bent = max(
            float(np.linalg.norm(corners[1, 1] - corners[0, 0] - along_row - along_column)),
            float(np.linalg.norm(volume.middle_lps[k] - corners.reshape(4, 3).mean(axis=0))),
        )
        if bent > FLAT_MM:
            raise ExportError("bent", name=name, slice=k + 1)
        if abs(skew) > FLAT_MM:
            raise ExportError("sheared", name=name, slice=k + 1)
        planes.append(_Plane(corners[0, 0], row, column, (height / max(rows - 1, 1), width / max(columns - 1, 1))))
    return planes


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


def _spoken_uids(series: SeriesToWrite, planes: list[list[_Plane]], stored: list[list[StoredValues]]) -> tuple[str, str]:
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
    return _uid(prefix, "series"), prefix


def _uid(*parts: object) -> str:
    """A UID under 2.25 (PS3.5 B.2), from a UUID of version 5 over the parts."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join(map(str, parts))).int}"


def _first_value(series: SeriesToWrite, keyword: str) -> Any:
    for volume in series.volumes:
        for source in volume.sources:
            if source.header is not None and source.header.get(keyword):
                return source.header.get(keyword)
    return series.common.get(keyword)


def _header(series: SeriesToWrite, volume: VolumeToWrite, source: Optional[SourceImage]) -> Dataset:
    """All but identity, place and pixels."""
    image = Dataset()
    header = source.header if source is not None else None
    for origin in (series.common, header):
        if origin is not None:
            _copy(origin, image, (*OF_STUDY, *OF_SERIES, *OF_IMAGE))
    for keyword in OF_PATIENT_AND_STUDY:
        if keyword not in image:
            setattr(image, keyword, None)
    for keyword, value in REQUIRED[series.modality].items():
        if keyword not in image or (value is not None and not image.get(keyword)):
            setattr(image, keyword, value)
    if not image.get("FrameOfReferenceUID"):
        image.FrameOfReferenceUID = _uid(MAKER, "frame of reference", image.get("StudyInstanceUID", ""))
    if not image.get("StudyInstanceUID"):
        raise ExportError("no-study", name=series.name)
    image.SOPClassUID = UID(SOP_CLASSES[series.modality])
    image.Modality = series.modality
    image.ImageType = _image_type(header, series.modality)
    image.SeriesNumber = _series_number(header, series.common)
    image.SeriesDescription = series.name[:64]
    image.DerivationDescription = (
        f"Written by {MAKER} {__version__} from a volume in 3D Slicer's scene; values and places as there"
    )
    image.SourceImageSequence = [_reference(one) for one in _references(volume, source)]
    for keyword, value in volume.values.items():
        setattr(image, keyword, value)
    return image


def _copy(origin: Dataset, target: Dataset, keywords: Sequence[str]) -> None:
    for keyword in keywords:
        try:
            if keyword in origin and (origin[keyword].value not in (None, "") or keyword not in target):
                target[keyword] = copy.deepcopy(origin[keyword])
        except VALUE_ERRORS:  # of one element: the others are sound
            continue


def _image_type(header: Optional[Dataset], modality: str) -> list[str]:
    """DERIVED, SECONDARY, and what the source says of the plane or the kind of image (PS3.3 C.8.2.1.1.1, C.8.3.1.1.1)."""
    try:
        parts = [str(part) for part in (header.get("ImageType") or [])] if header is not None else []
    except VALUE_ERRORS:
        parts = []
    if modality == "CT":
        third = parts[2] if len(parts) > 2 and parts[2] in ("AXIAL", "LOCALIZER") else "AXIAL"
        return ["DERIVED", "SECONDARY", third, *parts[3:]]
    return ["DERIVED", "SECONDARY", *(parts[2:] or ["OTHER"])]


def _series_number(header: Optional[Dataset], common: Dataset) -> int:
    for origin in (header, common):
        try:
            if origin is not None and origin.get("SeriesNumber") is not None:
                return int(origin.SeriesNumber) + NUMBER_STEP
        except VALUE_ERRORS:
            continue
    return NUMBER_STEP


def _references(volume: VolumeToWrite, source: Optional[SourceImage]) -> Sequence[SourceImage]:
    """The slice's own source where that is known; else all of the volume's."""
    known = source is not None and (source.header is not None or len(volume.sources) in (1, len(volume.voxels)))
    return [source] if known and source is not None else volume.sources


def _reference(source: SourceImage) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = UID(source.sop_class_uid)
    item.ReferencedSOPInstanceUID = UID(source.sop_instance_uid)
    return item


def _set_plane(image: Dataset, plane: _Plane, planes: Sequence[_Plane]) -> None:
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
