"""What Slicer's readers are asked for and what is made of their answers; they are replaced here, and tested beside this."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_elements import rescale_groups

slicer = pytest.importorskip("slicer", reason="slicer-core is not installed")

from pydicom.dataset import Dataset
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMisc import vtkErrorCode

from DICOMTutorialHelperLib.dicom.decoding import DecodingError
from DICOMTutorialHelperLib.scene import vtkitk_decoder
from DICOMTutorialHelperLib.scene.arrays import allocate_image


@pytest.fixture
def header(monkeypatch):
    """The header of the file that is decoded; ``header.asked`` is how it was read."""
    made = Dataset()
    made.Rows, made.Columns = 2, 3
    asked = []
    monkeypatch.setattr(vtkitk_decoder, "dcmread", lambda path, **how: asked.append((path, how)) or made)
    made.__dict__["asked"] = asked
    return made


@pytest.fixture
def answers(monkeypatch):
    """What the readers give, by approach; ``answers["asked"]`` are the requests."""
    given = {"GDCM": (None, "no"), "DCMTK": (None, ""), "asked": []}

    def read(path, approach, color):
        given["asked"].append((path, approach, color))
        return given[approach]

    monkeypatch.setattr(vtkitk_decoder, "_read", read)
    return given


def rescaled(*pairs):
    return [*rescale_groups(*pairs), Dataset()]


def test_the_header_alone_is_read_whether_the_file_has_a_preamble_or_not(header, answers):
    answers["GDCM"] = (np.arange(6).reshape(1, 2, 3), None)
    voxels = vtkitk_decoder.decode(Path("there/a.dcm"))
    assert header.__dict__["asked"] == [(Path("there/a.dcm"), {"stop_before_pixels": True, "force": True})]
    assert answers["asked"] == [("there/a.dcm", "GDCM", False)]
    assert voxels.tolist() == [[[0, 1, 2], [3, 4, 5]]]


@pytest.mark.parametrize(
    ("frames", "samples", "shape"), [(None, 1, (1, 2, 3)), (4, 1, (4, 2, 3)), (1, 3, (1, 2, 3, 3)), (4, 3, (4, 2, 3, 3))]
)
def test_voxels_have_the_shape_that_the_header_says(header, answers, frames, samples, shape):
    header.SamplesPerPixel = samples
    if frames:
        header.NumberOfFrames = frames
    answers["GDCM"] = (np.arange(np.prod(shape)), None)
    voxels = vtkitk_decoder.decode("a.dcm")
    assert voxels.shape == shape and voxels.ravel().tolist() == list(range(np.prod(shape)))
    assert answers["asked"] == [("a.dcm", "GDCM", samples > 1)]


def test_the_second_reader_is_asked_where_the_first_gives_too_few(header, answers):
    answers.update(GDCM=(np.zeros((1, 2, 2)), None), DCMTK=(np.ones((1, 2, 3)), None))
    assert vtkitk_decoder.decode("a.dcm").tolist() == [[[1, 1, 1], [1, 1, 1]]]
    assert [approach for _, approach, _ in answers["asked"]] == ["GDCM", "DCMTK"]


def test_where_neither_does_it_both_reasons_are_told(header, answers):
    answers["DCMTK"] = (np.zeros((1, 2, 2)), None)
    with pytest.raises(DecodingError) as told:
        vtkitk_decoder.decode("there/a.dcm")
    assert (told.value.reason, told.value.detail) == ("undecodable", "GDCM: no; DCMTK: (1, 2, 2) instead of (1, 2, 3)")
    assert "a.dcm" in str(told.value) and "there" not in str(told.value)


@pytest.mark.parametrize(
    ("pairs", "asked"),
    [([], ["GDCM"]), ([(1, 0)], ["GDCM"]), ([(1, 0), (1, 0)], ["GDCM"]), ([(1, 0), (2, 0)], []), ([(1, 0), (1, 5)], [])],
)
def test_frames_that_are_rescaled_alike_are_left_to_the_first_reader(header, answers, pairs, asked):
    header.PerFrameFunctionalGroupsSequence = rescaled(*pairs)
    with pytest.raises(DecodingError) as told:
        vtkitk_decoder.decode("a.dcm")
    assert told.value.reason == ("undecodable" if asked else "per-frame-rescale")
    assert [approach for _, approach, _ in answers["asked"]] == asked


def test_a_header_without_a_size_is_told(header, answers):
    del header.Rows
    with pytest.raises(DecodingError) as told:
        vtkitk_decoder.decode("there/a.dcm")
    assert told.value.reason == "undecodable" and "Rows" in told.value.detail and answers["asked"] == []


class Reader:
    """Slicer's reader as it is asked, in the order of the requests."""

    asked: list[tuple] = []
    image = None
    code = 0
    errors: tuple[str, ...] = ()

    def __getattr__(self, name):
        return lambda *values: Reader.asked.append((name, *values))

    def Update(self):
        Reader.asked.append(("Update",))

    def GetOutput(self):
        return Reader.image

    def GetErrorCode(self):
        return Reader.code


