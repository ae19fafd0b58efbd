"""The metadata of many series as one table."""

from __future__ import annotations

import csv
import io

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from synthetic_series import ENHANCED_MR, MR, slice_dataset, write

from DICOMTutorialHelperLib.explore.cohort import cohort
from DICOMTutorialHelperLib.explore.expressions import ExpressionError


@pytest.fixture
def collection(tmp_path):
    """A thick CT of two slices, a thin MR, and an enhanced MR that keeps its thickness in a functional group."""
    for number in range(2):
        write(slice_dataset(number, SliceThickness="5", SeriesInstanceUID="1.1"), tmp_path / f"ct{number}.dcm")
    write(slice_dataset(0, MR, SliceThickness="1.2", SeriesInstanceUID="1.2", SeriesDescription="=cmd()"), tmp_path / "mr.dcm")
    enhanced, groups, measures = slice_dataset(0, ENHANCED_MR, SeriesInstanceUID="1.3", NumberOfFrames=1), Dataset(), Dataset()
    measures.SliceThickness = "0.9"
    groups.PixelMeasuresSequence = Sequence([measures])
    enhanced.SharedFunctionalGroupsSequence = Sequence([groups])
    write(enhanced, tmp_path / "enhanced.dcm")
    return tmp_path


def test_a_row_is_a_series(collection):
    table = cohort(collection, columns=["Modality", "SliceThickness", "Instances"])
    assert sorted(table.rows) == [["CT", 5.0, 2.0], ["MR", 0.9, 1.0], ["MR", 1.2, 1.0]]
    assert table.series == 3


def test_the_condition_filters_also_by_elements_of_functional_groups(collection):
    table = cohort(collection, 'Modality == "MR" and SliceThickness < 1', ["SeriesInstanceUID"])
    assert table.rows == [["1.3"]]


def test_what_was_counted_can_be_asked_for(collection):
    assert cohort(collection, "Instances > 1", ["SeriesInstanceUID"]).rows == [["1.1"]]


def test_csv_is_read_back(collection):
    buffer = io.StringIO()
    cohort(collection, "SliceThickness == 1.2", ["Modality", "PixelSpacing", "SeriesDescription", "EchoTime"]).write_csv(buffer)
    header, row = csv.reader(io.StringIO(buffer.getvalue()))
    assert header == ["Modality", "PixelSpacing", "SeriesDescription", "EchoTime"]
    assert row == ["MR", "0.8\\0.7", "'=cmd()", ""], "a spreadsheet must not take a description for a formula"


def test_negative_numbers_stay_numbers_in_csv(collection):
    buffer = io.StringIO()
    write(slice_dataset(0, SeriesInstanceUID="1.9", ImagePositionPatient=[-10.0, -20.5, 1.0]), collection / "neg.dcm")
    cohort(collection, 'SeriesInstanceUID == "1.9"', ["ImagePositionPatient"]).write_csv(buffer)
    assert buffer.getvalue().splitlines()[1] == "-10\\-20.5\\1"


def test_an_unknown_column_is_refused_before_reading():
    with pytest.raises(ExpressionError) as mistake:
        cohort("/nowhere", columns=["Modalty"])
    assert mistake.value.fields["suggestion"] == "Modality"
