"""Dates as people read them: one form for whatever shows a DA value (PS3.5 6.2)."""

from __future__ import annotations

import re
from datetime import date

# As DICOM writes dates, as ACR-NEMA did (2008.11.11), and as Slicer's database does (2008-11-11).
PATTERN = re.compile(r"(\d{4})([.-]?)(\d{2})\2(\d{2})")


def iso_date(value: object) -> str:
    """``2008-11-11`` for ``20081111``; what is no date is given back as it is, None as ""."""
    text = "" if value is None else str(value).strip()
    found = PATTERN.fullmatch(text)
    if found is None:
        return text
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:  # a thirteenth month
        return text
