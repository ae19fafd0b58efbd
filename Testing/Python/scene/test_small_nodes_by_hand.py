"""Small files of this room: images, points, files of a scene, the hierarchy and comparing, on a few voxels worked out by hand."""

from __future__ import annotations

import io
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

import vtk
from made_frames import CORONAL, made_frame
from pydicom.dataset import Dataset
from pydicom.uid import SegmentationStorage
from synthetic_volumes import made_volume

from DICOMTutorialHelperLib.dicom.candidate import Candidate, SeriesExamination, Stack
from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.dicom.geometry import Grid, fit_grid
from DICOMTutorialHelperLib.scene import comparing, loaded_segmentations
from DICOMTutorialHelperLib.scene.arrays import allocate_image, numpy_matrix
from DICOMTutorialHelperLib.scene.comparing import NOT_ALIKE, difference_from_files
from DICOMTutorialHelperLib.scene.load_error import SaveError
from DICOMTutorialHelperLib.scene.marked_points import marked_lines_ras, marked_points_ras
from DICOMTutorialHelperLib.scene.png import png_of_array, png_of_image
from DICOMTutorialHelperLib.scene.scene_files import OpenError, open_scene, save_scene
from DICOMTutorialHelperLib.scene.subject_hierarchy import add_to_subject_hierarchy, remove_node
from DICOMTutorialHelperLib.scene.volumes import fill_volume, instances_in_slice_order, volume_class

# --- images


def image_of(components, shape=(1, 2, 3)):
    image, voxels = allocate_image((*shape, components) if components > 1 else shape, np.uint8)
    voxels[:] = np.arange(voxels.size).reshape(voxels.shape)
    return image


def picture(png: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize(
    ("components", "colour", "kind"),
    [(1, False, None), (3, True, "VoxelVectorTypeColorRGB"), (4, True, "VoxelVectorTypeColorRGBA")],
)
def test_colours_are_vectors_of_red_green_and_blue_and_perhaps_opacity(scene, components, colour, kind):
    image = image_of(components)
    name = volume_class(image)
    assert name == ("vtkMRMLVectorVolumeNode" if colour else "vtkMRMLScalarVolumeNode")
    node = scene.AddNewNodeByClass(name)
    frames = [made_frame()]
    fill_volume(node, Stack(frames, Grid((3, 2, 1), np.eye(4))), image)
    if kind:
        assert node.GetVoxelVectorType() == getattr(node, kind)
    assert node.GetImageData().GetNumberOfScalarComponents() == components


def test_two_components_are_a_vector_too():
    assert volume_class(image_of(2)) == "vtkMRMLVectorVolumeNode"


def test_a_volume_lies_on_its_grid_or_where_it_is_told_and_names_its_instances(scene):
    first = made_frame((0, 0, 0), name="a.dcm", SOPInstanceUID="1.1", InstanceNumber=7)
    second = made_frame((0, 0, 2), name="b.dcm", SOPInstanceUID="1.2")
    stack = Stack([first, None, second, first], Grid((3, 2, 4), np.diag([2.0, 3, 4, 1])))
    assert [one.path.name for one in instances_in_slice_order(stack)] == ["a.dcm", "b.dcm"]
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    matrix = vtk.vtkMatrix4x4()
    for told, expected in ((None, np.diag([-2.0, -3, 4, 1])), (np.diag([5.0, 6, 7, 1]), np.diag([5.0, 6, 7, 1]))):
        fill_volume(node, stack, image_of(1), told)
        node.GetIJKToRASMatrix(matrix)
        assert np.array_equal(numpy_matrix(matrix), expected)
    assert node.GetAttribute("DICOM.instanceUIDs") == "1.1 1.2"
    assert node.GetAttribute("DICOM.instanceNumbers") == "7 ?"


@pytest.mark.parametrize("components", [1, 3, 4])
def test_a_png_has_grey_or_red_green_and_blue(components):
    """VTK's rows count from the bottom; pixel n of this image holds components x n and the following numbers."""
    rows = np.arange(6 * components).reshape(2, 3, components)[::-1, :, :3]
    assert picture(png_of_image(image_of(components))).tolist() == (rows[..., 0] if components == 1 else rows).tolist()


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_a_picture_of_numpy_has_its_first_row_on_top(shape):
    values = (np.arange(np.prod(shape)).reshape(shape) * 7).astype(np.uint8)
    assert picture(png_of_array(values)).tolist() == values.tolist()


# --- points


def test_points_that_are_not_placed_are_none(scene):
    points = scene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "points")
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "line")
    for number in range(2):
        points.AddControlPoint(vtk.vtkVector3d(number, 2, 3), f"p{number}")
        line.AddControlPoint(vtk.vtkVector3d(number, 2, 3), f"l{number}")
    assert marked_lines_ras(scene) == [("line", (0.0, 2.0, 3.0), (1.0, 2.0, 3.0))]
    points.SetNthControlPointPositionMissing(0)
    line.SetNthControlPointPositionMissing(1)
    assert marked_points_ras(scene) == [("p1", (1.0, 2.0, 3.0))]
    assert marked_lines_ras(scene) == []


