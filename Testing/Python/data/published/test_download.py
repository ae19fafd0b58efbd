"""Downloads from a server on loopback that breaks off, redirects, lies about length, and serves garbage."""

from __future__ import annotations

import socket
import threading

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import archives, download, web_answer
from DICOMTutorialHelperLib.progress import Cancelled

BODY = bytes(range(256)) * 12_000  # about three megabytes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.zip"


def fetch(url, path, **options):
    return download.download(url, path, pause_seconds=0.0, **options)


def refused(url, path) -> DataError:
    with pytest.raises(DataError) as caught:
        fetch(url, path)
    assert not path.exists()
    assert caught.value.message("en")
    return caught.value


def in_parts(sending, most, **headers):
    """A server that gives at most so many bytes of BODY a connection and then breaks it, but resumes."""

    def answer(handler):
        start = 0
        asked = handler.headers.get("Range")
        if asked and handler.headers.get("If-Range") in headers.values():
            start = int(asked[len("bytes=") : -1])
        part = BODY[start : start + most]
        extra = {"Content_Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"} if start else {}
        sending(handler, part, 206 if start else 200, Content_Length=str(len(BODY) - start), **headers, **extra)
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    return answer


def test_a_file_comes_whole_with_progress(server, sending, path):
    server.answers["/a"] = lambda handler: sending(handler, BODY)
    told = []
    assert fetch(server.url + "/a", path, progress=lambda done, total: told.append((done, total))) == path
    assert path.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert [one.name for one in path.parent.iterdir()] == ["data.zip"]


def test_nothing_but_the_file_is_asked_for(server, sending, path):
    server.answers["/a"] = lambda handler: sending(handler, BODY)
    fetch(server.url + "/a", path)
    ((asked, headers),) = server.asked
    assert asked == "/a"
    assert "Cookie" not in headers and headers["User-Agent"] == "DICOMTutorialHelper"


def test_a_broken_connection_is_taken_up_where_it_broke(server, sending, path):
    server.answers["/a"] = in_parts(sending, 1_200_000, ETag='"v1"')
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY
    starts = [int(headers.get("Range", "bytes=0-")[len("bytes=") : -1]) for _, headers in server.asked]
    assert len(starts) == 3
    assert 1_100_000 < starts[1] <= 1_200_000 and 2_200_000 < starts[2] <= 2_400_000


def test_a_server_that_gives_less_than_was_asked_for_is_asked_again(server, sending, path):
    def answer(handler):
        asked = handler.headers.get("Range")
        if asked is None:
            in_parts(sending, 1_000_000, ETag='"v1"')(handler)
            return
        start = int(asked[len("bytes=") : -1])
        part = BODY[start : start + 1_100_000]
        span = f"bytes {start}-{start + len(part) - 1}/{len(BODY)}"
        sending(handler, part, 206, Content_Range=span, ETag='"v1"')

    server.answers["/a"] = answer
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY


def test_a_connection_that_keeps_breaking_is_told_and_the_next_call_goes_on(server, sending, path):
    server.answers["/a"] = in_parts(sending, 400_000, ETag='"v1"')
    error = refused(server.url + "/a", path)
    assert error.reason == "broken-off"
    server.asked.clear()
    server.answers["/a"] = in_parts(sending, len(BODY), ETag='"v1"')
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY
    start = int(server.asked[0][1]["Range"][len("bytes=") : -1])
    assert 1_300_000 < start <= 1_600_000


def test_a_file_that_changed_meanwhile_starts_anew(server, sending, path):
    server.answers["/a"] = in_parts(sending, 400_000, ETag='"v1"')
    refused(server.url + "/a", path)
    server.answers["/a"] = lambda handler: sending(handler, b"new content", ETag='"v2"')
    fetch(server.url + "/a", path)
    assert path.read_bytes() == b"new content"


def test_without_a_validator_nothing_is_resumed(server, sending, path):
    server.answers["/a"] = in_parts(sending, 1_200_000)
    assert refused(server.url + "/a", path).reason == "broken-off"
    assert all("Range" not in headers for _, headers in server.asked)


def test_a_server_that_resumes_elsewhere_is_not_believed(server, sending, path):
    server.answers["/a"] = in_parts(sending, 400_000, ETag='"v1"')
    refused(server.url + "/a", path)

    def elsewhere(handler):
        if "Range" in handler.headers:
            sending(handler, BODY[7:], 206, Content_Range=f"bytes 7-{len(BODY) - 1}/{len(BODY)}", ETag='"v1"')
        else:
            sending(handler, BODY, ETag='"v1"')

    server.answers["/a"] = elsewhere
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY


def test_a_redirect_is_followed(server, sending, path):
    server.answers["/a"] = lambda handler: sending(handler, b"", 302, Location="/b")
    server.answers["/b"] = lambda handler: sending(handler, BODY)
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY


@pytest.mark.parametrize(
    ("location", "reason"),
    [("/a", "too-many-redirects"), ("ftp://127.0.0.1/x", "bad-address"), ("file:///etc/passwd", "bad-address")],
)
def test_a_redirect_without_end_or_to_another_protocol_is_refused(server, sending, path, location, reason):
    server.answers["/a"] = lambda handler: sending(handler, b"", 302, Location=location)
    assert refused(server.url + "/a", path).reason == reason


