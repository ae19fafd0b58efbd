"""An examination as plain data: by patient and study, with all that was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from made_frames import made_frame, made_instance

from DICOMTutorialHelperLib.dicom.candidate import Candidate, Examination, SequenceIndex, SeriesExamination, Stack
from DICOMTutorialHelperLib.dicom.files import SkippedFile
from DICOMTutorialHelperLib.dicom.findings import INFO, Finding
from DICOMTutorialHelperLib.dicom.geometry import Grid
from DICOMTutorialHelperLib.dicom.serialization import examination_to_dict


def series_of(uid: str, patient: str, study: str, candidates=(), **values):
    values = {"SeriesInstanceUID": uid, "PatientID": patient, "StudyInstanceUID": study, **values}
    return SeriesExamination([made_instance(f"{uid}.dcm", **values)], list(candidates))


def test_an_examination_is_told_by_patient_and_study(tmp_path):
    frame = made_frame(name="a.dcm")
    grid = Grid((4, 3, 1), np.diag([-0.5, -0.5, 2.00000049, 1.0]))
    index = SequenceIndex("TriggerTime", "ms", [0.0, 100.0])
    stacks = [Stack([frame], grid), Stack([frame], grid)]
    moving = Candidate(
        "sequence", "moving", stacks, index, findings=[Finding("single-slice", INFO)], confidence=0.5, selected=True
    )
    still = Candidate("volume", "still", stacks[:1])
    first = series_of("1.1", "P1", "1", [moving, still], PatientName="A", StudyDate="20200102", StudyDescription="Chest",
                      SeriesNumber=3, SeriesDescription="Heart", Modality="MR")  # fmt: skip
    first.skipped.append(SkippedFile(Path("second"), Finding("single-slice", INFO)))
    skipped = [SkippedFile(Path("first"), Finding("single-slice", INFO))]
    others = [series_of("1.2", "P1", "1"), series_of("2.1", "P2", "1"), series_of("1.3", "P1", "2")]
    told = examination_to_dict(Examination([first, *others], skipped))
    tree = [
        [one["patient_id"], [[s["study_instance_uid"], len(s["series"])] for s in one["studies"]]] for one in told["patients"]
    ]
    assert tree == [["P1", [["1", 2], ["2", 1]]], ["P2", [["1", 1]]]]
    assert told["patients"][0]["patient_name"] == "A" and told["patients"][1]["patient_name"] == ""
    study = told["patients"][0]["studies"][0]
    assert (study["date"], study["description"]) == ("20200102", "Chest")
    series = study["series"][0]
    assert (series["series_instance_uid"], series["number"], series["description"]) == ("1.1", 3, "Heart")
    assert (series["modality"], series["instances"]) == ("MR", 1)
    sequence, volume = series["candidates"]
    assert (sequence["name"], sequence["kind"], sequence["selected"], sequence["confidence"]) == ("moving", "sequence", True, 0.5)
    assert (sequence["frames"], volume["frames"]) == (2, 1)
    assert sequence["index"] == {"name": "TriggerTime", "unit": "ms", "values": [0.0, 100.0]} and volume["index"] is None
    assert (sequence["dimensions"], sequence["spacing_mm"], sequence["files"]) == ([4, 3, 1], [0.5, 0.5, 2.0], ["a.dcm"])
    assert [one["code"] for one in sequence["findings"]] == ["single-slice"]
    assert [(one["file"], one["severity"], one["evidence"]) for one in told["skipped"]] == [
        ("first", INFO, {}),
        ("second", INFO, {}),
    ]
    empty = study["series"][1]
    assert (empty["number"], empty["description"], empty["modality"], empty["candidates"]) == (None, "", "", [])