# --- files of a scene


def voxels():
    return np.arange(24).reshape(2, 3, 4)


def named(scene, name):
    volume = made_volume(scene, voxels())
    volume.SetName(name)
    return volume


def test_names_of_files_are_told_apart_without_their_case(scene, tmp_path):
    for name in ("lung", "Lung", "LUNG", "other"):
        named(scene, name)
    files = save_scene(scene, tmp_path / "new" / "folder")
    assert [path.name for path in files] == ["scene.mrml", "lung.nrrd", "Lung_1.nrrd", "LUNG_2.nrrd", "other.nrrd"]
    assert all(path.parent == tmp_path / "new" / "folder" and path.is_file() for path in files)


@pytest.mark.parametrize(("compress", "encoding"), [(True, b"encoding: gzip"), (False, b"encoding: raw")])
def test_volumes_are_compressed_where_it_is_wanted(scene, tmp_path, compress, encoding):
    named(scene, "lung")
    save_scene(scene, tmp_path, compress)
    assert encoding in (tmp_path / "lung.nrrd").read_bytes()[:1000]


def test_what_is_hidden_or_not_to_be_saved_is_not(scene, tmp_path):
    named(scene, "hidden").SetHideFromEditors(True)
    named(scene, "unsaved").SetSaveWithScene(False)
    named(scene, "saved")
    assert [path.name for path in save_scene(scene, tmp_path)] == ["scene.mrml", "saved.nrrd"]


def test_a_node_that_cannot_be_written_is_left_out_of_the_scene(scene, tmp_path):
    lost, kept = named(scene, "lost"), named(scene, "kept")
    (tmp_path / "lost.nrrd").mkdir()
    with pytest.raises(SaveError) as caught:
        save_scene(scene, tmp_path)
    assert [name for name, _ in caught.value.failed] == ["lost.nrrd"]
    assert [path.name for path in caught.value.written] == ["scene.mrml", "kept.nrrd"]
    told = (tmp_path / "scene.mrml").read_text(encoding="utf-8")
    assert "kept.nrrd" in told and 'name="kept"' in told
    assert "lost.nrrd" not in told and 'name="lost"' not in told
    assert (lost.GetSaveWithScene(), lost.GetStorageNode().GetSaveWithScene(), kept.GetSaveWithScene()) == (0, 0, 1)


def test_a_scene_is_opened_whole_or_it_is_told(scene, tmp_path):
    named(scene, "lung")
    save_scene(scene, tmp_path)
    again = slicer.vtkMRMLScene()
    open_scene(again, tmp_path / "scene.mrml")
    assert again.GetFirstNodeByName("lung").GetImageData().GetDimensions() == (4, 3, 2)
    with pytest.raises(OpenError):
        open_scene(slicer.vtkMRMLScene(), tmp_path / "none.mrml")
    (tmp_path / "lung.nrrd").unlink()
    with pytest.raises(OpenError):
        open_scene(slicer.vtkMRMLScene(), tmp_path / "scene.mrml")


# --- the hierarchy


