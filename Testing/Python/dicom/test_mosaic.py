"""Mosaics and grids: every slice lies where it was before it was put into the image, and holds its own pixels."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pydicom
import pytest
from made_elements import made_item, made_private
from made_frames import CORONAL, made_frame, made_frames_of_one
from made_mosaics import (
    AXIAL,
    OBLIQUE,
    PIXEL_SPACING,
    SAGITTAL,
    SLICE_SPACING,
    siemens_dataset,
    uih_dataset,
    write_mosaics,
)
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless
from synthetic_series import ENHANCED_MR, write

from DICOMTutorialHelperLib.dicom.candidate import SEQUENCE, VOLUME
from DICOMTutorialHelperLib.dicom.confidence import WITH_ERROR
from DICOMTutorialHelperLib.dicom.examine import examine_paths
from DICOMTutorialHelperLib.dicom.geometry import slice_corners_lps
from DICOMTutorialHelperLib.dicom.group_elements import DatasetElements
from DICOMTutorialHelperLib.dicom.instance import Instance
from DICOMTutorialHelperLib.dicom.mosaic import mosaic_findings, tiles_of
from DICOMTutorialHelperLib.dicom.pixels import read_voxels

PLANES = {"axial": AXIAL, "sagittal": SAGITTAL, "oblique": OBLIQUE}


def selected(folder):
    (series,) = examine_paths([folder]).series
    (candidate,) = series.selected
    return candidate


def codes(candidate) -> list[str]:
    return [finding.code for finding in candidate.findings]


def assert_true(candidate, made, plane):
    """Every stack holds one file's slices: four corners of each within 0.01 mm (LPS), on the grid, and equal pixels."""
    row, column = np.array(plane, float)
    assert len(candidate.stacks) == len(made)
    for stack, volume in zip(candidate.stacks, made):
        assert {frame.instance.path for frame in stack.frames} == {volume.path}
        voxels = read_voxels(stack)
        rows, columns = volume.pixels.shape[1:]
        assert stack.grid.dimensions == (columns, rows, len(volume.pixels))
        assert np.linalg.det(stack.grid.ijk_to_lps[:3, :3]) > 0
        for position, pixels in zip(volume.positions, volume.pixels):
            (k,) = [k for k in range(len(voxels)) if np.array_equal(voxels[k], pixels)]
            for j in (0, rows - 1):
                for i in (0, columns - 1):
                    truth = position + row * PIXEL_SPACING[1] * i + column * PIXEL_SPACING[0] * j
                    on_grid = (stack.grid.ijk_to_lps @ [i, j, k, 1])[:3]
                    assert np.linalg.norm(on_grid - truth) < 0.01
                    by_frame = slice_corners_lps(stack.frames[k])[int(j > 0), int(i > 0)]
                    assert np.linalg.norm(by_frame - truth) < 0.01


@pytest.mark.parametrize("reverse", [False, True], ids=["along the normal", "against the normal"])
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("count", [2, 4, 7, 9, 20, 36, 37, 64])
def test_every_tile_of_a_siemens_mosaic_lies_where_its_slice_does(tmp_path, count, plane, reverse):
    made = write_mosaics(tmp_path, 1, count, plane=PLANES[plane], reverse=reverse)
    candidate = selected(tmp_path)
    assert (candidate.kind, codes(candidate)) == (VOLUME, ["mosaic-taken-apart"])
    assert_true(candidate, made, PLANES[plane])


@pytest.mark.parametrize("reverse", [False, True], ids=["along the normal", "against the normal"])
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("count", [3, 5, 12, 20, 49])
def test_every_tile_of_a_uih_grid_lies_where_its_item_says(tmp_path, count, plane, reverse):
    made = write_mosaics(tmp_path, 2, count, uih_dataset, plane=PLANES[plane], reverse=reverse)
    candidate = selected(tmp_path)
    assert candidate.kind == SEQUENCE
    assert_true(candidate, made, PLANES[plane])


def test_a_series_of_mosaics_is_one_sequence_in_time(tmp_path):
    made = write_mosaics(tmp_path, 5, 7, plane=OBLIQUE)
    candidate = selected(tmp_path)
    assert (candidate.kind, candidate.index.name, candidate.index.values) == (SEQUENCE, "AcquisitionTime", [0, 2, 4, 6, 8])
    assert_true(candidate, made, OBLIQUE)


