"""Which files are one series: by SeriesInstanceUID, and apart where patient, study or series differ whatever the UID says."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from DICOMTutorialHelperLib.dicom.findings import WARNING, Finding
from DICOMTutorialHelperLib.dicom.instance import Instance

# Header values in which files of one series must agree, by what it means where they do not (PS3.3 C.7.1.1, C.7.2.1, C.7.3.1).
IDENTITY = {
    "patient": ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "PatientSex"),
    "study": ("StudyInstanceUID",),
    "series": ("Modality",),
}

# What stands in for a SeriesInstanceUID; the time only where no number tells series apart.
SUBSTITUTES = ("SeriesNumber", "SeriesDescription", "ProtocolName", "Modality", "SeriesDate")
SUBSTITUTES_WITHOUT_NUMBER = (*SUBSTITUTES, "SeriesTime", "StudyTime")

# A tool that de-identifies may give every file a UID of its own: then it tells nothing.
MAY_DIFFER_BY_FILE = {"StudyInstanceUID", "FrameOfReferenceUID"}


class SeriesFiles(NamedTuple):
    """The instances of one series, and what is to be said of how they were told from others."""

    instances: list[Instance]
    findings: list[Finding]


def gather_series(instances: Sequence[Instance]) -> list[SeriesFiles]:
    """Instances by series, in the order in which they come."""
    by_uid: dict[Hashable, list[Instance]] = {}
    for instance in instances:
        by_uid.setdefault(_series_key(instance), []).append(instance)
    return [series for members in by_uid.values() for series in _told_apart(members)]


def _series_key(instance: Instance) -> Hashable:
    uid = instance.series_instance_uid
    if uid:
        return uid
    keywords = SUBSTITUTES if _text(instance, "SeriesNumber") else SUBSTITUTES_WITHOUT_NUMBER
    return ("", *(_text(instance, keyword) for keyword in keywords))


def _told_apart(instances: list[Instance]) -> list[SeriesFiles]:
    columns = {}
    for reason, keywords in IDENTITY.items():
        for keyword in (*keywords, *_when_no_uid(instances, reason)):
            values = _texts(instances, keyword)
            named = set(values) - {""}
            by_file = keyword in MAY_DIFFER_BY_FILE and 2 < len(named) == len(instances)
            if len(named) > 1 and not by_file:
                columns[reason, keyword] = values
    if not columns:
        return [SeriesFiles(instances, [])]
    signatures = _without_silence(list(zip(*columns.values())))
    findings = []
    for reason in IDENTITY:
        places = [place for place, (own, _) in enumerate(columns) if own == reason]
        count = len({tuple(signature[place] for place in places) for signature in signatures})
        if count > 1:
            findings.append(Finding("identity-mixed", WARNING, {"reason": reason, "count": count}))
    groups: dict[tuple, list[Instance]] = {}
    for signature, instance in zip(signatures, instances):
        groups.setdefault(signature, []).append(instance)
    return [SeriesFiles(members, findings) for members in groups.values()]


def _when_no_uid(instances: list[Instance], reason: str) -> tuple[str, ...]:
    if reason == "study" and not any(_text(instance, "StudyInstanceUID") for instance in instances):
        return ("StudyID", "StudyDate")
    if reason == "series" and not instances[0].series_instance_uid:
        return ("FrameOfReferenceUID",)
    return ()


def _without_silence(signatures: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A file that is silent where others differ belongs to those that it agrees with in all that it says, if these are one."""
    whole = [signature for signature in dict.fromkeys(signatures) if "" not in signature]
    owner = {}
    for signature in set(signatures):
        fitting = [other for other in whole if all(mine in ("", its) for mine, its in zip(signature, other))]
        owner[signature] = fitting[0] if len(fitting) == 1 else signature
    return [owner[signature] for signature in signatures]


def _texts(instances: list[Instance], keyword: str) -> list[str]:
    values = [instance.get(keyword) for instance in instances]
    text_of = {value: _value_text(value, keyword) for value in set(values)}
    return [text_of[value] for value in values]


def _text(instance: Instance, keyword: str) -> str:
    return _value_text(instance.get(keyword), keyword)


def _value_text(value: Any, keyword: str) -> str:
    if value is None:
        return ""
    text = "\\".join(map(str, value)) if isinstance(value, tuple) else str(value)
    # One name in capitals, or with the carets of empty components, is the same name.
    return " ".join(text.replace("^", " ").split()).casefold() if keyword == "PatientName" else text.strip(" \0")
