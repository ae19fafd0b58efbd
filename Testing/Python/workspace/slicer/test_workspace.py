"""The workspace inside Slicer, on the stand-in application: the same promises as the others, and what Slicer alone has."""

from __future__ import annotations

import pytest

from DICOMTutorialHelperLib.selftest.workspace_contract import CHECKS

slicer = pytest.importorskip("slicer")


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_it_holds(check, workspace, practice):
    workspace.close_scene()
    check(workspace, practice)