@pytest.mark.parametrize("transfer_syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_mosaic_is_read_in_every_native_form(tmp_path, transfer_syntax):
    def make(number, count, **options):
        dataset, positions, pixels = siemens_dataset(number, count, **options)
        if transfer_syntax == ExplicitVRBigEndian:
            dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
        return dataset, positions, pixels

    made = write_mosaics(tmp_path, 2, 7, make, transfer_syntax, plane=OBLIQUE)
    assert_true(selected(tmp_path), made, OBLIQUE)


@pytest.mark.parametrize("transfer_syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless], ids=["RLE", "JPEG-LS", "JPEG 2000"])
def test_compressed_mosaics_are_taken_apart_too(tmp_path, transfer_syntax):
    made = write_mosaics(tmp_path, 2, 7, plane=OBLIQUE, size=(16, 12))
    for volume in made:
        dataset = pydicom.dcmread(volume.path)
        try:
            dataset.compress(transfer_syntax, generate_instance_uid=False)
        except (RuntimeError, ValueError, NotImplementedError, TypeError) as without_encoder:
            pytest.skip(f"no encoder here: {without_encoder}")
        dataset.save_as(volume.path)
    assert_true(selected(tmp_path), made, OBLIQUE)


def test_diffusion_mosaics_are_one_sequence_by_b_value_and_direction(tmp_path):
    for number, (b, direction) in enumerate([(0, None), (1000, (1.0, 0.0, 0.0)), (1000, (0.0, 0.6, 0.8))]):
        dataset, *_ = siemens_dataset(number, 9, AcquisitionTime=f"1000{number:02d}")
        block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
        block.add_new(0x0C, "IS", b)
        if direction:
            block.add_new(0x0E, "FD", list(direction))
        write(dataset, tmp_path / f"{number}.dcm")
    candidate = selected(tmp_path)
    assert (candidate.kind, len(candidate.stacks), candidate.index.name) == (SEQUENCE, 3, "DiffusionBValue")


def test_values_of_a_mosaic_are_rescaled_like_any_others(tmp_path):
    (made,) = write_mosaics(tmp_path, 1, 7, RescaleSlope=0.5, RescaleIntercept=-3)
    voxels = read_voxels(selected(tmp_path).stacks[0])
    assert np.array_equal(voxels, made.pixels * 0.5 - 3)


def test_a_mosaic_that_ends_too_early_keeps_the_slices_it_has(tmp_path):
    (made,) = write_mosaics(tmp_path, 1, 9)
    content = made.path.read_bytes()
    made.path.write_bytes(content[: len(content) - (18 + 5) * 2])  # the image's last row, and five pixels of the one before
    candidate = selected(tmp_path)
    assert "truncated-pixel-data" in codes(candidate)
    voxels = read_voxels(candidate.stacks[0])
    assert np.array_equal(voxels[:6], made.pixels[:6])
    assert np.array_equal(voxels[6:8, :7], made.pixels[6:8, :7])
    assert np.array_equal(voxels[8, :6], made.pixels[8, :6])
    assert not voxels[6:, 7].any()


def test_where_the_normal_is_lost_the_direction_is_assumed_and_said_so(tmp_path):
    made = write_mosaics(tmp_path, 1, 7, header="element")
    candidate = selected(tmp_path)
    assert_true(candidate, made, AXIAL)
    (finding,) = [finding for finding in candidate.findings if finding.code == "mosaic-assumed"]
    assert (finding.severity, finding.evidence["reason"]) == ("warning", "normal")


def test_where_the_spacing_is_lost_the_thickness_stands_in_and_is_said(tmp_path):
    write_mosaics(tmp_path, 1, 7, SpacingBetweenSlices=None)
    candidate = selected(tmp_path)
    assert candidate.stacks[0].grid.spacing_mm[2] == pytest.approx(3.2)
    (finding,) = [finding for finding in candidate.findings if finding.code == "mosaic-assumed"]
    assert (finding.evidence["reason"], finding.evidence["thickness_mm"]) == ("thickness", 3.2)


def test_without_its_private_header_a_mosaic_is_a_flat_picture_and_the_reason_is_given(tmp_path):
    write_mosaics(tmp_path, 3, 7, header="")
    candidate = selected(tmp_path)
    assert (candidate.first_frame.window, candidate.confidence) == (None, WITH_ERROR)
    (finding,) = [finding for finding in candidate.findings if finding.code == "mosaic-without-header"]
    assert (finding.severity, finding.evidence) == ("error", {"count": 3, "size": "18 x 24"})


def test_a_mosaic_that_does_not_divide_into_its_tiles_is_said_so(tmp_path):
    dataset, *_ = siemens_dataset(0, 7)
    block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
    block.add_new(0x0A, "US", 20)
    write(dataset, tmp_path / "one.dcm")
    candidate = selected(tmp_path)
    (finding,) = [finding for finding in candidate.findings if finding.code == "mosaic-without-header"]
    assert (finding.evidence["reason"], finding.evidence["slices"], finding.evidence["size"]) == ("size", 20, "18 x 24")


def test_the_word_mosaic_on_an_enhanced_object_means_nothing(tmp_path):
    dataset, *_ = siemens_dataset(0, 7)
    dataset.SOPClassUID = ENHANCED_MR
    write(dataset, tmp_path / "one.dcm")
    candidate = selected(tmp_path)
    assert candidate.stacks[0].grid.dimensions == (18, 24, 1)
    assert not any(code.startswith("mosaic") for code in codes(candidate))


def test_a_mosaic_that_an_archive_took_apart_is_left_as_it_is(tmp_path):
    """Some keep the private header, and the word, on the single slices."""
    for number in range(4):
        dataset, *_ = siemens_dataset(number, 4, size=(8, 8), AcquisitionTime="100000")
        dataset.AcquisitionMatrix = [16, 0, 0, 16]
        dataset.ImagePositionPatient = [0.0, 0.0, 4.0 * number]
        write(dataset, tmp_path / f"{number}.dcm")
    candidate = selected(tmp_path)
    assert (candidate.stacks[0].grid.dimensions, codes(candidate)) == ((16, 16, 4), [])


def test_the_mosaic_of_the_shared_cases_is_one_sequence_of_four_volumes(shared_data):
    candidate = selected(shared_data / "cases" / "mosaic-axial")
    assert (candidate.kind, len(candidate.stacks), candidate.stacks[0].grid.dimensions) == (SEQUENCE, 4, (16, 16, 7))
    assert candidate.stacks[0].grid.spacing_mm == pytest.approx((4, 4, 5))
    assert candidate.stacks[0].frames[0].plane.position_lps == pytest.approx([-32, -32, 0])
    assert candidate.stacks[0].frames[6].plane.position_lps == pytest.approx([-32, -32, 30])


@pytest.mark.parametrize("make", [siemens_dataset, uih_dataset], ids=["Siemens", "UIH"])
@pytest.mark.parametrize("reverse", [False, True], ids=["along the normal", "against the normal"])
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("count", [4, 7, 20, 64])
def test_dcm2niix_puts_the_tiles_where_examination_does(tmp_path, count, plane, reverse, make):
    """Affine and values of dcm2niix's NIfTI, voxel by voxel in world coordinates (RAS)."""
    nibabel = pytest.importorskip("nibabel")
    program = shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not on this machine")
    write_mosaics(tmp_path / "in", 3, count, make, plane=PLANES[plane], reverse=reverse)
    (tmp_path / "out").mkdir()
    subprocess.run([program, "-z", "n", "-f", "made", "-o", tmp_path / "out", tmp_path / "in"], check=True, capture_output=True)
    (path,) = (tmp_path / "out").glob("*.nii")
    image = nibabel.load(path)
    values = np.asanyarray(image.dataobj)
    candidate = selected(tmp_path / "in")
    assert values.shape == (*candidate.stacks[0].grid.dimensions, 3)
    every_voxel = np.stack(np.meshgrid(*(np.arange(n) for n in values.shape[:3]), indexing="ij"), axis=-1).reshape(-1, 3)
    ras = np.c_[every_voxel, np.ones(len(every_voxel))] @ image.affine.T
    for n, stack in enumerate(candidate.stacks):
        ijk = (ras @ np.linalg.inv(stack.grid.ijk_to_ras).T)[:, :3]
        nearest = np.rint(ijk).astype(int)
        assert np.abs(ijk - nearest).max() * SLICE_SPACING < 0.01
        mine = read_voxels(stack)[nearest[:, 2], nearest[:, 1], nearest[:, 0]]
        assert np.array_equal(mine, values[..., n].reshape(-1))


UIH = "Image Private Header"


def mosaic(count=7, rows=30, columns=24, orientation=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0), position=(1.0, 2.0, 3.0), **values):
    usual = {
        "Rows": rows,
        "Columns": columns,
        "SiemensNumberOfImagesInMosaic": count,
        "SpacingBetweenSlices": 4.0,
        "SiemensSliceNormalVector": (0.0, 0.0, 1.0),
    }
    made = {key: value for key, value in {**usual, **values}.items() if value is not None}
    return made_frame(position, orientation, (2.0, 3.0), **made)


def tiles(frame, dataset=None):
    return tiles_of(frame, DatasetElements(dataset or Dataset()))


def test_tiles_lie_row_by_row_and_in_the_patient_one_behind_the_other():
    """7 slices in 3 x 3 tiles of 10 x 8 pixels; the mosaic is as large a slice about the same middle: 8 x 3 and 10 x 2 mm off."""
    made = tiles(mosaic())
    assert [tile.window for tile in made] == [(0, 0), (0, 8), (0, 16), (10, 0), (10, 8), (10, 16), (20, 0)]
    assert {(tile.rows, tile.columns, tile.placed_by) for tile in made} == {(10, 8, "")}
    assert [tile.number for tile in made] == list(range(7))
    assert made[0].plane.position_lps.tolist() == [1 + 3 * 8, 2 + 2 * 10, 3]
    assert made[6].plane.position_lps.tolist() == [25, 22, 3 + 6 * 4]
    assert made[0].plane.pixel_spacing == (2.0, 3.0)


@pytest.mark.parametrize(
    ("values", "step", "placed_by"),
    [
        ({"SiemensSliceNormalVector": (0.0, 0.0, -1.0)}, -4, ""),
        ({"SiemensSliceNormalVector": None}, 4, "mosaic-normal"),
        ({"SiemensSliceNormalVector": (0.0, 0.87, 0.49)}, 4, "mosaic-normal"),
        ({"SiemensSliceNormalVector": (0.0, 0.85, 0.51)}, 4, ""),
        ({"SpacingBetweenSlices": None, "SliceThickness": 5.0}, 5, "mosaic-thickness"),
        ({"SpacingBetweenSlices": -4.0}, 4, ""),
        ({"SpacingBetweenSlices": 0.0, "SliceThickness": 5.0}, 5, "mosaic-thickness"),
        (
            {"SpacingBetweenSlices": None, "SliceThickness": 5.0, "SiemensSliceNormalVector": None},
            5,
            "mosaic-normal, mosaic-thickness",
        ),
        ({"SpacingBetweenSlices": None}, None, ""),
    ],
)
def test_tiles_follow_the_normal_and_the_spacing_or_what_stands_in_for_them(values, step, placed_by):
    made = tiles(mosaic(**values))
    assert len(made) == 7
    if step is None:
        assert made[0].plane is None
    else:
        assert made[1].plane.position_lps[2] - made[0].plane.position_lps[2] == step
        assert made[0].placed_by == placed_by
    assert tiles(mosaic(position=None))[0].plane is None


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"SiemensNumberOfImagesInMosaic": 2, "Columns": 24, "Rows": 30}, 2),
        ({"SiemensNumberOfImagesInMosaic": 1}, 0),
        ({"SiemensNumberOfImagesInMosaic": None}, 0),
        ({"SiemensNumberOfImagesInMosaic": 2.5}, 0),
        ({"SiemensNumberOfImagesInMosaic": "7"}, 0),
        ({"SiemensNumberOfImagesInMosaic": 4096, "Rows": 64, "Columns": 64}, 4096),
        ({"SiemensNumberOfImagesInMosaic": 4097, "Rows": 65, "Columns": 65}, 0),
        ({"Rows": 31}, 0),
        ({"Columns": 25}, 0),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4.1"}, 0),
        ({"AcquisitionMatrix": (10, 0, 0, 8)}, 7),
        ({"AcquisitionMatrix": (30, 0, 0, 24)}, 0),
        ({"AcquisitionMatrix": (29, 0, 0, 24)}, 7),
        ({"SiemensNumberOfImagesInMosaic": None, "SiemensSliceTimes": (0.0,) * 7, "ImageType": ("A", "MOSAIC")}, 7),
        ({"SiemensNumberOfImagesInMosaic": None, "SiemensSliceTimes": (0.0,) * 7, "ImageType": ("A", "VFRAME")}, 7),
        ({"SiemensNumberOfImagesInMosaic": None, "SiemensSliceTimes": (0.0,) * 7, "ImageType": ("A", "B")}, 0),
    ],
)
def test_an_image_is_a_mosaic_where_it_says_so_and_divides(values, count):
    assert len(tiles(mosaic(**values))) == count


