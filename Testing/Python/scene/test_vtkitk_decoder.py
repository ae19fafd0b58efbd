"""What Slicer's own readers decode equals what pydicom's decoders give."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pydicom
import pytest
from made_elements import rescale_groups
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.scene import vtkitk_decoder
from DICOMTutorialHelperLib.scene.loader import load_candidate
from DICOMTutorialHelperLib.scene.vtkitk_decoder import DecodingError, decode

COMPRESSED = ("compressed", "compressed_j2k", "compressed_jpeg", "compressed_jpegls", "compressed_rle", "rgb")


@pytest.fixture(params=COMPRESSED)
def compressed_file(request, shared_data):
    return sorted((shared_data / "edge_cases" / "generic" / request.param / "001").iterdir())[0]


@pytest.mark.parametrize("approach", ["GDCM", "DCMTK"])
def test_compressed_pixels_equal_those_of_pydicom(compressed_file, approach, monkeypatch):
    monkeypatch.setattr(vtkitk_decoder, "APPROACHES", (approach,))
    dataset = pydicom.dcmread(compressed_file)
    truth = dataset.pixel_array * float(dataset.get("RescaleSlope", 1)) + float(dataset.get("RescaleIntercept", 0))
    assert np.array_equal(decode(compressed_file), truth[None])


def test_rescaled_values_keep_rows_in_file_order(write_series):
    (path, *_) = sorted(write_series(header={"RescaleSlope": 2, "RescaleIntercept": -1024}).iterdir())
    assert np.array_equal(decode(path), pydicom.dcmread(path).pixel_array[None] * 2.0 - 1024)


def test_frames_of_one_file_come_in_order(shared_data):
    (path,) = (shared_data / "edge_cases" / "siemens_multiframe" / "anatomical" / "001").iterdir()
    assert np.array_equal(decode(path), pydicom.dcmread(path).pixel_array)


def test_per_frame_rescaling_is_refused_rather_than_wrong(shared_data, tmp_path):
    (path,) = (shared_data / "edge_cases" / "philips_enhanced" / "anatomical" / "001").iterdir()
    dataset = pydicom.dcmread(path)
    dataset.PerFrameFunctionalGroupsSequence[0].PixelValueTransformationSequence[0].RescaleSlope = 3
    dataset.save_as(tmp_path / "changed.dcm")
    with pytest.raises(DecodingError, match="rescale"):
        decode(tmp_path / "changed.dcm")


def test_one_rescaling_of_all_frames_is_applied(shared_data):
    (path,) = (shared_data / "edge_cases" / "philips_enhanced" / "anatomical" / "001").iterdir()
    dataset = pydicom.dcmread(path)
    groups = [frame.PixelValueTransformationSequence[0] for frame in dataset.PerFrameFunctionalGroupsSequence]
    assert len({(item.RescaleSlope, item.RescaleIntercept) for item in groups}) == 1
    truth = dataset.pixel_array * float(groups[0].RescaleSlope) + float(groups[0].RescaleIntercept)
    assert np.allclose(decode(path), truth)


def test_frames_with_functional_groups_are_never_left_to_dcmtk(shared_data, monkeypatch):
    """DCMTK's reader gives their stored values, without the rescaling."""
    (path,) = (shared_data / "edge_cases" / "philips_enhanced" / "anatomical" / "001").iterdir()
    read = vtkitk_decoder._read
    monkeypatch.setattr(
        vtkitk_decoder, "_read", lambda p, approach, c: (None, "no") if approach == "GDCM" else read(p, approach, c)
    )
    with pytest.raises(DecodingError, match="GDCM: no"):
        decode(path)


def test_what_no_reader_opens_is_named(write_series):
    (path, *_) = sorted(write_series().iterdir())
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
    dataset.PixelData = pydicom.encaps.encapsulate([b"not a picture"])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path)
    with pytest.raises(DecodingError, match="GDCM"):
        decode(path)


def test_a_series_loads_where_pydicom_has_no_decoder(shared_data, scene, assert_true, monkeypatch):
    from DICOMTutorialHelperLib.dicom import frame_reader
    from DICOMTutorialHelperLib.dicom.decoding import DecodingError
    from DICOMTutorialHelperLib.dicom.examine import examine_paths

    def no_decoder(*_arguments, **_named):
        raise DecodingError("one.dcm", "undecodable", "no decoder here")

    folder = shared_data / "edge_cases" / "generic" / "compressed_jpegls" / "001"
    (series,) = examine_paths([folder]).series
    monkeypatch.setattr(frame_reader, "decode_stored_values", no_decoder)
    assert_true(load_candidate(series.selected[0], scene).volume, sorted(folder.iterdir()))


def header(**values):
    made = Dataset()
    made.Rows, made.Columns = 3, 4
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


@pytest.fixture
def readers(monkeypatch):
    """Readers that give what they are told to, and remember in which order they were asked."""
    state = SimpleNamespace(asked=[], gives={}, header=header())

    def read(path, approach, color):
        state.asked.append((approach, color))
        return state.gives.get(approach, (None, "no"))

    monkeypatch.setattr(vtkitk_decoder, "_read", read)
    monkeypatch.setattr(vtkitk_decoder, "dcmread", lambda *_, **__: state.header)
    return state


def reason(path="folder/x.dcm"):
    with pytest.raises(DecodingError) as caught:
        vtkitk_decoder.decode(path)
    return caught.value


def test_the_second_reader_is_asked_where_the_first_gives_nothing_or_too_little(readers):
    readers.gives = {"GDCM": (np.arange(12), None)}
    assert vtkitk_decoder.decode("x").tolist() == np.arange(12).reshape(1, 3, 4).tolist()
    assert readers.asked == [("GDCM", False)]
    readers.gives = {"GDCM": (np.arange(11), None), "DCMTK": (np.arange(12), None)}
    assert vtkitk_decoder.decode("x").shape == (1, 3, 4)
    readers.gives = {"GDCM": (np.arange(11), None)}
    error = reason()
    assert (error.reason, error.fields["file"]) == ("undecodable", "x.dcm")
    assert error.detail == "GDCM: (11,) instead of (1, 3, 4); DCMTK: no"


def test_colours_and_frames_have_their_places(readers):
    readers.header = header(SamplesPerPixel=3, NumberOfFrames="2")
    readers.gives = {"GDCM": (np.arange(72), None)}
    assert vtkitk_decoder.decode("x").shape == (2, 3, 4, 3)
    assert readers.asked == [("GDCM", True)]
    readers.header = Dataset()
    assert reason().reason == "undecodable"


@pytest.mark.parametrize(
    ("rescales", "allowed"), [([(1, 0), (1, 0)], True), ([(1, 0), (2, 0)], False), ([(1, 0), (1, 5)], False), ([], True)]
)
def test_frames_that_are_rescaled_each_by_itself_are_refused_and_dcmtk_is_never_asked(readers, rescales, allowed):
    readers.header = header(PerFrameFunctionalGroupsSequence=rescale_groups(*rescales), NumberOfFrames=2)
    assert reason().reason == ("undecodable" if allowed else "per-frame-rescale")
    assert readers.asked == ([("GDCM", False)] if allowed else [])
