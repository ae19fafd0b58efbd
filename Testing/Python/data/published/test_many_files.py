"""Many files at once: what is there stays, what passes is tried again, and giving up stops all."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib.data.errors import DataError
from DICOMTutorialHelperLib.data.published import many_files
from DICOMTutorialHelperLib.data.published.many_files import WantedFile, download_files
from DICOMTutorialHelperLib.progress import Cancelled


def caught(call, *arguments, **named):
    with pytest.raises(DataError) as error:
        call(*arguments, **named)
    return error.value


@pytest.fixture
def downloads(monkeypatch, tmp_path):
    """Downloads that write what they are told to, or raise once or always."""
    state = SimpleNamespace(asked=[], fails={}, rooms=[])

    def download(url, path, progress, pause_seconds, size=0, same_site=False):
        state.asked.append((url, size, same_site))
        if state.fails.get(url):
            raise DataError(state.fails[url].pop(0), url="x.org", status="503")
        progress(size, size)
        path.write_bytes(b"x" * size)
        return path

    monkeypatch.setattr(many_files, "download", download)
    monkeypatch.setattr(many_files, "check_room", lambda folder, needed: state.rooms.append(needed))
    monkeypatch.setattr(many_files, "POLL_SECONDS", 0.001)
    return state


def wanted_files(tmp_path, *sizes):
    return [WantedFile(f"u{n}", tmp_path / "sub" / f"{n}", size) for n, size in enumerate(sizes)]


def test_files_that_are_whole_are_left_and_the_others_come(downloads, tmp_path):
    wanted = wanted_files(tmp_path, 5, 6, 7)
    wanted[0].path.parent.mkdir()
    wanted[0].path.write_bytes(b"12345")
    wanted[1].path.write_bytes(b"short")
    told = []
    download_files(wanted, lambda *done: told.append(done), 0.0)
    assert sorted(downloads.asked) == [("u1", 6, True), ("u2", 7, True)]
    assert downloads.rooms == [13]
    assert [one.path.stat().st_size for one in wanted] == [5, 6, 7]
    assert told[-1] == (18, 18) and all(total == 18 and done >= 5 for done, total in told)
    download_files(wanted, pause_seconds=0.0)
    assert len(downloads.asked) == 2 and downloads.rooms == [13]


@pytest.mark.parametrize(
    ("fails", "attempts", "why"),
    [
        (["server-error"], 2, None),
        (["offline", "server-error"], 3, None),
        (["offline"] * 3, 3, "offline"),
        (["refused"], 1, "refused"),
        (["offline", "refused"], 2, "refused"),
    ],
)
def test_what_passes_is_tried_three_times(downloads, tmp_path, fails, attempts, why):
    downloads.fails["u0"] = list(fails)
    if why is None:
        download_files(wanted_files(tmp_path, 5), pause_seconds=0.0)
    else:
        assert caught(download_files, wanted_files(tmp_path, 5), pause_seconds=0.0).reason == why
    assert len(downloads.asked) == attempts


def test_giving_up_stops_the_others(downloads, tmp_path):
    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        download_files(wanted_files(tmp_path, 5), stop, 0.0)
