"""Who is one patient: the one answer for every part that gathers files by patient (PS3.3 C.7.1.1, PS3.3 C.2.2)."""

from __future__ import annotations

from typing import Any, Callable

PATIENT_KEYWORDS = ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "StudyInstanceUID")
"""What ``patient_key`` asks for."""


def patient_key(get: Callable[[str], Any]) -> tuple[str, ...]:
    """What tells patients apart; ``get`` gives the value of a keyword, None or "" where there is none.

    A PatientID holds within its issuer, so two issuers' patients of one ID are two. Names do not part one ID's files: they are
    spelled in many ways. Without an ID, name and birth date decide, and without a name the study: it has one patient.
    """
    patient_id, issuer, name, born, study = (_text(get(keyword)) for keyword in PATIENT_KEYWORDS)
    if patient_id:
        return ("id", patient_id, issuer)
    if name:
        return ("name", name.casefold(), born)
    return ("study", study)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip(" \0")
