"""Replacements: what they look like, what they are the same for, and dates that move by whole days, counted by hand."""

from __future__ import annotations

import re
import uuid

import pytest

from DICOMTutorialHelperLib.explore.pseudonyms import LONGEST_SHIFT_DAYS, PSEUDONYM, Pseudonyms


class Known(Pseudonyms):
    """Dates of everybody but "far" move 31 days back, those of "far" by ten years."""

    def shift_days(self, patient: str) -> int:
        return -LONGEST_SHIFT_DAYS if patient == "far" else -31


def test_uids_are_those_of_a_random_uuid():
    """PS3.5 Annex B.2 and RFC 4122: version 4, variant 10."""
    text = Pseudonyms("key").uid("1.2.3")
    number = uuid.UUID(int=int(text[len("2.25.") :]))
    assert text.startswith("2.25.") and (number.version, number.variant) == (4, uuid.RFC_4122) and len(text) <= 44


def test_patients_and_labels_have_their_form():
    names = Pseudonyms("key")
    assert PSEUDONYM.match(names.patient("somebody")) and len(names.patient("somebody")) == 5 + 32
    assert re.fullmatch(r"X[0-9A-F]{15}", names.label("LESION 1"))


def test_spaces_around_do_not_count_and_everything_else_does():
    names = Pseudonyms("key")
    for replaced in (names.uid, names.patient, names.label, names.shift_days):
        assert replaced(" 1.2 ") == replaced("1.2") != replaced("1.3")
        assert replaced("1.2") == getattr(Pseudonyms("key"), replaced.__name__)("1.2")
        assert replaced("1.2") != getattr(Pseudonyms("other"), replaced.__name__)("1.2")
    assert Pseudonyms().uid("1.2") != Pseudonyms().uid("1.2"), "without a key, a run has a secret of its own"
    assert Pseudonyms("").uid("1.2") != Pseudonyms("").uid("1.2")


def test_bytes_that_are_no_utf_8_have_a_replacement_too():
    assert Pseudonyms("key").patient("\udce9") != Pseudonyms("key").patient("é")


@pytest.mark.parametrize(("number", "days"), [(0, -1), (1, -2), (3649, -3650), (3650, -1)])
def test_dates_move_between_a_day_and_ten_years_back(number, days, monkeypatch):
    names = Pseudonyms("key")
    monkeypatch.setattr(names, "_digest", lambda kind, value: number.to_bytes(4, "big") + b"\xff" * 28)
    assert names.shift_days("somebody") == days


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20200301", "20200130"), ("20210301", "20210129"), (" 20200301 ", "20200130"), ("20200131", "20191231"),
        ("20200301101112.5", "20200130101112.5"), ("2020030123", "2020013023"), ("202003011011", "202001301011"),
        ("20200301101160", "20200130101160"), ("20200301101112.123456", "20200130101112.123456"),
        ("20200301101112.5+0130", "20200130101112.5"), ("20200301-0500", "20200130"),
        ("20200301-20200401", "20200130-20200301"), ("2020030110-2020040110", "2020013010-2020030110"),
        ("10000101", "09991201"), ("00010201", "00010101"),
        ("", ""), ("2020", ""), ("202003", ""), ("20201301", ""), ("20200230", ""), ("20200301x", ""), ("2020030124", ""),
        ("202003011060", ""), ("20200301101172", ""), ("20200301101112.1234567", ""), ("00010131", ""), ("00000101", ""),
        ("20200301-20201301", ""), ("20201301-20200301", ""), ("20200301-", ""), ("20200301-+0100", ""),
    ],
)  # fmt: skip
def test_dates_move_by_days_and_keep_their_time(text, moved):
    assert Known("key").shifted(text, "somebody") == moved


def test_each_patient_has_a_shift_of_their_own():
    assert Known("key").shifted("20200301", "far") == "20100304"