@pytest.mark.parametrize(("status", "reason"), [(404, "refused"), (403, "refused"), (500, "server-error"), (503, "server-error")])
def test_a_status_is_told(server, sending, path, status, reason):
    server.answers["/a"] = lambda handler: sending(handler, b"no", status)
    error = refused(server.url + "/a", path)
    assert (error.reason, error.fields["status"]) == (reason, status)


def test_a_length_that_promises_too_much_never_makes_a_file(server, sending, path):
    server.answers["/a"] = lambda handler: sending(handler, BODY, Content_Length=str(len(BODY) + 1000))
    assert refused(server.url + "/a", path).reason == "broken-off"


def test_an_answer_without_a_length_comes_whole(server, path):
    def answer(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BODY)

    server.answers["/a"] = answer
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY


def test_an_empty_answer_is_told(server, sending, path):
    server.answers["/a"] = lambda handler: sending(handler, b"")
    assert refused(server.url + "/a", path).reason == "empty-answer"


def test_garbage_instead_of_http_is_told(server, path):
    server.answers["/a"] = lambda handler: handler.wfile.write(b"\x00\xffnot http at all\r\n\r\n")
    assert refused(server.url + "/a", path).reason == "offline"


def test_a_gigantic_announcement_is_refused_before_anything_is_written(server, sending, path):
    server.answers["/a"] = lambda handler: sending(handler, b"x", Content_Length=str(10**15))
    assert refused(server.url + "/a", path).reason == "too-large"


def test_a_disk_without_room_is_told_before_anything_is_written(server, sending, path, monkeypatch):
    monkeypatch.setattr(archives, "ROOM_TO_SPARE", 2**60)
    server.answers["/a"] = lambda handler: sending(handler, BODY)
    assert refused(server.url + "/a", path).reason == "no-room"


def test_nobody_listening_is_told(path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refused(f"http://127.0.0.1:{port}/a", path).reason == "offline"


@pytest.mark.parametrize("url", ["ftp://example.org/a", "no address", "http://"])
def test_an_address_that_is_none_is_told(path, url):
    assert refused(url, path).reason == "bad-address"


def test_cancelling_keeps_what_was_there_and_what_came(server, sending, path):
    path.write_bytes(b"an older one")
    server.answers["/a"] = in_parts(sending, len(BODY), ETag='"v1"')

    def stop(done, total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(server.url + "/a", path, progress=stop)
    assert path.read_bytes() == b"an older one"
    fetch(server.url + "/a", path)
    assert path.read_bytes() == BODY
    assert "Range" in server.asked[-1][1]


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc"])
def test_a_server_that_falls_silent_is_given_up(server, path, monkeypatch, begin):
    """In the middle of nothing, of the headers, of the body: there is a deadline in each."""
    monkeypatch.setattr(web_answer, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(web_answer, "STALL_SECONDS", 0.3)
    release = threading.Event()

    def answer(handler):
        handler.wfile.write(begin)
        handler.wfile.flush()
        release.wait(20)

    server.answers["/a"] = answer
    try:
        assert refused(server.url + "/a", path).reason in ("offline", "broken-off")
    finally:
        release.set()


def test_cancel_is_asked_for_while_a_server_drips(server, path):
    """A byte now and then keeps every socket's timeout from passing."""
    release, told = threading.Event(), []

    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not release.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    def stop(done, total):
        told.append(done)
        if len(told) > 5:
            raise Cancelled

    server.answers["/a"] = answer
    try:
        with pytest.raises(Cancelled):
            fetch(server.url + "/a", path, progress=stop)
    finally:
        release.set()
    assert not path.exists()


@pytest.mark.parametrize(
    ("url", "location", "reason"),
    [
        ("https://example.org/a", "http://example.org/b", "insecure"),
        ("https://example.org/a", "//\xff\xfe/b", "bad-address"),
        ("https://example.org/a", "http://[bad", "bad-address"),
        ("https://example.org/a", "javascript:alert(1)", "bad-address"),
        ("http://example.org/a", "https://", "bad-address"),
    ],
)
def test_every_hop_is_looked_at(url, location, reason):
    with pytest.raises(DataError) as caught:
        web_answer.redirected(url, location)
    assert caught.value.reason == reason and caught.value.message("fr")


def test_a_hop_back_to_http_in_the_middle_is_refused_although_the_last_one_is_https():
    """Each hop is looked at, not the last address alone."""
    first = web_answer.redirected("http://example.org/a", "https://example.org/b")
    with pytest.raises(DataError, match="insecure"):
        web_answer.redirected(first, "http://example.org/c")


def test_a_location_with_a_byte_that_is_no_text_is_told(server, path):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: http://ex\xff.org/\r\nContent-Length: 0\r\n\r\n")

    server.answers["/a"] = answer
    assert refused(server.url + "/a", path).reason == "bad-address"


@pytest.mark.parametrize("length", ["9" * 6000, "²", "-5", "1e3"])
def test_a_length_that_is_no_number_does_no_harm(server, path, length):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: " + length.encode("latin-1") + b"\r\n\r\n" + BODY)

    server.answers["/a"] = answer
    try:
        fetch(server.url + "/a", path)
    except DataError as error:
        assert error.message("en") and not path.exists()
