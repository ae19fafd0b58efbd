"""A volume as DICOM images, without a scene or a file: planes, holes, sources, numbers and types, as the standard has them."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.dicom import derived_headers, derived_planes
from DICOMTutorialHelperLib.dicom.derived_planes import source_of
from DICOMTutorialHelperLib.dicom.derived_series import derived_images, write_image
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError, SeriesToWrite, SourceImage, VolumeToWrite
from DICOMTutorialHelperLib.dicom.stored_values import StoredValues, _slope, _with, stored_values

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # single letters, which are read more easily, are no UIDs

CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"


def header(z=0.0, uid="1", **values):
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = CT, uid, "CT"
    made.StudyInstanceUID, made.SeriesNumber = "1.2.3", 4
    if z is not None:
        made.ImagePositionPatient, made.ImageOrientationPatient = [0, 0, z], [1, 0, 0, 0, 1, 0]
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def source(z=0.0, uid="1", known=True, **values):
    return SourceImage(CT, uid, header(z, uid, **values) if known else None)


def volume(slices=2, rows=3, columns=4, spacing=(2.0, 0.5, 0.25), sources=(), voxels=None, values=None):
    """Slices along z from 0; spacing between slices, rows and columns."""
    if voxels is None:
        voxels = np.arange(slices * rows * columns, dtype=np.int16).reshape(slices, rows, columns)
    down, across = spacing[1] * max(rows - 1, 1), spacing[2] * max(columns - 1, 1)
    corners = np.array([[[[x, y, spacing[0] * k] for x in (0, across)] for y in (0, down)] for k in range(slices)], float)
    return VolumeToWrite(voxels, corners, corners.reshape(slices, 4, 3).mean(axis=1), sources, values or {})


def series(*volumes, modality="CT", name="made", **common):
    made = Dataset()
    for keyword, value in {"StudyInstanceUID": "1.2.3", **common}.items():
        setattr(made, keyword, value)
    return SeriesToWrite(name, modality, volumes, made)


def images(*volumes, **more):
    return list(derived_images(series(*volumes, **more)))


def refusal(*volumes, **more):
    with pytest.raises(ExportError) as caught:
        images(*volumes, **more)
    return caught.value.reason, {key: value for key, value in caught.value.fields.items() if key != "name"}


# --- planes


def test_each_slice_lies_where_its_corners_do():
    first, second = images(volume())
    assert [float(part) for part in second.ImagePositionPatient] == [0, 0, 2]
    assert [float(part) for part in first.ImageOrientationPatient] == [1, 0, 0, 0, 1, 0]
    assert [float(part) for part in first.PixelSpacing] == [0.5, 0.25]
    assert (float(second.SliceLocation), float(first.SpacingBetweenSlices), float(first.SliceThickness)) == (2, 2, 2)
    assert (first.Rows, first.Columns, first.InstanceNumber, second.InstanceNumber) == (3, 4, 1, 2)


def test_an_axis_of_one_voxel_reaches_to_where_a_second_would_be():
    (image,) = images(volume(slices=1, rows=1, columns=1))
    assert [float(part) for part in image.PixelSpacing] == [0.5, 0.25]
    assert image.SliceThickness is None and "SpacingBetweenSlices" not in image


def test_slices_against_the_normal_have_a_positive_spacing_and_uneven_ones_none():
    down = volume(spacing=(-2.0, 0.5, 0.25))
    assert float(images(down)[0].SpacingBetweenSlices) == 2
    uneven = volume(slices=3)
    uneven.corners_lps[2, ..., 2] += 0.0051
    uneven.middle_lps[2, 2] += 0.0051
    assert "SpacingBetweenSlices" not in images(uneven)[0]
    assert float(images(uneven)[0].SliceThickness) == pytest.approx(2.00255, abs=1e-4)
    nearly = volume(slices=3)
    nearly.corners_lps[2, ..., 2] += 0.0049
    nearly.middle_lps[2, 2] += 0.0049
    assert float(images(nearly)[0].SpacingBetweenSlices) == pytest.approx(2.00245, abs=1e-4)


def test_the_thickness_of_the_source_stays_and_its_spacing_does_not():
    made = images(volume(sources=[source(SliceThickness="7", SpacingBetweenSlices="9")]))
    assert (float(made[0].SliceThickness), float(made[0].SpacingBetweenSlices)) == (7, 2)


def bent_by(**moved):
    made = volume()
    for corner, (axis, amount) in moved.items():
        if corner == "middle":
            made.middle_lps[1, axis] += amount
        else:
            made.corners_lps[1, int(corner[1]), int(corner[2]), axis] += amount
            made.middle_lps[1] = made.corners_lps[1].reshape(4, 3).mean(axis=0)
    return made


@pytest.mark.parametrize(
    ("moved", "reason"),
    [
        ({"c11": (2, 0.0049)}, None),
        ({"c11": (2, 0.0051)}, "bent"),
        ({"middle": (2, 0.0049)}, None),
        ({"middle": (2, 0.0051)}, "bent"),
        ({"c10": (0, 0.0049), "c11": (0, 0.0049)}, None),
        ({"c10": (0, 0.0051), "c11": (0, 0.0051)}, "sheared"),
        ({"c10": (0, -0.0051), "c11": (0, -0.0051)}, "sheared"),
        ({"c01": (0, -0.75)}, "no-plane"),
        ({"c10": (1, -1.0)}, "no-plane"),
        ({"c11": (1, np.nan)}, "no-plane"),
    ],
)
def test_a_slice_that_is_no_rectangle_to_a_two_hundredth_of_a_millimetre_is_refused(moved, reason):
    if reason is None:
        assert len(images(bent_by(**moved))) == 2
    else:
        assert refusal(bent_by(**moved)) == (reason, {"slice": 2})


def test_colours_other_modalities_and_the_nameless_are_refused():
    colour = volume()
    colour.voxels = np.zeros((2, 3, 4, 3), np.uint8)
    assert refusal(colour) == ("colour", {})
    assert refusal(volume(), modality="PT") == ("modality", {"modality": "PT"})
    assert refusal(volume(), modality="") == ("modality", {"modality": "?"})
    assert refusal(volume(), StudyInstanceUID="") == ("no-study", {})


@pytest.mark.parametrize(("rows", "columns", "fits"), [(65535, 1, True), (65536, 1, False), (1, 65536, False)])
def test_rows_and_columns_have_16_bits(rows, columns, fits):
    large = volume(slices=1, rows=rows, columns=columns, voxels=np.zeros((1, rows, columns), np.int16))
    if fits:
        assert (images(large)[0].Rows, images(large)[0].Columns) == (rows, columns)
    else:
        assert refusal(large) == ("too-large", {"rows": rows, "columns": columns})


# --- sources


def test_a_slice_goes_by_its_own_source_the_nearest_or_the_only_one():
    sources = [source(4.0, "a"), source(2.1, "b"), source(None, "c"), source(0.0, "d", known=False)]
    made = volume(slices=3, sources=sources)
    assert [source_of(made, k).sop_instance_uid for k in range(3)] == ["b", "b", "a"]
    assert source_of(volume(sources=sources[3:]), 1).sop_instance_uid == "d"
    unknown = [source(uid=uid, known=False) for uid in "xyz"]
    assert [source_of(volume(slices=3, sources=unknown), k).sop_instance_uid for k in range(3)] == ["x", "y", "z"]
    assert source_of(volume(slices=2, sources=unknown), 1).sop_instance_uid == "x"
    assert source_of(volume(), 0) is None


def test_distance_is_across_the_sources_plane_at_the_farthest_corner():
    """A slice that a source's plane is tilted against; a source without directions is as far as its corner."""
    corners = volume().corners_lps[1]  # 1 mm down, 0.75 mm across, at z = 2
    assert derived_planes._distance(source(0.5), corners) == pytest.approx(1.5)
    tilted = source(0.0, ImageOrientationPatient=[1, 0, 0, 0, 0.8, 0.6])  # normal (0, -0.6, 0.8)
    assert derived_planes._distance(tilted, corners) == pytest.approx(1.6)
    lying = source(2.0, ImagePositionPatient=[3, 4, 2])
    del lying.header.ImageOrientationPatient
    assert derived_planes._distance(lying, corners) == pytest.approx(5)


