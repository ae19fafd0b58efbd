"""A segmentation of the practice lesion and a structured report of its volume, made with highdicom.

Both refer to the first frame after contrast of the practice BLISS (same size and seed): image, then regions, then measurements,
as the tutorial tells it. Codes are SNOMED CT ones, which replaced the tutorial's SRT codes (PS3.16, Annex L).
"""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.data.synthetic import breast_mri
from DICOMTutorialHelperLib.data.synthetic.breast_anatomy import breasts_of
from DICOMTutorialHelperLib.data.synthetic.instances import COMMENT, MAKER, SetKey, synthetic_uid

REFERENCED_FRAME = 2


def make_segmentation(key: SetKey) -> Dataset:
    """SEG of the lesion in the slices that it touches, category, type and region coded (PS3.3 A.51)."""
    import highdicom as hd
    from pydicom.sr.codedict import codes

    images, mask = _lesion(key)
    lesion = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label="Lesion",
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Lesion,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        tracking_id="Practice lesion",
        tracking_uid=synthetic_uid("lesion", *key),
        anatomic_regions=[hd.sr.CodedConcept("76752008", "SCT", "Breast")],
    )
    segmentation = hd.seg.Segmentation(
        source_images=images,
        pixel_array=mask.astype(np.uint8),
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[lesion],
        series_instance_uid=synthetic_uid("segmentation series", *key),
        series_number=802,
        sop_instance_uid=synthetic_uid("segmentation", *key),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name="Practice segmentation",
        software_versions=__version__,
        device_serial_number="0000",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        content_description="Practice lesion, right breast",
        content_creator_name=f"{MAKER}^",
        omit_empty_frames=True,
    )
    segmentation.SeriesDescription = "Practice segmentation of the lesion"
    segmentation.ImageComments = COMMENT
    return _same_every_time(segmentation, synthetic_uid("segmentation dimensions", *key))


def make_report(key: SetKey) -> Dataset:
    """TID 1500 report: the lesion's volume and largest diameter, with the segment and images they come from (PS3.16)."""
    import highdicom as hd
    from pydicom.sr.codedict import codes

    segmentation = make_segmentation(key)
    images, mask = _lesion(key)
    series = breast_mri.axial_series(key.size)[2]
    voxel = series.spacing**2 * series.slice_distance
    places = np.argwhere(mask) * (series.slice_distance, series.spacing, series.spacing)
    diameter = (
        float(np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1)).max())
        if len(places) < 4000
        else float(np.ptp(places, 0).max())
    )
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=hd.sr.DeviceObserverIdentifyingAttributes(uid=synthetic_uid("observer"), name=MAKER),
    )
    referenced = hd.sr.ReferencedSegment(
        sop_class_uid=segmentation.SOPClassUID,
        sop_instance_uid=segmentation.SOPInstanceUID,
        segment_number=1,
        source_images=[hd.sr.SourceImageForSegmentation(image.SOPClassUID, image.SOPInstanceUID) for image in images],
    )
    right_breast = hd.sr.FindingSite(
        anatomic_location=hd.sr.CodedConcept("76752008", "SCT", "Breast"),
        laterality=hd.sr.CodedConcept("24028007", "SCT", "Right"),
    )
    measurements = [
        hd.sr.Measurement(name=codes.SCT.Volume, value=round(float(mask.sum() * voxel), 1), unit=codes.UCUM.CubicMillimeter),
        hd.sr.Measurement(name=codes.SCT.Diameter, value=round(diameter, 1), unit=codes.UCUM.Millimeter),
    ]
    group = hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid=synthetic_uid("lesion", *key), identifier="Practice lesion"),
        referenced_segment=referenced,
        finding_type=codes.SCT.Lesion,
        finding_sites=[right_breast],
        measurements=measurements,
    )
    report = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_device_context=observer),
        procedure_reported=hd.sr.CodedConcept("241615005", "SCT", "MRI of breast"),
        imaging_measurements=[group],
    )
    sr = hd.sr.Comprehensive3DSR(
        evidence=[segmentation, *images],
        content=report,
        series_number=803,
        series_instance_uid=synthetic_uid("report series", *key),
        sop_instance_uid=synthetic_uid("report", *key),
        instance_number=1,
        manufacturer=MAKER,
        institution_name="Practice Hospital",
        is_complete=True,
        is_final=False,
        is_verified=False,
    )
    sr.SeriesDescription = "Practice measurements of the lesion"
    return _same_every_time(sr)


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


def _same_every_time(ds: Dataset, organization_uid: str = "") -> Dataset:
    """Replace what the library takes from the clock and from chance."""
    date, time = breast_mri.STUDY_DATE, "113000"
    for element in ds.iterall():
        if not element.value or element.keyword in ("StudyDate", "StudyTime", "PatientBirthDate", "PatientBirthTime"):
            continue
        if element.VR == "DA":
            element.value = date
        elif element.VR == "TM":
            element.value = time
        elif element.VR == "DT":
            element.value = date + time
        elif element.keyword == "DimensionOrganizationUID":
            element.value = organization_uid
    return ds
