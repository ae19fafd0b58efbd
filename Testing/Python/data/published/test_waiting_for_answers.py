"""How long a server is waited for, how many connections it gets and where redirects may lead: clocks and servers of paper."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import requests
from refusals import reason

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import many_files, web_answer
from DICOMTutorialHelperLib.data.published.many_files import WantedFile, download_files
from DICOMTutorialHelperLib.data.published.web_answer import Stalled, WebAnswer


class Come:
    """A queue to which something comes after so many polls; each takes what it is allowed to, by the clock."""

    def __init__(self, monkeypatch, after: float, *items) -> None:
        self.now, self.after, self.items, self.waits = 0.0, after, list(items), []
        monkeypatch.setattr(web_answer, "time", SimpleNamespace(monotonic=lambda: self.now))

    def get(self, timeout):
        self.waits.append(timeout)
        self.now += timeout
        if self.now < self.after or not self.items:
            raise queue.Empty
        return self.items.pop(0)


@pytest.fixture
def reader():
    return web_answer._Reader("https://host/a", {"Range": "bytes=5-"}, True)


@pytest.mark.parametrize(("after", "comes"), [(0.0, True), (3.0, True), (59.5, True), (61.0, False)])
@pytest.mark.parametrize("which", ["answer", "chunk"])
def test_an_answer_and_each_part_of_it_are_waited_for_a_minute(monkeypatch, reader, after, comes, which):
    reader._come = come = Come(monkeypatch, after, "came", None)
    waited = []

    def ask():
        if which == "answer":
            return reader.next(lambda: waited.append(1), web_answer.ANSWER_SECONDS)
        return next(reader.chunks(lambda: waited.append(1)))

    if comes:
        assert ask() == "came"
    else:
        with pytest.raises(Stalled):
            ask()
        assert 60.0 < come.now < 60.3
    assert set(come.waits) == {0.1} and len(waited) == len(come.waits), "ten times a second one may give up"


def test_chunks_end_with_nothing_and_errors_are_raised(monkeypatch, reader):
    reader._come = Come(monkeypatch, 0.0, b"a", b"b", None, b"never")
    assert list(reader.chunks(lambda: None)) == [b"a", b"b"]
    reader._come = Come(monkeypatch, 0.0, OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        reader.next(lambda: None, 1.0)


def test_who_gives_up_waits_no_longer(monkeypatch, reader):
    reader._come = come = Come(monkeypatch, 0.0, "came")

    def give_up():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reader.next(give_up, 60.0)
    assert come.waits == []


class Session:
    """Pages of a server by address: where each leads, None for one that is there."""

    def __init__(self, **pages) -> None:
        self.pages, self.asked = pages, []

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        pass

    @contextmanager
    def get(self, url, **how):
        self.asked.append((url, how))
        target = self.pages.get(url.rpartition("/")[2])
        headers = {"Location": target} if target else {}
        yield SimpleNamespace(is_redirect=bool(target), headers=headers, url=url)


def followed(session, url="https://host/a", same_site=False):
    with web_answer._followed(session, url, {"Range": "bytes=5-"}, same_site) as response:
        return response.url


def test_requests_come_as_they_go_and_redirects_are_followed_by_hand():
    session = Session(a="b", b="https://host/c")
    assert followed(session) == "https://host/c"
    how = {"headers": {"Range": "bytes=5-"}, "stream": True, "timeout": (15, 60), "allow_redirects": False}
    assert session.asked == [(f"https://host/{name}", how) for name in "abc"]


@pytest.mark.parametrize(("count", "told"), [(10, None), (11, "too-many-redirects")])
def test_ten_redirects_are_followed(count, told):
    session = Session(**{str(number): str(number + 1) for number in range(count)})
    assert reason(followed, session, "https://host/0") == told
    assert len(session.asked) == 11


@pytest.mark.parametrize(
    ("target", "same_site", "told"),
    [
        ("https://other/b", False, None), ("https://other/b", True, "leads-away"), ("https://HOST/b", True, None),
        ("https://host:444/b", True, "leads-away"), ("http://host/b", False, "insecure"), ("ftp://host/b", False, "bad-address"),
        ("https://:444/b", False, "bad-address"), ("https://[b", False, "bad-address"),
    ],
)  # fmt: skip
def test_a_redirect_stays_secure_and_on_its_site_where_that_is_asked_for(target, same_site, told):
    session = Session(a=target)
    assert reason(followed, session, same_site=same_site) == told
    assert len(session.asked) == (2 if told is None else 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.s3.amazonaws.com/x", "https://b.s3.eu.amazonaws.com/y", True), ("https://a/x", "https://a/y", True),
        ("https://a.amazonaws.com/x", "https://a/y", False), ("https://a/x", "https://b.amazonaws.com/y", False),
        ("https://user:secret@a/x", "https://a/x", True),
    ],
)  # fmt: skip
def test_amazons_storage_is_one_site(one, other, same):
    assert web_answer._on_one_site(one, other) is same


def test_what_a_thread_reads_is_handed_over_in_pieces_of_16_kib(monkeypatch, reader):
    asked = []

    class Response(SimpleNamespace):
        def iter_content(self, size):
            asked.append(size)
            return iter([b"a", b"b"])

    @contextmanager
    def answered(_session, url, headers, same_site):
        asked.append((url, headers, same_site))
        given = SimpleNamespace(lower_items=lambda: [("etag", "x")])
        yield Response(url="https://host/last", status_code=206, headers=given)

    monkeypatch.setattr(web_answer, "_followed", answered)
    reader._read()
    came = [reader._come.get_nowait() for _ in range(4)]
    assert (came[0].url, came[0].status, came[0].headers) == ("https://host/last", 206, {"etag": "x"})
    assert isinstance(came[0], WebAnswer) and came[1:] == [b"a", b"b", None]
    assert asked == [("https://host/a", {"Range": "bytes=5-"}, True), 16384]


@pytest.mark.parametrize(
    "error", [DataError("offline", url="host"), requests.exceptions.ReadTimeout("x"), OSError("x"), ValueError("x")]
)
def test_what_goes_wrong_in_the_thread_is_handed_over(monkeypatch, reader, error):
    def refuse(*_):
        raise error

    monkeypatch.setattr(web_answer, "_followed", refuse)
    reader._read()
    assert reader._come.get_nowait() is error


def test_a_reader_that_was_stopped_hands_nothing_over(reader):
    reader.stop()
    reader._hand_over("late")
    assert reader._come.empty()


def test_a_thread_that_hangs_does_not_keep_the_program_alive_and_waits_for_16_pieces(reader):
    assert reader._thread.daemon and reader._come.maxsize == 16


def test_four_files_come_at_a_time(monkeypatch, tmp_path):
    made = []

    class Pool(many_files.ThreadPoolExecutor):
        def __init__(self, count, **named) -> None:
            made.append(count)
            super().__init__(count, **named)

    def download(_url, path, progress, pause_seconds, size, same_site):
        made.append((pause_seconds, size, same_site))
        path.write_bytes(bytes(size))
        progress(size, size)

    monkeypatch.setattr(many_files, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(many_files, "download", download)
    told = []
    download_files([WantedFile("https://host/a", tmp_path / "in" / "a", 7)], lambda *counts: told.append(counts), 0.5)
    assert made == [4, (0.5, 7, True)] and told[-1] == (7, 7)
