"""A segmentation of the practice lesion and a structured report of its volume, written with pydicom alone.

Both refer to the first frame after contrast of the practice BLISS (same size and seed): image, then regions, then measurements,
as the tutorial tells it. Codes are SNOMED CT ones, which replaced the tutorial's SRT codes (PS3.16, Annex O). What users derive
is written by highdicom, which Slicer brings from 5.12 only; these two must be there in every Slicer, and are few and always the
same: a test holds them, element for element, beside what highdicom writes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import UID, Comprehensive3DSRStorage, SegmentationStorage

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.data.synthetic import breast_mri
from DICOMTutorialHelperLib.data.synthetic.breast_anatomy import breasts_of
from DICOMTutorialHelperLib.data.synthetic.content_items import (
    Code,
    code_item,
    coded,
    container,
    dcm,
    image_item,
    item_of,
    number_item,
    references_to,
    text_item,
    uid_reference,
)
from DICOMTutorialHelperLib.data.synthetic.instances import COMMENT, MAKER, SetKey, synthetic_uid

REFERENCED_FRAME = 2
SEGMENT_NUMBER = 1
MODEL = "Simulated segmentation"
MADE_AT = "113000"
MOST_COMPARED = 4000  # voxels, each with each other: as many take half a gigabyte
# Of the images, what a derived object says too: Patient, Study and Frame of Reference.
SHARED_KEYWORDS = (
    "SpecificCharacterSet StudyDate StudyTime AccessionNumber ReferringPhysicianName StudyDescription "
    "NameOfPhysiciansReadingStudy AdmittingDiagnosesDescription PatientName PatientID PatientBirthDate PatientBirthTime "
    "PatientSex QualityControlSubject PatientAge PatientWeight StudyInstanceUID StudyID"
).split()
ABNORMAL_STRUCTURE: Code = ("49755003", "SCT", "Morphologically Abnormal Structure")
LESION: Code = ("52988006", "SCT", "Lesion")
BREAST: Code = ("76752008", "SCT", "Breast")
RIGHT: Code = ("24028007", "SCT", "Right")
VOLUME: Code = ("118565006", "SCT", "Volume")
DIAMETER: Code = ("81827009", "SCT", "Diameter")
ENGLISH: Code = ("en-US", "RFC5646", "English (United States)")


def make_segmentation(key: SetKey) -> Dataset:
    """SEG of the lesion in the slices that it touches, category, type and region coded (PS3.3 A.51)."""
    images, mask = _lesion(key)
    # Frames follow each other against the normal of the images, as their dimension index says (PS3.3 C.7.6.17).
    images, mask = images[::-1], mask[::-1]
    ds = _derived(images[0], SegmentationStorage, "SEG", synthetic_uid("segmentation", *key))
    ds.SeriesInstanceUID = synthetic_uid("segmentation series", *key)
    ds.SeriesNumber = 802
    ds.SeriesDescription = "Practice segmentation of the lesion"
    ds.ImageType = ["DERIVED", "PRIMARY"]
    ds.ImageComments = COMMENT
    ds.ManufacturerModelName, ds.DeviceSerialNumber, ds.SoftwareVersions = MODEL, "0000", __version__
    ds.FrameOfReferenceUID = images[0].FrameOfReferenceUID
    ds.PositionReferenceIndicator = ""
    ds.ReferencedSeriesSequence = [
        item_of(SeriesInstanceUID=images[0].SeriesInstanceUID, ReferencedInstanceSequence=references_to(images[::-1]))
    ]
    ds.SourceImageSequence = references_to(images[::-1])
    _segmentation_image(ds, mask)
    ds.SegmentSequence = [
        item_of(
            AnatomicRegionSequence=[code_item(BREAST)],
            SegmentedPropertyCategoryCodeSequence=[code_item(ABNORMAL_STRUCTURE)],
            SegmentNumber=SEGMENT_NUMBER,
            SegmentLabel="Lesion",
            SegmentAlgorithmType="MANUAL",
            SegmentedPropertyTypeCodeSequence=[code_item(LESION)],
            TrackingID="Practice lesion",
            TrackingUID=synthetic_uid("lesion", *key),
        )
    ]
    _functional_groups(ds, images, synthetic_uid("segmentation dimensions", *key))
    return ds


def make_report(key: SetKey) -> Dataset:
    """TID 1500 report: the lesion's volume and largest diameter, with the segment and images they come from (PS3.16)."""
    segmentation = make_segmentation(key)
    images, mask = _lesion(key)
    ds = _derived(images[0], Comprehensive3DSRStorage, "SR", synthetic_uid("report", *key))
    ds.SeriesInstanceUID = synthetic_uid("report series", *key)
    ds.SeriesNumber = 803
    ds.SeriesDescription = "Practice measurements of the lesion"
    ds.InstitutionName = "Practice Hospital"
    ds.ReferencedPerformedProcedureStepSequence = []
    ds.PerformedProcedureCodeSequence = []
    ds.CompletionFlag, ds.VerificationFlag, ds.PreliminaryFlag = "COMPLETE", "UNVERIFIED", "PRELIMINARY"
    ds.CurrentRequestedProcedureEvidenceSequence = [
        item_of(
            StudyInstanceUID=images[0].StudyInstanceUID,
            ReferencedSeriesSequence=[
                item_of(SeriesInstanceUID=series[0].SeriesInstanceUID, ReferencedSOPSequence=references_to(series))
                for series in ([segmentation], images)
            ],
        )
    ]
    volume, diameter = _measured(key, mask)
    ds.update(container("", ("126000", "DCM", "Imaging Measurement Report"), "1500"))
    ds.ContentSequence = [
        coded("HAS CONCEPT MOD", dcm("121049", "Language of Content Item and Descendants"), ENGLISH),
        coded("HAS OBS CONTEXT", dcm("121005", "Observer Type"), dcm("121007", "Device")),
        uid_reference("HAS OBS CONTEXT", dcm("121012", "Device Observer UID"), synthetic_uid("observer")),
        text_item("HAS OBS CONTEXT", dcm("121013", "Device Observer Name"), MAKER),
        coded("HAS CONCEPT MOD", dcm("121058", "Procedure reported"), ("241615005", "SCT", "MRI of breast")),
        container("CONTAINS", dcm("126010", "Imaging Measurements")),
    ]
    group = container("CONTAINS", dcm("125007", "Measurement Group"), "1411")
    group.ContentSequence = [
        text_item("HAS OBS CONTEXT", dcm("112039", "Tracking Identifier"), "Practice lesion"),
        uid_reference("HAS OBS CONTEXT", dcm("112040", "Tracking Unique Identifier"), synthetic_uid("lesion", *key)),
        coded("CONTAINS", dcm("121071", "Finding"), LESION),
        coded("HAS CONCEPT MOD", ("363698007", "SCT", "Finding Site"), BREAST),
        number_item("CONTAINS", VOLUME, volume, ("mm3", "UCUM", "cubic millimeter")),
        number_item("CONTAINS", DIAMETER, diameter, ("mm", "UCUM", "mm")),
        image_item("CONTAINS", dcm("121191", "Referenced Segment"), segmentation, ReferencedSegmentNumber=SEGMENT_NUMBER),
        *(image_item("CONTAINS", dcm("121233", "Source Image for Segmentation"), image) for image in images),
    ]
    site = group.ContentSequence[3]
    site.ContentSequence = [coded("HAS CONCEPT MOD", ("272741003", "SCT", "Laterality"), RIGHT)]
    ds.ContentSequence[-1].ContentSequence = [group]
    return ds


