"""What a learner sees of a step, whole, at every turn of a small tutorial: held against a text that was read."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from fake_workspace import SERIES, FakeWorkspace
from printed_text import assert_as_read, keys_for_sentences

from DICOMTutorialHelperLib.pages.step import step_content
from DICOMTutorialHelperLib.tutorial.content import read_tutorial
from DICOMTutorialHelperLib.tutorial.session import TutorialSession

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text fill="{ink}">{picture.word}</text></svg>'
STRUCTURE = {
    "id": "turns",
    "languages": ["en"],
    "series": {"ct": {"modality": "CT"}},
    "links": {"web": "https://example.org", "odd": "ftp://example.org"},
    "interface": {"load": "Load"},
    "parts": [
        {"id": "main", "steps": [
            {"id": "read", "checks": [{"do": "acknowledged"}], "minutes": 3, "links": ["web", "odd"], "drawing": "picture"},
            {"id": "ask", "checks": [{"do": "answered"}], "right_choice": 1},
            {"id": "open", "checks": [{"do": "loaded", "series": ["ct"]}], "right_choice": 0, "table": {"do": "loaded"},
             "actions": [{"do": "load", "series": ["ct"]}], "places": ["button"]},
            {"id": "type", "checks": [{"do": "answered"}], "expects": {"do": "slices", "series": "ct"}},
            {"id": "folder", "checks": [{"do": "in-database", "series": ["ct"]}]},
            {"id": "case", "checks": [{"do": "case-solved", "case": "a", "series": "ct"}]},
            {"id": "last", "checks": [{"do": "missed-answered"}], "asks_again": True},
        ]},
        {"id": "more", "optional": True, "steps": [{"id": "extra", "checks": [{"do": "acknowledged"}]}]},
    ],
    "places": {"button": {"in": "main-window", "find": [{"name": "x"}]}},
}  # fmt: skip
WORDS = {
    "title": "Turns",
    "notice": "Not for patients.",
    "parts": {"main": "The part"},
    "links": {"web": "The web"},
    "interface": {"load": "Load it"},
    "drawings": {"picture.word": "a word"},
    "glossary": {"voxel": {"word": "Voxel", "means": "A small box."}},
    "steps": {
        "read": {"title": "Read <it>", "goal": "know *voxels*", "body": "A [voxel](term:voxel).\n\n- one\n- two",
                 "task": "Press [[load]].", "hint": "A **hint**.", "takeaway": "Read.", "drawing": "A drawing"},
        "ask": {"title": "Ask & tell", "goal": "ask", "question": {"ask": "Which?", "answers": [
            {"say": "a", "because": "no"}, {"say": "**b**", "because": "yes, *b*"}]}},
        "open": {"title": "Open", "question": {"ask": "And?", "answers": [
            {"say": "x", "because": "right"}, {"say": "y", "because": "wrong"}]}},
        "type": {"title": "Type", "question": {"ask": "How many?", "right": "Right.", "wrong": "No.", "traps": []}},
        "folder": {"title": "Folder"}, "case": {"title": "Case"}, "last": {"title": "Last"}, "extra": {"title": "Extra"},
    },
}  # fmt: skip


@pytest.fixture
def session(tmp_path) -> TutorialSession:
    (tmp_path / "tutorial.json").write_text(json.dumps(STRUCTURE), encoding="utf-8")
    (tmp_path / "en.json").write_text(json.dumps(WORDS), encoding="utf-8")
    (tmp_path / "drawings").mkdir()
    (tmp_path / "drawings" / "picture.svg").write_text(DRAWING, encoding="utf-8")
    workspace = FakeWorkspace()
    workspace.add_to_database("ct")
    return TutorialSession(read_tutorial(tmp_path), workspace)


def shown(session: TutorialSession, turn: str, dark: bool = False) -> str:
    """What there is to see, field by field; what is empty or False is left out, and so is the drawing's style."""
    with keys_for_sentences():
        content = step_content(session, session.tutorial.words("en"), dark)
    values = {field.name: getattr(content, field.name) for field in fields(content)}
    lines = [f"{name}: {value}" for name, value in values.items() if value not in ("", (), None) and (value is not False)]
    lines += ["answered_right: False"] if content.answered_right is False else []
    return "\n".join([f"* {turn}", *lines, f"done: {content.done}, learned: {content.learned}", ""])


def test_a_step_at_every_turn_is_as_it_was_read(session):
    turns = [shown(session, "the first"), shown(session, "in a dark panel", dark=True)]
    session.acknowledge()
    turns.append(shown(session, "read"))
    session.jump("ask")
    turns.append(shown(session, "asked"))
    session.answer(0)
    turns.append(shown(session, "answered wrong"))
    session.answer(1)
    turns.append(shown(session, "answered right"))
    session.jump("open")
    turns.append(shown(session, "to do"))
    session.do_it()
    turns.append(shown(session, "done, its question open"))
    session.workspace.items.clear()
    session.refresh()
    turns.append(shown(session, "lost"))
    session.workspace.load_series(SERIES["ct"].series_instance_uid)
    session.refresh()
    session.jump("folder")
    turns.append(shown(session, "there already"))
    session.workspace.listed = ()
    session.progress.of("folder").state = "to-do"
    session.refresh()
    turns.append(shown(session, "a folder to choose"))
    session.jump("case")
    turns.append(shown(session, "a case"))
    session.jump("last")
    turns.append(shown(session, "asked again, for it was missed"))
    session.answer(0)
    turns.append(shown(session, "missed again"))
    session.answer(1)
    turns.append(shown(session, "settled, and the next one, which was left open"))
    session.answer(0)
    turns.append(shown(session, "all settled"))
    session.jump("extra")
    turns.append(shown(session, "the last of all"))
    assert_as_read("step", *turns, room="pages")


def test_a_typed_answer_is_shown_again(session, monkeypatch):
    monkeypatch.setattr(session, "_expected", lambda context, call: type("E", (), {"accepts": lambda self, text: text == "4"})())
    session.jump("type")
    turns = [shown(session, "to type")]
    for text in ("3", "4"):
        session.answer_text(text)
        turns.append(shown(session, f"typed {text}"))
    assert_as_read("typed", *turns, room="pages")
