"""The extension's own tutorial, and someone to follow it."""

from __future__ import annotations

import pytest
from fake_workspace import FakeWorkspace

from DICOMTutorialHelperLib.tutorial.progress import MemoryStore
from DICOMTutorialHelperLib.tutorial.session import TutorialSession


@pytest.fixture
def workspace():
    return FakeWorkspace()


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def session(tutorial, workspace, store):
    """A session that follows the workspace, with all four series in the database."""
    workspace.add_to_database("ct", "t2", "stir", "bliss")
    following = TutorialSession(tutorial, workspace, store)
    following.start()
    yield following
    following.stop()
