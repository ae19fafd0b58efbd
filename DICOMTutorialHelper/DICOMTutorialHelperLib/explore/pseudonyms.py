"""Replacements that are the same for the same original over a whole run, and that nobody can turn back without the key."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from datetime import date, timedelta
from typing import Optional

LONGEST_SHIFT_DAYS = 3650
_DATE_AND_TIME = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<time>(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-6]\d(?:\.\d{1,6})?)?)?)?(?:[+-]\d{4})?$"
)
_RANGE = re.compile(r"\d{8}(?:\d{2,6})?-\d{8}(?:\d{2,6})?$")
PSEUDONYM = re.compile(r"ANON-[0-9A-F]{32}$")


class Pseudonyms:
    """UIDs, patient IDs and date shifts from a secret key.

    Without ``key`` a random one is drawn and forgotten with this object; with the same key a later run gives the same
    replacements, so that new files of a patient join the old ones. Whoever has the key can test guesses: keep it secret.
    """

    def __init__(self, key: Optional[str] = None) -> None:
        self._key = key.encode("utf-8") if key else secrets.token_bytes(32)

    def _digest(self, kind: str, value: str) -> bytes:
        return hmac.new(self._key, f"{kind}\0{value}".encode("utf-8", "surrogateescape"), hashlib.sha256).digest()

    def uid(self, original: str) -> str:
        """A UID of the form 2.25.<UUID> (PS3.5 Annex B.2), at most 44 characters."""
        return f"2.25.{uuid.UUID(bytes=self._digest('uid', original.strip())[:16], version=4).int}"

    def patient(self, original: str) -> str:
        """A name for a patient that says nothing: ``ANON-`` and 128 bits, so that no two of a collection meet by chance."""
        return "ANON-" + self._digest("patient", original.strip()).hex()[:32].upper()

    def label(self, original: str) -> str:
        """A coded string (16 characters at most) that tells things apart as the original did, and says no more."""
        return "X" + self._digest("label", original.strip()).hex()[:15].upper()

    def shift_days(self, patient: str) -> int:
        """How many days all dates of a patient move: the same for all, between one day and ten years back."""
        return -1 - int.from_bytes(self._digest("shift", patient.strip())[:4], "big") % LONGEST_SHIFT_DAYS

    def shifted(self, text: str, patient: str) -> str:
        """A DA or DT value moved by the patient's shift, its time of day kept; "" where it is no full date.

        The offset from UTC goes: it tells the place. Both ends of a range are moved.
        """
        if "-" in text.strip("- ") and _RANGE.match(text.strip()):
            ends = [self.shifted(end, patient) for end in text.strip().split("-")]
            return "-".join(ends) if all(ends) else ""
        found = _DATE_AND_TIME.match(text.strip())
        if not found:
            return ""
        try:
            day = date(int(text.strip()[:4]), int(found["month"]), int(found["day"]))
            moved = day + timedelta(days=self.shift_days(patient))
        except (ValueError, OverflowError):
            return ""
        return f"{moved.year:04}{moved.month:02}{moved.day:02}{found['time'] or ''}"
