"""Long work: alive in between, one at a time, cancelled on request, errors told as sentences."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.pages.messages import error_message
from DICOMTutorialHelperLib.panel.jobs import EVENTS_EVERY_SECONDS, Jobs
from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("DICOMTutorialHelperLib.panel.jobs.time", made)
    return made


def test_the_window_lives_while_work_goes_on(application, workspace, told, clock):
    """Every event that waits is handled twenty times a second, however often the work tells how far it is."""
    handled = []
    jobs = Jobs(lambda: handled.append(clock.now), told.append, workspace.language)

    def work(progress):
        for done in range(200):
            clock.now += 0.01
            progress(done, 200)

    assert jobs.run("Working", work)
    gaps = [later - earlier for earlier, later in zip(handled, handled[1:])]
    assert 35 < len(handled) <= 41
    assert max(gaps) < 2 * EVENTS_EVERY_SECONDS


def test_the_last_step_is_shown_even_right_after_another(jobs, clock):
    shown = []
    jobs.watch(lambda _title, done, total: shown.append((done, total)))
    jobs.run("Working", lambda progress: [progress(9, 10), progress(10, 10)])
    assert (10, 10) in shown


def test_a_cancel_before_the_first_step_leaves_nothing_running(application, workspace, told):
    """The first events that are handled may hold the click."""
    jobs = Jobs(lambda: jobs.cancel(), told.append, workspace.language)
    begun = []
    assert not jobs.run("Working", lambda _progress: begun.append(True))
    assert not jobs.busy and begun == []
    with pytest.raises(Cancelled):
        jobs.result("Working", lambda _progress: begun.append(True))
    assert not jobs.busy and begun == []


def test_work_in_a_thread_is_off_the_main_thread_and_brings_its_result_back(jobs):
    def work(progress):
        return jobs.in_thread(
            lambda report_progress: (threading.current_thread() is threading.main_thread(), report_progress(3, 4)), progress
        )

    results, seen = [], []
    jobs.watch(lambda title, done, total: seen.append((title, done, total)))
    assert jobs.run("Reading", work, results.append)
    assert results == [(False, None)]
    assert seen[0] == ("Reading", 0, 0) and seen[-1] == ("", 0, 0)


def test_an_error_in_a_thread_is_told_like_any_other(jobs, told):
    def fail(_note):
        raise PermissionError(13, "Permission denied", "/root/secret")

    assert not jobs.run("Reading", lambda progress: jobs.in_thread(fail, progress))
    assert "/root/secret" in told[0]


def test_cancel_stops_work_on_the_main_thread(jobs, told, clock):
    reached = []

    def work(progress):
        for done in range(1000):
            clock.now += 0.002
            reached.append(done)
            if done == 60:
                jobs.cancel()
            progress(done, 1000)

    assert not jobs.run("Working", work)
    assert len(reached) < 200
    assert told == [error_message(Cancelled(), "en")]
    assert not jobs.busy


def test_cancel_reaches_a_thread(jobs, told):
    stopped = []

    def work(report_progress):
        try:
            for done in range(1000):
                time.sleep(0.005)
                report_progress(done, 1000)
        except Cancelled:
            stopped.append(True)
            raise

    jobs.watch(lambda _title, done, _total: jobs.cancel() if done > 10 else None)
    assert not jobs.run("Working", lambda progress: jobs.in_thread(work, progress))
    assert stopped == [True]


def test_one_job_at_a_time(jobs):
    inner = []

    def work(_progress):
        inner.append(jobs.run("Second", lambda _inner: None))

    assert jobs.run("First", work)
    assert inner == [False]


def test_a_slot_never_lets_an_error_through_and_logs_its_details(jobs, told, caplog):
    def fail():
        raise ZeroDivisionError("nobody foresaw this")

    with caplog.at_level(logging.ERROR):
        jobs.safe_slot(fail)(True)
    assert "ZeroDivisionError" in caplog.text and "fail" in caplog.text
    assert "nobody foresaw this" not in caplog.text  # an error's text may hold a name or a path
    assert "log" in told[0] and "nobody" not in told[0]


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt-BR"])
@pytest.mark.parametrize(
    "error",
    [
        Cancelled(),
        WorkspaceError("no-database"),
        WorkspaceError("loaded.none", missing=["ct"]),
        DataError("unknown-set", name="x", names="y"),
        PermissionError(13, "no", "/a"),
        FileNotFoundError(2, "no", "/b"),
        OSError(28, "No space left on device"),
        MemoryError(),
        KeyError("x"),
    ],
)
def test_every_error_has_a_sentence_in_every_language(error, language):
    sentence = error_message(error, language)
    assert len(sentence) > 15 and "{" not in sentence and "Traceback" not in sentence
