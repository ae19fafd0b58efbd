"""Tables of the learner's own data."""

from __future__ import annotations

from types import SimpleNamespace

from DICOMTutorialHelperLib.tutorial.steps.data_tables import data_model
from DICOMTutorialHelperLib.tutorial.steps.registry import StepContext
from DICOMTutorialHelperLib.workspace.interface import PatientInfo


def test_the_data_model_calls_a_patient_by_name_and_says_where_there_is_none(tutorial):
    patients = (PatientInfo("1", "P1", "Doe^Jane"), PatientInfo("2", "P2", ""))
    workspace = SimpleNamespace(patients=lambda: patients, language=lambda: "en")
    table = data_model(StepContext(tutorial, tutorial.step("data-model"), workspace))
    assert [row.cells[1] for row in table.rows] == ["Doe^Jane", "(no name)"]
