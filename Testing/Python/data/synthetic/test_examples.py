"""The examples of other kinds of objects, read back with pydicom and highdicom, and what a ray goes through."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.synthetic import examples
from DICOMTutorialHelperLib.data.synthetic.instances import (
    SetKey,
)
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(kind, dataset) of every example."""
    files = make_practice_set("examples", tmp_path_factory.mktemp("examples"))
    return {path.parent.name: pydicom.dcmread(path) for path in files}


def test_the_xray_is_a_single_projection_with_lungs_darker_than_the_heart(made):
    ds = made["xray"]
    assert ds.SOPClassUID.name == "Computed Radiography Image Storage"
    assert "ImagePositionPatient" not in ds
    image, size = ds.pixel_array.astype(float), ds.Rows
    row = int(size * (225 - 70) / 380)  # the height of the heart
    lung, heart = image[row, int(size * 0.28)], image[row, int(size * 0.53)]
    assert lung < 0.8 * heart


def test_the_multi_frame_object_numbers_its_frames_by_time_and_slice(made):
    ds = made["multi-frame"]
    assert ds.SOPClassUID.name == "Enhanced MR Image Storage"
    groups = ds.PerFrameFunctionalGroupsSequence
    assert ds.NumberOfFrames == len(groups) == len(ds.pixel_array) == 32
    content = [group.FrameContentSequence[0] for group in groups]
    assert {(c.TemporalPositionIndex, c.InStackPositionNumber) for c in content} == {
        (t, s) for t in range(1, 5) for s in range(1, 9)
    }
    heights = [float(group.PlanePositionSequence[0].ImagePositionPatient[2]) for group in groups[:8]]
    assert np.allclose(np.diff(heights), 6.0)


def test_the_segmentation_codes_its_lesion_and_lies_on_it(made, practice_folder):
    hd = pytest.importorskip("highdicom")
    seg = hd.seg.segread(practice_examples_path(made["segmentation"]))
    (segment,) = seg.SegmentSequence
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Lesion"
    assert segment.SegmentedPropertyCategoryCodeSequence[0].CodingSchemeDesignator == "SCT"
    assert segment.AnatomicRegionSequence[0].CodeMeaning == "Breast"
    bliss = next(folder for folder in practice_folder.rglob("801*"))
    uids = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in bliss.iterdir()}
    assert {str(uid) for *_, uid in seg.get_source_image_uids()} <= uids
    first = seg.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient
    spacing = float(seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing[0])
    _, _, columns = np.nonzero(np.atleast_3d(seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)))
    assert (float(first[0]) + columns.mean() * spacing) == pytest.approx(-96, abs=3)


def test_the_report_gives_the_volume_of_that_segment(made):
    seg, report = made["segmentation"], made["report"]
    assert report.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    voxel = float(measures.PixelSpacing[0]) * float(measures.PixelSpacing[1]) * float(measures.SpacingBetweenSlices)
    written = {}
    for item in content_items(report):
        if item.ValueType == "NUM":
            written[item.ConceptNameCodeSequence[0].CodeMeaning] = float(item.MeasuredValueSequence[0].NumericValue)
    assert written["Volume"] == pytest.approx(seg.pixel_array.sum() * voxel, rel=0.01)
    assert 15 < written["Diameter"] < 40


def test_all_are_made_without_highdicom(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "highdicom", None)  # to import it is an error
    files = make_practice_set("examples", tmp_path)
    assert [path.parent.name for path in files] == ["xray", "multi-frame", "segmentation", "report"]


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    first = make_practice_set("examples", tmp_path / "one")
    second = make_practice_set("examples", tmp_path / "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def practice_examples_path(ds):
    return ds.filename


def content_items(ds):
    for item in ds.get("ContentSequence", []):
        yield item
        yield from content_items(item)


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
