"""The workspace inside Slicer, on the stand-in application."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    from DICOMTutorialHelperLib.data.synthetic.practice import make_practice_set

    folder = tmp_path_factory.mktemp("practice")
    for name in ("torso-ct", "breast-mri"):
        make_practice_set(name, folder)
    return folder


@pytest.fixture(scope="module")
def workspace(host, practice, tmp_path_factory):
    """SlicerWorkspace with the practice data in its database."""
    from DICOMTutorialHelperLib.workspace.slicer.workspace import SlicerWorkspace

    made = SlicerWorkspace()
    made.create_database(tmp_path_factory.mktemp("database"))
    made.import_folder(practice)
    yield made
    made.close()
