"""A body whose values can be worked out, and small series of a learner's own: for measuring, answers and checks."""

from __future__ import annotations

import pytest
from fake_workspace import SERIES, FakeWorkspace
from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.tutorial.steps.registry import StepContext
from DICOMTutorialHelperLib.workspace import interface as w


class Body(FakeWorkspace):
    """A cylinder of 100 HU, 120 mm wide, in air; a ball of -850 HU around R 60, with 20 mm radius; images end at 300 mm."""

    def value_at(self, node_id, position_ras):
        r, a, s = position_ras
        if max(abs(r), abs(a), abs(s)) > 300:
            raise w.WorkspaceError("point-outside", name="x")
        if (r - 60) ** 2 + a**2 + (s - 40) ** 2 <= 400:
            return -850.0
        return 100.0 if r**2 + a**2 <= 60**2 else -1000.0


@pytest.fixture
def body():
    made = Body()
    made.add_to_database("ct", "t2", "stir", "bliss")
    return made


@pytest.fixture
def at_body(tutorial, body):
    return StepContext(tutorial, tutorial.steps[0], body)


@pytest.fixture
def own_files(at_body, body, tmp_path):
    """A dynamic MR of three frames and four slices, its number 801; a T2 with an element that is no number."""
    dynamic = []
    for frame in range(3):
        dynamic += write_series(
            tmp_path / "bliss", axial_positions(4), first=4 * frame, sop_class=MR, RepetitionTime="4.5", rows=6, columns=5
        )
    body.files[SERIES["bliss"].series_instance_uid] = tuple(dynamic)
    header = {
        "SamplesPerPixel": None,
        "SeriesInstanceUID": "1.7",
        "SeriesDescription": "T2W_TSE SENSE",
        "PatientBirthDate": "19700101",
        "SeriesDate": "20200102",
    }
    body.files[SERIES["t2"].series_instance_uid] = tuple(
        write_series(tmp_path / "t2", axial_positions(2), sop_class=MR, **header)
    )
    return tmp_path
