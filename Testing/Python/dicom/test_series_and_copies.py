"""Which files are one series and which are one image, from headers in memory."""

from __future__ import annotations

import pytest
from made_frames import made_frame, made_instance

from DICOMTutorialHelperLib.dicom import duplicates
from DICOMTutorialHelperLib.dicom.duplicates import unique_instances
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.series_identity import gather_series


def gathered(*headers, uid="1"):
    """Numbers of the instances by series, and what is said of them."""
    usual = {"SeriesInstanceUID": uid} if uid else {}
    instances = [made_instance(str(n), **{**usual, **header}) for n, header in enumerate(headers)]
    found = gather_series(instances)
    said = [(finding.evidence["reason"], finding.evidence["count"]) for finding in found[0].findings]
    return [[int(instance.path.name) for instance in series.instances] for series in found], said


A, B = {"PatientID": "A"}, {"PatientID": "B"}


@pytest.mark.parametrize(
    ("headers", "series", "said"),
    [
        ([A, A], [[0, 1]], []),
        ([A, B, A], [[0, 2], [1]], [("patient", 2)]),
        ([A, {}], [[0, 1]], []),
        ([A, B, {}], [[0], [1], [2]], [("patient", 3)]),
        ([{**A, "PatientSex": "F"}, {**B, "PatientSex": "M"}, A], [[0, 2], [1]], [("patient", 2)]),
        ([{"PatientName": "Doe^Jane"}, {"PatientName": "DOE^JANE^^"}], [[0, 1]], []),
        ([{"PatientName": "Doe^Jane"}, {"PatientName": "Doe^June"}], [[0], [1]], [("patient", 2)]),
        ([{"PatientID": "A "}, {"PatientID": "A\0"}], [[0, 1]], []),
        ([{"PatientBirthDate": "1"}, {"PatientBirthDate": "2"}], [[0], [1]], [("patient", 2)]),
        ([{"IssuerOfPatientID": "1"}, {"IssuerOfPatientID": "2"}], [[0], [1]], [("patient", 2)]),
        ([{"Modality": "CT"}, {"Modality": "MR"}], [[0], [1]], [("series", 2)]),
        ([{"StudyInstanceUID": "1"}, {"StudyInstanceUID": "2"}], [[0], [1]], [("study", 2)]),
        ([{"StudyInstanceUID": str(n)} for n in range(3)], [[0, 1, 2]], []),
        ([{"StudyInstanceUID": str(n)} for n in (1, 1, 2)], [[0, 1], [2]], [("study", 2)]),
        ([{"StudyID": "1"}, {"StudyID": "2"}], [[0], [1]], [("study", 2)]),
        ([{"StudyID": "1", "StudyInstanceUID": "1"}, {"StudyID": "2", "StudyInstanceUID": "1"}], [[0, 1]], []),
        ([{"StudyDate": "1"}, {"StudyDate": "2"}], [[0], [1]], [("study", 2)]),
        ([{"FrameOfReferenceUID": "1"}, {"FrameOfReferenceUID": "2"}], [[0, 1]], []),
        ([{**A, "Modality": "CT"}, {**B, "Modality": "MR"}], [[0], [1]], [("patient", 2), ("series", 2)]),
    ],
)
def test_files_of_one_uid_are_parted_by_patient_study_and_modality(headers, series, said):
    assert gathered(*headers) == (series, said)


@pytest.mark.parametrize(
    ("headers", "series"),
    [
        ([{"SeriesNumber": 1}, {"SeriesNumber": 1}], [[0, 1]]),
        ([{"SeriesNumber": 1}, {"SeriesNumber": 2}], [[0], [1]]),
        ([{"SeriesNumber": 1, "SeriesTime": "1"}, {"SeriesNumber": 1, "SeriesTime": "2"}], [[0, 1]]),
        ([{"SeriesTime": "1"}, {"SeriesTime": "2"}], [[0], [1]]),
        ([{"StudyTime": "1"}, {"StudyTime": "2"}], [[0], [1]]),
        ([{"SeriesDescription": "a"}, {"SeriesDescription": "b"}], [[0], [1]]),
        ([{"ProtocolName": "a"}, {"ProtocolName": "b"}], [[0], [1]]),
        ([{"SeriesDate": "1"}, {"SeriesDate": "2"}], [[0], [1]]),
        ([{"FrameOfReferenceUID": "1"}, {"FrameOfReferenceUID": "2"}], [[0], [1]]),
        ([{"FrameOfReferenceUID": str(n)} for n in range(3)], [[0, 1, 2]]),
        ([{"SeriesNumber": 1, "SeriesInstanceUID": "5"}, {"SeriesNumber": 1}], [[0], [1]]),
    ],
)
def test_without_a_uid_numbers_and_descriptions_tell_series_apart(headers, series):
    assert gathered(*headers, uid="")[0] == series


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([{"FrameOfReferenceUID": "1"}, {"FrameOfReferenceUID": "2"}], [("series", 2)]),
        ([{"StudyID": "1"}, {"StudyID": "2"}], [("study", 2)]),
        ([A, B], [("patient", 2)]),
    ],
)
def test_what_tells_files_without_a_uid_apart_is_said(headers, said):
    series, told = gathered(*headers, uid="")
    assert (series, told) == ([[0], [1]], said)