@pytest.mark.parametrize("value", [[0, 0], ["a", "b", "c"], [0, 0, "inf"], None])
def test_a_place_that_cannot_be_read_is_none(value):
    made = header()
    made.add_new("ImagePositionPatient", "LO", value)
    assert derived_planes._position(SourceImage(CT, "1", made)) is None
    assert derived_planes._position(SourceImage(CT, "1")) is None
    assert derived_planes._position(source(3.0)).tolist() == [0, 0, 3]


def with_hole(flat=True, lie=(0, 2, 6), sources=None):
    voxels = np.arange(4 * 12, dtype=np.int16).reshape(4, 3, 4)
    if flat:
        voxels[2] = 7
    return volume(slices=4, voxels=voxels, sources=[source(float(z), str(z)) for z in lie] if sources is None else sources)


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (with_hole(), [0, 2, 6]),
        (with_hole(flat=False), [0, 2, 4, 6]),
        (with_hole(lie=(0, 2)), [0, 2, 6]),  # half have theirs; the fourth slice is no flat one
        (with_hole(lie=(0, 1)), [0, 2, 4, 6]),  # few lie where their sources do: it was resampled
        (with_hole(lie=(0,)), [0, 2, 4, 6]),
        (with_hole(lie=(0.0099, 2, 6)), [0, 2, 6]),
        (with_hole(sources=[source(uid=str(n), known=False) for n in range(4)]), [0, 2, 4, 6]),
    ],
)
def test_a_flat_slice_without_a_source_among_slices_with_theirs_was_invented(made, written):
    assert [float(image.ImagePositionPatient[2]) for image in images(made)] == written
    assert [image.InstanceNumber for image in images(made)] == list(range(1, len(written) + 1))


