"""Whether a text holds one of some dates, in whatever order, calendar or writing people use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Optional

from DICOMTutorialHelperLib.explore.folding import fold_accents

# The first letters tell the months of most European languages apart.
_MONTHS = {
    1: "jan ene gen", 2: "feb fev", 3: "mar mrz mae", 4: "apr abr avr", 5: "may mai mag maj mei", 6: "jun juin giu",
    7: "jul juil lug", 8: "aug ago aou", 9: "sep set", 10: "oct okt ott out", 11: "nov", 12: "dec dez dic des",
}  # fmt: skip
_MONTH_OF = {start: month for month, starts in _MONTHS.items() for start in starts.split()}
_PART = re.compile(r"\d+|[a-z]{3,}")
# Years of other calendars: Meiji, Taisho (and the Republic of China), Showa, Heisei, Reiwa; Buddhist years are ahead.
_ERAS = (1867, 1911, 1925, 1988, 2018, -543)
_ANY_DATE = re.compile(
    r"(?<!\d)(?:(?:18|19|20)\d\d\s?[-/.年]\s?(?:0?[1-9]|1[0-2])\s?[-/.月]\s?(?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:18|19|20)?\d\d(?!\d)"
    r"|(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)


def date_of(text: str) -> Optional[date]:
    """The day that a DA or DT value begins with, None where it is none."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def looks_like_date(text: str) -> bool:
    """Whether a text holds anything written as dates are, whosever it is."""
    return _ANY_DATE.search(text) is not None


class KnownDates:
    """Dates to look for."""

    def __init__(self, dates: Iterable[date] = ()) -> None:
        self._days: dict[tuple[int, int], set[int]] = {}
        self._compact: set[str] = set()
        for one in set(dates):
            self._days.setdefault((one.month, one.day), set()).add(one.year)
            year, month, day, short = f"{one.year:04}", f"{one.month:02}", f"{one.day:02}", f"{one.year % 100:02}"
            for era in _ERAS:
                self._compact.add(f"{one.year - era:02}{month}{day}") if 0 < one.year - era < 3000 else None
            for written in (year, short):
                self._compact |= {written + month + day, day + month + written, month + day + written}

    def found_in(self, text: str) -> bool:
        """Whether the text holds one of the dates: three numbers (or two and a month's name) in any order, or one number."""
        if not self._days:
            return False
        parts = _PART.findall(fold_accents(text))
        numbers: list[Optional[int]] = []
        for part in parts:
            if part.isdigit():
                if part in self._compact or (len(part) >= 12 and part[:8] in self._compact):
                    return True
                numbers.append(int(part) if len(part) <= 4 else None)
            else:
                numbers.append(_MONTH_OF.get(part[:4]) or _MONTH_OF.get(part[:3]))
        known = [one for one in numbers if one is not None]
        return any(self._is_known(*known[start : start + 3]) for start in range(len(known) - 2))

    def _is_known(self, first: int, second: int, third: int) -> bool:
        orders = ((first, second, third), (third, second, first), (third, first, second))
        return any(_same_year(year, known) for year, month, day in orders for known in self._days.get((month, day), ()))


def _same_year(written: int, known: int) -> bool:
    return written in (known, known % 100) or any(written == known - era for era in _ERAS)