def image(name, content=b"pixels", position=(0.0, 0.0, 0.0), **values):
    frame = made_frame(position, name=name, **values)
    CONTENTS[str(frame.instance.path)] = content
    return frame.instance


CONTENTS: dict[str, bytes] = {}


@pytest.fixture
def unique(monkeypatch):
    """The names of the files kept and of (copy, original), and what is said."""
    monkeypatch.setattr(duplicates, "_pixel_bytes", lambda instance: CONTENTS[str(instance.path)])

    def find(*instances):
        found = unique_instances(instances)
        pairs = [(one.path.name, one.finding.evidence["same_as"]) for one in found.skipped]
        return [one.path.name for one in found.instances], pairs, [finding.evidence for finding in found.findings]

    return find


@pytest.mark.parametrize(
    "other",
    [
        {"content": b"others"},
        {"position": (0.0, 0.0, 1.0)},
        {"EchoTime": 5.0},
        {"TriggerTime": 5.0},
        {"RescaleSlope": 2.0},
        {"BitsStored": 8},
        {"HighBit": 9},
        {"PixelRepresentation": 1},
        {"Rows": 4},
        {"SamplesPerPixel": 3},
        {"content": None},
        {"spacing": (2.0, 1.0)},
        {"orientation": (1.0, 0, 0, 0, 0, 1.0)},
        {"PhotometricInterpretation": "MONOCHROME1"},
        {"RescaleIntercept": 2.0},
        {"BitsAllocated": 8},
    ],
)
def test_a_copy_agrees_in_pixels_place_settings_and_storage(unique, other):
    assert unique(image("a"), image("b"), image("c")) == (["a"], [("b", "a"), ("c", "a")], [])
    assert unique(image("a"), image("b", **other))[0] == ["a", "b"]


def test_blank_images_and_such_that_lie_nowhere_are_copies_under_one_name_alone(unique):
    blank = b"\0" * 6
    assert unique(image("a", blank, InstanceNumber=1), image("b", blank, InstanceNumber=2))[0] == ["a", "b"]
    assert unique(image("a", blank, SOPInstanceUID="1"), image("b", blank, SOPInstanceUID="2"))[0] == ["a", "b"]
    assert unique(image("a", blank, SOPInstanceUID="1"), image("b", blank, SOPInstanceUID="1"))[0] == ["a"]
    assert unique(image("a", position=None, SOPInstanceUID="1"), image("b", position=None, SOPInstanceUID="2"))[0] == ["a", "b"]
    assert unique(image("a", position=None, SOPInstanceUID="1"), image("b", position=None, SOPInstanceUID="1"))[0] == ["a"]
    assert unique(image("a", None), image("b", None))[0] == ["a", "b"]


def test_different_images_under_one_name_are_told(unique):
    images = [
        image(name, name.encode(), SOPInstanceUID=uid) for name, uid in (("b", "1"), ("a", "1"), ("c", "2"), ("d", ""), ("e", ""))
    ]
    assert unique(*images) == (["b", "a", "c", "d", "e"], [], [{"count": 2, "files": ["a", "b"]}])


def test_pixels_are_the_bytes_of_their_element(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"123456789")
    assert duplicates._pixel_bytes(Instance(path, {}, "", "PixelData", 2, 4)) == b"3456"
    assert duplicates._pixel_bytes(Instance(tmp_path / "none", {}, "", "PixelData", 2, 4)) is None
