"""The header of a derived image: what stays of its source, and what says that it is derived (PS3.3 C.7.6.1, C.12.1)."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Sequence
from typing import Any, Optional

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, MRImageStorage

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.dicom.parse_errors import VALUE_ERRORS
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError, SeriesToWrite, SourceImage, VolumeToWrite

SOP_CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage}
MAKER = "DICOMTutorialHelper"
NUMBER_STEP = 1000  # a series number that no scanner gives, and that says which series it came from

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


def derived_uid(*parts: object) -> str:
    """A UID under 2.25 (PS3.5 B.2), from a UUID of version 5 over the parts."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join(map(str, parts))).int}"


def derived_header(series: SeriesToWrite, volume: VolumeToWrite, source: Optional[SourceImage]) -> Dataset:
    """All but identity, place and pixels. Raises ExportError where neither a source nor ``series.common`` names the study."""
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
        image.FrameOfReferenceUID = derived_uid(MAKER, "frame of reference", image.get("StudyInstanceUID", ""))
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
