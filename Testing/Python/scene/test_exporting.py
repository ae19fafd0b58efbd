"""Back to DICOM: the same places and values by pydicom, this project's reader and vtkITK; what cannot be said is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import slicer
import vtk
import vtk.util.numpy_support
from pydicom.uid import UID

from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.series_to_write import ExportError
from DICOMTutorialHelperLib.dicom.source_headers import SourceHeaders
from DICOMTutorialHelperLib.scene.exporting import exportable_nodes, write_node
from DICOMTutorialHelperLib.scene.loader import load_candidate

MR = "1.2.840.10008.5.1.4.1.1.4"
PET = "1.2.840.10008.5.1.4.1.1.128"
OBLIQUE = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)


@pytest.fixture
def load(scene):
    """Loads the selected candidates of an examined series with its patient and study; gives their main nodes."""
    return lambda series: [load_candidate(candidate, scene, series).main_node for candidate in series.selected]


@pytest.fixture
def exported(scene, tmp_path) -> Callable[..., list[pydicom.Dataset]]:
    """Writes all that can be written of the scene; gives the images in the order of their files."""

    def export(sources: tuple = (), folder: str = "exported") -> list[pydicom.Dataset]:
        target = tmp_path / folder
        target.mkdir()
        images = []
        for number, node in enumerate(exportable_nodes(scene)):
            written = write_node(scene, node, SourceHeaders.below(sources).get, target / str(number))
            images += [pydicom.dcmread(path) for path in written.files]
        return images

    return export


def corners_lps(header) -> np.ndarray:
    position, orientation = np.array(header.ImagePositionPatient, float), np.array(header.ImageOrientationPatient, float)
    rows, columns = float(header.PixelSpacing[0]) * (header.Rows - 1), float(header.PixelSpacing[1]) * (header.Columns - 1)
    return np.array([position + a * orientation[3:] * rows + b * orientation[:3] * columns for a in (0, 1) for b in (0, 1)])


def values_of(header) -> np.ndarray:
    """As float32, in which the scene has what no integer is."""
    values = header.pixel_array * float(header.get("RescaleSlope", 1)) + float(header.get("RescaleIntercept", 0))
    return values.astype(np.float32)


def hold_against_sources(images, files) -> None:
    """Each image lies where its source does, and holds its values."""
    sources = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, files)}
    seen = set()
    for image in images:
        (reference,) = image.SourceImageSequence
        source = sources[str(reference.ReferencedSOPInstanceUID)]
        seen.add(str(source.SOPInstanceUID))
        assert reference.ReferencedSOPClassUID == source.SOPClassUID
        assert np.abs(corners_lps(image) - corners_lps(source)).max() < 0.001
        assert np.array_equal(values_of(image), values_of(source))
    assert seen == set(sources)


def files_of(series) -> list[Path]:
    return [instance.path for instance in series.instances]


UNEVEN = [(-10.0, -20.0, 30.0 + z) for z in (0.0, 2.5, 5.6, 7.0, 11.3, 13.0)]
TILTED = [(-10.0, -20.0 + 1.1 * k, 30.0 + 2.5 * k) for k in range(6)]
SHAPES = {
    "plain": {},
    "from head to feet": {"positions": [(0.0, 0.0, -3.0 * k) for k in range(5)]},
    "oblique": {
        "positions": [tuple(np.array([-10, 20, 30]) + 2.5 * k * np.cross(OBLIQUE[:3], OBLIQUE[3:])) for k in range(6)],
        "orientation": OBLIQUE,
    },
    "mirrored": {"orientation": (-1, 0, 0, 0, 1, 0)},
    "tilted gantry": {"positions": TILTED},
    "uneven": {"positions": UNEVEN},
    "fractional slope": {"header": {"RescaleSlope": 0.37, "RescaleIntercept": -12.5}},
    "a slope a slice": {"headers": [{"RescaleSlope": f"{0.3 + 0.11 * k:.2f}", "RescaleIntercept": 0} for k in range(6)]},
    "one slice": {"positions": [(1.0, 2.0, 3.0)]},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("with_sources", [True, False])
def test_every_image_lies_where_its_source_lies_with_the_same_values(examined, load, exported, shape, with_sources):
    series = examined(**SHAPES[shape])
    load(series)
    images = exported(files_of(series) if with_sources else ())
    hold_against_sources(images, files_of(series))


def world(node, ijk) -> np.ndarray:
    matrix, place = vtk.vtkMatrix4x4(), [0.0, 0.0, 0.0]
    node.GetIJKToRASMatrix(matrix)
    node.TransformPointToWorld(matrix.MultiplyPoint((*ijk, 1))[:3], place)
    return np.array(place)


@pytest.mark.parametrize("shape", SHAPES)
def test_this_projects_reader_makes_the_same_volume_of_it(examined, load, exported, scene, tmp_path, shape):
    series = examined(**SHAPES[shape])
    (before,) = load(series)
    exported(files_of(series))
    (again,) = examine_paths([tmp_path / "exported"]).series
    (candidate,) = again.selected
    after = load_candidate(candidate, scene, again).volume
    assert np.array_equal(slicer.util.arrayFromVolume(before), slicer.util.arrayFromVolume(after))
    columns, rows, slices = before.GetImageData().GetDimensions()
    for ijk in [(i, j, k) for i in (0, columns - 1) for j in (0, rows - 1) for k in range(slices)]:
        assert np.abs(world(before, ijk) - world(after, ijk)).max() < 0.01


@pytest.mark.parametrize("shape", ["plain", "oblique", "fractional slope", "mirrored"])
def test_vtkitk_reads_the_same_places_and_values(examined, load, exported, tmp_path, shape):
    series = examined(**SHAPES[shape])
    load(series)
    images = exported(files_of(series))
    reader = slicer.vtkITKArchetypeImageSeriesScalarReader()
    files = sorted((tmp_path / "exported").rglob("*.dcm"))
    reader.SetArchetype(str(files[0]))
    for file in files:
        reader.AddFileName(str(file))
    reader.SetSingleFile(0)
    reader.SetOutputScalarTypeToNative()
    reader.SetDesiredCoordinateOrientationToNative()
    reader.SetDICOMImageIOApproachToGDCM()
    reader.Update()
    read = reader.GetOutput()
    columns, rows, slices = read.GetDimensions()
    voxels = vtk.util.numpy_support.vtk_to_numpy(read.GetPointData().GetScalars()).reshape(slices, rows, columns)
    to_ras = vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(reader.GetRasToIjkMatrix(), to_ras)
    for k, image in enumerate(images):
        # vtkITK turns the rows round: its first one is the last of the file.
        flipped = not np.allclose(voxels[k], values_of(image), rtol=1e-6)
        assert np.allclose(voxels[k][::-1] if flipped else voxels[k], values_of(image), rtol=1e-6)
        j = rows - 1 if flipped else 0
        place = np.array(to_ras.MultiplyPoint((0, j, k, 1))[:3]) * [-1, -1, 1]
        assert np.abs(place - np.array(image.ImagePositionPatient, float)).max() < 0.01


@pytest.mark.parametrize("with_sources", [True, False])
def test_a_sequence_comes_back_as_a_sequence(examined, load, exported, tmp_path, with_sources):
    positions = [(0.0, 0.0, 3.0 * k) for k in range(4)]
    headers = [{"TriggerTime": 100.0 * (n // 4)} for n in range(12)]
    series = examined(positions=positions * 3, headers=headers, sop_class=MR)
    load(series)
    images = exported(files_of(series) if with_sources else ())
    hold_against_sources(images, files_of(series))
    (again,) = examine_paths([tmp_path / "exported"]).series
    (candidate,) = again.selected
    assert candidate.kind == "sequence" and len(candidate.stacks) == 3
    assert [float(image.TriggerTime) for image in images] == [header["TriggerTime"] for header in headers]
    assert not any("TemporalPositionIdentifier" in image for image in images), "the times say it"


def volumes_by(keyword, values) -> list[dict]:
    return [{keyword: value} for value in values for _ in range(4)]


# Of three volumes of four slices, the elements that tell them apart.
INDEXES = {
    "TriggerTime": volumes_by("TriggerTime", [12.5, 60.0, 710.25]),
    "TemporalPositionIdentifier": volumes_by("TemporalPositionIdentifier", [2, 4, 7]),
    "FrameReferenceTime": volumes_by("FrameReferenceTime", [500.0, 1500.0, 4000.0]),
    "AcquisitionTime": volumes_by("AcquisitionTime", ["101500.250000", "101502.5", "101600"]),
    "AcquisitionTime over midnight": [
        {"AcquisitionDate": date, "AcquisitionTime": time}
        for date, time in (("20200101", "235958"), ("20200102", "000001.5"), ("20200102", "000010"))
        for _ in range(4)
    ],
    "ContentTime": volumes_by("ContentTime", ["101500", "101502.5", "101600"]),
    "AcquisitionNumber": volumes_by("AcquisitionNumber", [3, 5, 6]),
    "EchoTime": volumes_by("EchoTime", [4.6, 9.2, 30.0]),
    "InversionTime": volumes_by("InversionTime", [50.0, 400.0, 1600.0]),
    "FlipAngle": volumes_by("FlipAngle", [2.0, 10.0, 20.0]),
    "DiffusionBValue": volumes_by("DiffusionBValue", [0.0, 500.0, 1000.0]),
    "InstanceNumber": [{} for _ in range(12)],
    "ImageType": volumes_by("ImageType", [["ORIGINAL", "PRIMARY", kind, "NONE"] for kind in ("M", "P", "R")]),
    "TriggerTime of each slice": [{"TriggerTime": 100.0 * (n // 4) + 7 * (n % 4)} for n in range(12)],
}


@pytest.mark.parametrize("with_sources", [True, False], ids=["with sources", "without"])
@pytest.mark.parametrize("plan", INDEXES)
def test_a_sequence_comes_back_with_its_index_its_values_and_their_unit(examined, load, exported, tmp_path, plan, with_sources):
    series = examined(positions=[(0.0, 0.0, 3.0 * k) for k in range(4)] * 3, headers=INDEXES[plan], sop_class=MR)
    (before,) = series.selected
    assert before.index.name == plan.split()[0], "the plan is what it says"
    load(series)
    exported(files_of(series) if with_sources else ())
    (again,) = examine_paths([tmp_path / "exported"]).series
    (after,) = again.selected
    if plan == "ImageType" and not with_sources:  # which only the sources say
        assert (after.index.name, len(after.stacks)) == ("TemporalPositionIdentifier", 3)
        return
    assert (after.index.name, after.index.unit, after.index.values) == (before.index.name, before.index.unit, before.index.values)


@pytest.mark.parametrize("with_sources", [True, False], ids=["with sources", "without"])
def test_an_index_of_two_elements_comes_back_where_the_sources_say_both_else_volumes_are_counted(
    examined, load, exported, tmp_path, with_sources
):
    headers = [{"TriggerTime": 50.0 * (n // 8), "EchoTime": 5.0 + n // 4 % 2} for n in range(16)]
    series = examined(positions=[(0.0, 0.0, 3.0 * k) for k in range(4)] * 4, headers=headers, sop_class=MR)
    (before,) = series.selected
    assert " x " in before.index.name
    load(series)
    images = exported(files_of(series) if with_sources else ())
    ((after,),) = (one.selected for one in examine_paths([tmp_path / "exported"]).series)
    if with_sources:
        assert (after.index.name, after.index.values) == (before.index.name, before.index.values)
    else:
        assert [image.TemporalPositionIdentifier for image in images] == [n // 4 + 1 for n in range(16)]
        assert (after.index.name, len(after.stacks)) == ("TemporalPositionIdentifier", 4)


def test_a_diffusion_sequence_keeps_its_weightings(examined, load, exported, tmp_path):
    positions = [(0.0, 0.0, 3.0 * k) for k in range(4)]
    direction = [0.6, 0.0, 0.8]
    weighted = {"DiffusionBValue": 1000.0, "DiffusionGradientOrientation": direction}
    headers = [{"DiffusionBValue": 0.0} if n < 4 else weighted for n in range(8)]
    series = examined(positions=positions * 2, headers=headers, sop_class=MR)
    load(series)
    images = exported()
    assert [image.DiffusionBValue for image in images] == [0.0] * 4 + [1000.0] * 4
    assert np.allclose(images[-1].DiffusionGradientOrientation, direction)
    (again,) = examine_paths([tmp_path / "exported"]).series
    assert [candidate.index.name for candidate in again.selected] == ["DiffusionBValue"]


def test_an_invented_slice_is_not_written(examined, load, exported):
    positions = [(0.0, 0.0, 2.0 * k) for k in range(8) if k != 4]
    series = examined(positions=positions)
    (node,) = load(series)
    assert node.GetImageData().GetDimensions()[2] == 8
    hold_against_sources(exported(files_of(series)), files_of(series))


def test_without_its_sources_a_volume_with_a_hole_is_refused(examined, load, exported):
    load(examined(positions=[(0.0, 0.0, 2.0 * k) for k in range(8) if k != 4]))
    with pytest.raises(ExportError, match="needs-sources"):
        exported()


@pytest.mark.parametrize("with_sources", [True, False])
def test_patient_and_study_stay_and_the_rest_says_that_it_was_derived(examined, load, exported, with_sources):
    series = examined(
        header={"KVP": "120", "AccessionNumber": "A7", "ReferringPhysicianName": "Doc^Tor", "BodyPartExamined": "CHEST"}
    )
    load(series)
    source = pydicom.dcmread(files_of(series)[0])
    for image in exported(files_of(series) if with_sources else ()):
        for keyword in (
            "PatientName", "PatientID", "PatientSex", "PatientBirthDate", "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID",
            "StudyDescription", "FrameOfReferenceUID", "Modality", "SOPClassUID", "Manufacturer",
        ):  # fmt: skip
            assert image[keyword].value == source[keyword].value, keyword
        if with_sources:
            for keyword in ("KVP", "AccessionNumber", "ReferringPhysicianName", "BodyPartExamined"):
                assert image[keyword].value == source[keyword].value, keyword
        assert list(image.ImageType[:2]) == ["DERIVED", "SECONDARY"] and image.DerivationDescription
        assert image.SeriesNumber == source.SeriesNumber + 1000
        assert image.SeriesDescription == source.SeriesDescription
        assert image.SeriesInstanceUID != source.SeriesInstanceUID and image.SOPInstanceUID != source.SOPInstanceUID
        assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID


def test_an_empty_patient_stays_empty(examined, load, exported):
    """The scene makes up a name and a number for its own use."""
    load(examined(header={"PatientName": "", "PatientID": ""}))
    image = exported()[0]
    assert not image.PatientName and not image.PatientID


def test_the_same_volume_gives_the_same_uids_and_another_one_others(examined, load, exported):
    series = examined()
    (node,) = load(series)

    def uids(images):
        return [str(image.SOPInstanceUID) for image in images]

    first, again = uids(exported(folder="a")), uids(exported(folder="b"))
    assert first == again and len(set(first)) == len(first)
    assert all(UID(uid).is_valid for uid in first)
    slicer.util.arrayFromVolume(node)[2, 1, 1] += 1
    assert set(uids(exported(folder="c"))).isdisjoint(first)


def test_a_volume_that_was_moved_is_written_where_it_is_seen(examined, load, exported, scene):
    series = examined()
    (node,) = load(series)
    moved = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(0, 3, 7.0)  # to the right in RAS
    moved.SetMatrixTransformToParent(matrix)
    node.SetAndObserveTransformNodeID(moved.GetID())
    sources = {str(one.SOPInstanceUID): one for one in map(pydicom.dcmread, files_of(series))}
    for image in exported():
        source = sources[str(image.SourceImageSequence[0].ReferencedSOPInstanceUID)]
        difference = np.array(image.ImagePositionPatient, float) - np.array(source.ImagePositionPatient, float)
        assert np.allclose(difference, [-7, 0, 0], atol=0.001)


@pytest.mark.parametrize(
    ("plan", "reason"), [({"samples": 3, "sop_class": MR}, "colour"), ({"sop_class": PET}, "modality")], ids=["colour", "PET"]
)
def test_what_no_plain_ct_or_mr_series_is_is_refused(examined, load, exported, plan, reason):
    load(examined(**plan))
    with pytest.raises(ExportError, match=reason) as caught:
        exported()
    assert caught.value.message("fr")


def test_values_that_16_bits_do_not_hold_are_refused(examined, load, exported, tmp_path):
    (node,) = load(examined(positions=[(0, 0, 2.0 * k) for k in range(6)]))
    noise = np.random.default_rng(0).normal(size=(400, 20, 10)).astype(np.float32)
    image = vtk.vtkImageData()
    image.SetDimensions(10, 20, 400)
    values = vtk.util.numpy_support.numpy_to_vtk(noise.ravel(), deep=True)
    image.GetPointData().SetScalars(values)
    node.SetAndObserveImageData(image)
    node.SetAttribute("DICOM.instanceUIDs", " ".join(f"1.2.{n}" for n in range(1, 401)))
    with pytest.raises(ExportError, match="values"):
        exported()
    assert not list((tmp_path / "exported").iterdir())


def test_a_shear_in_the_plane_is_refused(examined, load, exported, scene):
    (node,) = load(examined())
    sheared = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(0, 1, 0.2)
    sheared.SetMatrixTransformToParent(matrix)
    node.SetAndObserveTransformNodeID(sheared.GetID())
    with pytest.raises(ExportError, match="sheared"):
        exported()


def test_a_bent_slice_is_refused(examined, load, exported, scene):
    (node,) = load(examined())
    points = [(x, y, z) for x in (-20.0, 20.0) for y in (-30.0, 30.0) for z in (0.0, 60.0)] + [(9.0, 19.0, 35.0)]
    source, target = vtk.vtkPoints(), vtk.vtkPoints()
    for number, point in enumerate(points):
        source.InsertNextPoint(point)
        target.InsertNextPoint(np.add(point, (0, 0, 5.0 if number == 8 else 0.0)))
    spline = vtk.vtkThinPlateSplineTransform()
    spline.SetBasisToR()
    spline.SetSourceLandmarks(source)
    spline.SetTargetLandmarks(target)
    bending = scene.AddNewNodeByClass("vtkMRMLTransformNode")
    bending.SetAndObserveTransformToParent(spline)
    node.SetAndObserveTransformNodeID(bending.GetID())
    with pytest.raises(ExportError, match="bent"):
        exported()


def test_a_volume_of_no_study_is_refused(scene, exported):
    volume = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "made")
    image = vtk.vtkImageData()
    image.SetDimensions(3, 3, 3)
    image.AllocateScalars(vtk.VTK_SHORT, 1)
    volume.SetAndObserveImageData(image)
    with pytest.raises(ExportError, match="no-study"):
        exported()


@pytest.fixture
def drawn(examined, load, scene):
    """A segmentation drawn on a loaded series: (series, its mask (k, j, i))."""
    pytest.importorskip("highdicom", reason="highdicom is not installed")
    series = examined(header={"AccessionNumber": "A7", "ReferringPhysicianName": "Doc^Tor", "KVP": "120"})
    (volume,) = load(series)
    node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Lesions")
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    mask = np.zeros(slicer.util.arrayFromVolume(volume).shape, np.uint8)
    mask[2:4, 1:3, 1] = 1
    labelmap = slicer.vtkOrientedImageData()
    labelmap.SetDimensions(*mask.shape[::-1])
    labelmap.GetPointData().SetScalars(vtk.util.numpy_support.numpy_to_vtk(mask.ravel(), deep=True))
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    labelmap.SetImageToWorldMatrix(matrix)
    segment = slicer.vtkSegment()
    segment.SetName("Lesion")
    segment.SetTag("TerminologyEntry", "list~SCT^49755003^Morphologically Altered Structure~SCT^52988006^Lesion~^^~~")
    segment.AddRepresentation("Binary labelmap", labelmap)
    node.GetSegmentation().AddSegment(segment)
    return series, mask


def test_a_segmentation_becomes_a_seg_object_on_its_images(drawn, scene, tmp_path):
    series, mask = drawn
    node = exportable_nodes(scene)[-1]
    written = write_node(scene, node, SourceHeaders.below(files_of(series)).get, tmp_path / "seg")
    seg = pydicom.dcmread(written.files[0])
    assert seg.SOPClassUID == "1.2.840.10008.5.1.4.1.1.66.4" and seg.StudyInstanceUID == "1.2.3"
    (segment,) = seg.SegmentSequence
    assert segment.SegmentLabel == "Lesion" and segment.SegmentedPropertyTypeCodeSequence[0].CodeValue == "52988006"
    frames = {
        tuple(f.PlanePositionSequence[0].ImagePositionPatient): n for n, f in enumerate(seg.PerFrameFunctionalGroupsSequence)
    }
    assert len(frames) == 2
    pixels = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    for k in (2, 3):
        source = sorted((pydicom.dcmread(path) for path in files_of(series)), key=lambda one: one.ImagePositionPatient[2])[k]
        assert np.array_equal(pixels[frames[tuple(source.ImagePositionPatient)]], mask[k])
    again = write_node(scene, node, SourceHeaders.below(files_of(series)).get, tmp_path / "again")
    assert again.series_instance_uid == written.series_instance_uid


def test_a_segmentation_whose_images_are_not_at_hand_is_refused(drawn, scene, tmp_path):
    with pytest.raises(ExportError, match="needs-sources"):
        write_node(scene, exportable_nodes(scene)[-1], lambda uid: None, tmp_path / "seg")


def test_without_highdicom_its_name_is_told(drawn, scene, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "highdicom", None)
    with pytest.raises(ExportError, match="highdicom"):
        write_node(scene, exportable_nodes(scene)[-1], lambda uid: None, tmp_path / "seg")
