"""The practice segmentation and report, written with pydicom alone, are what highdicom writes and reads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from DICOMTutorialHelperLib import __version__
from DICOMTutorialHelperLib.data.synthetic import breast_mri
from DICOMTutorialHelperLib.data.synthetic.content_items import container, number_item
from DICOMTutorialHelperLib.data.synthetic.derived_objects import _lesion, make_report, make_segmentation
from DICOMTutorialHelperLib.data.synthetic.instances import COMMENT, MAKER, SetKey, synthetic_uid, write_instance
from DICOMTutorialHelperLib.explore.reports import read_report
from DICOMTutorialHelperLib.explore.segments import read_segmentation

hd = pytest.importorskip("highdicom")
from types import SimpleNamespace

from pydicom.sr.codedict import codes

from DICOMTutorialHelperLib.data.synthetic import derived_objects

KEY = SetKey("breast-mri", "small", 0)
# What tells who wrote an object, and when: highdicom names itself, and takes the time from the clock.
WRITERS_OWN = {
    "ContributingEquipmentSequence",
    "InstanceCreationDate",
    "InstanceCreationTime",
    "ContentDate",
    "ContentTime",
    "DimensionOrganizationUID",
}


@pytest.fixture(scope="module")
def segmentation(tmp_path_factory):
    path = tmp_path_factory.mktemp("derived") / "segmentation.dcm"
    write_instance(make_segmentation(KEY), path)
    return path


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("derived") / "report.dcm"
    write_instance(make_report(KEY), path)
    return path


def elements(ds: Dataset, place: str = "") -> Iterator[tuple[str, str, object]]:
    """(place, VR, value) of every element, sequences entered; what is the writer's own is left out."""
    for element in ds:
        if element.keyword in WRITERS_OWN:
            continue
        here = f"{place}/{element.keyword}"
        if element.VR == "SQ":
            yield here, "SQ", len(element.value)
            for number, item in enumerate(element.value):
                yield from elements(item, f"{here}[{number}]")
        elif element.keyword == "PixelData":
            yield here, "OB", bytes(element.value)
        else:
            value = [float(one) for one in np.ravel(element.value)] if element.VR == "DS" else str(element.value)
            yield here, element.VR, value


def test_the_segmentation_is_that_of_highdicom_element_for_element(segmentation):
    assert list(elements(pydicom.dcmread(segmentation))) == list(elements(segmentation_by_highdicom(KEY)))


def test_the_report_is_that_of_highdicom_element_for_element(report):
    assert list(elements(pydicom.dcmread(report))) == list(elements(report_by_highdicom(KEY)))


def test_highdicom_reads_the_segmentation_with_its_voxels_where_the_lesion_is(segmentation):
    read = hd.seg.segread(segmentation)
    images, mask = _lesion(KEY)
    uids = [image.SOPInstanceUID for image in images]
    assert (read.get_pixels_by_source_instance(uids)[..., 0] == mask).all() and mask.any()
    assert read.get_segment_description(1).segmented_property_type.meaning == "Lesion"
    volume = read.get_volume()
    first, last = (volume.map_indices_to_reference(np.array([[k, 0, 0]]))[0] for k in (0, volume.spatial_shape[0] - 1))
    positions = [[float(value) for value in image.ImagePositionPatient] for image in images]
    assert np.allclose(sorted([list(first), list(last)]), sorted([positions[0], positions[-1]]))


def test_highdicom_reads_the_reports_measurements(report):
    read = hd.sr.srread(report)
    (group,) = read.content.get_volumetric_roi_measurement_groups(tracking_uid=synthetic_uid("lesion", *KEY))
    volume, diameter = group.get_measurements()
    assert (volume.name.meaning, volume.unit.value, diameter.name.meaning) == ("Volume", "mm3", "Diameter")
    assert volume.value == pytest.approx(_lesion(KEY)[1].sum() * 1.875**2 * 8)
    assert group.reference_type == codes.DCM.ReferencedSegment