@pytest.fixture
def reader(monkeypatch):
    @contextmanager
    def collected(_reader):
        yield list(Reader.errors)

    names = []
    monkeypatch.setattr(Reader, "asked", [])
    monkeypatch.setattr(vtkitk_decoder, "vtkitk_class", lambda name: names.append(name) or Reader)
    monkeypatch.setattr(vtkitk_decoder, "collected_vtk_errors", collected)
    return names


@pytest.mark.parametrize("approach", ["GDCM", "DCMTK"])
@pytest.mark.parametrize(("color", "name"), [(True, "VectorReaderFile"), (False, "ScalarReader")])
def test_one_file_is_read_as_it_lies(reader, monkeypatch, approach, color, name):
    image, voxels = allocate_image((1, 2, 3), np.int16)
    voxels[:] = np.arange(6).reshape(1, 2, 3)
    monkeypatch.setattr(Reader, "image", image)
    found, reason = vtkitk_decoder._read("a.dcm", approach, color)
    assert reader == [f"vtkITKArchetypeImageSeries{name}"]
    assert Reader.asked == [
        ("SetArchetype", "a.dcm"), ("AddFileName", "a.dcm"), ("SetSingleFile", 0), ("SetOutputScalarTypeToNative",),
        ("SetDesiredCoordinateOrientationToNative",), ("SetUseNativeOriginOn",), (f"SetDICOMImageIOApproachTo{approach}",),
        ("Update",),
    ]  # fmt: skip
    voxels[:] = 0
    assert reason is None and found.tolist() == [[[0, 1, 2], [3, 4, 5]]], "a copy, since the reader goes"


@pytest.mark.parametrize(
    ("image", "code", "errors", "reason"),
    [
        (None, 0, (), "no pixels"), (vtkImageData(), 0, (), "no pixels"),
        (vtkImageData(), vtkErrorCode.UnrecognizedFileTypeError, (), "UnrecognizedFileTypeError"),
        (vtkImageData(), 0, ("In a.cxx\nlast line", "more"), "last line"),
        (vtkImageData(), vtkErrorCode.UnrecognizedFileTypeError, ("one\ntwo",), "two"),
    ],
)  # fmt: skip
def test_what_is_no_picture_has_a_reason(reader, monkeypatch, image, code, errors, reason):
    for name, value in (("image", image), ("code", code), ("errors", errors)):
        monkeypatch.setattr(Reader, name, value)
    voxels, told = vtkitk_decoder._read("a.dcm", "GDCM", False)
    assert voxels is None and told.replace(" ", "") == reason.replace(" ", "")


def test_classes_are_slicers_own_or_those_of_its_module(monkeypatch):
    monkeypatch.setattr(slicer, "vtkITKOwn", "own", raising=False)
    monkeypatch.setitem(sys.modules, "vtkITK", SimpleNamespace(vtkITKOwn="other", vtkITKOther="of the module"))
    assert vtkitk_decoder.vtkitk_class("vtkITKOwn") == "own"
    assert vtkitk_decoder.vtkitk_class("vtkITKOther") == "of the module"
