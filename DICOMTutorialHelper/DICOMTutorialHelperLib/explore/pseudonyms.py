"""Replacements that are the same for the same original over a whole run, and that nobody can turn back without the key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import date, timedelta
from typing import Optional

LONGEST_SHIFT_DAYS = 3650


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
        """A name for a patient that says nothing, such as ``ANON-7F3A9C21``."""
        return "ANON-" + self._digest("patient", original.strip()).hex()[:8].upper()

    def shift_days(self, patient: str) -> int:
        """How many days all dates of a patient move: the same for all, between one day and ten years back."""
        return -1 - int.from_bytes(self._digest("shift", patient.strip())[:4], "big") % LONGEST_SHIFT_DAYS

    def shifted(self, text: str, patient: str) -> str:
        """A DA or DT value moved by the patient's shift, its time of day kept; "" where it is not a full date."""
        try:
            day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
            moved = day + timedelta(days=self.shift_days(patient))
        except (ValueError, OverflowError):
            return ""
        return f"{moved.year:04}{moved.month:02}{moved.day:02}{text[8:]}"