def grid_of(positions):
    items = [made_item(ImagePositionPatient=list(position), AcquisitionTime=f"10000{n}") for n, position in enumerate(positions)]
    return made_private(UIH, 0x0065, 0x51, "SQ", Sequence(items))


def test_tiles_of_a_grid_lie_where_their_items_say():
    """5 slices in 2 rows of 3."""
    values = {"SiemensNumberOfImagesInMosaic": None, "UIHNumberOfImagesInGrid": 5.0, "ImageOrientationPatient": CORONAL}
    positions = [(0.0, 3.0 * n, 0.0) for n in range(5)]
    made = tiles(mosaic(**values), grid_of(positions))
    assert [tile.window for tile in made] == [(0, 0), (0, 8), (0, 16), (15, 0), (15, 8)]
    assert [tuple(tile.plane.position_lps) for tile in made] == positions
    assert [tile.get("ImagePositionPatient") for tile in made] == positions
    assert (made[4].plane.column_lps.tolist(), made[4].get("AcquisitionTime")) == ([0, 0, -1], "100000")
    few = tiles(mosaic(**values), grid_of(positions[:4]))
    assert few[1].plane.position_lps.tolist() == [1, 2, 3 + 4]  # the position of the first slice itself
    assert few[0].placed_by == ""
    flat = tiles(mosaic(**{**values, "ImageOrientationPatient": None}), grid_of(positions))
    assert flat[0].plane is None


