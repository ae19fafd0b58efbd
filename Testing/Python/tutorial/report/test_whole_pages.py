"""Whole pages of a small tutorial, held against texts that a person has read: a learner's, a program's, a class's, a chart."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_workspace import SERIES, FakeWorkspace
from printed_text import assert_as_read, keys_for_sentences

from DICOMTutorialHelperLib.tutorial.content import read_tutorial
from DICOMTutorialHelperLib.tutorial.report.capture import CapturedStep, Picture, capture_step
from DICOMTutorialHelperLib.tutorial.report.class_page import ClassPage
from DICOMTutorialHelperLib.tutorial.report.classroom import ClassTotals, total_class
from DICOMTutorialHelperLib.tutorial.report.page import Report
from DICOMTutorialHelperLib.tutorial.report.parts import _round_steps, chart_svg
from DICOMTutorialHelperLib.tutorial.session import TutorialSession
from DICOMTutorialHelperLib.tutorial.tables import Chart, DataTable, DataTableRow

ROOM = "tutorial/report"
START = datetime(2026, 3, 4, 15, 6, 7)
STRUCTURE: dict[str, Any] = {
    "id": "small",
    "languages": ["en"],
    "series": {"ct": {"modality": "CT"}, "mr": {"modality": "MR", "description": "T2"}},
    "links": {"forum": "https://example.org/?a=1&b", "odd": "ftp://example.org"},
    "interface": {"load": "Load"},
    "parts": [
        {"id": "first", "steps": [
            {"id": "read", "checks": [{"do": "acknowledged"}], "minutes": 3, "links": ["forum", "odd"]},
            {"id": "choose", "checks": [{"do": "answered"}], "right_choice": 1},
            {"id": "type", "checks": [{"do": "answered"}], "expects": {"do": "one"},
             "traps": [{"do": "these-in-order", "series": ["ct", "mr"]}]},
            {"id": "open", "checks": [{"do": "answered"}], "right_choice": 0},
        ]},
        {"id": "second", "steps": [
            {"id": "load", "checks": [{"do": "loaded", "series": ["ct"]}], "actions": [{"do": "load", "series": ["ct"]}],
             "pictures": ["Red", "3D"], "picture_presets": ["CT_BONE", "CT_LUNG"], "table": {"do": "loaded"}},
            {"id": "lost", "checks": [{"do": "loaded", "series": ["mr"]}], "actions": [{"do": "load", "series": ["mr"]}]},
            {"id": "skipped", "checks": [{"do": "acknowledged"}]},
            {"id": "case", "checks": [{"do": "case-solved", "case": "a", "series": "ct"}]},
            {"id": "last", "checks": [{"do": "missed-answered"}], "asks_again": True},
        ]},
    ],
}  # fmt: skip


def answer(say: str, because: str) -> dict[str, str]:
    return {"say": say, "because": because}


WORDS: dict[str, Any] = {
    "title": "Small & good",
    "subtitle": "for <tests>",
    "notice": "Not for patients.",
    "parts": {"first": "First part"},
    "links": {"forum": "The forum"},
    "credits": ["Nobody & Co."],
    "glossary": {"voxel": {"word": "Voxel", "means": "A small box."}, "air": {"word": "Äther", "means": "Nothing."}},
    "steps": {
        "read": {
            "title": "Read <this>", "goal": "know voxels", "body": "One.\n\n- two\n- **three**", "takeaway": "Read.",
        },
        "choose": {
            "title": "Choose", "task": "Press ``{load}``.",
            "question": {"ask": "Which?", "answers": [answer("a", "no"), answer("b", "yes"), answer("c", "never")]},
        },
        "type": {"title": "Type", "question": {"ask": "How many?", "right": "One.", "wrong": "No.", "traps": ["Not these."]}},
        "open": {"title": "Open", "question": {"ask": "And?", "answers": [answer("x", "yes"), answer("y", "no")]}},
        "load": {"title": "Load", "body": "Load it."},
        "lost": {"title": "Lost"},
        "skipped": {"title": "Skipped"},
        "case": {"title": "Case"},
        "last": {"title": "Last"},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    (folder / "tutorial.json").write_text(json.dumps(STRUCTURE), encoding="utf-8")
    (folder / "en.json").write_text(json.dumps(WORDS), encoding="utf-8")
    return read_tutorial(folder)


def clock(step: float) -> Iterator[float]:
    now = 0.0
    while True:
        yield now
        now += step


def walked(small, name: str = "O'Hara <x>", seconds: float = 2.5, start: datetime = START) -> TutorialSession:
    """A learner who did all that can be done in a small tutorial: some of it alone, some not, some wrong."""
    workspace, watch, moments = FakeWorkspace(), clock(seconds), clock(60)
    workspace.add_to_database("ct", "t2")
    session = TutorialSession(
        small, workspace, now=lambda: start + timedelta(seconds=next(moments)), stopwatch=lambda: next(watch)
    )
    session.start()
    session.set_learner(name)
    session.acknowledge()
    session.jump("choose")
    session.answer(0), session.answer(2), session.answer(1)
    session.jump("type")
    session.answer_text("7 <b>"), session.answer_text("the CT, mr"), session.answer_text("1")
    session.jump("load")
    session.note_shown()
    workspace.load_series(SERIES["ct"].series_instance_uid)
    session.jump("lost")
    session.do_it()
    workspace.unload(workspace.items[-1].node_id)
    session.jump("skipped")
    session.skip()
    kept = session.progress.of("case").case
    kept.update(hints=2, reports=[{"what": "missing", "count": "4", "where": "", "what_right": True, "count_right": False}])
    session.jump("last")
    session.answer(0), session.answer(1)
    session.stop()
    return session


CHART = Chart(
    (0.0, 60.0, 120.0),
    (("lesion", (0.0, 120.0, 80.0)), ("gland & more", (0.0, -20.0, 40.0))),
    "Time (s)",
    "Percent",
    (60.0, "agent"),
)
ROWS = (DataTableRow(("(0010,0010)", "<Name>", "x"), marked=True, explanation="whose"), DataTableRow(("a", "b", "c"), depth=1))


def captured() -> dict[str, CapturedStep]:
    slices = {"volume": "Torso <1>", "orientation": "sagittal", "offset_mm": 12.5, "window": 350, "level": 40}
    moments = {"volume": "Breast", "orientation": "oblique", "offset_mm": 1.0, "time_point": 2, "time_points": 10}
    pictures = (Picture("Yellow", b"PNG", slices), Picture("Red", b"PNG", moments), Picture("3D", b"PNG"))
    table = DataTable("A <table>", ("Tag", "Attribute", "Value"), ROWS, mark="take care", note="from here", chart=CHART)
    return {"load": CapturedStep(pictures, table)}


def read(page: str) -> str:
    """A page without its style and checksums, a line an element."""
    page = re.sub(r"<style>.*?</style>", "<style/>", page, flags=re.DOTALL)
    page = re.sub(r"\b[0-9a-f]{64}\b", "…", page)
    return page.replace("><", ">\n<")


def test_a_learner_s_page_is_as_it_was_read(small):
    with keys_for_sentences():
        page = Report(walked(small), captured(), "en", now=datetime(2026, 3, 5, 8, 9)).html()
    assert_as_read("learner", read(page), room=ROOM)


def test_a_program_s_page_is_as_it_was_read(small):
    """No name, no learner, steps left out; minutes instead of seconds."""
    with keys_for_sentences():
        session = walked(small, seconds=70.0)
        session.progress.of("case").case.update(given_up=True)
        page = Report(session, {}, "en", {"open": "not here"}, unattended=True, now=datetime(2026, 3, 5, 8, 9)).html()
    assert_as_read("program", read(page), room=ROOM)


def test_a_fresh_page_says_that_nothing_was_done(small):
    with keys_for_sentences():
        session = TutorialSession(small, FakeWorkspace(), now=lambda: START)
        session.progress.started_at = ""
        page = Report(session, {}, "en", now=datetime(2026, 3, 5, 8, 9)).html()
    assert_as_read("fresh", read(page), room=ROOM)


@pytest.fixture(scope="module")
def classroom(small, tmp_path_factory) -> Path:
    """Three learners, one of whom handed in twice; a page of another tutorial; what is no page."""
    folder = tmp_path_factory.mktemp("class") / "My class"
    folder.mkdir()
    for number, name in enumerate(("Zoë", "ana", "", "zoë")):
        session = walked(small, name, seconds=30.0 * (number + 1), start=START + timedelta(hours=number))
        if number == 1:
            session.progress.of("choose").choices = [1]
            right = {"what_right": True, "count_right": True, "where_right": True}
            session.progress.of("case").case["reports"] = [{"what": "missing", "count": "4", "where": "5", **right}]
        page = Report(session, {}, "en", now=START + timedelta(days=1, hours=number)).html()
        (folder / f"{number}.html").write_text(page, encoding="utf-8")
    (folder / "other.html").write_text(page.replace('"tutorial": "small"', '"tutorial": "other"'), encoding="utf-8")
    (folder / "note.txt").write_text("x", encoding="utf-8")
    (folder / "more.zip").write_bytes(b"PK")
    (folder / ".hidden.html").write_text("x", encoding="utf-8")
    return folder


def test_a_class_s_page_and_table_are_as_they_were_read(small, classroom):
    told = []
    totals = total_class(classroom, lambda done, total: told.append((done, total)))
    assert told == [(number, 7) for number in range(1, 8)]
    with keys_for_sentences():
        page = ClassPage(totals, classroom, "en", {"small": small})
        assert_as_read(
            "class", read(page.html()), page.csv().replace("\r\n", "\n"), page.summary() + "\n" + page.hardest(), room=ROOM
        )


def test_a_class_of_one_tutorial_or_of_nobody_has_no_empty_columns(small, classroom):
    totals = total_class(classroom, but=classroom / "other.html")
    with keys_for_sentences():
        one = ClassPage(totals, classroom, "fr", {})
        nobody = ClassPage(ClassTotals((), (), (), ()), classroom, "en", {})
        assert nobody.hardest() == ""
        assert_as_read("class-others", read(one.html()), one.csv().replace("\r\n", "\n"), read(nobody.html()), room=ROOM)


@pytest.mark.parametrize(
    ("name", "chart"),
    [
        ("chart", CHART), ("chart-point", Chart((5.0,), (("one", (3.0,)),), "Time", "Signal")),
        ("chart-zeros", Chart((0.0, 1.0), (("a", (0.0, 0.0)), ("b", (0.0, 0.0)), ("c", (0.0, 0.0))), "Time", "Signal")),
    ],
)  # fmt: skip
def test_a_chart_is_as_it_was_read(name, chart):
    assert_as_read(name, chart_svg(chart, 'The "curve"', "fr").replace("><", ">\n<"), room=ROOM)


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]), (0, 100, [0, 20, 40, 60, 80, 100]), (0, 101, [0, 50, 100]), (0, 5, [0, 1, 2, 3, 4, 5]),
        (-20, 144, [0, 50, 100]), (0, 6, [0, 2, 4, 6]), (3, 3, [3]), (0, 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (7, 12, [7, 8, 9, 10, 11, 12]),
        (0, 26, [0, 10, 20]), (0, 25, [0, 5, 10, 15, 20, 25]),
    ],
)  # fmt: skip
def test_axes_are_marked_with_few_round_numbers(low, high, steps):
    """Steps of 1, 2 or 5 and their tenfolds, six marks at most where the range begins at a round number."""
    assert _round_steps(low, high) == pytest.approx(steps)


class TestCapture:
    def test_pictures_are_taken_with_each_preset_and_values_are_put_back(self, small):
        workspace = FakeWorkspace()
        workspace.add_to_database("ct", "t2")
        session = TutorialSession(small, workspace)
        (item,) = workspace.load_series(SERIES["ct"].series_instance_uid)
        workspace.set_window_level(item.node_id, 123.4, 5.6)
        workspace.change_views(offset_mm=1.26)
        session.jump("load")
        pictures = capture_step(session).pictures
        assert [(one.view, one.shows.get("window"), one.shows.get("level")) for one in pictures] == [
            ("Red", 1000, 400), ("3D", None, None), ("Red", 1400, -500), ("3D", None, None),
        ]  # fmt: skip
        assert pictures[0].shows == {"volume": "Torso", "orientation": "axial", "offset_mm": 1.3, "window": 1000, "level": 400}
        shown = workspace.window_level(item.node_id)
        assert (shown.window, shown.level, shown.preset) == (123.4, 5.6, "")
        workspace.apply_window_level_preset(item.node_id, "CT_ABDOMEN")
        capture_step(session)
        assert workspace.window_level(item.node_id).preset == "CT_ABDOMEN"

    def test_a_sequence_s_picture_says_which_moment_it_shows(self, small):
        workspace = FakeWorkspace()
        workspace.add_to_database("ct", "bliss")
        session = TutorialSession(small, workspace)
        (item,) = workspace.load_series(SERIES["bliss"].series_instance_uid)
        workspace.seek_sequence(item.node_id, 3)
        session.jump("load")
        shows = capture_step(session).pictures[0].shows
        assert (shows["time_point"], shows["time_points"], shows["volume"]) == (4, 10, "AX BLISS_AUTO SENSE")

    def test_a_picture_in_space_says_which_slices_or_which_rendering_it_shows(self, small):
        workspace = FakeWorkspace()
        workspace.add_to_database("ct", "t2")
        session = TutorialSession(small, workspace)
        (item,) = workspace.load_series(SERIES["ct"].series_instance_uid)
        session.jump("load")

        def in_space():
            return next(one.shows for one in capture_step(session).pictures if one.view == "3D")

        assert in_space() == {}
        workspace.change_views(visible_in_3d=True)
        assert in_space() == {"volume": "Torso"}
        workspace.show_volume_rendering(item.node_id, "CT-Bone")
        assert in_space() == {"volume": "Torso", "preset": "CT-Bone"}
        workspace.hide_volume_rendering(item.node_id)
        assert in_space() == {"volume": "Torso"}

    def test_without_anything_loaded_there_is_no_caption_and_no_table(self, small):
        session = TutorialSession(small, FakeWorkspace())
        session.jump("load")
        step = capture_step(session)
        assert [picture.shows for picture in step.pictures] == [{}] * 4 and step.data_table is None
        session.workspace.snapshot = lambda *values: None
        assert capture_step(session).pictures == ()


def test_seconds_are_told_to_the_tenth(small):
    session = walked(small)
    for seconds, told in ((1.26, 1.3), (1.24, 1.2), (0.0, 0.0)):
        session.progress.of("read").seconds = seconds
        assert f'"seconds": {told}, ' in Report(session, {}, "en")._data()