def test_references_are_the_slices_own_source_or_all_of_the_volume():
    def referenced(made):
        return [[str(item.ReferencedSOPInstanceUID) for item in image.SourceImageSequence] for image in images(made)]

    assert referenced(volume(sources=[source(0.0, "1"), source(2.0, "2")])) == [["1"], ["2"]]
    unknown = [source(uid=str(n), known=False) for n in range(3)]
    assert referenced(volume(sources=unknown)) == [["0", "1", "2"]] * 2
    assert referenced(volume(sources=unknown[:2])) == [["0"], ["1"]]
    assert referenced(volume(sources=unknown[:1])) == [["0"], ["0"]]
    assert referenced(volume()) == [[], []]
    (item,) = images(volume(sources=unknown[:1]))[0].SourceImageSequence
    assert item.ReferencedSOPClassUID == CT


# --- headers


@pytest.mark.parametrize(
    ("said", "modality", "expected"),
    [
        (["ORIGINAL", "PRIMARY", "LOCALIZER", "X"], "CT", ["DERIVED", "SECONDARY", "LOCALIZER", "X"]),
        (["ORIGINAL", "PRIMARY", "OTHER"], "CT", ["DERIVED", "SECONDARY", "AXIAL"]),
        (["ORIGINAL", "PRIMARY"], "CT", ["DERIVED", "SECONDARY", "AXIAL"]),
        (None, "CT", ["DERIVED", "SECONDARY", "AXIAL"]),
        (["ORIGINAL", "PRIMARY", "M", "SE"], "MR", ["DERIVED", "SECONDARY", "M", "SE"]),
        (["ORIGINAL", "PRIMARY"], "MR", ["DERIVED", "SECONDARY", "OTHER"]),
        (None, "MR", ["DERIVED", "SECONDARY", "OTHER"]),
    ],
)
def test_an_image_type_begins_derived_and_keeps_the_kind(said, modality, expected):
    made = header() if said is None else header(ImageType=said)
    assert derived_headers._image_type(made, modality) == expected
    assert derived_headers._image_type(None, modality)[2] == ("AXIAL" if modality == "CT" else "OTHER")