def put(scene, **values):
    """A volume of a series of these header values, in the hierarchy; its node, and the items from its own up to the patient's."""
    values = {"PatientID": "P1", "StudyInstanceUID": "1.2", "SeriesInstanceUID": "1.2.3", "SOPInstanceUID": "9", **values}
    frame = made_frame(**values)
    candidate = Candidate("volume", "a", [Stack([frame, frame], fit_grid([frame])), Stack([frame], fit_grid([frame]))])
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "a")
    item = add_to_subject_hierarchy(scene, node, SeriesExamination([frame.instance], [candidate]), candidate)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    study = hierarchy.GetItemParent(item)
    return node, item, study, hierarchy.GetItemParent(study)


@pytest.fixture
def hierarchy(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


@pytest.mark.parametrize(
    ("values", "patient", "study"),
    [
        ({}, "No name (P1)", "No study description"),
        ({"PatientName": "A^B", "StudyDescription": "Chest"}, "A^B (P1)", "Chest"),
        ({"StudyDate": "20200102"}, "No name (P1)", "No study description (20200102)"),
        ({"PatientID": ""}, "No name (Patient-1.2)", "No study description"),
    ],
)
def test_items_are_called_by_what_headers_say(scene, hierarchy, values, patient, study):
    _, _, study_item, patient_item = put(scene, **values)
    assert (hierarchy.GetItemName(patient_item), hierarchy.GetItemName(study_item)) == (patient, study)


def test_an_item_names_each_instance_once_and_joins_several_values(scene, hierarchy):
    _, item, _, _ = put(scene, SeriesDescription=("a", "b"), SeriesNumber=3)
    assert hierarchy.GetItemUID(item, "DICOMInstanceUID") == "9"
    assert hierarchy.GetItemAttribute(item, "DICOM.SeriesDescription") == "a\\b"
    assert hierarchy.GetItemAttribute(item, "DICOM.SeriesNumber") == "3"


def test_whom_the_hierarchy_knows_is_not_described_anew(scene, hierarchy):
    _, _, study, patient = put(scene, PatientName="A", StudyDescription="first")
    _, _, other, same = put(scene, PatientName="B", StudyInstanceUID="1.9", SeriesInstanceUID="1.9.1", StudyDescription="second")
    put(scene, PatientName="C", SeriesInstanceUID="1.2.4", StudyDescription="third")
    assert (same, other == study) == (patient, False)
    assert [hierarchy.GetItemName(one) for one in (patient, study, other)] == ["A (P1)", "first", "second"]


def test_what_is_removed_takes_the_study_and_the_patient_that_are_empty_then(scene, hierarchy):
    first, _, study, patient = put(scene)
    second, _, other, _ = put(scene, StudyInstanceUID="1.9", SeriesInstanceUID="1.9.1")
    remove_node(scene, first)
    assert [hierarchy.GetItemLevel(one) for one in (study, patient, other)] == ["", "Patient", "Study"]
    remove_node(scene, second)
    assert [hierarchy.GetItemLevel(one) for one in (patient, other)] == ["", ""]
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0


def test_a_folder_that_somebody_made_stays(scene, hierarchy):
    node = put(scene)[0]
    folder = hierarchy.CreateFolderItem(hierarchy.GetSceneItemID(), "mine")
    hierarchy.SetItemParent(hierarchy.GetItemByDataNode(node), folder)
    remove_node(scene, node)
    assert hierarchy.GetItemName(folder) == "mine"


def test_a_node_goes_where_there_is_no_hierarchy_too():
    scene = slicer.vtkMRMLScene()
    remove_node(scene, scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode"))
    assert scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0


# --- comparing


def frames_at(*heights, x=0.0):
    """Slices of 4 x 3 whose first pixel lies at LPS (x, 0, height); None for a missing one."""
    return [None if height is None else made_frame((x, 0.0, height), name=f"{height}.dcm") for height in heights]


@pytest.fixture
def compared(scene, monkeypatch):
    """Compares a loaded volume, at LPS (i, j, k), with stacks of frames that hold these voxels."""

    def compare(loaded, *stacks, volumes=1, candidates=1):
        made = [Stack(frames, Grid((4, 3, len(frames)), np.eye(4))) for frames, _ in stacks]
        stored = {id(stack): values for stack, (_, values) in zip(made, stacks)}

        def read(stack):
            found = stored[id(stack)]
            if isinstance(found, Exception):
                raise found
            return found

        series = SimpleNamespace(selected=[Candidate("volume", "a", made)] * candidates)
        monkeypatch.setattr(comparing, "examine_files", lambda files: SimpleNamespace(series=[series]))
        monkeypatch.setattr(comparing, "read_voxels", read)
        return difference_from_files([made_volume(scene, loaded) for _ in range(volumes)], [])

    return compare


RAMP = np.arange(24).reshape(2, 3, 4)


def changed(place, value):
    made = RAMP.astype(float)
    made[place] = value
    return made


def test_differences_are_the_largest_of_corners_and_values(compared):
    assert compared(RAMP, (frames_at(0.0, 1.0), RAMP)) == (0, 0)
    assert compared(RAMP, (frames_at(0.0, 1.0), changed((1, 2, 3), 20.5))) == (0, 2.5)
    assert compared(RAMP, (frames_at(0.0, 1.25), RAMP)) == (0.25, 0)
    assert compared(RAMP, (frames_at(0.0, 1.0, x=0.5), changed((0, 0, 0), 9))) == (0.5, 9)


def test_of_a_sequence_the_worst_volume_counts(compared):
    near, far = (frames_at(0.0, 1.0), changed((0, 0, 0), 3)), (frames_at(0.0, 1.5), RAMP)
    assert compared(RAMP, near, far, volumes=2) == (0.5, 3)
    assert compared(RAMP, far, near, volumes=2) == (0.5, 3)


def test_slices_in_the_other_order_are_the_same_with_their_voxels_turned(compared):
    assert compared(RAMP, (frames_at(1.0, 0.0), RAMP[::-1])) == (0, 0)
    assert compared(RAMP, (frames_at(1.0, 0.0), RAMP)) == (0, 12)


def test_a_missing_slice_was_filled_with_one_value(compared):
    flat = RAMP.repeat(2, axis=0)[:3].copy()
    flat[1] = 7
    stored = flat.copy()
    stored[1] = -1
    assert compared(flat, (frames_at(0.0, None, 2.0), stored)) == (0, 0)
    flat[1, 0, 0] = 8
    assert compared(flat, (frames_at(0.0, None, 2.0), stored)) == NOT_ALIKE


@pytest.mark.parametrize(
    ("values", "more"),
    [
        (RAMP, {"candidates": 2}),
        (RAMP, {"candidates": 0}),
        (RAMP, {"volumes": 2}),
        (RAMP[..., None].repeat(3, axis=-1), {}),
        (DecodingError("a.dcm", "undecodable"), {}),
    ],
)
def test_what_is_not_one_readable_volume_of_the_same_size_is_not_alike(compared, values, more):
    assert compared(RAMP, (frames_at(0.0, 1.0), values), **more) == NOT_ALIKE == (inf, inf)


def test_a_volume_of_more_slices_is_not_alike(compared):
    assert compared(RAMP, (frames_at(0.0, 1.0, 2.0), np.zeros((3, 3, 4)))) == NOT_ALIKE


# --- segmentations


class Segmentation(Dataset):
    """A SEG object of 2 x 3 pixels whose frames are given as numbers."""

    def __init__(self, positions, frames, numbers=None, kind="BINARY", most=None, orientations=None, between=None):
        super().__init__()
        self.SOPClassUID, self.Rows, self.Columns, self.SegmentationType = SegmentationStorage, 2, 3, kind
        if most is not None:
            self.MaximumFractionalValue = most
        measures = Dataset()
        measures.PixelSpacing, measures.SliceThickness = [2.0, 1.5], 5.0
        if between is not None:
            measures.SpacingBetweenSlices = between
        shared, groups = Dataset(), []
        shared.PixelMeasuresSequence = [measures]
        for place, position in enumerate(positions):
            group, plane, turn, identity = Dataset(), Dataset(), Dataset(), Dataset()
            plane.ImagePositionPatient = list(position)
            turn.ImageOrientationPatient = list((orientations or [(1, 0, 0, 0, 1, 0)] * len(positions))[place])
            identity.ReferencedSegmentNumber = (numbers or [1] * len(positions))[place]
            group.PlanePositionSequence, group.PlaneOrientationSequence = [plane], [turn]
            group.SegmentIdentificationSequence = [identity]
            groups.append(group)
        self.SharedFunctionalGroupsSequence, self.PerFrameFunctionalGroupsSequence = [shared], groups
        self.__dict__["frames"] = np.asarray(frames)

    @property
    def pixel_array(self):
        return self.__dict__["frames"]


def frame_with(*places, value=1):
    made = np.zeros((2, 3), np.uint8)
    for place in places:
        made[place] = value
    return made


def test_frames_lie_by_their_heights_and_holes_are_empty():
    ds = Segmentation([(1, 2, 30), (1, 2, 10), (1, 2, 15)], [frame_with((0, 0)), frame_with((1, 2)), frame_with((0, 1))])
    mask, matrix = loaded_segmentations._labelmap(ds, 1)
    assert [tuple(place) for place in np.argwhere(mask)] == [(0, 1, 2), (1, 0, 1), (4, 0, 0)]
    assert mask.shape == (5, 2, 3)
    assert matrix.tolist() == [[-1.5, 0, 0, -1], [0, -2, 0, -2], [0, 0, 5, 10], [0, 0, 0, 1]]


@pytest.mark.parametrize(("between", "step"), [(None, 5), (4.0, 4)])
def test_a_lone_frame_is_as_thick_as_slices_lie_apart(between, step):
    mask, matrix = loaded_segmentations._labelmap(Segmentation([(0, 0, 0)], [frame_with((1, 1))], between=between), 1)
    assert mask.tolist() == [[[0, 0, 0], [0, 1, 0]]] and matrix[2, 2] == step


def test_each_segment_has_its_own_frames_and_two_at_one_place_are_joined():
    frames = [frame_with((0, 0)), frame_with((0, 1)), frame_with((0, 2))]
    ds = Segmentation([(0, 0, 0)] * 3, frames, numbers=[1, 2, 1])
    assert loaded_segmentations._labelmap(ds, 1)[0].tolist() == [[[1, 0, 1], [0, 0, 0]]]
    assert loaded_segmentations._labelmap(ds, 2)[0].tolist() == [[[0, 1, 0], [0, 0, 0]]]
    mask, matrix = loaded_segmentations._labelmap(ds, 3)
    assert (mask.tolist(), matrix.tolist()) == ([[[0, 0, 0], [0, 0, 0]]], np.eye(4).tolist())


@pytest.mark.parametrize(
    ("kind", "most", "value", "counts"),
    [
        ("BINARY", None, 1, True),
        ("BINARY", None, 0, False),
        ("FRACTIONAL", 255, 128, True),
        ("FRACTIONAL", 255, 127, False),
        ("FRACTIONAL", 100, 50, True),
        ("FRACTIONAL", 100, 49, False),
        ("FRACTIONAL", None, 1, True),
    ],
)
def test_what_is_at_least_half_in_counts(kind, most, value, counts):
    ds = Segmentation([(0, 0, 0)], [frame_with((0, 0), value=value)], kind=kind, most=most)
    assert bool(loaded_segmentations._labelmap(ds, 1)[0][0, 0, 0]) == counts


@pytest.mark.parametrize(
    ("positions", "orientations", "fits"),
    [
        ([(0, 0, 0), (0, 0, 10), (0, 0, 20.9)], None, True),
        ([(0, 0, 0), (0, 0, 10), (0, 0, 21.1)], None, False),
        ([(0, 0, 0), (0.9, 0, 10)], None, True),
        ([(0, 0, 0), (1.1, 0, 10)], None, False),
        ([(0, 0, 0), (0, 0, 10)], [(1, 0, 0, 0, 1, 0), CORONAL], False),
    ],
)
def test_frames_lie_on_one_grid_to_a_tenth_of_a_step(positions, orientations, fits):
    ds = Segmentation(positions, [frame_with((0, 0))] * len(positions), orientations=orientations)
    if fits:
        assert loaded_segmentations._labelmap(ds, 1)[0].shape[0] == len(positions)
    else:
        with pytest.raises(ValueError, match="grid" if orientations is None else "orientations"):
            loaded_segmentations._labelmap(ds, 1)