def test_the_projects_own_readers_understand_them(segmentation, report):
    (segment,) = read_segmentation(segmentation).segments
    assert (segment.label, segment.frames, segment.regions[0].meaning) == ("Lesion", 2, "Breast")
    volume, diameter = read_report(report).measurements
    assert (volume.quantity.meaning, diameter.unit.value, volume.laterality.meaning) == ("Volume", "mm", "Right")
    assert volume.segmentations == [make_segmentation(KEY).SOPInstanceUID]


def segmentation_by_highdicom(key: SetKey) -> Dataset:
    """SEG of the lesion in the slices that it touches, category, type and region coded (PS3.3 A.51)."""
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
        manufacturer_model_name="Simulated segmentation",
        software_versions=__version__,
        device_serial_number="0000",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        content_description="Practice lesion, right breast",
        content_creator_name="Moreau^Camille",
        omit_empty_frames=True,
    )
    segmentation.SeriesDescription = "Practice segmentation of the lesion"
    segmentation.ImageComments = COMMENT
    return segmentation


def report_by_highdicom(key: SetKey) -> Dataset:
    """TID 1500 report: the lesion's volume and largest diameter, with the segment and images they come from (PS3.16)."""
    segmentation = segmentation_by_highdicom(key)
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
    return sr


@pytest.mark.parametrize(
    ("mask", "packed"),
    [
        ([[[1, 0, 0, 0], [0, 0, 0, 1]]], b"\x81\0"),
        ([[[1, 1, 0, 0, 0, 0, 0, 0, 1]]], b"\x03\x01"),
        ([[[0, 1]], [[1, 0]], [[0, 0]]], b"\x06\0"),
        ([[[0] * 16 + [1]]], b"\0\0\x01\0"),
    ],
)
def test_a_mask_is_bits_from_the_lowest_on_in_an_even_number_of_bytes(mask, packed):
    ds = Dataset()
    derived_objects._segmentation_image(ds, np.array(mask, bool))
    assert ds.PixelData == packed
    assert (ds.NumberOfFrames, ds.Rows, ds.Columns) == np.shape(mask)
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation, ds.SamplesPerPixel) == (1, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("places", "shape", "expected"),
    [
        ([(0, 0, 0)], (1, 1, 1), (12.0, 0.0)),
        ([(0, 0, 0), (0, 1, 1)], (1, 2, 2), (24.0, 2.8)),
        ([(0, 0, 0), (1, 0, 0), (2, 2, 0)], (3, 3, 1), (36.0, 7.2)),
    ],
)
def test_a_mask_is_as_large_as_its_voxels_and_as_long_as_the_farthest_two(monkeypatch, places, shape, expected):
    """Voxels of 2 x 2 x 3 mm."""
    series = SimpleNamespace(spacing=2.0, slice_distance=3.0)
    monkeypatch.setattr(derived_objects.breast_mri, "axial_series", lambda size: [None, None, series])
    mask = np.zeros(shape, bool)
    for place in places:
        mask[place] = True
    assert derived_objects._measured(SetKey("x", "small", 0), mask) == expected


@pytest.mark.parametrize(("count", "diameter"), [(4, 5.0), (5, 6.0)])
def test_a_large_mask_is_as_long_as_its_longest_side(monkeypatch, count, diameter):
    """A row of voxels 2 mm apart, and one 3 mm beside the first: 4 and 3 mm away from the farthest, or 6 along the row alone."""
    series = SimpleNamespace(spacing=2.0, slice_distance=3.0)
    monkeypatch.setattr(derived_objects.breast_mri, "axial_series", lambda size: [None, None, series])
    monkeypatch.setattr(derived_objects, "MOST_COMPARED", 5)
    mask = np.zeros((2, 1, 4), bool)
    mask[0, 0, : count - 1] = True
    mask[1, 0, 0] = True
    assert derived_objects._measured(SetKey("x", "small", 0), mask)[1] == diameter


