"""What other systems and disks do otherwise where files are staged: Windows, disks without locks or links, pipes.

Windows is stood in for by its name and by its rules: no rename onto a folder, no open file removed, locks by msvcrt.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from DICOMTutorialHelperLib import staging

pytestmark = pytest.mark.skipif(os.name == "nt", reason="what is told of Windows here is so there")


class System(SimpleNamespace):
    """The module os, or sys, of another system; ``calls`` are what was asked of its functions that are given."""

    def __init__(self, module, **other):
        super().__init__(**{**vars(module), **other})


@pytest.fixture
def windows(monkeypatch):
    """Windows: a rename replaces nothing, and folders cannot be opened."""
    opened = []

    def rename(source, target):
        if os.path.lexists(target):
            raise FileExistsError(17, "File exists", str(target))
        os.rename(source, target)

    def open_file(path, flags):
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied", str(path))
        opened.append(Path(path).name)
        return os.open(path, flags)

    monkeypatch.setattr(staging, "os", System(os, name="nt", rename=rename, open=open_file))
    return opened


def test_on_windows_an_empty_folder_makes_room_for_a_new_one(windows, tmp_path):
    target = tmp_path / "copies"
    target.mkdir()
    with staging.staged_folder(target) as made:
        (made / "a").write_text("new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies"]
    assert (target / "a").read_text() == "new"
    assert windows == ["a"]  # flushed, and no folder


def test_on_windows_a_folder_that_holds_something_stays(windows, tmp_path):
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "mine").write_text("old")
    with pytest.raises(FileExistsError), staging.staged_folder(tmp_path / "copies") as made:
        (made / "a").write_text("new")
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["mine"]


@pytest.mark.parametrize(("name", "order"), [("nt", ["close", "unlink", "close"]), ("posix", ["unlink", "close"])])
def test_an_open_lock_is_removed_only_where_that_can_be_done(monkeypatch, tmp_path, name, order):
    done = []
    monkeypatch.setattr(staging, "os", System(os, name=name))
    path = SimpleNamespace(with_suffix=lambda _: tmp_path / "none", unlink=lambda: done.append("unlink"))
    staging._release(SimpleNamespace(close=lambda: done.append("close")), path)
    assert done == order


@pytest.mark.parametrize(("refused", "locked"), [(False, True), (True, False)])
def test_windows_locks_the_first_byte_of_a_file_without_waiting(monkeypatch, refused, locked):
    asked = []

    def locking(*arguments):
        asked.append(arguments)
        if refused:
            raise OSError(13, "Permission denied")

    monkeypatch.setattr(staging, "sys", System(sys, platform="win32"))
    monkeypatch.setattr(staging, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2), raising=False)
    assert staging._locked(SimpleNamespace(fileno=lambda: 7)) is locked
    assert asked == [(7, 2, 1)]


def test_a_disk_without_locks_has_nothing_abandoned(monkeypatch, tmp_path):
    def flock(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(staging, "fcntl", SimpleNamespace(flock=flock, LOCK_EX=2, LOCK_NB=4))
    for name in (".unfinished-1.lock", ".unfinished-1/a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("of somebody")
    with staging.staged_file(tmp_path / "table") as path:
        path.write_text("new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".unfinished-1", ".unfinished-1.lock", "table"]


@pytest.fixture
def no_links(monkeypatch):
    """A disk without hard links; ``before`` runs where one is asked for."""
    before = []

    def link(*_):
        for one in before:
            one()
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(staging.os, "link", link)
    return before


def test_a_disk_without_links_takes_files_too(no_links, tmp_path):
    with staging.staged_file(tmp_path / "table") as path:
        path.write_text("new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("table", "new")]


def test_without_links_a_file_that_came_meanwhile_stays(no_links, tmp_path):
    no_links.append(lambda: (tmp_path / "table").write_text("of somebody"))
    with pytest.raises(FileExistsError) as told, staging.staged_file(tmp_path / "table") as path:
        path.write_text("new")
    assert (told.value.errno, told.value.filename) == (17, str(tmp_path / "table"))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("table", "of somebody")]


def test_a_folder_is_no_file_to_write_to(tmp_path):
    with pytest.raises(IsADirectoryError) as told, staging.staged_file(tmp_path, overwrite=True):
        pytest.fail("a path was given")
    assert (told.value.errno, told.value.filename) == (21, str(tmp_path))


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "table").write_text("old")
    for target, write in ((tmp_path / "table", staging.staged_file), (tmp_path / "table", staging.staged_folder)):
        with pytest.raises(FileExistsError) as told, write(target):
            pass
        assert (told.value.errno, told.value.filename) == (17, str(target))
    with pytest.raises(NotADirectoryError) as told, staging.staged_folder(tmp_path / "table" / "inside"):
        pass
    assert (told.value.errno, told.value.filename) == (20, str(tmp_path / "table"))
    assert [path.name for path in tmp_path.iterdir()] == ["table"]


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with staging.staged_file(tmp_path / "pipe") as path:
        assert path == tmp_path / "pipe"
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_who_may_read_a_file_stays_as_it_was(tmp_path, mode):
    (tmp_path / "table").write_text("old")
    (tmp_path / "table").chmod(mode)
    with staging.staged_file(tmp_path / "table", overwrite=True) as path:
        path.write_text("new")
    assert stat.S_IMODE((tmp_path / "table").stat().st_mode) == mode


def test_folders_of_a_failed_move_go_again_and_only_they(monkeypatch, tmp_path):
    made = tmp_path / "made"
    made.mkdir()

    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(staging, "_rename_to_free_name", refused)
    (tmp_path / "there").mkdir()
    with pytest.raises(PermissionError):
        staging.move_whole(made, tmp_path / "there" / "a" / "b" / "target")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["made", "there"]


def test_folders_above_that_cannot_be_made_are_not_left_half(monkeypatch, tmp_path):
    usual = Path.mkdir

    def mkdir(self, *arguments, **named):
        if self.name == "c":
            raise OSError(28, "No space left on device")
        usual(self, *arguments, **named)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(OSError, match="No space"), staging.staged_file(tmp_path / "a" / "b" / "c" / "table"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_another_run_that_was_faster_is_told_of_as_such(monkeypatch, tmp_path):
    made, target = tmp_path / "made", tmp_path / "target"
    made.mkdir()

    def rename(_source, place):
        place.mkdir()
        (place / "a").write_text("of another run")
        raise OSError(39, "Directory not empty", str(place))

    monkeypatch.setattr(staging, "_rename_to_free_name", rename)
    with pytest.raises(FileExistsError) as told:
        staging.move_whole(made, target)
    assert (told.value.errno, told.value.filename) == (17, str(target))
    assert (target / "a").read_text() == "of another run"
