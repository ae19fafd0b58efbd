"""What made objects are made of, worked out by hand: attenuation, masks as bits, sizes, texts and what is encoded once."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from DICOMTutorialHelperLib.data.synthetic import derived_objects, examples
from DICOMTutorialHelperLib.data.synthetic.instances import (
    InstanceWriter,
    SetKey,
    decimals,
    image_pixels,
    is_synthetic_uid,
    synthetic_equipment,
    synthetic_patient,
    synthetic_study,
    synthetic_uid,
)

# --- the X-ray


@pytest.fixture
def grids(monkeypatch):
    """A torso of one value everywhere; the grids that rays are made for."""
    asked: list[SimpleNamespace] = []

    def grid(positions, row, column, spacing, size, softness):
        depths = np.zeros((len(positions), 1, 1))
        asked.append(SimpleNamespace(positions=positions, spacing=spacing, size=size, softness=softness, axes=(row, column)))
        return SimpleNamespace(blocks=lambda: [(None, depths)])

    monkeypatch.setattr(examples, "image_grid", grid)
    return asked


@pytest.mark.parametrize(
    ("hounsfield", "water"), [(-1000, 0), (-2000, 0), (-500, 0.5), (0, 1), (200, 1.2), (260, 1.46), (500, 2.5), (5000, 22.0)]
)
def test_a_ray_goes_through_81_depths_of_3_mm(grids, monkeypatch, hounsfield, water):
    """What is left behind so much water, in 4000 levels; the noise of 65536 pixels is 24 levels wide, its mean 0.1."""
    torso = SimpleNamespace(hounsfield=lambda block: block + hounsfield)
    monkeypatch.setattr(examples, "torso_of", lambda seed: torso)
    ds = examples.make_xray(SetKey("examples", "small", 0))
    values = np.frombuffer(ds.PixelData, "<u2")
    assert len(values) == 256 * 256 == ds.Rows * ds.Columns
    level = 4000 * (1 - np.exp(-0.0065 * 81 * 3.0 * water))
    if 200 < level < 3950:
        assert values.mean() == pytest.approx(level, abs=0.5)
        assert values.std() == pytest.approx(24, abs=0.4)
    else:
        assert abs(values.mean() - level) < 15 and values.min() >= 0 and values.max() <= 4095


@pytest.mark.parametrize(("size", "rows", "softness"), [("small", 256, 3.2), ("full", 1024, 3.2)])
def test_a_film_is_380_mm_wide_with_the_torso_before_it(grids, monkeypatch, size, rows, softness):
    monkeypatch.setattr(examples, "torso_of", lambda seed: SimpleNamespace(hounsfield=lambda block: block))
    ds = examples.make_xray(SetKey("examples", size, 0))
    (grid,) = grids
    spacing = 380 / rows
    assert grid.positions.shape == (81, 3)
    assert grid.positions[0].tolist() == [-190 + spacing / 2, -120, 225 - spacing / 2]
    assert grid.positions[-1].tolist() == [-190 + spacing / 2, 120, 225 - spacing / 2]
    assert (grid.spacing, grid.size, grid.softness) == ((spacing, spacing), (rows, rows), softness)
    assert grid.axes == ((1, 0, 0), (0, 0, -1))
    assert [float(value) for value in ds.ImagerPixelSpacing] == pytest.approx([spacing] * 2, abs=1e-6)
    assert (ds.Rows, ds.Columns, ds.BitsStored, ds.HighBit) == (rows, rows, 12, 11)
    assert (ds.SeriesNumber, ds.InstanceNumber, ds.AcquisitionNumber, ds.KVP) == (1, 1, 1, 125)
    assert (ds.WindowCenter, ds.WindowWidth, ds.PatientOrientation) == (2300, 2800, ["L", "F"])


def test_examples_are_made_for_one_key_and_counted(tmp_path, monkeypatch):
    keys, told = [], []
    for name in ("make_xray", "make_multi_frame", "make_segmentation", "make_report"):
        monkeypatch.setattr(examples, name, lambda key, name=name: keys.append((name, key)) or name)
    monkeypatch.setattr(examples, "write_instance", lambda ds, path: path.write_text(ds))
    paths = examples.make_examples(tmp_path, "full", 3, None, lambda *done: told.append(done))
    assert [(path.relative_to(tmp_path).as_posix(), path.read_text()) for path in paths] == [
        ("examples/xray/1-1.dcm", "make_xray"),
        ("examples/multi-frame/1-1.dcm", "make_multi_frame"),
        ("examples/segmentation/1-1.dcm", "make_segmentation"),
        ("examples/report/1-1.dcm", "make_report"),
    ]
    assert {key for _, key in keys} == {("examples", "full", 3, "sound")}
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    keys.clear()
    examples.make_examples(tmp_path, fault="odd")
    assert {key for _, key in keys} == {("examples", "small", 0, "odd")}


# --- derived objects


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


def test_items_of_a_report_have_a_relation_and_a_template_where_they_are_given_one():
    name = ("1", "DCM", "one")
    bare, full = derived_objects._container("", name), derived_objects._container("CONTAINS", name, "1500")
    assert "RelationshipType" not in bare and "ContentTemplateSequence" not in bare
    assert (full.RelationshipType, full.ContentTemplateSequence[0].TemplateIdentifier) == ("CONTAINS", "1500")
    number = derived_objects._number("CONTAINS", name, 12.34, ("mm", "UCUM", "mm")).MeasuredValueSequence[0]
    assert (str(number.NumericValue), number.FloatingPointValue) == ("12.3", 12.34)


# --- what all have in common


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.5, 4, "1.5"),
        (1.00004, 4, "1"),
        (1.00006, 4, "1.0001"),
        (-0.00001, 4, "0"),
        (100.0, 4, "100"),
        (1.4843751, 6, "1.484375"),
        (10.0, 1, "10"),
    ],
)
def test_numbers_are_written_without_needless_zeros(value, digits, text):
    assert decimals(value, digits) == [text]


def test_numbers_have_four_digits_unless_told_otherwise():
    assert decimals([[1.23456, 2], [0, -0.0]]) == ["1.2346", "2", "0", "0"]


def test_uids_follow_from_names_and_are_known_as_made():
    assert synthetic_uid("a", 1) == synthetic_uid("a", "1") != synthetic_uid("a", 2)
    assert len(synthetic_uid("a")) <= 64
    assert is_synthetic_uid(synthetic_uid("a")) and not is_synthetic_uid("1.2.3")


@pytest.mark.parametrize(("bits", "signed"), [(12, False), (16, True)])
def test_pixels_are_grey_words_of_so_many_bits(bits, signed):
    ds = Dataset()
    image_pixels(ds, 3, 4, bits, signed)
    assert (ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation) == (3, 4, 1, "MONOCHROME2")
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation) == (16, bits, bits - 1, int(signed))


def test_a_patient_a_study_and_a_machine_are_called_what_they_are_given():
    ds = synthetic_patient("A^B", "P", "F", "19700101", "050Y")
    synthetic_study(ds, "1.2", "20200101", "101500", "S", "Chest", "N")
    synthetic_equipment(ds, "Maker", "Model")
    assert (ds.PatientName, ds.PatientID, ds.PatientSex, ds.PatientBirthDate, ds.PatientAge) == (
        "A^B",
        "P",
        "F",
        "19700101",
        "050Y",
    )
    assert (ds.StudyInstanceUID, ds.StudyDate, ds.StudyTime, ds.StudyID) == ("1.2", "20200101", "101500", "S")
    assert (ds.StudyDescription, ds.AccessionNumber, ds.Manufacturer, ds.ManufacturerModelName) == (
        "Chest",
        "N",
        "Maker",
        "Model",
    )
    assert (ds.QualityControlSubject, ds.InstitutionName) == ("YES", "Practice Hospital")
    assert "AdmittingDiagnosesDescription" not in ds
    synthetic_study(ds, "1.2", "20200101", "101500", "S", "Chest", "N", "Cough")
    assert ds.AdmittingDiagnosesDescription == "Cough"


def test_an_element_is_encoded_once_a_value_and_a_list_is_looked_at_again(monkeypatch):
    from DICOMTutorialHelperLib.data.synthetic import instances

    encoded = []
    monkeypatch.setattr(instances, "_encode", lambda element: encoded.append(str(element.value)) or str(element.value).encode())
    writer, ds = InstanceWriter(), Dataset()
    several = DataElement(0x00080008, "CS", ["A", "B"])
    name = DataElement(0x00100010, "LO", "x")
    written = [writer._encoded(one, ds) for one in (name, name, several, several)]
    several.value[0] = "C"
    written.append(writer._encoded(several, ds))
    for value in ("y", "x"):
        written.append(writer._encoded(DataElement(0x00100010, "LO", value), ds))
    writer._encoded(DataElement(0x00100010, "SH", "x"), ds)
    writer._encoded(DataElement(0x00100020, "LO", "x"), ds)
    assert encoded == ["x", "['A', 'B']", "['C', 'B']", "y", "x", "x"]
    assert written == [b"x", b"x", b"['A', 'B']", b"['A', 'B']", b"['C', 'B']", b"y", b"x"]
    for _ in range(2):
        writer._encoded(DataElement(0x7FE00010, "OW", b"12"), ds)
    assert encoded[6:] == ["b'12'"] * 2