def _lesion(key: SetKey) -> tuple[list[Dataset], np.ndarray]:
    """Headers of the BLISS images that the lesion touches, and its voxels there (slices, rows, columns)."""
    image_key = SetKey("breast-mri", key.size, key.seed)
    series = breast_mri.axial_series(key.size)[2]
    mask = breasts_of(key.seed).lesion_mask(series.grid(0))
    slices = mask.shape[0]
    touched = np.flatnonzero(mask.any(axis=(1, 2)))
    images = []
    for index in touched:
        number = REFERENCED_FRAME * slices + int(index) + 1
        ds = breast_mri.series_header(series, image_key)
        breast_mri.set_frame(ds, series, REFERENCED_FRAME, int(index), number)
        breast_mri.set_position(ds, series.positions(0)[index])
        ds.SOPInstanceUID = synthetic_uid(*image_key, series.number, number)
        images.append(ds)
    return images, mask[touched]


def _measured(key: SetKey, mask: np.ndarray) -> tuple[float, float]:
    """Volume (mm³) and largest diameter (mm) of a mask (slices, rows, columns) on the grid of the BLISS."""
    series = breast_mri.axial_series(key.size)[2]
    voxel = series.spacing**2 * series.slice_distance
    places = np.argwhere(mask) * (series.slice_distance, series.spacing, series.spacing)
    if len(places) < MOST_COMPARED:
        diameter = float(np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1)).max())
    else:
        diameter = float(np.ptp(places, 0).max())
    return round(float(mask.sum() * voxel), 1), round(diameter, 1)


