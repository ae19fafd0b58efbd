"""Dates in texts, in whatever order, calendar and writing: 17 March 1983 and others, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from DICOMTutorialHelperLib.explore.dates_in_text import KnownDates, date_of, looks_like_date

BIRTH = date(1983, 3, 17)

WRITINGS = [
    "born 1983-03-17", "17.03.1983", "3/17/1983", "17/3/83", "1983/3/17", "19830317", "830317", "17031983", "170383", "03171983",
    "031783", "17 March 1983", "March 17, 1983", "17 mars 1983", "17 de marzo de 1983", "17. März 1983", "17 mrz 83",
    "19830317101112", "198303171011", "1983年3月17日", "Showa 58.3.17", "580317", "72.3.17", "720317", "2526-03-17", "25260317",
    "id17-03-1983x",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITINGS)
def test_a_date_is_found_however_it_is_written(text):
    assert KnownDates([BIRTH]).found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "1983", "17 March", "1983-03-18", "1983-04-17", "1984-03-17", "17.3.84", "March 18, 1983", "17 May 1983",
        "59.3.17", "73.3.17", "1.7.3.1983", "2525-03-17", "11983-03-17", "1983031", "198303170", "19830317101",
    ],
)  # fmt: skip
def test_another_day_or_a_part_of_one_is_none(text):
    assert not KnownDates([BIRTH]).found_in(text)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(1912, 7, 29), "Meiji 45.7.29"),
        (date(1921, 5, 4), "Taisho 10.5.4"),
        (date(1926, 12, 26), "Showa 1.12.26"),
        (date(1993, 5, 4), "Heisei 5.5.4"),
        (date(2020, 5, 4), "Reiwa 2.5.4"),
        (date(2020, 5, 4), "ROC 109.5.4"),
        (date(2020, 5, 4), "BE 2563-05-04"),
        (date(2020, 5, 4), "020504"),
        (date(1912, 7, 29), "450729"),
        (date(2003, 5, 4), "4.5.3"),
        (date(2003, 5, 4), "04.05.03"),
    ],
)
def test_years_of_other_calendars_are_known(day, text):
    assert KnownDates([day]).found_in(text)


@pytest.mark.parametrize(
    ("month", "names"),
    [
        (1, "January Januar janvier enero gennaio"), (2, "February Februar février febrero fevereiro"),
        (3, "March März mars marzo março"), (4, "April avril abril aprile"), (5, "May Mai mayo maggio maio mei"),
        (6, "June Juni juin junio giugno junho"), (7, "July Juli juillet julio luglio julho"),
        (8, "August août agosto"), (9, "September septembre septiembre settembre setembro"),
        (10, "October Oktober octobre octubre ottobre outubro"), (11, "November novembre noviembre"),
        (12, "December Dezember décembre diciembre dicembre dezembro"),
    ],
)  # fmt: skip
def test_months_are_known_by_name_in_many_languages(month, names):
    for name in names.split():
        for other in range(1, 13):
            assert KnownDates([date(1983, other, 17)]).found_in(f"17 {name} 1983") == (other == month), (name, other)


def test_nothing_is_found_where_nothing_is_looked_for():
    assert not KnownDates().found_in("1983-03-17")


def test_each_of_several_dates_is_looked_for():
    both = KnownDates([BIRTH, date(2001, 3, 17), date(2001, 12, 1)])
    assert all(both.found_in(text) for text in ("17.3.1983", "17.3.2001", "1.12.01"))
    assert not both.found_in("1.12.1983")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("19830317", BIRTH), ("19830317101112.5", BIRTH), ("1983", None), ("19831317", None), ("", None), ("birthday", None)],
)
def test_the_day_of_a_value_is_what_it_begins_with(text, expected):
    assert date_of(text) == expected


@pytest.mark.parametrize(
    "text",
    ["1983-03-17", "at 17.3.1983.", "3/17/83", "scan_19830317_b", "1899年3月17日", "2083.12.31", "31-12-99", "1.1.2001"],
)
def test_what_is_written_as_dates_are_looks_like_one(text):
    assert looks_like_date(text)


@pytest.mark.parametrize(
    "text", ["", "1983", "1983-13-17", "1983-03-32", "32.3.1983", "17830317", "21830317", "1983-0-1", "1.2.840", "3.17", "0.0.83"]
)
def test_other_numbers_do_not_look_like_dates(text):
    assert not looks_like_date(text)
