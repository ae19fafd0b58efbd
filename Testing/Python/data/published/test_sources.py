"""Which way a data set is got, what happens where one fails, and what is kept: with sources that only say so."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import fetch
from DICOMTutorialHelperLib.data.published.catalog import data_set, published_series
from DICOMTutorialHelperLib.data.published.fetch import NoSourceAnswers, WebSources, from_web


def caught(call, *arguments, **named):
    with pytest.raises(DataError) as error:
        call(*arguments, **named)
    return error.value


@pytest.fixture
def ways(monkeypatch, tmp_path):
    """Three ways, each of which gives a file, raises, or leaves some bytes behind first."""
    state = SimpleNamespace(asked=[], fails={}, leaves={}, target=tmp_path)

    def way(name):
        def get(wanted, work, target, progress, sources):
            state.asked.append((name, work.relative_to(tmp_path).as_posix()))
            work.mkdir(parents=True, exist_ok=True)
            (work / "part").write_bytes(b"x" * state.leaves.get(name, 0))
            if name in state.fails:
                raise DataError(state.fails[name], url=f"{name}.org", status=503, path="p", needed="1", free="1", detail="d")
            return name

        get.__name__ = f"_from_{name}"
        return get

    def archive(wanted, target, progress, url):
        state.asked.append(("archive", url))
        if "archive" in state.fails:
            raise DataError(
                state.fails["archive"], url="archive.org", status=503, path="p", needed="1", free="1", received="1", detail="d"
            )
        return "archive"

    monkeypatch.setattr(fetch, "_from_bucket", way("bucket"))
    monkeypatch.setattr(fetch, "_from_nbia", way("nbia"))
    monkeypatch.setattr(fetch, "_from_archive", archive)
    return state


def test_the_first_source_that_answers_is_taken_and_nothing_is_left_of_it(ways):
    assert from_web("breast-mri", ways.target) == "bucket"
    assert ways.asked == [("bucket", ".dicom-tutorial-downloads/breast-mri/from_bucket")]
    assert list(ways.target.iterdir()) == []
    ways.fails["bucket"] = "refused"
    assert from_web("breast-mri", ways.target) == "nbia"
    ways.fails["nbia"] = "offline"
    assert from_web("breast-mri", ways.target, sources=WebSources(archive="https://a.org")) == "archive"
    assert [name for name, _ in ways.asked] == ["bucket", "bucket", "nbia", "bucket", "nbia", "archive"]


def test_an_address_or_a_set_without_series_means_the_archive(ways):
    assert from_web("breast-mri", ways.target, url="https://b.org") == "archive"
    assert from_web("torso-ct", ways.target, sources=WebSources(archive="https://a.org")) == "archive"
    assert from_web("breast-mri", ways.target, url="https://b.org", sources=WebSources(archive="https://a.org")) == "archive"
    assert ways.asked == [("archive", "https://b.org"), ("archive", "https://a.org"), ("archive", "https://b.org")]


@pytest.mark.parametrize("why", ["broken-off", "offline", "server-error"])
def test_a_source_that_broke_after_something_came_is_the_one_to_go_on_with(ways, why):
    ways.fails["bucket"], ways.leaves["bucket"] = why, 2_600_000
    error = caught(from_web, "breast-mri", ways.target)
    assert (error.reason, error.fields["received"], error.fields["url"]) == ("broken-off", "3", "bucket.org")
    assert [name for name, _ in ways.asked] == ["bucket"]
    assert (ways.target / ".dicom-tutorial-downloads/breast-mri/from_bucket/part").stat().st_size == 2_600_000


def test_a_source_that_refused_after_something_came_is_left(ways):
    ways.fails["bucket"], ways.leaves["bucket"] = "listing-wrong", 5
    assert from_web("breast-mri", ways.target) == "nbia"
    ways.fails["bucket"] = "offline"
    ways.leaves["bucket"] = 0
    assert from_web("breast-mri", ways.target) == "nbia"


@pytest.mark.parametrize("why", ["cannot-write", "no-room", "would-overwrite"])
def test_what_is_wrong_with_this_computer_no_other_source_mends(ways, why):
    ways.fails["bucket"] = why
    assert caught(from_web, "breast-mri", ways.target).reason == why
    assert [name for name, _ in ways.asked] == ["bucket"]


def test_where_none_answers_each_says_why(ways):
    ways.fails.update(bucket="refused", nbia="offline", archive="server-error")
    error = caught(from_web, "breast-mri", ways.target, sources=WebSources(archive="https://a.org"))
    assert isinstance(error, NoSourceAnswers) and error.reason == "no-source-answers"
    assert [problem.reason for problem in error.problems] == ["refused", "offline", "server-error"]
    for problem in error.problems:
        assert problem.message("fr") in error.message("fr")
    for why in ("broken-off", "no-room"):
        ways.fails["archive"] = why
        assert caught(from_web, "breast-mri", ways.target, sources=WebSources(archive="https://a.org")).reason == why


def test_unknown_sets_are_told_before_anything_is_asked(ways):
    assert caught(from_web, "brain", ways.target).reason == "unknown-set"
    assert caught(fetch.from_disk, "brain", ways.target, ways.target).reason == "unknown-set"
    assert ways.asked == []


def test_places_of_series_are_those_of_the_set():
    wanted = data_set("breast-mri")
    found = fetch._places(wanted, Path("w"))
    assert [(one.series_instance_uid, place.as_posix()) for one, place in found] == [
        (one.series_instance_uid, f"w/{wanted.folder}/{role}") for role, one in wanted.published.items()
    ]
    assert {one.bucket for one, _ in fetch._places(wanted, Path("w"), "https://x")} == {"https://x"}
    known = next(iter(wanted.published.values()))
    assert fetch.locate_series([known.series_instance_uid]) == [known] == [published_series(known.series_instance_uid)]
    assert caught(fetch.locate_series, ["1.2"]).reason == "not-in-catalogue"


def test_a_folder_is_moved_beside_what_is_there_or_stays(tmp_path):
    folder, target = tmp_path / "from" / "series", tmp_path / "to"
    folder.mkdir(parents=True)
    (folder / "a").write_bytes(b"1")
    assert [path.relative_to(tmp_path).as_posix() for path in fetch.move_into_place_below(folder, target)] == ["to/series/a"]
    assert not folder.exists()
    folder.mkdir()
    (folder / "a").write_bytes(b"2")
    assert caught(fetch.move_into_place_below, folder, target).reason == "would-overwrite"
    assert (folder / "a").read_bytes() == b"2" and (target / "series" / "a").read_bytes() == b"1"
    assert fetch._size_below(tmp_path) == 2
