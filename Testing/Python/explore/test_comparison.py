"""Two headers side by side, and a whole series at once."""

from __future__ import annotations

import pydicom
from synthetic_series import slice_dataset

from DICOMTutorialHelperLib.explore.comparison import compare, compare_series, matching


def by_keyword(differences):
    return {one.row.keyword: one for one in differences if not one.row.depth}


def test_equal_headers_have_no_differences():
    assert all(one.equal for one in compare(slice_dataset(0, SOPInstanceUID="1.2"), slice_dataset(0, SOPInstanceUID="1.2")))


def test_each_side_shows_its_value_or_none():
    first, second = slice_dataset(0, KVP="120"), slice_dataset(0, PatientAge="045Y", Modality="MR")
    found = by_keyword(compare(first, second, "en"))
    assert (found["Modality"].first, found["Modality"].second) == ("CT", "MR")
    assert (found["KVP"].first, found["KVP"].second) == ("120", None)
    assert (found["PatientAge"].first, found["PatientAge"].second) == (None, "45 years")
    assert found["Rows"].equal


def test_pixels_of_one_length_that_differ_are_a_difference():
    assert not by_keyword(compare(slice_dataset(0), slice_dataset(1)))["PixelData"].equal


def test_elements_of_the_second_stand_in_their_group():
    groups = [one.row.group for one in compare(slice_dataset(0), slice_dataset(0, PatientAge="045Y"))]
    assert groups.count("patient") > 1
    assert groups == sorted(groups, key=groups.index), "each group comes once"


def test_a_series_shows_what_varies_and_in_what_range(ct_slices):
    datasets = [pydicom.dcmread(ct_slices[k]) for k in (2, 0, 3, 1)]
    del datasets[2].PatientAge
    elements = {one.row.keyword: one for one in compare_series(datasets, "en")}
    assert elements["PixelSpacing"].constant
    assert elements["InstanceNumber"].range == [(1, 4)]
    assert elements["ImagePositionPatient"].range == [(-10, -10), (-20, -20), (30, 37.5)]
    assert len(elements["SOPInstanceUID"].values) == 4
    age = elements["PatientAge"]
    assert (age.present, age.total, age.constant) == (3, 4, False)
    assert "PixelData" not in elements


def test_elements_of_a_series_are_found_by_name(ct_slices):
    assert [one.row.keyword for one in matching(compare_series(ct_slices, "en"), "pixel spac")] == ["PixelSpacing"]
