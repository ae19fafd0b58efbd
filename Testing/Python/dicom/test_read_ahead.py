"""Files of a slow drive are fetched ahead, those of a fast one are not."""

from __future__ import annotations

import os
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib.dicom import read_ahead
from DICOMTutorialHelperLib.dicom.headers import read_headers
from DICOMTutorialHelperLib.dicom.read_ahead import SLOW, TRIED, in_reach

PATHS = [Path(f"{number}.dcm") for number in range(200)]


class Clock:
    """Time as a test says: it passes only while a path is read."""

    def __init__(self, monkeypatch, waiting: float, working: float) -> None:
        self.waited = self.worked = 0.0
        self.waiting, self.working = waiting, working
        clock = SimpleNamespace(perf_counter=lambda: self.waited + self.worked, thread_time=lambda: self.worked)
        monkeypatch.setattr(read_ahead, "time", clock)

    def read(self) -> None:
        self.waited += self.waiting
        self.worked += self.working


@pytest.fixture
def fetched(monkeypatch) -> list[Path]:
    paths: list[Path] = []
    monkeypatch.setattr(read_ahead, "_fetch", paths.append)
    return paths


@pytest.mark.parametrize(
    ("waiting", "working", "ahead"), [(SLOW * 2, 0.0001, True), (SLOW / 10, 0.0001, False), (SLOW / 10, 0.5, False)]
)
def test_only_waiting_for_the_drive_brings_fetchers(monkeypatch, fetched, waiting, working, ahead):
    clock = Clock(monkeypatch, waiting, working)
    seen = []
    for path in in_reach(PATHS):
        clock.read()
        seen.append(path)
    assert seen == PATHS
    assert sorted(fetched) == (sorted(PATHS[TRIED:]) if ahead else [])


class Fetchers:
    """A pool of threads that fetches at once, and says how many it would have."""

    made: list[int] = []

    def __init__(self, count: int) -> None:
        self.made.append(count)

    def __enter__(self) -> Fetchers:
        return self

    def __exit__(self, *_) -> None:
        pass

    def submit(self, fetch, path: Path) -> Future:
        future: Future = Future()
        future.set_result(fetch(path))
        return future


@pytest.fixture
def at_once(monkeypatch) -> list[int]:
    monkeypatch.setattr(Fetchers, "made", [])
    monkeypatch.setattr(read_ahead, "ThreadPoolExecutor", Fetchers)
    return Fetchers.made


@pytest.mark.parametrize(
    ("waiting", "count", "pools"), [(2**-8, 40, [8]), (2**-8 - 2**-12, 40, []), (2**-8, 16, []), (2**-8, 17, [8]), (1.0, 3, [])]
)
def test_a_drive_is_slow_from_so_much_waiting_on_and_the_rest_is_fetched(monkeypatch, fetched, at_once, waiting, count, pools):
    """Powers of two, which add up exactly."""
    monkeypatch.setattr(read_ahead, "SLOW", 2**-8)
    clock = Clock(monkeypatch, waiting, 1.0)
    for _ in in_reach(PATHS[:count]):
        clock.read()
    assert at_once == pools
    assert fetched == (PATHS[16:count] if pools else [])


def test_64_files_are_fetched_before_the_one_that_is_read(monkeypatch, fetched, at_once):
    clock = Clock(monkeypatch, 1.0, 0.0)
    ahead = []
    for number, _ in enumerate(in_reach(PATHS)):
        clock.read()
        ahead.append(len(fetched) - max(0, number - 15))
    assert ahead[:16] == [0] * 16
    assert ahead[16:] == [64] * 120 + list(range(63, -1, -1))
    assert fetched == PATHS[16:]


def test_a_reading_that_is_given_up_fetches_no_more(monkeypatch, fetched):
    clock = Clock(monkeypatch, 1.0, 0.0)
    reading = in_reach(PATHS)
    for _ in range(TRIED + 1):
        next(reading)
        clock.read()
    reading.close()
    assert len(fetched) <= read_ahead.AHEAD + 1


def test_what_is_fetched_ahead_may_be_lost_or_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(read_ahead, "SLOW", -1.0)
    os.mkfifo(tmp_path / "pipe")  # to open it would never end
    paths = [tmp_path / "pipe", tmp_path / "lost.dcm"] * TRIED
    assert list(in_reach(paths)) == paths


def test_the_first_16_kib_of_a_file_are_fetched_past_all_buffers(tmp_path, monkeypatch):
    """A buffer of Python's would be filled besides, and what is read is thrown away."""
    (tmp_path / "a.dcm").write_bytes(bytes(100_000))
    asked = []

    class Opened:
        def __init__(self, *how, **more) -> None:
            asked.append((*how, more))

        def __enter__(self):
            return self

        def __exit__(self, *_) -> None:
            asked.append("closed")

        def read(self, size: int) -> None:
            asked.append(size)

    monkeypatch.setattr(read_ahead, "open", Opened, raising=False)
    for path in (tmp_path, tmp_path / "lost.dcm", tmp_path / "a.dcm"):
        read_ahead._fetch(path)
    assert asked == [(tmp_path / "a.dcm", "rb", {"buffering": 0}), 16384, "closed"]


def test_headers_from_a_slow_drive_are_the_same(write_series, monkeypatch):
    files = sorted(write_series(positions=[(0.0, 0.0, float(k)) for k in range(TRIED + 8)]).iterdir())
    near = [instance.values for instance in read_headers(files)[0]]
    monkeypatch.setattr(read_ahead, "SLOW", -1.0)
    assert [instance.values for instance in read_headers(files)[0]] == near
