"""What an index of a sequence becomes in plain images, and what of a scene can be written: each as the element has it."""

from __future__ import annotations

import numpy as np
import pytest

slicer = pytest.importorskip("slicer")

import vtk
from pydicom.dataset import Dataset
from synthetic_volumes import made_volume

from DICOMTutorialHelperLib.dicom.series_to_write import SourceImage, VolumeToWrite
from DICOMTutorialHelperLib.scene.exporting import exportable_nodes, places_lps
from DICOMTutorialHelperLib.scene.index_elements import index_elements


def header(**values):
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


class Node:
    """A sequence, or a volume of it, with its attributes and the values of its index."""

    def __init__(self, index="", values=(), **attributes):
        self.index, self.values, self.attributes = index, values, attributes

    def GetIndexName(self):
        return self.index

    def GetNthIndexValue(self, number):
        return self.values[number]

    def GetAttribute(self, name):
        return self.attributes.get(name.replace("DWMRI_b-value", "b").replace("DWMRI_gradient", "g"))


def elements(*arguments, **named):
    """The elements alone."""
    return elements_and_told(*arguments, **named)[0]


def elements_and_told(index, value, headers=(), common=None, node=None, sequence=None):
    """Of the second volume of a sequence: its elements, and whether they tell all of the index."""
    sources = [SourceImage("1", str(n), one) for n, one in enumerate(headers)]
    volume = VolumeToWrite(np.zeros((1, 1, 1)), np.zeros((1, 2, 2, 3)), np.zeros((1, 3)), sources)
    return index_elements(sequence or Node(index, ["first", value]), 1, node or Node(), volume, common or Dataset())


@pytest.mark.parametrize(
    ("index", "value", "expected", "told"),
    [
        ("TriggerTime", "50.5", {"TriggerTime": 50.5}, True),
        ("EchoTime", "4.6", {"EchoTime": 4.6}, True),
        ("FlipAngle", "15", {"FlipAngle": 15.0}, True),
        ("InversionTime", "900", {"InversionTime": 900.0}, True),
        ("FrameReferenceTime", "5", {"FrameReferenceTime": 5.0}, True),
        ("TemporalPositionTimeOffset", "5", {"TemporalPositionTimeOffset": 5.0}, True),
        ("TemporalPositionIdentifier", "3", {"TemporalPositionIdentifier": 3}, True),
        ("AcquisitionNumber", "3", {"AcquisitionNumber": 3}, True),
        ("EchoNumbers", "3", {"EchoNumbers": 3}, True),
        ("PhaseNumber", "3", {}, False),
        ("EchoTime", "4.6 (2)", {}, False),
        ("TriggerTime x EchoTime", "5, 4.6 ms", {}, False),
        ("TriggerTime x EchoTime", "5", {}, False),
        ("InstanceNumber", "x", {}, True),
        ("InstanceNumber", "5", {}, True),
        ("ImageType", "M", {}, False),
        ("DiffusionBValue", "x", {}, False),
    ],
)
def test_an_index_is_the_element_of_its_name(index, value, expected, told):
    found, all_told = elements_and_told(index, value)
    assert (found, all_told) == (expected, told)
    assert [type(one) for one in found.values()] == [type(one) for one in expected.values()]


def test_what_the_sources_say_is_not_said_again():
    assert elements("EchoTime", "4.6", [header(EchoTime=4.6), header(EchoTime=4.6)]) == {}
    assert elements("EchoTime", "4.6", [header(EchoTime=4.6), header()]) == {"EchoTime": 4.6}
    assert elements("EchoTime", "4.6", [header(EchoTime=4.6), None]) == {"EchoTime": 4.6}
    assert elements("TriggerTime x EchoTime", "x", [header(EchoTime=4.6, TriggerTime=5)]) == {}
    assert elements("AcquisitionTime", "5", [header(AcquisitionTime="100000")]) == {}
    assert elements("AcquisitionTime", "5", [header(AcquisitionDateTime="20200102100000")]) == {}
    assert elements("AcquisitionTime", "5", [header(AcquisitionDate="20200102")]) != {}
    assert elements("AcquisitionTime", "5", [header(AcquisitionTime="100000", NumberOfFrames=3)]) != {}


MOMENT = {"AcquisitionDate": "20200103", "AcquisitionTime": "000005.500000", "AcquisitionDateTime": "20200103000005.500000"}


