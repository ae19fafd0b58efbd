"""Moments of DA, TM and DT values (PS3.5 6.2) against Python's own calendar."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from DICOMTutorialHelperLib.dicom.clocks import DAY, in_order, seconds_of


def at(*moment, hours=0.0) -> float:
    return datetime(*moment, tzinfo=timezone(timedelta(hours=hours))).timestamp()


@pytest.mark.parametrize(
    ("date", "time", "offset", "expected"),
    [
        ("20240229", "101112", "", at(2024, 2, 29, 10, 11, 12)),
        ("20240229", "101112.5", "", at(2024, 2, 29, 10, 11, 12, 500000)),
        ("20240229", "101112.1234567", "", at(2024, 2, 29, 10, 11, 12, 123456)),
        ("20240229", "1011", "", at(2024, 2, 29, 10, 11)),
        ("20240229", "10", "", at(2024, 2, 29, 10)),
        (" 20240229 ", " 101112 ", "", at(2024, 2, 29, 10, 11, 12)),
        ("2024.02.29", "10:11:12", "", at(2024, 2, 29, 10, 11, 12)),
        ("20161231", "235960", "", at(2017, 1, 1)),
        ("20161231", "235960.25", "", at(2017, 1, 1) + 0.25),
        ("20240229", "101112", "+0530", at(2024, 2, 29, 10, 11, 12, hours=5.5)),
        ("20240229", "101112", "-0300", at(2024, 2, 29, 10, 11, 12, hours=-3)),
        ("20240229", "101112", "nonsense", at(2024, 2, 29, 10, 11, 12)),
        ("20240229", "101112", "+9900", at(2024, 2, 29, 10, 11, 12)),
        ("", "101112.25", "", 36672.25),
        ("", "000000", "", 0.0),
        ("", "235960", "", 86400.0),
        ("20240230", "101112", "", None),
        ("20240229", "251112", "", None),
        ("20240229", "", "", None),
        ("20240229", "noon", "", None),
    ],
)
def test_a_date_and_a_time_are_a_moment(date, time, offset, expected):
    assert seconds_of(None, date, time, offset) == expected


@pytest.mark.parametrize(
    ("date_time", "offset", "expected"),
    [
        ("20240229101112", "", at(2024, 2, 29, 10, 11, 12)),
        ("20240229101112.123456789", "", at(2024, 2, 29, 10, 11, 12, 123456)),
        ("20240229101112+0200", "-0500", at(2024, 2, 29, 10, 11, 12, hours=2)),
        ("20240229101112", "-0500", at(2024, 2, 29, 10, 11, 12, hours=-5)),
        ("2024022910", "", at(2024, 2, 29, 10)),
        ("20161231235960", "", at(2017, 1, 1)),
    ],
)
def test_a_date_time_goes_before_date_and_time(date_time, offset, expected):
    assert seconds_of(date_time, "19991231", "010203", offset) == expected


@pytest.mark.parametrize("date_time", ["2024", "20240229", "202402291", "20241329101112", "soon", None, 7])
def test_less_than_an_hour_of_a_day_leaves_the_word_to_date_and_time(date_time):
    assert seconds_of(date_time, "20240229", "101112") == at(2024, 2, 29, 10, 11, 12)


@pytest.mark.parametrize(("date", "time"), [(None, None), ("20240229", None), ("20240229", 101112), (20240229, None)])
def test_without_a_time_there_is_no_moment(date, time):
    assert seconds_of(None, date, time) is None


def test_a_date_that_is_no_text_is_none():
    assert seconds_of(None, 20240229, "101112") == 36672.0


NOON = at(2024, 2, 29, 12)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([], []),
        ([None, None], [None, None]),
        ([NOON, NOON + 5, None], [NOON, NOON + 5, None]),
        # Over midnight by dates that went on.
        ([NOON + 43190, NOON + 43210], [NOON + 43190, NOON + 43210]),
        # Over midnight by a date that stood still: 23:59:50, then 00:00:10 of the same day.
        ([NOON + 43190, NOON - 43190], [NOON + 43190, NOON + 43210]),
        ([NOON + 43190, None, NOON - 43190], [NOON + 43190, None, NOON + 43210]),
        # Half a day apart is a long exam, more is midnight.
        ([NOON - 21600, NOON + 21600], [NOON - 21600, NOON + 21600]),
        ([NOON - 21601, NOON + 21600], [NOON - 21601 + DAY, NOON + 21600]),
        # Some without a date: none has one.
        ([36000.0, NOON], [36000.0, 43200.0]),
        ([36000.0, None, NOON + 7], [36000.0, None, 43207.0]),
    ],
)
def test_moments_of_one_series_can_be_compared(seconds, expected):
    assert in_order(seconds) == expected
