"""Making practice sets: nothing half-made, nothing of others touched; what each defect variant has wrong, by pydicom alone."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.synthetic.defects import FAULTS
from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set
from DICOMTutorialHelperLib.progress import Cancelled


def made(folder, fault):
    return [pydicom.dcmread(path) for path in make_practice_set(FAULTS[fault].practice_set, folder, fault=fault)]


def heights(slices):
    return np.sort([float(ds.ImagePositionPatient[2]) for ds in slices])


def test_unknown_names_are_refused(tmp_path):
    with pytest.raises(ValueError, match="torso-ct"):
        make_practice_set("brain", tmp_path)
    with pytest.raises(ValueError, match="small"):
        make_practice_set("torso-ct", tmp_path, size="huge")
    with pytest.raises(ValueError, match="tilted-gantry"):
        make_practice_set("torso-ct", tmp_path, fault="private-only-tags")
    assert list(tmp_path.iterdir()) == []


def test_a_defect_variant_lies_beside_the_sound_set_with_uids_of_its_own(tmp_path):
    sound = make_practice_set("torso-ct", tmp_path)
    variant = make_practice_set("torso-ct", tmp_path, fault="missing-slice")
    assert all(path.exists() for path in sound)
    assert "faulty-missing-slice" in variant[0].parts
    assert pydicom.dcmread(variant[0]).SeriesInstanceUID != pydicom.dcmread(sound[0]).SeriesInstanceUID


def test_what_was_made_before_is_replaced_whole(tmp_path):
    before = make_practice_set("torso-ct", tmp_path)
    before[0].with_name("IM-0001-0999.dcm").write_bytes(before[0].read_bytes())
    make_practice_set("torso-ct", tmp_path)
    assert len(list(before[0].parent.iterdir())) == 48


def test_what_others_put_there_is_left_alone(tmp_path):
    folder = tmp_path / "SlicerDICOMTutorialData" / "dataset1_TorsoCT"
    folder.mkdir(parents=True)
    (folder / "mine.dcm").write_bytes(b"somebody's")
    with pytest.raises(DataError) as caught:
        make_practice_set("torso-ct", tmp_path)
    assert caught.value.reason == "not-made-here"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["mine.dcm"]


def test_cancelling_leaves_nothing_behind(tmp_path):
    def stop(done, total):
        if done == 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        make_practice_set("torso-ct", tmp_path, progress=stop)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not list(tmp_path.glob(".unfinished*"))


def test_progress_counts_up_to_the_number_of_files(tmp_path):
    told = []
    files = make_practice_set("torso-ct", tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(files), len(files))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_folder_that_cannot_be_written_gives_a_reason(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        make_practice_set("torso-ct", tmp_path / "file" / "below")
    assert caught.value.reason == "cannot-write"


def test_the_tilted_gantry_shifts_slices_against_their_normal(tmp_path):
    slices = made(tmp_path, "tilted-gantry")
    row, column = np.array(slices[0].ImageOrientationPatient, float).reshape(2, 3)
    step = np.subtract(slices[1].ImagePositionPatient, slices[0].ImagePositionPatient).astype(float)
    angle = np.degrees(np.arccos(abs(np.cross(row, column) @ step) / np.linalg.norm(step)))
    assert angle == pytest.approx(18.5, abs=0.01)


def test_one_missing_slice_leaves_one_double_gap(tmp_path):
    gaps = np.diff(heights(made(tmp_path, "missing-slice")))
    assert sorted(np.rint(gaps / 6).astype(int).tolist())[-2:] == [1, 2]


def test_several_missing_slices_leave_three_gaps(tmp_path):
    gaps = np.rint(np.diff(heights(made(tmp_path, "missing-slices"))) / 6).astype(int)
    assert sorted(gaps[gaps > 1].tolist()) == [2, 3, 4]


def test_duplicated_slices_show_the_same_place_again_with_noise_of_their_own(tmp_path):
    slices = made(tmp_path, "duplicate-slices")
    for copy in slices[-2:]:
        (original,) = [ds for ds in slices[:-2] if ds.ImagePositionPatient == copy.ImagePositionPatient]
        difference = original.pixel_array.astype(float) - copy.pixel_array
        assert abs(difference.mean()) < 1 and 5 < difference.std() < 40
        assert original.SOPInstanceUID != copy.SOPInstanceUID


def test_uneven_spacing_has_two_slice_distances(tmp_path):
    gaps = np.round(np.diff(heights(made(tmp_path, "uneven-spacing"))), 3)
    assert set(gaps.tolist()) == {6.0, 8.22}


def test_the_localizer_is_a_coronal_image_in_the_same_series(tmp_path):
    slices = made(tmp_path, "localizer-inside")
    localizers = [ds for ds in slices if "LOCALIZER" in ds.ImageType]
    assert len(localizers) == 1
    assert list(map(float, localizers[0].ImageOrientationPatient)) == [1, 0, 0, 0, 0, -1]
    assert len({ds.SeriesInstanceUID for ds in slices}) == 1
    # Lungs look darker than the abdomen: the picture shows something.
    image = localizers[0].pixel_array.astype(float)
    assert image[45:60, 40:50].mean() < image[85:100, 60:70].mean()


def test_empty_identifiers_are_empty_but_the_file_is_still_marked_as_made(tmp_path):
    ds = made(tmp_path, "empty-identifiers")[0]
    assert str(ds.PatientName) == "" and ds.PatientID == ""
    assert "DICOMTutorialHelper" in ds.ImageComments


def test_the_truncated_file_lacks_pixels(tmp_path):
    files = make_practice_set("torso-ct", tmp_path, fault="truncated-file")
    sizes = {path.stat().st_size for path in files[:-1]}
    assert files[-1].stat().st_size < min(sizes) - 10_000


def test_mixed_sizes_cover_the_same_body(tmp_path):
    slices = made(tmp_path, "mixed-matrix-sizes")
    assert {(ds.Rows, ds.Columns) for ds in slices} == {(128, 128), (64, 64)}
    fields = {round(ds.Columns * float(ds.PixelSpacing[1]), 3) for ds in slices}
    corners = {round(float(ds.ImagePositionPatient[0]) - float(ds.PixelSpacing[1]) / 2, 3) for ds in slices}
    assert len(fields) == len(corners) == 1


def test_burned_in_text_is_in_the_pixels_and_said_in_the_header(tmp_path):
    ds = made(tmp_path, "burned-in-text")[10]
    assert ds.BurnedInAnnotation == "YES"
    assert (ds.pixel_array[:16] == 3000).sum() > 100


def test_private_only_leaves_no_public_element_that_tells_frames_apart(tmp_path):
    bliss = [ds for ds in made(tmp_path, "private-only-tags") if ds.SeriesNumber == 801]
    for keyword in ("TemporalPositionIdentifier", "TriggerTime"):
        assert not any(keyword in ds for ds in bliss)
    assert len({ds.AcquisitionTime for ds in bliss}) == len({ds.ContentTime for ds in bliss}) == 1
    assert {int(ds[0x2001, 0x1008].value) for ds in bliss} == set(range(1, 11))