@pytest.mark.parametrize(("own", "common", "number"), [(4, 9, 1004), (None, 9, 1009), (0, 9, 1000), (None, None, 1000)])
def test_a_series_number_is_a_thousand_more_than_its_sources(own, common, number):
    made, shared = header(), Dataset()
    made.SeriesNumber = own
    shared.SeriesNumber = common
    assert derived_headers._series_number(made, shared) == number
    assert derived_headers._series_number(None, shared) == (1000 if common is None else 1000 + common)


def test_what_a_source_says_goes_over_what_the_scene_says_but_silence_does_not():
    one = images(
        volume(sources=[source(PatientName="Own", StudyID="", KVP="80")]), PatientName="Scene", StudyID="S", StudyTime="1"
    )[0]
    assert (one.PatientName, one.StudyID, one.StudyTime, one.KVP) == ("Own", "S", "1", 80)
    assert one.AccessionNumber == "" or one.AccessionNumber is None


def test_a_ct_says_what_type_1_and_2_ask_for():
    one = images(volume())[0]
    assert (one.KVP, one.AcquisitionNumber, one.RescaleType) == (None, None, "HU")
    assert (float(one.RescaleSlope), float(one.RescaleIntercept)) == (1, 0)
    assert (one.SOPClassUID, one.Modality, one.SeriesDescription) == (CT, "CT", "made")
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "PositionReferenceIndicator"):
        assert keyword in one
    assert (one.SamplesPerPixel, one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation) == (1, 16, 16, 15, 1)
    assert one["PixelData"].VR == "OW"


def test_an_mr_has_no_rescale_where_its_values_are_plain():
    made = volume(sources=[source(RescaleType="US", RescaleSlope="3", EchoTime="4")])
    one = images(made, modality="MR")[0]
    assert "RescaleSlope" not in one and "RescaleType" not in one
    assert (one.ScanningSequence, one.SequenceVariant, one.EchoTime, one.SOPClassUID) == ("RM", "NONE", 4, MR)
    half = volume(voxels=np.array([0, 0.5, 1.5, 7.5] * 6, np.float32).reshape(2, 3, 4))
    one = images(half, modality="MR")[0]
    assert (float(one.RescaleSlope), float(one.RescaleIntercept), one.RescaleType) == (0.5, 0, "US")
    assert one.PixelRepresentation == 0
    assert images(half, modality="MR", RescaleType="X")[0].RescaleType == "X"


@pytest.mark.parametrize(("said", "written"), [("SE", "SE"), ("", "RM"), (None, "RM")])
def test_what_type_1_asks_for_is_the_sources_or_what_stands_for_it(said, written):
    made = source() if said is None else source(ScanningSequence=said)
    assert images(volume(sources=[made]), modality="MR")[0].ScanningSequence == written


@pytest.mark.parametrize(("said", "written"), [("MONOCHROME1", "MONOCHROME1"), ("RGB", "MONOCHROME2"), (None, "MONOCHROME2")])
def test_greys_stay_as_they_were_and_all_else_is_monochrome2(said, written):
    made = source() if said is None else source(PhotometricInterpretation=said)
    assert images(volume(sources=[made]))[0].PhotometricInterpretation == written


def test_a_frame_of_reference_is_made_up_for_the_study_where_none_is_said():
    one, other = images(volume())[0], images(volume(), StudyInstanceUID="1.2.4")[0]
    assert one.FrameOfReferenceUID.startswith("2.25.") and one.FrameOfReferenceUID != other.FrameOfReferenceUID
    assert images(volume(), FrameOfReferenceUID="1.9")[0].FrameOfReferenceUID == "1.9"


