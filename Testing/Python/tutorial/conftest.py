"""The extension's own tutorial and one of five steps, and someone to follow them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from fake_workspace import FakeWorkspace, Watch

from DICOMTutorialHelperLib.tutorial.content import read_tutorial
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


STRUCTURE = {
    "id": "five",
    "languages": ["en"],
    "series": {"ct": {"modality": "CT"}},
    "parts": [
        {"id": "p", "steps": [
            {"id": "read", "checks": [{"do": "acknowledged"}]},
            {"id": "ask", "checks": [{"do": "answered"}], "right_choice": 1},
            {"id": "load", "checks": [{"do": "loaded", "series": ["ct"]}], "actions": [{"do": "load", "series": ["ct"]}],
             "needs": ["ct"], "table": {"do": "loaded"}},
            {"id": "case", "checks": [{"do": "case-solved", "case": "a", "series": "ct"}]},
            {"id": "last", "checks": [{"do": "missed-answered"}], "asks_again": True,
             "preconditions": [{"do": "loaded", "series": ["ct"]}]},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    folder = tmp_path_factory.mktemp("five")
    (folder / "tutorial.json").write_text(json.dumps(STRUCTURE), encoding="utf-8")
    steps = {step["id"]: {"title": step["id"]} for step in STRUCTURE["parts"][0]["steps"]}
    steps["ask"]["question"] = {"ask": "?", "answers": [{"say": "a", "because": "no"}, {"say": "b", "because": "yes"}]}
    (folder / "en.json").write_text(json.dumps({"title": "Five", "steps": steps}), encoding="utf-8")
    return read_tutorial(folder)


class Store(MemoryStore):
    def __init__(self):
        super().__init__()
        self.saved = 0

    def save(self, tutorial_id, text):
        super().save(tutorial_id, text)
        self.saved += 1


@pytest.fixture
def ct_there():
    made = FakeWorkspace()
    made.add_to_database("ct")
    return made


@pytest.fixture
def learner(five, ct_there):
    """A session with a stopwatch, a store, and ``told``: how often its listener was told."""
    watch, store, told = Watch(), Store(), []
    session = TutorialSession(five, ct_there, store, lambda: told.append(1), lambda: datetime(2026, 1, 2, 3, 4, 5, 678), watch)
    session.watch, session.store, session.told = watch, store, told
    return session