def test_what_a_mosaic_says_of_itself():
    frame = mosaic(SliceThickness=5.0)
    made = tiles(frame)
    frame.instance.frames[:] = made
    (finding,) = mosaic_findings(made)
    assert finding.evidence == {"count": 7, "columns": 8, "rows": 10, "files": 1}
    for placed_by, reason in (
        ("mosaic-normal", "normal"),
        ("mosaic-thickness", "thickness"),
        ("mosaic-normal, mosaic-thickness", "both"),
    ):
        made[0].placed_by = placed_by
        assert list(mosaic_findings(made))[1].evidence == {"reason": reason, "thickness_mm": 5.0}
    flat = mosaic(None, ImageType=("A", "MOSAIC"))
    (finding,) = mosaic_findings([flat])
    assert (finding.severity, finding.evidence) == ("error", {"count": 1, "size": "24 x 30"})
    odd = mosaic(7, rows=31, ImageType=("A", "MOSAIC"))
    (finding,) = mosaic_findings([odd])
    assert finding.evidence == {"count": 1, "size": "24 x 31", "reason": "size", "slices": 7}
    assert list(mosaic_findings([mosaic(None, ImageType=("A", "MOSAIC"), AcquisitionMatrix=(30, 0, 0, 24))])) == []
    assert list(mosaic_findings([mosaic(None)])) == []


def test_a_mosaic_is_one_stored_image():
    made = mosaic().instance
    assert made.stored_frames == 1
    made.frames[:] = tiles(mosaic())
    assert made.stored_frames == 1
    assert Instance(made.path, {}, "").stored_frames == 0
    assert made_frames_of_one(3)[0].instance.stored_frames == 3
