"""An enhanced multi-frame MR of the practice breasts: one object that holds all images of a dynamic series (PS3.3 A.36)."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedMRImageStorage

from DICOMTutorialHelperLib.data.synthetic import breast_mri
from DICOMTutorialHelperLib.data.synthetic.breast_acquisition import BLISS_CHANNELS, FRAME_SECONDS, bliss_signal, coil_shading
from DICOMTutorialHelperLib.data.synthetic.breast_anatomy import breasts_of
from DICOMTutorialHelperLib.data.synthetic.content_items import code_item, item_of
from DICOMTutorialHelperLib.data.synthetic.instances import (
    BREAST_PATIENT,
    MAKER,
    SetKey,
    decimals,
    image_pixels,
    synthetic_equipment,
    synthetic_patient,
    synthetic_study,
    synthetic_uid,
)
from DICOMTutorialHelperLib.data.synthetic.shapes import image_grid

ENHANCED_MR_IMAGE_STORAGE = EnhancedMRImageStorage


def make_multi_frame(key: SetKey) -> Dataset:
    """A dynamic MR of the right breast in one object: every slice of every time is a frame with functional groups of its own."""
    times, slices, size = 4, 8, 96
    spacing, distance = 150.0 / size, 6.0
    positions = np.array([(-170 + spacing / 2, -185 + spacing / 2, -11 + index * distance) for index in range(slices)])
    grid = image_grid(positions, *breast_mri.AXIAL, (spacing, spacing), (size, size))
    signals = breasts_of(key.seed).signals(grid, BLISS_CHANNELS) * coil_shading(grid)
    frames = np.stack([bliss_signal(signals, frame * 3) for frame in range(times)])
    noise = np.random.default_rng([key.seed, 6]).standard_normal((2, *frames.shape), dtype=np.float32) * 9
    stored = np.clip(np.rint(np.hypot(frames + noise[0], noise[1])), 0, 4095).astype("<u2")
    ds = _enhanced_header(key, size, times * slices)
    ds.SharedFunctionalGroupsSequence = Sequence([_shared_groups(spacing, distance)])
    ds.PerFrameFunctionalGroupsSequence = Sequence(
        [_frame_groups(time, index, positions[index]) for time in range(times) for index in range(slices)]
    )
    ds.PixelData = stored.tobytes()
    return ds


def _enhanced_header(key: SetKey, size: int, frames: int) -> Dataset:
    """Enhanced MR Image (PS3.3 A.36) but for its functional groups."""
    date = breast_mri.STUDY_DATE
    ds = synthetic_patient(*BREAST_PATIENT)
    synthetic_study(
        ds, synthetic_uid("multi-frame study", *key), date, "110000", "PRACTICE4", "Practice enhanced MR", "PRACTICE4"
    )
    synthetic_equipment(ds, MAKER, "Simulated MR")
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = ENHANCED_MR_IMAGE_STORAGE
    ds.SOPInstanceUID = synthetic_uid("multi-frame", *key)
    ds.SeriesInstanceUID = synthetic_uid("multi-frame series", *key)
    ds.FrameOfReferenceUID = synthetic_uid("multi-frame frame of reference", *key)
    ds.PositionReferenceIndicator = ""
    ds.Modality = "MR"
    ds.SeriesNumber = ds.InstanceNumber = ds.AcquisitionNumber = 1
    ds.SeriesDescription = "Practice enhanced dynamic MR, right breast"
    ds.PatientPosition = "HFP"
    ds.SeriesDate = ds.ContentDate = date
    ds.SeriesTime = ds.ContentTime = "110500"
    ds.AcquisitionDateTime = date + "110500"
    ds.AcquisitionDuration = 620.0
    ds.ImageType = ["ORIGINAL", "PRIMARY", "T1", "NONE"]
    ds.PixelPresentation, ds.VolumetricProperties, ds.VolumeBasedCalculationTechnique = "MONOCHROME", "VOLUME", "NONE"
    ds.ComplexImageComponent, ds.AcquisitionContrast = "MAGNITUDE", "T1"
    ds.ContentQualification = "RESEARCH"
    ds.MagneticFieldStrength, ds.ResonantNucleus, ds.KSpaceFiltering = 1.5, "1H", "NONE"
    ds.ApplicableSafetyStandardAgency = "IEC"
    ds.PulseSequenceName, ds.MRAcquisitionType, ds.EchoPulseSequence = "SPOILED3D", "3D", "GRADIENT"
    ds.MultiPlanarExcitation, ds.PhaseContrast = "NO", "NO"
    ds.TimeOfFlightContrast, ds.SteadyStatePulseSequence, ds.EchoPlanarPulseSequence = "NO", "NONE", "NO"
    ds.SaturationRecovery, ds.SpectrallySelectedSuppression = "NO", "FAT"
    ds.OversamplingPhase, ds.GeometryOfKSpaceTraversal = "NONE", "RECTILINEAR"
    ds.RectilinearPhaseEncodeReordering, ds.SegmentedKSpaceTraversal = "LINEAR", "SINGLE"
    ds.CoverageOfKSpace, ds.NumberOfKSpaceTrajectories = "FULL", 1
    ds.BurnedInAnnotation = "NO"
    ds.LossyImageCompression = "00"
    ds.PresentationLUTShape = "IDENTITY"
    ds.AcquisitionContextSequence = Sequence([])
    ds.NumberOfFrames = frames
    organization = synthetic_uid("multi-frame dimensions", *key)
    ds.DimensionOrganizationSequence = Sequence([item_of(DimensionOrganizationUID=organization)])
    ds.DimensionIndexSequence = Sequence(
        [
            item_of(DimensionOrganizationUID=organization, DimensionIndexPointer=pointer, FunctionalGroupPointer=0x00209111)
            for pointer in (0x00209128, 0x00209057)  # temporal position index, in-stack position number
        ]
    )
    image_pixels(ds, size, size, 12)
    return ds


def _shared_groups(spacing: float, distance: float) -> Dataset:
    groups = Dataset()
    measures = item_of(
        PixelSpacing=decimals((spacing, spacing), 6), SliceThickness=str(distance), SpacingBetweenSlices=str(distance)
    )
    groups.PixelMeasuresSequence = Sequence([measures])
    groups.PlaneOrientationSequence = Sequence(
        [item_of(ImageOrientationPatient=decimals([*breast_mri.AXIAL[0], *breast_mri.AXIAL[1]]))]
    )
    breast = code_item(("76752008", "SCT", "Breast"))
    groups.FrameAnatomySequence = Sequence([item_of(FrameLaterality="R", AnatomicRegionSequence=Sequence([breast]))])
    frame_type = {"FrameType": ["ORIGINAL", "PRIMARY", "T1", "NONE"], "PixelPresentation": "MONOCHROME"}
    frame_type.update(VolumetricProperties="VOLUME", VolumeBasedCalculationTechnique="NONE")
    frame_type.update(ComplexImageComponent="MAGNITUDE", AcquisitionContrast="T1")
    groups.MRImageFrameTypeSequence = Sequence([item_of(**frame_type)])
    rescale = item_of(RescaleIntercept="0", RescaleSlope="1", RescaleType="US")
    groups.PixelValueTransformationSequence = Sequence([rescale])
    groups.FrameVOILUTSequence = Sequence([item_of(WindowCenter="380", WindowWidth="760")])
    timing = item_of(RepetitionTime="4.4", FlipAngle="10", EchoTrainLength=61, RFEchoTrainLength=0, GradientEchoTrainLength=61)
    rate = item_of(OperatingModeType="STATIC FIELD", OperatingMode="IEC_NORMAL")
    timing.OperatingModeSequence = Sequence([rate])
    timing.SpecificAbsorptionRateSequence = Sequence(
        [item_of(SpecificAbsorptionRateDefinition="IEC_WHOLE_BODY", SpecificAbsorptionRateValue=0.1)]
    )
    groups.MRTimingAndRelatedParametersSequence = Sequence([timing])
    groups.MREchoSequence = Sequence([item_of(EffectiveEchoTime=2.1)])
    groups.MRModifierSequence = Sequence(
        [
            item_of(
                InversionRecovery="NO",
                FlowCompensation="NONE",
                Spoiling="RF",
                T2Preparation="NO",
                SpectrallySelectedExcitation="NONE",
                SpatialPresaturation="NONE",
                PartialFourier="NO",
                ParallelAcquisition="NO",
            )
        ]
    )
    groups.MRImagingModifierSequence = Sequence(
        [
            item_of(
                MagnetizationTransfer="NONE",
                BloodSignalNulling="NO",
                Tagging="NONE",
                TransmitterFrequency=63.9,
                PixelBandwidth="300",
            )
        ]
    )
    coil = item_of(
        ReceiveCoilName="BREAST", ReceiveCoilManufacturerName=MAKER, ReceiveCoilType="SURFACE", QuadratureReceiveCoil="NO"
    )
    groups.MRReceiveCoilSequence = Sequence([coil])
    body = item_of(TransmitCoilName="BODY", TransmitCoilManufacturerName=MAKER, TransmitCoilType="BODY")
    groups.MRTransmitCoilSequence = Sequence([body])
    groups.MRAveragesSequence = Sequence([item_of(NumberOfAverages="1")])
    groups.MRFOVGeometrySequence = Sequence(
        [
            item_of(
                InPlanePhaseEncodingDirection="ROW",
                MRAcquisitionFrequencyEncodingSteps=96,
                MRAcquisitionPhaseEncodingStepsInPlane=96,
                MRAcquisitionPhaseEncodingStepsOutOfPlane=8,
                PercentSampling="100",
                PercentPhaseFieldOfView="100",
            )
        ]
    )
    return groups


def _frame_groups(time: int, index: int, position: np.ndarray) -> Dataset:
    groups = Dataset()
    seconds = time * 3 * FRAME_SECONDS
    moment = breast_mri.STUDY_DATE + breast_mri.clock(11, 5, seconds)
    content = item_of(
        FrameReferenceDateTime=moment,
        FrameAcquisitionDateTime=moment,
        FrameAcquisitionDuration=FRAME_SECONDS * 1000,
        FrameAcquisitionNumber=time + 1,
        TemporalPositionIndex=time + 1,
        StackID="1",
        InStackPositionNumber=index + 1,
        DimensionIndexValues=[time + 1, index + 1],
    )
    groups.FrameContentSequence = Sequence([content])
    groups.PlanePositionSequence = Sequence([item_of(ImagePositionPatient=decimals(position))])
    groups.TemporalPositionSequence = Sequence([item_of(TemporalPositionTimeOffset=seconds)])
    return groups
