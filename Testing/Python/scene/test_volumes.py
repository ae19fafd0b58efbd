"""A candidate becomes a volume node: place, values, notes, looks."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
import slicer
import slicer.util
from made_frames import made_stack

from DICOMTutorialHelperLib.scene import volumes
from DICOMTutorialHelperLib.scene.loader import load_candidate

MR = "1.2.840.10008.5.1.4.1.1.4"
PET = "1.2.840.10008.5.1.4.1.1.128"
OBLIQUE = (0.8, 0.6, 0.0, 0.0, 0.0, -1.0)


@pytest.fixture
def loaded(scene):
    """Loads the one selected candidate of an examined series; gives its volume node."""

    def load(series):
        (candidate,) = series.selected
        return load_candidate(candidate, scene).volume

    return load


def _files(series):
    return [instance.path for instance in series.instances]


def _color_id(node):
    return node.GetDisplayNode().GetColorNodeID()


@pytest.mark.parametrize("orientation", [(1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, -1), OBLIQUE, (-1, 0, 0, 0, 1, 0)])
@pytest.mark.parametrize("direction", [1, -1])
def test_every_voxel_lies_where_the_header_puts_it(examined, loaded, assert_true, orientation, direction):
    normal = np.cross(orientation[:3], orientation[3:]) * direction
    series = examined(positions=[np.array([-10, 20, 30]) + 2.5 * k * normal for k in range(6)], orientation=orientation)
    assert_true(loaded(series), _files(series))


def test_the_volume_is_named_after_the_candidate(examined, loaded):
    series = examined()
    assert loaded(series).GetName() == series.selected[0].name


def test_a_second_volume_of_one_name_gets_another(examined, loaded):
    series = examined()
    assert loaded(series).GetName() != loaded(series).GetName()


def test_instances_are_listed_in_the_order_of_slices(examined, loaded):
    # Written from head to feet, which a right-handed axial volume is not.
    series = examined(positions=[(0, 0, -3.0 * k) for k in range(5)])
    node = loaded(series)
    assert node.GetAttribute("DICOM.instanceNumbers") == "5 4 3 2 1"
    by_number = {pydicom.dcmread(path).InstanceNumber: pydicom.dcmread(path).SOPInstanceUID for path in _files(series)}
    assert node.GetAttribute("DICOM.instanceUIDs").split() == [by_number[number] for number in (5, 4, 3, 2, 1)]


def test_missing_slices_are_listed_nowhere(examined, loaded, assert_true):
    series = examined(positions=[(0, 0, 3.0 * k) for k in (0, 1, 2, 4, 5)])
    node = loaded(series)
    assert node.GetImageData().GetDimensions()[2] == 6
    assert len(node.GetAttribute("DICOM.instanceUIDs").split()) == 5
    assert_true(node, _files(series))


def test_all_windows_of_the_middle_slice_become_presets_and_the_first_is_used(examined, loaded):
    windows = [{"WindowCenter": [40 + k, -600], "WindowWidth": [400, 1500 + k]} for k in range(6)]
    display = loaded(examined(headers=windows)).GetScalarVolumeDisplayNode()
    presets = [(display.GetLevelPreset(n), display.GetWindowPreset(n)) for n in range(display.GetNumberOfWindowLevelPresets())]
    assert presets == [(43, 400), (-600, 1503)]
    assert (display.GetLevel(), display.GetWindow(), bool(display.GetAutoWindowLevel())) == (43, 400, False)


def test_a_series_without_a_window_gets_one_from_its_values(examined, loaded):
    display = loaded(examined()).GetScalarVolumeDisplayNode()
    assert display.GetAutoWindowLevel()
    assert display.GetNumberOfWindowLevelPresets() == 0
    assert display.GetWindow() > 100


def test_a_window_without_width_is_no_preset(examined, loaded):
    display = loaded(examined(header={"WindowCenter": 40, "WindowWidth": 0})).GetScalarVolumeDisplayNode()
    assert display.GetNumberOfWindowLevelPresets() == 0


def test_monochrome1_is_shown_inverted_and_keeps_its_values(examined, loaded, assert_true):
    series = examined(header={"PhotometricInterpretation": "MONOCHROME1"})
    node = loaded(series)
    assert _color_id(node) == "vtkMRMLColorTableNodeInvertedGrey"
    assert_true(node, _files(series))


def test_other_images_are_grey(examined, loaded):
    node = loaded(examined())
    assert _color_id(node) == "vtkMRMLColorTableNodeGrey"
    assert node.GetDisplayNode().GetColorNode() is not None


def test_pet_is_shown_hot(examined, loaded):
    assert _color_id(loaded(examined(sop_class=PET))) == "vtkMRMLPETProceduralColorNodePET-Heat"


def _codes(node):
    return tuple(
        entry and (entry.GetCodeValue(), entry.GetCodingSchemeDesignator())
        for entry in (node.GetVoxelValueQuantity(), node.GetVoxelValueUnits())
    )


@pytest.mark.parametrize(
    ("sop_class", "header", "codes"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", {}, (("112031", "DCM"), ("[hnsf'U]", "UCUM"))),
        ("1.2.840.10008.5.1.4.1.1.2", {"RescaleType": "HU"}, (("112031", "DCM"), ("[hnsf'U]", "UCUM"))),
        ("1.2.840.10008.5.1.4.1.1.2", {"RescaleType": "MGML"}, (None, None)),
        (MR, {}, (("110852", "DCM"), ("1", "UCUM"))),
        (PET, {"Units": "BQML"}, (("110821", "DCM"), ("Bq/ml", "UCUM"))),
        (PET, {"Units": "GML"}, (("126401", "DCM"), ("g/ml{SUVbw}", "UCUM"))),
        (PET, {}, (None, None)),
    ],
)
def test_voxels_say_what_they_measure(examined, loaded, sop_class, header, codes):
    assert _codes(loaded(examined(sop_class=sop_class, header=header))) == codes


def test_colour_becomes_a_vector_volume_of_the_same_values(examined, loaded):
    series = examined(samples=3)
    node = loaded(series)
    assert node.IsA("vtkMRMLVectorVolumeNode")
    assert node.GetVoxelVectorType() == node.VoxelVectorTypeColorRGB
    truth = np.array([pydicom.dcmread(path).pixel_array for path in sorted(_files(series))])
    assert np.array_equal(slicer.util.arrayFromVolume(node), truth)
    display = node.GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == (0, 255)


def test_a_volume_is_the_same_after_saving_and_reading(scene, examined, loaded, assert_true, reopened):
    series = examined(
        orientation=OBLIQUE, positions=[np.array([-10, 20, 30]) + 2.5 * k * np.array([-0.6, 0.8, 0]) for k in range(6)]
    )
    before = loaded(series)
    after = reopened(scene).GetFirstNodeByName(before.GetName())
    assert_true(after, _files(series))
    assert _codes(after) == _codes(before)
    assert after.GetAttribute("DICOM.instanceNumbers") == before.GetAttribute("DICOM.instanceNumbers")


def test_an_image_is_the_one_that_was_asked_for_last(monkeypatch):
    """Where only the values tell which type is needed, memory is asked for twice."""

    def read_voxels(made_stack, allocate, progress, reader):
        allocate((1, 2, 2), np.dtype(np.int16))
        allocate((1, 2, 2), np.dtype(np.int32))[:] = 7

    monkeypatch.setattr(volumes, "read_voxels", read_voxels)
    image = volumes.read_image(made_stack())
    assert (image.GetScalarTypeAsString(), image.GetScalarComponentAsDouble(1, 1, 0, 0)) == ("int", 7)