def test_several_volumes_count_their_times_and_one_does_not():
    made = images(volume(values={"EchoTime": "5"}), volume(values={"EchoTime": "6"}))
    assert [(image.TemporalPositionIdentifier, image.NumberOfTemporalPositions) for image in made] == [(1, 2)] * 2 + [(2, 2)] * 2
    assert [float(image.EchoTime) for image in made] == [5, 5, 6, 6]
    assert [image.InstanceNumber for image in made] == [1, 2, 3, 4]
    assert "TemporalPositionIdentifier" not in images(volume())[0]
    assert len({image.SOPInstanceUID for image in made}) == 4 and len({image.SeriesInstanceUID for image in made}) == 1


def test_a_description_has_64_characters():
    assert images(volume(), name="x" * 70)[0].SeriesDescription == "x" * 64


MOVED = volume()
MOVED.corners_lps = MOVED.corners_lps + 1
MOVED.middle_lps = MOVED.middle_lps + 1


@pytest.mark.parametrize(
    ("made", "more"),
    [
        (volume(voxels=np.ones((2, 3, 4), np.int16)), {}),
        (volume(values={"EchoTime": "5"}), {}),
        (volume(sources=[source(known=False)]), {}),
        (volume(spacing=(2.0, 0.5, 0.26)), {}),
        (MOVED, {}),
        (volume(), {"name": "other"}),
        (volume(), {"modality": "MR"}),
        (volume(), {"StudyInstanceUID": "1.2.4"}),
    ],
)
def test_uids_follow_from_all_that_a_series_says(made, more):
    usual, again, other = images(volume())[0], images(volume())[0], images(made, **more)[0]
    assert (usual.SOPInstanceUID, usual.SeriesInstanceUID) == (again.SOPInstanceUID, again.SeriesInstanceUID)
    assert {usual.SOPInstanceUID, usual.SeriesInstanceUID}.isdisjoint({other.SOPInstanceUID, other.SeriesInstanceUID})


def test_a_written_image_is_a_file_that_pydicom_reads(tmp_path):
    one = images(volume())[0]
    write_image(one, tmp_path / "one.dcm")
    read = pydicom.dcmread(tmp_path / "one.dcm")
    meta = read.file_meta
    assert (meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID) == (CT, one.SOPInstanceUID)
    assert (meta.TransferSyntaxUID, meta.ImplementationVersionName) == ("1.2.840.10008.1.2.1", "DTUTORIALHELPER")
    assert read.pixel_array.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert read.preamble == b"\0" * 128


def test_the_slopes_of_sources_are_tried_first():
    """Values of 0.1 and -3 in 32 bits, which other slopes would give back as well."""
    made = (np.arange(24).reshape(2, 3, 4) * 0.1 - 3).astype(np.float32)
    hinted = volume(voxels=made, sources=[source(RescaleSlope="0.1", RescaleIntercept="-3")])
    one = images(hinted, modality="MR")[0]
    assert (float(one.RescaleSlope), float(one.RescaleIntercept)) == (0.1, -3)
    bad = volume(voxels=made, sources=[source()])
    bad.sources[0].header.add_new("RescaleSlope", "LO", "x")
    assert images(bad, modality="MR")


def test_what_16_bits_do_not_hold_is_refused():
    noise = np.random.default_rng(0).normal(size=(1, 300, 300)).astype(np.float32)
    assert refusal(volume(slices=1, rows=300, columns=300, voxels=noise)) == ("values", {})


# --- values in 16 bits


