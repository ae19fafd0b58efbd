"""Downloads without a server: lengths, validators, where a broken one goes on, room, and limits."""

from __future__ import annotations

import pytest
from refusals import reason

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import download
from DICOMTutorialHelperLib.data.published.web_answer import WebAnswer


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), (" 5 ", 5), ("", 0), (None, 0), ("-5", 0), ("5x", 0), ("²", 0), ("9" * 19, int("9" * 19)), ("9" * 20, 0)],
)
def test_a_length_is_a_number_of_up_to_19_digits(text, number):
    assert download._integer(text) == number
    assert download._integer("x", -1) == -1


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"etag": '"a"', "last-modified": "b"}, '"a"'),
        ({"etag": 'W/"a"', "last-modified": "b"}, "b"),
        ({"last-modified": "b"}, "b"),
        ({}, None),
        ({"etag": 'W/"a"'}, None),
    ],
)
def test_only_a_strong_etag_vouches_for_bytes(headers, validator):
    """RFC 9110, 13.1.5."""
    assert download._validator(WebAnswer("", 200, headers)) == validator


@pytest.fixture
def part(tmp_path):
    made = download._Part("https://x.org/a", tmp_path / "file", 0, False)
    made.begin("v")
    made.append(b"12345")
    return made


@pytest.mark.parametrize(
    ("status", "headers", "span"),
    [
        (200, {"content-length": "9"}, (0, 9)),
        (200, {}, (0, 0)),
        (206, {"content-range": "bytes 5-8/9", "content-length": "4"}, (5, 9)),
        (206, {"content-range": "bytes 5-8/*", "content-length": "4"}, (5, 9)),
        (206, {"content-range": "bytes 4-8/9"}, None),
        (206, {"content-range": "items 5-8/9"}, None),
        (206, {}, None),
        (206, {"content-range": "bytes x-8/9"}, None),
    ],
)
def test_an_answer_goes_on_where_the_part_ends(part, status, headers, span):
    answer = WebAnswer("", status, headers)
    if span is None:
        with pytest.raises(download._BrokenOff):
            download._span(answer, part)
        assert part.size == 0 and not part.note.exists()
    else:
        assert download._span(answer, part) == span


def received(part, told, chunks):
    seen = []
    answer = WebAnswer("", 200, {}, iter(chunks))
    download._receive(answer, part, told, lambda *done: seen.append(done))
    return seen


def test_what_comes_is_appended_and_told(part):
    assert received(part, [5, 9], [b"67", b"89"]) == [(7, 9), (9, 9)]
    assert part.path.read_bytes() == b"123456789"
    assert part.finish().read_bytes() == b"123456789"
    assert not part.note.exists() and part.size == 0


@pytest.mark.parametrize(
    ("expected", "told", "chunks", "why", "kept"),
    [
        (0, [5, 9], [b"67"], "broken", 7),
        (0, [5, 9], [b"67890"], "length-wrong", 0),
        (8, [5, 9], [b"6789"], "size-differs", 0),
        (9, [5, 9], [b"6789"], None, 9),
        (9, [5, 0], [b"6789"], None, 9),
        (9, [5, 0], [b"678"], "broken", 8),
        (0, [0, 0], [], "empty-answer", 0),
        (0, [5, 0], [b"6"], None, 6),
    ],
)
def test_a_file_has_the_size_that_was_said(part, expected, told, chunks, why, kept):
    part.expected = expected
    if why == "broken":
        with pytest.raises(download._BrokenOff):
            received(part, told, chunks)
    else:
        assert reason(received, part, told, chunks) == why
    assert part.size == kept


def test_a_broken_connection_is_taken_up_three_times_after_ever_longer_pauses(monkeypatch, tmp_path):
    fetched, pauses = [], []

    def fetch(url, part, progress):
        fetched.append(url)
        raise download._BrokenOff

    monkeypatch.setattr(download, "_fetch", fetch)
    monkeypatch.setattr(download, "_pause", lambda seconds, part, progress: pauses.append(seconds))
    with pytest.raises(DataError) as caught:
        download.download("https://x.org/a", tmp_path / "a", pause_seconds=2.0)
    assert (len(fetched), pauses) == (4, [2.0, 4.0, 6.0])
    assert (caught.value.reason, caught.value.fields["url"], caught.value.fields["received"]) == ("broken-off", "x.org", "0")


@pytest.mark.parametrize(("total", "too_large"), [(20 * 2**30, False), (20 * 2**30 + 1, True)])
def test_nothing_of_more_than_20_gib_is_taken(part, monkeypatch, total, too_large):
    monkeypatch.setattr(download, "check_room", lambda *_: None)
    if too_large:
        assert reason(received, part, [5, total], []) == "too-large"
    else:
        with pytest.raises(download._BrokenOff):
            received(part, [5, total], [])


def test_room_is_wanted_for_what_is_still_to_come(part, monkeypatch):
    asked = []
    monkeypatch.setattr(download, "check_room", lambda folder, needed: asked.append(needed))
    received(part, [5, 9], [b"6789"])
    assert asked == [4]


@pytest.mark.parametrize(
    ("note", "validator"),
    [
        ('{"url": "https://x.org/a", "validator": "v"}', "v"),
        ('{"url": "https://x.org/b", "validator": "v"}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_a_part_is_taken_up_where_its_note_is_of_this_address(part, note, validator):
    part.note.write_text(note)
    assert part.validator() == validator
    part.path.write_bytes(b"")
    assert part.validator() is None
