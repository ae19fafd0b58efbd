"""Long work: alive in between, one at a time, cancelled on request, errors told as sentences."""

from __future__ import annotations

import logging
import threading
import time

import pytest
import qt

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.pages.messages import error_message
from DICOMTutorialHelperLib.progress import Cancelled
from DICOMTutorialHelperLib.workspace.interface import WorkspaceError


def test_the_window_lives_while_work_goes_on(application, jobs):
    beats = []
    timer = qt.QTimer()
    timer.interval = 10
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start()

    def work(progress):
        for done in range(40):
            time.sleep(0.01)
            progress(done, 40)

    assert jobs.run("Working", work)
    timer.stop()
    gaps = [later - earlier for earlier, later in zip(beats, beats[1:])]
    assert max(gaps) < 0.1


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


def test_cancel_stops_work_on_the_main_thread(jobs, told):
    reached = []

    def work(progress):
        for done in range(1000):
            time.sleep(0.002)
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
    assert "nobody foresaw this" in caplog.text
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
