"""An examination as plain data (JSON-able): patients, studies, series, candidates, findings with their sentences."""

from __future__ import annotations

from typing import Any

from DICOMTutorialHelperLib.dicom.candidate import Candidate, Examination, SeriesExamination
from DICOMTutorialHelperLib.dicom.files import SkippedFile
from DICOMTutorialHelperLib.dicom.finding_messages import finding_message
from DICOMTutorialHelperLib.dicom.findings import Finding
from DICOMTutorialHelperLib.dicom.patient import patient_key


def examination_to_dict(examination: Examination, language: str = "en") -> dict[str, Any]:
    """``{"patients": [{"studies": [{"series": [{"candidates": [...]}]}]}], "skipped": [...]}``; lengths in mm, files as given.

    Patients are told apart by ``patient_key``; a study that two of them share appears under both.
    """
    patients: dict[tuple[str, ...], dict[str, Any]] = {}
    studies: dict[tuple[tuple[str, ...], str], dict[str, Any]] = {}
    for series in examination.series:
        study_uid = str(series.get("StudyInstanceUID", ""))
        patient = patient_key(series.get)
        if patient not in patients:
            patients[patient] = {
                "patient_id": str(series.get("PatientID", "")),
                "patient_name": str(series.get("PatientName", "")),
                "studies": [],
            }
        if (patient, study_uid) not in studies:
            studies[patient, study_uid] = {
                "study_instance_uid": study_uid,
                "date": str(series.get("StudyDate", "")),
                "description": str(series.get("StudyDescription", "")),
                "series": [],
            }
            patients[patient]["studies"].append(studies[patient, study_uid])
        studies[patient, study_uid]["series"].append(_series_to_dict(series, language))
    skipped = [*examination.skipped, *(file for series in examination.series for file in series.skipped)]
    return {"patients": list(patients.values()), "skipped": [skipped_to_dict(file, language) for file in skipped]}


def _series_to_dict(series: SeriesExamination, language: str) -> dict[str, Any]:
    return {
        "series_instance_uid": series.series_instance_uid,
        "number": series.get("SeriesNumber"),
        "description": str(series.get("SeriesDescription", "")),
        "modality": str(series.get("Modality", "")),
        "instances": len(series.instances),
        "candidates": [candidate_to_dict(candidate, language) for candidate in series.candidates],
    }


def candidate_to_dict(candidate: Candidate, language: str = "en") -> dict[str, Any]:
    """One candidate; ``frames`` counts its volumes: 1, or those of the sequence; ``part`` is "" where it is the whole series."""
    grid = candidate.stacks[0].grid
    index = candidate.index
    return {
        "name": candidate.name,
        "part": candidate.part,
        "kind": candidate.kind,
        "selected": candidate.selected,
        "confidence": candidate.confidence,
        "frames": len(candidate.stacks),
        "index": index and {"name": index.name, "unit": index.unit, "values": list(index.values)},
        "dimensions": list(grid.dimensions),
        "spacing_mm": [round(spacing, 6) for spacing in grid.spacing_mm],
        "findings": [finding_to_dict(finding, language) for finding in candidate.findings],
        "files": [str(path) for path in candidate.files],
    }


def finding_to_dict(finding: Finding, language: str = "en") -> dict[str, Any]:
    """A finding for JSON: its code, severity and evidence, and its sentence in the language."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding_message(finding, language),
        "evidence": finding.evidence,
    }


def skipped_to_dict(file: SkippedFile, language: str = "en") -> dict[str, Any]:
    """A file that was left out, for JSON: its path, and the finding that says why."""
    return {"file": str(file.path), **finding_to_dict(file.finding, language)}
