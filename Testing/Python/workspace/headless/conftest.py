"""A small CT and a dynamic MR, in a headless workspace."""

from __future__ import annotations

import pytest
from synthetic_series import MR, axial_positions, write_series

from DICOMTutorialHelperLib.workspace import interface as w

CT, DYNAMIC = "1.2.3.4", "1.2.3.5"


@pytest.fixture(scope="module")
def two_series(tmp_path_factory):
    two_series = tmp_path_factory.mktemp("series")
    write_series(two_series / "ct", axial_positions(8), RescaleSlope=1, RescaleIntercept=-1024, SeriesDate="20200103")
    for n in range(3):
        write_series(
            two_series / "mr", axial_positions(4), first=4 * n, sop_class=MR, TriggerTime=50 * n, SeriesInstanceUID=DYNAMIC,
            SeriesNumber=3, SeriesDescription="Dynamic", StudyDescription="Both",
        )  # fmt: skip
    return two_series


@pytest.fixture(scope="module")
def imported(two_series):
    from DICOMTutorialHelperLib.workspace.headless.workspace import HeadlessWorkspace

    made = HeadlessWorkspace("en")
    made.create_database()
    made.import_folder(two_series)
    return made


@pytest.fixture
def two_loaded(imported):
    """With both series loaded; ``ct`` and ``mr`` are their nodes."""
    imported.close_scene()
    imported.set_layout(w.FOUR_UP)
    (ct,), (mr,) = imported.load_series(CT), imported.load_series(DYNAMIC)
    imported.ct, imported.mr = ct.node_id, mr.node_id
    return imported


@pytest.fixture
def told(two_loaded):
    """The kinds of change that the workspace tells of, in their order."""
    kinds = []
    stop = two_loaded.subscribe(kinds.append)
    yield kinds
    stop()