def test_from_4000_voxels_on_a_mask_is_as_long_as_its_longest_side(monkeypatch):
    """4000 in a thin plate of 2 x 2 mm voxels: 79 of their steps along one side, 49 along the other."""
    series = SimpleNamespace(spacing=2.0, slice_distance=3.0)
    monkeypatch.setattr(derived_objects.breast_mri, "axial_series", lambda size: [None, None, series])
    assert derived_objects._measured(SetKey("x", "small", 0), np.ones((1, 80, 50), bool)) == (48000.0, 158.0)


@pytest.mark.parametrize("size", ["small", "full"])
def test_what_derived_objects_come_from_are_images_of_the_third_time(size):
    """The contrast agent is there, and the lesion brightest."""
    images, mask = derived_objects._lesion(SetKey("breast-mri", size, 0))
    series = derived_objects.breast_mri.axial_series(size)[2]
    slices = series.files // series.frames
    assert len(images) == len(mask) and mask.any(axis=(1, 2)).all()
    heights = [image.ImagePositionPatient[2] for image in images]
    for image, position in zip(images, heights):
        assert image.TemporalPositionIdentifier == 3
        place = image.InstanceNumber - 1 - 2 * slices
        assert 0 <= place < slices and float(position) == pytest.approx(series.positions(0)[place][2], abs=1e-3)


def test_frames_say_where_they_lie_and_what_they_come_from():
    images = []
    for number in (1, 2):
        image = Dataset()
        image.SOPClassUID, image.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", f"1.{number}"
        image.ImagePositionPatient, image.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
        image.SliceThickness, image.SpacingBetweenSlices, image.PixelSpacing = 2, 3, [4, 5]
        images.append(image)
    ds = Dataset()
    derived_objects._functional_groups(ds, images, synthetic_uid("dimensions"))
    frames = ds.PerFrameFunctionalGroupsSequence
    assert [list(frame.FrameContentSequence[0].DimensionIndexValues) for frame in frames] == [[1, 1], [1, 2]]
    assert [float(frame.PlanePositionSequence[0].ImagePositionPatient[2]) for frame in frames] == [1, 2]
    sources = [frame.DerivationImageSequence[0].SourceImageSequence[0] for frame in frames]
    assert [(source.ReferencedSOPInstanceUID, source.SpatialLocationsPreserved) for source in sources] == [
        ("1.1", "YES"),
        ("1.2", "YES"),
    ]
    (measures,) = ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    assert (measures.SliceThickness, measures.SpacingBetweenSlices, list(measures.PixelSpacing)) == (2, 3, [4, 5])
    assert ds.SharedFunctionalGroupsSequence[0].SegmentIdentificationSequence[0].ReferencedSegmentNumber == 1


def test_a_single_image_gives_a_single_frame():
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.1"
    image.ImagePositionPatient, image.ImageOrientationPatient = [0, 0, 1], [0, 1, 0, 0, 0, -1]
    image.SliceThickness, image.SpacingBetweenSlices, image.PixelSpacing = 2, 3, [4, 5]
    ds = Dataset()
    derived_objects._functional_groups(ds, [image], synthetic_uid("dimensions"))
    assert len(ds.PerFrameFunctionalGroupsSequence) == 1
    (plane,) = ds.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
    assert list(plane.ImageOrientationPatient) == [0, 1, 0, 0, 0, -1]


def test_items_of_a_report_have_a_relation_and_a_template_where_they_are_given_one():
    name = ("1", "DCM", "one")
    bare, full = container("", name), container("CONTAINS", name, "1500")
    assert "RelationshipType" not in bare and "ContentTemplateSequence" not in bare
    assert (full.RelationshipType, full.ContentTemplateSequence[0].TemplateIdentifier) == ("CONTAINS", "1500")
    number = number_item("CONTAINS", name, 12.34, ("mm", "UCUM", "mm")).MeasuredValueSequence[0]
    assert (str(number.NumericValue), number.FloatingPointValue) == ("12.3", 12.34)
