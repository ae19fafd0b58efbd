"""Moments of a series as seconds: DA, TM and DT values (PS3.5 6.2), over midnight, ends of months and years, and time zones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Optional

from pydicom.valuerep import DA, DT, TM

DAY = 86400.0
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
LEADING_DIGITS = re.compile(r"\d*")
LONG_FRACTION = re.compile(r"(\.\d{6})\d+")
UTC_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")


def seconds_of(date_time: object, date: object, time: object, utc_offset: object = None) -> Optional[float]:
    """Seconds since 1970 (UTC) of a DT value, else of a date with a time; below a day where there is a time without a date.

    ``utc_offset`` is TimezoneOffsetFromUTC (PS3.3 C.12.1.1.8), for values that name no zone themselves. None for nothing, and
    for what is no moment.
    """
    offset = utc_offset if isinstance(utc_offset, str) else ""
    if isinstance(date_time, str):
        moment = _date_time(date_time.strip(), offset)
        if moment is not None:
            return moment
    if not isinstance(time, str):
        return None
    return _date_and_time(date.strip() if isinstance(date, str) else "", time.strip(), offset)


def in_order(seconds: Sequence[Optional[float]]) -> list[Optional[float]]:
    """The moments of one series, comparable with each other.

    Some without a date: none has one. More than half a day apart on one day is an exam over midnight whose date stood still.
    """
    known = [moment for moment in seconds if moment is not None]
    if not known:
        return list(seconds)
    moments = list(seconds)
    if min(known) < DAY and max(known) >= DAY:
        moments = [None if moment is None else moment % DAY for moment in moments]
        known = [moment for moment in moments if moment is not None]
    same_day = min(known) // DAY == max(known) // DAY
    if not same_day or max(known) - min(known) <= DAY / 2:
        return moments
    middle = (min(known) // DAY) * DAY + DAY / 2
    return [moment if moment is None or moment >= middle else moment + DAY for moment in moments]


@lru_cache(maxsize=65536)
def _date_time(text: str, offset: str) -> Optional[float]:
    # Less than a day and an hour (YYYY alone, say) tells no frames apart.
    digits = LEADING_DIGITS.match(text)
    if digits is None or len(digits.group()) < 10:
        return None
    text, leap = _without_leap_second(text, 12)
    try:
        moment = DT(text)
    except (ValueError, OverflowError):
        return None
    return _since_1970(moment, offset) + leap


@lru_cache(maxsize=65536)
def _date_and_time(date: str, time: str, offset: str) -> Optional[float]:
    time, leap = _without_leap_second(time.replace(":", ""), 4)  # ACR-NEMA wrote colons
    try:
        clock = TM(time)
        day = DA(date.replace(".", "")) if date else None
    except (ValueError, OverflowError):
        return None
    if clock is None:
        return None
    if day is None:
        since_midnight = timedelta(0, clock.second, clock.microsecond, 0, clock.minute, clock.hour)
        return since_midnight.total_seconds() + leap
    return _since_1970(datetime.combine(day, clock), offset) + leap


def _without_leap_second(text: str, start: int) -> tuple[str, float]:
    """A value as Python's clocks take it: no 60th second, no more than six decimals; and the second taken off."""
    text = LONG_FRACTION.sub(r"\1", text)
    return (text[:start] + "59" + text[start + 2 :], 1.0) if text[start : start + 2] == "60" else (text, 0.0)


def _since_1970(moment: datetime, offset: str) -> float:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(offset))
    return round((moment - EPOCH).total_seconds(), 6)


def _zone(offset: str) -> tzinfo:
    found = UTC_OFFSET.fullmatch(offset.strip())
    if not found:
        return timezone.utc
    sign, hours, minutes = found.groups()
    away = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-away if sign == "-" else away) if away < timedelta(days=1) else timezone.utc