def _derived(image: Dataset, sop_class: UID, modality: str, uid: UID) -> Dataset:
    """Patient and study of an image; equipment, time and identity of an object derived from it."""
    ds = Dataset()
    for keyword in SHARED_KEYWORDS:
        setattr(ds, keyword, image[keyword].value)
    ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = sop_class, uid, modality
    ds.InstanceNumber = 1
    ds.Manufacturer = MAKER
    ds.InstanceCreationDate = ds.ContentDate = breast_mri.STUDY_DATE
    ds.InstanceCreationTime = ds.ContentTime = MADE_AT
    return ds


def _segmentation_image(ds: Dataset, mask: np.ndarray) -> None:
    """Image Pixel and Segmentation Image modules (PS3.3 C.8.20.2): one bit a voxel, the frames without gaps (PS3.5 8.1.1)."""
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.NumberOfFrames, ds.Rows, ds.Columns = mask.shape
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = ds.PixelRepresentation = 0
    ds.LossyImageCompression = "00"
    ds.SegmentationType = "BINARY"
    ds.SegmentsOverlap = "NO"
    ds.ContentLabel = "MR_SEG"
    ds.ContentDescription = "Practice lesion, right breast"
    ds.ContentCreatorName = "Moreau^Camille"
    ds.PresentationLUTShape = "IDENTITY"
    packed = np.packbits(mask.ravel(), bitorder="little").tobytes()
    ds.add_new(Tag("PixelData"), "OB", packed + b"\0" * (len(packed) % 2))


def _functional_groups(ds: Dataset, images: Sequence[Dataset], organization: UID) -> None:
    """Multi-frame Dimension and Functional Groups (PS3.3 C.7.6.16, C.7.6.17): where each frame lies, and what it came from."""
    ds.DimensionOrganizationType = "3D"
    ds.DimensionOrganizationSequence = [item_of(DimensionOrganizationUID=organization)]
    ds.DimensionIndexSequence = [
        item_of(
            DimensionOrganizationUID=organization,
            DimensionIndexPointer=Tag(pointer),
            FunctionalGroupPointer=Tag(group),
            DimensionDescriptionLabel=label,
        )
        for pointer, group, label in (
            ("ReferencedSegmentNumber", "SegmentIdentificationSequence", "Referenced Segment Number"),
            ("ImagePositionPatient", "PlanePositionSequence", "Image Position Patient"),
        )
    ]
    measures = item_of(
        SliceThickness=images[0].SliceThickness,
        SpacingBetweenSlices=images[0].SpacingBetweenSlices,
        PixelSpacing=images[0].PixelSpacing,
    )
    ds.SharedFunctionalGroupsSequence = [
        item_of(
            PlaneOrientationSequence=[item_of(ImageOrientationPatient=images[0].ImageOrientationPatient)],
            PixelMeasuresSequence=[measures],
            SegmentIdentificationSequence=[item_of(ReferencedSegmentNumber=SEGMENT_NUMBER)],
        )
    ]
    ds.PerFrameFunctionalGroupsSequence = [
        item_of(
            DerivationImageSequence=[_derivation(image)],
            FrameContentSequence=[item_of(DimensionIndexValues=[SEGMENT_NUMBER, place])],
            PlanePositionSequence=[item_of(ImagePositionPatient=image.ImagePositionPatient)],
        )
        for place, image in enumerate(images, 1)
    ]


def _derivation(image: Dataset) -> Dataset:
    (source,) = references_to([image])
    source.SpatialLocationsPreserved = "YES"
    source.PurposeOfReferenceCodeSequence = [code_item(dcm("121322", "Source image for image processing operation"))]
    return item_of(SourceImageSequence=[source], DerivationCodeSequence=[code_item(dcm("113076", "Segmentation"))])
