"""Dates as people read them."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.dicom.dates import iso_date


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("20081111", "2008-11-11"),
        ("2008.11.11", "2008-11-11"),
        ("2008-11-11", "2008-11-11"),
        (" 20081111 ", "2008-11-11"),
        ("", ""),
        (None, ""),
        ("20081311", "20081311"),
        ("2008-1111", "2008-1111"),
        ("in spring", "in spring"),
    ],
)
def test_a_date_is_shown_with_dashes_and_anything_else_as_it_is(value, shown):
    assert iso_date(value) == shown
