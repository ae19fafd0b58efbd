"""Which elements of a header decisions need."""

from __future__ import annotations

from pydicom.datadict import tag_for_keyword

KEYWORDS = (
    # patient, study, series
    "PatientName PatientID IssuerOfPatientID PatientSex PatientBirthDate PatientComments StudyInstanceUID StudyID "
    "StudyDescription StudyDate StudyTime SeriesInstanceUID SeriesNumber SeriesDescription SeriesDate SeriesTime "
    "Modality FrameOfReferenceUID Manufacturer ManufacturerModelName BodyPartExamined ProtocolName Laterality ImageLaterality "
    # instance
    "SOPClassUID SOPInstanceUID InstanceNumber ImageType AcquisitionNumber AcquisitionDate AcquisitionTime "
    "AcquisitionDateTime ContentDate ContentTime NumberOfFrames BurnedInAnnotation LossyImageCompression "
    # geometry
    "ImagePositionPatient ImageOrientationPatient PixelSpacing ImagerPixelSpacing NominalScannedPixelSpacing "
    "SpacingBetweenSlices SliceThickness SliceLocation GantryDetectorTilt PixelAspectRatio SequenceOfUltrasoundRegions "
    "AcquisitionMatrix "
    # pixels
    "Rows Columns SamplesPerPixel PhotometricInterpretation PlanarConfiguration BitsAllocated BitsStored HighBit "
    "PixelRepresentation PixelPaddingValue ModalityLUTSequence RescaleSlope RescaleIntercept RescaleType Units SUVType "
    "WindowCenter WindowWidth WindowCenterWidthExplanation "
    # what may tell frames of one place apart
    "TemporalPositionIdentifier NumberOfTemporalPositions TriggerTime EchoTime EchoNumbers DiffusionBValue "
    "DiffusionGradientOrientation InPlanePhaseEncodingDirection ImageComments FlipAngle InversionTime StackID ConvolutionKernel "
    "KVP ContrastBolusAgent FrameTime "
    "FrameTimeVector ComplexImageComponent SequenceName ASLContext VelocityEncodingDirection FrameReferenceTime "
    "TimezoneOffsetFromUTC IssuerOfPatientID "
    # multi-frame
    "SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence"
).split()
TAGS = frozenset(tag for tag in map(tag_for_keyword, KEYWORDS) if tag is not None)