@pytest.mark.parametrize(
    ("sources", "common", "expected"),
    [
        ([header(AcquisitionDateTime="20200102235950.25", NumberOfFrames=2)], {}, MOMENT),
        ([header(AcquisitionDate="20200102", AcquisitionTime="235950", NumberOfFrames=2)], {}, MOMENT),
        ([header(StudyDate="20200102", StudyTime="235950", EchoTime=5)], {}, MOMENT),
        ([], {"StudyDate": "20200102", "StudyTime": "235950"}, MOMENT),
        ([header(EchoTime=5)], {"StudyDate": "20200102", "StudyTime": "235950"}, MOMENT),
        (
            [],
            {"StudyDate": "20200102"},
            {
                **MOMENT,
                "AcquisitionDate": "20200102",
                "AcquisitionTime": "000015.500000",
                "AcquisitionDateTime": "20200102000015.500000",
            },
        ),
        ([], {}, {"AcquisitionTime": "000015.500000"}),
    ],
)
def test_seconds_are_counted_from_the_sources_moment_the_studys_or_midnight(sources, common, expected):
    """15.5 s."""
    assert elements("AcquisitionTime", "15.5", sources, header(**common)) == expected


def test_a_content_time_has_no_element_for_both():
    found = elements("ContentTime", "15.5", [], header(StudyDate="20200102", StudyTime="1200"))
    assert found == {"ContentDate": "20200102", "ContentTime": "120015.500000"}


@pytest.mark.parametrize(
    ("node", "sequence", "expected"),
    [
        (
            Node(b="500", g="0 0.6 0.8"),
            {},
            {"DiffusionBValue": 500.0, "DiffusionGradientOrientation": [0, 0.6, 0.8], "DiffusionDirectionality": "DIRECTIONAL"},
        ),
        (Node(b="0", g="0 0 0"), {}, {"DiffusionBValue": 0.0, "DiffusionDirectionality": "NONE"}),
        (Node(b="500", g="0 0 0"), {}, {"DiffusionBValue": 500.0}),
        (Node(b="500", g="0 1"), {}, {"DiffusionBValue": 500.0}),
        (Node(b="500"), {"b_0001": "7"}, {"DiffusionBValue": 500.0}),
        (Node(), {"b_0001": "7"}, {"DiffusionBValue": 7.0}),
        (Node(), {"b_0000": "7"}, {}),
    ],
)
def test_weightings_and_directions_are_those_of_the_volume_or_its_sequence(node, sequence, expected):
    assert elements("DiffusionBValue", "x", node=node, sequence=Node("DiffusionBValue", ["a", "b"], **sequence)) == expected
    both = {**expected, "EchoTime": 5.0}
    assert elements("EchoTime", "5", node=node, sequence=Node("EchoTime", ["a", "5"], **sequence)) == both


# --- what of a scene can be written


def test_volumes_and_segmentations_can_be_written_but_no_labelmaps_and_nothing_hidden(scene):
    voxels = np.zeros((2, 3, 4))
    plain = made_volume(scene, voxels)
    plain.SetName("plain")
    scene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels")
    hidden = made_volume(scene, voxels)
    hidden.SetHideFromEditors(True)
    segmentation = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "drawn")
    found = exportable_nodes(scene)
    assert [(one.name, one.node, one.proxy) for one in found] == [("plain", plain, None), ("drawn", segmentation, None)]


def test_places_are_those_of_the_world_and_the_middle_lies_between(scene):
    """4 x 3 x 2 voxels of 2 x 3 x 5 mm in RAS, moved by 7 mm to the right."""
    matrix = np.diag([2.0, 3.0, 5.0, 1.0])
    matrix[:3, 3] = 10, 20, 30
    volume = made_volume(scene, np.zeros((2, 3, 4)), matrix)
    moved = vtk.vtkMatrix4x4()
    moved.SetElement(0, 3, 7.0)
    transform = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    transform.SetMatrixTransformToParent(moved)
    volume.SetAndObserveTransformNodeID(transform.GetID())
    corners, middle = places_lps(volume, (2, 3, 4))
    expected = [[[[-(17 + x), -(20 + y), 30 + z] for x in (0, 6)] for y in (0, 6)] for z in (0, 5)]
    assert corners == pytest.approx(np.array(expected))
    assert middle == pytest.approx(np.array([[-20, -23, 30], [-20, -23, 35]]))
    corners, middle = places_lps(volume, (1, 1, 1))
    assert corners[0].tolist() == [[[-17, -20, 30], [-19, -20, 30]], [[-17, -23, 30], [-19, -23, 30]]]
    assert middle[0].tolist() == [-18, -21.5, 30]