@pytest.mark.parametrize(
    ("values", "kind", "intercept"),
    [
        ([-32768, 32767], np.int16, 0),
        ([0, 32768], np.uint16, 0),
        ([0, 65535], np.uint16, 0),
        ([-1, 65534], np.uint16, -1),
        ([-32769, 32766], np.uint16, -32769),
        ([1, 65536], np.uint16, 1),
        ([0, 32767], np.int16, 0),
    ],
)
def test_whole_numbers_keep_their_type_while_they_fit(values, kind, intercept):
    ((one,),) = stored_values([np.array(values, np.int32).reshape(1, 1, 2)])
    assert (one.values.dtype, one.slope, one.intercept) == (kind, 1.0, intercept)
    assert (one.values.astype(int) + intercept).ravel().tolist() == values


def test_whole_numbers_over_more_levels_than_16_bits_have_a_slope_or_none():
    ((one,),) = stored_values([np.array([0, 2, 131_070], np.int32).reshape(1, 1, 3)])
    assert (one.values.dtype, one.values.ravel().tolist(), one.slope) == (np.uint16, [0, 1, 65535], 2.0)
    assert stored_values([np.array([0, 2, 131_072], np.int32).reshape(1, 1, 3)]) is None
    assert stored_values([np.arange(70_000, dtype=np.int32).reshape(1, 1, -1)]) is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_value_alone_is_its_intercept(dtype):
    ((one,),) = stored_values([np.full((1, 2, 2), 0.1, dtype)])
    assert (one.slope, one.values.ravel().tolist()) == (1.0, [0] * 4)
    assert dtype(one.intercept) == dtype(0.1)


@pytest.mark.parametrize(
    ("slope", "intercept", "kind", "fits"),
    [
        (0.5, 0.0, np.uint16, True),
        (0.5, 1.0, np.uint16, False),
        (0.5, 1.0, np.int16, True),
        (0.5, -32766.5, np.uint16, True),
        (0.5, -32767.5, np.uint16, False),
        (0.3, 0.0, np.uint16, False),
        (0.0, 0.0, np.uint16, False),
        (np.nan, 0.0, np.uint16, False),
        (0.5, np.inf, np.uint16, False),
        (-0.5, 1.5, np.uint16, True),
    ],
)
def test_a_slope_fits_where_every_value_comes_back(slope, intercept, kind, fits):
    found = _with(np.array([[0.0, 0.5, 1.0]]), slope, intercept, kind)
    assert (found is not None) == fits
    if found is not None:
        assert (found.values.astype(float) * found.slope + found.intercept).tolist() == [[0.0, 0.5, 1.0]]


def test_a_slope_grows_exact_over_longer_stretches():
    values = np.array([0, 1, 2, 5, 100, 20_000, 65_535]) * 0.1 + 7
    assert _slope(values, 0.1000001, 1e-6) == pytest.approx(0.1, abs=1e-10)
    assert _slope(np.append(values, 65_536 * 0.1 + 7), 0.1, 1e-6) is None
    assert _slope(np.array([0.0, 1.0, 2.4]), 1.0, 1e-6) is None
    assert _slope(np.array([0.0, 1.0, 1.5, 3.0]), 1.0, 1e-6) is None


def test_slices_share_the_slope_of_their_volume_where_there_is_one():
    made = (np.arange(8).reshape(2, 2, 2) * 0.25).astype(np.float32)
    (slices,) = stored_values([made])
    assert [(one.slope, one.intercept) for one in slices] == [(0.25, 0.0)] * 2
    assert all(isinstance(one, StoredValues) and one.values.dtype == np.uint16 for one in slices)


@pytest.mark.parametrize("divisor", [2, 3, 16])
def test_a_step_may_be_a_part_of_the_smallest_difference(divisor):
    """Levels 0, divisor and more, none of which is one step from another."""
    levels = np.array([0, divisor, 2 * divisor + 1, 40 * divisor + 3])
    made = (levels * 0.5).astype(np.float32).reshape(1, 1, -1)
    found = stored_values([made])
    assert found is not None
    ((one,),) = found
    assert (one.values.astype(float) * one.slope + one.intercept).astype(np.float32).ravel().tolist() == made.ravel().tolist()
