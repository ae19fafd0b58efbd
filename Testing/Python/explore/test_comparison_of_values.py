"""Comparison at its edges: nested and binary elements, ranges where values are missing or no numbers, names with accents."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import slice_dataset

from DICOMTutorialHelperLib.explore.comparison import compare, compare_series, matching, numbers
from DICOMTutorialHelperLib.explore.headers import header_rows


def differences(first, second):
    return [(one.row.path, one.first, one.second) for one in compare(first, second, "en") if not one.equal]


def nested(value: str, more: bytes = b"") -> Dataset:
    item = Dataset()
    item.CodeValue = value
    dataset = slice_dataset(0, SOPInstanceUID="1.2", ProcedureCodeSequence=Sequence([item]))
    if more:
        dataset.add_new(0x00420011, "OB", more)
    return dataset


def test_elements_of_items_are_matched_by_their_place():
    found = compare(nested("A"), nested("B"), "en")
    (changed,) = [one for one in found if not one.equal]
    assert (changed.row.keyword, changed.row.depth, changed.first, changed.second) == ("CodeValue", 2, "A", "B")


def test_binary_values_of_one_length_are_told_apart_by_number():
    one, other = nested("A", bytes(400)), nested("A", bytes(399) + b"1")
    assert differences(one, one) == []
    assert differences(one, other) == [("0042,0011", "400 bytes (1)", "400 bytes (2)")]
    assert differences(one, nested("A", bytes(402))) == [("0042,0011", "400 bytes", "402 bytes")]


def test_elements_of_the_second_alone_follow_the_last_of_their_group():
    first, second = (
        slice_dataset(0, SOPInstanceUID="1.2"),
        slice_dataset(0, SOPInstanceUID="1.2", PatientAge="045Y", PatientSex="F"),
    )
    rows = compare(first, second, "en")
    assert [one.row.keyword for one in rows if not one.equal] == ["PatientSex", "PatientAge"]
    groups = [one.row.group for one in rows]
    last = max(n for n, one in enumerate(rows) if one.row.group == "patient" and one.first is not None)
    assert [one.row.keyword for one in rows[last + 1 : last + 3]] == ["PatientSex", "PatientAge"]
    assert groups == sorted(groups, key=groups.index)


def elements(*headers):
    found = compare_series([slice_dataset(n, **header) for n, header in enumerate(headers)], "en")
    return {one.row.keyword: one for one in found}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((["1", "5"], ["3", "2"]), [(1, 3), (2, 5)]),
        ((["1", "5"], ["3", "2"], ["0", "9"]), [(0, 3), (2, 9)]),
        ((["1", "5"], ["3"]), None),
        ((["1", "5"],), [(1, 1), (5, 5)]),
    ],
)
def test_ranges_are_those_of_each_component(values, expected):
    assert elements(*({"ImageType": None, "WindowCenter": value} for value in values))["WindowCenter"].range == expected


def test_a_range_is_of_all_or_none():
    assert elements({"KVP": "80"}, {"KVP": ""}, {"KVP": "120"})["KVP"].values == {"80": 1, "": 1, "120": 1}
    broken = elements({"WindowCenter": ["1", "2"]}, {"WindowCenter": "3"}, {"WindowCenter": ["4", "5"]})
    assert broken["WindowCenter"].range is None


def test_texts_and_dates_have_no_range():
    found = elements({"StudyDate": "20200101"}, {"StudyDate": "20200102"})
    assert found["StudyDate"].range is None and found["Modality"].range is None
    assert found["Rows"].range == [(5, 5)]


def test_values_are_counted_and_constant_only_where_all_have_one():
    found = elements({"KVP": "80"}, {"KVP": "80"}, {"KVP": "120"}, {"KVP": None})
    assert found["KVP"].values == {"80": 2, "120": 1}
    assert (found["KVP"].present, found["KVP"].total, found["KVP"].constant) == (3, 4, False)
    assert found["Modality"].constant
    assert not elements({"KVP": "80"}, {"KVP": None})["KVP"].constant
    assert not elements({"KVP": "80"}, {"KVP": "90"})["KVP"].constant


def test_items_pixels_and_group_lengths_are_left_out():
    dataset = nested("A")
    dataset.add_new(0x00100000, "UL", 4)
    found = {one.row.path for one in compare_series([dataset], "en")}
    assert "0028,0010" in found
    assert not any("[" in path or path.startswith("7FE0") or path.endswith(",0000") for path in found)


def test_numbers_of_an_element_are_all_of_them_or_none():
    dataset = slice_dataset(0, PixelSpacing=[0.8, 0.7])
    rows = {row.keyword: row for row in header_rows(dataset, "en")}
    assert numbers(dataset, rows["PixelSpacing"]) == [0.8, 0.7]
    assert numbers(dataset, rows["Rows"]) == [5.0]
    assert numbers(dataset, rows["Modality"]) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("0028,0010", ["Rows"]), ("STUDYDATE", ["StudyDate"]), ("patient's name", ["PatientName"]), ("nothing of it", [])],
)
def test_elements_are_found_by_tag_keyword_or_name(text, found):
    assert [one.row.keyword for one in matching(compare_series([slice_dataset(0)], "en"), text)] == found


def test_elements_are_found_whatever_the_accents():
    assert [one.row.keyword for one in matching(compare_series([slice_dataset(0)], "en"), "PÁTIENTNAME")] == ["PatientName"]
